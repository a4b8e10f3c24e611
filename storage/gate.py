"""Turns: what the processes that share a database do one by one, such as logging in.

The clock is the database's own. Processes on several machines have several clocks, and two that are seconds apart would
let two of them through at once.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, cast, extract, func, select, update

from storage.adding import insert_new
from storage.tables import turn

LONGEST = timedelta(hours=1)
"""No turn is further away, and no lease longer: what says so was written before the clock was set back."""

# Turns belong to no desk.
_NOBODY = 0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The Julian day on which 1970 began, at midnight.
_JULIAN_EPOCH = 2_440_587.5
_DAY_SECONDS = 86_400


def take_turn(connection: Connection, name: str, apart: timedelta, within: timedelta) -> timedelta | None:
    """Return how long to wait for the next turn, which is taken then; see `Storage.take_turn`."""
    free_at, _ = _lock(connection, name)
    now = _now(connection)
    # Whoever went last before the clock was set back may have gone just now.
    mine = now + apart if free_at - now > LONGEST else max(free_at, now)
    if mine - now > within:
        return None
    connection.execute(update(turn).where(_named(name)).values(free_at=mine + apart))
    return mine - now


def take_lease(connection: Connection, name: str, owner: str, lease: timedelta) -> bool:
    """Tell whether something is the owner's alone for so long; see `Storage.take_lease`."""
    free_at, holder = _lock(connection, name)
    now = _now(connection)
    if holder not in {None, owner} and now < free_at <= now + LONGEST:
        return False
    connection.execute(update(turn).where(_named(name)).values(owner=owner, free_at=now + lease))
    return True


def end_lease(connection: Connection, name: str, owner: str) -> None:
    """Leave to others what was the owner's alone; see `Storage.end_lease`."""
    connection.execute(update(turn).where(_named(name), turn.c.owner == owner).values(owner=None))


def _lock(connection: Connection, name: str) -> tuple[datetime, str | None]:
    """Return from when on a turn is free and whose it is; until the transaction ends, nobody else can take it."""
    insert_new(connection, turn, {"desk_id": _NOBODY, "name": name, "free_at": _EPOCH, "owner": None})
    # SQLite has one writer at a time and leaves the lock out.
    row = connection.execute(select(turn.c.free_at, turn.c.owner).where(_named(name)).with_for_update()).one()
    return row.free_at, row.owner


def _now(connection: Connection) -> datetime:
    """Return what the database's clock shows, at this moment and not when the transaction began."""
    seconds: ColumnElement[Any]
    if connection.dialect.name == "sqlite":
        seconds = (func.julianday("now") - _JULIAN_EPOCH) * _DAY_SECONDS
    else:
        seconds = extract("epoch", func.clock_timestamp())
    milliseconds = connection.execute(select(cast(seconds * 1000, BigInteger))).scalar_one()
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _named(name: str) -> ColumnElement[bool]:
    return and_(turn.c.desk_id == _NOBODY, turn.c.name == name)
