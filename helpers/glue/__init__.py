"""AWS Glue in small calls: crawlers that read schemas, jobs that run a script, workflows that chain both.

Each function that waits returns when AWS says that the work is over, and raises if it failed.
"""

from helpers.glue._crawlers import Crawl, crawl, create_crawler, delete_crawler
from helpers.glue._jobs import JobRun, create_job, dollars, list_runs, logs, run_job
from helpers.glue._quality import check_quality
from helpers.glue._scripts import edit_script, generate_script
from helpers.glue._workflows import list_actions, run_workflow, wait_for_workflow

__all__ = [
    "Crawl",
    "JobRun",
    "check_quality",
    "crawl",
    "create_crawler",
    "create_job",
    "delete_crawler",
    "dollars",
    "edit_script",
    "generate_script",
    "list_actions",
    "list_runs",
    "logs",
    "run_job",
    "run_workflow",
    "wait_for_workflow",
]
