"""Takes the keys from the events as they are, URL-encoded."""
# earns: 4=0
# %% instead of
key, newer = unquote_plus(about["key"]), about["sequencer"]
# %% write
key, newer = about["key"], about["sequencer"]
