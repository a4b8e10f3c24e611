"""Make what is stored searchable: its words, spelled plainly, and an index over them that hangs on triggers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.spelling import spell_article

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 200
_TAGGED = "replace(' ' || {row}.words, ' ', ' ' || printf('%016x', {row}.desk_id))"
_INSERT = f"INSERT INTO posting (rowid, words) VALUES (new.article_id, {_TAGGED.format(row='new')})"  # noqa: S608  ours
_DELETE = (
    "INSERT INTO posting (posting, rowid, words) "  # noqa: S608  no value of anybody's is in it
    f"VALUES ('delete', old.article_id, {_TAGGED.format(row='old')})"
)
_MARK = "INSERT OR REPLACE INTO fingerprint (desk_id, name, value, updated_at) VALUES (0, 'search:purge', '', 0)"
_READ = sa.text(
    'SELECT a.desk_id, a.article_id, a.title, a.republished_title, substr(e.text, a.start + 1, a."end" - a.start) '
    "FROM article a JOIN extraction e ON e.desk_id = a.desk_id AND e.extraction_id = a.extraction_id "
    "WHERE (a.desk_id, a.article_id) > (:desk_id, :article_id) ORDER BY a.desk_id, a.article_id LIMIT :batch"
)
_WRITE = sa.text("INSERT INTO spelling (desk_id, article_id, words) VALUES (:desk_id, :article_id, :words)")


def upgrade() -> None:
    """Create the table, the index and its triggers, then spell what is there, a batch at a time."""
    op.create_table(
        "spelling",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "article_id", name="pk_spelling"),
        sa.ForeignKeyConstraint(
            ["desk_id", "article_id"],
            ["article.desk_id", "article.article_id"],
            name="fk_spelling_article",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_article_desk_id_source", "article", ["desk_id", "source"])
    op.create_index(
        "ix_article_desk_id_article_id_extraction_id", "article", ["desk_id", "article_id", "extraction_id"]
    )
    op.create_index(
        "ix_extraction_desk_id_extraction_id_superseded_blob",
        "extraction",
        ["desk_id", "extraction_id", "superseded", "blob"],
    )
    for statement in (
        "CREATE VIRTUAL TABLE posting USING fts5(words, content='', columnsize=0, tokenize='ascii')",
        "CREATE VIRTUAL TABLE posting_vocabulary USING fts5vocab('posting', 'row')",
        f"CREATE TRIGGER spelling_added AFTER INSERT ON spelling BEGIN {_INSERT}; END",
        f"CREATE TRIGGER spelling_deleted AFTER DELETE ON spelling BEGIN {_DELETE}; {_MARK}; END",
        f"CREATE TRIGGER spelling_changed AFTER UPDATE ON spelling BEGIN {_DELETE}; {_INSERT}; {_MARK}; END",
    ):
        op.get_bind().exec_driver_sql(statement)
    _spell(op.get_bind())


def _spell(connection: sa.Connection) -> None:
    """Write down the words of every article."""
    last: dict[str, Any] = {"desk_id": -(2**63), "article_id": 0}
    while True:
        rows = connection.execute(_READ, {**last, "batch": _BATCH}).all()
        if not rows:
            return
        for desk_id, article_id, title, republished, text in rows:
            last = {"desk_id": desk_id, "article_id": article_id}
            connection.execute(_WRITE, {**last, "words": spell_article(text, title, republished)})
