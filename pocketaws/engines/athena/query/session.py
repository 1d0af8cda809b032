"""What a running statement works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pocketaws.engines.athena.catalog import Catalog
from pocketaws.engines.athena.errors import DDL, QueryFailed
from pocketaws.engines.athena.query.engine import Answer, ask
from pocketaws.engines.athena.query.scan import Reading
from pocketaws.engines.athena.state import Account, Execution
from pocketaws.engines.athena.storage import Store

__all__ = ["Session"]


@dataclass
class Session:
    """The catalog, the store and the execution of one statement."""

    account: Account
    execution: Execution
    catalog: Catalog
    store: Store
    reading: Reading

    @classmethod
    def of(cls, account: Account, execution: Execution) -> Session:
        """Return the session of an execution."""
        rights = execution.rights.afresh()
        store = Store(account.account_id, account.partition, rights)
        limit = execution.work_group.configuration.get("BytesScannedCutoffPerQuery")
        catalog = Catalog(account.account_id, account.region_name, rights)
        return cls(account, execution, catalog, store, Reading(store, limit=limit))

    def ask(self, sql: str) -> Answer:
        """Run a query on the tables."""
        return ask(sql, self.catalog, self.execution.database, self.reading)

    def locate(self, parts: list[str]) -> tuple[str, str]:
        """Return database and table of a name that may leave out the database."""
        database = parts[-2] if len(parts) > 1 else self.execution.database
        return database, parts[-1]

    def require_database(self, name: str) -> dict[str, Any]:
        """Return a database of a DDL statement."""
        found = self.catalog.database(name)
        if found is None:
            raise QueryFailed(f"FAILED: SemanticException [Error 10072]: Database does not exist: {name}", DDL)
        return found
