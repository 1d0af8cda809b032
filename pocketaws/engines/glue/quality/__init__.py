"""Data quality: rulesets in DQDL, evaluated on the rows of a table.

``dqdl.py`` reads rules, ``rules.py`` and ``values.py`` evaluate them with SQL, ``api.py`` answers the operations.
"""
