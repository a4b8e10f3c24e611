"""How much was brought, and whether there is room for more: counted from the uploads themselves."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Join,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    true,
    union_all,
)

from storage.base import Ceilings, DeskUsage, Usage
from storage.errors import OverLimitError
from storage.ids import lowest_id
from storage.tables import blob, extraction, trash, upload
from storage.trash import made_at

_Brought = tuple[datetime, int]
"""When an upload was made, and its bytes."""

# What was taken out counts as long as it can be brought back, or else the limits would be none.
_PLACES = (upload, trash)


def usage(connection: Connection, desk_id: int, person_id: int, since: datetime) -> DeskUsage:
    """Return what was brought since then, and how many articles there are; see `Storage.usage`."""
    mine, all_of_them = _counts(connection, desk_id, person_id, since)
    person = Usage(mine, _bytes(connection, desk_id, since, person_id))
    return DeskUsage(person, Usage(all_of_them, _bytes(connection, desk_id, since)), held(connection, desk_id))


def held(connection: Connection, desk_id: int) -> int:
    """Return how many articles a desk holds; see `Storage.held`."""
    current = and_(extraction.c.desk_id == desk_id, ~extraction.c.superseded)
    articles = select(func.coalesce(func.sum(extraction.c.articles), 0)).where(current)
    removed = select(trash.c.blob).where(trash.c.desk_id == desk_id).scalar_subquery()
    brought = exists(select(literal(1)).where(upload.c.desk_id == desk_id, upload.c.blob == extraction.c.blob))
    out = articles.where(extraction.c.blob.in_(removed), ~brought)
    return int(connection.execute(articles).scalar_one()) - int(connection.execute(out).scalar_one())


def check_day(
    connection: Connection, desk_id: int, person_id: int, *, size: int, ceilings: Ceilings, now: datetime
) -> None:
    """Look whether there is room for one upload more; see `Storage.check_room`."""
    since = now - ceilings.window
    mine, all_of_them = _counts(connection, desk_id, person_id, since)
    for whose, count, most, person in (
        ("person", mine, ceilings.person, person_id),
        ("desk", all_of_them, ceilings.desk, None),
    ):
        if count >= most.uploads:
            brought = _timeline(connection, desk_id, since, person)
            raise OverLimitError(f"{whose} uploads", most.uploads, brought[count - most.uploads][0] + ceilings.window)
        # Adding up takes ten times as long as counting, and hardly anyone comes near.
        if count * ceilings.largest + size <= most.bytes:
            continue
        missing = _bytes(connection, desk_id, since, person) + size - most.bytes
        if missing > 0:
            leaves = _room_after(_timeline(connection, desk_id, since, person), missing)
            raise OverLimitError(f"{whose} bytes", most.bytes, leaves and leaves + ceilings.window)


def _counts(connection: Connection, desk_id: int, person_id: int, since: datetime) -> tuple[int, int]:
    """Return how many uploads one person made since then, and how many all did."""
    counts = [
        select(func.count(case((place.c.uploader_id == person_id, 1))), func.count())
        .select_from(place)
        .where(_since(place, desk_id, since))
        for place in _PLACES
    ]
    rows = connection.execute(union_all(*counts)).all()
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def _bytes(connection: Connection, desk_id: int, since: datetime, person_id: int | None = None) -> int:
    """Return how many bytes one person, or everyone, brought since then."""
    total = 0
    for place in _PLACES:
        statement = select(func.coalesce(func.sum(blob.c.size), 0)).select_from(_with_size(place))
        statement = statement.where(_since(place, desk_id, since), _by(place, person_id))
        total += int(connection.execute(statement).scalar_one())
    return total


def _timeline(connection: Connection, desk_id: int, since: datetime, person_id: int | None) -> list[_Brought]:
    """Return what a person, or everyone, brought since then, the earliest first."""
    brought: list[_Brought] = []
    for place, made in ((upload, upload.c.created_at), (trash, trash.c.row)):
        statement = select(made, blob.c.size).select_from(_with_size(place))
        statement = statement.where(_since(place, desk_id, since), _by(place, person_id))
        brought += [(made_at(row[0]), row[1]) for row in connection.execute(statement)]
    return sorted(brought)


def _with_size(place: Table) -> Join:
    """Return uploads, or those in the trash, each with its bytes."""
    return place.join(blob, and_(blob.c.desk_id == place.c.desk_id, blob.c.sha256 == place.c.blob))


def _by(place: Table, person_id: int | None) -> ColumnElement[bool]:
    return true() if person_id is None else place.c.uploader_id == person_id


def _since(place: Table, desk_id: int, since: datetime) -> ColumnElement[bool]:
    # An id is never below the time of its row, so that the rows to look at are one stretch of the table.
    recent = and_(place.c.desk_id == desk_id, place.c.upload_id >= lowest_id(since))
    # What somebody shared is not brought again.
    return and_(recent, upload.c.created_at > since, upload.c.shared_from.is_(None)) if place is upload else recent


def _room_after(brought: Iterable[_Brought], missing: int) -> datetime | None:
    """Return when that upload was made whose leaving frees the last of `missing` bytes, or None if none does."""
    for when, size in brought:
        missing -= size
        if missing <= 0:
            return when
    return None
