"""What is known of an article: printed facts, where they are from, where it came from, what reading left out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time

from bot.services.languages import name_language
from bot.services.replies import Block, Bold, Bullets, Heading, Italic, Link, Moment, Words, join
from bot.services.wording import address, count, dated, day, name_role, remarks, shorten
from storage.base import (
    LOCAL_DESK,
    Drop,
    Edit,
    KeptCorrection,
    Merge,
    Split,
    StoredArticle,
    StoredUpload,
)
from summariser.model import Article, DateKind, DateOrigin, DatePlace, NoteKind

# An upload is named by its file, a page by its address without what stands before and behind it.
_LONGEST_NAME = 60

# A date's line is shown whole up to here, in characters; of a longer one the date alone.
_LONGEST_LINE = 100

FIELDS = {"title": "Title", "source": "Source", "author": "Author", "published": "Date", "language": "Language"}
"""What can be put right about an article, as it is called in an answer."""


def printed(article: Article, *, corrected: Words = (), cited: bool = False) -> list[Words]:
    """Return what is printed about an article, a line each; `corrected` says who put the date right, and when.

    With `cited` a date that stands in the text is cited as [1].
    """
    facts: list[Words] = [(Bold("Source: "), article.source or "not printed")]
    facts += [(Bold("Author: "), article.author)] if article.author else []
    facts.append((Bold("Date: "), *_dated(article, corrected, cited=cited)))
    facts += [(Bold("Also titled: "), Italic(article.republished_title))] if article.republished_title else []
    return facts


def measured(stored: StoredArticle, paragraphs: int | None = None) -> list[Words]:
    """Return the language of an article, how long it is, and its place in the file."""
    length = count(len(stored.article.text), "character")
    length += f" in {count(paragraphs, 'paragraph')}" if paragraphs else ""
    place = (
        f"article {stored.ordinal + 1} of {stored.siblings} in its file" if stored.siblings > 1 else "alone in its file"
    )
    return [
        (Bold("Language: "), name_language(stored.article.language)),
        (Bold("Length: "), f"{length}, {place}"),
    ]


def brought(desk_id: int, origins: Sequence[StoredUpload]) -> list[Block]:
    """Return where an article came from: each upload, when it was brought, and where it can be seen."""
    return [Heading(("Where it came from",)), Bullets(tuple(_origin(desk_id, upload) for upload in origins))]


def upload_name(upload: StoredUpload) -> str:
    """Name an upload: by its file, or by the address of its page."""
    page = (upload.url or "").partition("://")[2].removeprefix("www.").rstrip("/")
    return shorten(page or upload.filename, _LONGEST_NAME)


def left_out(upload: StoredUpload) -> list[Block]:
    """Return each line that reading left out and each guess that it made."""
    lines = [note for note in upload.notes if note.kind is NoteKind.DROPPED and note.text]
    items = tuple((Bold(f"{name_role(note.role)}: "), shorten(" ".join(note.text.split()), 120)) for note in lines)
    said = tuple((remark,) for remark in remarks(upload.notes))
    blocks: list[Block] = [Heading(("Left out when the file was read",)), Bullets(items)] if items else []
    return [*blocks, Heading(("Guessed",)), Bullets(said)] if said else blocks


def hour_of(when: datetime) -> str:
    """Say a day, and the hour where one is known: midnight stands for a day that names none."""
    return day(when) if when.time() == time() else f"{day(when)}, {when:%H:%M} UTC"


def corrections_of(
    kept: Sequence[KeptCorrection],
    stored: StoredArticle,
    *,
    uploaders: Collection[int],
    titles: Mapping[int, str],
    you: int | None = None,
) -> list[Words]:
    """Return what was put right in the file of an article, a line each: what, in which of its articles, who, when."""
    lines: list[Words] = []
    for each in kept:
        other = titles.get(each.article_id) if each.article_id != stored.article_id else ""
        parts: list[Words] = [
            (told(each, titles),),
            (_in_another(other),) if other != "" else (),
            (*by_whom(each, uploaders, you), " ", Moment(each.made_at, relative=True)),
            ("taken back since",) if each.withdrawn else ("for good",) if each.final else (),
        ]
        lines.append(join(parts))
    return lines


def _in_another(title: str | None) -> str:
    return f"in “{shorten(title, _LONGEST_NAME)}”" if title else "in an article that is none of its own now"


def told(kept: KeptCorrection, titles: Mapping[int, str]) -> str:
    """Say in a few words what a correction did; `titles` are those of the file's articles.

    Of what has been taken out since nothing is told: neither what an edit of it said, nor what a split called it.
    """
    match kept.correction:
        case Edit(changes) if kept.article_id in titles:
            return "; ".join(f"{FIELDS[name]}: {value_of(value, name)}" for name, value in changes.items())
        case Edit(changes):
            return ", ".join(FIELDS[name] for name in changes)
        case Split(_, title):
            return f"Split in two, the second: “{title}”" if title in titles.values() else "Split in two"
        case Merge():
            return "Merged with the article after it"
        case Drop():
            return "Taken out of its file"


def value_of(value: str | datetime | None, name: str) -> str:
    """Say what a fact is, or that there is none."""
    if value is None:
        return "none"
    if isinstance(value, datetime):
        return hour_of(value)
    return name_language(value) if name == "language" else f"“{value}”"


def by_whom(kept: KeptCorrection, uploaders: Collection[int], you: int | None) -> Words:
    """Say who made a correction, as far as it may be told: people's names are not ours to keep."""
    if kept.made_by is None:
        return ("by somebody who has asked to be forgotten",)
    if kept.made_by == you:
        return ("by you",)
    return ("by the person who brought it",) if kept.made_by in uploaders else ("by somebody else",)


def _dated(article: Article, corrected: Words, *, cited: bool) -> Words:
    """Say when an article appeared, how that is known, and how it is printed."""
    if article.published is None:
        return (dated(article),)
    when, role = hour_of(article.published), dated(article).removeprefix(day(article.published))
    read = _printed_as(article.published_words, article.published_at) if article.published_words else ""
    in_text = cited and article.published_at is not None and article.published_at.origin is DateOrigin.TEXT
    as_printed = f" · {read}{' [1]' if in_text else ''}" if read else ""
    if corrected and article.published_kind is DateKind.CORRECTED:
        return (f"{when} (corrected ", *corrected, f"){as_printed}")
    return (f"{when}{role}{as_printed}",)


def _printed_as(words: str, place: DatePlace | None) -> str:
    """Say how a date is printed: on its line, in the text, or for machines alone."""
    origin = place.origin if place else None
    if place is None or origin is None:
        return f"printed as “{words}”"
    if origin is DateOrigin.FIELD:
        return f"stated as “{words}” in the field “{shorten(place.holder, _LONGEST_NAME)}”"
    if origin is DateOrigin.ADDRESS:
        return f"read in the address “{shorten(place.holder, _LONGEST_LINE)}”"
    if origin is DateOrigin.TEXT:
        return f"printed as “{words}” in the text"
    lines = (" ".join(line.split()) for line in place.holder.splitlines())
    whole = next((line for line in lines if words in line and len(line) <= _LONGEST_LINE), words)
    return f"printed as “{whole}”"


def _origin(desk_id: int, upload: StoredUpload) -> Words:
    where = address(desk_id, [upload])
    parts: list[Words] = [
        (Bold(upload_name(upload)), f" ({upload.size:,} bytes)"),
        ("brought ", Moment(upload.created_at)),
        ("for everyone here",) if upload.audience_id == desk_id > LOCAL_DESK else (),
        (Link("open", where),) if where else (),
    ]
    return join(parts)
