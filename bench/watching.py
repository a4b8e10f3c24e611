"""How long it takes to hold what comes in against the watches of a desk, beside asking each watch's search again.

    python bench/watching.py [--small]

Every article is held against all watches by the sieve (`bot.services.sifting`), as the bot does it: what came in, its
words and names, the hits that are kept. Beside it what a user would write: with each batch of new articles the search
of every watch is run over the desk, and what is new in its answer is a hit. Both have to find the same.
"""

import argparse
import asyncio
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from bot.services.alerts import KIND, Watched
from bot.services.compute import Compute
from bot.services.sifting import Sieve
from storage import open_storage
from storage.base import NewExtraction, NewSchedule, NewUpload, Scope, Search
from storage.query import describe, parse
from summariser.model import Article, Span
from summariser.text import sign

DESK, CHANNEL, WHO = 7, 1, 9
SCOPE = Scope(DESK, WHO, frozenset({CHANNEL}))
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 20

# Words as frequent as in a language: the n-th comes a n-th as often as the first (Zipf).
WORDS = [
    f"{one}{two}{three}"
    for one in "bdfgklmnprstvz"
    for two in ("a", "ero", "ilu")
    for three in ("nd", "shk", "mbo", "rth", "lka", "vin", "gro", "pst", "chu", "tze", "kko", "dya")
]
WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))


def said(chance, number):
    return chance.choices(WORDS, cum_weights=WEIGHTS, k=number)


def article(number):
    """Return an upload of 300 words with what was read in it."""
    chance = random.Random(number)
    sentences = [f"{' '.join(said(chance, 15)).capitalize()} {number}." for _ in range(20)]
    text, spans, start = " ".join(sentences), [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    upload = NewUpload(
        text.encode(), f"{number}.txt", WHO, CHANNEL, CHANNEL, number, 0, BEGAN + timedelta(seconds=number)
    )
    read = (Article(text, title=f"Report {number}", language="en"),)
    return upload, NewExtraction(
        "verbatim", 1, "txt", text, read, (tuple(spans),), signatures=(sign(text),), names=((),)
    )


def wanted(number):
    """Return the search of a watch: two words, a phrase, an ending left open, one of two."""
    chance = random.Random(-number)
    one, two = chance.sample(WORDS[60:], 2)
    return (f"{one} {two}", f'"{one} {two}"', f"{one[:4]}* {two}", f"{one} OR {two}")[number % 4]


async def watch(storage, number):
    typed = wanted(number)
    watched = Watched(query=describe(parse(typed)), typed=f"{typed} {number}")
    new = NewSchedule(
        audience_id=CHANNEL,
        recipient_id=None,
        made_by=WHO,
        made_at=BEGAN - timedelta(days=1),
        kind=KIND,
        name=f"{number}",
        # So many are made at random that some would be the same.
        what=watched.to_json() | {"about": {"query": watched.query, "number": number}},
        timing={},
        place={"kind": "channel", "number": CHANNEL, "mention": None},
        next_slot=None,
        next_at=None,
    )
    return await storage.make_schedule(SCOPE, new)


async def sieved(sieve):
    """Hold all that came in against the watches; return the seconds."""
    began = time.perf_counter()
    while not await sieve.step():
        pass
    return time.perf_counter() - began


async def asked_again(storage, watches, fresh):
    """Ask every watch's search anew; return the seconds and the hits."""
    began, hits = time.perf_counter(), set()
    for one in watches:
        query = parse(one.what["about"]["query"])
        found = await storage.search(SCOPE, Search(query, newest=True), limit=BATCH)
        hits |= {(one.schedule_id, head.article_id) for head in found.heads if head.article_id in fresh}
    return time.perf_counter() - began, hits


async def main(watches, articles, before):
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/watching.db"
        async with open_storage(url, seconds=60) as storage, Compute(workers=1, memory_mib=512, seconds=60) as compute:
            for number in range(before):
                await storage.add(SCOPE, *article(number))
            made = [await watch(storage, number) for number in range(watches)]
            now = BEGAN + timedelta(days=1)
            sieve = Sieve(storage, compute, lambda: now)
            ours = theirs = adding = 0.0
            counted = 0
            for first in range(before, before + articles, BATCH):
                began = time.perf_counter()
                added = [await storage.add(SCOPE, *article(number)) for number in range(first, first + BATCH)]
                adding += time.perf_counter() - began
                uploads = {one.article_ids[0]: one.upload_id for one in added}
                ours += await sieved(sieve)
                found = {
                    (one.schedule_id, upload_id)
                    for one in made
                    for upload_id in await storage.watch_hits(DESK, one.schedule_id)
                    if upload_id in uploads.values()
                }
                seconds, hits = await asked_again(storage, made, set(uploads))
                theirs += seconds
                if found != {(schedule_id, uploads[article_id]) for schedule_id, article_id in hits}:
                    raise SystemExit("the sieve and the searches do not find the same")
                counted += len(found)
    print("| watches | articles there before | new | hits | adding, ms an article | sieve | every search again |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    each = [f"{1000 * one / articles:.1f}" for one in (adding, ours, theirs)]
    print(f"| {watches:,} | {before:,} | {articles} | {counted} | {each[0]} | {each[1]} | {each[2]} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="a few watches and articles, to see that it runs")
    given = parser.parse_args()
    asyncio.run(main(60, 20, 20) if given.small else main(1000, 100, 500))
