"""Watches: what came in and is still to be held against them, what they have to be told of, and who has looked.

A watch is a schedule without times. An upload is noted as it comes in, by a trigger, so that no way to bring, share or
restore one can forget it and adding costs the same however many watches there are. What may be for a watch is kept
until its alert has arrived; the alert is a delivery like any other, and what it showed are its items.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from storage.adding import insert_new
from storage.articles import heads_of
from storage.base import Alerting, Arrival, ArticleHead, Hit, NewSchedule, Schedule, Scope
from storage.dialects import insert_into
from storage.errors import SameWatchError, TooManyWatchesError, UnknownScheduleError
from storage.fulltext import matching, posting
from storage.ids import new_id
from storage.query import Query
from storage.scheduling import FAILED, LONGEST_WAIT, OPEN, SENT, is_there, make
from storage.scheduling import bring_back as bring_schedule_back
from storage.scheduling import listed as schedules_of
from storage.tables import (
    arrival,
    article,
    delivery,
    delivery_item,
    desk,
    extraction,
    last_look,
    mention,
    name_key,
    schedule,
    signature,
    spelling,
    unnamed,
    upload,
    watch_hit,
)
from storage.visibility import came_first, visible

KIND = "watch"
UPLOADS = "upload"
"""The kind of the items by which an alert remembers what it has told."""

# Names and signatures that are found later are found within this time, or the upload is held against watches without.
_LONGEST_READING = timedelta(minutes=10)

# One call's work: nobody who adds something shall have to wait for it.
_MOST_OPENED = 20

TRIGGER = (
    "CREATE TRIGGER upload_arrived AFTER INSERT ON upload "
    "WHEN EXISTS (SELECT 1 FROM schedule WHERE desk_id = new.desk_id AND kind = 'watch') "
    "BEGIN INSERT OR IGNORE INTO arrival (desk_id, upload_id, at) "
    "VALUES (new.desk_id, new.upload_id, new.created_at); END"
)

_ON_POSTGRESQL = (
    (
        "CREATE FUNCTION upload_arrived() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM schedule WHERE desk_id = new.desk_id AND kind = 'watch') THEN "
        "INSERT INTO arrival (desk_id, upload_id, at) VALUES (new.desk_id, new.upload_id, new.created_at) "
        "ON CONFLICT DO NOTHING; END IF; RETURN NULL; END $$"
    ),
    "CREATE TRIGGER upload_arrived AFTER INSERT ON upload FOR EACH ROW EXECUTE FUNCTION upload_arrived()",
)

_Key = tuple[int, int]

_read = and_(extraction.c.desk_id == upload.c.desk_id, extraction.c.blob == upload.c.blob, ~extraction.c.superseded)
_holds = and_(article.c.desk_id == extraction.c.desk_id, article.c.extraction_id == extraction.c.extraction_id)
_IN_UPLOADS = upload.join(extraction, _read).join(article, _holds)


def create(connection: Connection) -> None:
    """Create the trigger beside the tables; as the migrations do."""
    for statement in _ON_POSTGRESQL if connection.dialect.name == "postgresql" else (TRIGGER,):
        connection.exec_driver_sql(statement)


def make_watch(connection: Connection, scope: Scope, new: NewSchedule, most_own: int, most: int) -> Schedule:
    """Keep a new watch; see `Storage.make_watch`."""
    _check_room(connection, scope.desk_id, new.made_by, most_own, most)
    return make(connection, scope, new, check=_check_alone)


def bring_back(
    connection: Connection,
    scope: Scope,
    schedule_id: int,
    change: Callable[[Schedule], Schedule],
    *,
    most_own: int,
    most: int,
) -> Schedule:
    """Let a watch be there again that was removed; see `Storage.bring_watch_back`."""

    def check(one: Schedule, others: Sequence[Schedule]) -> None:
        _check_room(connection, scope.desk_id, one.made_by, most_own, most)
        _check_alone(one, others)

    def bring(kept: Schedule) -> Schedule:
        if kept.kind != KIND:
            raise UnknownScheduleError
        return change(kept)

    return bring_schedule_back(connection, scope, schedule_id, bring, check=check)


def watches(connection: Connection, scope: Scope) -> tuple[Schedule, ...]:
    """Return the watches in sight, the latest first; see `Storage.watches`."""
    found = [one for one in schedules_of(connection, scope) if one.kind == KIND]
    return tuple(sorted(found, key=lambda one: one.schedule_id, reverse=True))


def last_alerts(connection: Connection, scope: Scope, schedule_ids: Collection[int]) -> dict[int, datetime]:
    """Return when these last arrived; see `Storage.last_alerts`."""
    of_schedule = and_(delivery.c.desk_id == schedule.c.desk_id, delivery.c.schedule_id == schedule.c.schedule_id)
    statement = (
        select(schedule.c.schedule_id, func.max(delivery.c.done_at, type_=delivery.c.done_at.type))
        .select_from(schedule.join(delivery, of_schedule))
        .where(visible(scope, schedule), schedule.c.schedule_id.in_(schedule_ids), delivery.c.state == SENT)
        .group_by(schedule.c.schedule_id)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def brought_by(
    connection: Connection, scope: Scope, upload_ids: Collection[int], query: Query | None
) -> tuple[tuple[int, ArticleHead], ...]:
    """Return the articles that these uploads first brought into sight; see `Storage.brought_by`."""
    these = and_(visible(scope), upload.c.upload_id.in_(upload_ids), came_first(scope))
    statement = select(upload.c.upload_id, article.c.article_id).select_from(_IN_UPLOADS).where(these)
    if query is not None:
        fits = select(posting.c.rowid).where(matching(scope.desk_id, query), posting.c.rowid == article.c.article_id)
        statement = statement.where(exists(fits))
    rows = connection.execute(statement.order_by(upload.c.upload_id, article.c.ordinal)).all()
    heads = heads_of(connection, scope, [row.article_id for row in rows])
    return tuple((row.upload_id, heads[row.article_id]) for row in rows if row.article_id in heads)


def arrivals(connection: Connection, now: datetime, limit: int) -> tuple[Arrival, ...]:
    """Return uploads that are still to be held against watches; see `Storage.arrivals`."""
    recent = and_(arrival.c.at > now - _LONGEST_READING, arrival.c.at <= now)
    this = and_(upload.c.desk_id == arrival.c.desk_id, upload.c.upload_id == arrival.c.upload_id)
    rows = connection.execute(
        select(arrival.c.desk_id, arrival.c.upload_id, arrival.c.at)
        .where(~and_(recent, exists(select(literal(1)).select_from(_IN_UPLOADS).where(this, _unread()))))
        .order_by(arrival.c.desk_id, arrival.c.upload_id)
        .limit(limit)
    ).all()
    keys = [(row.desk_id, row.upload_id) for row in rows]
    words, names = _words(connection, keys), _names(connection, keys)
    return tuple(
        Arrival(row.desk_id, row.upload_id, row.at, tuple(words[key]), frozenset(names[key]))
        for row, key in zip(rows, keys, strict=True)
    )


def running_watches(connection: Connection, desk_id: int) -> tuple[Schedule, ...]:
    """Return a desk's watches that are not paused; see `Storage.running_watches`."""
    scope = Scope(desk_id, 0, None)
    return tuple(one for one in watches(connection, scope) if one.paused is None)


def note_hits(connection: Connection, done: Sequence[Arrival], hits: Sequence[Hit], now: datetime) -> None:
    """Keep for which watches uploads may be; see `Storage.note_hits`."""
    # Of two processes that held them against watches at once, the one that comes second finds them gone.
    mine = {
        (one.desk_id, one.upload_id)
        for one in done
        if connection.execute(
            delete(arrival).where(arrival.c.desk_id == one.desk_id, arrival.c.upload_id == one.upload_id)
        ).rowcount
    }
    # A watch may be gone by now.
    kept = and_(schedule.c.desk_id.in_({one.desk_id for one in done}), schedule.c.kind == KIND, is_there())
    there = {tuple(row) for row in connection.execute(select(schedule.c.desk_id, schedule.c.schedule_id).where(kept))}
    rows = [
        {"desk_id": desk_id, "schedule_id": schedule_id, "upload_id": upload_id, "found_at": now}
        for desk_id, schedule_id, upload_id in hits
        if (desk_id, upload_id) in mine and (desk_id, schedule_id) in there
    ]
    if rows:
        connection.execute(insert_into(connection, watch_hit).on_conflict_do_nothing(), rows)


def open_alerts(connection: Connection, now: datetime, alerting: Alerting, desks: Collection[int]) -> int:
    """Begin an alert for each watch of these desks that has something to tell; see `Storage.open_alerts`."""
    return sum(_open(connection, key, now, alerting) for key in waiting(connection, desks))


def waiting(connection: Connection, desks: Collection[int] | None = None) -> list[_Key]:
    """Return the watches that have something to tell and no alert under way, of any desk or of these."""
    this = and_(schedule.c.desk_id == watch_hit.c.desk_id, schedule.c.schedule_id == watch_hit.c.schedule_id)
    under_way = exists(
        select(literal(1)).where(
            delivery.c.desk_id == watch_hit.c.desk_id,
            delivery.c.schedule_id == watch_hit.c.schedule_id,
            delivery.c.state == OPEN,
        )
    )
    left = exists(select(literal(1)).where(desk.c.desk_id == watch_hit.c.desk_id, desk.c.left_at.is_not(None)))
    statement = (
        select(watch_hit.c.desk_id, watch_hit.c.schedule_id)
        .select_from(watch_hit.join(schedule, this))
        .where(schedule.c.paused.is_(None), is_there(), ~_told(), ~under_way, ~left)
        .distinct()
        .limit(_MOST_OPENED)
    )
    if desks is not None:
        statement = statement.where(watch_hit.c.desk_id.in_(desks))
    return [(row.desk_id, row.schedule_id) for row in connection.execute(statement)]


def hits_of(connection: Connection, desk_id: int, schedule_id: int) -> tuple[int, ...]:
    """Return the uploads that a watch has not told of; see `Storage.watch_hits`."""
    mine = select(watch_hit.c.upload_id).where(_of((desk_id, schedule_id)), ~_told())
    return tuple(connection.execute(mine.order_by(watch_hit.c.upload_id)).scalars())


def drop_hits(connection: Connection, desk_id: int, schedule_id: int, upload_ids: Collection[int]) -> None:
    """Let go of uploads that are not for a watch; see `Storage.drop_watch_hits`."""
    these = and_(_of((desk_id, schedule_id)), watch_hit.c.upload_id.in_(upload_ids))
    connection.execute(delete(watch_hit).where(these))


def looked(connection: Connection, scope: Scope) -> datetime | None:
    """Return up to when the asker was told what is new; see `Storage.looked`."""
    return connection.execute(select(last_look.c.at).where(_person(scope))).scalar_one_or_none()


def look(connection: Connection, scope: Scope, before: datetime | None, after: datetime | None) -> bool:
    """Note up to when the asker was told, if it was as expected; see `Storage.look`."""
    if looked(connection, scope) != before:
        return False
    if after is None:
        connection.execute(delete(last_look).where(_person(scope)))
        return True
    insert_new(connection, desk, {"desk_id": scope.desk_id})
    row = {"desk_id": scope.desk_id, "person_id": scope.asker_id, "at": after}
    if before is None:
        connection.execute(insert(last_look), row)
    else:
        connection.execute(update(last_look).where(_person(scope)).values(at=after))
    return True


def forget_looks(connection: Connection, desk_id: int, person_id: int) -> None:
    """Forget that a person has looked at what is new."""
    connection.execute(delete(last_look).where(last_look.c.desk_id == desk_id, last_look.c.person_id == person_id))


def _open(connection: Connection, key: _Key, now: datetime, alerting: Alerting) -> bool:
    """Begin an alert, after a while in which more may come; return whether there is something left to tell."""
    desk_id, schedule_id = key
    connection.execute(delete(watch_hit).where(_of(key), or_(_told(), _untold_again(connection, key, alerting))))
    first = connection.execute(select(func.min(watch_hit.c.upload_id)).where(_of(key))).scalar()
    if first is None:
        return False
    slots = and_(delivery.c.desk_id == desk_id, delivery.c.schedule_id == schedule_id)
    named = delivery.c.slot.startswith(f"{first}.")
    runs = connection.execute(select(func.count()).select_from(delivery).where(slots, named)).scalar_one()
    start = _start(connection, slots, now, alerting)
    row = {
        "desk_id": desk_id,
        "schedule_id": schedule_id,
        "slot": f"{first}.{runs}",
        "key": new_id(now),
        "due_at": start,
        "slots": 1,
        "state": OPEN,
        "not_before": start,
        "tries": 0,
    }
    once = insert_into(connection, delivery).on_conflict_do_nothing(index_elements=["desk_id", "schedule_id", "slot"])
    return connection.execute(once, row).rowcount == 1


def _check_room(connection: Connection, desk_id: int, made_by: int | None, most_own: int, most: int) -> None:
    """Look whether there may be one watch more.

    Raises:
        TooManyWatchesError: there may not.
    """
    of_desk = and_(schedule.c.desk_id == desk_id, schedule.c.kind == KIND, is_there())
    own = and_(of_desk, schedule.c.made_by == made_by)
    for limit, which in ((most_own, own), (most, of_desk)):
        if connection.execute(select(func.count()).select_from(schedule).where(which)).scalar_one() >= limit:
            raise TooManyWatchesError(limit, own=which is own)


def _check_alone(one: Schedule, others: Sequence[Schedule]) -> None:
    """Look whether the same is told in the same place already.

    Raises:
        SameWatchError: it is.
    """
    for other in others:
        mine = one.recipient_id is None or other.made_by == one.made_by
        if mine and other.place == one.place and other.what["about"] == one.what["about"]:
            raise SameWatchError(other.schedule_id)


def _start(connection: Connection, slots: ColumnElement[bool], now: datetime, alerting: Alerting) -> datetime:
    """Return when an alert goes out: not at once, and not right behind the one before."""
    ended = (
        select(delivery.c.state, delivery.c.done_at)
        .where(slots, delivery.c.state.in_((SENT, FAILED)), delivery.c.done_at <= now)
        .order_by(delivery.c.done_at.desc())
        .limit(1)
    )
    last = connection.execute(ended).first()
    start = now + alerting.gathering
    if last is None:
        return start
    pause = alerting.floor if last.state == SENT else alerting.after_failure
    after: datetime = last.done_at + pause
    return min(max(start, after), now + LONGEST_WAIT)


def _untold_again(connection: Connection, key: _Key, alerting: Alerting) -> ColumnElement[bool]:
    """Return the condition that an upload was in an alert that may have arrived, although nobody knows what it held.

    Somebody asked to be forgotten while it was under way, or the channel did not tell any more whether it was there.
    """
    slots = and_(delivery.c.desk_id == key[0], delivery.c.schedule_id == key[1])
    latest = (
        select(delivery)
        .where(slots, delivery.c.first_tried_at.is_not(None))
        .order_by(delivery.c.done_at.desc().nulls_last())
    )
    one = connection.execute(latest.limit(1)).first()
    if one is None:
        return literal(value=False)
    items = and_(delivery_item.c.desk_id == key[0], delivery_item.c.schedule_id == key[1])
    shown = exists(select(literal(1)).where(items, delivery_item.c.shown_at == _at(one.done_at)))
    lost = and_(literal(one.state == SENT), ~shown)
    unsure = literal(one.state == FAILED and one.reason == alerting.unsure)
    return and_(or_(lost, unsure), watch_hit.c.found_at <= _at(one.first_tried_at))


def _told() -> ColumnElement[bool]:
    """Return the condition that an alert of the watch has told of an upload."""
    return exists(
        select(literal(1)).where(
            delivery_item.c.desk_id == watch_hit.c.desk_id,
            delivery_item.c.schedule_id == watch_hit.c.schedule_id,
            delivery_item.c.kind == UPLOADS,
            delivery_item.c.key == cast(watch_hit.c.upload_id, String),
        )
    )


def _unread() -> ColumnElement[bool]:
    """Return the condition that names or copies of an article are still to be found."""
    nameless = and_(unnamed.c.desk_id == article.c.desk_id, unnamed.c.article_id == article.c.article_id)
    unsigned = and_(signature.c.desk_id == article.c.desk_id, signature.c.article_id == article.c.article_id)
    return or_(
        exists(select(literal(1)).where(nameless)),
        exists(select(literal(1)).where(unsigned, signature.c.shingles.is_(None))),
    )


def _words(connection: Connection, keys: Sequence[_Key]) -> defaultdict[_Key, list[str]]:
    """Return the spelled words of each article of these uploads."""
    same = and_(spelling.c.desk_id == article.c.desk_id, spelling.c.article_id == article.c.article_id)
    said = select(upload.c.desk_id, upload.c.upload_id, spelling.c.words).select_from(_IN_UPLOADS.join(spelling, same))
    found: defaultdict[_Key, list[str]] = defaultdict(list)
    for row in connection.execute(said.where(_among(keys))):
        found[row.desk_id, row.upload_id].append(row.words)
    return found


def _names(connection: Connection, keys: Sequence[_Key]) -> defaultdict[_Key, set[str]]:
    """Return what the names in these uploads are looked up by."""
    named = and_(mention.c.desk_id == article.c.desk_id, mention.c.article_id == article.c.article_id)
    known = and_(name_key.c.desk_id == mention.c.desk_id, name_key.c.name_id == mention.c.name_id)
    source = _IN_UPLOADS.join(mention, named).join(name_key, known)
    rows = select(upload.c.desk_id, upload.c.upload_id, name_key.c.key).select_from(source).distinct()
    found: defaultdict[_Key, set[str]] = defaultdict(set)
    for row in connection.execute(rows.where(_among(keys))):
        found[row.desk_id, row.upload_id].add(row.key)
    return found


def _among(keys: Sequence[_Key]) -> ColumnElement[bool]:
    return tuple_(upload.c.desk_id, upload.c.upload_id).in_(keys)


def _of(key: _Key) -> ColumnElement[bool]:
    return and_(watch_hit.c.desk_id == key[0], watch_hit.c.schedule_id == key[1])


def _person(scope: Scope) -> ColumnElement[bool]:
    return and_(last_look.c.desk_id == scope.desk_id, last_look.c.person_id == scope.asker_id)


def _at(moment: datetime) -> ColumnElement[Any]:
    return literal(moment, watch_hit.c.found_at.type)
