"""Feeds of very many desks: a poll looks at the addresses that are due and at those who follow them, at no others."""

from datetime import timedelta

import pytest
from corpus_makers import NOON
from sqlalchemy import event, func, insert, select

from storage import feeding
from storage.base import Heard, NewFeed, Scope
from storage.tables import desk, feed, feed_source, follower

FEEDS = 4000
LEASE = timedelta(minutes=5)


def address(number):
    return f"https://feeds.example/{number}"


def fill(connection):
    """Let each of many desks follow an address of its own, which is due in an hour."""
    fixed = {"channel_id": 1, "audience_id": 1, "made_at": NOON, "untold": False, "failures": 0}
    numbers = range(1, FEEDS + 1)
    connection.execute(insert(desk), [{"desk_id": one} for one in numbers])
    connection.execute(
        insert(feed),
        [fixed | {"desk_id": n, "feed_id": n, "source": source(n), "url": address(n)} for n in numbers],
    )
    due = {"desk_id": 0, "next_at": NOON + timedelta(hours=1), "every": 3600, "failures": 0}
    connection.execute(insert(feed_source), [due | {"source": source(n), "url": address(n)} for n in numbers])


def source(number):
    return feeding.source_of(address(number))


@pytest.fixture
async def many(storage):
    """A storage with very many feeds, whose planner knows of them."""
    await storage._database.write(fill, seconds=60)
    await storage._database.write(_analyse, seconds=60)
    return storage


def _analyse(connection):
    if connection.dialect.name == "postgresql":
        for table in (desk, feed, feed_source, follower):
            connection.exec_driver_sql(f"ANALYZE {table.name}")


async def plans(storage, ask):
    """Return what is told of each statement of a call, by the engine that it runs on."""
    told = []

    def work(connection):
        run = []

        def note(_connection, _cursor, statement, parameters, _context, _many):
            run.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        ask(connection)
        event.remove(connection, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        for statement, parameters in run:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                rows = connection.exec_driver_sql(explain + statement, parameters)
                told.extend((" ".join(map(str, row)), statement) for row in rows)

    await storage._database.write(work, seconds=60)
    return told


def walks(told):
    """Return the steps that walk through all feeds or addresses."""
    return [
        (step, statement)
        for step, statement in told
        for table in ("feed", "feed_source", "follower", "schedule")
        if f"Seq Scan on {table} " in step or (f"SCAN {table}" in step and "SCAN (sub" not in step)
    ]


async def test_what_is_due_is_found_without_a_look_at_the_rest(many):
    await many._database.write(lambda c: _make_due(c, [7, 8]))

    claiming = await plans(many, lambda c: feeding.claim_sources(c, "me", NOON, LEASE, 20))
    taken = await many.claim_sources("me", now=NOON + LEASE * 2, lease=LEASE, limit=20)

    assert claiming
    assert walks(claiming) == []
    assert sorted(one.source for one in taken) == sorted(map(source, [7, 8]))


async def test_those_who_follow_an_address_are_found_without_a_look_at_the_rest(many):
    await many._database.write(lambda c: _make_due(c, [7]))
    (one,) = await many.claim_sources("me", now=NOON, lease=LEASE, limit=20)
    moved = Heard(NOON + LEASE, address(9), 3600, None, None, "Moved", ())

    def miss(connection):
        feeding.miss(connection, "me", one, error="gone", next_at=NOON, now=NOON, pauses=False)

    missing = await plans(many, miss)
    (one,) = await many.claim_sources("me", now=NOON, lease=LEASE, limit=20)
    hearing = await plans(many, lambda c: feeding.hear(c, "me", one, moved, NOON))

    assert walks(missing) + walks(hearing) == []
    assert await many._database.read(_told_of(7)) == (address(9), "Moved")


async def test_who_follows_what_is_known_whatever_becomes_of_a_feed(storage):
    scope = Scope(5, 1, None)
    first = Heard(NOON, address(1), 3600, None, None, "One", ())
    made = [
        await storage.make_feed(
            scope if place < 2 else Scope(6, 1, None),
            NewFeed(address(1), place, place, 1),
            first,
            now=NOON,
            first=0,
            most=9,
        )
        for place in range(3)
    ]

    (one,) = await storage.claim_sources("me", now=NOON, lease=LEASE, limit=9)
    known = [await storage._database.read(_followers)]
    await storage.hear("me", one, Heard(NOON, address(2), 3600, None, None, "Two", ()), now=NOON)
    known.append(await storage._database.read(_followers))
    await storage.remove_feed(scope, made[0].feed_id, now=NOON)
    while not await storage.sweep_feeds(before=NOON + LEASE):
        pass
    known.append(await storage._database.read(_followers))
    await storage.leave(6, now=NOON)
    while not await storage.drop_left(before=NOON + LEASE):
        pass
    known.append(await storage._database.read(_followers))

    assert known == [{address(1): 3}, {address(2): 3}, {address(2): 2}, {address(2): 1}]


def _make_due(connection, numbers):
    these = feed_source.c.source.in_(list(map(source, numbers)))
    connection.execute(feed_source.update().where(these).values(next_at=NOON))


def _told_of(number):
    return lambda c: tuple(c.execute(select(feed.c.url, feed.c.title).where(feed.c.feed_id == number)).one())


def _followers(connection):
    """Return how many feeds are known to follow each address that is polled."""
    kept = select(feed.c.source, feed.c.desk_id, feed.c.feed_id)
    listed = select(follower.c.source, follower.c.of_desk, follower.c.feed_id)
    assert set(connection.execute(kept).all()) == set(connection.execute(listed).all())
    follows = feed_source.join(follower, feed_source.c.source == follower.c.source)
    known = select(feed_source.c.url, func.count()).select_from(follows).group_by(feed_source.c.url)
    return {row[0]: row[1] for row in connection.execute(known)}
