"""When what the bot stands on breaks under it: it tells whoever asks, and goes on by itself once that is whole."""

import asyncio
import os
import resource
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from answers import finished, quotes, rows, sample, settle
from loopback import Attachment

pytestmark = pytest.mark.asyncio(loop_scope="module")

KIB = 2**10


@pytest.fixture(scope="module")
def shared(verbatim):
    return verbatim(READ_SECONDS="10")


@pytest.fixture
def database(bot):
    return bot._folder / "data" / "verbatim.db"


@pytest.fixture
def amina(guild):
    """Somebody who may do what only those who manage a server may."""
    return guild.member("Amina", admin=True)


def note(number):
    """Return a file that was not here before."""
    words = f"The buoy numbered {number} off Gannet Cove was lifted on Monday, the harbour office said.\n\nIt is safe."
    return Attachment(f"buoy-{number}.txt", words.encode())


async def ask(discord, user, channel, command, /, **options):
    interaction = await discord.slash(user, channel, command, **options)
    return await interaction.final_message(when=finished, within=40)


async def test_a_limit_on_everything_is_waited_for_and_nothing_is_lost(discord, faults, bot, amina, news):
    struck = [
        faults.next("POST /interactions/*/callback", status=429, seconds=0.3, everywhere=True),
        faults.next("PATCH /webhooks/*/messages/@original", status=429, seconds=0.3, everywhere=True, times=2),
        faults.next("POST /channels/*/messages", status=429, seconds=0.3, everywhere=True),
    ]

    answer = await ask(discord, amina, news, "summarise", file=sample("reservoir.txt"), sentences=2)
    said = discord.say(amina, news, files=[note(1)], mention=True)
    await discord.until(lambda: discord.replies(said), what="the receipt")

    assert [fault.struck for fault in struck] == [1, 2, 1]
    assert len(quotes(answer)) == 2
    assert len(discord.replies(said)) == 1


async def test_while_the_database_is_locked_people_are_told_and_then_it_works(discord, bot, database, amina, news):
    await ask(discord, amina, news, "search", query="buoy")
    before = rows(database)

    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = await ask(discord, amina, news, "add", file=note(2))
        during = rows(database)
        other.execute("ROLLBACK")
    receipt = await ask(discord, amina, news, "add", file=note(2))

    assert "archive is busy" in told.text
    assert told.viewer is amina
    assert during == before
    assert "buoy numbered 2" in receipt.text
    assert rows(database)["upload"] == before["upload"] + 1


async def test_a_digest_that_is_due_while_the_database_is_locked_comes_once(discord, bot, database, amina, news):
    await ask(discord, amina, news, "digest add", every="daily", at="04:00", zone="Europe/London", channel=news)
    await ask(discord, amina, news, "add", file=note(3))
    seen = len(discord.posted(news))
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        # Due now, and nobody may write that it is.
        other.execute("UPDATE schedule SET next_at = unixepoch() * 1000000 WHERE kind = 'digest'")
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(7)
        early = posts(discord, news, seen)
        other.execute("ROLLBACK")
        await discord.until(lambda: posts(discord, news, seen), within=40, what="the digest")
    await asyncio.sleep(3)

    assert early == []
    assert len(posts(discord, news, seen)) == 1


async def test_a_disk_that_takes_no_more_is_told_and_afterwards_it_works(discord, bot, database, amina, news):
    await ask(discord, amina, news, "search", query="buoy")
    before = rows(database)
    soft, hard = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)

    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (16 * KIB, hard))
    try:
        told = [await ask(discord, amina, news, "add", file=note(number)) for number in (4, 5)]
    finally:
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (soft, hard))
    receipt = await ask(discord, amina, news, "add", file=note(4))

    assert all("Tell whoever runs this bot" in message.text for message in told)
    assert "buoy numbered 4" in receipt.text
    assert rows(database)["upload"] == before["upload"] + 1
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("who", ["worker", "parent"])
async def test_workers_that_are_killed_are_replaced(discord, bot, amina, news, who):
    await ask(discord, amina, news, "summarise", file=sample("radio.txt"))
    children = [pid for pid in bot.processes() if pid != bot.pid]
    parents = {pid for pid in children if parent_of(pid) == bot.pid}
    victims = parents if who == "parent" else set(children) - parents

    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    await settle(lambda: not victims & set(bot.processes()))
    answers = [
        await ask(discord, amina, news, "summarise", file=sample("reservoir.txt"), sentences=2) for _ in range(2)
    ]

    assert victims
    assert [len(quotes(answer)) for answer in answers] == [2, 2]


async def test_a_worker_that_is_killed_over_a_file_costs_that_file_alone(discord, bot, database, amina, news):
    before = rows(database)
    idle = set(bot.processes())
    interaction = await discord.slash(amina, news, "add", file=Attachment("long.txt", LONG), file2=note(6))
    await settle(lambda: busiest(bot, idle))

    os.kill(busiest(bot, idle), signal.SIGKILL)
    receipt = await interaction.final_message(when=finished, within=40)

    assert "buoy numbered 6" in receipt.text or "could not be" in receipt.text
    assert rows(database)["upload"] <= before["upload"] + 2
    assert len(quotes(await ask(discord, amina, news, "summarise", file=sample("radio.txt"), sentences=2))) == 2


LONG = "".join(f"Case {number} was heard at Gannet Cove on Monday. \n\n" for number in range(12_000)).encode()


def posts(discord, channel, after):
    """Return what was posted since then."""
    return discord.posted(channel)[after:]


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def ticks(pid):
    try:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    except OSError:
        return 0


def busiest(bot, idle):
    """Return the worker that has computed for a tenth of a second, if there is one."""
    workers = [pid for pid in bot.processes() if pid != bot.pid and parent_of(pid) != bot.pid]
    hard_at_work = [pid for pid in workers if ticks(pid) > 10]
    return max(hard_at_work, key=ticks, default=None)
