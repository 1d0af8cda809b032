"""Names the partner in a condition, refuses requests without TLS, and sends the missing part twice: right ways."""

# earns:
# %% instead of
policy = {"Version": "2012-10-17", "Statement": [may]}
# %% write
partner = {"StringEquals": {"aws:PrincipalAccount": lab.partner}}
may |= {"Principal": "*", "Action": "s3:getObject", "Condition": partner}
never = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*"}
never |= {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
policy = {"Version": "2012-10-17", "Statement": [may, never]}
# %% instead of
client.upload_part(**place, PartNumber=number, Body=part, ChecksumAlgorithm="SHA256")
# %% write
for _ in range(2):
    client.upload_part(**place, PartNumber=number, Body=part, ChecksumAlgorithm="SHA256")
