"""What Athena keeps of an account in a Region: work groups, queries, prepared statements; the catalog is Glue's."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict, BaseBackend

from pocketaws import clock
from pocketaws.clock import Booking

if TYPE_CHECKING:
    from pocketaws.engines.athena.query.results import Result
    from pocketaws.engines.athena.query.statement import Run
    from pocketaws.engines.athena.rights import Rights

__all__ = ["Account", "Execution", "WorkGroup", "accounts"]

CATALOG = "AwsDataCatalog"


@dataclass
class WorkGroup:
    """A work group."""

    name: str
    configuration: dict[str, Any]
    description: str = ""
    state: str = "ENABLED"
    created: datetime = field(default_factory=clock.now)

    @property
    def enforces(self) -> bool:
        """Whether its settings win over those of a query."""
        return bool(self.configuration.get("EnforceWorkGroupConfiguration"))


@dataclass
class Execution:
    """A query: what was asked, and how it went."""

    request: dict[str, Any]
    work_group: WorkGroup
    kind: str
    substatement: str
    output: str | None
    suffix: str
    run: Run
    rights: Rights
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "QUEUED"
    submitted: datetime = field(default_factory=clock.now)
    completed: datetime | None = None
    reason: str | None = None
    error: dict[str, Any] | None = None
    booking: Booking | None = None
    result: Result | None = None
    scanned: int = 0
    rows_read: int = 0
    s3_requests: int = 0
    manifest: str | None = None
    reused: bool = False

    @property
    def sql(self) -> str:
        """The text of the statement."""
        return str(self.request["QueryString"])

    @property
    def database(self) -> str:
        """The database of names that name none."""
        named = (self.request.get("QueryExecutionContext") or {}).get("Database") or "default"
        return str(named).strip('`"').lower()

    @property
    def location(self) -> str | None:
        """Where the result is, for example ``s3://bucket/results/<id>.csv``."""
        return f"{self.output}{self.id}{self.suffix}" if self.output else None

    @property
    def is_over(self) -> bool:
        """Whether it has succeeded, failed, or been cancelled."""
        return self.state not in ("QUEUED", "RUNNING")


class Account(BaseBackend):  # type: ignore[misc]
    """Athena of one account in one Region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        primary = {"EnforceWorkGroupConfiguration": False, "ResultConfiguration": {}}
        self.work_groups = {"primary": WorkGroup("primary", with_defaults(primary))}
        self.executions: dict[str, Execution] = {}
        self.tokens: dict[str, Execution] = {}
        self.prepared: dict[tuple[str, str], dict[str, Any]] = {}
        self.named: dict[str, dict[str, Any]] = {}
        self.catalogs: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, dict[str, str]] = {}

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource, for example of ``workgroup/primary``."""
        return f"arn:{self.partition}:athena:{self.region_name}:{self.account_id}:{resource}"


def with_defaults(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return a work group's configuration with what AWS adds."""
    return {
        "ResultConfiguration": {},
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": False,
        "RequesterPaysEnabled": False,
        "EnableMinimumEncryptionConfiguration": False,
        **configuration,
        "EngineVersion": {
            "SelectedEngineVersion": (configuration.get("EngineVersion") or {}).get("SelectedEngineVersion", "AUTO"),
            "EffectiveEngineVersion": "Athena engine version 3",
        },
    }


accounts: BackendDict[Account] = BackendDict(Account, "athena")
