"""Keep what people put right, and for a day what they remove."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of corrections and of the trash, and the columns that go with them."""
    op.add_column("desk", sa.Column("left_at", sa.BigInteger))
    op.add_column("upload", sa.Column("shared_from", sa.BigInteger))
    for column in ("message_id", "uploader_id", "shared_from"):
        op.create_index(f"ix_upload_desk_id_{column}", "upload", ["desk_id", column])
    _create_corrected()
    _create_correction()
    _create_former()
    _create_trash()


def _create_corrected() -> None:
    op.create_table(
        "corrected",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("copy_of", sa.String(64)),
        sa.PrimaryKeyConstraint("desk_id", "blob", name="pk_corrected"),
        sa.ForeignKeyConstraint(
            ["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], name="fk_corrected_blob", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_corrected_desk_id_copy_of", "corrected", ["desk_id", "copy_of"])
    op.create_table(
        "uncorrected",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("extraction_id", sa.BigInteger, nullable=False),
        sa.Column("articles", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "extraction_id", name="pk_uncorrected"),
        sa.ForeignKeyConstraint(
            ["desk_id", "extraction_id"],
            ["extraction.desk_id", "extraction.extraction_id"],
            name="fk_uncorrected_extraction",
            ondelete="CASCADE",
        ),
    )


def _create_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("correction_id", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("change", sa.String(20), nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("made_by", sa.BigInteger),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("desk_id", "correction_id", "blob", name="pk_correction"),
        sa.ForeignKeyConstraint(
            ["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], name="fk_correction_blob", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_correction_desk_id_blob_correction_id", "correction", ["desk_id", "blob", "correction_id"])
    op.create_index("ix_correction_desk_id_change_made_at", "correction", ["desk_id", "change", "made_at"])
    op.create_index("ix_correction_desk_id_made_by", "correction", ["desk_id", "made_by"])


def _create_former() -> None:
    op.create_table(
        "former",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("extraction_id", sa.BigInteger, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "article_id", "extraction_id", name="pk_former"),
        sa.ForeignKeyConstraint(
            ["desk_id", "extraction_id"],
            ["extraction.desk_id", "extraction.extraction_id"],
            name="fk_former_extraction",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_former_desk_id_extraction_id", "former", ["desk_id", "extraction_id"])


def _create_trash() -> None:
    op.create_table(
        "trash",
        sa.Column("desk_id", sa.BigInteger, nullable=False),
        sa.Column("upload_id", sa.BigInteger, nullable=False),
        sa.Column("removal_id", sa.BigInteger, nullable=False),
        sa.Column("removed_by", sa.BigInteger),
        sa.Column("removed_at", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("uploader_id", sa.BigInteger, nullable=False),
        sa.Column("audience_id", sa.BigInteger, nullable=False),
        sa.Column("row", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("desk_id", "upload_id", name="pk_trash"),
        sa.ForeignKeyConstraint(
            ["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], name="fk_trash_blob", ondelete="CASCADE"
        ),
    )
    for column in ("removal_id", "blob", "uploader_id", "removed_at"):
        op.create_index(f"ix_trash_desk_id_{column}", "trash", ["desk_id", column])
