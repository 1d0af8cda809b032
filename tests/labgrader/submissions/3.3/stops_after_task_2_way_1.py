"""Registers one late day and hands in."""
# base: blank
# earns: 2=2 all=0
# %% task 2
catalog.create_partitions(lab.database, lab.by_api, [lab.late_day])
