"""What is of no one desk on PostgreSQL: it waits for the desks that it writes to, or for rows, and for nobody else."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from corpus_makers import HARBOUR, NOON, reading, scope, upload
from sqlalchemy import func, select
from sqlalchemy import text as sql

from storage import open_storage
from storage.base import Alerting, Heard, NewFeed, NewSchedule, Opening
from storage.errors import BusyError
from storage.tables import arrival, delivery, desk, feed, feed_entry, feed_source, watch_hit
from summariser.model import FeedEntry

BUSY, FREE, OTHER = 11, 12, 13
DAY, LEASE = timedelta(days=1), timedelta(minutes=5)
ALERTING = Alerting(gathering=timedelta(0), floor=LEASE, after_failure=LEASE, unsure="unsure")


@pytest.fixture
async def both(server_url):
    """The same database, open in two programs."""
    async with open_storage(server_url, seconds=3) as one, open_storage(server_url, seconds=3) as other:
        yield one, other


@asynccontextmanager
async def held(storage, desk_id):
    """Let somebody write to a desk, for long."""
    long = storage._database.write(lambda c: c.execute(sql("SELECT pg_sleep(60)")), desk=desk_id, seconds=60)
    task = asyncio.create_task(long)
    await asyncio.sleep(0.3)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def schedule(desk_id, kind="digest"):
    what = {"about": {"query": "harbour"}, "keys": [], "typed": "harbour"}
    times = {"next_slot": "a", "next_at": NOON} if kind == "digest" else {"next_slot": None, "next_at": None}
    about = {"recipient_id": None, "made_by": 9, "made_at": NOON, "timing": {}, "place": {"number": desk_id}}
    return NewSchedule(audience_id=1, kind=kind, name=kind, what=what, **about, **times)


async def made(storage, *desks):
    return [await storage.make_schedule(scope(1, desk=one), schedule(one)) for one in desks]


def opening(one):
    slots = {"slot": "a", "due_at": NOON, "slots": 1, "skipped": None, "next_slot": "b"}
    return Opening(one.desk_id, one.schedule_id, **slots, next_at=NOON + DAY, expected_at=NOON)


def address(number=1):
    return f"https://vell.example/{number}"


def heard(*entries, url=None):
    told = tuple(map(entry, entries))
    return Heard(NOON + timedelta(hours=1), url or address(), 3600, etag="e", title="Vell", entries=told)


def entry(number):
    values = dict.fromkeys(FeedEntry.__dataclass_fields__) | {"guid": f"g{number}", "url": address(f"entry/{number}")}
    return FeedEntry(**values | {"title": f"Entry {number}", "text": f"Words {number}", "content": f"c{number}"})


async def follow(storage, desk_id, number=1):
    new = NewFeed(address(number), 1, 1, 9, None)
    return await storage.make_feed(scope(1, desk=desk_id), new, heard(url=address(number)), now=NOON, first=0, most=9)


async def claim(storage, owner):
    return await storage.claim_sources(owner, now=NOON + 2 * DAY, lease=LEASE, limit=9)


async def count(storage, table, *where):
    return await storage._database.read(
        lambda c: c.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
    )


async def watched(storage, *desks):
    """Have something come in where something is watched for; return what is to be held against it, and the hits."""
    hits = []
    for one in desks:
        asking = scope(1, desk=one)
        watch = await storage.make_watch(asking, schedule(one, "watch"), most_own=9, most=9)
        added = await storage.add(asking, upload(HARBOUR), reading(HARBOUR))
        hits.append((one, watch.schedule_id, added.upload_id))
    return await storage.arrivals(now=NOON + DAY), hits


class TestBesideOthers:
    async def test_deliveries_are_begun_while_somebody_writes_elsewhere(self, both):
        [there, here] = await made(both[0], BUSY, FREE)
        async with held(both[0], BUSY):
            assert await both[1].open_deliveries([opening(here)], now=NOON) == 1
            with pytest.raises(BusyError):
                await both[1].open_deliveries([opening(there), opening(replace(here, schedule_id=5))], now=NOON)

        assert await count(both[1], delivery) == 1

    async def test_a_poll_is_kept_while_somebody_writes_to_a_desk_that_follows_it(self, both):
        await follow(both[0], BUSY)
        await follow(both[0], FREE)
        [source] = await claim(both[1], "me")
        async with held(both[0], BUSY):
            assert await both[1].hear("me", source, heard(1, 2), now=NOON + DAY) == 4

            [source] = await claim(both[1], "me")
            failed = {"error": "gone", "next_at": NOON + 3 * DAY, "now": NOON + 2 * DAY, "pauses": False}
            await both[1].miss("me", source, **failed)

        assert await count(both[1], feed, feed.c.failures == 1) == 2

    async def test_hits_are_kept_and_told_while_somebody_writes_elsewhere(self, both):
        arrived, hits = await watched(both[0], FREE)
        async with held(both[0], BUSY):
            await both[1].note_hits(arrived, hits, now=NOON + DAY)
            assert await both[1].open_alerts(ALERTING, now=NOON + DAY) == 1


class TestAtOnce:
    async def test_two_that_begin_the_same_deliveries_begin_each_once(self, both):
        schedules = await made(both[0], BUSY, FREE, OTHER)
        openings = [opening(one) for one in schedules]

        begun = await asyncio.gather(
            *(one.open_deliveries(list(way(openings)), now=NOON) for one in both for way in (iter, reversed))
        )

        assert sum(begun) == 3
        assert await count(both[0], delivery) == 3

    async def test_two_polls_of_two_addresses_are_kept_side_by_side(self, both):
        for number in (1, 2):
            for one in (BUSY, FREE):
                await follow(both[0], one, number)
        first, second = await claim(both[0], "me")

        kept = await asyncio.gather(
            both[0].hear("me", first, heard(1, 2, url=first.url), now=NOON + DAY),
            both[1].hear("me", second, heard(1, 2, url=second.url), now=NOON + DAY),
        )

        assert kept == [4, 4]
        assert await count(both[0], feed_entry) == 8

    async def test_a_poll_that_two_have_is_kept_once(self, both):
        await follow(both[0], FREE)
        [source] = await claim(both[0], "me")

        kept = await asyncio.gather(*(one.hear("me", source, heard(1, 2), now=NOON + DAY) for one in both))

        assert sorted(kept) == [0, 2]
        assert await count(both[0], feed_entry) == 2

    async def test_two_addresses_that_move_to_the_same_one_are_followed_once(self, both):
        for number in (1, 2):
            await follow(both[0], FREE, number)
        first, second = await claim(both[0], "me")

        await asyncio.gather(
            both[0].hear("me", first, heard(1, url=address(3)), now=NOON + DAY),
            both[1].hear("me", second, heard(1, url=address(3)), now=NOON + DAY),
        )

        assert await count(both[0], feed, feed.c.url == address(3)) == 1
        assert await count(both[0], feed_source, feed_source.c.url == address(3)) == 1

    async def test_a_feed_that_is_forgotten_during_its_poll_takes_its_entries_with_it(self, both):
        await follow(both[0], FREE)
        await follow(both[0], OTHER)
        [source] = await claim(both[0], "me")

        await asyncio.gather(both[0].hear("me", source, heard(1, 2), now=NOON + DAY), both[1].forget_desk(FREE))

        assert await count(both[0], desk, desk.c.desk_id == FREE) == 0
        assert await count(both[0], feed_entry, feed_entry.c.desk_id == OTHER) == 2

    async def test_what_two_held_against_watches_is_told_once(self, both):
        arrived, hits = await watched(both[0], BUSY, FREE)

        await asyncio.gather(*(one.note_hits(arrived, hits, now=NOON + DAY) for one in both))
        begun = await asyncio.gather(*(one.open_alerts(ALERTING, now=NOON + DAY) for one in both))

        assert sum(begun) == 2
        assert await count(both[0], watch_hit) == 2
        assert await count(both[0], arrival) == 0
