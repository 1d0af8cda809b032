"""pocketaws: the AWS of the course, in this process or on a port of this machine.

moto plays AWS; where moto only pretends, an engine of pocketaws does the thing, and a clock that can be
moved forward makes days pass.

>>> import pocketaws
>>> pocketaws.start()
>>> pocketaws.clock.advance(days=30).tzname()
'UTC'
>>> pocketaws.stop()
"""

from __future__ import annotations

from pocketaws import clock, iam
from pocketaws.inprocess import is_running, reset, start, stop

__all__ = ["clock", "iam", "is_running", "reset", "start", "stop"]
