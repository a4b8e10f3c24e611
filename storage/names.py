"""Looking names up: what is told of one comes from visible articles alone, whoever else may have brought what."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from heapq import nsmallest
from itertools import groupby
from json import loads
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
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

# Of several names together, so many times as many are looked at as are wanted, for who is first in the sum.
_FURTHER = 10

# Along so many names it walks in one statement.
_AT_ONCE = 4

# So many articles are looked through without a walk.
_FEW = 1000

# Last of all months, and of all sources.
_UNDATED = 999_999
_NO_SOURCE = "\U0010ffff"

_TYPES = [kind.value for kind in MentionType]

_same_name = and_(name.c.desk_id == mention.c.desk_id, name.c.name_id == mention.c.name_id)
_same_alias = and_(
    alias.c.desk_id == alias_word.c.desk_id,
    alias.c.name_id == alias_word.c.name_id,
    alias.c.surface == alias_word.c.surface,
)
_other = mention.alias("other")
_spelling = tally.alias("spelling")
_mentions = func.sum(mention.c.mentions)
_uses = func.sum(tally.c.mentions)

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
    known = _known(connection, scope, best, limit)
    return tuple(SuggestedName(one, best[one.name_id][1]) for one in known)


def names_called(connection: Connection, scope: Scope, typed: str, limit: int) -> tuple[KnownName, ...]:
    """Return the names that are spelled just so; see `Storage.names_called`."""
    asked = asking(scope, spelled=spell(typed[:_LONGEST]), limit=limit)
    return tuple(_known_name(row) for row in connection.execute(_called(anybody(scope)), asked))


def names_like(connection: Connection, scope: Scope, keys: Collection[str], limit: int) -> tuple[KnownName, ...]:
    """Return the names that share a key; see `Storage.names_like`."""
    asked = asking(scope, keys=list(keys), limit=limit)
    return tuple(_known_name(row) for row in connection.execute(_sharing(anybody(scope)), asked))


def spellings(connection: Connection, scope: Scope, name_ids: Collection[int]) -> tuple[Spelled, ...]:
    """Return how names are written; see `Storage.spellings`."""
    rows = connection.execute(_writings(anybody(scope)), asking(scope, names=list(name_ids))).all()
    grouped = groupby(rows, attrgetter("surface"))
    return tuple(sorted((_spelled(surface, rows) for surface, rows in grouped), key=_most_used))


def seen(connection: Connection, scope: Scope, name_ids: Collection[int]) -> Seen:
    """Return when and how often names were meant; see `Storage.seen`."""
    rows = connection.execute(_sighted(anybody(scope)), asking(scope, names=list(name_ids))).all()
    known = [_span(name_id, list(group)) for name_id, group in groupby(rows, itemgetter(0))]
    first, last = _ends(connection, scope, known)
    by_month = _by_month(rows)
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
    ranks = {article_id: rank for rank, article_id in enumerate(ids)}
    told = {one.name_id: nsmallest(_LOOKED_AT, map(int, one.told.split()), key=ranks.__getitem__) for one in company}
    looked_at = list({article_id: None for articles in told.values() for article_id in articles})
    sentences = _sentences(connection, scope.desk_id, looked_at)
    places = _places(connection, scope.desk_id, looked_at, {*name_ids, *told}, told)
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
    """In how many articles a name is meant, and the months of the first and the last that has a date, or 0."""

    name_id: int
    articles: int
    first: int
    last: int


def _known(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> tuple[KnownName, ...]:
    """Return those of these names that are in sight, the most mentioned first."""
    asked = asking(scope, names=list(name_ids), limit=limit)
    return tuple(_known_name(row) for row in connection.execute(_chosen(anybody(scope)), asked))


@cache
def _chosen(who: Anybody) -> Select[*tuple[Any, ...]]:
    return _knowing(who, tally.c.name_id.in_(_NAMES))


@cache
def _called(who: Anybody) -> Select[*tuple[Any, ...]]:
    """Return the statement for the names with a spelling that is in sight itself."""
    same = and_(_spelling.c.name_id == alias.c.name_id, _spelling.c.surface == alias.c.surface)
    read = exists(select(true()).where(counted(who, _spelling), same))
    spelled = and_(alias.c.desk_id == _DESK, alias.c.spelled == bindparam("spelled", type_=Text))
    return _knowing(who, tally.c.name_id.in_(select(alias.c.name_id).where(spelled, read)))


@cache
def _sharing(who: Anybody) -> Select[*tuple[Any, ...]]:
    """Return the statement for the names that share a key."""
    keys = name_key.c.key.in_(bindparam("keys", type_=Text, expanding=True))
    return _knowing(who, tally.c.name_id.in_(select(name_key.c.name_id).where(name_key.c.desk_id == _DESK, keys)))


def _knowing(who: Anybody, which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the statement for the names in sight that fit, the most mentioned first."""
    known = (
        select(tally.c.name_id, _uses.label("mentions"), func.sum(tally.c.named).label("articles"))
        .where(counted(who), which)
        .group_by(tally.c.name_id)
        .subquery("known")
    )
    this = and_(name.c.desk_id == _DESK, name.c.name_id == known.c.name_id)
    ordered = (known.c.mentions.desc(), name.c.words, name.c.type)
    columns = known.c.name_id, name.c.type, name.c.words, known.c.mentions, known.c.articles
    return select(*columns).select_from(known.join(name, this)).order_by(*ordered).limit(_LIMIT)


def _known_name(row: _Mentioned) -> KnownName:
    name_id, type_, words, mentions, articles = row
    return KnownName(name_id, Name(MentionType(type_), words), int(mentions), int(articles))


@cache
def _writings(who: Anybody) -> Select[*tuple[Any, ...]]:
    """Return the statement for how often sources write names in which ways."""
    by = tally.c.surface, tally.c.source
    these = and_(counted(who), tally.c.name_id.in_(_NAMES))
    return select(*by, _uses.label("mentions")).where(these).group_by(*by).order_by(tally.c.surface)


def _most_in_the_newest(connection: Connection, scope: Scope, limit: int) -> tuple[KnownName, ...]:
    """Return the names that the newest articles mention most."""
    ids = [head.article_id for head in newest(connection, scope, _NEWEST)]
    these = and_(mention.c.desk_id == scope.desk_id, mention.c.article_id.in_(ids))
    named = select(mention.c.name_id).select_from(mention.join(name, _same_name)).where(these)
    grouped = named.group_by(mention.c.name_id, name.c.words, name.c.type)
    ordered = grouped.order_by(_mentions.desc(), name.c.words, name.c.type)
    chosen = connection.execute(ordered.limit(limit)).scalars().all()
    known = {one.name_id: one for one in _known(connection, scope, chosen, limit)}
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
    name_ids: Sequence[int],
    limit: int,
    *further: ColumnElement[bool],
    by: tuple[ColumnElement[Any], ...] = (_NEW_FIRST,),
) -> list[_Met]:
    """Return for each name the first articles in sight that mean it, in an order that an index has.

    It walks along the index until there are enough. Of those alike, the last to come into sight goes first.
    """
    places = 1 if len(name_ids) == 1 else _AT_ONCE
    statement = _walks(anybody(scope), further, by, places)
    met: list[_Met] = []
    for first in range(0, len(name_ids), places):
        asked = asking(scope, limit=limit, **_placed(name_ids[first : first + places], places))
        met += [_Met(*row) for row in connection.execute(statement, asked).all()]
    return met


@cache
def _walks(
    who: Anybody, further: tuple[ColumnElement[bool], ...], by: tuple[ColumnElement[Any], ...], places: int
) -> CompoundSelect[*tuple[Any, ...]]:
    return _one_by_one(_walking(who, _at(place), further, by).limit(_LIMIT) for place in range(places))


def _walking(
    who: Anybody,
    name_id: ColumnElement[int],
    further: Sequence[ColumnElement[bool]],
    by: Sequence[ColumnElement[Any]],
    *,
    first_come: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Return the statement for the articles in sight that mean a name, in an order; of those alike the last to come."""
    came = first_sight(who, mention.c.extraction_id).label("came")
    this = and_(mention.c.desk_id == _DESK, mention.c.name_id == name_id, _once(mention))
    ties = (came, mention.c.article_id) if first_come else (came.desc(), mention.c.article_id)
    return (
        select(mention.c.article_id, mention.c.total, mention.c.published, came)
        .where(this, in_sight(who, mention.c.extraction_id), *further)
        .order_by(*by, *ties)
    )


def _one_by_one(statements: Iterable[Select[*tuple[Any, ...]]]) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the statement for the rows of several, each with an order and a limit of its own."""
    return union_all(*(select(one.subquery(f"part_{place}")) for place, one in enumerate(statements)))


def _at(place: int) -> BindParameter[int]:
    return bindparam(f"name_{place}", type_=BigInteger)


def _placed(name_ids: Sequence[int], places: int) -> dict[str, int | None]:
    """Return with what a statement for so many names is run; the places that are left over stand for none."""
    return {f"name_{place}": name_ids[place] if place < len(name_ids) else None for place in range(places)}


def _newest(
    connection: Connection, scope: Scope, name_ids: Collection[int], limit: int, *further: ColumnElement[bool]
) -> list[_Met]:
    """Return the articles in sight that mean one of these names and appeared last, undated ones last."""
    found = {one.article_id: one for one in _walk(connection, scope, list(name_ids), limit, *further)}
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
    if len(name_ids) < 2:
        return _walk(connection, scope, list(name_ids), limit, by=by)
    far = limit * max(1, _FURTHER // len(name_ids))
    met = {one.article_id for one in _walk(connection, scope, list(name_ids), far, by=by)}
    if not met:
        return []
    asked = asking(scope, names=list(name_ids))
    totals = connection.execute(_totals_in(), {**asked, "articles": list(met)}).scalars()
    together = sorted(map(int, totals), reverse=True)
    # Those at the ends of the walks mean them so often; whatever is among the first does, too.
    least = min(together[:limit]) if len(together) >= limit else 1
    ranked = _often_together(connection, scope, name_ids, least)
    found: list[_Met] = []
    while ranked and len(found) < limit:
        last = ranked[min(limit - len(found), len(ranked)) - 1][1]
        level = {row[0]: int(row[1]) for row in ranked if row[1] >= last}
        known = connection.execute(_meeting(anybody(scope)), asking(scope, articles=list(level)))
        found += (_Met(row[0], level[row[0]], row[1], row[2]) for row in known)
        ranked = ranked[len(level) :]
    return sorted(found, key=lambda one: (-one.total, _by_date(one)))[:limit]


def _often_together(
    connection: Connection, scope: Scope, name_ids: Collection[int], least: int
) -> Sequence[Row[int, int]]:
    """Return the articles that mean names at least so often together, with how often, those that do most first."""
    levels = connection.execute(_OFTEN, {"desk": scope.desk_id, "names": list(name_ids)}).all()
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for name_id, share in _shares(levels, least).items():
        alike[share].append(name_id)
    asked = asking(scope, names=list(name_ids), least=least)
    for place, (share, names) in enumerate(alike.items()):
        asked |= {f"share_{place}": share, f"names_{place}": names}
    rows = connection.execute(_meaning(anybody(scope), len(alike)), asked)
    return sorted(rows, key=lambda row: -row[1])


@cache
def _totals_in() -> Select[int]:
    """Return the statement for how often each of these articles means these names together."""
    return select(func.sum(mention.c.total)).where(_NAMED_IN_ARTICLES).group_by(mention.c.article_id)


def _once(source: FromClause) -> ColumnElement[bool]:
    """Return the condition that chooses one row for each article that means a name, written as its indexes have it.

    Not as what is greater than 0: SQLite would walk along the totals, and not along the dates.
    """
    return source.c.total != literal_column("0")


def _shares(levels: Iterable[tuple[int, int, int]], least: int) -> dict[int, int]:
    """Return for each name how often an article means it, or another its own share, that means all so often together.

    `levels` are how many articles mean each name how often: name, times, articles. An article that means each name less
    often than its share, and so at most once less, means them less than `least` times together. The shares are chosen
    so that few articles have one.
    """
    articles = {(name_id, times): many for name_id, times, many in levels}
    highest: dict[int, int] = {}
    for name_id, times in articles:
        highest[name_id] = max(times, highest.get(name_id, 0))
    steps = [
        (articles.get((one, times), 0), -times, one) for one, most in highest.items() for times in range(1, most + 1)
    ]
    shares = {one: most + 1 for one, most in highest.items()}
    # They begin higher than any article reaches, and go down in the steps that bring the fewest articles.
    for _, times, one in nsmallest(sum(highest.values()) - least + 1, steps):
        shares[one] = min(shares[one], -times)
    return shares


_OFTEN = (
    select(mention.c.name_id, mention.c.total, func.count())
    .where(mention.c.desk_id == _DESK, mention.c.name_id.in_(_NAMES), _once(mention))
    .group_by(mention.c.name_id, mention.c.total)
)


@lru_cache(64)
def _meaning(who: Anybody, shares: int) -> Select[int, int]:
    """Return the statement for the articles that mean names at least so often together, and one of them its share.

    The names come sorted by that, of which there are so many.

    For a part of the desk those in sight; for all of it, where few are out of sight, `_meeting` leaves out the others.
    """
    in_view = [] if who.audiences is None else [in_sight(who, mention.c.extraction_id)]
    heavy = union_all(*(select(mention.c.article_id).where(_its_share(place), *in_view) for place in range(shares)))
    total = func.sum(_other.c.total)
    # Added to nothing, as in `_IN_ARTICLES`.
    meant = and_(_other.c.desk_id == _DESK, _other.c.article_id.in_(heavy), (_other.c.name_id + 0).in_(_NAMES))
    totals = select(_other.c.article_id, total).where(meant, _once(_other)).group_by(_other.c.article_id)
    return totals.having(total >= bindparam("least", type_=Integer))


def _its_share(place: int) -> ColumnElement[bool]:
    """Return the condition that an article means one of the names that have this share at least so often."""
    these = mention.c.name_id.in_(bindparam(f"names_{place}", type_=BigInteger, expanding=True))
    share = bindparam(f"share_{place}", type_=Integer)
    return and_(mention.c.desk_id == _DESK, these, _once(mention), mention.c.total >= share)


@cache
def _meeting(who: Anybody) -> Select[*tuple[Any, ...]]:
    """Return the statement for those of some articles that are in sight: when they were published, and came."""
    came = first_sight(who, article.c.extraction_id)
    these = and_(article.c.desk_id == _DESK, article.c.article_id.in_(_ARTICLES))
    return select(article.c.article_id, article.c.published, came).where(these, in_sight(who, article.c.extraction_id))


def _ends(
    connection: Connection, scope: Scope, known: Collection[_Span]
) -> tuple[ArticleHead | None, ArticleHead | None]:
    """Return the articles in sight that appeared first and last, by the months in which each name was meant.

    Of several it is the one that was brought first.
    """
    dated = [one for one in known if one.first]
    if not dated:
        return None, None
    first, last = min(one.first for one in dated), max(one.last for one in dated)
    asked = asking(scope, names=[one.name_id for one in dated if first == one.first or last == one.last])
    found = connection.execute(_ending(anybody(scope)), asked).all()
    early, late = ({one for one in ends if one} for ends in zip(*found, strict=True))
    began, ended = (min(ends) for ends in (early, late))
    if len(early) > 1 or len(late) > 1:
        met = _when_met(connection, scope, early | late)
        began = min(early, key=lambda one: (_when(met[one]), met[one].came, one))
        ended = min(late, key=lambda one: (-_when(met[one]), met[one].came, one))
    heads = heads_of(connection, scope, {began, ended})
    return heads[began], heads[ended]


def _when_met(connection: Connection, scope: Scope, article_ids: Collection[int]) -> dict[int, _Met]:
    """Return when articles in sight were published, and came."""
    rows = connection.execute(_meeting(anybody(scope)), asking(scope, articles=list(article_ids)))
    return {row[0]: _Met(row[0], 0, row[1], row[2]) for row in rows}


@cache
def _sighted(who: Anybody) -> Select[*tuple[Any, ...]]:
    """Return the statement for how often names are meant, each by month and source."""
    by = monthly.c.name_id, monthly.c.month, monthly.c.source
    meant = func.sum(monthly.c.mentions).label("mentions"), func.sum(monthly.c.articles).label("articles")
    these = and_(counted(who, monthly), monthly.c.name_id.in_(_NAMES))
    return select(*by, *meant).where(these).group_by(*by).order_by(monthly.c.name_id)


@cache
def _ending(who: Anybody) -> Select[int, int]:
    """Return the statement for which articles in sight, of those with a date, mean each name first and last."""
    walks = (
        _walking(who, name.c.name_id, (_DATED,), (by,), first_come=True).with_only_columns(mention.c.article_id)
        for by in (_OLD_FIRST, _NEW_FIRST)
    )
    ends = [one.limit(1).correlate(name).scalar_subquery() for one in walks]
    return select(*ends).where(name.c.desk_id == _DESK, name.c.name_id.in_(_NAMES))


def _count(connection: Connection, scope: Scope, name_ids: Collection[int]) -> int:
    """Return how many articles in sight mean one of these names."""
    rows = connection.execute(_meant_in(anybody(scope)), asking(scope, names=list(name_ids)))
    return _each_once(connection, scope, {row[0]: int(row[1]) for row in rows})


@cache
def _meant_in(who: Anybody) -> Select[int, int]:
    """Return the statement for in how many articles names are meant, each."""
    these = and_(counted(who, monthly), monthly.c.name_id.in_(_NAMES))
    return select(monthly.c.name_id, func.sum(monthly.c.articles)).where(these).group_by(monthly.c.name_id)


def _each_once(connection: Connection, scope: Scope, articles: Mapping[int, int]) -> int:
    """Return how many articles in sight mean names of which each is meant in so many: an article counts once."""
    if not articles:
        return 0
    most = max(articles, key=articles.__getitem__)
    others = [name_id for name_id in articles if name_id != most]
    if not others:
        return articles[most]
    few = _RARE * sum(articles[one] for one in others) < articles[most]
    asked = asking(scope, name=most, names=others)
    return articles[most] + int(connection.execute(_without(anybody(scope), few=few), asked).scalar_one())


@cache
def _without(who: Anybody, *, few: bool) -> Select[int]:
    """Return the statement for how many articles in sight mean one of these names and not that one."""
    same = and_(_other.c.desk_id == _DESK, _other.c.name_id == _NAME, _once(_other))
    if few:
        known: ColumnElement[bool] = exists(select(true()).where(same, _other.c.article_id == mention.c.article_id))
    else:
        known = mention.c.article_id.in_(select(_other.c.article_id).where(same))
    named = and_(mention.c.desk_id == _DESK, mention.c.name_id.in_(_NAMES), _once(mention))
    further = select(func.count(mention.c.article_id.distinct()))
    return further.where(named, ~known, in_sight(who, mention.c.extraction_id))


def _when(one: _Met) -> float:
    return one.published.timestamp() if one.published else 0.0


def _by_date(one: _Met) -> tuple[bool, float, int, int]:
    """Return what puts the newest first, undated ones last, and of those alike first what came into sight last."""
    return one.published is None, -_when(one), -one.came, one.article_id


def _places(
    connection: Connection,
    desk_id: int,
    article_ids: Collection[int],
    name_ids: Collection[int] | None = None,
    told: Mapping[int, Collection[int]] | None = None,
) -> dict[int, list[_Place]]:
    """Return where articles that are known to be visible name somebody, or one of these, in the order of each text.

    `told` has the articles in which a name is looked for, where those are not all.
    """
    asked: dict[str, object] = {"desk": desk_id, "articles": list(article_ids)}
    statement = _PLACES if name_ids is None else _PLACES_OF
    if name_ids is not None:
        asked["names"] = list(name_ids)
    names: dict[int, Name] = {}
    places: defaultdict[int, list[_Place]] = defaultdict(list)
    for article_id, name_id, surface, confidence, starts, kind, words in connection.execute(statement, asked).all():
        if told is not None and article_id not in told.get(name_id, (article_id,)):
            continue
        known = names.get(name_id) or names.setdefault(name_id, Name(MentionType(kind), words))
        long = len(surface)
        places[article_id] += [
            _Place(start, start + long, name_id, surface, confidence, known) for start in loads(starts)
        ]
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
    asked = {"desk": desk_id, "articles": list(article_ids)}
    for article_id, start, end in connection.execute(_SENTENCES, asked).all():
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
    # Of many rows few are taken apart.
    starts = cast(mention.c.starts, Text)
    columns = mention.c.article_id, mention.c.name_id, mention.c.surface, mention.c.confidence, starts
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
    """Return the other names in articles that are known to be visible, so many of each type, those in most first.

    Each with the articles that it is `told` in.
    """
    asked = {"desk": desk_id, "articles": list(article_ids), "names": list(name_ids), "limit": limit}
    return sorted(connection.execute(_COMPANIONS, asked), key=lambda row: _TYPES.index(row.type))


def _companions() -> Select[*tuple[Any, ...]]:
    # Added to nothing, so that SQLite looks up what the articles name, and does not walk through all that is named.
    name_id = (mention.c.name_id + 0).label("name_id")
    shared, mentions = func.count().label("shared"), func.sum(mention.c.total).label("mentions")
    told = func.aggregate_strings(cast(mention.c.article_id, Text), " ").label("told")
    these = and_(_IN_ARTICLES, _once(mention), name_id.not_in(_NAMES))
    others = select(name_id, shared, mentions, told).where(these).group_by(name_id).subquery("others")
    this = and_(name.c.desk_id == _DESK, name.c.name_id == others.c.name_id)
    ordered = others.c.shared.desc(), others.c.mentions.desc(), name.c.words
    rank = func.row_number().over(partition_by=name.c.type, order_by=ordered).label("rank")
    columns = others.c.name_id, name.c.type, name.c.words, others.c.shared, others.c.told
    ranked = select(*columns, rank).select_from(others.join(name, this)).subquery("ranked")
    return select(ranked).where(ranked.c.rank <= _LIMIT).order_by(ranked.c.rank)


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


def _span(name_id: int, rows: Sequence[_Mentioned]) -> _Span:
    _, months, _, _, articles = zip(*rows, strict=True)
    dated = set(months) - {0}
    return _Span(name_id, int(sum(articles)), min(dated, default=0), max(dated, default=0))


def _by_month(rows: Iterable[_Mentioned]) -> list[Sighted]:
    """Return how often names were meant, in the order of time, and within a month in that of their sources."""
    meant: defaultdict[tuple[int, str], int] = defaultdict(int)
    for _, month, source, mentions, _ in rows:
        meant[month or _UNDATED, source or _NO_SOURCE] += int(mentions)
    return [
        Sighted(_first_day(month), None if source is _NO_SOURCE else source, meant[month, source])
        for month, source in sorted(meant)
    ]


@lru_cache(1000)
def _first_day(month: int) -> date | None:
    return None if month == _UNDATED else date(month // 100, month % 100, 1)
