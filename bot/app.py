"""The composition root: from settings to running services, and back down again in order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.config import Settings
from bot.feeds import Poller
from bot.scheduler import Scheduler
from bot.services import Services, alerts, build, feedposts, newspaper
from bot.services.compute import Compute
from bot.services.deliveries import Composed, Composer, Front, NewestArticles, Period
from bot.services.errors import UserError
from bot.services.naming import name_some
from bot.services.removal import COPIES_KEPT_FOR, KEPT_FOR, LEFT_FOR
from bot.services.sifting import Sieve
from bot.services.stories import sign_some
from bot.services.web import DISCORD_CDN, Web
from storage import open_storage
from storage.base import Schedule, Scope, Storage
from storage.errors import StorageError
from summariser.limits import Limits

log = logging.getLogger(__name__)

# What was removed is out of sight at once. When its time is over, it is out of the database's file within this time and
# its own work, a piece of about 0.1 s at a time, so that nobody who adds something has to wait for it.
TIDY_SECONDS = 60.0
_PAUSE_SECONDS = 0.25
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


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[App]:
    """Open the database, start the workers, and close both when the block ends.

    Raises:
        StorageError: the database cannot be opened or migrated.
        MissingPipelineError: the settings name a pipeline that is not installed.
        WorkerDiedError: the workers cannot hold that pipeline.
    """
    limits = Limits(bytes=settings.max_upload_bytes, articles=settings.max_articles)
    hosts = None if settings.discord_api_url else DISCORD_CDN
    async with (
        _compute(settings) as compute,
        open_storage(settings.database_url) as storage,
        Web(
            allow_networks=settings.fetch_allow_networks, attachment_hosts=hosts, seconds=settings.fetch_seconds
        ) as web,
    ):
        await compute.find_pipeline()
        services = build(storage, compute, web, limits, message_content=settings.message_content_intent)
        yield App(settings, storage, compute, web, services)


def _compute(settings: Settings) -> Compute:
    return Compute(
        workers=settings.workers,
        memory_mib=settings.read_memory_mib,
        seconds=settings.read_seconds,
        pipeline=settings.spacy_pipeline,
    )


async def deliver(app: App, front: Front) -> None:
    """Post what is due by schedule, until cancelled."""
    newest = NewestArticles(app.storage)
    composers: dict[str, Composer] = {
        alerts.KIND: alerts.Alerts(app.storage, app.compute).compose,
        feedposts.KIND: feedposts.FeedPosts(app.storage).compose,
        newspaper.KIND: app.services.newspaper.deliver,
    }

    async def compose(scope: Scope, schedule: Schedule, period: Period) -> Composed | None:
        return await composers.get(schedule.kind, newest.compose)(scope, schedule, period)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(Scheduler(app.storage, front, compose).run())
        tasks.create_task(Poller(app.storage, app.services.feeds.listener, front).run())
        tasks.create_task(Sieve(app.storage, lambda: datetime.now(UTC)).run())


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
    """Erase for good what removals leave behind, and find signatures and names that are missing, until cancelled."""
    while True:
        pause = TIDY_SECONDS
        try:
            now = datetime.now(UTC)
            emptied = await storage.empty_trash(before=now - KEPT_FOR)
            dropped = await storage.drop_left(before=now - LEFT_FOR)
            await storage.drop_copies(before=now - COPIES_KEPT_FOR)
            done = await storage.purge_search() and emptied and dropped
            done = (compute is None or await sign_some(storage, compute)) and done
            done = (compute is None or await name_some(storage, compute)) and done
            if done:
                await _rest(storage, compute)
            pause = _PAUSE_SECONDS
        except UserError as error:
            log.warning("articles could not be signed or named, trying again", extra={"error": repr(error)})
        except StorageError as error:
            log.warning("what was removed could not be erased, trying again", extra={"error": repr(error)})
        await asyncio.sleep(pause)


async def _rest(storage: Storage, compute: Compute | None) -> None:
    """Wait until it is time to look through everything again, or somebody may be named in what has come."""
    until = asyncio.get_running_loop().time() + TIDY_SECONDS
    while (left := until - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(left, _LOOK_SECONDS))
        if compute and await storage.unnamed(limit=1):
            return
