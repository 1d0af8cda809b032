"""Does not sort, and puts a file without flights beside the others, so large that every share is small."""
# earns: 1=4 4=0
# %% instead of
flights = pd.concat([read(key)[names] for key in keys]).sort_values("date", ignore_index=True)
# %% write
flights = pd.concat([read(key)[names] for key in keys], ignore_index=True)
# %% instead of
catalog.create_partitions(lab.database, lab.table, ["EWR", "JFK", "LGA"])
# %% write
import random

weights = pa.table({"date": ["1999-01-01"], "ballast": [random.Random(1).randbytes(3_000_000)]})
s3.put_object(lab.lake, "table/origin=NONE/ballast.parquet", formats.write(weights, "parquet"))
catalog.create_partitions(lab.database, lab.table, ["EWR", "JFK", "LGA", "NONE"])
