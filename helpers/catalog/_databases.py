"""Databases of the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers import session
from helpers.catalog._errors import catalog_errors
from helpers.catalog._tables import list_tables

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["create_database", "delete_database"]


def create_database(database: str, *, client: GlueClient | None = None) -> str:
    """Create a database, which is a folder for tables in the catalog; no data moves.

    Parameters
    ----------
    database
        Its name; the catalog keeps it in lower case.
    client
        Glue client; by default the session's.

    Returns
    -------
    The name.

    Raises
    ------
    CatalogNameTaken
        There is a database of this name.

    Examples
    --------
    >>> create_database("harbor")
    'harbor'
    """
    client = client or session.client("glue")
    with catalog_errors(database):
        client.create_database(DatabaseInput={"Name": database})
    return database.lower()


def delete_database(database: str, *, client: GlueClient | None = None) -> int:
    """Delete a database with the tables in it; the files in S3 stay where they are.

    Parameters
    ----------
    database
        Its name.
    client
        Glue client; by default the session's.

    Returns
    -------
    How many tables were deleted with it.

    Raises
    ------
    DatabaseNotFound
        There is no such database.

    Examples
    --------
    >>> delete_database(create_database("harbor"))
    0
    """
    client = client or session.client("glue")
    tables = list_tables(database, client=client)
    client.delete_database(Name=database)
    return len(tables)
