"""Aborts the broken upload and sends all parts anew: the object is right, but everything travelled again."""
# earns: 2=3
# %% instead of
place = {"Bucket": lab.drop, "Key": "camera.bin", "UploadId": found["camera.bin"]}
there = {part["PartNumber"] for part in client.list_parts(**place)["Parts"]}
# %% write
place = {"Bucket": lab.drop, "Key": "camera.bin"}
client.abort_multipart_upload(**place, UploadId=found["camera.bin"])
place["UploadId"] = client.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]
there = set()
