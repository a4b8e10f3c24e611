"""Whether the bot is ready to work: a sentence for each thing that it needs, asked anew each time.

Light to load, since `verbatim health` is started every half minute.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.services.compute import Compute
    from storage.base import Storage

# What does not answer within this time is not ready.
PATIENCE_SECONDS = 1.0
_ASK_SECONDS = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  told apart here, never a default


@dataclass(frozen=True, slots=True)
class Sign:
    """How one thing is doing."""

    ok: bool
    told: str


Probe = Callable[[], Awaitable[Sign]]

STARTING = Sign(False, "It is being started.")
SILENT = Sign(False, "It did not answer within a second.")


class Health:
    """What is looked at, and what came of it; until a part has started, its place says so."""

    def __init__(self) -> None:
        self._probes: dict[str, Probe | None] = dict.fromkeys(("database", "discord", "workers"))

    def watch(self, part: str, probe: Probe) -> None:
        """Look at a part in this way from now on."""
        self._probes[part] = probe

    async def look(self) -> Mapping[str, Sign]:
        """Look at everything at once; it takes about a second at most."""
        signs = await asyncio.gather(*map(_ask, self._probes.values()))
        return dict(zip(self._probes, signs, strict=True))


def of_database(storage: "Storage") -> Probe:
    """Return what tells whether the database answers."""

    async def look() -> Sign:
        try:
            await storage.revision()
        except StorageError:
            return Sign(False, "It is busy or away; the log says more.")
        return Sign(True, "It answers.")

    return look


def of_workers(compute: "Compute") -> Probe:
    """Return what tells whether files can be read; where all workers have died, new ones are started."""

    async def look() -> Sign:
        if compute.pids:
            return Sign(True, "Workers stand by.")
        compute.stand_by()
        return Sign(False, "None lives; new ones are being started.")

    return look


def ask_health(settings: "Settings") -> tuple[bool, str]:
    """Return whether the bot that runs here is ready, and a line that says so or what is missing."""
    if settings.metrics_port is None:
        return (
            False,
            "METRICS_PORT is not set, so there is nothing to ask. Set it for the bot and for this command alike.",
        )
    host = _EVERYWHERE.get(settings.metrics_host, settings.metrics_host)
    connection = HTTPConnection(host, settings.metrics_port, timeout=_ASK_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return _told(connection.getresponse().read())
    except HTTPException:
        return _told(b"")
    except OSError:
        where = f"METRICS_PORT={settings.metrics_port} of {host}"
        return False, f"Nothing answers at {where}: the bot does not run there, or hangs."
    finally:
        connection.close()


def _told(answer: bytes) -> tuple[bool, str]:
    try:
        parts = json.loads(answer)["parts"]
        lacking = [f"{name}: {part['told']}" for name, part in parts.items() if not part["ok"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return False, "Something else than the bot answers at METRICS_PORT. Choose another port."
    return (False, "Not ready. " + " ".join(lacking)) if lacking else (True, "Ready.")


async def _ask(probe: Probe | None) -> Sign:
    if probe is None:
        return STARTING
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await probe()
    except TimeoutError:
        return SILENT
