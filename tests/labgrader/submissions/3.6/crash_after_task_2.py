"""Stops the kernel's work in task 3 with an error that goes through everything, and has nothing after it."""
# earns: 3=0 4=0 5=0
# %% task 3
raise SystemExit("enough")
# %% task 4
# %% task 5
