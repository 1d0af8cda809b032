"""Has a rule on the number of rows, which is the same tonight as on any day."""

# earns: 3=1 4=0
# %% instead of
    ColumnValues "origin" in ["EWR", "JFK", "LGA"],
    ColumnValues "{lab.clock}" matches "^([01][0-9]|2[0-3])[0-5][0-9]$",
    ColumnValues "dep_delay" between -61 and 1501 where "dep_delay <> 'NA'"
# %% write
    RowCount > 100
