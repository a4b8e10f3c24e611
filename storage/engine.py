"""One database: a connection that writes, several that read, and a limit on every wait."""

import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.edge import translate_errors
from storage.errors import BusyError, DatabaseUrlError, UnreachableDatabaseError
from storage.line import Line, Manner, Work, open_line

T = TypeVar("T")

# A point read waits 318 ms behind searches with one connection and 7 ms with eight; they are opened when needed.
READERS = 8

# SQLite waits for another process's lock this share of the time limit, so that the lock is what ends first.
_LOCK_SHARE = 0.9

# How often a statement over its time limit is told to stop: what is told between two statements is lost.
_INSIST_SECONDS = 0.02

_WRITE = (
    "foreign_keys = ON",
    "synchronous = NORMAL",
    # What was taken out is overwritten, not only unlinked: a stolen file shall not give it back.
    "secure_delete = ON",
)
# For what must outlast a power cut too, such as that a message is about to be sent.
_WRITE_DURABLY = (*_WRITE[:1], "synchronous = FULL", *_WRITE[2:])
_READ = ("query_only = ON",)

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


class Database:
    """One database, open: work is given to it as plain functions, each a transaction of its own.

    Each transaction is a task that is never cancelled itself. A cancelled or late caller has its statement interrupted
    and its transaction rolled back, and the connection stays whole and in use.
    """

    def __init__(self, path: Path | None, *, seconds: float) -> None:
        self.path = path
        self.seconds = seconds
        self._closed = False
        self._running: dict[asyncio.Task[Any], _Job[Any]] = {}
        self._writers = _Pool(path, Manner(_WRITE, "BEGIN IMMEDIATE", seconds * _LOCK_SHARE), 1)
        durable = Manner(_WRITE_DURABLY, "BEGIN IMMEDIATE", seconds * _LOCK_SHARE)
        # One turn for both, so that they do not wait for each other's lock, which SQLite does in long steps.
        self._durable = self._writers if path is None else _Pool(path, durable, 1, turns=self._writers.turns)
        # A database in memory is known to one connection alone.
        reading = Manner(_READ, "BEGIN", seconds * _LOCK_SHARE)
        self._readers = self._writers if path is None else _Pool(path, reading, READERS)

    async def read(self, work: Work[T], *, seconds: float | None = None) -> T:
        """Return what `work` reads, all of it from one state of the database.

        Raises:
            BusyError: no connection was free, or the work was not done, within the time limit.
        """
        return await self._run(self._readers, work, seconds or self.seconds)

    async def write(self, work: Work[T], *, seconds: float | None = None, durably: bool = False) -> T:
        """Return what `work` returns once all that it wrote is kept; an error in it leaves nothing.

        A power cut may take back the last that was kept, but for what was written `durably`.

        Raises:
            BusyError: another writer, here or in another process, was not done within the time limit, or the work was
                not. Nothing was changed.
        """
        return await self._run(self._durable if durably else self._writers, work, seconds or self.seconds)

    async def close(self) -> None:
        """Let running work end within its time limit, roll back what does not, and close every connection."""
        self._closed = True
        if self._running:
            await asyncio.wait(self._running, timeout=self.seconds)
        for task, job in tuple(self._running.items()):
            await job.stop(task)
        await self._readers.close()
        await self._durable.close()
        await self._writers.close()

    async def _run(self, pool: "_Pool", work: Work[T], seconds: float) -> T:
        """Run work in a transaction when its turn comes."""
        await self._wait_turn(pool, seconds)
        job = _Job(pool, work)
        task = asyncio.create_task(job.run())
        self._running[task] = job
        task.add_done_callback(partial(self._end_turn, pool))
        try:
            await asyncio.wait({task}, timeout=seconds)
        finally:
            await job.stop(task)
        return task.result()

    async def _wait_turn(self, pool: "_Pool", seconds: float) -> None:
        """Wait until a connection is free."""
        try:
            async with asyncio.timeout(seconds):
                await pool.turns.acquire()
        except TimeoutError as error:
            raise BusyError from error
        if self._closed:
            pool.turns.release()
            raise RuntimeError("the database is closed")

    def _end_turn(self, pool: "_Pool", task: asyncio.Task[Any]) -> None:
        """Leave the connection to others, and take note of an error that nobody may be waiting for any longer."""
        pool.turns.release()
        del self._running[task]
        with suppress(asyncio.CancelledError):
            task.exception()


class _Pool:
    """Connections of one manner, opened when first needed; the one used last is used next and knows its pages."""

    __slots__ = ("_idle", "_manner", "_path", "turns")

    def __init__(
        self, path: Path | None, manner: Manner, places: int, *, turns: asyncio.Semaphore | None = None
    ) -> None:
        self._path = path
        self._manner = manner
        self._idle: list[Line] = []
        self.turns = turns or asyncio.Semaphore(places)

    async def take(self) -> Line:
        """Return an idle connection, or a new one; only whoever has a turn may ask."""
        return self._idle.pop() if self._idle else await open_line(self._path, self._manner)

    def give_back(self, line: Line) -> None:
        """Keep a connection for the next."""
        self._idle.append(line)

    async def close(self) -> None:
        """Close the idle connections; when nothing runs, those are all."""
        while self._idle:
            await self._idle.pop().close()


class _Job(Generic[T]):
    """One transaction under way."""

    __slots__ = ("_given_up", "_line", "_pool", "_work")

    def __init__(self, pool: _Pool, work: Work[T]) -> None:
        self._pool = pool
        self._work = work
        self._line: Line | None = None
        self._given_up = False

    async def run(self) -> T:
        """Do the work on a connection of the pool."""
        with translate_errors():
            line = self._line = await self._pool.take()
            try:
                return await line.run(self._work, lambda: self._given_up)
            finally:
                self._line = None
                self._pool.give_back(line)

    async def stop(self, task: asyncio.Task[T]) -> None:
        """Have it rolled back, and wait until it is; do nothing if it is done."""
        while not task.done():
            self._given_up = True
            if self._line is not None:
                await self._line.interrupt()
            await asyncio.wait({task}, timeout=_INSIST_SECONDS)
