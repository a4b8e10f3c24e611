"""What people bring, who may read it, and how it leaves the program again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.base.articles import ArticleHead
from storage.base.desks import Ceilings
from storage.base.scopes import Scope
from storage.query import Query
from summariser.model import Article, Named, Note, Proposal, Signature, Span


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file, page or text as somebody brought it."""

    data: bytes
    filename: str
    uploader_id: int
    audience_id: int
    channel_id: int
    origin_id: int
    """The message or interaction that brought it; with `attachment_id` it makes a repeated try harmless."""
    attachment_id: int
    """Below 0 for what is no attachment: a page, or text."""
    created_at: datetime
    message_id: int | None = None
    """The message that a citation can link to, once there is one."""
    url: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class NewExtraction:
    """What reading made of the bytes."""

    parser: str
    parser_version: int
    format: str
    text: str
    articles: tuple[Article, ...]
    sentences: tuple[tuple[Span, ...], ...]
    """For each article its sentences, indexing the article's text."""
    notes: tuple[Note, ...] = ()
    encoding: str | None = None
    proposals: tuple[Proposal, ...] = ()
    """Where another article may begin."""
    signatures: tuple[Signature, ...] = ()
    """What copies of each article are found by; without them they are computed later (`Storage.unsigned`)."""
    names: tuple[tuple[Named, ...] | None, ...] = ()
    """For each article who is named in it; without them, or with None, they are found later (`Storage.unnamed`)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article can be seen outside the corpus."""

    channel_id: int
    message_id: int | None
    url: str | None


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """An upload, and what was read in it."""

    upload_id: int
    blob: str
    """sha256 of the bytes."""
    size: int
    filename: str
    uploader_id: int
    audience_id: int
    channel_id: int
    message_id: int | None
    url: str | None
    media_type: str | None
    created_at: datetime
    format: str
    encoding: str | None
    notes: tuple[Note, ...]
    articles: tuple[ArticleHead, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """What adding did."""

    upload_id: int
    article_ids: tuple[int, ...]
    known: tuple[int, ...]
    """Those of `article_ids` whose very text the scope could already see before, in this file or another."""
    repeated: bool
    """The same origin and attachment had been added before: nothing was written."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What a scope can read of its desk, as a file."""

    data: bytes
    rows: dict[str, int]
    """How many there are of each part, by the names in `storage.parts`."""
    originals: int
    """How many files as they were received."""
    whole: bool
    """Whether those are in it at all."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal took away."""

    uploads: int
    articles: int


class Uploads(Protocol):
    """What people bring, who may read it, and how it leaves the program again. See `storage.base.Storage`."""

    async def has_extraction(self, desk_id: int, blob: str, *, parser: str, parser_version: int) -> bool:
        """Tell whether these bytes were already read by this parser, so that they need not be read again.

        For the application's own use: the answer may come from an upload that the asker cannot see, so never show it.
        """

    async def add(
        self, scope: Scope, upload: NewUpload, extraction: NewExtraction | None, *, ceilings: Ceilings | None = None
    ) -> Added:
        """Store an upload with what was read in it, all or nothing.

        Without an extraction the one of the same bytes is shared.

        Raises:
            OverLimitError: it is one more than `ceilings` allow within their window. However many come at once, no more
                than that get in.
        """

    async def anchor(self, scope: Scope, upload_ids: Sequence[int], *, channel_id: int, message_id: int) -> None:
        """Record the message that carries these uploads, where they have none yet, so that citations can link to it."""

    async def uploads(self, scope: Scope, upload_ids: Sequence[int]) -> tuple[StoredUpload, ...]:
        """Return the visible ones among these uploads, in the order given."""

    async def origins(self, scope: Scope, article_id: int) -> tuple[StoredUpload, ...]:
        """Return the visible uploads that brought an article, the earliest first.

        Raises:
            UnknownArticleError: none is visible.
        """

    async def remove_uploads(self, scope: Scope, upload_ids: Sequence[int]) -> Removed:
        """Delete the visible ones among these uploads, for good; what nothing else brought goes with them."""

    async def original(self, scope: Scope, article_id: int) -> tuple[StoredUpload, bytes]:
        """Return the first visible upload of an article, and its bytes as they were received.

        They are empty once an article that a `Drop` took out of them was erased for good.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
            ErasedError: another article of it was taken out for good, and the bytes with it.
        """

    async def share(self, scope: Scope, article_id: int, *, audience_id: int, origin_id: int, now: datetime) -> Added:
        """Let a further audience see the file that an article came in, until the upload that is shared goes.

        What is shared is the first visible upload; the new one names the same uploader, and `anchor` may link it to the
        message that shares it. Sharing again with the same audience does nothing (`repeated`).

        Raises:
            UnknownArticleError: it does not exist or is not visible.
            ErasedError: the file is no longer whole.
        """

    async def attachments_of(self, desk_id: int, message_id: int) -> frozenset[int]:
        """Return the `attachment_id` of all that came with a message and is there, for the application's own use."""

    async def export(self, scope: Scope, *, most: int, originals: bool) -> Exported:
        """Return what the scope can read of its desk as a .zip of JSON Lines; the files as received may be left out.

        Raises:
            TooLargeExportError: it is more than `most` bytes.
            NothingToExportError: there is nothing in the desk.
        """

    async def origins_of(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Origin, ...]]:
        """Return for each of these articles that is visible where its visible uploads came from, the earliest first.

        The articles are in the order given.
        """

    async def brought_by(
        self, scope: Scope, upload_ids: Collection[int], query: Query | None = None
    ) -> tuple[tuple[int, ArticleHead], ...]:
        """Return each article that one of these uploads first brought into sight, with the upload, the earliest first.

        With a query only those that it finds.
        """
