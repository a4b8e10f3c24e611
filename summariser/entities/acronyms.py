"""Acronyms that a text explains itself: `Coastal Fishermen's Union (CFU)`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from summariser.model import Span

# What follows a comma is another name: `(CFU, or the Union)`.
_BRACKETED = re.compile(r"\((?P<short>[A-Z][\w.&-]{1,9})(?=\)|[,;] )")
_EXPLAINED = re.compile(r"(?<![\w-])(?P<short>[A-Z][A-Z0-9.&-]{1,9}) \((?P<long>[A-Z][^()\n]{3,100})\)")
_WORD = re.compile(r"[^\s()]+")
_REACH = 160


@dataclass(frozen=True, slots=True)
class Definition:
    """An acronym and what it stands for, both where the text sets them side by side."""

    short: Span
    long: Span


def find_definitions(text: str) -> Iterator[Definition]:
    """Yield the acronyms that are defined in brackets, by the algorithm of Schwartz and Hearst (2003)."""
    for found in _BRACKETED.finditer(text):
        reach = max(found.start() - _REACH, 0)
        start = max(text.rfind("\n", reach, found.start()) + 1, reach)
        long = _match(found["short"], text, Span(start, found.start()))
        if long is not None:
            yield Definition(Span(*found.span("short")), long)
    for found in _EXPLAINED.finditer(text):
        long = _match(found["short"], text, Span(*found.span("long")))
        if long is not None and long.start == found.start("long"):
            yield Definition(Span(*found.span("short")), long)


def _match(short: str, text: str, before: Span) -> Span | None:
    """Return the shortest end of `before` that holds the acronym's letters, the first of them at a word's start."""
    letters = [letter.casefold() for letter in short if letter.isalnum()]
    if len(letters) < 2 or sum(letter.isupper() for letter in short) < 2:
        return None
    at = end = before.start + len(before.cut(text).rstrip())
    for index in reversed(range(len(letters))):
        at -= 1
        while at >= before.start and not _fits(text, at, letters[index], opens=index == 0):
            at -= 1
        if at < before.start:
            return None
    words = _WORD.findall(text, at, end)
    # Schwartz and Hearst's bound on the number of words.
    return Span(at, end) if 1 < len(words) <= min(len(letters) + 5, 2 * len(letters)) else None


def _fits(text: str, at: int, letter: str, *, opens: bool) -> bool:
    return text[at].casefold() == letter and (not opens or at == 0 or not text[at - 1].isalnum())


def names_bodies(words: Sequence[str]) -> bool:
    """Tell whether a long form is a name: its words have capitals, but for short ones between them."""
    return words[0][:1].isupper() and all(word[:1].isupper() or len(word) < 4 for word in words[1:])
