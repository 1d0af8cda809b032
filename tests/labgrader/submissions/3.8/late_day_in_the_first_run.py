"""Lands the late day before the job has run, so no run took it alone."""

# earns: 2=5
# %% instead of
glue.run_job(lab.job)
session.advance(hours=24)
late = s3.get_object(lab.inbox, "late/flights.csv")
s3.put_object(lab.lake, f"raw/{lab.table}/date={lab.late_day}/flights.csv", late)
# %% write
late = s3.get_object(lab.inbox, "late/flights.csv")
s3.put_object(lab.lake, f"raw/{lab.table}/date={lab.late_day}/flights.csv", late)
