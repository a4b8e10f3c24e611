"""What answers are drawn from: the articles about a topic, or the newest, and what to try where there are none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.services.filters import Filters
from bot.services.replies import Action, Block, Bold, Bullets, Code, Command, Line, Look, Reply, Request, Words, join
from bot.services.wording import count
from storage.base import ArticleHead, Found, Scope, Search, Storage, StoredText
from storage.query import All, Either, Query, Term, describe, looser, parse, sought

MOST_DRAWN_ON = 50
"""So many articles are read for one answer: the best of those that fit, and what 0.3 s allow (bench/briefing.py)."""

# So many of their characters are read together, in some two seconds of one core: 50 long reports.
_MOST_CHARACTERS = 500_000

# As many as a search ranks: enough to say who wrote of a topic, and when.
_MOST_HEADS = 500

# How many other topics are tried where nobody wrote of one, and how many of them are offered.
_TRIED = 6
_OFFERED = 4

# Words of a question, without which it asks the same.
_IDLE = frozenset(
    (
        *(
            "a",
            "about",
            "an",
            "and",
            "are",
            "at",
            "between",
            "by",
            "did",
            "do",
            "does",
            "for",
            "from",
            "happened",
            "has",
        ),
        *(
            "have",
            "how",
            "in",
            "is",
            "it",
            "its",
            "of",
            "on",
            "or",
            "s",
            "say",
            "the",
            "this",
            "that",
            "to",
            "was",
            "were",
        ),
        *("what", "when", "where", "which", "who", "whom", "whose", "why", "with"),
    )
)
_SIGNS = re.compile(r"(?<!\S)(?:-\S+|NOT\s+\S+|AND|OR)(?!\S)|[\"“”«»()*]")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The articles that an answer is drawn from."""

    found: Found
    """Every article that fits, as far as they are ranked."""
    texts: tuple[StoredText, ...]
    """Those that are read, the earliest first."""
    cut: bool = False
    """Of the one that is read there is more than can be."""

    @property
    def sources(self) -> frozenset[str]:
        """Return who wrote what fits."""
        return frozenset(head.source for head in self.found.heads if head.source)

    def head_at(self, index: int) -> ArticleHead:
        """Return what a list shows of an article that is read."""
        article_id = self.texts[index].stored.article_id
        return next(head for head in self.found.heads if head.article_id == article_id)


def read_topic(typed: str) -> Query:
    """Return what articles about a topic hold: all its words but those that only ask.

    Raises:
        QueryError: it cannot be understood.
    """
    query = parse(typed.strip().rstrip("?"))
    if not isinstance(query, All):
        return query
    parts = tuple(part for part in query.parts if not (isinstance(part, Term) and part.words[0] in _IDLE))
    if not parts:
        return query
    return replace(query, parts=parts) if len(parts) > 1 or query.none else parts[0]


def words_of(typed: str) -> str:
    """Return a topic's words without the signs of a search, for weighing sentences."""
    return " ".join(_SIGNS.sub(" ", typed).split())


async def draw(storage: Storage, scope: Scope, query: Query | None, filters: Filters, *, newest: bool = False) -> Shelf:
    """Return the articles about a topic, the best or the newest first; without a topic the newest of all."""
    if query is None:
        found = await storage.recent(
            scope, sources=filters.sources, since=filters.begin, until=filters.end, limit=_MOST_HEADS
        )
    else:
        found = await storage.search(scope, _search(query, filters, newest=newest), limit=_MOST_HEADS)
    heads = {head.article_id: head for head in found.heads[:MOST_DRAWN_ON]}
    texts = await storage.texts(scope, list(heads), characters=_MOST_CHARACTERS) if heads else ()
    if len(texts) == 1 and len(texts[0].stored.article.text) > _MOST_CHARACTERS:
        return Shelf(found, (_beginning(texts[0]),), cut=True)
    # Of those that carry the same sentence, the first in this order is quoted: the one that had it first.
    return Shelf(found, tuple(sorted(texts, key=lambda one: _first_to_appear(heads[one.stored.article_id]))))


def _beginning(one: StoredText) -> StoredText:
    """Return an article with no more of its sentences than are read, one at least."""
    read = tuple(span for span in one.sentences if span.end <= _MOST_CHARACTERS)
    return replace(one, sentences=read or one.sentences[:1])


def _first_to_appear(head: ArticleHead) -> tuple[datetime, datetime]:
    return head.published or datetime.max.replace(tzinfo=UTC), head.created_at


async def nothing(
    storage: Storage, scope: Scope, query: Query | None, filters: Filters, *, title: str, ask: Request
) -> Reply:
    """Say that no article fits, and offer what would find some; `ask` is the request with the topic that found none."""
    if not await storage.count(scope):
        return Reply(title, (Line(EMPTY),), again=ask)
    about = [(Code(describe(query)),)] if query else []
    blocks: list[Block] = [Line(join([*about, *filters.said]), small=True)] if about or filters.said else []
    tries = await _tries(storage, scope, query, filters, ask)
    if tries:
        blocks.append(Line(("There are articles about this:",)))
        blocks.append(Bullets(tuple((Bold(label), f" · {total}") for label, _, total in tries)))
    actions = tuple(
        Action(label, request, Look.PLAIN if place else Look.MAIN) for place, (label, request, _) in enumerate(tries)
    )
    return Reply(title, (*blocks, Line(_ADVICE if query else _NO_TIME)), actions=actions, again=ask)


EMPTY: Words = ("There is no article here yet that this answer could draw on. ", Command("add"), " brings one in.")
_ADVICE: Words = (
    "Every word of a topic has to stand in an article or its headline: one or two words find most. ",
    Command("search"),
    " shows where they stand.",
)
_NO_TIME: Words = ("Nothing that fits has a printed date in that time. Leave since:, until: or sources: out.",)


CUT = f"It is very long: no more than its first {_MOST_CHARACTERS:,} characters are read here."


def articles_found(found: Found) -> str:
    """Say how many articles fit."""
    return f"more than {found.total:,} articles" if found.more else count(found.total, "article")


def _search(query: Query, filters: Filters, *, newest: bool = False) -> Search:
    return Search(query, sources=filters.sources, since=filters.begin, until=filters.end, newest=newest)


async def _tries(
    storage: Storage, scope: Scope, query: Query | None, filters: Filters, ask: Request
) -> list[tuple[str, Request, str]]:
    """Return topics that somebody wrote about: nearly the same words, fewer of them, or no filters."""
    tries: list[tuple[str, Request, Search]] = []
    if filters.said:
        bare = {name: value for name, value in ask.options.items() if name not in ("since", "until", "sources")}
        if query is None:
            return [("Without the filters", replace(ask, options=bare), count(await storage.count(scope), "article"))]
        tries.append(("Without the filters", replace(ask, options=bare), Search(query)))
    others = await others_than(storage, scope, query) if query else []
    for other in others:
        topic = describe(other)
        tries.append((topic, replace(ask, options={**ask.options, "topic": topic}), _search(other, filters)))
    found = [(label, request, await storage.search(scope, search, limit=1)) for label, request, search in tries]
    return [(label, request, articles_found(one)) for label, request, one in found if one.total][:_OFFERED]


async def others_than(storage: Storage, scope: Scope, query: Query) -> list[Query]:
    """Return queries that may find something where this one does not, the likeliest first."""
    return [*await _respelled(storage, scope, query), *looser(query)][:_TRIED]


async def _respelled(storage: Storage, scope: Scope, query: Query) -> list[Query]:
    """Return the query with a word that stands nowhere put right, in as many ways as there are words like it."""
    respelled: list[Query] = []
    for term in sought(query):
        if len(term.words) > 1 or term.beginning:
            continue
        if not (await storage.search(scope, Search(term), limit=1)).total:
            near = await storage.nearby(scope, term.words[0])
            respelled += [_swap(query, term, Term((word,))) for word in near]
    return respelled


def _swap(query: Query, old: Term, new: Term) -> Query:
    """Return the query with one term in place of another."""
    match query:
        case Term():
            return new if query == old else query
        case Either(parts):
            return Either(tuple(_swap(part, old, new) for part in parts))
        case All(parts, none):
            return All(tuple(_swap(part, old, new) for part in parts), none)


def names(sources: Sequence[str], most: int = 8) -> str:
    """Return sources side by side, and how many more there are."""
    more = f" and {len(sources) - most} more" if len(sources) > most else ""
    return ", ".join(sources[:most]) + more
