"""Killed between fetching and storing, a poller loses nothing and brings nothing twice."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from feed_site import ANA, GUILD, NEWS, NOW, quays, serving

from storage import open_storage
from storage.base import Heard, NewFeed, Scope

_HERE = Path(__file__).parent
ENTRIES = 8

# Polls as the program does, with leases so short that what a killed one had is taken up at once.
_POLLING = """
import asyncio, sys
from datetime import timedelta
from ipaddress import ip_network
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from feed_site import Sink
from bot.feeds import Pacing, Poller
from bot.services import build
from bot.services.compute import Compute
from bot.services.web import Web
from storage import open_storage
from summariser.limits import Limits

async def main():
    loopback = (ip_network("127.0.0.0/8"),)
    pacing = Pacing(look=0.05, apart=0.0, attempt=5.0, lease=timedelta(seconds=1), entries=2)
    async with Compute(workers=2) as compute, Web(allow_networks=loopback) as web, open_storage(sys.argv[3]) as storage:
        services = build(storage, compute, web, Limits())
        print("polling", flush=True)
        await Poller(storage, services.feeds.listener, Sink(), pacing=pacing).run()

asyncio.run(main())
"""


@pytest.mark.trust("feed-once")
async def test_each_entry_is_stored_once_whatever_is_killed(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'feeds.db'}"
    scope = Scope(GUILD, ANA, frozenset({NEWS}))
    async with serving() as site, open_storage(url) as storage:
        new = NewFeed(f"{site.url}/feed", NEWS, NEWS, ANA)
        await storage.make_feed(scope, new, Heard(NOW, new.url, 900), now=NOW, first=0, most=9)
        for number in range(ENTRIES):
            site.add(number)

        # In the middle of the feed, of a page, of storing: wherever it is when so much has been fetched.
        for fetched in (1, 5):
            process = await _poll(url)
            await _until(lambda fetched=fetched: has_fetched(site, fetched))
            process.send_signal(signal.SIGKILL)
            await process.wait()
        process = await _poll(url)
        await _until(lambda: all_stored(storage, scope))
        await asyncio.sleep(1.5)
        process.send_signal(signal.SIGKILL)
        await process.wait()

        (feed,) = await storage.feeds(scope)
        entries = await storage.feed_entries(scope, feed.feed_id, limit=99)
        heads = await storage.newest(scope, limit=99)
        uploads = [one for head in heads for one in await storage.origins(scope, head.article_id)]
    assert sorted(head.title for head in heads) == sorted(quays(*range(ENTRIES)))
    assert len(uploads) == ENTRIES
    assert {one.state for one in entries} == {"stored"}
    assert len(entries) == ENTRIES


async def has_fetched(site, number):
    return len(site.fetched) >= number


async def all_stored(storage, scope):
    return await storage.count(scope) >= ENTRIES


async def _poll(url):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _POLLING, str(_HERE), str(_HERE.parents[1]), url, stdout=asyncio.subprocess.PIPE
    )
    await process.stdout.readline()
    return process


async def _until(so):
    for _ in range(6000):
        if await so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came to that")
