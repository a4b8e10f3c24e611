"""The contract of every storage engine: one method a question, the scope always first.

A desk is one tenant. A guild's desk has the guild's id, a person's desk the negative of the person's id, the terminal's
desk is `LOCAL_DESK`. Ids are 64-bit and made by the application. Nothing reads across desks.

An *audience* is who may read an upload: the id of the channel whose members may (a public thread counts as its parent,
a private thread as itself), the id of the guild for all its members, or the id of the one person for whom it was read.
A `Scope` names the audiences that an answer may draw on; an article is visible when at least one of its uploads is.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from storage.query import Query
from summariser.model import (
    Article,
    Decision,
    FeedEntry,
    Mention,
    Name,
    Named,
    Note,
    Passage,
    Proposal,
    Signature,
    Span,
    TextId,
)

LOCAL_DESK = 1
LOCAL_PERSON = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What an answer may draw on: it goes first into every storage method."""

    desk_id: int
    asker_id: int
    audiences: frozenset[int] | None
    """None draws on the whole desk: for the person at the terminal, never for Discord."""


GUILD_ID_STEP = 1 << 22
"""Discord numbers by time, in milliseconds of so many ids each; `guild_id // GUILD_ID_STEP` tells the shard."""


@dataclass(frozen=True, slots=True)
class Shards:
    """The part of all that goes on in Discord which one process hears of."""

    ids: tuple[int, ...]
    """Rising, none twice, each below `count`."""
    count: int

    def serve(self, desk_id: int) -> bool:
        """Tell whether a desk may be served here: who may read what in a server is known to its own shard alone.

        Nothing of the kind is asked about a person's own desk, which all may serve.
        """
        return desk_id < 0 or desk_id // GUILD_ID_STEP % self.count in self.ids


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
class Unnamed:
    """An article in which names are still to be found."""

    desk_id: int
    article_id: int
    content: TextId
    text: str


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that stands in visible articles: the fullest spelling within an article.

    Spelled otherwise, the same one has another `KnownName`; which of them mean the same is no matter of storage.
    """

    name_id: int
    """Good for the next question, and no longer: names that are found anew may get other ids. Keep `name` instead."""
    name: Name
    mentions: int
    """How often it is meant, under whatever spelling."""
    articles: int
    """In how many articles."""


@dataclass(frozen=True, slots=True)
class SuggestedName:
    """A name that fits what was typed, and the spelling of it that does."""

    known: KnownName
    surface: str


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a spelling is used by a source."""

    source: str | None
    mentions: int


@dataclass(frozen=True, slots=True)
class Spelled:
    """A way in which names are written, and who writes it."""

    surface: str
    mentions: int
    uses: tuple[Uses, ...]
    """By source, the most mentions first."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """How often names were meant by a source within a month."""

    month: date | None
    """Its first day, in UTC; None for articles without a date."""
    source: str | None
    mentions: int


@dataclass(frozen=True, slots=True)
class Seen:
    """When and how often names were meant in visible articles."""

    mentions: int
    articles: int
    first: ArticleHead | None
    """The earliest article by its printed date; None where none has one."""
    last: ArticleHead | None
    by_month: tuple[Sighted, ...]
    """In the order of time, those without a date last; within a month by source."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A mention in its sentence."""

    mention: Mention
    """Counted in the article's text; `confidence` is that of the surest mention so spelled, and `rule` is empty."""
    name: Name
    name_id: int
    sentence: Passage | None
    """The sentence that holds it, counted in the article's text; None where none does."""


@dataclass(frozen=True, slots=True)
class NamedIn:
    """An article that means one of the names, with each place where it does."""

    head: ArticleHead
    mentions: int
    standing: tuple[Standing, ...]
    """In the order of the text, the first 50."""


@dataclass(frozen=True, slots=True)
class NamedInPage:
    """A page of the articles that mean one of the names."""

    articles: tuple[NamedIn, ...]
    total: int
    """How many articles there are on all pages."""


@dataclass(frozen=True, slots=True)
class NamedWith:
    """Another name that appears in the same articles."""

    name_id: int
    name: Name
    shared: int
    """In how many of the articles looked at both are named."""
    head: ArticleHead
    """The newest article that names both; one of the three newest that does so in one sentence goes before."""
    standing: tuple[Standing, Standing]
    """The one asked for and the other, in that article; their sentences are the same one if there is such a one."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """An article over which whoever printed it again put a headline of their own."""

    head: ArticleHead
    """Its title is the original one."""
    republished_title: str


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """What somebody decided on names, and whether it still holds."""

    decision_id: int
    decision: Decision
    made_by: int | None
    """None once that person has asked to be forgotten."""
    made_at: datetime
    withdrawn_at: datetime | None


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
    decisions: int = 0
    """Decisions on names, of those that the person can see: they stay, without a name."""
    schedules: int = 0
    """Schedules that post to the person alone: they go."""
    scheduled: int = 0
    """Schedules that the person made for others and can see: they stay, without a name."""


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
    keep_days: int = 0
    """After so many days what was brought is taken out by itself; 0: never."""


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


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """Something to be posted again and again; the JSON objects are the application's."""

    audience_id: int
    """Who may read what it posts, as for an upload: who sees that it is there."""
    recipient_id: int | None
    """The one person whom it is for; None where it goes to a channel."""
    made_by: int
    made_at: datetime
    kind: str
    """`digest`, for example."""
    name: str
    what: dict[str, Any]
    timing: dict[str, Any]
    place: dict[str, Any]
    next_slot: str | None
    next_at: datetime | None
    """None for what has no times, such as a watch: then neither has it a slot."""
    catches_up: bool = True
    """After an outage one delivery makes up for what was missed; else it goes on with the next slot."""
    paused: str | None = None
    """Why it does not run yet."""
    covered_until: datetime | None = None
    """Up to when it has told, where it is one that was there before; None for when it is made."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that is posted again and again."""

    desk_id: int
    schedule_id: int
    audience_id: int
    recipient_id: int | None
    made_by: int | None
    """None once that person has asked to be forgotten."""
    made_at: datetime
    kind: str
    name: str
    what: dict[str, Any]
    timing: dict[str, Any]
    place: dict[str, Any]
    catches_up: bool
    next_slot: str | None
    next_at: datetime | None
    """None while it is paused."""
    covered_until: datetime
    """Up to when its deliveries have told; at first, when it was made."""
    paused: str | None
    """Why it does not run."""
    untold: bool
    """Its maker is still to be told that it is paused."""
    failures: int
    """How many deliveries in a row were given up."""


Beside = Callable[[Schedule, Sequence[Schedule]], None]
"""Raises where a schedule cannot be beside the others of its kind in its desk, whoever may see those."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An upload that is still to be held against the watches of its desk."""

    desk_id: int
    upload_id: int
    at: datetime
    words: tuple[str, ...]
    """Of each of its articles, as `storage.folding.spell` writes them."""
    names: frozenset[str]
    """What the names in them are looked up by (`summariser.entities.name_keys`)."""


Hit = tuple[int, int, int]
"""What may be for a watch: the desk, the watch and the upload."""


@dataclass(frozen=True, slots=True)
class Alerting:
    """When a watch tells what it has found."""

    gathering: timedelta
    """So long it waits for more."""
    floor: timedelta
    """The least time between two alerts."""
    after_failure: timedelta
    """The least time after one that was given up."""
    unsure: str
    """The reason of one that may have arrived: what it held is not told again."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A slot that is due, and the one after it."""

    desk_id: int
    schedule_id: int
    expected_at: datetime
    """The schedule's `next_at` as it was read: if it is another by now, nothing is done."""
    slot: str
    due_at: datetime
    slots: int
    """How many slots the delivery stands for."""
    skipped: str | None
    """Why nothing is to be sent for it."""
    next_slot: str
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One run of a schedule."""

    desk_id: int
    schedule_id: int
    slot: str
    key: int
    """What its message is known by in the history of a channel."""
    due_at: datetime
    slots: int
    state: str
    """`open`, `sent`, `skipped` or `failed`."""
    reason: str | None
    """Why it was skipped or failed, or did not get through so far."""
    tries: int
    """How often it was taken up."""
    first_tried_at: datetime | None
    """From here on it may have been sent."""
    place: dict[str, Any] | None
    """Where it may have been sent to."""
    payload: dict[str, Any] | None
    """What is, or was, about to be sent; None before, once it has arrived, and where somebody asked to be forgotten."""
    message_id: int | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that one process has for itself until its lease ends."""

    delivery: Delivery
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery ended."""

    state: str
    """`sent`, `skipped` or `failed`."""
    at: datetime
    reason: str | None = None
    message_id: int | None = None
    covered_until: datetime | None = None
    """Up to when the schedule has told with it; None leaves that to the next."""
    items: tuple[tuple[str, str], ...] = ()
    """What it has shown: kind and key of each."""
    pauses: bool = False
    """The schedule cannot go on: it is paused with the reason, and its maker is to be told."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed that a desk begins to follow."""

    url: str
    channel_id: int
    audience_id: int
    """Who may read what it brings, as for an upload, and that it is followed."""
    made_by: int
    place: dict[str, Any] | None = None
    """Where new entries are posted, in the application's JSON; None for nowhere."""


@dataclass(frozen=True, slots=True)
class FollowedFeed:
    """A feed as a desk follows it."""

    desk_id: int
    feed_id: int
    source: str
    """What its address hashes to."""
    url: str
    title: str | None
    channel_id: int
    audience_id: int
    made_by: int | None
    """None once that person has asked to be forgotten."""
    made_at: datetime
    schedule_id: int | None
    """The schedule by which new entries are posted; None where they are not."""
    paused: str | None
    """Why it is not polled."""
    untold: bool
    """Its maker is still to be told that it is paused."""
    removed_at: datetime | None
    """Since then it can be brought back."""
    ok_at: datetime | None
    """When it was last polled with success."""
    new_at: datetime | None
    """When something new of it was last stored."""
    next_at: datetime | None
    failures: int
    """Polls that failed one after the other."""
    error: str | None
    """Why the last poll failed; None where it did not."""
    held: str | None
    """Why new entries wait."""
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class FeedSource:
    """Where feeds are fetched from, once for all who follow them."""

    source: str
    url: str
    etag: str | None
    last_modified: str | None
    every: int
    """Seconds between polls, as the feed itself suggests."""
    failures: int
    failed_since: datetime | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a poll brought."""

    next_at: datetime
    url: str
    """Where the feed stands from now on."""
    every: int
    """Seconds between polls, as the feed itself suggests."""
    etag: str | None = None
    last_modified: str | None = None
    title: str | None = None
    entries: tuple[FeedEntry, ...] | None = None
    """The newest first; None where nothing has changed."""


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """A new entry that one process reads until its lease ends."""

    feed: FollowedFeed
    entry_id: int
    entry: FeedEntry
    tries: int


@dataclass(frozen=True, slots=True)
class HeardEntry:
    """What became of an entry of a feed."""

    entry_id: int
    state: str
    """`waiting`, `stored` or `failed`."""
    heard_at: datetime
    reason: str | None
    title: str | None
    """None once it is stored: the article has one."""
    url: str | None
    upload_id: int | None


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

    async def unnamed(self, *, limit: int = 20) -> tuple[Unnamed, ...]:
        """Return articles of any desk in which names are still to be found, for the application's own use."""

    async def articles_after(self, desk_id: int, article_id: int, *, limit: int = 20) -> tuple[Unnamed, ...]:
        """Return the articles that come after this one, of all desks in the order of their ids and those of theirs.

        For the application's own use: to find names anew.
        """

    async def nameless(self, scope: Scope) -> int:
        """Return in how many visible articles names are still to be found."""

    async def keep_names(self, one: Unnamed, named: Sequence[Named]) -> None:
        """Keep who is named in such an article; does nothing where its text is another, or gone, by now.

        Raises:
            ValueError: a mention does not stand where it says.
        """

    async def suggest_names(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[SuggestedName, ...]:
        """Return visible names with a visible spelling that holds every typed word, the last one perhaps begun.

        The most mentioned come first, each name once, with the spelling of it that fits and is used most. With nothing
        typed those that the newest articles mention most. Bounded: of very many spellings that begin so, it weighs the
        first 2000 by the alphabet.
        """

    async def names_called(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[KnownName, ...]:
        """Return the visible names with a visible spelling that is just what was typed, but for case and accents.

        The most mentioned come first.
        """

    async def names_like(self, scope: Scope, keys: Collection[str], *, limit: int = 500) -> tuple[KnownName, ...]:
        """Return the visible names that share one of these keys (`summariser.entities.name_keys`).

        The most mentioned come first.
        """

    async def spellings(self, scope: Scope, name_ids: Collection[int]) -> tuple[Spelled, ...]:
        """Return how these names are written in visible articles, the most used first, and by which source."""

    async def seen(self, scope: Scope, name_ids: Collection[int]) -> Seen:
        """Return when, how often and by which source these names were meant in visible articles."""

    async def named_most(self, scope: Scope, name_ids: Collection[int], *, limit: int = 10) -> tuple[ArticleHead, ...]:
        """Return the visible articles that mean these names most often, of those alike the newest first."""

    async def named_in(
        self, scope: Scope, name_ids: Collection[int], *, first: int = 0, limit: int = 10
    ) -> NamedInPage:
        """Return a page of the visible articles that mean one of these names, with the places where they do.

        Those that were published last come first, undated ones last.
        """

    async def named_with(self, scope: Scope, name_ids: Collection[int], *, limit: int = 10) -> tuple[NamedWith, ...]:
        """Return the other names that the same visible articles mention, so many people, organisations and places.

        They come in this order, and of each type those that share the most first. Bounded: it looks at the 100 of these
        articles that were published last, undated ones last.
        """

    async def names_of(self, scope: Scope, article_ids: Collection[int]) -> dict[int, tuple[Standing, ...]]:
        """Return for each of these articles that is visible and names somebody who is named where, in its order.

        The sentences are left out: each `Standing.sentence` is None.
        """

    async def headlines(self, scope: Scope, name_ids: Collection[int], *, limit: int = 25) -> tuple[Rewritten, ...]:
        """Return the visible articles that mean one of these names and got another headline, the newest first."""

    async def decide(self, scope: Scope, decision: Decision, *, made_by: int, now: datetime) -> int:
        """Keep a decision on names and return its id; it stands beside what was decided before, until withdrawn.

        Raises:
            UnknownNameError: a name that it is about is not visible; what one is to be called (`RENAME`) need not be.
        """

    async def withdraw_decision(self, scope: Scope, decision_id: int, *, now: datetime) -> KeptDecision:
        """Take a decision back and return it; that it was made stays on record.

        Raises:
            UnknownDecisionError: not there, withdrawn already, or about a name that is not visible.
        """

    async def decisions(
        self, scope: Scope, names: Collection[Name] | None = None, *, withdrawn: bool = False, limit: int = 500
    ) -> tuple[KeptDecision, ...]:
        """Return the decisions, all or those about one of these names, the latest first; with `withdrawn` those too.

        Only those of which each name is visible, spelled just as it was when decided on, and was so to one of the
        scope's audiences then: what was decided out of sight does not come to light with the name. What one is to be
        called need not be visible.
        """

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

    async def export(self, scope: Scope, *, most: int, originals: bool) -> Exported:
        """Return what the scope can read of its desk as a .zip of JSON Lines; the files as received may be left out.

        Raises:
            TooLargeExportError: it is more than `most` bytes.
            NothingToExportError: there is nothing in the desk.
        """

    async def expire(self, *, now: datetime) -> bool:
        """Move a piece of what is older than its desk keeps it to the trash; return whether nothing is left of that."""

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

    async def arrived(
        self,
        scope: Scope,
        since: datetime,
        until: datetime,
        *,
        sources: Collection[str] | None = None,
        limit: int = 1000,
    ) -> tuple[ArticleHead, ...]:
        """Return the articles, of these sources or of all, that the scope could first see after `since`, up to `until`.

        The newest come first, each file from its beginning, `limit` of them at most.
        """

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

    async def take_turn(self, name: str, *, apart: timedelta, within: timedelta) -> timedelta | None:
        """Return how long to wait for one's turn at something that all processes do one by one, so far apart.

        None where it would come later than `within`; nothing is taken then. A turn that is not used goes by.
        """

    async def take_lease(self, name: str, owner: str, *, lease: timedelta) -> bool:
        """Tell whether something is the owner's alone for so long; who has it may ask again, to have it longer."""

    async def end_lease(self, name: str, owner: str) -> None:
        """Leave to others what was the owner's alone."""

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

    async def make_schedule(
        self, scope: Scope, new: NewSchedule, *, most: int | None = None, check: Beside | None = None
    ) -> Schedule:
        """Keep a new schedule; it runs from its next slot on.

        `most` is how many there may be of its kind: in the desk, or of what goes to one person, for that person.
        `check` runs in the same transaction, in the database's thread: what it raises leaves nothing.

        Raises:
            TooManySchedulesError: there are so many.
        """

    async def schedules(self, scope: Scope) -> tuple[Schedule, ...]:
        """Return the schedules that post where the scope can read, by their names.

        Those that are paused are there for whoever made them too: their channel may be gone.
        """

    async def schedule(self, scope: Scope, schedule_id: int) -> Schedule:
        """Return one of them.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def change_schedule(
        self,
        scope: Scope,
        schedule_id: int,
        change: Callable[[Schedule], Schedule],
        *,
        check: Beside | None = None,
    ) -> tuple[Schedule, Schedule]:
        """Let `change` make another of a schedule, in one transaction; return it before and after.

        `change` and `check` run in the database's thread. Its desk, id, maker and when it was made stay. A delivery
        that is open is skipped when the schedule is paused.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def remove_schedule(self, scope: Scope, schedule_id: int, *, now: datetime) -> Schedule:
        """Let a schedule run no more, and return it as it was; what is open of it is skipped.

        `empty_trash` deletes it, with its deliveries and what it has shown.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def bring_schedule_back(
        self,
        scope: Scope,
        schedule_id: int,
        change: Callable[[Schedule], Schedule],
        *,
        most: Callable[[int | None], int] | None = None,
        check: Beside | None = None,
    ) -> Schedule:
        """Let a schedule be there again that was removed, with all that it did, as `change` makes it; return it.

        `most` says how many there may be for a recipient, or for channels where that is None.

        Raises:
            UnknownScheduleError: none was removed, or it is deleted or not visible.
            TooManySchedulesError: there are so many, as in `make_schedule`.
        """

    async def run_schedule(self, scope: Scope, schedule_id: int, *, slot: str, now: datetime) -> bool:
        """Let a schedule run once at once; return whether it does.

        It does not where this slot has run, or another delivery of it is open. `slot` names what asks, so that the same
        one tried again does nothing twice.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def deliveries(self, scope: Scope, schedule_id: int, *, limit: int = 25) -> tuple[Delivery, ...]:
        """Return the runs of a schedule, the latest first.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def due_schedules(
        self, *, now: datetime, limit: int = 200, shards: Shards | None = None
    ) -> tuple[Schedule, ...]:
        """Return schedules of all desks, or those that the shards serve, whose next slot is due, the longest due first.

        Servers that the bot has left wait until it comes back.
        """

    async def running_schedules(self, *, after: tuple[int, int] | None, limit: int = 500) -> tuple[Schedule, ...]:
        """Return a page of the schedules of all desks that are not paused, behind this desk and schedule."""

    async def move_schedule(
        self, desk_id: int, schedule_id: int, *, expected_at: datetime, next_slot: str, next_at: datetime
    ) -> bool:
        """Set the next slot of a schedule, if it still is the one expected; return whether it was."""

    async def halt_schedule(self, desk_id: int, schedule_id: int, *, reason: str) -> None:
        """Pause a schedule that cannot go on; its maker is to be told."""

    async def open_deliveries(self, openings: Sequence[Opening], *, now: datetime) -> int:
        """Begin a delivery for each slot that is due, and set the schedule's next one; return how many are to be sent.

        A slot that was there already is not there twice. While one delivery of a schedule is open, no other is begun:
        the slot is skipped.
        """

    async def claim_deliveries(
        self, owner: str, *, now: datetime, lease: timedelta, limit: int, shards: Shards | None = None
    ) -> tuple[Claimed, ...]:
        """Take open deliveries that nobody has, or whose lease is over, those first that are due longest.

        With `shards`, of the desks that they serve alone.
        """

    async def begin_try(
        self,
        delivery: Delivery,
        owner: str,
        *,
        place: dict[str, Any],
        payload: dict[str, Any],
        now: datetime,
        lease: timedelta,
    ) -> bool:
        """Keep what is about to be sent, for good before it is, and renew the lease.

        Returns False where the delivery is somebody else's by now, or over: then nothing may be sent.
        """

    async def put_off(self, delivery: Delivery, owner: str, *, until: datetime, reason: str) -> bool:
        """Give a delivery back, to be tried again from then on; return whether it was still the owner's."""

    async def give_back(self, owner: str, *, now: datetime) -> int:
        """Give back all that an owner has, as if it had not been taken up; return how many."""

    async def end_delivery(self, delivery: Delivery, owner: str, outcome: Outcome, *, history: timedelta) -> bool:
        """Write down how a delivery ended; what was sent is blanked. Return whether that was news.

        That it was sent counts whoever has it by now; all else only while it is the owner's. What the schedule did
        longer than `history` ago is forgotten with it.
        """

    async def take_untold(self, *, limit: int = 10, shards: Shards | None = None) -> tuple[Schedule, ...]:
        """Return paused schedules whose makers are still to be told; nobody gets them a second time.

        With `shards`, of the desks that they serve alone.
        """

    async def leave_untold(self, desk_id: int, schedule_id: int) -> None:
        """Note that a schedule's maker could not be told yet."""

    async def make_watch(self, scope: Scope, new: NewSchedule, *, most_own: int, most: int) -> Schedule:
        """Keep a new schedule of the kind `watch`, which has no times: what comes in makes it due.

        Two are the same that post in one place and whose `what` has the same `about`; of what goes to one person, that
        person's alone are compared.

        Raises:
            TooManyWatchesError: there are as many watches of its maker, or of the desk, as there may be.
            SameWatchError: it is there already.
        """

    async def watches(self, scope: Scope) -> tuple[Schedule, ...]:
        """Return the watches that tell what they find where the scope can read, the latest first."""

    async def last_alerts(self, scope: Scope, schedule_ids: Collection[int]) -> dict[int, datetime]:
        """Return for each of these visible schedules that ever posted when it last did."""

    async def brought_by(
        self, scope: Scope, upload_ids: Collection[int], query: Query | None = None
    ) -> tuple[tuple[int, ArticleHead], ...]:
        """Return each article that one of these uploads first brought into sight, with the upload, the earliest first.

        With a query only those that it finds.
        """

    async def arrivals(self, *, now: datetime, limit: int = 20) -> tuple[Arrival, ...]:
        """Return uploads of all desks that are still to be held against watches, for the application's own use.

        Those in which names or copies are still to be found wait for that, for some minutes at most.
        """

    async def running_watches(self, desk_id: int) -> tuple[Schedule, ...]:
        """Return the watches of a desk that are not paused, for the application's own use."""

    async def bring_watch_back(
        self, scope: Scope, schedule_id: int, change: Callable[[Schedule], Schedule], *, most_own: int, most: int
    ) -> Schedule:
        """Let a watch be there again that was removed, with what it has told, as `change` makes it; return it.

        What came in meanwhile it does not tell.

        Raises:
            UnknownScheduleError: none was removed, or it is deleted or not visible.
            TooManyWatchesError, SameWatchError: as in `make_watch`.
        """

    async def note_hits(self, done: Sequence[Arrival], hits: Sequence[Hit], *, now: datetime) -> None:
        """Keep for which watches, by schedule and upload, uploads may be, and that these have been looked at.

        Where another process has done so already, nothing happens.
        """

    async def open_alerts(self, alerting: Alerting, *, now: datetime) -> int:
        """Begin a delivery for each watch that has something to tell and none under way; return how many.

        Bounded: 20 a call; there may be more as long as it is not 0.
        """

    async def watch_hits(self, desk_id: int, schedule_id: int) -> tuple[int, ...]:
        """Return the uploads that may be for a watch and that it has not told of, the earliest first."""

    async def drop_watch_hits(self, desk_id: int, schedule_id: int, upload_ids: Collection[int]) -> None:
        """Let go of uploads that turned out not to be for a watch."""

    async def looked(self, scope: Scope) -> datetime | None:
        """Return up to when the asker was told what is new in the desk; None for somebody who never was."""

    async def look(self, scope: Scope, *, before: datetime | None, after: datetime | None) -> bool:
        """Note up to when the asker was told what is new, if it still is as `before`; return whether it was."""

    async def shown_items(self, desk_id: int, schedule_id: int, kind: str, *, among: Collection[str]) -> frozenset[str]:
        """Return which of these keys a schedule has shown of a kind."""

    async def latest_items(self, desk_id: int, schedule_id: int, kind: str, *, limit: int) -> tuple[str, ...]:
        """Return the keys of what a schedule has shown of a kind, the latest first."""

    async def make_feed(
        self, scope: Scope, new: NewFeed, heard: Heard, *, now: datetime, first: int, most: int
    ) -> FollowedFeed:
        """Follow a feed from now on; of what it holds the `first` newest entries are to be read.

        Raises:
            AlreadyFollowedError: it is followed for the same readers.
            FeedsFullError: the desk follows `most` feeds.
        """

    async def feeds(self, scope: Scope) -> tuple[FollowedFeed, ...]:
        """Return the feeds that are followed for readers whom the scope is one of, in the order in which they came."""

    async def feed(self, scope: Scope, feed_id: int) -> FollowedFeed:
        """Return one of them.

        Raises:
            UnknownFeedError: it is not followed, or not visible.
        """

    async def feed_entries(self, scope: Scope, feed_id: int, *, limit: int = 10) -> tuple[HeardEntry, ...]:
        """Return what became of the latest entries of a feed that were to be read.

        Raises:
            UnknownFeedError: it is not followed, or not visible.
        """

    async def pause_feed(self, scope: Scope, feed_id: int, *, reason: str | None, now: datetime) -> FollowedFeed:
        """Poll a feed no more for a reason, or without one again, and at once; return it as it was before.

        Raises:
            UnknownFeedError: it is not followed, or not visible.
        """

    async def remove_feed(self, scope: Scope, feed_id: int, *, now: datetime) -> FollowedFeed:
        """Follow a feed no more; it can be brought back until `sweep_feeds` deletes it. Return it as it was.

        Raises:
            UnknownFeedError: it is not followed, or not visible.
        """

    async def bring_feed_back(self, scope: Scope, feed_id: int, *, now: datetime) -> FollowedFeed:
        """Follow a removed feed again.

        Raises:
            UnknownFeedError: it cannot be brought back.
            AlreadyFollowedError: it is followed again already.
        """

    async def claim_sources(self, owner: str, *, now: datetime, lease: timedelta, limit: int) -> tuple[FeedSource, ...]:
        """Take addresses of feeds that are due and that nobody has, those first that are due longest."""

    async def hear(self, owner: str, source: FeedSource, heard: Heard, *, now: datetime) -> int:
        """Keep what a poll brought, for all who follow the address; return how many entries are to be read.

        Nothing is kept where the address is somebody else's by now.
        """

    async def miss(
        self, owner: str, source: FeedSource, *, error: str, next_at: datetime, now: datetime, pauses: bool
    ) -> None:
        """Note that a poll failed; with `pauses` all who follow the address are paused, their makers to be told."""

    async def give_back_feeds(self, owner: str, *, now: datetime) -> None:
        """Give back all addresses and entries that an owner has."""

    async def put_off_source(self, owner: str, source: FeedSource, *, until: datetime) -> None:
        """Give an address back, to be polled from then on."""

    async def claim_entries(
        self, owner: str, *, now: datetime, lease: timedelta, limit: int, feed: FollowedFeed | None = None
    ) -> tuple[WaitingEntry, ...]:
        """Take new entries, of one feed or of all, that nobody has, those first that wait longest."""

    async def end_entry(
        self, owner: str, one: WaitingEntry, *, upload_id: int | None, reason: str | None, now: datetime
    ) -> bool:
        """Note that an entry was stored, or why it never will be; return whether it was still the owner's."""

    async def put_off_entry(self, owner: str, one: WaitingEntry, *, until: datetime, reason: str) -> bool:
        """Give an entry back, to be read from then on."""

    async def hold_feed(self, owner: str, one: WaitingEntry, *, until: datetime, reason: str) -> None:
        """Give an entry back, and let all new entries of its feed wait until then."""

    async def feeds_to_post(self, *, now: datetime, oldest: datetime, limit: int = 50) -> tuple[FollowedFeed, ...]:
        """Return feeds with stored entries that are still to be posted; what is older than `oldest` no longer is."""

    async def unposted(self, desk_id: int, schedule_id: int) -> tuple[HeardEntry, ...]:
        """Return the stored entries that are still to be posted by a schedule, in the order in which they came."""

    async def take_untold_feeds(self, *, limit: int = 10, shards: Shards | None = None) -> tuple[FollowedFeed, ...]:
        """Return paused feeds whose makers are still to be told; nobody gets them a second time.

        With `shards`, of the desks that they serve alone.
        """

    async def leave_untold_feed(self, desk_id: int, feed_id: int) -> None:
        """Note that a feed's maker could not be told yet."""

    async def sweep_feeds(self, *, before: datetime) -> bool:
        """Delete a piece of the feeds that were removed before then; return whether nothing is left of any."""
