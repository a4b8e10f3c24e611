"""`/digest` as people meet it, over the wire, through clocks that come due, kills and channels that go."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from answers import finished, opened, quotes, sample
from loopback.world import Permission

from storage import open_storage
from storage.base import Scope

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ask(discord, user, channel, command, /, **options):
    return await (await discord.slash(user, channel, command, **options)).final_message(when=finished)


async def press(discord, message, label, user):
    return await (await discord.click(message, label, user=user)).final_message(when=finished)


@pytest.fixture
def ines(guild):
    """Somebody who may manage the server."""
    return guild.member("Ines", admin=True)


@pytest_asyncio.fixture(loop_scope="module")
async def kept(bot, guild):
    """What the program keeps, by a second connection: a test moves the next run to now."""
    file = Path(bot._folder) / "data" / "verbatim.db"
    async with open_storage(f"sqlite+aiosqlite:///{file}") as storage:
        yield Kept(storage, Scope(guild.id, 1, None), file)


class Kept:
    def __init__(self, storage, scope, file):
        self.storage, self.scope, self.file = storage, scope, file

    async def named(self, name):
        return next(one for one in await self.storage.schedules(self.scope) if one.name == name)

    async def let_it_be_due(self, name):
        """Move the next run of a digest to this moment, as if its time had come."""
        one = await self.named(name)
        now = datetime.now(UTC) - timedelta(seconds=1)
        assert await self.storage.move_schedule(
            one.desk_id, one.schedule_id, expected_at=one.next_at, next_slot=f"due {now}", next_at=now
        )

    async def has_ended(self, schedule):
        """Wait until it is written down how its only run ended."""
        async with asyncio.timeout(80):
            while (await self.storage.deliveries(self.scope, schedule.schedule_id))[0].state == "open":  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.1)

    def end_leases(self):
        """Let the two minutes pass that a process has for a delivery, also one that was killed."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.execute("UPDATE delivery SET owner = NULL, leased_until = NULL WHERE state = 'open'")

    async def notify(self, name, role_id):
        """Let a digest notify a role, which the client of these tests cannot choose."""
        one = await self.named(name)
        changed = {**one.place, "mention": role_id}
        await self.storage.change_schedule(self.scope, one.schedule_id, lambda kept: replace(kept, place=changed))


def named(discord, channel, name):
    return [message for message in discord.posted(channel) if message.text.startswith(f"## {name}")]


@pytest.mark.trust("digest-mention")
async def test_what_is_set_up_is_previewed_and_then_posted_at_its_time_and_stands_in_the_history(
    discord, guild, news, ines, kept
):
    added = await ask(discord, ines, news, "digest add", every="daily", at="7:30", zone="Europe/Berlin", name="Morning")
    await ask(discord, ines, news, "add", file=sample("radio.txt"))

    previewed = await press(discord, added, "Preview", ines)
    role = next(iter(guild.guild.roles))
    await kept.notify("Morning", role)
    await kept.let_it_be_due("Morning")
    (posted,) = await discord.until(lambda: named(discord, news, "Morning"), what="the digest")
    listed = await ask(discord, ines, news, "digest list")
    history = await ask(discord, ines, news, "digest history", digest="Morning")

    assert added.text.count("<t:") == 3
    assert previewed.ephemeral
    assert "Preview: Morning" in previewed.text
    assert quotes(posted)
    assert quotes(previewed) == quotes(posted)
    assert posted.allowed_mentions["parse"] == []
    assert [int(one) for one in posted.allowed_mentions["roles"]] == [role]
    assert posted.allowed_mentions.get("users", []) == []
    assert "every day at 07:30, Europe/Berlin" in listed.text
    assert f"https://discord.com/channels/{guild.id}/{news.id}/{posted.id}" in history.text


async def test_a_form_sets_one_up(discord, bot, guild, news, ines, kept):
    opened = await discord.slash(ines, news, "digest add")
    sent = await discord.submit(
        opened, {"every": "weekly", "at": "8", "day": "Friday", "zone": "Asia/Tokyo", "topic": "radio"}
    )
    answer = await sent.final_message(when=finished)

    assert "every Friday at 08:00, Asia/Tokyo" in answer.text
    assert (await kept.named("Weekly digest: radio")).what["words"] == "radio"


@pytest.mark.trust("digest-direct")
async def test_in_direct_messages_a_passage_of_the_server_opens_for_as_long_as_one_is_a_member(
    discord, bot, guild, news, ines, kept
):
    olga = guild.member("Olga")
    added = await ask(discord, olga, news, "digest add", every="daily", to_me=True, name="For Olga")
    await ask(discord, ines, news, "add", file=sample("radio.txt"))
    await press(discord, added, "Send now", olga)
    direct = discord.direct(olga)
    (posted,) = await discord.until(lambda: named(discord, direct, "For Olga"), what="the digest")

    there = await (await discord.choose(posted, 0, 0, user=olga)).final_message(when=finished)
    words = opened(there)
    del guild.guild.members[olga.id]
    gone = await (await discord.choose(posted, 0, 0, user=olga)).final_message(when=finished)

    assert words == quotes(posted)[1]
    assert "cannot be found just now" in gone.text


async def test_where_the_bot_lacks_a_permission_it_is_named_at_once(discord, bot, guild, news, ines):
    quiet = guild.channel("quiet")
    guild.forbid_bot(quiet, Permission.READ_MESSAGE_HISTORY)

    refused = await ask(discord, ines, news, "digest add", every="daily", channel=quiet)

    assert "Read Message History" in refused.text


@pytest.mark.trust("digest-paused")
async def test_whose_channel_is_deleted_is_paused_and_goes_on_in_another(discord, guild, news, ines, kept):
    doomed = guild.channel("doomed")
    await ask(discord, ines, news, "digest add", every="daily", channel=doomed, name="Doomed")
    await ask(discord, ines, news, "add", file=sample("radio.txt"))
    guild.remove_channel(doomed)

    await kept.let_it_be_due("Doomed")
    direct = discord.direct(ines)
    (told,) = await discord.until(lambda: [m for m in discord.posted(direct) if "paused" in m.text], what="the word")
    moved = await ask(discord, ines, news, "digest edit", digest="Doomed", channel=news)
    await kept.let_it_be_due("Doomed")
    posted = await discord.until(lambda: named(discord, news, "Doomed"), what="the digest")

    assert "the channel is gone" in told.text
    assert f"<#{doomed.id}> → <#{news.id}>" in moved.text
    assert len(posted) == 1


@pytest.mark.trust("digest-once")
async def test_killed_after_it_was_sent_and_before_that_was_noted_it_is_not_sent_again(
    discord, bot, guild, news, ines, kept, faults
):
    added = await ask(discord, ines, news, "digest add", every="daily", name="Once")
    await ask(discord, ines, news, "add", file=sample("radio.txt"))
    # Discord has it, and its answer is on the way for longer than the program lives.
    faults.next(f"POST /channels/{news.id}/messages", status="slow", after_effect=True, seconds=20)

    await press(discord, added, "Send now", ines)
    await discord.until(lambda: named(discord, news, "Once"), what="the digest")
    await bot.kill()
    discord.forget_nonces()
    one = await kept.named("Once")
    (run,) = await kept.storage.deliveries(kept.scope, one.schedule_id)
    kept.end_leases()
    await bot.start(discord)
    await discord.until(lambda: discord.recorded(f"GET /channels/{news.id}/messages"), what="the probe", within=40)
    await kept.has_ended(one)
    history = await ask(discord, ines, news, "digest history", digest="Once")

    assert run.state == "open"
    assert len(named(discord, news, "Once")) == 1
    assert "sent" in history.text
