"""What the recogniser is told of each token: how it is written, where it stands, what facts and usage know of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from summariser.entities.gazetteer import (
    BODIES,
    CALENDAR,
    CITIES,
    GIVEN,
    KNOWN_BODIES,
    PARTICLES,
    PEOPLES,
    PLACES,
    SITES,
    TITLES,
)
from summariser.entities.tokens import Sequence

# Half of a surrogate pair is no letter of any name; it may stand in a text all the same.
_KEEP = "replace"
# Longer words are no names: their beginning tells enough.
_LONGEST = 40
_RUNS = re.compile(r"(.)\1+")
_ARTICLE = re.compile(r"(?:al|el|ul|ad|ash|as|an|ar|at|az)[-'’]", re.IGNORECASE)
_EDGE = "\n"
# Small words inside a name, where a capital follows.
_LINKS = frozenset({"of", "and", "for", "the", "de", "del", "al", "e", "&", "der", "van", "von", "bin", "ibn"})
_FACTS = (
    ("title", TITLES),
    ("people", PEOPLES),
    ("body", BODIES),
    ("site", SITES),
    ("place", PLACES | CITIES),
    ("known", KNOWN_BODIES),
    ("given", GIVEN),
    ("particle", PARTICLES),
    ("day", CALENDAR),
)


@dataclass(frozen=True, slots=True)
class Small:
    """What a text as a whole tells of its words."""

    low: frozenset[str]
    """Words that it writes in small letters."""
    high: frozenset[str]
    """Words that it writes with a capital where nothing but a name calls for one."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a word tells wherever it stands, and what it tells its neighbours."""

    own: list[bytes]
    one_left: list[bytes]
    one_right: list[bytes]
    two_left: list[bytes]
    two_right: list[bytes]
    shape: bytes
    lower: str
    small: bytes
    """The same in UTF-8: the tagger takes bytes as they are, and text by way of them."""
    capital: bool
    about: bytes
    """What facts know of it, in one word."""


def survey(sequences: Iterable[Sequence]) -> Small:
    """Return what a text's sequences tell together."""
    low: set[str] = set()
    high: set[str] = set()
    for sequence in sequences:
        low.update(word for word in sequence.words if word.islower())
        if not sequence.titled:
            high.update(word for word in sequence.words[1:] if word[0].isupper() and not word.isupper())
    return Small(frozenset(low), frozenset(high))


def describe(sequence: Sequence, small: Small) -> list[list[bytes]]:
    """Return the features of each token, words in UTF-8 that mean something to the model alone."""
    kinds = [_EDGES[0], _EDGES[1], *[_kind(word[:_LONGEST]) for word in sequence.words], _EDGES[1], _EDGES[0]]
    around = zip(kinds, kinds[1:], kinds[2:], kinds[3:], kinds[4:], strict=False)
    told = [
        [
            *kind.own,
            *left.one_left,
            *right.one_right,
            *further_left.two_left,
            *further_right.two_right,
            b"s=%b|%b|%b" % (left.shape, kind.shape, right.shape),
            b"p=%b|%b" % (left.small, kind.shape),
            b"n=%b|%b" % (kind.shape, right.small),
        ]
        for further_left, left, kind, right, further_right in around
    ]
    titled = b"T" if sequence.titled else b"t"
    for at, word in enumerate(sequence.words):
        if kinds[at + 2].capital:
            told[at] += _tell(kinds[at + 2], word, small, titled)
    for at, more in (*_facts(kinds, len(told)), *_runs(kinds, len(told))):
        told[at] += more
    for at in range(sequence.dated):
        told[at] += (b"dated=" + kinds[at + 2].shape, b"dated")
    if sequence.opens:
        told[0].append(b"opens")
    return told


def _tell(kind: _Kind, word: str, small: Small, titled: bytes) -> tuple[bytes, bytes]:
    low, high = b"l" if kind.lower in small.low else b"-", b"h" if word in small.high else b"-"
    return b"t=%b%b%b" % (low, high, titled), b"t=%b|%b" % (titled, kind.own[0])


def _facts(kinds: list[_Kind], length: int) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Yield what names of several words are known, by position."""
    table = _phrases()
    for at in range(length):
        if not kinds[at + 2].capital or kinds[at + 2].lower not in table:
            continue
        for phrase, name in table[kinds[at + 2].lower]:
            if all(kinds[at + 2 + step].lower == word for step, word in enumerate(phrase) if at + step < length + 2):
                yield from (
                    (at + step, (b"%b+%d" % (name, min(step, 1)),)) for step in range(len(phrase)) if at + step < length
                )
                break


def _runs(kinds: list[_Kind], length: int) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Yield for each word of a stretch of capitals where it stands in it, and how the stretch begins and ends."""
    at = 0
    while at < length:
        start = at
        at += 1
        if not kinds[start + 2].capital:
            continue
        while at < length and (kinds[at + 2].capital or (kinds[at + 2].lower in _LINKS and kinds[at + 3].capital)):
            at += 1
        yield from _run(kinds[start + 2], kinds[at + 1], start, at)


def _run(first: _Kind, last: _Kind, start: int, end: int) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    opens, shuts = b"rb=" + first.about, b"re=" + last.about
    whole = (opens, shuts, b"rl=%d" % min(end - start, 6), b"rw=" + last.small, b"rv=" + first.small)
    for at in range(start, end):
        place = b"o" if end - start == 1 else b"b" if at == start else b"e" if at == end - 1 else b"i"
        yield at, (*whole, place + opens, place + shuts, place + opens + shuts)


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], bytes]]]:
    table: dict[str, list[tuple[tuple[str, ...], bytes]]] = {}
    for name, facts in ((b"place", PLACES | CITIES), (b"known", KNOWN_BODIES)):
        for fact in sorted(facts, key=lambda one: (-one.count(" "), one)):
            words = tuple(fact.split())
            if 1 < len(words) <= 5:
                table.setdefault(words[0], []).append((words, name))
    return table


# About 5 kB each.
@lru_cache(maxsize=1 << 12)
def _kind(word: str) -> _Kind:
    word = word.replace("’", "'")
    lower = word.casefold()
    shape = _shape(word)
    bare = _ARTICLE.sub("", lower, count=1)
    fine, coarse = _cluster(word)
    small, _ = _cluster(lower)
    about = [name for name, facts in _FACTS if lower in facts or lower.rstrip(".") in facts]
    own = [f"w={lower}", f"c={fine}", f"C={coarse}", f"cl={small}", f"s={shape}", f"l={min(len(word), 7)}", *about]
    if shape[:1].isalpha():
        own += [f"a={bare[:size]}" for size in (1, 2, 3, 4) if len(bare) >= size]
        own += [f"z={bare[-size:]}" for size in (1, 2, 3, 4) if len(bare) >= size]
        own += [f"b={bare}", "al" if bare != lower else "no"]
    near = [f"w={lower}", f"C={coarse}", f"s={shape}", f"z={lower[-3:]}", f"c={fine}", *about]
    far = [f"w={lower}", f"C={coarse}", f"s={shape}", *about]
    return _Kind(
        _write("", own),
        _write("-1", near),
        _write("+1", near),
        _write("-2", far),
        _write("+2", far),
        shape.encode(errors=_KEEP),
        lower,
        lower.encode(errors=_KEEP),
        word[:1].isupper() or (bare != lower and word[-len(bare) :][:1].isupper()),
        "+".join(about).encode(),
    )


def _write(place: str, told: Iterable[str]) -> list[bytes]:
    return [f"{place}{one}".encode(errors=_KEEP) for one in told]


def _shape(word: str) -> str:
    """Return a word's outline: `Xx` for Amin, `X.X.` for U.S., `x-Xx` for al-Amin, `X` or `XX` for acronyms."""
    if word.isupper() and word.isalpha():
        return "X" if len(word) == 1 else "XX" if len(word) < 6 else "XXX"
    outline = "".join("X" if one.isupper() else "x" if one.isalpha() else "0" if one.isdigit() else one for one in word)
    return _RUNS.sub(r"\1", outline)


def _cluster(word: str) -> tuple[str, str]:
    return _clusters().get(word, ("-", "-"))


@cache
def _clusters() -> dict[str, tuple[str, str]]:
    rows = files("summariser.entities").joinpath("clusters.txt").read_text(encoding="utf-8").splitlines()[1:]
    return {word: (fine, coarse) for fine, coarse, *words in map(str.split, rows) for word in words}


def _edge(distance: int) -> _Kind:
    mark = [f"{_EDGE}{distance}".encode()]
    return _Kind(
        mark, [b"-1edge"], [b"+1edge"], [b"-2edge"], [b"+2edge"], b"^", _EDGE, _EDGE.encode(), capital=False, about=b""
    )


_EDGES = (_edge(2), _edge(1))
