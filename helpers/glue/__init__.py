"""AWS Glue in small calls: crawlers that read schemas, jobs that run a script, workflows that chain both.

Each function that waits returns when AWS says that the work is over, and raises if it failed.
"""

from helpers.glue._crawlers import Crawl, crawl, create_crawler, delete_crawler

__all__ = [
    "Crawl",
    "crawl",
    "create_crawler",
    "delete_crawler",
]
