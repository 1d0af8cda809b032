"""Takes away every delete marker: the retired models rise, and the emptied ones stay empty."""
# earns: 3=2
# %% task 3
versions = s3.list_versions(lab.models)
for key in versions.loc[versions["delete_marker"], "key"].unique():
    s3.undelete(lab.models, key)
