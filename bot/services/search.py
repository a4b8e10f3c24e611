"""Finding passages again: the sentences in which words stand, and what to try where they stand in none."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.services.calls import Call
from bot.services.errors import UnknownOrderError
from bot.services.filters import Filters, read_filters, suggest_sources
from bot.services.portrait import to_open
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Choice,
    Code,
    Command,
    Line,
    Look,
    Menu,
    Quoted,
    Reply,
    Request,
    Suggestion,
    Who,
    Words,
    join,
)
from bot.services.snippets import Snippet, choose
from bot.services.stories import also_in
from bot.services.topics import others_than
from bot.services.wording import address, count, dated_head, shorten, title_of
from storage.base import ArticleHead, Found, Scope, Search, Storage, StoredText
from storage.query import Term, describe, parse, sought

ORDERS = ("best", "newest")

# With long sentences and links, as many as fit one message.
PAGE = 6
MOST_PAGES = 84
"""What is ranked fills no more."""

# Characters of the articles of a page: more than the files hold that they may come in.
_LONGEST_PAGE = 1_000_000_000

# How many other searches are offered where one found nothing.
_OFFERED = 4


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search as it was typed, and what it means."""

    typed: dict[str, str]
    search: Search
    among: Filters
    page: int

    def request(self, *, page: int = 1, **changed: str | None) -> Request:
        """Return the same search with something changed; None leaves an option out."""
        options = {name: value for name, value in {**self.typed, **changed}.items() if value}
        return Request("search.search", {**options, "page": page})

    @property
    def filters(self) -> list[Words]:
        """Say what hits are limited to."""
        return self.among.said


@dataclass(frozen=True, slots=True)
class _Hit:
    """An article that was found, with the sentence that shows why."""

    number: int
    head: ArticleHead
    snippet: Snippet | None
    url: str | None
    also: tuple[ArticleHead, ...]
    """The other hits of its story."""


class SearchService:
    """Finds articles by their words."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def search(
        self,
        call: Call,
        *,
        query: str,
        since: str | None = None,
        until: str | None = None,
        source: str | None = None,
        order: str = ORDERS[0],
        page: int = 1,
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
    ) -> Reply:
        """Find articles that hold what is looked for, and show of each the sentence where it stands.

        Raises:
            QueryError: the query cannot be understood.
            DayError, DaysOrderError, NoSuchSourceError, UnknownOrderError: a filter cannot.
        """
        typed = {"query": query, "since": since, "until": until, "source": source, "order": order}
        asked = await self._read(call, {name: value for name, value in typed.items() if value}, max(page, 1))
        found = await self._find(call.scope, asked)
        if found.total and not found.heads:
            asked = replace(asked, page=_pages(found))
            found = await self._find(call.scope, asked)
        if not found.heads:
            return await self._nothing(call, asked, found)
        return _reply(asked, found, await self._hits(call, asked, found))

    async def suggest_source(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the sources of the articles that the asker can see."""
        return await suggest_sources(self._storage, call, typed)

    async def _read(self, call: Call, typed: dict[str, str], page: int) -> _Asked:
        """Return what was typed as what it means; raises as `search` does."""
        query = parse(typed["query"])
        if typed["order"] not in ORDERS:
            raise UnknownOrderError(typed["order"], ORDERS)
        filters = await read_filters(
            self._storage, call, since=typed.get("since"), until=typed.get("until"), source=typed.get("source")
        )
        search = Search(
            query,
            sources=filters.sources,
            since=filters.begin,
            until=filters.end,
            newest=typed["order"] == "newest",
            by_story=True,
        )
        return _Asked(typed, search, filters, page)

    async def _find(self, scope: Scope, asked: _Asked) -> Found:
        return await self._storage.search(scope, asked.search, first=(asked.page - 1) * PAGE, limit=PAGE)

    async def _hits(self, call: Call, asked: _Asked, found: Found) -> list[_Hit]:
        """Return the hits of a page, each with its sentence; one that is removed meanwhile is left out."""
        first = (asked.page - 1) * PAGE + 1
        terms = sought(asked.search.query)
        ids = [head.article_id for head in found.heads]
        texts, origins = await asyncio.gather(
            self._storage.texts(call.scope, ids, characters=_LONGEST_PAGE),
            self._storage.origins_of(call.scope, ids),
        )
        # A long article takes longer than the event loop can spare.
        snippets = await asyncio.to_thread(_choose_all, texts, terms)
        return [
            _Hit(number, head, snippet, address(call.scope.desk_id, origins[head.article_id], words), also)
            for number, (head, also) in enumerate(zip(found.heads, found.also, strict=True), first)
            if head.article_id in snippets and head.article_id in origins
            for snippet, words in [snippets[head.article_id]]
        ]

    async def _nothing(self, call: Call, asked: _Asked, found: Found) -> Reply:
        """Say that nothing was found, and offer what would find something."""
        blocks: list[Block] = [Line(join([(Code(asked.typed["query"]),), *asked.filters]), small=True)]
        blocks += _left_out(found)
        tries = [] if not await self._storage.count(call.scope) else await self._tries(call.scope, asked)
        if tries:
            blocks.append(Line(("This would find something:",)))
            blocks.append(Bullets(tuple((Bold(label), f" · {_total(total)}") for label, _, total in tries)))
        actions = tuple(
            Action(label, request, Look.PLAIN if place else Look.MAIN)
            for place, (label, request, _) in enumerate(tries)
        )
        advice = _ADVICE if tries or await self._storage.count(call.scope) else _EMPTY
        return Reply("Nothing found", (*blocks, Line(advice)), actions=actions, again=asked.request(page=asked.page))

    async def _tries(self, scope: Scope, asked: _Asked) -> list[tuple[str, Request, Found]]:
        """Return searches that find something: nearly the same words, fewer of them, or no filters."""
        tries: list[tuple[str, Request, Search]] = []
        for other in await others_than(self._storage, scope, asked.search.query):
            text = describe(other)
            tries.append((text, asked.request(query=text), replace(asked.search, query=other)))
        if asked.filters:
            bare = asked.request(since=None, until=None, source=None)
            tries.insert(0, ("Without the filters", bare, Search(asked.search.query)))
        found = [
            (label, request, await self._storage.search(scope, search, limit=1)) for label, request, search in tries
        ]
        return [item for item in found if item[2].total][:_OFFERED]


def _choose_all(texts: Sequence[StoredText], terms: Sequence[Term]) -> dict[int, tuple[Snippet | None, str]]:
    """Return the snippet of each article, and the whole sentence that it is from."""
    chosen: dict[int, tuple[Snippet | None, str]] = {}
    for one in texts:
        text = one.stored.article.text
        snippet = choose(text, one.sentences, terms)
        chosen[one.stored.article_id] = snippet, snippet.sentence.cut(text) if snippet else ""
    return chosen


_EMPTY: Words = ("There is no article here yet that this answer could draw on. ", Command("add"), " brings one in.")
_ADVICE: Words = (
    "Fewer words find more; ",
    Code("harb*"),
    " finds all that begins so, and ",
    Code("harbour OR port"),
    " either. Every word has to stand in the article or its headline.",
)


def _reply(asked: _Asked, found: Found, hits: Sequence[_Hit]) -> Reply:
    """Return a page of hits."""
    order = "newest first" if asked.search.newest else "best first"
    pages = _pages(found)
    place = [(f"page {asked.page} of {pages}",)] if pages > 1 else []
    blocks: list[Block] = [Line(join([(_total(found),), (order,), *asked.filters, *place]), small=True)]
    blocks += [_block(hit) for hit in hits]
    return Reply(
        f"Search: {asked.typed['query']}",
        (*blocks, *_left_out(found)),
        actions=tuple(_turns(asked, found)),
        menus=_menus(hits),
        again=asked.request(page=asked.page),
    )


def _block(hit: _Hit) -> Block:
    """Return a hit under its number; an article without sentences shows its beginning."""
    head = hit.head
    parts: list[Words] = [
        (Bold(title_of(head)),),
        (head.source,) if head.source else (),
        (dated_head(head),),
        (also_in(head, hit.also),) if hit.also else (),
    ]
    text = hit.snippet.text if hit.snippet else head.opening
    return Quoted(hit.number, text, join(parts), hit.url, hit.snippet.marked if hit.snippet else ())


def _menus(hits: Sequence[_Hit]) -> tuple[Menu, ...]:
    passages = tuple(_passage(hit) for hit in hits)
    summaries = tuple(
        Choice(
            f"[{hit.number}] {title_of(hit.head)}",
            Request("summaries.summarise", {"article": str(hit.head.article_id)}),
            " · ".join(filter(None, (hit.head.source, dated_head(hit.head)))),
        )
        for hit in hits
    )
    others = [head for hit in hits for head in hit.also]
    return (
        Menu("Open a passage where it stands", passages),
        Menu("Summarise one of these articles", summaries, private=False, anew=True),
        *to_open(others, "Show another article of these stories"),
    )


def _passage(hit: _Hit) -> Choice:
    text, span = (hit.snippet.text, hit.snippet.sentence) if hit.snippet else (hit.head.opening, None)
    start, end = (span.start, span.end) if span else (0, len(hit.head.opening))
    options = {"article": hit.head.article_id, "start": start, "end": end, "number": hit.number}
    return Choice(f"[{hit.number}] {shorten(' '.join(text.split()), 90)}", Request("corpus.passage", options))


def _turns(asked: _Asked, found: Found) -> Iterator[Action]:
    """Yield what leads to the pages before and after, and to the other order."""
    if asked.page > 1:
        yield Action("Back", asked.request(page=asked.page - 1), who=Who.ANYONE)
    if asked.page < _pages(found):
        yield Action("More", asked.request(page=asked.page + 1), Look.MAIN, who=Who.ANYONE)
    if found.total > 1:
        other = ORDERS[not asked.search.newest]
        yield Action(f"{other.capitalize()} first", asked.request(order=other), who=Who.ANYONE)


def _left_out(found: Found) -> list[Block]:
    """Say how many articles would fit but have no date to be judged by."""
    if not found.undated:
        return []
    told = f"{count(found.undated, 'article')} without a printed date would fit too: leave since: and until: out."
    return [Line((told,), small=True)]


def _total(found: Found) -> str:
    if found.more:
        shown = f"the newest {found.total} are shown"
        shown += f" in {count(found.stories, 'story', 'stories')}" if found.stories < found.total else ""
        return f"more than {found.total} articles, {shown}"
    in_stories = f" in {count(found.stories, 'story', 'stories')}" if 0 < found.stories < found.total else ""
    return count(found.total, "article") + in_stories


def _pages(found: Found) -> int:
    return -(-found.stories // PAGE)
