"""Digests: what came in since the last one, as a small newspaper of sentences cut from the articles.

`What` says what a digest is of, `Newspaper` makes it. The same state and the same period make the same digest: what a
preview shows is what is sent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.deliveries import OVERLAP, Composed, Period
from bot.services.edition import MOST_NEW, Cut, Edition, Item, Setter
from bot.services.errors import DigestContentError
from bot.services.identity import Identities, label
from bot.services.replies import Reply
from bot.services.rising import MOST_COUNTED, Risen, find_risen
from bot.services.topics import read_topic, words_of
from storage.base import ArticleHead, Schedule, Scope, Search, Storage, StoredText
from summariser.model import Brief, MentionType, Telling

KIND = "digest"
"""The kind of a schedule that a newspaper is made of."""

ARTICLE = "article"
"""The kind of what a schedule has shown: an article, under its id."""

# As many hits as a search returns.
_MOST_FOUND = 500


class Of(StrEnum):
    """What a digest is drawn from."""

    EVERYTHING = "everything"
    TOPIC = "topic"
    ENTITY = "entity"
    SOURCE = "source"


class Length(StrEnum):
    """How much of a digest stands in its message; its file holds all."""

    SHORT = "short"
    USUAL = "usual"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class What:
    """What a digest is of. `from_json` checks it."""

    of: Of = Of.EVERYTHING
    words: str | None = None
    """A topic as it was typed, the name of somebody, or a source; None where it is of everything."""
    type: MentionType | None = None
    """What an entity is; of all else None."""
    length: Length = Length.USUAL
    when_empty: bool = False
    """Whether to post also when nothing is new."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` takes back."""
        kind = self.type and self.type.value
        about = {"of": self.of.value, "words": self.words, "type": kind}
        return {**about, "length": self.length.value, "when_empty": self.when_empty}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "What":
        """Take back what `to_json` gave.

        Raises:
            DigestContentError: it cannot be, or another version wrote it.
        """
        try:
            kind = value["type"] and MentionType(value["type"])
            made = cls(Of(value["of"]), value["words"], kind, Length(value["length"]), value["when_empty"])
        except (KeyError, TypeError, ValueError) as error:
            raise DigestContentError("what was kept of it cannot be read") from error
        return check(made)


def check(what: What) -> What:
    """Return what a digest is of, if there can be such a one.

    Raises:
        DigestContentError: there cannot.
        QueryError: a topic cannot be understood.
    """
    if (what.words is None or not what.words.strip()) != (what.of is Of.EVERYTHING):
        raise DigestContentError("a topic, a name or a source has to be given, and nothing of that for everything new")
    if (what.type is None) != (what.of is not Of.ENTITY):
        raise DigestContentError("a name has to come with what it is of: a person, a body or a place")
    if what.of is Of.TOPIC and what.words is not None:
        read_topic(what.words)
    return what


@dataclass(frozen=True, slots=True)
class _Room:
    """How much is quoted."""

    stories: int
    of_story: int
    """Sentences of a story; of a large one, one more."""
    singles: int


_ROOMS = {Length.SHORT: _Room(3, 1, 4), Length.USUAL: _Room(8, 2, 12), Length.LONG: _Room(20, 3, 30)}

# New articles in one story that earn it a sentence more.
_LARGE = 4

# So many new articles are compared with each other, the newest, and with so many that were told of lately.
MOST_GROUPED = 300
_MOST_EARLIER = 100
_LATELY = timedelta(days=21)

# Of a very large story so many are read of each kind, those that appeared first.
_MOST_READ = 25


class Memory(Protocol):
    """What digests of a schedule have shown before."""

    async def seen(self, article_ids: Sequence[int]) -> Collection[int]:
        """Return which of these articles were in one."""

    async def lately(self) -> Sequence[int]:
        """Return some of the articles that were in one, the latest first."""


class Newspaper:
    """Makes digests."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute
        self._identities = Identities(storage, compute)
        self._setter = Setter(storage, compute)

    async def deliver(self, scope: Scope, schedule: Schedule, period: Period) -> Composed | None:
        """Return what is to be posted for a schedule of `KIND`: a `bot.services.deliveries.Composer`.

        Raises:
            DigestContentError, QueryError: what it is of cannot be read any more.
        """
        what = What.from_json(schedule.what)
        first = schedule.covered_until <= schedule.made_at
        return await self.compose(
            scope,
            what,
            period,
            title=schedule.name,
            memory=_Kept(self._storage, schedule.desk_id, schedule.schedule_id),
            opening="Since this digest was set up," if first else "Since the last digest,",
            overlap=timedelta() if first else OVERLAP,
        )

    async def compose(
        self,
        scope: Scope,
        what: What,
        period: Period,
        *,
        title: str = "Digest",
        memory: "Memory | None" = None,
        opening: str = "Since",
        overlap: timedelta = timedelta(),
    ) -> Composed | None:
        """Return the digest of a period, for all who see what the scope sees; None where nothing is to be said.

        It begins with `opening` and the moment when the period begins. What `memory` has need not be shown again. What
        came so shortly before the period that it may
        have been passed over, within `overlap`, is told now. With nothing new, `what.when_empty` decides whether that
        is said.

        Raises:
            QueryError: the topic cannot be understood.
        """
        begins = period.since - overlap
        arrived = await self._arrived(scope, what, begins, period.until)
        seen = await memory.seen([one.article_id for one in arrived]) if memory else ()
        fresh = [one for one in arrived if one.article_id not in seen]
        earlier = await memory.lately() if memory and fresh else ()
        bare = Edition(title, opening, _about(what), period, begins, more=len(fresh) > MOST_NEW)
        edition = await self._edit(scope, what, bare, fresh[:MOST_NEW], earlier) if fresh else bare
        if not (edition.stories or edition.singles or what.when_empty):
            return None
        reply = await self._setter.set(scope, edition)
        items = tuple((ARTICLE, str(one)) for one in edition.articles)
        return Composed(reply, period.until, edition.articles, items)

    async def show(self, call: Call, *, edition: dict[str, Any]) -> Reply:
        """Return a digest as it was composed, as far as it is in sight: for turning its pages.

        Raises:
            UnknownRequestError: another version composed it.
        """
        return await self._setter.set(call.scope, Edition.from_json(edition))

    async def _arrived(self, scope: Scope, what: What, since: datetime, until: datetime) -> list[ArticleHead]:
        """Return what came into sight in some time and is of what is wanted, the newest first."""
        sources = [what.words] if what.of is Of.SOURCE and what.words else None
        heads = await self._storage.arrived(scope, since, until, sources=sources, limit=2 * MOST_NEW)
        if not heads or what.words is None or what.of is Of.SOURCE:
            return list(heads)
        wanted = await self._about(scope, what, what.words, [head.article_id for head in heads])
        return [head for head in heads if head.article_id in wanted]

    async def _about(self, scope: Scope, what: What, words: str, article_ids: Sequence[int]) -> set[int]:
        """Return which of these articles are about a topic, or name somebody."""
        if what.of is Of.TOPIC:
            found = await self._storage.search(scope, Search(read_topic(words), newest=True), limit=_MOST_FOUND)
            return {head.article_id for head in found.heads}
        meant = await self._identities.find(scope, label(words, what.type) if what.type else words)
        ids = {one for entity in meant[:1] for one in entity.ids}
        naming = await self._storage.names_of(scope, article_ids)
        return {one for one, names in naming.items() if not ids.isdisjoint(name.name_id for name in names)}

    async def _edit(
        self, scope: Scope, what: What, edition: Edition, fresh: Sequence[ArticleHead], earlier: Sequence[int]
    ) -> Edition:
        """Return the edition with its stories, its single articles, and those who rose."""
        stories, singles = await self._group(scope, edition.period.until, fresh, earlier)
        room = _ROOMS[what.length]
        said = await self._tell([*stories[: room.stories], *singles[: room.singles]], room, what)
        of_stories = [*said[: len(stories[: room.stories])], *[None] * len(stories[room.stories :])]
        of_singles = [*said[len(stories[: room.stories]) :], *[None] * len(singles[room.singles :])]
        told = list(zip(stories, of_stories, strict=True))
        read = {one for group in (*stories, *singles) for one in group.ids}
        unread = [Item((head.article_id,)) for head in fresh if head.article_id not in read]
        risen, counted = await self._rise(scope, what, edition, fresh)
        return replace(
            edition,
            stories=tuple(group.item(cuts) for group, cuts in told if not group.is_told(cuts)),
            singles=(*(group.item(cuts) for group, cuts in zip(singles, of_singles, strict=True)), *unread),
            repeated=tuple(one for group, cuts in told if group.is_told(cuts) for one in group.ids),
            risen=risen,
            counted=counted,
        )

    async def _group(
        self, scope: Scope, now: datetime, fresh: Sequence[ArticleHead], earlier: Sequence[int]
    ) -> tuple[list["_Group"], list["_Group"]]:
        """Return what was read as stories, the largest and newest first, and as single articles, the newest first."""
        new = await self._storage.texts(scope, [head.article_id for head in fresh[:MOST_GROUPED]])
        lately = await self._storage.texts(scope, earlier) if earlier else ()
        old = [one for one in lately if one.stored.created_at >= now - _LATELY]
        texts = [*new, *old]
        grouped: tuple[tuple[int, ...], ...] = await self._compute.run(
            "summariser.grouping:group_stories", [one.stored.article for one in texts]
        )
        groups = [
            _Group(
                tuple(texts[one] for one in members if one < len(new)),
                tuple(texts[one] for one in members if one >= len(new)),
            )
            for members in grouped
        ]
        stories = [group for group in groups if group.fresh and group.is_story]
        # They come by their newest article, and stay so among those of one size.
        stories.sort(key=lambda group: -len(group.fresh))
        return stories, [group for group in groups if group.fresh and not group.is_story]

    async def _tell(self, groups: Sequence["_Group"], room: _Room, what: What) -> list[tuple[Cut, ...]]:
        """Return what is quoted of each of these."""
        if not groups:
            return []
        topic = words_of(what.words) if what.of in {Of.TOPIC, Of.ENTITY} and what.words else None
        tellings = [group.telling(room) for group in groups]
        briefs: tuple[Brief, ...] = await self._compute.run("summariser.newspaper:tell", tellings, topic=topic)
        return [group.cuts(brief) for group, brief in zip(groups, briefs, strict=True)]

    async def _rise(
        self, scope: Scope, what: What, edition: Edition, fresh: Sequence[ArticleHead]
    ) -> tuple[tuple[Risen, ...], tuple[int, int]]:
        """Return who is named more than in a time as long before, and of how many articles that is true."""
        since, until = edition.period.since, edition.period.until
        before = await self._arrived(scope, what, since - (until - since), since)
        counted = min(len(fresh), MOST_COUNTED), min(len(before), MOST_COUNTED)
        heads = [*fresh[:MOST_COUNTED], *before[:MOST_COUNTED]]
        ids = [head.article_id for head in heads]
        risen = await find_risen(
            self._storage,
            self._identities,
            scope,
            ids[: counted[0]],
            ids[counted[0] :],
            besides={head.source for head in heads if head.source} | ({what.words} if what.words else set()),
        )
        return risen, counted


@dataclass(frozen=True, slots=True)
class _Kept:
    """What storage knows that a schedule has shown: `Memory`."""

    storage: Storage
    desk_id: int
    schedule_id: int

    async def seen(self, article_ids: Sequence[int]) -> Collection[int]:
        keys = [str(one) for one in article_ids]
        return set(map(int, await self.storage.shown_items(self.desk_id, self.schedule_id, ARTICLE, among=keys)))

    async def lately(self) -> Sequence[int]:
        latest = await self.storage.latest_items(self.desk_id, self.schedule_id, ARTICLE, limit=_MOST_EARLIER)
        return [int(key) for key in latest]


@dataclass(frozen=True, slots=True)
class _Group:
    """Articles of one event."""

    fresh: tuple[StoredText, ...]
    """The newest first."""
    earlier: tuple[StoredText, ...]
    """Those that were told of before."""

    @property
    def ids(self) -> tuple[int, ...]:
        """Return the new ones."""
        return tuple(one.stored.article_id for one in self.fresh)

    @property
    def is_story(self) -> bool:
        return len(self.fresh) > 1 or bool(self.earlier)

    @property
    def read(self) -> tuple[list[StoredText], list[StoredText]]:
        """Return what is read of it: of either kind the first to appear, of which the first is quoted."""
        old, new = (sorted(some, key=_first_to_appear)[:_MOST_READ] for some in (self.earlier, self.fresh))
        return old, new

    def telling(self, room: _Room) -> Telling:
        """Return what is to be told in a few sentences."""
        old, new = self.read
        sentences = (room.of_story + (len(self.fresh) >= _LARGE)) if self.is_story else 1
        both = (*old, *new)
        articles, spans = tuple(one.stored.article for one in both), tuple(one.sentences for one in both)
        return Telling(articles, spans, sentences, told=len(old))

    def cuts(self, brief: Brief) -> tuple[Cut, ...]:
        """Return where the sentences of a brief of it stand."""
        old, new = self.read
        ids = [one.stored.article_id for one in (*old, *new)]
        return tuple(
            Cut(ids[quote.article], quote.start, quote.end, tuple(ids[one] for one in quote.also if one >= len(old)))
            for quote in brief.quotes
        )

    def is_told(self, cuts: tuple[Cut, ...] | None) -> bool:
        """Tell whether it was looked for something new, and holds nothing that was not told before."""
        return cuts == () and bool(self.earlier)

    def item(self, cuts: tuple[Cut, ...] | None) -> Item:
        """Return it as it stands in an edition."""
        return Item(self.ids, cuts or (), goes_on=bool(self.earlier))


def _first_to_appear(one: StoredText) -> tuple[datetime, datetime, int]:
    stored = one.stored
    return stored.article.published or datetime.max.replace(tzinfo=UTC), stored.created_at, stored.article_id


def _about(what: What) -> str:
    if what.words is None:
        return ""
    return {Of.TOPIC: f"about “{what.words}”", Of.ENTITY: f"that name {what.words}"}.get(what.of, f"from {what.words}")
