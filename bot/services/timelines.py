"""Timelines: what happened when, in sentences that say so; and who wrote about it when, as a chart and in figures."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.coverage import Coverage, cover
from bot.services.errors import WorkerDiedError
from bot.services.filters import Filters, read_filters
from bot.services.quoting import Placed, menus, place
from bot.services.replies import Action, Attachment, Block, Bullets, Heading, Line, Reply, Request, Words, join
from bot.services.topics import CUT, Shelf, articles_found, draw, nothing, read_topic, words_of
from bot.services.wording import count, month, whole_day
from storage.base import Storage
from summariser.model import Event, Precision, Timeline

log = logging.getLogger(__name__)

CHART = "coverage.png"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A timeline as it was asked for."""

    typed: dict[str, str]
    filters: Filters

    @property
    def topic(self) -> str:
        return self.typed["topic"]

    def request(self) -> Request:
        return Request("timelines.timeline", dict(self.typed))


class TimelineService:
    """Tells what happened when."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute

    async def timeline(
        self,
        call: Call,
        *,
        topic: str,
        since: str | None = None,
        until: str | None = None,
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
    ) -> Reply:
        """Return the sentences about a topic that say when something was, and a chart of who wrote about it when.

        `since` and `until` are about the days on which articles appeared.

        Raises:
            QueryError, DayError, DaysOrderError: the topic or a filter cannot be understood.
        """
        typed = {"topic": topic, "since": since, "until": until}
        query = read_topic(topic)
        filters = await read_filters(self._storage, call, since=since, until=until, source=None)
        asked = _Asked({name: value for name, value in typed.items() if value}, filters)
        shelf = await draw(self._storage, call.scope, query, filters)
        if not shelf.texts:
            return await nothing(
                self._storage, call.scope, query, filters, title="Nothing for a timeline", ask=asked.request()
            )
        await call.progress(f"Reading {count(len(shelf.texts), 'article')}")
        coverage = cover(shelf.found.heads)
        told, chart = await asyncio.gather(self._tell(asked, shelf), self._draw(asked, coverage))
        quotes = [(event.quote, (event.words,)) for event in told.events]
        placed = await place(self._storage, call.scope, shelf, quotes)
        return _reply(asked, shelf, told, placed, coverage=coverage, chart=chart)

    async def _tell(self, asked: _Asked, shelf: Shelf) -> Timeline:
        articles = [one.stored.article for one in shelf.texts]
        spans = [one.sentences for one in shelf.texts]
        told: Timeline = await self._compute.run(
            "summariser.timeline:timeline", articles, topic=words_of(asked.topic), spans=spans
        )
        return told

    async def _draw(self, asked: _Asked, coverage: Coverage | None) -> bytes | None:
        """Return the chart; None where there is too little to draw, or where it cannot be drawn."""
        if coverage is None or coverage.total < 2:
            return None
        below = f"by {coverage.step} and source: {coverage.time}"
        try:
            drawn: bytes = await self._compute.run(
                "summariser.chart:draw", _title(asked), below, coverage.ticks, coverage.rows
            )
        except WorkerDiedError as error:
            # The same figures stand in the answer.
            log.warning("a chart could not be drawn", extra={"error": error})
            return None
        return drawn


def _title(asked: _Asked) -> str:
    return f"Articles about “{asked.topic}”"


def _reply(
    asked: _Asked,
    shelf: Shelf,
    told: Timeline,
    placed: Sequence[Placed],
    *,
    coverage: Coverage | None,
    chart: bytes | None,
) -> Reply:
    blocks: list[Block] = [Line(_summary(asked, shelf, placed), small=True), *_days(told.events, placed)]
    if not placed:
        blocks.append(Line((_NO_DATES,)))
    if told.left_out:
        blocks.append(Line((f"{count(told.left_out, 'dated sentence')} more, which tell less of it.",), small=True))
    blocks += _figures(coverage) if coverage else []
    if shelf.cut:
        blocks.append(Line((CUT,), small=True))
    if shelf.found.undated:
        undated = f"{count(shelf.found.undated, 'article')} without a printed date would fit too."
        blocks.append(Line((undated,), small=True))
    picture = coverage.alt(_title(asked)) if coverage else ""
    return Reply(
        f"Timeline: {asked.topic}",
        tuple(blocks),
        actions=(Action("Brief", Request("briefs.brief", dict(asked.typed)), anew=True),),
        menus=menus(placed),
        attachments=(Attachment(CHART, chart, picture, shown=True),) if chart else (),
        again=asked.request(),
    )


_NO_DATES = (
    "No sentence about it says for certain on which day, in which month or in which year something was. "
    "Brief shows what these articles say."
)


def _summary(asked: _Asked, shelf: Shelf, placed: Sequence[Placed]) -> Words:
    """Say from how many articles the dates come."""
    found, read = shelf.found, len(shelf.texts)
    drawn = f", drawn from the best {read}" if found.more or found.total > read else ""
    dated = len({one.head.article_id for one in placed})
    parts: list[Words] = [(f"{articles_found(found)} about it{drawn}",)]
    parts += [(f"{count(len(placed), 'dated sentence')} from {dated}",)] if placed else []
    return join([*parts, *asked.filters.said, ("word for word",) if placed else ()])


def _days(events: Sequence[Event], placed: Sequence[Placed]) -> list[Block]:
    """Return the quotes under the days that they tell of."""
    # A sentence can be shown by itself and once more with the one that leans on it: the beginning is not enough.
    when = {(event.quote.article, event.quote.start, event.quote.end): _when(event) for event in events}
    blocks: list[Block] = []
    for day, group in groupby(placed, key=lambda one: when[one.quote.article, one.quote.start, one.quote.end]):
        blocks.append(Heading((day,)))
        blocks += [one.block() for one in group]
    return blocks


def _when(event: Event) -> str:
    match event.precision:
        case Precision.DAY:
            return whole_day(event.day)
        case Precision.MONTH:
            return month(event.day)
        case Precision.YEAR:
            return str(event.day.year)


def _figures(coverage: Coverage) -> list[Block]:
    """Return what the chart shows, in figures."""
    blocks: list[Block] = [Heading((f"Articles by {coverage.step} and source",)), Bullets(coverage.figures())]
    if coverage.undated:
        told = f"{count(coverage.undated, 'article')} without a printed date: not counted here."
        blocks.append(Line((told,), small=True))
    return blocks
