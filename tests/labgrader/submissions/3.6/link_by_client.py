"""Makes the link with generate_presigned_url, and stores it with a line break: just as right."""
# earns:
# %% task 5
client = session.client("s3")
wanted = {"Bucket": lab.inbox, "Key": lab.report}
url = client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=lab.minutes * 60)
client.put_object(Bucket=lab.inbox, Key="answers/link.txt", Body=f"{url}\n".encode())
