"""Shards that come back each by itself.

discord.py launches the shards of a process one after the other, and brings back in the same way those that were lost:
one that waits, for its turn to log in or after a try that failed, would hold up another that could go on at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

from discord.gateway import ReconnectWebSocket
from discord.shard import Shard


class Comebacks:
    """Brings the shards of this process back side by side."""

    def __init__(self, approach: Callable[[int], Awaitable[None]], fail: Callable[[BaseException], None]) -> None:
        """`approach` waits, without a connection, until a shard's turn to log in is near; `fail` is told of a bug."""
        self._approach = approach
        self._fail = fail
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Begin something that holds up nothing else, until it is through or all is stopped."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def look_after(self, shard: Shard) -> None:
        """Let a shard come back by itself from now on."""
        if "reconnect" in vars(shard):
            return
        reidentify, reconnect = shard.reidentify, shard.reconnect

        async def go_on(error: ReconnectWebSocket) -> None:
            if not error.resume:
                await self._approach(shard.id)
            await reidentify(error)

        async def begin_anew() -> None:
            await self._approach(shard.id)
            await reconnect()

        async def start_going_on(exc: ReconnectWebSocket) -> None:
            self.run(go_on(exc))

        async def start_anew() -> None:
            self.run(begin_anew())

        # Of a shard the library lets only one of them run at a time: a lost one says once that it is.
        shard.reidentify = start_going_on  # type: ignore[method-assign]  # there is no other way in
        shard.reconnect = start_anew  # type: ignore[method-assign]

    async def stop(self) -> None:
        """Give up all that is still to come back."""
        running = tuple(self._tasks)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
