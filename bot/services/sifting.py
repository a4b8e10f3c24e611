"""Holding what comes in against the watches of its desk.

This is a sieve: it looks at words and names alone, without regard to who may read them, and keeps for each watch the
uploads that may be for it. Whether one is, for those who read the alert, is told when the alert is composed
(`bot.services.alerts`).
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from bot.services.deliveries import UnsureError
from storage.base import Alerting, Arrival, Schedule, Storage
from storage.errors import QueryError, StorageError
from storage.query import All, Either, Query, Term, parse

log = logging.getLogger(__name__)

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

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._now = now

    async def run(self) -> None:
        """Look at what comes in until cancelled. Several may, in any number of processes."""
        while True:
            try:
                while not await self.step():
                    pass
            except StorageError as error:
                log.warning(
                    "what came in could not be held against watches, trying again", extra={"error": repr(error)}
                )
            except Exception:  # a bug must not stop the other watches
                log.exception("what came in could not be held against watches, trying again")
            await asyncio.sleep(POLL_SECONDS)

    async def step(self) -> bool:
        """Look at some of what came in, and begin the alerts that are to be; return whether that was all."""
        arrived = await self._storage.arrivals(now=self._now(), limit=_UPLOADS_AT_ONCE)
        if arrived:
            hits: list[tuple[int, int]] = []
            for desk_id in dict.fromkeys(one.desk_id for one in arrived):
                watches = await self._storage.running_watches(desk_id)
                here = [one for one in arrived if one.desk_id == desk_id]
                hits += await asyncio.to_thread(_sift, watches, here)
            await self._storage.note_hits(arrived, hits, now=self._now())
        opened = await self._storage.open_alerts(ALERTING, now=self._now())
        return len(arrived) < _UPLOADS_AT_ONCE and not opened


def _sift(watches: Sequence[Schedule], arrived: Sequence[Arrival]) -> list[tuple[int, int]]:
    """Return for which watches uploads may be: schedule and upload."""
    return [(watch.schedule_id, one.upload_id) for one in arrived for watch in _fitting(watches, one)]


def _fitting(watches: Sequence[Schedule], one: Arrival) -> Iterator[Schedule]:
    said = [Said(words) for words in one.words]
    return (watch for watch in watches if watch.made_at <= one.at and _may_be_for(watch, said, one.names))


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
