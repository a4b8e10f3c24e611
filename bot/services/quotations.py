"""Where words stand: who carries a quotation, who printed it first, and what it should have been."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.errors import NoWordsError, QuotationLengthError
from bot.services.quoting import Placed, menus, place
from bot.services.replies import Action, Block, Bold, Bullets, Heading, Line, Look, Quoted, Reply, Request, Words, join
from bot.services.topics import EMPTY, Shelf
from bot.services.wording import count, head_line, shorten
from storage.base import ArticleHead, Found, Scope, Search, Storage
from storage.folding import spell
from storage.query import Either, Query, Term, describe
from summariser.model import Finding

LONGEST = 1500
"""Characters of a quotation that is typed."""

MOST_WORDS = 250

# Articles that hold the very words, and others that hold runs of them, which are looked at for the nearest passage.
_MOST_EXACT = 40
_MOST_NEAR = 24
# Three words in a row are rarely the same by chance; so many of such runs are looked up, evenly over the quotation.
_RUN = 3
_MOST_RUNS = 24
# Where not one run stands anywhere, articles with its long words may still hold it in other words.
_LONG_WORD = 6
_MOST_LONG_WORDS = 6

# Passages that are shown at length; whoever else carries the same is named in a line.
_SHOWN = 3
_NAMED = 12
# Of several quotations in one message so many are looked for.
_MOST_QUOTED = 3
_LEAST_QUOTED_WORDS = 3

_MARKED = re.compile(r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|\"([^\"\n]+)\"|(?m:^> ?(.+(?:\n> ?.+)*))")
_AROUND = re.compile(r"https?://\S+|<[@#:/a][^<>\s]*>|[*_~|`]+")


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a quotation stands."""

    asked: str
    shelf: Shelf
    findings: Sequence[Finding]
    headlines: Sequence[ArticleHead]
    """Articles of whose headline the words are."""
    more: int
    """How many more articles hold the very words."""


class QuotationService:
    """Finds where words stand."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute

    async def quote(
        self,
        call: Call,
        *,
        text: str,
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
    ) -> Reply:
        """Say where words stand, or what passage comes nearest; who carries it, the earliest first.

        Raises:
            NoWordsError: there is no word in it.
            QuotationLengthError: it has too many.
        """
        return await self._answer(call, [_unquoted(text)], Request("quotations.quote", {"text": text}))

    async def find_source(self, call: Call, *, text: str) -> Reply:
        """Say where what a message quotes stands, or else the message itself; raises as `quote` does."""
        return await self._answer(call, quoted_in(text), Request("quotations.find_source", {"text": text}))

    async def _answer(self, call: Call, asked: Sequence[str], again: Request) -> Reply:
        if not asked:
            raise NoWordsError
        found = [await self._find(call.scope, one) for one in asked]
        placed: list[Placed] = []
        blocks: list[Block] = []
        for one in found:
            if len(found) > 1:
                blocks.append(Heading((f"“{shorten(one.asked, 120)}”",)))
            shown = await self._place(call.scope, one, first=len(placed) + 1)
            blocks += await self._say(call, one, shown)
            placed += shown
        actions = [] if placed else await self._elsewhere(call.scope, asked[0])
        title = f"“{shorten(asked[0], 100)}”" if len(asked) == 1 else "What the message quotes"
        return Reply(title, tuple(blocks), actions=tuple(actions), menus=menus(placed), again=again)

    async def _find(self, scope: Scope, asked: str) -> _Found:
        """Return the passages that carry a quotation or come near; raises as `quote` does."""
        said = spell(asked).split()
        if not said:
            raise NoWordsError
        if len(said) > MOST_WORDS:
            raise QuotationLengthError(len(said), MOST_WORDS)
        exact = await self._storage.search(scope, Search(Term(tuple(said), exact=True)), limit=_MOST_EXACT)
        near = await self._near(scope, said, exact)
        heads = {head.article_id: head for head in (*exact.heads, *near)}
        texts = await self._storage.texts(scope, list(heads)) if heads else ()
        findings: Sequence[Finding] = (
            await self._compute.run(
                "summariser.quote:find",
                asked,
                [one.stored.article for one in texts],
                spans=[one.sentences for one in texts],
            )
            if texts
            else ()
        )
        shelf = Shelf(Found(tuple(heads.values()), len(heads), exact.more, 0), texts)
        in_text = {texts[one.quote.article].stored.article_id for one in findings if one.exact}
        headlines = [head for head in exact.heads if head.article_id not in in_text]
        return _Found(asked, shelf, findings, headlines, exact.total - len(exact.heads))

    async def _near(self, scope: Scope, said: Sequence[str], exact: Found) -> tuple[ArticleHead, ...]:
        """Return the articles that hold the most of a quotation's runs of words, else of its long words."""
        for query in (_runs(said), _long_words(said)):
            if query is not None:
                found = await self._storage.search(scope, Search(query), limit=_MOST_NEAR)
                if found.heads:
                    return found.heads
        return exact.heads

    async def _place(self, scope: Scope, found: _Found, *, first: int) -> list[Placed]:
        """Return the passages under their numbers: the exact ones, the earliest first; without them the nearest."""
        chosen = [one for one in found.findings if one.exact]
        chosen.sort(key=lambda one: _when(found.shelf, one))
        if not chosen:
            best = [one for one in found.findings if one.share >= found.findings[0].share - _AS_NEAR]
            chosen = sorted(best, key=lambda one: (-round(one.share, 2), _when(found.shelf, one)))
        quotes = [(one.quote, () if one.exact else one.differing) for one in chosen[:_NAMED]]
        return await place(self._storage, scope, found.shelf, quotes, first=first)

    async def _say(self, call: Call, found: _Found, placed: Sequence[Placed]) -> list[Block]:
        """Return what is found out about one quotation."""
        exact = any(one.exact for one in found.findings)
        blocks: list[Block] = []
        if placed and exact:
            blocks = [Line(_verdict(found, placed)), *_passages(placed)]
        elif placed:
            blocks = [Line(_NEAREST), *_compared(found, placed)]
        if found.headlines and not exact:
            blocks += [
                Heading(("As a headline",)),
                Bullets(tuple(head_line(head) for head in found.headlines[:_NAMED])),
            ]
        if not blocks:
            number = await self._storage.count(call.scope)
            nowhere = f"It stands nowhere in the {count(number, 'article')} that this answer draws on."
            blocks = [Line((nowhere,)), Line((_NOWHERE,))] if number else [Line(EMPTY)]
        if not exact and not call.private and call.scope.audiences is not None:
            blocks.append(Line((_MORE_IN_PRIVATE,), small=True))
        return blocks

    async def _elsewhere(self, scope: Scope, asked: str) -> list[Action]:
        """Return a button that searches for the long words, if it finds any."""
        query = _long_words(spell(asked).split())
        if query is None or not (await self._storage.search(scope, Search(query), limit=1)).total:
            return []
        return [Action("Search for its words", Request("search.search", {"query": describe(query)}), Look.MAIN)]


# Passages that are as near as the nearest, but for so much.
_AS_NEAR = 0.1

_NEAREST: Words = (Bold("Not word for word."), " The nearest passage, with what differs in bold:")
_NOWHERE = (
    "No passage comes near: it may be from an article that nobody has brought, or in other words than these. A shorter "
    "part of it finds more."
)
_MORE_IN_PRIVATE = "An answer that only you see (private: yes) may draw on more than this one."


def quoted_in(text: str) -> list[str]:
    """Return what a message quotes, with quotation marks or as a block; where it quotes nothing, the message."""
    plain = _AROUND.sub(" ", text)
    found = [next(part for part in match.groups() if part) for match in _MARKED.finditer(plain)]
    tidy = [" ".join(re.sub(r"(?m)^> ?", "", part).split()) for part in found]
    long = [part for part in dict.fromkeys(tidy) if len(spell(part).split()) >= _LEAST_QUOTED_WORDS]
    whole = " ".join(plain.split())
    return long[:_MOST_QUOTED] or ([whole] if spell(whole) else [])


def _unquoted(text: str) -> str:
    """Return the words without the quotation marks around them."""
    return " ".join(text.split()).strip('“”„«»"‹›').strip()


def _runs(said: Sequence[str]) -> Query | None:
    """Return the query for runs of a quotation's words, evenly over it."""
    places = range(max(len(said) - _RUN + 1, 0))
    step = max(1, -(-len(places) // _MOST_RUNS))
    runs = dict.fromkeys(Term(tuple(said[place : place + _RUN]), exact=True) for place in places[::step])
    return _either(list(runs))


def _long_words(said: Sequence[str]) -> Query | None:
    """Return the query for a quotation's longest words."""
    long = sorted({word for word in said if len(word) >= _LONG_WORD}, key=lambda word: (-len(word), word))
    return _either([Term((word,)) for word in long[:_MOST_LONG_WORDS]])


def _either(terms: Sequence[Term]) -> Query | None:
    if not terms:
        return None
    return Either(tuple(terms)) if len(terms) > 1 else terms[0]


def _when(shelf: Shelf, finding: Finding) -> tuple[datetime, datetime]:
    """Return what the earliest have least of: the date that they print, then when they came."""
    head = shelf.head_at(finding.quote.article)
    return head.published or datetime.max.replace(tzinfo=UTC), head.created_at


def _verdict(found: _Found, placed: Sequence[Placed]) -> Words:
    """Say how many carry it, and who was the first."""
    carriers = [one for one in found.findings if one.exact]
    number = len(carriers) + found.more
    first = placed[0].head
    where = f"It stands word for word in {count(number, 'article')}"
    if number == 1:
        return (Bold(f"{where}."),)
    if first.published is None:
        return (Bold(f"{where}."), " None of them prints a date.")
    named = f" {count(len(placed), 'article')} of these are named here." if len(placed) < number else ""
    return (Bold(f"{where}."), " The earliest first; those without a printed date come last." + named)


def _passages(placed: Sequence[Placed]) -> list[Block]:
    """Return each passage once, with the articles that carry it in the same words in a line each."""
    blocks: list[Block] = []
    shown: dict[str, list[Placed]] = {}
    for one in placed:
        shown.setdefault(" ".join(one.quote.text.split()), []).append(one)
    for first, *others in list(shown.values())[:_SHOWN]:
        blocks.append(first.block())
        if others:
            blocks.append(Bullets(tuple((Bold(f"[{one.number}] "), *head_line(one.head)) for one in others)))
    rest = sorted((one for group in list(shown.values())[_SHOWN:] for one in group), key=lambda one: one.number)
    if rest:
        blocks.append(Bullets(tuple((Bold(f"[{one.number}] "), *head_line(one.head)) for one in rest)))
    return blocks


def _compared(found: _Found, placed: Sequence[Placed]) -> list[Block]:
    """Return the nearest passages, and what was asked for with its own words in bold."""
    by_place = {(one.quote.article, one.quote.start): one for one in found.findings}
    nearest = by_place[placed[0].quote.article, placed[0].quote.start]
    blocks = _passages(placed)
    asked = Quoted(0, found.asked, marked=nearest.missing).words
    blocks.append(Line(("Asked for: ", *asked)))
    sides = (
        ("Only there", [span.cut(nearest.quote.text) for span in nearest.differing]),
        ("Only asked for", [span.cut(found.asked) for span in nearest.missing]),
    )
    told = [(f"{where}: " + ", ".join(f"“{part}”" for part in parts),) for where, parts in sides if parts]
    return [*blocks, Line(join(told), small=True)] if told else blocks
