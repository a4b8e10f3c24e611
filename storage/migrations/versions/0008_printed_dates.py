"""Keep where an article's date stands."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the place to each article; of those read before it is not known."""
    op.add_column("article", sa.Column("published_at", sa.JSON))
