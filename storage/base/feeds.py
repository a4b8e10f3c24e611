"""Feeds that are followed: their sources, their entries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from storage.base.scopes import Scope, Shards
from summariser.model import FeedEntry


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


class Feeds(Protocol):
    """Feeds that are followed: their sources, their entries. See `storage.base.Storage`."""

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
