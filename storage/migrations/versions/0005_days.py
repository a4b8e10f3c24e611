"""Find what appeared in some time, and which sources had anything then."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the day of publication into the indexes of articles."""
    op.drop_index("ix_article_desk_id_source", "article")
    op.create_index("ix_article_desk_id_source_published", "article", ["desk_id", "source", "published"])
    op.create_index("ix_article_desk_id_published", "article", ["desk_id", "published"])
