"""A database looked at from outside: how it stands, without a byte of it or beside it being written."""

import asyncio
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import StaticPool

from storage.connecting import open_database
from storage.edge import translate_errors
from storage.engine import locate
from storage.errors import AwayError, FailedDatabaseError, NewerDatabaseError, UnreachableDatabaseError
from storage.migrate import HEAD, known_revisions, stored_revision
from storage.postgres.checking import check
from storage.settings import count_watching
from storage.urls import find_server

# How long a server may take to answer, and to read every table.
_SECONDS = 5.0
_CHECK_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Look:
    """How a database stands."""

    path: Path | None
    """None for one in memory, or on a server."""
    revision: str | None = None
    """The schema's; None where there is no database yet."""
    verdict: str = "ok"
    """What the engine's own check says."""
    watching: int = 0
    """How many desks have channels to watch, where the schema is the newest."""
    room: int | None = None
    """Free bytes on its disk."""
    server: str | None = None
    """What one on a server is called."""


async def look(url: str) -> Look:
    """Return how a database stands that may be in use, old, or not there yet.

    Raises:
        DatabaseUrlError: the URL names an engine that is not supported.
        UnreachableDatabaseError: it cannot be opened or written, or belongs to another program.
        NewerDatabaseError: a later version of the program wrote it.
    """
    if find_server(url) is not None:
        return await _look_at_server(url)
    path = locate(url)
    return Look(None) if path is None else await asyncio.to_thread(_look_at, path)


async def _look_at_server(url: str) -> Look:
    database = open_database(url, seconds=_SECONDS)
    where = database.where
    try:
        revision = await database.read(lambda c: _known_revision(c, where))
        verdict = await database.read(check, seconds=_CHECK_SECONDS) if revision else "ok"
        return Look(None, revision, verdict, await database.read(lambda c: _watching(c, revision)), server=where)
    except FailedDatabaseError as error:
        return Look(None, revision="", verdict=error.why, server=where)
    except AwayError as error:
        raise UnreachableDatabaseError.of_server(where, error.why) from error
    finally:
        await database.close()


def _look_at(path: Path) -> Look:
    room = shutil.disk_usage(_folder(path)).free
    if not path.exists() or not path.stat().st_size:
        return Look(path, room=room)
    if not os.access(path, os.R_OK | os.W_OK):
        raise UnreachableDatabaseError(str(path), "the file may not be written")
    try:
        with translate_errors():
            return _read(path, room)
    except FailedDatabaseError as error:
        return Look(path, revision="", verdict=error.why, room=room)


def _folder(path: Path) -> Path:
    """Return the folder of a file, or where the missing ones would be made.

    Raises:
        UnreachableDatabaseError: it is no folder, or may not be written in.
    """
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir():
        raise UnreachableDatabaseError(str(path), f"{folder} is no folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UnreachableDatabaseError(str(path), f"the folder {folder} may not be written in")
    return folder


def _read(path: Path, room: int) -> Look:
    """Return what stands in the file, and in the log of what was written last."""
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, creator=lambda: _open(path), poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            revision = _known_revision(connection)
            verdict = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
            return Look(path, revision, verdict, _watching(connection, revision), room)
    finally:
        engine.dispose()


def _open(path: Path) -> sqlite3.Connection:
    """Open the file for reading alone.

    Without a log, nobody is writing, and the file is taken as it stands: otherwise SQLite would begin a log to read by.
    """
    log = path.with_name(path.name + "-wal")
    in_use = log.exists() and log.stat().st_size
    how = "mode=ro" if in_use else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, check_same_thread=False)


def _known_revision(connection: Connection, where: str | None = None) -> str | None:
    """Return the schema's revision, None for none yet; raises as `look` does."""
    found = stored_revision(connection, where)
    if found not in (None, HEAD) and found not in known_revisions():
        raise NewerDatabaseError(str(found))
    return found


def _watching(connection: Connection, revision: str | None) -> int:
    """Return how many desks have channels to watch, where the schema is the newest."""
    return count_watching(connection) if revision == HEAD else 0
