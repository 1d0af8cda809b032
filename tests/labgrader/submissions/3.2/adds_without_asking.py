"""Stores each event and adds its bags, counted or not: what came twice, or was counted before the crash, is twice."""

# earns: 1=2
# %% task 1
client = session.client("dynamodb")


def handle(batch):
    for event in batch:
        dynamodb.put_items(lab.events, [event])
        client.update_item(
            TableName=lab.totals,
            Key={"carrier": {"S": event["carrier"]}},
            UpdateExpression="ADD bags :n",
            ExpressionAttributeValues={":n": {"N": str(event["bags"])}},
        )


streams.consume(lab.stream, handle, streams.Checkpoints(lab.places))
