"""Several processes of one bot on one database, each with shards of its own, over the wire."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from answers import finished, quotes, sample, settle
from loopback import Attachment, LoopbackDiscord
from postgres_server import postgres

from storage import open_storage
from storage.base import Scope

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Discord's rule of five seconds, and our own wait of six, at a sixth of their length.
WINDOW = 0.8
APART = 1.0

PARTS = ("0-1/4", "2/4", "3/4")

NOON = """\
Ferry to Skarvøy runs again after a winter of repairs

The ferry between Lundhamn and Skarvøy took its first passengers since November on Tuesday morning. A cracked shaft had
kept it in the yard for eighteen weeks, said the harbour master, Ragnhild Tveit. Sixty people and nine cars crossed on
the first trip. The school on the island, which had taught by radio all winter, opened its doors at noon. A second boat
has been promised for the summer.
"""
DAWN = """\
Night train over the Orrin pass is to run once a week

From the first Friday in June a sleeper will leave Callowmere at ten and reach the coast before breakfast, the railway
said on Thursday. It is the first since the tunnel was flooded. Forty berths have been ordered from a yard in Deruna.
The station's kitchen, shut for six years, looks for a cook.
"""
EVENING = """\
Beekeepers of the Qara valley count their losses

Every third hive in the Qara valley did not live through the frost of March, according to the beekeepers' union. Its
chairwoman, Dilnoza Yusupova, spoke of the worst spring in forty years. The apricot growers, who rent the bees, fear for
their harvest. The province has offered sugar and a loan without interest. New swarms are to come from the south in May.
"""


async def ask(discord, user, channel, command, /, **options):
    return await (await discord.slash(user, channel, command, **options)).final_message(when=finished)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(database):
    async with LoopbackDiscord(shards=4) as server:
        server.gateway.identify_seconds = WINDOW
        yield server


class Desk:
    """A server, a channel in it, and somebody who may manage it."""

    def __init__(self, discord, shard):
        self.discord, self.shard = discord, shard
        self.guild = discord.guild(f"Shard {shard}", shard=shard)
        self.news = self.guild.channel("news")
        self.ines = self.guild.member("Ines", admin=True)

    async def ask(self, command, /, **options):
        return await ask(self.discord, self.ines, self.news, command, **options)

    def posted(self, name):
        return [one for one in self.discord.posted(self.news) if one.text.startswith(f"## {name}")]


class World:
    """All processes, and what they keep."""

    def __init__(self, discord, programs, database, desks):
        self.discord, self.programs, self.desks = discord, programs, desks
        self.url, self.run = database

    def process_of(self, shard):
        return self.programs[{0: 0, 1: 0, 2: 1, 3: 2}[shard]]

    async def start(self, *programs):
        """Start processes together, and wait until all shards are served again."""
        lost = sum({self.programs[0]: 2}.get(one, 1) for one in programs)
        wanted = self.discord.gateway.identifies + lost
        for one in programs:
            await one.start()
        await self.discord.ready(within=60, identifies=wanted)

    async def let_it_be_due(self, desk, name):
        """Move the next run of a digest to this moment, as if its time had come."""
        async with open_storage(self.url) as storage:
            one = next(one for one in await storage.schedules(Scope(desk.guild.id, 1, None)) if one.name == name)
            now = datetime.now(UTC) - timedelta(seconds=1)
            assert await storage.move_schedule(
                one.desk_id, one.schedule_id, expected_at=one.next_at, next_slot=f"due {now}", next_at=now
            )

    def end_leases(self):
        """Let the two minutes pass that a process has for a delivery, also one that was killed."""
        self.run("UPDATE delivery SET owner = NULL, leased_until = NULL WHERE state = 'open'")

    def ended(self, desk):
        """Return how the deliveries of a desk stand."""
        return Counter(self.run(f"SELECT state FROM delivery WHERE desk_id = {desk.guild.id}"))


def sqlite_file(file):
    """Return the address of a database in a file, and what runs a statement there and returns its first column."""

    def run(statement):
        with closing(sqlite3.connect(file)) as connection, connection:
            return [str(row[0]) for row in connection.execute(statement)]

    return f"sqlite+aiosqlite:///{file}", run


def on_server(server):
    """Return the same for a database of a PostgreSQL server, which is still empty."""
    server.run("CREATE DATABASE shards")
    return server.url("shards"), lambda statement: server.run(statement, database="shards").split()


# What does not depend on the engine is tried on one of them.
ON_POSTGRES = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request, tmp_path_factory):
    """Where all processes of a test keep what they keep: its address, and a way in."""
    if request.param == "sqlite":
        yield sqlite_file(tmp_path_factory.mktemp("shared") / "verbatim.db")
        return
    with postgres() as server:
        yield on_server(server)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(discord, program, database):
    settings = {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.url,
        "DATABASE_URL": database[0],
        "WORKERS": "1",
        "IDENTIFY_SECONDS": str(APART),
    }
    programs = [program("-m", "bot", "run", "--shards", part, **settings) for part in PARTS]
    desks = [Desk(discord, shard) for shard in range(4)]
    made = World(discord, programs, database, desks)
    await made.start(*programs)
    yield made
    for one in programs:
        await one.clean_up()


async def test_shards_of_all_processes_log_in_one_by_one(world):
    gateway = world.discord.gateway

    assert sorted(shard for _, shard in gateway.identify_log) == [0, 1, 2, 3]
    assert gateway.too_close == []
    assert min(gateway.gaps()) >= WINDOW


async def test_of_processes_that_start_together_one_sends_the_commands(world):
    assert len(world.discord.recorded("PUT /applications/*/commands")) == 1


async def test_whichever_process_has_the_shard_answers(world):
    answers = [await desk.ask("summarise", file=sample("reservoir.txt"), sentences=2) for desk in world.desks]
    somebody = world.desks[2].ines
    direct = await ask(world.discord, somebody, world.discord.direct(somebody), "summarise", file=sample("radio.txt"))

    assert all(len(quotes(answer)) == 2 for answer in answers)
    assert quotes(direct)
    assert world.discord.state.refusals == []


async def test_digests_of_all_servers_are_posted_once_each(world):
    for desk in world.desks:
        await desk.ask("digest add", every="daily", name="Morning")
        await desk.ask("add", file=sample("radio.txt"))

    for desk in world.desks:
        await world.let_it_be_due(desk, "Morning")
    for desk in world.desks:
        await world.discord.until(lambda desk=desk: desk.posted("Morning"), what="the digest", within=30)
        await settle(lambda desk=desk: world.ended(desk) == {"sent": 1})

    assert [len(desk.posted("Morning")) for desk in world.desks] == [1] * 4


@pytest.mark.trust("digest-direct")
async def test_what_a_server_of_another_process_posted_to_one_person_can_be_pressed_there(world):
    discord, desk = world.discord, world.desks[2]
    olga = desk.guild.member("Olga")
    hidden = desk.guild.channel("hidden", readers=[desk.ines])
    added = await ask(discord, olga, desk.news, "digest add", every="daily", to_me=True, name="For Olga")
    await ask(discord, desk.ines, hidden, "add", file=Attachment("evening.txt", EVENING.encode()))
    await ask(discord, desk.ines, desk.news, "add", file=Attachment("dawn.txt", DAWN.encode()))
    sent = await discord.click(added, "Send now", user=olga)
    await sent.final_message(when=finished)
    direct = discord.direct(olga)

    def posted():
        return [one for one in discord.posted(direct) if one.text.startswith("## For Olga")]

    (digest,) = await discord.until(posted, what="the digest", within=30)
    there = [await (await discord.choose(digest, 0, 0, user=olga)).final_message(when=finished) for _ in range(2)]
    fetched = len(discord.recorded(f"GET /guilds/{desk.guild.id}"))
    del desk.guild.guild.members[olga.id]
    gone = await (await discord.choose(digest, 0, 0, user=olga)).final_message(when=finished)

    assert all("sleeper" in one.text and "Callowmere" in one.text for one in there)
    assert all("hives" not in one.text for one in (digest, *there))
    assert 1 <= fetched <= 2
    assert "cannot be found just now" in gone.text


@pytest.mark.trust("digest-processes")
async def test_a_process_is_killed_and_the_others_go_on_and_nothing_is_lost_or_sent_twice(world):
    lost, kept = world.desks[2], world.desks[0]
    sent = world.ended(lost)["sent"]
    for desk in (lost, kept):
        await desk.ask("digest add", every="daily", at="12:00", name="Noon")
        await desk.ask("add", file=Attachment("noon.txt", NOON.encode()))
    before = await lost.ask("summarise", file=sample("reservoir.txt"), sentences=4)
    # Discord has it, and its answer is on the way for longer than the process lives.
    world.discord.faults.next(f"POST /channels/{lost.news.id}/messages", status="slow", after_effect=True, seconds=20)

    await world.let_it_be_due(lost, "Noon")
    await world.discord.until(lambda: lost.posted("Noon"), what="the digest of the one that is killed", within=30)
    await world.process_of(2).kill()
    world.discord.forget_nonces()
    world.end_leases()
    await world.let_it_be_due(kept, "Noon")
    await world.discord.until(lambda: kept.posted("Noon"), what="the digest of another process", within=30)
    # The others have looked at what is due several times by now, and leave alone what they cannot judge.
    await asyncio.sleep(3)
    in_between = world.ended(lost)
    await world.start(world.process_of(2))
    await settle(lambda: world.ended(lost) == {"sent": sent + 1})
    pressed = await world.discord.click(before, "Shorter", user=lost.ines)
    shorter = await pressed.final_message(when=finished)

    assert in_between == {"sent": sent, "open": 1}
    assert [len(desk.posted("Noon")) for desk in (lost, kept)] == [1, 1]
    assert 0 < len(quotes(shorter)) < 4
    assert world.discord.gateway.too_close == []


@ON_POSTGRES
@pytest.mark.trust("digest-processes")
async def test_what_was_due_while_its_process_was_away_is_made_up_for_once(world):
    lost = world.desks[3]
    await lost.ask("digest add", every="daily", at="18:00", name="Evening")
    await lost.ask("add", file=Attachment("evening.txt", EVENING.encode()))

    await world.process_of(3).kill()
    await world.let_it_be_due(lost, "Evening")
    await asyncio.sleep(3)
    in_between = lost.posted("Evening")
    await world.start(world.process_of(3))
    await world.discord.until(lambda: lost.posted("Evening"), what="the digest", within=30)
    await settle(lambda: world.ended(lost) == {"sent": 2})

    assert in_between == []
    assert len(lost.posted("Evening")) == 1


@ON_POSTGRES
async def test_all_are_killed_at_once_and_come_back_one_by_one(world):
    for one in world.programs:
        await one.kill()

    await world.start(*world.programs)
    answers = [await desk.ask("summarise", file=sample("radio.txt"), sentences=1) for desk in world.desks]

    assert all(quotes(answer) for answer in answers)
    assert world.discord.gateway.too_close == []
    assert len(world.discord.recorded("PUT /applications/*/commands")) == 1


@ON_POSTGRES
async def test_sessions_that_cannot_be_gone_on_with_log_in_one_by_one_too(world):
    gateway = world.discord.gateway
    wanted = gateway.identifies + 4

    await gateway.invalidate()
    await world.discord.ready(within=60, identifies=wanted)

    assert gateway.too_close == []


async def take_turns(world, seconds):
    """Let other processes take the turns to log in of so many seconds."""
    (name,) = world.run("SELECT name FROM turn WHERE name LIKE 'identify:%'")
    async with open_storage(world.url) as storage:
        await storage.take_turn(name, apart=timedelta(seconds=seconds), within=timedelta(minutes=1))


@ON_POSTGRES
async def test_a_shard_that_waits_for_its_turn_holds_up_no_other_of_its_process(world):
    gateway = world.discord.gateway
    identified, told = gateway.identifies, world.process_of(0).said.count("waits for its turn")
    await take_turns(world, 8)

    await gateway.invalidate(shard=1)
    await settle(lambda: world.process_of(0).said.count("waits for its turn") > told)
    other = gateway.holder(world.desks[0].guild.id)
    resumed = other.resumed
    await gateway.drop(shard=0)
    await world.discord.until(lambda: other.connected and other.resumed > resumed, what="the resume", within=30)
    answer = await world.desks[0].ask("summarise", file=sample("radio.txt"), sentences=1)
    in_between = gateway.identifies
    await world.discord.ready(within=60, identifies=identified + 1)

    assert in_between == identified
    assert quotes(answer)
    assert gateway.too_close == []


@ON_POSTGRES
async def test_a_shard_that_is_there_is_looked_after_while_others_still_wait_to_start(world):
    gateway, process = world.discord.gateway, world.process_of(0)
    await process.kill()
    identified = gateway.identifies
    await process.start()
    await world.discord.until(lambda: gateway.identifies > identified, what="the first shard", within=60)
    await take_turns(world, 8)
    first = gateway.holder(world.desks[0].guild.id)

    await gateway.drop(shard=0)
    await world.discord.until(lambda: first.connected and first.resumed, what="the resume", within=30)
    in_between = gateway.identifies
    await world.discord.ready(within=60, identifies=identified + 2)

    assert in_between == identified + 1
    assert gateway.too_close == []


@ON_POSTGRES
async def test_sessions_that_are_gone_on_with_need_no_turn(world):
    gateway = world.discord.gateway
    identified = gateway.identifies
    living = [gateway.holder(desk.guild.id) for desk in world.desks]
    resumed = [session.resumed for session in living]

    await gateway.drop()
    await world.discord.until(
        lambda: all(session.resumed > before for session, before in zip(living, resumed, strict=True)),
        what="the resumes",
        within=30,
    )

    assert gateway.identifies == identified
