"""How long searching and adding take, beside a bare FTS5 bm25() query over the same words in the same run.

    python bench/searching.py                        # a desk of 10 000 articles
    python bench/searching.py --articles 100000      # takes some minutes to fill
    python bench/searching.py --small                # for CI: a few seconds, no figures worth quoting
    python bench/searching.py --server postgresql+asyncpg://postgres@127.0.0.1/postgres

The articles are made up: words drawn by Zipf's law from an invented vocabulary, 24 sentences each. The bare table
holds the same words and is asked as one would first write it: no desks, no scopes, no filters. On PostgreSQL it is a
GIN index over a `tsvector`, ranked by ts_rank() and asked by asyncpg. The bulk of the articles goes into the tables by
plain INSERTs, so that the triggers do what they do in `add`. The last part is about one small desk among others that
grow 50-fold.
"""

import argparse
import asyncio
import itertools
import random
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles

import asyncpg
import databases
from sqlalchemy import insert

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
BARE_SERVER = (
    "SELECT rowid FROM bare WHERE words @@ $1::text::tsquery ORDER BY ts_rank(words, $1::text::tsquery) DESC LIMIT 6"
)


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


def bare_tsquery(typed):
    """The same query in PostgreSQL's own language."""
    if typed.startswith('"'):
        return " <-> ".join(typed.strip('"').split())
    joined = typed.replace(" OR ", "|").replace(" -", "&!").replace("*", ":*")
    return "&".join(joined.split())


class BareFile:
    """A table of FTS5."""

    names = "bare FTS5 bm25()", "bare FTS5 INSERT"

    def __init__(self, path):
        self._connection = sqlite3.connect(path)

    async def begin(self):
        self._connection.execute("CREATE VIRTUAL TABLE bare USING fts5(words, tokenize='ascii')")

    async def insert(self, rows):
        with self._connection:
            self._connection.executemany("INSERT INTO bare (rowid, words) VALUES (?, ?)", rows)

    async def find(self, typed):
        self._connection.execute(BARE, (bare_query(typed),)).fetchall()

    async def close(self):
        self._connection.close()


class BareServer:
    """A table of PostgreSQL."""

    names = "bare ts_rank(), asyncpg", "bare INSERT, asyncpg"

    def __init__(self, dsn):
        self._dsn = dsn

    async def begin(self):
        self._connection = await asyncpg.connect(self._dsn)
        await self._connection.execute("CREATE TABLE bare (rowid bigint PRIMARY KEY, words tsvector)")
        await self._connection.execute("CREATE INDEX bare_words ON bare USING gin (words)")

    async def insert(self, rows):
        await self._connection.executemany("INSERT INTO bare VALUES ($1, to_tsvector('simple', $2))", rows)

    async def find(self, typed):
        await self._connection.fetch(BARE_SERVER, bare_tsquery(typed))

    async def close(self):
        await self._connection.close()


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


async def fill(made, desk_id, numbers, *, bare=None):
    """Put articles there, and their words into a bare table where there is one."""
    chance = random.Random(numbers.start * 31 + desk_id)
    for first in range(0, len(numbers), 500):
        batch = numbers[first : first + 500]
        parcels = [pack(desk_id, *brought(number, chance)) for number in batch]
        await made.write(partial(put, desk_id, parcels))
        if bare:
            spellings = [row for parcel in parcels for row in parcel.spellings]
            await bare.insert([(row["article_id"], row["words"]) for row in spellings])
    await made.settle()


def put(desk_id, parcels, connection):
    insert_new(connection, desk, {"desk_id": desk_id})
    connection.execute(insert(blob), [parcel.blob for parcel in parcels])
    connection.execute(insert(extraction), [parcel.extraction for parcel in parcels])
    for table, name in ((article, "articles"), (spelling, "spellings")):
        connection.execute(insert(table), [row for parcel in parcels for row in getattr(parcel, name)])
    connection.execute(insert(upload), [parcel.upload for parcel in parcels])


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

    def p(self, what, percent):
        return quantiles(self.seconds[what] * 2, n=100)[percent - 1] * 1000

    def show(self):
        print(f"{'':<28}{'p50 ms':>9}{'p95 ms':>9}")
        for what in self.seconds:
            print(f"{what:<28}{self.p(what, 50):>9.2f}{self.p(what, 95):>9.2f}")


async def one_desk(made, folder, articles, rounds):
    """Search and add in one desk, and the bare query over the same words."""
    clock = Clock()
    bare = BareServer(made.dsn) if made.is_server else BareFile(folder / "bare.db")
    await bare.begin()
    began = time.perf_counter()
    await fill(made, DESK, range(articles), bare=bare)
    print(
        f"{articles} articles filled in {time.perf_counter() - began:.0f} s, {await made.mebibytes()} MiB", flush=True
    )
    async with open_storage(made.url, seconds=60) as storage:
        for typed in queries(rounds):
            for name, scope in SCOPES.items():
                await clock.time(f"search, {name}", storage.search(scope, Search(parse(typed)), limit=6))
            newest = Search(parse(typed), newest=True, since=BEGAN - timedelta(days=400))
            await clock.time("search, newest, since", storage.search(SCOPES["sees all"], newest, limit=6))
            await clock.time(bare.names[0], bare.find(typed))
        await add(clock, storage, bare, articles, rounds)
    await bare.close()
    clock.show()


async def add(clock, storage, bare, articles, rounds):
    chance = random.Random(5)
    for number in range(articles, articles + rounds):
        one = brought(number, chance)
        added = await clock.time("add", storage.add(SCOPES["sees all"], *one))
        await clock.time(bare.names[1], bare.insert([(added.article_ids[0], spell(one[1].text))]))
        if number % 10 == 0:
            await clock.time("remove", storage.remove_uploads(SCOPES["sees all"], [added.upload_id]))
    while not await clock.time("purge, a piece", storage.purge_search()):
        pass


async def many_desks(made, articles, rounds):
    """Return by how much a small desk's searches slow down when the others grow 50-fold."""
    await fill(made, SMALL_DESK, range(articles))
    share = max(articles // len(OTHERS), 1)
    clock = Clock()
    for stage, numbers in (("before", range(share)), ("after", range(share, share * GROWTH))):
        for other in OTHERS:
            await fill(made, other, numbers)
        async with open_storage(made.url, seconds=60) as storage:
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
    databases.add_option(parser)
    asked = parser.parse_args()
    articles, among, rounds = (300, 20, 24) if asked.small else (asked.articles, asked.among, asked.rounds)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), asked.server, articles, among, rounds))


async def run(folder, server, articles, among, rounds):
    async with databases.scratch(server, folder, "one") as made:
        await one_desk(made, folder, articles, rounds)
    if among:
        async with databases.scratch(server, folder, "many") as made:
            await many_desks(made, among, rounds)


if __name__ == "__main__":
    main()
