"""How each source names the same person, organisation or place, side by side; and headlines that were written anew.

It shows words and judges nobody: each is counted, and each source is quoted with one of its sentences.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.services import verdicts
from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.coverage import NO_SOURCE
from bot.services.identity import Entity, Identities
from bot.services.portrait import to_open
from bot.services.profile import Shown, apart
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Divider,
    Heading,
    Inline,
    Line,
    Menu,
    Reply,
    Request,
    Suggestion,
    Who,
    Words,
    join,
)
from bot.services.wording import address, count, dated_head
from storage.base import ArticleHead, NamedIn, Rewritten, Scope, Spelled, Standing, Storage
from storage.folding import fold
from summariser.model import Passage, Span

# Sources side by side on one answer, those with most mentions first.
PAGE = 6
# As many articles are read for what stands beside a name; the names themselves are counted in all.
_READ = 100
_MOST_NAMES = 8
_MOST_DESCRIPTIONS = 8
_MOST_HEADLINES = 5
# Shorter words of a name are particles.
_TELLING = 4


_Headline = tuple[Rewritten, tuple[Span, ...], tuple[Span, ...]]
"""An article with two headlines, and the words that only the one and only the other has."""


@dataclass(slots=True)
class _Column:
    """What one source writes."""

    source: str | None
    mentions: int = 0
    names: list[tuple[str, int]] = field(default_factory=list)
    described: Counter[str] = field(default_factory=Counter)
    """Folded descriptions with their numbers."""
    written: dict[str, str] = field(default_factory=dict)
    """How each was written first."""
    best: tuple[float, Shown] | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """A mention within its sentence, with what stands beside it."""

    head: ArticleHead
    one: Standing
    passage: Passage
    beside: tuple[Span, ...]
    """Descriptions, within the passage."""
    alone: int
    """2 where it stands by itself, 1 where it leans on others, 0 where it is no sentence to show."""


class WordingService:
    """Shows who is called what by whom."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute
        self._identities = Identities(storage, compute)

    async def wording(
        self,
        call: Call,
        *,
        entity: str,
        page: int = 1,
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
    ) -> Reply:
        """Show how each source names and describes the same one, with a passage of each; and rewritten headlines."""
        request = Request("wordings.wording", {"entity": entity})
        one = await verdicts.only(call, self._identities, entity, request, "entity")
        if isinstance(one, Reply):
            return one
        await call.progress(f"Reading how {one.name} is written of")
        spelled = await self._storage.spellings(call.scope, one.ids)
        read = await self._storage.named_in(call.scope, one.ids, limit=_READ)
        said = await self._describe(one, read.articles)
        columns = _columns(spelled, said)
        await self._place(call.scope, columns)
        headlines = await self._headlines(call.scope, one, spelled)
        reply = _reply(one, columns, headlines, page=page, read=len(read.articles), total=read.total)
        waiting = await self._identities.waiting(call.scope)
        return replace(reply, blocks=(*reply.blocks, Line(waiting, small=True))) if waiting else reply

    async def suggest_entity(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the names with a spelling that holds what was typed."""
        return await self._identities.suggest(call.scope, typed)

    async def _describe(self, entity: Entity, articles: Sequence[NamedIn]) -> list[_Said]:
        """Return the mentions that stand in sentences, each with what the sentence calls it beside the name."""
        standing = [(one.head, each, each.sentence) for one in articles for each in one.standing if each.sentence]
        asked = [
            (passage.text, Span(one.mention.start, one.mention.end).moved(-passage.start), entity.kind)
            for _, one, passage in standing
        ]
        beside: tuple[tuple[Span, ...], ...] = await self._compute.run("summariser.wordings:describe", asked)
        fit: tuple[int, ...] = await self._compute.run(
            "summariser.sightings:judge", [passage.text for _, _, passage in standing]
        )
        return [
            _Said(head, one, passage, spans, alone)
            for (head, one, passage), spans, alone in zip(standing, beside, fit, strict=True)
        ]

    async def _place(self, scope: Scope, columns: Sequence[_Column]) -> None:
        """Give the passages their addresses."""
        ids = {column.best[1].head.article_id for column in columns if column.best}
        origins = await self._storage.origins_of(scope, list(ids)) if ids else {}
        for column in columns:
            if column.best:
                worth, shown = column.best
                url = address(scope.desk_id, origins.get(shown.head.article_id, ()), shown.passage.text)
                column.best = worth, Shown(shown.head, shown.passage, shown.marked, url)

    async def _headlines(self, scope: Scope, entity: Entity, spelled: Sequence[Spelled]) -> list[_Headline]:
        """Return the headlines that were written anew, with the words in which the two differ."""
        found = [one for one in await self._storage.headlines(scope, entity.ids) if one.head.title]
        titles = [(one.head.title or "", one.republished_title) for one in found]
        differing: tuple[tuple[tuple[Span, ...], tuple[Span, ...]], ...] = (
            await self._compute.run("summariser.wordings:compare_headlines", titles) if titles else ()
        )
        pairs = zip(found, differing, strict=True)
        rewritten = [(one, here, there) for one, (here, there) in pairs if here or there]
        # Those that name it come first; the sort keeps the newest first among them, and among the others.
        words = {word for one in spelled for word in fold(one.surface).split() if len(word) >= _TELLING}
        return sorted(rewritten, key=lambda one: words.isdisjoint(_title_words(one[0])))


def _title_words(one: Rewritten) -> set[str]:
    """Return the words of both headlines, parted at hyphens and apostrophes too."""
    titles = fold(f"{one.head.title} {one.republished_title}")
    return set(re.findall(r"\w+", titles)) | set(titles.split())


def _columns(spelled: Sequence[Spelled], said: Sequence[_Said]) -> list[_Column]:
    """Return what each source writes, those with the most mentions first."""
    columns: dict[str | None, _Column] = {}
    for one in spelled:
        for use in one.uses:
            column = columns.setdefault(use.source, _Column(use.source))
            column.names.append((one.surface, use.mentions))
            column.mentions += use.mentions
    for each in said:
        column = columns.setdefault(each.head.source, _Column(each.head.source))
        for span in each.beside:
            words = span.cut(each.passage.text)
            column.described[fold(words)] += 1
            column.written.setdefault(fold(words), words)
        worth = _worth(each)
        if column.best is None or worth > column.best[0]:
            name = Span(each.one.mention.start, each.one.mention.end).moved(-each.passage.start)
            column.best = worth, Shown(each.head, each.passage, apart((*each.beside, name)))
    return sorted(columns.values(), key=lambda one: (one.source is None, -one.mentions, one.source or ""))


def _worth(said: _Said) -> float:
    """Return how well a sentence shows a source's way with a name: described, in full, and not too long."""
    longest = max((span.end - span.start for span in said.beside), default=0)
    length = len(said.passage.text)
    return (
        1.5 * said.alone
        + min(longest, 30) / 10
        + min(len(said.one.mention.surface), 30) / 30
        - (length > 320)
        - 0.5 * (length < 50)
    )


def _reply(
    entity: Entity,
    columns: Sequence[_Column],
    headlines: Sequence[_Headline],
    *,
    page: int,
    read: int,
    total: int,
) -> Reply:
    pages = max(1, -(-len(columns) // PAGE))
    page = min(max(page, 1), pages)
    shown = columns[(page - 1) * PAGE : page * PAGE]
    drawn = f", descriptions from the newest {read}" if total > read else ""
    place = [(f"page {page} of {pages}",)] if pages > 1 else []
    facts: list[Words] = [(f"{count(total, 'article')}{drawn}",), (_sources(columns),), *place]
    blocks: list[Block] = [Line(join(facts), small=True)]
    passages: list[Shown] = []
    for column in shown:
        blocks += _column(column, passages)
    if page == 1:
        blocks += _rewritten(headlines)
    turns = [("Back", page - 1), ("More sources", page + 1)]
    actions = [
        Action(label, Request("wordings.wording", {"entity": entity.label, "page": to}), who=Who.ANYONE)
        for label, to in turns
        if 1 <= to <= pages
    ]
    again = Request("wordings.wording", {"entity": entity.label, "page": page})
    return Reply(
        f"Wording: {entity.name}",
        tuple(blocks),
        (*actions, Action("Who that is", verdicts.show(entity), who=Who.ANYONE, private=True)),
        tuple(_menus(passages, headlines if page == 1 else ())),
        again=again,
    )


def _sources(columns: Sequence[_Column]) -> str:
    named = sum(column.source is not None for column in columns)
    return count(named, "source") if named == len(columns) else f"{count(named, 'source')} and articles without one"


def _column(column: _Column, passages: list[Shown]) -> Iterator[Block]:
    """Yield what one source writes: names with their numbers, descriptions with theirs, a passage."""
    yield Heading((column.source or NO_SOURCE,))
    items: list[Words] = []
    if column.names:
        items.append(_counted("Names", sorted(column.names, key=lambda one: (-one[1], one[0])), _MOST_NAMES))
    if column.described:
        described = [(column.written[words], number) for words, number in column.described.most_common()]
        items.append(_counted("Beside the name", described, _MOST_DESCRIPTIONS, quoted=True))
    yield Bullets(tuple(items))
    if column.best:
        passages.append(column.best[1])
        yield column.best[1].block(len(passages))


def _counted(said: str, items: Sequence[tuple[str, int]], most: int, *, quoted: bool = False) -> Words:
    words: list[Inline] = [f"{said}: "]
    for place, (text, number) in enumerate(items[:most]):
        words += [", " if place else "", Bold(f"“{text}”" if quoted else text), f" {number:,}"]
    left = len(items) - most
    return (*(word for word in words if word), *((f" and {left} more",) if left > 0 else ()))


def _rewritten(headlines: Sequence[_Headline]) -> Iterator[Block]:
    """Yield headlines beside those that were put over the same article, what differs in bold."""
    if not headlines:
        return
    yield Divider()
    yield Heading(("Headlines written anew over the same article",))
    for one, here, there in headlines[:_MOST_HEADLINES]:
        yield Bullets(
            (
                ("Original: ", *_marked(one.head.title or "", here)),
                ("Printed again as: ", *_marked(one.republished_title, there)),
            )
        )
        yield Line(join([(one.head.source,) if one.head.source else (), (dated_head(one.head),)]), small=True)
    left = len(headlines) - _MOST_HEADLINES
    if left > 0:
        yield Line((f"and {left} more",), small=True)


def _marked(text: str, spans: Sequence[Span]) -> Words:
    parts: list[Inline] = []
    end = 0
    for span in spans:
        parts += [text[end : span.start], Bold(span.cut(text))]
        end = span.end
    return tuple(part for part in (*parts, text[end:]) if part)


def _menus(passages: Sequence[Shown], headlines: Sequence[_Headline]) -> Iterator[Menu]:
    if passages:
        choices = tuple(one.choice(number) for number, one in enumerate(passages, 1))
        yield Menu("Open a passage where it stands", choices)
    heads = [one.head for one, _, _ in headlines[:_MOST_HEADLINES]]
    yield from to_open(heads, "Show one of the rewritten articles")
