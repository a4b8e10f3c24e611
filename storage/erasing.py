"""Erasing for good what a correction took out of a file of several articles, while the others stay."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, select, true, update

from storage.base import ArticleHead, Drop, Dropped, Scope
from storage.corrections import Piece, apply
from storage.notation import name_of, read_change, read_pieces, write_pieces
from storage.rebuilding import load_pieces
from storage.rows import OPENING, Row, text_id
from storage.tables import blob, corrected, correction, extraction, uncorrected, upload
from storage.visibility import brought, visible
from summariser.model import NoteKind

DROP = name_of(Drop())
_later = correction.alias("later")


def erase_dropped(connection: Connection, before: datetime) -> bool:
    """Erase what was taken out of one file before then; return whether there was nothing.

    Its words are blanked in the stored text, so that every other place in it holds, and taken out of the notes on
    reading it; the file as it was received goes, and readings by earlier versions. What was put right in the file stays
    so, and cannot be taken back any more.
    """
    due = and_(correction.c.change == DROP, correction.c.made_at < before, correction.c.withdrawn_at.is_(None))
    # All at once: what was taken out of the same file later can still be brought back, and would go with it.
    same = and_(_later.c.desk_id == correction.c.desk_id, _later.c.blob == correction.c.blob)
    later = and_(same, _later.c.change == DROP, _later.c.made_at >= before, _later.c.withdrawn_at.is_(None))
    waits = exists(select(true()).where(later))
    found = connection.execute(select(correction.c.desk_id, correction.c.blob).where(due, ~waits).limit(1)).first()
    if found is None:
        return True
    desk_id, digest = found
    of_bytes = and_(extraction.c.desk_id == desk_id, extraction.c.blob == digest)
    connection.execute(delete(extraction).where(of_bytes, extraction.c.superseded))
    extraction_id = connection.execute(select(extraction.c.extraction_id).where(of_bytes)).scalar_one()
    pieces = load_pieces(connection, desk_id, extraction_id)
    text, gone = _taken_out(connection, desk_id, digest)
    text = blank(text, pieces, gone)
    notes = without_words(connection.execute(select(extraction.c.notes).where(of_bytes)).scalar_one(), pieces)
    connection.execute(update(extraction).where(of_bytes).values(text=text, text_sha256=text_id(text), notes=notes))
    this = and_(uncorrected.c.desk_id == desk_id, uncorrected.c.extraction_id == extraction_id)
    connection.execute(update(uncorrected).where(this).values(articles=write_pieces(pieces)))
    _settle(connection, desk_id, digest, {piece.article_id for piece in pieces})
    _let_go_of_bytes(connection, desk_id, digest)
    return False


def blank(text: str, kept: Sequence[Piece], gone: Sequence[Piece]) -> str:
    """Return the text with spaces where these stood, from the end of what is kept before to the beginning after.

    The headline of an article stands between it and the one before.
    """
    for piece in gone:
        start = max((other.end for other in kept if other.end <= piece.start), default=0)
        end = min((other.start for other in kept if other.start >= piece.end), default=len(text))
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def without_words(notes: Sequence[Row], kept: Sequence[Piece]) -> list[Row]:
    """Return the notes without words that may have stood in what is gone; that something was left out stays known.

    A note does not say which article it is on: what holds the title or the date of one that is kept is its own. What
    was refused was never an article.
    """
    own = {piece.title for piece in kept} | {piece.published_at.holder for piece in kept if piece.published_at}
    return [
        note
        if note["text"] in own or note["kind"] == NoteKind.REFUSED or note["role"] == "encoding"
        else {**note, "text": "", "detail": _unquoted(note)}
        for note in notes
    ]


def _unquoted(note: Row) -> str:
    """Return what a note says to people, unless it quotes the words."""
    words, detail = str(note["text"]), str(note["detail"])
    return "" if words and words in detail else detail


def dropped(connection: Connection, scope: Scope, limit: int) -> tuple[Dropped, ...]:
    """Return the articles taken out of visible files, the latest first; see `Storage.dropped`."""
    standing = and_(correction.c.desk_id == scope.desk_id, correction.c.withdrawn_at.is_(None))
    drops = select(correction).where(standing, correction.c.change == DROP, brought(scope, correction.c.blob))
    rows = connection.execute(drops.order_by(correction.c.correction_id.desc()).limit(limit)).mappings().all()
    heads: dict[tuple[str, int], ArticleHead] = {}
    uploaders: dict[str, frozenset[int]] = {}
    for digest in {row["blob"] for row in rows}:
        uploads = select(upload.c.uploader_id, upload.c.created_at).where(visible(scope), upload.c.blob == digest)
        brought_by = connection.execute(uploads.order_by(upload.c.upload_id)).all()
        uploaders[digest] = frozenset(row.uploader_id for row in brought_by)
        text, pieces = _taken_out(connection, scope.desk_id, digest)
        for piece in pieces:
            heads[digest, piece.article_id] = _head(text, piece, brought_by[0].created_at)
    # Bytes that became two copies after something was taken out carry the same correction twice.
    found = {row["correction_id"]: row for row in rows if (row["blob"], row["article_id"]) in heads}
    return tuple(
        Dropped(
            correction_id=row["correction_id"],
            made_at=row["made_at"],
            made_by=row["made_by"],
            uploader_ids=uploaders[row["blob"]],
            article=heads[row["blob"], row["article_id"]],
        )
        for row in found.values()
    )


def _head(text: str, piece: Piece, created_at: datetime) -> ArticleHead:
    opening = text[piece.start : piece.end][:OPENING]
    return ArticleHead(piece.article_id, piece.title, piece.source, piece.published, created_at, opening)


def _taken_out(connection: Connection, desk_id: int, digest: str) -> tuple[str, tuple[Piece, ...]]:
    """Return the text read in these bytes, and all articles that were taken out of it, as they stood."""
    current = and_(extraction.c.desk_id == desk_id, extraction.c.blob == digest, ~extraction.c.superseded)
    row = connection.execute(select(extraction.c.extraction_id, extraction.c.text).where(current)).one()
    this = and_(uncorrected.c.desk_id == desk_id, uncorrected.c.extraction_id == row.extraction_id)
    read = read_pieces(connection.execute(select(uncorrected.c.articles).where(this)).scalar_one())
    standing = and_(correction.c.desk_id == desk_id, correction.c.blob == digest, correction.c.withdrawn_at.is_(None))
    rows = connection.execute(select(correction).where(standing).order_by(correction.c.correction_id)).mappings()
    changes = [
        read_change(each["correction_id"], each["article_id"], each["change"], each["values"])
        for each in rows
        if not each["values"].get("settled")
    ]
    here = [change for change in changes if change.extraction_id == row.extraction_id]
    ids = {change.article_id for change in here if isinstance(change.correction, Drop)}
    others = [change for change in here if not isinstance(change.correction, Drop)]
    return row.text, tuple(piece for piece in apply(row.text, read, others) if piece.article_id in ids)


def _settle(connection: Connection, desk_id: int, digest: str, article_ids: Collection[int]) -> None:
    """Let corrections of what is left stand for good, and forget those of what is gone."""
    of_bytes = and_(correction.c.desk_id == desk_id, correction.c.blob == digest)
    connection.execute(delete(correction).where(of_bytes, correction.c.article_id.not_in(article_ids)))
    # What was withdrawn may quote what is gone.
    connection.execute(delete(correction).where(of_bytes, correction.c.withdrawn_at.is_not(None)))
    rows = connection.execute(select(correction.c.correction_id, correction.c["values"]).where(of_bytes)).all()
    for row in rows:
        this = and_(of_bytes, correction.c.correction_id == row.correction_id)
        connection.execute(update(correction).where(this).values({correction.c["values"]: _settled(row[1])}))


def _settled(values: Row) -> Row:
    """Return what is kept of a correction that stands for good: none of the words by which it found its place.

    Nor the title that a split gave: the article that has it has it, and the one that had it may be gone.
    """
    told = values["correction"]
    told = {**told, "title": None} if "at" in told else told
    return {**values, "correction": told, "words": {"content": "", "opening": []}, "cut": None, "settled": True}


def _let_go_of_bytes(connection: Connection, desk_id: int, digest: str) -> None:
    """Delete the file as it was received; that there was one, and how large, stays known."""
    this = and_(blob.c.desk_id == desk_id, blob.c.sha256 == digest)
    connection.execute(update(blob).where(this).values(data=b""))
    copy = and_(corrected.c.desk_id == desk_id, corrected.c.blob == digest)
    connection.execute(update(corrected).where(copy).values(copy_of=None))
