"""Forgetting for good: one person in a desk, a whole desk, the desks of servers that the bot has left."""

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union,
    update,
)

from storage.adding import insert_new
from storage.base import LOCAL_DESK, LOCAL_PERSON, Records, Scope
from storage.deciding import about_visible, forget_reader
from storage.feeding import drop_feeds, forget_follower
from storage.scheduling import drop_schedules, forget_maker, posted_to
from storage.tables import (
    action,
    blob,
    correction,
    decision,
    desk,
    desk_setting,
    extraction,
    fingerprint,
    schedule,
    trash,
    upload,
)
from storage.trash import GOING, MOST_BYTES, MOST_CHARACTERS, Removal, erase_blob, move
from storage.visibility import visible
from storage.watching import forget_looks

# A desk that is to go at once counts as left since then: whatever stops the program, the rest goes after the start.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# One call's work, beside the articles.
_MOST_BLOBS = 200
_MOST_ACTIONS = 2000
_MOST_DELIVERIES = 2000

_others = upload.alias("others")


def records(connection: Connection, scope: Scope, person_id: int) -> Records:
    """Return what a desk keeps of a person; see `Storage.records`."""
    desk_id = scope.desk_id
    mine = and_(upload.c.desk_id == desk_id, upload.c.uploader_id == person_id)
    brought = select(upload.c.blob).where(mine).scalar_subquery()
    current = and_(extraction.c.desk_id == desk_id, ~extraction.c.superseded, extraction.c.blob.in_(brought))
    # Only what the person can see: that somebody out of sight brought the same must not show in a number.
    stays = _brought_by_others(scope, person_id, extraction.c.blob)
    corrected = and_(correction.c.desk_id == desk_id, correction.c.made_by == person_id)
    return Records(
        uploads=_count(connection, select(func.count()).select_from(upload).where(mine)),
        articles=_count(connection, select(func.sum(extraction.c.articles)).where(current, ~stays)),
        shared=_count(connection, select(func.sum(extraction.c.articles)).where(current, stays)),
        trashed=_count(connection, select(func.count()).select_from(trash).where(_trashed(desk_id, person_id))),
        corrections=_count(
            connection,
            select(func.count())
            .select_from(correction)
            .where(corrected, _brought_by_others(scope, person_id, correction.c.blob)),
        ),
        answers=_count(connection, select(func.count()).select_from(action).where(_named(desk_id, person_id))),
        settings=_count(connection, select(func.count()).select_from(desk_setting).where(_set(desk_id, person_id))),
        decisions=_count(
            connection,
            select(func.count()).select_from(decision).where(_decided(desk_id, person_id), about_visible(scope)),
        ),
        schedules=_count(connection, select(func.count()).select_from(schedule).where(posted_to(desk_id, person_id))),
        scheduled=_count(
            connection,
            select(func.count())
            .select_from(schedule)
            .where(schedule.c.made_by == person_id, visible(scope, schedule), not_(posted_to(desk_id, person_id))),
        ),
    )


def let_go(connection: Connection, scope: Scope, person_id: int, now: datetime) -> Records:
    """Take everything of a person out of sight, for good, and the name off everything else; return what there was.

    What goes is then erased with `storage.trash.erase_going`.
    """
    told = records(connection, scope, person_id)
    desk_id = scope.desk_id
    move(connection, desk_id, upload.c.uploader_id == person_id, Removal(GOING, None, now))
    connection.execute(update(trash).where(_trashed(desk_id, person_id)).values(removal_id=GOING))
    removed = and_(trash.c.desk_id == desk_id, trash.c.removed_by == person_id)
    connection.execute(update(trash).where(removed).values(removed_by=None))
    made = and_(correction.c.desk_id == desk_id, correction.c.made_by == person_id)
    connection.execute(update(correction).where(made).values(made_by=None))
    connection.execute(update(desk_setting).where(_set(desk_id, person_id)).values(changed_by=None))
    connection.execute(update(decision).where(_decided(desk_id, person_id)).values(made_by=None))
    forget_reader(connection, desk_id, person_id)
    connection.execute(delete(action).where(_named(desk_id, person_id)))
    forget_maker(connection, desk_id, person_id)
    forget_looks(connection, desk_id, person_id)
    forget_follower(connection, desk_id, person_id)
    return told


def give_up(connection: Connection, desk_id: int) -> int:
    """Let a desk count as left long ago; return how many uploads are in it."""
    connection.execute(update(desk).where(desk.c.desk_id == desk_id).values(left_at=LONG_AGO))
    of_desk = select(func.count()).select_from(upload).where(upload.c.desk_id == desk_id)
    return _count(connection, of_desk)


def leave(connection: Connection, desk_id: int, now: datetime) -> None:
    """Note that the bot is no member any more; see `Storage.leave`."""
    insert_new(connection, desk, {"desk_id": desk_id})
    first = and_(desk.c.desk_id == desk_id, desk.c.left_at.is_(None))
    connection.execute(update(desk).where(first).values(left_at=now))


def come_back(connection: Connection, desk_ids: Collection[int]) -> int:
    """Note that the bot is a member again; see `Storage.come_back`."""
    left = set(connection.execute(select(desk.c.desk_id).where(desk.c.left_at > LONG_AGO)).scalars())
    back = left.intersection(desk_ids)
    if back:
        connection.execute(update(desk).where(desk.c.desk_id.in_(back)).values(left_at=None))
    return len(back)


def members_of(connection: Connection) -> tuple[int, ...]:
    """Return the servers' desks that the bot is not known to have left; see `Storage.members_of`."""
    there = select(desk.c.desk_id).where(desk.c.desk_id > LOCAL_DESK, desk.c.left_at.is_(None))
    left = select(desk.c.desk_id).where(desk.c.left_at.is_not(None))
    greeted = select(fingerprint.c.desk_id).where(
        fingerprint.c.desk_id > LOCAL_DESK, fingerprint.c.desk_id.not_in(left)
    )
    return tuple(sorted(connection.execute(union(there, greeted)).scalars()))


def drop_left(connection: Connection, before: datetime, only: int | None = None) -> bool:
    """Delete a piece of a desk that was left before then; return whether nothing is left of any; see `Storage`."""
    left = desk.c.left_at < before if only is None else and_(desk.c.desk_id == only, desk.c.left_at == LONG_AGO)
    desk_id = connection.execute(select(desk.c.desk_id).where(left).limit(1)).scalar()
    if desk_id is None:
        return True
    if not _drop_blobs(connection, desk_id) or not _drop_actions(connection, desk_id):
        return False
    if not drop_feeds(connection, desk_id):
        return False
    if not drop_schedules(connection, desk_id, _MOST_DELIVERIES):
        return False
    connection.execute(delete(fingerprint).where(fingerprint.c.desk_id == desk_id))
    connection.execute(delete(desk).where(desk.c.desk_id == desk_id))
    return only is not None


def _drop_blobs(connection: Connection, desk_id: int) -> bool:
    """Delete a piece of what was brought to a desk; return whether all of it is gone."""
    of_desk = select(blob.c.sha256, blob.c.size).where(blob.c.desk_id == desk_id).limit(_MOST_BLOBS)
    rows = connection.execute(of_desk).all()
    characters, size = MOST_CHARACTERS, MOST_BYTES
    for digest, length in rows:
        characters -= erase_blob(connection, desk_id, digest, characters)
        size -= length
        if characters <= 0 or size <= 0:
            return False
    return len(rows) < _MOST_BLOBS


def _drop_actions(connection: Connection, desk_id: int) -> bool:
    """Delete a piece of what buttons in a desk do; return whether all of it is gone."""
    ids = select(action.c.actions_id).where(action.c.desk_id == desk_id).limit(_MOST_ACTIONS).scalar_subquery()
    gone = connection.execute(delete(action).where(action.c.desk_id == desk_id, action.c.actions_id.in_(ids)))
    if gone.rowcount == _MOST_ACTIONS:
        return False
    # Buttons under what it sent to one person by direct message are in that person's desk.
    said = cast(action.c.requests, Text)
    about = or_(said.contains(f'"desk": {desk_id},'), said.contains(f'"desk": {desk_id}}}'))
    connection.execute(delete(action).where(action.c.desk_id < 0, about))
    return True


def _brought_by_others(scope: Scope, person_id: int, digest: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that somebody else brought these bytes in the scope's sight."""
    theirs = and_(visible(scope, _others), _others.c.blob == digest, _others.c.uploader_id != person_id)
    return exists(select(literal(1)).where(theirs))


def _trashed(desk_id: int, person_id: int) -> ColumnElement[bool]:
    return and_(trash.c.desk_id == desk_id, trash.c.uploader_id == person_id)


def _set(desk_id: int, person_id: int) -> ColumnElement[bool]:
    return and_(desk_setting.c.desk_id == desk_id, desk_setting.c.changed_by == person_id)


def _decided(desk_id: int, person_id: int) -> ColumnElement[bool]:
    return and_(decision.c.desk_id == desk_id, decision.c.made_by == person_id)


def _named(desk_id: int, person_id: int) -> ColumnElement[bool]:
    """Return the condition that an answer's buttons were made for a person, or name the person in what they do."""
    # The person at the terminal has a number that stands in everything.
    said = literal(False) if person_id == LOCAL_PERSON else cast(action.c.requests, String).contains(str(person_id))
    return and_(action.c.desk_id == desk_id, or_(action.c.owner_id == person_id, said))


def _count(connection: Connection, statement: Select[int]) -> int:
    return int(connection.execute(statement).scalar() or 0)
