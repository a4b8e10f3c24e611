"""Looking names up: what is told of one comes from visible articles alone, whoever else may have brought what."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from heapq import nsmallest
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    exists,
    func,
    literal_column,
    select,
    true,
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
from storage.tables import alias, alias_word, article, mention, monthly, name, name_key, tally
from storage.texts import sentences_of, texts
from summariser.model import Mention, MentionType, Name, Passage, Span

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
    columns = monthly.c.name_id, monthly.c.month, monthly.c.source
    counts = func.sum(monthly.c.mentions).label("mentions"), func.sum(monthly.c.articles).label("articles")
    these = and_(counted(scope, monthly), monthly.c.name_id.in_(name_ids))
    rows = connection.execute(select(*columns, *counts).where(these).group_by(*columns)).all()
    mentions = Counter[tuple[int, str]]()
    articles = Counter[int]()
    for row in rows:
        mentions[row.month, row.source] += int(row.mentions)
        articles[row.name_id] += int(row.articles)
    by_month = [Sighted(_first_day(month), source or None, number) for (month, source), number in mentions.items()]
    first, last = _ends(connection, scope, {(row.name_id, row.month) for row in rows if row.month})
    return Seen(
        mentions=mentions.total(),
        articles=_each_once(connection, scope, articles),
        first=first,
        last=last,
        by_month=tuple(sorted(by_month, key=_in_time)),
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
    sentences = sentences_of(connection, scope.desk_id, looked_at)
    places = _places(connection, scope.desk_id, looked_at, {*name_ids, *told})
    asked = frozenset(name_ids)
    chosen = {one.name_id: _together(told[one.name_id], places, sentences, asked, one.name_id) for one in company}
    whole = _texts(connection, scope, list({article_id: None for article_id, _ in chosen.values()}))
    heads = _heads(connection, scope, {article_id for article_id, _ in chosen.values()}, whole)
    found = []
    for row in company:
        article_id, (one, other) = chosen[row.name_id]
        standing = _standing(one, whole.get(article_id)), _standing(other, whole.get(article_id))
        known = Name(MentionType(row.type), row.words)
        found.append(NamedWith(row.name_id, known, row.shared, heads[article_id], standing))
    return tuple(found)


def names_of(connection: Connection, scope: Scope, article_ids: Collection[int]) -> dict[int, tuple[Standing, ...]]:
    """Return who is named in articles; see `Storage.names_of`."""
    heads = heads_of(connection, scope, article_ids)
    places = _places(connection, scope.desk_id, heads)
    return {one: tuple(_standing(place, None) for place in places[one]) for one in article_ids if one in places}


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

    mention: Mention
    name: Name
    name_id: int


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
    came = first_sight(scope, mention.c.extraction_id).label("came")
    this = and_(mention.c.desk_id == scope.desk_id, mention.c.name_id == name_id, _once(mention))
    ties = (came, mention.c.article_id) if first_come else (came.desc(), mention.c.article_id)
    statement = (
        select(mention.c.article_id, mention.c.total, mention.c.published, came)
        .where(this, in_sight(scope, mention.c.extraction_id), *further)
        .order_by(*by, *ties)
        .limit(limit)
    )
    return [_Met(*row) for row in connection.execute(statement)]


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
    rewritten = select(article.c.article_id).where(
        article.c.desk_id == scope.desk_id, article.c.republished_title.is_not(None)
    )
    if len(connection.execute(rewritten.limit(_FEW + 1)).all()) > _FEW:
        return _newest(connection, scope, name_ids, limit, mention.c.article_id.in_(rewritten))
    came = first_sight(scope, mention.c.extraction_id)
    columns = mention.c.article_id, mention.c.total, mention.c.published, came
    # Added to nothing, as in `_in_articles`.
    these = and_(mention.c.article_id.in_(rewritten), (mention.c.name_id + 0).in_(name_ids), _once(mention))
    seen = and_(mention.c.desk_id == scope.desk_id, these, in_sight(scope, mention.c.extraction_id))
    found = {row[0]: _Met(*row) for row in connection.execute(select(*columns).where(seen))}
    return sorted(found.values(), key=_by_date)[:limit]


def _most(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> list[_Met]:
    """Return the articles in sight that mean these names most often, of those alike the newest."""
    by = mention.c.total.desc(), _NEW_FIRST
    walks = [walk for one in name_ids if (walk := _walk(connection, scope, one, limit, by=by))]
    if len(walks) < 2:
        return walks[0] if walks else []
    total = func.sum(mention.c.total).label("total")
    these = _in_articles(scope.desk_id, {one.article_id for walk in walks for one in walk}, name_ids)
    known = connection.execute(select(total).where(these).group_by(mention.c.article_id)).scalars()
    together = sorted(map(int, known), reverse=True)
    # Those at the ends of the walks mean them so often; whatever is among the first does, too.
    least = min(together[:limit]) if len(together) >= limit else 1
    meant = and_(mention.c.desk_id == scope.desk_id, mention.c.name_id.in_(name_ids), _once(mention))
    totals = select(mention.c.article_id, total).where(meant).group_by(mention.c.article_id)
    most = totals.having(func.sum(mention.c.total) >= least).subquery("most")
    came = first_sight(scope, _other.c.extraction_id).label("came")
    same = and_(_other.c.desk_id == scope.desk_id, _other.c.article_id == most.c.article_id, _once(_other))
    statement = (
        select(most.c.article_id, most.c.total, _other.c.published, came)
        .select_from(most.join(_other, same))
        # Added to nothing, as in `_in_articles`.
        .where((_other.c.name_id + 0).in_(name_ids), in_sight(scope, _other.c.extraction_id))
        .distinct()
        .order_by(most.c.total.desc(), _other.c.published.desc().nulls_last(), came.desc(), most.c.article_id)
        .limit(limit)
    )
    return [_Met(row[0], int(row[1]), row[2], row[3]) for row in connection.execute(statement)]


def _ends(
    connection: Connection, scope: Scope, months: Collection[tuple[int, int]]
) -> tuple[ArticleHead | None, ArticleHead | None]:
    """Return the articles in sight that appeared first and last, by the months in which each name was meant.

    Of several it is the one that was brought first.
    """
    if not months:
        return None, None
    first, last = (by(month for _, month in months) for by in (min, max))
    early = [_end(connection, scope, name_id, _OLD_FIRST) for name_id, month in months if month == first]
    late = [_end(connection, scope, name_id, _NEW_FIRST) for name_id, month in months if month == last]
    ends = (
        min(early, key=lambda one: (_when(one), one.came, one.article_id)),
        min(late, key=lambda one: (-_when(one), one.came, one.article_id)),
    )
    heads = heads_of(connection, scope, {one.article_id for one in ends})
    return heads[ends[0].article_id], heads[ends[1].article_id]


def _end(connection: Connection, scope: Scope, name_id: int, by: ColumnElement[Any]) -> _Met:
    """Return the first article in sight, by its date or backwards, that means a name which dated ones are known to."""
    dated = mention.c.published.is_not(None)
    return _walk(connection, scope, name_id, 1, dated, by=(by,), first_come=True)[0]


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
    columns = mention.c.article_id, mention.c.name_id, mention.c.surface, mention.c.confidence, mention.c.starts
    source, these = mention.join(name, _same_name), _in_articles(desk_id, article_ids)
    if name_ids is not None:
        # Looked up in the index first: the rest of a row stands elsewhere, and most rows are not wanted.
        key = mention.c.name_id, mention.c.surface, mention.c.article_id
        wanted = select(*key).where(_in_articles(desk_id, article_ids, name_ids)).subquery("wanted")
        source, these = (
            source.join(wanted, and_(*(each == wanted.c[each.name] for each in key))),
            mention.c.desk_id == desk_id,
        )
    statement = select(*columns, name.c.type, name.c.words).select_from(source).where(these)
    places: defaultdict[int, list[_Place]] = defaultdict(list)
    for row in connection.execute(statement):
        type_ = MentionType(row.type)
        known = Name(type_, row.words)
        for start in row.starts:
            written = Mention(start, start + len(row.surface), type_, row.surface, row.confidence)
            places[row.article_id].append(_Place(written, known, row.name_id))
    for found in places.values():
        found.sort(key=lambda place: (place.mention.start, place.mention.end))
    return places


def _standing(place: _Place, whole: StoredText | None) -> Standing:
    """Return a mention in its sentence."""
    sentence = None if whole is None else _sentence(whole.sentences, place.mention)
    passage = (
        None
        if whole is None or sentence is None
        else Passage(sentence.cut(whole.stored.article.text), sentence.start, sentence.end)
    )
    return Standing(place.mention, place.name, place.name_id, passage)


def _sentence(sentences: Iterable[Span], written: Mention) -> Span | None:
    return next((one for one in sentences if one.start <= written.start and written.end <= one.end), None)


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


def _in_articles(
    desk_id: int, article_ids: Collection[int], name_ids: Collection[int] | None = None
) -> ColumnElement[bool]:
    """Return the condition that a mention stands in one of these articles, and means one of these names."""
    these = and_(mention.c.desk_id == desk_id, mention.c.article_id.in_(article_ids))
    # Added to nothing: what few articles name is looked up in less time than all that these names are mentioned in.
    return these if name_ids is None else and_(these, (mention.c.name_id + 0).in_(name_ids))


def _company(
    connection: Connection, desk_id: int, article_ids: Collection[int], name_ids: Collection[int], limit: int
) -> Sequence[_Mentioned]:
    """Return the other names in articles that are known to be visible, so many of each type, those in most first."""
    # Added to nothing, so that SQLite looks up what the articles name, and does not walk through all that is named.
    name_id = (mention.c.name_id + 0).label("name_id")
    shared, mentions = func.count().label("shared"), func.sum(mention.c.total).label("mentions")
    these = and_(_in_articles(desk_id, article_ids), _once(mention), name_id.not_in(name_ids))
    others = select(name_id, shared, mentions).where(these).group_by(name_id).subquery("others")
    this = and_(name.c.desk_id == desk_id, name.c.name_id == others.c.name_id)
    ordered = others.c.shared.desc(), others.c.mentions.desc(), name.c.words
    rank = func.row_number().over(partition_by=name.c.type, order_by=ordered).label("rank")
    columns = others.c.name_id, name.c.type, name.c.words, others.c.shared
    ranked = select(*columns, rank).select_from(others.join(name, this)).subquery("ranked")
    statement = select(ranked).where(ranked.c.rank <= limit).order_by(ranked.c.rank)
    return sorted(connection.execute(statement), key=lambda row: _TYPES.index(row.type))


def _told_of(
    connection: Connection, desk_id: int, article_ids: Sequence[int], name_ids: Collection[int]
) -> dict[int, list[int]]:
    """Return for each name the first few of these articles that mention it."""
    ranks = {article_id: rank for rank, article_id in enumerate(article_ids)}
    told: defaultdict[int, list[int]] = defaultdict(list)
    these = and_(_in_articles(desk_id, article_ids, name_ids), _once(mention))
    for name_id, article_id in connection.execute(select(mention.c.name_id, mention.c.article_id).where(these)):
        told[name_id].append(article_id)
    return {one: nsmallest(_LOOKED_AT, articles, key=ranks.__getitem__) for one, articles in told.items()}


def _together(
    article_ids: Sequence[int],
    places: Mapping[int, Sequence[_Place]],
    sentences: Mapping[int, Sequence[Span]],
    asked: Collection[int],
    other: int,
) -> tuple[int, tuple[_Place, _Place]]:
    """Return where two names stand in one sentence; failing that, where each stands first in the newest article."""
    for article_id in article_ids:
        spans = sentences.get(article_id, ())
        ones = _by_sentence(spans, (one for one in places[article_id] if one.name_id in asked))
        others = _by_sentence(spans, (one for one in places[article_id] if one.name_id == other))
        for sentence in ones:
            if sentence is not None and sentence in others:
                return article_id, (ones[sentence], others[sentence])
    first = article_ids[0]
    one = next(place for place in places[first] if place.name_id in asked)
    return first, (one, next(place for place in places[first] if place.name_id == other))


def _by_sentence(sentences: Sequence[Span], places: Iterable[_Place]) -> dict[Span | None, _Place]:
    """Return the first of these in each sentence, in the order of the text."""
    found: dict[Span | None, _Place] = {}
    for place in places:
        found.setdefault(_sentence(sentences, place.mention), place)
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
