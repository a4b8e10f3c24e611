"""What `storage.fulltext` asks of PostgreSQL: a GIN index over the words of each article, and a list of a desk's words.

Each word in the index has before it its desk, as with SQLite, and its *part*: some 2,000 articles of the desk that
came one after the other. An index of this kind gives all that holds a word, in no order. Read part by part, the newest
first, it is read until there are enough, and what is added touches the newest part's pages alone.

The words are spelled already and stay as they are: there is no dictionary, no stemmer and no list of stop words between
them and the index. It does not keep where in the article they stand, which a `tsvector` could for the first 16,383
alone: words in a row are looked for in `spelling` itself, in those articles that hold them all. So is everything in an
article whose words are more than a `tsvector` holds, a megabyte; its row has none.

What is taken out is gone for every reader at once. Its letters stay in the pages of the tables until `VACUUM`, which
the server does by itself (https://www.postgresql.org/docs/15/routine-vacuuming.html). A word that stood nowhere else
stays in the index until `REINDEX INDEX CONCURRENTLY ix_posting_words`: `VACUUM` takes out where it stood, not the word.
There is no list of what is pending (`fastupdate`), in which letters would wait longer.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, count

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from storage.postgres.derived import triggered
from storage.query import All, Either, Query, Term
from storage.stretch import Stretch
from storage.tables import spelling

PART = 2048
"""Articles after which a new part begins."""

# As many words, each in each part, as one statement asks the index for.
_MOST_WORDS = 4096

# A word's letters and its tag count towards what a `tsvector` holds, 2^20 bytes.
_LONGEST = 1_000_000
_BEFORE_ALL = -(2**63)

# On SQLite it has a row id and a column of its own name; here the others.
posting = table(
    "posting",
    column("rowid", BigInteger),
    column("posting"),
    column("desk_id", BigInteger),
    column("part", Integer),
    column("words"),
)
_part = table("posting_part", column("desk_id", BigInteger), column("first_id", BigInteger), column("part", Integer))
_word = table("posting_word", column("desk_id", BigInteger), column("word", Text(collation="C")))

_TABLES = (
    (
        "CREATE TABLE posting (desk_id bigint NOT NULL, rowid bigint NOT NULL, part integer NOT NULL, words tsvector, "
        "PRIMARY KEY (desk_id, rowid))"
    ),
    "CREATE INDEX ix_posting_words ON posting USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX ix_posting_long ON posting (desk_id, part) WHERE words IS NULL",
    (
        "CREATE TABLE posting_part (desk_id bigint NOT NULL REFERENCES desk ON DELETE CASCADE, "
        "first_id bigint NOT NULL, last_id bigint NOT NULL, part integer NOT NULL, articles integer NOT NULL, "
        "PRIMARY KEY (desk_id, first_id))"
    ),
    # Room in each page, so that counting a word anew does not touch the index.
    (
        'CREATE TABLE posting_word (desk_id bigint NOT NULL, word text COLLATE "C" NOT NULL, '
        "articles integer NOT NULL, PRIMARY KEY (desk_id, word)) WITH (fillfactor = 75)"
    ),
)

_WORDS = "(SELECT DISTINCT word FROM string_to_table({words}, ' ') AS word WHERE word <> '') AS w"
_VECTOR = (
    "CREATE FUNCTION posting_words(tag text, words text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$ "  # noqa: S608  ours
    f"SELECT CASE WHEN sum(octet_length(tag || word)) <= {_LONGEST} THEN array_to_tsvector(array_agg(tag || word)) END "
    f"FROM {_WORDS.format(words='words')} $$"
)
_TAG = "to_hex({desk_id}) || '.' || to_hex({part}) || '.'"

# Where an article belongs: a new part begins with the newest of all, once the one before it is full.
_OPEN_PARTS = (
    "FOR one IN SELECT desk_id, article_id FROM new_rows ORDER BY desk_id, article_id LOOP "  # noqa: S608  ours
    "SELECT * INTO here FROM posting_part p WHERE p.desk_id = one.desk_id AND p.first_id <= one.article_id "
    "ORDER BY p.first_id DESC LIMIT 1; "
    "IF here.part IS NULL THEN "
    f"INSERT INTO posting_part VALUES (one.desk_id, {_BEFORE_ALL}, one.article_id, 0, 1); "
    f"ELSIF here.articles >= {PART} AND one.article_id > here.last_id AND NOT EXISTS (SELECT 1 FROM posting_part p "
    "WHERE p.desk_id = one.desk_id AND p.first_id > here.first_id) THEN "
    "INSERT INTO posting_part VALUES (one.desk_id, one.article_id, one.article_id, here.part + 1, 1); "
    "ELSE UPDATE posting_part SET articles = articles + 1, last_id = greatest(last_id, one.article_id) "
    "WHERE desk_id = one.desk_id AND first_id = here.first_id; "
    "END IF; END LOOP;"
)
_ADD_POSTINGS = (
    "INSERT INTO posting (desk_id, rowid, part, words) SELECT n.desk_id, n.article_id, p.part, "  # noqa: S608  ours
    f"posting_words({_TAG.format(desk_id='n.desk_id', part='p.part')}, n.words) FROM new_rows n CROSS JOIN LATERAL "
    "(SELECT part FROM posting_part WHERE desk_id = n.desk_id AND first_id <= n.article_id "
    "ORDER BY first_id DESC LIMIT 1) AS p;"
)
_COUNTED = (
    "SELECT n.desk_id, w.word, count(*) AS articles FROM {rows} n "  # noqa: S608  ours
    f"CROSS JOIN LATERAL {_WORDS.format(words='n.words')} GROUP BY n.desk_id, w.word"
)
_ADD_WORDS = (
    f"INSERT INTO posting_word AS t (desk_id, word, articles) {_COUNTED.format(rows='new_rows')} ORDER BY 1, 2 "
    "ON CONFLICT (desk_id, word) DO UPDATE SET articles = t.articles + excluded.articles;"
)
_DROP_POSTINGS = "DELETE FROM posting p USING old_rows o WHERE p.desk_id = o.desk_id AND p.rowid = o.article_id;"
_SAME_WORD = "t.desk_id = c.desk_id AND t.word = c.word AND t.articles {left} c.articles"
_DROP_WORDS = (
    f"WITH c AS MATERIALIZED ({_COUNTED.format(rows='old_rows')}), gone AS "  # noqa: S608  ours
    f"(DELETE FROM posting_word t USING c WHERE {_SAME_WORD.format(left='<=')}) "
    f"UPDATE posting_word t SET articles = t.articles - c.articles FROM c WHERE {_SAME_WORD.format(left='>')};"
)
_DECLARED = "one record; here record;"
_ADD = f"{_OPEN_PARTS} {_ADD_POSTINGS} {_ADD_WORDS}"
_DROP = f"{_DROP_POSTINGS} {_DROP_WORDS}"

STATEMENTS = (
    *_TABLES,
    _VECTOR,
    *triggered("spelling_added", "spelling", "INSERT", _ADD, declared=_DECLARED, turn=True),
    *triggered("spelling_deleted", "spelling", "DELETE", _DROP, turn=True),
    *triggered("spelling_changed", "spelling", "UPDATE", f"{_DROP} {_ADD}", declared=_DECLARED, turn=True),
)


def says(desk_id: int, query: Query) -> ColumnElement[bool]:
    """Return the condition that a posting is of an article of this desk that says what is asked for."""
    return and_(
        posting.c.desk_id == desk_id, _spelled(_form(query), iter([literal(one, Text) for one in _said(query)]))
    )


def stretches(connection: Connection, desk_id: int, query: Query) -> Iterator[Stretch]:
    """Yield what is found in the newest part of a desk, then in the four before it, the 16 before those, and so on."""
    parts, any_long = _parts(connection, desk_id)
    found, asked = _hits(query, any_long=any_long), _asked(desk_id, query, any_long=any_long)
    # What is rare has to be looked for in all of them: that is done in a few steps.
    most = _most_parts(query)
    first, several = 0, 1
    while first < len(parts):
        some = [part for _, part in parts[first : first + min(several, most)]]
        yield Stretch(found, asked | _in_parts(desk_id, query, some))
        first, several = first + len(some), 4 * several


def count_holding(
    connection: Connection, desk_id: int, queries: Sequence[Query], article_ids: Collection[int]
) -> list[int]:
    """Return how many of these articles each of the queries finds."""
    parts, any_long = _parts(connection, desk_id)
    least, most = min(article_ids), max(article_ids)
    ends = [-_BEFORE_ALL, *(first_id for first_id, _ in parts)]
    these = [part for (first_id, part), end in zip(parts, ends, strict=False) if first_id <= most and least < end]
    return [_count(connection, desk_id, query, these, list(article_ids), any_long=any_long) for query in queries]


def standing(connection: Connection, desk_id: int, words: Collection[str]) -> set[str]:
    """Return those of these words that stand in an article of a desk."""
    return set(connection.execute(_STANDING, {"desk": desk_id, "words": list(words)}).scalars())


def vocabulary(connection: Connection, desk_id: int, beginning: str, limit: int) -> Iterator[str]:
    """Yield the words of a desk that begin so, in their order."""
    these = _word.c.word >= beginning, _word.c.word < beginning + "\U0010ffff"
    words = select(_word.c.word).where(_word.c.desk_id == desk_id, *these).order_by(_word.c.word).limit(limit)
    yield from connection.execute(words).scalars()


def _parts(connection: Connection, desk_id: int) -> tuple[list[tuple[int, int]], bool]:
    """Return the parts of a desk, each with its first id, the newest first; and whether any article is very long."""
    rows = connection.execute(_PARTS, {"desk": desk_id}).all()
    return [(row.first_id, row.part) for row in rows], bool(rows) and rows[0].any_long


def _most_parts(query: Query) -> int:
    """Return in how many parts one statement may look."""
    return max(1, _MOST_WORDS // max(1, _size(query)))


def _count(
    connection: Connection, desk_id: int, query: Query, parts: Sequence[int], ids: list[int], *, any_long: bool
) -> int:
    """Return how many of these articles, all of them in these parts, the query finds."""
    statement = _among(_hits(query, any_long=any_long))
    asked = _asked(desk_id, query, any_long=any_long) | {"ids": ids}
    several = _most_parts(query)
    some = (parts[first : first + several] for first in range(0, len(parts), several))
    return sum(connection.execute(statement, asked | _in_parts(desk_id, query, one)).scalar_one() for one in some)


def _hits(query: Query, *, any_long: bool) -> FromClause:
    """Return what is found, as a table; it is asked with the values of `_asked` and `_in_parts`."""
    in_order = _is_in_order(query)
    return _found(_form(query) if in_order or any_long else None, in_order=in_order, any_long=any_long)


def _asked(desk_id: int, query: Query, *, any_long: bool) -> dict[str, object]:
    """Return the values that all parts have in common."""
    said = _said(query) if any_long or _is_in_order(query) else []
    return {f"said_{place}": one for place, one in enumerate(said)} | ({"desk": desk_id} if any_long else {})


def _in_parts(desk_id: int, query: Query, parts: Sequence[int]) -> dict[str, object]:
    return {
        "asked": [_expression(f"{desk_id & 0xFFFF_FFFF_FFFF_FFFF:x}.{part:x}.", query) for part in parts],
        "parts": list(parts),
    }


@lru_cache(256)
def _found(form: Query | None, *, in_order: bool, any_long: bool) -> FromClause:
    """Return the table of what queries of one form find in some parts of a desk, with one column, `rowid`."""
    # The desk is in the words, and the ids are added to nothing: with either by itself, where the desk was small when
    # the server last looked, it would walk through all of its articles, and not ask the index of the words.
    ids = (posting.c.rowid + literal_column("0")).label("rowid")
    held = posting.c.words.op("@@")(any_(cast(bindparam("asked", type_=ARRAY(Text)), ARRAY(TSQUERY))))
    found = select(ids).where(held, *([_spelled(form, _places())] if form and in_order else []))
    if form and any_long:
        in_parts = posting.c.part == any_(bindparam("parts", type_=ARRAY(Integer)))
        long = posting.c.words.is_(None), posting.c.desk_id == bindparam("desk", type_=BigInteger), in_parts
        # Not one condition or the other: for that, all that the index found would be looked at again.
        both = union_all(found, select(ids).where(*long, _spelled(form, _places()))).subquery("both")
        found = select(both.c.rowid)
    return found.order_by(column("rowid").desc()).subquery("found")


@cache
def _among(found: FromClause) -> Select[int]:
    """Return the statement that counts those of some articles that are found."""
    among = found.c.rowid == any_(bindparam("ids", type_=ARRAY(BigInteger)))
    return select(func.count()).select_from(found).where(among)


_STANDING = select(_word.c.word).where(
    _word.c.desk_id == bindparam("desk", type_=BigInteger), _word.c.word == any_(bindparam("words", type_=ARRAY(Text)))
)
_ANY_LONG = exists(select(true()).where(posting.c.words.is_(None), posting.c.desk_id == bindparam("desk")))
_PARTS = (
    select(_part.c.first_id, _part.c.part, _ANY_LONG.label("any_long"))
    .where(_part.c.desk_id == bindparam("desk", type_=BigInteger))
    .order_by(_part.c.first_id.desc())
)


def _expression(tag: str, query: Query) -> str:
    """Return a query as a `tsquery` is written, which finds all that it asks for, and more where words are in a row."""
    match query:
        case Term():
            star = ":*" if query.beginning else ""
            said = (" & ".join(f"'{tag}{word}'" for word in form.split()) + star for form in query.forms)
            return "(" + " | ".join(f"({words})" for words in said) + ")"
        case Either(parts):
            return "(" + " | ".join(_expression(tag, part) for part in parts) + ")"
        case All(parts, none):
            without = [f"!{_expression(tag, part)}" for part in none if not _is_in_order(part)]
            return "(" + " & ".join([*(_expression(tag, part) for part in parts), *without]) + ")"


def _form(query: Query) -> Query:
    """Return a query of the same form, without its words: what differs in nothing else is one statement."""
    match query:
        case Term():
            blank = Term(("",), exact=True)
            return Either((blank,) * len(query.forms)) if len(query.forms) > 1 else blank
        case Either(parts):
            return Either(tuple(map(_form, parts)))
        case All(parts, none):
            return All(tuple(map(_form, parts)), tuple(map(_form, none)))


def _said(query: Query) -> list[str]:
    """Return what is looked for between the blanks of an article's words, in the order of its form."""
    if isinstance(query, Term):
        return list(query.patterns)
    return list(chain.from_iterable(map(_said, (*query.parts, *(query.none if isinstance(query, All) else ())))))


def _places() -> Iterator[ColumnElement[str]]:
    """Yield where the values of `_said` go in a statement."""
    return (bindparam(f"said_{place}", type_=Text) for place in count())


def _spelled(form: Query, said: Iterator[ColumnElement[str]]) -> ColumnElement[bool]:
    """Return the condition that the words of a posting's article are what is asked for."""
    this = and_(spelling.c.desk_id == posting.c.desk_id, spelling.c.article_id == posting.c.rowid)
    # With a limit, which keeps it from being put together anew for each word.
    padded = select((" " + spelling.c.words + " ").label("words")).where(this).correlate(posting).limit(1)
    whole = padded.subquery("padded")
    return exists(select(true()).select_from(whole).where(_holds(whole.c.words, form, said)))


def _holds(words: ColumnElement[str], form: Query, said: Iterator[ColumnElement[str]]) -> ColumnElement[bool]:
    match form:
        case Term():
            return func.strpos(words, next(said)) > 0
        case Either(parts):
            return or_(*[_holds(words, part, said) for part in parts])
        case All(parts, none):
            held = [_holds(words, part, said) for part in parts]
            return and_(*held, *[not_(_holds(words, part, said)) for part in none])


def _is_in_order(query: Query) -> bool:
    """Tell whether several words must stand in a row somewhere in it."""
    if isinstance(query, Term):
        return len(query.words) > 1
    return any(map(_is_in_order, (*query.parts, *(query.none if isinstance(query, All) else ()))))


def _size(query: Query) -> int:
    """Return how many words the index is asked for."""
    if isinstance(query, Term):
        return sum(len(form.split()) for form in query.forms)
    return sum(map(_size, (*query.parts, *(query.none if isinstance(query, All) else ()))))
