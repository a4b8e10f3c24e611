"""Looking names up: what is told of one comes from visible articles alone, whoever else may have brought what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, select, true

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
from storage.derived import first_sight, tallied
from storage.folding import spell
from storage.rows import OPENING
from storage.tables import alias, alias_word, article, mention, name, name_key, tally
from storage.texts import texts
from summariser.model import Mention, MentionType, Name, Passage, Span

# How many spellings that begin alike are weighed against each other; typed names are no longer than this.
_WEIGHED = 2000
_LONGEST = 200

# How many of the newest articles say who is asked for before anything is typed.
_NEWEST = 200

# How many articles say who else is named, and how many of those that name both are looked at for a sentence with both.
_COMPANY = 200
_LOOKED_AT = 3

# How many places in one article are told.
_STANDING = 50

_CHARACTERS = 4_000_000

_same_name = and_(name.c.desk_id == mention.c.desk_id, name.c.name_id == mention.c.name_id)
_same_alias = and_(
    alias.c.desk_id == alias_word.c.desk_id,
    alias.c.name_id == alias_word.c.name_id,
    alias.c.surface == alias_word.c.surface,
)
_mentions = func.sum(mention.c.mentions)
_articles = func.count(mention.c.article_id.distinct())

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
    read = exists(select(true()).where(tallied(scope), same))
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
        select(mention.c.surface, mention.c.source, _mentions.label("mentions"), _articles.label("articles"))
        .where(*_seen(scope, name_ids))
        .group_by(mention.c.surface, mention.c.source)
        .order_by(mention.c.surface)
    )
    grouped = groupby(connection.execute(statement), attrgetter("surface"))
    return tuple(sorted((_spelled(surface, list(rows)) for surface, rows in grouped), key=_most_used))


def seen(connection: Connection, scope: Scope, name_ids: Collection[int]) -> Seen:
    """Return when and how often names were meant; see `Storage.seen`."""
    rows = connection.execute(_by_month(scope, name_ids)).all()
    dated = [row for row in rows if row.month is not None]
    ends = (min(row.first for row in dated), max(row.last for row in dated)) if dated else None
    first, last = _published_at(connection, scope, name_ids, *ends) if ends else (None, None)
    return Seen(
        mentions=sum(row.mentions for row in rows),
        articles=sum(row.articles for row in rows),
        first=first,
        last=last,
        by_month=tuple(
            Sighted(_first_day(row.month), row.source, row.mentions, row.articles) for row in sorted(rows, key=_in_time)
        ),
    )


def named_in(
    connection: Connection, scope: Scope, name_ids: Collection[int], *, first: int, limit: int, by_date: bool
) -> NamedInPage:
    """Return a page of the articles that mean one of the names; see `Storage.named_in`."""
    statement = _holding(scope, name_ids, by_date=by_date)
    rows = connection.execute(statement.offset(first).limit(limit)).all()
    total = rows[0].total if rows else _count(connection, scope, name_ids) if first else 0
    ids = [row.article_id for row in rows]
    whole = _texts(connection, scope, ids)
    places = _places(connection, scope.desk_id, ids, name_ids)
    heads = _heads(connection, scope, ids, whole)
    pages = [
        NamedIn(
            heads[row.article_id],
            row.mentions,
            tuple(_standing(place, whole.get(row.article_id)) for place in places[row.article_id][:_STANDING]),
        )
        for row in rows
    ]
    return NamedInPage(tuple(pages), total)


def named_with(
    connection: Connection, scope: Scope, name_ids: Collection[int], type_: MentionType, limit: int
) -> tuple[NamedWith, ...]:
    """Return who else is named in the same articles; see `Storage.named_with`."""
    ids = _newest_of(connection, scope, name_ids)
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
    ids = list(connection.execute(_holding(scope, name_ids, rewritten, by_date=True).limit(limit)).scalars())
    these = and_(article.c.desk_id == scope.desk_id, article.c.article_id.in_(ids))
    found = connection.execute(select(article.c.article_id, article.c.republished_title).where(these))
    titles = {row.article_id: row.republished_title for row in found}
    heads = heads_of(connection, scope, ids)
    return tuple(Rewritten(heads[one], str(titles[one])) for one in ids)


def visible_names(connection: Connection, scope: Scope, names: Collection[Name]) -> dict[Name, int]:
    """Return those of these names that stand in visible articles, just as they are spelled, with their ids."""
    by_words = {(one.type.value, one.words): one for one in names}
    spelled = and_(name.c.desk_id == scope.desk_id, name.c.words.in_({one.words for one in names}))
    read = exists(select(true()).where(tallied(scope), tally.c.name_id == name.c.name_id))
    # By its words, since names of one type are many.
    kind = name.c.type.in_([kind.value for kind in MentionType])
    rows = connection.execute(select(name).where(spelled, kind, read))
    return {by_words[row.type, row.words]: row.name_id for row in rows if (row.type, row.words) in by_words}


class _Place(NamedTuple):
    """A mention, and which name it means."""

    mention: Mention
    name: Name
    name_id: int


def _known(connection: Connection, scope: Scope, which: ColumnElement[bool], limit: int) -> tuple[KnownName, ...]:
    """Return the names in sight that fit, the most mentioned first."""
    mentions = func.sum(tally.c.mentions).label("mentions")
    counted = (
        select(tally.c.name_id, mentions, func.sum(tally.c.articles).label("articles"))
        .where(tallied(scope), which)
        .group_by(tally.c.name_id)
        .subquery("counted")
    )
    this = and_(name.c.desk_id == scope.desk_id, name.c.name_id == counted.c.name_id)
    ordered = (counted.c.mentions.desc(), name.c.words, name.c.type)
    columns = counted.c.name_id, name.c.type, name.c.words, counted.c.mentions, counted.c.articles
    rows = connection.execute(select(*columns).select_from(counted.join(name, this)).order_by(*ordered).limit(limit))
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
    uses = select(func.sum(tally.c.mentions)).where(tallied(scope), same).scalar_subquery()
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


def _seen(scope: Scope, name_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a mention in sight is of one of these names."""
    these = and_(mention.c.desk_id == scope.desk_id, mention.c.name_id.in_(name_ids))
    return these, first_sight(scope, mention.c.extraction_id).is_not(None)


def _holding(
    scope: Scope, name_ids: Collection[int], *further: ColumnElement[bool], by_date: bool
) -> Select[*tuple[Any, ...]]:
    """Return the statement for the articles in sight that mean one of these names: the most or the newest first."""
    these = and_(mention.c.desk_id == scope.desk_id, mention.c.name_id.in_(name_ids), *further)
    published, extraction_id = func.max(mention.c.published), func.min(mention.c.extraction_id)
    # Each article is looked for once, however many spellings it has.
    held = (
        select(
            mention.c.article_id,
            _mentions.label("mentions"),
            published.label("published"),
            extraction_id.label("extraction_id"),
        )
        .where(these)
        .group_by(mention.c.article_id)
        .subquery("held")
    )
    came = first_sight(scope, held.c.extraction_id).label("came")
    seen_ones = select(held.c.article_id, held.c.mentions, held.c.published, came).subquery("seen_ones")
    newest_first, most_first = seen_ones.c.published.desc().nulls_last(), seen_ones.c.mentions.desc()
    ordered = (newest_first,) if by_date else (most_first, newest_first)
    return (
        select(seen_ones, func.count().over().label("total"))
        .where(seen_ones.c.came.is_not(None))
        .order_by(*ordered, seen_ones.c.came.desc(), seen_ones.c.article_id)
    )


def _by_month(scope: Scope, name_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Return the statement that counts by month and source, with the ends of each."""
    facts = mention.c.month, mention.c.source, mention.c.published, mention.c.extraction_id
    held = (
        select(mention.c.article_id, _mentions.label("mentions"), *(func.min(fact).label(fact.name) for fact in facts))
        .where(mention.c.desk_id == scope.desk_id, mention.c.name_id.in_(name_ids))
        .group_by(mention.c.article_id)
        .subquery("held")
    )
    counted = func.sum(held.c.mentions).label("mentions"), func.count().label("articles")
    ends = func.min(held.c.published).label("first"), func.max(held.c.published).label("last")
    seen_ones = first_sight(scope, held.c.extraction_id).is_not(None)
    return select(held.c.month, held.c.source, *counted, *ends).where(seen_ones).group_by(held.c.month, held.c.source)


def _newest_of(connection: Connection, scope: Scope, name_ids: Collection[int]) -> list[int]:
    """Return the articles in sight that mean one of these names and appeared last, at most so many.

    Name by name: each is a walk along one index, which ends when there are enough.
    """
    came = first_sight(scope, mention.c.extraction_id)
    found: dict[int, tuple[bool, float, int, int]] = {}
    for name_id in name_ids:
        this = and_(mention.c.desk_id == scope.desk_id, mention.c.name_id == name_id, came.is_not(None))
        columns = mention.c.article_id, mention.c.published, came.label("came")
        # Twice as many, since an article may spell a name in several ways.
        walk = select(*columns).where(this).order_by(mention.c.published.desc()).limit(2 * _COMPANY)
        for article_id, published, first in connection.execute(walk):
            when = published.timestamp() if published else 0.0
            found[article_id] = published is None, -when, -first, article_id
    return sorted(found, key=found.__getitem__)[:_COMPANY]


def _count(connection: Connection, scope: Scope, name_ids: Collection[int]) -> int:
    return int(connection.execute(select(_articles).where(*_seen(scope, name_ids))).scalar_one())


def _published_at(
    connection: Connection, scope: Scope, name_ids: Collection[int], *times: datetime
) -> tuple[ArticleHead, ...]:
    """Return for each time an article in sight that means one of the names and appeared just then.

    Of several it is the one that was brought first.
    """
    holding = _holding(scope, name_ids, mention.c.published.in_(times), by_date=True)
    # The one that was brought first, and stands first in its file, comes last and stays.
    rows = sorted(connection.execute(holding), key=lambda row: (-row.came, -row.article_id))
    ids = {row.published: row.article_id for row in rows}
    heads = heads_of(connection, scope, ids.values())
    return tuple(heads[ids[time]] for time in times)


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
    # Added to nothing, so that SQLite looks up what the articles name, and does not walk through all of a name.
    return these if name_ids is None else and_(these, (mention.c.name_id + 0).in_(name_ids))


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
    shared = _articles.label("shared")
    # Added and joined to nothing, so that SQLite walks neither through all mentions nor through the names of the type.
    name_id = mention.c.name_id + 0
    statement = (
        select(name_id.label("name_id"), name.c.words, shared)
        .select_from(mention.join(name, _same_name))
        .where(_in_articles(desk_id, article_ids), name.c.type.concat("") == type_.value, name_id.not_in(name_ids))
        .group_by(name_id)
        .order_by(shared.desc(), _mentions.desc(), name.c.words)
    )
    return connection.execute(statement.limit(limit)).all()


def _told_of(
    connection: Connection, desk_id: int, article_ids: Sequence[int], name_ids: Collection[int]
) -> dict[int, list[int]]:
    """Return for each name the first few of these articles that mention it."""
    ranks = {article_id: rank for rank, article_id in enumerate(article_ids)}
    told: defaultdict[int, set[int]] = defaultdict(set)
    columns = mention.c.name_id, mention.c.article_id
    for name_id, article_id in connection.execute(select(*columns).where(_in_articles(desk_id, article_ids, name_ids))):
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


def _spelled(surface: str, rows: Sequence[_Mentioned]) -> Spelled:
    uses = [Uses(row.source, row.mentions, row.articles) for row in rows]
    uses.sort(key=lambda one: (-one.mentions, one.source is None, one.source or ""))
    return Spelled(surface, sum(one.mentions for one in uses), sum(one.articles for one in uses), tuple(uses))


def _most_used(one: Spelled) -> tuple[int, str]:
    return -one.mentions, one.surface


def _in_time(row: _Mentioned) -> tuple[bool, int, bool, str]:
    """Return what puts rows in the order of time, and within a month in that of their sources."""
    return row.month is None, row.month or 0, row.source is None, row.source or ""


def _first_day(month: int | None) -> date | None:
    return None if month is None else date(month // 100, month % 100, 1)
