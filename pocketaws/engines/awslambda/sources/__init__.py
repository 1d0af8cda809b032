"""Event source mappings: Lambda reads queues and streams and calls functions with batches of what it finds.

``records`` keeps where each mapping has read to, ``polling`` says when one reads, ``queues`` and ``streams`` read and
go on from what the function answers, ``access`` asks what the function's role may read, ``filters`` drops what a
mapping does not want, ``api`` answers the operations.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
"""

from __future__ import annotations
