"""Values turned into rows: hashed, cut and folded before the database is asked for anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from storage.base import NewExtraction, NewUpload
from storage.folding import fold
from storage.ids import new_id
from storage.naming import check_names, unnamed_rows
from storage.notation import write_place
from storage.signing import sign_rows, unsigned_rows
from storage.spelling import spell_article
from summariser.model import Article, Named, Note, NoteKind, Span, TextId

OPENING = 120
"""Characters of an article that a list shows in place of a title."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """The rows of one upload."""

    upload: Row
    blob: Row
    extraction: Row | None
    articles: tuple[Row, ...] = ()
    sentences: tuple[Row, ...] = ()
    spellings: tuple[Row, ...] = ()
    proposals: tuple[Row, ...] = ()
    signatures: tuple[Row, ...] = ()
    keys: tuple[Row, ...] = ()
    named: dict[int, tuple[Named, ...]] = field(default_factory=dict)
    """Who is named in each article, by its id."""
    unnamed: tuple[Row, ...] = ()


def pack(desk_id: int, upload: NewUpload, extraction: NewExtraction | None) -> Parcel:
    """Return the rows of an upload and of what was read in it.

    Raises:
        ValueError: an article, a sentence or a mention does not stand where it says.
    """
    digest = sha256(upload.data).hexdigest()
    blob = {"desk_id": desk_id, "sha256": digest, "size": len(upload.data), "data": upload.data}
    if extraction is None:
        return Parcel(_upload_row(desk_id, digest, upload), blob, None)
    row = _extraction_row(desk_id, digest, upload, extraction)
    articles = tuple(
        _article_row(row, ordinal, article, extraction.text) for ordinal, article in enumerate(extraction.articles)
    )
    sentences = tuple(
        sentence
        for article, spans in zip(articles, extraction.sentences, strict=True)
        for sentence in _sentence_rows(article, spans)
    )
    spellings = tuple(map(_spelling_row, articles, extraction.articles))
    ids = [article["article_id"] for article in articles]
    signed = dict(zip(ids, extraction.signatures, strict=True)) if extraction.signatures else {}
    signatures, keys = sign_rows(desk_id, signed) if signed else (unsigned_rows(desk_id, ids), ())
    named = _named(ids, extraction)
    return Parcel(
        upload=_upload_row(desk_id, digest, upload),
        blob=blob,
        extraction=row,
        articles=articles,
        sentences=sentences,
        spellings=spellings,
        proposals=tuple(_proposal_rows(row, extraction)),
        signatures=signatures,
        keys=keys,
        named=named,
        unnamed=unnamed_rows(desk_id, [article_id for article_id in ids if article_id not in named]),
    )


def _named(ids: Sequence[int], extraction: NewExtraction) -> dict[int, tuple[Named, ...]]:
    """Return who is named in those articles in which names were looked for.

    Raises:
        ValueError: a mention does not stand where it says.
    """
    found: dict[int, tuple[Named, ...]] = {}
    for article_id, article, named in zip(ids, extraction.articles, extraction.names, strict=False):
        if named is not None:
            check_names(article.text, named)
            found[article_id] = named
    return found


def to_notes(value: Sequence[dict[str, str]]) -> tuple[Note, ...]:
    """Take notes back out of their JSON."""
    return tuple(Note(NoteKind(note["kind"]), note["role"], note["detail"], note["text"]) for note in value)


def text_id(text: str) -> TextId:
    """Return the name of a text."""
    return sha256(text.encode()).hexdigest()


def printed(article: Article) -> Row:
    """Return the columns that say what an article holds, and what is printed about it."""
    opening = article.text[:OPENING]
    return {
        "content_sha256": text_id(article.text),
        "language": article.language,
        "published": article.published,
        "published_kind": article.published_kind,
        "published_words": article.published_words,
        "published_at": write_place(article.published_at),
        "title": article.title,
        "republished_title": article.republished_title,
        "source": article.source,
        "author": article.author,
        "opening": opening,
        "folded": fold(f"{article.title or ''} {article.source or ''} {opening}"),
    }


def _upload_row(desk_id: int, digest: str, upload: NewUpload) -> Row:
    """Return the row that says who brought the bytes, where and when."""
    return {
        "desk_id": desk_id,
        "upload_id": new_id(upload.created_at),
        "audience_id": upload.audience_id,
        "blob": digest,
        "uploader_id": upload.uploader_id,
        "channel_id": upload.channel_id,
        "message_id": upload.message_id,
        "origin_id": upload.origin_id,
        "attachment_id": upload.attachment_id,
        "filename": upload.filename,
        "url": upload.url,
        "media_type": upload.media_type,
        "created_at": upload.created_at,
    }


def _extraction_row(desk_id: int, digest: str, upload: NewUpload, extraction: NewExtraction) -> Row:
    """Return the row that holds the canonical text."""
    notes = [
        {"kind": note.kind, "role": note.role, "detail": note.detail, "text": note.text} for note in extraction.notes
    ]
    return {
        "desk_id": desk_id,
        "extraction_id": new_id(upload.created_at),
        "blob": digest,
        "parser": extraction.parser,
        "parser_version": extraction.parser_version,
        "superseded": False,
        "articles": len(extraction.articles),
        "format": extraction.format,
        "encoding": extraction.encoding,
        "notes": notes,
        "created_at": upload.created_at,
        "text_sha256": text_id(extraction.text),
        "text": extraction.text,
    }


def _article_row(extraction: Row, ordinal: int, article: Article, text: str) -> Row:
    """Return the row that says where an article stands and what is printed about it.

    Raises:
        ValueError: its words do not stand there, or those of its date; to store it would break the promise of quotes.
    """
    if text[article.start : article.end] != article.text:
        raise ValueError(f"article {ordinal} does not stand at {article.start} in its text")
    if article.published_at and not article.published_at.holds(article.published_words, article.text):
        raise ValueError(f"the date of article {ordinal} does not stand where it says")
    return {
        "desk_id": extraction["desk_id"],
        "article_id": new_id(extraction["created_at"]),
        "extraction_id": extraction["extraction_id"],
        "ordinal": ordinal,
        "start": article.start,
        "end": article.end,
        **printed(article),
    }


def _spelling_row(row: Row, article: Article) -> Row:
    """Return the row that holds what an article is searched by."""
    words = spell_article(article.text, article.title, article.republished_title)
    return {"desk_id": row["desk_id"], "article_id": row["article_id"], "words": words}


def _proposal_rows(row: Row, extraction: NewExtraction) -> Iterator[Row]:
    """Yield the rows that say where another article may begin, in the text of the whole file."""
    for proposal in extraction.proposals:
        start = extraction.articles[proposal.article].start
        key = {"desk_id": row["desk_id"], "extraction_id": row["extraction_id"]}
        yield {**key, "at": start + proposal.at, "body": start + proposal.body}


def _sentence_rows(article: Row, spans: Sequence[Span]) -> list[Row]:
    """Return the rows that say where an article's sentences stand.

    Raises:
        ValueError: one stands outside of its article.
    """
    length = article["end"] - article["start"]
    if any(span.end > length for span in spans):
        raise ValueError(f"a sentence runs over the end of article {article['ordinal']}")
    key = {"desk_id": article["desk_id"], "article_id": article["article_id"]}
    return [{**key, "ordinal": ordinal, "start": span.start, "end": span.end} for ordinal, span in enumerate(spans)]
