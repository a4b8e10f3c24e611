"""A working day in an hour: mixed commands, uploads and digests against a bot that must neither fail, swell nor stall.

    python bench/soak.py [--small] [--minutes 60] [--rate 20]
    python bench/soak.py --each 40

One `verbatim run` on SQLite, ten servers with eight members each on the loopback Discord, so many requests a second
whatever the bot makes of them (nobody waits for the answer before), digests and alerts besides. What went on inside is
read from the bot's own /metrics. It fails where a request went unanswered or ended in anything but an answer or a
sentence of refusal, or the log has an error; at full size also where memory or the event loop miss their aim.

With `--each` three servers ask so many times for one thing after another, each time when the answer before is there:
what each kind of request costs, in processor time of each process, whatever else the machine does.
"""

import argparse
import asyncio
import gc
import os
import random
import re
import socket
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from os import getloadavg
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

# ruff: noqa: E402  the path comes first
import aiohttp
from latency import environment, quantile, table
from loopback import Attachment, LoopbackDiscord
from loopback.program import Program

GUILDS = 10
# A person may use 30 commands a minute: with twenty requests a second each of these uses 15.
MEMBERS = 8
AT_ONCE = 400
WITHIN = 60
TYPED_ON = 5
LAG_AIM = 0.05
GROWTH_AIM = 1.05
# For what a start sets going to end, and to see what the bot does by itself.
REST = 10
# Of the time: until caches are filled and the first workers replaced.
WARM_UP = 0.2
FINE = {"answered", "refused"}

PLACES = ("Cape Orrin", "Lake Sable", "Dunmarrow", "Port Ivelle", "Stannick", "Ravensholt", "Queyra", "Tolm")
PEOPLE = ("Ilka Brandt", "Oswin Pereira", "Maura Tan", "Dov Hallström", "Aroha Pike", "Niels Okafor", "Sela Wright")
BODIES = ("Harbour Board", "Ferry Company", "Salt Works", "Coast Museum", "Water Office")
THINGS = ("bridge", "lighthouse", "reservoir", "ferry", "orchard", "archive", "tramway", "observatory", "fish market")
ACTS = (
    "will be closed for repairs",
    "has been sold",
    "opens to visitors",
    "was flooded",
    "lost its licence",
    "won a prize",
)
REASONS = (
    "The decision was taken after a meeting that lasted until midnight.",
    "Neighbours had asked for it for years.",
    "Nobody was hurt, and the damage is said to be small.",
    "Work will begin before the winter and should take eight months.",
    "An inquiry is to find out what went wrong with the pumps.",
    "The council has set aside money for it in next year's budget.",
    "It had stood empty since the storm of that spring.",
)
# What is filled in differs from article to article: news that shared most of its sentences would be all one story.
DETAILS = (
    "Some {number} {goods} were {done} by {trade} in {month}, {who} told {reader}.",
    "The {trade} of {place} {asked} {number} {goods} until {month}.",
    "By {month} the {body} had {done} {number} {goods} for {trade}.",
    "{who} {asked} {trade}, who had {done} {goods} since {month}.",
    "{number} of {other} {goods} will be {done} when {trade} return in {month}.",
    "Nobody knows why {goods} at {place} were {done} in {month}, said {trade}.",
    "In {month} {trade} {asked} {goods} worth {number} crowns from {who}.",
)
FILLED_IN = {
    "goods": "anchors barrels bricks crates doors gates kettles ladders lamps nets pipes planks ropes signs tiles",
    "done": "bought counted delivered dismantled insured lost mended moved painted seized shipped sold stolen stored",
    "trade": "bakers carpenters divers drivers farmers fishers glaziers masons miners nurses pilots smiths weavers",
    "asked": "awaited borrowed demanded examined expected inherited offered ordered refused returned surveyed wanted",
    "month": "January February March April May June July August September October November December",
    "reader": "auditors councillors cyclists neighbours pupils reporters residents shareholders tenants visitors",
}
# Of so many articles one is the text before it in its place again, cut by a sentence.
ONE_COPY_IN = 8


@dataclass
class Tally:
    """What came of it."""

    done: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    seconds: dict = field(default_factory=lambda: defaultdict(list))
    behind: int = 0
    left_out: int = 0
    """How often nothing was suggested, for the bot had too much to do, and somebody typed on."""
    late: float = 0.0
    """By how many seconds a request was sent too late at most: the machine's doing or the loopback's."""
    memory: list = field(default_factory=list)
    """When, MiB of the bot's own process, and of all its processes with their shares of what they have in common."""


def write_article(chance, number):
    """Return an article that nobody has written: its file's name, and its text."""
    place, thing, who, body = (chance.choice(words) for words in (PLACES, THINGS, PEOPLE, BODIES))
    filled = {name: words.split() for name, words in FILLED_IN.items()}
    day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(200))
    dated = f"{day.day} {day:%B %Y}"
    first = f"The {thing} at {place} {chance.choice(ACTS)}, the {place} {body} said on {dated}."
    lines = [f"“Case {number} is one that we shall not forget,” said {who}, who speaks for the {body}."]
    visitors = f"{chance.choice(PEOPLE)} counted {chance.randrange(2, 900)} visitors at {place}."
    last = f"{chance.choice(PEOPLE)} will report again in {chance.randrange(2, 9)} weeks."
    more = [
        template.format(
            **{name: chance.choice(words) for name, words in filled.items()},
            place=place,
            body=body,
            who=chance.choice(PEOPLE),
            number=chance.randrange(2, 900),
            other=chance.randrange(900, 2000),
        )
        for template in chance.sample(DETAILS, 5)
    ]
    paragraphs = "\n\n".join((first, *lines, f"{chance.choice(REASONS)} {visitors}", *more, last))
    return f"case-{number}.txt", f"The {thing} of {place}, case {number}\n\nBy {who}, {dated}\n\n{paragraphs}\n"


class Town:
    """The people, and what they do all day."""

    def __init__(self, discord, seed, guilds):
        self.discord = discord
        self.chance = random.Random(seed)
        self.tally = Tally()
        self.running = set()
        self.written = 0
        self.told = {}
        self.people = []
        self.answers = defaultdict(list)
        for number in range(guilds):
            guild = discord.guild(f"Town {number}")
            channel = guild.channel("news")
            chief = guild.member(f"Chief {number}", admin=True)
            members = [guild.member(f"Member {number}-{place}") for place in range(MEMBERS - 1)]
            self.people += [(person, channel, chief) for person in (chief, *members)]
        self.chance.shuffle(self.people)
        self.weights = {getattr(self, name): weight for name, weight in MIX.items()}

    async def settle_in(self, minutes):
        """Let each town have some articles, a watch, and digests that fall due during the run."""
        chiefs = {channel: chief for _, channel, chief in self.people}
        await asyncio.gather(*(self.move_in(chief, channel, minutes) for channel, chief in chiefs.items()))

    async def move_in(self, chief, channel, minutes):
        now = datetime.now(UTC)
        for _ in range(3):
            await self.ask(chief, channel, "add", file=self.article(channel))
        await self.ask(chief, channel, "watch add", search="lighthouse", channel=channel)
        for ahead in {1, 2, minutes // 3, minutes // 2}:
            when = {"every": "hourly", "at": f":{(now + timedelta(minutes=ahead)).minute:02}", "zone": "Europe/London"}
            await self.ask(chief, channel, "digest add", channel=channel, **when)

    async def live(self, rate, seconds):
        """Send so many requests a second for so long, whether they are answered or not."""
        loop = asyncio.get_running_loop()
        began, turn = loop.time(), 0
        while (due := began + turn / rate) < began + seconds:
            await asyncio.sleep(max(0.0, due - loop.time()))
            self.tally.late = max(self.tally.late, loop.time() - due)
            if len(self.running) >= AT_ONCE:
                self.tally.behind += 1
            else:
                self.begin(*self.people[turn % len(self.people)][:2])
            turn += 1
        if self.running:
            await asyncio.wait(self.running, timeout=WITHIN + 5)

    def begin(self, person, channel):
        (act,) = self.chance.choices(list(self.weights), list(self.weights.values()))
        task = asyncio.ensure_future(self.try_to(act, person, channel))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def try_to(self, act, person, channel):
        name, began = act.__name__, time.perf_counter()
        try:
            await act(person, channel)
        except Exception as error:  # noqa: BLE001  whatever it is, it is told in the end
            self.tally.wrong[f"{name}: {type(error).__name__}: {str(error).splitlines()[0][:200]}"] += 1
        else:
            self.tally.done[name] += 1
            self.tally.seconds[name].append(time.perf_counter() - began)

    def article(self, channel):
        self.written += 1
        name, text = write_article(self.chance, self.written)
        told = self.told.get(channel)
        if told and not self.chance.randrange(ONE_COPY_IN):
            text = "\n\n".join(told.split("\n\n")[:-1])
        self.told[channel] = text
        return Attachment(name, text.encode())

    async def ask(self, person, channel, command, /, **options):
        interaction = await self.discord.slash(person, channel, command, **options)
        return await interaction.final_message(within=WITHIN, when=is_finished)

    async def offered(self, person, channel, command, option):
        """Return what is suggested; where nothing is, a second later, as somebody who types on asks again."""
        for _ in range(TYPED_ON):
            typed = await self.discord.autocomplete(person, channel, command, option, "")
            if offered := await typed.offered(within=10):
                return offered
            self.tally.left_out += 1
            await asyncio.sleep(1)
        raise AssertionError("no suggestions in time")

    async def search(self, person, channel):
        answer = await self.ask(person, channel, "search", query=self.chance.choice((*THINGS, *PLACES)))
        self.answers[channel] = [*self.answers[channel][-3:], (answer, person)]

    async def look_up(self, person, channel):
        typed = await self.discord.autocomplete(person, channel, "summarise", "article", self.chance.choice(THINGS)[:4])
        await typed.offered(within=10)

    async def summarise(self, person, channel):
        offered = await self.offered(person, channel, "summarise", "article")
        await self.ask(person, channel, "summarise", article=self.chance.choice(offered)["value"], sentences=3)

    async def quote(self, person, channel):
        await self.ask(person, channel, "quote", text=self.chance.choice(REASONS))

    async def list_articles(self, person, channel):
        await self.ask(person, channel, "article list")

    async def show_entity(self, person, channel):
        await self.ask(person, channel, "entity show", name=self.chance.choice(PEOPLE))

    async def help(self, person, channel):
        await self.ask(person, channel, "help")

    async def brief(self, person, channel):
        await self.ask(person, channel, "brief", topic=self.chance.choice(THINGS), sentences=4)

    async def timeline(self, person, channel):
        await self.ask(person, channel, "timeline", topic=self.chance.choice(THINGS))

    async def catch_up(self, person, channel):
        await self.ask(person, channel, "catchup")

    async def wording(self, person, channel):
        await self.ask(person, channel, "wording", entity=self.chance.choice(PEOPLE))

    async def add(self, person, channel):
        await self.ask(person, channel, "add", file=self.article(channel))

    async def name_the_bot(self, person, channel):
        said = self.discord.say(person, channel, files=[self.article(channel)], mention=True)
        await self.discord.until(lambda: self.discord.replies(said), within=WITHIN, what="a receipt")

    async def open_passage(self, person, channel):
        if not self.answers[channel]:
            return await self.search(person, channel)
        answer, _ = self.chance.choice(self.answers[channel])
        if not answer.menus:
            return None
        chosen = await self.discord.choose(answer, 0, 0, user=person)
        return await chosen.final_message(within=WITHIN, when=is_finished)

    async def post_now(self, _, channel):
        chief = next(chief for _, here, chief in self.people if here is channel)
        offered = await self.offered(chief, channel, "digest now", "digest")
        await self.ask(chief, channel, "digest now", digest=self.chance.choice(offered)["value"])


MIX = {
    "search": 20,
    "look_up": 10,
    "summarise": 10,
    "quote": 8,
    "list_articles": 8,
    "show_entity": 8,
    "help": 6,
    "open_passage": 6,
    "add": 5,
    "brief": 4,
    "catch_up": 3,
    "timeline": 3,
    "wording": 2,
    "name_the_bot": 2,
    "post_now": 1,
}


def is_finished(message):
    return not message.text.startswith("⏳")


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


async def scrape(port):
    """Return each line of /metrics: its name with its labels, and its value."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = [line for line in (await answer.text()).splitlines() if not line.startswith("#")]
    return {head: float(value) for head, _, value in (line.rpartition(" ") for line in lines)}


def gaps_between(before, after, name):
    """Return the share of looks at the event loop whose gap was at most each bound, in a stretch of time."""
    bounds = {}
    for head, value in after.items():
        if bound := re.fullmatch(rf'verbatim_loop_{name}_seconds_bucket\{{le="(.+)"\}}', head):
            bounds[float(bound[1])] = value - before.get(head, 0)
    return {bound: count / bounds[float("inf")] for bound, count in bounds.items()}


def outcomes(metrics, name):
    """Return a counter by its label `outcome`."""
    found = Counter()
    for head, value in metrics.items():
        if head.startswith(f"{name}{{"):
            found[re.search(r'outcome="([^"]+)"', head)[1]] += int(value)
    return found


async def watch(town, program, port, every, minutes):
    """Take samples, and let the loopback forget what is long past: it must not be what swells."""
    began = told = time.monotonic()
    known = Counter()
    while True:
        await asyncio.sleep(every)
        own = (await scrape(port))["process_resident_memory_bytes"] / 2**20
        total = await asyncio.to_thread(share_of_memory, program)
        town.tally.memory.append((time.monotonic() - began, own, total))
        forget(town.discord.state)
        if minutes > 2 and time.monotonic() - told > 60:
            told = time.monotonic()
            _, own, total = town.tally.memory[-1]
            done, wrong = sum(town.tally.done.values()), sum(town.tally.wrong.values())
            line = f"{(told - began) / 60:4.0f} min: {done} done, {wrong} wrong, {len(town.running)} at once"
            line += (
                f", {own:.0f} / {total:.0f} MiB, load {getloadavg()[0]:.1f}, sent at most {town.tally.late:.2f} s late"
            )
            news = [f"{count} × {what}" for what, count in (town.tally.wrong - known).items()]
            known, town.tally.late = Counter(town.tally.wrong), 0.0
            print(line, *news, sep="\n", file=sys.stderr, flush=True)


def share_of_memory(program):
    """Return the MiB of all processes, each with its share of what several have in common."""
    found = 0
    for pid in program.processes():
        with suppress(OSError):  # a worker that has just ended
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            found += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return found / 1024


def processor_seconds(program):
    """Return what the bot's own process, all its workers and this one have computed so far."""
    others = sum(computed(pid) for pid in program.processes() if pid != program.pid)
    return computed(program.pid), others, time.process_time()


def computed(pid):
    """Return the processor time of a process and of those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # a worker that has just ended: its parent knows
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def spare_looks_for_garbage():
    """Have this process stop as little as possible: while it does, requests pile up that then come all at once."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def forget(state, keep=1000):
    """Drop what happened long ago; a bug or a refusal stays."""
    del state.requests[:-keep]
    for known in (state.messages, state.interactions, state.cdn._files):  # noqa: SLF001  our own loopback's
        for key in list(known)[:-keep]:
            del known[key]


async def soak(rate, minutes, strict, seed):
    with tempfile.TemporaryDirectory() as folder:
        async with LoopbackDiscord() as discord:
            port = free_port()
            surroundings = environment(discord, folder) | {"METRICS_PORT": str(port), "LOG_LEVEL": "INFO"}
            town = Town(discord, seed, GUILDS if strict else GUILDS // 3)
            program = Program(["-m", "bot", "run"], Path(folder), surroundings)
            load = getloadavg()[0]
            try:
                await program.start(discord)
                await town.settle_in(round(minutes))
                spare_looks_for_garbage()
                before = processor_seconds(program)
                first, last = await measure(town, program, port, rate, minutes * 60)
                after = processor_seconds(program)
                code = await program.terminate(within=15)
            finally:
                await program.clean_up()
            errors = [line for line in program.said.splitlines() if " ERROR " in line or "Traceback" in line]
            refused = list(discord.state.refusals)
    print(
        f"{rate:g} requests a second for {minutes:g} minutes, load {load:.1f} before and {getloadavg()[0]:.1f} after:\n"
    )
    asked = max(1, sum(town.tally.done.values()) + sum(town.tally.wrong.values()))
    own, workers, ours = ((new - old) * 1000 / asked for new, old in zip(after, before, strict=True))
    print(
        f"CPU a request: the bot's own process {own:.0f} ms, its workers {workers:.0f}, loopback and this {ours:.0f}.\n"
    )
    return judge(town.tally, first, last, [*errors, *refused, *([f"exit code {code}"] if code else [])], strict)


async def count_each(times, seed):
    """Print what each kind of request costs, without what the bot does by itself meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        async with LoopbackDiscord() as discord:
            port = free_port()
            town = Town(discord, seed, 3)
            surroundings = environment(discord, folder) | {"METRICS_PORT": str(port)}
            program = Program(["-m", "bot", "run"], Path(folder), surroundings)
            try:
                await program.start(discord)
                await town.settle_in(600)
                for person, channel, _ in town.people:
                    await town.add(person, channel)
                await asyncio.sleep(REST)
                idle = await spent(program, port, lambda: asyncio.sleep(REST), 1, (0.0,) * 4)
                by_itself = [each / REST for each in idle]
                costs = {
                    name: await spent(program, port, lambda act=act: turn(town, act, times), times, by_itself)
                    for name, act in ((name, getattr(town, name)) for name in MIX)
                }
                await program.terminate(within=15)
            finally:
                await program.clean_up()
    rows = [[name, *(f"{each:.1f}" for each in cost)] for name, cost in costs.items()]
    weighed = [sum(MIX[name] * cost[place] for name, cost in costs.items()) / sum(MIX.values()) for place in range(4)]
    idling = ", ".join(f"{each:.1f}" for each in by_itself)
    print(f"{times} times each, load {getloadavg()[0]:.1f}; by itself in a second: {idling}.\n")
    head = ["what", "the bot's own process (ms of CPU)", "its workers", "the loopback and this", "transactions"]
    table(head, [*rows, ["the mix", *(f"{each:.1f}" for each in weighed)]])


async def turn(town, act, times):
    for number in range(times):
        person, channel, _ = town.people[number % len(town.people)]
        await act(person, channel)
    await asyncio.sleep(1)  # what a file sets going goes on behind its answer


async def spent(program, port, work, times, by_itself):
    """Return the milliseconds of processor time of each process and the transactions, of one of so many times."""
    before, began = await costs_so_far(program, port), time.monotonic()
    await work()
    took, after = time.monotonic() - began, await costs_so_far(program, port)
    return [(new - old - idle * took) / times for new, old, idle in zip(after, before, by_itself, strict=True)]


async def costs_so_far(program, port):
    transactions = outcomes(await scrape(port), "verbatim_database_transactions_total").total()
    return [*(seconds * 1000 for seconds in processor_seconds(program)), transactions]


async def measure(town, program, port, rate, seconds):
    """Return what /metrics said when it had warmed up, and in the end."""
    every = max(1.0, seconds / 240)
    watching = asyncio.ensure_future(watch(town, program, port, every, seconds / 60))
    living = asyncio.ensure_future(town.live(rate, seconds))
    await asyncio.sleep(seconds * WARM_UP)
    first = await scrape(port)
    await living
    last = await scrape(port)
    watching.cancel()
    await asyncio.wait({watching})
    if not watching.cancelled():
        watching.result()
    return first, last


def judge(tally, first, last, errors, strict):
    """Print what came of it; return the exit code."""
    rows = [
        [name, str(count), *(f"{quantile(tally.seconds[name], share) * 1000:.0f}" for share in (0.5, 0.95, 0.99))]
        for name, count in tally.done.most_common()
    ]
    table(["what", "answered", "p50 (ms)", "p95", "p99"], rows)

    ended, delivered = outcomes(last, "verbatim_commands_total"), outcomes(last, "verbatim_deliveries_total")
    transactions = outcomes(last, "verbatim_database_transactions_total")
    print(
        f"The bot's own count: commands {dict(ended)}; deliveries {dict(delivered)}; "
        f"transactions {dict(transactions)}.\n"
    )

    print(f"{tally.left_out} times nothing was suggested, and the person typed on.\n")
    lag, computed = gaps_between(first, last, "lag"), gaps_between(first, last, "cpu")
    within = next((bound for bound, share in lag.items() if share >= 0.999), float("inf"))
    print(
        f"Event loop late by at most {within * 1000:g} ms in 99.9 % of the ticks ({lag[LAG_AIM]:.4%} within 50 ms).\n"
    )

    used = last["process_cpu_seconds_total"] - first["process_cpu_seconds_total"]
    answered = sum(ended.values()) - sum(outcomes(first, "verbatim_commands_total").values())
    print(f"CPU of the bot's own process: {used / max(answered, 1) * 1000:.0f} ms a command.\n")
    own = next((bound for bound, share in computed.items() if share >= 0.999), float("inf"))
    print(f"It computed for at most {own * 1000:g} ms between two looks in 99.9 % of them, 20 ms apart.\n")

    settled = tally.memory[int(len(tally.memory) * WARM_UP) :]
    third = max(1, len(settled) // 3)
    early, late = settled[:third], settled[-third:]
    grown = []
    for place, name in ((1, "the bot's own process"), (2, "all its processes")):
        before, after = (median(sample[place] for sample in part) for part in (early, late))
        grown.append(after / before)
        print(
            f"Memory of {name}: {before:.0f} MiB after warming up, {after:.0f} MiB in the end "
            f"({after / before - 1:+.1%}).\n"
        )

    wrong = [f"{count} × {what}" for what, count in tally.wrong.items()]
    wrong += [f"{count} × outcome {outcome}" for outcome, count in ended.items() if outcome not in FINE]
    wrong += [
        f"{count} × delivery {outcome}"
        for outcome, count in delivered.items()
        if outcome in {"failed", "put off"} and count
    ]
    wrong += [f"{tally.behind} requests not even sent: {AT_ONCE} were waiting"] if tally.behind else []
    wrong += errors
    if strict:
        wrong += [f"memory grew by {max(grown) - 1:.1%}"] if max(grown) > GROWTH_AIM else []
        wrong += ["the event loop stalled"] if within > LAG_AIM else []
    print("No error." if not wrong else "Wrong:\n" + "\n".join(wrong[:40]))
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a minute at six a second, and no aims but no error")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--each", type=int, metavar="TIMES", help="what each kind of request costs, instead")
    options = parser.parse_args()
    if options.each:
        asyncio.run(count_each(options.each, options.seed))
        sys.exit()
    minutes, rate = (1, 6) if options.small else (options.minutes, options.rate)
    sys.exit(asyncio.run(soak(rate, minutes, not options.small, options.seed)))
