"""Lets the partner read reports, takes it back in a second statement, and lets a third account read everything."""

# earns: 1=5
# %% instead of
policy = {"Version": "2012-10-17", "Statement": [may]}
# %% write
everything = {"Resource": f"arn:aws:s3:::{name}/*"}
third = may | everything | {"Principal": {"AWS": "arn:aws:iam::210987654321:root"}}
policy = {"Version": "2012-10-17", "Statement": [may, may | everything | {"Effect": "Deny"}, third]}
