"""Turns and leases, among callers that know nothing of each other."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from storage import open_storage

APART = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

# What time goes by between two calls, on a machine that does other things besides.
WHILE = timedelta(seconds=10)


async def test_the_first_goes_at_once_and_the_others_one_after_the_other(storage):
    waits = [await storage.take_turn("identify:0", apart=APART, within=HOUR) for _ in range(4)]

    assert waits[0] == timedelta()
    for number, wait in enumerate(waits):
        assert number * APART - WHILE <= wait <= number * APART


async def test_turns_of_other_names_are_none_of_theirs(storage):
    await storage.take_turn("identify:0", apart=APART, within=HOUR)

    assert await storage.take_turn("identify:1", apart=APART, within=HOUR) == timedelta()


async def test_what_would_come_too_late_is_not_taken(storage):
    await storage.take_turn("identify:0", apart=APART, within=HOUR)
    await storage.take_turn("identify:0", apart=APART, within=HOUR)

    refused = [await storage.take_turn("identify:0", apart=APART, within=APART) for _ in range(3)]

    assert refused == [None] * 3
    assert await storage.take_turn("identify:0", apart=APART, within=HOUR) <= 2 * APART


async def test_of_many_at_once_no_two_go_together(storage):
    waits = await asyncio.gather(*(storage.take_turn("all", apart=APART, within=HOUR) for _ in range(20)))

    spread = sorted(waits)
    assert all(later - earlier > APART - WHILE for earlier, later in pairwise(spread))


async def test_two_processes_go_one_after_the_other(path):
    url = f"sqlite+aiosqlite:///{path}"
    async with open_storage(url) as one, open_storage(url) as other:
        waits = await asyncio.gather(
            *(storage.take_turn("all", apart=APART, within=HOUR) for storage in (one, other) for _ in range(5))
        )

    assert len({round(wait / APART) for wait in waits}) == 10


async def test_a_clock_that_was_set_back_keeps_nobody_waiting(path):
    url = f"sqlite+aiosqlite:///{path}"
    async with open_storage(url) as storage:
        await storage.take_turn("all", apart=APART, within=HOUR)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE turn SET free_at = free_at + 86400000000")

        waits = [await storage.take_turn("all", apart=APART, within=HOUR) for _ in range(2)]

    # The one before may have gone just now, by a clock that nobody has any more.
    assert waits[0] == APART
    assert waits[1] > APART


@pytest.mark.parametrize("name", ["commands:1", "identify:0"])
async def test_one_of_all_has_a_lease(storage, name):
    taken = await asyncio.gather(*(storage.take_lease(name, f"process {one}", lease=MINUTE) for one in range(8)))

    assert sum(taken) == 1


async def test_who_has_a_lease_may_have_it_longer(storage):
    assert await storage.take_lease("commands", "me", lease=MINUTE)
    assert await storage.take_lease("commands", "me", lease=MINUTE)
    assert not await storage.take_lease("commands", "you", lease=MINUTE)


async def test_what_is_given_back_is_the_next_ones(storage):
    await storage.take_lease("commands", "me", lease=MINUTE)
    await storage.end_lease("commands", "you")
    before = await storage.take_lease("commands", "you", lease=MINUTE)

    await storage.end_lease("commands", "me")

    assert not before
    assert await storage.take_lease("commands", "you", lease=MINUTE)


async def test_the_lease_of_the_dead_runs_out(storage):
    await storage.take_lease("commands", "dead", lease=timedelta(milliseconds=50))

    await asyncio.sleep(0.1)

    assert await storage.take_lease("commands", "me", lease=MINUTE)


async def test_the_clock_is_the_databases_and_shows_the_time(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        before = datetime.now(UTC) - timedelta(seconds=1)
        await storage.take_turn("all", apart=APART, within=HOUR)
        after = datetime.now(UTC) + timedelta(seconds=1)

    with closing(sqlite3.connect(path)) as connection:
        ((free_at,),) = connection.execute("SELECT free_at FROM turn").fetchall()
    assert before < datetime.fromtimestamp(free_at / 1e6, UTC) - APART < after
