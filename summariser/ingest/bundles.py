"""Where one article of a file ends and the next begins, on evidence that is sure; what is not sure is proposed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from summariser.ingest.cohesion import cohesion
from summariser.ingest.roles import Role, is_ambiguous, is_capitalised, names_outlet
from summariser.ingest.units import Unit, is_trimming, overlap, prose_before
from summariser.model import DateKind
from summariser.text import dateline_end, split_words

# Two headlines over one story share half of their words; with a dateline or date below them fewer are proof enough.
DOUBLED = 0.5
DOUBLED_ABOVE_EVIDENCE = 0.3
# A head has no more lines than this between its headline and its text.
HEAD = 12
# Running text that makes an article, in words; less may be a teaser.
_LEAST_PROSE = 30
# A headline that a date is evidence for has this many words; two are a commenter's name.
_LEAST_HEADLINE = 3
# A headline whose only evidence is that the words change has more, and stands over other words than those above it:
# in 1000 news articles one part in a hundred is as foreign to the part before it, of other articles nine in ten.
_LEAST_UNAIDED = 4
_FOREIGN = 0.09
# A single such headline is only worth a question, and more foreign still.
_DOUBTFUL = 0.06
# Beside a date, an outlet's name or a rule fewer foreign words will do.
_FOREIGN_AIDED = 0.15
# So many of the articles have two headlines before that is their file's habit; the second is at most so many times as
# long as the first.
_MOST_PAIRED = 0.75
_LONGER = 2.0
# Of the headings of one rank so many must open on other words before the file is a bundle of them.
_MOST_FOREIGN = 0.66
# A file of more headlines than these holds more articles than any may, and each takes a millisecond to judge.
_MOST_CANDIDATES = 400
# Nobody answers more questions than these about one file.
_MOST_PROPOSED = 10
# An outlet's or a person's name below a headline has at most this many words.
_LONGEST_NAME = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """How the units of a file fall into articles."""

    front: Sequence[Unit]
    """What stands before the first article and belongs to none: a newsletter's own head, a list of contents."""
    parts: list[Sequence[Unit]]
    doubled: bool
    """Whether the articles have two headlines each, as the most of them surely do."""
    doubtful: tuple[int, ...]
    """Units, counted over all parts, that may be the headline of another article; the first few of them."""


def lay_out(row: Sequence[Unit]) -> Layout:
    """Return the articles' units in order; all of them in one piece where nothing proves a second article."""
    sure = _spaced(row, sorted(_starts(row)))
    doubled = _has_habit(row, sure)
    if doubled:
        sure = _spaced(row, sorted({*sure, *_paired_starts(row)}))
    told, doubtful = _foreign_starts(row, sure)
    starts = _spaced(row, sorted({*sure, *told}))
    front = _front(row, starts, told)
    starts = [front, *(start for start in starts if start > front)]
    parts = [row[start:end] for start, end in pairwise([*starts, len(row)])]
    unsure = sorted(index - front for index in doubtful.difference(starts) if index > front)
    return Layout(row[:front], parts, doubled, tuple(unsure[:_MOST_PROPOSED]))


def _spaced(row: Sequence[Unit], candidates: Sequence[int]) -> list[int]:
    """Return the file's beginning and the candidates that leave enough running text to each article."""
    starts = [0]
    written = prose_before(row)
    for candidate, following in pairwise([*(candidate for candidate in candidates if candidate), len(row)]):
        before = written[candidate] - written[starts[-1]]
        after = written[following] - written[candidate]
        if min(before, after) >= _LEAST_PROSE:
            starts.append(candidate)
    return starts


def is_doubled(row: Sequence[Unit], index: int, least: float = DOUBLED) -> bool:
    """Tell whether a headline is followed at once by another for the same story."""
    if index + 1 >= len(row) or not (row[index].is_heading and row[index + 1].is_heading):
        return False
    pair = row[index].words, row[index + 1].words
    return overlap(*pair) >= least and not is_trimming(*pair)


def is_paired(row: Sequence[Unit], index: int) -> bool:
    """Tell whether two headings of a headline's length stand one right below the other."""
    return index + 1 < len(row) and _is_headline(row[index]) and _is_headline(row[index + 1])


def has_dateline(unit: Unit) -> bool:
    """Tell whether a paragraph opens with the place it was written in."""
    return dateline_end(unit.words, 0, len(unit.words)) > 0


def _gaps(row: Sequence[Unit]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of units between running text, as begin and end; the first and the last may be empty."""
    begin = 0
    for end in [*(index for index, unit in enumerate(row) if unit.is_prose), len(row)]:
        yield begin, end
        begin = end + 1


def _starts(row: Sequence[Unit]) -> Iterator[int]:
    """Yield the headlines that surely begin an article, after the first one."""
    commented = False
    dated = _opens_with_date(row)
    for begin, end in _gaps(row):
        commented = commented or any(
            unit.role is Role.COMMENTS and not is_ambiguous(unit.words) for unit in row[begin:end]
        )
        message = next((index for index in range(begin, end) if _opens_message(row, index)), None)
        if message is not None and end < len(row):
            commented = False
            yield message
            continue
        start = _start(row, begin, end, commented=commented, dated=dated) if begin and end < len(row) else None
        if start is not None:
            commented = False
            yield start


def _opens_message(row: Sequence[Unit], index: int) -> bool:
    """Tell whether the head of a message begins here."""
    here, before = row[index], row[index - 1] if index else None
    return _is_of_message(here) and (before is None or not _is_of_message(before))


def _is_of_message(unit: Unit) -> bool:
    return bool(unit.label) or unit.role in {Role.MESSAGE, Role.SENDER}


def _start(row: Sequence[Unit], begin: int, end: int, *, commented: bool, dated: bool) -> int | None:
    """Return the headline among the units between two stretches of prose that begins an article, None without proof."""
    headings = [index for index in range(begin, end) if row[index].is_heading]
    # The pair stands right above the text; further up similar lines are links.
    if len(headings) > 1 and is_doubled(row, headings[-2]) and headings[-1] < end:
        return headings[-2]
    if commented:
        return _start_after_comments(row, end, headings)
    addressed = _start_at_address(row, begin, headings)
    if addressed is not None:
        return addressed
    return _start_after_rule(row, begin, headings) or _start_above_evidence(row, end, headings, dated=dated)


def _start_after_comments(row: Sequence[Unit], end: int, headings: Sequence[int]) -> int | None:
    """Return the first of two headlines above a date, as the file's own head has them; a reader has but a name."""
    pair = len(headings) > 1 and headings[-2] + 1 == headings[-1] and is_paired(row, headings[-2])
    if not pair or _pair_at(row, 0) is None or not _proves(row[headings[-1] + 1 : end], dated=False):
        return None
    return headings[-2]


def _start_at_address(row: Sequence[Unit], begin: int, headings: Sequence[int]) -> int | None:
    """Return the address of a page right above its headline, as the file begins with one."""
    if row[0].looks != "address":
        return None
    below = (index for index in headings if index > begin and row[index - 1].looks == "address")
    return next((index - 1 for index in below if len(split_words(row[index].words)) >= _LEAST_HEADLINE), None)


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
        if len(split_words(row[index].words)) >= _LEAST_HEADLINE and (
            _proves(below, dated=dated) or has_dateline(row[end])
        ):
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
        bare = _is_bare(unit)
        # The story before may end with a changed date: only right above the text does it belong to the next.
        changed = unit.date.date.kind is DateKind.MODIFIED and index < len(below) - 1
        if not changed and (dated or not bare):
            return True
    return False


def _is_bare(unit: Unit) -> bool:
    """Tell whether a line holds a date alone, as the chapters of a chronicle have above them."""
    return unit.date is not None and not (unit.date.labelled or unit.date.date.timed or unit.date.rest)


def _has_habit(row: Sequence[Unit], starts: Sequence[int]) -> bool:
    """Tell whether the most of a bundle's articles have two headlines, some of them surely over one story."""
    heads = [_pair_at(row, start) for start in starts] if len(starts) > 1 else []
    pairs = [start for start in heads if start is not None]
    # A deck says more than its headline does.
    long = sum(len(row[start + 1].words) > _LONGER * len(row[start].words) for start in pairs)
    sure = any(is_doubled(row, start, DOUBLED_ABOVE_EVIDENCE) for start in pairs)
    return sure and len(pairs) - long >= _MOST_PAIRED * len(heads) > 0


def _pair_at(row: Sequence[Unit], start: int) -> int | None:
    """Return the first of two headlines, one right below the other, in the head that begins at `start`."""
    head = [
        start + index for index, _ in enumerate(takewhile(lambda unit: not unit.is_prose, row[start : start + HEAD]))
    ]
    pairs = [one for one, other in pairwise(head) if _is_headline(row[one]) and _is_headline(row[other])]
    return next((one for one in pairs if is_doubled(row, one, DOUBLED_ABOVE_EVIDENCE)), pairs[-1] if pairs else None)


def _paired_starts(row: Sequence[Unit]) -> Iterator[int]:
    """Yield the first of the two headlines right above each stretch of text, where just these two stand there."""
    for begin, end in _gaps(row):
        headings = [index for index in range(begin, end) if row[index].is_heading]
        if begin and end < len(row) and len(headings) == 2 and headings[1] == headings[0] + 1:
            yield headings[0]


def _is_headline(unit: Unit) -> bool:
    """Tell whether a heading has the length of a headline."""
    return unit.is_heading and len(split_words(unit.words)) >= _LEAST_HEADLINE


def _foreign_starts(row: Sequence[Unit], sure: Sequence[int]) -> tuple[set[int], set[int]]:
    """Return the headings that surely open on other words than those above them, and those that may."""
    told, doubtful = set[int](), set[int]()
    candidates = list(_candidates(row))
    if len(candidates) > _MOST_CANDIDATES:
        return set(), set()
    # Below the rank that the stories have, headings part a story; so may those that a story's beginning stands above.
    ranks = Counter(row[index].level for index in candidates)
    rank = min((level for level, times in ranks.items() if level and times > 1), default=0)
    headings = [index for index in candidates if row[index].level == rank]
    foreign = _foreignness(row, headings, sure)
    led = bool(headings) and prose_before(row)[headings[0]] >= _LEAST_PROSE
    low = {index for index, share in foreign.items() if share < (_DOUBTFUL if led else _FOREIGN)}
    if len(foreign) > 1 and len(low) >= _MOST_FOREIGN * len(foreign):
        told |= {*low, *headings[:1]}
    told |= {index for index, share in foreign.items() if share < _FOREIGN_AIDED and _is_aided(row, index)}
    told |= {index for index, share in foreign.items() if rank and not led and share < _DOUBTFUL}
    if rank and not led and told:
        told |= {*headings[:1], *(index for index, share in foreign.items() if share < _FOREIGN_AIDED)}
    doubtful |= {index for index, share in foreign.items() if share < _DOUBTFUL or told}
    return told - {0}, doubtful - told


def _candidates(row: Sequence[Unit]) -> Iterator[int]:
    """Yield the headings above running text that are long enough for headlines and ask nothing."""
    commented = False
    for begin, end in _gaps(row):
        commented = commented or any(
            unit.role is Role.COMMENTS and not is_ambiguous(unit.words) for unit in row[begin:end]
        )
        long = [
            index
            for index in range(begin, end)
            if row[index].is_heading
            and len(split_words(row[index].words)) >= _LEAST_UNAIDED
            and (row[index].level or not row[index].words.endswith(("?", "؟")))
        ]
        if not long or end == len(row) or commented:
            continue
        # A deck or a second headline stands right below the headline.
        last = long[-1]
        yield last - 1 if last - 1 in long and row[last - 1].level == row[last].level else last


def _foreignness(row: Sequence[Unit], headings: Sequence[int], sure: Sequence[int]) -> dict[int, float]:
    """Return for each heading but the first how much the text below it shares with the text above it."""
    starts = sorted({*headings, *sure})
    shares = {}
    written = prose_before(row)
    judged = frozenset(headings).difference(sure)
    for before, heading, following in zip(starts, starts[1:], [*starts[2:], len(row)], strict=False):
        if heading in judged and written[heading] - written[before] >= _LEAST_PROSE:
            shares[heading] = cohesion(_prose(row[before:heading])[::-1], _prose(row[heading:following]))
    return shares


def _prose(units: Sequence[Unit]) -> list[str]:
    return [unit.words for unit in units if unit.is_prose]


def _is_aided(row: Sequence[Unit], index: int) -> bool:
    """Tell whether a rule above a headline, or a date, an outlet or a name below it, speaks for an article."""
    above, below = row[index - 1] if index else None, row[index + 1]
    if above is not None and above.role in {Role.RULE, Role.END}:
        return True
    if below.role in {Role.BYLINE, Role.SOURCE} or (below.date is not None and not _is_bare(below)):
        return True
    named = below.is_heading and not below.level and len(below.words.split()) <= _LONGEST_NAME
    return named and (names_outlet(below.words) and is_capitalised(below.words))


def _front(row: Sequence[Unit], starts: Sequence[int], told: set[int]) -> int:
    """Return where the first article begins: at the file's start, or where the first of a row of like heads stands."""
    written = prose_before(row)
    second = next((start for start in starts if start), None)
    if second is None:
        return 0
    like = [
        index
        for index in range(second)
        if _is_alike(row, index, second)
        and (index in told or _opens_message(row, index) or _stands_below_contents_title(row, index, starts))
    ]
    like = like or [index for index in range(second) if _stands_like(row, index, starts)]
    return like[0] if like and written[like[0]] < _LEAST_PROSE else 0


def _stands_like(row: Sequence[Unit], index: int, starts: Sequence[int]) -> bool:
    """Tell whether a headline stands as all later ones do: right below a rule, or right above a date or a by-line."""
    heads = [index, *(start for start in starts if start)]
    if not all(_is_headline(row[head]) for head in heads):
        return False
    ruled = all(head and row[head - 1].role in {Role.RULE, Role.END, Role.WIRE} for head in heads)
    return ruled or all(row[head + 1].role in {Role.DATE, Role.BYLINE} for head in heads)


def _stands_below_contents_title(row: Sequence[Unit], index: int, starts: Sequence[int]) -> bool:
    """Tell whether a heading of the file's head is of the rank of all later headlines, below one of a higher rank."""
    ranks = {row[start].level for start in starts if start}
    above = row[:index]
    return (
        ranks == {row[index].level}
        and not any(unit.is_prose for unit in above)
        and any(unit.is_heading and 0 < unit.level < row[index].level for unit in above)
    )


def _is_alike(row: Sequence[Unit], index: int, other: int) -> bool:
    """Tell whether two heads begin in the same way: both with a heading of one rank, or both with a message's lines."""
    if _opens_message(row, other):
        return _opens_message(row, index)
    return row[index].is_heading and row[other].is_heading and 0 < row[index].level == row[other].level
