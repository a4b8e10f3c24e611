"""Keep who could read the names that a decision is about."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What was decided before holds for those who can read it now.
_FILL = (
    "INSERT INTO decision_reader (desk_id, decision_id, place, audience_id) "
    "SELECT DISTINCT d.desk_id, d.decision_id, {place}, c.audience_id FROM decision d "
    "JOIN name n ON n.desk_id = d.desk_id AND n.type = {type} AND n.words = d.{words} "
    "JOIN tally t ON t.desk_id = n.desk_id AND t.name_id = n.name_id "
    "JOIN circle c ON c.desk_id = t.desk_id AND c.circle = t.circle"
)


def upgrade() -> None:
    """Create the table, and fill it."""
    op.create_table(
        "decision_reader",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("decision_id", sa.BigInteger, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("audience_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "decision_id", "place", "audience_id", name="pk_decision_reader"),
        sa.ForeignKeyConstraint(
            ["desk_id", "decision_id"],
            ["decision.desk_id", "decision.decision_id"],
            name="fk_decision_reader_decision",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_decision_reader_desk_id_audience_id", "decision_reader", ["desk_id", "audience_id"])
    op.execute(_FILL.format(place=0, type="d.type", words="one"))
    paired = " WHERE d.verdict IN ('same', 'different')"
    op.execute(_FILL.format(place=1, type="coalesce(d.other_type, d.type)", words="other") + paired)
