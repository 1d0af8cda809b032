"""Lets no time pass between the job's runs: the day came late all the same."""

# earns:
# %% instead of
glue.run_job(lab.job)
session.advance(hours=24)
# %% write
glue.run_job(lab.job)
