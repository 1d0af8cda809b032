"""Writes rules that fail on every night, good ones too."""

# earns: 3=0 4=2
# %% instead of
    ColumnValues "origin" in ["EWR", "JFK", "LGA"],
    ColumnValues "{lab.clock}" matches "^([01][0-9]|2[0-3])[0-5][0-9]$",
    ColumnValues "dep_delay" between -61 and 1501 where "dep_delay <> 'NA'"
# %% write
    ColumnValues "origin" in ["XYZ"],
    ColumnValues "{lab.clock}" matches "^x$",
    ColumnValues "dep_delay" between -2 and -1
