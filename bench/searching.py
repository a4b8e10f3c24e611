"""How long searching and adding take, beside a bare FTS5 bm25() query over the same words in the same run.

    python bench/searching.py                        # a desk of 10 000 articles
    python bench/searching.py --articles 100000      # takes some minutes to fill
    python bench/searching.py --small                # for CI: a few seconds, no figures worth quoting

The articles are made up: words drawn by Zipf's law from an invented vocabulary, 24 sentences each. The bare table holds
the same words and is asked as one would first write it: no desks, no scopes, no filters. The bulk of the articles goes
into the tables by plain INSERTs, so that the triggers do what they do in `add`. The last part is about one small desk
among others that grow 50-fold.
"""

import argparse
import asyncio
import itertools
import random
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from sqlalchemy import create_engine, insert

from storage import open_storage
from storage.adding import insert_new
from storage.base import NewExtraction, NewUpload, Scope, Search
from storage.folding import spell
from storage.query import parse
from storage.rows import pack
from storage.tables import article, blob, desk, extraction, spelling, upload
from summariser.model import Article, Span

DESK, SMALL_DESK, OTHERS = 7, 8, range(100, 110)
MANY, FEW = 1, 2
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SCOPES = {
    "sees all": Scope(DESK, 9, None),
    "sees 9 in 10": Scope(DESK, 9, frozenset({MANY})),
    "sees 1 in 10": Scope(DESK, 9, frozenset({FEW})),
}
GROWTH = 50
AIM = 1.5
BARE = "SELECT rowid FROM bare WHERE bare MATCH ? ORDER BY bm25(bare) LIMIT 6"


def vocabulary():
    chance = random.Random(3)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    return list(dict.fromkeys("".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(50_000)))


WORDS = vocabulary()
WEIGHTS = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(WORDS))))


def queries(rounds):
    """A mix of what people type: common and rare words, two of them, phrases, beginnings, exclusions."""
    chance = random.Random(11)
    for number in range(rounds):
        a, b, c = chance.choice(WORDS[5:100]), chance.choice(WORDS[100:2000]), chance.choice(WORDS[2000:20000])
        forms = (a, b, c, f"{a} {b}", f"{b} OR {c}", f'"{a} {b}"', f"{b[:5]}* {a}", f"{b} -{a}")
        yield forms[number % len(forms)]


def bare_query(typed):
    """The same query in FTS5's own language."""
    first, minus, second = typed.partition(" -")
    return f"{first} NOT {second}" if minus else typed


def story(chance):
    sentences = [" ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=16)).capitalize() + "." for _ in range(24)]
    text, spans, start = " ".join(sentences), [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    title = " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=6)).capitalize()
    published = BEGAN - timedelta(days=chance.randrange(2000))
    return text, Article(text, title=title, source=f"{chance.choice(WORDS[:200])} Post", published=published), spans


def brought(number, chance):
    text, told, spans = story(chance)
    audience = FEW if number % 10 == 0 else MANY
    created = BEGAN + timedelta(seconds=number)
    one = NewUpload(text.encode(), f"{number}.txt", 9, audience, audience, number, 0, created)
    return one, NewExtraction("verbatim", 1, "txt", text, (told,), (tuple(spans),))


def fill(path, desk_id, numbers, *, bare=None):
    """Put articles there, and their words into a bare table where there is one."""
    chance = random.Random(numbers.start * 31 + desk_id)
    engine = create_engine(f"sqlite:///{path}")
    for first in range(0, len(numbers), 500):
        batch = numbers[first : first + 500]
        parcels = [pack(desk_id, *brought(number, chance)) for number in batch]
        with engine.begin() as connection:
            insert_new(connection, desk, {"desk_id": desk_id})
            connection.execute(insert(blob), [parcel.blob for parcel in parcels])
            connection.execute(insert(extraction), [parcel.extraction for parcel in parcels])
            for table, name in ((article, "articles"), (spelling, "spellings")):
                connection.execute(insert(table), [row for parcel in parcels for row in getattr(parcel, name)])
            connection.execute(insert(upload), [parcel.upload for parcel in parcels])
        if bare:
            with bare:
                rows = [(parcel.spellings[0]["article_id"], parcel.spellings[0]["words"]) for parcel in parcels]
                bare.executemany("INSERT INTO bare (rowid, words) VALUES (?, ?)", rows)
    engine.dispose()


class Clock:
    """Times by name."""

    def __init__(self):
        self.seconds = {}

    def note(self, what, seconds):
        self.seconds.setdefault(what, []).append(seconds)

    async def time(self, what, awaitable):
        began = time.perf_counter()
        result = await awaitable
        self.note(what, time.perf_counter() - began)
        return result

    def call(self, what, function):
        began = time.perf_counter()
        result = function()
        self.note(what, time.perf_counter() - began)
        return result

    def p(self, what, percent):
        return quantiles(self.seconds[what] * 2, n=100)[percent - 1] * 1000

    def show(self):
        print(f"{'':<28}{'p50 ms':>9}{'p95 ms':>9}")
        for what in self.seconds:
            print(f"{what:<28}{self.p(what, 50):>9.2f}{self.p(what, 95):>9.2f}")


async def migrated(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}"):
        pass


async def one_desk(folder, articles, rounds):
    """Search and add in one desk, and the bare query over the same words."""
    path = folder / "one.db"
    await migrated(path)
    clock = Clock()
    with closing(sqlite3.connect(folder / "bare.db")) as bare:
        bare.execute("CREATE VIRTUAL TABLE bare USING fts5(words, tokenize='ascii')")
        began = time.perf_counter()
        fill(path, DESK, range(articles), bare=bare)
        print(f"{articles} articles filled in {time.perf_counter() - began:.0f} s, {path.stat().st_size >> 20} MiB")
        async with open_storage(f"sqlite+aiosqlite:///{path}", seconds=60) as storage:
            for typed in queries(rounds):
                for name, scope in SCOPES.items():
                    await clock.time(f"search, {name}", storage.search(scope, Search(parse(typed)), limit=6))
                newest = Search(parse(typed), newest=True, since=BEGAN - timedelta(days=400))
                await clock.time("search, newest, since", storage.search(SCOPES["sees all"], newest, limit=6))
                began = time.perf_counter()
                bare.execute(BARE, (bare_query(typed),)).fetchall()
                clock.note("bare FTS5 bm25()", time.perf_counter() - began)
            await add(clock, storage, bare, articles, rounds)
    clock.show()


async def add(clock, storage, bare, articles, rounds):
    chance = random.Random(5)
    for number in range(articles, articles + rounds):
        one = brought(number, chance)
        added = await clock.time("add", storage.add(SCOPES["sees all"], *one))
        began = time.perf_counter()
        with bare:
            bare.execute("INSERT INTO bare (rowid, words) VALUES (?, ?)", (added.article_ids[0], spell(one[1].text)))
        clock.note("bare FTS5 INSERT", time.perf_counter() - began)
        if number % 10 == 0:
            await clock.time("remove", storage.remove_uploads(SCOPES["sees all"], [added.upload_id]))
    while not await clock.time("purge, a piece", storage.purge_search()):
        pass


async def many_desks(folder, articles, rounds):
    """Return by how much a small desk's searches slow down when the others grow 50-fold."""
    path = folder / "many.db"
    await migrated(path)
    fill(path, SMALL_DESK, range(articles))
    share = max(articles // len(OTHERS), 1)
    clock = Clock()
    for stage, numbers in (("before", range(share)), ("after", range(share, share * GROWTH))):
        for other in OTHERS:
            fill(path, other, numbers)
        async with open_storage(f"sqlite+aiosqlite:///{path}", seconds=60) as storage:
            scope = Scope(SMALL_DESK, 9, frozenset({MANY}))
            for typed in [*queries(40), *queries(rounds)]:
                await clock.time(f"search, {stage}", storage.search(scope, Search(parse(typed)), limit=6))
            clock.seconds[f"search, {stage}"] = clock.seconds[f"search, {stage}"][40:]
    print(f"\na desk of {articles} while others grow from {articles} to {articles * GROWTH}")
    clock.show()
    ratios = [clock.p("search, after", percent) / clock.p("search, before", percent) for percent in (50, 95)]
    print(f"{'after / before':<28}{ratios[0]:>9.2f}{ratios[1]:>9.2f}   (aim: at most {AIM})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=10_000, help="articles in the desk")
    parser.add_argument(
        "--among", type=int, default=1000, help="articles of the small desk among growing ones; 0: none"
    )
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--small", action="store_true", help="a few seconds, to see that it runs")
    asked = parser.parse_args()
    articles, among, rounds = (300, 20, 24) if asked.small else (asked.articles, asked.among, asked.rounds)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(one_desk(Path(folder), articles, rounds))
        if among:
            asyncio.run(many_desks(Path(folder), among, rounds))


if __name__ == "__main__":
    main()
