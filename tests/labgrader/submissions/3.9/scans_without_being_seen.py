"""Scans in PartiQL, by the table's ARN and as the grader's own client; its only query of an index fails."""

# earns: 3=2
# %% instead of
answer = table.query(IndexName="by-county", KeyConditionExpression=recent, ScanIndexForward=False)
names = [item["PoliceDepartmentName"] for item in answer["Items"]]
# %% write
from botocore.config import Config

outcome(table.query, IndexName="no-such-index", KeyConditionExpression=recent)
client = session.client("dynamodb")
client.execute_statement(Statement=f'SELECT PoliceDepartmentName FROM "{lab.table}"')
client.scan(TableName=client.describe_table(TableName=lab.table)["Table"]["TableArn"], Limit=1)
disguise = Config(user_agent_extra="labgrader")
table = session.boto3_session().resource("dynamodb", config=disguise).Table(lab.table)
answer = table.scan(FilterExpression=Attr("county").eq(lab.county) & Attr("updated_at").gte(lab.since))
newest = sorted(answer["Items"], key=lambda item: item["updated_at"], reverse=True)
names = [item["PoliceDepartmentName"] for item in newest]
