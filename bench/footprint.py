"""How many bytes an article takes in the database, table by table, with its names, its search words and its indexes.

    python bench/footprint.py                                        # SQLite, 10 desks of 100 articles
    python bench/footprint.py --desks 10 --articles 100 --database postgresql+asyncpg://tester@/bench?host=/run/postgresql

Each article is a file of about 5 kB that is dealt anew from the sentences of the pages which bench/reading.py measures,
and goes the way of a file that a person brings: read, stored, signed, named. PostgreSQL's database must be empty.
"""

import argparse
import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.app import open_app
from bot.config import Settings
from bot.services.calls import Call, Incoming
from bot.services.naming import name_some
from bot.services.stories import sign_some
from storage.base import Scope
from summariser.ingest import read
from summariser.text import split_sentences

PAGES = Path(__file__).parent.parent / "tests" / "summariser" / "data" / "reading"
FIRST_DESK, PERSON, CHANNEL = 4_000_000 << 22, 9, 5
SIZE = 5_000
AT_ONCE = 4

# Of PostgreSQL, a table with its indexes and its long values.
_SIZES = """
SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""


def sentences() -> list[str]:
    """Return the sentences of all pages."""
    found: list[str] = []
    for path in sorted(PAGES.glob("*/html/*.html")):
        for article in read(path.read_bytes(), path.name).articles:
            found += [article.text[one.start : one.end] for one in split_sentences(article.text)]
    return [one for one in found if 40 < len(one) < 400]


def article(pool: list[str], chance: random.Random) -> bytes:
    """Deal an article."""
    parts = [chance.choice(pool)[:90]]
    while sum(map(len, parts)) < SIZE:
        parts.append(" ".join(chance.choices(pool, k=3)))
    return "\n\n".join(parts).encode()


async def fill(url: str, folder: Path, desks: int, articles: int) -> int:
    """Take the articles in; return how many bytes were brought."""
    pool, chance, brought = sentences(), random.Random(20261122), 0
    async with open_app(Settings(_env_file=None, database_url=url)) as app:
        gate = asyncio.Semaphore(AT_ONCE)

        async def take(desk: int, number: int, path: Path) -> None:
            call = Call(Scope(desk, PERSON, None), CHANNEL, CHANNEL, origin_id=number + 1, now=datetime.now(UTC))
            async with gate:
                await app.services.intake.take(call, Incoming(path.name, path=str(path)))

        for number in range(desks):
            paths = [folder / f"{number}-{each}.txt" for each in range(articles)]
            for path in paths:
                brought += path.write_bytes(article(pool, chance))
            desk = FIRST_DESK + (number << 22)
            await asyncio.gather(*(take(desk, each, path) for each, path in enumerate(paths)))
        while not (await name_some(app.storage, app.compute) and await sign_some(app.storage, app.compute)):
            pass
        while not await app.storage.pair_some():
            pass
    return brought


def of_sqlite(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each table and what it takes with its indexes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
        yield from connection.execute(
            "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY m.tbl_name"
        )


async def of_postgres(url: str) -> list[tuple[str, int]]:
    """Return each table and what it takes with its indexes."""
    import asyncpg  # noqa: PLC0415  an extra

    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute("VACUUM FULL")
        return [(row[0], row[1]) for row in await connection.fetch(_SIZES)]
    finally:
        await connection.close()


async def main(desks: int, articles: int, url: str | None) -> None:
    """Fill a database, and print what it takes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.db"
        brought = await fill(url or f"sqlite+aiosqlite:///{file}", Path(folder), desks, articles)
        sizes = await of_postgres(url) if url else list(of_sqlite(file))
    count = desks * articles
    print(f"{count} articles of {brought / count:.0f} bytes as brought\n")
    print("| table, with its indexes | bytes an article |\n| --- | --- |")
    for name, size in sorted(sizes, key=lambda each: -each[1]):
        if size / count >= 20:
            print(f"| {name} | {size / count:.0f} |")
    total = sum(size for _, size in sizes)
    print(f"| all | {total / count:.0f} |\n\n{total / brought:.2f} bytes for each that was brought")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--desks", type=int, default=10)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--database", help="an empty database of PostgreSQL in place of a file")
    given = parser.parse_args()
    asyncio.run(main(given.desks, given.articles, given.database))
