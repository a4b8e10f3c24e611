"""How much polling costs where many channels follow the same feeds, beside each channel polling for itself.

    python bench/polling.py [--small]

Each address is followed by ten channels. Three rounds over all of them, on a site on loopback: the first time, with
nothing changed, and with one new entry in each feed. Ours is `bot.feeds` with its storage, at its usual eight at once;
the other keeps nothing between two polls but the ids that it has seen, in memory, and asks for every channel, eight at
once. Pages are not fetched, and the pause between two requests to one host is left out: all feeds are on one.
"""

import argparse
import asyncio
import tempfile
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from aiohttp import web as server

from bot.feeds import Pacing, Poller
from bot.scheduler import Clock
from bot.services.compute import Compute
from bot.services.intake import Intake
from bot.services.listening import FEED_BYTES, Listener
from bot.services.web import Web
from storage import open_storage
from storage.base import Heard, NewFeed, Scope
from summariser.limits import Limits
from summariser.model import FeedEntry

FOLLOWERS = 10
ENTRIES = 20
AT_ONCE = 8
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Site:
    """Many feeds, and who asked for what."""

    def __init__(self):
        self.new = 0
        self.whole = self.unchanged = 0

    def xml(self, number):
        items = "".join(
            f"<item><guid isPermaLink='false'>{number}-{one}</guid><title>Quay {one} of harbour {number}</title>"
            f"<description>Quay {one} of harbour {number} was closed on Monday after a crane had leaned over it for "
            f"two days, said the harbour master.</description></item>"
            for one in range(ENTRIES + self.new, self.new, -1)
        )
        return f"<rss version='2.0'><channel><title>Harbour {number}</title>{items}</channel></rss>"

    async def feed(self, request):
        body = self.xml(request.match_info["number"])
        tag = f'"{zlib.crc32(body.encode())}"'
        if request.headers.get("If-None-Match") == tag:
            self.unchanged += 1
            return server.Response(status=304, headers={"ETag": tag})
        self.whole += 1
        return server.Response(text=body, content_type="application/rss+xml", headers={"ETag": tag})


class Nobody:
    """A front on which nothing is to be said."""

    async def tell(self, *_):
        raise AssertionError


async def serve(site):
    app = server.Application()
    app.router.add_get("/{number}", site.feed)
    runner = server.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await server.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def follow(storage, url, feeds):
    """Let each feed be followed by some channels, when it holds what it does now."""
    for number in range(feeds):
        held = tuple(FeedEntry(f"{number}-{one}", None, None, None, None, "", "") for one in range(ENTRIES, 0, -1))
        for channel in range(1, FOLLOWERS + 1):
            scope = Scope(1000 + number % 50, 9, frozenset({channel}))
            heard = Heard(BEGAN, f"{url}/{number}", 3600, title=f"Harbour {number}", entries=held)
            new = NewFeed(heard.url, channel_id=channel, audience_id=channel, made_by=9, place=None)
            await storage.make_feed(scope, new, heard, now=BEGAN, first=0, most=10_000)


async def poll_all(poller, site):
    """Do all that is due; return the seconds, and what the site was asked for."""
    began, before = time.perf_counter(), (site.whole, site.unchanged)
    while await poller.step():
        await poller.settle()
    return time.perf_counter() - began, site.whole - before[0], site.unchanged - before[1]


async def ask_for_each(web, compute, url, feeds, seen, site):
    """Poll for every channel by itself; return the seconds, and what the site was asked for."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def poll(number, channel):
        async with turns:
            fetched = await web.feed(f"{url}/{number}", limit=FEED_BYTES)
            feed = await compute.run_apart("summariser.ingest.feeds:read_feed", fetched.data, fetched.url, what=url)
            seen.setdefault((number, channel), set()).update(entry.guid for entry in feed.entries)

    began, before = time.perf_counter(), (site.whole, site.unchanged)
    await asyncio.gather(*(poll(number, channel) for number in range(feeds) for channel in range(FOLLOWERS)))
    return time.perf_counter() - began, site.whole - before[0], site.unchanged - before[1]


async def main(feeds):
    site = Site()
    runner, url = await serve(site)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_storage(f"sqlite+aiosqlite:///{folder}/polling.db", seconds=60) as storage,
            Compute(workers=1, memory_mib=512, seconds=60) as compute,
            Web(allow_networks=(ip_network("127.0.0.0/8"),)) as web,
        ):
            await follow(storage, url, feeds)
            # The first worker of all takes a second to come up.
            await compute.run_apart("summariser.ingest.feeds:read_feed", site.xml(0).encode(), url, what=url)
            listener = Listener(storage, compute, web, Intake(storage, compute, web, Limits()))
            times = {"now": BEGAN + timedelta(hours=1)}
            pacing = replace(Pacing(), polls=AT_ONCE, entries=0, apart=0.0)
            poller = Poller(storage, listener, Nobody(), clock=Clock(lambda: times["now"]), pacing=pacing)
            print("| addresses | channels | round | way | seconds | answers in full | unchanged |")
            print("| --- | --- | --- | --- | --- | --- | --- |")
            seen = {}
            for name, new in (("the first", 0), ("nothing changed", 0), ("one new entry in each", 1)):
                site.new += new
                ours = await poll_all(poller, site)
                theirs = await ask_for_each(web, compute, url, feeds, seen, site)
                for way, (seconds, whole, unchanged) in (("one poll for all", ours), ("each for itself", theirs)):
                    told = f"{seconds:.1f} | {whole:,} | {unchanged:,}"
                    print(f"| {feeds:,} | {feeds * FOLLOWERS:,} | {name} | {way} | {told} |", flush=True)
                times["now"] += timedelta(hours=7)
            waiting = await storage.claim_entries("bench", now=times["now"], lease=timedelta(1), limit=100_000)
    await runner.cleanup()
    if len(waiting) != feeds * FOLLOWERS:
        raise SystemExit(f"{len(waiting)} entries are to be read")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="a few feeds, to see that it runs")
    given = parser.parse_args()
    asyncio.run(main(1 if given.small else 100))
