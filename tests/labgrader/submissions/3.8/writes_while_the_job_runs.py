"""Writes the files from the notebook while a job runs that does nothing but wait."""

# earns: 2=3 4=4
# %% instead of
glue.create_job(lab.job, script, f"s3://{lab.lake}/scripts/clean.py", role=lab.role, arguments=at)
glue.run_job(lab.job)
session.advance(hours=24)
# %% write
import io
import time

import pandas as pd

idle = f"""import time, boto3
while not boto3.client("s3").list_objects_v2(Bucket="{lab.lake}", Prefix="state/go")["KeyCount"]:
    time.sleep(0.1)
"""
glue.create_job(lab.job, idle, f"s3://{lab.lake}/scripts/clean.py", role=lab.role)


def meanwhile(days):
    s3.delete_objects(lab.lake, ["state/go"])
    run = {"JobName": lab.job, "RunId": api.start_job_run(JobName=lab.job)["JobRunId"]}
    for key in s3.list_objects(lab.lake, "raw/")["key"]:
        rows = pd.read_csv(io.BytesIO(s3.get_object(lab.lake, key)), dtype={lab.clock: str}).drop_duplicates()
        day = key.split("date=")[1][:10]
        for origin, part in rows.astype({"dep_delay": "Int64"}).assign(date=day).groupby("origin"):
            out = io.BytesIO()
            part.drop(columns="origin").to_parquet(out, index=False)
            if day in days:
                s3.put_object(lab.lake, f"clean/{lab.clean}/origin={origin}/{day}.parquet", out.getvalue())
    s3.put_object(lab.lake, "state/go", "")
    while api.get_job_run(**run)["JobRun"]["JobRunState"] in ("STARTING", "RUNNING"):
        time.sleep(0.2)


meanwhile([key.split("date=")[1][:10] for key in s3.list_objects(lab.lake, "raw/")["key"]])
session.advance(hours=24)
# %% instead of
s3.put_object(lab.lake, f"raw/{lab.table}/date={lab.late_day}/flights.csv", late)
glue.run_job(lab.job)
# %% write
s3.put_object(lab.lake, f"raw/{lab.table}/date={lab.late_day}/flights.csv", late)
meanwhile([lab.late_day])
