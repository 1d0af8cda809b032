"""Says all that was agreed in SQL: another right way."""

# earns:
# %% instead of
source = {"DatabaseName": lab.database, "TableName": lab.table}
# %% write
source = {"DatabaseName": lab.database, "TableName": lab.table}
text = f"""Rules = [
    CustomSql "select count(*) from primary where origin not in ('EWR', 'JFK', 'LGA')" = 0,
    CustomSql "select count(*) from primary where {lab.clock} > '2359'" = 0,
    CustomSql "select count(*) from primary where try_cast(dep_delay as int) > 1500" = 0
]"""
