"""Makes the link with a client of boto3 as it comes, whose links say the second of their end: just as right."""

# earns:
# %% task 5
import boto3

wanted = {"Bucket": lab.inbox, "Key": lab.report}
url = boto3.client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=lab.minutes * 60)
s3.put_object(lab.inbox, "answers/link.txt", url)
