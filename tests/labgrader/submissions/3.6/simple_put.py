"""Stores the file with one PutObject and leaves the uploads as they were."""
# earns: 2=1
# %% task 2
s3.put_object(lab.drop, "camera.bin", s3.get_object(lab.inbox, "camera.bin"))
