"""Keep where another article may begin, and what an article's copies are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of proposals and signatures; articles that are there are signed in the background."""
    _create_proposal()
    _create_signature()
    op.execute("INSERT INTO signature (desk_id, article_id) SELECT desk_id, article_id FROM article")


def _create_proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("extraction_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("body", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "extraction_id", "at", name="pk_proposal"),
        sa.ForeignKeyConstraint(
            ["desk_id", "extraction_id"],
            ["extraction.desk_id", "extraction.extraction_id"],
            name="fk_proposal_extraction",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )


def _create_signature() -> None:
    op.create_table(
        "signature",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("shingles", sa.Integer),
        sa.Column("smallest", sa.LargeBinary),
        sa.PrimaryKeyConstraint("desk_id", "article_id", name="pk_signature"),
        _of_article("signature"),
    )
    op.create_index(
        "ix_signature_desk_id_article_id",
        "signature",
        ["desk_id", "article_id"],
        sqlite_where=sa.text("shingles IS NULL"),
    )
    op.create_table(
        "signature_key",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "key", "article_id", name="pk_signature_key"),
        _of_article("signature_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_signature_key_desk_id_article_id", "signature_key", ["desk_id", "article_id"])


def _of_article(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["desk_id", "article_id"],
        ["article.desk_id", "article.article_id"],
        name=f"fk_{table}_article",
        ondelete="CASCADE",
    )
