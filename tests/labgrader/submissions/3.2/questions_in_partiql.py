"""Asks DynamoDB in PartiQL by its keys, and Athena through a view: another right way."""

# earns:
# %% instead of
one = dynamodb.get_item(lab.flights, {"tailnum": lab.plane, "planned": lab.moment})
span = Key("tailnum").eq(lab.plane) & Key("planned").between(lab.since, lab.until)
some = dynamodb.query(lab.flights, span)
# %% write
client = session.client("dynamodb")
whole = f"SELECT dest FROM \"{lab.flights}\" WHERE tailnum = '{lab.plane}' AND planned = '{lab.moment}'"
one = {"dest": client.execute_statement(Statement=whole)["Items"][0]["dest"]["S"]}
span = f'SELECT dest FROM "{lab.flights}" WHERE tailnum = ? AND planned BETWEEN ? AND ? ORDER BY planned'
values = [{"S": lab.plane}, {"S": lab.since}, {"S": lab.until}]
found = client.execute_statement(Statement=span, Parameters=values)["Items"]
some = pd.DataFrame({"dest": [item["dest"]["S"] for item in found]})
# %% instead of
sql = f"SELECT carrier, count(*) AS n FROM history WHERE dep_delay > {lab.minutes} GROUP BY carrier"
# %% write
view = f"CREATE VIEW tardy AS SELECT carrier FROM history WHERE dep_delay > {lab.minutes}"
athena.query(view, database=lab.database, output=f"s3://{lab.inbox}/results/")
sql = "SELECT carrier, count(*) AS n FROM tardy GROUP BY carrier"
