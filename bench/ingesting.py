"""Articles taken in per second, end to end, and what that does to the event loop, beside an idle loop in the same run.

    python bench/ingesting.py [--articles 400]

Each article is a file of its own (about 5 kB, every other one HTML), fetched from disk, read in a sandboxed worker and
stored in a SQLite file, eight at a time. A ticker on the same loop sleeps 5 ms over and over, noting how late it wakes.

Then the HTML pages alone, and whole ones with all that surrounds an article, one after the other: what trafilatura
takes by itself, what our articles take in this process (extraction, splitting, roles, dates), what all takes that is
stored (sentences, signatures and names too), and that through a worker process, whose difference is the price of the
sandbox; and the memory of all processes.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from trafilatura import bare_extraction

from bot.app import open_app
from bot.config import Settings
from bot.services.calls import Call, Incoming
from bot.services.compute import Compute
from storage.base import LOCAL_DESK, LOCAL_PERSON, Scope
from summariser.ingest import prepare, read
from summariser.limits import Limits

TICK = 0.005
AT_ONCE = 8
# Whole pages as sites serve them, those that bench/reading.py measures.
WHOLE = Path(__file__).parent.parent / "tests" / "summariser" / "data" / "reading"

WHO = ("The harbour office", "A spokeswoman for the growers", "The mayor of Lowen", "Two engineers", "The inspectorate")
DID = ("confirmed", "denied", "announced", "promised", "warned", "explained to reporters")
WHAT = (
    "that the bridge would reopen",
    "that the harvest had failed",
    "a second tender",
    "higher ferry fares",
    "a new dam",
)
WHEN = ("on Monday", "after a meeting of six hours", "in a letter to residents", "at the weekend", "before the council")


def article(chance: random.Random, *, html: bool) -> bytes:
    sentences = [
        f"{chance.choice(WHO)} {chance.choice(DID)} {chance.choice(WHAT)} {chance.choice(WHEN)}, "
        f"{chance.randint(2, 90)} days after the first report from district {chance.randint(1, 40)}."
        for _ in range(45)
    ]
    paragraphs = [" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
    title = f"District {chance.randint(1, 10**6)} waits for an answer"
    if not html:
        return "\n\n".join([title, "By Rosa Imrin", *paragraphs]).encode()
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<html><head><title>{title}</title></head><body><nav>Home</nav>"
    return f"{head}<article><h1>{title}</h1>{body}</article></body></html>".encode()


@asynccontextmanager
async def ticking():
    """Collect how late a ticker on this loop wakes, in milliseconds."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            late.append(max(0.0, (time.perf_counter() - before - TICK) * 1000))

    task = asyncio.create_task(tick())
    try:
        yield late
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def row(name: str, late: list[float]) -> str:
    ordered = sorted(late)
    p999 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.999))]
    return f"| {name} | {statistics.median(ordered):.2f} | {p999:.1f} | {ordered[-1]:.1f} | {len(ordered)} |"


def memory(pid: int) -> tuple[float, float]:
    """Return the MiB that a process has to itself, and those that it touches at all."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return (sizes["Private_Clean"] + sizes["Private_Dirty"]) / 1024, sizes["Rss"] / 1024


def table(name: str, seconds: list[float], size: int) -> str:
    spent = sum(seconds)
    p95 = sorted(seconds)[int(len(seconds) * 0.95)]
    middle = statistics.median(seconds)
    rate = f"{len(seconds) / spent:.1f} | {size / spent / 2**20:.2f}"
    return f"| {name} | {rate} | {middle * 1000:.1f} | {p95 * 1000:.1f} |"


async def beside_trafilatura(name: str, pages: list[bytes], compute: Compute) -> None:
    """Read the same pages three ways, one page at a time, each way's turn in every round."""
    alone: list[float] = []
    articles: list[float] = []
    here: list[float] = []
    there: list[float] = []
    for warm in (pages[:5], pages):
        for spent in (alone, articles, here, there):
            spent.clear()
        for page in warm:
            begin = time.perf_counter()
            bare_extraction(page.decode(), fast=True, include_comments=False)
            half = time.perf_counter()
            read(page, "page.html")
            one = time.perf_counter()
            prepare(page, "page.html")
            two = time.perf_counter()
            await compute.read(page, "page.html", Limits())
            three = time.perf_counter()
            alone.append(half - begin)
            articles.append(one - half)
            here.append(two - one)
            there.append(three - two)
            await asyncio.sleep(0.05)  # the next worker is forked while nobody waits, as between people's uploads
    size = sum(map(len, pages))
    print(f"\n| {name} | pages/s | MiB/s | p50 (ms) | p95 (ms) |\n| --- | --- | --- | --- | --- |")
    for reader, spent in (
        ("trafilatura alone", alone),
        ("our articles, this process", articles),
        ("our reader, this process", here),
        ("our reader, worker", there),
    ):
        print(table(reader, spent, size))
    overhead = statistics.median(worker - ours for worker, ours in zip(there, here, strict=True))
    print(f"\nsandbox overhead: {overhead * 1000:.1f} ms a file (median; aim: 30 ms)")


def memory_table(compute: Compute) -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        return
    processes = [("the bot (with this benchmark)", os.getpid()), ("the workers' parent", compute.nursery_pid)]
    processes += [(f"worker {number}, waiting", pid) for number, pid in enumerate(compute.pids, 1)]
    print("\n| process | own (MiB) | touched (MiB) |\n| --- | --- | --- |")
    for name, pid in processes:
        if pid is not None:
            own, touched = memory(pid)
            print(f"| {name} | {own:.0f} | {touched:.0f} |")


async def main(articles: int) -> None:
    chance = random.Random(20260304)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.{'html' if number % 2 else 'txt'}" for number in range(articles)]
        for path in paths:
            path.write_bytes(article(chance, html=path.suffix == ".html"))
        size = sum(path.stat().st_size for path in paths)
        settings = Settings(_env_file=None, database_url=f"sqlite+aiosqlite:///{folder}/bench.db")
        async with open_app(settings) as app:
            await app.compute.ready()
            async with ticking() as idle:
                await asyncio.sleep(3)
            gate = asyncio.Semaphore(AT_ONCE)

            async def take(number: int, path: Path) -> None:
                scope = Scope(LOCAL_DESK, LOCAL_PERSON, None)
                call = Call(scope, 0, LOCAL_PERSON, origin_id=number + 1, now=datetime.now(UTC))
                async with gate:
                    await app.services.intake.take(call, Incoming(path.name, path=str(path)))

            before = time.perf_counter()
            async with ticking() as busy:
                await asyncio.gather(*(take(number, path) for number, path in enumerate(paths)))
            seconds = time.perf_counter() - before
            stored = await app.storage.count(Scope(LOCAL_DESK, LOCAL_PERSON, None))
            print(
                f"{stored} articles in {seconds:.1f} s: {stored / seconds:.1f} articles/s, "
                f"{size / seconds / 2**20:.2f} MiB/s\n"
            )
            print("| event loop | late p50 (ms) | p99.9 (ms) | worst (ms) | ticks |\n| --- | --- | --- | --- | --- |")
            print(row("idle", idle))
            print(row("taking in", busy))
            memory_table(app.compute)
            small = [path.read_bytes() for path in paths if path.suffix == ".html"]
            whole = [path.read_bytes() for path in sorted(WHOLE.glob("*/html/*.html"))]
            await beside_trafilatura("HTML pages", small, app.compute)
            await beside_trafilatura("HTML pages with menus and boxes", whole, app.compute)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=400)
    asyncio.run(main(parser.parse_args().articles))
