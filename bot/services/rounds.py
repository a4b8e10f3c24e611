"""What is looked for and done again and again, by several processes on one database, until it is cancelled."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Collection
from typing import Any, NoReturn

from storage.errors import StorageError

log = logging.getLogger(__name__)


def owner_name() -> str:
    """Return by what a process is known that takes something for a while; no other has the same."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(6)}"


async def repeat(
    step: Callable[[], Awaitable[object]], rest: Callable[[], Awaitable[None]], *, failed: str
) -> NoReturn:
    """Do a step and rest, in turn, until cancelled; where one goes wrong that is logged as `failed`, and it goes on."""
    while True:
        try:
            await step()
        except StorageError as error:
            log.warning(failed, extra={"error": error})
        except Exception:  # a bug must not stop what others wait for
            log.exception(failed)
        await rest()


async def wind_up(running: Collection[asyncio.Task[Any]], *, seconds: float) -> None:
    """Give what is under way so long to end by itself, then cancel it."""
    if running:
        await asyncio.wait(running, timeout=seconds)
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
