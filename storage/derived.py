"""What follows from other rows and is kept at hand, by triggers: the part of names that knows its engine.

`storage.visibility` tells what is visible by looking bytes up in two tables. `sight` says the same of each upload and
what was last read in it, under a short key; `readers`, who all may read that: its circle. `tally` and `monthly` count
for each circle what it can read of a name, so that a lookup adds up a few rows however often the name is mentioned;
they count a circle once, so that a sum over those in sight is exact. There is no way to bring, share, move, remove or
restore that could forget them. A name goes with its last mention, whatever takes that away, a cascade too.

What stands here are SQLite's triggers; PostgreSQL's are in `storage.postgres.derived`.
"""

from sqlalchemy import ColumnElement, Connection, FromClause, ScalarSelect, and_, exists, func, select, true

from storage.base import Scope
from storage.postgres import derived as postgres
from storage.tables import circle, sight, tally
from storage.visibility import Anybody, visible

_THIS_READING = "desk_id = {row}.desk_id AND extraction_id = {row}.extraction_id"

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
_HIDE_READING = f"DELETE FROM sight WHERE {_THIS_READING.format(row='old')}"  # noqa: S608  no value of anybody's is in it

# Brought twice for the same people, a reading has no more readers.
_ONLY = (
    f"NOT EXISTS (SELECT 1 FROM sight WHERE {_THIS_READING} "  # noqa: S608  no value of anybody's is in it
    "AND audience_id = {row}.audience_id AND upload_id <> {row}.upload_id)"
)
_CIRCLE = (
    "SELECT group_concat(audience_id, ' ') FROM "  # noqa: S608  no value of anybody's is in it
    f"(SELECT DISTINCT audience_id FROM sight WHERE {_THIS_READING} ORDER BY audience_id)"
)
_MORE_READERS = (
    f"UPDATE readers SET circle = ({_CIRCLE}) WHERE {_THIS_READING}; "  # noqa: S608  no value of anybody's is in it
    "INSERT INTO readers (desk_id, extraction_id, circle) SELECT {row}.desk_id, {row}.extraction_id, "
    f"({_CIRCLE}) WHERE NOT EXISTS (SELECT 1 FROM readers WHERE {_THIS_READING})"
).format(row="new")
_FEWER_READERS = (
    f"DELETE FROM readers WHERE {_THIS_READING} "  # noqa: S608  no value of anybody's is in it
    f"AND NOT EXISTS (SELECT 1 FROM sight WHERE {_THIS_READING}); "
    f"UPDATE readers SET circle = ({_CIRCLE}) WHERE {_THIS_READING}"
).format(row="old")

_DRAW_CIRCLE = (
    "INSERT OR IGNORE INTO circle (desk_id, audience_id, circle) "  # noqa: S608  no value of anybody's is in it
    f"SELECT desk_id, audience_id, new.circle FROM sight WHERE {_THIS_READING.format(row='new')}"
)
_DROP_CIRCLE = (
    "DELETE FROM circle WHERE desk_id = old.desk_id AND circle = old.circle AND NOT EXISTS "
    "(SELECT 1 FROM readers WHERE desk_id = old.desk_id AND circle = old.circle)"
)

# What is counted, and by what: of one reading, as a whole, and of one mention.
_READ = (
    "FROM article a CROSS JOIN mention m WHERE a.desk_id = {row}.desk_id AND a.extraction_id = {row}.extraction_id "
    "AND m.desk_id = a.desk_id AND m.article_id = a.article_id"
)
_TALLIED = (
    "SELECT m.desk_id, m.name_id, m.surface, coalesce(m.source, '') AS source, {row}.circle AS circle, "
    "sum(m.mentions) AS mentions, count(*) AS articles, sum(m.total > 0) AS named "
    f"{_READ} GROUP BY m.name_id, m.surface, coalesce(m.source, '')"
)
_MONTHLY = (
    "SELECT m.desk_id, m.name_id, coalesce(m.month, 0) AS month, coalesce(m.source, '') AS source, "
    "{row}.circle AS circle, sum(m.total) AS mentions, count(*) AS articles "
    f"{_READ} AND m.total > 0 GROUP BY m.name_id, coalesce(m.month, 0), coalesce(m.source, '')"
)
_TALLY = "INSERT INTO tally (desk_id, name_id, surface, source, circle, mentions, articles, named) "
_TALLY_ON = (
    " ON CONFLICT (desk_id, name_id, surface, source, circle) DO UPDATE SET mentions = mentions + excluded.mentions, "
    "articles = articles + excluded.articles, named = named + excluded.named"
)
_MONTH = "INSERT INTO monthly (desk_id, name_id, month, source, circle, mentions, articles) "
_MONTH_ON = (
    " ON CONFLICT (desk_id, name_id, month, source, circle) DO UPDATE SET "
    "mentions = mentions + excluded.mentions, articles = articles + excluded.articles"
)
_COUNT_READING = (
    f"{_TALLY}SELECT * FROM ({_TALLIED}) WHERE true{_TALLY_ON}; "  # noqa: S608  no value of anybody's is in it
    f"{_MONTH}SELECT * FROM ({_MONTHLY}) WHERE true{_MONTH_ON}"
).format(row="new")
_SAME_TALLY = (
    "tally.desk_id = {row}.desk_id AND tally.name_id = c.name_id AND tally.surface = c.surface "
    "AND tally.source = c.source AND tally.circle = {row}.circle"
)
_SAME_MONTH = (
    "monthly.desk_id = {row}.desk_id AND monthly.name_id = c.name_id AND monthly.month = c.month "
    "AND monthly.source = c.source AND monthly.circle = {row}.circle"
)
_DISCOUNT_READING = (
    "UPDATE tally SET mentions = tally.mentions - c.mentions, articles = tally.articles - c.articles, "  # noqa: S608  no value of anybody's is in it
    f"named = tally.named - c.named FROM ({_TALLIED}) AS c WHERE {_SAME_TALLY}; "
    "UPDATE monthly SET mentions = monthly.mentions - c.mentions, articles = monthly.articles - c.articles "
    f"FROM ({_MONTHLY}) AS c WHERE {_SAME_MONTH}"
).format(row="old")

_READERS = "FROM readers r WHERE r.desk_id = {row}.desk_id AND r.extraction_id = {row}.extraction_id"
_COUNT_MENTION = (
    f"{_TALLY}SELECT new.desk_id, new.name_id, new.surface, coalesce(new.source, ''), r.circle, new.mentions, 1, "
    f"new.total > 0 {_READERS}{_TALLY_ON}; "
    f"{_MONTH}SELECT new.desk_id, new.name_id, coalesce(new.month, 0), coalesce(new.source, ''), r.circle, "
    f"new.total, 1 {_READERS} AND new.total > 0{_MONTH_ON}"
).format(row="new")
_CIRCLE_OF = f"(SELECT circle FROM readers WHERE {_THIS_READING})"  # noqa: S608  no value of anybody's is in it
_DISCOUNT_MENTION = (
    "UPDATE tally SET mentions = mentions - old.mentions, articles = articles - 1, named = named - (old.total > 0) "  # noqa: S608  no value of anybody's is in it
    "WHERE desk_id = old.desk_id AND name_id = old.name_id AND surface = old.surface "
    f"AND source = coalesce(old.source, '') AND circle = {_CIRCLE_OF}; "
    "UPDATE monthly SET mentions = mentions - old.total, articles = articles - 1 WHERE old.total > 0 "
    "AND desk_id = old.desk_id AND name_id = old.name_id AND month = coalesce(old.month, 0) "
    f"AND source = coalesce(old.source, '') AND circle = {_CIRCLE_OF}"
).format(row="old")

_LEFT = "NOT EXISTS (SELECT 1 FROM mention m WHERE m.desk_id = old.desk_id AND m.name_id = old.name_id{more})"
_NAMELESS = (
    "DELETE FROM alias WHERE desk_id = old.desk_id AND name_id = old.name_id AND surface = old.surface "  # noqa: S608  no value of anybody's is in it
    f"AND {_LEFT.format(more=' AND m.surface = old.surface')}; "
    f"DELETE FROM name WHERE desk_id = old.desk_id AND name_id = old.name_id AND {_LEFT.format(more='')}"
)
_GONE = (
    "DELETE FROM {table} WHERE desk_id = new.desk_id AND name_id = new.name_id AND {what} = new.{what} "
    "AND source = new.source AND circle = new.circle"
)

STATEMENTS = (
    f"CREATE TRIGGER upload_seen AFTER INSERT ON upload BEGIN {_SEE_UPLOAD}; END",
    f"CREATE TRIGGER upload_moved AFTER UPDATE OF blob, audience_id ON upload BEGIN {_HIDE_UPLOAD}; {_SEE_UPLOAD}; END",
    f"CREATE TRIGGER extraction_seen AFTER INSERT ON extraction BEGIN {_SEE_READING}; END",
    (
        "CREATE TRIGGER extraction_moved AFTER UPDATE OF blob, superseded ON extraction "
        f"BEGIN {_HIDE_READING}; {_SEE_READING}; END"
    ),
    f"CREATE TRIGGER sight_added AFTER INSERT ON sight WHEN {_ONLY.format(row='new')} BEGIN {_MORE_READERS}; END",
    f"CREATE TRIGGER sight_deleted AFTER DELETE ON sight WHEN {_ONLY.format(row='old')} BEGIN {_FEWER_READERS}; END",
    f"CREATE TRIGGER readers_added AFTER INSERT ON readers BEGIN {_DRAW_CIRCLE}; {_COUNT_READING}; END",
    (
        "CREATE TRIGGER readers_changed AFTER UPDATE OF circle ON readers "
        f"BEGIN {_DISCOUNT_READING}; {_DRAW_CIRCLE}; {_COUNT_READING}; {_DROP_CIRCLE}; END"
    ),
    f"CREATE TRIGGER readers_deleted AFTER DELETE ON readers BEGIN {_DISCOUNT_READING}; {_DROP_CIRCLE}; END",
    f"CREATE TRIGGER mention_added AFTER INSERT ON mention BEGIN {_COUNT_MENTION}; END",
    (
        "CREATE TRIGGER mention_changed AFTER UPDATE OF source, month ON mention "
        f"BEGIN {_DISCOUNT_MENTION}; {_COUNT_MENTION}; END"
    ),
    f"CREATE TRIGGER mention_deleted AFTER DELETE ON mention BEGIN {_DISCOUNT_MENTION}; {_NAMELESS}; END",
    (
        "CREATE TRIGGER tally_empty AFTER UPDATE ON tally WHEN new.articles = 0 "
        f"BEGIN {_GONE.format(table='tally', what='surface')}; END"
    ),
    (
        "CREATE TRIGGER monthly_empty AFTER UPDATE ON monthly WHEN new.articles = 0 "
        f"BEGIN {_GONE.format(table='monthly', what='month')}; END"
    ),
)


def create(connection: Connection) -> None:
    """Create the triggers beside the tables; as the migrations do."""
    for statement in postgres.STATEMENTS if connection.dialect.name == "postgresql" else STATEMENTS:
        connection.exec_driver_sql(statement)


def in_sight(scope: Scope | Anybody, extraction_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a visible upload brought what was read, and no later reading took its place."""
    return exists(select(true()).where(visible(scope, sight), sight.c.extraction_id == extraction_id))


def first_sight(scope: Scope | Anybody, extraction_id: ColumnElement[int]) -> ScalarSelect[int]:
    """Return the id of the first visible upload of what was read; None where it is out of sight or superseded."""
    these = and_(visible(scope, sight), sight.c.extraction_id == extraction_id)
    return select(func.min(sight.c.upload_id)).where(these).scalar_subquery()


def counted(scope: Scope | Anybody, source: FromClause = tally) -> ColumnElement[bool]:
    """Return the condition that something is counted in the scope's desk and of what one of its audiences can read."""
    in_desk = source.c.desk_id == scope.desk_id
    if scope.audiences is None:
        return in_desk
    return and_(in_desk, source.c.circle.in_(select(circle.c.circle).where(visible(scope, circle))))
