"""Keep names, who is meant by them, and what people decided about it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

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

_TRIGGERS = (
    f"CREATE TRIGGER upload_seen AFTER INSERT ON upload BEGIN {_SEE_UPLOAD}; END",
    f"CREATE TRIGGER upload_moved AFTER UPDATE OF blob, audience_id ON upload BEGIN {_HIDE_UPLOAD}; {_SEE_UPLOAD}; END",
    f"CREATE TRIGGER extraction_seen AFTER INSERT ON extraction BEGIN {_SEE_READING}; END",
    f"CREATE TRIGGER extraction_moved AFTER UPDATE OF blob, superseded ON extraction {_SEE_AGAIN}",
    f"CREATE TRIGGER sight_added AFTER INSERT ON sight WHEN {_ONLY.format(row='new')} BEGIN {_MORE_READERS}; END",
    f"CREATE TRIGGER sight_deleted AFTER DELETE ON sight WHEN {_ONLY.format(row='old')} BEGIN {_FEWER_READERS}; END",
    f"CREATE TRIGGER mention_added AFTER INSERT ON mention BEGIN {_MORE_MENTIONS}; END",
    f"CREATE TRIGGER mention_deleted AFTER DELETE ON mention BEGIN {_FEWER_MENTIONS}; {_NAMELESS}; END",
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
        sa.Column("leads", sa.Integer, nullable=False),
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
    op.create_index("ix_mention_desk_id_article_id", "mention", ["desk_id", "article_id"])
    op.create_index(
        "ix_mention_desk_id_name_id_published_extraction_id",
        "mention",
        ["desk_id", "name_id", "published", "extraction_id"],
    )
    op.create_table(
        "tally",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name_id", sa.BigInteger, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("audience_id", sa.BigInteger, nullable=False),
        sa.Column("mentions", sa.Integer, nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "name_id", "surface", "audience_id", name="pk_tally"),
        _refer("tally", "name", "name_id"),
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
