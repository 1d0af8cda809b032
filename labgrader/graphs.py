"""Ways in a directed graph, worked out without the libraries that students use: legs, and the quickest way."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

__all__ = ["legs_of", "quickest", "reached"]


def legs_of(told: Any, start: str, goal: str) -> list[tuple[str, str]]:
    """Return the legs of a way that somebody wrote down; none where it is no way from start to goal."""
    if not isinstance(told, list) or not 2 <= len(told) <= 500 or [told[0], told[-1]] != [start, goal]:
        return []
    return [(str(here), str(there)) for here, there in pairwise(told)]


def reached(flown: dict[tuple[str, str], int], start: str) -> dict[str, int]:
    """Return how many legs each airport is away."""
    steps, waiting = {start: 0}, deque([start])
    while waiting:
        here = waiting.popleft()
        for origin, dest in flown:
            if origin == here and dest not in steps:
                steps[dest] = steps[here] + 1
                waiting.append(dest)
    return steps


def quickest(flown: dict[tuple[str, str], int], start: str, goal: str) -> int:
    """Return the minutes of the quickest way."""
    heap, done = [(0, start)], set()
    while heap:
        took, here = heappop(heap)
        if here == goal:
            return took
        if here not in done:
            done.add(here)
            for (origin, dest), minutes in flown.items():
                if origin == here:
                    heappush(heap, (took + minutes, dest))
    raise ValueError("the routes do not lead there")
