"""The language of search: what is typed becomes a small tree, of which each engine makes its own statement.

It stands in storage because both its ends do: words are spelled here as the index spells them, and the tree is what
`Storage.search` takes. Nothing that was typed reaches an engine but through the words of a tree, which hold letters and
digits alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from storage.errors import QueryError
from storage.folding import is_unspaced, spell

LONGEST = 400
"""Characters of a query; a sentence fits."""

MOST_TERMS = 24
DEEPEST = 8

SHORTEST_BEGINNING = 3
"""Letters before a star: fewer would gather half of the vocabulary."""


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for in one place: a word in any of its forms, or exactly these words in this order."""

    words: tuple[str, ...]
    """As `storage.folding.spell` writes them."""
    exact: bool = False
    """It stood in quotes."""
    beginning: bool = False
    """The last word may go on: it had a star."""

    @property
    def forms(self) -> tuple[str, ...]:
        """Return what the article may say, spelled: several for a single word, else the words themselves."""
        if self.exact or self.beginning or len(self.words) > 1:
            return (" ".join(self.words),)
        return forms(self.words[0])

    @property
    def patterns(self) -> tuple[str, ...]:
        """Return its forms as they stand between the blanks of a spelled text that begins and ends with one."""
        return tuple(f" {form}" if self.beginning else f" {form} " for form in self.forms)


@dataclass(frozen=True, slots=True)
class All:
    """Each of these, and none of those."""

    parts: tuple["Query", ...]
    """At least one, so that no query can ask for all that does not hold something."""
    none: tuple["Query", ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of these, or more."""

    parts: tuple["Query", ...]


Query: TypeAlias = Term | All | Either


def parse(typed: str) -> Query:
    """Return what a query asks.

    Words side by side must all be there; `"in quotes"` in this order, `harb*` with any ending, `-word` or `NOT word`
    not at all; `AND`, `OR` and brackets as usual, `OR` binding less.

    Raises:
        QueryError: it cannot be understood; it says why, and shows an example.
    """
    if len(typed) > LONGEST:
        raise QueryError(f"it is longer than {LONGEST} characters", "harbour dues")
    tokens = list(_tokens(typed))
    if not tokens:
        raise QueryError("there is no word in it to look for", "harbour dues")
    if sum(isinstance(token, Term) for token in tokens) > MOST_TERMS:
        raise QueryError(f"it has more than {MOST_TERMS} words", "harbour dues")
    return _Parser(tokens).whole()


def describe(query: Query) -> str:
    """Return the query as somebody could type it: `parse` makes the same of it."""
    match query:
        case Term(words, exact, beginning):
            if beginning:
                return "-".join(words) + "*"
            return f'"{" ".join(words)}"' if exact else words[0]
        case Either(parts):
            return " OR ".join(map(_describe_part, parts))
        case All(parts, none):
            said = [_describe_part(part) for part in parts]
            return " ".join(said + [f"-{_describe_part(part)}" for part in none])


def sought(query: Query) -> tuple[Term, ...]:
    """Return the terms that an article may be found by, each once; those that it must not hold are none."""
    parts = () if isinstance(query, Term) else query.parts
    found = [query] if isinstance(query, Term) else [term for part in parts for term in sought(part)]
    return tuple(dict.fromkeys(found))


def looser(query: Query) -> tuple[Query, ...]:
    """Return queries that find more: without one of the parts, or with the words of a phrase in any order."""
    if isinstance(query, Term) and query.exact and len(query.words) > 1:
        return (_all([Term((word,)) for word in dict.fromkeys(query.words)]),)
    if not isinstance(query, All):
        return ()
    whole = query.parts
    fewer = [_all(whole[:place] + whole[place + 1 :], query.none) for place in range(len(whole)) if len(whole) > 1]
    return (*([_all(whole)] if query.none else []), *fewer)


def forms(word: str) -> tuple[str, ...]:
    """Return a word, its simple plural or singular, and in Arabic the word with and without the article.

    Only what is certain enough to need no dictionary; stems would find more, and would need to know the language.
    """
    if _ARABIC.match(word):
        return tuple(dict.fromkeys(_arabic(word)))
    if not _LATIN.fullmatch(word):
        return (word,)
    return tuple(dict.fromkeys([word, *_latin(word)]))


def _latin(word: str) -> Iterator[str]:
    if word in _NO_PLURALS:
        return
    if word.endswith("ies") and len(word) > 4:
        yield word[:-3] + "y"
    if re.search("(?:s|x|z|ch|sh|o)es$", word):
        yield word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
    elif re.search("[^aeiou]y$", word):
        yield word[:-1] + "ies"
    elif re.search("(?:s|x|z|ch|sh)$", word):
        yield word + "es"
    else:
        yield word + "s"


def _arabic(word: str) -> Iterator[str]:
    yield word
    bare = _ARABIC_ARTICLE.sub("", word)
    bare = bare if len(bare) > 2 else word
    yield bare
    yield from (before + bare for before in _BEFORE_ARABIC)


# What ends like a plural and is none, where the word without its ending is another one.
_NO_PLURALS = frozenset(
    {"always", "does", "gas", "has", "its", "means", "news", "perhaps", "series", "species", "was", "yes"}
)

# Three letters and more: "as" is not the plural of "a".
_LATIN = re.compile("[a-z]{3,}")
_ARABIC = re.compile("[\u0621-\u064a\u0671-\u06d3]")
_ARABIC_ARTICLE = re.compile("^[وفبك]?ال|^و?لل")
_BEFORE_ARABIC = ("ال", "وال", "بال", "فال", "كال", "لل", "و", "ب", "ل")

_TOKEN = re.compile(
    r"""
    (?P<open>\() | (?P<close>\))
    | (?P<minus>(?:(?<=[\s(])|^)[-\u2212](?=[^\s)]))
    | ["\u201c\u201d\u201e\u201f\u00ab\u00bb](?P<quoted>[^"\u201c\u201d\u201e\u201f\u00ab\u00bb]*)
      (?P<closed>["\u201c\u201d\u201e\u201f\u00ab\u00bb]?)
    | (?P<word>[^\s()"\u201c\u201d\u201e\u201f\u00ab\u00bb]+)
    | \s+
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Sign:
    """What is no word: AND, OR, NOT, a bracket."""

    text: str


_AND, _OR, _NOT, _OPEN, _CLOSE = (_Sign(text) for text in ("AND", "OR", "NOT", "(", ")"))
_OPERATORS = {sign.text: sign for sign in (_AND, _OR, _NOT)}
_EXAMPLES = {
    _AND: ("“AND” needs something on both sides", "harbour AND dues"),
    _OR: ("“OR” needs something on both sides", "harbour OR port"),
    _NOT: ("“NOT” or a minus needs something after it", "harbour -dues"),
    _OPEN: ("a bracket is not closed", "(harbour OR port) dues"),
    _CLOSE: ("a bracket is closed that was not opened", "(harbour OR port) dues"),
}
_EMPTY = ("there is nothing between two brackets", "(harbour OR port) dues")

_Token: TypeAlias = Term | _Sign


def _tokens(typed: str) -> Iterator[_Token]:
    """Yield words and signs; what holds neither letter nor digit is left out."""
    for found in _TOKEN.finditer(typed):
        if found["open"] or found["close"]:
            yield _OPEN if found["open"] else _CLOSE
        elif found["minus"]:
            yield _NOT
        elif found["quoted"] is not None:
            if not found["closed"]:
                raise QueryError("a quotation mark is not closed", '"harbour dues"')
            yield from _term(found["quoted"], exact=True)
        elif word := found["word"]:
            yield from [_OPERATORS[word]] if word in _OPERATORS else _term(word)


def _term(text: str, *, exact: bool = False) -> Iterator[Term]:
    # Copied as they were written in bold.
    if not exact and len(text) > 4 and text.startswith("**") and text.endswith("**"):
        text = text[2:-2]
    words = tuple(spell(text).split())
    if not words:
        return
    # Where each character is a word, what a star would stand for is the next word.
    beginning = not exact and text.endswith("*") and not is_unspaced(words[-1])
    if not exact and "*" in text.rstrip("*"):
        raise QueryError("a star goes at the end of a word", "harb*")
    if beginning and len(words[-1]) < SHORTEST_BEGINNING:
        raise QueryError(f"a star needs at least {SHORTEST_BEGINNING} letters before it", "harb*")
    yield Term(words, exact or (len(words) > 1 and not beginning), beginning)


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def whole(self) -> Query:
        query = self._either(0)
        if self._next() is not None:
            raise QueryError(*_EXAMPLES[_CLOSE])
        return query

    def _either(self, depth: int) -> Query:
        if depth > DEEPEST:
            raise QueryError(f"brackets stand more than {DEEPEST} deep", "(harbour OR port) dues")
        parts = [self._all(depth)]
        while self._take(_OR):
            parts.append(self._all(depth))
        return _either(parts)

    def _all(self, depth: int) -> Query:
        parts: list[Query] = []
        none: list[Query] = []
        joined = _AND if self._next() is _AND else None
        while joined or self._next() not in (None, _OR, _CLOSE):
            negative = self._take(_NOT)
            (none if negative else parts).append(self._one(depth, after=_NOT if negative else joined))
            joined = _AND if self._take(_AND) else None
        if parts:
            return _all(parts, none)
        if none:
            raise QueryError("it only says what must not be there; say also what to look for", "harbour -dues")
        if self._before() is _OPEN and self._next() in (None, _CLOSE):
            raise QueryError(*(_EMPTY if self._next() else _EXAMPLES[_OPEN]))
        raise QueryError(*_EXAMPLES[_OR if _OR in (self._next(), self._before()) else _CLOSE])

    def _one(self, depth: int, *, after: _Sign | None) -> Query:
        token = self._next()
        if isinstance(token, Term):
            self._place += 1
            return token
        if not self._take(_OPEN):
            raise QueryError(*_EXAMPLES[after or token or _AND])
        query = self._either(depth + 1)
        if not self._take(_CLOSE):
            raise QueryError(*_EXAMPLES[_OPEN])
        return query

    def _next(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _before(self) -> _Token | None:
        return self._tokens[self._place - 1] if self._place else None

    def _take(self, sign: _Sign) -> bool:
        taken = self._next() is sign
        self._place += taken
        return taken


def _all(parts: Sequence[Query], none: Sequence[Query] = ()) -> Query:
    """Join, with brackets that change nothing taken away."""
    flat = _flat(parts, lambda part: part.parts if isinstance(part, All) else None)
    without = [*none, *(each for part in parts if isinstance(part, All) for each in part.none)]
    return All(flat, tuple(dict.fromkeys(without))) if len(flat) > 1 or without else flat[0]


def _either(parts: Sequence[Query]) -> Query:
    flat = _flat(parts, lambda part: part.parts if isinstance(part, Either) else None)
    return Either(flat) if len(flat) > 1 else flat[0]


def _flat(parts: Iterable[Query], inside: Callable[[Query], tuple[Query, ...] | None]) -> tuple[Query, ...]:
    return tuple(dict.fromkeys(each for part in parts for each in inside(part) or (part,)))


def _describe_part(part: Query) -> str:
    said = describe(part)
    return said if isinstance(part, Term) else f"({said})"
