"""The contract of every storage engine: one method a question, the scope always first.

A desk is one tenant. A guild's desk has the guild's id, a person's desk the negative of the person's id, the terminal's
desk is `LOCAL_DESK`. Ids are 64-bit and made by the application. Nothing reads across desks.

An *audience* is who may read an upload: the id of the channel whose members may (a public thread counts as its parent,
a private thread as itself), the id of the guild for all its members, or the id of the one person for whom it was read.
A `Scope` names the audiences that an answer may draw on; an article is visible when at least one of its uploads is.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from storage.query import Query
from summariser.model import Article, Note, Proposal, Signature, Span, TextId

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
    by_story: bool = False
    """Copies of one article are one hit."""


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
    stories: int = 0
    """How many hits there are on all pages, where copies of one article are one."""
    also: tuple[tuple[ArticleHead, ...], ...] = ()
    """For each of `heads` the other articles of its story, in the same order."""


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
class StoredText:
    """An article of the corpus with its sentences: what is drawn on when many are read at once."""

    stored: StoredArticle
    sentences: tuple[Span, ...]
    """Indexing the article's text."""


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
class Removed:
    """What a removal took away."""

    uploads: int
    articles: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A correction of what is printed about an article; a field that is not named stays as it is."""

    changes: dict[str, str | datetime | None]
    """Of `title`, `source`, `author`, `published` and `language`; None takes what was there out."""


@dataclass(frozen=True, slots=True)
class Split:
    """A correction that makes two articles of one."""

    at: int
    """Where the first ends in its text; what follows, but for white space, is the second's."""
    title: str | None = None
    """The second's title."""
    body: int | None = None
    """Where the second's text begins, when its title stands between; None for right behind `at`."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A correction that makes an article and the next one of its file into one."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A correction that takes one article out of a file of several."""


Correction = Edit | Split | Merge | Drop


@dataclass(frozen=True, slots=True)
class KeptCorrection:
    """What somebody put right, and whether it still holds."""

    correction_id: int
    article_id: int
    """The article that was corrected, by the name that it has now, or had last."""
    correction: Correction
    made_by: int | None
    """None once that person has asked to be forgotten."""
    made_at: datetime
    withdrawn: bool
    final: bool = False
    """It stands for good: what it was made of has been erased."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction, or withdrawing one, did."""

    correction_id: int
    article_ids: tuple[int, ...]
    """The articles that it concerns, as they are called now, in the order of the file; none where it was dropped."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Another article of the same story."""

    head: ArticleHead
    share: float
    """How much of the shorter stands in the longer word for word, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An article whose signature is still to be computed."""

    desk_id: int
    article_id: int
    content: TextId
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of what there is."""

    heads: tuple[ArticleHead, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Trashed:
    """A removal that can be taken back for a day."""

    removal_id: int
    uploads: int
    articles: int
    """How many articles went out of the scope's sight."""


@dataclass(frozen=True, slots=True)
class InTrash:
    """What a removal took, for those who may bring it back."""

    removal_id: int
    removed_at: datetime
    removed_by: int | None
    """None for the program itself (the message was deleted), and once that person has asked to be forgotten."""
    uploader_ids: frozenset[int]
    upload_ids: tuple[int, ...]
    articles: tuple[ArticleHead, ...]
    """Of very many, those of the first 50 uploads."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An article that a `Drop` took out of its file, for those who may bring it back."""

    correction_id: int
    made_at: datetime
    made_by: int | None
    """None once that person has asked to be forgotten."""
    uploader_ids: frozenset[int]
    article: ArticleHead


@dataclass(frozen=True, slots=True)
class Records:
    """What a desk keeps of one person."""

    uploads: int
    articles: int
    """Articles that nobody else has brought: they go with the uploads."""
    shared: int
    """Articles that stay, because somebody else has brought them too."""
    trashed: int
    """Uploads in the trash."""
    corrections: int
    """Corrections to what others have brought: they stay, without a name."""
    answers: int
    """Answers whose buttons know for whom they were."""
    settings: int
    """Settings that the person changed last: they stay, without a name."""


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

    async def correct(
        self, scope: Scope, article_id: int, correction: Correction, *, made_by: int, now: datetime
    ) -> Corrected:
        """Put an article right; what the parser read is kept, and the correction is applied again to any later reading.

        It changes the article as far as the scope can see: the same bytes, brought where the scope cannot see, keep the
        reading that they had.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
            CorrectionError: it cannot be done, such as a split in the middle of a sentence.
        """

    async def withdraw(self, scope: Scope, correction_id: int, *, now: datetime) -> Corrected:
        """Take a correction back; those made after it still hold.

        Raises:
            UnknownCorrectionError: not there, withdrawn already, for good, or not visible.
        """

    async def corrections(self, scope: Scope, article_id: int) -> tuple[KeptCorrection, ...]:
        """Return what was put right in the file of an article, the latest first.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
        """

    async def proposals(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Split, ...]]:
        """Return for each of these articles that is visible the splits that reading was too unsure of to make.

        One that was made, or was made otherwise, is none any more, until that is withdrawn.
        """

    async def alike(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Alike, ...]]:
        """Return for each of these articles that is visible the other visible ones of its story, the most alike first.

        Bounded: of very many it names the 50 that have most in common with it. An article that a correction has made
        longer or shorter has none until it is signed anew.
        """

    async def unsigned(self, *, limit: int = 20) -> tuple[Unsigned, ...]:
        """Return articles of any desk that copies cannot be found of yet, for the application's own use."""

    async def sign(self, one: Unsigned, signature: Signature) -> None:
        """Keep the signature of such an article; does nothing where its text is another, or gone, by now."""

    async def passage(self, scope: Scope, article_id: int, span: Span) -> tuple[StoredArticle, Span]:
        """Return the article that holds what stood there, and where in its text: also after splits and merges.

        Raises:
            UnknownArticleError: it does not exist, is not visible, or has been dropped.
        """

    async def listed(self, scope: Scope, *, first: int = 0, limit: int = 10, uploader_id: int | None = None) -> Listed:
        """Return a page of the visible articles, the newest first; with `uploader_id` what that person brought."""

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

    async def trash(self, scope: Scope, upload_ids: Sequence[int], *, removed_by: int | None, now: datetime) -> Trashed:
        """Remove the visible ones among these uploads, and what was shared from them; `restore` brings them back.

        Raises:
            UnknownUploadError: none is visible.
        """

    async def trash_message(
        self, desk_id: int, message_id: int, *, kept: Collection[int] | None, now: datetime
    ) -> tuple[Trashed, frozenset[int]] | None:
        """Remove what a message brought that was deleted, or edited so that only the attachments `kept` are left.

        For the application's own use. Returns the removal and who had brought it, or None where there was nothing.
        What a deleted message of ours is only cited as, stays, and is cited as no message any more.
        """

    async def attachments_of(self, desk_id: int, message_id: int) -> frozenset[int]:
        """Return the `attachment_id` of all that came with a message and is there, for the application's own use."""

    async def trash_channel(
        self, desk_id: int, channel_id: int, *, now: datetime, readers: int | None = None
    ) -> Trashed | None:
        """Remove what was brought for the readers of a channel that is gone, or posted in it; None where nothing was.

        `readers` is the audience that it is brought back for, since nobody reads the channel any more: the guild's id
        if everyone there could read it. With None only a scope of the whole desk can bring it back.
        """

    async def in_trash(
        self, scope: Scope, *, removals: Collection[int] | None = None, limit: int = 25
    ) -> tuple[InTrash, ...]:
        """Return the removals of visible uploads that can be brought back, all or these of them, the latest first."""

    async def dropped(self, scope: Scope, *, limit: int = 25) -> tuple[Dropped, ...]:
        """Return the articles taken out of visible files of several that can be brought back, the latest first."""

    async def restore(self, scope: Scope, removal_id: int) -> Removed:
        """Bring back what a removal took, as far as the scope may see it; return how much.

        Raises:
            UnknownUploadError: it is gone for good, or not visible.
        """

    async def empty_trash(self, *, before: datetime) -> bool:
        """Delete for good what was removed before then, in all desks, a bounded piece a call; tell if that is all.

        Articles that a `Drop` took out before then are erased too: their words are blanked out of the stored text, and
        the file as it was received goes.
        """

    async def records(self, scope: Scope, person_id: int) -> Records:
        """Return what the scope's desk keeps of a person, whoever may see it: for that person alone.

        Only what others brought has to be visible to count as theirs.
        """

    async def forget_person(self, scope: Scope, person_id: int, *, now: datetime) -> Records:
        """Delete everything that a person brought to the scope's desk and every record of the person; return it.

        It is out of sight at once and for good, and erased when this returns. Others' uploads of the same files stay,
        and so do corrections to them and settings, without the name.
        """

    async def forget_desk(self, desk_id: int) -> int:
        """Delete a desk with everything in it, for good; return how many uploads there were."""

    async def leave(self, desk_id: int, *, now: datetime) -> None:
        """Note that the bot is no member any more; `come_back` takes the note back."""

    async def come_back(self, desk_ids: Collection[int]) -> int:
        """Note that the bot is a member of these servers; return how many it had left."""

    async def members_of(self) -> tuple[int, ...]:
        """Return the servers' desks that the bot is not known to have left."""

    async def drop_left(self, *, before: datetime) -> bool:
        """Delete the desks that the bot left before then, for good, a bounded piece a call; tell if that is all."""

    async def drop_copies(self, *, before: datetime) -> int:
        """Delete the copies of the database that migrations made before then; return how many."""

    async def article(self, scope: Scope, article_id: int) -> StoredArticle:
        """Return one article; of one that a merge made part of another, that other one.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
        """

    async def sentences(self, scope: Scope, article_id: int) -> tuple[Span, ...]:
        """Return an article's sentences, indexing its text.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
        """

    async def texts(
        self, scope: Scope, article_ids: Sequence[int], *, characters: int = 4_000_000
    ) -> tuple[StoredText, ...]:
        """Return the visible ones among these articles with their sentences, in the order given.

        Bounded: those that come after so many characters of text are left out.
        """

    async def origins_of(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Origin, ...]]:
        """Return for each of these articles that is visible where its visible uploads came from, the earliest first.

        The articles are in the order given.
        """

    async def recent(
        self,
        scope: Scope,
        *,
        sources: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 25,
    ) -> Found:
        """Return visible articles of these sources that appeared within these bounds, the newest first.

        With either bound those without a date are left out, as in `Search`; with none the ones that were added last
        come first. Of more than 500 the newest 500 are counted.
        """

    async def sources_between(self, scope: Scope, since: datetime, until: datetime) -> tuple[str, ...]:
        """Return the sources of visible articles published since then and before `until`, by the alphabet."""

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
