"""One connection to PostgreSQL, in a thread of its own, to which whole transactions are handed."""

import asyncio
from threading import Thread
from typing import TypeVar

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.errors import UncertainError, UnreachableDatabaseError
from storage.postgres.edge import is_cut
from storage.turns import GivenUp, GivenUpError, Work

T = TypeVar("T")

OLDEST = 15
"""The oldest server that the schema is made for."""

# A search reads hundreds of texts, which the server keeps packed: what it packs this way is unpacked in half the time.
# Not every server was built with it.
_UNPACKED_QUICKLY = (
    "SELECT set_config(name, 'lz4', false) FROM pg_settings "
    "WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"
)

# What is rolled back or kept is so in milliseconds, unless the server is away.
_END_SECONDS = 10.0


class Line:
    """A connection that runs SQLAlchemy in a thread and an event loop of its own, one hand-over a transaction.

    What SQLAlchemy does with statements and rows would hold up the program's own loop for as long as a search takes:
    while eight read 2000 rows each, it came 43 ms late in the middle, and so comes 3 ms late, for the same CPU time.
    """

    def __init__(self, engine: AsyncEngine, where: str) -> None:
        self._engine = engine
        self._where = where
        self._sql: AsyncConnection | None = None
        self._task: asyncio.Task[object] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="postgres", daemon=True)
        self._thread.start()

    async def run(self, work: Work[T], given_up: GivenUp, *, begin: str, keep: bool = True) -> T:
        """Return what `work` returns once its transaction, begun by these statements, is committed.

        With nothing to `keep` nobody waits for its end but what comes next on this connection: that is one way to the
        server less.

        Raises:
            GivenUpError: it was interrupted, or `given_up` was true at the end of the work, and was rolled back.
            UncertainError: the connection was cut while it was being committed.
        """
        handed = asyncio.run_coroutine_threadsafe(self._transact(work, given_up, begin, keep=keep), self._loop)
        return await asyncio.wrap_future(handed)

    async def interrupt(self) -> None:
        """Have the server stop what runs; what is being committed is not stopped."""
        self._loop.call_soon_threadsafe(self._stop)

    async def close(self) -> None:
        """Close the connection, and wait until its thread has ended."""
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._close(), self._loop))
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    def _stop(self) -> None:
        """Cancel the transaction, once. In the thread."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def _transact(self, work: Work[T], given_up: GivenUp, begin: str, *, keep: bool) -> T:
        """Begin, work, commit; roll back if the work fails or was given up. In the thread."""
        self._task = asyncio.current_task()
        try:
            connection, driver = await self._begin(begin)
            result = await connection.run_sync(_work, work)
            if given_up():
                raise GivenUpError  # noqa: TRY301  it is rolled back with whatever else fails
            self._task = None
            if keep:
                await self._commit(driver)
            else:
                self._ending = asyncio.create_task(self._commit(driver))
        except asyncio.CancelledError as error:
            await self._roll_back()
            raise GivenUpError from error
        except BaseException:
            self._task = None
            await self._roll_back()
            raise
        return result

    async def _begin(self, begin: str) -> tuple[AsyncConnection, asyncpg.Connection]:
        """Begin on the connection that there is; on a new one, if there is none or the server has let go of it."""
        try:
            await self._settle()
        except UncertainError:
            # It only read.
            await self._let_go()
        if self._sql is not None:
            driver = await _driver(self._sql)
            try:
                await driver.execute(begin)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                if not is_cut(error):
                    raise
                await self._let_go()
            except asyncpg.InternalClientError:
                # The server's farewell has been read and the end of the connection not yet: asyncpg has no other word
                # for that, and nothing else can be under way here.
                await self._let_go()
            else:
                return self._sql, driver
        self._sql = await self._engine.connect()
        driver = await _driver(self._sql)
        self._check_version(driver)
        await driver.execute(_UNPACKED_QUICKLY)
        await driver.execute(begin)
        return self._sql, driver

    def _check_version(self, driver: asyncpg.Connection) -> None:
        """Refuse a server that is too old to be sure of.

        Raises:
            UnreachableDatabaseError: it is.
        """
        found = driver.get_server_version()
        if found.major < OLDEST:
            told = f"its server is PostgreSQL {found.major}.{found.minor}, and {OLDEST} is the oldest that will do"
            raise UnreachableDatabaseError(self._where, told, "that it names the right server")

    async def _settle(self) -> None:
        """Wait until the transaction that was done last has ended; raises what `_commit` does."""
        ending, self._ending = self._ending, None
        if ending is not None:
            await ending

    async def _commit(self, driver: asyncpg.Connection) -> None:
        """Commit.

        Raises:
            UncertainError: no answer came.
        """
        try:
            ended = await driver.execute("COMMIT", timeout=_END_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if not is_cut(error):
                raise
            raise UncertainError from error
        if ended != "COMMIT":
            # The work went on after an error that ends a transaction here, if not in SQLite: that is a bug.
            raise RuntimeError("a failed statement was passed over, and the transaction was rolled back")

    async def _roll_back(self) -> None:
        """Leave the connection as if nothing had been, or let go of it where that cannot be done."""
        if self._sql is None:
            return
        try:
            driver = await _driver(self._sql)
            await driver.execute("ROLLBACK", timeout=_END_SECONDS)
        except Exception:  # noqa: BLE001  whatever it is, the connection is of no use any more
            await self._let_go()

    async def _close(self) -> None:
        """Let what was done last end, and close the connection."""
        try:
            await self._settle()
        except UncertainError:
            pass  # the connection is cut, and what only read has nothing to lose
        finally:
            await self._let_go()

    async def _let_go(self) -> None:
        """Close the connection, whatever state it is in."""
        connection, self._sql = self._sql, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()


def _work(connection: Connection, work: Work[T]) -> T:
    """Do the work, for which SQLAlchemy's own idea of a transaction is a frame without a statement."""
    with connection.begin():
        return work(connection)


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    """Return the driver's own connection."""
    driver: asyncpg.Connection = (await connection.get_raw_connection()).driver_connection
    return driver
