"""Looking names up: what is told of one comes from visible articles alone, whoever else may have brought what."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
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
    or_,
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
from storage.folding import spell
from storage.rows import OPENING
from storage.tables import alias, alias_word, article, mention, monthly, name, name_key, tally
from storage.texts import texts
from summariser.model import Mention, MentionType, Name, Passage, Span

# How many spellings that begin alike are weighed against each other; typed names are no longer than this.
_WEIGHED = 2000
_LONGEST = 200

# How many of the newest articles say who is asked for before anything is typed.
_NEWEST = 200

# How many articles say who else is named, and how many of those that name both are looked at for a sentence with both.
_COMPANY = 100
_LOOKED_AT = 3

# As many ids as a statement surely takes.
_AT_ONCE = 10_000

# How many places in one article are told.
_STANDING = 50

_CHARACTERS = 4_000_000

_same_name = and_(name.c.desk_id == mention.c.desk_id, name.c.name_id == mention.c.name_id)
_same_alias = and_(
    alias.c.desk_id == alias_word.c.desk_id,
    alias.c.name_id == alias_word.c.name_id,
    alias.c.surface == alias_word.c.surface,
)
_other = mention.alias("other")
_mentions = func.sum(mention.c.mentions)

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
    counts = func.sum(tally.c.mentions).label("mentions"), func.sum(tally.c.articles).label("articles")
    statement = (
        select(tally.c.surface, tally.c.source, *counts)
        .where(counted(scope), tally.c.name_id.in_(name_ids))
        .group_by(tally.c.surface, tally.c.source)
        .order_by(tally.c.surface)
    )
    twice = _spelled_twice(connection, scope, name_ids)
    grouped = groupby(connection.execute(statement), attrgetter("surface"))
    return tuple(sorted((_spelled(surface, rows, twice) for surface, rows in grouped), key=_most_used))


def seen(connection: Connection, scope: Scope, name_ids: Collection[int]) -> Seen:
    """Return when and how often names were meant; see `Storage.seen`."""
    counts = func.sum(monthly.c.mentions).label("mentions"), func.sum(monthly.c.articles).label("articles")
    statement = (
        select(monthly.c.month, monthly.c.source, *counts)
        .where(counted(scope, monthly), monthly.c.name_id.in_(name_ids))
        .group_by(monthly.c.month, monthly.c.source)
    )
    twice = _meant_twice(connection, scope, name_ids)
    by_month = [
        Sighted(_first_day(row.month), row.source or None, row.mentions, row.articles - twice[row.month, row.source])
        for row in connection.execute(statement)
    ]
    first, last = _ends(connection, scope, name_ids)
    return Seen(
        mentions=sum(one.mentions for one in by_month),
        articles=sum(one.articles for one in by_month),
        first=first,
        last=last,
        by_month=tuple(sorted(by_month, key=_in_time)),
    )


def named_in(
    connection: Connection, scope: Scope, name_ids: Collection[int], *, first: int, limit: int, by_date: bool
) -> NamedInPage:
    """Return a page of the articles that mean one of the names; see `Storage.named_in`."""
    listed = _newest if by_date else _most
    ids = [one.article_id for one in listed(connection, scope, name_ids, first + limit)[first:]]
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


def named_with(
    connection: Connection, scope: Scope, name_ids: Collection[int], type_: MentionType, limit: int
) -> tuple[NamedWith, ...]:
    """Return who else is named in the same articles; see `Storage.named_with`."""
    ids = [one.article_id for one in _newest(connection, scope, name_ids, _COMPANY)]
    company = _company(connection, scope.desk_id, ids, name_ids, type_=type_, limit=limit)
    told = _told_of(connection, scope.desk_id, ids, [one.name_id for one in company])
    looked_at = list({article_id: None for articles in told.values() for article_id in articles})
    whole = _texts(connection, scope, looked_at)
    places = _places(connection, scope.desk_id, looked_at, {*name_ids, *told})
    heads = _heads(connection, scope, looked_at, whole)
    asked = frozenset(name_ids)
    found = []
    for row in company:
        article_id, (one, other) = _together(told[row.name_id], places, whole, asked, row.name_id)
        standing = _standing(one, whole.get(article_id)), _standing(other, whole.get(article_id))
        found.append(NamedWith(row.name_id, Name(type_, row.words), row.shared, heads[article_id], standing))
    return tuple(found)


def names_of(connection: Connection, scope: Scope, article_ids: Collection[int]) -> dict[int, tuple[Standing, ...]]:
    """Return who is named in articles; see `Storage.names_of`."""
    heads = heads_of(connection, scope, article_ids)
    places = _places(connection, scope.desk_id, heads)
    return {one: tuple(_standing(place, None) for place in places[one]) for one in article_ids if one in places}


def headlines(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> tuple[Rewritten, ...]:
    """Return the articles that got another headline; see `Storage.headlines`."""
    same = and_(article.c.desk_id == scope.desk_id, article.c.article_id == mention.c.article_id)
    rewritten = select(true()).where(same, article.c.republished_title.is_not(None)).exists()
    ids = [one.article_id for one in _newest(connection, scope, name_ids, limit, rewritten)]
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
    ordered = named.group_by(mention.c.name_id).order_by(_mentions.desc(), name.c.words, name.c.type)
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
    holds = [func.instr(padded, f" {word} ") > 0 for word in whole] + [func.instr(padded, f" {begun}") > 0]
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
    by: Sequence[ColumnElement[Any]] = (mention.c.published.desc(),),
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


def _most(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> list[_Met]:
    """Return the articles in sight that mean these names most often, of those alike the newest."""
    by = mention.c.total.desc(), mention.c.published.desc()
    if len(name_ids) == 1:
        return _walk(connection, scope, next(iter(name_ids)), limit, by=by)
    totals = _most_together(connection, scope, name_ids, limit)
    least = min(sorted(totals.values(), reverse=True)[:limit], default=0)
    chosen = [one for one, total in totals.items() if total >= least]
    came = first_sight(scope, mention.c.extraction_id)
    found: dict[int, _Met] = {}
    for some in _in_parts(chosen):
        columns = select(mention.c.article_id, mention.c.published, came)
        these = _in_articles(scope.desk_id, some, name_ids)
        for row in connection.execute(columns.where(these).distinct()):
            found[row[0]] = _Met(row[0], totals[row[0]], row[1], row[2])
    return sorted(found.values(), key=lambda one: (-one.total, *_by_date(one)))[:limit]


def _most_together(connection: Connection, scope: Scope, name_ids: Collection[int], limit: int) -> dict[int, int]:
    """Return articles in sight, those among them that mean these names most often, each with how often it does.

    What is behind the ends of all walks means them no more often than those ends do together.
    """
    long = 4 * limit
    while True:
        met: set[int] = set()
        rest = 0
        for name_id in name_ids:
            this = and_(mention.c.desk_id == scope.desk_id, mention.c.name_id == name_id, _once(mention))
            walk = select(mention.c.article_id, mention.c.total).where(this, in_sight(scope, mention.c.extraction_id))
            rows = connection.execute(walk.order_by(mention.c.total.desc()).limit(long)).all()
            rest += rows[-1].total if len(rows) == long else 0
            met.update(row.article_id for row in rows)
        totals: dict[int, int] = {}
        for some in _in_parts(list(met)):
            these = _in_articles(scope.desk_id, some, name_ids)
            sums = select(mention.c.article_id, func.sum(mention.c.total)).where(these)
            totals |= {row[0]: row[1] for row in connection.execute(sums.group_by(mention.c.article_id))}
        if not rest or sum(total > rest for total in totals.values()) >= limit:
            return totals
        long *= 4


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))


def _ends(
    connection: Connection, scope: Scope, name_ids: Collection[int]
) -> tuple[ArticleHead | None, ArticleHead | None]:
    """Return the articles in sight that mean one of the names and appeared first and last.

    Of several it is the one that was brought first.
    """
    month = monthly.c.month
    these = and_(counted(scope, monthly), monthly.c.name_id.in_(name_ids), month > 0)
    statement = select(monthly.c.name_id, func.min(month), func.max(month)).where(these).group_by(monthly.c.name_id)
    months = connection.execute(statement).all()
    if not months:
        return None, None
    first, last = min(row[1] for row in months), max(row[2] for row in months)
    early = [_end(connection, scope, row[0], mention.c.published) for row in months if row[1] == first]
    late = [_end(connection, scope, row[0], mention.c.published.desc()) for row in months if row[2] == last]
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
    articles = select(func.sum(monthly.c.articles)).where(counted(scope, monthly), monthly.c.name_id.in_(name_ids))
    twice = _meant_twice(connection, scope, name_ids).total()
    return int(connection.execute(articles).scalar() or 0) - twice


def _meant_twice(connection: Connection, scope: Scope, name_ids: Collection[int]) -> Counter[tuple[int, str]]:
    """Return by month and source how many articles in sight are counted too often, since they mean several of these.

    An article that means three of them is counted twice too often.
    """
    names = _by_frequency(connection, scope, name_ids)
    if len(names) < 2:
        return Counter()
    month, source = func.coalesce(mention.c.month, 0), func.coalesce(mention.c.source, "")
    again = _means_again(scope, names, _once(mention), _once(_other))
    statement = select(month, source, func.count()).where(again).group_by(month, source)
    return Counter({(row[0], row[1]): row[2] for row in connection.execute(statement)})


def _spelled_twice(connection: Connection, scope: Scope, name_ids: Collection[int]) -> Counter[tuple[str, str]]:
    """Return by spelling and source how many articles in sight are counted too often, since two names share it."""
    these = and_(counted(scope), tally.c.name_id.in_(name_ids))
    several = func.count(tally.c.name_id.distinct()) > 1
    shared = select(tally.c.surface).where(these).group_by(tally.c.surface).having(several)
    surfaces = connection.execute(shared).scalars().all() if len(name_ids) > 1 else ()
    if not surfaces:
        return Counter()
    source = func.coalesce(mention.c.source, "")
    names = _by_frequency(connection, scope, name_ids)
    alike = mention.c.surface.in_(surfaces), _other.c.surface == mention.c.surface
    again = _means_again(scope, names, *alike)
    statement = select(mention.c.surface, source, func.count()).where(again).group_by(mention.c.surface, source)
    return Counter({(row[0], row[1]): row[2] for row in connection.execute(statement)})


def _by_frequency(connection: Connection, scope: Scope, name_ids: Collection[int]) -> list[int]:
    """Return those of these names that are in sight, the one that most articles mean first."""
    if len(name_ids) < 2:
        return list(name_ids)
    these = and_(counted(scope, monthly), monthly.c.name_id.in_(name_ids))
    ordered = func.sum(monthly.c.articles).desc(), monthly.c.name_id
    statement = select(monthly.c.name_id).where(these).group_by(monthly.c.name_id).order_by(*ordered)
    return list(connection.execute(statement).scalars())


def _means_again(scope: Scope, names: Sequence[int], *further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a mention in sight is of an article that means a name before this one too.

    Of the first name, the most frequent one, nothing is looked at: every pair has another one.
    """
    most, *others = names
    before = or_(_other.c.name_id == most, _other.c.name_id < mention.c.name_id)
    same = and_(_other.c.desk_id == scope.desk_id, _other.c.article_id == mention.c.article_id)
    mine, theirs = further
    meant = exists(select(true()).where(same, _other.c.name_id.in_(names), before, theirs))
    these = and_(mention.c.desk_id == scope.desk_id, mention.c.name_id.in_(others), mine)
    return and_(these, meant, in_sight(scope, mention.c.extraction_id))


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
    these = _in_articles(desk_id, article_ids, name_ids)
    statement = select(*columns, name.c.type, name.c.words).select_from(mention.join(name, _same_name)).where(these)
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
    sentence = None if whole is None else _sentence(whole, place.mention)
    passage = (
        None
        if whole is None or sentence is None
        else Passage(sentence.cut(whole.stored.article.text), sentence.start, sentence.end)
    )
    return Standing(place.mention, place.name, place.name_id, passage)


def _sentence(whole: StoredText, written: Mention) -> Span | None:
    holding = (one for one in whole.sentences if one.start <= written.start and written.end <= one.end)
    return next(holding, None)


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
    return these if name_ids is None else and_(these, mention.c.name_id.in_(name_ids))


def _company(
    connection: Connection,
    desk_id: int,
    article_ids: Collection[int],
    name_ids: Collection[int],
    *,
    type_: MentionType,
    limit: int,
) -> Sequence[_Mentioned]:
    """Return the other names of a type in articles that are known to be visible, those in most of them first."""
    # Added to nothing, so that SQLite looks up what the articles name, and does not walk through all that is named.
    name_id = (mention.c.name_id + 0).label("name_id")
    shared, mentions = func.count().label("shared"), func.sum(mention.c.total).label("mentions")
    these = and_(_in_articles(desk_id, article_ids), _once(mention), name_id.not_in(name_ids))
    others = select(name_id, shared, mentions).where(these).group_by(name_id).subquery("others")
    this = and_(name.c.desk_id == desk_id, name.c.name_id == others.c.name_id, name.c.type.concat("") == type_.value)
    statement = select(others.c.name_id, name.c.words, others.c.shared).select_from(others.join(name, this))
    ordered = statement.order_by(others.c.shared.desc(), others.c.mentions.desc(), name.c.words)
    return connection.execute(ordered.limit(limit)).all()


def _told_of(
    connection: Connection, desk_id: int, article_ids: Sequence[int], name_ids: Collection[int]
) -> dict[int, list[int]]:
    """Return for each name the first few of these articles that mention it."""
    ranks = {article_id: rank for rank, article_id in enumerate(article_ids)}
    told: defaultdict[int, set[int]] = defaultdict(set)
    columns = mention.c.name_id, mention.c.article_id
    these = _in_articles(desk_id, article_ids, name_ids)
    for name_id, article_id in connection.execute(select(*columns).where(these)):
        told[name_id].add(article_id)
    return {one: sorted(articles, key=ranks.__getitem__)[:_LOOKED_AT] for one, articles in told.items()}


def _together(
    article_ids: Sequence[int],
    places: Mapping[int, Sequence[_Place]],
    whole: Mapping[int, StoredText],
    asked: Collection[int],
    other: int,
) -> tuple[int, tuple[_Place, _Place]]:
    """Return where two names stand in one sentence; failing that, where each stands first in the newest article."""
    for article_id in article_ids:
        if article_id not in whole:
            continue
        ones = _by_sentence(whole[article_id], (one for one in places[article_id] if one.name_id in asked))
        others = _by_sentence(whole[article_id], (one for one in places[article_id] if one.name_id == other))
        for sentence in ones:
            if sentence is not None and sentence in others:
                return article_id, (ones[sentence], others[sentence])
    first = article_ids[0]
    one = next(place for place in places[first] if place.name_id in asked)
    return first, (one, next(place for place in places[first] if place.name_id == other))


def _by_sentence(whole: StoredText, places: Iterable[_Place]) -> dict[Span | None, _Place]:
    """Return the first of these in each sentence, in the order of the text."""
    found: dict[Span | None, _Place] = {}
    for place in places:
        found.setdefault(_sentence(whole, place.mention), place)
    return found


def _spelled(surface: str, rows: Iterable[_Mentioned], twice: Mapping[tuple[str, str], int]) -> Spelled:
    uses = [Uses(row.source or None, row.mentions, row.articles - twice[surface, row.source]) for row in rows]
    uses.sort(key=lambda one: (-one.mentions, one.source is None, one.source or ""))
    return Spelled(surface, sum(one.mentions for one in uses), sum(one.articles for one in uses), tuple(uses))


def _most_used(one: Spelled) -> tuple[int, str]:
    return -one.mentions, one.surface


def _in_time(one: Sighted) -> tuple[bool, date, bool, str]:
    """Return what puts these in the order of time, and within a month in that of their sources."""
    return one.month is None, one.month or date.min, one.source is None, one.source or ""


def _first_day(month: int) -> date | None:
    return date(month // 100, month % 100, 1) if month else None
