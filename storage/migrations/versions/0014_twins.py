"""Keep which articles are copies of each other; which are is found in the background."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this round keeps."""
    _keep_twins()
    _find_followers()


def _keep_twins() -> None:
    op.add_column("signature", sa.Column("paired", sa.Integer, nullable=False, server_default="0"))
    op.create_index(
        "ix_signature_desk_id_article_id_paired",
        "signature",
        ["desk_id", "article_id", "paired"],
        sqlite_where=sa.text("paired != 1"),
        postgresql_where=sa.text("paired != 1"),
    )
    op.create_table(
        "twin",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("other_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "article_id", "other_id", name="pk_twin"),
        sa.ForeignKeyConstraint(
            ["desk_id", "article_id"],
            ["article.desk_id", "article.article_id"],
            name="fk_twin_article",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["desk_id", "other_id"],
            ["article.desk_id", "article.article_id"],
            name="fk_twin_other",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_twin_desk_id_other_id", "twin", ["desk_id", "other_id"])


_FOLLOWS = "INSERT INTO follower (desk_id, source, of_desk, feed_id) VALUES (0, new.source, new.desk_id, new.feed_id)"
_LEAVES = (
    "DELETE FROM follower WHERE desk_id = 0 AND source = old.source AND of_desk = old.desk_id AND feed_id = old.feed_id"
)
_ON_SQLITE = (
    f"CREATE TRIGGER feed_followed AFTER INSERT ON feed BEGIN {_FOLLOWS}; END",
    f"CREATE TRIGGER feed_moved AFTER UPDATE OF source ON feed BEGIN {_LEAVES}; {_FOLLOWS}; END",
    f"CREATE TRIGGER feed_left AFTER DELETE ON feed BEGIN {_LEAVES}; END",
)
_ON_POSTGRESQL = (
    f"CREATE FUNCTION feed_followed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_FOLLOWS}; RETURN NULL; END $$",
    (
        "CREATE FUNCTION feed_moved() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {_LEAVES}; {_FOLLOWS}; RETURN NULL; END $$"
    ),
    f"CREATE FUNCTION feed_left() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_LEAVES}; RETURN NULL; END $$",
    "CREATE TRIGGER feed_followed AFTER INSERT ON feed FOR EACH ROW EXECUTE FUNCTION feed_followed()",
    "CREATE TRIGGER feed_moved AFTER UPDATE OF source ON feed FOR EACH ROW EXECUTE FUNCTION feed_moved()",
    "CREATE TRIGGER feed_left AFTER DELETE ON feed FOR EACH ROW EXECUTE FUNCTION feed_left()",
)


def _find_followers() -> None:
    """Keep who follows an address, by the address."""
    op.create_table(
        "follower",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("source", _collated(64), nullable=False),
        sa.Column("of_desk", sa.BigInteger, nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "source", "of_desk", "feed_id", name="pk_follower"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO follower (desk_id, source, of_desk, feed_id) SELECT 0, source, desk_id, feed_id FROM feed")
    for statement in _ON_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _ON_SQLITE:
        op.execute(statement)


def _collated(length: int) -> sa.String:
    """Return a text that a server, too, compares by its letters' numbers."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
