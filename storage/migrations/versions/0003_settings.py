"""Keep what the managers of a desk decide."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of settings."""
    op.create_table(
        "desk_setting",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("changed_by", sa.BigInteger),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "name", name="pk_desk_setting"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], name="fk_desk_setting_desk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
