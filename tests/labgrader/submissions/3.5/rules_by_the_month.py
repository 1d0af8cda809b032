"""Keeps both rules, and takes flights that it knows on days of the month alone: a right way."""

# earns:
# %% instead of
rules = "pilot TEXT NOT NULL REFERENCES pilots (id), day TEXT, flight TEXT, UNIQUE (pilot, day)"
# %% write
crew.execute("CREATE TABLE flights (flight TEXT PRIMARY KEY)")
crew.executemany("INSERT OR IGNORE INTO flights VALUES (?)", read("duties.csv")[["flight"]].values.tolist())
rules = "pilot TEXT NOT NULL REFERENCES pilots (id), day TEXT CHECK (day LIKE '2013-07-__'), "
rules += "flight TEXT REFERENCES flights, PRIMARY KEY (pilot, day)"
