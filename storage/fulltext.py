"""The part of search that knows its engine. What stands here asks SQLite's FTS5, fed by triggers and asked with MATCH.

Each word in the index begins with the desk that it is of, so that every list of occurrences is one desk's alone: what
other desks add is neither read nor counted (bench/searching.py). The index keeps no text and hangs on the rows of
`spelling`: whatever deletes one, a cascade too, takes its words out of the index in the same statement.

What PostgreSQL needs instead is in `storage.postgres.fulltext`; the rest of search is shared.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    Text,
    bindparam,
    column,
    delete,
    literal,
    select,
    table,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

from storage.postgres import fulltext as postgres
from storage.query import All, Either, Query, Term
from storage.stretch import Stretch
from storage.tables import fingerprint

# The words of an article, each with its desk before it; what it gives back are row ids, which are the articles' ids.
posting = postgres.posting
_vocabulary = table("posting_vocabulary", column("term"))

_HITS = select(posting.c.rowid).where(posting.c.posting.op("MATCH")(bindparam("asked", type_=Text)))
_FOUND = _HITS.subquery("found")
_ANY = _HITS.limit(1)
_AMONG = _HITS.where(posting.c.rowid.between(bindparam("least"), bindparam("most")))

_TAGGED = "replace(' ' || {row}.words, ' ', ' ' || printf('%016x', {row}.desk_id))"
_SEGMENT = "SELECT segid FROM posting_idx WHERE segid > 0 ORDER BY segid "
_INSERT = f"INSERT INTO posting (rowid, words) VALUES (new.article_id, {_TAGGED.format(row='new')})"  # noqa: S608  ours
_DELETE = (
    "INSERT INTO posting (posting, rowid, words) "  # noqa: S608  no value of anybody's is in it
    f"VALUES ('delete', old.article_id, {_TAGGED.format(row='old')})"
)
_MARK = "INSERT OR REPLACE INTO fingerprint (desk_id, name, value, updated_at) VALUES (0, 'search:purge', '', 0)"

# Spelled words are letters and digits beyond which `ascii` parts nothing.
STATEMENTS = (
    "CREATE VIRTUAL TABLE posting USING fts5(words, content='', columnsize=0, tokenize='ascii')",
    "CREATE VIRTUAL TABLE posting_vocabulary USING fts5vocab('posting', 'row')",
    f"CREATE TRIGGER spelling_added AFTER INSERT ON spelling BEGIN {_INSERT}; END",
    f"CREATE TRIGGER spelling_deleted AFTER DELETE ON spelling BEGIN {_DELETE}; {_MARK}; END",
    f"CREATE TRIGGER spelling_changed AFTER UPDATE ON spelling BEGIN {_DELETE}; {_INSERT}; {_MARK}; END",
)

# One call's work, 30 to 100 ms (bench/searching.py): as much as may go with the removal of an upload.
_PURGED_PAGES = 250
_MARKED = (fingerprint.c.desk_id == 0, fingerprint.c.name == "search:purge")


def create(connection: Connection) -> None:
    """Create the index beside the tables; as the migrations do."""
    for statement in postgres.STATEMENTS if _is_server(connection) else STATEMENTS:
        connection.exec_driver_sql(statement)


def matching(desk_id: int, query: Query) -> ColumnElement[bool]:
    """Return the condition that a posting is of an article of this desk that the query asks for.

    PostgreSQL looks at those postings that other conditions lead to; `newest_first` is what finds them.
    """
    asked = posting.c.posting.op("MATCH")(bindparam(None, _expression(_tag(desk_id), query)))
    return _Matching(asked, postgres.says(desk_id, query))


def newest_first(connection: Connection, desk_id: int, query: Query) -> Iterator[Stretch]:
    """Yield what the query finds in a desk, those with the highest ids first.

    Whoever has enough of them reads no further.
    """
    if _is_server(connection):
        yield from postgres.stretches(connection, desk_id, query)
        return
    yield Stretch(_FOUND, {"asked": _expression(_tag(desk_id), query)})


def count_holding(
    connection: Connection, desk_id: int, queries: Sequence[Query], article_ids: Collection[int]
) -> list[int]:
    """Return how many of these articles each of the queries finds."""
    if not article_ids:
        return [0] * len(queries)
    if _is_server(connection):
        return postgres.count_holding(connection, desk_id, queries, article_ids)
    among, ends = set(article_ids), {"least": min(article_ids), "most": max(article_ids)}
    said = ({"asked": _expression(_tag(desk_id), query), **ends} for query in queries)
    return [len(among.intersection(connection.execute(_AMONG, asked).scalars().all())) for asked in said]


def standing(connection: Connection, desk_id: int, words: Collection[str]) -> set[str]:
    """Return those of these words, spelled, that stand in an article of a desk, whoever may see it."""
    if not words:
        return set()
    if _is_server(connection):
        return postgres.standing(connection, desk_id, words)
    tag = _tag(desk_id)
    return {one for one in words if connection.execute(_ANY, {"asked": f'"{tag}{one}"'}).first() is not None}


def vocabulary(connection: Connection, desk_id: int, beginning: str, limit: int) -> Iterator[str]:
    """Yield the words of a desk that begin so, in their order; words that nobody may see are among them."""
    if _is_server(connection):
        yield from postgres.vocabulary(connection, desk_id, beginning, limit)
        return
    first = _tag(desk_id) + beginning
    # Where there are no words, a desk's tag stands alone.
    said = _vocabulary.c.term >= first, _vocabulary.c.term < first + "\U0010ffff", _vocabulary.c.term != _tag(desk_id)
    words = select(_vocabulary.c.term).where(*said)
    for term in connection.execute(words.order_by(_vocabulary.c.term).limit(limit)).scalars():
        yield term[len(_tag(desk_id)) :]


def purge(connection: Connection) -> bool:
    """Write the index anew without what was taken out, a bounded piece at a time; return whether all of it is done.

    FTS5 keeps a deleted word beside the note that it is deleted until the two meet in a merge. What was taken out shall
    not be found in a stolen file either. Only a transaction of its own sees all that was deleted before.

    On PostgreSQL there is nothing to do: its server sweeps up by itself.
    """
    if _is_server(connection):
        return True
    if connection.execute(select(literal(1)).select_from(fingerprint).where(*_MARKED)).first() is None:
        return True
    # A negative number merges everything into one (https://sqlite.org/fts5.html#the_merge_command).
    connection.exec_driver_sql("INSERT INTO posting (posting, rank) VALUES ('merge', ?)", (-_PURGED_PAGES,))
    # Each end by the key: the two in one statement would walk through the whole list of pages.
    first = connection.exec_driver_sql(_SEGMENT + "ASC LIMIT 1").scalar()
    last = connection.exec_driver_sql(_SEGMENT + "DESC LIMIT 1").scalar()
    if first != last:
        return False
    connection.execute(delete(fingerprint).where(*_MARKED))
    return True


class _Matching(ColumnElement[bool]):
    """A condition that each engine asks in its own way."""

    type = Boolean()
    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012  what SQLAlchemy asks of a construct
        ("sqlite", InternalTraversal.dp_clauseelement),
        ("postgresql", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, sqlite: ColumnElement[bool], postgresql: ColumnElement[bool]) -> None:
        self.sqlite = sqlite
        self.postgresql = postgresql

    def self_group(self, against: object = None) -> "_Matching":  # noqa: ARG002  SQLAlchemy's
        """Stand as it is: MATCH is no value that could be compared with 1."""
        return self

    @property
    def _from_objects(self) -> list[FromClause]:
        return [posting]


@compiles(_Matching, "sqlite")
def _match_on_sqlite(element: _Matching, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy's
    return compiler.process(element.sqlite, **options)


@compiles(_Matching, "postgresql")
def _match_on_postgresql(element: _Matching, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy's
    return f"({compiler.process(element.postgresql, **options)})"


def _is_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _tag(desk_id: int) -> str:
    """Return what stands before each word of a desk: 16 hex digits, as the triggers print them."""
    return f"{desk_id & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def _expression(tag: str, query: Query) -> str:
    """Return a query as FTS5 reads it; between its quotation marks stand letters and digits alone."""
    match query:
        case Term():
            star = " *" if query.beginning else ""
            said = (" ".join(tag + word for word in form.split()) for form in query.forms)
            return "(" + " OR ".join(f'"{words}"{star}' for words in said) + ")"
        case Either(parts):
            return "(" + " OR ".join(_expression(tag, part) for part in parts) + ")"
        case All(parts, none):
            wanted = "(" + " AND ".join(_expression(tag, part) for part in parts) + ")"
            unwanted = " OR ".join(_expression(tag, part) for part in none)
            return f"({wanted} NOT ({unwanted}))" if none else wanted
