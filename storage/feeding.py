"""Feeds: who follows which, when each address is polled, and that each entry is read once.

An address is polled once for all who follow it, and what it gave to ask again with stands under desk 0. What a poll
brought is kept in one transaction with that: an entry that is new to a follower waits in a row that its id makes
unique, until a process that has it for the length of a lease has stored it. So nothing is lost and nothing comes twice,
whatever dies in between.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    String,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)

from storage.adding import insert_new
from storage.base import (
    FeedSource,
    FollowedFeed,
    Heard,
    HeardEntry,
    NewFeed,
    NewSchedule,
    Scope,
    Shards,
    WaitingEntry,
)
from storage.dialects import insert_into
from storage.errors import AlreadyFollowedError, FeedsFullError, UnknownFeedError
from storage.following import follows, is_followed
from storage.ids import lowest_id, new_id
from storage.scheduling import OPEN
from storage.scheduling import make as make_schedule
from storage.shards import served
from storage.tables import delivery, delivery_item, desk, feed, feed_entry, feed_source, schedule
from storage.visibility import visible
from summariser.model import FeedEntry

WAITING, STORED, FAILED, PASSED = "waiting", "stored", "failed", "passed"

# The addresses of feeds belong to no desk.
_NOBODY = 0

MOST_WAITING = 100
"""Of one feed; what is more is heard again at the next poll."""

LONGEST_WAIT = timedelta(days=8)
"""No poll is further away; what is was put off by another clock."""

KEPT = timedelta(days=400)
"""How long an entry is known that the feed does not hold any more."""

# How long new entries wait for others to be posted with them.
_GATHERING = timedelta(minutes=10)

# An address that nobody follows just now is looked at again after so long.
_RESTING = timedelta(days=1)

_MOST_ENTRIES = 2000
_FEED = [field.name for field in fields(FollowedFeed)]
_SOURCE = [field.name for field in fields(FeedSource)]
_FREE: dict[str, Any] = {"owner": None, "leased_until": None}
_follower = feed.alias("follower")


def make(
    connection: Connection, scope: Scope, new: NewFeed, heard: Heard, *, now: datetime, first: int, most: int
) -> FollowedFeed:
    """Follow a feed from now on; see `Storage.make_feed`."""
    insert_new(connection, desk, {"desk_id": scope.desk_id})
    here = and_(feed.c.desk_id == scope.desk_id, feed.c.removed_at.is_(None))
    if connection.execute(select(func.count()).select_from(feed).where(here)).scalar_one() >= most:
        raise FeedsFullError(most)
    source = source_of(new.url)
    _check_alone(connection, scope.desk_id, source, new.audience_id, new.url)
    feed_id = new_id(now)
    row: dict[str, Any] = dict.fromkeys(_FEED) | asdict(new) | {"desk_id": scope.desk_id, "feed_id": feed_id}
    del row["place"]
    row |= {"source": source, "title": heard.title, "made_at": now, "untold": False, "failures": 0}
    if new.place is not None:
        name = heard.title or new.url
        row["schedule_id"] = _make_schedule(connection, scope, new, feed_id=feed_id, name=name, now=now)
    connection.execute(insert(feed), row)
    _join_source(connection, heard)
    _spread(connection, feed.c.feed_id == feed_id, heard, now, first=first)
    return find(connection, Scope(scope.desk_id, scope.asker_id, None), feed_id)


def listed(connection: Connection, scope: Scope) -> tuple[FollowedFeed, ...]:
    """Return the visible feeds; see `Storage.feeds`."""
    here = select(feed).where(visible(scope, feed), feed.c.removed_at.is_(None)).order_by(feed.c.feed_id)
    return tuple(map(_feed, connection.execute(here).mappings()))


def find(connection: Connection, scope: Scope, feed_id: int, *, removed: bool = False) -> FollowedFeed:
    """Return one visible feed; see `Storage.feed`."""
    there = feed.c.removed_at.is_not(None) if removed else feed.c.removed_at.is_(None)
    this = select(feed).where(visible(scope, feed), feed.c.feed_id == feed_id, there)
    row = connection.execute(this).mappings().one_or_none()
    if row is None:
        raise UnknownFeedError
    return _feed(row)


def entries(connection: Connection, scope: Scope, feed_id: int, limit: int) -> tuple[HeardEntry, ...]:
    """Return what became of the latest entries; see `Storage.feed_entries`."""
    find(connection, scope, feed_id)
    of_feed = and_(_entries_of(scope.desk_id, feed_id), feed_entry.c.state != PASSED)
    latest = select(feed_entry).where(of_feed).order_by(feed_entry.c.entry_id.desc()).limit(limit)
    return tuple(map(_heard_entry, connection.execute(latest).mappings()))


def pause(connection: Connection, scope: Scope, feed_id: int, reason: str | None, now: datetime) -> FollowedFeed:
    """Pause a feed, or resume it; see `Storage.pause_feed`."""
    before = find(connection, scope, feed_id)
    values: dict[str, Any] = {"paused": reason, "untold": False}
    if reason is None:
        values |= {"failures": 0, "error": None, "held": None, "held_until": None}
        _poll_anew(connection, before, now)
        this = and_(schedule.c.desk_id == scope.desk_id, schedule.c.schedule_id == before.schedule_id)
        connection.execute(update(schedule).where(this).values(paused=None, untold=False, failures=0))
    values["next_at"] = now if reason is None else None
    connection.execute(update(feed).where(_this(scope.desk_id, feed_id)).values(**values))
    return before


def remove(connection: Connection, scope: Scope, feed_id: int, now: datetime) -> FollowedFeed:
    """Follow a feed no more; see `Storage.remove_feed`."""
    before = find(connection, scope, feed_id)
    connection.execute(update(feed).where(_this(scope.desk_id, feed_id)).values(removed_at=now, untold=False))
    return before


def bring_back(connection: Connection, scope: Scope, feed_id: int, now: datetime) -> FollowedFeed:
    """Follow a removed feed again; see `Storage.bring_feed_back`."""
    gone = find(connection, scope, feed_id, removed=True)
    _check_alone(connection, gone.desk_id, gone.source, gone.audience_id, gone.url)
    connection.execute(update(feed).where(_this(scope.desk_id, feed_id)).values(removed_at=None, next_at=now))
    _poll_anew(connection, gone, now)
    return find(connection, scope, feed_id)


def claim_sources(
    connection: Connection, owner: str, now: datetime, lease: timedelta, limit: int
) -> tuple[FeedSource, ...]:
    """Take addresses that are due; see `Storage.claim_sources`."""
    names = _due_sources(connection, now, lease, limit * 4)
    if not names:
        return ()
    followed = select(feed.c.source).where(follows(names), _is_live()).distinct()
    live = set(connection.execute(followed).scalars())
    resting = [name for name in names if name not in live]
    if resting:
        connection.execute(update(feed_source).where(_named(resting)).values(next_at=now + _RESTING))
    chosen = [name for name in names if name in live][:limit]
    values = {"owner": owner, "leased_until": now + lease}
    taken = update(feed_source).where(_named(chosen)).values(**values).returning(feed_source)
    rows = connection.execute(taken).mappings().all() if chosen else []
    return tuple(_source(row) for row in sorted(rows, key=lambda row: names.index(row["source"])))


def _due_sources(connection: Connection, now: datetime, lease: timedelta, limit: int) -> list[str]:
    """Return addresses that are due and that nobody has, held until the end: those that are first, first."""
    free = and_(feed_source.c.desk_id == _NOBODY, _is_free(feed_source, now, lease))
    names: list[str] = []
    # One further away than any was put off by another clock. Each is a stretch of the index.
    for due in (feed_source.c.next_at <= now, feed_source.c.next_at > now + LONGEST_WAIT):
        if len(names) < limit:
            first = select(feed_source.c.source).where(free, due).order_by(feed_source.c.next_at)
            # SQLite has one writer at a time and leaves the clause out; elsewhere several take different rows at once.
            held = first.limit(limit - len(names)).with_for_update(skip_locked=True)
            names += connection.execute(held).scalars()
    return names


def hear(connection: Connection, owner: str, source: FeedSource, heard: Heard, now: datetime) -> int:
    """Keep what a poll brought; see `Storage.hear`."""
    if not _let_go(connection, owner, source, heard.next_at):
        return 0
    sources = {source.source, source_of(heard.url)}
    if len(sources) > 1:
        _hold_source(connection, heard)
        _move(connection, source, heard)
    left, staged = _spread(connection, follows(sources), heard, now)
    _keep_source(connection, heard, clear=left)
    drop_unfollowed(connection, source.source)
    return staged


def miss(
    connection: Connection,
    owner: str,
    source: FeedSource,
    *,
    error: str,
    next_at: datetime,
    now: datetime,
    pauses: bool,
) -> None:
    """Note that a poll failed; see `Storage.miss`."""
    if not _let_go(connection, owner, source, next_at):
        return
    values = {"failures": source.failures + 1, "failed_since": source.failed_since or now}
    connection.execute(update(feed_source).where(_named([source.source])).values(**values))
    followers = and_(follows([source.source]), _is_live())
    told: dict[str, Any] = {"failures": feed.c.failures + 1, "error": error, "next_at": next_at}
    if pauses:
        told |= {"paused": error, "untold": True, "next_at": None}
    connection.execute(update(feed).where(followers).values(**told))


def put_off_source(connection: Connection, owner: str, source: FeedSource, until: datetime) -> None:
    """Give an address back; see `Storage.put_off_source`."""
    _let_go(connection, owner, source, until)


def give_back(connection: Connection, owner: str, now: datetime) -> None:
    """Give back all that an owner has; see `Storage.give_back_feeds`."""
    mine = and_(feed_source.c.desk_id == _NOBODY, feed_source.c.owner == owner)
    connection.execute(update(feed_source).where(mine).values(**_FREE, next_at=now))
    entry = and_(feed_entry.c.state == WAITING, feed_entry.c.owner == owner)
    connection.execute(update(feed_entry).where(entry).values(**_FREE, tries=feed_entry.c.tries - 1))


def claim_entries(
    connection: Connection, owner: str, *, now: datetime, lease: timedelta, limit: int, of: FollowedFeed | None = None
) -> tuple[WaitingEntry, ...]:
    """Take new entries that nobody has; see `Storage.claim_entries`."""
    key = (feed_entry.c.desk_id, feed_entry.c.feed_id, feed_entry.c.entry_id)
    follows = and_(feed.c.desk_id == feed_entry.c.desk_id, feed.c.feed_id == feed_entry.c.feed_id)
    held = and_(feed.c.held_until.is_not(None), ~_is_due(feed.c.held_until, now))
    waits = and_(feed_entry.c.state == WAITING, _is_due(feed_entry.c.not_before, now))
    free = select(*key).select_from(feed_entry.join(feed, follows))
    free = free if of is None else free.where(_entries_of(of.desk_id, of.feed_id))
    free = free.where(waits, _is_free(feed_entry, now, lease), _is_live(), ~held)
    first = free.order_by(feed_entry.c.not_before, feed_entry.c.entry_id).limit(limit)
    chosen = connection.execute(first.with_for_update(skip_locked=True, of=feed_entry)).all()
    if not chosen:
        return ()
    values = {"owner": owner, "leased_until": now + lease, "tries": feed_entry.c.tries + 1}
    taken = update(feed_entry).where(tuple_(*key).in_([tuple(one) for one in chosen])).values(**values)
    rows = connection.execute(taken.returning(feed_entry)).mappings().all()
    return tuple(_waiting(connection, row) for row in sorted(rows, key=lambda row: row["entry_id"]))


def end_entry(
    connection: Connection, owner: str, one: WaitingEntry, *, upload_id: int | None, reason: str | None, now: datetime
) -> bool:
    """Note what became of an entry; see `Storage.end_entry`."""
    values = _FREE | {"state": STORED if upload_id else FAILED, "reason": reason, "upload_id": upload_id}
    if upload_id:
        values["payload"] = None
    else:
        values |= {"posts": False, "payload": {"title": one.entry.title, "url": one.entry.url}}
    if not connection.execute(update(feed_entry).where(_owned(owner, one)).values(**values)).rowcount:
        return False
    told: dict[str, Any] = {"held": None, "held_until": None} | ({"new_at": now} if upload_id else {})
    connection.execute(update(feed).where(_this(one.feed.desk_id, one.feed.feed_id)).values(**told))
    return True


def put_off_entry(connection: Connection, owner: str, one: WaitingEntry, until: datetime, reason: str) -> bool:
    """Give an entry back; see `Storage.put_off_entry`."""
    values = _FREE | {"not_before": until, "reason": reason}
    return connection.execute(update(feed_entry).where(_owned(owner, one)).values(**values)).rowcount == 1


def hold(connection: Connection, owner: str, one: WaitingEntry, until: datetime, reason: str) -> None:
    """Let all new entries of a feed wait; see `Storage.hold_feed`."""
    if put_off_entry(connection, owner, one, until, reason):
        values = {"held": reason, "held_until": until}
        connection.execute(update(feed).where(_this(one.feed.desk_id, one.feed.feed_id)).values(**values))


def owes_posts(connection: Connection) -> bool:
    """Tell whether there may be entries that are still to be posted."""
    return connection.execute(select(true()).select_from(feed_entry).where(_owed()).limit(1)).first() is not None


def has_removed(connection: Connection, before: datetime) -> bool:
    """Tell whether feeds were removed before then."""
    gone = select(true()).select_from(feed).where(feed.c.removed_at < before).limit(1)
    return connection.execute(gone).first() is not None


def to_post(connection: Connection, now: datetime, oldest: datetime, limit: int) -> tuple[FollowedFeed, ...]:
    """Return feeds with entries that are still to be posted; see `Storage.feeds_to_post`."""
    owed = _owed()
    waiting = select(feed_entry.c.desk_id, feed_entry.c.feed_id, func.min(feed_entry.c.heard_at).label("since"))
    rows = connection.execute(waiting.where(owed).group_by(feed_entry.c.desk_id, feed_entry.c.feed_id)).all()
    if not rows:
        return ()
    over = or_(feed_entry.c.heard_at < oldest, _is_shown())
    connection.execute(update(feed_entry).where(owed, over).values(posts=False))
    found = (_ready_to_post(connection, row.desk_id, row.feed_id, row.since, now) for row in rows)
    return tuple(one for one in found if one is not None)[:limit]


def unposted(connection: Connection, desk_id: int, schedule_id: int) -> tuple[HeardEntry, ...]:
    """Return what is still to be posted by a schedule; see `Storage.unposted`."""
    by_it = and_(feed.c.desk_id == desk_id, feed.c.schedule_id == schedule_id, feed.c.removed_at.is_(None))
    follows = and_(feed_entry.c.desk_id == feed.c.desk_id, feed_entry.c.feed_id == feed.c.feed_id)
    owed = and_(by_it, feed_entry.c.posts, feed_entry.c.state == STORED, ~_is_shown())
    statement = select(feed_entry).select_from(feed_entry.join(feed, follows)).where(owed)
    rows = connection.execute(statement.order_by(feed_entry.c.entry_id)).mappings()
    return tuple(map(_heard_entry, rows))


def take_untold(connection: Connection, limit: int, shards: Shards | None = None) -> tuple[FollowedFeed, ...]:
    """Return paused feeds whose makers are to be told, once; see `Storage.take_untold_feeds`."""
    place = (feed.c.desk_id, feed.c.feed_id)
    told = and_(feed.c.untold, feed.c.removed_at.is_(None), ~_has_left(), served(feed.c.desk_id, shards))
    waiting = select(*place).where(told).limit(limit)
    if connection.execute(waiting).first() is None:
        return ()
    taken = update(feed).where(tuple_(*place).in_(waiting)).values(untold=False).returning(feed)
    return tuple(map(_feed, connection.execute(taken).mappings()))


def leave_untold(connection: Connection, desk_id: int, feed_id: int) -> None:
    """Note that a maker could not be told yet; see `Storage.leave_untold_feed`."""
    connection.execute(update(feed).where(_this(desk_id, feed_id), feed.c.paused.is_not(None)).values(untold=True))


def sweep(connection: Connection, before: datetime) -> bool:
    """Delete a piece of what was removed before then; see `Storage.sweep_feeds`."""
    row = connection.execute(select(feed).where(feed.c.removed_at < before).limit(1)).mappings().first()
    if row is None:
        return True
    if _drop_entries(connection, _entries_of(row["desk_id"], row["feed_id"])):
        _drop(connection, _this(row["desk_id"], row["feed_id"]))
    return False


def stop_channel(connection: Connection, desk_id: int, channel_id: int) -> None:
    """Pause the feeds of a channel that is gone."""
    there = and_(feed.c.desk_id == desk_id, feed.c.channel_id == channel_id, feed.c.paused.is_(None))
    connection.execute(update(feed).where(there).values(paused="the channel is gone", untold=True, next_at=None))


def forget_follower(connection: Connection, desk_id: int, person_id: int) -> None:
    """Delete the feeds of a person's own desk, and take the name off those of others."""
    if desk_id == -person_id:
        _drop(connection, feed.c.desk_id == desk_id)
    made = and_(feed.c.desk_id == desk_id, feed.c.made_by == person_id)
    connection.execute(update(feed).where(made).values(made_by=None))


def drop_feeds(connection: Connection, desk_id: int) -> bool:
    """Delete a piece of what a desk follows; return whether all of it is gone."""
    if not _drop_entries(connection, feed_entry.c.desk_id == desk_id):
        return False
    _drop(connection, feed.c.desk_id == desk_id)
    return True


def drop_unfollowed(connection: Connection, *sources: str) -> None:
    """Forget these addresses where nobody follows them any more."""
    # Somebody may just be moving feeds there: who follows it is looked up once that is done.
    connection.execute(select(feed_source.c.source).where(_named(sources)).with_for_update())
    connection.execute(delete(feed_source).where(_named(sources), ~is_followed()))


def source_of(url: str) -> str:
    """Return what an address is known by."""
    return _hash(url)


def _spread(
    connection: Connection, which: ColumnElement[bool], heard: Heard, now: datetime, *, first: int | None = None
) -> tuple[bool, int]:
    """Let these followers know; return whether something is left for the next poll, and how many are to be read."""
    followers = and_(which, _is_live())
    # Held until the end: who takes one out meanwhile waits.
    rows = connection.execute(select(feed).where(followers).with_for_update()).mappings().all()
    values: dict[str, Any] = {"ok_at": now, "next_at": heard.next_at, "failures": 0, "error": None}
    values |= {"title": heard.title} if heard.title else {}
    connection.execute(update(feed).where(followers).values(**values))
    left, staged = False, 0
    for row in rows if heard.entries else ():
        more, number = _stage(connection, row, heard.entries or (), now, first)
        left, staged = left or more, staged + number
    return left, staged


def _stage(
    connection: Connection, follower: RowMapping, heard: Sequence[FeedEntry], now: datetime, first: int | None
) -> tuple[bool, int]:
    """Let the entries wait that a feed did not hold before; `first` of them where it is followed from now on."""
    of_feed = _entries_of(follower["desk_id"], follower["feed_id"])
    known = list(_keys_of(heard))
    new = [one for one, keys in zip(heard, known, strict=True) if not _is_known(connection, of_feed, keys)]
    _forget(connection, of_feed, [keys["guid"] for keys in known if keys["guid"]], now)
    if not new:
        return False, 0
    room = MOST_WAITING - _count(connection, and_(of_feed, feed_entry.c.state == WAITING))
    waits = new if first is None else new[:first]
    # The oldest first: they are the first to drop out of the feed.
    taken = waits[max(0, len(waits) - room) :]
    staged = 0
    keys_of = dict(zip(map(id, heard), known, strict=True))
    for one in reversed(new):
        state = WAITING if any(one is other for other in taken) else PASSED
        if state == PASSED and first is None:
            continue
        # Of two entries with the same words or address one is enough.
        if _is_known(connection, of_feed, keys_of[id(one)]):
            continue
        posts = state == WAITING and first is None and follower["schedule_id"] is not None
        _insert(connection, follower, one, keys_of[id(one)], now=now, state=state, posts=posts)
        staged += state == WAITING
    return len(taken) < len(waits), staged


def _insert(
    connection: Connection,
    follower: RowMapping,
    one: FeedEntry,
    keys: dict[str, str | None],
    *,
    now: datetime,
    state: str,
    posts: bool,
) -> None:
    row = {"desk_id": follower["desk_id"], "feed_id": follower["feed_id"], "entry_id": new_id(now), "state": state}
    row |= keys | {"heard_at": now, "not_before": now, "tries": 0, "posts": posts}
    row["payload"] = _packed(one) if state == WAITING else None
    once = insert_into(connection, feed_entry).on_conflict_do_nothing(index_elements=["desk_id", "feed_id", "guid"])
    connection.execute(once, row)


def _keys_of(heard: Sequence[FeedEntry]) -> Iterator[dict[str, str | None]]:
    """Yield what each entry is known by.

    An address that several share, such as the site's first page, tells none of them; nor do no words.
    """
    addresses = Counter(_plain(one.url) for one in heard if one.url)
    for one in heard:
        own = one.url and addresses[_plain(one.url)] == 1
        url = _hash(_plain(one.url)) if own and one.url else None
        yield {"guid": _hash(one.guid), "url": url, "content": one.content if one.text.strip() else None}


def _is_known(connection: Connection, of_feed: ColumnElement[bool], keys: dict[str, str | None]) -> bool:
    """Tell whether an entry of this id, this address or these words was heard before."""
    return any(
        connection.execute(select(true()).where(of_feed, feed_entry.c[name] == value).limit(1)).first() is not None
        for name, value in keys.items()
        if value is not None
    )


def _plain(url: str) -> str:
    """Return an address without what does not name the page: scheme, place in it, where the reader came from."""
    parts = urlsplit(url)
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name[:4] != "utm_"]
    return f"{(parts.netloc or '').lower()}{parts.path.rstrip('/')}?{urlencode(asked)}"


def _forget(connection: Connection, of_feed: ColumnElement[bool], held: Sequence[str], now: datetime) -> None:
    """Forget entries that the feed has not held for long."""
    over = and_(of_feed, feed_entry.c.entry_id < lowest_id(now - KEPT), feed_entry.c.state != WAITING)
    connection.execute(delete(feed_entry).where(over, feed_entry.c.guid.not_in(held)))


def _keep_source(connection: Connection, heard: Heard, *, clear: bool) -> None:
    """Keep where and how to ask again; with `clear` the next answer has to be a whole one."""
    values: dict[str, Any] = {"url": heard.url, "next_at": heard.next_at, "every": heard.every, "failures": 0}
    values["failed_since"] = None
    if heard.entries is not None or clear:
        values |= {"etag": None if clear else heard.etag, "last_modified": None if clear else heard.last_modified}
    row = {"desk_id": _NOBODY, "source": source_of(heard.url), "etag": None, "last_modified": None} | values
    there = insert_into(connection, feed_source).values(**row)
    connection.execute(there.on_conflict_do_update(index_elements=["desk_id", "source"], set_=values))


def _hold_source(connection: Connection, heard: Heard) -> None:
    """Have whoever else moves feeds to this address wait; two would move what each other does not see."""
    name = source_of(heard.url)
    row = {"desk_id": _NOBODY, "source": name, "url": heard.url, "next_at": heard.next_at}
    insert_new(connection, feed_source, row | {"every": heard.every, "failures": 0})
    connection.execute(select(feed_source.c.source).where(_named([name])).with_for_update())


def _join_source(connection: Connection, heard: Heard) -> None:
    """Have the address of a new feed polled; for those who follow it already nothing changes, unless it failed them."""
    name = source_of(heard.url)
    known = connection.execute(select(feed_source).where(_named([name]))).mappings().one_or_none()
    if known is None:
        _keep_source(connection, heard, clear=False)
        return
    values: dict[str, Any] = {"next_at": min(known["next_at"], heard.next_at)}
    if known["failures"]:
        values |= {"etag": None, "last_modified": None, "failures": 0, "failed_since": None}
    connection.execute(update(feed_source).where(_named([name])).values(**values))


def _move(connection: Connection, source: FeedSource, heard: Heard) -> None:
    """Let those who follow an address follow the one that it has moved to; not those who do so already."""
    new = source_of(heard.url)
    theirs = select(feed).where(follows([source.source])).with_for_update()
    for row in connection.execute(theirs).mappings().all():
        alike = _alike(row["desk_id"], new, row["audience_id"])
        if row["removed_at"] is None and connection.execute(select(true()).where(alike)).first() is not None:
            continue
        values = {"source": new, "url": heard.url}
        connection.execute(update(feed).where(_this(row["desk_id"], row["feed_id"])).values(**values))


def _poll_anew(connection: Connection, one: FollowedFeed, now: datetime) -> None:
    """Have an address polled at once, and told all that it holds."""
    values: dict[str, Any] = {"next_at": now, "etag": None, "last_modified": None, "failures": 0, "failed_since": None}
    row = {"desk_id": _NOBODY, "source": one.source, "url": one.url, "every": 3600} | values
    there = insert_into(connection, feed_source).values(**row)
    connection.execute(there.on_conflict_do_update(index_elements=["desk_id", "source"], set_=values))


def _make_schedule(
    connection: Connection, scope: Scope, new: NewFeed, *, feed_id: int, name: str, now: datetime
) -> int:
    """Keep what posts the new entries: a schedule without times, run whenever there are any."""
    made = make_schedule(
        connection,
        scope,
        NewSchedule(
            audience_id=new.audience_id,
            recipient_id=None if scope.desk_id > 0 else scope.asker_id,
            made_by=new.made_by,
            made_at=now,
            kind="feed",
            name=name,
            what={"feed": feed_id},
            timing={},
            place=new.place or {},
            next_slot="",
            next_at=now,
        ),
    )
    this = and_(schedule.c.desk_id == scope.desk_id, schedule.c.schedule_id == made.schedule_id)
    connection.execute(update(schedule).where(this).values(next_slot=None, next_at=None))
    return made.schedule_id


def _ready_to_post(
    connection: Connection, desk_id: int, feed_id: int, since: datetime, now: datetime
) -> FollowedFeed | None:
    """Return a feed if its entries can be posted now: nothing of it is on its way, and no more is about to come."""
    row = connection.execute(select(feed).where(_this(desk_id, feed_id), _is_live())).mappings().one_or_none()
    if row is None:
        return None
    of_schedule = and_(schedule.c.desk_id == desk_id, schedule.c.schedule_id == row["schedule_id"])
    runs = select(true()).where(of_schedule, schedule.c.paused.is_(None))
    sent = and_(delivery.c.desk_id == desk_id, delivery.c.schedule_id == row["schedule_id"], delivery.c.state == OPEN)
    coming = and_(_entries_of(desk_id, feed_id), feed_entry.c.state == WAITING, feed_entry.c.not_before <= now)
    gathering = timedelta() <= now - since < _GATHERING and _count(connection, coming)
    owed = and_(_entries_of(desk_id, feed_id), feed_entry.c.posts, feed_entry.c.state == STORED)
    ready = (
        not gathering
        and _count(connection, owed)
        and connection.execute(runs).first() is not None
        and connection.execute(select(true()).where(sent).limit(1)).first() is None
    )
    return _feed(row) if ready else None


def _owed() -> ColumnElement[bool]:
    return and_(feed_entry.c.posts, feed_entry.c.state == STORED)


def _is_shown() -> ColumnElement[bool]:
    """Return the condition that a delivery held the entry."""
    by = and_(_follower.c.desk_id == feed_entry.c.desk_id, _follower.c.feed_id == feed_entry.c.feed_id)
    held = and_(
        delivery_item.c.desk_id == feed_entry.c.desk_id,
        delivery_item.c.schedule_id == _follower.c.schedule_id,
        delivery_item.c.kind == "entry",
        delivery_item.c.key == cast(feed_entry.c.entry_id, String),
    )
    shown = select(true()).select_from(_follower.join(delivery_item, true())).where(by, held)
    return shown.correlate(feed_entry).exists()


def _drop(connection: Connection, which: ColumnElement[bool]) -> None:
    """Delete feeds with what posts them; their entries go by their foreign keys."""
    rows = connection.execute(select(feed.c.desk_id, feed.c.schedule_id, feed.c.source).where(which)).all()
    for row in rows:
        this = and_(schedule.c.desk_id == row.desk_id, schedule.c.schedule_id == row.schedule_id)
        connection.execute(delete(schedule).where(this))
    connection.execute(delete(feed).where(which))
    if rows:
        drop_unfollowed(connection, *{row.source for row in rows})


def _drop_entries(connection: Connection, which: ColumnElement[bool]) -> bool:
    keys = list(feed_entry.primary_key)
    some = select(*keys).where(which).limit(_MOST_ENTRIES)
    return connection.execute(delete(feed_entry).where(tuple_(*keys).in_(some))).rowcount < _MOST_ENTRIES


def _let_go(connection: Connection, owner: str, source: FeedSource, next_at: datetime) -> bool:
    """Give an address back; return whether it was still the owner's."""
    mine = and_(_named([source.source]), feed_source.c.owner == owner)
    return connection.execute(update(feed_source).where(mine).values(**_FREE, next_at=next_at)).rowcount == 1


def _check_alone(connection: Connection, desk_id: int, source: str, audience_id: int, url: str) -> None:
    if connection.execute(select(true()).where(_alike(desk_id, source, audience_id))).first() is not None:
        raise AlreadyFollowedError(url)


def _alike(desk_id: int, source: str, audience_id: int) -> ColumnElement[bool]:
    same = and_(feed.c.desk_id == desk_id, feed.c.source == source, feed.c.audience_id == audience_id)
    return and_(same, feed.c.removed_at.is_(None))


def _is_due(column: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    """Return the condition that a time has come; one further away than any was set by another clock."""
    return not_(and_(column > now, column <= now + LONGEST_WAIT))


def _is_free(table: Any, now: datetime, lease: timedelta) -> ColumnElement[bool]:  # noqa: ANN401  a table with leases
    """Return the condition that nobody has it; a lease that ends later than any can was given by another clock."""
    return or_(table.c.leased_until.is_(None), not_(table.c.leased_until.between(now, now + lease)))


def _is_live() -> ColumnElement[bool]:
    """Return the condition that a feed is polled."""
    return and_(feed.c.paused.is_(None), feed.c.removed_at.is_(None), ~_has_left())


def _has_left() -> ColumnElement[bool]:
    """Return the condition that the bot is no member of the feed's server any more."""
    return exists(select(true()).where(desk.c.desk_id == feed.c.desk_id, desk.c.left_at.is_not(None)))


def _named(sources: Sequence[str]) -> ColumnElement[bool]:
    return and_(feed_source.c.desk_id == _NOBODY, feed_source.c.source.in_(sources))


def _this(desk_id: int, feed_id: int) -> ColumnElement[bool]:
    return and_(feed.c.desk_id == desk_id, feed.c.feed_id == feed_id)


def _entries_of(desk_id: int, feed_id: int) -> ColumnElement[bool]:
    return and_(feed_entry.c.desk_id == desk_id, feed_entry.c.feed_id == feed_id)


def _owned(owner: str, one: WaitingEntry) -> ColumnElement[bool]:
    this = and_(_entries_of(one.feed.desk_id, one.feed.feed_id), feed_entry.c.entry_id == one.entry_id)
    return and_(this, feed_entry.c.state == WAITING, feed_entry.c.owner == owner)


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(feed_entry).where(which)).scalar_one()


def _hash(words: str) -> str:
    return sha256(words.encode("utf-8", "replace")).hexdigest()


def _packed(one: FeedEntry) -> dict[str, Any]:
    return asdict(one) | {"published": one.published and one.published.isoformat()}


def _unpacked(payload: dict[str, Any]) -> FeedEntry:
    published = payload["published"] and datetime.fromisoformat(payload["published"])
    return FeedEntry(**payload | {"published": published})


def _waiting(connection: Connection, row: RowMapping) -> WaitingEntry:
    this = select(feed).where(_this(row["desk_id"], row["feed_id"]))
    follower = _feed(connection.execute(this).mappings().one())
    return WaitingEntry(follower, row["entry_id"], _unpacked(row["payload"]), row["tries"])


def _heard_entry(row: RowMapping) -> HeardEntry:
    told = row["payload"] or {}
    return HeardEntry(
        entry_id=row["entry_id"],
        state=row["state"],
        heard_at=row["heard_at"],
        reason=row["reason"],
        title=told.get("title"),
        url=told.get("url"),
        upload_id=row["upload_id"],
    )


def _feed(row: RowMapping) -> FollowedFeed:
    return FollowedFeed(**{name: row[name] for name in _FEED})


def _source(row: RowMapping) -> FeedSource:
    return FeedSource(**{name: row[name] for name in _SOURCE})
