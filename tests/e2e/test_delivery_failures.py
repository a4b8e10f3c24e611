"""What goes wrong between the scheduler and Discord, with the real client on the loopback and a clock that we move."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from answers import settle
from loopback.world import Permission

from bot.app import App, open_app
from bot.cogs.delivery import DiscordFront
from bot.config import Settings
from bot.gateway import Gateway, _endpoints
from bot.scheduler import Clock, Pacing, Scheduler
from bot.services.deliveries import Composed, Place, PlaceKind
from bot.services.replies import Line, Reply
from bot.services.schedules import Repeat, Timing
from storage.base import NewSchedule, Scope

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PACING = Pacing(per_second=10_000, first_pause=timedelta(seconds=30))


@dataclass
class Time:
    """The machine's clock, set ahead."""

    ahead: timedelta = timedelta()

    def clock(self):
        seconds = asyncio.get_running_loop().time
        return Clock(lambda: datetime.now(UTC) + self.ahead, lambda: seconds() + self.ahead.total_seconds())


async def compose(scope, schedule, period):
    words = "Nobody is meant: @everyone @here <@&1>."
    return Composed(Reply(schedule.name, (Line((words * schedule.what.get("times", 1),)),)), period.until)


class Desk:
    """A bot that is online, and whoever delivers with it."""

    def __init__(self, app: App, gateway):
        self._app, self._gateway = app, gateway
        self.time = Time()
        self._scheduler = self._start()

    def _start(self):
        front = DiscordFront(self._gateway, self._app.services, self._gateway.answering)
        return Scheduler(self._app.storage, front, compose, clock=self.time.clock(), pacing=PACING)

    async def make(self, guild, maker, place, name="What is new", **what):
        """Make a schedule that is due now."""
        now = datetime.now(UTC) + self.time.ahead
        new = NewSchedule(
            audience_id=place.number,
            recipient_id=place.number if place.kind is PlaceKind.DIRECT else None,
            made_by=maker.id,
            made_at=now - DAY,
            kind="digest",
            name=name,
            what=what,
            # Not due again however far the tests of this file set the clock ahead.
            timing=Timing(Repeat.DAILY, "UTC", (now - MINUTE).time().replace(second=0, microsecond=0)).to_json(),
            place=place.to_json(),
            next_slot="due",
            next_at=now,
        )
        return await self._app.storage.make_schedule(Scope(guild.id, maker.id, None), new)

    async def work(self, *, later=timedelta()):
        """Look once at what is due and work it off."""
        self.time.ahead += later
        async with asyncio.timeout(120):
            await self._scheduler.step()
            await self._scheduler.settle()

    async def tell(self):
        """Tell the makers of what had to be paused."""
        await self._scheduler._tell_makers()

    def restart(self):
        """Let another process go on."""
        self._scheduler = self._start()

    async def again(self, guild, maker, schedule, slot):
        scope = Scope(guild.id, maker.id, None)
        now = datetime.now(UTC) + self.time.ahead
        assert await self._app.storage.run_schedule(scope, schedule.schedule_id, slot=slot, now=now)

    async def state(self, schedule):
        one, *_ = await self._app.storage.deliveries(Scope(schedule.desk_id, 0, None), schedule.schedule_id)
        return one.state

    async def paused(self, schedule):
        return (await self._app.storage.schedule(Scope(schedule.desk_id, 0, None), schedule.schedule_id)).paused


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(discord):
    settings = Settings.model_construct(
        database_url="sqlite+aiosqlite://", discord_api_url=discord.url, workers=1, discord_gateway_url=None
    )
    async with open_app(settings) as app, _endpoints(settings):
        gateway = Gateway(app.services, app.storage)
        running = asyncio.create_task(gateway.start(discord.token))
        await discord.ready()
        await gateway.wait_until_ready()
        # A server that is made while it still compares would seem to have taken the bot out.
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().endswith("on_ready")))
        yield Desk(app, gateway)
        await gateway.leave()
        running.cancel()
        await asyncio.wait({running})


@pytest.fixture
def world(discord, guild, desk):
    return World(discord, guild, desk)


class World:
    """A guild of a test's own with one of each place."""

    def __init__(self, discord, guild, desk):
        self.discord, self.guild, self.desk = discord, guild, desk
        self.maker = guild.member("Amina")
        self.reader = guild.member("Bo")
        self.channel = guild.channel("news")
        self.forum = guild.forum("papers")
        self.thread = guild.thread(self.channel, "evening")
        self.role = guild.role("Early birds")

    def place(self, kind):
        """Return a place by its kind's name, with the role to be notified."""
        if kind == "person":
            return Place(PlaceKind.DIRECT, self.reader.id)
        number = getattr(self, kind).id
        return Place(PlaceKind.FORUM if kind == "forum" else PlaceKind.CHANNEL, number, self.role.id)

    async def due(self, kind, name="What is new", **what):
        # What the client knows of the world comes to it by the gateway.
        await self.settled()
        return await self.desk.make(self.guild, self.maker, self.place(kind), name, **what)

    async def settled(self):
        """Wait until the client has heard of all that happened."""
        marker = self.guild.channel("marker")
        await settle(lambda: self.desk._gateway.get_channel(marker.id) is not None)
        self.guild.remove_channel(marker)

    def arrived(self, kind):
        """Return the messages in a place; of a forum, all that stand in its posts."""
        if kind == "person":
            return self.discord.posted(self.discord.direct(self.reader))
        places = self.guild.posts(self.forum) if kind == "forum" else [getattr(self, kind)]
        return [message for place in places for message in self.discord.posted(place)]

    def route(self, kind):
        """Return the request by which something is posted in a place."""
        if kind == "person":
            return f"POST /channels/{self.discord.direct(self.reader).id}/messages"
        return f"POST /channels/{getattr(self, kind).id}/{'threads' if kind == 'forum' else 'messages'}"

    def told(self):
        """Return what the maker was told."""
        return [message.text for message in self.discord.posted(self.discord.direct(self.maker))]

    def forbid(self, kind, denied):
        self.guild.forbid_bot(getattr(self, kind), denied)


PLACES = ["channel", "thread", "forum", "person"]

# What happens to a request that posts, and how many minutes later it is tried again.
PASSING = {
    "asked to wait a moment": ({"status": 429, "seconds": 0.1}, 0),
    "asked to wait long": ({"status": 429, "seconds": 240}, 5),
    "unavailable": ({"status": 503}, 1),
    "unavailable, although it took effect": ({"status": 503, "after_effect": True}, 1),
    "a bad gateway, although it took effect": ({"status": 502, "after_effect": True}, 1),
    "given up by a proxy, although it took effect": ({"status": 408, "after_effect": True}, 1),
    "cut before it took effect": ({"status": "cut"}, 1),
    "cut after it took effect": ({"status": "cut", "after_effect": True}, 1),
    "cut after it took effect, tried again when the nonce is forgotten": ({"status": "cut", "after_effect": True}, 9),
}


@pytest.mark.trust("digest-once", "digest-mention")
@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("trouble", PASSING)
async def test_it_arrives_once_and_notifies_one_role_whatever_happens_to_the_request(
    discord, faults, world, desk, kind, trouble
):
    fault, minutes = PASSING[trouble]
    schedule = await world.due(kind)
    faults.next(world.route(kind), **fault)

    await desk.work()
    if minutes > 5:
        discord.forget_nonces()
    desk.restart()
    await desk.work(later=minutes * MINUTE)
    await desk.work(later=MINUTE)

    arrived = world.arrived(kind)
    assert [message.text.count("What is new") for message in arrived] == [1]
    assert await desk.state(schedule) == "sent"
    roles = [] if kind == "person" else [world.role.id]
    assert arrived[0].allowed_mentions["parse"] == []
    assert [int(role) for role in arrived[0].allowed_mentions.get("roles", [])] == roles
    assert arrived[0].allowed_mentions.keys() <= {"parse", "roles"}
    assert (f"<@&{world.role.id}>" in arrived[0].text) is bool(roles)


async def test_a_wait_that_is_asked_for_is_kept(faults, world, desk):
    await world.due("channel")
    faults.next(world.route("channel"), status=429, seconds=240)
    await desk.work()

    await desk.work(later=2 * MINUTE)
    early = len(world.arrived("channel"))
    await desk.work(later=3 * MINUTE)

    assert (early, len(world.arrived("channel"))) == (0, 1)


# What takes a place away, and what is then said of it.
LASTING = {
    "the channel is deleted": ("channel", lambda w: w.guild.remove_channel(w.channel), "the channel is gone"),
    "the thread is deleted": ("thread", lambda w: w.guild.remove_thread(w.thread), "the channel is gone"),
    "the forum is deleted": ("forum", lambda w: w.guild.remove_channel(w.forum), "the channel is gone"),
    "it may not see the channel": ("channel", lambda w: w.forbid("channel", Permission.VIEW_CHANNEL), "View Channel"),
    "it may not write": ("channel", lambda w: w.forbid("channel", Permission.SEND_MESSAGES), "Send Messages"),
    "it may not look back": (
        "channel",
        lambda w: w.forbid("channel", Permission.READ_MESSAGE_HISTORY),
        "Read Message History",
    ),
    "it may not write in threads": (
        "thread",
        lambda w: w.forbid("channel", Permission.SEND_MESSAGES_IN_THREADS),
        "Send Messages in Threads",
    ),
    "it may not post in the forum": ("forum", lambda w: w.forbid("forum", Permission.SEND_MESSAGES), "Create Posts"),
    "the forum demands a tag": ("forum", lambda w: w.guild.demand_tags(w.forum), "demands a tag"),
    "the thread is locked": ("thread", lambda w: w.guild.lock(w.thread), "closed and locked"),
    "the person takes no messages": ("person", lambda w: setattr(w.reader, "closed", True), "direct messages"),
    # The client has not heard of it yet.
    "the channel is gone by now": (
        "channel",
        lambda w: w.discord.faults.next(w.route("channel"), status=404, code=10003),
        "the channel is gone",
    ),
    "a permission is gone by now": (
        "channel",
        lambda w: w.discord.faults.next(w.route("channel"), status=403, code=50013),
        "lacks a permission",
    ),
    "the thread is locked by now": (
        "thread",
        lambda w: w.discord.faults.next(w.route("thread"), status=400, code=50083),
        "closed and locked",
    ),
}


@pytest.mark.trust("digest-paused")
@pytest.mark.parametrize("trouble", LASTING)
async def test_what_cannot_be_delivered_is_paused_with_the_reason_and_its_maker_told_once(
    discord, faults, world, desk, trouble
):
    kind, happen, why = LASTING[trouble]
    happen(world)
    schedule = await world.due(kind)

    for _ in range(3):
        await desk.work(later=MINUTE)

    assert why in await desk.paused(schedule)
    assert await desk.state(schedule) == "failed"
    assert [text.count("What is new") for text in world.told()] == [1]
    assert why in world.told()[0]


async def test_what_the_whole_text_needs_leaves_room_for_the_one_role(world, desk):
    schedule = await world.due("channel", times=400)

    await desk.work()

    assert await desk.state(schedule) == "sent"
    assert world.arrived("channel")[0].text.endswith(f"<@&{world.role.id}>")


class TestThreads:
    async def test_one_that_is_archived_is_opened_again(self, world, desk):
        world.guild.archive(world.thread)
        schedule = await world.due("thread")

        await desk.work()

        assert await desk.state(schedule) == "sent"
        assert not world.thread.archived

    async def test_one_that_is_locked_is_opened_by_who_may_manage_threads(self, world, desk):
        world.guild.lock(world.thread)
        world.guild.allow_bot(world.channel, Permission.MANAGE_THREADS)
        schedule = await world.due("thread")

        await desk.work()

        assert await desk.state(schedule) == "sent"
        assert not world.thread.archived


class TestForums:
    async def test_each_time_there_is_a_new_post(self, world, desk):
        schedule = await world.due("forum")
        await desk.work()

        await desk.again(world.guild, world.maker, schedule, "now")
        await desk.work()

        assert [post.name for post in world.guild.posts(world.forum)] == ["What is new"] * 2

    @pytest.mark.trust("digest-once")
    @pytest.mark.parametrize("archived", [False, True])
    async def test_a_post_whose_answer_was_lost_is_found_among_others(self, discord, faults, world, desk, archived):
        schedule = await world.due("forum")
        await desk.work()
        await desk.again(world.guild, world.maker, schedule, "now")
        faults.next(world.route("forum"), status="cut", after_effect=True)
        await desk.work()
        for number in range(3):
            world.guild.thread(world.forum, f"by somebody else {number}")
        if archived:
            for post in world.guild.posts(world.forum):
                world.guild.archive(post)

        discord.forget_nonces()
        desk.restart()
        await desk.work(later=5 * MINUTE)

        assert len(world.arrived("forum")) == 2
        assert await desk.state(schedule) == "sent"

    async def test_a_post_whose_answer_was_lost_and_that_was_then_deleted_is_made_again(self, faults, world, desk):
        schedule = await world.due("forum")
        faults.next(world.route("forum"), status="cut", after_effect=True)
        await desk.work()
        world.guild.remove_thread(world.guild.posts(world.forum)[0])

        await desk.work(later=5 * MINUTE)

        assert len(world.guild.posts(world.forum)) == 1
        assert await desk.state(schedule) == "sent"


class TestTelling:
    async def test_a_maker_without_direct_messages_is_told_in_the_server_without_a_name(self, discord, world, desk):
        world.maker.closed = True
        world.forbid("channel", Permission.SEND_MESSAGES)
        schedule = await world.due("channel", "Only for the readers")
        desks = world.guild.channel("desk")
        await world.settled()

        for _ in range(3):
            await desk.work(later=MINUTE)

        assert await desk.paused(schedule)
        (told,) = discord.posted(desks)
        assert "is paused" in told.text
        assert "Only for the readers" not in told.text

    async def test_what_was_for_one_person_is_told_to_nobody_else(self, discord, world, desk):
        world.maker.closed = world.reader.closed = True
        schedule = await world.due("person", "My own")

        for _ in range(3):
            await desk.work(later=MINUTE)

        assert await desk.paused(schedule)
        assert discord.posted(world.channel) == []

    async def test_while_it_cannot_be_told_it_is_tried_again(self, discord, faults, world, desk):
        world.forbid("channel", Permission.SEND_MESSAGES)
        await world.due("channel")
        faults.next(f"POST /channels/{discord.direct(world.maker).id}/messages", status=503)

        for _ in range(3):
            await desk.work(later=MINUTE)

        assert len(world.told()) == 1


async def test_a_server_out_of_sight_is_waited_for(world, desk):
    schedule = await world.due("channel")
    world.guild.lose()
    await settle(lambda: desk._gateway.get_guild(world.guild.id).unavailable)
    await desk.work()
    away = await desk.state(schedule)

    world.guild.come_back()
    await world.settled()
    await desk.work(later=MINUTE)

    assert (away, await desk.state(schedule)) == ("open", "sent")
    assert len(world.arrived("channel")) == 1


@pytest.mark.trust("digest-once")
async def test_where_the_history_is_closed_after_a_lost_answer_nothing_is_sent_twice(discord, faults, world, desk):
    schedule = await world.due("channel")
    faults.next(world.route("channel"), status="cut", after_effect=True)
    await desk.work()
    world.forbid("channel", Permission.READ_MESSAGE_HISTORY)
    await world.settled()
    discord.forget_nonces()

    await desk.work(later=9 * MINUTE)

    assert len(world.arrived("channel")) == 1
    assert await desk.state(schedule) == "failed"
