"""Feeds that a desk follows: added, listed, paused, taken along from one reader to another."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from bot.services.calls import Call, Incoming
from bot.services.compute import Compute
from bot.services.deliveries import Place, PlaceKind
from bot.services.errors import (
    NeedsServerError,
    NoPlaceForFeedError,
    NoSuchFeedError,
    NotFeedAdminError,
    UnknownChannelError,
    UserError,
    explain,
)
from bot.services.intake import Intake
from bot.services.listening import LEASE, LinkedFeedsError, Listener
from bot.services.replies import (
    Action,
    Attachment,
    Block,
    Bold,
    Bullets,
    Channel,
    Code,
    Command,
    Heading,
    Inline,
    Line,
    Link,
    Look,
    Moment,
    Reply,
    Request,
    Suggestion,
    Tone,
    Words,
    join,
)
from bot.services.web import Web
from bot.services.wording import count, head_line, shorten
from storage.base import LOCAL_DESK, FollowedFeed, Heard, HeardEntry, NewFeed, Storage
from storage.errors import StorageError, UnknownFeedError
from summariser.errors import SummariserError
from summariser.model import Subscription

FIRST = 5
"""Of what a feed holds when it is added so many of the newest entries are read."""

MOST_FEEDS = 100
MOST_OWN_FEEDS = 25
"""In a server, and in a desk of one's own."""

MOST_IMPORTED = 50
KEPT_FOR = timedelta(days=1)
"""How long a removed feed can be brought back."""

MOST_SUGGESTED = 25
OPML_BYTES = 2**20

_AT_ONCE = 4
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Where:
    """Whose a feed is to be, and where it is posted."""

    channel_id: int
    audience_id: int
    place: Place | None


class FeedService:
    """What is followed."""

    def __init__(self, storage: Storage, compute: Compute, web: Web, intake: Intake) -> None:
        self._storage = storage
        self._compute = compute
        self._web = web
        self.listener = Listener(storage, compute, web, intake)

    async def add(self, call: Call, *, url: str, channel: int | None = None, post: bool = False) -> Reply:
        """Follow a feed, and read the newest of what it holds.

        Raises:
            NotFeedAdminError: as every use case here, for whoever may not manage the server.
            UnknownChannelError, NoPlaceForFeedError: it cannot be for that channel.
            UserError, NoFeedError: the feed cannot be had.
            AlreadyFollowedError, FeedsFullError: it is followed there, or no more can be.
        """
        where = _where(call, channel, post=post)
        await call.progress(f"Looking at {shorten(url, 100)}")
        try:
            heard = await self.listener.find(url, call.now)
        except LinkedFeedsError as error:
            return _offer(error, channel, post=post)
        made = await self._make(call, where, heard)
        await call.progress("Reading the newest entries")
        await self._read(call, made)
        entries = await self._storage.feed_entries(call.scope, made.feed_id, limit=FIRST)
        made = await self._storage.feed(call.scope, made.feed_id)
        read = await self._lines(call, entries)
        held = len(heard.entries or ())
        blocks: list[Block] = [
            Line(_whose(made, call)),
            Line((_told_first(held),)),
            Bullets(read) if read else Line(("It holds nothing yet.",)),
        ]
        undo = Action("Undo", Request("feeds.remove", {"feed": str(made.feed_id)}))
        return Reply(f"Following {_name(made)}", tuple(blocks), actions=(undo,), tone=Tone.DONE)

    async def list(self, call: Call) -> Reply:
        """Say which feeds are followed, how each is doing, and when it is polled next."""
        _check(call)
        feeds = await self._storage.feeds(call.scope)
        again = Request("feeds.list")
        if not feeds:
            return Reply(
                "No feeds yet",
                (
                    Line(
                        ("Nothing is followed here. ", Command("feed add"), " begins."),
                    ),
                ),
                again=again,
            )
        trouble = any(one.paused or one.error or one.held for one in feeds)
        lines = tuple(_line(one) for one in feeds)
        title = count(len(feeds), "feed")
        return Reply(title, (Bullets(lines),), tone=Tone.WARNING if trouble else Tone.PLAIN, again=again)

    async def show(self, call: Call, *, feed: str) -> Reply:
        """Say how one feed is doing, and what it brought last.

        Raises:
            NoSuchFeedError: none in sight is called so.
        """
        one = await self._find(call, feed)
        entries = await self._storage.feed_entries(call.scope, one.feed_id, limit=_SHOWN)
        read = await self._lines(call, entries)
        facts: list[Words] = [
            (Bold("Address: "), Link(shorten(one.url, 200), one.url)),
            (Bold("For: "), *_readers(one)),
            (Bold("State: "), *_state(one)),
            (Bold("Last polled with success: "), *_when(one.ok_at)),
            (Bold("Last new entry: "), *_when(one.new_at)),
            (Bold("Next poll: "), *_when(None if one.paused else one.next_at)),
            (Bold("New entries: "), "posted one by one" if one.schedule_id else "stored, not posted"),
        ]
        blocks: list[Block] = [Bullets(tuple(facts))]
        blocks += [Heading(("Latest entries",)), Bullets(read)] if read else []
        request = Request("feeds.show", {"feed": str(one.feed_id)})
        tone = Tone.WARNING if one.paused or one.error or one.held else Tone.PLAIN
        return Reply(_name(one), tuple(blocks), actions=_controls(one), tone=tone, again=request)

    async def pause(self, call: Call, *, feed: str) -> Reply:
        """Poll a feed no more until it is resumed; raises as `show` does."""
        one = await self._find(call, feed)
        before = await self._storage.pause_feed(call.scope, one.feed_id, reason="somebody paused it", now=call.now)
        undo = Action("Resume", Request("feeds.resume", {"feed": str(one.feed_id)}))
        so = "It was paused already: " if before.paused else ""
        words = f"{so}nothing new is fetched until it is resumed. What it brought stays."
        return Reply(f"Paused: {_name(one)}", (Line((_capital(words),)),), actions=(undo,), tone=Tone.DONE)

    async def resume(self, call: Call, *, feed: str) -> Reply:
        """Poll a feed again, at once; raises as `show` does."""
        one = await self._find(call, feed)
        before = await self._storage.pause_feed(call.scope, one.feed_id, reason=None, now=call.now)
        undo = Action("Pause", Request("feeds.pause", {"feed": str(one.feed_id)}))
        words = "It is polled now. What came meanwhile and still stands in it counts as new."
        words = words if before.paused else "It was running; it is polled now."
        return Reply(f"Resumed: {_name(one)}", (Line((words,)),), actions=(undo,), tone=Tone.DONE)

    async def remove(self, call: Call, *, feed: str) -> Reply:
        """Follow a feed no more; raises as `show` does."""
        one = await self._find(call, feed)
        await self._storage.remove_feed(call.scope, one.feed_id, now=call.now)
        undo = Action("Undo", Request("feeds.bring_back", {"feed": str(one.feed_id)}))
        blocks = (
            Line(("Nothing new is fetched. For a day it can be brought back as it was.",)),
            Line(("The articles that it brought stay: ", Command("article remove"), " takes one out.")),
        )
        return Reply(f"Removed: {_name(one)}", blocks, actions=(undo,), tone=Tone.DONE)

    async def bring_back(self, call: Call, *, feed: str) -> Reply:
        """Follow a removed feed again.

        Raises:
            UnknownFeedError: it cannot be brought back any more.
            AlreadyFollowedError: it is followed again already.
        """
        _check(call)
        if not feed.isdecimal():
            raise UnknownFeedError
        one = await self._storage.bring_feed_back(call.scope, int(feed), now=call.now)
        undo = Action("Remove", Request("feeds.remove", {"feed": feed}))
        words = "It goes on where it stopped: nothing that it brought comes again."
        return Reply(f"Followed again: {_name(one)}", (Line((words,)),), actions=(undo,), tone=Tone.DONE)

    async def export(self, call: Call) -> Reply:
        """Return the feeds as an OPML list that any reader takes."""
        _check(call)
        feeds = await self._storage.feeds(call.scope)
        if not feeds:
            return Reply("No feeds yet", (Line(("There is nothing to export. ", Command("feed add"), " begins.")),))
        listed = [Subscription(one.url, one.title) for one in feeds]
        data = await self._compute.run("summariser.ingest.opml:write_opml", listed, title="Feeds")
        file = Attachment("feeds.opml", data, f"{count(len(feeds), 'feed')} as OPML")
        told = (f"{count(len(feeds), 'feed')} as OPML, which every feed reader takes.",)
        return Reply("Feeds", (Line(told),), attachments=(file,))

    async def take_over(self, call: Call, *, file: Incoming, channel: int | None = None, post: bool = False) -> Reply:
        """Follow the feeds of an OPML list.

        Raises:
            NoOutlineError: it is none; and as `add` does where none can be followed.
        """
        where = _where(call, channel, post=post)
        data = await self._web.attachment(file, limit=OPML_BYTES)
        listed = await self._compute.run_apart(
            "summariser.ingest.opml:read_opml", data, file.filename, what=file.filename
        )
        verdicts = await self._follow_each(call, where, listed[:MOST_IMPORTED])
        good = sum(done for done, _ in verdicts)
        left = len(listed) - MOST_IMPORTED
        blocks: list[Block] = [Bullets(tuple(words for _, words in verdicts))]
        if left > 0:
            blocks.append(Line((f"I take {MOST_IMPORTED} feeds at once: the last {left} of the list are left.",)))
        title = f"{count(good, 'feed')} of {len(verdicts)} followed"
        return Reply(title, tuple(blocks), tone=Tone.DONE if good == len(verdicts) else Tone.WARNING)

    async def suggest_feed(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the feeds whose name or address holds what was typed."""
        if not call.admin:
            return []
        wanted = typed.casefold().strip()
        fitting = [
            one for one in await self._storage.feeds(call.scope) if wanted in f"{_name(one)} {one.url}".casefold()
        ]
        return [Suggestion(shorten(f"{_name(one)} · {_host(one.url)}", 100), str(one.feed_id)) for one in fitting][
            :MOST_SUGGESTED
        ]

    async def _make(self, call: Call, where: _Where, heard: Heard) -> FollowedFeed:
        new = NewFeed(
            url=heard.url,
            channel_id=where.channel_id,
            audience_id=where.audience_id,
            made_by=call.scope.asker_id,
            place=None if where.place is None else where.place.to_json(),
        )
        most = MOST_FEEDS if call.scope.desk_id >= LOCAL_DESK else MOST_OWN_FEEDS
        return await self._storage.make_feed(call.scope, new, heard, now=call.now, first=FIRST, most=most)

    async def _read(self, call: Call, made: FollowedFeed) -> None:
        """Read the first entries; what is left to do if this stops is taken up by whoever polls."""
        owner = f"add:{secrets.token_hex(8)}"
        claimed = await self._storage.claim_entries(owner, now=call.now, lease=LEASE, limit=FIRST, feed=made)
        reading = (self.listener.read(owner, one, call.now) for one in claimed)
        for result in await asyncio.gather(*reading, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, StorageError):
                raise result

    async def _follow_each(
        self, call: Call, where: _Where, listed: Sequence[Subscription]
    ) -> Sequence[tuple[bool, Words]]:
        turns, done = asyncio.Semaphore(_AT_ONCE), 0

        async def follow(one: Subscription) -> tuple[bool, Words]:
            nonlocal done
            async with turns:
                verdict = await self._follow(call, where, one)
            done += 1
            await call.progress(f"Following: {done} of {len(listed)} done")
            return verdict

        return await asyncio.gather(*map(follow, listed))

    async def _follow(self, call: Call, where: _Where, one: Subscription) -> tuple[bool, Words]:
        """Follow a feed of a list; return whether it is, and what to say of it."""
        name = Bold(shorten(one.title or one.url, 80))
        try:
            made = await self._make(call, where, await self.listener.find(one.url, call.now))
        except (UserError, SummariserError, StorageError) as error:
            return False, (name, f": {explain(error)}")
        if call.scope.audiences is None:  # at the terminal nobody polls in the background
            await self._read(call, made)
        return True, (name, ": followed")

    async def _find(self, call: Call, typed: str) -> FollowedFeed:
        """Return the feed that is meant: by its id, or part of its name or address."""
        _check(call)
        if typed.isdecimal() and len(typed) < 20:
            return await self._storage.feed(call.scope, int(typed))
        feeds = await self._storage.feeds(call.scope)
        wanted = typed.casefold().strip()
        fitting = [one for one in feeds if wanted and wanted in f"{_name(one)} {one.url}".casefold()]
        if len(fitting) == 1:
            return fitting[0]
        names = [_name(one) for one in fitting] or get_close_matches(typed, [_name(one) for one in feeds], n=3)
        raise NoSuchFeedError(typed, names[:3])

    async def _lines(self, call: Call, entries: Sequence[HeardEntry]) -> tuple[Words, ...]:
        """Say of each entry what became of it."""
        ids = [one.upload_id for one in entries if one.upload_id is not None]
        uploads = {one.upload_id: one for one in await self._storage.uploads(call.scope, ids)}
        lines: list[Words] = []
        for one in entries:
            name = shorten(one.title or one.url or "An entry", 120)
            if one.upload_id is not None:
                found = uploads.get(one.upload_id)
                lines += [head_line(head) for head in found.articles[:1]] if found else [("An article since removed",)]
            elif one.state == "waiting":
                why = f": {one.reason}" if one.reason else ""
                lines.append((Bold(name), f" · waits to be read{why}"))
            else:
                lines.append((Bold(name), f" · {one.reason}"))
        return tuple(lines)


def paused_note(feed: FollowedFeed) -> Reply:
    """Say that a feed had to be paused."""
    blocks = (
        Line((Bold(_name(feed)), f" is paused: {feed.paused}.")),
        Line(("Its address: ", Link(shorten(feed.url, 200), feed.url), ".")),
        Line(
            (Command("feed resume"), " tries again, ", Command("feed remove"), " gives it up. What it brought stays.")
        ),
    )
    return Reply("A feed is paused", blocks, tone=Tone.WARNING)


def _check(call: Call) -> None:
    if not call.admin:
        raise NotFeedAdminError


def _where(call: Call, channel: int | None, *, post: bool) -> _Where:
    """Return for whose eyes a feed is to be; raises as `FeedService.add` does."""
    _check(call)
    if call.scope.desk_id <= LOCAL_DESK:
        if channel is not None:
            raise NeedsServerError("Channels for feeds")
        direct = Place(PlaceKind.DIRECT, call.scope.asker_id) if post and call.scope.desk_id < 0 else None
        return _Where(call.channel_id, call.scope.asker_id, direct)
    number = channel or call.channel_id
    spot = call.spots(number) if call.spots else None
    if call.spots and spot is None:
        raise UnknownChannelError
    audience = spot.audience_id if spot else number
    # Nobody fills a channel that they cannot read themselves: Manage Server alone does not show it to them.
    if call.scope.audiences is not None and audience not in call.scope.audiences:
        raise UnknownChannelError
    if post and spot and spot.lacks:
        raise NoPlaceForFeedError(spot.lacks)
    kind = PlaceKind.FORUM if spot and spot.forum else PlaceKind.CHANNEL
    return _Where(number, audience, Place(kind, number) if post else None)


def _offer(error: LinkedFeedsError, channel: int | None, *, post: bool) -> Reply:
    """Offer the feeds of a page."""
    also = {name: value for name, value in {"channel": channel, "post": post}.items() if value}
    actions = tuple(
        Action(
            f"Follow feed {number}",
            Request("feeds.add", {"url": url, **also}),
            Look.MAIN if number == 1 else Look.PLAIN,
        )
        for number, url in enumerate(error.linked, 1)
    )
    lines: tuple[Words, ...] = tuple(
        (f"{number}. ", Link(shorten(url, 200), url)) for number, url in enumerate(error.linked, 1)
    )
    told = Line(("This is a page and no feed, but it names where its feeds stand. Nothing is followed yet.",))
    return Reply("Which feed of this page?", (told, Bullets(lines)), actions=actions)


def _told_first(held: int) -> str:
    if held <= FIRST:
        return "All that it holds is read now; new entries are read as they come."
    return f"Of the {held:,} entries in it the {FIRST} newest are read; new ones are read as they come."


def _whose(feed: FollowedFeed, call: Call) -> Words:
    posted = "; each new entry is posted there" if feed.schedule_id else "; new entries are stored, and not posted"
    after: Words = (". It is polled next ", Moment(feed.next_at, relative=True), ".") if feed.next_at else (".",)
    if call.scope.audiences is None:
        after = (". It is polled while ", Code("verbatim run"), " runs.")
    return ("For ", *_readers(feed), posted if call.scope.desk_id != LOCAL_DESK else "", *after)


def _readers(feed: FollowedFeed) -> Words:
    if feed.desk_id <= LOCAL_DESK:
        return ("you alone",)
    return ("the readers of ", Channel(feed.channel_id))


def _line(feed: FollowedFeed) -> Words:
    parts: list[Words] = [(Bold(_name(feed)),), (_host(feed.url),)]
    parts += [(Channel(feed.channel_id),)] if feed.desk_id > LOCAL_DESK else []
    parts.append(_state(feed))
    parts += [("last new ", Moment(feed.new_at, relative=True))] if feed.new_at else []
    parts += [("next poll ", Moment(feed.next_at, relative=True))] if feed.next_at and not feed.paused else []
    return join(parts)


def _state(feed: FollowedFeed) -> tuple[Inline, ...]:
    if feed.paused:
        return (f"paused: {feed.paused}",)
    if feed.error:
        return (f"failed {count(feed.failures, 'time')} in a row: {feed.error}",)
    if feed.held:
        until: Words = (", until ", Moment(feed.held_until)) if feed.held_until else ()
        return (f"new entries wait: {feed.held}", *until)
    return ("running",)


def _when(moment: datetime | None) -> tuple[Inline, ...]:
    return (Moment(moment),) if moment else ("never",)


def _controls(feed: FollowedFeed) -> tuple[Action, ...]:
    options = {"feed": str(feed.feed_id)}
    turn = (
        Action("Resume", Request("feeds.resume", options))
        if feed.paused
        else Action("Pause", Request("feeds.pause", options))
    )
    return (turn, Action("Remove", Request("feeds.remove", options), Look.DANGER))


def _name(feed: FollowedFeed) -> str:
    return shorten(feed.title or feed.url, 100)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
