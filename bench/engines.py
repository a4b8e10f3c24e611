"""The two engines side by side: filling, adding, searching and looking names up, and what it costs that others grow.

    python bench/engines.py --server postgresql+asyncpg://postgres@127.0.0.1/postgres
    python bench/engines.py --server ... --articles 10000 100000 --rounds 200
    python bench/engines.py --server ... --articles 1000000 --keep FOLDER  # what is filled stays, and is gone on with
    python bench/engines.py --server ... --grow 400  # a desk of so many articles among ten that grow 50-fold

Both are filled with the same articles (`bench/names.py`: 10 sentences, some 25 mentions, Zipfian names) by plain
INSERTs, so that the triggers do what they do in `add`. Then the rounds go back and forth between them, so that whatever
else the machine does slows down both. "Lookup" is who may be meant by what is typed, and what is counted of the one
mentioned most, as where one is asked for; all namesakes together, whom nobody asks for, stand beside it. A point read
is asked for behind more searches than are done at a time, too.
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from statistics import quantiles

import databases
import names
import storing
from sqlalchemy import func, select

from storage import open_storage, tables
from storage.base import Scope, Search
from storage.query import parse
from storage.rows import pack
from summariser.model import MentionType

OTHERS = range(100, 110)
GROWTH = 50
WHOLE = Scope(names.DESK, 9, None)
PART = Scope(names.DESK, 9, frozenset(names.CHANNELS[:9]))
BATCH = 500
SEARCHES = 8


async def fill(made, world, numbers, desk_id=names.DESK):
    """Write articles past the storage, those that are missing at the end; return how many a second."""
    there, ids = await held(made, desk_id)
    numbers, began = numbers[there:], time.perf_counter()
    for first in range(0, len(numbers), BATCH):
        tables = defaultdict(list)
        tables["desk"] = [{"desk_id": desk_id}]
        for number in numbers[first : first + BATCH]:
            parcel = pack(desk_id, *world.brought(number))
            for table, rows in names.rows_of(parcel, ids):
                tables[table] += [{**row, "desk_id": desk_id} for row in rows]
            tables["spelling"] += parcel.spellings
        ordered = {table: tables[table] for table in ("desk", "blob", "extraction", "article", "spelling", *tables)}
        await made.write(partial(names.put_all, ordered))
    rate = len(numbers) / (time.perf_counter() - began)
    await made.settle()
    return rate


async def held(made, desk_id=names.DESK):
    """Return how many articles a desk has, and the ids of the names that they mention."""
    columns = tables.name.c
    articles = select(func.count()).where(tables.article.c.desk_id == desk_id)
    known = select(columns.type, columns.words, columns.name_id).where(columns.desk_id == desk_id)
    found = []
    await made.write(lambda connection: found.extend(connection.execute(one).all() for one in (articles, known)))
    [[there]], rows = found
    return there, {(MentionType(kind), words): name_id for kind, words, name_id in rows}


def queries(world):
    """What people type: a word, two, a phrase, a beginning, one without another."""
    chance = random.Random(11)
    while True:
        a, b = (chance.choices(world.names, cum_weights=world.weights, k=1)[0].split()[0] for _ in range(2))
        yield from (a, f"{a} {b}", f'"{a} said"', f"{a[:4]}* {b}", f"{a} OR {b}", f"{a} -{b}")


class Clock(storing.Clock):
    def p(self, what, percent):
        return quantiles(self.seconds[what], n=100)[percent - 1] * 1000

    def cell(self, what):
        return f"{self.p(what, 50):.1f} / {self.p(what, 95):.1f}"


async def one_round(clock, storage, world, number, typed, name):
    await clock.time("search, all visible", storage.search(WHOLE, Search(parse(typed)), limit=6))
    await clock.time("search, nine in ten visible", storage.search(PART, Search(parse(typed)), limit=6))
    known = await clock.time("lookup", look_up(storage, name))
    await clock.time("all namesakes", storage.seen(PART, {one.name_id for one in known}))
    added = await clock.time("add", storage.add(WHOLE, *world.brought(number)))
    await clock.time("an article", storage.article(WHOLE, added.article_ids[0]))
    if not number % 10:
        await behind_searches(clock, storage, added.article_ids[0], typed)


async def behind_searches(clock, storage, article_id, typed):
    """Ask for an article while more is searched for than is done at a time."""
    heavy = [asyncio.create_task(storage.search(WHOLE, Search(parse(typed)), limit=6)) for _ in range(SEARCHES)]
    for _ in range(5):
        await asyncio.sleep(0.002)
        await clock.time(f"an article, behind {SEARCHES} searches", storage.article(WHOLE, article_id))
    await asyncio.gather(*heavy)


async def look_up(storage, typed):
    known = await storage.names_called(PART, typed)
    await storage.seen(PART, {one.name_id for one in known[:1]})
    return known


async def measure(storages, world, articles, rounds):
    """Ask all of them in turn; return a clock for each."""
    clocks = {engine: Clock() for engine in storages}
    chance, typed = random.Random(7), queries(world)
    warm = rounds // 4
    for number in range(warm + rounds):
        if number == warm:
            clocks = {engine: Clock() for engine in storages}
        name = chance.choices(world.names, cum_weights=world.weights, k=1)[0]
        words = next(typed)
        for engine, storage in storages.items():
            await one_round(clocks[engine], storage, world, articles + number, words, name)
    return clocks


async def size(server, folder, world, articles, rounds, keep=None):
    """Fill both engines with so many articles, or go on with what was kept, and measure."""
    async with AsyncExitStack() as stack:
        storages = {}
        for engine, where in (("SQLite", None), ("PostgreSQL", server)):
            make, at = (databases.kept, keep) if keep else (databases.scratch, folder)
            made = await stack.enter_async_context(make(where, at, f"size{articles}"))
            rate = await fill(made, world, range(articles))
            taken = await made.mebibytes() * 2**20 / articles
            print(f"{articles} articles, {engine}: {rate:.0f} a second, {taken:.0f} bytes each", flush=True)
            storages[engine] = await stack.enter_async_context(open_storage(made.url, seconds=60))
        there, _ = await held(made)
        show(await measure(storages, world, there, rounds), f"{articles} articles")


def show(clocks, what):
    print(f"\n| {what}, load {os.getloadavg()[0]:.0f} | " + " | ".join(clocks) + " |")
    print("| --- |" + " --- |" * len(clocks))
    for asked in next(iter(clocks.values())).seconds:
        print(f"| {asked} | " + " | ".join(clock.cell(asked) for clock in clocks.values()) + " |")
    print(flush=True)


async def grow(server, folder, world, articles, rounds):
    """Measure a desk before and after ten others have grown 50-fold, again and again in turn."""
    async with AsyncExitStack() as stack:
        storages = {}
        for when, factor in (("before", 1), ("after", GROWTH)):
            made = await stack.enter_async_context(databases.scratch(server, folder, when))
            await fill(made, world, range(articles))
            for desk_id in OTHERS:
                await fill(made, world, range(articles * factor // len(OTHERS)), desk_id)
            storages[when] = await stack.enter_async_context(open_storage(made.url, seconds=60))
        clocks = await measure(storages, world, articles, rounds)
    show(clocks, f"a desk of {articles} among {articles} and {articles * GROWTH}")
    for asked in clocks["before"].seconds:
        ratios = [clocks["after"].p(asked, percent) / clocks["before"].p(asked, percent) for percent in (50, 95)]
        print(f"{asked}: p50 x{ratios[0]:.2f}, p95 x{ratios[1]:.2f} (aim: at most 1.5)", flush=True)


async def run(asked, folder):
    world = names.World(asked.names)
    for articles in asked.articles:
        await size(asked.server, folder, world, articles, asked.rounds, asked.keep)
    if asked.grow:
        await grow(asked.server, folder, world, asked.grow, asked.rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--names", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--grow", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="where what was filled stays, for the next time")
    databases.add_option(parser)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(asked, Path(folder)))


if __name__ == "__main__":
    main()
