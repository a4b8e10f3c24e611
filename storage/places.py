"""Where an article stands: under its own id, or as part of another since a correction, or in a copy of its bytes."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, Integer, Select, and_, bindparam, select

from storage.base import Scope
from storage.errors import UnknownArticleError
from storage.tables import article, extraction, former
from storage.visibility import Anybody, anybody, asking, brought

_holder = article.alias("holder")
_extracted = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
_same = and_(_holder.c.desk_id == extraction.c.desk_id, _holder.c.extraction_id == extraction.c.extraction_id)

# What statements that are made once are run with, beside the scope's own.
_ARTICLE = bindparam("article", type_=BigInteger)
_OFFSET = bindparam("offset", type_=Integer)


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
    now = _beginning if offset == 0 else _within
    asked = asking(scope, article=article_id, offset=offset)
    for statement in (now, _once):
        row = connection.execute(statement(anybody(scope)), asked).first()
        if row is not None:
            return Place(*row)
    raise UnknownArticleError


@cache
def _beginning(scope: Anybody) -> Select[int, int, str, bool, int]:
    """Return the statement for an article under its own id."""
    asked = and_(article.c.desk_id == scope.desk_id, article.c.article_id == _ARTICLE)
    return _select(scope, article, article.join(extraction, _extracted), article.c.start).where(asked)


@cache
def _within(scope: Anybody) -> Select[int, int, str, bool, int]:
    """Return the statement for the article that holds a place further on in the text of one."""
    asked = and_(article.c.desk_id == scope.desk_id, article.c.article_id == _ARTICLE)
    source = article.join(extraction, _extracted).join(_holder, _same)
    place = article.c.start + _OFFSET
    return _select(scope, _holder, source, place).where(asked, _covers(place))


@cache
def _once(scope: Anybody) -> Select[int, int, str, bool, int]:
    """Return the statement for the article that holds what stood under an id."""
    read = and_(extraction.c.desk_id == former.c.desk_id, extraction.c.extraction_id == former.c.extraction_id)
    place = former.c.start + _OFFSET
    source = former.join(extraction, read).join(_holder, _same)
    stood = and_(former.c.desk_id == scope.desk_id, former.c.article_id == _ARTICLE)
    statement = _select(scope, _holder, source, place).where(stood, _covers(place))
    # In several copies in sight, the reading that lists show comes first.
    return statement.order_by(extraction.c.superseded, extraction.c.extraction_id)


def _select(
    scope: Anybody, holder: FromClause, source: FromClause, place: ColumnElement[int]
) -> Select[int, int, str, bool, int]:
    """Return the statement for the first that is visible."""
    offset = (place - holder.c.start).label("offset")
    which = extraction.c.extraction_id, extraction.c.blob, extraction.c.superseded
    found = select(holder.c.article_id, *which, offset).select_from(source)
    return found.where(brought(scope, extraction.c.blob)).limit(1)


def _covers(place: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(_holder.c.start <= place, _holder.c.end > place)
