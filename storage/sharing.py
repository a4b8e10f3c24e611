"""Letting more people see what was brought, and giving it back as it was received."""

from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, select

from storage.base import Added, Scope, StoredUpload
from storage.errors import ErasedError, UnknownArticleError
from storage.ids import new_id
from storage.places import find_place
from storage.tables import article, blob, extraction, upload
from storage.uploads import uploads
from storage.visibility import visible


def original(connection: Connection, scope: Scope, article_id: int) -> tuple[StoredUpload, bytes]:
    """Return the first visible upload and its bytes; see `Storage.original`."""
    digest = find_place(connection, scope, article_id).blob
    upload_id, _ = _first(connection, scope, digest)
    (stored,) = uploads(connection, scope, [upload_id])
    _check_whole(connection, scope.desk_id, digest)
    these = and_(blob.c.desk_id == scope.desk_id, blob.c.sha256 == digest)
    return stored, connection.execute(select(blob.c.data).where(these)).scalar_one()


def share(
    connection: Connection, scope: Scope, article_id: int, *, audience_id: int, origin_id: int, now: datetime
) -> Added:
    """Let a further audience see a file; see `Storage.share`."""
    digest = find_place(connection, scope, article_id).blob
    first, seen_by = _first(connection, scope, digest)
    _check_whole(connection, scope.desk_id, digest)
    ids = _articles(connection, scope.desk_id, digest)
    if seen_by == audience_id:
        return Added(first, ids, ids, repeated=True)
    shared = and_(upload.c.desk_id == scope.desk_id, upload.c.shared_from == first)
    again = select(upload.c.upload_id).where(shared, upload.c.audience_id == audience_id)
    before = connection.execute(again.limit(1)).scalar()
    if before is not None:
        return Added(before, ids, ids, repeated=True)
    upload_id = new_id(now)
    this = and_(upload.c.desk_id == scope.desk_id, upload.c.upload_id == first)
    row = connection.execute(select(upload).where(this)).mappings().one()
    # Neither where it came from nor the message there is for everyone who is to see it now. No attachment's id
    # either, and so a number below 0, its own: what was taken back may be shared again by the same interaction.
    changed = {
        "upload_id": upload_id,
        "audience_id": audience_id,
        "channel_id": audience_id,
        "message_id": None,
        "origin_id": origin_id,
        "attachment_id": -upload_id,
        "created_at": now,
        "shared_from": first,
    }
    connection.execute(insert(upload), {**row, **changed})
    return Added(upload_id, ids, ids, repeated=False)


def _check_whole(connection: Connection, desk_id: int, digest: str) -> None:
    """Look whether a file is still there as it was received.

    Raises:
        ErasedError: an article was erased from it, and the file with that.
    """
    these = and_(blob.c.desk_id == desk_id, blob.c.sha256 == digest)
    row = connection.execute(select(blob.c.size, func.length(blob.c.data)).where(these)).one()
    if row[0] and not row[1]:
        raise ErasedError


def _first(connection: Connection, scope: Scope, digest: str) -> tuple[int, int]:
    """Return the first visible upload of these bytes, and for whom it was brought.

    Raises:
        UnknownArticleError: none is visible.
    """
    statement = select(upload.c.upload_id, upload.c.audience_id).where(visible(scope), upload.c.blob == digest)
    row = connection.execute(statement.order_by(upload.c.upload_id).limit(1)).first()
    if row is None:
        raise UnknownArticleError
    return row[0], row[1]


def _articles(connection: Connection, desk_id: int, digest: str) -> tuple[int, ...]:
    """Return what was last read in these bytes, in the order of the file."""
    read = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
    these = and_(extraction.c.desk_id == desk_id, extraction.c.blob == digest, ~extraction.c.superseded)
    statement = select(article.c.article_id).select_from(article.join(extraction, read)).where(these)
    return tuple(connection.execute(statement.order_by(article.c.ordinal)).scalars())
