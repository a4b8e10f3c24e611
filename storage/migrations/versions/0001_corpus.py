"""Create the corpus: desks, uploads, what was read in them, and what buttons do."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_uploads()
    _create_articles()
    _create_rest()


def _create_uploads() -> None:
    """Create what people bring."""
    op.create_table(
        "desk",
        sa.Column("desk_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("desk_id", name="pk_desk"),
    )
    op.create_table(
        "blob",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "sha256", name="pk_blob"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], name="fk_blob_desk", ondelete="CASCADE"),
    )
    op.create_table(
        "upload",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("upload_id", sa.BigInteger, nullable=False),
        sa.Column("audience_id", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("uploader_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("origin_id", sa.BigInteger, nullable=False),
        sa.Column("attachment_id", sa.BigInteger, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("media_type", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "upload_id", name="pk_upload"),
        sa.UniqueConstraint("desk_id", "origin_id", "attachment_id", name="uq_upload_desk_id_origin_id_attachment_id"),
        sa.ForeignKeyConstraint(
            ["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], name="fk_upload_blob", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_upload_desk_id_blob_upload_id_audience_id", "upload", ["desk_id", "blob", "upload_id", "audience_id"]
    )


def _create_articles() -> None:
    """Create what is read in it."""
    op.create_table(
        "extraction",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("extraction_id", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("parser", sa.String(40), nullable=False),
        sa.Column("parser_version", sa.Integer, nullable=False),
        sa.Column("superseded", sa.Boolean, nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("encoding", sa.String(40)),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "extraction_id", name="pk_extraction"),
        sa.UniqueConstraint(
            "desk_id", "blob", "parser", "parser_version", name="uq_extraction_desk_id_blob_parser_parser_version"
        ),
        sa.ForeignKeyConstraint(
            ["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], name="fk_extraction_blob", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_extraction_desk_id_blob_superseded_articles_extraction_id",
        "extraction",
        ["desk_id", "blob", "superseded", "articles", "extraction_id"],
    )
    op.create_table(
        "article",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("extraction_id", sa.BigInteger, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8)),
        sa.Column("published", sa.BigInteger),
        sa.Column("published_kind", sa.String(20)),
        sa.Column("published_words", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("republished_title", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("author", sa.Text),
        sa.Column("opening", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "article_id", name="pk_article"),
        sa.UniqueConstraint("desk_id", "extraction_id", "ordinal", name="uq_article_desk_id_extraction_id_ordinal"),
        sa.ForeignKeyConstraint(
            ["desk_id", "extraction_id"],
            ["extraction.desk_id", "extraction.extraction_id"],
            name="fk_article_extraction",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_article_desk_id_content_sha256", "article", ["desk_id", "content_sha256"])
    op.create_table(
        "sentence",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "article_id", "ordinal", name="pk_sentence"),
        sa.ForeignKeyConstraint(
            ["desk_id", "article_id"],
            ["article.desk_id", "article.article_id"],
            name="fk_sentence_article",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )


def _create_rest() -> None:
    """Create what the program remembers for itself."""
    op.create_table(
        "action",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("actions_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("requests", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "actions_id", name="pk_action"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], name="fk_action_desk", ondelete="CASCADE"),
    )
    op.create_index("ix_action_desk_id_expires_at", "action", ["desk_id", "expires_at"])
    op.create_table(
        "fingerprint",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "name", name="pk_fingerprint"),
    )
