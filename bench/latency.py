"""How soon the bot answers, beside the least bot that discord.py can be, in the same run against the loopback Discord.

    python bench/latency.py [--small]

Prints markdown tables: ack times, start-up, idle memory by kind of process, and gaps of the event loop while it takes
articles in. What is printed is measured here and now; compare columns of one run, not runs of two machines.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

# ruff: noqa: E402  the path comes first
from loopback import Attachment, LoopbackDiscord
from loopback.program import Program

from bot.app import open_app
from bot.config import Settings
from bot.services.calls import Call, Incoming
from storage.base import Scope

SAMPLES = sorted((ROOT / "bot" / "samples").glob("*.*"))
USERS = (1, 10, 50)
TICK = 0.001
# A process that has just started still warms up; its memory is read once it has come to rest.
REST_SECONDS = 3


class Contestant:
    """A bot that is measured: how it is started, and what is asked of it."""

    def __init__(self, name, command, ask):
        self.name = name
        self.command = command
        self.ask = ask
        self.acks = {}
        self.online = 0.0
        self.memory = {}


async def ping(discord, user, channel):
    return await discord.slash(user, channel, "ping")


async def summarise(discord, user, channel):
    """Sum up the newest of what was added before: the first thing that people will do all day."""
    return await discord.slash(user, channel, "summarise", article=discord.chosen, sentences=3, private=True)


async def measure(contestant, commands_each):
    with tempfile.TemporaryDirectory() as folder:
        async with LoopbackDiscord() as discord:
            guild = discord.guild()
            channel = guild.channel("news")
            people = [guild.member(f"User {number}") for number in range(max(USERS))]
            program = Program(contestant.command, Path(folder), environment(discord, folder))
            try:
                await measure_running(contestant, discord, program, people, channel, commands_each)
            finally:
                await program.clean_up()


def environment(discord, folder):
    settings = {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/data/verbatim.db",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **settings}


async def measure_running(contestant, discord, program, people, channel, commands_each):
    began = time.perf_counter()
    await program.start(discord)
    contestant.online = time.perf_counter() - began
    await prepare(contestant, discord, people[0], channel)
    await (await contestant.ask(discord, people[0], channel)).final_message()
    await asyncio.sleep(REST_SECONDS)
    contestant.memory = memory(program)
    for users in USERS:
        contestant.acks[users] = []
        # In rounds that all begin together: left to themselves, people who wait longer for an answer would ask less
        # often, and the slower bot would seem the quicker one.
        for _ in range(commands_each):
            turns = (take_turn(contestant, discord, person, channel) for person in people[:users])
            contestant.acks[users] += await asyncio.gather(*turns)
    await program.terminate(within=10)


async def prepare(contestant, discord, person, channel):
    """Bring in the article that everybody will ask for."""
    if contestant.ask is not summarise:
        return
    sample = SAMPLES[0]
    added = await discord.slash(person, channel, "add", file=Attachment(sample.name, sample.read_bytes()))
    await added.final_message(when=lambda message: message.buttons)
    typed = await discord.autocomplete(person, channel, "summarise", "article", "")
    discord.chosen = (await typed.offered())[0]["value"]


async def take_turn(contestant, discord, person, channel):
    interaction = await contestant.ask(discord, person, channel)
    ack = await interaction.acked(within=60)
    await interaction.final_message(within=120, when=lambda message: not message.text.startswith("⏳"))
    return ack


def memory(program):
    """Return MiB by kind of process: what it alone holds, and its proportional share of what is shared."""
    kinds = {}
    for pid in program.processes():
        kind = kind_of(pid, program.pid)
        rollup = dict(line.split()[:2] for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
        private = int(rollup["Private_Clean:"]) + int(rollup["Private_Dirty:"])
        count, own, share = kinds.get(kind, (0, 0.0, 0.0))
        kinds[kind] = (count + 1, own + private / 1024, share + int(rollup["Pss:"]) / 1024)
    return kinds


def kind_of(pid, main):
    """Tell the bot's own process, the one that its workers are forked from, and those workers, by their descent."""
    if pid == main:
        return "main"
    parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return "parent of the workers" if parent == main else "worker"


async def measure_gaps(rounds):
    """Return the gaps of an idle event loop, and of one beside which the samples are taken in, in seconds."""
    async with open_app(Settings.model_construct(database_url="sqlite+aiosqlite://")) as app:
        idle = await gaps_beside(asyncio.sleep(1))

        async def take_in():
            for number in range(rounds):
                call = Call(Scope(number + 1, 1, None), 0, 1, number + 1, datetime.now(UTC))
                for sample in SAMPLES:
                    await app.services.corpus.add(call, file=Incoming(sample.name, path=str(sample)))

        began = time.perf_counter()
        busy = await gaps_beside(take_in())
        return idle, busy, rounds * len(SAMPLES) / (time.perf_counter() - began)


async def gaps_beside(work):
    """Return by how much each tick came late while the work went on."""
    task = asyncio.ensure_future(work)
    gaps = []
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(TICK)
        gaps.append(time.perf_counter() - before - TICK)
    await task
    return gaps


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def report(contestants, gaps):
    names = [contestant.name for contestant in contestants]
    print("Ack times, p50 / p99 in milliseconds (the bare bot acknowledges with its answer, Verbatim by deferring):\n")
    rows = []
    for users in USERS:
        taken = [contestant.acks[users] for contestant in contestants]
        cells = [f"{quantile(acks, 0.5) * 1000:.1f} / {quantile(acks, 0.99) * 1000:.1f}" for acks in taken]
        rows.append([str(users), str(len(taken[0])), *cells])
    table(["users at once", "commands", *names], rows)
    print("From the start of the process to its being online, in seconds:\n")
    table(names, [[f"{contestant.online:.2f}" for contestant in contestants]])
    print(
        "Memory at rest, in MiB (private: given back when the process ends; share: with its part of what is shared):\n"
    )
    rows = []
    for contestant in contestants:
        for kind, (count, private, share) in contestant.memory.items():
            rows.append([contestant.name, f"{count} × {kind}", f"{private:.0f}", f"{share:.0f}"])
    table(["", "processes", "private", "share"], rows)
    idle, busy, speed = gaps
    print(f"Gaps of the event loop, in milliseconds; the busy one took in {speed:.1f} files a second:\n")
    shares = (0.5, 0.99, 0.999, 1)
    rows = [
        [name, *(f"{quantile(taken, share) * 1000:.1f}" for share in shares)]
        for name, taken in (("idle", idle), ("taking in", busy))
    ]
    table(["", "p50", "p99", "p99.9", "longest"], rows)


async def compare(commands_each, rounds):
    contestants = [
        Contestant("bare", [str(ROOT / "bench" / "bare_bot.py")], ping),
        Contestant("verbatim", ["-m", "bot", "run"], summarise),
    ]
    for contestant in contestants:
        await measure(contestant, commands_each)
    report(contestants, await measure_gaps(rounds))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a few seconds' worth, to see that it runs")
    options = parser.parse_args()
    asyncio.run(compare(2, 1) if options.small else compare(20, 10))
