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

from collections.abc import Iterator, Sequence

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Text,
    and_,
    any_,
    cast,
    column,
    exists,
    func,
    literal,
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
    return and_(posting.c.desk_id == desk_id, _spelled(query))


def stretches(
    connection: Connection, desk_id: int, query: Query, among: tuple[int, int] | None
) -> Iterator[FromClause]:
    """Yield what is found in the newest part of a desk, then in the two before it, the four before those, and so on.

    Each is a table with one column, `rowid`, in descending order.
    """
    parts = _parts(connection, desk_id, among)
    # What is rare has to be looked for in all of them: that is done in a few steps.
    most = max(1, _MOST_WORDS // max(1, _size(query)))
    first, several = 0, 1
    while first < len(parts):
        some = parts[first : first + min(several, most)]
        yield _found(desk_id, query, some, among)
        first, several = first + len(some), 2 * several


def vocabulary(connection: Connection, desk_id: int, beginning: str, limit: int) -> Iterator[str]:
    """Yield the words of a desk that begin so, in their order."""
    these = _word.c.word >= beginning, _word.c.word < beginning + "\U0010ffff"
    words = select(_word.c.word).where(_word.c.desk_id == desk_id, *these).order_by(_word.c.word).limit(limit)
    yield from connection.execute(words).scalars()


def _parts(connection: Connection, desk_id: int, among: tuple[int, int] | None) -> list[int]:
    """Return the parts of a desk, the newest first; those that may hold articles with ids from here to there."""
    statement = select(_part.c.first_id, _part.c.part).where(_part.c.desk_id == desk_id)
    found = connection.execute(statement.order_by(_part.c.first_id.desc())).all()
    least, most = among or (_BEFORE_ALL, -_BEFORE_ALL)
    ends = [-_BEFORE_ALL, *(row.first_id for row in found)]
    return [row.part for row, end in zip(found, ends, strict=False) if row.first_id <= most and least < end]


def _found(desk_id: int, query: Query, parts: Sequence[int], among: tuple[int, int] | None) -> FromClause:
    asked = [_expression(f"{desk_id & 0xFFFF_FFFF_FFFF_FFFF:x}.{part:x}.", query) for part in parts]
    held = (
        posting.c.words.op("@@")(any_(cast(cast(asked, ARRAY(Text)), ARRAY(TSQUERY)))),
        *([_spelled(query)] if _is_in_order(query) else []),
    )
    long = posting.c.words.is_(None), posting.c.desk_id == desk_id, posting.c.part.in_(parts), _spelled(query)
    # The desk is in the words, and the ids are added to nothing: with either by itself, where the desk was small when
    # the server last looked, it would walk through all of its articles, and not ask the index of the words.
    ids = (posting.c.rowid + 0).label("rowid")
    within = [] if among is None else [(posting.c.rowid + 0).between(*among)]
    # Not one condition or the other: for that, all that the index found would be looked at again.
    both = union_all(*(select(ids).where(*which, *within) for which in (held, long))).subquery("both")
    return select(both.c.rowid).order_by(both.c.rowid.desc()).subquery("found")


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


def _spelled(query: Query) -> ColumnElement[bool]:
    """Return the condition that the words of a posting's article are what is asked for."""
    this = and_(spelling.c.desk_id == posting.c.desk_id, spelling.c.article_id == posting.c.rowid)
    # With a limit, which keeps it from being put together anew for each word.
    padded = select((" " + spelling.c.words + " ").label("words")).where(this).correlate(posting).limit(1)
    whole = padded.subquery("padded")
    return exists(select(true()).select_from(whole).where(_holds(whole.c.words, query)))


def _holds(words: ColumnElement[str], query: Query) -> ColumnElement[bool]:
    match query:
        case Term():
            end = "" if query.beginning else " "
            return or_(*(func.strpos(words, literal(f" {form}{end}", Text)) > 0 for form in query.forms))
        case Either(parts):
            return or_(*(_holds(words, part) for part in parts))
        case All(parts, none):
            return and_(*(_holds(words, part) for part in parts), *(not_(_holds(words, part)) for part in none))


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
