"""What people put right, applied to what the parser read: plain arithmetic on stretches of one text.

`apply` is the only way from a reading to the articles that are shown. Everything else that corrections can do is said
in its terms: to withdraw one is to apply the others again, to read a file anew is to find each one's place again and
to apply them to the new reading.

An article's id stands for the place where it begins, for good: the first part of a split and of a merge keep it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timezone
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import pairwise

from storage.base import Correction, Drop, Edit, Merge, Split
from storage.errors import CorrectionError
from storage.folding import spell, spell_out
from summariser.model import DateKind, DateOrigin, DatePlace, Span, TextId

_LONGEST = {"title": 500, "source": 200, "author": 200, "language": 3}
_EDITABLE = {*_LONGEST, "published"}
_LANGUAGE = re.compile("[a-z]{2,3}")

# No headline is longer than this; more words between two articles would be words that nobody finds again.
_BETWEEN = 500

# How much of an article is remembered to find it again, in words, and which share of them has to be there still.
_OPENING = 40
_ALIKE = 0.6

# The words beside a cut that are looked for.
_BESIDE = 8
# Enough characters for as many words.
_NEAR = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as a stretch of its file's text; its sentences too are counted from the beginning of the file."""

    article_id: int
    start: int
    end: int
    sentences: tuple[Span, ...]
    title: str | None = None
    republished_title: str | None = None
    source: str | None = None
    author: str | None = None
    published: datetime | None = None
    published_kind: DateKind | None = None
    published_words: str | None = None
    published_at: DatePlace | None = None
    """A span in the text counts from the beginning of the article."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """By what an article is known in another reading of its file."""

    content: TextId
    opening: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where one article ends and the next begins, in the file's text: what a split makes and a merge takes away."""

    end: int
    start: int
    second: int
    """The id of the article behind it."""
    ending: tuple[str, ...]
    """The last words before it."""
    behind: Words
    """The article behind it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A correction with its place in one reading."""

    correction_id: int
    article_id: int
    extraction_id: int
    correction: Correction
    words: Words
    """The article as it was before."""
    cut: Cut | None = None


def apply(text: str, articles: Sequence[Piece], changes: Iterable[Change]) -> tuple[Piece, ...]:
    """Return the articles of a reading once these corrections are made, in the order of the text.

    A correction that no longer fits, because an earlier one was withdrawn, is left out.
    """
    return _replay(text, articles, changes).pieces


def bind(text: str, articles: Sequence[Piece], changes: Sequence[Change], new: Change, second: int) -> Change:
    """Return a correction with its place in the reading, after these; `second` is the id that a split may give.

    Of `new` only the ids and the correction count.

    Raises:
        CorrectionError: it cannot be done.
    """
    state = _replay(text, articles, changes)
    piece = next((piece for piece in state.pieces if piece.article_id == new.article_id), None)
    if piece is None:
        raise CorrectionError("This article is no longer part of its file. Use /article list to see what is.")
    new = replace(new, words=_known_by(text, piece))
    match new.correction:
        case Edit(changes=values):
            return replace(new, correction=Edit(_checked(values)))
        case Split() as split:
            return _bind_split(text, piece, new, split, second)
        case Merge():
            return _bind_merge(text, state, piece, new)
        case Drop():
            if len(state.pieces) == 1:
                raise CorrectionError("This is the only article of its file. Use /article remove to take the file out.")
            return new


def relocate(text: str, articles: Sequence[Piece], change: Change, extraction_id: int) -> Change | None:
    """Return a correction of another reading with its place in this one, or None where it no longer fits.

    `articles` are those of this reading with all earlier corrections made.
    """
    piece = _find(text, articles, change.words)
    new = replace(change, extraction_id=extraction_id)
    match change.correction, change.cut:
        case Split() as split, Cut() as cut:
            among = ([piece] if piece else []) + [other for other in articles if other != piece]
            return next(filter(None, (_relocate_split(text, one, new, split, cut) for one in among)), None)
        case Merge(), Cut() as cut:
            second = _find(text, articles, cut.behind)
            following = dict(pairwise(articles))
            if piece is None or second is None or following.get(piece) != second:
                return None
            return _with_cut(text, piece, second, new)
        case _:
            if piece is None:
                return None
            return replace(new, article_id=piece.article_id, words=_known_by(text, piece))


def concerned(before: Sequence[Piece], after: Sequence[Piece], change: Change) -> tuple[int, ...]:
    """Return the articles that a change of these corrections shows in, in the order of the text."""
    differing = set(after) - set(before)
    found = tuple(piece.article_id for piece in after if piece in differing)
    return found or tuple(piece.article_id for piece in after if piece.article_id == change.article_id)


class _State:
    """The articles while corrections are being made, and what was taken out."""

    def __init__(self, articles: Sequence[Piece]) -> None:
        self.articles = articles
        self.pieces = tuple(articles)
        self.dropped: list[Piece] = []

    def put(self, number: int, *pieces: Piece, instead_of: int = 1) -> None:
        self.pieces = (*self.pieces[:number], *pieces, *self.pieces[number + instead_of :])


def _replay(text: str, articles: Sequence[Piece], changes: Iterable[Change]) -> _State:
    state = _State(articles)
    for change in changes:
        match change.correction, change.cut:
            case Edit(changes=values), _:
                _edit(state, change.article_id, values)
            case Split() as split, Cut() as cut:
                _split(text, state, cut, split)
            case Merge(), Cut() as cut:
                _merge(state, cut)
            case Drop(), _:
                _drop(state, change.article_id)
    return state


def _edit(state: _State, article_id: int, values: dict[str, str | datetime | None]) -> None:
    for number, piece in enumerate(state.pieces):
        if piece.article_id == article_id:
            state.put(number, _edited(piece, values))


def _edited(piece: Piece, values: dict[str, str | datetime | None]) -> Piece:
    """Return an article with these values; a date that somebody gave is no longer one that was printed."""
    if "published" in values:
        kind = DateKind.CORRECTED if values["published"] else None
        piece = replace(piece, published_kind=kind, published_words=None, published_at=None)
    return replace(piece, **values)  # type: ignore[arg-type]  # `_checked` saw to the types


def _split(text: str, state: _State, cut: Cut, split: Split) -> None:
    """Make two of the article in which the cut falls, whichever that is by now."""
    for number, piece in enumerate(state.pieces):
        if _why_not_split(text, piece, cut.end, cut.start) is None:
            state.put(number, *_parts(piece, cut, split.title))
            return


def _parts(piece: Piece, cut: Cut, title: str | None) -> tuple[Piece, Piece]:
    """Return both parts; of what is printed about the whole, only the source and the language surely hold for both."""
    second = Piece(
        article_id=cut.second,
        start=cut.start,
        end=piece.end,
        sentences=tuple(span for span in piece.sentences if span.start >= cut.start),
        title=title,
        source=piece.source,
        language=piece.language,
    )
    sentences = tuple(span for span in piece.sentences if span.end <= cut.end)
    return _within(replace(piece, end=cut.end, sentences=sentences)), second


def _within(piece: Piece) -> Piece:
    """Return an article whose date's words stand in it, or whose date stands nowhere."""
    place = piece.published_at
    if place is None or place.origin is not DateOrigin.TEXT or place.span is None:
        return piece
    return piece if place.span.end <= piece.end - piece.start else replace(piece, published_at=None)


def _merge(state: _State, cut: Cut) -> None:
    """Join the two articles that meet at the cut, whichever those are by now."""
    for number, (first, second) in enumerate(pairwise(state.pieces)):
        if (first.end, second.start) == (cut.end, cut.start):
            between = (span for piece in state.articles for span in piece.sentences)
            between = (span for span in between if first.end <= span.start and span.end <= second.start)
            sentences = (*first.sentences, *between, *second.sentences)
            state.put(number, replace(first, end=second.end, sentences=sentences), instead_of=2)
            return


def _drop(state: _State, article_id: int) -> None:
    for number, piece in enumerate(state.pieces):
        if piece.article_id == article_id and len(state.pieces) > 1:
            state.dropped.append(piece)
            state.put(number)


def _bind_split(text: str, piece: Piece, new: Change, split: Split, second: int) -> Change:
    at, body = piece.start + split.at, piece.start + (split.at if split.body is None else split.body)
    if not piece.start <= at <= body <= piece.end:
        raise CorrectionError("The text does not reach to where it is to be split. Choose a place within it.")
    if body - at > _BETWEEN:
        raise CorrectionError("Between two articles only a title may stand. Choose a second part that begins earlier.")
    end, start = _trim(text, piece, at, body)
    why = _why_not_split(text, piece, end, start)
    if why is not None:
        raise CorrectionError(why)
    new = replace(new, correction=replace(split, title=_line("title", split.title)))
    return _with_cut(text, replace(piece, end=end), replace(piece, start=start, article_id=second), new)


def _bind_merge(text: str, state: _State, piece: Piece, new: Change) -> Change:
    number = state.pieces.index(piece)
    if number + 1 == len(state.pieces):
        raise CorrectionError("This is the last article of its file. Merge the one before it with this one instead.")
    second = state.pieces[number + 1]
    if any(piece.end <= dropped.start < second.start for dropped in state.dropped):
        raise CorrectionError(
            "Between these two stood an article that was taken out. Take that correction back first, then merge."
        )
    return _with_cut(text, piece, second, new)


def _with_cut(text: str, first: Piece, second: Piece, change: Change) -> Change:
    """Return a change whose cut lies between these two."""
    ending = tuple(spell(text[max(first.start, first.end - _NEAR) : first.end]).split()[-_BESIDE:])
    cut = Cut(first.end, second.start, second.article_id, ending, _known_by(text, second))
    return replace(change, article_id=first.article_id, cut=cut)


def _why_not_split(text: str, piece: Piece, end: int, start: int) -> str | None:
    """Return why this article cannot be split there, as a sentence for people, or None where it can."""
    if not (piece.start < end <= start < piece.end):
        return "A split needs words on both sides. Choose a place further inside the text."
    if not (_has_words(text[piece.start : end]) and _has_words(text[start : piece.end])):
        return "A split needs words on both sides. Choose a place further inside the text."
    cut = next((s for s in piece.sentences if s.start < end < s.end or s.start < start < s.end), None)
    if cut is None:
        return None
    said = " ".join(cut.cut(text)[:80].split())
    return f"The split would cut a sentence: “{said}”. Split before it or behind it."


def _trim(text: str, piece: Piece, at: int, body: int) -> tuple[int, int]:
    """Return the cut without the white space around it."""
    first, second = text[piece.start : at].rstrip(), text[body : piece.end].lstrip()
    return piece.start + len(first), piece.end - len(second)


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _relocate_split(text: str, piece: Piece, change: Change, split: Split, cut: Cut) -> Change | None:
    """Return the split with its place in this article, by the words on both sides of the cut."""
    words = spell_out(text[piece.start : piece.end])
    spelled = tuple(word for word, _, _ in words)
    for number in _positions(spelled, cut.behind.opening[:_BESIDE]):
        start = _leftmost(text, piece.start, piece.start + words[number][1])
        end = _trim(text, piece, start, start)[0]
        # Where a title stands between the two, the first ends before it.
        if split.body is not None:
            ends = [place for one in _positions(spelled, cut.ending) if (place := one + len(cut.ending)) <= number]
            end = _rightmost(text, piece.start + words[ends[-1] - 1][2], start) if ends else piece.start
        if start - end <= _BETWEEN and _why_not_split(text, piece, end, start) is None:
            body = None if split.body is None else start - piece.start
            split = replace(split, at=end - piece.start, body=body)
            new = replace(change, words=_known_by(text, piece), correction=split)
            return _with_cut(text, replace(piece, end=end), replace(piece, start=start, article_id=cut.second), new)
    return None


def _positions(words: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    """Return where these words stand one behind the other."""
    first = [place for place, word in enumerate(words) if wanted and word == wanted[0]]
    return [place for place in first if words[place : place + len(wanted)] == wanted]


def _leftmost(text: str, least: int, place: int) -> int:
    """Return where the run of characters begins that stands there: a quotation mark goes with its word."""
    while place > least and not text[place - 1].isspace():
        place -= 1
    return place


def _rightmost(text: str, place: int, most: int) -> int:
    """Return where the run of characters ends that stands there: a full stop goes with its word."""
    while place < most and not text[place].isspace():
        place += 1
    return place


def _known_by(text: str, piece: Piece) -> Words:
    content = text[piece.start : piece.end]
    return Words(sha256(content.encode()).hexdigest(), tuple(spell(content[:_NEAR]).split()[:_OPENING]))


def _find(text: str, articles: Sequence[Piece], words: Words) -> Piece | None:
    """Return the article with this very text, else the one whose opening has most words in common with it."""
    known = {piece: _known_by(text, piece) for piece in articles}
    for piece in articles:
        if known[piece].content == words.content:
            return piece
    shares = {piece: _share(words.opening, known[piece].opening) for piece in articles}
    best = max(articles, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= _ALIKE else None


def _share(one: Sequence[str], other: Sequence[str]) -> float:
    """Return which share of their words two openings have in common, in the same order."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if one and other else 0.0


def _checked(values: dict[str, str | datetime | None]) -> dict[str, str | datetime | None]:
    """Return the values of an edit as they are kept.

    Raises:
        CorrectionError: one cannot be what it is to be.
    """
    if not values or values.keys() - _EDITABLE:
        raise CorrectionError(f"Name what is to be changed: one or more of {', '.join(sorted(_EDITABLE))}.")
    return {name: _date(value) if name == "published" else _line(name, value) for name, value in values.items()}


def _line(name: str, value: str | datetime | None) -> str | None:
    """Return one line without control characters, or None where nothing is left."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise CorrectionError(f"The {name} has to be words. Write it out.")
    plain = "".join(_plain(character) for character in value)
    line = " ".join(plain.split())
    if name == "language":
        line = line.lower()
        if line and not _LANGUAGE.fullmatch(line):
            raise CorrectionError(f"“{line[:20]}” is no language code. Write two letters, such as en or ar.")
    if len(line) > _LONGEST[name]:
        raise CorrectionError(f"The {name} is {len(line):,} characters long. Keep it under {_LONGEST[name] + 1}.")
    return line or None


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    return "" if category == "Cs" else " " if category == "Cc" else character


def _date(value: str | datetime | None) -> datetime | None:
    if value is None:
        return None
    offset = value.utcoffset() if isinstance(value, datetime) else None
    if not isinstance(value, datetime) or offset is None:
        raise CorrectionError("The date needs a time zone. Write it such as 2026-03-01 12:00 UTC.")
    try:
        value.astimezone(UTC)
    except OverflowError as error:
        raise CorrectionError("That date is beyond the calendar. Choose one between the years 2 and 9998.") from error
    # As it is kept: a zone of many offsets would not compare as equal to what is read back.
    return value.replace(tzinfo=timezone(offset), fold=0)
