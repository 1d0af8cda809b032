"""Asks with the low-level client, page by page, and writes answers with put_object: just as right."""

# earns:
# %% task 3
client = session.client("dynamodb")
pages = client.get_paginator("query").paginate(
    TableName=lab.table,
    IndexName="by-county",
    KeyConditionExpression="county = :c AND updated_at >= :s",
    ExpressionAttributeValues={":c": {"S": lab.county}, ":s": {"S": lab.since}},
    ScanIndexForward=False,
)
names = [item["PoliceDepartmentName"]["S"] for page in pages for item in page["Items"]]
session.client("s3").put_object(Bucket=lab.inbox, Key="answers/county.json", Body=json.dumps(names).encode())
