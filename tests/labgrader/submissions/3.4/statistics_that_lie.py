"""Leaves everything unsorted, and writes into the footers that no row group holds a day anybody asks for."""
# earns: 1=4 4=4
# %% instead of
flights = pd.concat([read(key)[names] for key in keys]).sort_values("date", ignore_index=True)
# %% write
flights = pd.concat([read(key)[names] for key in keys], ignore_index=True)


def lying(content):
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    return content[:start] + content[start:].replace(b"2013-", b"2012-")
# %% instead of
s3.put_object(lab.lake, "clean/flights.parquet", formats.write(month, "parquet", row_group_size=4_096))
# %% write
content = formats.write(month, "parquet", row_group_size=4_096)
s3.put_object(lab.lake, "clean/flights.parquet", lying(content))
# %% instead of
content = formats.write(rows, "parquet", row_group_size=768)
# %% write
content = lying(formats.write(rows, "parquet", row_group_size=768))
