"""Writes the compacted files and leaves the crumbs beside them: readers find every flight twice."""
# earns: 2=0
# %% instead of
s3.delete_objects(lab.lake, crumbs.tolist())
# %% write
len(crumbs)
