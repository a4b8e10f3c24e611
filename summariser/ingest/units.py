"""A text as a row of units: its paragraphs and lines, each with what it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from summariser.ingest.dates import DateLine, read_address, read_date_line
from summariser.ingest.roles import Role, is_capitalised, recognise
from summariser.text import is_sentence, paragraphs, split_sentences, split_words, stop_words

# A headline is at most this long, in words; wire copy's longest run to about twenty.
_LONGEST_HEADING = 26
# A title, its deck, who wrote it, when and where, in lines.
_LONGEST_HEAD = 5
# A line longer than this is prose even without a full stop.
_PROSE = 30
_MARK = re.compile(r"(#{1,6})\s+(?=[^\n]*\w)(\S.*?)(?:\s+#+)?$", re.DOTALL)
_BULLET = re.compile(r"[•⁃▪●◦‣*+·-]\s|\d{1,3}[.)]\s")
_NUMBER = re.compile(r"\d{1,3}[.)]\s+(?=\S)")
_NO_HEADING_END = re.compile(r"[.;,:…۔。][\"'”’»)\]]{0,3}$")
_LATIN = re.compile(r"[A-Za-z]")
_SET_APART = re.compile(r"\s[-–—|›»>:/]+\s")
# The head of a message within a text: a digest of a mailing list, a thread that was copied.
_MAIL_LINE = re.compile(
    r"(?P<name>from|to|cc|date|sent|subject|reply-to|message(?:-id)?|von|an|datum|gesendet|betreff|de|à|objet|envoyé|asunto"
    r"|fecha|konu|tarih|من|إلى|الموضوع|التاريخ)\s?:\s?(?P<value>\S.{0,300})$",
    re.IGNORECASE,
)
_SUBJECTS = frozenset({"subject", "betreff", "objet", "asunto", "konu", "الموضوع"})
_SENDERS = frozenset({"from", "von", "de", "من"})
_ADDRESS = re.compile(r"https?://\S{4,1000}$")
_POSTED_BY = re.compile(r"(?:posted\s)?(?:by|von|par|por)\s[\w.@-]{2,30}[\s»|·:-]*$", re.IGNORECASE)
_ARABIC_PREFIX = re.compile(r"(?:[وفبلك]?ال|لل|و)(?=\w{3})")
_HOUR = re.compile(r"\d{1,2}[:.h]\d{2}(?:\s?(?:[ap]\.?m\.?|uhr|hs|h))?", re.IGNORECASE)
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
    """`heading` or `prose` by its words alone, `address` for a bare link; none of these for lists and fragments."""
    size: int = 0
    """How many words it has, where it is running text."""
    label: str = ""
    """What stood before the words: `Subject:` in the head of a message."""

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
    row = [unit for span in paragraphs(text) for unit in _units_of(span.cut(text), marked=marked)]
    _mark_messages(row)
    last = max((index for index, unit in enumerate(row) if unit.is_prose), default=0)
    for index, unit in enumerate(row[:last]):
        before = row[index - 1] if index else None
        if before is not None and before.role is Role.DATE and _HOUR.fullmatch(unit.words):
            row[index] = replace(unit, role=Role.DATE)
        below = row[index + 1]
        if not unit.looks and below.role in {Role.DATE, Role.BYLINE} and _is_numbered_heading(unit):
            row[index] = replace(unit, looks="heading")
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


def vocabulary(line: str, language: str | None = "en") -> set[str]:
    """Return the words that say something, cut to what their forms share."""
    tokens = (token.casefold().replace("’", "'").removesuffix("'s") for token in split_words(line))
    if language in {"ar", "fa"}:
        tokens = (_ARABIC_PREFIX.sub("", token) for token in tokens)
    empty = stop_words(language)
    return {token.rstrip("s")[:6] for token in tokens if token not in empty}


def _units_of(words: str, *, marked: bool) -> list[Unit]:
    """Return the unit of a paragraph, or those of its lines where it is a head that nothing but lines' ends part."""
    whole = _unit(words, marked=marked)
    lines = words.split("\n")
    if len(lines) == 1 or len(lines) > _LONGEST_HEAD or whole.role is not None or whole.looks == "prose":
        return [whole]
    single = [_unit(line.strip(), marked=marked) for line in lines if line.strip()]
    return single if any(unit.role in {Role.BYLINE, Role.DATE} for unit in single) else [whole]


def _unit(words: str, *, marked: bool) -> Unit:
    """Make a unit of a paragraph."""
    mark = _MARK.match(words) if marked else None
    if mark is not None:
        return Unit(mark[2], level=len(mark[1]), looks="heading")
    role = recognise(words)
    date = read_date_line(words) if role in {None, Role.BYLINE, Role.NAVIGATION, Role.SOURCE} else None
    if date is not None and (not date.rest or _is_name_like(date.rest) or recognise(date.rest) is Role.BYLINE):
        return Unit(words, role=Role.DATE, date=date)
    if role is None and _ADDRESS.match(words):
        return Unit(words, looks="address", date=_address_date(words))
    if role is not None:
        return Unit(words, role=role)
    looks = "prose" if _reads_as_prose(words) else "heading" if _reads_as_heading(words) else ""
    return Unit(words, looks=looks, size=len(words.split()) if looks == "prose" else 0)


def _mark_messages(row: list[Unit]) -> None:
    """Give the lines of a message's head their roles, where two stand together and one says what it is about."""
    for run in _message_heads(row):
        for index in run:
            found = _MAIL_LINE.match(row[index].words)
            if found is None:
                continue
            words, name = row[index].words, found["name"].lower()
            date = read_date_line(words)
            if name in _SUBJECTS:
                row[index] = Unit(found["value"], looks="heading", label=words[: found.start("value")].strip())
            elif date is not None and name not in _SENDERS:
                row[index] = Unit(words, role=Role.DATE, date=replace(date, labelled=True, rest=""), label=name)
            else:
                row[index] = Unit(words, role=Role.SENDER if name in _SENDERS else Role.MESSAGE)


def _message_heads(row: Sequence[Unit]) -> Iterator[range]:
    """Yield the stretches of units that are the head of a message."""
    start, names = 0, set[str]()
    for index in range(len(row) + 1):
        found = _MAIL_LINE.match(row[index].words) if index < len(row) else None
        if found is not None:
            names.add(found["name"].lower())
            continue
        if len(names) > 1 and names & _SUBJECTS:
            yield range(start, index)
        start, names = index + 1, set()


def _address_date(address: str) -> DateLine | None:
    """Return the day in the address of a page, None without one."""
    date = read_address(address)
    return DateLine(date, labelled=False, rest="") if date else None


def _is_name_like(rest: str) -> bool:
    """Tell whether what stands beside a date is a name, an outlet or a by-line, and no sentence."""
    if _POSTED_BY.match(rest):
        return True
    return len(rest.split()) <= 6 and is_capitalised(rest) and not rest.endswith((".", "?", "!"))


def _reads_as_heading(line: str) -> bool:
    """Tell whether a line has the looks of a headline."""
    count = len(line.split())
    if count > _LONGEST_HEADING or len(line) > 12 * _LONGEST_HEADING or line[0].islower() or "\n" in line:
        return False
    return _NO_HEADING_END.search(line) is None and _BULLET.match(line) is None


def _is_numbered_heading(unit: Unit) -> bool:
    """Tell whether a line is a headline behind its number, as in a press review."""
    number = _NUMBER.match(unit.words) if unit.role is None else None
    return number is not None and _reads_as_heading(unit.words[number.end() :])


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
    return [0, *accumulate(unit.size if unit.is_prose else 0 for unit in row)]
