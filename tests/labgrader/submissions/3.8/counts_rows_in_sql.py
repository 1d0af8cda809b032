"""Says in SQL how many days there are, which tonight's file breaks as any other would; forgets what was agreed."""

# earns: 3=1 4=2
# %% instead of
source = {"DatabaseName": lab.database, "TableName": lab.table}
# %% write
source = {"DatabaseName": lab.database, "TableName": lab.table}
text = """Rules = [
    CustomSql "select count(distinct date) from primary" < 7
]"""
