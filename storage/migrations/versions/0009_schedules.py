"""Keep schedules, their deliveries, and what each has shown."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    _create_schedule()
    _create_delivery()
    _create_delivery_item()


def _create_schedule() -> None:
    op.create_table(
        "schedule",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("schedule_id", sa.BigInteger, nullable=False),
        sa.Column("audience_id", sa.BigInteger, nullable=False),
        sa.Column("recipient_id", sa.BigInteger),
        sa.Column("made_by", sa.BigInteger),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("what", sa.JSON, nullable=False),
        sa.Column("timing", sa.JSON, nullable=False),
        sa.Column("place", sa.JSON, nullable=False),
        sa.Column("catches_up", sa.Boolean, nullable=False),
        sa.Column("next_slot", sa.String(60)),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("covered_until", sa.BigInteger, nullable=False),
        sa.Column("paused", sa.Text),
        sa.Column("untold", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "schedule_id", name="pk_schedule"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], name="fk_schedule_desk", ondelete="CASCADE"),
    )
    op.create_index("ix_schedule_desk_id_made_by", "schedule", ["desk_id", "made_by"])
    op.create_index("ix_schedule_desk_id_recipient_id", "schedule", ["desk_id", "recipient_id"])
    op.create_index(
        "ix_schedule_desk_id_next_at",
        "schedule",
        ["desk_id", "next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_schedule_desk_id_untold", "schedule", ["desk_id", "untold"], sqlite_where=sa.text("untold"))


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("schedule_id", sa.BigInteger, nullable=False),
        sa.Column("slot", sa.String(60), nullable=False),
        sa.Column("key", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(80)),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("first_tried_at", sa.BigInteger),
        sa.Column("place", sa.JSON),
        sa.Column("payload", sa.JSON),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("done_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("desk_id", "schedule_id", "slot", name="pk_delivery"),
        sa.UniqueConstraint("desk_id", "key", name="uq_delivery_desk_id_key"),
        _of_schedule("delivery"),
    )
    op.create_index(
        "ix_delivery_desk_id_not_before",
        "delivery",
        ["desk_id", "not_before"],
        sqlite_where=sa.text("state = 'open'"),
    )


def _create_delivery_item() -> None:
    op.create_table(
        "delivery_item",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("schedule_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("shown_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "schedule_id", "kind", "key", name="pk_delivery_item"),
        _of_schedule("delivery_item"),
        sqlite_with_rowid=False,
    )


def _of_schedule(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["desk_id", "schedule_id"],
        ["schedule.desk_id", "schedule.schedule_id"],
        name=f"fk_{table}_schedule",
        ondelete="CASCADE",
    )
