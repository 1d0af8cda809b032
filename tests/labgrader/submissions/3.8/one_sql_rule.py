"""Says all that was agreed in SQL: another right way."""

# earns:
# %% instead of
    ColumnValues "origin" in ["EWR", "JFK", "LGA"],
    ColumnValues "{lab.clock}" matches "^([01][0-9]|2[0-3])[0-5][0-9]$",
    ColumnValues "dep_delay" between -61 and 1501 where "dep_delay <> 'NA'"
# %% write
    CustomSql "select count(*) from primary where origin not in ('EWR', 'JFK', 'LGA')" = 0,
    CustomSql "select count(*) from primary where {lab.clock} > '2359'" = 0,
    CustomSql "select count(*) from primary where try_cast(dep_delay as int) > 1500" = 0
