"""How long looking a name up takes, question by question, beside a bare SQL count of the same mentions.

    python bench/names.py                      # 40,000 articles with 1M mentions: some minutes to fill
    python bench/names.py --small              # 400 articles, to see that it runs
    python bench/names.py --storing            # only what the counts kept for it cost: adding, and a channel that goes
    python bench/names.py --file names.db      # keeps what it has filled for the next time
    python bench/names.py --server postgresql+asyncpg://postgres@127.0.0.1/postgres

One article in three means the most frequent name, which is spelled in four ways; the others are Zipfian. Ten channels
have a tenth of the articles each; an eleventh has a twentieth more. "Lookup" is all that `/entity show` asks for, one
after the other.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from statistics import quantiles

import databases
from sqlalchemy import func, select

from storage import open_storage
from storage.base import NewExtraction, NewUpload, Scope
from storage.dialects import insert_into
from storage.folding import spell
from storage.naming import month_of
from storage.rows import pack
from storage.tables import mention, metadata
from summariser.model import Article, Decision, Mention, MentionType, Named, Span, Verdict

DESK = 7
CHANNELS = tuple(range(100, 110))
# This one goes, and comes back.
GOING, GOING_HAS = 110, 20
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
SOURCES = [
    f"{place} {paper}" for place in ("Vell", "Oru", "Aštar", "Tamm", "Nord") for paper in ("Post", "Wire", "Echo")
]
SYLLABLES = ("ba", "ca", "do", "el", "fi", "gu", "ha", "in", "jo", "ka", "lu", "mi", "no", "os", "pe", "ra", "su", "za")
HOT = ("Ines Marlow", "Inès Marlow", "Marlow", "I. Marlow")
SENTENCES, PER_SENTENCE = 10, 2.5
BATCH = 500


class World:
    """Names that articles draw from, the frequent ones first."""

    def __init__(self, names):
        self.names = [self._name(number) for number in range(names)]
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(names)))
        self.types = [(MentionType.PER, MentionType.ORG, MentionType.LOC)[number % 3] for number in range(names)]

    def _name(self, number):
        draw = random.Random(number)
        return " ".join(
            "".join(draw.choices(SYLLABLES, k=draw.randint(2, 3))).title() for _ in range(draw.choice((1, 2, 2, 3)))
        )

    def brought(self, number, channel=None):
        """An upload with one article, and who is named in it."""
        chance = random.Random(number)
        meant = chance.choices(
            range(len(self.names)), cum_weights=self.weights, k=round(SENTENCES * PER_SENTENCE * 0.55)
        )
        text, spans, named = "", [], []
        hot = chance.random() < 1 / 3
        for _ in range(SENTENCES):
            start = len(text)
            for one in chance.choices(meant, k=2 + (chance.random() < PER_SENTENCE - 2)):
                named.append(self._write(len(text), self.types[one], self.names[one], chance))
                text += named[-1].mention.surface + " said so to "
            if hot and chance.random() < 0.3:
                written = chance.choice(HOT)
                place = Mention(len(text), len(text) + len(written), MentionType.PER, written, 0.9)
                name = HOT[0] if written not in HOT[:2] else written
                named.append(Named(place, name, ("per marlow",)))
                text += written + " of "
            text += f"the harbour council {number}."
            spans.append(Span(start, len(text)))
            text += " "
        text = text[:-1]
        day = FIRST + timedelta(days=number % 1100, minutes=number % 1000)
        article = Article(text, title=f"Told {number}", source=SOURCES[number % len(SOURCES)], published=day)
        channel = channel or CHANNELS[number % len(CHANNELS)]
        upload = NewUpload(
            text.encode(), f"{number}.txt", 9, channel, channel, number, 0, BEGAN + timedelta(seconds=number)
        )
        return upload, NewExtraction("v", 1, "txt", text, (article,), (tuple(spans),), names=(tuple(named),))

    def _write(self, start, kind, name, chance):
        written = name if chance.random() < 0.6 else name.rpartition(" ")[2]
        return Named(Mention(start, start + len(written), kind, written, 0.9), name, keys(kind, name))


def keys(kind, name):
    return (f"{kind.value.lower()} {name.rpartition(' ')[2].lower()}",)


def put(connection, table, rows):
    new = insert_into(connection, metadata.tables[table]).on_conflict_do_nothing()
    # No more parameters in a statement than the engines take.
    some = max(1, 30_000 // len(rows[0]))
    for first in range(0, len(rows), some):
        connection.execute(new, rows[first : first + some])


def rows_of(parcel, ids):
    """Yield the rows of an upload with its names, table by table, as the storage would write them but for search."""
    yield "blob", [parcel.blob]
    yield "extraction", [parcel.extraction]
    [article] = parcel.articles
    yield "article", [article]
    yield "sentence", list(parcel.sentences)
    [named] = parcel.named.values()
    places = defaultdict(list)
    for one in named:
        places[one.mention.type, one.name, one.mention.surface].append(one)
    for kind, name, surface in places:
        spelling = {"desk_id": DESK, "name_id": ids.setdefault((kind, name), len(ids) + 1), "surface": surface}
        of_name = {"desk_id": DESK, "name_id": spelling["name_id"]}
        yield "name", [{**of_name, "type": kind.value, "words": name}]
        yield "name_key", [{**of_name, "key": key} for key in places[kind, name, surface][0].keys]
        yield "alias", [{**spelling, "spelled": spell(surface)}]
        yield "alias_word", [{**spelling, "word": word} for word in spell(surface).split()]
    totals = Counter((one.mention.type, one.name) for one in named)
    for (kind, name, surface), found in places.items():
        yield (
            "mention",
            [
                {
                    "desk_id": DESK,
                    "name_id": ids[kind, name],
                    "surface": surface,
                    "article_id": article["article_id"],
                    "extraction_id": article["extraction_id"],
                    "mentions": len(found),
                    "total": totals.pop((kind, name), 0),
                    "source": article["source"],
                    "published": article["published"],
                    "month": month_of(article["published"]),
                    "confidence": 0.9,
                    "starts": [one.mention.start for one in found],
                }
            ],
        )
    yield "upload", [parcel.upload]


async def fill(made, world, articles):
    """Write articles past the storage, which would take ten times as long; the triggers count along."""
    ids = {}
    last = articles + articles // GOING_HAS
    for first in range(0, last, BATCH):
        tables = defaultdict(list)
        tables["desk"] = [{"desk_id": DESK}]
        for number in range(first, min(last, first + BATCH)):
            channel = GOING if number >= articles else None
            for table, rows in rows_of(pack(DESK, *world.brought(number, channel)), ids):
                tables[table] += rows
        await made.write(partial(put_all, tables))
    await made.settle()


def put_all(tables, connection):
    for table, rows in tables.items():
        put(connection, table, rows)


class Clock:
    def __init__(self):
        self.seconds = defaultdict(list)

    async def time(self, what, awaitable):
        # The threads of the database count with this one: on a busy machine, their own work is what can be compared.
        began, worked = time.perf_counter(), time.process_time()
        result = await awaitable
        self.seconds[what].append((time.perf_counter() - began, time.process_time() - worked))
        return result

    def row(self, what):
        clock, work = (quantiles(seconds, n=20) for seconds in zip(*self.seconds[what], strict=True))
        return f"{clock[9] * 1000:.1f} / {clock[18] * 1000:.1f} ({work[9] * 1000:.1f} / {work[18] * 1000:.1f})"


async def meant_by(clock, storage, scope, typed, kind):
    """Ask who is meant, and how often; return the ids."""
    called = await clock.time("names_called", storage.names_called(scope, typed))
    ids = {one.name_id for one in called if one.name.type is kind}
    like, words = [], {typed}
    while words:
        asked = {key for word in words for key in keys(kind, word)}
        like = await clock.time("names_like", storage.names_like(scope, asked))
        found = {one for one in like if one.name.words.startswith(typed[:2])}
        words = {one.name.words for one in found if one.name_id not in ids}
        ids |= {one.name_id for one in found}
    return ids


async def look_up(clock, storage, scope, typed, kind):
    """Ask all that `/entity show` asks, one after the other; return the ids of who is meant."""
    ids = await clock.time("who is meant", meant_by(clock, storage, scope, typed, kind))
    await clock.time("decisions", storage.decisions(scope))
    seen = await clock.time("seen", storage.seen(scope, ids))
    most = await clock.time("named_most", storage.named_most(scope, ids))
    read = list({one.article_id for one in (seen.first, seen.last, *most) if one})
    await clock.time("texts", storage.texts(scope, read))
    await clock.time("names_of", storage.names_of(scope, read, ids))
    await clock.time("origins_of", storage.origins_of(scope, read))
    company = await clock.time("named_with", storage.named_with(scope, ids, limit=12))
    await clock.time("origins_of", storage.origins_of(scope, {one.head.article_id for one in company}))
    await clock.time("headlines", storage.headlines(scope, ids))
    await clock.time("spellings", storage.spellings(scope, ids))
    return ids


async def show(storage, scope, typed, kind):
    """Ask the same as `/entity show` does: what does not wait for something else side by side."""
    ids = await meant_by(Clock(), storage, scope, typed, kind)
    await storage.decisions(scope)

    async def when():
        seen, most = await asyncio.gather(storage.seen(scope, ids), storage.named_most(scope, ids))
        read = list({one.article_id for one in (seen.first, seen.last, *most) if one})
        await storage.texts(scope, read)
        await storage.names_of(scope, read, ids)
        await storage.origins_of(scope, read)

    async def with_whom():
        company = await storage.named_with(scope, ids, limit=12)
        await storage.origins_of(scope, {one.head.article_id for one in company})

    await asyncio.gather(when(), with_whom(), storage.headlines(scope, ids), storage.spellings(scope, ids))


def bare(ids):
    """Count mentions and articles as if everything were in everybody's sight."""
    counted = select(func.sum(mention.c.mentions), func.count(mention.c.article_id.distinct()))
    return lambda c: c.execute(counted.where(mention.c.desk_id == DESK, mention.c.name_id.in_(ids))).one()


async def measure(storage, scope, asked, rounds):
    clock = Clock()
    for number in range(rounds):
        typed, kind = asked[number % len(asked)]
        ids = await clock.time("all of it, one by one", look_up(clock, storage, scope, typed, kind))
        await clock.time("lookup", show(storage, scope, typed, kind))
        await clock.time("bare count", storage._database.read(bare(ids)))  # noqa: SLF001  the bare side
        # Not a part of it: the list behind it.
        await clock.time("named_in", storage.named_in(scope, ids, limit=6))
        beginning = typed[: 1 + number % 4]
        await clock.time("suggest_names", storage.suggest_names(scope, beginning))
        await clock.time("suggest_names, nothing typed", storage.suggest_names(scope, ""))
    return clock


async def store(storage, whole, world, rounds):
    """Add articles one by one, with the names of each and without; then let a channel go, and bring it back."""
    clock, first = Clock(), int(time.time())
    for number in range(first, first + 2 * rounds, 2):
        upload, extraction = world.brought(number)
        await clock.time("add, 25 names", storage.add(whole, upload, extraction))
        upload, extraction = world.brought(number + 1)
        await clock.time("add, no names", storage.add(whole, upload, replace(extraction, names=((),))))
    print("\n".join(f"| {what} | {clock.row(what)} |" for what in clock.seconds))
    clock = Clock()
    for _ in range(2):
        trashed = await clock.time("a channel goes", storage.trash_channel(DESK, GOING, now=BEGAN, readers=GOING))
        await clock.time("it comes back", storage.restore(whole, trashed.removal_id))
    print("\n".join(f"| {what} | {clock.row(what)} |" for what in clock.seconds))
    print(f"({trashed.articles} articles went)")


async def decide_some(storage, scope, world, rounds):
    for number in range(rounds):
        one, other = world.names[number], world.names[number + 3]
        made = Decision(Verdict.DIFFERENT, world.types[number], one, other)
        await storage.decide(scope, made, made_by=9, now=BEGAN)


async def run(made, articles, names, rounds, *, storing):
    world = World(names)
    whole, tenth = Scope(DESK, 9, None), Scope(DESK, 9, frozenset({CHANNELS[0]}))
    async with open_storage(made.url, seconds=60) as storage:
        if not await storage.count(whole):
            began = time.perf_counter()
            await fill(made, world, articles)
            print(f"filled in {time.perf_counter() - began:.0f} s, {await made.mebibytes()} MiB", flush=True)
            await decide_some(storage, whole, world, 20)
        total = await storage._database.read(lambda c: c.execute(select(func.sum(mention.c.mentions))).scalar_one())  # noqa: SLF001  the bare side
        print(f"{await storage.count(whole):,} articles, {total:,} mentions; p50 / p95 in ms (of them at work)")
        if storing:
            await store(storage, whole, world, rounds)
            return
        draw = random.Random(1)
        common = [
            (world.names[n], world.types[n]) for n in draw.choices(range(names), cum_weights=world.weights, k=200)
        ]
        hot = [(HOT[0], MentionType.PER)]
        clocks = {
            "most frequent, all visible": await measure(storage, whole, hot, rounds),
            "most frequent, one in ten": await measure(storage, tenth, hot, rounds),
            "any, all visible": await measure(storage, whole, common, rounds),
            "any, one in ten": await measure(storage, tenth, common, rounds),
        }
    print("| | " + " | ".join(clocks) + " |\n| --- |" + " --- |" * len(clocks))
    for what in next(iter(clocks.values())).seconds:
        print(f"| {what} | " + " | ".join(clock.row(what) for clock in clocks.values()) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--storing", action="store_true")
    parser.add_argument("--articles", type=int, default=40_000)
    parser.add_argument("--names", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--file", type=Path, help="keep the database here")
    databases.add_option(parser)
    asked = parser.parse_args()
    if asked.small:
        asked.articles, asked.names, asked.rounds = 400, 500, 4
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(begin(asked, folder))


async def begin(asked, folder):
    """Measure in a database that is kept, or in one that is not."""
    sizes = asked.articles, asked.names, asked.rounds
    if asked.file:
        await run(databases.Scratch(f"sqlite+aiosqlite:///{asked.file}"), *sizes, storing=asked.storing)
        return
    async with databases.scratch(asked.server, folder, "names") as made:
        await run(made, *sizes, storing=asked.storing)


if __name__ == "__main__":
    main()
