"""Servers of other processes' shards, asked for while somebody presses buttons in direct messages."""

import asyncio
from types import SimpleNamespace

import discord
import pytest

from bot.cogs import servers

pytestmark = pytest.mark.asyncio(loop_scope="session")

OURS, THEIRS, AWAY = 4 << 22, 5 << 22, 6 << 22


@pytest.fixture
def client():
    """What is asked of the client: which servers it knows, and which shards it has."""
    known = {OURS + 1: SimpleNamespace(unavailable=False), OURS + 2: SimpleNamespace(unavailable=True)}
    return SimpleNamespace(get_guild=known.get, shard_count=4, shards={0: None})


@pytest.fixture
def fetched(monkeypatch):
    """The servers that Discord was asked for, in turn; one of them it does not give."""
    asked = []

    async def fetch(_, guild_id):
        asked.append(guild_id)
        await asyncio.sleep(0.01)
        if guild_id == AWAY:
            raise discord.NotFound(SimpleNamespace(status=404, reason=""), "Unknown Guild")
        return SimpleNamespace(id=guild_id)

    monkeypatch.setattr(servers, "_fetch", fetch)
    return asked


async def test_a_server_of_our_own_shards_is_asked_of_nobody(client, fetched):
    found = [await servers.Servers().find(client, OURS + number) for number in (1, 2, 3)]

    assert found == [client.get_guild(OURS + 1), None, None]
    assert fetched == []


async def test_those_who_ask_at_once_or_soon_after_are_answered_by_one_look(client, fetched):
    kept = servers.Servers()

    at_once = await asyncio.gather(*(kept.find(client, THEIRS) for _ in range(5)))
    after = await kept.find(client, THEIRS)

    assert [one.id for one in (*at_once, after)] == [THEIRS] * 6
    assert fetched == [THEIRS]


async def test_it_is_looked_up_again_seconds_later(client, fetched, monkeypatch):
    monkeypatch.setattr(servers, "KEPT_SECONDS", 0.0)
    kept = servers.Servers()

    for _ in range(2):
        await kept.find(client, THEIRS)

    assert fetched == [THEIRS] * 2


async def test_a_server_that_we_are_no_member_of_is_not_found_and_asked_for_again(client, fetched):
    kept = servers.Servers()

    found = [await kept.find(client, AWAY) for _ in range(2)]

    assert found == [None, None]
    assert fetched == [AWAY] * 2


async def test_one_who_leaves_takes_nothing_from_the_others(client, fetched):
    kept = servers.Servers()
    first, second = (asyncio.ensure_future(kept.find(client, THEIRS)) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()

    assert (await second).id == THEIRS
    assert fetched == [THEIRS]


async def test_what_is_kept_has_a_bound(client, fetched, monkeypatch):
    monkeypatch.setattr(servers, "_MOST_KEPT", 2)
    kept = servers.Servers()

    for number in (0, 1, 2, 0):
        await kept.find(client, THEIRS + number)

    assert fetched == [THEIRS + number for number in (0, 1, 2, 0)]
