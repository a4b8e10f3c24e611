"""A database by its URL."""

from storage.engine import SqliteDatabase, locate
from storage.turns import Database
from storage.urls import find_server


def open_database(url: str, *, seconds: float) -> Database:
    """Return the database that a URL names; it is connected to when it is first used.

    Raises:
        DatabaseUrlError: the URL names an engine that is not supported, or whose driver is not installed.
    """
    server = find_server(url)
    if server is None:
        return SqliteDatabase(locate(url), seconds=seconds)
    # SQLite's users need neither the driver nor the time that it takes to load.
    from storage.postgres.engine import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(server, seconds=seconds)
