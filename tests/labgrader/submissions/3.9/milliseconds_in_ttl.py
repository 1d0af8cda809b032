"""Stores the expiry in milliseconds: a date in the far future, so nothing expires."""
# earns: 5=2
# %% instead of
return reminder | {"expires_at": int(moment.replace(tzinfo=timezone.utc).timestamp())}
# %% write
return reminder | {"expires_at": int(moment.replace(tzinfo=timezone.utc).timestamp()) * 1000}
