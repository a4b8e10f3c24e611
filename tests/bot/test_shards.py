"""Which shards a process runs, and how they log in one by one."""

import asyncio
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot import turnstile
from bot.app import pacing_of
from bot.cli import main
from bot.config import Settings
from bot.shards import parse_ids, parse_shards, told
from bot.turnstile import StartLimits, Turnstile
from storage.base import Shards
from storage.errors import BusyError


@pytest.mark.parametrize(
    ("typed", "ids", "count"),
    [
        ("0-3/16", (0, 1, 2, 3), 16),
        ("0,2,5/16", (0, 2, 5), 16),
        ("5, 0-2 / 16", (0, 1, 2, 5), 16),
        ("15/16", (15,), 16),
        ("3", (0, 1, 2), 3),
    ],
)
def test_shards_are_taken_as_people_write_them(typed, ids, count):
    assert parse_shards(typed) == Shards(ids, count)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "0-3/16"),
        ("/16", "0-3/16"),
        ("0-3", "0-3/16"),
        ("a/16", "0-3 or 0,2,5"),
        ("0-/16", "0-3 or 0,2,5"),
        ("3-1/16", "1-3"),
        ("0-3,2/16", "shard 2 is named twice"),
        ("0-16/16", "from 0 to 15"),
        ("0/0", "1 to 65536"),
        ("٣/16", "0-3 or 0,2,5"),
    ],
)
def test_what_cannot_be_run_is_refused_with_what_to_write(typed, advice, capsys):
    with pytest.raises(SystemExit):
        main(["run", f"--shards={typed}"])

    assert advice in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given_settings", "name", "advice"),
    [
        ({"shard_ids": "0-3"}, "shard_count", "SHARD_COUNT=16"),
        ({"shard_ids": "0-3", "shard_count": 3}, "shard_count", "from 0 to 2"),
        ({"shard_ids": "0-3-4"}, "shard_ids", "0-3 or 0,2,5"),
        ({"shard_ids": "1,1"}, "shard_ids", "twice"),
        ({"shard_count": 0}, "shard_count", "greater than or equal to 1"),
    ],
)
def test_settings_that_do_not_go_together_are_refused_with_what_to_set(given_settings, name, advice):
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None, **given_settings)

    (error,) = refused.value.errors()
    assert error["loc"] == (name,)
    assert advice in error["msg"]


def test_a_number_alone_means_all_of_them_and_none_what_discord_advises():
    assert Settings(_env_file=None, shard_count=3).shards == Shards((0, 1, 2), 3)
    assert Settings(_env_file=None, shard_ids="2", shard_count=3).shards == Shards((2,), 3)
    assert Settings(_env_file=None).shards is None


@given(st.integers(1, 200), st.data())
def test_each_desk_of_a_server_is_served_by_one_shard_and_a_persons_by_all(count, data):
    desk_id = data.draw(st.integers(-(2**62), 2**62).filter(bool))

    serving = [one for one in range(count) if Shards((one,), count).serve(desk_id)]

    assert serving == (list(range(count)) if desk_id < 0 else [(desk_id >> 22) % count])


@given(st.sets(st.integers(0, 30), min_size=1))
def test_a_list_means_each_of_its_numbers(numbers):
    typed = ",".join(map(str, numbers))

    assert parse_ids(typed) == tuple(sorted(numbers))
    assert set(map(int, re.findall("[0-9]+", told(Shards(tuple(sorted(numbers)), 31))))) <= {*numbers, 31}


def test_all_processes_together_deliver_no_faster_than_one_alone():
    parts = [pacing_of(Shards((one,), 16)).per_second for one in range(16)]

    assert sum(parts) <= pacing_of(None).per_second
    assert pacing_of(Shards((0,), 1000)).per_second == 1


class Line:
    """Turns in memory, which all turnstiles of a test share; `busy` is how often it does not answer."""

    def __init__(self):
        self.free_at, self.busy, self.names = {}, 0, []

    async def take_turn(self, name, *, apart, within):
        await asyncio.sleep(0.001)
        if self.busy:
            self.busy -= 1
            raise BusyError
        self.names.append(name)
        now = asyncio.get_running_loop().time()
        mine = max(self.free_at.get(name, 0), now)
        if mine - now > within.total_seconds():
            return None
        self.free_at[name] = mine + apart.total_seconds()
        return timedelta(seconds=mine - now)


def allowing(**limits):
    async def ask():
        return StartLimits(**limits)

    return ask


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setattr(turnstile, "_PAUSE", 0.01)
    return Line()


async def times_of(line, *, processes, shards, seconds=0.2, concurrency=1, approaching=True):
    """Let processes log their shards in; return when each went, by bucket."""
    went = {}

    async def log_in(process):
        gate = Turnstile(line, allowing(concurrency=concurrency), seconds=seconds)
        for shard in range(process * shards, (process + 1) * shards):
            if approaching:
                await gate.approach(1, shard)
            await gate.enter(1, shard)
            went.setdefault(shard % concurrency, []).append(asyncio.get_running_loop().time())

    await asyncio.gather(*map(log_in, range(processes)))
    return went


@pytest.mark.parametrize("approaching", [True, False])
async def test_shards_of_all_processes_log_in_one_by_one(line, approaching):
    went = await times_of(line, processes=3, shards=2, approaching=approaching)

    assert len(went[0]) == 6
    assert all(later - earlier > 0.15 for earlier, later in pairwise(sorted(went[0])))


async def test_as_many_at_once_as_discord_allows(line):
    went = await times_of(line, processes=2, shards=2, concurrency=2, seconds=0.2)

    assert set(line.names) == {"identify:1:0", "identify:1:1"}
    assert all(abs(later - earlier) > 0.15 for times in went.values() for earlier, later in pairwise(sorted(times)))


async def test_a_turn_that_was_slept_through_is_let_go(line):
    gate = Turnstile(line, allowing(), seconds=0.2)
    await gate.approach(1, 0)
    await asyncio.sleep(0.15)

    await gate.enter(1, 0)

    assert len(line.names) == 2


async def test_a_database_that_is_away_for_a_while_delays_the_login(line):
    line.busy = 3
    gate = Turnstile(line, allowing(), seconds=0.2)

    await gate.approach(1, 0)
    line.busy = 3
    await gate.enter(1, 0)
    await gate.enter(1, 0)

    assert len(line.names) >= 2


async def test_a_line_that_is_too_long_lets_the_connection_be_given_up(line, monkeypatch):
    monkeypatch.setattr(turnstile, "PATIENCE", 0.05)
    gate = Turnstile(line, allowing(), seconds=60)
    await gate.enter(1, 0)

    with pytest.raises(TimeoutError, match="shard 1"):
        await gate.enter(1, 1)

    # It took no place in the line that it then left empty.
    assert line.free_at["identify:1:0"] - asyncio.get_running_loop().time() < 61


async def test_the_last_logins_of_the_day_are_left_alone(line):
    gate = Turnstile(line, allowing(remaining=turnstile.SPARE + 1), seconds=0.2)
    await gate.enter(1, 0)

    with pytest.raises(TimeoutError, match="no more logins today"):
        await gate.enter(1, 0)


async def test_a_start_waits_until_the_day_is_over(line, monkeypatch, caplog):
    monkeypatch.setattr(turnstile, "_ASK_SECONDS", 0.02)
    told_by_discord = [StartLimits(remaining=0, reset_seconds=0.2), StartLimits(remaining=1000)]

    async def ask():
        return told_by_discord.pop(0) if told_by_discord else None

    await Turnstile(line, ask, seconds=0.2).approach(1, 0)

    assert [record.left for record in caplog.records if "no more logins" in record.getMessage()] == [0]


async def test_without_seconds_nobody_waits(line):
    gate = Turnstile(line, allowing(remaining=0), seconds=0)

    await gate.approach(1, 0)
    await gate.enter(1, 0)

    assert line.names == []
