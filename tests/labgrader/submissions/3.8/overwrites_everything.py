"""Has no bookmark, and writes all days again in each run."""

# earns: 2=5
# %% instead of
script = glue.edit_script(draft, edit)
# %% write
script = glue.edit_script(draft, edit).replace('mode="append"', 'mode="overwrite"')
script = glue.edit_script(script, "def read_bookmark():\n    return {}")
