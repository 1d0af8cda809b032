"""Jobs that fetch and run their script: ``pythonshell`` in a process, ``glueetl`` with Spark on this machine.

``records`` keeps jobs and runs, ``api`` answers operations, ``running`` starts, watches and ends runs, ``launch`` makes
the folder, the arguments and the environment of a run; ``shim`` is what a script imports as ``awsglue``.

Source: https://docs.aws.amazon.com/glue/latest/dg/author-job-glue.html
"""

from __future__ import annotations
