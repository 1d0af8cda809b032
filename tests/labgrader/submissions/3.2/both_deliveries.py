"""Counts the days that were delivered again twice."""

# earns: 2=0
# %% instead of
flown = pd.concat([s3.read_csv(lab.lake, key) for key in keys if key not in corrected])
# %% write
flown = pd.concat([s3.read_csv(lab.lake, key) for key in keys])
