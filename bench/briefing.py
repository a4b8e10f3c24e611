"""How long searches, a topic's brief and a timeline take on a desk of a million sentences, beside bare alternatives.

    python bench/briefing.py                         # 40 000 articles of 25 sentences; fills for some minutes
    python bench/briefing.py --desk FILE             # keeps the desk there, and takes it from there the next time
    python bench/briefing.py --small                 # for CI: a few seconds, no figures worth quoting

What is timed is the whole use case as a front end calls it: the service, its reads from SQLite, its worker, the reply;
all but Discord. Beside it in the same run, question by question: a bare FTS5 bm25() query of the same words over the
same texts (no desks, no scopes, no filters), and the first three sentences of each of as many of its hits as a brief
reads ("lead-3"). The rows of `storage.search` alone say what filters, stories and hidden articles cost.

The articles are made up of words that the shipped table knows, as often as Zipf's law has them, and of invented names.
Each has a topic with words, people and places of its own, one in eight is another's text cut by a fifth, and one in ten
is for few to see. The questions are names and words of topics, in the forms that people type.
"""

import argparse
import asyncio
import itertools
import os
import random
import sqlite3
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from searching import Clock
from sqlalchemy import create_engine, insert

from bot.app import open_app
from bot.config import Settings
from bot.services.calls import Call
from bot.services.topics import MOST_DRAWN_ON, read_topic
from storage import open_storage
from storage.adding import insert_new
from storage.base import NewExtraction, NewUpload, Scope, Search
from storage.rows import pack
from storage.tables import article, blob, desk, extraction, sentence, signature, signature_key, spelling, upload
from summariser.model import Article, Span
from summariser.rank.frequencies import shipped_stems
from summariser.text import sign, stop_words

ARTICLES, SENTENCES = 40_000, 25
DESK, ASKER = 7, 9
MANY, FEW = 1, 2
SEES_ALL = Scope(DESK, ASKER, None)
SEES_FEW = Scope(DESK, ASKER, frozenset({FEW}))
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS, EVENT_DAYS = 1000, 10
TOPICS, SOURCES = 500, 80
SEARCH_AIM, BRIEF_AIM = 50, 300
BATCH = 250

BARE = "SELECT rowid FROM bare WHERE bare MATCH ? ORDER BY bm25(bare) LIMIT ?"
TEXT = "SELECT text FROM original WHERE id = ?"


class Vocabulary:
    """The words of the made-up news."""

    def __init__(self):
        chance = random.Random(3)
        self.content = sorted(word for word in shipped_stems() if word.isalpha())
        chance.shuffle(self.content)
        self.weights = zipf(len(self.content))
        self.idle = sorted(word for word in stop_words("en") if word.isalpha())
        syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
        made = ("".join(chance.choices(syllables, k=chance.randint(2, 4))).capitalize() for _ in range(20_000))
        names = list(dict.fromkeys(made))
        self.topics = [self._topic(chance, names) for _ in range(TOPICS)]
        self.popular = zipf(TOPICS)
        self.sources = [f"{name} Post" for name in names[:SOURCES]]

    def _topic(self, chance, names):
        """Return names and words, those first that come up most."""
        own = [" ".join(chance.choices(names, k=chance.randint(1, 2))) for _ in range(12)]
        words = chance.sample(self.content[100:8000], 40)
        return own, words

    def sentence(self, chance, names, words):
        long = chance.randint(12, 26)
        said = chance.choices(self.content, cum_weights=self.weights, k=long)
        for place in range(long):
            draw = chance.random()
            if draw < 0.45:
                said[place] = chance.choice(self.idle)
            elif draw < 0.6:
                said[place] = words[int(len(words) * chance.random() ** 3)]
            elif draw < 0.67:
                said[place] = names[int(len(names) * chance.random() ** 2)]
        if chance.random() < 0.1:
            said.insert(chance.randrange(long), f"{chance.randint(2, 900)} {words[0]}")
        if chance.random() < 0.1:
            day = BEGAN - timedelta(days=chance.randrange(DAYS))
            said.append(f"on {day.day} {day:%B} {day.year}")
        text = " ".join(said)
        return text[0].upper() + text[1:] + "."


def zipf(words):
    return list(itertools.accumulate(1 / (rank + 2.7) for rank in range(words)))


vocabulary = cache(Vocabulary)


@lru_cache(maxsize=4000)
def quoted(topic, event):
    """Return what everybody quotes who writes about a topic in the same days."""
    chance = random.Random(f"{topic} {event}")
    return [vocabulary().sentence(chance, *vocabulary().topics[topic]) for _ in range(4)]


def told(number):
    """Return the topic, the sentences and the day of an article; one in eight tells another's again, cut by a fifth."""
    chance = random.Random(number)
    if number % 8 == 7:
        topic, said, day = told(number - chance.randrange(1, 7))
        cut = chance.sample(range(len(said)), len(said) // 5)
        return topic, [one for place, one in enumerate(said) if place not in cut], day + timedelta(days=1)
    known = vocabulary()
    topic = chance.choices(range(TOPICS), cum_weights=known.popular)[0]
    names, words = known.topics[topic]
    days = chance.randrange(DAYS)
    said = [known.sentence(chance, names, words) for _ in range(SENTENCES - 2)]
    said += chance.sample(quoted(topic, days // EVENT_DAYS), 2)
    chance.shuffle(said)
    return topic, said, BEGAN - timedelta(days=days)


def parcel(number):
    """Return the rows of an article."""
    chance = random.Random(-number)
    topic, said, day = told(number)
    names, words = vocabulary().topics[topic]
    title = f"{names[0]} {' '.join(chance.sample(words[:12], 4))}".capitalize()
    text, ends = " ".join(said), itertools.accumulate(len(one) + 1 for one in said)
    spans = tuple(Span(end - len(one) - 1, end - 1) for one, end in zip(said, ends, strict=True))
    source = vocabulary().sources[int(SOURCES * chance.random() ** 2)]
    whole = Article(text, title=title, source=source, published=day if number % 20 else None, language="en")
    audience, created = (MANY if number % 10 else FEW), BEGAN + timedelta(seconds=number)
    brought = NewUpload(text.encode(), f"{number}.txt", ASKER, audience, audience, number, 0, created)
    return pack(DESK, brought, NewExtraction("verbatim", 1, "txt", text, (whole,), (spans,), signatures=(sign(text),)))


def parcels(numbers):
    return [parcel(number) for number in numbers]


async def migrated(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}"):
        pass


async def paired(path):
    """Have done what the bot does in the background when articles come in."""
    async with open_storage(f"sqlite+aiosqlite:///{path}", seconds=60) as storage:
        while not await storage.pair_some(limit=50):
            pass


def fill(path, articles):
    """Put articles there as `add` would, and their words and texts into bare tables beside them."""
    engine = create_engine(f"sqlite:///{path}")
    batches = [range(first, min(first + BATCH, articles)) for first in range(0, articles, BATCH)]
    with ProcessPoolExecutor(2) as makers, closing(sqlite3.connect(beside(path))) as bare:
        bare.execute("CREATE VIRTUAL TABLE bare USING fts5(words, tokenize='ascii')")
        bare.execute("CREATE TABLE original (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        with engine.begin() as connection:
            insert_new(connection, desk, {"desk_id": DESK})
        for made in makers.map(parcels, batches):
            with engine.begin() as connection:
                store(connection, made)
            with bare:
                ids = [one.spellings[0]["article_id"] for one in made]
                words = [one.spellings[0]["words"] for one in made]
                texts = [one.extraction["text"] for one in made]
                bare.executemany("INSERT INTO bare (rowid, words) VALUES (?, ?)", zip(ids, words, strict=True))
                bare.executemany("INSERT INTO original VALUES (?, ?)", zip(ids, texts, strict=True))
    engine.dispose()


def store(connection, made):
    connection.execute(insert(blob), [one.blob for one in made])
    connection.execute(insert(extraction), [one.extraction for one in made])
    tables = {
        article: "articles",
        sentence: "sentences",
        spelling: "spellings",
        signature: "signatures",
        signature_key: "keys",
    }
    for table, rows in tables.items():
        connection.execute(insert(table), [row for one in made for row in getattr(one, rows)])
    connection.execute(insert(upload), [one.upload for one in made])


def beside(path):
    return path.with_name(f"{path.name}.bare")


def questions(rounds):
    """Yield what people ask about topics, the more often the more is written about them."""
    chance = random.Random(11)
    known = vocabulary()
    for number in range(rounds):
        names, words = known.topics[chance.choices(range(TOPICS), cum_weights=known.popular)[0]]
        name, other, word, second = names[0], names[1].split()[0], *words[:2]
        common = known.content[chance.randrange(20, 400)]
        forms = (name, f"{name} {word}", word, f"{other} {word}", f"{word} {second}", f"{word} OR {second}", common)
        asks = f"what did {other} say about {word}?"
        yield (*forms, asks)[number % (len(forms) + 1)]


def bare_words(typed):
    """The same question in FTS5's own language, without the words that only ask."""
    query = read_topic(typed)
    parts = [" ".join(part.words) for part in getattr(query, "parts", (query,)) if hasattr(part, "words")]
    return (" OR " if " OR " in typed else " ").join(f'"{part}"' for part in parts)


def lead(bare, typed):
    """Return the first three sentences of each of the best articles."""
    ids = bare.execute(BARE, (bare_words(typed), MOST_DRAWN_ON)).fetchall()
    return [bare.execute(TEXT, one).fetchone()[0].split(". ", 3)[:3] for one in ids]


async def compare(path, rounds):
    clock, work = Clock(), Clock()
    settings = Settings.model_construct(database_url=f"sqlite+aiosqlite:///{path}")
    asked = list(questions(rounds))
    began = time.perf_counter()
    async with open_app(settings) as app:
        opened = time.perf_counter() - began
        first = await first_brief(app)
        with closing(sqlite3.connect(beside(path))) as bare:
            for number in range(rounds):
                await ask(clock, work, app, bare, number, asked)
    clock.show()
    print("processor time alone:")
    work.show()
    print(f"opened in {opened:.2f} s; the first brief, asked for at once: {first:.2f} s")
    tell(clock, "search", "bare FTS5 bm25()", SEARCH_AIM)
    tell(clock, "brief", "bare lead-3", BRIEF_AIM)


async def first_brief(app):
    began = time.perf_counter()
    await app.services.briefs.brief(call(0), topic=next(questions(1)))
    return time.perf_counter() - began


def call(number, scope=SEES_ALL):
    return Call(scope, MANY, MANY, number, datetime.now(UTC))


async def ask(clock, work, app, bare, number, asked):
    """Ask in all ways, each way another question: what one has read would be at hand for the next."""
    for place, (name, way) in enumerate(WAYS.items()):
        typed = asked[(number + place * len(asked) // len(WAYS)) % len(asked)]
        before = spent(app)
        await clock.time(name, way(app, call(number), typed))
        work.note(name, spent(app) - before)
    raw = {
        "bare FTS5 bm25()": lambda: bare.execute(BARE, (bare_words(asked[number]), 6)).fetchall(),
        "bare lead-3": lambda: lead(bare, asked[number]),
    }
    for name, way in raw.items():
        began, before = time.perf_counter(), time.process_time()
        way()
        clock.note(name, time.perf_counter() - began)
        work.note(name, time.process_time() - before)


def spent(app):
    """Return the processor time that the program and its workers have taken: a busy machine adds little to it."""
    workers = [Path(f"/proc/{pid}/schedstat").read_text().split()[0] for pid in app.compute.pids]
    return time.process_time() + sum(map(int, workers)) / 1e9


def searching(**options):
    return lambda app, call_, typed: app.services.search.search(call_, query=typed, **options)


def finding(scope=SEES_ALL, **options):
    return lambda app, _, typed: app.storage.search(scope, Search(read_topic(typed), **options), limit=6)


WAYS = {
    "search": searching(),
    "search, newest first": searching(order="newest"),
    "search, a year": searching(since="2025"),
    "search, one in ten visible": lambda app, _, typed: app.services.search.search(call(1, SEES_FEW), query=typed),
    "brief": lambda app, call_, typed: app.services.briefs.brief(call_, topic=typed),
    "brief, one in ten visible": lambda app, _, typed: app.services.briefs.brief(call(1, SEES_FEW), topic=typed),
    "timeline": lambda app, call_, typed: app.services.timelines.timeline(call_, topic=typed),
    "storage.search": finding(),
    "storage.search, since": finding(since=BEGAN - timedelta(days=DAYS // 4)),
    "storage.search, by story": finding(by_story=True),
    "storage.search, few visible": finding(SEES_FEW),
}


def tell(clock, ours, bare, aim):
    p50, p95 = (clock.p(ours, percent) for percent in (50, 95))
    ratio = p50 / clock.p(bare, 50), p95 / clock.p(bare, 95)
    verdict = "met" if p95 < aim else "missed"
    print(f"{ours}: x{ratio[0]:.1f} / x{ratio[1]:.1f} of {bare}; p95 {p95:.0f} ms, aim {aim} ms: {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--desk", type=Path, help="where the desk is kept, or taken from where it is there")
    parser.add_argument("--small", action="store_true", help="a few seconds, to see that it runs")
    asked = parser.parse_args()
    articles, rounds = (300, 8) if asked.small else (asked.articles, asked.rounds)
    with tempfile.TemporaryDirectory() as folder:
        path = asked.desk or Path(folder) / "desk.db"
        if not path.exists():
            began = time.perf_counter()
            asyncio.run(migrated(path))
            fill(path, articles)
            took = time.perf_counter() - began
            print(f"{articles} articles filled in {took:.0f} s, {path.stat().st_size >> 20} MiB")
        asyncio.run(paired(path))
        print(f"load {os.getloadavg()[0]:.1f} before", flush=True)
        asyncio.run(compare(path, rounds))
        print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
