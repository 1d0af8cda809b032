"""Counts how many values each column has, which grows with every day; that the column is the right one says nothing."""

# earns: 3=1 4=2
# %% instead of
source = {"DatabaseName": lab.database, "TableName": lab.table}
# %% write
source = {"DatabaseName": lab.database, "TableName": lab.table}
text = f"""Rules = [
    RowCount < 1060 where "origin <> ''",
    RowCount < 1060 where "{lab.clock} <> ''",
    RowCount < 1060 where "dep_delay <> ''"
]"""
