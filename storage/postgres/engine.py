"""A database of PostgreSQL: several connections write and read, in transactions that do not see each other.

Reads are `REPEATABLE READ READ ONLY`: all of one state, and nothing waits for them.

Writes keep what SQLite's single writer gave, one writer a desk at a time: a transaction takes a lock on its desk
before its first statement, and then reads and writes as if it were alone, because nobody else writes there. Nothing
needs to be tried again, as SERIALIZABLE would have it: that finds conflicts by pages and, where a table is small and
read whole, between desks that have nothing to do with each other. A work that is of no one desk waits until it has the
whole database; one that locks the rows that it takes (`FOR UPDATE SKIP LOCKED`) waits for nobody. The locks are
PostgreSQL's advisory ones: they end with their transaction, whatever becomes of the process.

In `READ COMMITTED` each statement sees what was committed before it, so also what the lock was waited for.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.errors import BusyError, MissingDriverError
from storage.nul import refuse_nul
from storage.turns import Jobs, Pool, Work

try:
    from storage.postgres.edge import MetError, translate_errors
    from storage.postgres.line import Line
except ModuleNotFoundError as error:
    if error.name != "asyncpg":
        raise
    raise MissingDriverError from error

T = TypeVar("T")

# Connections that a process has open at most; they are opened when needed. Of a search's time half is the server's and
# half our own, in which it takes the interpreter from the others: two keep it busy, and with four a point read waits
# twice as long (bench/engines.py).
READERS = 4
SEARCHERS = 2
WRITERS = 8

# A server that does not answer within this time, or a transaction's if that is longer, is away.
_CONNECT_SECONDS = 5.0

# The server stops a statement, or its waiting for a lock, this share into the time limit, so that its connection stays.
_LIMIT_SHARE = 0.9

# How often work is done that met another's, and how long it steps back before: seconds, times the number of the try.
_TRIES = 5
_STEP_BACK_SECONDS = 0.02

# The first half of the locks' names: the second is 0 (https://www.postgresql.org/docs/15/functions-admin.html).
_WHOLE = "1447380578, 0"  # "VERB"
# The triggers take the same (`storage.postgres.derived`).
_DESK = "pg_advisory_xact_lock(hashint8extended({}, 8))"

_SETTINGS = {
    "application_name": "verbatim",
    # Statements take milliseconds; to compile one takes a hundred.
    "jit": "off",
    # A plan that fits any desk fits neither the large one nor the small ones.
    "plan_cache_mode": "force_custom_plan",
    # What is read often is in memory, and the rest on a disk without a needle.
    "random_page_cost": "1.1",
    # Every statement is written to go along indexes from row to row until there is enough, as SQLite does it. Where a
    # desk has grown since the server last looked, it would rather read whole tables, all desks in them.
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    # What a dead process was doing ends also where the network does not tell of its death.
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    # So does one whose process takes no answer any more.
    "tcp_user_timeout": "90000",
}
_PREPARED_STATEMENTS = 500

# What is written goes by keys, as much of what is read does, and so does the server when it looks whether what a row
# refers to is there: once for each row. To plan that anew each time took longer than to do it.
_PLANS = "SET LOCAL plan_cache_mode = auto; "


class PostgresDatabase:
    """`storage.turns.Database` on a server."""

    path: Path | None = None

    def __init__(self, url: URL, *, seconds: float) -> None:
        self.where = f"“{url.database}” on {url.host or url.query.get('host') or 'localhost'}"
        self.seconds = seconds
        self._engine = _engine(url, seconds)
        self._jobs = Jobs(partial(translate_errors, self.where))
        open_line = partial(_open_line, self._engine, self.where)
        self._readers = Pool(open_line, READERS)
        self._searchers = Pool(open_line, SEARCHERS)
        self._writers = Pool(open_line, WRITERS)
        self._desks: defaultdict[int, _Turn] = defaultdict(_Turn)

    async def read(self, work: Work[T], *, seconds: float | None = None, long: bool = False, keyed: bool = False) -> T:
        """Return what `work` reads, all of it from one state of the database; raises as `write` does."""
        limit = seconds or self.seconds
        plans = _PLANS if keyed else ""
        begin = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_limits(limit)}{plans}"
        return await self._run(self._searchers if long else self._readers, work, begin, limit, keep=False)

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

        A crash of the server may take back what was kept in its last second, but for what was written `durably` and
        all that was kept before that.

        Raises:
            BusyError: another writer was not done within the time limit, or the work was not. Nothing was changed.
            AwayError: the server does not answer. Nothing was changed.
            UncertainError: it was cut off while the work was being kept.
        """
        limit = seconds or self.seconds
        kept = "" if durably else "SET LOCAL synchronous_commit = off; "
        desks = None if desk is None else sorted({desk} if isinstance(desk, int) else set(desk))
        begin = f"BEGIN ISOLATION LEVEL READ COMMITTED; {_limits(limit)}{_PLANS}{kept}{_lock(desks, rows=rows)}"
        async with AsyncExitStack() as turns:
            # In their order, so that two who write to several cannot wait for each other.
            for one in desks or ():
                await turns.enter_async_context(self._turn(one, limit))
            return await self._run(self._writers, work, begin, limit)

    async def close(self) -> None:
        """Let running work end within its time limit, roll back what does not, and close every connection."""
        await self._jobs.close(self.seconds)
        await self._readers.close()
        await self._searchers.close()
        await self._writers.close()
        await self._engine.dispose()

    async def _run(self, pool: Pool[Line], work: Work[T], begin: str, seconds: float, *, keep: bool = True) -> T:
        """Run work in a transaction when its turn comes; again, where it met another's."""
        do = partial(_do, work, begin, keep)
        for number in range(1, _TRIES):
            try:
                return await self._jobs.run(pool, do, seconds)
            except MetError:
                await asyncio.sleep(number * _STEP_BACK_SECONDS)
        return await self._jobs.run(pool, do, seconds)

    @asynccontextmanager
    async def _turn(self, desk: int, seconds: float) -> AsyncIterator[None]:
        """Wait until nobody else in this process writes to the desk, so that those who wait hold no connection."""
        turn = self._desks[desk]
        turn.wanted += 1
        try:
            try:
                async with asyncio.timeout(seconds):
                    await turn.lock.acquire()
            except TimeoutError as error:
                raise BusyError from error
            try:
                yield
            finally:
                turn.lock.release()
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._desks[desk]


class _Turn:
    """Whose turn it is to write to a desk, and how many want it."""

    __slots__ = ("lock", "wanted")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0


async def _do(
    work: Work[T],
    begin: str,
    keep: bool,
    line: Line,
    given_up: Any,  # noqa: ANN401  a GivenUp, for partial
) -> T:
    return await line.run(work, given_up, begin=begin, keep=keep)


def _limits(seconds: float) -> str:
    """Return the statements that limit a transaction's waits: for the server, and the server's for us.

    A process that hangs in the middle holds its desk's lock. The server cuts it off when it has asked nothing for as
    long as the whole transaction may take.
    """
    limit = max(1, round(seconds * _LIMIT_SHARE * 1000))
    idle = max(1, round(seconds * 1000))
    limits = {"statement_timeout": limit, "lock_timeout": limit, "idle_in_transaction_session_timeout": idle}
    return "".join(f"SET LOCAL {name} = {value}; " for name, value in limits.items())


def _lock(desks: Sequence[int] | None, *, rows: bool) -> str:
    """Return the statements that wait until the work has what it writes to, to itself."""
    if not rows and desks is None:
        return f"SELECT pg_advisory_xact_lock({_WHOLE})"
    turns = [f"SELECT {_DESK.format(int(desk))}" for desk in desks or ()]
    return "; ".join([f"SELECT pg_advisory_xact_lock_shared({_WHOLE})", *turns])


def _engine(url: URL, seconds: float) -> AsyncEngine:
    """Return an engine that only opens connections: each stays with the thread that asked for it.

    Transactions are begun and ended by our own statements: SQLAlchemy's would be one more way to the server each.
    """
    options: dict[str, Any] = {
        "timeout": max(seconds, _CONNECT_SECONDS),
        "server_settings": _SETTINGS,
        "prepared_statement_cache_size": _PREPARED_STATEMENTS,
    }
    engine = create_async_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options, hide_parameters=True
    )
    # Many rows go in one statement, so that the triggers, too, run once for all of them.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    refuse_nul(engine.sync_engine)
    return engine


async def _open_line(engine: AsyncEngine, where: str) -> Line:
    return Line(engine, where)
