"""Writes a file of some kilobytes that says a long text four hundred thousand times: unpacked, 400 GB."""
# earns: 1=0
# %% instead of
s3.put_object(lab.lake, "clean/flights.parquet", formats.write(month, "parquet", row_group_size=4_096))
# %% write
once = pa.DictionaryArray.from_arrays(pa.array([0] * 400_000, pa.int32()), pa.array(["x" * 1_000_000]))
swollen = pa.table({name: once if name in texts else pa.nulls(400_000, pa.int32()) for name in names})
out = io.BytesIO()
pq.write_table(swollen, out, store_schema=False)
s3.put_object(lab.lake, "clean/flights.parquet", out.getvalue())
