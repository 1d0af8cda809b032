"""Makes the index by listing, asks the queue once, and throws away what it holds; hears of new objects only by Put."""

# earns: 4=3
# %% instead of
wanted = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": rules}}}
# %% write
wanted = {"QueueArn": arn, "Events": ["s3:ObjectCreated:Put"], "Filter": {"Key": {"FilterRules": rules}}}
# %% instead of
while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
    for message in messages:
        for record in json.loads(message["Body"]).get("Records", []):
            key = unquote_plus(record["s3"]["object"]["key"])
            rows[key] = len(s3.read_csv(lab.lake, key))
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
# %% write
for key in s3.list_objects(lab.lake, "raw/")["key"]:
    if key.endswith(".csv"):
        rows[key] = len(s3.read_csv(lab.lake, key))
sqs.receive_message(QueueUrl=queue)
sqs.purge_queue(QueueUrl=queue)
