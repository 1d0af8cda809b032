"""The bookmark of a job, from ``Job.init`` to ``Job.commit``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, ClassVar

__all__ = ["Job"]


class Job:
    """A run of a job: knows what earlier runs have taken."""

    enabled = False
    before: ClassVar[dict[str, Any]] = {}
    after: ClassVar[dict[str, Any]] = {}

    def __init__(self, glue_context: Any) -> None:
        self._path = Path(os.environ["GLUE_BOOKMARK"])

    def init(self, job_name: str, args: dict[str, str] | None = None) -> None:
        """Read the bookmark, if the job has bookmarks enabled."""
        Job.enabled = (args or {}).get("job_bookmark_option") == "job-bookmark-enable"
        Job.before = json.loads(self._path.read_text()) if Job.enabled else {}
        Job.after = dict(Job.before)

    def commit(self) -> None:
        """Write the bookmark: the next run takes what is new since."""
        if Job.enabled:
            self._path.write_text(json.dumps(Job.after))

    @classmethod
    def new_only(cls, context: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the objects (as S3 lists them) that no committed run has taken in this context."""
        if not (cls.enabled and context):
            return found
        taken = cls.before.get(context, {})
        fresh = [each for each in found if taken.get(each["Key"]) != str(each["LastModified"])]
        cls.after[context] = taken | {each["Key"]: str(each["LastModified"]) for each in fresh}
        return fresh
