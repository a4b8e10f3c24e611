"""Articles and corrections as JSON, to keep them and to take them back out unchanged."""

from datetime import datetime
from typing import Any

from storage.base import Correction, Drop, Edit, Merge, Split
from storage.corrections import Change, Cut, Piece, Words
from summariser.model import DateKind, DateOrigin, DatePlace, Span

Json = dict[str, Any]

_NAMES: dict[type[Correction], str] = {Edit: "edit", Split: "split", Merge: "merge", Drop: "drop"}


def name_of(correction: Correction) -> str:
    """Return which kind of correction it is."""
    return _NAMES[type(correction)]


def write_change(change: Change) -> Json:
    """Return what is kept of a correction beside its ids and its kind."""
    return {
        "correction": _write_correction(change.correction),
        "extraction": change.extraction_id,
        "words": _write_words(change.words),
        "cut": change.cut and _write_cut(change.cut),
    }


def read_change(correction_id: int, article_id: int, name: str, values: Json) -> Change:
    """Take a correction back out."""
    return Change(
        correction_id=correction_id,
        article_id=article_id,
        extraction_id=values["extraction"],
        correction=_read_correction(name, values["correction"]),
        words=_read_words(values["words"]),
        cut=values["cut"] and _read_cut(values["cut"]),
    )


def write_pieces(pieces: tuple[Piece, ...]) -> list[Json]:
    """Return what is kept of the articles that the parser read."""
    return [
        {
            "article": piece.article_id,
            "span": [piece.start, piece.end],
            "sentences": [[span.start, span.end] for span in piece.sentences],
            "title": piece.title,
            "republished_title": piece.republished_title,
            "source": piece.source,
            "author": piece.author,
            "published": _write_date(piece.published),
            "published_kind": piece.published_kind,
            "published_words": piece.published_words,
            "published_at": write_place(piece.published_at),
            "language": piece.language,
        }
        for piece in pieces
    ]


def read_pieces(values: list[Json]) -> tuple[Piece, ...]:
    """Take the articles back out."""
    return tuple(map(_read_piece, values))


def write_place(place: DatePlace | None) -> Json | None:
    """Return what is kept of where a date's words stand."""
    if place is None:
        return None
    span = place.span and [place.span.start, place.span.end]
    return {"origin": str(place.origin), "holder": place.holder, "span": span}


def read_place(value: Json | None) -> DatePlace | None:
    """Take it back out."""
    if value is None:
        return None
    return DatePlace(DateOrigin(value["origin"]), value["holder"], value["span"] and Span(*value["span"]))


def _read_piece(value: Json) -> Piece:
    start, end = value["span"]
    return Piece(
        article_id=value["article"],
        start=start,
        end=end,
        sentences=tuple(Span(*span) for span in value["sentences"]),
        title=value["title"],
        republished_title=value["republished_title"],
        source=value["source"],
        author=value["author"],
        published=_read_date(value["published"]),
        published_kind=value["published_kind"] and DateKind(value["published_kind"]),
        published_words=value["published_words"],
        published_at=read_place(value.get("published_at")),
        language=value["language"],
    )


def _write_correction(correction: Correction) -> Json:
    match correction:
        case Edit(changes):
            return {name: value if isinstance(value, str) else _write_date(value) for name, value in changes.items()}
        case Split(at, title, body):
            return {"at": at, "title": title, "body": body}
        case _:
            return {}


def _read_correction(name: str, values: Json) -> Correction:
    match name:
        case "edit":
            return Edit({name: _read_date(value) if name == "published" else value for name, value in values.items()})
        case "split":
            return Split(**values)
        case "merge":
            return Merge()
        case _:
            return Drop()


def _write_words(words: Words) -> Json:
    return {"content": words.content, "opening": list(words.opening)}


def _read_words(value: Json) -> Words:
    return Words(value["content"], tuple(value["opening"]))


def _write_cut(cut: Cut) -> Json:
    return {
        "end": cut.end,
        "start": cut.start,
        "second": cut.second,
        "ending": list(cut.ending),
        "behind": _write_words(cut.behind),
    }


def _read_cut(value: Json) -> Cut:
    return Cut(value["end"], value["start"], value["second"], tuple(value["ending"]), _read_words(value["behind"]))


def _write_date(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _read_date(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
