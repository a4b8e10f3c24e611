"""What follows from other rows and is kept at hand, by triggers: the part of names that knows its engine.

`storage.visibility` tells what is visible by looking bytes up in two tables. A lookup of a name asks it of thousands
of articles, so `sight` has a row for each upload and what was last read in it, under a short key; and `tally` has how
often each audience could read each spelling of a name. There is no way to bring, share, move, remove or restore that
could forget them. A name goes with its last mention, whatever takes that away, a cascade too.

Another engine needs `create` of its own.
"""

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, func, select

from storage.base import Scope
from storage.tables import sight, tally
from storage.visibility import visible

_SEEN = (
    "INSERT INTO sight (desk_id, extraction_id, upload_id, audience_id) "
    "SELECT u.desk_id, e.extraction_id, u.upload_id, u.audience_id "
)
_SEE_UPLOAD = (
    f"{_SEEN}FROM upload u CROSS JOIN extraction e WHERE u.desk_id = new.desk_id AND u.upload_id = new.upload_id "
    "AND e.desk_id = u.desk_id AND e.blob = u.blob AND e.superseded = 0"
)
_SEE_READING = (
    f"{_SEEN}FROM extraction e CROSS JOIN upload u WHERE e.desk_id = new.desk_id "
    "AND e.extraction_id = new.extraction_id AND e.superseded = 0 AND u.desk_id = e.desk_id AND u.blob = e.blob"
)
_HIDE_UPLOAD = "DELETE FROM sight WHERE desk_id = old.desk_id AND upload_id = old.upload_id"
_HIDE_READING = "DELETE FROM sight WHERE desk_id = old.desk_id AND extraction_id = old.extraction_id"
_SEE_AGAIN = f"BEGIN {_HIDE_READING}; {_SEE_READING}; END"

# Brought twice for the same people, a reading counts once.
_ONLY = (
    "NOT EXISTS (SELECT 1 FROM sight s WHERE s.desk_id = {row}.desk_id AND s.extraction_id = {row}.extraction_id "
    "AND s.audience_id = {row}.audience_id AND s.upload_id <> {row}.upload_id)"
)
_READ = (
    "FROM article a CROSS JOIN mention m WHERE a.desk_id = {row}.desk_id AND a.extraction_id = {row}.extraction_id "
    "AND m.desk_id = a.desk_id AND m.article_id = a.article_id"
)
_COUNTED = (
    "(SELECT m.name_id, m.surface, sum(m.mentions) AS mentions, sum(m.leads) AS leads "
    f"{_READ} GROUP BY m.name_id, m.surface) AS c "
    "WHERE tally.desk_id = {row}.desk_id AND tally.name_id = c.name_id AND tally.surface = c.surface "
    "AND tally.audience_id = {row}.audience_id"
)
_AUDIENCES = (
    "SELECT s.audience_id FROM sight s WHERE s.desk_id = {row}.desk_id AND s.extraction_id = {row}.extraction_id"
)
_TALLY = "INSERT OR IGNORE INTO tally (desk_id, name_id, surface, audience_id, mentions, articles) "
_OF_SPELLING = "desk_id = {row}.desk_id AND name_id = {row}.name_id AND surface = {row}.surface"

_MORE_READERS = (
    f"{_TALLY}SELECT m.desk_id, m.name_id, m.surface, new.audience_id, 0, 0 {_READ.format(row='new')}; "  # noqa: S608  no value of anybody's is in it
    "UPDATE tally SET mentions = tally.mentions + c.mentions, articles = articles + c.leads "
    f"FROM {_COUNTED.format(row='new')}"
)
_FEWER_READERS = (
    "UPDATE tally SET mentions = tally.mentions - c.mentions, articles = articles - c.leads "  # noqa: S608  no value of anybody's is in it
    f"FROM {_COUNTED.format(row='old')}; "
    "DELETE FROM tally WHERE desk_id = old.desk_id AND audience_id = old.audience_id AND mentions = 0 "
    f"AND (name_id, surface) IN (SELECT m.name_id, m.surface {_READ.format(row='old')})"
)
_MORE_MENTIONS = (
    f"{_TALLY}SELECT DISTINCT new.desk_id, new.name_id, new.surface, r.audience_id, 0, 0 "  # noqa: S608  no value of anybody's is in it
    f"FROM ({_AUDIENCES.format(row='new')}) AS r; "
    "UPDATE tally SET mentions = mentions + new.mentions, articles = articles + new.leads "
    f"WHERE {_OF_SPELLING.format(row='new')} AND audience_id IN ({_AUDIENCES.format(row='new')})"
)
_FEWER_MENTIONS = (
    "UPDATE tally SET mentions = mentions - old.mentions, articles = articles - old.leads "  # noqa: S608  no value of anybody's is in it
    f"WHERE {_OF_SPELLING.format(row='old')} AND audience_id IN ({_AUDIENCES.format(row='old')}); "
    f"DELETE FROM tally WHERE {_OF_SPELLING.format(row='old')} AND mentions = 0"
)
_LEFT = "NOT EXISTS (SELECT 1 FROM mention m WHERE m.desk_id = old.desk_id AND m.name_id = old.name_id{more})"
_NAMELESS = (
    f"DELETE FROM alias WHERE {_OF_SPELLING.format(row='old')} "  # noqa: S608  no value of anybody's is in it
    f"AND {_LEFT.format(more=' AND m.surface = old.surface')}; "
    f"DELETE FROM name WHERE desk_id = old.desk_id AND name_id = old.name_id AND {_LEFT.format(more='')}"
)

STATEMENTS = (
    f"CREATE TRIGGER upload_seen AFTER INSERT ON upload BEGIN {_SEE_UPLOAD}; END",
    f"CREATE TRIGGER upload_moved AFTER UPDATE OF blob, audience_id ON upload BEGIN {_HIDE_UPLOAD}; {_SEE_UPLOAD}; END",
    f"CREATE TRIGGER extraction_seen AFTER INSERT ON extraction BEGIN {_SEE_READING}; END",
    f"CREATE TRIGGER extraction_moved AFTER UPDATE OF blob, superseded ON extraction {_SEE_AGAIN}",
    f"CREATE TRIGGER sight_added AFTER INSERT ON sight WHEN {_ONLY.format(row='new')} BEGIN {_MORE_READERS}; END",
    f"CREATE TRIGGER sight_deleted AFTER DELETE ON sight WHEN {_ONLY.format(row='old')} BEGIN {_FEWER_READERS}; END",
    f"CREATE TRIGGER mention_added AFTER INSERT ON mention BEGIN {_MORE_MENTIONS}; END",
    f"CREATE TRIGGER mention_deleted AFTER DELETE ON mention BEGIN {_FEWER_MENTIONS}; {_NAMELESS}; END",
)


def create(connection: Connection) -> None:
    """Create the triggers beside the tables; as the migrations do."""
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)


def first_sight(scope: Scope, extraction_id: ColumnElement[int]) -> ScalarSelect[int]:
    """Return the id of the first visible upload of what was read; None where it is out of sight or superseded."""
    these = and_(visible(scope, sight), sight.c.extraction_id == extraction_id)
    return select(func.min(sight.c.upload_id)).where(these).scalar_subquery()


def tallied(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that a tally is of the scope's desk and for one of its audiences."""
    return visible(scope, tally)
