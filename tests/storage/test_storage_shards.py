"""A process takes up what is due in the desks that its shards serve, and leaves the rest to others."""

from datetime import timedelta

import pytest
from corpus_makers import NOON, scope

from storage.base import GUILD_ID_STEP, NewSchedule, Opening, Shards

DAY, LEASE = timedelta(days=1), timedelta(minutes=2)
COUNT = 4
# A server on each shard, and two on the last; two people; the terminal's own desk.
SERVERS = [(4_000_000 * COUNT + shard) * GUILD_ID_STEP + 77 for shard in range(COUNT)]
SECOND = SERVERS[-1] + COUNT * GUILD_ID_STEP
PEOPLE = [-555_000_000_000_001, -555_000_000_000_002]
LOCAL = 1
ALL = [*SERVERS, SECOND, *PEOPLE, LOCAL]

PARTS = [(0,), (1, 2), (0, 2, 3), (1, 3), (0, 1, 2, 3)]


def served(ids):
    """Return the desks of these shards, by the rule that Discord has for servers, and that of direct messages."""
    return {desk for desk in ALL if desk < 0 or (desk >> 22) % COUNT in ids}


@pytest.fixture
async def schedules(storage):
    made = []
    for desk in ALL:
        new = NewSchedule(
            audience_id=1,
            recipient_id=None,
            made_by=None,
            made_at=NOON,
            kind="digest",
            name="Morning",
            what={},
            timing={"repeat": "daily"},
            place={"kind": "channel", "number": 1},
            next_slot="one",
            next_at=NOON + DAY,
        )
        made.append(await storage.make_schedule(scope(1, desk=desk), new))
    return made


def opening(schedule):
    return Opening(
        schedule.desk_id, schedule.schedule_id, schedule.next_at, "one", NOON + DAY, 1, None, "two", NOON + 9 * DAY
    )


@pytest.mark.parametrize("ids", PARTS)
async def test_what_is_due_there(storage, schedules, ids):
    due = await storage.due_schedules(now=NOON + DAY, shards=Shards(ids, COUNT))

    assert {one.desk_id for one in due} == served(ids)


async def test_two_processes_share_all_that_is_open_and_take_nothing_twice(storage, schedules):
    await storage.open_deliveries([opening(one) for one in schedules], now=NOON + DAY)

    first = await storage.claim_deliveries("first", now=NOON + DAY, lease=LEASE, limit=99, shards=Shards((0, 1), COUNT))
    second = await storage.claim_deliveries(
        "second", now=NOON + DAY, lease=LEASE, limit=99, shards=Shards((2, 3), COUNT)
    )

    taken = [{one.delivery.desk_id for one in claimed} for claimed in (first, second)]
    assert taken == [served((0, 1)), served((2, 3)) - set(PEOPLE)]


@pytest.mark.parametrize("ids", PARTS)
async def test_what_nobody_serves_stays_open(storage, schedules, ids):
    await storage.open_deliveries([opening(one) for one in schedules], now=NOON + DAY)
    shards = Shards(ids, COUNT)

    claimed = await storage.claim_deliveries("me", now=NOON + DAY, lease=LEASE, limit=99, shards=shards)
    rest = await storage.claim_deliveries("you", now=NOON + DAY, lease=LEASE, limit=99)

    assert {one.delivery.desk_id for one in claimed} == served(ids)
    assert {one.delivery.desk_id for one in rest} == set(ALL) - served(ids)


@pytest.mark.parametrize("ids", PARTS)
async def test_who_is_to_be_told_is_told_from_there(storage, schedules, ids):
    for one in schedules:
        await storage.halt_schedule(one.desk_id, one.schedule_id, reason="the channel is gone")

    told = await storage.take_untold(limit=99, shards=Shards(ids, COUNT))

    assert {one.desk_id for one in told} == served(ids)


@pytest.mark.parametrize("ids", PARTS)
def test_the_rule_is_the_same_where_it_is_asked_of_one_desk(ids):
    assert {desk for desk in ALL if Shards(ids, COUNT).serve(desk)} == served(ids)
