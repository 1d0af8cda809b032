"""Ways in a directed graph, worked out without the libraries that students use: legs, and the quickest way."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

__all__ = ["quickest", "reached"]


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
