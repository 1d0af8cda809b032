"""Leaves small files beside the right table that swell when they are read: a zip bomb, and a header without an end."""

# earns:
# %% instead of
s3.put_object(lab.lake, "nightly/carriers.csv", night.to_csv(index=False))
# %% write
import gzip

s3.put_object(lab.lake, "nightly/carriers.csv", night.to_csv(index=False))
s3.put_object(lab.lake, "nightly/wide.csv", ",".join("ab" * 100_000))
s3.put_object(lab.lake, "nightly/zeros.csv.gz", gzip.compress(bytes(200_000_000)))
