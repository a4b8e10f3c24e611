"""Reading many articles at once, and which of them appeared in some time."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate, groupby
from operator import attrgetter

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, bindparam, select

from storage.articles import heads_of, whole_of
from storage.base import ArticleHead, Found, Origin, Scope, StoredText
from storage.derived import in_sight
from storage.search import CANDIDATES, source_names
from storage.tables import article, sentence, upload
from storage.visibility import UPLOADED_ARTICLES, Anybody, anybody, asking, visible
from summariser.model import Span

# What statements that are made once are run with, beside the scope's own.
_DESK = bindparam("desk", type_=BigInteger)
_IDS = bindparam("ids", type_=BigInteger, expanding=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles are wanted."""

    sources: tuple[str, ...] | None
    since: datetime | None
    until: datetime | None

    @property
    def is_dated(self) -> bool:
        """Whether articles without a date are left out."""
        return bool(self.since or self.until)

    @property
    def from_these(self) -> list[ColumnElement[bool]]:
        """Return the condition on the source."""
        return [] if self.sources is None else [article.c.source.in_(self.sources)]

    @property
    def within(self) -> list[ColumnElement[bool]]:
        """Return the conditions on the date."""
        since = [article.c.published >= self.since] if self.since else []
        return since + ([article.c.published < self.until] if self.until else [])


def texts(connection: Connection, scope: Scope, article_ids: Sequence[int], characters: int) -> tuple[StoredText, ...]:
    """Return articles with their sentences; see `Storage.texts`."""
    stored = whole_of(connection, scope, _first_ones(connection, scope, article_ids, characters))
    spans = sentences_of(connection, scope.desk_id, stored)
    return tuple(StoredText(stored[one], tuple(spans[one])) for one in article_ids if one in stored)


def origins_of(connection: Connection, scope: Scope, article_ids: Collection[int]) -> dict[int, tuple[Origin, ...]]:
    """Return where articles came from; see `Storage.origins_of`."""
    asked = asking(scope, ids=list(article_ids))
    rows = groupby(connection.execute(_origins(anybody(scope)), asked), attrgetter("article_id"))
    found = {one: tuple(Origin(row.channel_id, row.message_id, row.url) for row in group) for one, group in rows}
    return {one: found[one] for one in article_ids if one in found}


def recent(connection: Connection, scope: Scope, wanted: Wanted, limit: int) -> Found:
    """Return the newest articles of some time; see `Storage.recent`."""
    newest = article.c.published if wanted.is_dated else article.c.article_id
    fitting = _seen(scope, [*wanted.from_these, *wanted.within])
    fitting = fitting.order_by(newest.desc(), article.c.article_id.desc()).limit(CANDIDATES + 1)
    ids = list(connection.execute(fitting).scalars())
    known = heads_of(connection, scope, ids[:CANDIDATES])
    # By its id an article may be older than it is in sight: an upload out of sight may have brought the same bytes.
    dated = sorted(known.items(), key=lambda item: (*_order(item[1], wanted), item[0]), reverse=True)
    heads = tuple(head for _, head in dated[:limit])
    return Found(heads, min(len(ids), CANDIDATES), len(ids) > CANDIDATES, _undated(connection, scope, wanted))


def sources_between(connection: Connection, scope: Scope, since: datetime, until: datetime) -> tuple[str, ...]:
    """Return the sources that had anything then; see `Storage.sources_between`."""
    then = Wanted(None, since, until).within
    known = source_names(scope.desk_id)
    published = _seen(scope, [article.c.source == known.c.name, *then]).exists()
    return tuple(connection.execute(select(known.c.name).where(published).order_by(known.c.name)).scalars())


def _first_ones(connection: Connection, scope: Scope, article_ids: Sequence[int], characters: int) -> list[int]:
    """Return those at the beginning whose texts together have at most so many characters, and the first in any case."""
    rows = connection.execute(_lengths(anybody(scope)), asking(scope, ids=list(article_ids)))
    lengths: dict[int, int] = {row[0]: row[1] for row in rows}
    known = [article_id for article_id in article_ids if article_id in lengths]
    sums = accumulate(lengths[article_id] for article_id in known)
    return [
        article_id
        for place, (article_id, sum_) in enumerate(zip(known, sums, strict=True))
        if sum_ <= characters or not place
    ]


def _order(head: ArticleHead, wanted: Wanted) -> tuple[datetime, datetime]:
    """Return what the newest have most of: the date that they print, if that is asked for, and when they came."""
    return head.published if wanted.is_dated and head.published else head.created_at, head.created_at


def _undated(connection: Connection, scope: Scope, wanted: Wanted) -> int:
    if not wanted.is_dated:
        return 0
    undated = _seen(scope, [*wanted.from_these, article.c.published.is_(None)]).limit(CANDIDATES)
    return len(connection.execute(undated).all())


@cache
def _origins(scope: Anybody) -> Select[int, int | None, int | None, str | None]:
    return (
        select(article.c.article_id, upload.c.channel_id, upload.c.message_id, upload.c.url)
        .select_from(UPLOADED_ARTICLES)
        .where(visible(scope), article.c.desk_id == scope.desk_id, article.c.article_id.in_(_IDS))
        .order_by(article.c.article_id, upload.c.upload_id)
    )


@cache
def _lengths(scope: Anybody) -> Select[int, int]:
    return _seen(scope, [article.c.article_id.in_(_IDS)]).add_columns(article.c.end - article.c.start)


def _seen(scope: Scope | Anybody, conditions: Sequence[ColumnElement[bool]]) -> Select[int]:
    """Return the statement for the ids of the articles in sight that fit."""
    seen = in_sight(scope, article.c.extraction_id)
    return select(article.c.article_id).where(article.c.desk_id == scope.desk_id, *conditions, seen)


def sentences_of(connection: Connection, desk_id: int, article_ids: Collection[int]) -> dict[int, list[Span]]:
    """Return the sentences of articles that are known to be visible."""
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    for article_id, start, end in connection.execute(_SENTENCES, {"desk": desk_id, "ids": list(article_ids)}):
        spans[article_id].append(Span(start, end))
    return spans


_SENTENCES = (
    select(sentence.c.article_id, sentence.c.start, sentence.c.end)
    .where(sentence.c.desk_id == _DESK, sentence.c.article_id.in_(_IDS))
    .order_by(sentence.c.article_id, sentence.c.ordinal)
)
