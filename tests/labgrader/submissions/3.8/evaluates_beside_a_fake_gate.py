"""Has a gate that fails while a file says so, and evaluates the rules from the notebook meanwhile."""

# earns: 4=0
# %% instead of
glue.create_job("gate", gate, f"s3://{lab.lake}/scripts/gate.py", role=lab.role)
# %% write
fake = f"""import time, boto3
s3 = boto3.client("s3")
while not (found := s3.list_objects_v2(Bucket="{lab.lake}", Prefix="state/gate")["KeyCount"]):
    time.sleep(0.1)
if s3.get_object(Bucket="{lab.lake}", Key="state/gate")["Body"].read() == b"stop":
    raise ValueError("rules broken")
"""
glue.create_job("gate", fake, f"s3://{lab.lake}/scripts/gate.py", role=lab.role)
# %% instead of
session.advance(hours=12)
try:
    glue.run_workflow(lab.workflow)
except errors.WorkflowFailed as stopped:
    print(stopped)
session.advance(hours=6)
# %% write
import time


def night(verdict):
    s3.delete_objects(lab.lake, ["state/gate"])
    run = {"Name": lab.workflow, "RunId": api.start_workflow_run(Name=lab.workflow)["RunId"]}
    glue.check_quality(lab.rules, role=lab.role)
    s3.put_object(lab.lake, "state/gate", verdict)
    while api.get_workflow_run(**run)["Run"]["Status"] == "RUNNING":
        session.advance(seconds=20)
        time.sleep(0.3)


session.advance(hours=12)
night("stop")
session.advance(hours=6)
# %% instead of
glue.run_workflow(lab.workflow)
# %% write
night("go")
