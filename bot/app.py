"""The composition root: from settings to running services, and back down again in order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.config import Settings
from bot.services import Services, build
from bot.services.compute import Compute
from bot.services.errors import UserError
from bot.services.removal import COPIES_KEPT_FOR, KEPT_FOR, LEFT_FOR
from bot.services.stories import sign_some
from bot.services.web import DISCORD_CDN, Web
from storage import open_storage
from storage.base import Storage
from storage.errors import StorageError
from summariser.limits import Limits

log = logging.getLogger(__name__)

# What was removed is out of sight at once. When its time is over, it is out of the database's file within this time and
# its own work, a piece of about 0.1 s at a time, so that nobody who adds something has to wait for it.
TIDY_SECONDS = 60.0
_PAUSE_SECONDS = 0.25


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
    """
    limits = Limits(bytes=settings.max_upload_bytes, articles=settings.max_articles)
    hosts = None if settings.discord_api_url else DISCORD_CDN
    async with (
        Compute(
            workers=settings.workers, memory_mib=settings.read_memory_mib, seconds=settings.read_seconds
        ) as compute,
        open_storage(settings.database_url) as storage,
        Web(
            allow_networks=settings.fetch_allow_networks, attachment_hosts=hosts, seconds=settings.fetch_seconds
        ) as web,
    ):
        services = build(storage, compute, web, limits, message_content=settings.message_content_intent)
        yield App(settings, storage, compute, web, services)


@asynccontextmanager
async def tidying(storage: Storage, compute: Compute | None = None) -> AsyncIterator[None]:
    """Erase what removals leave behind while the block runs, and sign what came without; see `tidy`."""
    task = asyncio.create_task(tidy(storage, compute))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def tidy(storage: Storage, compute: Compute | None = None) -> None:
    """Erase for good what removals leave behind, and compute the signatures that are missing, until cancelled."""
    while True:
        done = True
        try:
            now = datetime.now(UTC)
            emptied = await storage.empty_trash(before=now - KEPT_FOR)
            dropped = await storage.drop_left(before=now - LEFT_FOR)
            await storage.drop_copies(before=now - COPIES_KEPT_FOR)
            done = await storage.purge_search() and emptied and dropped
            done = (compute is None or await sign_some(storage, compute)) and done
        except UserError as error:
            log.warning("articles could not be signed, trying again", extra={"error": repr(error)})
        except StorageError as error:
            log.warning("what was removed could not be erased, trying again", extra={"error": repr(error)})
        await asyncio.sleep(TIDY_SECONDS if done else _PAUSE_SECONDS)
