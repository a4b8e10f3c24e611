"""Follow feeds: where they are fetched from, who follows them, and what was heard of each."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    _create_feed_source()
    _create_feed()
    _create_feed_entry()


def _create_feed_source() -> None:
    op.create_table(
        "feed_source",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(80)),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_since", sa.BigInteger),
        sa.PrimaryKeyConstraint("desk_id", "source", name="pk_feed_source"),
    )
    op.create_index("ix_feed_source_desk_id_next_at", "feed_source", ["desk_id", "next_at"])


def _create_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("audience_id", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.BigInteger),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("schedule_id", sa.BigInteger),
        sa.Column("paused", sa.Text),
        sa.Column("untold", sa.Boolean, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.Column("ok_at", sa.BigInteger),
        sa.Column("new_at", sa.BigInteger),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("held", sa.Text),
        sa.Column("held_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("desk_id", "feed_id", name="pk_feed"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], name="fk_feed_desk", ondelete="CASCADE"),
    )
    op.create_index("ix_feed_desk_id_made_by", "feed", ["desk_id", "made_by"])
    op.create_index(
        "ix_feed_desk_id_source_audience_id",
        "feed",
        ["desk_id", "source", "audience_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
    )
    op.create_index("ix_feed_desk_id_untold", "feed", ["desk_id", "untold"], sqlite_where=sa.text("untold"))


def _create_feed_entry() -> None:
    op.create_table(
        "feed_entry",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.Column("entry_id", sa.BigInteger, nullable=False),
        sa.Column("guid", sa.String(64), nullable=False),
        sa.Column("url", sa.String(64)),
        sa.Column("content", sa.String(64)),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(80)),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("upload_id", sa.BigInteger),
        sa.Column("posts", sa.Boolean, nullable=False),
        sa.Column("payload", sa.JSON),
        sa.PrimaryKeyConstraint("desk_id", "feed_id", "entry_id", name="pk_feed_entry"),
        sa.UniqueConstraint("desk_id", "feed_id", "guid", name="uq_feed_entry_desk_id_feed_id_guid"),
        sa.ForeignKeyConstraint(
            ["desk_id", "feed_id"], ["feed.desk_id", "feed.feed_id"], name="fk_feed_entry_feed", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_feed_entry_desk_id_feed_id_url", "feed_entry", ["desk_id", "feed_id", "url"])
    op.create_index("ix_feed_entry_desk_id_feed_id_content", "feed_entry", ["desk_id", "feed_id", "content"])
    op.create_index(
        "ix_feed_entry_desk_id_not_before",
        "feed_entry",
        ["desk_id", "not_before"],
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_feed_entry_desk_id_feed_id_posts",
        "feed_entry",
        ["desk_id", "feed_id", "posts"],
        sqlite_where=sa.text("posts"),
    )
