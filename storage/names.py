"""Looking names up: what is told of one comes from visible articles alone, whoever else may have brought what."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from heapq import nsmallest
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    true,
    tuple_,
)

from storage.articles import heads_of, newest
from storage.base import (
    ArticleHead,
    KnownName,
    NamedIn,
    NamedInPage,
    NamedWith,
    Rewritten,
    Scope,
    Seen,
    Sighted,
    Spelled,
    Standing,
    StoredText,
    SuggestedName,
    Uses,
)
from storage.derived import counted, first_sight, in_sight
from storage.dialects import place_of
from storage.folding import spell
from storage.rows import OPENING
from storage.tables import alias, alias_word, article, extraction, mention, monthly, name, name_key, sentence, tally
from storage.texts import texts
from storage.visibility import Anybody, anybody, asking, brought
from summariser.model import Mention, MentionType, Name, Passage

# How many spellings that begin alike are weighed against each other; typed names are no longer than this.
_WEIGHED = 2000
_LONGEST = 200

# How many of the newest articles say who is asked for before anything is typed.
_NEWEST = 200

# How many articles say who else is named, and how many of those that name both are looked at for a sentence with both.
_COMPANY = 100
_LOOKED_AT = 3

# How many places in one article are told.
_STANDING = 50

_CHARACTERS = 4_000_000

# Names are looked up article by article where the most frequent of them is in more than so many times their articles.
_RARE = 8

# So many articles are looked through without a walk.
_FEW = 1000

_TYPES = [kind.value for kind in MentionType]

_same_name = and_(name.c.desk_id == mention.c.desk_id, name.c.name_id == mention.c.name_id)
_same_alias = and_(
    alias.c.desk_id == alias_word.c.desk_id,
    alias.c.name_id == alias_word.c.name_id,
    alias.c.surface == alias_word.c.surface,
)
_other = mention.alias("other")
_mentions = func.sum(mention.c.mentions)

# Undated ones first or last of all, as SQLite has it anyway; the index on PostgreSQL is made so.
_OLD_FIRST = mention.c.published.nulls_first()
_NEW_FIRST = mention.c.published.desc().nulls_last()
_MOST_FIRST = mention.c.total.desc()
_DATED = mention.c.published.is_not(None)

# What statements that are made once are run with, beside the scope's own.
_DESK = bindparam("desk", type_=BigInteger)
_NAME = bindparam("name", type_=BigInteger)
_NAMES = bindparam("names", type_=BigInteger, expanding=True)
_ARTICLES = bindparam("articles", type_=BigInteger, expanding=True)
_LIMIT = bindparam("limit", type_=Integer)

# Added to nothing: what few articles name is looked up in less time than all that these names are mentioned in, and
# SQLite would choose the latter.
_IN_ARTICLES = and_(mention.c.desk_id == _DESK, mention.c.article_id.in_(_ARTICLES))
_NAMED_IN_ARTICLES = and_(_IN_ARTICLES, (mention.c.name_id + 0).in_(_NAMES))

_Mentioned = Row[*tuple[Any, ...]]


def suggest_names(connection: Connection, scope: Scope, typed: str, limit: int) -> tuple[SuggestedName, ...]:
    """Return names with a spelling that holds every typed word; see `Storage.suggest_names`."""
    words = spell(typed[:_LONGEST]).split()
    if not words:
        return tuple(SuggestedName(one, one.name.words) for one in _most_in_the_newest(connection, scope, limit))
    best: dict[int, tuple[int, str]] = {}
    for name_id, surface, uses in connection.execute(_beginning(scope, words)):
        best[name_id] = max(best.get(name_id, (0, "")), (uses, surface))
    known = _known(connection, scope, tally.c.name_id.in_(best), limit)
    return tuple(SuggestedName(one, best[one.name_id][1]) for one in known)


def names_called(connection: Connection, scope: Scope, typed: str, limit: int) -> tuple[KnownName, ...]:
    """Return the names that are spelled just so; see `Storage.names_called`."""
    same = and_(tally.c.name_id == alias.c.name_id, tally.c.surface == alias.c.surface)
    read = exists(select(true()).where(counted(scope), same))
    spelled = and_(alias.c.desk_id == scope.desk_id, alias.c.spelled == spell(typed[:_LONGEST]))
    ids = connection.execute(select(alias.c.name_id).where(spelled, read)).scalars().all()
    return _known(connection, scope, tally.c.name_id.in_(set(ids)), limit)


def names_like(connection: Connection, scope: Scope, keys: Collection[str], limit: int) -> tuple[KnownName, ...]:
    """Return the names that share a key; see `Storage.names_like`."""
    sharing = select(name_key.c.name_id).where(name_key.c.desk_id == scope.desk_id, name_key.c.key.in_(keys))
    return _known(connection, scope, tally.c.name_id.in_(sharing), limit)


def spellings(connection: Connection, scope: Scope, name_ids: Collection[int]) -> tuple[Spelled, ...]:
    """Return how names are written; see `Storage.spellings`."""
    statement = (
        select(tally.c.surface, tally.c.source, func.sum(tally.c.mentions).label("mentions"))
        .where(counted(scope), tally.c.name_id.in_(name_ids))
        .group_by(tally.c.surface, tally.c.source)
        .order_by(tally.c.surface)
    )
    grouped = groupby(connection.execute(statement), attrgetter("surface"))
    return tuple(sorted((_spelled(surface, rows) for surface, rows in grouped), key=_most_used))


def seen(connection: Connection, scope: Scope, name_ids: Collection[int]) -> Seen:
    """Return when and how often names were meant; see `Storage.seen`."""
    asked = asking(scope, names=list(name_ids))
    months, spans = _sighted(anybody(scope))
    by_month = [
        Sighted(_first_day(month), source or None, int(mentions))
        for month, source, mentions in connection.execute(months, asked)
    ]
    by_month.sort(key=_in_time)
    known = [_Span(row[0], int(row[1]), row[2], row[3]) for row in connection.execute(spans, asked)]
    first, last = _ends(connection, scope, known)
    return Seen(
        mentions=sum(one.mentions for one in by_month),
        articles=_each_once(connection, scope, {one.name_id: one.articles for one in known}),
        first=first,
        last=last,
        by_month=tuple(by_month),
    )


def named_most(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> tuple[ArticleHead, ...]:
    """Return the articles that mean these names most often; see `Storage.named_most`."""
    ids = [one.article_id for one in _most(connection, scope, name_ids, limit)]
    heads = heads_of(connection, scope, ids)
    return tuple(heads[one] for one in ids)


def named_in(connection: Connection, scope: Scope, name_ids: Collection[int], *, first: int, limit: int) -> NamedInPage:
    """Return a page of the articles that mean one of the names; see `Storage.named_in`."""
    ids = [one.article_id for one in _newest(connection, scope, name_ids, first + limit)[first:]]
    whole = _texts(connection, scope, ids)
    places = _places(connection, scope.desk_id, ids, name_ids)
    heads = _heads(connection, scope, ids, whole)
    pages = [
        NamedIn(
            heads[one],
            len(places[one]),
            tuple(_standing(place, whole.get(one)) for place in places[one][:_STANDING]),
        )
        for one in ids
    ]
    return NamedInPage(tuple(pages), _count(connection, scope, name_ids))


def named_with(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> tuple[NamedWith, ...]:
    """Return who else is named in the same articles; see `Storage.named_with`."""
    ids = [one.article_id for one in _newest(connection, scope, name_ids, _COMPANY)]
    company = _company(connection, scope.desk_id, ids, name_ids, limit)
    told = _told_of(connection, scope.desk_id, ids, [one.name_id for one in company])
    looked_at = list({article_id: None for articles in told.values() for article_id in articles})
    sentences = _sentences(connection, scope.desk_id, looked_at)
    places = _places(connection, scope.desk_id, looked_at, {*name_ids, *told})
    asked = frozenset(name_ids)
    chosen = {one.name_id: _together(told[one.name_id], places, sentences, asked, one.name_id) for one in company}
    heads = heads_of(connection, scope, {article_id for article_id, _ in chosen.values()})
    stand = {(at, place) for at, pair in chosen.values() for place in pair}
    spoken = _spoken(connection, scope.desk_id, stand, sentences)
    found: list[NamedWith] = []
    for row in company:
        at, (one, other) = chosen[row.name_id]
        known = Name(MentionType(row.type), row.words)
        found.append(NamedWith(row.name_id, known, row.shared, heads[at], (spoken[at, one], spoken[at, other])))
    return tuple(found)


def names_of(
    connection: Connection, scope: Scope, article_ids: Collection[int], name_ids: Collection[int] | None = None
) -> dict[int, tuple[Standing, ...]]:
    """Return who is named in articles; see `Storage.names_of`."""
    seen_ids = connection.execute(_in_view(anybody(scope)), asking(scope, articles=list(article_ids))).scalars()
    places = _places(connection, scope.desk_id, seen_ids.all(), name_ids)
    return {one: tuple(_told(place) for place in places[one]) for one in article_ids if one in places}


def headlines(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> tuple[Rewritten, ...]:
    """Return the articles that got another headline; see `Storage.headlines`."""
    ids = [one.article_id for one in _rewritten(connection, scope, name_ids, limit)]
    these = and_(article.c.desk_id == scope.desk_id, article.c.article_id.in_(ids))
    found = connection.execute(select(article.c.article_id, article.c.republished_title).where(these))
    titles = {row.article_id: row.republished_title for row in found}
    heads = heads_of(connection, scope, ids)
    return tuple(Rewritten(heads[one], str(titles[one])) for one in ids)


def visible_names(connection: Connection, scope: Scope, names: Collection[Name]) -> dict[Name, int]:
    """Return those of these names that stand in visible articles, just as they are spelled, with their ids."""
    by_words = {(one.type.value, one.words): one for one in names}
    spelled = and_(name.c.desk_id == scope.desk_id, name.c.words.in_({one.words for one in names}))
    read = exists(select(true()).where(counted(scope), tally.c.name_id == name.c.name_id))
    # By its words, since names of one type are many.
    kind = name.c.type.in_([kind.value for kind in MentionType])
    rows = connection.execute(select(name).where(spelled, kind, read))
    return {by_words[row.type, row.words]: row.name_id for row in rows if (row.type, row.words) in by_words}


class _Met(NamedTuple):
    """An article in sight that means a name."""

    article_id: int
    total: int
    published: datetime | None
    came: int
    """Its first visible upload."""


class _Place(NamedTuple):
    """A mention, and which name it means."""

    start: int
    end: int
    name_id: int
    surface: str
    confidence: float
    name: Name


class _Span(NamedTuple):
    """In how many articles a name is meant, and the months of the first and the last that has a date."""

    name_id: int
    articles: int
    first: int | None
    last: int | None


def _known(connection: Connection, scope: Scope, which: ColumnElement[bool], limit: int) -> tuple[KnownName, ...]:
    """Return the names in sight that fit, the most mentioned first."""
    mentions = func.sum(tally.c.mentions).label("mentions")
    known = (
        select(tally.c.name_id, mentions, func.sum(tally.c.named).label("articles"))
        .where(counted(scope), which)
        .group_by(tally.c.name_id)
        .subquery("known")
    )
    this = and_(name.c.desk_id == scope.desk_id, name.c.name_id == known.c.name_id)
    ordered = (known.c.mentions.desc(), name.c.words, name.c.type)
    columns = known.c.name_id, name.c.type, name.c.words, known.c.mentions, known.c.articles
    rows = connection.execute(select(*columns).select_from(known.join(name, this)).order_by(*ordered).limit(limit))
    return tuple(
        KnownName(name_id, Name(MentionType(type_), words), int(mentions), int(articles))
        for name_id, type_, words, mentions, articles in rows
    )


def _most_in_the_newest(connection: Connection, scope: Scope, limit: int) -> tuple[KnownName, ...]:
    """Return the names that the newest articles mention most."""
    ids = [head.article_id for head in newest(connection, scope, _NEWEST)]
    these = and_(mention.c.desk_id == scope.desk_id, mention.c.article_id.in_(ids))
    named = select(mention.c.name_id).select_from(mention.join(name, _same_name)).where(these)
    grouped = named.group_by(mention.c.name_id, name.c.words, name.c.type)
    ordered = grouped.order_by(_mentions.desc(), name.c.words, name.c.type)
    chosen = connection.execute(ordered.limit(limit)).scalars().all()
    known = {one.name_id: one for one in _known(connection, scope, tally.c.name_id.in_(chosen), limit)}
    return tuple(known[name_id] for name_id in chosen)


def _beginning(scope: Scope, words: Sequence[str]) -> Select[int, str, int]:
    """Return the statement for the spellings in sight that hold these words, the last one perhaps begun."""
    *whole, begun = words
    # The longest narrows down best.
    longest = max(words, key=len)
    same = and_(tally.c.name_id == alias_word.c.name_id, tally.c.surface == alias_word.c.surface)
    uses = select(func.sum(tally.c.mentions)).where(counted(scope), same).scalar_subquery()
    padded = " " + alias.c.spelled + " "
    holds = [place_of(padded, f" {word} ") > 0 for word in whole] + [place_of(padded, f" {begun}") > 0]
    started = alias_word.c.word >= longest, alias_word.c.word < longest + "\U0010ffff"
    led = started if longest == begun else (alias_word.c.word == longest,)
    return (
        select(alias_word.c.name_id, alias_word.c.surface, uses.label("uses"))
        .select_from(alias_word.join(alias, _same_alias))
        .where(alias_word.c.desk_id == scope.desk_id, *led, *holds, uses.is_not(None))
        .order_by(alias_word.c.word, alias_word.c.name_id, alias_word.c.surface)
        .limit(_WEIGHED)
    )


def _walk(
    connection: Connection,
    scope: Scope,
    name_id: int,
    limit: int,
    *further: ColumnElement[bool],
    by: Sequence[ColumnElement[Any]] = (_NEW_FIRST,),
    first_come: bool = False,
) -> list[_Met]:
    """Return the first articles in sight that mean a name, in an order that an index has.

    It walks along the index until there are enough. Of those alike, the last to come into sight goes first, or the
    first.
    """
    statement = _walking(anybody(scope), further, tuple(by), first_come=first_come)
    return [_Met(*row) for row in connection.execute(statement, asking(scope, name=name_id, limit=limit))]


@cache
def _walking(
    who: Anybody, further: tuple[ColumnElement[bool], ...], by: tuple[ColumnElement[Any], ...], *, first_come: bool
) -> Select[*tuple[Any, ...]]:
    came = first_sight(who, mention.c.extraction_id).label("came")
    this = and_(mention.c.desk_id == _DESK, mention.c.name_id == _NAME, _once(mention))
    ties = (came, mention.c.article_id) if first_come else (came.desc(), mention.c.article_id)
    return (
        select(mention.c.article_id, mention.c.total, mention.c.published, came)
        .where(this, in_sight(who, mention.c.extraction_id), *further)
        .order_by(*by, *ties)
        .limit(_LIMIT)
    )


def _newest(
    connection: Connection, scope: Scope, name_ids: Collection[int], limit: int, *further: ColumnElement[bool]
) -> list[_Met]:
    """Return the articles in sight that mean one of these names and appeared last, undated ones last."""
    walks = [_walk(connection, scope, name_id, limit, *further) for name_id in name_ids]
    found = {one.article_id: one for walk in walks for one in walk}
    return sorted(found.values(), key=_by_date)[:limit]


def _rewritten(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> list[_Met]:
    """Return the articles in sight that mean one of these names and got another headline, the newest first.

    Where few of the desk's articles got one, it looks through those; where many did, a walk soon has enough.
    """
    if len(connection.execute(_REWRITTEN.limit(_FEW + 1), asking(scope)).all()) > _FEW:
        return _newest(connection, scope, name_ids, limit, _IS_REWRITTEN)
    found = connection.execute(_rewritten_of(anybody(scope)), asking(scope, names=list(name_ids)))
    return sorted({row[0]: _Met(*row) for row in found}.values(), key=_by_date)[:limit]


_REWRITTEN = select(article.c.article_id).where(article.c.desk_id == _DESK, article.c.republished_title.is_not(None))
_IS_REWRITTEN = mention.c.article_id.in_(_REWRITTEN)


@cache
def _rewritten_of(who: Anybody) -> Select[*tuple[Any, ...]]:
    came = first_sight(who, mention.c.extraction_id)
    # Added to nothing, as in `_IN_ARTICLES`.
    these = and_(_IS_REWRITTEN, (mention.c.name_id + 0).in_(_NAMES), _once(mention))
    seen_ones = and_(mention.c.desk_id == _DESK, these, in_sight(who, mention.c.extraction_id))
    return select(mention.c.article_id, mention.c.total, mention.c.published, came).where(seen_ones)


def _most(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> list[_Met]:
    """Return the articles in sight that mean these names most often, of those alike the newest."""
    by = _MOST_FIRST, _NEW_FIRST
    walks = [walk for one in name_ids if (walk := _walk(connection, scope, one, limit, by=by))]
    if len(walks) < 2:
        return walks[0] if walks else []
    met = {one.article_id for walk in walks for one in walk}
    asked = asking(scope, names=list(name_ids))
    totals = connection.execute(_totals_in(), {**asked, "articles": list(met)}).scalars()
    together = sorted(map(int, totals), reverse=True)
    # Those at the ends of the walks mean them so often; whatever is among the first does, too.
    least = min(together[:limit]) if len(together) >= limit else 1
    # And so it means one of them, alone, its share of that.
    asked |= {"least": least, "share": -(-least // len(walks))}
    ranked = sorted(connection.execute(_meaning(anybody(scope)), asked).all(), key=lambda row: -row[1])
    found: list[_Met] = []
    while ranked and len(found) < limit:
        last = ranked[min(limit - len(found), len(ranked)) - 1][1]
        alike = {row[0]: int(row[1]) for row in ranked if row[1] >= last}
        known = connection.execute(_meeting(anybody(scope)), {**asked, "articles": list(alike)})
        found += (_Met(row[0], alike[row[0]], row[1], row[2]) for row in known)
        ranked = ranked[len(alike) :]
    return sorted(found, key=lambda one: (-one.total, _by_date(one)))[:limit]


@cache
def _totals_in() -> Select[int]:
    """Return the statement for how often each of these articles means these names together."""
    return select(func.sum(mention.c.total)).where(_NAMED_IN_ARTICLES).group_by(mention.c.article_id)


@cache
def _meaning(who: Anybody) -> Select[int, int]:
    """Return the statement for the articles that mean names at least so often together, and one of them its share.

    For a part of the desk those in sight; for all of it, where few are out of sight, `_meeting` leaves out the others.
    """
    least, share = bindparam("least", type_=Integer), bindparam("share", type_=Integer)
    often = and_(mention.c.desk_id == _DESK, mention.c.name_id.in_(_NAMES), _once(mention), mention.c.total >= share)
    in_view = [] if who.audiences is None else [in_sight(who, mention.c.extraction_id)]
    heavy = select(mention.c.article_id).where(often, *in_view)
    total = func.sum(_other.c.total)
    # Added to nothing, as in `_IN_ARTICLES`.
    meant = and_(_other.c.desk_id == _DESK, _other.c.article_id.in_(heavy), (_other.c.name_id + 0).in_(_NAMES))
    totals = select(_other.c.article_id, total).where(meant, _once(_other)).group_by(_other.c.article_id)
    return totals.having(total >= least)


@cache
def _meeting(who: Anybody) -> Select[*tuple[Any, ...]]:
    """Return the statement for those of some articles that are in sight: when they were published, and came."""
    came = first_sight(who, mention.c.extraction_id)
    these = and_(_NAMED_IN_ARTICLES, _once(mention), in_sight(who, mention.c.extraction_id))
    return select(mention.c.article_id, mention.c.published, came).where(these).distinct()


def _ends(
    connection: Connection, scope: Scope, known: Collection[_Span]
) -> tuple[ArticleHead | None, ArticleHead | None]:
    """Return the articles in sight that appeared first and last, by the months in which each name was meant.

    Of several it is the one that was brought first.
    """
    firsts = {one.name_id: one.first for one in known if one.first}
    lasts = {one.name_id: one.last for one in known if one.last}
    if not firsts:
        return None, None
    first, last = min(firsts.values()), max(lasts.values())
    early = [_end(connection, scope, one, _OLD_FIRST) for one, month in firsts.items() if month == first]
    late = [_end(connection, scope, one, _NEW_FIRST) for one, month in lasts.items() if month == last]
    ends = (
        min(early, key=lambda one: (_when(one), one.came, one.article_id)),
        min(late, key=lambda one: (-_when(one), one.came, one.article_id)),
    )
    heads = heads_of(connection, scope, {one.article_id for one in ends})
    return heads[ends[0].article_id], heads[ends[1].article_id]


@cache
def _sighted(who: Anybody) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Return the statements for how often names are meant by month and source, and when each was first and last."""
    these = and_(counted(who, monthly), monthly.c.name_id.in_(_NAMES))
    by = monthly.c.month, monthly.c.source
    dated = func.nullif(monthly.c.month, 0)
    spans = select(monthly.c.name_id, func.sum(monthly.c.articles), func.min(dated), func.max(dated))
    return (
        select(*by, func.sum(monthly.c.mentions)).where(these).group_by(*by),
        spans.where(these).group_by(monthly.c.name_id),
    )


def _end(connection: Connection, scope: Scope, name_id: int, by: ColumnElement[Any]) -> _Met:
    """Return the first article in sight, by its date or backwards, that means a name which dated ones are known to."""
    return _walk(connection, scope, name_id, 1, _DATED, by=(by,), first_come=True)[0]


def _count(connection: Connection, scope: Scope, name_ids: Collection[int]) -> int:
    """Return how many articles in sight mean one of these names."""
    articles = func.sum(monthly.c.articles)
    these = and_(counted(scope, monthly), monthly.c.name_id.in_(name_ids))
    rows = connection.execute(select(monthly.c.name_id, articles).where(these).group_by(monthly.c.name_id))
    return _each_once(connection, scope, {row[0]: int(row[1]) for row in rows})


def _each_once(connection: Connection, scope: Scope, articles: Mapping[int, int]) -> int:
    """Return how many articles in sight mean names of which each is meant in so many: an article counts once."""
    if not articles:
        return 0
    most = max(articles, key=articles.__getitem__)
    others = [name_id for name_id in articles if name_id != most]
    if not others:
        return articles[most]
    same = and_(_other.c.desk_id == scope.desk_id, _other.c.name_id == most, _once(_other))
    if _RARE * sum(articles[one] for one in others) < articles[most]:
        known: ColumnElement[bool] = exists(select(true()).where(same, _other.c.article_id == mention.c.article_id))
    else:
        known = mention.c.article_id.in_(select(_other.c.article_id).where(same))
    named = and_(mention.c.desk_id == scope.desk_id, mention.c.name_id.in_(others), _once(mention))
    further = select(func.count(mention.c.article_id.distinct())).where(
        named, ~known, in_sight(scope, mention.c.extraction_id)
    )
    return articles[most] + int(connection.execute(further).scalar_one())


def _once(source: FromClause) -> ColumnElement[bool]:
    """Return the condition that chooses one row for each article that means a name, written as its indexes have it.

    Not as what is greater than 0: SQLite would walk along the totals, and not along the dates.
    """
    return source.c.total != literal_column("0")


def _when(one: _Met) -> float:
    return one.published.timestamp() if one.published else 0.0


def _by_date(one: _Met) -> tuple[bool, float, int, int]:
    """Return what puts the newest first, undated ones last, and of those alike first what came into sight last."""
    return one.published is None, -_when(one), -one.came, one.article_id


def _places(
    connection: Connection, desk_id: int, article_ids: Collection[int], name_ids: Collection[int] | None = None
) -> dict[int, list[_Place]]:
    """Return where articles that are known to be visible name somebody, or one of these, in the order of each text."""
    asked: dict[str, object] = {"desk": desk_id, "articles": list(article_ids)}
    statement = _PLACES if name_ids is None else _PLACES_OF
    if name_ids is not None:
        asked["names"] = list(name_ids)
    names: dict[int, Name] = {}
    places: defaultdict[int, list[_Place]] = defaultdict(list)
    for article_id, name_id, surface, confidence, starts, kind, words in connection.execute(statement, asked):
        known = names.get(name_id) or names.setdefault(name_id, Name(MentionType(kind), words))
        long = len(surface)
        places[article_id] += [_Place(start, start + long, name_id, surface, confidence, known) for start in starts]
    for found in places.values():
        found.sort(key=itemgetter(0, 1))
    return places


def _told(place: _Place, sentence: tuple[int, int] | None = None, words: str | None = None) -> Standing:
    """Return a mention, in its sentence where that was read."""
    written = Mention(place.start, place.end, place.name.type, place.surface, place.confidence)
    passage = None if sentence is None or words is None else Passage(words, *sentence)
    return Standing(written, place.name, place.name_id, passage)


def _standing(place: _Place, whole: StoredText | None) -> Standing:
    """Return a mention in its sentence, cut from an article."""
    around = None if whole is None else _around([(one.start, one.end) for one in whole.sentences], place)
    return _told(place, around, whole.stored.article.text[slice(*around)] if whole and around else None)


def _around(sentences: Sequence[tuple[int, int]], place: _Place) -> tuple[int, int] | None:
    """Return the sentence, among those of an article in their order, that holds a mention."""
    at = bisect_right(sentences, place.start, key=itemgetter(0)) - 1
    return sentences[at] if at >= 0 and place.end <= sentences[at][1] else None


def _sentences(connection: Connection, desk_id: int, article_ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """Return where the sentences of articles begin and end that are known to be visible."""
    found: dict[int, list[tuple[int, int]]] = {one: [] for one in article_ids}
    for article_id, start, end in connection.execute(_SENTENCES, {"desk": desk_id, "articles": list(article_ids)}):
        found[article_id].append((start, end))
    return found


def _spoken(
    connection: Connection,
    desk_id: int,
    places: Collection[tuple[int, _Place]],
    sentences: Mapping[int, Sequence[tuple[int, int]]],
) -> dict[tuple[int, _Place], Standing]:
    """Return mentions, each with its article, in their sentences: cut out there, for a text may be long."""
    held = {(at, place): _around(sentences[at], place) for at, place in places}
    starts = sorted({(at, around[0]) for (at, _), around in held.items() if around})
    words: dict[tuple[int, int], str] = {}
    if starts:
        these = tuple_(sentence.c.article_id, sentence.c.start).in_(starts)
        asked = {"desk": desk_id, "articles": sorted({at for at, _ in starts})}
        words = {(row[0], row[1]): row[2] for row in connection.execute(_SENTENCE_WORDS.where(these), asked)}
    return {
        (at, place): _told(place, around, words.get((at, around[0])) if around else None)
        for (at, place), around in held.items()
    }


_SENTENCES = (
    select(sentence.c.article_id, sentence.c.start, sentence.c.end)
    .where(sentence.c.desk_id == _DESK, sentence.c.article_id.in_(_ARTICLES))
    .order_by(sentence.c.article_id, sentence.c.ordinal)
)
_SENTENCE_WORDS = (
    select(
        sentence.c.article_id,
        sentence.c.start,
        func.substr(extraction.c.text, article.c.start + sentence.c.start + 1, sentence.c.end - sentence.c.start),
    )
    .select_from(
        sentence.join(
            article, and_(article.c.desk_id == sentence.c.desk_id, article.c.article_id == sentence.c.article_id)
        ).join(
            extraction,
            and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id),
        )
    )
    .where(sentence.c.desk_id == _DESK, sentence.c.article_id.in_(_ARTICLES))
)


def _texts(connection: Connection, scope: Scope, article_ids: Sequence[int]) -> dict[int, StoredText]:
    """Return articles with their sentences, by their ids; those that are too much to read at once are left out."""
    return {one.stored.article_id: one for one in texts(connection, scope, article_ids, _CHARACTERS)}


def _heads(
    connection: Connection, scope: Scope, article_ids: Collection[int], whole: Mapping[int, StoredText]
) -> dict[int, ArticleHead]:
    """Return what a list shows of articles, most of which have been read already."""
    missing = [one for one in article_ids if one not in whole]
    return {one: _head(text) for one, text in whole.items()} | (heads_of(connection, scope, missing) if missing else {})


def _head(whole: StoredText) -> ArticleHead:
    stored, printed = whole.stored, whole.stored.article
    opening = printed.text[:OPENING]
    return ArticleHead(stored.article_id, printed.title, printed.source, printed.published, stored.created_at, opening)


def _placing() -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Return the statements for where articles name anybody, and for where they name one of these."""
    columns = mention.c.article_id, mention.c.name_id, mention.c.surface, mention.c.confidence, mention.c.starts
    places = select(*columns, name.c.type, name.c.words)
    # Looked up in the index first: the rest of a row stands elsewhere, and most rows are not wanted.
    key = mention.c.name_id, mention.c.surface, mention.c.article_id
    wanted = select(*key).where(_NAMED_IN_ARTICLES).subquery("wanted")
    found = mention.join(name, _same_name).join(wanted, and_(*(each == wanted.c[each.name] for each in key)))
    return (
        places.select_from(mention.join(name, _same_name)).where(_IN_ARTICLES),
        places.select_from(found).where(mention.c.desk_id == _DESK),
    )


_PLACES, _PLACES_OF = _placing()


@cache
def _in_view(who: Anybody) -> Select[int]:
    """Return the statement for those of some articles that are visible."""
    these = and_(article.c.desk_id == _DESK, article.c.article_id.in_(_ARTICLES), brought(who, extraction.c.blob))
    read = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
    return select(article.c.article_id).select_from(article.join(extraction, read)).where(these)


def _company(
    connection: Connection, desk_id: int, article_ids: Collection[int], name_ids: Collection[int], limit: int
) -> Sequence[_Mentioned]:
    """Return the other names in articles that are known to be visible, so many of each type, those in most first."""
    asked = {"desk": desk_id, "articles": list(article_ids), "names": list(name_ids), "limit": limit}
    return sorted(connection.execute(_COMPANIONS, asked), key=lambda row: _TYPES.index(row.type))


def _companions() -> Select[*tuple[Any, ...]]:
    # Added to nothing, so that SQLite looks up what the articles name, and does not walk through all that is named.
    name_id = (mention.c.name_id + 0).label("name_id")
    shared, mentions = func.count().label("shared"), func.sum(mention.c.total).label("mentions")
    these = and_(_IN_ARTICLES, _once(mention), name_id.not_in(_NAMES))
    others = select(name_id, shared, mentions).where(these).group_by(name_id).subquery("others")
    this = and_(name.c.desk_id == _DESK, name.c.name_id == others.c.name_id)
    ordered = others.c.shared.desc(), others.c.mentions.desc(), name.c.words
    rank = func.row_number().over(partition_by=name.c.type, order_by=ordered).label("rank")
    columns = others.c.name_id, name.c.type, name.c.words, others.c.shared
    ranked = select(*columns, rank).select_from(others.join(name, this)).subquery("ranked")
    return select(ranked).where(ranked.c.rank <= _LIMIT).order_by(ranked.c.rank)


def _told_of(
    connection: Connection, desk_id: int, article_ids: Sequence[int], name_ids: Collection[int]
) -> dict[int, list[int]]:
    """Return for each name the first few of these articles that mention it."""
    ranks = {article_id: rank for rank, article_id in enumerate(article_ids)}
    told: defaultdict[int, list[int]] = defaultdict(list)
    asked = {"desk": desk_id, "articles": list(article_ids), "names": list(name_ids)}
    for name_id, article_id in connection.execute(_NAMED_WHERE, asked):
        told[name_id].append(article_id)
    return {one: nsmallest(_LOOKED_AT, articles, key=ranks.__getitem__) for one, articles in told.items()}


_NAMED_WHERE = select(mention.c.name_id, mention.c.article_id).where(_NAMED_IN_ARTICLES, _once(mention))
_COMPANIONS = _companions()


def _together(
    article_ids: Sequence[int],
    places: Mapping[int, Sequence[_Place]],
    sentences: Mapping[int, Sequence[tuple[int, int]]],
    asked: Collection[int],
    other: int,
) -> tuple[int, tuple[_Place, _Place]]:
    """Return where two names stand in one sentence; failing that, where each stands first in the newest article."""
    for article_id in article_ids:
        spans = sentences[article_id]
        ones = _by_sentence(spans, (one for one in places[article_id] if one.name_id in asked))
        others = _by_sentence(spans, (one for one in places[article_id] if one.name_id == other))
        for spoken in ones:
            if spoken is not None and spoken in others:
                return article_id, (ones[spoken], others[spoken])
    first = article_ids[0]
    one = next(place for place in places[first] if place.name_id in asked)
    return first, (one, next(place for place in places[first] if place.name_id == other))


def _by_sentence(
    sentences: Sequence[tuple[int, int]], places: Iterable[_Place]
) -> dict[tuple[int, int] | None, _Place]:
    """Return the first of these in each sentence, in the order of the text."""
    found: dict[tuple[int, int] | None, _Place] = {}
    for place in places:
        found.setdefault(_around(sentences, place), place)
    return found


def _spelled(surface: str, rows: Iterable[_Mentioned]) -> Spelled:
    uses = [Uses(row.source or None, row.mentions) for row in rows]
    uses.sort(key=lambda one: (-one.mentions, one.source is None, one.source or ""))
    return Spelled(surface, sum(one.mentions for one in uses), tuple(uses))


def _most_used(one: Spelled) -> tuple[int, str]:
    return -one.mentions, one.surface


def _in_time(one: Sighted) -> tuple[bool, date, bool, str]:
    """Return what puts these in the order of time, and within a month in that of their sources."""
    return one.month is None, one.month or date.min, one.source is None, one.source or ""


def _first_day(month: int) -> date | None:
    return date(month // 100, month % 100, 1) if month else None
