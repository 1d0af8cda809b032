"""Has a gate that fails without asking the rules, which looks like a stopped night."""

# earns: 4=0
# %% instead of
glue.create_job("gate", gate, f"s3://{lab.lake}/scripts/gate.py", role=lab.role)
# %% write
glue.create_job("gate", "raise ValueError", f"s3://{lab.lake}/scripts/gate.py", role=lab.role)
