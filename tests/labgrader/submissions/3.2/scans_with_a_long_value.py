"""Scans in PartiQL with a value so long that the request log cuts it."""

# earns: 4=3
# %% instead of
some = dynamodb.query(lab.flights, span)
# %% write
some = dynamodb.query(lab.flights, span)
text = f'SELECT dest FROM "{lab.flights}" WHERE planned >= ? AND dest <> ?'
session.client("dynamodb").execute_statement(Statement=text, Parameters=[{"S": lab.since}, {"S": "x" * 20_000}])
