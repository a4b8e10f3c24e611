"""What a poll of a feed does: fetch it, say when to come again, and read what is new.

Feeds and the pages that they name are fetched like any address that a person gives, behind the same walls, and parsed
in workers that are used for nothing else.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise
from statistics import median
from typing import Any

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.errors import DownloadError, LimitError, UserError, explain
from bot.services.intake import Intake, Prepared
from bot.services.web import Web
from storage.base import LOCAL_DESK, FeedSource, FollowedFeed, Heard, Scope, Storage, WaitingEntry
from summariser.errors import NoFeedError, SummariserError
from summariser.model import DateKind, Feed, FeedEntry

FEED_BYTES = 5 * 2**20

SOONEST = timedelta(minutes=15)
LATEST = timedelta(hours=6)
USUAL = timedelta(hours=1)
"""Where a feed's own times do not tell how often something new comes."""
LONGEST_REST = timedelta(days=1)
"""However long a feed or its server wants to be left alone."""

MOST_FAILURES = 8
FAILING_FOR = timedelta(days=3)
"""After so many polls that failed, over so long, a feed is paused."""

MOST_TRIES = 3
"""So often a page is fetched that cannot be had for the moment; then the feed's own words have to do."""

LEASE = timedelta(minutes=3)

# Where a limit does not say when it opens again.
_HELD_FOR = timedelta(hours=6)

# A page with less than half of what the feed itself gives is a notice, not the article; below so many characters the
# feed gives a summary, of which a page may well have less.
_WHOLE = 400

_GONE = 410


class LinkedFeedsError(UserError):
    """A page, and no feed, that names feeds."""

    def __init__(self, url: str, linked: Sequence[str]) -> None:
        self.linked = tuple(linked)
        super().__init__(f"{url} is a page. It names {', '.join(linked)}: give one of these.")


@dataclass(frozen=True, slots=True)
class Miss:
    """A poll that failed."""

    error: str
    next_at: datetime
    pauses: bool


class Listener:
    """Polls feeds, and reads their new entries."""

    def __init__(
        self,
        storage: Storage,
        compute: Compute,
        web: Web,
        intake: Intake,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._storage = storage
        self._compute = compute
        self._web = web
        self._intake = intake
        self._chance = chance

    async def find(self, url: str, now: datetime) -> Heard:
        """Return what stands at an address that a person gives.

        Raises:
            LinkedFeedsError: a page stands there, that names feeds.
            NoFeedError: neither does.
            UserError: it cannot be fetched.
        """
        fetched = await self._web.feed(url, limit=FEED_BYTES)
        data = fetched.data or b""
        try:
            feed = await self._parse(data, fetched.url)
        except NoFeedError as error:
            links = await self._compute.run_apart("summariser.ingest.feeds:linked_feeds", data, fetched.url, what=url)
            others = [link for link in links if link != fetched.url]
            raise (LinkedFeedsError(fetched.url, others) if others else error) from error
        every = interval_of(feed)
        return Heard(
            next_at=self._next(now, every, fetched.seconds),
            url=fetched.moved or url.strip().strip("<>"),
            every=int(every.total_seconds()),
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            title=feed.title,
            entries=newest_first(feed.entries),
        )

    async def poll(self, source: FeedSource, now: datetime) -> Heard | Miss:
        """Return what a poll brought, or why it failed."""
        try:
            return await self._poll(source, now)
        except (UserError, SummariserError) as error:
            return self._missed(source, error, now)

    async def read(self, owner: str, one: WaitingEntry, now: datetime) -> None:
        """Read a new entry and store it, or write down why not.

        Raises:
            StorageError: neither was possible; it is tried again when the lease is over.
        """
        try:
            upload_id = await self._take(one, now)
        except LimitError as error:
            until = min(error.opens or now + _HELD_FOR, now + LONGEST_REST)
            await self._storage.hold_feed(owner, one, until=max(until, now + timedelta(minutes=1)), reason=error.limit)
        except _LaterError as error:
            until = now + timedelta(minutes=5) * 4 ** (one.tries - 1)
            await self._storage.put_off_entry(owner, one, until=until, reason=str(error))
        except (UserError, SummariserError) as error:
            await self._storage.end_entry(owner, one, upload_id=None, reason=explain(error), now=now)
        else:
            await self._storage.end_entry(owner, one, upload_id=upload_id, reason=None, now=now)

    async def _poll(self, source: FeedSource, now: datetime) -> Heard:
        fetched = await self._web.feed(
            source.url, limit=FEED_BYTES, etag=source.etag, last_modified=source.last_modified
        )
        if fetched.data is None:
            rest = self._next(now, timedelta(seconds=source.every), fetched.seconds)
            return Heard(rest, source.url, source.every)
        feed = await self._parse(fetched.data, fetched.url)
        every = interval_of(feed)
        return Heard(
            next_at=self._next(now, every, fetched.seconds),
            url=fetched.moved or source.url,
            every=int(every.total_seconds()),
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            title=feed.title,
            entries=newest_first(feed.entries),
        )

    async def _parse(self, data: bytes, url: str) -> Feed:
        """Return the feed; raises NoFeedError and WorkerDiedError."""
        feed = await self._compute.run_apart("summariser.ingest.feeds:read_feed", data, url, what=url)
        if not isinstance(feed, Feed):
            raise NoFeedError(url, ())
        return feed

    def _next(self, now: datetime, every: timedelta, rest: float | None) -> datetime:
        """Return when to poll again; a little later than asked, by chance, so that not all come at once."""
        asked = min(timedelta(seconds=rest or 0.0), LONGEST_REST)
        return now + max(every, asked) * (1 + 0.1 * self._chance())

    def _missed(self, source: FeedSource, error: Exception, now: datetime) -> Miss:
        why = error.why.partition(";")[0] if isinstance(error, DownloadError) else explain(error) or ""
        asked = timedelta(seconds=getattr(error, "retry_after", None) or 0.0)
        wait = max(min(SOONEST * 2 ** min(source.failures, 10), LONGEST_REST) * (0.8 + 0.4 * self._chance()), asked)
        gone = getattr(error, "status", None) == _GONE
        long = now - (source.failed_since or now) >= FAILING_FOR
        return Miss(why, now + wait, pauses=gone or (source.failures + 1 >= MOST_FAILURES and long))

    async def _take(self, one: WaitingEntry, now: datetime) -> int:
        """Store an entry, its page if that can be had and says more, else what the feed gives of it.

        Raises:
            LimitError, _LaterError, UserError, SummariserError: it cannot be stored, now or ever.
        """
        call = call_of(one.feed, now)
        entry, problem = one.entry, None
        prepared: Prepared | None = None
        if entry.url:
            try:
                prepared = await self._intake.prepare_page(call, entry.url, key=entry.guid)
                if one.feed.desk_id <= LOCAL_DESK:
                    prepared = _with_facts(prepared, entry, now)
            except LimitError:
                raise
            except (UserError, SummariserError) as error:
                if _passes(error) and one.tries < MOST_TRIES:
                    raise _LaterError(explain(error) or "") from error
                problem = error
        if prepared is None or _is_thin(prepared, entry):
            if not entry.text.strip():
                if prepared is None:
                    raise problem or UserError("The feed gives no text of it, and no address where it stands.")
            else:
                page = page_of(entry, one.feed.title).encode()
                prepared = await self._intake.prepare_given(
                    call, page, "entry.html", media_type="text/html", url=entry.url, key=entry.guid
                )
        taken = await self._intake.keep(call, prepared)
        return taken.upload_id


class _LaterError(Exception):
    """A page cannot be had at the moment."""


def call_of(feed: FollowedFeed, now: datetime) -> Call:
    """Return the call that brings in what a feed has: for its readers, and in a server as somebody of its own.

    So a feed has the daily allowance of one person, and what it brought stays when whoever added it is forgotten.
    """
    server = feed.desk_id > LOCAL_DESK
    who = feed.feed_id if server or feed.made_by is None else feed.made_by
    return Call(
        scope=Scope(feed.desk_id, who, frozenset({feed.audience_id})),
        channel_id=feed.channel_id,
        audience_id=feed.audience_id,
        origin_id=feed.feed_id,
        now=now,
        manager=True,
        admin=True,
        guild_id=feed.desk_id if server else None,
    )


def interval_of(feed: Feed) -> timedelta:
    """Return how long to wait between polls: half the usual time between its latest entries, within bounds."""
    times = sorted((one.published for one in feed.entries if one.published), reverse=True)[:10]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    usual = timedelta(seconds=median(gaps) / 2) if len(gaps) > 1 else USUAL
    asked = min(timedelta(minutes=feed.minutes or 0), LONGEST_REST)
    return max(min(max(usual, SOONEST), LATEST), asked)


def newest_first(entries: Sequence[FeedEntry]) -> tuple[FeedEntry, ...]:
    """Return the entries by their dates where all have one, else in the feed's own order."""
    dated = [(one.published, one) for one in entries if one.published]
    if len(dated) < len(entries):
        return tuple(entries)
    return tuple(one for _, one in sorted(dated, key=lambda pair: pair[0], reverse=True))


def page_of(entry: FeedEntry, feed_title: str | None) -> str:
    """Return what a feed gives of an entry as a page that states its title, author and date."""
    facts = {
        "author": entry.author,
        "article:published_time": entry.published and entry.published.isoformat(),
        "og:site_name": feed_title,
    }
    stated = "".join(
        f'<meta {"name" if name == "author" else "property"}="{name}" content="{escape(value)}">'
        for name, value in facts.items()
        if value
    )
    title = escape(entry.title or "")
    head = f'<meta charset="utf-8"><title>{title}</title>{stated}'
    heading = f"<h1>{title}</h1>" if title else ""
    body = entry.text if "<" in entry.text else "".join(f"<p>{escape(part)}</p>" for part in entry.text.split("\n\n"))
    # Parts of an entry that is a bare line of words would not be taken for a paragraph.
    body = body if "<p" in body.lower() else f"<p>{body}</p>"
    return f"<!doctype html><html><head>{head}</head><body><article>{heading}{body}</article></body></html>"


def _with_facts(prepared: Prepared, entry: FeedEntry, now: datetime) -> Prepared:
    """Return what a page holds with its date and author as the feed states them, where the page states none.

    In a desk of one person alone: other channels of a server, which may bring the same page, shall see nothing of a
    feed that is not theirs. Of a page of several articles the feed does not say which it means, and what is yet to come
    is no date of a report.
    """
    if prepared.extraction is None or len(prepared.extraction.articles) != 1:
        return prepared
    (article,) = prepared.extraction.articles
    facts: dict[str, Any] = {}
    if article.published is None and entry.published is not None and entry.published <= now + timedelta(days=1):
        facts |= {"published": entry.published, "published_kind": DateKind.FEED}
    if article.author is None and entry.author:
        facts |= {"author": entry.author}
    return replace(prepared, extraction=replace(prepared.extraction, articles=(replace(article, **facts),)))


def _is_thin(prepared: Prepared, entry: FeedEntry) -> bool:
    """Tell whether a page has much less than what the feed itself gives."""
    if prepared.extraction is None or len(entry.text) < _WHOLE:
        return False
    return sum(len(article.text) for article in prepared.extraction.articles) < len(_bare(entry.text)) / 2


def _bare(text: str) -> str:
    """Return about what is left of a text without its tags: for its length alone."""
    return "".join(part.partition(">")[2] if number else part for number, part in enumerate(text.split("<")))


def _passes(error: Exception) -> bool:
    """Tell whether a page may well be had later."""
    if not isinstance(error, DownloadError):
        return False
    return error.status is None or error.status == 429 or error.status >= 500
