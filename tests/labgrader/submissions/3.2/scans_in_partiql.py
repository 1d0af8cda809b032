"""Selects by an attribute that is no key: what looks like a question with WHERE reads the whole table."""

# earns: 4=3
# %% instead of
some = dynamodb.query(lab.flights, span)
# %% write
some = dynamodb.query(lab.flights, span)
text = f'SELECT dest FROM "{lab.flights}" WHERE planned BETWEEN ? AND ?'
bounds = [{"S": lab.since}, {"S": lab.until}]
session.client("dynamodb").execute_statement(Statement=text, Parameters=bounds)
