"""Reading articles: one by its id, or the newest that a scope may see."""

from collections.abc import Collection
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    func,
    select,
)

from storage.base import ArticleHead, Listed, Scope, StoredArticle
from storage.errors import UnknownArticleError
from storage.folding import words
from storage.ids import lowest_id
from storage.notation import read_place
from storage.places import find_place
from storage.tables import article as articles
from storage.tables import extraction, sentence, upload
from storage.visibility import UPLOADED_ARTICLES, Anybody, anybody, asking, brought, came_first, first_upload, visible
from summariser.model import Article, DateKind, Span

SUGGESTED_FROM = 2000
"""How many of the newest articles `suggest` looks through."""

# What statements that are made once are run with, beside the scope's own.
_IDS = bindparam("ids", type_=BigInteger, expanding=True)
_FIRST = bindparam("first", type_=Integer)
_LIMIT = bindparam("limit", type_=Integer)
_UPLOADER = bindparam("uploader", type_=BigInteger)
_SINCE = bindparam("since", type_=upload.c.created_at.type)
_UNTIL = bindparam("until", type_=upload.c.created_at.type)

_ESCAPE = "/"

_HEAD = (
    articles.c.article_id,
    articles.c.title,
    articles.c.source,
    articles.c.published,
    articles.c.opening,
)

_WHOLE = (
    articles.c.article_id,
    articles.c.extraction_id,
    articles.c.ordinal,
    articles.c.start,
    articles.c.title,
    articles.c.republished_title,
    articles.c.source,
    articles.c.author,
    articles.c.published,
    articles.c.published_kind,
    articles.c.published_words,
    articles.c.published_at,
    articles.c.language,
    extraction.c.text_sha256,
    extraction.c.articles.label("siblings"),
    upload.c.created_at,
    # Cut in the engine: one article out of two hundred does not bring the whole file along.
    func.substr(extraction.c.text, articles.c.start + 1, articles.c.end - articles.c.start).label("text"),
)


def article(connection: Connection, scope: Scope, article_id: int) -> StoredArticle:
    """Return one article; see `Storage.article`."""
    found = whole_of(connection, scope, [article_id])
    if not found:
        found = whole_of(connection, scope, [find_place(connection, scope, article_id).article_id])
    if not found:
        raise UnknownArticleError
    return next(iter(found.values()))


def passage(connection: Connection, scope: Scope, article_id: int, span: Span) -> tuple[StoredArticle, Span]:
    """Return the article that holds what stood there; see `Storage.passage`."""
    place = find_place(connection, scope, article_id, span.start)
    stored = article(connection, scope, place.article_id)
    # What was cut in two since is shown up to the cut.
    end = min(place.offset + span.end - span.start, len(stored.article.text))
    return stored, Span(place.offset, end)


def sentences(connection: Connection, scope: Scope, article_id: int) -> tuple[Span, ...]:
    """Return an article's sentences; see `Storage.sentences`."""
    place = find_place(connection, scope, article_id)
    asked = {"desk": scope.desk_id, "article": place.article_id}
    return tuple(Span(start, end) for start, end in connection.execute(_SENTENCES, asked))


def newest(connection: Connection, scope: Scope, limit: int) -> tuple[ArticleHead, ...]:
    """Return the articles that were added last; see `Storage.newest`."""
    asked = asking(scope, most=limit, first=0, limit=limit)
    return tuple(_head(row) for row in connection.execute(_newest(anybody(scope)), asked))


def arrived(
    connection: Connection,
    scope: Scope,
    since: datetime,
    until: datetime,
    *,
    sources: Collection[str] | None,
    limit: int,
) -> tuple[ArticleHead, ...]:
    """Return the articles that came into sight within some time; see `Storage.arrived`."""
    asked = asking(scope, lowest=lowest_id(since), since=since, until=until, limit=limit)
    if sources is not None:
        asked["sources"] = list(sources)
    statement = _arrived(anybody(scope), among=sources is not None)
    return tuple(_head(row) for row in connection.execute(statement, asked))


def suggest(connection: Connection, scope: Scope, typed: str, limit: int) -> tuple[ArticleHead, ...]:
    """Return articles that hold every typed word; see `Storage.suggest`."""
    held = words(typed)
    asked = asking(scope, most=SUGGESTED_FROM, first=0, limit=SUGGESTED_FROM, offered=limit)
    asked |= {f"word_{place}": _escape(word) for place, word in enumerate(held)}
    return tuple(_head(row) for row in connection.execute(_suggested(anybody(scope), len(held)), asked))


def count(connection: Connection, scope: Scope) -> int:
    """Return how many articles are visible; see `Storage.count`."""
    return int(connection.execute(_counted(anybody(scope)), asking(scope)).scalar_one())


def listed(connection: Connection, scope: Scope, first: int, limit: int, uploader_id: int | None) -> Listed:
    """Return a page of the visible articles; see `Storage.listed`."""
    total = count(connection, scope) if uploader_id is None else _count_of(connection, scope, uploader_id)
    if first >= total:
        return Listed((), total)
    statement = _newest(anybody(scope), None if uploader_id is None else _UPLOADER)
    asked = asking(scope, most=first + limit, first=first, limit=limit)
    if uploader_id is not None:
        asked["uploader"] = uploader_id
    return Listed(tuple(_head(row) for row in connection.execute(statement, asked)), total)


def heads(connection: Connection, scope: Scope, extraction_ids: Collection[int]) -> dict[int, tuple[ArticleHead, ...]]:
    """Return the visible articles of each of these extractions, in the order of the file."""
    asked = asking(scope, ids=list(extraction_ids))
    rows = groupby(connection.execute(_heads(anybody(scope)), asked), attrgetter("extraction_id"))
    return {extraction_id: tuple(_head(row) for row in group) for extraction_id, group in rows}


def heads_of(connection: Connection, scope: Scope, article_ids: Collection[int]) -> dict[int, ArticleHead]:
    """Return the visible ones among these articles, by their ids."""
    rows = connection.execute(_heads_of(anybody(scope)), asking(scope, ids=list(article_ids)))
    return {row.article_id: _head(row) for row in rows}


def whole_of(connection: Connection, scope: Scope, article_ids: Collection[int]) -> dict[int, StoredArticle]:
    """Return the visible ones among these articles with their texts, by their ids."""
    rows = connection.execute(_whole_of(anybody(scope)), asking(scope, ids=list(article_ids)))
    return {row.article_id: _stored(row) for row in rows}


# The statements, each made once for all scopes of its kind: to make one takes several times as long as to run it.


_SENTENCES = (
    select(sentence.c.start, sentence.c.end)
    .where(sentence.c.desk_id == bindparam("desk"), sentence.c.article_id == bindparam("article"))
    .order_by(sentence.c.ordinal)
)


@cache
def _arrived(scope: Anybody, *, among: bool) -> Select[*tuple[Any, ...]]:
    # An id is made of its moment, and never of an earlier one: what lies before this one came before.
    lowest = bindparam("lowest", type_=BigInteger)
    then = and_(upload.c.upload_id >= lowest, upload.c.created_at > _SINCE, upload.c.created_at <= _UNTIL)
    files = _files(scope, None, then).order_by(upload.c.upload_id.desc())
    if not among:
        return _read_in(scope, files.limit(_LIMIT))
    # Every file has an article at least; where some do not count, there may have to be more files.
    sources = bindparam("sources", type_=String, expanding=True)
    return _read_in(scope, files).where(articles.c.source.in_(sources))


@lru_cache(64)
def _suggested(scope: Anybody, typed: int) -> Select[*tuple[Any, ...]]:
    """Return the statement for articles that hold so many words."""
    candidates = _newest(scope).subquery("candidates")
    held = [bindparam(f"word_{place}", type_=String) for place in range(typed)]
    return (
        select(candidates)
        .where(*(candidates.c.folded.contains(word, escape=_ESCAPE) for word in held))
        .order_by(candidates.c.upload_id.desc(), candidates.c.ordinal)
        .limit(bindparam("offered", type_=Integer))
    )


@cache
def _counted(scope: Anybody) -> Select[int]:
    current = and_(extraction.c.desk_id == scope.desk_id, ~extraction.c.superseded)
    statement = select(func.coalesce(func.sum(extraction.c.articles), 0))
    return statement.where(current, brought(scope, extraction.c.blob))


@cache
def _heads(scope: Anybody) -> Select[*tuple[Any, ...]]:
    """Return the statement for the heads of all articles of files."""
    these = and_(extraction.c.desk_id == scope.desk_id, extraction.c.extraction_id.in_(_IDS))
    return (
        select(articles.c.extraction_id, *_HEAD, upload.c.created_at)
        .select_from(UPLOADED_ARTICLES)
        .where(_first_seen(scope), these)
        .order_by(articles.c.extraction_id, articles.c.ordinal)
    )


@cache
def _heads_of(scope: Anybody) -> Select[*tuple[Any, ...]]:
    these = and_(articles.c.desk_id == scope.desk_id, articles.c.article_id.in_(_IDS))
    return select(*_HEAD, upload.c.created_at).select_from(UPLOADED_ARTICLES).where(_first_seen(scope), these)


@cache
def _whole_of(scope: Anybody) -> Select[*tuple[Any, ...]]:
    these = and_(articles.c.desk_id == scope.desk_id, articles.c.article_id.in_(_IDS))
    return select(*_WHOLE).select_from(UPLOADED_ARTICLES).where(_first_seen(scope), these)


def _count_of(connection: Connection, scope: Scope, uploader_id: int) -> int:
    """Return how many articles a person brought in sight of the scope."""
    mine = and_(visible(scope), upload.c.uploader_id == uploader_id)
    files = select(upload.c.blob).where(mine).distinct().subquery("files")
    read = and_(extraction.c.desk_id == scope.desk_id, extraction.c.blob == files.c.blob, ~extraction.c.superseded)
    statement = select(func.coalesce(func.sum(extraction.c.articles), 0)).select_from(files.join(extraction, read))
    return int(connection.execute(statement).scalar_one())


@cache
def _newest(scope: Anybody, uploader_id: BindParameter[int] | None = None) -> Select[*tuple[Any, ...]]:
    """Return the statement for the newest visible articles, the newest file first, each file from its beginning.

    The files are chosen first, walking back along the desk's uploads, or one person's: no more of them than articles
    are asked for. What was read in each is looked up in a subquery because SQLite, asked for a join, may begin with all
    articles.
    """
    files = _files(scope, uploader_id).order_by(upload.c.upload_id.desc())
    return _read_in(scope, files.limit(bindparam("most", type_=Integer))).offset(_FIRST)


def _files(
    scope: Anybody, uploader_id: BindParameter[int] | None, *conditions: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """Return the statement for the uploads that brought something new into sight, or were the first of a person to."""
    full = and_(extraction.c.desk_id == scope.desk_id, extraction.c.blob == upload.c.blob, extraction.c.articles > 0)
    read = select(extraction.c.extraction_id).where(full, ~extraction.c.superseded).scalar_subquery()
    mine = [] if uploader_id is None else [upload.c.uploader_id == uploader_id]
    return select(upload.c.upload_id, upload.c.created_at, read.label("extraction_id")).where(
        visible(scope), *mine, *conditions, came_first(scope, uploader_id), read.is_not(None)
    )


def _read_in(scope: Anybody, chosen: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the statement for the articles of chosen files, the newest file first, each file from its beginning."""
    files = chosen.subquery("files")
    return (
        select(*_HEAD, files.c.created_at, files.c.upload_id, articles.c.ordinal, articles.c.folded)
        .join(files, files.c.extraction_id == articles.c.extraction_id)
        .where(articles.c.desk_id == scope.desk_id)
        .order_by(files.c.upload_id.desc(), articles.c.ordinal)
        .limit(_LIMIT)
    )


def _first_seen(scope: Anybody) -> ColumnElement[bool]:
    """Return the condition that an upload is the one by which the scope could first see these articles."""
    return and_(visible(scope), upload.c.upload_id == first_upload(scope, extraction.c.blob))


def _head(row: Row[*tuple[Any, ...]]) -> ArticleHead:
    """Return what a list shows."""
    return ArticleHead(row.article_id, row.title, row.source, row.published, row.created_at, row.opening)


def _escape(word: str) -> str:
    """Return a word as it stands in a pattern of LIKE."""
    return word.replace(_ESCAPE, 2 * _ESCAPE).replace("%", f"{_ESCAPE}%").replace("_", f"{_ESCAPE}_")


def _stored(row: Row[*tuple[Any, ...]]) -> StoredArticle:
    """Return a whole article."""
    return StoredArticle(
        article_id=row.article_id,
        extraction_id=row.extraction_id,
        text_id=row.text_sha256,
        ordinal=row.ordinal,
        siblings=row.siblings,
        article=Article(
            row.text,
            title=row.title,
            republished_title=row.republished_title,
            source=row.source,
            author=row.author,
            published=row.published,
            published_kind=None if row.published_kind is None else DateKind(row.published_kind),
            published_words=row.published_words,
            published_at=read_place(row.published_at),
            language=row.language,
            start=row.start,
        ),
        created_at=row.created_at,
    )
