"""Reads the orders as pandas guesses: zeros, cents and zones are lost; only the long numbers survive."""
# earns: 3=1
# %% task 3
raw = pd.read_csv(io.BytesIO(s3.get_object(lab.inbox, "orders.csv")))
s3.put_object(lab.lake, "typed/orders.parquet", raw.to_parquet(index=False))
