"""Uploads: finding them, linking to them, taking them out."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    Select,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    true,
    update,
)

from storage.articles import heads
from storage.base import ArticleHead, Removed, Scope, StoredUpload
from storage.places import find_place
from storage.rows import to_notes
from storage.tables import blob, corrected, extraction, trash, upload
from storage.visibility import Anybody, anybody, asking, brought, visible


def uploads(connection: Connection, scope: Scope, upload_ids: Sequence[int]) -> tuple[StoredUpload, ...]:
    """Return the visible ones among these; see `Storage.uploads`."""
    rows = connection.execute(_uploads(anybody(scope)), asking(scope, ids=list(upload_ids))).all()
    found = {stored.upload_id: stored for stored in _with_articles(connection, scope, rows)}
    return tuple(found[upload_id] for upload_id in dict.fromkeys(upload_ids) if upload_id in found)


def origins(connection: Connection, scope: Scope, article_id: int) -> tuple[StoredUpload, ...]:
    """Return the visible uploads that brought an article; see `Storage.origins`."""
    place = find_place(connection, scope, article_id)
    rows = connection.execute(_origins(anybody(scope)), asking(scope, blob=place.blob)).all()
    return _with_articles(connection, scope, rows)


def anchor(connection: Connection, scope: Scope, upload_ids: Sequence[int], channel_id: int, message_id: int) -> None:
    """Record the message that carries these; see `Storage.anchor`."""
    unanchored = and_(visible(scope), upload.c.upload_id.in_(upload_ids), upload.c.message_id.is_(None))
    connection.execute(update(upload).where(unanchored).values(channel_id=channel_id, message_id=message_id))


def remove_uploads(connection: Connection, scope: Scope, upload_ids: Sequence[int]) -> Removed:
    """Delete the visible ones among these; see `Storage.remove_uploads`."""
    chosen = and_(visible(scope), upload.c.upload_id.in_(upload_ids))
    rows = connection.execute(select(upload.c.upload_id, upload.c.blob).where(chosen)).all()
    seen = {row.blob for row in rows}
    also = _delete_with_shares(connection, scope.desk_id, [row.upload_id for row in rows])
    # Another copy that was shared out of sight goes as well, and shows in no number.
    articles = out_of_sight(connection, scope, seen)
    delete_unbrought(connection, scope.desk_id, seen | also)
    return Removed(len(rows), articles)


def _delete_with_shares(connection: Connection, desk_id: int, upload_ids: Collection[int]) -> set[str]:
    """Delete uploads, and what was shared from them, which need not be in sight; return what the shares brought.

    Those are the same bytes, but perhaps another copy of them: one that was corrected since.
    """
    digests: set[str] = set()
    while upload_ids:
        hanging = and_(upload.c.desk_id == desk_id, upload.c.shared_from.in_(upload_ids))
        shares = connection.execute(select(upload.c.upload_id, upload.c.blob).where(hanging)).all()
        connection.execute(delete(upload).where(upload.c.desk_id == desk_id, upload.c.upload_id.in_(upload_ids)))
        upload_ids = [share.upload_id for share in shares]
        digests |= {share.blob for share in shares}
    return digests


def delete_unbrought(connection: Connection, desk_id: int, digests: Collection[str]) -> None:
    """Delete those bytes that no upload of the desk brings any more, nor one in the trash may bring back.

    What was read in them goes by its foreign keys.
    """
    still = exists(select(true()).where(upload.c.desk_id == desk_id, upload.c.blob == blob.c.sha256))
    removed = exists(select(true()).where(trash.c.desk_id == desk_id, trash.c.blob == blob.c.sha256))
    unbrought = and_(blob.c.desk_id == desk_id, blob.c.sha256.in_(digests), ~still, ~removed)
    connection.execute(delete(blob).where(unbrought))


def out_of_sight(connection: Connection, scope: Scope, digests: Collection[str]) -> int:
    """Return how many articles of these bytes the scope can no longer see.

    Not how many were deleted: that an upload out of sight keeps them must not show in a number.
    """
    current = and_(extraction.c.desk_id == scope.desk_id, extraction.c.blob.in_(digests), ~extraction.c.superseded)
    statement = select(func.coalesce(func.sum(extraction.c.articles), 0))
    return int(connection.execute(statement.where(current, ~brought(scope, extraction.c.blob))).scalar_one())


@cache
def _uploads(scope: Anybody) -> Select[*tuple[Any, ...]]:
    return _all(scope).where(upload.c.upload_id.in_(bindparam("ids", type_=BigInteger, expanding=True)))


@cache
def _origins(scope: Anybody) -> Select[*tuple[Any, ...]]:
    return _all(scope).where(upload.c.blob == bindparam("blob", type_=String))


def _all(scope: Anybody) -> Select[*tuple[Any, ...]]:
    """Return the statement for the visible uploads, the earliest first, each with what was read in it."""
    kept = and_(blob.c.desk_id == scope.desk_id, blob.c.sha256 == upload.c.blob)
    read = and_(extraction.c.desk_id == scope.desk_id, extraction.c.blob == upload.c.blob, ~extraction.c.superseded)
    own = and_(corrected.c.desk_id == scope.desk_id, corrected.c.blob == upload.c.blob)
    return (
        select(
            upload,
            func.coalesce(corrected.c.copy_of, upload.c.blob).label("digest"),
            blob.c.size,
            extraction.c.extraction_id,
            extraction.c.format,
            extraction.c.encoding,
            extraction.c.notes,
        )
        .select_from(upload.join(blob, kept).join(extraction, read).outerjoin(corrected, own))
        .where(visible(scope))
        .order_by(upload.c.upload_id)
    )


def _with_articles(
    connection: Connection, scope: Scope, rows: Sequence[Row[*tuple[Any, ...]]]
) -> tuple[StoredUpload, ...]:
    """Return uploads with their articles."""
    articles = heads(connection, scope, {row.extraction_id for row in rows})
    return tuple(_stored(row, articles.get(row.extraction_id, ())) for row in rows)


def _stored(row: Row[*tuple[Any, ...]], articles: tuple[ArticleHead, ...]) -> StoredUpload:
    """Return an upload with its articles."""
    return StoredUpload(
        upload_id=row.upload_id,
        blob=row.digest,
        size=row.size,
        filename=row.filename,
        uploader_id=row.uploader_id,
        audience_id=row.audience_id,
        channel_id=row.channel_id,
        message_id=row.message_id,
        url=row.url,
        media_type=row.media_type,
        created_at=row.created_at,
        format=row.format,
        encoding=row.encoding,
        notes=to_notes(row.notes),
        articles=articles,
    )
