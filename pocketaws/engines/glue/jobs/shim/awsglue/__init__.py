"""What a script of a job imports as ``awsglue``: the part of AWS's library that such scripts use most."""

from __future__ import annotations
