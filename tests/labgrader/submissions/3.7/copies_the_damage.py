"""Copies what is the latest now: the attacker's bytes."""
# earns: 3=0
# %% task 3
s3.create_bucket(lab.clean)
s3.recover(lab.production, session.now(), into=lab.clean)
s3.put_object(lab.inbox, "answers/lost.json", "[]")
