"""The composition root: from settings to running services, and back down again in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.config import Settings
from bot.services import Services, build
from bot.services.compute import Compute
from bot.services.web import DISCORD_CDN, Web
from storage import open_storage
from storage.base import Storage
from summariser.limits import Limits


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
