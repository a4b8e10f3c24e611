"""One connection to SQLite, in a thread of its own, to which whole transactions are handed."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool

from storage.turns import GivenUpError, Work

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a connection behaves."""

    pragmas: tuple[str, ...]
    begin: str
    """The statement that begins its transactions."""
    lock_seconds: float
    """How long it waits for another process's lock."""


class Line(aiosqlite.Connection):
    """An aiosqlite connection that runs SQLAlchemy in its own thread, one hand-over a transaction.

    SQLAlchemy's own dialect for aiosqlite hands over each step of each cursor: some forty changes of thread to add an
    article, eight times the time of raw aiosqlite under load, with every statement compiled on the event loop. Handed
    over whole, a transaction costs one change, and the loop stays free (bench/storing.py).
    """

    def __init__(self, path: Path | None, manner: Manner) -> None:
        super().__init__(self._open_driver, iter_chunk_size=64)
        self._thread.daemon = True  # a connection that nobody closed shall not keep the program from ending
        self._path = path
        self._manner = manner
        self._sql: Connection  # there once it is open
        self._ended: asyncio.Future[Any] | None = None

    async def run(self, work: Work[T], given_up: Callable[[], bool] = lambda: False) -> T:
        """Return what `work` returns once its transaction is committed.

        Raises:
            GivenUpError: `given_up` was true at the end of the work, which was rolled back.
        """
        hand_over: Any = self._execute  # aiosqlite leaves it untyped
        result: T = await hand_over(self._transact, work, given_up)
        return result

    async def open(self) -> None:
        """Open the connection; if that fails, wait until its thread has ended, which aiosqlite does not.

        Raises:
            sqlite3.Error: it cannot be opened.
        """
        try:
            await self
        except BaseException:
            ended: Any = self._ended  # aiosqlite has just called `stop`
            await ended
            raise

    def stop(self) -> asyncio.Future[Any] | None:
        """Tell the thread to end; return what is done when it has."""
        self._ended = super().stop()
        return self._ended

    async def close(self) -> None:
        """Finish what was handed over, then close."""
        hand_over: Any = self._execute
        await hand_over(self._close_engine)
        await super().close()

    def _transact(self, work: Work[T], given_up: Callable[[], bool]) -> T:
        """Begin, work, commit; roll back if the work fails or was given up. In the thread."""
        with self._sql.begin():
            result = work(self._sql)
            if given_up():
                raise GivenUpError
        return result

    def _open_driver(self) -> sqlite3.Connection:
        """Open the database, SQLAlchemy's part of it too. In the thread.

        The driver's own idea of when a transaction begins is switched off (`isolation_level=None`), as SQLAlchemy's
        page on SQLite advises: a transaction would begin with its first write, after the reads that it rests on.

        SQLAlchemy closes a driver under which its first statements fail. An open connection can be interrupted, so
        they are run before it is one.
        """
        where = ":memory:" if self._path is None else self._path
        driver = sqlite3.connect(where, timeout=self._manner.lock_seconds, isolation_level=None)
        try:
            for pragma in self._manner.pragmas:
                driver.execute(f"PRAGMA {pragma}")
            self._sql = self._engine(driver).connect()
        except BaseException:
            driver.close()
            raise
        return driver

    def _engine(self, driver: sqlite3.Connection) -> Engine:
        """Return an engine that knows this one connection. In the thread."""
        url = URL.create("sqlite", database=None if self._path is None else str(self._path))
        engine = create_engine(url, creator=lambda: driver, poolclass=StaticPool, pool_reset_on_return=None)

        def begin(connection: Connection) -> None:
            connection.exec_driver_sql(self._manner.begin)

        event.listen(engine, "begin", begin)
        return engine

    def _close_engine(self) -> None:
        """Let go of SQLAlchemy's part. In the thread."""
        self._sql.close()
        self._sql.engine.dispose()


async def open_line(path: Path | None, manner: Manner) -> Line:
    """Open a connection; None is a database of its own in memory.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    line = Line(path, manner)
    await line.open()
    return line
