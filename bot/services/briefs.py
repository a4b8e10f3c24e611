"""Briefs: what many articles say of a topic, in sentences cut from them, with who says what and who does not."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.errors import BriefLengthError, UnknownOrderError
from bot.services.filters import Filters, begin, read_filters, suggest_sources
from bot.services.named import Place, who_is_meant
from bot.services.quoting import Placed, day_line, menus, place
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Heading,
    Line,
    Reply,
    Request,
    Suggestion,
    Who,
    Words,
    join,
)
from bot.services.search import ORDERS
from bot.services.topics import CUT, Shelf, articles_found, draw, names, nothing, read_topic, words_of
from bot.services.wording import count, dated_head, day, title_of
from storage.base import ArticleHead, Scope, Storage
from storage.query import Query
from summariser.model import Difference, Dossier, Span

USUAL_LENGTH = 8
MOST_LENGTH = 12

# Each is two quotes more.
_MOST_DIFFERENCES = 3


@dataclass(frozen=True, slots=True)
class _Asked:
    """A brief as it was asked for."""

    typed: dict[str, str]
    query: Query | None
    filters: Filters
    sentences: int
    order: str

    @property
    def newest(self) -> bool:
        return self.order != ORDERS[0]

    @property
    def topic(self) -> str | None:
        return self.typed.get("topic")

    @property
    def title(self) -> str:
        return f"Brief: {self.topic}" if self.topic else "Brief: the newest articles"

    def request(self, name: str = "briefs.brief", **changed: int | str) -> Request:
        options = {**self.typed, "sentences": self.sentences, "order": self.order, **changed}
        return Request(name, options)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A brief with its quotes under their numbers."""

    asked: _Asked
    shelf: Shelf
    dossier: Dossier
    placed: Sequence[Placed]
    days: Sequence[date | None]
    differences: Sequence[tuple[Placed, Placed]]

    @property
    def all_placed(self) -> list[Placed]:
        return [*self.placed, *(one for pair in self.differences for one in pair)]


class BriefService:
    """Sums up many articles."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute

    async def brief(
        self,
        call: Call,
        *,
        topic: str | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: str | None = None,
        sentences: int | None = None,
        order: str = ORDERS[0],
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
    ) -> Reply:
        """Say what the articles about a topic say, or the newest, in sentences cut from them.

        Raises:
            BriefLengthError: not between 1 and 12 sentences.
            QueryError, DayError, DaysOrderError, NoSuchSourceError, UnknownOrderError: the rest cannot be understood.
        """
        asked = await self._read(
            call, {"topic": topic, "since": since, "until": until, "sources": sources}, sentences, order
        )
        shelf = await draw(self._storage, call.scope, asked.query, asked.filters, newest=asked.newest)
        if not shelf.texts:
            return await nothing(
                self._storage,
                call.scope,
                asked.query,
                asked.filters,
                title="Nothing to brief you on",
                ask=asked.request(),
            )
        await call.progress(f"Reading {count(len(shelf.texts), 'article')}")
        draft = await self._draft(call.scope, asked, shelf)
        places = [Place(one.head.article_id, Span(one.quote.start, one.quote.end)) for one in draft.all_placed]
        named = await who_is_meant(self._storage, self._compute, call.scope, places)
        reply = _reply(draft, await self._silent(call.scope, draft))
        return replace(reply, menus=(*reply.menus, *named))

    async def sources(
        self,
        call: Call,
        *,
        topic: str | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: str | None = None,
        sentences: int | None = None,
        order: str = ORDERS[0],
    ) -> Reply:
        """List the articles that a brief is drawn from; raises as `brief` does."""
        asked = await self._read(
            call, {"topic": topic, "since": since, "until": until, "sources": sources}, sentences, order
        )
        shelf = await draw(self._storage, call.scope, asked.query, asked.filters, newest=asked.newest)
        read = [shelf.head_at(index) for index in range(len(shelf.texts))]
        items = tuple(_line(head) for head in sorted(read, key=_by_day))
        left = shelf.found.total - len(read)
        more = [Line((f"{count(left, 'article')} more fit, and were not drawn on.",), small=True)] if left > 0 else []
        about = f"the topic {asked.topic}" if asked.topic else "the newest articles"
        return Reply(
            f"What a brief of {about} is drawn from", (Bullets(items), *more), again=asked.request("briefs.sources")
        )

    async def suggest_sources(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the sources of the articles that the asker can see."""
        return await suggest_sources(self._storage, call, typed)

    async def _read(self, call: Call, typed: dict[str, str | None], sentences: int | None, order: str) -> _Asked:
        """Return what was typed as what it means; raises as `brief` does."""
        length = USUAL_LENGTH if sentences is None else sentences
        if not 1 <= length <= MOST_LENGTH:
            raise BriefLengthError(length, MOST_LENGTH)
        if order not in ORDERS:
            raise UnknownOrderError(order, ORDERS)
        given = {name: value.strip() for name, value in typed.items() if value and value.strip()}
        query = read_topic(given["topic"]) if "topic" in given else None
        filters = await read_filters(
            self._storage, call, since=given.get("since"), until=given.get("until"), source=given.get("sources")
        )
        return _Asked(given, query, filters, length, order)

    async def _draft(self, scope: Scope, asked: _Asked, shelf: Shelf) -> _Draft:
        # Neither needs anything of the other, and each takes about half of the time.
        dossier, found = await asyncio.gather(self._sum_up(asked, shelf), self._find_differences(shelf))
        placed = await place(self._storage, scope, shelf, [(quote, ()) for quote in dossier.brief.quotes])
        shown = {(one.quote.article, one.quote.start) for one in placed}
        quotes = zip(dossier.brief.quotes, dossier.days, strict=True)
        days = [when for quote, when in quotes if (quote.article, quote.start) in shown]
        return _Draft(asked, shelf, dossier, placed, days, await self._differences(scope, shelf, found, placed))

    async def _sum_up(self, asked: _Asked, shelf: Shelf) -> Dossier:
        dossier = await self._draw_up(asked, shelf, words_of(asked.topic) if asked.topic else None)
        if asked.topic and not dossier.brief.quotes:
            # Its words stand in headlines alone, or are beginnings of words: the articles are about it all the same.
            dossier = await self._draw_up(asked, shelf, None)
        return dossier

    async def _draw_up(self, asked: _Asked, shelf: Shelf, topic: str | None) -> Dossier:
        dossier: Dossier = await self._compute.run(
            "summariser.dossier:draw_up",
            [one.stored.article for one in shelf.texts],
            topic=topic,
            sentences=asked.sentences,
            spans=[one.sentences for one in shelf.texts],
        )
        return dossier

    async def _find_differences(self, shelf: Shelf) -> Sequence[Difference]:
        found: Sequence[Difference] = await self._compute.run(
            "summariser.differences:find_differences",
            [one.stored.article for one in shelf.texts],
            spans=[one.sentences for one in shelf.texts],
        )
        return found

    async def _differences(
        self, scope: Scope, shelf: Shelf, found: Sequence[Difference], shown: Sequence[Placed]
    ) -> list[tuple[Placed, Placed]]:
        """Return what differs, the earlier article first; what is quoted already keeps its number."""
        numbers = {(one.quote.article, one.quote.start): one.number for one in shown}
        pairs: list[tuple[Placed, Placed]] = []
        for one in found[:_MOST_DIFFERENCES]:
            sides = [(one.one, (one.in_one,)), (one.other, (one.in_other,))]
            sides.sort(key=lambda side: _by_day(shelf.head_at(side[0].article)))
            placed = await place(self._storage, scope, shelf, sides)
            if len(placed) == 2:
                first, second = (_numbered(side, numbers) for side in placed)
                pairs.append((first, second))
        return pairs

    async def _silent(self, scope: Scope, draft: _Draft) -> list[str]:
        """Return the sources that wrote in the same time, and nothing about the topic."""
        period = _period(draft)
        if draft.asked.query is None or period is None or draft.shelf.found.more:
            return []
        wrote = await self._storage.sources_between(scope, begin(period[0]), begin(period[1]) + timedelta(days=1))
        wanted = draft.asked.filters.sources
        return [name for name in wrote if name not in draft.shelf.sources and (wanted is None or name in wanted)]


def _period(draft: _Draft) -> tuple[date, date] | None:
    """Return the first and the last day of what fits: those asked for, else those that are printed."""
    days = sorted(head.published.date() for head in draft.shelf.found.heads if head.published)
    filters = draft.asked.filters
    first = filters.since or (days[0] if days else None)
    last = filters.until or (days[-1] if days else None)
    return (first, last) if first and last and first <= last else None


def _numbered(one: Placed, numbers: dict[tuple[int, int], int]) -> Placed:
    """Return a quote under the number that it has, or the next that is free."""
    key = (one.quote.article, one.quote.start)
    return replace(one, number=numbers.setdefault(key, len(numbers) + 1))


def _by_day(head: ArticleHead) -> tuple[date, int]:
    return head.published.date() if head.published else date.max, head.article_id


def _line(head: ArticleHead) -> Words:
    parts: list[Words] = [(Bold(title_of(head)),), (head.source,) if head.source else (), (dated_head(head),)]
    return join(parts)


def _reply(draft: _Draft, silent: Sequence[str]) -> Reply:
    asked = draft.asked
    blocks: list[Block] = [Line(_coverage(draft), small=True), *_quotes(draft)]
    if not draft.placed:
        blocks.append(Line(("These articles hold no whole sentence to quote. Sources lists them.",)))
    blocks += _sides(draft.differences)
    # How many articles match is told above, in more detail.
    notes = [note for note in draft.dossier.brief.notes if not note.startswith("Articles about")]
    blocks += [Line((note,), small=True) for note in notes]
    blocks += _left_out(draft, silent)
    return Reply(
        asked.title,
        tuple(blocks),
        actions=tuple(_actions(draft)),
        menus=menus(draft.all_placed),
        again=asked.request(),
    )


def _coverage(draft: _Draft) -> Words:
    """Say how many articles fit, how many are quoted, from how many sources and what time."""
    found, read = draft.shelf.found, len(draft.shelf.texts)
    quoted = len(
        {one.head.article_id for one in draft.placed} | {head.article_id for one in draft.placed for head in one.also}
    )
    fit = articles_found(found) + (" about it" if draft.asked.query else "")
    best = "newest" if draft.asked.newest or draft.asked.query is None else "best"
    drawn = f", drawn from the {best} {read}" if found.more or found.total > read else ""
    parts: list[Words] = [(f"{fit}{drawn}",), (f"{quoted} quoted",)]
    parts += [(count(len(draft.shelf.sources), "source"),)] if draft.shelf.sources else []
    if period := _period(draft):
        first, last = (day(begin(when)) for when in period)
        parts.append((first if first == last else f"{first} to {last}",))
    named = draft.asked.filters.typed_source
    return join([*parts, *([("source: ", Bold(named))] if named else []), ("word for word",)])


def _quotes(draft: _Draft) -> list[Block]:
    """Return the quotes, under the days that they tell of where these are several."""
    dated = list(zip(draft.placed, draft.days, strict=True))
    if len(set(draft.days)) < 2:
        return [one.block() for one, _ in dated]
    blocks: list[Block] = []
    for when, group in groupby(dated, key=lambda pair: pair[1]):
        blocks.append(Heading((day_line(when),)))
        blocks += [one.block(dated=one.day != when) for one, _ in group]
    return blocks


def _sides(differences: Sequence[tuple[Placed, Placed]]) -> list[Block]:
    """Return what differs, side by side."""
    if not differences:
        return []
    blocks: list[Block] = [Heading(("Sources differ",))]
    for one, other in differences:
        blocks.append(Line((Bold(_marked(one)), " or ", Bold(_marked(other)))))
        blocks += [one.block(), other.block()]
    return blocks


def _marked(one: Placed) -> str:
    return " ".join(span.cut(one.quote.text) for span in one.marked)


def _left_out(draft: _Draft, silent: Sequence[str]) -> list[Block]:
    """Say who wrote in this time, but not about this; and how many articles have no date to be judged by."""
    blocks: list[Block] = [Line((CUT,), small=True)] if draft.shelf.cut else []
    if silent:
        blocks.append(Line(("In this time, nothing about it from: ", names(silent), "."), small=True))
    if draft.shelf.found.undated:
        undated = count(draft.shelf.found.undated, "article")
        told = f"{undated} without a printed date would fit too: leave since: and until: out."
        blocks.append(Line((told,), small=True))
    return blocks


def _actions(draft: _Draft) -> list[Action]:
    """Return Shorter and Longer, where there is a shorter and a longer, what it is drawn from, and the timeline."""
    asked, shown = draft.asked, len(draft.placed)
    actions = [Action("Shorter", asked.request(sentences=max(1, shown - 3)))] if shown > 1 else []
    if shown >= asked.sentences and shown < MOST_LENGTH:
        actions.append(Action("Longer", asked.request(sentences=min(MOST_LENGTH, shown + 4))))
    if asked.query is not None and draft.shelf.found.total > len(draft.shelf.texts):
        other = ORDERS[not asked.newest]
        actions.append(Action(f"The {other} instead", asked.request(order=other)))
    actions.append(Action("Sources", asked.request("briefs.sources"), who=Who.ANYONE, private=True))
    if asked.topic:
        options = {name: value for name, value in asked.typed.items() if name != "sources"}
        actions.append(Action("Timeline", Request("timelines.timeline", options), anew=True))
    return actions
