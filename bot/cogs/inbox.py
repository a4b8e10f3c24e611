"""What waits to be read: in order for each desk, within bounds for all, so that a burst drowns nobody."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from enum import Enum, auto
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# Of one desk. A receipt takes some tenths of a second, a large PDF some seconds.
MOST_WAITING = 20

# Of all desks together: a message may carry ten files, which are in memory while they are read.
AT_ONCE = 4


class Place(Enum):
    """What became of something that was put in."""

    TAKEN = auto()
    FULL = auto()
    """It is the first one too many: its sender is to be told."""
    STILL_FULL = auto()
    """It is another one too many, and that was told already."""


class Inbox(Generic[T]):
    """Works through what comes in: one thing after another for a desk, a few desks at a time.

    Args:
        work: does one thing; whatever it raises is the caller's bug.
        most: how many may wait of one desk.
        at_once: how many are worked on at one time.
    """

    def __init__(
        self, work: Callable[[T], Awaitable[None]], *, most: int = MOST_WAITING, at_once: int = AT_ONCE
    ) -> None:
        self.most = most
        self._work = work
        self._turns = asyncio.Semaphore(at_once)
        self._waiting: dict[Hashable, deque[T]] = {}
        self._told: set[Hashable] = set()
        self._running: dict[Hashable, asyncio.Task[Any]] = {}
        self._closed = False

    def put(self, desk: Hashable, item: T) -> Place:
        """Let something wait for its turn, if there is room."""
        if self._closed:
            return Place.STILL_FULL
        queue = self._waiting.setdefault(desk, deque())
        if len(queue) >= self.most:
            place = Place.STILL_FULL if desk in self._told else Place.FULL
            self._told.add(desk)
            return place
        queue.append(item)
        if desk not in self._running:
            self._running[desk] = asyncio.create_task(self._work_through(desk, queue))
        return Place.TAKEN

    async def drain(self, seconds: float, *, farewell: float = 1.0) -> tuple[T, ...]:
        """Take nothing new, give what is being worked on these seconds to end; return what had to wait for nothing.

        What is still being worked on then is cancelled, and has `farewell` seconds to say so.
        """
        self._closed = True
        left = tuple(item for queue in self._waiting.values() for item in queue)
        for queue in self._waiting.values():
            queue.clear()
        for patience in (seconds, farewell):
            running = set(self._running.values())
            if running:
                await asyncio.wait(running, timeout=patience)
            for task in self._running.values():
                task.cancel()
        return left

    async def _work_through(self, desk: Hashable, queue: deque[T]) -> None:
        try:
            while queue:
                async with self._turns:
                    # It may have been taken away while we waited for our turn.
                    if queue:
                        await self._work(queue.popleft())
        finally:
            del self._running[desk], self._waiting[desk]
            self._told.discard(desk)
