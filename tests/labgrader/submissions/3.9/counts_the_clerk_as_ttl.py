"""Takes every REMOVE of the stream for an expiry, the clerk's too."""

# earns: 5=4
# %% instead of
removed = seen[(seen["event"] == "REMOVE") & seen["by"].eq("dynamodb.amazonaws.com")]
# %% write
removed = seen[seen["event"] == "REMOVE"]
