"""The lay of a text on the page: its lines, paragraphs, and a passage within its paragraph."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from summariser.model import Setting, Span

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_FULL_STOP = re.compile(r"[.!?…؟۔。！？।:;؛][\"'”’»)\]›」』*_]{0,3}$")

# Lines broken by a program are at most this wide; beyond it each line is a paragraph that somebody typed.
_WIDEST_WRAP = 130
# A line of a column is broken late: what follows would not have fitted. Proportional type leaves this much ragged.
_RAGGED = 0.8
# Below this a line that stops without a full stop is a heading or an item, not half a sentence.
_SHORTEST_WRAP = 30
# A line with one of these between spaces is a trail of sections or a list of names, and no piece of a sentence.
_PARTED = re.compile(r"\s[<>»›|•·]\s")
# What is printed under a headline may begin in lower case, and yet be no second half of it.
_DATED = re.compile(
    r"(?:veröffentlicht|aktualisiert|erschienen|publié|mis à jour|modifié|publicado|actualizado|posted|published"
    r"|updated)"
    r"\b[^.!?]{0,20}\d[^!?]{4,50}$"
)
_CREDITED = re.compile(r"(?:by|von|par|por)(?:\s[^\W\d_a-z][\w.’'-]*){1,4}$")
# The first line of a paragraph and the items of a list are set in by less, in spaces.
_LEAST_INDENT = 4


def lines(text: str) -> tuple[Span, ...]:
    """Return the lines that are not blank, without the white space around them, in the order of the text."""
    return tuple(
        trimmed for found in _LINE.finditer(text) if (trimmed := trim(text, found.start(), found.end())) is not None
    )


def paragraphs(text: str) -> tuple[Span, ...]:
    """Return the paragraphs, without the white space around them, in the order of the text.

    A blank line parts paragraphs. So does any other line break, save where a column was too narrow for a sentence.
    """
    return tuple(found for block in _blocks(text) for found in _unwrap(text, block))


def locate(text: str, span: Span) -> Setting:
    """Return the passage in its paragraph; a passage across several is set in all of them."""
    known = paragraphs(text)
    first = _holding(known, span.start)
    last = max(first, _holding(known, max(span.start, span.end - 1)))
    start = min(span.start, known[first].start) if known else span.start
    end = max(span.end, known[last].end) if known else span.end
    return Setting(
        before=text[start : span.start],
        words=span.cut(text),
        after=text[span.end : end],
        paragraph=first + 1,
        paragraphs=max(1, len(known)),
    )


def trim(text: str, start: int, end: int) -> Span | None:
    """Return the stretch without the white space at its ends, or None where nothing is left."""
    if start < end and not (text[start].isspace() or text[end - 1].isspace()):
        return Span(start, end)
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    words = piece.strip()
    return Span(start, start + len(words)) if words else None


def _blocks(text: str) -> Iterator[list[Span]]:
    """Yield the runs of lines between blank ones."""
    block: list[Span] = []
    for line in lines(text):
        if block and _breaks(text, block[-1].end, line.start) > 1:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _breaks(text: str, start: int, end: int) -> int:
    """Count the line breaks in a gap; a paragraph separator counts as two."""
    gap = text[start:end].replace("\r\n", "\n")
    return gap.count("\n") + gap.count("\r") + gap.count("\u2028") + 2 * gap.count("\u2029")


def _unwrap(text: str, block: Sequence[Span]) -> Iterator[Span]:
    """Yield the block's paragraphs: lines that one sentence runs through are one."""
    if len(block) == 1:
        yield block[0]
        return
    column = _column(text, block)
    start = block[0].start
    apart = _set_apart(text, block)
    for line, following in pairwise(block):
        if following.start in apart or not _runs_on(text, line, following, column):
            yield Span(start, line.end)
            start = following.start
    yield Span(start, block[-1].end)


def _set_apart(text: str, block: Sequence[Span]) -> set[int]:
    """Return where the block's lines begin that name an author or a day, though in lower case and below a headline."""
    apart = set[int]()
    last = True
    for line in reversed(block):
        words = line.cut(text) if line.end - line.start < _WIDEST_WRAP and text[line.start].islower() else ""
        if _DATED.match(words) or (last and _CREDITED.match(words)):
            apart.add(line.start)
        last = line.start in apart or not text[line.start].islower()
    return apart


def _column(text: str, block: Sequence[Span]) -> int:
    """Return the width at which a program broke the block's lines, 0 where none did."""
    width = max(line.end - line.start for line in block)
    broken = sum(
        text[line.start].islower() and not _ends(text, before) and not _is_bare(text, line)
        for before, line in pairwise(block)
    )
    return width if width <= _WIDEST_WRAP and 3 * broken >= len(block) - 1 else 0


def _runs_on(text: str, line: Span, following: Span, column: int) -> bool:
    """Tell whether a line break falls inside a paragraph."""
    width = line.end - line.start
    if _is_centred(text, line, following) or _is_parted(text, line) or _is_parted(text, following):
        return False
    if not _ends(text, line) and text[following.start].islower() and width >= _SHORTEST_WRAP:
        return bool(column) or not _is_bare(text, following)
    word = text[following.start : following.start + column].split(None, 1)
    return bool(column and word) and width + 1 + min(len(word[0]), following.end - following.start) > _RAGGED * column


def _is_bare(text: str, line: Span) -> bool:
    """Tell whether a line is a single word that ends nothing, as a reader's name under a headline is."""
    return " " not in line.cut(text) and not _ends(text, line)


def _is_parted(text: str, line: Span) -> bool:
    """Tell whether a line is cut up by bars or arrows, or is nothing but a rule."""
    if line.end - line.start > _WIDEST_WRAP:
        return False
    if "://" in line.cut(text) and " " not in line.cut(text):
        return True
    return _PARTED.search(text, line.start, line.end) is not None or not any(map(str.isalnum, line.cut(text)))


def _is_centred(text: str, line: Span, following: Span) -> bool:
    """Tell whether two lines are set in by different widths, as the lines of a heading in the middle of a page are."""
    first, second = _indent(text, line), _indent(text, following)
    return min(first, second) >= _LEAST_INDENT and first != second


def _indent(text: str, line: Span) -> int:
    """Return how many spaces stand before a line."""
    space = text[max(0, line.start - _WIDEST_WRAP) : line.start]
    return len(space) - len(space.rstrip(" \t"))


def _ends(text: str, line: Span) -> bool:
    """Tell whether a line stops where a sentence may."""
    return _FULL_STOP.search(text, max(line.start, line.end - 5), line.end) is not None


def _holding(known: Sequence[Span], offset: int) -> int:
    """Return the index of the paragraph that holds an offset, or of the one before it."""
    return max(0, bisect_right(known, offset, key=lambda paragraph: paragraph.start) - 1)
