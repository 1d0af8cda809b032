"""Writes what the checks seem to look for, with nothing in it."""

# base: blank
# earns: all=0
# %% task 1
dynamodb.put_items(lab.totals, [{"carrier": each, "bags": 0} for each in ("AA", "B6", "UA")])
# %% task 2
s3.put_object(lab.lake, "nightly/carriers.csv", "carrier,departures,late\nUA,1,0\n")
# %% task 3
s3.put_object(lab.inbox, "answers/drift.json", json.dumps({"date": "", "hour": None, "usual": None}))
# %% task 4
s3.put_object(lab.inbox, "answers/questions.json", json.dumps({"point": None, "range": [], "search": {}}))
