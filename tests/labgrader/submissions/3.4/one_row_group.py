"""Leaves the row groups as they come: one, of which nothing can be skipped."""
# earns: 1=4
# %% instead of
s3.put_object(lab.lake, "clean/flights.parquet", formats.write(month, "parquet", row_group_size=4_096))
# %% write
s3.put_object(lab.lake, "clean/flights.parquet", formats.write(month, "parquet"))
