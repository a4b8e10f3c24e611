"""Logging shards in one by one, also where several processes of one bot do.

Discord takes one IDENTIFY in five seconds of all shards whose number leaves the same remainder when it is divided by
`max_concurrency`, and about a thousand a day; whoever goes beyond that has every session of the bot ended and its token
taken away. So each takes a turn in the database that all of them share. To go on with a session (RESUME) needs none.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from storage.errors import StorageError

log = logging.getLogger(__name__)

PATIENCE = 40.0
"""Seconds that a shard may wait with an open connection: discord.py takes one that is silent for 60 for broken."""

LEAD = 2.0
"""Seconds before its turn at which a shard that starts begins to connect."""

LONGEST_LINE = timedelta(minutes=30)
"""No shard waits longer in line; the line behind it is looked at again."""

SPARE = 20
"""So many of the day's logins are left alone: other processes may be about to use the last ones."""

# What Discord allows may be asked for twice in five seconds, and changes slowly.
_ASK_SECONDS = 60.0
_LONGEST_SLEEP = 600.0
_PAUSE = 1.0

# A turn that is missed by more than this share of the time between two is let go, for the next is near.
_MARGIN = 1 / 8


class Turns(Protocol):
    """Where turns are taken: the storage, of which this needs no more."""

    async def take_turn(self, name: str, *, apart: timedelta, within: timedelta) -> timedelta | None:
        """Return how long to wait for one's turn, or None where that is longer than `within`."""


@dataclass(frozen=True, slots=True)
class StartLimits:
    """How often sessions may be started, as Discord tells it."""

    concurrency: int = 1
    remaining: int = 1000
    reset_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Turn:
    """When to go, by the clock of the event loop, and until when one still may."""

    at: float
    latest: float


class Turnstile:
    """What the shards of this process pass before each IDENTIFY."""

    def __init__(self, turns: Turns, ask: Callable[[], Awaitable[StartLimits | None]], *, seconds: float) -> None:
        """Take turns so many seconds apart, or let everybody through where they are 0.

        `ask` returns what Discord allows at this moment, or None where it does not say.
        """
        self._turns = turns
        self._ask = ask
        self._seconds = seconds
        self._limits = StartLimits()
        self._asked_at = -math.inf
        self._held: dict[int, _Turn] = {}

    async def approach(self, application_id: int, shard: int) -> None:
        """Wait, without a connection yet, until a shard's turn is near; however long that is."""
        if not self._seconds:
            return
        await self._allowance()
        turn = None
        while turn is None:
            turn = await self._take(application_id, shard, LONGEST_LINE)
        self._held[shard] = turn
        if (wait := turn.at - _time() - LEAD) > 0:
            log.info("a shard waits for its turn to log in", extra={"shard": shard, "seconds": round(wait)})
            await asyncio.sleep(wait)

    async def enter(self, application_id: int, shard: int) -> None:
        """Wait for a shard's turn, and return when it may send its IDENTIFY at once.

        Raises:
            TimeoutError: it would take so long that the connection is better given up.
        """
        if not self._seconds:
            return
        turn = self._held.pop(shard, None)
        until = _time() + PATIENCE
        while turn is None or not await _came(turn):
            if _time() >= until:
                raise TimeoutError(f"shard {shard} had to wait too long for its turn to log in")
            if (await self._known()).remaining <= SPARE:
                raise TimeoutError("Discord allows no more logins today")
            turn = await self._take(application_id, shard, timedelta(seconds=until - _time()))
        self._limits = replace(self._limits, remaining=self._limits.remaining - 1)

    async def _take(self, application_id: int, shard: int, within: timedelta) -> _Turn | None:
        """Take a turn; None, after a moment, where there is none within the time or the database does not answer."""
        bucket = shard % max(1, (await self._known()).concurrency)
        name, apart = f"identify:{application_id}:{bucket}", timedelta(seconds=self._seconds)
        asked = _time()
        try:
            wait = await self._turns.take_turn(name, apart=apart, within=within)
        except StorageError as error:
            log.warning("no turn to log in could be taken, trying again", extra={"error": error})
            wait = None
        if wait is None:
            await asyncio.sleep(_PAUSE)
            return None
        # The turn begins somewhere between the question and the answer, so many seconds later.
        seconds = wait.total_seconds()
        return _Turn(_time() + seconds, asked + seconds + self._seconds * _MARGIN)

    async def _allowance(self) -> None:
        """Wait until Discord lets sessions be started."""
        while (known := await self._known()).remaining <= SPARE:
            wait = min(max(known.reset_seconds, _ASK_SECONDS), _LONGEST_SLEEP)
            left = {"left": known.remaining, "reset_seconds": round(known.reset_seconds)}
            log.error("Discord allows no more logins for now: waiting. Look for what restarts the bot.", extra=left)
            await asyncio.sleep(wait)

    async def _known(self) -> StartLimits:
        """Return what Discord allows, less what has been used since it was asked."""
        if _time() - self._asked_at >= _ASK_SECONDS:
            self._asked_at = _time()
            self._limits = await self._ask() or self._limits
        return self._limits


async def _came(turn: _Turn) -> bool:
    """Wait for a turn, and tell whether it has not gone by."""
    await asyncio.sleep(turn.at - _time())
    return _time() <= turn.latest


def _time() -> float:
    return asyncio.get_running_loop().time()
