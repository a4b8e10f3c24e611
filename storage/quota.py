"""How much was brought, and whether there is room for more: counted from the uploads themselves."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from storage.base import Ceilings, DeskUsage, Usage
from storage.errors import OverLimitError
from storage.ids import lowest_id
from storage.tables import blob, extraction, upload

_Brought = tuple[datetime, int]
"""When an upload was made, and its bytes."""

_WITH_SIZE = upload.join(blob, and_(blob.c.desk_id == upload.c.desk_id, blob.c.sha256 == upload.c.blob))


def usage(connection: Connection, desk_id: int, person_id: int, since: datetime) -> DeskUsage:
    """Return what was brought since then, and how many articles there are; see `Storage.usage`."""
    mine, all_of_them = _counts(connection, desk_id, person_id, since)
    person = Usage(mine, _bytes(connection, desk_id, since, person_id))
    return DeskUsage(person, Usage(all_of_them, _bytes(connection, desk_id, since)), held(connection, desk_id))


def held(connection: Connection, desk_id: int) -> int:
    """Return how many articles a desk holds; see `Storage.held`."""
    current = and_(extraction.c.desk_id == desk_id, ~extraction.c.superseded)
    statement = select(func.coalesce(func.sum(extraction.c.articles), 0)).where(current)
    return int(connection.execute(statement).scalar_one())


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
    mine = func.count(case((upload.c.uploader_id == person_id, 1)))
    row = connection.execute(select(mine, func.count()).select_from(upload).where(_since(desk_id, since))).one()
    return row[0], row[1]


def _bytes(connection: Connection, desk_id: int, since: datetime, person_id: int | None = None) -> int:
    """Return how many bytes one person, or everyone, brought since then."""
    statement = select(func.coalesce(func.sum(blob.c.size), 0)).select_from(_WITH_SIZE).where(_since(desk_id, since))
    statement = statement if person_id is None else statement.where(upload.c.uploader_id == person_id)
    return int(connection.execute(statement).scalar_one())


def _timeline(connection: Connection, desk_id: int, since: datetime, person_id: int | None) -> list[_Brought]:
    """Return what a person, or everyone, brought since then, the earliest first."""
    statement = select(upload.c.created_at, blob.c.size).select_from(_WITH_SIZE).where(_since(desk_id, since))
    statement = statement if person_id is None else statement.where(upload.c.uploader_id == person_id)
    return [(row[0], row[1]) for row in connection.execute(statement.order_by(upload.c.created_at))]


def _since(desk_id: int, since: datetime) -> ColumnElement[bool]:
    # An id is never below the time of its row, so that the rows to look at are one stretch of the table.
    recent = upload.c.upload_id >= lowest_id(since)
    return and_(upload.c.desk_id == desk_id, recent, upload.c.created_at > since)


def _room_after(brought: Iterable[_Brought], missing: int) -> datetime | None:
    """Return when that upload was made whose leaving frees the last of `missing` bytes, or None if none does."""
    for when, size in brought:
        missing -= size
        if missing <= 0:
            return when
    return None
