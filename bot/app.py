"""The composition root: from settings to running services, and back down again in order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.config import Settings
from bot.services import Services, build
from bot.services.compute import Compute
from bot.services.web import DISCORD_CDN, Web
from storage import open_storage
from storage.base import Storage
from storage.errors import StorageError
from summariser.limits import Limits

log = logging.getLogger(__name__)

# What was removed is out of sight at once; its letters are out of the index's file within this time and its own work,
# a piece of at most 0.1 s at a time, so that nobody who adds something has to wait for it.
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


async def tidy(storage: Storage) -> None:
    """Erase for good what removals leave behind, until cancelled."""
    while True:
        done = True
        try:
            done = await storage.purge_search()
        except StorageError as error:
            log.warning("the search index could not be tidied, trying again", extra={"error": repr(error)})
        await asyncio.sleep(TIDY_SECONDS if done else _PAUSE_SECONDS)
