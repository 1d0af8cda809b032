"""Does the third task only, with a breadth-first search of its own, and hands in."""
# base: blank
# earns: 3=3 all=0
# %% task 3
text = s3.get_object(lab.inbox, "routes.csv").decode().splitlines()[1:]
flown = [row.split(",")[:2] for row in text if row.endswith(",flown")]
ways, waiting = {lab.start: [lab.start]}, [lab.start]
for here in waiting:
    for origin, dest in flown:
        if origin == here and dest not in ways:
            ways[dest] = [*ways[here], dest]
            waiting.append(dest)
s3.put_object(lab.inbox, "answers/fewest.json", json.dumps(ways[lab.goal]))
near = [code for code, way in ways.items() if 1 < len(way) <= lab.legs + 1]
s3.put_object(lab.inbox, "answers/near.json", json.dumps(near))
