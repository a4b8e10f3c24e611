"""Holding what comes in against the watches of its desk.

This is a sieve: it looks at words and names alone, without regard to who may read them, and keeps for each watch the
uploads that may be for it. Whether one is, for those who read the alert, is told when the alert is composed
(`bot.services.alerts`).
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache, partial

from bot.services.compute import Compute
from bot.services.deliveries import UnsureError
from bot.services.rounds import repeat
from storage.base import Alerting, Arrival, Hit, Schedule, Scope, Storage
from storage.errors import QueryError
from storage.query import All, Either, Query, Term, parse
from summariser.model import Verdict

Joined = Sequence[frozenset[str]]
"""What names are looked up by that people said mean the same: a set for each time that they did."""

POLL_SECONDS = 5.0
"""Between two looks at what came in, however many watches there are."""

# What one person brings, file after file, should be one message; and a busy feed no more than twelve an hour.
ALERTING = Alerting(
    gathering=timedelta(seconds=15),
    floor=timedelta(minutes=5),
    after_failure=timedelta(minutes=15),
    unsure=str(UnsureError()),
)

_UPLOADS_AT_ONCE = 20


@dataclass(frozen=True)
class Said:
    """The spelled words of an article."""

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """Return each of its words once: most watches are told from it that they need not look further."""
        return frozenset(self.text.split())

    @cached_property
    def padded(self) -> str:
        """Return the words with a blank before and behind each."""
        return f" {self.text} "


def holds(said: Said, query: Query) -> bool:
    """Tell whether an article holds what a query asks for: as `Storage.search` would."""
    match query:
        case Term(words, _, beginning):
            if not said.words.issuperset(words[:-1]):
                return False
            if beginning:
                return f" {' '.join(words)}" in said.padded
            return any(form in said.words if " " not in form else f" {form} " in said.padded for form in query.forms)
        case Either(parts):
            return any(holds(said, part) for part in parts)
        case All(parts, none):
            return all(holds(said, part) for part in parts) and not any(holds(said, part) for part in none)


class Sieve:
    """Finds what watches have to be told of, and lets them tell it."""

    def __init__(self, storage: Storage, compute: Compute, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._compute = compute
        self._now = now

    async def run(self) -> None:
        """Look at what comes in until cancelled. Several may, in any number of processes."""
        rest = partial(asyncio.sleep, POLL_SECONDS)
        await repeat(self._catch_up, rest, failed="what came in could not be held against watches, trying again")

    async def _catch_up(self) -> None:
        while not await self.step():
            pass

    async def step(self) -> bool:
        """Look at some of what came in, and begin the alerts that are to be; return whether that was all."""
        arrived = await self._storage.arrivals(now=self._now(), limit=_UPLOADS_AT_ONCE)
        if arrived:
            hits: list[Hit] = []
            for desk_id in dict.fromkeys(one.desk_id for one in arrived):
                watches = await self._storage.running_watches(desk_id)
                here = [one for one in arrived if one.desk_id == desk_id]
                joined = await self._joined(desk_id, here)
                hits += await asyncio.to_thread(_sift, watches, here, joined)
            await self._storage.note_hits(arrived, hits, now=self._now())
        opened = await self._storage.open_alerts(ALERTING, now=self._now())
        return len(arrived) < _UPLOADS_AT_ONCE and not opened

    async def _joined(self, desk_id: int, arrived: Sequence[Arrival]) -> Joined:
        """Return the keys of names that people said mean the same: a watch for one is told of the other, too."""
        if not any(one.names for one in arrived):
            return ()
        kept = await self._storage.decisions(Scope(desk_id, 0, None))
        decisions = [one.decision for one in kept if one.decision.verdict is Verdict.SAME]
        joined: Joined = await self._compute.run("summariser.kindred:keys_joined", decisions) if decisions else ()
        return joined


def _sift(watches: Sequence[Schedule], arrived: Sequence[Arrival], joined: Joined) -> list[Hit]:
    """Return for which watches uploads may be."""
    return [
        (one.desk_id, watch.schedule_id, one.upload_id)
        for one in arrived
        for watch in _fitting(watches, one, _widened(one.names, joined))
    ]


def _fitting(watches: Sequence[Schedule], one: Arrival, names: frozenset[str]) -> Iterator[Schedule]:
    said = [Said(words) for words in one.words]
    return (watch for watch in watches if watch.made_at <= one.at and _may_be_for(watch, said, names))


def _widened(keys: frozenset[str], joined: Joined) -> frozenset[str]:
    """Return keys with those of all that people joined with what they may be of, by as many steps as it takes."""
    left = list(joined)
    while touching := [side for side in left if not side.isdisjoint(keys)]:
        keys = keys.union(*touching)
        left = [side for side in left if side not in touching]
    return keys


def _may_be_for(watch: Schedule, said: Sequence[Said], names: frozenset[str]) -> bool:
    typed = watch.what["about"].get("query")
    if typed is None:
        return not names.isdisjoint(watch.what["keys"])
    query = _parsed(typed)
    return query is not None and any(holds(one, query) for one in said)


@lru_cache(maxsize=10_000)
def _parsed(typed: str) -> Query | None:
    """Return the query of a watch; None where a later version does not take it any more."""
    try:
        return parse(typed)
    except QueryError:
        return None
