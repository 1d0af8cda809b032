"""Waiting for a script or a crawl, which take their own time."""

from __future__ import annotations

from helpers._waiting import wait_for_work

__all__ = ["wait_for_work"]
