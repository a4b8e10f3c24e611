"""Adding an upload: its bytes, what was read in them, and who brought them, all in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import Insert

from storage.base import Added, Ceilings, Scope
from storage.correcting import replay
from storage.dialects import insert_into, insert_rows
from storage.errors import MissingExtractionError
from storage.naming import store_names
from storage.quota import check_day
from storage.rows import Parcel, Row
from storage.tables import (
    article,
    blob,
    corrected,
    desk,
    extraction,
    proposal,
    sentence,
    signature,
    signature_key,
    spelling,
    trash,
    unnamed,
    upload,
)
from storage.trash import drop_repeated
from storage.visibility import UPLOADED_ARTICLES, Anybody, anybody, asking, visible

_Content = tuple[int, str]
"""An article's id and the sha256 of its text."""


def add(connection: Connection, scope: Scope, parcel: Parcel, ceilings: Ceilings | None = None) -> Added:
    """Store an upload; see `Storage.add`.

    The transaction holds the write lock from its beginning, so what is looked up here still holds when it is written;
    behind each check stands a constraint all the same.
    """
    met = connection.execute(_MET, _asked(scope, parcel.upload)).one()
    if met.before is not None:
        return _repeated(connection, scope, met.before)
    digest = parcel.upload["blob"]
    if ceilings is not None:
        row, size = parcel.upload, parcel.blob["size"]
        check_day(connection, scope.desk_id, row["uploader_id"], size=size, ceilings=ceilings, now=row["created_at"])
    if not met.desk_there:
        insert_new(connection, desk, {"desk_id": scope.desk_id})
    if met.copy is not None:
        parcel = _of_copy(parcel, met.copy)
    # In bytes that come for the first time nobody has read anything.
    fresh = met.copy is None and not met.bytes_there
    contents = _store_extraction(connection, parcel, fresh=fresh, corrected_copy=met.copy is not None)
    known = _known(connection, scope, contents)
    connection.execute(insert(upload), parcel.upload)
    if met.thrown_away:
        drop_repeated(connection, parcel.upload, digest)
    return Added(parcel.upload["upload_id"], _ids(contents), known, repeated=False)


def has_extraction(connection: Connection, desk_id: int, digest: str, parser: str, parser_version: int) -> bool:
    """Tell whether these bytes were read by this parser, in all their copies; see `Storage.has_extraction`."""
    if _extraction_id(connection, desk_id, digest, _by(parser, parser_version)) is None:
        return False
    read = and_(extraction.c.desk_id == desk_id, extraction.c.blob == corrected.c.blob, _by(parser, parser_version))
    copies = select(true()).where(corrected.c.desk_id == desk_id, corrected.c.copy_of == digest)
    return connection.execute(copies.where(~exists(select(true()).where(read))).limit(1)).first() is None


# By engine and table: to make a statement takes several times as long as to run it.
_INSERT_NEW: dict[tuple[str, Table], Insert] = {}


def insert_new(connection: Connection, table: Table, row: Row) -> None:
    """Insert a row unless its key is there already."""
    of_engine = connection.dialect.name, table
    if of_engine not in _INSERT_NEW:
        _INSERT_NEW[of_engine] = insert_into(connection, table).on_conflict_do_nothing()
    connection.execute(_INSERT_NEW[of_engine], row)


def _asked(scope: Scope, row: Row) -> Row:
    """Return what `_MET` is asked with."""
    return {
        "desk_id": scope.desk_id,
        **{name: row[name] for name in ("origin_id", "attachment_id", "audience_id", "blob")},
    }


def _met() -> Select[int | None, str | None, bool, bool, bool]:
    """Return the question what an upload meets: all at once, and made once, since nearly every upload meets nothing.

    That is the upload that the same origin and attachment made before; the corrected copy of its bytes that it is to
    join; whether the bytes are in the trash; and whether the desk and the bytes are known.
    """
    desk_id, digest = bindparam("desk_id", type_=BigInteger), bindparam("blob", type_=String)
    same = and_(upload.c.desk_id == desk_id, upload.c.origin_id == bindparam("origin_id"))
    before = select(upload.c.upload_id).where(same, upload.c.attachment_id == bindparam("attachment_id"))
    # Those who see a corrected reading of the bytes see it of the new upload too; others do not learn of it.
    copies = and_(corrected.c.desk_id == desk_id, corrected.c.copy_of == digest)
    brought = and_(upload.c.desk_id == desk_id, upload.c.blob == corrected.c.blob)
    seen = and_(copies, upload.c.audience_id == bindparam("audience_id"))
    copy = select(corrected.c.blob).select_from(corrected.join(upload, brought)).where(seen)
    copy = copy.order_by(upload.c.upload_id).limit(1)
    thrown = exists(select(true()).where(trash.c.desk_id == desk_id, trash.c.blob == digest))
    thrown_copy = and_(trash.c.desk_id == desk_id, trash.c.blob == corrected.c.blob)
    thrown_too = exists(select(true()).select_from(corrected.join(trash, thrown_copy)).where(copies))
    here = exists(select(true()).where(desk.c.desk_id == desk_id))
    stored = exists(select(true()).where(blob.c.desk_id == desk_id, blob.c.sha256 == digest))
    return select(
        before.scalar_subquery().label("before"),
        copy.scalar_subquery().label("copy"),
        or_(thrown, thrown_too).label("thrown_away"),
        here.label("desk_there"),
        stored.label("bytes_there"),
    )


_MET = _met()


def _repeated(connection: Connection, scope: Scope, upload_id: int) -> Added:
    """Return what was added by an upload that is there already."""
    this = and_(upload.c.desk_id == scope.desk_id, upload.c.upload_id == upload_id)
    digest = connection.execute(select(upload.c.blob).where(this)).scalar_one()
    contents = _shared(connection, scope.desk_id, digest)
    known = _known(connection, scope, contents, upload_id)
    return Added(upload_id, _ids(contents), known, repeated=True)


def _of_copy(parcel: Parcel, name: str) -> Parcel:
    """Return the rows of an upload that joins a corrected copy of its bytes."""
    row = None if parcel.extraction is None else {**parcel.extraction, "blob": name}
    return replace(parcel, upload={**parcel.upload, "blob": name}, extraction=row)


def _store_extraction(
    connection: Connection, parcel: Parcel, *, fresh: bool, corrected_copy: bool
) -> tuple[_Content, ...]:
    """Store what was read, unless this parser had read these bytes before; return the contents of its articles.

    The bytes themselves, where they are `fresh`, are stored with it.
    """
    row = parcel.extraction
    if row is None:
        return _shared(connection, parcel.upload["desk_id"], parcel.upload["blob"])
    if not fresh:
        there = _extraction_id(connection, row["desk_id"], row["blob"], _by(row["parser"], row["parser_version"]))
        if there is not None:
            return _contents(connection, row["desk_id"], there)
        older = and_(extraction.c.desk_id == row["desk_id"], extraction.c.blob == row["blob"])
        connection.execute(update(extraction).where(older).values(superseded=True))
    insert_rows(
        connection,
        (blob, [parcel.blob] if fresh else []),
        (extraction, [row]),
        (article, parcel.articles),
        (sentence, parcel.sentences),
        (spelling, parcel.spellings),
        (proposal, parcel.proposals),
        (signature, parcel.signatures),
        (signature_key, parcel.keys),
        (unnamed, parcel.unnamed),
    )
    store_names(connection, row["desk_id"], parcel.named, parcel.articles, row["created_at"])
    if corrected_copy:
        replay(connection, row["desk_id"], row["blob"], row["created_at"])
        return _contents(connection, row["desk_id"], row["extraction_id"])
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
    connection: Connection, scope: Scope, contents: Sequence[_Content], before: int | None = None
) -> tuple[int, ...]:
    """Return the ids of those whose text stands in a visible upload, or in one made before this one."""
    asked = {"contents": sorted({content for _, content in contents}), **({} if before is None else {"before": before})}
    seen = connection.execute(_seen(anybody(scope), earlier=before is not None), asking(scope, **asked))
    texts = set(seen.scalars())
    return tuple(article_id for article_id, content in contents if content in texts)


@cache
def _seen(who: Anybody, *, earlier: bool) -> Select[str]:
    """Return the question which contents stand in a visible upload."""
    contents = bindparam("contents", type_=String, expanding=True)
    alike = and_(article.c.desk_id == who.desk_id, article.c.content_sha256.in_(contents))
    further = [upload.c.upload_id < bindparam("before", type_=BigInteger)] if earlier else []
    seen = select(article.c.content_sha256).select_from(UPLOADED_ARTICLES).where(visible(who), alike, *further)
    return seen.distinct()


def _ids(contents: Collection[_Content]) -> tuple[int, ...]:
    """Return the ids of articles."""
    return tuple(article_id for article_id, _ in contents)
