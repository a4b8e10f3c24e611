"""Deliveries under fire: worker processes are killed, stopped, and lied to about the time, while answers get lost.

    python bench/deliveries.py [--small]

Workers (the scheduler of `bot.scheduler`, one SQLite file for all) post to a sink on loopback that loses 15 % of its
answers after taking effect, answers 503 to 10 % without, and forgets nonces long before a lease ends. Every schedule is
due once. In the end each has one message: what has none is lost, what has more is doubled. The last rows leave parts of
the recipe out, to show what each is worth. Then so many are due at the same minute, and one bot drains them into the
loopback Discord, while people there ask it for help.
"""

import argparse
import asyncio
import logging
import mmap
import multiprocessing
import os
import random
import signal
import sqlite3
import struct
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

# ruff: noqa: E402  the path comes first
# ruff: noqa: ARG001, ARG002  a front and a composer take what they are given
import aiohttp
from aiohttp import web
from loopback import LoopbackDiscord

from bot.app import open_app
from bot.cogs.delivery import DiscordFront
from bot.config import Settings
from bot.gateway import Gateway, _endpoints
from bot.scheduler import Clock, Pacing, Scheduler
from bot.services.deliveries import Composed, Place, PlaceKind, UnreachableError, check_in_time
from bot.services.replies import Line, Reply
from bot.services.schedules import Repeat, Timing, next_slot
from storage import open_storage
from storage.base import NewSchedule, Scope

DESKS = 20
WORKERS = 4
TICK = 0.001
# Seconds between two pieces of harm, on average.
GAP = 0.6
AT_ONCE = 8

# In seconds. A lease is twice as long as the sink remembers a nonce.
LEASE = 4.0


def faster(lease):
    """Return the pace of workers whose leases are so short."""
    return Pacing(
        at_once=AT_ONCE,
        per_second=30,
        poll=0.05,
        lease=timedelta(seconds=lease),
        attempt=lease - 0.5,
        margin=0.2,
        nonce=timedelta(seconds=lease / 4),
        first_pause=timedelta(seconds=0.2),
        longest_pause=timedelta(seconds=1),
        most_tries=10_000,
    )


@dataclass
class Sink:
    """A channel's server: it keeps what arrives, by the schedule that it was sent for."""

    chance: random.Random
    lost: float = 0.15
    refused: float = 0.10
    nonce_seconds: float = LEASE / 2
    messages: list = field(default_factory=list)
    nonces: dict = field(default_factory=dict)
    counted: Counter = field(default_factory=Counter)
    times: list = field(default_factory=list)

    async def send(self, request):
        asked = await request.json()
        self.times.append(time.monotonic())
        await asyncio.sleep(self.chance.uniform(0, 0.03))
        if self.chance.random() < self.refused:
            self.counted["503"] += 1
            return web.Response(status=503)
        since, known = self.nonces.get(asked["nonce"], (0.0, 0))
        if not asked["nonce"] or time.monotonic() - since > self.nonce_seconds:
            self.messages.append((asked["key"], asked["schedule"]))
            known = len(self.messages)
            self.nonces[asked["nonce"]] = (time.monotonic(), known)
        else:
            self.counted["by nonce"] += 1
        if self.chance.random() < self.lost:
            self.counted["answers lost"] += 1
            if request.transport is not None:
                request.transport.abort()
        return web.json_response({"id": known})

    async def find(self, request):
        self.times.append(time.monotonic())
        if self.chance.random() < self.refused:
            return web.Response(status=503)
        key = int(request.query["key"])
        hits = [number for number, (each, _) in enumerate(self.messages, 1) if each == key]
        self.counted["by history"] += bool(hits)
        return web.json_response({"id": hits[0] if hits else None})


@dataclass(frozen=True)
class Recipe:
    """Which parts of it are used."""

    probe: bool = True
    nonce: bool = True


WHOLE = Recipe()


class SinkFront:
    """`bot.services.deliveries.Front` on the sink."""

    def __init__(self, url, session, recipe):
        self._url, self._session, self._recipe = url, session, recipe

    async def audiences(self, desk_id, place, shared):
        return frozenset({place.number})

    async def send(self, desk_id, place, post):
        body = {"key": post.key, "schedule": post.reply.title, "nonce": post.nonce if self._recipe.nonce else ""}
        return await self._ask("POST", "/send", json=body)

    async def find(self, desk_id, place, key, since):
        return await self._ask("GET", "/find", params={"key": str(key)}) if self._recipe.probe else None

    async def tell(self, desk_id, person_id, post):
        raise UnreachableError("nobody is told here")

    async def _ask(self, method, path, **given):
        try:
            async with self._session.request(method, self._url + path, **given) as response:
                if response.status != 200:
                    raise UnreachableError(f"{response.status}")
                return (await response.json())["id"]
        except aiohttp.ClientError as error:
            raise UnreachableError(repr(error)) from error


async def compose(scope, schedule, period):
    await asyncio.sleep(0.002)
    return Composed(Reply(schedule.name, (Line(("words " * 50,)),)), period.until)


async def look_once_more(*_):
    check_in_time()


def session(timeout=0.8):
    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(look_once_more)
    limit = aiohttp.ClientTimeout(total=timeout)
    return aiohttp.ClientSession(timeout=limit, trace_configs=[trace])


def mind(pipe):
    """Be the head of the workers' group: end it when the benchmark is gone, those too that are stopped."""
    os.setpgid(0, 0)
    pipe.send("ready")
    with suppress(EOFError):
        pipe.recv()
    os.killpg(0, signal.SIGKILL)


@contextmanager
def minded(context):
    """Yield the group that workers are to join, which outlives neither this block nor this process."""
    here, there = context.Pipe()
    minder = context.Process(target=mind, args=(there,), daemon=True)
    minder.start()
    there.close()
    here.recv()
    try:
        yield minder.pid
    finally:
        here.close()
        minder.join()


def work(database, url, clock_file, recipe, pacing, group):
    """Be one worker, until killed. The clock is as wrong as the file says."""
    os.setpgid(0, group)
    with Path(clock_file).open("rb") as file:
        wrong = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)

    # That something was not delivered is what this is about.
    logging.disable(logging.ERROR)

    def now():
        return datetime.now(UTC) + timedelta(seconds=struct.unpack("d", wrong[:8])[0])

    async def run():
        async with open_storage(database, seconds=20) as storage, session() as asking:
            front = SinkFront(url, asking, recipe)
            await Scheduler(storage, front, compose, clock=Clock(now), pacing=pacing).run()

    asyncio.run(run())


async def fill(storage, schedules, at, places=None):
    """Make schedules that are all due at one moment, in turn in these desks and channels."""
    places = places or [(1000 + number % DESKS, 1 + number % 50) for number in range(100)]
    timing = Timing(Repeat.DAILY, "UTC")
    slot = next_slot(timing, at)
    for number in range(schedules):
        desk_id, channel_id = places[number % len(places)]
        place = Place(PlaceKind.CHANNEL, channel_id)
        new = NewSchedule(
            audience_id=place.number,
            recipient_id=None,
            made_by=9,
            made_at=at - timedelta(days=1),
            kind="digest",
            name=f"{number}",
            what={},
            timing=timing.to_json(),
            place=place.to_json(),
            next_slot=f"due {slot.key}",
            next_at=at,
        )
        await storage.make_schedule(Scope(desk_id, 9, None), new)


def ask(path, statement):
    """Return the rows of a query, put beside the program."""
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        return connection.execute(statement).fetchall()


def waiting(path):
    """Return how many deliveries are not through yet."""
    due = int(time.time() * 1e6)
    ((found,),) = ask(
        path,
        "SELECT (SELECT count(*) FROM delivery WHERE state = 'open')"
        f" + (SELECT count(*) FROM schedule WHERE next_at <= {due})",
    )
    return found


class Fire:
    """Workers, and what befalls them."""

    def __init__(self, chance, start, clock_file, harm, lease):
        self._chance, self._start, self._clock, self._harm = chance, start, clock_file, harm
        self._lease = lease
        self._workers = [start() for _ in range(WORKERS)]
        self._stopped = {}
        self.count = Counter()

    async def rage(self, gap):
        """Do harm every now and then, until cancelled."""
        while True:
            await asyncio.sleep(self._chance.uniform(0.2, 1.8) * gap)
            self._wake()
            place = self._chance.randrange(WORKERS)
            match self._chance.choice(self._harm):
                case "kill":
                    self._kill(place)
                case "stop" if place not in self._stopped:
                    os.kill(self._workers[place].pid, signal.SIGSTOP)
                    self._stopped[place] = time.monotonic() + self._chance.uniform(1.1, 2.0) * self._lease
                    self.count["stops"] += 1
                case "clock":
                    self._clock[:8] = struct.pack("d", self._chance.choice([0, 1, -1]) * self._chance.uniform(0, 900))
                    self.count["clock set"] += 1

    def has_done(self, blows, kills):
        return sum(self.count.values()) >= blows and self.count["kills"] >= kills

    def _wake(self):
        for place, until in list(self._stopped.items()):
            if time.monotonic() > until:
                os.kill(self._workers[place].pid, signal.SIGCONT)
                del self._stopped[place]

    def _kill(self, place):
        self._stopped.pop(place, None)
        self._workers[place].kill()
        self._workers[place].join()
        self._workers[place] = self._start()
        self.count["kills"] += 1

    def end(self):
        for worker in self._workers:
            worker.kill()
            worker.join()

    def calm(self):
        """Let everybody run on, by the right time: by a clock that was set back, what is due would be so much later."""
        self._clock[:8] = struct.pack("d", 0.0)
        for place in list(self._stopped):
            os.kill(self._workers[place].pid, signal.SIGCONT)
            del self._stopped[place]


async def trial(folder, seed, group, *, schedules, blows, kills, harm, recipe=WHOLE, lease=LEASE, calms=False):
    """Let workers deliver under fire until so much harm is done and all is sent; return what came of it.

    So many blows there are, and so many kills among them. With `calms` the harm ends when there was so much of it.
    """
    chance = random.Random(seed)
    sink = Sink(chance, nonce_seconds=lease / 2)
    runner, url = await serve(sink)
    path = Path(folder) / f"{seed}.db"
    database = f"sqlite+aiosqlite:///{path}"
    clock_file = Path(folder) / f"clock-{seed}"
    clock_file.write_bytes(struct.pack("d", 0.0))
    with clock_file.open("r+b") as file:
        clock = mmap.mmap(file.fileno(), 8)
    context = multiprocessing.get_context("forkserver")

    def start():
        asked = (database, url, str(clock_file), recipe, faster(lease), group)
        process = context.Process(target=work, args=asked, daemon=True)
        process.start()
        return process

    async with open_storage(database, seconds=20) as storage:
        await fill(storage, schedules, datetime.now(UTC))
        fire = Fire(chance, start, clock, harm, lease)
        raging = asyncio.create_task(fire.rage(GAP))
        try:
            waves = 1
            while (left := waiting(path)) or not fire.has_done(blows, kills):
                if calms and fire.has_done(blows, kills):
                    raging.cancel()
                    fire.calm()
                elif not left:
                    # Still some harm to do: let all of them be due again.
                    await again(storage)
                    waves += 1
                await asyncio.sleep(0.3)
        finally:
            raging.cancel()
            await asyncio.wait({raging})
            fire.calm()
            clock[:8] = struct.pack("d", 0.0)
        # Whoever was stopped in the middle of sending still may.
        await asyncio.sleep(2 * lease)
        sent = expected(path)
        fire.end()
    await runner.cleanup()
    messages = Counter(key for key, _ in sink.messages)
    lost = len(sent - messages.keys())
    doubled = sum(messages.values()) - len(messages)
    return {"deliveries": len(sent), "lost": lost, "doubled": doubled, **fire.count, **sink.counted, "waves": waves}


async def again(storage):
    for desk in range(1000, 1000 + DESKS):
        for schedule in await storage.schedules(Scope(desk, 9, None)):
            await storage.run_schedule(
                Scope(desk, 9, None), schedule.schedule_id, slot=f"now:{time.monotonic_ns()}", now=datetime.now(UTC)
            )


def expected(path):
    """Return the keys of all that there is to deliver.

    What a clock that was ahead let be due beside another delivery is skipped: nobody is to get it.
    """
    return {key for (key,) in ask(path, "SELECT key FROM delivery WHERE state <> 'skipped'")}


async def serve(sink):
    app = web.Application()
    app.router.add_post("/send", sink.send)
    app.router.add_get("/find", sink.find)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"


async def load(folder, schedules, per_second):
    """Let the bot drain what is due at one minute, with people asking it things; return how it fared."""
    path = f"{folder}/load.db"
    here, there = multiprocessing.Pipe()
    discord = multiprocessing.get_context("forkserver").Process(target=be_discord, args=(there,), daemon=True)
    discord.start()
    url, token, places = await asyncio.to_thread(here.recv)
    settings = Settings.model_construct(
        database_url=f"sqlite+aiosqlite:///{path}", discord_api_url=url, discord_gateway_url=None, workers=1
    )
    gaps = []
    async with open_app(settings) as app, _endpoints(settings):
        bot = Gateway(app.services, app.storage)
        await bot.login(token)
        tasks = [asyncio.create_task(bot.connect())]
        await bot.wait_until_ready()
        await fill(app.storage, schedules, datetime.now(UTC), places)
        here.send("ask")
        front = DiscordFront(bot, app.services, bot.answering)
        pacing = replace(Pacing(), per_second=per_second)
        one = Scheduler(app.storage, front, compose, pacing=pacing)
        tasks.append(asyncio.create_task(watch(gaps)))
        began = time.monotonic()
        tasks.append(asyncio.create_task(one.run()))
        while await asyncio.to_thread(waiting, path):  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.5)
        seconds = time.monotonic() - began
        here.send("end")
        acks, times, arrived = await asyncio.to_thread(here.recv)
        for task in tasks[1:]:
            task.cancel()
        await bot.leave()
        await asyncio.wait(tasks, timeout=5)
    return Drained(schedules, per_second, seconds, sorted(gaps), sorted(acks), sorted(times), arrived)


@dataclass(frozen=True)
class Drained:
    """How the bot fared while so many were due."""

    due: int
    per_second: float
    seconds: float
    gaps: list
    acks: list
    times: list
    arrived: Counter

    def __str__(self):
        once = sum(1 for count in self.arrived.values() if count == 1)
        busiest = max(bisect_left(self.times, first + 1) - place for place, first in enumerate(self.times))
        gaps = [f"{share(self.gaps, part):.1f} ms" for part in (0.99, 0.999, 1)]
        acks = [f"{share(self.acks, part):.1f} ms" for part in (0.5, 0.99, 1)]
        return (
            f"{self.due:,} due at the same minute, at {self.per_second:g} a second: {once:,} arrived once in "
            f"{self.seconds:.0f} s, at most {busiest} requests in a second; gaps of the event loop p99 {gaps[0]}, "
            f"p99.9 {gaps[1]}, longest {gaps[2]}; {len(self.acks)} slash commands meanwhile acknowledged p50 "
            f"{acks[0]}, p99 {acks[1]}, longest {acks[2]}"
        )


def share(ordered, part):
    """Return a quantile of times in seconds, in milliseconds."""
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1000 if ordered else 0.0


def be_discord(pipe):
    """Be the loopback Discord, with people in it, in a process of its own; tell what came in the end."""
    asyncio.run(_be_discord(pipe))


async def _be_discord(pipe):
    acks = []
    async with LoopbackDiscord() as discord:
        guilds = [discord.guild(f"Guild {number}") for number in range(DESKS)]
        channels = {guild.id: [guild.channel(f"news {number}") for number in range(5)] for guild in guilds}
        people = [(guild.member("Amina"), channels[guild.id][0]) for guild in guilds]
        places = [(guild_id, each.id) for guild_id, some in channels.items() for each in some]
        pipe.send((discord.url, discord.token, places))
        await asyncio.to_thread(pipe.recv)
        before = len(discord.state.requests)
        while not pipe.poll():
            person, channel = people[len(acks) % len(people)]
            asked = await discord.slash(person, channel, "help")
            acks.append(await asked.acked(within=60))
            await asyncio.sleep(0.25)
        titles = (
            message.text.split("\n")[0]
            for each in discord.state.channels.values()
            for message in discord.posted(each)
            if message.nonce
        )
        times = [each.at for each in discord.state.requests[before:] if each.name.startswith(("POST /ch", "GET /ch"))]
        pipe.send((acks, times, Counter(titles)))


async def watch(gaps):
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        gaps.append(time.perf_counter() - began - TICK)


ROWS = (
    ("killed (SIGKILL)", ["kill"], WHOLE),
    ("killed, stopped longer than the lease (SIGSTOP)", ["kill", "stop"], WHOLE),
    ("killed, the clock set up to 15 minutes ahead and back", ["kill", "clock"], WHOLE),
    ("all of it", ["kill", "stop", "clock"], WHOLE),
    ("all of it, without the look into the history", ["kill", "stop", "clock"], Recipe(probe=False)),
    ("all of it, without the nonce", ["kill", "stop", "clock"], Recipe(nonce=False)),
    ("all of it, without either", ["kill", "stop", "clock"], Recipe(probe=False, nonce=False)),
)
COLUMNS = (
    "deliveries",
    "kills",
    "stops",
    "clock set",
    "answers lost",
    "503",
    "by nonce",
    "by history",
    "lost",
    "doubled",
)


async def main(small, only, due):
    rows = [ROWS[3]] if small else ROWS
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        print("| | " + " | ".join(COLUMNS) + " |\n|" + " --- |" * (len(COLUMNS) + 1), flush=True)
        for seed, (name, harm, recipe) in enumerate(rows, 1):
            if only is not None and only != seed:
                continue
            blows = 110 * len(harm) if recipe == WHOLE else 150
            size = (
                {"schedules": 40, "blows": 6, "kills": 1, "lease": 2.0, "calms": True}
                if small
                else {"schedules": 500, "blows": blows, "kills": 100}
            )
            # Of so little harm some has to be kills.
            harms = [*harm, "kill"] if small else harm
            with minded(multiprocessing.get_context("forkserver")) as group:
                found = await trial(folder, seed, group, harm=harms, recipe=recipe, **size)
            print(f"| {name} | " + " | ".join(str(found.get(column, 0)) for column in COLUMNS) + " |", flush=True)
            if recipe == WHOLE:
                wrong += found["lost"] + found["doubled"]
        if not only:
            many, rate = (60, 40) if small else (due, Pacing().per_second)
            print(f"\n{await load(folder, many, rate)}")
    if wrong:
        raise SystemExit(f"{wrong} deliveries were lost or doubled")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="a few deliveries and kills, to see that it runs")
    parser.add_argument("--row", type=int, help="one row of the table alone, from 1; 0 for the load")
    parser.add_argument("--due", type=int, default=10_000, help="how many are due at one minute, for the load")
    multiprocessing.set_forkserver_preload(["bot.app", "bot.cogs.delivery", "bot.gateway", "loopback"])
    asked = parser.parse_args()
    asyncio.run(main(asked.small, asked.row, asked.due))
