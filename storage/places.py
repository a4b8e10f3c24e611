"""Where an article stands: under its own id, or as part of another since a correction, or in a copy of its bytes."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, select

from storage.base import Scope
from storage.errors import UnknownArticleError
from storage.tables import article, extraction, former
from storage.visibility import brought

_holder = article.alias("holder")
_extracted = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
_same = and_(_holder.c.desk_id == extraction.c.desk_id, _holder.c.extraction_id == extraction.c.extraction_id)


@dataclass(frozen=True, slots=True)
class Place:
    """A visible article."""

    article_id: int
    extraction_id: int
    blob: str
    superseded: bool
    offset: int
    """How far into its text the place is that was asked for."""


def find_place(connection: Connection, scope: Scope, article_id: int, offset: int = 0) -> Place:
    """Return the visible article that holds what stands, or stood, so far into the text of this one.

    Raises:
        UnknownArticleError: it does not exist, is not visible, or nothing that is shown holds the place.
    """
    asked = and_(article.c.desk_id == scope.desk_id, article.c.article_id == article_id)
    if offset == 0:
        statement = _select(article, article.join(extraction, _extracted), article.c.start).where(asked)
    else:
        source = article.join(extraction, _extracted).join(_holder, _same)
        place = article.c.start + offset
        statement = _select(_holder, source, place).where(asked, _covers(place))
    found = _first(connection, scope, statement)
    if found is None:
        found = _first(connection, scope, _once(scope, article_id, offset))
    if found is None:
        raise UnknownArticleError
    return found


def _once(scope: Scope, article_id: int, offset: int) -> Select[int, int, str, bool, int]:
    """Return the statement for the article that holds what stood under an id."""
    read = and_(extraction.c.desk_id == former.c.desk_id, extraction.c.extraction_id == former.c.extraction_id)
    place = former.c.start + offset
    source = former.join(extraction, read).join(_holder, _same)
    stood = and_(former.c.desk_id == scope.desk_id, former.c.article_id == article_id)
    statement = _select(_holder, source, place).where(stood, _covers(place))
    # In several copies in sight, the reading that lists show comes first.
    return statement.order_by(extraction.c.superseded, extraction.c.extraction_id)


def _select(holder: FromClause, source: FromClause, place: ColumnElement[int]) -> Select[int, int, str, bool, int]:
    offset = (place - holder.c.start).label("offset")
    which = extraction.c.extraction_id, extraction.c.blob, extraction.c.superseded
    return select(holder.c.article_id, *which, offset).select_from(source)


def _covers(place: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(_holder.c.start <= place, _holder.c.end > place)


def _first(connection: Connection, scope: Scope, statement: Select[int, int, str, bool, int]) -> Place | None:
    """Return the first that is visible, or None."""
    row = connection.execute(statement.where(brought(scope, extraction.c.blob)).limit(1)).first()
    return None if row is None else Place(*row)
