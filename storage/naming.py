"""Who is named in an article, as rows: found when it is stored, or later in the background."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from storage.base import Scope, Unnamed
from storage.derived import in_sight
from storage.dialects import insert_into, insert_rows
from storage.folding import spell
from storage.ids import new_id
from storage.tables import alias, alias_word, article, extraction, mention, name, name_key, unnamed
from summariser.model import MentionType, Name, Named

_Row = dict[str, object]
_RowsOf = tuple[Table, list[_Row]]
_Spelling = tuple[Name, str]
_Written = tuple[str, str, str, tuple[int, ...], float]

# What a mention repeats of its article.
_PRINTED = ("article_id", "extraction_id", "source", "published")

# Of these most are there already.
_KNOWN_BY = (name_key, alias, alias_word)


def check_names(text: str, named: Iterable[Named]) -> None:
    """Look whether mentions stand where they say.

    Raises:
        ValueError: one does not; to store it would break the promise of every quote.
    """
    for one in named:
        if text[one.mention.start : one.mention.end] != one.mention.surface or not one.mention.surface:
            raise ValueError(f"no “{one.mention.surface}” stands at {one.mention.start} in the article")


def unnamed_rows(desk_id: int, article_ids: Iterable[int]) -> tuple[dict[str, int], ...]:
    """Return the rows of articles in which names are still to be found."""
    return tuple({"desk_id": desk_id, "article_id": article_id} for article_id in article_ids)


def store_names(
    connection: Connection,
    desk_id: int,
    named: Mapping[int, Sequence[Named]],
    articles: Iterable[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Store who is named in articles, by their ids, that have no names yet; `check_names` was asked before.

    `articles` are their rows, or more: with each mention stands what is printed of its article.
    """
    if not any(named.values()):
        return
    ids, rows_of = _name_rows(connection, desk_id, [one for found in named.values() for one in found], now)
    mentions: list[_Row] = []
    for one in articles:
        key = {"desk_id": desk_id, **{each: one[each] for each in _PRINTED}, "month": month_of(one["published"])}
        mentions += ({**key, **row} for row in _mention_rows(ids, named.get(one["article_id"], ())))
    insert_rows(connection, *rows_of, (mention, mentions), new_in=_KNOWN_BY)


def forget_names(connection: Connection, desk_id: int, article_ids: Collection[int]) -> None:
    """Note that in these articles, whose text is another now, names are to be found anew."""
    if not article_ids:
        return
    these = and_(mention.c.desk_id == desk_id, mention.c.article_id.in_(article_ids))
    connection.execute(delete(mention).where(these))
    # No upsert on a table with triggers; this has none.
    connection.execute(insert_into(connection, unnamed).on_conflict_do_nothing(), unnamed_rows(desk_id, article_ids))


def reprint_names(connection: Connection, desk_id: int, article_ids: Collection[int]) -> None:
    """Bring what mentions say of these articles up to date: call it wherever a source or a date is changed."""
    these = and_(article.c.desk_id == desk_id, article.c.article_id.in_(article_ids))
    rows = connection.execute(select(article.c.article_id, article.c.source, article.c.published).where(these)).all()
    changed = [
        {"of": row.article_id, "source": row.source, "published": row.published, "month": month_of(row.published)}
        for row in rows
    ]
    this = and_(mention.c.desk_id == desk_id, mention.c.article_id == bindparam("of"))
    if changed:
        connection.execute(update(mention).where(this), changed)


def find_unnamed(connection: Connection, limit: int) -> tuple[Unnamed, ...]:
    """Return articles in which names are still to be found; see `Storage.unnamed`."""
    return _texts_of(connection, select(unnamed).limit(limit))


def find_named(connection: Connection, desk_id: int, article_id: int, limit: int) -> tuple[Unnamed, ...]:
    """Return the articles that come after one, of all desks; see `Storage.articles_after`."""
    key = article.c.desk_id, article.c.article_id
    later = tuple_(*key) > tuple_(literal(desk_id), literal(article_id))
    return _texts_of(connection, select(*key).where(later).order_by(*key).limit(limit))


def count_nameless(connection: Connection, scope: Scope) -> int:
    """Return in how many visible articles names are still to be found; see `Storage.nameless`."""
    this = and_(article.c.desk_id == unnamed.c.desk_id, article.c.article_id == unnamed.c.article_id)
    seen = and_(unnamed.c.desk_id == scope.desk_id, in_sight(scope, article.c.extraction_id))
    statement = select(func.count()).select_from(unnamed.join(article, this)).where(seen)
    return int(connection.execute(statement).scalar_one())


def _texts_of(connection: Connection, which: Select[*tuple[Any, ...]]) -> tuple[Unnamed, ...]:
    """Return articles, given by their desks and ids, with their texts, in the order of both."""
    these = which.subquery("these")
    this = and_(article.c.desk_id == these.c.desk_id, article.c.article_id == these.c.article_id)
    read = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
    cut = func.substr(extraction.c.text, article.c.start + 1, article.c.end - article.c.start)
    columns = these.c.desk_id, these.c.article_id, article.c.content_sha256, cut
    found = select(*columns).select_from(these.join(article, this).join(extraction, read))
    return tuple(Unnamed(*row) for row in connection.execute(found.order_by(these.c.desk_id, these.c.article_id)))


def keep_names(connection: Connection, one: Unnamed, named: Sequence[Named]) -> None:
    """Keep who is named in an article, unless its text is another by now; see `Storage.keep_names`."""
    check_names(one.text, named)
    same = and_(article.c.desk_id == one.desk_id, article.c.article_id == one.article_id)
    found = select(article.c.article_id).where(same, article.c.content_sha256 == one.content)
    if connection.execute(found).first() is None:
        return
    now = datetime.now(UTC)
    if named and _stored(connection, one) == _found(named):
        # What they are looked up by may be another all the same.
        _, rows_of = _name_rows(connection, one.desk_id, named, now)
        insert_rows(connection, *rows_of, new_in=_KNOWN_BY)
    else:
        forget_names(connection, one.desk_id, [one.article_id])
        articles = [dict(row) for row in connection.execute(select(article).where(same)).mappings()]
        store_names(connection, one.desk_id, {one.article_id: named}, articles, now)
    done = and_(unnamed.c.desk_id == one.desk_id, unnamed.c.article_id == one.article_id)
    connection.execute(delete(unnamed).where(done))


def month_of(published: datetime | None) -> int | None:
    """Return the month of a time in UTC as it is kept: the year times 100, and the month."""
    return None if published is None else published.year * 100 + published.month


def name_of(one: Named) -> Name:
    """Return the name that a mention means."""
    return Name(one.mention.type, one.name)


def _stored(connection: Connection, one: Unnamed) -> set[_Written]:
    """Return how an article writes which names where, as it is stored."""
    this = and_(mention.c.desk_id == one.desk_id, mention.c.article_id == one.article_id)
    meant = and_(name.c.desk_id == mention.c.desk_id, name.c.name_id == mention.c.name_id)
    columns = name.c.type, name.c.words, mention.c.surface, mention.c.starts, mention.c.confidence
    rows = connection.execute(select(*columns).select_from(mention.join(name, meant)).where(this))
    return {(row[0], row[1], row[2], tuple(row[3]), row[4]) for row in rows}


def _found(named: Iterable[Named]) -> set[_Written]:
    """Return the same as it was found."""
    return {
        (known.type.value, known.words, surface, tuple(sorted(starts)), max(starts.values()))
        for (known, surface), starts in _places(named).items()
    }


def _name_rows(
    connection: Connection, desk_id: int, named: Sequence[Named], now: datetime
) -> tuple[dict[Name, int], tuple[_RowsOf, ...]]:
    """Return the ids of names, and the rows that make them known: of the names themselves only those that are new."""
    names = list(dict.fromkeys(map(name_of, named)))
    ids = _ids_of(connection, desk_id, names)
    fresh = {one: new_id(now) for one in names if one not in ids}
    ids |= fresh
    new = [{"desk_id": desk_id, "name_id": ids[one], "type": one.type, "words": one.words} for one in fresh]
    keys = {(key, ids[name_of(one)]) for one in named for key in one.keys}
    keyed = [{"desk_id": desk_id, "key": key, "name_id": name_id} for key, name_id in sorted(keys)]
    spellings = _spelling_rows(desk_id, {(ids[name_of(one)], one.mention.surface) for one in named})
    return ids, ((name, new), (name_key, keyed), *spellings)


def _ids_of(connection: Connection, desk_id: int, names: Collection[Name]) -> dict[Name, int]:
    """Return the ids of those names, one at least, that are known.

    Each type is asked for by itself: asked with two lists, SQLite walks through all of a desk's names of the types.
    """
    of_type: defaultdict[str, list[str]] = defaultdict(list)
    for one in names:
        of_type[one.type.value].append(one.words)
    rows = connection.execute(_known(tuple(sorted(of_type))), {"desk": desk_id, **of_type})
    return {Name(MentionType(row.type), row.words): row.name_id for row in rows}


@cache
def _known(types: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Return the question for names of these types, each with its words."""
    words = ((kind, bindparam(kind, type_=Text, expanding=True)) for kind in types)
    any_of = or_(*(and_(name.c.type == kind, name.c.words.in_(these)) for kind, these in words))
    return select(name).where(name.c.desk_id == bindparam("desk", type_=BigInteger), any_of)


def _spelling_rows(desk_id: int, spellings: Collection[tuple[int, str]]) -> tuple[_RowsOf, _RowsOf]:
    """Return the rows of the ways in which names are written, and of the words that complete them."""
    rows: list[_Row] = [
        {"desk_id": desk_id, "name_id": name_id, "surface": surface, "spelled": spell(surface)}
        for name_id, surface in sorted(spellings)
    ]
    words: list[_Row] = [
        {"desk_id": desk_id, "word": word, "name_id": row["name_id"], "surface": row["surface"]}
        for row in rows
        for word in dict.fromkeys(str(row["spelled"]).split())
    ]
    return (alias, rows), (alias_word, words)


def _mention_rows(ids: Mapping[Name, int], named: Iterable[Named]) -> Iterator[_Row]:
    """Yield a row for each way in which one article writes each name."""
    places = _places(named)
    totals = Counter[Name]()
    for (known, _), starts in places.items():
        totals[known] += len(starts)
    for (known, surface), starts in places.items():
        yield {
            "name_id": ids[known],
            "surface": surface,
            "mentions": len(starts),
            # In the first row alone.
            "total": totals.pop(known, 0),
            "confidence": max(starts.values()),
            "starts": sorted(starts),
        }


def _places(named: Iterable[Named]) -> dict[_Spelling, dict[int, float]]:
    """Return for each way in which each name is written where it begins, and how sure that is."""
    places: defaultdict[_Spelling, dict[int, float]] = defaultdict(dict)
    for one in named:
        places[name_of(one), one.mention.surface][one.mention.start] = one.mention.confidence
    return places
