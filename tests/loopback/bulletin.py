"""Waiting for something to have happened."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

# How much longer is waited than a quiet machine needs before it is called too late: tests share their cores with each
# other and with whatever else runs there. Who waits for what does come waits no longer for it.
PATIENCE = 4.0

# What happens in the program's database alone rings nobody: those who wait look again after so long.
_LOOK_AGAIN_SECONDS = 0.1


class NotInTimeError(AssertionError):
    """What a test waited for did not happen."""


class Bulletin:
    """Tells those who wait that the world has changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def changed(self) -> None:
        """Let everybody who waits look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, look: Callable[[], Found | None], *, within: float, what: Callable[[], str]) -> Found:
        """Return what `look` finds as soon as it finds something, `within` seconds on a quiet machine.

        Raises:
            NotInTimeError: it found nothing; `what` tells what was waited for, and how things stand.
        """
        try:
            async with asyncio.timeout(within * PATIENCE):
                while not (found := look()):
                    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiting.add(future)
                    await asyncio.wait({future}, timeout=_LOOK_AGAIN_SECONDS)
        except TimeoutError:
            raise NotInTimeError(f"Not within {within * PATIENCE:g} s: {what()}") from None
        return found
