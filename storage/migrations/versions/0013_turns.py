"""Keep whose turn it is at what one process at a time may do, and for a while the schedules that were removed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and add the column."""
    op.create_table(
        "turn",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("free_at", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(80)),
        sa.PrimaryKeyConstraint("desk_id", "name", name="pk_turn"),
    )
    _keep_removed_schedules()
    _find_headlines()
    _find_desks_that_were_left()


def _keep_removed_schedules() -> None:
    op.add_column("schedule", sa.Column("removed_at", sa.BigInteger))


def _find_headlines() -> None:
    op.create_index(
        "ix_article_desk_id_article_id_republished",
        "article",
        ["desk_id", "article_id"],
        sqlite_where=sa.text("republished_title IS NOT NULL"),
        postgresql_where=sa.text("republished_title IS NOT NULL"),
    )


def _find_desks_that_were_left() -> None:
    op.create_index(
        "ix_desk_desk_id_left_at",
        "desk",
        ["desk_id", "left_at"],
        sqlite_where=sa.text("left_at IS NOT NULL"),
        postgresql_where=sa.text("left_at IS NOT NULL"),
    )
