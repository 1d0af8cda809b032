"""Writes rules that fail on every night, good ones too."""

# earns: 3=0 4=2
# %% instead of
source = {"DatabaseName": lab.database, "TableName": lab.table}
# %% write
source = {"DatabaseName": lab.database, "TableName": lab.table}
text = f"""Rules = [
    ColumnValues "origin" in ["XYZ"],
    ColumnValues "{lab.clock}" matches "^x$",
    ColumnValues "dep_delay" between -2 and -1
]"""
