"""Backups and exports of one desk: how long they take, what they cost whoever writes meanwhile, and how large they are.

    python bench/keeping.py --small                # 200 articles
    python bench/keeping.py --articles 20000

The writer adds an article of 5 kB every 20 ms, first alone, then while one backup after the other is made.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from storing import DESK, SCOPE, brought

from storage.backup import back_up, restore
from storage.keeping import open_keeper

EVERY = 0.02


def silent(_):
    pass


def size_of(folder, name):
    return Path(folder, name).stat().st_size / 2**20


def p95(seconds):
    return quantiles(seconds, n=20)[-1] * 1000


async def add(keeper, numbers):
    number = next(numbers)
    upload, extraction = brought(number, 1)
    began = time.perf_counter()
    await keeper.add(SCOPE, upload, extraction)
    return time.perf_counter() - began


async def write(keeper, numbers, rounds, during=None):
    """Add articles at an even pace; return how long each took, and how many backups were made meanwhile."""
    taken, backups = [], 0
    backing = None
    for _ in range(rounds):
        if during is not None and (backing is None or backing.done()):
            backups += 1
            backing = asyncio.create_task(during(backups))
        taken.append(await add(keeper, numbers))
        await asyncio.sleep(EVERY)
    if backing is not None:
        await backing
    return taken, backups


async def main(articles, rounds):
    with tempfile.TemporaryDirectory() as folder:
        here, there = (f"sqlite+aiosqlite:///{folder}/{name}.db" for name in ("here", "there"))
        numbers = iter(range(10**9))
        async with open_keeper(here) as keeper:
            for _ in range(articles):
                await add(keeper, numbers)
            alone, _ = await write(keeper, numbers, rounds)

            async def during(number):
                await back_up(here, Path(folder, f"{number}.bak"))

            beside, backups = await write(keeper, numbers, rounds, during)
            began = time.perf_counter()
            await keeper.write_out(Path(folder, "x.zip"), only=None, begins=silent, told=silent)
            exported = time.perf_counter() - began
        times = {}
        async with open_keeper(there) as keeper:
            times["import"] = await timed(keeper.read_in(Path(folder, "x.zip"), begins=silent, told=silent))
            held = await keeper.held(DESK)
        times["backup"] = await timed(back_up(here, Path(folder, "last.bak")))
        times["restore"] = await timed(restore(here, Path(folder, "last.bak"), replace=True))
        sizes = ", ".join(f"{name} {size_of(folder, name):,.1f}" for name in ("here.db", "last.bak", "x.zip"))
    assert held == articles + 2 * rounds, "something was lost"
    print(f"{held:,} articles; MiB: {sizes}")
    print(f"writer p95: {p95(alone):.1f} ms alone, {p95(beside):.1f} ms during {backups} backups")
    print(f"seconds: export {exported:.1f}, " + ", ".join(f"{name} {taken:.1f}" for name, taken in times.items()))
    if rounds >= 300:
        assert p95(beside) <= 2 * p95(alone), "a writer waits more than twice as long during a backup"


async def timed(work):
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    asyncio.run(main(200, 40) if given.small else main(given.articles, given.rounds))
