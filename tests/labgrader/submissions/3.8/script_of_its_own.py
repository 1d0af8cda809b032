"""Has a job written by hand, with pandas and a bookmark of its own in S3: another right way."""

# earns:
# %% instead of
glue.create_job(lab.job, script, f"s3://{lab.lake}/scripts/clean.py", role=lab.role, arguments=at)
# %% write
mine = f"""import io, json
import boto3
import pandas as pd

s3, lake = boto3.client("s3"), "{lab.lake}"
def keys(prefix):
    return [each["Key"] for each in s3.list_objects_v2(Bucket=lake, Prefix=prefix).get("Contents", [])]
def read(key):
    return s3.get_object(Bucket=lake, Key=key)["Body"].read()
done = json.loads(read("state/done.json")) if keys("state/done.json") else []
new = [key for key in keys("raw/{lab.table}/") if key not in done]
frames = []
for key in new:
    rows = pd.read_csv(io.BytesIO(read(key)), dtype={{"{lab.clock}": str}}).drop_duplicates()
    frames.append(rows.astype({{"dep_delay": "Int64"}}).assign(date=key.split("date=")[1][:10]))
for origin, part in pd.concat(frames).groupby("origin"):
    out = io.BytesIO()
    part.drop(columns="origin").to_parquet(out, index=False)
    s3.put_object(Bucket=lake, Key=f"clean/{lab.clean}/origin={{origin}}/{{len(done)}}.parquet", Body=out.getvalue())
s3.put_object(Bucket=lake, Key="state/done.json", Body=json.dumps(done + new))
"""
glue.create_job(lab.job, mine, f"s3://{lab.lake}/scripts/clean.py", role=lab.role)
