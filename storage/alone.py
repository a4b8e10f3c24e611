"""Whether somebody else has a database open: what replaces or fills it must have it to itself."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, text

from storage.connecting import open_database
from storage.edge import BUSY
from storage.engine import locate
from storage.errors import InUseError

# Whoever only looks at it is gone within this time.
_WAIT_SECONDS = 1.0

# What all processes of this program call themselves.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'verbatim' AND pid <> pg_backend_pid()"
)


async def check_alone(url: str) -> None:
    """Look whether nobody else has the database of this URL open.

    Raises:
        InUseError: somebody has.
        StorageError: it cannot be opened.
    """
    if not url.startswith("postgresql"):
        path = locate(url)
        if path is not None and path.exists() and await asyncio.to_thread(in_use, path):
            raise InUseError(str(path))
        return
    database = open_database(url, seconds=5)
    try:
        others = await database.read(_others)
        where = database.where
    finally:
        await database.close()
    if others:
        raise InUseError(where)


def in_use(path: Path) -> bool:
    """Tell whether another connection has the file open; a file that is no database is in nobody's use.

    Whoever has a database with a write-ahead log open holds a share of a lock on it all the time, also when idle, and
    exclusive mode asks for the whole (https://www.sqlite.org/wal.html#noshm).
    """
    with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            return getattr(error, "sqlite_errorcode", 0) & 0xFF in BUSY
    return False


def _others(connection: Connection) -> int:
    return int(connection.execute(_OTHERS).scalar_one())
