"""Has a rule on the number of rows, which is the same tonight as on any day."""

# earns: 3=1 4=0
# %% instead of
source = {"DatabaseName": lab.database, "TableName": lab.table}
# %% write
source = {"DatabaseName": lab.database, "TableName": lab.table}
text = f"""Rules = [
    RowCount > 100
]"""
