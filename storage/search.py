"""Searching: the newest articles in sight that fit, the best of them first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
    true,
)

from storage.articles import heads_of
from storage.base import ArticleHead, Found, Scope, Search
from storage.derived import first_sight, in_sight
from storage.folding import fold, spell, words
from storage.fulltext import count_holding, newest_first, standing, vocabulary
from storage.query import Either, Query, Term, sought
from storage.ranking import rank
from storage.stories import stories
from storage.tables import article, spelling
from storage.visibility import Anybody, anybody, asking

CANDIDATES = 500
"""How many of the newest hits are ranked; beyond them it is said that there are more."""

# More names than these are no list of sources any longer.
_SOURCES = 2000

# How many words that begin alike are looked through for the one that was meant, and how alike it has to be.
_NEIGHBOURS = 4000
_SAME_LETTERS = 2
_ALIKE = 0.7

_OF_SOURCES = article.c.source.in_(bindparam("sources", type_=String, expanding=True))
_SINCE = article.c.published >= bindparam("since", type_=article.c.published.type)
_UNTIL = article.c.published < bindparam("until", type_=article.c.published.type)
_UNDATED = article.c.published.is_(None)
_LIMIT = bindparam("limit", type_=Integer)


@dataclass(frozen=True, slots=True)
class _Filter:
    """What must be true of an article besides, and the values for it."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    values: dict[str, object] = field(default_factory=dict)


def search(connection: Connection, scope: Scope, asked: Search, first: int, limit: int) -> Found:
    """Return a page of what is found; see `Storage.search`."""
    filtered = _Filter(_from(asked) + _within(asked), _values(asked))
    if asked.newest:
        ids = _newest(connection, scope, asked.query, filtered, CANDIDATES + 1)
        known = heads_of(connection, scope, ids[:CANDIDATES])
        ordered = sorted(known, key=lambda article_id: (_date(known[article_id]), article_id), reverse=True)
    else:
        texts = _texts(connection, scope, asked.query, filtered)
        ids = list(texts)
        ordered = _best(connection, scope, asked, {one: texts[one] for one in ids[:CANDIDATES]})
    hits = stories(connection, scope.desk_id, ordered) if asked.by_story else [(one,) for one in ordered]
    shown = hits[first : first + limit]
    known = heads_of(connection, scope, [one for story in shown for one in story])
    return Found(
        heads=tuple(known[leader] for leader, *_ in shown),
        total=min(len(ids), CANDIDATES),
        more=len(ids) > CANDIDATES,
        undated=_undated(connection, scope, asked),
        stories=len(hits),
        also=tuple(tuple(known[one] for one in others) for _, *others in shown),
    )


def sources(connection: Connection, scope: Scope, typed: str, limit: int) -> tuple[str, ...]:
    """Return sources in sight; see `Storage.sources`."""
    parts = words(typed)
    known = source_names(scope.desk_id)
    names = connection.execute(select(known.c.name).order_by(known.c.name)).scalars().all()
    fitting = (name for name in names if all(part in fold(name) for part in parts))
    return tuple(islice((name for name in fitting if _has_source(connection, scope, name)), limit))


def nearby(connection: Connection, scope: Scope, word: str, limit: int) -> tuple[str, ...]:
    """Return words in sight that are spelled alike; see `Storage.nearby`."""
    spelled = spell(word).partition(" ")[0]
    beginning = spelled[:_SAME_LETTERS]
    known = [other for other in vocabulary(connection, scope.desk_id, beginning, _NEIGHBOURS) if other != spelled]
    alike = get_close_matches(spelled, known, n=4 * limit, cutoff=_ALIKE)
    seen = (other for other in alike if _newest(connection, scope, Term((other,), exact=True), _Filter(), 1))
    return tuple(islice(seen, limit))


def _newest(connection: Connection, scope: Scope, query: Query, filtered: _Filter, most: int) -> list[int]:
    """Return the ids of the newest articles in sight that fit, the newest first."""
    ids: list[int] = []
    for one in newest_first(connection, scope.desk_id, query):
        statement = _fitting(one.found, anybody(scope), filtered.conditions)
        asked = asking(scope, limit=most - len(ids), **filtered.values, **one.asked)
        ids += connection.execute(statement, asked).scalars().all()
        if len(ids) == most:
            break
    return ids


def _texts(connection: Connection, scope: Scope, query: Query, filtered: _Filter) -> dict[int, str]:
    """Return what the newest articles in sight that fit say, those first that came into sight last.

    Their words are spelled, with a blank before and behind.

    By its id an article may be older: an upload out of sight may have brought the same bytes before.
    """
    rows: list[Row[*tuple[Any, ...]]] = []
    for one in newest_first(connection, scope.desk_id, query):
        statement = _saying(one.found, anybody(scope), filtered.conditions)
        asked = asking(scope, limit=CANDIDATES + 1 - len(rows), **filtered.values, **one.asked)
        rows += connection.execute(statement, asked).all()
        if len(rows) > CANDIDATES:
            break
    rows.sort(key=lambda row: (row[2], row[3]), reverse=True)
    return {row[0]: row[1] for row in rows}


@lru_cache(256)
def _fitting(found: FromClause, who: Anybody, conditions: tuple[ColumnElement[bool], ...]) -> Select[int]:
    """Return the statement for the ids of those in sight among what is found."""
    this = and_(article.c.desk_id == who.desk_id, article.c.article_id == found.c.rowid)
    seen = select(true()).select_from(article).where(this, *conditions, in_sight(who, article.c.extraction_id))
    return select(found.c.rowid).where(exists(seen)).order_by(found.c.rowid.desc()).limit(_LIMIT)


@lru_cache(256)
def _saying(found: FromClause, who: Anybody, conditions: tuple[ColumnElement[bool], ...]) -> Select[*tuple[Any, ...]]:
    """Return the statement for those in sight among what is found, with what they say and when each came."""
    this = and_(article.c.desk_id == who.desk_id, article.c.article_id == found.c.rowid)
    same = and_(spelling.c.desk_id == who.desk_id, spelling.c.article_id == found.c.rowid)
    # In a subquery, so that the words of those out of sight are not read.
    said = select(literal(" ") + spelling.c.words + literal(" ")).where(same).scalar_subquery()
    return (
        select(found.c.rowid, said, first_sight(who, article.c.extraction_id), article.c.ordinal)
        .select_from(found.join(article, this))
        .where(*conditions, in_sight(who, article.c.extraction_id))
        .order_by(found.c.rowid.desc())
        .limit(_LIMIT)
    )


def _best(connection: Connection, scope: Scope, asked: Search, candidates: dict[int, str]) -> list[int]:
    """Return these hits in the order of their rank.

    What tells how rare each term is, where there are several, are the newest articles in sight that hold any of them.
    """
    terms = sought(asked.query)
    patterns = _patterns(connection, scope.desk_id, terms)
    if len(terms) == 1 or not candidates:
        # All hold it: how rare it is weighs the same for each.
        return rank(candidates, [len(candidates)] * len(terms), len(candidates), patterns)
    any_of_them = Either(terms)
    filtered = _from(asked) or _within(asked)
    # Who asks for any of the terms has the sample already.
    known = asked.query == any_of_them and not filtered
    sample = candidates.keys() if known else _newest(connection, scope, any_of_them, _Filter(), CANDIDATES)
    holding = count_holding(connection, scope.desk_id, terms, sample)
    return rank(candidates, holding, len(sample), patterns)


def _patterns(connection: Connection, desk_id: int, terms: Sequence[Term]) -> list[list[str]]:
    """Return what is to be counted of each term: hundreds of texts are not read for a form that stands in none."""
    several = [term for term in terms if len(term.forms) > 1]
    known = standing(connection, desk_id, {form for term in several for form in term.forms})
    return [
        [
            pattern
            for form, pattern in zip(term.forms, term.patterns, strict=True)
            if form in known or term not in several
        ]
        for term in terms
    ]


def _undated(connection: Connection, scope: Scope, asked: Search) -> int:
    """Return how many more there would be, if articles without a date were not left out by one."""
    if not _within(asked):
        return 0
    undated = _Filter((*_from(asked), _UNDATED), _values(asked, bounds=False))
    return len(_newest(connection, scope, asked.query, undated, CANDIDATES))


def _from(asked: Search) -> tuple[ColumnElement[bool], ...]:
    return () if asked.sources is None else (_OF_SOURCES,)


def _within(asked: Search) -> tuple[ColumnElement[bool], ...]:
    return (*([_SINCE] if asked.since else []), *([_UNTIL] if asked.until else []))


def _values(asked: Search, *, bounds: bool = True) -> dict[str, object]:
    """Return the values for the conditions of `_from` and, if wanted, of `_within`."""
    values: dict[str, object] = {} if asked.sources is None else {"sources": list(asked.sources)}
    if bounds:
        values |= {name: at for name, at in (("since", asked.since), ("until", asked.until)) if at}
    return values


def _date(head: ArticleHead) -> tuple[datetime, datetime]:
    """Return what the newest have most of: the date that they print, else the one on which they came into sight."""
    return head.published or head.created_at, head.created_at


def source_names(desk_id: int) -> Subquery:
    """Return the names of all sources of a desk as a table, by the alphabet; not all are in sight.

    It jumps from one name to the next in their index.
    """
    first = select(func.min(article.c.source).label("name")).where(article.c.desk_id == desk_id, article.c.source > "")
    names = first.cte("names", recursive=True)
    after = and_(article.c.desk_id == desk_id, article.c.source > names.c.name)
    jump = select(func.min(article.c.source)).where(after).correlate(names).scalar_subquery()
    names = names.union_all(select(jump).where(names.c.name.is_not(None)))
    known = select(names.c.name).where(names.c.name.is_not(None)).order_by(names.c.name)
    return known.limit(_SOURCES).subquery("known")


def _has_source(connection: Connection, scope: Scope, name: str) -> bool:
    """Tell whether an article in sight is from this source."""
    this = and_(article.c.desk_id == scope.desk_id, article.c.source == name)
    statement = select(true()).where(this, in_sight(scope, article.c.extraction_id)).limit(1)
    return connection.execute(statement).first() is not None
