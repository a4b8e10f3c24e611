"""The composition root: from settings to running services, and back down again in order."""

import asyncio
import logging
import math
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.config import Settings
from bot.feeds import Poller
from bot.health import of_database, of_workers
from bot.metrics import Metrics
from bot.monitor import Monitor
from bot.scheduler import Pacing, Scheduler
from bot.services import Services, alerts, build, feedposts, newspaper
from bot.services.compute import Compute
from bot.services.deliveries import Composed, Composer, Front, Period
from bot.services.errors import DigestContentError, UserError
from bot.services.naming import name_anew, name_some
from bot.services.removal import COPIES_KEPT_FOR, KEPT_FOR, LEFT_FOR
from bot.services.sifting import Sieve
from bot.services.stories import sign_some
from bot.services.web import DISCORD_CDN, Web
from storage import open_storage
from storage.base import Schedule, Scope, Shards, Storage
from storage.errors import StorageError
from summariser.limits import Limits

log = logging.getLogger(__name__)

# What was removed is out of sight at once. When its time is over, it is out of the database's file within this time and
# its own work, a piece of about 0.1 s at a time, so that nobody who adds something has to wait for it.
TIDY_SECONDS = 60.0
_PAUSE_SECONDS = 0.25
# Whose turn it is to tidy, and for how long without a word; a step takes a few seconds at most.
_SHIFT = "tidying"
_SHIFT_LEASE = timedelta(seconds=20)
# Requests with which the smallest of many processes still gets on.
_LEAST_PER_SECOND = 1.0
# Who is named in a long file is looked for within this time.
_LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a front end needs."""

    settings: Settings
    storage: Storage
    compute: Compute
    web: Web
    services: Services
    monitor: Monitor


@asynccontextmanager
async def open_app(settings: Settings, monitor: Monitor | None = None) -> AsyncIterator[App]:
    """Open the database, start the workers, and close both when the block ends; `monitor` watches over them.

    Raises:
        StorageError: the database cannot be opened or migrated.
        MissingPipelineError: the settings name a pipeline that is not installed.
        WorkerDiedError: the workers cannot hold that pipeline.
    """
    limits = Limits(bytes=settings.max_upload_bytes, articles=settings.max_articles)
    hosts = None if settings.discord_api_url else DISCORD_CDN
    monitor = monitor or Monitor()
    async with (
        _compute(settings, monitor.metrics) as compute,
        open_storage(settings.database_url, watch=monitor.metrics.transaction) as storage,
        Web(
            allow_networks=settings.fetch_allow_networks, attachment_hosts=hosts, seconds=settings.fetch_seconds
        ) as web,
    ):
        _watch(monitor, storage, compute)
        await compute.find_pipeline()
        services = build(
            storage,
            compute,
            web,
            limits,
            message_content=settings.message_content_intent,
            metrics=monitor.metrics,
        )
        yield App(settings, storage, compute, web, services, monitor)


def _watch(monitor: Monitor, storage: Storage, compute: Compute) -> None:
    monitor.health.watch("database", of_database(storage))
    monitor.health.watch("workers", of_workers(compute))
    monitor.metrics.gauge("work_waiting", lambda: compute.waiting)
    monitor.metrics.gauge("work_running", lambda: compute.running)
    monitor.metrics.gauge("workers", lambda: len(compute.pids))


def _compute(settings: Settings, metrics: Metrics) -> Compute:
    return Compute(
        workers=settings.workers,
        memory_mib=settings.read_memory_mib,
        seconds=settings.read_seconds,
        pipeline=settings.spacy_pipeline,
        metrics=metrics,
    )


async def deliver(app: App, front: Front) -> None:
    """Post what is due by schedule, until cancelled."""
    composers: dict[str, Composer] = {
        alerts.KIND: alerts.Alerts(app.storage, app.compute).compose,
        feedposts.KIND: feedposts.FeedPosts(app.storage).compose,
        newspaper.KIND: app.services.newspaper.deliver,
    }

    async def compose(scope: Scope, schedule: Schedule, period: Period) -> Composed | None:
        if schedule.kind not in composers:
            raise DigestContentError("a later version made it")
        return await composers[schedule.kind](scope, schedule, period)

    async with asyncio.TaskGroup() as tasks:
        metrics = app.monitor.metrics
        shards, pacing = app.settings.shards, pacing_of(app.settings.shards)
        scheduler = Scheduler(app.storage, front, compose, pacing=pacing, metrics=metrics, shards=shards)
        tasks.create_task(scheduler.run())
        poller = Poller(app.storage, app.services.feeds.listener, front, metrics=metrics, shards=shards)
        tasks.create_task(poller.run())
        tasks.create_task(Sieve(app.storage, app.compute, lambda: datetime.now(UTC)).run())


def pacing_of(shards: Shards | None) -> Pacing:
    """Return how fast a process delivers: what Discord allows is for all processes of the bot together."""
    usual = Pacing()
    share = len(shards.ids) / shards.count if shards else 1
    return replace(usual, per_second=max(_LEAST_PER_SECOND, usual.per_second * share))


@asynccontextmanager
async def tidying(storage: Storage, compute: Compute | None = None) -> AsyncIterator[None]:
    """Erase what removals leave behind while the block runs, sign and name what came without; see `tidy`."""
    task = asyncio.create_task(tidy(storage, compute))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def tidy(storage: Storage, compute: Compute | None = None) -> None:
    """Erase for good what removals leave behind, and find signatures and names that are missing, until cancelled.

    Of all processes on a database one does, so that none does again what another is at.
    """
    shift = _Shift(storage)
    try:
        while True:
            if await shift.is_mine():
                await asyncio.sleep(await _tidy_some(storage, compute, shift))
            else:
                await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await shift.end()


async def _tidy_some(storage: Storage, compute: Compute | None, shift: "_Shift") -> float:
    """Tidy a piece, and rest when that was all; return how many seconds to wait before the next."""
    try:
        now = datetime.now(UTC)
        expired = await storage.expire(now=now)
        emptied = await storage.empty_trash(before=now - KEPT_FOR) and expired
        dropped = await storage.drop_left(before=now - LEFT_FOR)
        await storage.drop_copies(before=now - COPIES_KEPT_FOR)
        done = await storage.purge_search() and emptied and dropped
        done = await _take_up(storage, compute) and done
        done = (compute is None or not await name_anew(storage, compute)) and done
        if done:
            await _rest(storage, compute, shift)
    except UserError as error:
        log.warning("articles could not be signed or named, trying again", extra={"error": error})
        return TIDY_SECONDS
    except StorageError as error:
        log.warning("what was removed could not be erased, trying again", extra={"error": error})
        return TIDY_SECONDS
    except Exception:  # a bug in one step must not keep what was removed for ever
        log.exception("what was removed could not be erased, trying again")
        return TIDY_SECONDS
    return _PAUSE_SECONDS


async def _rest(storage: Storage, compute: Compute | None, shift: "_Shift") -> None:
    """Wait until it is time to look through everything again; meanwhile take up what comes, and no more than that."""
    until, pause = asyncio.get_running_loop().time() + TIDY_SECONDS, _LOOK_SECONDS
    while (left := until - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(left, pause))
        if not await shift.is_mine():
            return
        pause = _LOOK_SECONDS if await _take_up(storage, compute) else _PAUSE_SECONDS


async def _take_up(storage: Storage, compute: Compute | None) -> bool:
    """Sign, pair and name a few articles in which that is still to be done; return whether that was all."""
    done = compute is None or await sign_some(storage, compute)
    done = await storage.pair_some() and done
    return (compute is None or await name_some(storage, compute)) and done


class _Shift:
    """Whether it is this process that tidies; if that dies, another soon takes over."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._me = secrets.token_hex(8)
        self._renew_at = -math.inf

    async def is_mine(self) -> bool:
        """Tell whether it is this one; where the database does not answer, it is not."""
        now = asyncio.get_running_loop().time()
        if now < self._renew_at:
            return True
        try:
            mine = await self._storage.take_lease(_SHIFT, self._me, lease=_SHIFT_LEASE)
        except StorageError as error:
            log.warning("who tidies could not be looked up, trying again", extra={"error": error})
            return False
        self._renew_at = now + _SHIFT_LEASE.total_seconds() / 3 if mine else -math.inf
        return mine

    async def end(self) -> None:
        """Leave it to others."""
        try:
            await self._storage.end_lease(_SHIFT, self._me)
        except StorageError as error:
            log.warning("the tidying is left to its lease", extra={"error": error})
