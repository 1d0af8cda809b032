"""Names the four ways to create an object, and deletes messages in batches: right ways."""

# earns:
# %% instead of
wanted = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": rules}}}
# %% write
ways = [f"s3:ObjectCreated:{way}" for way in ("Put", "Post", "Copy", "CompleteMultipartUpload")]
wanted = {"QueueArn": arn, "Events": ways, "Filter": {"Key": {"FilterRules": rules}}}
# %% instead of
sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
# %% write
handles = [{"Id": each["MessageId"], "ReceiptHandle": each["ReceiptHandle"]} for each in messages]
sqs.delete_message_batch(QueueUrl=queue, Entries=handles)
