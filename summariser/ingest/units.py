"""A text as a row of units: its paragraphs and lines, each with what it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from summariser.ingest.dates import DateLine, read_date_line
from summariser.ingest.roles import Role, is_capitalised, recognise
from summariser.text import is_sentence, paragraphs, split_sentences, stop_words, words

# A headline is at most this long, in words; wire copy's longest run to about twenty.
_LONGEST_HEADING = 26
# A line longer than this is prose even without a full stop.
_PROSE = 30
_MARK = re.compile(r"(#{1,6})\s+(?=[^\n]*\w)(\S.*?)(?:\s+#+)?$", re.DOTALL)
_BULLET = re.compile(r"[•⁃▪●◦‣*+·-]\s|\d{1,3}[.)]\s")
_NO_HEADING_END = re.compile(r"[.;,:…۔。][\"'”’»)\]]{0,3}$")
_LATIN = re.compile(r"[A-Za-z]")
_SET_APART = re.compile(r"\s[-–—|›»>:/]+\s")
_STOPPED = re.compile(r"[.!?…][^\w\s]{0,3}\s")


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph or line."""

    words: str
    role: Role | None = None
    level: int = 0
    """1 to 6 for a heading that is marked as one, else 0."""
    date: DateLine | None = None
    looks: str = ""
    """`heading` or `prose` by its words alone; neither for lists and fragments."""

    @property
    def is_heading(self) -> bool:
        """Tell whether it may be a headline."""
        return self.role is None and self.looks == "heading"

    @property
    def is_prose(self) -> bool:
        """Tell whether it is text of an article."""
        return self.role is None and self.looks == "prose"


def units(text: str, *, marked: bool) -> list[Unit]:
    """Return the units of a text in order, with what their own words and their neighbours tell of them."""
    row = [_unit(span.cut(text), marked=marked) for span in paragraphs(text)]
    last = max((index for index, unit in enumerate(row) if unit.is_prose), default=0)
    for index, unit in enumerate(row[:last]):
        before = row[index - 1] if index else None
        below_head = before is not None and (before.is_heading or before.role is not None)
        if below_head and unit.role is None and _has_credit(unit.words):
            row[index] = replace(unit, role=Role.CAPTION)
    return row


def overlap(one: str, other: str) -> float:
    """Return how much of the longer line's vocabulary stands in the other, 0 to 1; a single word is nothing."""
    first, second = vocabulary(one), vocabulary(other)
    shared = len(first & second)
    return shared / max(len(first), len(second)) if shared > 1 else 0.0


def is_trimming(one: str, other: str) -> bool:
    """Tell whether a line says nothing beyond the one below it, but for a site's name that is set apart from it.

    Words that are put into a headline are no trimming: who republishes a story may add his own.
    """
    first, second = vocabulary(one), vocabulary(other)
    return first <= second or (second <= first and _SET_APART.search(one) is not None)


def vocabulary(line: str) -> set[str]:
    """Return the words that say something, cut to what their forms share."""
    tokens = (span.cut(line).casefold().replace("’", "'").removesuffix("'s") for span in words(line))
    return {token.rstrip("s")[:6] for token in tokens if token not in stop_words("en")}


def _unit(words: str, *, marked: bool) -> Unit:
    """Make a unit of a paragraph."""
    mark = _MARK.match(words) if marked else None
    if mark is not None:
        return Unit(mark[2], level=len(mark[1]), looks="heading")
    role = recognise(words)
    date = read_date_line(words) if role in {None, Role.BYLINE, Role.SOURCE} else None
    if date is not None and (not date.rest or _is_name_like(date.rest) or recognise(date.rest) is Role.BYLINE):
        return Unit(words, role=Role.DATE, date=date)
    if role is not None:
        return Unit(words, role=role)
    looks = "prose" if _reads_as_prose(words) else "heading" if _reads_as_heading(words) else ""
    return Unit(words, looks=looks)


def _is_name_like(rest: str) -> bool:
    """Tell whether what stands beside a date is a name, an outlet or a by-line, and no sentence."""
    return len(rest.split()) <= 6 and is_capitalised(rest) and not rest.endswith((".", "?", "!"))


def _reads_as_heading(line: str) -> bool:
    """Tell whether a line has the looks of a headline."""
    count = len(line.split())
    if count > _LONGEST_HEADING or len(line) > 12 * _LONGEST_HEADING or line[0].islower() or "\n" in line:
        return False
    return _NO_HEADING_END.search(line) is None and _BULLET.match(line) is None


def _reads_as_prose(line: str) -> bool:
    """Tell whether a paragraph is running text: sentences, or a line too long for anything else."""
    count = len(line.split())
    if count > _PROSE or len(line) > 12 * _PROSE:
        return True
    question = line.rstrip("\"'”’»)]").endswith(("?", "!", "؟"))
    return is_sentence(line) and not (question and count <= _LONGEST_HEADING and len(split_sentences(line)) == 1)


def _has_credit(line: str) -> bool:
    """Tell whether a line says what a picture shows, then whose it is: a sentence, then names without a stop."""
    if not line[-1].isalpha() or len(line) > 12 * _PROSE or not _LATIN.search(line) or not _STOPPED.search(line):
        return False
    segments = [segment.cut(line) for segment in split_sentences(line, language="en")]
    if len(segments) != 2 or not is_sentence(segments[0]):
        return False
    return 1 < len(segments[1].split()) <= 7 and segments[1][0].isalnum() and is_capitalised(segments[1])


def prose_before(row: Sequence[Unit]) -> list[int]:
    """Return for each unit, and for the end, how many words of running text stand before it."""
    return [0, *accumulate(len(unit.words.split()) if unit.is_prose else 0 for unit in row)]
