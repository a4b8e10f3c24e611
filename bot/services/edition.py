"""One digest: which articles it tells of and which of their sentences it quotes, and how that is set.

An edition holds no sentence of an article, only where it stands. It is set anew for every page that somebody turns to,
from what is in sight at that moment.
"""

import contextlib
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.services.compute import Compute
from bot.services.deliveries import Period, told_gap
from bot.services.errors import UnknownRequestError, WorkerDiedError
from bot.services.identity import KINDS, label
from bot.services.quoting import Placed
from bot.services.replies import (
    Attachment,
    Block,
    Bold,
    Bullets,
    Choice,
    Heading,
    Inline,
    Line,
    Link,
    Menu,
    Moment,
    Quoted,
    Reply,
    Request,
    Words,
    join,
)
from bot.services.rising import Risen
from bot.services.wording import address, count, dated_head, shorten, title_of
from storage.base import ArticleHead, Origin, Scope, Storage, StoredText
from storage.errors import UnknownArticleError
from summariser.model import MentionType, Name, Quote, Span

log = logging.getLogger(__name__)

MOST_NEW = 1000
"""So many articles are told of at most: the newest."""

# Among so many it is looked for what is told of: a digest of one source is found among all that came in.
_MOST_LOOKED = 10 * MOST_NEW

CHART = "named-more.png"

NO_SOURCE = "No source printed"

_MOST_REPEATED = 5
_LONGEST_TITLE = 100
# Lines of the menu that opens what is not quoted: more than the pages that they stand on have room for.
_MOST_OPENED = 100


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a sentence stands that is quoted."""

    article: int
    start: int
    end: int
    also: tuple[int, ...] = ()
    """The other new articles that carry it."""


@dataclass(frozen=True, slots=True)
class Item:
    """A story, or a single article, with what is quoted of it."""

    articles: tuple[int, ...]
    quotes: tuple[Cut, ...] = ()
    goes_on: bool = False
    """An earlier digest told of it, too."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One digest as it was composed."""

    title: str
    opening: str
    """What the time is counted from, to begin a sentence with: `Since the last digest,`."""
    about: str
    """What it is of, to be put behind `new articles`; empty where it is of everything."""
    period: Period
    begins: datetime
    """From then on articles were looked for: a little before the period begins, perhaps."""
    stories: tuple[Item, ...] = ()
    singles: tuple[Item, ...] = ()
    repeated: tuple[int, ...] = ()
    """Articles that say nothing which an earlier digest did not have."""
    more: bool = False
    """There were more new articles than are told of."""
    risen: tuple[Risen, ...] = ()
    counted: tuple[int, int] = (0, 0)
    """Of how many articles, now and before, `risen` is true."""

    @property
    def articles(self) -> tuple[int, ...]:
        """Return all that it tells of."""
        told = (article for item in (*self.stories, *self.singles) for article in item.articles)
        return (*told, *self.repeated)

    def renamed(self, names: Mapping[int, int]) -> "Edition":
        """Return the same edition with other ids for these articles."""

        def name(ids: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(names.get(one, one) for one in ids)

        def rename(item: Item) -> Item:
            cuts = (
                replace(cut, article=names.get(cut.article, cut.article), also=name(cut.also)) for cut in item.quotes
            )
            return replace(item, articles=name(item.articles), quotes=tuple(cuts))

        return replace(
            self,
            stories=tuple(map(rename, self.stories)),
            singles=tuple(map(rename, self.singles)),
            repeated=name(self.repeated),
            risen=tuple(replace(one, now=name(one.now)) for one in self.risen),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` takes back."""
        moments = (self.period.since, self.period.until, self.begins)
        return {
            **{name: getattr(self, name) for name in ("title", "opening", "about", "more")},
            "time": [moment.isoformat() for moment in moments],
            "missed": [self.period.slots, self.period.late],
            "stories": [_pack_item(item) for item in self.stories],
            "singles": [_pack_item(item) for item in self.singles],
            "repeated": list(self.repeated),
            "risen": [_pack_risen(one) for one in self.risen],
            "counted": list(self.counted),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Edition":
        """Take back what `to_json` gave.

        Raises:
            UnknownRequestError: another version wrote it.
        """
        try:
            since, until, begins = map(datetime.fromisoformat, value["time"])
            slots, late = value["missed"]
            now, before = value["counted"]
            return cls(
                title=str(value["title"]),
                opening=str(value["opening"]),
                about=str(value["about"]),
                period=Period(since, until, int(slots), bool(late)),
                begins=begins,
                stories=tuple(map(_unpack_item, value["stories"])),
                singles=tuple(map(_unpack_item, value["singles"])),
                repeated=tuple(map(int, value["repeated"])),
                more=bool(value["more"]),
                risen=tuple(map(_unpack_risen, value["risen"])),
                counted=(int(now), int(before)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UnknownRequestError from error


def _pack_item(item: Item) -> list[Any]:
    quotes = [[cut.article, cut.start, cut.end, *cut.also] for cut in item.quotes]
    return [list(item.articles), quotes, item.goes_on]


def _unpack_item(value: Sequence[Any]) -> Item:
    articles, quotes, goes_on = value
    cuts = (Cut(int(article), int(start), int(end), tuple(map(int, also))) for article, start, end, *also in quotes)
    return Item(tuple(map(int, articles)), tuple(cuts), bool(goes_on))


def _pack_risen(one: Risen) -> list[Any]:
    return [one.name, one.written.type.value, one.written.words, list(one.now), one.before]


def _unpack_risen(value: Sequence[Any]) -> Risen:
    name, kind, words, now, before = value
    return Risen(str(name), Name(MentionType(kind), str(words)), tuple(map(int, now)), int(before))


class Setter:
    """Sets editions."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute

    async def set(self, scope: Scope, edition: Edition) -> Reply:
        """Return an edition as it is shown: what has gone out of sight meanwhile is left out."""
        until = edition.period.until
        found = await self._storage.arrived(scope, edition.begins, until, limit=_MOST_LOOKED)
        edition = edition.renamed(await self._renamed(scope, edition, {head.article_id for head in found}))
        told = set(edition.articles)
        heads = {head.article_id: head for head in found if head.article_id in told}
        origins = await self._storage.origins_of(scope, list(heads)) if heads else {}
        edition = replace(edition, singles=tuple(sorted(edition.singles, key=partial(_source_of, heads))))
        placed = await self._place(scope, edition, heads, origins)
        edition = replace(edition, risen=tuple(one for one in edition.risen if heads.keys() >= set(one.now)))
        chart = await self._chart(edition)
        urls = {one: address(scope.desk_id, came) for one, came in origins.items()}
        return _Sheet(edition, heads, placed, urls).reply(chart)

    async def _renamed(self, scope: Scope, edition: Edition, there: Collection[int]) -> dict[int, int]:
        """Return what those articles are called now that go by other ids since something was put right in them.

        Whether they do depends on who else brought them. What became the end of another article is none any more.
        """
        names: dict[int, int] = {}
        for one in dict.fromkeys(edition.articles):
            if one in there:
                continue
            with contextlib.suppress(UnknownArticleError):
                stored, span = await self._storage.passage(scope, one, Span(0, 1))
                if span.start == 0:
                    names[one] = stored.article_id
        return names

    async def _place(
        self,
        scope: Scope,
        edition: Edition,
        heads: Mapping[int, ArticleHead],
        origins: Mapping[int, Sequence[Origin]],
    ) -> dict[Cut, Placed]:
        """Return what is quoted, cut out of the texts, numbered as it stands."""
        cuts = [cut for item in (*edition.stories, *edition.singles) for cut in item.quotes if cut.article in heads]
        wanted = list(dict.fromkeys(cut.article for cut in cuts))
        texts = {one.stored.article_id: one for one in await self._storage.texts(scope, wanted)} if wanted else {}
        placed: dict[Cut, Placed] = {}
        for cut in cuts:
            words = _words(cut, texts.get(cut.article))
            if words and cut.article in origins:
                quote = Quote(words, 0, cut.start, cut.end)
                also = tuple(heads[one] for one in cut.also if one in heads)
                url = address(scope.desk_id, origins[cut.article], words)
                placed[cut] = Placed(len(placed) + 1, quote, heads[cut.article], also, url)
        return placed

    async def _chart(self, edition: Edition) -> Attachment | None:
        """Return the picture of who is named more than before; None where nobody is."""
        if not edition.risen:
            return None
        rows = [(one.name, (one.before, len(one.now))) for one in edition.risen]
        now, before = edition.counted
        below = f"articles that name them: of {before} before, of {now} now"
        try:
            drawn: bytes = await self._compute.run("summariser.chart:draw", _RISEN, below, ("before", "now"), rows)
        except WorkerDiedError as error:
            # The same figures stand in the digest.
            log.warning("a chart could not be drawn", extra={"error": error})
            return None
        told = "; ".join(f"{name}: {was} before, {number} now" for name, (was, number) in rows)
        return Attachment(CHART, drawn, f"Chart: {_RISEN.lower()}, {below}. {told}.", shown=True)


_RISEN = "Named more than before"


def _words(cut: Cut, text: StoredText | None) -> str | None:
    """Return what stands there; None where there is no such place any more."""
    if text is None or cut.end > len(text.stored.article.text):
        return None
    return Span(cut.start, cut.end).cut(text.stored.article.text)


def _source_of(heads: Mapping[int, ArticleHead], item: Item) -> tuple[bool, str, str]:
    """Return where a single article is told: numbers run in the order in which they are read."""
    return _place_of(next((heads[one].source or NO_SOURCE for one in item.articles if one in heads), NO_SOURCE))


def _place_of(source: str) -> tuple[bool, str, str]:
    return source == NO_SOURCE, source.casefold(), source


@dataclass(frozen=True, slots=True)
class _Sheet:
    """An edition with all that it needs to be read."""

    edition: Edition
    heads: Mapping[int, ArticleHead]
    placed: Mapping[Cut, Placed]
    urls: Mapping[int, str | None]
    """Where the articles can be seen outside."""

    def reply(self, chart: Attachment | None) -> Reply:
        """Return it as it is shown."""
        edition = self.edition
        told = [item for item in edition.stories if self._quotes(item)]
        further = [item for item in edition.stories if not self._quotes(item) and self._heads(item)]
        blocks = [
            *self._period(),
            *(block for item in told for block in self._story(item)),
            *self._further(further),
            *self._risen(),
            *self._by_source(),
            *self._ends(),
        ]
        return Reply(
            edition.title,
            tuple(blocks),
            menus=tuple(self._menus(further)),
            attachments=(chart,) if chart else (),
            again=Request("newspaper.show", {"edition": edition.to_json()}),
            filed=f"digest-{edition.period.until:%Y-%m-%d}.md",
        )

    def _heads(self, item: Item) -> list[ArticleHead]:
        return [self.heads[one] for one in item.articles if one in self.heads]

    def _quotes(self, item: Item) -> list[Placed]:
        return [self.placed[cut] for cut in item.quotes if cut in self.placed]

    def _period(self) -> Iterator[Block]:
        """Say first what time it covers, and what came in."""
        edition, period = self.edition, self.edition.period
        if not self.heads:
            yield Line((f"{edition.opening} ", Moment(period.since), f" · nothing new{_about(edition)}"))
            return
        yield from told_gap(period)
        sources = {head.source for head in self.heads.values() if head.source}
        number = f"more than {MOST_NEW:,} new articles" if edition.more else count(len(self.heads), "new article")
        parts: list[Words] = [(f"{edition.opening} ", Moment(period.since)), (number + _about(edition),)]
        parts += [(count(len(sources), "source"),)] if sources else []
        yield Line(join(parts))

    def _story(self, item: Item) -> Iterator[Block]:
        quotes, heads = self._quotes(item), self._heads(item)
        yield Heading((title_of(quotes[0].head),))
        parts: list[Words] = [("goes on",)] if item.goes_on else []
        parts += [(count(len(heads), "new article" if item.goes_on else "article"),)]
        parts += [(", ".join(sources),)] if (sources := _sources(heads)) else []
        yield Line(join(parts), small=True)
        yield from (_in_story(one, title_of(quotes[0].head)) for one in quotes)

    def _further(self, items: Sequence[Item]) -> Iterator[Block]:
        """Name the stories that are not quoted."""
        if items:
            yield Heading(("More stories",))
            yield Bullets(tuple(self._named(item) for item in items))

    def _named(self, item: Item) -> Words:
        heads = self._heads(item)
        sources = _sources(heads)
        return join(
            [(self._title(heads[0]),), (count(len(heads), "article"),), (", ".join(sources),) if sources else ()]
        )

    def _title(self, head: ArticleHead) -> Inline:
        """Return a headline, which leads to where the article can be seen, if there is such a place."""
        url = self.urls.get(head.article_id)
        return Link(title_of(head), url) if url else title_of(head)

    def _risen(self) -> Iterator[Block]:
        """Say who is named more than before."""
        if not self.edition.risen:
            return
        now, before = self.edition.counted
        yield Heading((_RISEN,))
        yield Bullets(
            tuple(
                (Bold(one.name), f" · in {len(one.now)} of {now} new articles; before, in {one.before} of {before}")
                for one in self.edition.risen
            )
        )

    def _by_source(self) -> Iterator[Block]:
        """Tell the single articles, source by source: those that are quoted, then the others by their headlines."""
        by_source: dict[str, list[Item]] = {}
        for item in self.edition.singles:
            for head in self._heads(item):
                by_source.setdefault(head.source or NO_SOURCE, []).append(item)
        for source in sorted(by_source, key=_place_of):
            yield Heading((source,))
            listed: list[Words] = []
            for item in by_source[source]:
                quotes = self._quotes(item)
                yield from (_under_source(one) for one in quotes)
                heads = [] if quotes else self._heads(item)
                listed += [join([(self._title(head),), (dated_head(head),)]) for head in heads]
            if listed:
                yield Bullets(tuple(listed))

    def _ends(self) -> Iterator[Block]:
        """Say what is not told."""
        repeated = [self.heads[one] for one in self.edition.repeated if one in self.heads]
        if repeated:
            titles = ", ".join(f"“{title_of(head)}”" for head in repeated[:_MOST_REPEATED])
            more = len(repeated) - _MOST_REPEATED
            rest = f" and {more} more" if more > 0 else ""
            told = f"Nothing that an earlier digest did not have: {titles}{rest}."
            yield Line((told,), small=True)
        if self.edition.more:
            yield Line((f"Of these the newest {MOST_NEW:,} are told of.",), small=True)

    def _menus(self, further: Sequence[Item]) -> Iterator[Menu]:
        if self.placed:
            yield Menu("Open a passage where it stands", tuple(one.passage() for one in self.placed.values()))
        unquoted = [item for item in self.edition.singles if not self._quotes(item)]
        listed = [head for item in (*further, *unquoted) for head in self._heads(item)]
        if listed:
            yield Menu("Open an article", tuple(map(_to_open, listed[:_MOST_OPENED])))
        if self.edition.risen:
            yield Menu("Look somebody up", tuple(map(_to_show, self.edition.risen)))


def _about(edition: Edition) -> str:
    return f" {edition.about}" if edition.about else ""


def _sources(heads: Sequence[ArticleHead]) -> list[str]:
    """Return who wrote them, those with most first."""
    counts: dict[str, int] = {}
    for head in heads:
        if head.source:
            counts[head.source] = counts.get(head.source, 0) + 1
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return [name if counts[name] == 1 or len(ranked) == 1 else f"{name} ({counts[name]})" for name in ranked]


def _in_story(one: Placed, heading: str) -> Quoted:
    """Return a quote as it stands in its story: under another headline, if its article has another."""
    title = title_of(one.head)
    parts: list[Words] = [(Bold(one.head.source),)] if one.head.source else []
    parts += [(shorten(title, _LONGEST_TITLE),)] if title != heading else []
    return _quoted(one, parts)


def _under_source(one: Placed) -> Quoted:
    """Return a quote as it stands under the name of its source."""
    return _quoted(one, [(Bold(shorten(title_of(one.head), _LONGEST_TITLE)),)])


def _quoted(one: Placed, parts: Sequence[Words]) -> Quoted:
    """Return a quote with what stands below it: these, its day, and who else carries it."""
    others = dict.fromkeys(head.source for head in one.also if head.source and head.source != one.head.source)
    also: list[Words] = [("also: ", ", ".join(others))] if others else []
    return replace(one.block(), source=join([*parts, (dated_head(one.head),), *also]))


def _to_open(head: ArticleHead) -> Choice:
    request = Request("articles.show", {"article": str(head.article_id)})
    return Choice(title_of(head), request, " · ".join(filter(None, (head.source, dated_head(head)))))


def _to_show(one: Risen) -> Choice:
    request = Request("entities.show", {"name": label(one.written.words, one.written.type)})
    return Choice(shorten(one.name, 100), request, KINDS[one.written.type])
