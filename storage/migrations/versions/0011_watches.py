"""Keep what watches still have to be told of, and up to when each person has looked at what is new."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TRIGGER = (
    "CREATE TRIGGER upload_arrived AFTER INSERT ON upload "
    "WHEN EXISTS (SELECT 1 FROM schedule WHERE desk_id = new.desk_id AND kind = 'watch') "
    "BEGIN INSERT OR IGNORE INTO arrival (desk_id, upload_id, at) "
    "VALUES (new.desk_id, new.upload_id, new.created_at); END"
)


def upgrade() -> None:
    """Create the three tables, and what fills the first."""
    op.create_table(
        "arrival",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("upload_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "upload_id", name="pk_arrival"),
        _of_upload("arrival"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "watch_hit",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("schedule_id", sa.BigInteger, nullable=False),
        sa.Column("upload_id", sa.BigInteger, nullable=False),
        sa.Column("found_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "schedule_id", "upload_id", name="pk_watch_hit"),
        sa.ForeignKeyConstraint(
            ["desk_id", "schedule_id"],
            ["schedule.desk_id", "schedule.schedule_id"],
            name="fk_watch_hit_schedule",
            ondelete="CASCADE",
        ),
        _of_upload("watch_hit"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_watch_hit_desk_id_upload_id", "watch_hit", ["desk_id", "upload_id"])
    op.create_table(
        "last_look",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "person_id", name="pk_last_look"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], name="fk_last_look_desk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_schedule_desk_id_kind", "schedule", ["desk_id", "kind"])
    op.execute(_TRIGGER)


def _of_upload(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["desk_id", "upload_id"],
        ["upload.desk_id", "upload.upload_id"],
        name=f"fk_{table}_upload",
        ondelete="CASCADE",
    )
