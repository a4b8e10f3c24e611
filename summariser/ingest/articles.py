"""From the units of one article to its text, and to what is printed about it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from summariser.ingest import bundles
from summariser.ingest.dates import Dated, read_dateline_date
from summariser.ingest.extract import Facts
from summariser.ingest.roles import (
    Role,
    is_agency,
    is_ambiguous,
    is_capitalised,
    is_way,
    names_outlet,
    read_byline,
    recognise,
)
from summariser.ingest.units import Unit, is_trimming, overlap, prose_before, vocabulary
from summariser.model import DateKind, DateOrigin, DatePlace, Note, NoteKind
from summariser.text import dateline_end

_PAGE_TITLE = re.compile(r"\s+(?:[-–—|›»>/]|::)\s+")
_PLACE_SOURCE = re.compile(r"(?P<place>[^\W\d_][\w’'. ]{1,30}?)\s*[–—-]\s+(?P<source>«?[^\W\d_][^–—|]{1,40})")
_AGENCY = re.compile(r"\(([^()\n]{2,50})\)\s*(?:[–—-]|$)|^\(([A-Z]{2,8})\)")
# `Ada Roe says:` stands above what a reader says.
_COMMENTER = re.compile(r"[^\n:]{2,40}\s(?:says|said|wrote|replied|schrieb|sagt|a dit|dijo)(?:\s[^\n:]{0,40})?:")
_BUTTONS = {"reply", "antworten", "répondre", "responder", "yanıtla", "رد"}
# `Most read` announces links, `Read more: The bridge` is one.
_ANNOUNCES = re.compile(r"^(?:\S+\s){0,4}[^\s:>»|]+\s?[:>»|]?$")
_SENDER = re.compile(r"^[^:]{1,10}:|<[^<>]*>|\[[^\[\]]*\]|\S+@\S+")
_CONTACT = re.compile(
    r"(?:(?:media|press)\s)?(?:contacts?|phone|tel|e-?mail|kontakt)\b|[^\n]*(?:\w@\w|\d{3}[ -]?\d{4})", re.IGNORECASE
)
# Fewer words above a headline are the name of its section.
_LEAST_HEADLINE = 3
# Headlines are looked at beside so many units of text; one that says what it is about shares so many words with them.
_OPENING = 8
_LONGEST_OPENING = 2000
_LEAST_SHARED = 2
BETWEEN = "\n\n"
"""What stands between two paragraphs of an article."""
# Who wrote it, in a sentence below the text: `Ada Roe is a writer.` In characters.
_LONGEST_BIO = 300
# The printed day and the stated one may be so many days apart: clocks and zones differ.
_ZONES = 1
# A name of a person has at most this many words.
_LONGEST_NAME = 4
# A file without any running text may still be a list below the number of its comments, or nothing but a form.
_FORM_LINES = 4
# `Place – Outlet` has at most this many.
_LONGEST_ORIGIN = 9


# What stands below one of these at the end of a page is the page's and not the article's.
_FOOTERS = frozenset(
    {Role.COMMENTS, Role.COPYRIGHT, Role.END, Role.MAIL, Role.NAVIGATION, Role.NEWSLETTER, Role.RELATED, Role.SHARE}
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before it has a place in a document."""

    title: str | None = None
    republished_title: str | None = None
    source: str | None = None
    author: str | None = None
    date: Dated | None = None
    """A place in the text counts from the beginning of `paragraphs`, joined by `BETWEEN`."""
    paragraphs: tuple[str, ...] = ()
    doubtful: tuple[int, ...] = ()
    """Paragraphs that may be the headline of another article; text stands before and behind each."""
    notes: tuple[Note, ...] = ()
    language: str | None = None
    """The language that the file says it is in."""


@dataclass(slots=True)
class _Sheet:
    """The working copy of an article: what has been decided of its units."""

    row: list[Unit]
    body: int
    """Where the running text begins; the end where there is none."""
    last: int
    """Where its last paragraph stands."""
    doubled: bool
    """Whether two headlines are the habit of its file."""
    over: int
    """Where the readers' comments begin; the end where there are none."""
    taken: dict[int, str] = field(default_factory=dict)
    """Units that are no text: the role they are noted with as a plain string, empty for the titles."""
    guesses: list[Note] = field(default_factory=list)

    def drop(self, index: int, role: str) -> None:
        """Take a unit out of the text."""
        self.taken.setdefault(index, str(role))


def draft(row: Sequence[Unit], facts: Facts, *, doubled: bool = False, doubtful: Sequence[int] = ()) -> Draft:
    """Return the article that units make, with a note on every line that is no part of its text.

    `doubled` tells that the file's articles have two headlines each; `doubtful` are units that may begin another one.
    """
    row, over = _settle(row)
    prose = [index for index, unit in enumerate(row[:over]) if unit.is_prose] or [len(row)]
    sheet = _Sheet(list(row), body=prose[0], last=prose[-1], doubled=doubled, over=over)
    _drop_furniture(sheet)
    title, republished = _read_titles(sheet, facts)
    source, author = _read_origin(sheet)
    date = _read_date(sheet)
    _drop_names(sheet)
    _drop_tail(sheet, facts.author or author)
    if title is not None and sheet.body == len(row) and len(sheet.taken) == len(row):
        # A headline and no text: better quoted as it stands than refused.
        sheet.taken = {index: role for index, role in sheet.taken.items() if role}
        title = None
    kept = [index for index in range(len(row)) if index not in sheet.taken]
    places = (kept.index(index) for index in doubtful if index in kept)
    return Draft(
        title=title,
        republished_title=republished,
        source=facts.source or source,
        author=facts.author or author,
        date=_settle_date(sheet, kept, facts.date, date),
        paragraphs=tuple(row[index].words for index in kept),
        doubtful=tuple(place for place in places if 0 < place < len(kept) - 1),
        notes=(*_dropped(sheet), *sheet.guesses),
        language=facts.language,
    )


def _settle(row: Sequence[Unit]) -> tuple[list[Unit], int]:
    """Return the units, those told that their words left open, and where the readers' comments begin.

    Without comments that is the end. A bare `Comment` or `Home` among or above the text is a line like any other.
    """
    over = _comments_start(row)
    last = max((index for index, unit in enumerate(row[:over]) if unit.is_prose), default=-1)
    settled = list(row)
    for index, unit in enumerate(row[:last]):
        if unit.role is not None and is_ambiguous(unit.words):
            settled[index] = replace(unit, role=None, looks="heading")
    return settled, over


def _comments_start(row: Sequence[Unit]) -> int:
    """Return where the comments below the text begin, the end where there are none.

    Running text behind a comment form is the article's, unless it stands below lines such as `Ada Roe says:`.
    """
    written = prose_before(row)
    marks = [index for index, unit in enumerate(row) if unit.role is Role.COMMENTS]
    plain = [index for index in marks if not is_ambiguous(row[index].words)]
    said = _last_reader(row) if marks else -1
    for index in marks:
        below = written[index] > 0 or (written[-1] == 0 and len(row) - index <= _FORM_LINES)
        ended = below and (written[index] == written[-1] or said > index)
        alone = index == len(row) - 1 or (plain and plain[-1] >= index)
        if ended and alone:
            return index
    return len(row)


def _dropped(sheet: _Sheet) -> Iterator[Note]:
    """Yield a note for each unit that was taken out, in the order of the file; titles are no loss."""
    for index, unit in enumerate(sheet.row):
        role = sheet.taken.get(index)
        if role:
            yield Note(NoteKind.DROPPED, role, text=unit.words)
        elif unit.label:
            yield Note(NoteKind.DROPPED, str(Role.MESSAGE), text=f"{unit.label} {unit.words}")


def _last_reader(row: Sequence[Unit]) -> int:
    """Return where the last sign of readers talking stands, -1 without: `Ada Roe says:`, or a button for each."""
    said = [index for index, unit in enumerate(row) if _COMMENTER.match(unit.words)]
    buttons = [index for index, unit in enumerate(row) if unit.words.casefold() in _BUTTONS]
    return max([-1, *said[-1:], *(buttons[-1:] if len(buttons) > 1 else [])])


def _drop_furniture(sheet: _Sheet) -> None:
    """Take out what its own words give away, and all that follows the text's comment form."""
    for index, unit in enumerate(sheet.row):
        if index >= sheet.over:
            sheet.drop(index, Role.COMMENTS)
        elif unit.role is not None and not (unit.role is Role.DATE and _is_told_of(sheet, index)):
            sheet.drop(index, unit.role)


def _is_told_of(sheet: _Sheet, index: int) -> bool:
    """Tell whether a bare date within the running text is a heading of it, as in a chronicle."""
    date = sheet.row[index].date
    if date is None or date.labelled or not sheet.body < index < sheet.last:
        return False
    return not _stands_below_deck(sheet, index, date.rest)


def _stands_below_deck(sheet: _Sheet, index: int, beside: str) -> bool:
    """Tell whether a date stands with a by-line below the first sentences, which are the deck of the headline."""
    if any(unit.is_prose for unit in sheet.row[sheet.body + 1 : index]):
        return False
    near = (sheet.row[index - 1].role, sheet.row[index + 1].role, recognise(beside) if beside else None)
    return Role.BYLINE in near


def _read_titles(sheet: _Sheet, facts: Facts) -> tuple[str | None, str | None]:
    """Return the title and the republisher's title; what stands above them is the site's."""
    head = [index for index in range(sheet.body) if index not in sheet.taken and sheet.row[index].is_heading]
    head = [index for index in head if not _CONTACT.match(sheet.row[index].words)][: bundles.HEAD]
    _unglue(sheet, head)
    doubled = next((index for index in head if _is_doubled(sheet, index)), None)
    if doubled is None and sheet.doubled:
        pairs = [index for index in head if index + 1 < sheet.body and bundles.is_paired(sheet.row, index)]
        doubled = pairs[-1] if pairs else None
    first = doubled if doubled is not None else _single_title(sheet, head, facts)
    if first is None:
        return facts.title, None
    for index in range(first):
        if not (sheet.row[index].is_prose or _CONTACT.match(sheet.row[index].words)):
            sheet.drop(index, Role.HEADER)
    sheet.drop(first, "")
    printed = sheet.row[first].words
    if doubled is None:
        return printed, _other_title(facts.title, printed)
    sheet.drop(doubled + 1, "")
    return sheet.row[doubled + 1].words, printed


def _is_doubled(sheet: _Sheet, index: int) -> bool:
    """Tell whether a headline of the head is followed by a second one for the same story."""
    below = sheet.row[index + 2 : min(sheet.body + 1, index + 2 + bundles.HEAD)]
    proof = any(unit.role in {Role.BYLINE, Role.DATE} or bundles.has_dateline(unit) for unit in below)
    least = bundles.DOUBLED_ABOVE_EVIDENCE if proof else bundles.DOUBLED
    return index + 1 < sheet.body and bundles.is_doubled(sheet.row, index, least)


def _unglue(sheet: _Sheet, head: Sequence[int]) -> None:
    """Part a headline from the line that a republisher glued to its end, where that line stands below by itself."""
    for index in head:
        for other in head:
            if other <= index:
                continue
            line, glued = sheet.row[index].words, " ".join(sheet.row[other].words.split())
            flat = " ".join(line.split())
            # A space before them would make them words of the headline.
            if len(flat) > len(glued) and flat.endswith(glued) and flat[-len(glued) - 1].islower():
                sheet.row[index] = replace(sheet.row[index], words=flat[: -len(glued)].rstrip(" -–—|"))


def _single_title(sheet: _Sheet, head: Sequence[int], facts: Facts) -> int | None:
    """Return the headline, None where none is printed; a page's own line of sections above it is none."""
    if facts.title is not None:
        return _stated_title(sheet, head, facts.title)
    rest = _below_way(sheet, head)
    rest = [index for index in rest if not (_is_page_title(sheet.row[index].words) and head[-1] > index)]
    ranked = [index for index in rest if sheet.row[index].level == 1]
    subject = next((index for index in rest if sheet.row[index].label), None)
    if subject is not None:
        return subject
    rest = list(_below_masthead(sheet, rest))
    telling = [index for index in rest if len(sheet.row[index].words.split()) >= _LEAST_HEADLINE]
    first, second = (*(ranked or telling or rest), None, None)[:2]
    if first is None or second is None:
        return first
    # A headline that its site's name is glued to, then the headline; one that says more is a deck.
    repeated = vocabulary(sheet.row[second].words) <= vocabulary(sheet.row[first].words)
    return second if repeated else first


def _stated_title(sheet: _Sheet, head: Sequence[int], title: str) -> int | None:
    """Return the heading that has the most of the title which the file states, or else its only one of the first rank.

    Who republishes a story may state another headline than the one that stands over it.
    """
    shares = {index: overlap(sheet.row[index].words, title) for index in head}
    best = max(shares, key=lambda index: shares[index], default=None)
    if best is not None and shares[best] >= bundles.DOUBLED:
        return best
    ranked = [index for index in head if sheet.row[index].level == 1]
    telling = len(ranked) == 1 and len(sheet.row[ranked[0]].words.split()) > _LEAST_HEADLINE
    return ranked[0] if telling else None


def _below_way(sheet: _Sheet, head: Sequence[int]) -> Sequence[int]:
    """Return the headings below the way to the page through its site (`News › Economy`), if one is a headline."""
    ways = [
        at for at, unit in enumerate(sheet.row[: sheet.body]) if unit.role is Role.NAVIGATION and is_way(unit.words)
    ]
    below = [index for index in head if ways and index > ways[-1]]
    telling = any(len(sheet.row[index].words.split()) >= _LEAST_HEADLINE for index in below)
    return below if telling else head


def _below_masthead(sheet: _Sheet, head: Sequence[int]) -> Sequence[int]:
    """Return the headings of the head without those that name the site: they share no words with the text."""
    if len(head) < 2:
        return head
    opening = (unit.words[:_LONGEST_OPENING] for unit in sheet.row[sheet.body : sheet.body + _OPENING] if unit.is_prose)
    text = vocabulary("\n".join(opening), None)
    shared = [len(vocabulary(sheet.row[index].words, None) & text) for index in head]
    for place, index in enumerate(head[:-1]):
        line = sheet.row[index].words
        outlet = names_outlet(line) and is_capitalised(line)
        section = len(line.split()) <= _LEAST_HEADLINE
        site = outlet or section or (len(line.split()) <= _LONGEST_NAME and is_capitalised(line))
        parted = head[place + 1] > index + 1
        # Of a paper's name the place may stand in the text, and an article.
        foreign = shared[place] <= (0 if not outlet else 2 if len(line.split()) <= _LONGEST_NAME else 1) and (
            site or parted
        )
        if not foreign or max(shared[place + 1 :]) < (shared[place] + 1 if outlet else _LEAST_SHARED):
            return head[place:]
    return head[-1:]


def _other_title(known: str | None, printed: str) -> str | None:
    """Return the title that the file states, where it is another one and not the printed one with trimmings."""
    return None if known is None or is_trimming(known, printed) else known


def _is_page_title(line: str) -> bool:
    """Tell whether a line lists sections: `World - Africa - The Outlet`, `Home > News`."""
    parts = _PAGE_TITLE.split(line)
    return len(parts) > 1 and all(0 < len(part.split()) <= 4 for part in parts)


def _read_origin(sheet: _Sheet) -> tuple[str | None, str | None]:
    """Return the outlet and the author, as far as by-lines, source lines, the page's title and the dateline tell."""
    sources: list[str | None] = []
    authors: list[str | None] = []
    for index in range(len(sheet.row)):
        if index < sheet.over and _is_near_text(sheet, index):
            source, author = _origin_of(sheet, index)
            sources.append(source)
            authors.append(author)
    sources.append(_dateline_agency(sheet))
    sources.append(_page_source(sheet))
    return next(filter(None, sources), None), next(filter(None, authors), None)


def _is_near_text(sheet: _Sheet, index: int) -> bool:
    """Tell whether a unit stands above the text, or is a by-line or source below it."""
    unit = sheet.row[index]
    if index < sheet.body or unit.role in {Role.BYLINE, Role.SOURCE}:
        return True
    beside = unit.date.rest if unit.date is not None and index in sheet.taken else ""
    return bool(beside) and recognise(beside) is Role.BYLINE


def _origin_of(sheet: _Sheet, index: int) -> tuple[str | None, str | None]:
    """Return the outlet and the author that one unit names."""
    unit = sheet.row[index]
    if unit.role is Role.BYLINE or (unit.date is not None and recognise(unit.date.rest) is Role.BYLINE):
        author, outlet = read_byline(unit.date.rest if unit.date else unit.words) or (None, None)
        return outlet, author
    if unit.role is Role.SENDER:
        return None, _SENDER.sub("", unit.words).strip(" \"'") or None
    if unit.role is Role.SOURCE:
        return re.split(r"[:：]\s?", unit.words, maxsplit=1)[-1].strip(" ."), None
    if unit.role is Role.DATE and unit.date is not None:
        return _guessed(sheet, unit.date.rest, "It stands beside the date."), None
    return _placed_source(sheet, index), None


def _placed_source(sheet: _Sheet, index: int) -> str | None:
    """Return the outlet of a line such as `Halm – The Halm Herald`, which is taken out; None for other lines."""
    unit = sheet.row[index]
    place = _PLACE_SOURCE.fullmatch(unit.words) if unit.role is None and index not in sheet.taken else None
    if place is None or not is_capitalised(unit.words) or len(unit.words.split()) > _LONGEST_ORIGIN:
        return None
    # `Reuters - Ada Roe` names an agency and a person.
    if is_agency(place["place"]):
        return None
    source = _guessed(sheet, place["source"], "It stands beside the place.")
    if source is not None:
        sheet.drop(index, Role.SOURCE)
    return source


def _guessed(sheet: _Sheet, name: str, why: str) -> str | None:
    """Return a name as the source, with a note that it is a guess; None where it may be a person's, or no name."""
    name = " ".join(name.split())
    if not names_outlet(name):
        return None
    sheet.guesses.append(Note(NoteKind.GUESSED, "source", why, name))
    return name


def _dateline_agency(sheet: _Sheet) -> str | None:
    """Return the agency in the dateline."""
    found = _AGENCY.search(_dateline(sheet))
    agency = (found[1] or found[2]) if found else None
    return agency if agency and agency[0].isalpha() else None


def _page_source(sheet: _Sheet) -> str | None:
    """Return the outlet that ends a page's title above the headline."""
    for index, role in sheet.taken.items():
        parts = re.split(r"\s+[-–—|]\s+", sheet.row[index].words)
        if role == Role.HEADER and len(parts) > 2:
            sheet.guesses.append(Note(NoteKind.GUESSED, "source", "The page's title ends with it.", parts[-1]))
            return parts[-1]
    return None


def _dateline(sheet: _Sheet) -> str:
    """Return the dateline that the running text opens with, empty without one."""
    if sheet.body == len(sheet.row):
        return ""
    opening = sheet.row[sheet.body].words
    return opening[: dateline_end(opening, 0, len(opening))]


def _read_date(sheet: _Sheet) -> tuple[int, Dated] | None:
    """Return the date of the article and its unit: above the text, in its dateline, or said to be its last change."""
    dates = {
        index: unit.date for index, unit in enumerate(sheet.row) if unit.date and sheet.taken.get(index) == Role.DATE
    }
    bare = {index: line.date for index, line in dates.items() if not line.labelled}
    published, modified = (
        {index: line.date for index, line in dates.items() if line.date.kind is kind}
        for kind in (DateKind.PUBLISHED, DateKind.MODIFIED)
    )
    dateline = read_dateline_date(_dateline(sheet))
    choices = (
        {index: date for index, date in published.items() if dates[index].labelled},
        _bare_dates(sheet, {index: date for index, date in bare.items() if index < sheet.body}),
        {sheet.body: dateline} if dateline else {},
        modified,
        {index: date for index, date in bare.items() if index > sheet.body},
        {
            at: unit.date.date
            for at, unit in enumerate(sheet.row[: sheet.body])
            if unit.looks == "address" and unit.date
        },
    )
    return _agreed(sheet, next(filter(None, choices), {}))


def _settle_date(
    sheet: _Sheet, kept: Sequence[int], stated: Dated | None, printed: tuple[int, Dated] | None
) -> Dated | None:
    """Return the date that a file states for machines or the one that it prints; two days of publication are no date.

    What is printed as the day of publication goes before a stated change or the day in an address.
    """
    if printed is None or (stated is not None and printed[0] >= sheet.body):
        return stated
    index, date = printed
    if stated is None or date.kind is not DateKind.PUBLISHED or stated.kind is not DateKind.PUBLISHED:
        own = stated is None or date.kind is DateKind.PUBLISHED
        return _in_place(sheet, kept, index, date) if own else stated
    apart = abs((date.when.date() - stated.when.date()).days) if date.when and stated.when else 0
    if apart <= _ZONES:
        return stated
    detail = "What is printed and what is stated for machines name different days."
    sheet.guesses.append(Note(NoteKind.REFUSED, "date", detail, f"{date.words}; {stated.words}"))
    return None


def _in_place(sheet: _Sheet, kept: Sequence[int], index: int, date: Dated) -> Dated:
    """Return a date with its place: in the article's text, or in its unit where that was taken out."""
    span = date.place.span if date.place else None
    if span is None:
        return date
    if index not in sheet.taken:
        before = sum(len(sheet.row[one].words) + len(BETWEEN) for one in kept if one < index)
        return replace(date, place=DatePlace(DateOrigin.TEXT, span=span.moved(before)))
    return replace(date, place=DatePlace(DateOrigin.LINE, sheet.row[index].words, span))


def _bare_dates(sheet: _Sheet, bare: dict[int, Dated]) -> dict[int, Dated]:
    """Return the dates above the text that nothing labels; beside another one, a date right above a caption is its."""
    if len(bare) > 1:
        captions = {index for index, unit in enumerate(sheet.row) if unit.role is Role.CAPTION}
        own = {index: date for index, date in bare.items() if index + 1 not in captions}
        bare = own or bare
    timed = {index: date for index, date in bare.items() if date.timed}
    return timed or bare


def _agreed(sheet: _Sheet, dates: dict[int, Dated]) -> tuple[int, Dated] | None:
    """Return the one day that all dates name; two days, or a day that reads in two ways, are no date."""
    if not dates:
        return None
    index, first = next(iter(dates.items()))
    if first.when is not None and {date.when.date() if date.when else None for date in dates.values()} == {
        first.when.date()
    }:
        return index, first
    detail = "It can be read in more than one way." if len(dates) == 1 else "They name different days."
    sheet.guesses.append(Note(NoteKind.REFUSED, "date", detail, "; ".join(date.words for date in dates.values())))
    return None


def _drop_names(sheet: _Sheet) -> None:
    """Take out bare names above the text: whom a picture shows, or who wrote the story; nothing tells which."""
    for index in range(min(sheet.body, 2 * bundles.HEAD)):
        unit = sheet.row[index]
        below = sheet.row[index + 1] if index + 1 < sheet.body else None
        if below is not None and below.role is Role.DATE and unit.role is None and " " not in unit.words:
            sheet.drop(index, Role.NAME)
        if (
            unit.is_heading
            and not unit.level
            and len(unit.words.split()) <= _LONGEST_NAME
            and not unit.words[0].isdigit()
            and is_capitalised(unit.words)
        ):
            sheet.drop(index, Role.NAME)


def _drop_tail(sheet: _Sheet, author: str | None) -> None:
    """Take out links below the line that announces them, and the author's name below the text."""
    last = sheet.row[sheet.last] if sheet.body < sheet.last else None
    if author and last is not None and last.words.startswith(f"{author} is ") and len(last.words) < _LONGEST_BIO:
        sheet.drop(sheet.last, Role.NAME)
    announced, below = False, False
    for index in range(sheet.last + 1, sheet.over):
        unit = sheet.row[index]
        if unit.role is not None:
            announced = unit.role is Role.RELATED and _ANNOUNCES.search(unit.words) is not None
            below = below or unit.role in _FOOTERS
        elif announced and unit.is_heading:
            sheet.drop(index, Role.RELATED)
        elif below and not unit.words[0].islower():
            sheet.drop(index, Role.FOOTER)
        else:
            announced = False
            if author is not None and unit.words == author:
                sheet.drop(index, Role.NAME)
