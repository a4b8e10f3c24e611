"""What a scope may see: the one condition that every read carries."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    FromClause,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    select,
    true,
)

from storage.base import Scope
from storage.tables import article, extraction, upload

# Made once: SQLAlchemy takes longer to name the columns of an alias than SQLite to answer.
_other = upload.alias("other")
_read = and_(extraction.c.desk_id == upload.c.desk_id, extraction.c.blob == upload.c.blob)
_holds = and_(article.c.desk_id == extraction.c.desk_id, article.c.extraction_id == extraction.c.extraction_id)

UPLOADED_ARTICLES = upload.join(extraction, _read).join(article, _holds)
"""Uploads, each with the articles that were read in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Anybody:
    """Stands for a scope in a statement that is made once and run for many: making one takes longer than to run it."""

    desk_id: BindParameter[int]
    audiences: BindParameter[Any] | None


_DESK = bindparam("desk", type_=BigInteger)
_WHOLE_DESK = Anybody(_DESK, None)
_SOME = Anybody(_DESK, bindparam("audiences", type_=BigInteger, expanding=True))


def anybody(scope: Scope) -> Anybody:
    """Return what stands for this scope, and all like it, in a statement; `asking` is what it is run with."""
    return _WHOLE_DESK if scope.audiences is None else _SOME


def asking(scope: Scope, **more: object) -> dict[str, object]:
    """Return with what a statement for `anybody` is run, so that it answers this scope."""
    audiences = {} if scope.audiences is None else {"audiences": sorted(scope.audiences)}
    return {"desk": scope.desk_id, **audiences, **more}


def visible(scope: Scope | Anybody, source: FromClause = upload) -> ColumnElement[bool]:
    """Return the condition that an upload is of the scope's desk and for one of its audiences."""
    in_desk = source.c.desk_id == scope.desk_id
    return in_desk if scope.audiences is None else and_(in_desk, source.c.audience_id.in_(scope.audiences))


def brought(scope: Scope | Anybody, blob: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a visible upload brought these bytes."""
    return exists(select(true()).where(visible(scope, _other), _other.c.blob == blob))


def first_upload(scope: Scope | Anybody, blob: ColumnElement[str]) -> ScalarSelect[int]:
    """Return the id of the first visible upload of these bytes.

    An article was "added" when the scope could first see it: an earlier upload out of sight must not show, not even
    by a date or an order.
    """
    same = and_(visible(scope, _other), _other.c.blob == blob)
    return select(func.min(_other.c.upload_id)).where(same).scalar_subquery()


def came_first(scope: Scope | Anybody, uploader_id: int | BindParameter[int] | None = None) -> ColumnElement[bool]:
    """Return the condition that no visible upload, or none of this person, brought the same bytes before this one."""
    earlier = and_(_other.c.blob == upload.c.blob, _other.c.upload_id < upload.c.upload_id)
    # Added to nothing, so that SQLite looks the bytes up and does not walk through all that the person brought.
    whose = [] if uploader_id is None else [_other.c.uploader_id + 0 == uploader_id]
    return ~exists(select(true()).where(visible(scope, _other), earlier, *whose))
