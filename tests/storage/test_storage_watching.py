"""Watches: what comes in is noted once, whatever way it came, and what was forgotten is gone."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from corpus_makers import BUNDLE, HARBOUR, MIRROR, NOON, reading, scope, upload, whole
from sqlalchemy import select

from storage import tables
from storage.base import Alerting, NewSchedule, Outcome
from storage.errors import SameWatchError, TooManyWatchesError
from storage.query import parse
from summariser.model import Mention, MentionType, Named

GUILD, ANA, BEN = 4_000_000_000_000, 555_000_000_000_001, 555_000_000_000_002
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALERTING = Alerting(gathering=timedelta(seconds=15), floor=5 * MINUTE, after_failure=15 * MINUTE, unsure="unsure")
LATER = NOON + DAY


def new(words, audience=1, **changes):
    values = {
        "audience_id": audience,
        "recipient_id": None,
        "made_by": ANA,
        "made_at": NOON,
        "kind": "watch",
        "name": "A watch",
        "what": {"about": {"query": words}, "keys": [], "typed": words},
        "timing": {},
        "place": {"kind": "channel", "number": audience},
        "next_slot": None,
        "next_at": None,
    }
    return NewSchedule(**values | changes)


async def watch(storage, words="harbour", audience=1, *, most_own=9, most=99, **changes):
    asking = scope(audience, desk=GUILD)
    return await storage.make_watch(asking, new(words, audience, **changes), most_own=most_own, most=most)


async def add(storage, file, audience=1, **changes):
    return await storage.add(scope(audience, desk=GUILD), upload(file, audience, **changes), reading(file))


async def find(storage, schedule, now=LATER):
    """Hold all that came in against one watch that wants everything; return the uploads."""
    arrived = await storage.arrivals(now=now)
    await storage.note_hits(arrived, [(GUILD, schedule.schedule_id, one.upload_id) for one in arrived], now=now)
    return [one.upload_id for one in arrived]


async def tell(storage, now, *, state="sent", items=(), reason=None):
    """Begin what is to be told, try it, and end it; return how many were begun."""
    opened = await storage.open_alerts(ALERTING, now=now)
    for one in await storage.claim_deliveries("me", now=now + HOUR, lease=MINUTE, limit=9):
        trying = {"place": {}, "payload": {}, "now": now + HOUR, "lease": MINUTE}
        assert await storage.begin_try(one.delivery, "me", **trying)
        end = Outcome(state, now + HOUR, reason, items=items)
        assert await storage.end_delivery(one.delivery, "me", end, history=400 * DAY)
    return opened


async def rows(storage, *names):
    def count(connection):
        return [len(connection.execute(select(tables.metadata.tables[name])).all()) for name in names]

    return await storage._database.read(count)


async def test_a_desk_without_watches_notes_nothing(storage):
    await add(storage, HARBOUR)

    assert await storage.arrivals(now=LATER) == ()


async def test_what_comes_in_is_noted_with_its_words_however_it_comes(storage):
    await watch(storage)
    added = await add(storage, HARBOUR)
    shared = await storage.share(scope(1, desk=GUILD), added.article_ids[0], audience_id=7, origin_id=1234, now=LATER)

    arrived = await storage.arrivals(now=LATER + HOUR)

    assert [one.upload_id for one in arrived] == [added.upload_id, shared.upload_id]
    assert all("the port of vell will charge more" in one.words[0] for one in arrived)


async def test_it_waits_for_names_that_are_still_to_be_found_but_not_for_long(storage):
    await watch(storage)
    added = await add(storage, HARBOUR, created_at=NOON)

    at_once, late = await storage.arrivals(now=NOON + MINUTE), await storage.arrivals(now=NOON + HOUR)
    for one in await storage.unnamed():
        vell = Named(Mention(12, 16, MentionType.LOC, "Vell"), "Vell", ("wL vell",))
        await storage.keep_names(one, [vell] if one.text[12:16] == "Vell" else [])

    assert at_once == ()
    assert [one.upload_id for one in late] == [added.upload_id]
    assert (await storage.arrivals(now=NOON + HOUR))[0].names == {"wL vell"}


async def test_an_upload_of_another_desk_is_no_hit_however_alike_the_numbers_are(storage):
    one = await watch(storage)
    added = await add(storage, HARBOUR)
    (arrived,) = await storage.arrivals(now=LATER)
    elsewhere = replace(arrived, desk_id=GUILD + 1)

    await storage.note_hits([elsewhere, arrived], [(GUILD + 1, one.schedule_id, added.upload_id)], now=LATER)

    assert await storage.watch_hits(GUILD, one.schedule_id) == ()


async def test_what_two_processes_held_against_watches_at_once_is_kept_once(storage):
    one = await watch(storage)
    added = await add(storage, HARBOUR)
    arrived = await storage.arrivals(now=LATER)
    hits = [(GUILD, one.schedule_id, added.upload_id)]

    await storage.note_hits(arrived, hits, now=LATER)
    told = await tell(storage, LATER, items=(("upload", str(added.upload_id)),))
    await storage.note_hits(arrived, hits, now=LATER)

    assert told == 1
    assert await storage.watch_hits(GUILD, one.schedule_id) == ()
    assert await tell(storage, LATER + DAY) == 0


async def test_an_alert_waits_for_more_and_for_its_turn(storage):
    one = await watch(storage)
    first = await add(storage, HARBOUR)
    await find(storage, one)
    await storage.open_alerts(ALERTING, now=LATER)
    early = await storage.claim_deliveries("me", now=LATER + timedelta(seconds=14), lease=MINUTE, limit=9)
    (due,) = await storage.claim_deliveries("me", now=LATER + timedelta(seconds=15), lease=MINUTE, limit=9)
    end = Outcome("sent", LATER + MINUTE, items=(("upload", str(first.upload_id)),))
    await storage.end_delivery(due.delivery, "me", end, history=DAY)
    await add(storage, BUNDLE)
    await find(storage, one, LATER + MINUTE)

    await storage.open_alerts(ALERTING, now=LATER + 2 * MINUTE)
    floor = [
        await storage.claim_deliveries("me", now=LATER + minutes * MINUTE, lease=MINUTE, limit=9) for minutes in (5, 6)
    ]

    assert early == ()
    assert [len(claimed) for claimed in floor] == [0, 1]


@pytest.mark.parametrize(
    ("state", "reason", "again"),
    [
        ("sent", None, 0),
        ("failed", "unsure", 0),
        ("failed", "Discord does not take it", 1),
        ("skipped", "nothing new", 1),
    ],
)
async def test_what_may_have_arrived_is_not_told_again(storage, state, reason, again):
    one = await watch(storage)
    await add(storage, HARBOUR)
    await find(storage, one)

    await tell(storage, LATER, state=state, reason=reason)

    assert await tell(storage, LATER + DAY) == again


async def test_a_paused_watch_keeps_what_it_has_until_it_goes_on(storage):
    one = await watch(storage)
    await add(storage, HARBOUR)
    await find(storage, one)
    asking = scope(1, desk=GUILD)
    await storage.change_schedule(asking, one.schedule_id, lambda kept: replace(kept, paused="closed"))
    silent = await tell(storage, LATER)
    running = await storage.running_watches(GUILD)
    await storage.change_schedule(asking, one.schedule_id, lambda kept: replace(kept, paused=None))

    assert (silent, running) == (0, ())
    assert await tell(storage, LATER) == 1


async def test_only_what_an_upload_first_brought_into_sight_is_brought_by_it(storage):
    first = await add(storage, HARBOUR)
    again = await storage.add(scope(2, desk=GUILD), upload(HARBOUR, 2), None)
    other = await add(storage, BUNDLE, 3)
    ids = [first.upload_id, again.upload_id, other.upload_id]

    async def told(*audiences, query=None):
        found = await storage.brought_by(scope(*audiences, desk=GUILD), ids, query)
        return [(upload_id, head.title) for upload_id, head in found]

    assert await told(1, 2) == [(first.upload_id, "Harbour dues rise")]
    assert await told(2) == [(again.upload_id, "Harbour dues rise")]
    assert await told(3, query=parse("tram")) == [(other.upload_id, "Tram returns")]
    assert await told(3, query=parse("harbour")) == []


async def test_the_same_is_watched_for_once_and_there_is_a_most(storage):
    await watch(storage)
    with pytest.raises(SameWatchError):
        await watch(storage, made_by=BEN)
    await watch(storage, recipient_id=ANA, place={"kind": "direct", "number": ANA})
    await watch(storage, recipient_id=BEN, made_by=BEN, place={"kind": "direct", "number": BEN})

    with pytest.raises(TooManyWatchesError, match="You have 2"):
        await watch(storage, "tram", most_own=2)
    with pytest.raises(TooManyWatchesError, match="This desk has 3"):
        await watch(storage, "tram", most=3)


async def test_nothing_names_a_person_who_asked_to_be_forgotten(storage):
    own = await watch(storage, recipient_id=ANA, audience=ANA, place={"kind": "direct", "number": ANA})
    await watch(storage, "tram")
    await add(storage, HARBOUR, uploader_id=ANA)
    await find(storage, own)
    await add(storage, MIRROR)
    me = scope(ANA, 1, desk=GUILD, asker=ANA)
    await storage.look(me, before=None, after=LATER)
    before = await rows(storage, "schedule", "watch_hit", "arrival", "last_look")

    await storage.forget_person(me, ANA, now=LATER)

    assert before == [2, 1, 1, 1]
    assert await rows(storage, "schedule", "watch_hit", "arrival", "last_look") == [1, 0, 1, 0]
    (left,) = await storage.watches(whole(GUILD))
    assert str(ANA) not in json.dumps([left.what, left.place, left.made_by, left.recipient_id])


async def test_a_desk_that_goes_takes_all_of_it_along(storage):
    one = await watch(storage)
    await add(storage, HARBOUR)
    await find(storage, one)
    await add(storage, MIRROR)
    await storage.look(scope(1, desk=GUILD), before=None, after=LATER)

    await storage.forget_desk(GUILD)

    assert await rows(storage, "schedule", "watch_hit", "arrival", "last_look", "delivery") == [0, 0, 0, 0, 0]
