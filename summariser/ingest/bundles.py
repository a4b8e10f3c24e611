"""Where one article of a file ends and the next begins, on evidence that is sure."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from summariser.ingest.roles import Role, is_ambiguous
from summariser.ingest.units import Unit, is_trimming, overlap, prose_before
from summariser.model import DateKind
from summariser.text import dateline_end, words

# Two headlines over one story share half of their words; with a dateline or date below them fewer are proof enough.
DOUBLED = 0.5
DOUBLED_ABOVE_EVIDENCE = 0.3
# A head has no more lines than this between its headline and its text.
HEAD = 12
# Running text that makes an article, in words; less may be a teaser.
_LEAST_PROSE = 30
# A headline that a date is evidence for has this many words; two are a commenter's name.
_LEAST_HEADLINE = 3


def split(row: Sequence[Unit]) -> list[Sequence[Unit]]:
    """Return the articles' units in order; all of them in one piece where nothing proves a second article."""
    starts = [0]
    written = prose_before(row)
    candidates = list(_starts(row))
    for candidate, following in zip(candidates, [*candidates[1:], len(row)], strict=False):
        before = written[candidate] - written[starts[-1]]
        after = written[following] - written[candidate]
        if min(before, after) >= _LEAST_PROSE:
            starts.append(candidate)
    return [row[start:end] for start, end in zip(starts, [*starts[1:], len(row)], strict=True)]


def is_doubled(row: Sequence[Unit], index: int, least: float = DOUBLED) -> bool:
    """Tell whether a headline is followed at once by another for the same story."""
    if index + 1 >= len(row) or not (row[index].is_heading and row[index + 1].is_heading):
        return False
    pair = row[index].words, row[index + 1].words
    return overlap(*pair) >= least and not is_trimming(*pair)


def has_dateline(unit: Unit) -> bool:
    """Tell whether a paragraph opens with the place it was written in."""
    return dateline_end(unit.words, 0, len(unit.words)) > 0


def _starts(row: Sequence[Unit]) -> Iterator[int]:
    """Yield the headlines that surely begin an article, after the first one."""
    commented = False
    dated = _opens_with_date(row)
    begin = 0
    for end in [*(index for index, unit in enumerate(row) if unit.is_prose), len(row)]:
        commented = commented or any(
            unit.role is Role.COMMENTS and not is_ambiguous(unit.words) for unit in row[begin:end]
        )
        start = _start(row, begin, end, commented=commented, dated=dated) if begin and end < len(row) else None
        if start is not None:
            commented = False
            yield start
        begin = end + 1


def _start(row: Sequence[Unit], begin: int, end: int, *, commented: bool, dated: bool) -> int | None:
    """Return the headline among the units between two stretches of prose that begins an article, None without proof."""
    headings = [index for index in range(begin, end) if row[index].is_heading]
    # The pair stands right above the text; further up similar lines are links.
    if len(headings) > 1 and is_doubled(row, headings[-2]) and headings[-1] < end:
        return headings[-2]
    if commented:
        return None
    return _start_after_rule(row, begin, headings) or _start_above_evidence(row, end, headings, dated=dated)


def _start_after_rule(row: Sequence[Unit], begin: int, headings: Sequence[int]) -> int | None:
    """Return a headline right below a rule, of the rank of the file's first headline."""
    first = row[0]
    if not first.is_heading or first.level > 1:
        return None
    ruled = (index for index in headings if index > begin and row[index - 1].role in {Role.RULE, Role.END})
    return next((index for index in ruled if row[index].level == first.level), None)


def _start_above_evidence(row: Sequence[Unit], end: int, headings: Sequence[int], *, dated: bool) -> int | None:
    """Return the headline above a by-line, a date or a dateline."""
    for index in headings:
        below = row[index + 1 : min(end, index + 1 + HEAD)]
        if len(words(row[index].words)) >= _LEAST_HEADLINE and (_proves(below, dated=dated) or has_dateline(row[end])):
            return index
    return None


def _opens_with_date(row: Sequence[Unit]) -> bool:
    """Tell whether the file's first headline has a date below it that nothing labels."""
    above = takewhile(lambda unit: not unit.is_prose, row)
    return any(unit.date is not None and not unit.date.labelled for unit in above)


def _proves(below: Sequence[Unit], *, dated: bool) -> bool:
    """Tell whether the lines below a headline say who wrote a story, or when it appeared.

    A bare date counts where the file's first article has one too: else it may be a chapter of a chronicle.
    """
    for index, unit in enumerate(below):
        if unit.role is Role.BYLINE:
            return True
        if unit.date is None:
            continue
        bare = not (unit.date.labelled or unit.date.date.timed or unit.date.rest)
        # The story before may end with a changed date: only right above the text does it belong to the next.
        changed = unit.date.date.kind is DateKind.MODIFIED and index < len(below) - 1
        if not changed and (dated or not bare):
            return True
    return False
