"""How long adding and reading take, beside the raw driver doing the same INSERTs and SELECTs on a database of its own.

    python bench/storing.py                          # small: 1000 articles there before, 200 rounds
    python bench/storing.py --articles 100000 --rounds 500
    python bench/storing.py --server postgresql+asyncpg://postgres@127.0.0.1/postgres

Each round adds one article of 5 kB with 20 sentences and reads it back, once through `storage` and once raw, in turn.
The raw side makes no checks, knows no scope beyond the one it is given, and builds no values: it is the floor. The
triggers are the same on both sides.
"""

import argparse
import asyncio
import random
import re
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from statistics import quantiles

import aiosqlite
import asyncpg
import databases

from storage import open_storage
from storage.base import NewExtraction, NewUpload, Scope
from storage.rows import pack
from summariser.model import Article, Span
from summariser.text import sign

DESK = 7
MINE, THEIRS = 1, 2
SCOPE = Scope(DESK, 9, frozenset({MINE, 3, 4, 5}))
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = [
    "harbour",
    "council",
    "ferry",
    "budget",
    "storm",
    "library",
    "engineer",
    "festival",
    "orchard",
    "tunnel",
    "archive",
    "river",
]

RAW_TABLES = (
    "desk",
    "blob",
    "extraction",
    "article",
    "sentence",
    "spelling",
    "signature",
    "signature_key",
    "unnamed",
    "upload",
)
RAW_READ = """
SELECT a.*, e.text_sha256, e.articles, u.created_at, substr(e.text, a.start + 1, a."end" - a.start)
FROM article a
JOIN extraction e ON e.desk_id = a.desk_id AND e.extraction_id = a.extraction_id
JOIN upload u ON u.desk_id = e.desk_id AND u.blob = e.blob
WHERE a.desk_id = ? AND a.article_id = ? AND u.upload_id = (
    SELECT min(o.upload_id) FROM upload o
    WHERE o.desk_id = e.desk_id AND o.blob = e.blob AND o.audience_id IN (1, 3, 4, 5)
)
"""


def story(number):
    """An article of 20 sentences and about 5 kB."""
    chance = random.Random(number)
    sentences = [f"{number} {' '.join(chance.choices(WORDS, k=34))}." for _ in range(20)]
    text, spans, start = " ".join(sentences), [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    article = Article(text, title=f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}", source="The Wire")
    return text, article, tuple(spans)


def brought(number, audience):
    text, article, spans = story(number)
    created = BEGAN + timedelta(seconds=number)
    upload = NewUpload(text.encode(), f"{number}.txt", 9, audience, audience, number, 0, created)
    return upload, NewExtraction("verbatim", 1, "txt", text, (article,), (spans,), signatures=(sign(text),))


def flat(parcel):
    """The rows of a parcel, table by table."""
    extraction = {**parcel.extraction, "notes": "[]", "created_at": 0}
    tables = {
        "desk": [{"desk_id": DESK}],
        "blob": [parcel.blob],
        "extraction": [extraction],
        "article": [{**row, "published": None} for row in parcel.articles],
        "sentence": list(parcel.sentences),
        "spelling": list(parcel.spellings),
        "signature": list(parcel.signatures),
        "signature_key": list(parcel.keys),
        "unnamed": list(parcel.unnamed),
        "upload": [{**parcel.upload, "created_at": int(parcel.upload["created_at"].timestamp() * 1e6)}],
    }
    return {name: tables[name] for name in RAW_TABLES}


def numbered(sql):
    """A statement as asyncpg has it."""
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)


class RawFile:
    """aiosqlite."""

    name = "raw aiosqlite"

    def __init__(self, path):
        self._path = path

    async def open(self):
        self._connection = await aiosqlite.connect(self._path, isolation_level=None)
        for pragma in ("foreign_keys = ON", "synchronous = NORMAL"):
            await self._connection.execute(f"PRAGMA {pragma}")

    async def add(self, *several):
        await self._connection.execute("BEGIN IMMEDIATE")
        for tables in several:
            for table, rows in tables.items():
                columns = ", ".join(f'"{name}"' for name in rows[0])
                sql = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({', '.join('?' * len(rows[0]))})"
                values = [tuple(row.values()) for row in rows]
                await (self._connection.execute(sql, values[0]) if len(rows) == 1 else self._many(sql, values))
        await self._connection.commit()

    async def _many(self, sql, values):
        await self._connection.executemany(sql, values)

    async def read(self, article_id):
        async with self._connection.execute(RAW_READ, (DESK, article_id)) as cursor:
            return await cursor.fetchone()

    async def close(self):
        await self._connection.close()


class RawServer:
    """asyncpg."""

    name = "raw asyncpg"

    def __init__(self, dsn):
        self._dsn = dsn

    async def open(self):
        self._connection = await asyncpg.connect(self._dsn, server_settings={"synchronous_commit": "off"})

    async def add(self, *several):
        async with self._connection.transaction():
            for tables in several:
                for table, rows in tables.items():
                    columns = ", ".join(f'"{name}"' for name in rows[0])
                    marks = ", ".join(f"${number}" for number in range(1, 1 + len(rows[0])))
                    sql = f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING"
                    values = [tuple(row.values()) for row in rows]
                    await (self._connection.execute(sql, *values[0]) if len(rows) == 1 else self._many(sql, values))

    async def _many(self, sql, values):
        await self._connection.executemany(sql, values)

    async def read(self, article_id):
        return await self._connection.fetchrow(numbered(RAW_READ), DESK, article_id)

    async def close(self):
        await self._connection.close()


async def fill(raw, articles):
    """Put articles there, every hundredth in sight of the scope's narrow twin."""
    for first in range(0, articles, 500):
        several = []
        for number in range(first, min(articles, first + 500)):
            upload, extraction = brought(number, MINE if number % 100 == 0 else THEIRS if number % 2 else 3)
            several.append(flat(pack(DESK, upload, extraction)))
        await raw.add(*several)


class Clock:
    def __init__(self):
        self.seconds = defaultdict(list)

    async def time(self, what, awaitable):
        began = time.perf_counter()
        result = await awaitable
        self.seconds[what].append(time.perf_counter() - began)
        return result

    def table(self):
        yield f"{'':<28}{'p50 ms':>9}{'p95 ms':>9}"
        for what, seconds in self.seconds.items():
            cuts = quantiles(seconds, n=20)
            yield f"{what:<28}{cuts[9] * 1000:>9.2f}{cuts[18] * 1000:>9.2f}"


async def measure(folder, server, articles, rounds):
    clock = Clock()
    async with databases.scratch(server, folder, "ours") as ours, databases.scratch(server, folder, "raw") as raw:
        connections = {made: (RawServer if made.is_server else RawFile)(made.dsn) for made in (ours, raw)}
        for made, connection in connections.items():
            await connection.open()
            await fill(connection, articles)
            await made.settle()
        async with open_storage(ours.url) as storage:
            for number in range(10**7, 10**7 + rounds):
                await one_round(clock, storage, connections[raw], number)
            for scope, name in ((SCOPE, "half of the desk"), (Scope(DESK, 9, frozenset({MINE})), "a hundredth of it")):
                await lists(clock, storage, scope, name, min(rounds, 40))
        for connection in connections.values():
            await connection.close()
    return clock


async def one_round(clock, storage, raw, number):
    upload, extraction = brought(number, MINE)
    tables = flat(pack(DESK, upload, extraction))
    added = await clock.time("add, ours", storage.add(SCOPE, upload, extraction))
    await clock.time(f"add, {raw.name}", raw.add(tables))
    stored = await clock.time("article, ours", storage.article(SCOPE, added.article_ids[0]))
    row = await clock.time(f"article, {raw.name}", raw.read(tables["article"][0]["article_id"]))
    assert sha256(stored.article.text.encode()).digest() == sha256(row[-1].encode()).digest()


async def lists(clock, storage, scope, name, rounds):
    for _ in range(rounds):
        await clock.time(f"newest, {name}", storage.newest(scope))
        await clock.time(f"suggest, {name}", storage.suggest(scope, "ferry tun"))
        await clock.time(f"count, {name}", storage.count(scope))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=1000, help="articles in the desk beforehand")
    parser.add_argument("--rounds", type=int, default=200)
    databases.add_option(parser)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clock = asyncio.run(measure(Path(folder), asked.server, asked.articles, asked.rounds))
    print(f"{asked.articles} articles before, {asked.rounds} rounds")
    print("\n".join(clock.table()))


if __name__ == "__main__":
    main()
