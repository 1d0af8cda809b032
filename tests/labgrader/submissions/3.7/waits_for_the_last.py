"""Waits until everything has thawed, and fetches then: most came too late."""
# earns: 2=5
# %% instead of
s3.put_object(lab.desk, wish.key, s3.get_object(lab.archive, wish.key))
# %% write
if wish.hours == wishes["hours"].min():
    session.advance(hours=48)
s3.put_object(lab.desk, wish.key, s3.get_object(lab.archive, wish.key))
