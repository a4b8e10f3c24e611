"""SQLite's log is brought into its file beside whoever writes, not by whoever writes.

SQLite does it at the end of the transaction that makes the log 1,000 pages long. An article with its names touches some
140, so one in seven took twice the work of the others and waited for the disk besides.
"""

import asyncio
from contextlib import suppress

from storage.errors import StorageError
from storage.line import Line
from storage.turns import Jobs, Pool

# Rows that are written directly, some two pages each with what triggers write for them.
_ROWS = 500

LEFT_TO_WRITERS = "wal_autocheckpoint = 8000"
"""For connections that write. Without a pause in the writing the log is never begun anew, so from 32 MiB on SQLite does
as it would by itself; most of it is in the file by then."""


class Checkpoints:
    """Those of one database: a connection of their own, opened when the first is due."""

    def __init__(self, pool: Pool[Line], jobs: Jobs, *, seconds: float) -> None:
        self._pool = pool
        self._jobs = jobs
        self._seconds = seconds
        self._rows = 0
        self._running: asyncio.Task[None] | None = None

    def note(self, rows: int) -> None:
        """Note how many rows were written; begin a checkpoint if there are enough and none is under way."""
        self._rows += rows
        if self._rows >= _ROWS and (self._running is None or self._running.done()):
            self._rows = 0
            self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Leave the rest to the last connection that is closed, which brings all of it into the file."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})
        await self._pool.close()

    async def _run(self) -> None:
        # What keeps it from being done, writers meet too, and tell; the next one does this one's share.
        with suppress(StorageError):
            await self._jobs.run(self._pool, lambda line, _: line.checkpoint(), self._seconds)
