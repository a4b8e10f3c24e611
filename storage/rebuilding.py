"""Bringing the rows of a reading's articles to what corrections make of them."""

from collections.abc import Collection, Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, insert, select, update

from storage.corrections import Piece
from storage.dialects import insert_into
from storage.naming import forget_names, reprint_names
from storage.notation import read_place
from storage.rows import Row, printed
from storage.signing import forget_signatures
from storage.spelling import respell
from storage.tables import article, extraction, former, sentence
from summariser.model import Article, DateKind, Span


def load_pieces(connection: Connection, desk_id: int, extraction_id: int) -> tuple[Piece, ...]:
    """Return the articles of a reading as they are stored, in the order of the text."""
    rows = connection.execute(select(article).where(_of(article, desk_id, extraction_id)).order_by(article.c.ordinal))
    spans = _load_sentences(connection, desk_id, extraction_id)
    return tuple(
        Piece(
            article_id=row.article_id,
            start=row.start,
            end=row.end,
            sentences=tuple(span.moved(row.start) for span in spans.get(row.article_id, ())),
            title=row.title,
            republished_title=row.republished_title,
            source=row.source,
            author=row.author,
            published=row.published,
            published_kind=None if row.published_kind is None else DateKind(row.published_kind),
            published_words=row.published_words,
            published_at=read_place(row.published_at),
            language=row.language,
        )
        for row in rows
    )


def store_pieces(
    connection: Connection, desk_id: int, extraction_id: int, text: str, pieces: Sequence[Piece]
) -> tuple[Piece, ...]:
    """Bring a reading's rows to these articles; return what they were before.

    What has become part of another is noted down, so that citations of it find their words.
    """
    before = load_pieces(connection, desk_id, extraction_id)
    if tuple(pieces) == before:
        return before
    known = {piece.article_id: piece for piece in before}
    kept = {piece.article_id for piece in pieces}
    _take_out(connection, desk_id, [piece for piece in before if piece.article_id not in kept])
    _note_former(connection, desk_id, extraction_id, before, pieces)
    # Out of each other's way: no two articles of a reading may stand at the same place, not even for a moment.
    connection.execute(
        update(article).where(_of(article, desk_id, extraction_id)).values(ordinal=-1 - article.c.ordinal)
    )
    for ordinal, piece in enumerate(pieces):
        if known.get(piece.article_id) == piece:
            this = and_(article.c.desk_id == desk_id, article.c.article_id == piece.article_id)
            connection.execute(update(article).where(this).values(ordinal=ordinal))
        else:
            _write(connection, _row(desk_id, extraction_id, ordinal, text, piece), piece)
    changed = [piece.article_id for piece in pieces if known.get(piece.article_id) != piece]
    respell(connection, desk_id, changed)
    longer = [one.article_id for one in pieces if _extent(known.get(one.article_id)) != _extent(one)]
    forget_signatures(connection, desk_id, longer)
    forget_names(connection, desk_id, longer)
    reprint_names(connection, desk_id, [one for one in changed if one not in longer])
    this_one = and_(extraction.c.desk_id == desk_id, extraction.c.extraction_id == extraction_id)
    connection.execute(update(extraction).where(this_one).values(articles=len(pieces)))
    return before


def _extent(piece: Piece | None) -> tuple[int, int] | None:
    return None if piece is None else (piece.start, piece.end)


def _of(table: Table, desk_id: int, extraction_id: int) -> ColumnElement[bool]:
    return and_(table.c.desk_id == desk_id, table.c.extraction_id == extraction_id)


def _load_sentences(connection: Connection, desk_id: int, extraction_id: int) -> dict[int, tuple[Span, ...]]:
    """Return the sentences of each article of a reading."""
    holds = and_(sentence.c.desk_id == article.c.desk_id, sentence.c.article_id == article.c.article_id)
    rows = connection.execute(
        select(sentence.c.article_id, sentence.c.start, sentence.c.end)
        .select_from(article.join(sentence, holds))
        .where(_of(article, desk_id, extraction_id))
        .order_by(sentence.c.article_id, sentence.c.ordinal)
    )
    groups = groupby(rows, attrgetter("article_id"))
    return {article_id: tuple(Span(row.start, row.end) for row in group) for article_id, group in groups}


def _take_out(connection: Connection, desk_id: int, gone: Collection[Piece]) -> None:
    """Delete articles; their sentences and words go by their foreign keys."""
    ids = [piece.article_id for piece in gone]
    if ids:
        connection.execute(delete(article).where(article.c.desk_id == desk_id, article.c.article_id.in_(ids)))


def _note_former(
    connection: Connection, desk_id: int, extraction_id: int, before: Sequence[Piece], after: Sequence[Piece]
) -> None:
    """Note down where those stood that are part of another now, and forget it of those that are back."""
    ids = {piece.article_id for piece in after}
    back = and_(_of(former, desk_id, extraction_id), former.c.article_id.in_(ids))
    connection.execute(delete(former).where(back))
    rows = [
        {
            "desk_id": desk_id,
            "article_id": piece.article_id,
            "extraction_id": extraction_id,
            "start": piece.start,
            "end": piece.end,
        }
        for piece in before
        if piece.article_id not in ids and any(other.start <= piece.start < other.end for other in after)
    ]
    if rows:
        connection.execute(insert(former), rows)


def _row(desk_id: int, extraction_id: int, ordinal: int, text: str, piece: Piece) -> Row:
    """Return the row of an article."""
    whole = Article(
        text[piece.start : piece.end],
        title=piece.title,
        republished_title=piece.republished_title,
        source=piece.source,
        author=piece.author,
        published=piece.published,
        published_kind=piece.published_kind,
        published_words=piece.published_words,
        published_at=piece.published_at,
        language=piece.language,
        start=piece.start,
    )
    key = {"desk_id": desk_id, "article_id": piece.article_id, "extraction_id": extraction_id, "ordinal": ordinal}
    return {**key, "start": whole.start, "end": whole.end, **printed(whole)}


def _write(connection: Connection, row: Row, piece: Piece) -> None:
    """Insert or change an article, with its sentences."""
    statement = insert_into(connection, article)
    changed = {name: statement.excluded[name] for name in row if name not in {"desk_id", "article_id"}}
    statement = statement.on_conflict_do_update(index_elements=["desk_id", "article_id"], set_=changed)
    connection.execute(statement, row)
    key = {"desk_id": row["desk_id"], "article_id": row["article_id"]}
    this = and_(sentence.c.desk_id == bindparam("desk"), sentence.c.article_id == bindparam("article"))
    connection.execute(delete(sentence).where(this), {"desk": row["desk_id"], "article": row["article_id"]})
    spans = (span.moved(-piece.start) for span in piece.sentences)
    rows = [{**key, "ordinal": number, "start": span.start, "end": span.end} for number, span in enumerate(spans)]
    if rows:
        connection.execute(insert(sentence), rows)
