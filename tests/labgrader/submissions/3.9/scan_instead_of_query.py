"""Asks with a Scan and a filter: the right names in the right order, but everything was read."""

# earns: 3=2
# %% instead of
answer = table.query(IndexName="by-county", KeyConditionExpression=recent, ScanIndexForward=False)
names = [item["PoliceDepartmentName"] for item in answer["Items"]]
# %% write
answer = table.scan(FilterExpression=Attr("county").eq(lab.county) & Attr("updated_at").gte(lab.since))
newest = sorted(answer["Items"], key=lambda item: item["updated_at"], reverse=True)
names = [item["PoliceDepartmentName"] for item in newest]
