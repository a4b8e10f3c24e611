"""The same statements on SQLite and on PostgreSQL, side by side: plain connections, nothing of which is kept."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import TypeVar

from sqlalchemy import Connection, MetaData, create_engine, inspect
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool, StaticPool

from storage import derived, fulltext, tables

T = TypeVar("T")

PARTS = 4


class Both:
    """A transaction on each engine."""

    def __init__(self, sqlite: Connection, server: AsyncConnection) -> None:
        self.sqlite = sqlite
        self.server = server

    async def do(self, work: Callable[..., T], *values: object) -> T:
        """Do the same on both; what the two come to is compared."""
        found, expected = await self.ask(work, *values)
        assert found == expected
        return found

    async def ask(self, work: Callable[..., T], *values: object) -> tuple[T, T]:
        """What work comes to on PostgreSQL, and on SQLite."""
        return await self.server.run_sync(work, *values), work(self.sqlite, *values)


@asynccontextmanager
async def side_by_side(url: str) -> AsyncIterator[Both]:
    """Open a database in memory, and one on the server; both are left as they were found."""
    server = create_async_engine(url, poolclass=NullPool)
    sqlite = _in_memory()
    try:
        async with server.connect() as connection, connection.begin() as transaction:
            sqlite.exec_driver_sql("BEGIN")
            yield Both(sqlite, connection)
            await transaction.rollback()
    finally:
        sqlite.exec_driver_sql("ROLLBACK")
        await server.dispose()


@cache
def _in_memory() -> Connection:
    """The one database in memory that all tests use, one after the other."""
    driver = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    driver.execute("PRAGMA foreign_keys = ON")
    engine = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool, pool_reset_on_return=None)
    connection = engine.connect()
    make(connection)
    return connection


def make(connection: Connection) -> None:
    """Create tables and triggers."""
    tables.metadata.create_all(connection)
    fulltext.create(connection)
    derived.create(connection)


def make_in_parts(connection: Connection) -> None:
    """Create every table that has a desk in parts by it: PostgreSQL refuses a key or a reference without the desk."""
    parted = MetaData(naming_convention=tables.metadata.naming_convention)
    for table in tables.metadata.sorted_tables:
        copied = table.to_metadata(parted)
        copied.dialect_options["postgresql"]["partition_by"] = "HASH (desk_id)"
    parted.create_all(connection)
    for table in inspect(connection).get_table_names():
        for number in range(PARTS):
            part = f"CREATE TABLE {table}_{number} PARTITION OF {table} "
            connection.exec_driver_sql(f"{part} FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {number})")
    fulltext.create(connection)
    derived.create(connection)


def make_empty(url: str, work: Callable[[Connection], None]) -> None:
    """Do this once in an empty database of the server."""

    async def run() -> None:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(work)
        await engine.dispose()

    asyncio.run(run())
