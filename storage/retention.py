"""What a desk keeps for some days alone, and then takes out by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, select

from storage.ids import lowest_id, new_id
from storage.tables import desk_setting, upload
from storage.trash import Removal, move

# So long after somebody has set it nothing goes yet: a number mistyped can be put right.
GRACE = timedelta(hours=1)

# A clock that was put right was ahead by no more.
_AHEAD = timedelta(days=30)

# Longer than anybody may say; what says so came from elsewhere.
_MOST_DAYS = 100_000

# One call's work.
_MOST_UPLOADS = 100


@dataclass(frozen=True, slots=True)
class Due:
    """A desk that holds something longer than it keeps it."""

    desk_id: int
    before: datetime
    """What came before then goes."""


def due(connection: Connection, now: datetime) -> Due | None:
    """Return a desk with something older than it keeps."""
    kept = select(desk_setting.c.desk_id, desk_setting.c.value).where(
        desk_setting.c.name == "keep_days", desk_setting.c.changed_at <= now - GRACE
    )
    for desk_id, days in connection.execute(kept).all():
        if not isinstance(days, int) or not 0 < days <= _MOST_DAYS:
            continue
        found = Due(desk_id, now - timedelta(days=days))
        if connection.execute(_older(found).limit(1)).first() is not None:
            return found
    return None


def expire(connection: Connection, one: Due, now: datetime) -> None:
    """Move a piece of what is too old to the trash; see `Storage.expire`.

    What somebody brought again since is there by that later upload.
    """
    ids = list(connection.execute(_older(one).order_by(upload.c.upload_id).limit(_MOST_UPLOADS)).scalars())
    if ids:
        move(connection, one.desk_id, upload.c.upload_id.in_(ids), Removal(new_id(now), None, now))


def _older(one: Due) -> Select[int]:
    # The ids of a process follow its clock but never go back, so that these are in one stretch of the table.
    early = upload.c.upload_id < lowest_id(one.before + _AHEAD)
    return select(upload.c.upload_id).where(upload.c.desk_id == one.desk_id, early, upload.c.created_at < one.before)
