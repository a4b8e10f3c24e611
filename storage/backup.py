"""Backups: a copy of the whole database made beside whoever writes to it, and put back in its place."""

import asyncio
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path

from storage.alone import in_use
from storage.archive import NO_LINKS, new_file, sync
from storage.edge import BUSY, translate_errors
from storage.engine import SqliteDatabase, create_file, locate
from storage.errors import (
    DamagedBackupError,
    InUseError,
    MigrationError,
    NewerDatabaseError,
    NotEmptyError,
    NothingToBackUpError,
    UnwritableFileError,
)
from storage.migrate import known_revisions, migrate
from storage.urls import find_server

# A large file takes its time, and so does each migration of it.
_SECONDS = 3600.0

_SQLITE = b"SQLite format 3\0"
# What other files begin with that somebody may take for a backup, and what to do with those.
_OTHERS = (
    (b"PGDMP", "it is a backup of PostgreSQL, and DATABASE_URL names a file of SQLite"),
    (b"PK\x03\x04", "it is a .zip; an export is read in by “verbatim import”"),
)
_READ = 16


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made."""

    path: Path
    bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put in the place of a database."""

    revision: str
    """The schema that the backup had; it was brought to that of this program."""
    aside: str | None
    """Where the database is now that was there before; None where there was none."""


async def back_up(url: str, path: Path) -> BackedUp:
    """Write a copy of a database, as it is at one moment, to a file; whoever writes to it is not stopped.

    Raises:
        NothingToBackUpError: there is no database, or it is in memory.
        FileThereError: the file is there already.
        UnwritableFileError: it cannot be written.
        DamagedBackupError: the copy is not whole, and was not kept: the database is damaged.
        StorageError: the database cannot be read.
    """
    if find_server(url) is not None:
        from storage import dumping  # noqa: PLC0415  SQLite's users need no driver

        return BackedUp(path, await asyncio.to_thread(dumping.dump, url, path))
    source = locate(url)
    if source is None or not source.exists():
        raise NothingToBackUpError("the database in memory" if source is None else str(source))
    return BackedUp(path, await asyncio.to_thread(_copy, source, path))


async def restore(url: str, path: Path, *, replace: bool = False) -> Restored:
    """Put a backup in the place of a database, and bring it to this program's schema; the old one is kept aside.

    All of it is done beside the database; then it takes its place at once, or not at all.

    Raises:
        DamagedBackupError: the file is not whole, or no backup.
        NewerDatabaseError: a later version of the program made it.
        InUseError: something runs on the database.
        NotEmptyError: there is something in the database, and it is not to be replaced.
        MigrationError: the backup cannot be brought to this program's schema.
    """
    if find_server(url) is not None:
        from storage import dumping  # noqa: PLC0415  SQLite's users need no driver

        return Restored(*await dumping.restore(url, path, replace=replace))
    target = locate(url)
    if target is None:
        raise NothingToBackUpError("the database in memory")
    await asyncio.to_thread(_check_file, path)
    await asyncio.to_thread(_check_target, target, replace=replace)
    with _folder_beside(target) as folder:
        fresh = folder / "restored.db"
        await asyncio.to_thread(_take_over, path, fresh)
        revision = await _bring_up_to_date(path, fresh)
        aside = await asyncio.to_thread(_put_in_place, fresh, target)
    return Restored(revision, None if aside is None else str(aside))


def _copy(source: Path, path: Path) -> int:
    with new_file(path) as begun, translate_errors():
        with closing(sqlite3.connect(source, isolation_level=None, timeout=_SECONDS)) as connection:
            connection.execute("VACUUM INTO ?", (str(begun),))
        _check_whole(source, begun)
        return begun.stat().st_size


def _check_whole(of: Path, copy: Path) -> None:
    """Look through a copy.

    Raises:
        DamagedBackupError: something in it is damaged.
    """
    try:
        with closing(_open(copy)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise DamagedBackupError(str(of), f"SQLite finds in it: {verdict}")


def _open(path: Path) -> sqlite3.Connection:
    """Open a file that nobody writes to, and write nothing beside it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _check_file(path: Path) -> None:
    """Look whether a file is a whole backup of this program's, and none of a later one; raises as `restore` does."""
    try:
        with path.open("rb") as file:
            begins = file.read(_READ)
    except OSError as error:
        raise UnwritableFileError(str(path), error.strerror or str(error)) from error
    if begins != _SQLITE:
        why = next((why for magic, why in _OTHERS if begins.startswith(magic)), "it is no database of SQLite")
        raise DamagedBackupError(str(path), why)
    _check_whole(path, path)
    revision = _revision(path)
    if revision not in known_revisions():
        raise NewerDatabaseError(revision)


def _revision(path: Path) -> str:
    try:
        with closing(_open(path)) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.DatabaseError, TypeError) as error:
        raise DamagedBackupError(str(path), "it holds no articles of this program") from error


def _check_target(target: Path, *, replace: bool) -> None:
    """Look whether a database may be replaced; raises as `restore` does."""
    if not target.exists():
        return
    if in_use(target):
        raise InUseError(str(target))
    if not replace and not _is_empty(target):
        raise NotEmptyError(str(target))


def _is_empty(target: Path) -> bool:
    """Tell whether there is nothing in a database; what cannot be read may be something."""
    if not target.stat().st_size:
        return True
    try:
        with closing(sqlite3.connect(target)) as connection:
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return True
            return bool(not connection.execute("SELECT count(*) FROM desk").fetchone()[0])
    except sqlite3.DatabaseError:
        return False


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """Give a folder of its own beside a file, that is gone in the end; so is one that a killed run left."""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in target.parent.glob(f".{escape(target.name)}.restoring-*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = target.with_name(f".{target.name}.restoring-{secrets.token_hex(4)}")
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise UnwritableFileError(str(target), error.strerror or str(error)) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _take_over(path: Path, fresh: Path) -> None:
    """Copy a backup, and what a log beside it may hold."""
    create_file(fresh)
    with translate_errors(), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(fresh),))
    with closing(sqlite3.connect(fresh)) as connection:
        # It stays with the file: who opens it finds it so.
        connection.execute("PRAGMA journal_mode = WAL")


async def _bring_up_to_date(path: Path, fresh: Path) -> str:
    """Migrate the copy of a backup; return the revision that it had."""
    revision = await asyncio.to_thread(_revision, fresh)
    database = SqliteDatabase(fresh, seconds=_SECONDS)
    try:
        await migrate(database)
    except MigrationError as error:
        raise MigrationError(error.why, str(path)) from error
    finally:
        await database.close()
    return revision


def _put_in_place(fresh: Path, target: Path) -> Path | None:
    """Let a file take the place of the database; return where that is now."""
    try:
        sync(fresh)
        aside = _keep_aside(target, fresh) if target.exists() else None
        if aside is None:
            # SQLite would play the log of a database that is gone into the one that comes.
            _move_logs(target, _aside(target), "-wal", "-shm", "-journal")
            fresh.replace(target)
        sync(target.parent)
    except OSError as error:
        raise UnwritableFileError(str(target), error.strerror or str(error)) from error
    return aside


def _keep_aside(target: Path, fresh: Path) -> Path:
    """Give the database another name and a new file its own, while nobody else can open it.

    At no moment is there no database of its name: a kill leaves the one or the other.

    Raises:
        InUseError: somebody has it open.
    """
    aside = _aside(target)
    with closing(sqlite3.connect(target, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            # All of it into the one file, without a log beside it.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in BUSY:
                raise InUseError(str(target)) from error
            # It is damaged: kept as it is, with its log.
        _move_logs(target, aside, "-wal", "-shm")  # the journal is this connection's own
        with _named_too(target, aside):
            os.utime(aside)
            fresh.replace(target)
    return aside


@contextmanager
def _named_too(target: Path, aside: Path) -> Iterator[None]:
    """Give a file another name beside its own; where a file has one name alone, a copy of it has the other."""
    try:
        os.link(target, aside)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # Open until the end: to close it would give back SQLite's locks on it, which are this process's.
        with target.open("rb") as source:
            create_file(aside)
            with aside.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            sync(aside)
            yield
    else:
        yield


def _aside(target: Path) -> Path:
    """Return what a database is called that makes room for another."""
    return target.with_name(f"{target.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}.bak")


def _move_logs(target: Path, aside: Path, *ends: str) -> None:
    """Let what SQLite keeps beside a database go with it; it counts as made now, and is kept for some days."""
    for end in ends:
        with suppress(FileNotFoundError):
            log = target.with_name(target.name + end).rename(aside.with_name(aside.name + end))
            os.utime(log)
