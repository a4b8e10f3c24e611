"""Quotations that a sentence would cut open: marks that open or close nothing within it.

A mark is judged by where it stands, since languages disagree on which sign opens: “so”, „so“, ”so”, »so« or « so ».
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from summariser.model import Span

_MARK = re.compile(r'["“”„‟«»]')
_KINDS = {'"': "straight", "«": "angled", "»": "angled"}
_OPENERS = "“„‟«"
# Signs between which a mark still stands before or behind a word, and opens: (“so”), l’“Avenir”, “$5”, “‘So.’”
_LEADING = frozenset("([{—–-/'’")
_TRAILING = frozenset("([{$€£#@¿¡‘'")
# The single sign that closes is an apostrophe too, so it is only asked whether one follows the last that opens.
_SINGLE = re.compile(r"(?P<opening>(?<![^\s:(\[—–-])‘(?=[^\W\d_a-z]))|’(?!\w)")


@dataclass(frozen=True, slots=True)
class Quotations:
    """What the sentences of a text have to do with its quotations."""

    within: frozenset[Span]
    """Those at whose beginning a quotation is open: who speaks stands before."""
    torn: frozenset[Span]
    """Those that end before a quotation of theirs does, or hold only its end."""


def read_quotations(text: str, segments: Sequence[Span]) -> Quotations:
    """Follow the quotations through the sentences of a text, given in order. A paragraph closes what it opened.

    A quotation of several paragraphs opens each of them anew, so that all but its last are torn.
    """
    within: set[Span] = set()
    torn: set[Span] = set()
    opened = False
    end = 0
    for span in segments:
        opened = opened and "\n" not in text[end : span.start]
        if opened:
            within.add(span)
        marks = list(_marks(text, span, opened=opened))
        if (marks and not _balance(marks)) or _ends_single(text, span):
            torn.add(span)
        opened = marks[-1][1] if marks else opened
        end = span.end
    return Quotations(frozenset(within), frozenset(torn))


def _balance(marks: Sequence[tuple[str, bool]]) -> bool:
    """Tell whether each mark that opens is closed by one of its kind, and the other way round."""
    open_of: Counter[str] = Counter()
    for kind, opens in marks:
        open_of[kind] += 1 if opens else -1
        if open_of[kind] < 0:
            return False
    return not any(open_of.values())


def _ends_single(text: str, span: Span) -> bool:
    """Tell whether a sentence ends within single marks."""
    if text.find("‘", span.start, span.end) < 0:
        return False
    marks = [found.lastgroup for found in _SINGLE.finditer(text, span.start, span.end)]
    return marks[-1:] == ["opening"]


def _marks(text: str, span: Span, *, opened: bool) -> Iterator[tuple[str, bool]]:
    """Yield the kind of each mark, and whether it opens a quotation."""
    for found in _MARK.finditer(text, span.start, span.end):
        start, after = found.start(), found.end()
        before, mark, behind = text[max(start - 1, 0) : start], found[0], text[after : after + 1]
        if mark == '"' and before.isdigit() and not opened:
            continue  # inches
        opened = _opens(before, mark, behind, opened=opened)
        yield _KINDS.get(mark, "curly"), opened


def _opens(before: str, mark: str, behind: str, *, opened: bool) -> bool:
    """Judge a mark by its neighbours, and by its shape where these leave it open."""
    after_word = not (before.isspace() or before in _LEADING or not before)
    before_word = behind.isalnum() or behind in _TRAILING
    if after_word != before_word:
        return before_word
    return not opened if mark == '"' else mark in _OPENERS
