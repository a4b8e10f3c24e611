"""The contract of every storage engine: one method a question, the scope always first.

A desk is one tenant. A guild's desk has the guild's id, a person's desk the negative of the person's id, the terminal's
desk is `LOCAL_DESK`. Ids are 64-bit and made by the application. Nothing reads across desks.

An *audience* is who may read an upload: the id of the channel whose members may (a public thread counts as its parent,
a private thread as itself), the id of the guild for all its members, or the id of the one person for whom it was read.
A `Scope` names the audiences that an answer may draw on; an article is visible when at least one of its uploads is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from storage.query import Query
from summariser.model import Article, Note, Span, TextId

LOCAL_DESK = 1
LOCAL_PERSON = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What an answer may draw on: it goes first into every storage method."""

    desk_id: int
    asker_id: int
    audiences: frozenset[int] | None
    """None draws on the whole desk: for the person at the terminal, never for Discord."""


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


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """What a list shows of an article."""

    article_id: int
    title: str | None
    source: str | None
    published: datetime | None
    created_at: datetime
    opening: str
    """The first 120 characters of the text, for articles without a title."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for."""

    query: Query
    sources: tuple[str, ...] | None = None
    """Only articles from one of these; None for all."""
    since: datetime | None = None
    until: datetime | None = None
    """Published before this; with either bound, articles without a date are left out."""
    newest: bool = False
    """The newest first instead of the best."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search found."""

    heads: tuple[ArticleHead, ...]
    total: int
    """How many were ranked, on all pages."""
    more: bool
    """There are older hits, which were not ranked."""
    undated: int
    """How many fit but for having no date."""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article of the corpus with its text, cut out of the stored text at this moment."""

    article_id: int
    extraction_id: int
    text_id: TextId
    ordinal: int
    """Its place in the file, from 0."""
    siblings: int
    """How many articles the file holds."""
    article: Article
    """`article.start` is where it begins in the stored text."""
    created_at: datetime


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
class Removed:
    """What a removal took away."""

    uploads: int
    articles: int


@dataclass(frozen=True, slots=True)
class KeptActions:
    """What the buttons and the menu of one reply will do."""

    actions_id: int
    owner_id: int
    requests: tuple[dict[str, Any], ...]
    """JSON objects, in the order of the reply's controls; their meaning is the application's."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What a desk's managers have decided; what they have not is as here."""

    watched: frozenset[int] = frozenset()
    """Channels whose uploads are read without being asked; their threads count with them."""
    zone: str = "UTC"
    """The IANA name of the time zone, for days and hours in texts that cannot follow their reader's own."""
    sentences: int = 5
    private: bool = False
    """Answers are the asker's alone unless asked otherwise."""
    adders: str = "everyone"
    """`everyone` or `managers`: who may add."""
    shared: frozenset[int] = frozenset()
    """Channels whose articles the whole desk may draw on."""
    quiet: bool = False
    """Receipts that nobody asked for come as silent messages."""
    person_uploads_a_day: int = 200
    desk_uploads_a_day: int = 2000
    person_mib_a_day: int = 500
    desk_mib_a_day: int = 5000
    desk_articles: int = 200_000
    person_commands_a_minute: int = 30


@dataclass(frozen=True, slots=True)
class Usage:
    """How much was brought."""

    uploads: int
    bytes: int


@dataclass(frozen=True, slots=True)
class DeskUsage:
    """How much of its limits a desk, and one person in it, has used."""

    person: Usage
    desk: Usage
    articles: int


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most that may be brought within `window`."""

    window: timedelta
    person: Usage
    desk: Usage
    largest: int
    """No upload has more bytes than this, so that those of few need not be added up."""


class Storage(Protocol):
    """One database. Every method is one transaction; all raise `BusyError` when its time limit passes."""

    async def close(self) -> None:
        """Give every connection back; finish what is being written."""

    async def check(self) -> str:
        """Run the engine's own integrity check and return its verdict, `ok` when all is well."""

    async def revision(self) -> str:
        """Return the schema's revision."""

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

    async def article(self, scope: Scope, article_id: int) -> StoredArticle:
        """Return one article.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
        """

    async def sentences(self, scope: Scope, article_id: int) -> tuple[Span, ...]:
        """Return an article's sentences, indexing its text.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
        """

    async def newest(self, scope: Scope, *, limit: int = 25) -> tuple[ArticleHead, ...]:
        """Return the visible articles that were added last, the newest first."""

    async def suggest(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[ArticleHead, ...]:
        """Return visible articles whose title, source or opening holds every typed word, the newest first.

        Bounded: it looks through the newest 2000 articles of the desk.
        """

    async def search(self, scope: Scope, asked: Search, *, first: int = 0, limit: int = 10) -> Found:
        """Return the visible articles that fit, from the `first` on.

        Bounded: of more than 500 hits the newest 500 are ranked. What is not visible changes neither a number nor the
        order.
        """

    async def sources(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[str, ...]:
        """Return the sources of visible articles whose name holds every typed word, in the order of the alphabet."""

    async def nearby(self, scope: Scope, word: str, *, limit: int = 3) -> tuple[str, ...]:
        """Return words of visible articles that are spelled nearly like this one, the nearest first."""

    async def purge_search(self) -> bool:
        """Erase what removals left in the search index, a bounded piece a call; return whether nothing is left."""

    async def count(self, scope: Scope) -> int:
        """Return how many articles are visible."""

    async def keep_actions(self, desk_id: int, actions: KeptActions) -> None:
        """Remember what a reply's controls do."""

    async def actions(self, desk_id: int, actions_id: int, *, now: datetime) -> KeptActions:
        """Return what a reply's controls do.

        Raises:
            UnknownActionError: expired, or not of this desk.
        """

    async def prune_actions(self, *, now: datetime) -> int:
        """Delete the expired actions of all desks; return how many."""

    async def fingerprint(self, name: str) -> str | None:
        """Return what `set_fingerprint` last stored under this name."""

    async def set_fingerprint(self, name: str, value: str, *, now: datetime) -> None:
        """Remember a fingerprint, such as the one of the commands last sent to Discord."""

    async def claim(self, desk_id: int, name: str, *, now: datetime) -> bool:
        """Tell whether nobody has claimed this name in the desk before: what must be said once, such as the hello."""

    async def settings(self, desk_id: int) -> DeskSettings:
        """Return what a desk has set, and the usual where it has not."""

    async def change_settings(
        self, desk_id: int, change: Callable[[DeskSettings], DeskSettings], *, changed_by: int, now: datetime
    ) -> tuple[DeskSettings, DeskSettings]:
        """Change a desk's settings and return them as they were and as they are.

        `change` is called within the transaction, with what holds at that moment: two changes at once both last.
        """

    async def watching(self) -> int:
        """Return how many desks have channels to watch: for whoever runs the program, who has to allow it."""

    async def usage(self, desk_id: int, person_id: int, *, since: datetime) -> DeskUsage:
        """Return what was brought to a desk since then, by one person and by all, and how many articles it holds.

        For limits alone: it counts what the person may not see.
        """

    async def held(self, desk_id: int) -> int:
        """Return how many articles a desk holds, whoever may see them: for limits alone."""

    async def check_room(self, desk_id: int, person_id: int, *, size: int, ceilings: Ceilings, now: datetime) -> None:
        """Look whether a person may bring one upload more, of this many bytes.

        Raises:
            OverLimitError: not now; it says which limit is reached, and when there is room again.
        """
