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
    Float,
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
    text,
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
# Those that were left are few: what is due in any desk is asked for all the time, and not in these.
Index(
    "ix_desk_desk_id_left_at",
    desk.c.desk_id,
    desk.c.left_at,
    sqlite_where=desk.c.left_at.is_not(None),
    postgresql_where=desk.c.left_at.is_not(None),
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
    # Where the words of its date stand (`summariser.model.DatePlace`).
    Column("published_at", JSON(none_as_null=True)),
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

# Those that got another headline.
Index(
    "ix_article_desk_id_article_id_republished",
    article.c.desk_id,
    article.c.article_id,
    sqlite_where=article.c.republished_title.is_not(None),
    postgresql_where=article.c.republished_title.is_not(None),
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
    # Whether all copies of it stand in `twin`: 0 not yet, 1 they do, 2 there are too many.
    Column("paired", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("desk_id", "article_id"),
    ForeignKeyConstraint(["desk_id", "article_id"], ["article.desk_id", "article.article_id"], ondelete="CASCADE"),
)
# Those that are still to be computed.
Index(
    "ix_signature_desk_id_article_id",
    signature.c.desk_id,
    signature.c.article_id,
    sqlite_where=signature.c.shingles.is_(None),
    postgresql_where=signature.c.shingles.is_(None),
)

# Those of which not all copies are at hand.
Index(
    "ix_signature_desk_id_article_id_paired",
    signature.c.desk_id,
    signature.c.article_id,
    signature.c.paired,
    sqlite_where=signature.c.paired != 1,
    postgresql_where=signature.c.paired != 1,
)

# Two articles that are copies of each other, whoever may see them; the one with the lower id is the other one.
twin = Table(
    "twin",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("other_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("desk_id", "article_id", "other_id"),
    ForeignKeyConstraint(
        ["desk_id", "article_id"],
        ["article.desk_id", "article.article_id"],
        name="fk_twin_article",
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(
        ["desk_id", "other_id"], ["article.desk_id", "article.article_id"], name="fk_twin_other", ondelete="CASCADE"
    ),
    Index(None, "desk_id", "other_id"),
    sqlite_with_rowid=False,
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

# Who may read what was read: a row for each upload that brought it, of readings that none has taken the place of.
# `upload` and `extraction` say the same; here it takes one look for each of thousands of mentions. `storage.derived`
# keeps it by triggers.
sight = Table(
    "sight",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("extraction_id", BigInteger, nullable=False),
    Column("upload_id", BigInteger, nullable=False),
    Column("audience_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("desk_id", "extraction_id", "upload_id"),
    ForeignKeyConstraint(["desk_id", "upload_id"], ["upload.desk_id", "upload.upload_id"], ondelete="CASCADE"),
    ForeignKeyConstraint(
        ["desk_id", "extraction_id"], ["extraction.desk_id", "extraction.extraction_id"], ondelete="CASCADE"
    ),
    Index(None, "desk_id", "upload_id"),
    sqlite_with_rowid=False,
)

# All who may read it as one: its audiences in their order, with spaces between. `storage.derived` keeps it by triggers.
readers = Table(
    "readers",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("extraction_id", BigInteger, nullable=False),
    Column("circle", Text, nullable=False),
    PrimaryKeyConstraint("desk_id", "extraction_id"),
    ForeignKeyConstraint(
        ["desk_id", "extraction_id"], ["extraction.desk_id", "extraction.extraction_id"], ondelete="CASCADE"
    ),
    Index(None, "desk_id", "circle"),
    sqlite_with_rowid=False,
)

# Which circles an audience belongs to; they are few. What is counted by circle is told of those that the scope has an
# audience in: however many of them brought an article, it counts once.
circle = Table(
    "circle",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("audience_id", BigInteger, nullable=False),
    Column("circle", Text, nullable=False),
    PrimaryKeyConstraint("desk_id", "audience_id", "circle"),
    Index(None, "desk_id", "circle"),
    sqlite_with_rowid=False,
)

# Articles in which names are still to be found.
unnamed = Table(
    "unnamed",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("desk_id", "article_id"),
    ForeignKeyConstraint(["desk_id", "article_id"], ["article.desk_id", "article.article_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# A name as an article spells it in full. It goes with its last mention, by a trigger (`storage.derived`).
name = Table(
    "name",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("name_id", BigInteger, nullable=False),
    Column("type", String(3), nullable=False),
    Column("words", Text, nullable=False),
    PrimaryKeyConstraint("desk_id", "name_id"),
    UniqueConstraint("desk_id", "type", "words"),
    ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# What names that may mean the same are looked up by.
name_key = Table(
    "name_key",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("name_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("desk_id", "key", "name_id"),
    ForeignKeyConstraint(["desk_id", "name_id"], ["name.desk_id", "name.name_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "name_id"),
    sqlite_with_rowid=False,
)

# Each way in which a name is written.
alias = Table(
    "alias",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("name_id", BigInteger, nullable=False),
    Column("surface", Text, nullable=False),
    # As `storage.folding.spell` writes it.
    Column("spelled", Text, nullable=False),
    PrimaryKeyConstraint("desk_id", "name_id", "surface"),
    ForeignKeyConstraint(["desk_id", "name_id"], ["name.desk_id", "name.name_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "spelled"),
    sqlite_with_rowid=False,
)

# The words that it is completed by.
alias_word = Table(
    "alias_word",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("word", Text, nullable=False),
    Column("name_id", BigInteger, nullable=False),
    Column("surface", Text, nullable=False),
    PrimaryKeyConstraint("desk_id", "word", "name_id", "surface"),
    ForeignKeyConstraint(
        ["desk_id", "name_id", "surface"], ["alias.desk_id", "alias.name_id", "alias.surface"], ondelete="CASCADE"
    ),
    Index(None, "desk_id", "name_id", "surface"),
    sqlite_with_rowid=False,
)

# As SQLite sorts them, so that the newest ones are read backwards from the index; an operator class and its order.
_UNDATED_FIRST = {"published": "int8_ops NULLS FIRST"}

# Where an article writes a name in one way, with what a lookup asks of the article: all that is known of a name lies in
# one stretch of the file, however many articles there are.
mention = Table(
    "mention",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("name_id", BigInteger, nullable=False),
    Column("surface", Text, nullable=False),
    Column("article_id", BigInteger, nullable=False),
    Column("extraction_id", BigInteger, nullable=False),
    Column("mentions", Integer, nullable=False),
    # In one of the rows that an article has for a name: how often it means the name, however spelled. In the others 0,
    # so that an article is counted once.
    Column("total", Integer, nullable=False),
    Column("source", Text),
    Column("published", Moment),
    # The year times 100, and the month.
    Column("month", Integer),
    # That of the surest.
    Column("confidence", Float, nullable=False),
    # Where each begins in the article's text.
    Column("starts", JSON, nullable=False),
    PrimaryKeyConstraint("desk_id", "name_id", "surface", "article_id"),
    ForeignKeyConstraint(["desk_id", "article_id"], ["article.desk_id", "article.article_id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["desk_id", "name_id"], ["name.desk_id", "name.name_id"], ondelete="CASCADE"),
    # Whom an article names, and whether it names two that are asked for at once.
    Index(None, "desk_id", "article_id", "name_id", "total"),
    sqlite_with_rowid=False,
)
# The articles of a name, by their dates and by how often they mean it: walked in their order until there are enough.
Index(
    "ix_mention_desk_id_name_id_published_total_extraction_id",
    mention.c.desk_id,
    mention.c.name_id,
    mention.c.published,
    mention.c.total,
    mention.c.extraction_id,
    sqlite_where=text("total <> 0"),
    postgresql_where=text("total <> 0"),
    postgresql_ops=_UNDATED_FIRST,
)
Index(
    "ix_mention_desk_id_name_id_total_published_extraction_id",
    mention.c.desk_id,
    mention.c.name_id,
    mention.c.total,
    mention.c.published,
    mention.c.extraction_id,
    sqlite_where=text("total <> 0"),
    postgresql_where=text("total <> 0"),
    postgresql_ops=_UNDATED_FIRST,
)

# How often each spelling of a name stands in what a circle can read, by source, and when a name was meant, by month and
# source: a lookup adds these up, and does not walk through the mentions. `storage.derived` counts along by triggers.
tally = Table(
    "tally",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("name_id", BigInteger, nullable=False),
    Column("surface", Text, nullable=False),
    # Empty where none is known.
    Column("source", Text, nullable=False),
    Column("circle", Text, nullable=False),
    Column("mentions", Integer, nullable=False),
    # How many write it so; and how many count for the name, of which each article counts once.
    Column("articles", Integer, nullable=False),
    Column("named", Integer, nullable=False),
    PrimaryKeyConstraint("desk_id", "name_id", "surface", "source", "circle"),
    ForeignKeyConstraint(["desk_id", "name_id"], ["name.desk_id", "name.name_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

monthly = Table(
    "monthly",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("name_id", BigInteger, nullable=False),
    # As in `mention`; 0 for articles without a date.
    Column("month", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("circle", Text, nullable=False),
    Column("mentions", Integer, nullable=False),
    Column("articles", Integer, nullable=False),
    PrimaryKeyConstraint("desk_id", "name_id", "month", "source", "circle"),
    ForeignKeyConstraint(["desk_id", "name_id"], ["name.desk_id", "name.name_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# What people decided on names, as they are spelled, so that it outlives whatever is found anew. It goes when such a
# name stands nowhere any more (`storage.deciding`).
decision = Table(
    "decision",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("decision_id", BigInteger, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("type", String(3), nullable=False),
    Column("one", Text, nullable=False),
    Column("other_type", String(3)),
    Column("other", Text, nullable=False),
    # None once the person has asked to be forgotten.
    Column("made_by", BigInteger),
    Column("made_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    PrimaryKeyConstraint("desk_id", "decision_id"),
    ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "one"),
    Index(None, "desk_id", "other"),
    Index(None, "desk_id", "made_by"),
)

# Who could read a name that a decision is about when it was made: 0 is the first name, 1 the other.
decision_reader = Table(
    "decision_reader",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("decision_id", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),
    Column("audience_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("desk_id", "decision_id", "place", "audience_id"),
    ForeignKeyConstraint(["desk_id", "decision_id"], ["decision.desk_id", "decision.decision_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "audience_id"),
    sqlite_with_rowid=False,
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

# What one process at a time may do, of all that share the database: when the next may, or until when it is whose.
turn = Table(
    "turn",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("name", String(100), nullable=False),
    Column("free_at", Moment, nullable=False),
    Column("owner", String(80)),
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

# What is posted again and again; its JSON is the application's, the columns are what is asked for.
schedule = Table(
    "schedule",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("schedule_id", BigInteger, nullable=False),
    # Who may read what it posts, as for an upload.
    Column("audience_id", BigInteger, nullable=False),
    # The one person whom it is for; None where it goes to a channel.
    Column("recipient_id", BigInteger),
    # None once that person has asked to be forgotten.
    Column("made_by", BigInteger),
    Column("made_at", Moment, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("what", JSON, nullable=False),
    Column("timing", JSON, nullable=False),
    Column("place", JSON, nullable=False),
    # After an outage: whether one delivery makes up for what was missed, or none.
    Column("catches_up", Boolean, nullable=False),
    # The next run; None while it is paused.
    Column("next_slot", String(60)),
    Column("next_at", Moment),
    # Up to when its deliveries have told.
    Column("covered_until", Moment, nullable=False),
    # Why it is paused; None while it runs.
    Column("paused", Text),
    # Whether its maker still has to be told that.
    Column("untold", Boolean, nullable=False),
    # Deliveries given up one after the other.
    Column("failures", Integer, nullable=False),
    # Since when it can only be brought back, and not for long; None while it is there.
    Column("removed_at", Moment),
    PrimaryKeyConstraint("desk_id", "schedule_id"),
    ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "made_by"),
    Index(None, "desk_id", "recipient_id"),
    Index(None, "desk_id", "kind"),
)
# Those that run, by when: the due ones of all desks are found in it without walking through the rest.
Index(
    "ix_schedule_desk_id_next_at",
    schedule.c.desk_id,
    schedule.c.next_at,
    sqlite_where=schedule.c.next_at.is_not(None),
    postgresql_where=schedule.c.next_at.is_not(None),
)
Index(
    "ix_schedule_desk_id_untold",
    schedule.c.desk_id,
    schedule.c.untold,
    sqlite_where=schedule.c.untold,
    postgresql_where=schedule.c.untold,
)

# One run of a schedule. That there is one of each slot is what keeps it from being sent twice.
delivery = Table(
    "delivery",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("schedule_id", BigInteger, nullable=False),
    Column("slot", String(60), nullable=False),
    # What its message is known by in the history of a channel.
    Column("key", BigInteger, nullable=False),
    Column("due_at", Moment, nullable=False),
    # How many slots it stands for.
    Column("slots", Integer, nullable=False),
    # `open`, `sent`, `skipped` or `failed`; the last two have a reason.
    Column("state", String(10), nullable=False),
    Column("reason", Text),
    # While it is open: not before then; whose it is, and until when.
    Column("not_before", Moment, nullable=False),
    Column("owner", String(80)),
    Column("leased_until", Moment),
    # How often it was taken up.
    Column("tries", Integer, nullable=False),
    # From here on it may have been sent: where to, and what; the latter goes when it has arrived.
    Column("first_tried_at", Moment),
    Column("place", JSON(none_as_null=True)),
    Column("payload", JSON(none_as_null=True)),
    Column("message_id", BigInteger),
    Column("done_at", Moment),
    PrimaryKeyConstraint("desk_id", "schedule_id", "slot"),
    UniqueConstraint("desk_id", "key"),
    ForeignKeyConstraint(["desk_id", "schedule_id"], ["schedule.desk_id", "schedule.schedule_id"], ondelete="CASCADE"),
)
Index(
    "ix_delivery_desk_id_not_before",
    delivery.c.desk_id,
    delivery.c.not_before,
    sqlite_where=delivery.c.state == "open",
    postgresql_where=delivery.c.state == "open",
)

# What a schedule has shown, so that it shows it once.
delivery_item = Table(
    "delivery_item",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("schedule_id", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("key", String(100), nullable=False),
    Column("shown_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk_id", "schedule_id", "kind", "key"),
    ForeignKeyConstraint(["desk_id", "schedule_id"], ["schedule.desk_id", "schedule.schedule_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# Where feeds are fetched from, once for all who follow them: it belongs to no desk and stands under desk 0, like the
# program's own memory. Nothing in it is shown.
feed_source = Table(
    "feed_source",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    # The sha256 of the address.
    Column("source", String(64), nullable=False),
    Column("url", Text, nullable=False),
    # What the server gave to ask again with.
    Column("etag", Text),
    Column("last_modified", Text),
    Column("next_at", Moment, nullable=False),
    Column("owner", String(80)),
    Column("leased_until", Moment),
    # Seconds between polls, as the feed itself suggests.
    Column("every", Integer, nullable=False),
    # Polls that failed one after the other, and since when.
    Column("failures", Integer, nullable=False),
    Column("failed_since", Moment),
    PrimaryKeyConstraint("desk_id", "source"),
    Index(None, "desk_id", "next_at"),
)

# A feed as a desk follows it.
feed = Table(
    "feed",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("feed_id", BigInteger, nullable=False),
    Column("source", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text),
    Column("channel_id", BigInteger, nullable=False),
    # Who may read what it brings, as for an upload, and that it is followed.
    Column("audience_id", BigInteger, nullable=False),
    # None once that person has asked to be forgotten.
    Column("made_by", BigInteger),
    Column("made_at", Moment, nullable=False),
    # The schedule by which new entries are posted; None where they are not.
    Column("schedule_id", BigInteger),
    # Why it is not polled; None while it is. Whether its maker still has to be told that.
    Column("paused", Text),
    Column("untold", Boolean, nullable=False),
    # Since then it can be brought back; after a day it goes.
    Column("removed_at", Moment),
    Column("ok_at", Moment),
    Column("new_at", Moment),
    Column("next_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    # Why new entries wait, and until when.
    Column("held", Text),
    Column("held_until", Moment),
    PrimaryKeyConstraint("desk_id", "feed_id"),
    ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "made_by"),
)
# Nobody hears the same twice.
Index(
    "ix_feed_desk_id_source_audience_id",
    feed.c.desk_id,
    feed.c.source,
    feed.c.audience_id,
    unique=True,
    sqlite_where=feed.c.removed_at.is_(None),
    postgresql_where=feed.c.removed_at.is_(None),
)
Index(
    "ix_feed_desk_id_untold", feed.c.desk_id, feed.c.untold, sqlite_where=feed.c.untold, postgresql_where=feed.c.untold
)

# Who follows an address, by the address, under desk 0 like it; `storage.following` lets triggers write them.
follower = Table(
    "follower",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("source", String(64), nullable=False),
    Column("of_desk", BigInteger, nullable=False),
    Column("feed_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("desk_id", "source", "of_desk", "feed_id"),
    sqlite_with_rowid=False,
)

# What was heard of a feed, so that it is read once: hashes of what it is known by; while it waits to be read, itself.
feed_entry = Table(
    "feed_entry",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("feed_id", BigInteger, nullable=False),
    Column("entry_id", BigInteger, nullable=False),
    Column("guid", String(64), nullable=False),
    # None where several entries of the feed share it, or there are no words.
    Column("url", String(64)),
    Column("content", String(64)),
    # `waiting`, `stored`, `failed` with a reason, or `passed`: it was there before the feed was followed.
    Column("state", String(10), nullable=False),
    Column("heard_at", Moment, nullable=False),
    # While it waits: not before then; whose it is, and until when.
    Column("not_before", Moment, nullable=False),
    Column("owner", String(80)),
    Column("leased_until", Moment),
    Column("tries", Integer, nullable=False),
    Column("reason", Text),
    Column("upload_id", BigInteger),
    # It is still to be posted.
    Column("posts", Boolean, nullable=False),
    Column("payload", JSON(none_as_null=True)),
    PrimaryKeyConstraint("desk_id", "feed_id", "entry_id"),
    UniqueConstraint("desk_id", "feed_id", "guid"),
    ForeignKeyConstraint(["desk_id", "feed_id"], ["feed.desk_id", "feed.feed_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "feed_id", "url"),
    Index(None, "desk_id", "feed_id", "content"),
)
Index(
    "ix_feed_entry_desk_id_not_before",
    feed_entry.c.desk_id,
    feed_entry.c.not_before,
    sqlite_where=feed_entry.c.state == "waiting",
    postgresql_where=feed_entry.c.state == "waiting",
)
Index(
    "ix_feed_entry_desk_id_feed_id_posts",
    feed_entry.c.desk_id,
    feed_entry.c.feed_id,
    feed_entry.c.posts,
    sqlite_where=feed_entry.c.posts,
    postgresql_where=feed_entry.c.posts,
)

# Uploads that no watch of their desk has been held against yet; `storage.watching` lets a trigger write them.
arrival = Table(
    "arrival",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("upload_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("desk_id", "upload_id"),
    ForeignKeyConstraint(["desk_id", "upload_id"], ["upload.desk_id", "upload.upload_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# Uploads that may be for a watch and were not told yet; its next alert looks at them as those see them who read it.
watch_hit = Table(
    "watch_hit",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("schedule_id", BigInteger, nullable=False),
    Column("upload_id", BigInteger, nullable=False),
    Column("found_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk_id", "schedule_id", "upload_id"),
    ForeignKeyConstraint(["desk_id", "schedule_id"], ["schedule.desk_id", "schedule.schedule_id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["desk_id", "upload_id"], ["upload.desk_id", "upload.upload_id"], ondelete="CASCADE"),
    Index(None, "desk_id", "upload_id"),
    sqlite_with_rowid=False,
)

# Up to when a person has been told what is new.
last_look = Table(
    "last_look",
    metadata,
    Column("desk_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("desk_id", "person_id"),
    ForeignKeyConstraint(["desk_id"], ["desk.desk_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# SQLite orders and compares texts by their letters' numbers; a server does so by its language's rules, unless told.
for _table in metadata.tables.values():
    for _column in _table.columns:
        if isinstance(_column.type, String):
            _column.type = _column.type.with_variant(
                type(_column.type)(_column.type.length, collation="C"), "postgresql"
            )
