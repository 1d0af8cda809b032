"""Runs the nightly job in Athena, whose results and a note lie beside the table: another right way."""

# earns:
# %% instead of
s3.put_object(lab.lake, "nightly/carriers.csv", night.to_csv(index=False))
# %% write
s3.put_object(lab.lake, "flown/flown.csv", flown[["carrier", "late"]].to_csv(index=False))
ask = {"database": lab.database, "output": f"s3://{lab.lake}/nightly/"}
lines = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
told = f"LOCATION 's3://{lab.lake}/flown/' TBLPROPERTIES ('skip.header.line.count' = '1')"
athena.query(f"CREATE EXTERNAL TABLE flown (carrier string, late int) {lines} {told}", **ask)
made = f"WITH (format = 'PARQUET', external_location = 's3://{lab.lake}/nightly/carriers/')"
chosen = "SELECT carrier, count(*) AS departures, sum(late) AS late FROM flown GROUP BY carrier"
athena.query(f"CREATE TABLE night {made} AS {chosen}", **ask)
athena.query("SELECT count(*) AS carriers FROM night", **ask)
s3.put_object(lab.lake, "nightly/read-me.txt", "The nightly job counts what departed.\nAsk it for carriers, not for planes.\n")
