"""Keep names, who is meant by them, and what people decided about it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

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

_TRIGGERS = (
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


FILL = (
    f"{_SEEN}FROM upload u JOIN extraction e ON e.desk_id = u.desk_id AND e.blob = u.blob WHERE e.superseded = 0",
    "INSERT INTO unnamed (desk_id, article_id) SELECT desk_id, article_id FROM article",
)


def upgrade() -> None:
    """Create the tables; in articles that are there, names are found in the background."""
    _create_sight()
    _create_name()
    _create_alias()
    _create_mention()
    _create_counts()
    _create_decision()
    for statement in _TRIGGERS:
        op.execute(statement)
    for statement in FILL:
        op.execute(statement)


def _create_sight() -> None:
    op.create_table(
        "sight",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("extraction_id", sa.BigInteger, nullable=False),
        sa.Column("upload_id", sa.BigInteger, nullable=False),
        sa.Column("audience_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "extraction_id", "upload_id", name="pk_sight"),
        _refer("sight", "upload", "upload_id"),
        _refer("sight", "extraction", "extraction_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sight_desk_id_upload_id", "sight", ["desk_id", "upload_id"])
    op.create_table(
        "readers",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("extraction_id", sa.BigInteger, nullable=False),
        sa.Column("circle", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "extraction_id", name="pk_readers"),
        _refer("readers", "extraction", "extraction_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_readers_desk_id_circle", "readers", ["desk_id", "circle"])
    op.create_table(
        "circle",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("audience_id", sa.BigInteger, nullable=False),
        sa.Column("circle", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "audience_id", "circle", name="pk_circle"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_circle_desk_id_circle", "circle", ["desk_id", "circle"])


def _create_name() -> None:
    op.create_table(
        "unnamed",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "article_id", name="pk_unnamed"),
        _refer("unnamed", "article", "article_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "name",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name_id", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(3), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "name_id", name="pk_name"),
        sa.UniqueConstraint("desk_id", "type", "words", name="uq_name_desk_id_type_words"),
        _refer("name", "desk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "name_key",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "key", "name_id", name="pk_name_key"),
        _refer("name_key", "name", "name_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_key_desk_id_name_id", "name_key", ["desk_id", "name_id"])


def _create_alias() -> None:
    op.create_table(
        "alias",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name_id", sa.BigInteger, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("spelled", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "name_id", "surface", name="pk_alias"),
        _refer("alias", "name", "name_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alias_desk_id_spelled", "alias", ["desk_id", "spelled"])
    op.create_table(
        "alias_word",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("name_id", sa.BigInteger, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "word", "name_id", "surface", name="pk_alias_word"),
        _refer("alias_word", "alias", "name_id", "surface"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alias_word_desk_id_name_id_surface", "alias_word", ["desk_id", "name_id", "surface"])


def _create_mention() -> None:
    op.create_table(
        "mention",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name_id", sa.BigInteger, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("extraction_id", sa.BigInteger, nullable=False),
        sa.Column("mentions", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("published", sa.BigInteger),
        sa.Column("month", sa.Integer),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("starts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "name_id", "surface", "article_id", name="pk_mention"),
        _refer("mention", "article", "article_id"),
        _refer("mention", "name", "name_id"),
        sqlite_with_rowid=False,
    )
    columns = ["desk_id", "article_id", "name_id", "total"]
    op.create_index(f"ix_mention_{'_'.join(columns)}", "mention", columns)
    for columns in (["published", "total"], ["total", "published"]):
        op.create_index(
            f"ix_mention_desk_id_name_id_{'_'.join(columns)}_extraction_id",
            "mention",
            ["desk_id", "name_id", *columns, "extraction_id"],
            sqlite_where=sa.text("total <> 0"),
        )


def _create_counts() -> None:
    op.create_table(
        "tally",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name_id", sa.BigInteger, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("circle", sa.Text, nullable=False),
        sa.Column("mentions", sa.Integer, nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("named", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "name_id", "surface", "source", "circle", name="pk_tally"),
        _refer("tally", "name", "name_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "monthly",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name_id", sa.BigInteger, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("circle", sa.Text, nullable=False),
        sa.Column("mentions", sa.Integer, nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "name_id", "month", "source", "circle", name="pk_monthly"),
        _refer("monthly", "name", "name_id"),
        sqlite_with_rowid=False,
    )


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("decision_id", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("type", sa.String(3), nullable=False),
        sa.Column("one", sa.Text, nullable=False),
        sa.Column("other_type", sa.String(3)),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("made_by", sa.BigInteger),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("desk_id", "decision_id", name="pk_decision"),
        _refer("decision", "desk"),
    )
    for column in ("one", "other", "made_by"):
        op.create_index(f"ix_decision_desk_id_{column}", "decision", ["desk_id", column])


def _refer(table: str, to: str, *columns: str) -> sa.ForeignKeyConstraint:
    """Return the constraint that rows of a table go with those that they belong to."""
    keys = ["desk_id", *columns]
    return sa.ForeignKeyConstraint(keys, [f"{to}.{key}" for key in keys], name=f"fk_{table}_{to}", ondelete="CASCADE")
