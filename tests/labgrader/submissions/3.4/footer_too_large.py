"""Makes row groups so small that the footer alone is over the budget."""
# earns: 1=4
# %% instead of
s3.put_object(lab.lake, "clean/flights.parquet", formats.write(month, "parquet", row_group_size=4_096))
# %% write
s3.put_object(lab.lake, "clean/flights.parquet", formats.write(month, "parquet", row_group_size=300))
