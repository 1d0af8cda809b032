"""Runs the generated script as it is, so rows that came twice stay twice."""

# earns: 2=0 4=4
# %% instead of
glue.create_job(lab.job, script, f"s3://{lab.lake}/scripts/clean.py", role=lab.role, arguments=at)
# %% write
glue.create_job(lab.job, draft, f"s3://{lab.lake}/scripts/clean.py", role=lab.role, arguments=at)
