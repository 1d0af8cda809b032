"""What the processes of jobs find on their path; the engine itself imports nothing from here."""
