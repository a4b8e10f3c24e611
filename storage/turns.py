"""What both engines' databases are made of: connections that take turns, and a limit on every wait."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection

from storage.errors import BusyError

T = TypeVar("T")
Work = Callable[[Connection], T]
GivenUp = Callable[[], bool]

# How often a statement over its time limit is told to stop: what is told between two statements is lost.
_INSIST_SECONDS = 0.02


class GivenUpError(Exception):
    """Work that was done when nobody waited for it any longer, and was rolled back."""


class Database(Protocol):
    """One database, open: work is given to it as plain functions, each a transaction of its own.

    A cancelled or late caller has its statement stopped and its transaction rolled back.
    """

    @property
    def path(self) -> Path | None:
        """The file that it is, if it is one."""

    @property
    def where(self) -> str:
        """What messages call it; without a password."""

    async def read(self, work: Work[T], *, seconds: float | None = None, long: bool = False, keyed: bool = False) -> T:
        """Return what `work` reads, all of it from one state of the database.

        What takes `long` on a large desk waits for others like it, and nothing else waits for it. What is `keyed` finds
        all that it reads by ids or words that it names, so that the same way there is the best for small desks and
        large ones.

        Raises:
            BusyError: no connection was free, or the work was not done, within the time limit.
        """

    async def write(
        self,
        work: Work[T],
        *,
        desk: int | Collection[int] | None = None,
        rows: bool = False,
        seconds: float | None = None,
        durably: bool = False,
    ) -> T:
        """Return what `work` returns once all that it wrote is kept; an error in it leaves nothing.

        Whatever has several writers runs the work alone: with a `desk` or several, beside that of other desks;
        without, beside none; with `rows`, beside all, because it locks what it takes. It may be run again from the
        start when it met another's, so it must do nothing but work on its connection.

        A crash of the machine may take back the last that was kept, but for what was written `durably`.

        Raises:
            BusyError: another writer was not done within the time limit, or the work was not. Nothing was changed.
        """

    async def close(self) -> None:
        """Let running work end within its time limit, roll back what does not, and close every connection."""


class Line(Protocol):
    """One connection."""

    async def interrupt(self) -> None:
        """Stop the statement that is running."""

    async def close(self) -> None:
        """Close it."""


L = TypeVar("L", bound=Line)


class Pool(Generic[L]):
    """Connections of one manner, opened when first needed; the one used last is used next and knows its pages."""

    __slots__ = ("_idle", "_open", "turns")

    def __init__(
        self, open_line: Callable[[], Awaitable[L]], places: int, *, turns: asyncio.Semaphore | None = None
    ) -> None:
        self._open = open_line
        self._idle: list[L] = []
        self.turns = turns or asyncio.Semaphore(places)

    async def take(self) -> L:
        """Return an idle connection, or a new one; only whoever has a turn may ask."""
        return self._idle.pop() if self._idle else await self._open()

    def give_back(self, line: L) -> None:
        """Keep a connection for the next."""
        self._idle.append(line)

    async def close(self) -> None:
        """Close the idle connections; when nothing runs, those are all."""
        while self._idle:
            await self._idle.pop().close()


class Jobs:
    """The transactions of a database that are under way.

    Each is a task that is never cancelled itself: a cancelled or late caller has its statement interrupted and its
    transaction rolled back, and the connection stays whole and in use.
    """

    __slots__ = ("_closed", "_translate", "running")

    def __init__(self, translate: Callable[[], AbstractContextManager[None]]) -> None:
        self._translate = translate
        self._closed = False
        self.running: dict[asyncio.Task[Any], _Job[Any, Any]] = {}

    async def run(self, pool: Pool[L], do: Callable[[L, GivenUp], Awaitable[T]], seconds: float) -> T:
        """Return what is done with a connection of the pool when its turn comes.

        Raises:
            BusyError: no turn came, or it was not done, within the time limit.
        """
        await self._wait_turn(pool, seconds)
        job = _Job(pool, do, self._translate)
        task = asyncio.create_task(job.run())
        self.running[task] = job
        task.add_done_callback(partial(self._end_turn, pool))
        try:
            await asyncio.wait({task}, timeout=seconds)
        finally:
            await job.stop(task)
        return task.result()

    async def close(self, seconds: float) -> None:
        """Refuse what comes, let what runs end within the time limit, and roll back what does not."""
        self._closed = True
        if self.running:
            await asyncio.wait(self.running, timeout=seconds)
        for task, job in tuple(self.running.items()):
            await job.stop(task)

    async def _wait_turn(self, pool: Pool[L], seconds: float) -> None:
        """Wait until a connection is free."""
        try:
            async with asyncio.timeout(seconds):
                await pool.turns.acquire()
        except TimeoutError as error:
            raise BusyError from error
        if self._closed:
            pool.turns.release()
            raise RuntimeError("the database is closed")

    def _end_turn(self, pool: Pool[L], task: asyncio.Task[Any]) -> None:
        """Leave the connection to others, and take note of an error that nobody may be waiting for any longer."""
        pool.turns.release()
        del self.running[task]
        with suppress(asyncio.CancelledError):
            task.exception()


class _Job(Generic[L, T]):
    """One transaction under way."""

    __slots__ = ("_do", "_given_up", "_line", "_pool", "_translate")

    def __init__(
        self,
        pool: Pool[L],
        do: Callable[[L, GivenUp], Awaitable[T]],
        translate: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._pool = pool
        self._do = do
        self._translate = translate
        self._line: L | None = None
        self._given_up = False

    async def run(self) -> T:
        """Do the work on a connection of the pool."""
        with self._translate():
            line = self._line = await self._pool.take()
            try:
                return await self._do(line, lambda: self._given_up)
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
