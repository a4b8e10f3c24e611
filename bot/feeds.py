"""Polls the feeds that people follow, and reads what is new in them, whatever dies on the way.

Several may run on one database, in any number of processes: an address, and an entry, is one process's own for the
length of a lease. No clock is read here but the one that is passed in.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bot.metrics import SILENT, Metrics
from bot.scheduler import Clock
from bot.services.deliveries import DeliveryError, Front, Post, UnreachableError, aside_of, nonce_of
from bot.services.feeds import KEPT_FOR, paused_note
from bot.services.listening import LEASE, Listener, Miss
from bot.services.rounds import owner_name, repeat, wind_up
from storage.base import FeedSource, FollowedFeed, Scope, Shards, Storage, WaitingEntry
from storage.errors import StorageError

log = logging.getLogger(__name__)

POSTED_WITHIN = timedelta(days=30)
"""What could not be posted within this time no longer is."""

# Hosts are forgotten when there are more than this; those asked longest ago first.
_MOST_HOSTS = 10_000


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast, how often, how long."""

    polls: int = 8
    """Addresses polled at the same time."""
    entries: int = 4
    """Entries read at the same time."""
    look: float = 2.0
    """Seconds between looks at what is due."""
    apart: float = 2.0
    """Seconds between two requests to one host."""
    patience: float = 20.0
    """Seconds that a poll waits for its host's turn; then it is put off."""
    attempt: float = 90.0
    """Seconds that one poll or entry may take in all: less than the lease."""
    lease: timedelta = LEASE
    drain: float = 1.0
    """Seconds that what is under way gets to end by itself when the program stops."""


class Poller:
    """Polls what is due, whoever follows it, until it is cancelled; tells the makers whom these shards serve."""

    def __init__(
        self,
        storage: Storage,
        listener: Listener,
        front: Front,
        *,
        clock: Clock | None = None,
        pacing: Pacing | None = None,
        metrics: Metrics = SILENT,
        shards: Shards | None = None,
    ) -> None:
        self._metrics = metrics
        self._shards = shards
        self._storage = storage
        self._listener = listener
        self._front = front
        self._clock = clock or Clock()
        self._pacing = pacing or Pacing()
        self._hosts = _Hosts(self._pacing.apart)
        self._owner = owner_name()
        self._polling: set[asyncio.Task[None]] = set()
        self._reading: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Poll until cancelled; then what is under way gets a moment to end, and the rest is given back."""
        rest = partial(asyncio.sleep, self._pacing.look)
        try:
            await repeat(self.step, rest, failed="feeds could not be looked up, trying again")
        finally:
            await wind_up(self._polling | self._reading, seconds=self._pacing.drain)
            await self._give_back()

    async def step(self) -> int:
        """Do once what is to be done now; return how many polls and entries were begun."""
        now, lease = self._clock.now(), self._pacing.lease
        begun = 0
        if (room := self._pacing.polls - len(self._polling)) > 0:
            sources = await self._storage.claim_sources(self._owner, now=now, lease=lease, limit=room)
            begun += self._begin(self._polling, [self._poll(source) for source in sources])
        if (room := self._pacing.entries - len(self._reading)) > 0:
            entries = await self._storage.claim_entries(self._owner, now=now, lease=lease, limit=room)
            begun += self._begin(self._reading, [self._read(one) for one in entries])
        await self._post()
        await self._tell_makers()
        await self._storage.sweep_feeds(before=now - KEPT_FOR)
        return begun

    async def settle(self) -> None:
        """Wait until all that was begun has ended."""
        while running := self._polling | self._reading:
            await asyncio.wait(running)

    def _begin(self, running: set[asyncio.Task[None]], jobs: Sequence[Coroutine[Any, Any, None]]) -> int:
        for job in jobs:
            task = asyncio.create_task(job)
            running.add(task)
            task.add_done_callback(running.discard)
        return len(jobs)

    async def _poll(self, source: FeedSource) -> None:
        """Poll one address, or leave it to its lease."""
        wait = self._hosts.wait(source.url)
        if wait > self._pacing.patience:
            await self._guarded(self._put_off(source, wait))
            return
        await self._guarded(self._poll_now(source))

    async def _put_off(self, source: FeedSource, wait: float) -> None:
        until = self._clock.now() + timedelta(seconds=wait)
        await self._storage.put_off_source(self._owner, source, until=until)

    async def _poll_now(self, source: FeedSource) -> None:
        await self._hosts.turn(source.url)
        polled = await self._listener.poll(source, self._clock.now())
        now = self._clock.now()
        if isinstance(polled, Miss):
            self._metrics.poll("failed")
            log.info("a feed failed", extra={"source": source.source[:12], "failures": source.failures + 1})
            await self._storage.miss(
                self._owner, source, error=polled.error, next_at=polled.next_at, now=now, pauses=polled.pauses
            )
        else:
            self._metrics.poll("unchanged" if polled.entries is None else "heard")
            await self._storage.hear(self._owner, source, polled, now=now)

    async def _read(self, one: WaitingEntry) -> None:
        await self._guarded(self._read_now(one))

    async def _read_now(self, one: WaitingEntry) -> None:
        if one.entry.url:
            await self._hosts.turn(one.entry.url)
        await self._listener.read(self._owner, one, self._clock.now())

    async def _guarded(self, job: Coroutine[Any, Any, None]) -> None:
        """Do a job within its time; what goes wrong in it is left to its lease."""
        try:
            async with asyncio.timeout(self._pacing.attempt):
                await job
        except (TimeoutError, StorageError) as error:
            log.warning("a feed is left to its lease", extra={"error": error})
        except Exception:  # whatever is raised, the next one must be polled
            log.exception("a feed is left to its lease")

    async def _post(self) -> None:
        """Let what is new be posted, where that is wanted."""
        now = self._clock.now()
        for feed in await self._storage.feeds_to_post(now=now, oldest=now - POSTED_WITHIN):
            if feed.schedule_id is None:
                continue
            waiting = await self._storage.unposted(feed.desk_id, feed.schedule_id)
            if waiting:
                slot = f"{waiting[0].entry_id}-{waiting[-1].entry_id}-{len(waiting)}"
                scope = Scope(feed.desk_id, feed.made_by or 0, None)
                await self._storage.run_schedule(scope, feed.schedule_id, slot=slot, now=now)

    async def _tell_makers(self) -> None:
        """Tell those whose feeds had to be paused."""
        for feed in await self._storage.take_untold_feeds(shards=self._shards):
            nonce, aside = nonce_of("f", feed.feed_id), aside_of("feed list")
            post = Post(paused_note(feed), feed.feed_id, nonce, 0, self._clock.now(), aside)
            try:
                async with asyncio.timeout(self._pacing.attempt):
                    await self._front.tell(feed.desk_id, feed.made_by, post)
            except (UnreachableError, TimeoutError) as error:
                log.warning("a maker could not be told yet", extra={"desk": feed.desk_id, "error": error})
                await self._leave_untold(feed)
                return
            except DeliveryError as error:
                log.warning("a maker cannot be told", extra={"desk": feed.desk_id, "error": error})

    async def _leave_untold(self, feed: FollowedFeed) -> None:
        await self._storage.leave_untold_feed(feed.desk_id, feed.feed_id)

    async def _give_back(self) -> None:
        try:
            await self._storage.give_back_feeds(self._owner, now=self._clock.now())
        except StorageError as error:
            log.warning("feeds are left to their leases", extra={"error": error})


class _Hosts:
    """Sees to it that no host is asked twice within a moment."""

    def __init__(self, apart: float) -> None:
        self._apart = apart
        self._free: OrderedDict[str, float] = OrderedDict()

    def wait(self, url: str) -> float:
        """Return how long it is until the host may be asked, in seconds."""
        return max(0.0, self._free.get(_host(url), 0.0) - asyncio.get_running_loop().time())

    async def turn(self, url: str) -> None:
        """Wait until the host may be asked."""
        host, now = _host(url), asyncio.get_running_loop().time()
        mine = max(self._free.pop(host, 0.0), now)
        self._free[host] = mine + self._apart
        while len(self._free) > _MOST_HOSTS:
            self._free.popitem(last=False)
        await asyncio.sleep(mine - now)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
