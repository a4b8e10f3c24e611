"""What a desk keeps for some days alone, and then takes out by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from storage.ids import lowest_id, new_id
from storage.tables import desk, desk_setting, upload
from storage.trash import Removal, move

# So long after somebody has set it nothing goes yet: a number mistyped can be put right.
GRACE = timedelta(hours=1)

BETWEEN = timedelta(minutes=10)
"""So long after all desks have been looked at they are looked at again: what goes has been there for days."""

# A clock that was put right was ahead by no more.
_AHEAD = timedelta(days=30)

# Longer than anybody may say; what says so came from elsewhere.
_MOST_DAYS = 100_000

# One call's work.
_MOST_UPLOADS = 100
_MOST_SETTINGS = 2000

# Every desk's number is above this, and below the other.
_FIRST, _LAST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class Due:
    """A desk that holds something longer than it keeps it."""

    desk_id: int
    before: datetime
    """What came before then goes."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How far somebody has come who looks at one desk after the other."""

    behind: int = _FIRST
    """The last desk that was looked at."""
    ended_at: datetime | None = None
    """When all of them had been, where that is so."""

    def rests(self, now: datetime) -> bool:
        """Tell whether it is too early to begin again; a clock that was put back makes nobody wait."""
        return self.ended_at is not None and timedelta() <= now - self.ended_at < BETWEEN


def look(connection: Connection, walk: Walk, now: datetime) -> tuple[Due | None, Walk]:
    """Look at the next desks; return the first with something older than it keeps, and from where to go on."""
    behind = desk_setting.c.desk_id > walk.behind
    piece = select(desk_setting.c.desk_id).where(behind).order_by(desk_setting.c.desk_id)
    last = connection.execute(piece.offset(_MOST_SETTINGS - 1).limit(1)).scalar()
    kept = select(desk_setting.c.desk_id, desk_setting.c.value).where(
        behind,
        desk_setting.c.desk_id <= (_LAST if last is None else last),
        # A function, or SQLite would skip from desk to desk from the first one on.
        func.lower(desk_setting.c.name) == "keep_days",
        desk_setting.c.changed_at <= now - GRACE,
    )
    found = _first_due(connection, connection.execute(kept).all(), now)
    if found is not None:
        # There may be more of it.
        return found, Walk(found.desk_id - 1)
    return None, Walk(ended_at=now) if last is None else Walk(last)


def _first_due(connection: Connection, kept: Iterable[Row[int, Any]], now: datetime) -> Due | None:
    """Return the first of these desks whose oldest upload is older than it keeps them."""
    by_days: dict[int, list[int]] = {}
    for desk_id, days in kept:
        if isinstance(days, int) and 0 < days <= _MOST_DAYS:
            by_days.setdefault(days, []).append(desk_id)
    found = [_first_older(connection, desks, now - timedelta(days=days)) for days, desks in by_days.items()]
    return min((one for one in found if one is not None), key=lambda one: one.desk_id, default=None)


def _first_older(connection: Connection, desks: Sequence[int], before: datetime) -> Due | None:
    oldest = select(upload.c.created_at).where(upload.c.desk_id == desk.c.desk_id, _is_early(before))
    of_desk = oldest.order_by(upload.c.upload_id).limit(1).correlate(desk).scalar_subquery()
    these = select(desk.c.desk_id).where(desk.c.desk_id.in_(desks), of_desk < before)
    found = connection.execute(these.order_by(desk.c.desk_id).limit(1)).scalar()
    return None if found is None else Due(found, before)


def expire(connection: Connection, one: Due, now: datetime) -> None:
    """Move a piece of what is too old to the trash; see `Storage.expire`.

    What somebody brought again since is there by that later upload.
    """
    ids = list(connection.execute(_older(one).order_by(upload.c.upload_id).limit(_MOST_UPLOADS)).scalars())
    if ids:
        move(connection, one.desk_id, upload.c.upload_id.in_(ids), Removal(new_id(now), None, now))


def _older(one: Due) -> Select[int]:
    return select(upload.c.upload_id).where(
        upload.c.desk_id == one.desk_id, _is_early(one.before), upload.c.created_at < one.before
    )


def _is_early(before: datetime) -> ColumnElement[bool]:
    """Return the condition that an upload may have come before then, by its id.

    The ids of a process follow its clock but never go back, so that these are in one stretch of the table.
    """
    return upload.c.upload_id < lowest_id(before + _AHEAD)
