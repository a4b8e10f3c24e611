"""The tables, with the desk first in every key, foreign key, unique constraint and index.

That is what a distributed or partitioned database asks for, and what keeps one desk's pages apart from another's.
`migrations/` brings a database here; a test holds the two together.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Named constraints are the ones that a later migration can change on every engine.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as whole microseconds since 1970.

    SQLite has no time of its own: text would drop the zone and sort by spelling, a float would drop microseconds. An
    integer is exact, sorts and compares alike on every engine, and comes back aware and in UTC.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  SQLAlchemy's
        """Return the microseconds of an aware time.

        Raises:
            ValueError: the time is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's
        """Return the time, aware and in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = MetaData(naming_convention=_NAMES)

desk = Table(
    "desk",
    metadata,
    Column("desk_id", BigInteger, nullable=False, autoincrement=False),
    # When the server let the bot go; None while it is there.
    Column("left_at", Moment),
    PrimaryKeyConstraint("desk_id"),
)

# The bytes stand last in their row, so that SQLite finds the other columns without walking through them.
blob = Table(
    "blob",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    # What the bytes hash to; of those whose reading was corrected, a name of their own (`corrected`).
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("desk_id", "sha256"),
    ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], ondelete="CASCADE"),
)

# Without row ids the rows lie in the order of their key: the newest uploads of a desk are one stretch of the file.
upload = Table(
    "upload",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("upload_id", BigInteger, nullable=False),
    Column("audience_id", BigInteger, nullable=False),
    Column("blob", String(64), nullable=False),
    Column("uploader_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("origin_id", BigInteger, nullable=False),
    Column("attachment_id", BigInteger, nullable=False),
    Column("filename", Text, nullable=False),
    Column("url", Text),
    Column("media_type", Text),
    Column("created_at", Moment, nullable=False),
    # The upload that was shared on purpose with more people, by this one: they go together.
    Column("shared_from", BigInteger),
    PrimaryKeyConstraint("desk_id", "upload_id"),
    UniqueConstraint("desk_id", "origin_id", "attachment_id"),
    ForeignKeyConstraint(["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], ondelete="CASCADE"),
    # What a deleted message or a person has brought, and what hangs on an upload.
    Index(None, "desk_id", "message_id"),
    Index(None, "desk_id", "uploader_id"),
    Index(None, "desk_id", "shared_from"),
    # All that visibility asks: whether bytes were brought in sight of somebody, and by which upload first.
    Index(None, "desk_id", "blob", "upload_id", "audience_id"),
    sqlite_with_rowid=False,
)

extraction = Table(
    "extraction",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("extraction_id", BigInteger, nullable=False),
    Column("blob", String(64), nullable=False),
    Column("parser", String(40), nullable=False),
    Column("parser_version", Integer, nullable=False),
    # A better parser's extraction takes the place of an older one in lists; what cites the older one still finds it.
    Column("superseded", Boolean, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("format", String(20), nullable=False),
    Column("encoding", String(40)),
    Column("notes", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("text_sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("desk_id", "extraction_id"),
    UniqueConstraint("desk_id", "blob", "parser", "parser_version"),
    ForeignKeyConstraint(["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], ondelete="CASCADE"),
    # All that counting asks, so that it need not walk past the texts.
    Index(None, "desk_id", "blob", "superseded", "articles", "extraction_id"),
    # All that a search asks of a hit's extraction.
    Index(None, "desk_id", "extraction_id", "superseded", "blob"),
)

article = Table(
    "article",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("extraction_id", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("language", String(8)),
    Column("published", Moment),
    Column("published_kind", String(20)),
    Column("published_words", Text),
    Column("title", Text),
    Column("republished_title", Text),
    Column("source", Text),
    Column("author", Text),
    Column("opening", Text, nullable=False),
    # Title, source and opening as `storage.folding` writes them: what `suggest` looks through.
    Column("folded", Text, nullable=False),
    PrimaryKeyConstraint("desk_id", "article_id"),
    UniqueConstraint("desk_id", "extraction_id", "ordinal"),
    ForeignKeyConstraint(
        ["desk_id", "extraction_id"], ["extraction.desk_id", "extraction.extraction_id"], ondelete="CASCADE"
    ),
    Index(None, "desk_id", "content_sha256"),
    # What `sources` looks through, without reading the articles, and whether a source has anything of some time.
    Index(None, "desk_id", "source", "published"),
    # What appeared in some time, the newest first.
    Index(None, "desk_id", "published"),
    # All that a search asks of each hit, here and of its extraction, to know whether it is in sight.
    Index(None, "desk_id", "article_id", "extraction_id"),
)

# An article's titles and text as `storage.folding.spell` writes them: what is searched, and what hits are ranked by.
# `storage.fulltext` indexes it by triggers.
spelling = Table(
    "spelling",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("words", Text, nullable=False),
    PrimaryKeyConstraint("desk_id", "article_id"),
    ForeignKeyConstraint(["desk_id", "article_id"], ["article.desk_id", "article.article_id"], ondelete="CASCADE"),
)

sentence = Table(
    "sentence",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    PrimaryKeyConstraint("desk_id", "article_id", "ordinal"),
    ForeignKeyConstraint(["desk_id", "article_id"], ["article.desk_id", "article.article_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# Where another article may begin, in the text of the whole file: it is offered while one article holds the place, so
# that a split takes it away and withdrawing the split brings it back.
proposal = Table(
    "proposal",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("extraction_id", BigInteger, nullable=False),
    # Where the first would end; the second's title stands between here and `body`.
    Column("at", Integer, nullable=False),
    Column("body", Integer, nullable=False),
    PrimaryKeyConstraint("desk_id", "extraction_id", "at"),
    ForeignKeyConstraint(
        ["desk_id", "extraction_id"], ["extraction.desk_id", "extraction.extraction_id"], ondelete="CASCADE"
    ),
    sqlite_with_rowid=False,
)

# What an article is compared by (`summariser.model.Signature`); without `shingles` it is still to be computed.
signature = Table(
    "signature",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("shingles", Integer),
    # 64-bit integers one behind the other, the highest byte first.
    Column("smallest", LargeBinary),
    PrimaryKeyConstraint("desk_id", "article_id"),
    ForeignKeyConstraint(["desk_id", "article_id"], ["article.desk_id", "article.article_id"], ondelete="CASCADE"),
)
# Those that are still to be computed.
Index(
    "ix_signature_desk_id_article_id",
    signature.c.desk_id,
    signature.c.article_id,
    sqlite_where=signature.c.shingles.is_(None),
)

# What the copies of an article are looked up by.
signature_key = Table(
    "signature_key",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("desk_id", "key", "article_id"),
    ForeignKeyConstraint(["desk_id", "article_id"], ["article.desk_id", "article.article_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "article_id"),
    sqlite_with_rowid=False,
)

# Bytes whose reading somebody has corrected: a copy under a name of its own, so that the same bytes, brought for others
# to read, are read as the file is.
corrected = Table(
    "corrected",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("blob", String(64), nullable=False),
    # What the bytes hash to; None once they are no longer whole.
    Column("copy_of", String(64)),
    PrimaryKeyConstraint("desk_id", "blob"),
    ForeignKeyConstraint(["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], ondelete="CASCADE"),
    Index(None, "desk_id", "copy_of"),
)

# The articles of a corrected extraction as the parser read them: what corrections are applied to.
uncorrected = Table(
    "uncorrected",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("extraction_id", BigInteger, nullable=False),
    Column("articles", JSON, nullable=False),
    PrimaryKeyConstraint("desk_id", "extraction_id"),
    ForeignKeyConstraint(
        ["desk_id", "extraction_id"], ["extraction.desk_id", "extraction.extraction_id"], ondelete="CASCADE"
    ),
)

# What people put right, in its order: applied again whenever the bytes are read anew. Withdrawn ones stay on record.
correction = Table(
    "correction",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("correction_id", BigInteger, nullable=False),
    Column("blob", String(64), nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("change", String(20), nullable=False),
    Column("values", JSON, nullable=False),
    # None once the person has asked to be forgotten.
    Column("made_by", BigInteger),
    Column("made_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    # Bytes that became two copies, for two circles of readers, keep what was put right before under the same ids.
    PrimaryKeyConstraint("desk_id", "correction_id", "blob"),
    ForeignKeyConstraint(["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], ondelete="CASCADE"),
    Index(None, "desk_id", "blob", "correction_id"),
    Index(None, "desk_id", "change", "made_at"),
    Index(None, "desk_id", "made_by"),
)

# Where an article stood that a correction has made part of another, or that its readers now see in a copy of their own:
# a citation of it still finds its words.
former = Table(
    "former",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("extraction_id", BigInteger, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    PrimaryKeyConstraint("desk_id", "article_id", "extraction_id"),
    ForeignKeyConstraint(
        ["desk_id", "extraction_id"], ["extraction.desk_id", "extraction.extraction_id"], ondelete="CASCADE"
    ),
    Index(None, "desk_id", "extraction_id"),
)

# Uploads that were removed and can be brought back for a day. Reads ask `upload` alone, so none of them sees these.
trash = Table(
    "trash",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("upload_id", BigInteger, nullable=False),
    # What was removed together is brought back together.
    Column("removal_id", BigInteger, nullable=False),
    Column("removed_by", BigInteger),
    Column("removed_at", Moment, nullable=False),
    Column("blob", String(64), nullable=False),
    Column("uploader_id", BigInteger, nullable=False),
    Column("audience_id", BigInteger, nullable=False),
    # The row of `upload` as it was.
    Column("row", JSON, nullable=False),
    PrimaryKeyConstraint("desk_id", "upload_id"),
    ForeignKeyConstraint(["desk_id", "blob"], ["blob.desk_id", "blob.sha256"], ondelete="CASCADE"),
    Index(None, "desk_id", "removal_id"),
    Index(None, "desk_id", "blob"),
    Index(None, "desk_id", "uploader_id"),
    Index(None, "desk_id", "removed_at"),
)

action = Table(
    "action",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("actions_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("requests", JSON, nullable=False),
    PrimaryKeyConstraint("desk_id", "actions_id"),
    ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "expires_at"),
)

# The program's own memory belongs to no desk: it stands under desk 0, so that the rule of the keys has no exception.
fingerprint = Table(
    "fingerprint",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("name", String(100), nullable=False),
    Column("value", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk_id", "name"),
)

# A row for each setting that somebody has touched; who did so is taken out when they ask to be forgotten.
desk_setting = Table(
    "desk_setting",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("name", String(40), nullable=False),
    Column("value", JSON, nullable=False),
    Column("changed_by", BigInteger),
    Column("changed_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk_id", "name"),
    ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
