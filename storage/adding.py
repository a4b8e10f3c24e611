"""Adding an upload: its bytes, what was read in them, and who brought them, all in one transaction."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, update
from sqlalchemy.dialects import sqlite

from storage.base import Added, Ceilings, Scope
from storage.errors import MissingExtractionError
from storage.quota import check_day
from storage.rows import Parcel, Row
from storage.tables import article, blob, desk, extraction, sentence, spelling, upload
from storage.visibility import UPLOADED_ARTICLES, visible

_Content = tuple[int, str]
"""An article's id and the sha256 of its text."""


def add(connection: Connection, scope: Scope, parcel: Parcel, ceilings: Ceilings | None = None) -> Added:
    """Store an upload; see `Storage.add`.

    The transaction holds the write lock from its beginning, so what is looked up here still holds when it is written;
    behind each check stands a constraint all the same.
    """
    repeated = _repeated(connection, scope, parcel.upload)
    if repeated is not None:
        return repeated
    if ceilings is not None:
        row, size = parcel.upload, parcel.blob["size"]
        check_day(connection, scope.desk_id, row["uploader_id"], size=size, ceilings=ceilings, now=row["created_at"])
    insert_new(connection, desk, {"desk_id": scope.desk_id})
    insert_new(connection, blob, parcel.blob)
    contents = _store_extraction(connection, parcel)
    known = _known(connection, scope, contents)
    connection.execute(insert(upload), parcel.upload)
    return Added(parcel.upload["upload_id"], _ids(contents), known, repeated=False)


def has_extraction(connection: Connection, desk_id: int, digest: str, parser: str, parser_version: int) -> bool:
    """Tell whether these bytes were read by this parser; see `Storage.has_extraction`."""
    return _extraction_id(connection, desk_id, digest, _by(parser, parser_version)) is not None


def insert_new(connection: Connection, table: Table, row: Row) -> None:
    """Insert a row unless its key is there already."""
    connection.execute(sqlite.insert(table).on_conflict_do_nothing(), row)


def _repeated(connection: Connection, scope: Scope, row: Row) -> Added | None:
    """Return what was added when the same origin brought the same attachment before, or None."""
    before = connection.execute(
        select(upload.c.upload_id, upload.c.blob).where(
            upload.c.desk_id == scope.desk_id,
            upload.c.origin_id == row["origin_id"],
            upload.c.attachment_id == row["attachment_id"],
        )
    ).one_or_none()
    if before is None:
        return None
    contents = _shared(connection, scope.desk_id, before.blob)
    known = _known(connection, scope, contents, upload.c.upload_id < before.upload_id)
    return Added(before.upload_id, _ids(contents), known, repeated=True)


def _store_extraction(connection: Connection, parcel: Parcel) -> tuple[_Content, ...]:
    """Store what was read, unless this parser had read these bytes before; return the contents of its articles."""
    row = parcel.extraction
    if row is None:
        return _shared(connection, parcel.blob["desk_id"], parcel.blob["sha256"])
    by = _by(row["parser"], row["parser_version"])
    there = _extraction_id(connection, row["desk_id"], row["blob"], by)
    if there is not None:
        return _contents(connection, row["desk_id"], there)
    older = and_(extraction.c.desk_id == row["desk_id"], extraction.c.blob == row["blob"])
    connection.execute(update(extraction).where(older).values(superseded=True))
    connection.execute(insert(extraction), row)
    _insert_all(connection, article, parcel.articles)
    _insert_all(connection, sentence, parcel.sentences)
    _insert_all(connection, spelling, parcel.spellings)
    return tuple((article["article_id"], article["content_sha256"]) for article in parcel.articles)


def _shared(connection: Connection, desk_id: int, digest: str) -> tuple[_Content, ...]:
    """Return the contents of what was last read in these bytes.

    Raises:
        MissingExtractionError: nothing was.
    """
    extraction_id = _extraction_id(connection, desk_id, digest, ~extraction.c.superseded)
    if extraction_id is None:
        raise MissingExtractionError
    return _contents(connection, desk_id, extraction_id)


def _by(parser: str, parser_version: int) -> ColumnElement[bool]:
    """Return the condition that this parser read it."""
    return and_(extraction.c.parser == parser, extraction.c.parser_version == parser_version)


def _extraction_id(connection: Connection, desk_id: int, digest: str, which: ColumnElement[bool]) -> int | None:
    """Return the id of the one extraction of these bytes that fits, or None."""
    of_bytes = and_(extraction.c.desk_id == desk_id, extraction.c.blob == digest)
    return connection.execute(select(extraction.c.extraction_id).where(of_bytes, which)).scalar_one_or_none()


def _contents(connection: Connection, desk_id: int, extraction_id: int) -> tuple[_Content, ...]:
    """Return the contents of an extraction's articles, in the order of the file."""
    rows = connection.execute(
        select(article.c.article_id, article.c.content_sha256)
        .where(article.c.desk_id == desk_id, article.c.extraction_id == extraction_id)
        .order_by(article.c.ordinal)
    )
    return tuple((row.article_id, row.content_sha256) for row in rows)


def _known(
    connection: Connection, scope: Scope, contents: Sequence[_Content], *further: ColumnElement[bool]
) -> tuple[int, ...]:
    """Return the ids of those whose text stands in a visible upload."""
    alike = and_(article.c.desk_id == scope.desk_id, article.c.content_sha256.in_({content for _, content in contents}))
    seen = select(article.c.content_sha256).select_from(UPLOADED_ARTICLES).where(visible(scope), alike, *further)
    texts = set(connection.execute(seen.distinct()).scalars())
    return tuple(article_id for article_id, content in contents if content in texts)


def _insert_all(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert these rows; without any there is nothing to do."""
    if rows:
        connection.execute(insert(table), rows)


def _ids(contents: Collection[_Content]) -> tuple[int, ...]:
    """Return the ids of articles."""
    return tuple(article_id for article_id, _ in contents)
