"""What articles an answer is limited to: days and sources, as people type them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from bot.services.calls import Call
from bot.services.days import read_days
from bot.services.errors import DaysOrderError, NoSuchSourceError
from bot.services.replies import Bold, Suggestion, Words
from bot.services.wording import shorten, whole_day
from storage.base import Scope, Storage
from storage.folding import fold

# More than a list shows: a filter takes all that fit.
_MOST_SOURCES = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """The days and sources of the articles that are wanted."""

    typed_source: str | None = None
    sources: tuple[str, ...] | None = None
    """None for all."""
    since: date | None = None
    until: date | None = None
    """The last day, itself included."""

    # Dates are kept and shown as days in UTC: that is how they are printed, mostly without an hour.
    @property
    def begin(self) -> datetime | None:
        """Return when the first day begins."""
        return begin(self.since) if self.since else None

    @property
    def end(self) -> datetime | None:
        """Return when the last day is over."""
        return begin(self.until) + timedelta(days=1) if self.until else None

    @property
    def said(self) -> list[Words]:
        """Say what articles are limited to."""
        source = [("source: ", Bold(self.typed_source))] if self.typed_source else []
        since = [(f"since {whole_day(self.since)}",)] if self.since else []
        return [*source, *since, *([(f"until {whole_day(self.until)}",)] if self.until else [])]


async def read_filters(
    storage: Storage, call: Call, *, since: str | None, until: str | None, source: str | None
) -> Filters:
    """Return what days and sources are meant; `source` may be several, with commas between them.

    Raises:
        DayError, DaysOrderError, NoSuchSourceError: they cannot be understood.
    """
    today = await _today(storage, call)
    first = read_days("since", since, today=today).first if since else None
    last = read_days("until", until, today=today).last if until else None
    if since and until and first and last and first > last:
        raise DaysOrderError(since, until)
    sources = await _several(storage, call.scope, source) if source else None
    return Filters(source, sources, first, last)


async def suggest_sources(storage: Storage, call: Call, typed: str) -> list[Suggestion]:
    """Return the sources of the articles that the asker can see, for the last of those that are typed."""
    before, comma, last = typed.rpartition(",")
    names = await storage.sources(call.scope, last)
    kept = f"{before.strip()}, " if comma else ""
    return [Suggestion(shorten(kept + name, 100), kept + name) for name in names]


def begin(day: date) -> datetime:
    """Return the beginning of a day."""
    return datetime.combine(day, time(), UTC)


async def _today(storage: Storage, call: Call) -> date:
    """Return the day that it is where the desk is."""
    settings = await storage.settings(call.scope.desk_id)
    return call.now.astimezone(await asyncio.to_thread(ZoneInfo, settings.zone)).date()


async def _several(storage: Storage, scope: Scope, typed: str) -> tuple[str, ...]:
    """Return the sources of these names; a name may have a comma in it."""
    parts = [part.strip() for part in typed.split(",") if part.strip()]
    if len(parts) < 2 or await storage.sources(scope, typed, limit=1):
        return await _sources(storage, scope, typed)
    named = [name for part in parts for name in await _sources(storage, scope, part)]
    return tuple(dict.fromkeys(named))


async def _sources(storage: Storage, scope: Scope, typed: str) -> tuple[str, ...]:
    """Return the sources of that name, else those whose name holds what was typed.

    Raises:
        NoSuchSourceError: there is none.
    """
    fitting = await storage.sources(scope, typed, limit=_MOST_SOURCES)
    exact = tuple(name for name in fitting if fold(name) == fold(typed))
    if not fitting:
        known: Sequence[str] = await storage.sources(scope, "", limit=_MOST_SOURCES)
        raise NoSuchSourceError(typed, get_close_matches(typed, known, n=3, cutoff=0.4))
    return exact or fitting
