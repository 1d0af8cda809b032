"""Lets AWS choose the shards, which was not asked for; there are fewer of them, and they are fuller."""
# earns: 2=3
# %% instead of
streams.create_stream(lab.stream, shards)
# %% write
mode = {"StreamMode": "ON_DEMAND"}
session.client("kinesis").create_stream(StreamName=lab.stream, StreamModeDetails=mode)
session.client("kinesis").get_waiter("stream_exists").wait(StreamName=lab.stream)
