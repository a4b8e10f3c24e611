"""A database of SQLite: a connection that writes, several that read, and a limit on every wait."""

import asyncio
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.checkpoints import LEFT_TO_WRITERS, Checkpoints
from storage.edge import translate_errors
from storage.errors import DatabaseUrlError, UnreachableDatabaseError
from storage.line import Line, Manner, Statements, open_line
from storage.turns import GivenUp, Jobs, Pool, Work

T = TypeVar("T")

# They are opened when needed. A point read waits behind no search. Many searches at a time do not end sooner: they
# take the interpreter from each other and from the event loop, and each holds pages and a thread's memory
# (bench/soak.py).
READERS = 4
SEARCHERS = 3

# SQLite waits for another process's lock this share of the time limit, so that the lock is what ends first.
_LOCK_SHARE = 0.9

_WRITE = (
    "foreign_keys = ON",
    "synchronous = NORMAL",
    # What was taken out is overwritten, not only unlinked: a stolen file shall not give it back.
    "secure_delete = ON",
    LEFT_TO_WRITERS,
)
# For what must outlast a power cut too, such as that a message is about to be sent.
_WRITE_DURABLY = (*_WRITE[:1], "synchronous = FULL", *_WRITE[2:])
# SQLite's usual cache, twice as large, made no search quicker: the system has the pages anyway.
_READ = ("query_only = ON", "cache_size = -1000")

# SQLite changes a table by copying it and dropping the old one, which with foreign keys on would delete whatever
# refers to it. The write-ahead log is switched on here because it stays with the file.
_MIGRATE = ("foreign_keys = OFF", "journal_mode = WAL", "synchronous = FULL")

# Another process may be copying and migrating a large database just now.
_MIGRATION_LOCK_SECONDS = 60.0


def locate(url: str) -> Path | None:
    """Return the file that a database URL names, or None for one in memory.

    Raises:
        DatabaseUrlError: another engine, or parameters that we do not know. A password in it is not repeated.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlError(f"{url.partition(':')[0]}:…" if "://" in url else "…") from error
    if parsed.drivername != "sqlite+aiosqlite" or parsed.query or parsed.host:
        raise DatabaseUrlError(parsed.render_as_string(hide_password=True))
    return None if parsed.database in {None, "", ":memory:"} else Path(str(parsed.database))


def create_file(path: Path) -> None:
    """Create the file and its folder, for their owner's eyes only, where they are missing.

    SQLite gives its side files (`-wal`, `-shm`) the permissions of the database.

    Raises:
        UnreachableDatabaseError: the folder or the file cannot be made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise UnreachableDatabaseError(str(path), error.strerror or str(error)) from error


async def run_migration(path: Path, work: Work[T]) -> T:
    """Return what `work` returns, done in one transaction that has the database to itself and takes its time."""
    with translate_errors():
        line = await open_line(path, Manner(_MIGRATE, "BEGIN IMMEDIATE", _MIGRATION_LOCK_SECONDS))
        try:
            return await line.run(work)
        finally:
            await line.close()


class SqliteDatabase:
    """`storage.turns.Database` on a file, or in memory: one connection writes, several read beside it."""

    def __init__(self, path: Path | None, *, seconds: float) -> None:
        self.path = path
        self.where = "in memory" if path is None else str(path)
        self.seconds = seconds
        self._jobs = Jobs(translate_errors)
        statements = Statements(path)
        self._writers = _pool(path, Manner(_WRITE, "BEGIN IMMEDIATE", seconds * _LOCK_SHARE), statements, 1)
        durable = Manner(_WRITE_DURABLY, "BEGIN IMMEDIATE", seconds * _LOCK_SHARE)
        # One turn for both, so that they do not wait for each other's lock, which SQLite does in long steps.
        self._durable = (
            self._writers if path is None else _pool(path, durable, statements, 1, turns=self._writers.turns)
        )
        checkpointing = Manner((), "BEGIN", seconds * _LOCK_SHARE)
        self._checkpoints = Checkpoints(_pool(path, checkpointing, statements, 1), self._jobs, seconds=seconds)
        # A database in memory is known to one connection alone.
        reading = Manner(_READ, "BEGIN", seconds * _LOCK_SHARE)
        self._readers = self._writers if path is None else _pool(path, reading, statements, READERS)
        self._searchers = self._writers if path is None else _pool(path, reading, statements, SEARCHERS)

    async def read(
        self,
        work: Work[T],
        *,
        seconds: float | None = None,
        long: bool = False,
        keyed: bool = False,  # noqa: ARG002  SQLite has but one way
    ) -> T:
        """Return what `work` reads, all of it from one state of the database.

        Raises:
            BusyError: no connection was free, or the work was not done, within the time limit.
        """
        return await self._run(self._searchers if long else self._readers, work, seconds or self.seconds)

    async def write(
        self,
        work: Work[T],
        *,
        desk: int | Collection[int] | None = None,  # noqa: ARG002  there is one writer, whatever it writes
        rows: bool = False,  # noqa: ARG002  the same
        seconds: float | None = None,
        durably: bool = False,
    ) -> T:
        """Return what `work` returns once all that it wrote is kept; an error in it leaves nothing.

        A power cut may take back the last that was kept, but for what was written `durably`.

        Raises:
            BusyError: another writer, here or in another process, was not done within the time limit, or the work was
                not. Nothing was changed.
        """
        pool = self._durable if durably else self._writers
        return await self._jobs.run(pool, partial(self._write, work), seconds or self.seconds)

    async def close(self) -> None:
        """Let running work end within its time limit, roll back what does not, and close every connection."""
        await self._jobs.close(self.seconds)
        await self._checkpoints.close()
        await self._readers.close()
        await self._searchers.close()
        await self._durable.close()
        await self._writers.close()

    async def _write(self, work: Work[T], line: Line, given_up: GivenUp) -> T:
        """Write, and count how much it was."""
        before = line.total_changes
        result = await line.run(work, given_up)
        if self.path is not None:
            self._checkpoints.note(line.total_changes - before)
        return result

    async def _run(self, pool: Pool[Line], work: Work[T], seconds: float) -> T:
        """Run work in a transaction when its turn comes."""
        return await self._jobs.run(pool, lambda line, given_up: line.run(work, given_up), seconds)


def _pool(
    path: Path | None, manner: Manner, statements: Statements, places: int, *, turns: asyncio.Semaphore | None = None
) -> Pool[Line]:
    return Pool(partial(open_line, path, manner, statements), places, turns=turns)
