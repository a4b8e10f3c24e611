"""What is posted by schedule, with the real client: once, found again by its button, and paused where it cannot go."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from answers import sample
from loopback.world import Permission

from bot.services.deliveries import Place, PlaceKind
from bot.services.schedules import Repeat, Timing
from storage import open_storage
from storage.base import NewSchedule, Scope

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def desk(bot, discord, guild, news, amina):
    """Schedules of the guild, and an article for them to tell of."""
    posted = discord.say(amina, news, files=[sample("radio.txt")], mention=True)
    await discord.until(lambda: discord.replies(posted), what="the receipt")
    async with open_storage(f"sqlite+aiosqlite:///{Path(bot._folder) / 'data' / 'verbatim.db'}") as storage:
        yield Desk(storage, guild.id, amina.id)


class Desk:
    def __init__(self, storage, guild_id, person_id):
        self.storage, self.scope, self.person_id = storage, Scope(guild_id, person_id, None), person_id

    async def make(self, place, name="What is new"):
        """Make a schedule that is due now."""
        now = datetime.now(UTC)
        new = NewSchedule(
            audience_id=place.number,
            recipient_id=place.number if place.kind is PlaceKind.DIRECT else None,
            made_by=self.person_id,
            made_at=now - timedelta(days=1),
            kind="digest",
            name=name,
            what={},
            timing=Timing(Repeat.DAILY, "UTC").to_json(),
            place=place.to_json(),
            next_slot="due",
            next_at=now,
        )
        return await self.storage.make_schedule(self.scope, new)

    async def state(self, schedule):
        (one,) = await self.storage.deliveries(self.scope, schedule.schedule_id)
        return one.state


def channel(one):
    return Place(PlaceKind.CHANNEL, one.id)


async def test_it_is_posted_once_although_answers_are_lost_and_its_menu_works(discord, faults, desk, news, amina):
    faults.next(f"POST /channels/{news.id}/messages", status="cut", after_effect=True)
    schedule = await desk.make(channel(news))

    posted = await discord.until(lambda: [m for m in discord.posted(news) if "What is new" in m.text], what="it")
    discord.forget_nonces()
    await discord.until(lambda: discord.recorded(f"GET /channels/{news.id}/messages"), what="the probe", within=60)
    opened = await (await discord.choose(posted[0], 0, 0, user=amina)).final_message(within=30)

    assert "Night signal from Tern Island goes quiet" in posted[0].text
    assert posted[0].allowed_mentions["parse"] == []
    assert opened.viewer is amina
    assert len([m for m in discord.posted(news) if "What is new" in m.text]) == 1
    assert len(await desk.storage.deliveries(desk.scope, schedule.schedule_id)) == 1


async def test_where_it_may_not_write_it_is_paused_and_its_maker_told(discord, desk, guild, amina):
    quiet = guild.channel("quiet")
    guild.forbid_bot(quiet, Permission.SEND_MESSAGES)
    schedule = await desk.make(channel(quiet), "For the quiet")
    direct = discord.direct(amina)

    told = await discord.until(lambda: [m for m in discord.posted(direct) if "paused" in m.text], what="the word")

    assert "Send Messages" in told[0].text
    assert (await desk.storage.schedule(desk.scope, schedule.schedule_id)).paused is not None
    assert discord.posted(quiet) == []


async def test_it_goes_to_a_person_alone(discord, desk, amina):
    direct = discord.direct(amina)
    await desk.make(Place(PlaceKind.DIRECT, amina.id), "For Amina")

    posted = await discord.until(lambda: [m for m in discord.posted(direct) if "For Amina" in m.text], what="it")

    assert len(posted) == 1
