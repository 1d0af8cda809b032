"""Asks the index in PartiQL, names the table by its ARN, and keeps another index of review_since: right ways."""

# earns:
# %% instead of
dynamodb.create_index(lab.table, "by-name", name, include=[])
# %% write
dynamodb.create_index(lab.table, "a-first-try", "county", "review_since", include=[name])
dynamodb.create_index(lab.table, "by-name", name, include=[])
# %% instead of
answer = table.query(IndexName="by-county", KeyConditionExpression=recent, ScanIndexForward=False)
names = [item["PoliceDepartmentName"] for item in answer["Items"]]
# %% write
text = f'SELECT PoliceDepartmentName FROM "{lab.table}"."by-county" WHERE county = ? AND updated_at >= ?'
text += " ORDER BY updated_at DESC"
asked = [{"S": lab.county}, {"S": lab.since}]
answer = session.client("dynamodb").execute_statement(Statement=text, Parameters=asked)
names = [item["PoliceDepartmentName"]["S"] for item in answer["Items"]]
