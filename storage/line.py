"""One connection to SQLite, in a thread of its own, to which whole transactions are handed."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from storage.nul import refuse_nul
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


class Statements:
    """SQLAlchemy's part of a database: what it has once made of a statement serves all connections.

    With an engine for each, each would compile every statement again, and keep it.
    """

    def __init__(self, path: Path | None) -> None:
        url = URL.create("sqlite", database=None if path is None else str(path))
        self._opened = threading.local()
        self._engine = create_engine(url, creator=self._driver, poolclass=NullPool, pool_reset_on_return=None)
        refuse_nul(self._engine)

    def connect(self, driver: sqlite3.Connection) -> Connection:
        """Return SQLAlchemy's side of a connection, which closes it too, in the connection's own thread.

        It stays in one transaction of SQLAlchemy's making, that SQLite knows nothing of.
        """
        self._opened.driver = driver
        try:
            connection = self._engine.connect()
            connection.begin()
        finally:
            del self._opened.driver
        return connection

    def _driver(self) -> sqlite3.Connection:
        driver: sqlite3.Connection = self._opened.driver
        return driver


class Line(aiosqlite.Connection):
    """An aiosqlite connection that runs SQLAlchemy in its own thread, one hand-over a transaction.

    SQLAlchemy's own dialect for aiosqlite hands over each step of each cursor: some forty changes of thread to add an
    article, eight times the time of raw aiosqlite under load, with every statement compiled on the event loop. Handed
    over whole, a transaction costs one change, and the loop stays free (bench/storing.py).
    """

    def __init__(self, path: Path | None, manner: Manner, statements: Statements) -> None:
        super().__init__(self._open_driver, iter_chunk_size=64)
        self._thread.daemon = True  # a connection that nobody closed shall not keep the program from ending
        self._path = path
        self._manner = manner
        self._statements = statements
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

    async def checkpoint(self) -> None:
        """Bring what the log holds into the database file, as far as nobody reads an older state of it."""
        await self.execute_fetchall("PRAGMA wal_checkpoint(PASSIVE)")

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
        """Begin, work, commit; roll back if the work fails or was given up. In the thread.

        The driver is told itself: by way of SQLAlchemy it takes ten times as long, and most work is short.
        """
        sql, driver = self._sql, self._conn
        driver.execute(self._manner.begin)
        try:
            result = work(sql)
            _check_wanted(given_up)
            driver.execute("COMMIT")
        except BaseException:
            if driver.in_transaction:  # of some errors SQLite rolls back by itself
                driver.execute("ROLLBACK")
            raise
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
            self._sql = self._statements.connect(driver)
        except BaseException:
            driver.close()
            raise
        return driver

    def _close_engine(self) -> None:
        """Let go of SQLAlchemy's part. In the thread."""
        self._sql.close()


def _check_wanted(given_up: Callable[[], bool]) -> None:
    if given_up():
        raise GivenUpError


async def open_line(path: Path | None, manner: Manner, statements: Statements | None = None) -> Line:
    """Open a connection; None is a database of its own in memory. Those of one database share its `statements`.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    line = Line(path, manner, statements or Statements(path))
    await line.open()
    return line
