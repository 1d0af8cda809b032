"""The real data of the course: flights from New York in 2013, and California's police departments.

They come with the package; where they are from and who may use them says ``helpers/data/README.md``.
"""

from helpers.data._departments import departments
from helpers.data._flights import airlines, airports, flights, flights_by_day, planes, stream_flights, weather

__all__ = [
    "airlines",
    "airports",
    "departments",
    "flights",
    "flights_by_day",
    "planes",
    "stream_flights",
    "weather",
]
