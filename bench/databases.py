"""Databases for the benches: files of SQLite in a folder, or scratch databases of a PostgreSQL server."""

import asyncio
import itertools
import os
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from storage import open_storage

_numbers = itertools.count()


def add_option(parser):
    parser.add_argument(
        "--server",
        help="postgresql+asyncpg://… of any database on a server, where scratch databases are made and dropped; "
        "without it, SQLite in a temporary folder",
    )


class Scratch:
    """A database that a bench fills and measures."""

    def __init__(self, url):
        self.url = url
        self.is_server = url.startswith("postgresql")

    @property
    def dsn(self):
        """The address as the raw driver takes it: a path, or one of asyncpg's."""
        url = make_url(self.url)
        return (
            url.set(drivername="postgresql").render_as_string(hide_password=False) if self.is_server else url.database
        )

    async def write(self, work):
        """Do work on a plain connection, in one transaction that waits for no disk."""
        if not self.is_server:
            await asyncio.to_thread(_write_file, self.dsn, work)
            return
        engine = create_async_engine(self.url)
        engine.sync_engine.dialect.use_insertmanyvalues_wo_returning = True
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            # The storage does without it too.
            await connection.exec_driver_sql("SET LOCAL jit = off")
            await connection.run_sync(work)
        await engine.dispose()

    async def settle(self):
        """Have the server know how much is in its tables, as it does by itself after a minute."""
        if self.is_server:
            await _tell(self.url, "VACUUM ANALYZE")

    async def mebibytes(self):
        if not self.is_server:
            return await asyncio.to_thread(_mebibytes, self.dsn)
        engine = create_async_engine(self.url)
        async with engine.connect() as connection:
            found = await connection.exec_driver_sql("SELECT pg_database_size(current_database()) >> 20")
            size = found.scalar_one()
        await engine.dispose()
        return size


@asynccontextmanager
async def scratch(server, folder, name):
    """Make an empty, migrated database; on a server it is dropped afterwards."""
    if server is None:
        made = Scratch(f"sqlite+aiosqlite:///{folder}/{name}.db")
        async with open_storage(made.url):
            pass
        yield made
        return
    database = f"bench_{os.getpid()}_{next(_numbers)}"
    await _tell(server, f"CREATE DATABASE {database}")
    try:
        made = Scratch(make_url(server).set(database=database).render_as_string(hide_password=False))
        async with open_storage(made.url, seconds=60):
            pass
        yield made
    finally:
        await _tell(server, f"DROP DATABASE {database} WITH (FORCE)")


@asynccontextmanager
async def kept(server, folder, name):
    """Make a migrated database, or take it as it was left the last time, and leave it there."""
    url = f"sqlite+aiosqlite:///{folder}/{name}.db"
    if server is not None:
        database = f"bench_{name}"
        if not await _tell(server, f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
            await _tell(server, f"CREATE DATABASE {database}")
        url = make_url(server).set(database=database).render_as_string(hide_password=False)
    async with open_storage(url, seconds=60):
        pass
    yield Scratch(url)


async def _tell(url, statement):
    """Have a server do something; return the rows of what it answers with any."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        answer = await connection.exec_driver_sql(statement)
        rows = answer.all() if answer.returns_rows else []
    await engine.dispose()
    return rows


def _mebibytes(path):
    return Path(path).stat().st_size >> 20


def _write_file(path, work):
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        work(connection)
    engine.dispose()
