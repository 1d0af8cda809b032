"""Listens to a folder where nothing happens, fills the index from a listing, and receives from a queue once."""
# earns: 4=0
# %% instead of
rule = {"FilterRules": [{"Name": "prefix", "Value": "arrivals/"}]}
# %% write
rule = {"FilterRules": [{"Name": "prefix", "Value": "nothing/"}]}
# %% instead of
objects, seen = session.resource("dynamodb").Table(lab.index), {}
while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
    for message in messages:
        for record in json.loads(message["Body"]).get("Records", []):
            about = record["s3"]["object"]
            key, newer = unquote_plus(about["key"]), about["sequencer"]
            if newer > seen.get(key, ("",))[0]:
                seen[key] = newer, about.get("size") if "Created" in record["eventName"] else None
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
# %% write
objects, listed = session.resource("dynamodb").Table(lab.index), s3.list_objects(lab.lake, "arrivals/")
seen = {key: (None, int(size)) for key, size in zip(listed["key"], listed["size"])}
for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
