"""What a watch tells: the new articles that hold what it looks for, each with the sentence that shows it."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from bot.services.compute import Compute
from bot.services.deliveries import Composed, Period, told_gap
from bot.services.errors import UnknownRequestError
from bot.services.identity import Identities, read_label
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Choice,
    Code,
    Command,
    Inline,
    Line,
    Menu,
    Quoted,
    Reply,
    Request,
    Who,
    Words,
    join,
)
from bot.services.snippets import Snippet, choose
from bot.services.stories import also_in
from bot.services.wording import address, count, dated_head, shorten, title_of
from storage.base import Alike, ArticleHead, Schedule, Scope, Standing, Storage, StoredText
from storage.errors import UnknownScheduleError
from storage.folding import spell
from storage.query import Term, parse, sought
from summariser.model import Kindred, Name

KIND = "watch"
"""Of the schedules that are watches."""

MOST_SHOWN = 5
"""So many articles of an alert are shown with their sentences; the others are counted."""

# Of very many that come at once copies are looked for among the first.
_MOST_COMPARED = 200

_UPLOAD, _ARTICLE = "upload", "article"


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch looks for: a search, or somebody or something by name."""

    query: str | None = None
    """As `storage.query.describe` writes it, so that two are the same however they were typed."""
    entity: str | None = None
    """A name, with its kind if it is known (`bot.services.identity.label`)."""
    keys: tuple[str, ...] = ()
    """What names like it are looked up by: what the sieve goes by."""
    typed: str = ""
    """The query as it was typed."""

    @property
    def said(self) -> str:
        """Return it in the words of whoever made it."""
        return self.typed or self.query or read_label(self.entity or "")[0]

    @property
    def shown(self) -> Inline:
        """Return it as a line shows it."""
        return Code(self.said) if self.query else Bold(self.said)

    @property
    def everything(self) -> Request:
        """Return what shows all that there is, not only what is new."""
        if self.query:
            return Request("search.search", {"query": self.said, "order": "newest"})
        return Request("entities.passages", {"name": self.entity})

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` takes back."""
        about = {"query": self.query} if self.query else {"entity": self.entity}
        return {"about": about, "keys": list(self.keys), "typed": self.typed}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Watched":
        """Take back what `to_json` gave.

        Raises:
            UnknownRequestError: another version wrote it.
        """
        try:
            return cls(**value["about"], keys=tuple(value["keys"]), typed=value["typed"])
        except (KeyError, TypeError) as error:
            raise UnknownRequestError from error


@dataclass(frozen=True, slots=True)
class _Hit:
    """An article to tell of, with the others of its story that came in too."""

    head: ArticleHead
    also: tuple[ArticleHead, ...]

    @property
    def articles(self) -> tuple[int, ...]:
        return (self.head.article_id, *(one.article_id for one in self.also))


@dataclass(frozen=True, slots=True)
class _Passage:
    """A hit under its number, with its sentence."""

    number: int
    hit: _Hit
    snippet: Snippet | None
    url: str | None

    @property
    def text(self) -> str:
        return self.snippet.text if self.snippet else self.hit.head.opening


class Alerts:
    """Composes what watches tell."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute
        self._identities = Identities(storage, compute)

    async def compose(self, scope: Scope, schedule: Schedule, period: Period) -> Composed | None:
        """Return what a watch has to tell to those who see what the scope sees: a `bot.services.deliveries.Composer`.

        None comes back where nothing that came in is for them; then it is not looked at again.
        """
        desk_id, schedule_id = schedule.desk_id, schedule.schedule_id
        watched = Watched.from_json(schedule.what)
        uploads = await self._storage.watch_hits(desk_id, schedule_id)
        ids, named = await self._names(scope, schedule, watched)
        found = await self._found(scope, watched, uploads, ids)
        alike = await self._alike(scope, found)
        keys = {str(head.article_id) for _, head in found}
        keys |= {str(other.head.article_id) for others in alike.values() for other in others}
        shown = await self._storage.shown_items(desk_id, schedule_id, _ARTICLE, among=keys)
        hits = _fresh([head for _, head in found], alike, shown)
        if not hits:
            await self._storage.drop_watch_hits(desk_id, schedule_id, uploads)
            return None
        passages = await self._passages(scope, watched, hits[:MOST_SHOWN], ids)
        reply = _reply(watched, schedule, period, passages, total=len(hits), named=named)
        told = [article_id for hit in hits for article_id in hit.articles]
        items = [*((_UPLOAD, str(one)) for one in uploads), *((_ARTICLE, str(one)) for one in told)]
        quoted = tuple(article_id for one in passages for article_id in one.hit.articles)
        return Composed(reply, period.until, quoted, tuple(items))

    async def _names(self, scope: Scope, schedule: Schedule, watched: Watched) -> tuple[frozenset[int], str | None]:
        """Return the names by which somebody is meant, as far as they are in sight, and what they are called."""
        if watched.entity is None:
            return frozenset(), None
        meant = [one for one in await self._identities.find(scope, watched.entity) if not one.rejected]
        await self._follow(schedule, watched, [name for one in meant for name in one.written])
        ids = frozenset(name_id for one in meant for name_id in one.ids)
        return ids, meant[0].name if len(meant) == 1 else None

    async def _follow(self, schedule: Schedule, watched: Watched, names: Sequence[Name]) -> None:
        """Let the sieve find from now on what names the same under spellings that have come in since."""
        kin: Kindred = await self._compute.run("summariser.kindred:reach", names)
        keys = tuple(sorted({*watched.keys, *kin.keys}))
        if keys != watched.keys:
            what = replace(watched, keys=keys).to_json()
            with suppress(UnknownScheduleError):
                whole = Scope(schedule.desk_id, 0, None)
                await self._storage.change_schedule(whole, schedule.schedule_id, lambda kept: replace(kept, what=what))

    async def _found(
        self, scope: Scope, watched: Watched, uploads: Sequence[int], ids: frozenset[int]
    ) -> list[tuple[int, ArticleHead]]:
        """Return the articles that these uploads brought into sight and that hold it."""
        if watched.query is not None:
            return list(await self._storage.brought_by(scope, uploads, parse(watched.query)))
        if not ids:
            return []
        brought = await self._storage.brought_by(scope, uploads)
        standing = await self._storage.names_of(scope, [head.article_id for _, head in brought])
        return [one for one in brought if _means(standing.get(one[1].article_id, ()), ids)]

    async def _alike(self, scope: Scope, found: Sequence[tuple[int, ArticleHead]]) -> dict[int, tuple[Alike, ...]]:
        return await self._storage.alike(scope, [head.article_id for _, head in found[:_MOST_COMPARED]])

    async def _passages(
        self, scope: Scope, watched: Watched, hits: Sequence[_Hit], ids: frozenset[int]
    ) -> list[_Passage]:
        """Return hits with the sentence that shows each; one that is removed at this moment is left out."""
        article_ids = [hit.head.article_id for hit in hits]
        texts = {one.stored.article_id: one for one in await self._storage.texts(scope, article_ids)}
        origins = await self._storage.origins_of(scope, article_ids)
        standing = await self._storage.names_of(scope, article_ids) if ids else {}
        passages: list[_Passage] = []
        for hit in hits:
            article_id = hit.head.article_id
            if article_id not in texts or article_id not in origins:
                continue
            text = texts[article_id]
            terms = sought(parse(watched.query)) if watched.query else _terms(text, standing.get(article_id, ()), ids)
            # A long article takes longer than the event loop can spare.
            snippet = await asyncio.to_thread(choose, text.stored.article.text, text.sentences, terms)
            words = snippet.sentence.cut(text.stored.article.text) if snippet else ""
            url = address(scope.desk_id, origins[article_id], words)
            passages.append(_Passage(len(passages) + 1, hit, snippet, url))
        return passages


def _means(standing: Sequence[Standing], ids: frozenset[int]) -> bool:
    return any(one.name_id in ids for one in standing)


def _terms(text: StoredText, standing: Sequence[Standing], ids: frozenset[int]) -> tuple[Term, ...]:
    """Return the ways in which an article writes a name, to be found and marked in its sentences."""
    places = [one.mention for one in standing if one.name_id in ids]
    spelled = dict.fromkeys(spell(text.stored.article.text[one.start : one.end]) for one in places)
    return tuple(Term(tuple(words.split()), exact=True) for words in spelled if words)


def _fresh(found: Sequence[ArticleHead], alike: Mapping[int, Sequence[Alike]], shown: Collection[str]) -> list[_Hit]:
    """Return the stories that were not told before, each under the article that came first."""
    stories: dict[int, list[ArticleHead]] = {}
    leader_of: dict[int, int] = {}
    for head in found:
        others = [one.head.article_id for one in alike.get(head.article_id, ())]
        if str(head.article_id) in shown or any(str(one) in shown for one in others):
            continue
        leader = next((leader_of[one] for one in others if one in leader_of), head.article_id)
        leader_of[head.article_id] = leader
        stories.setdefault(leader, []).append(head)
    return [_Hit(first, tuple(also)) for first, *also in stories.values()]


def _reply(
    watched: Watched,
    schedule: Schedule,
    period: Period,
    passages: Sequence[_Passage],
    *,
    total: int,
    named: str | None,
) -> Reply:
    """Return the alert. `total` counts the stories, of which some have passages."""
    what = Bold(named) if named else watched.shown
    verb = "names" if watched.entity else "holds"
    said: Words = (f"{count(total, 'new article')} {verb if total == 1 else verb[:-1]} ", what, ".")
    rest = total - len(passages)
    blocks: list[Block] = [*told_gap(period), Line(said), *map(_block, passages)]
    if rest:
        blocks.append(Line((f"And {rest:,} more: ", *_way(watched)), small=True))
    return Reply(
        shorten(f"Watch: {named or watched.said}", 200),
        tuple(blocks),
        actions=tuple(_actions(watched, schedule, rest)),
        menus=(_menu(passages),) if passages else (),
    )


def _way(watched: Watched) -> Words:
    if watched.query:
        return (Command("search"), " ", Code(watched.said), " shows all.")
    return (Command("entity show"), " ", Code(watched.entity or ""), " shows all.")


def _block(one: _Passage) -> Block:
    head = one.hit.head
    parts: list[Words] = [
        (Bold(title_of(head)),),
        (head.source,) if head.source else (),
        (dated_head(head),),
        (also_in(head, one.hit.also),) if one.hit.also else (),
    ]
    return Quoted(one.number, one.text, join(parts), one.url, one.snippet.marked if one.snippet else ())


def _actions(watched: Watched, schedule: Schedule, rest: int) -> Iterator[Action]:
    if rest:
        yield Action(f"Show the other {rest:,} too", watched.everything, who=Who.ANYONE, private=True)
    remove = Request("watches.remove", {"watch": str(schedule.schedule_id)})
    yield Action("Remove this watch", remove, who=Who.ANYONE, private=True)


def _menu(passages: Sequence[_Passage]) -> Menu:
    choices: list[Choice] = []
    for one in passages:
        span = one.snippet.sentence if one.snippet else None
        start, end = (span.start, span.end) if span else (0, len(one.hit.head.opening))
        options = {"article": one.hit.head.article_id, "start": start, "end": end, "number": one.number}
        label = f"[{one.number}] {shorten(' '.join(one.text.split()), 90)}"
        choices.append(Choice(label, Request("corpus.passage", options)))
    return Menu("Open a passage where it stands", tuple(choices))
