"""Feeds: RSS and Atom of every kind by feedparser, and JSON Feed (jsonfeed.org, version 1.1).

What is read is plain data about pages that stand elsewhere; their words are read by `summariser.ingest` like any page.
"""

import json
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from summariser.errors import NoFeedError
from summariser.ingest.decoding import clean
from summariser.model import Feed, FeedEntry

MOST_ENTRIES = 500
"""So many of the newest entries are read; feeds have ten to a hundred."""

# Longer titles and addresses are mistakes, in characters.
_LONGEST_LINE = 500
_LONGEST_URL = 2000
# A page whose text comes in the feed itself.
_LONGEST_TEXT = 500_000
# What a feed may ask for, in minutes; more is a mistake.
_LONGEST_TTL = 10_080
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080}
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")


def read_feed(data: bytes, url: str) -> Feed:
    """Return what a feed tells, its entries as it orders them; addresses are completed by the feed's own, `url`.

    An entry without an id of its own is known by its address, without either by its words.

    Raises:
        NoFeedError: it is none, such as a page; the message names the feeds that the page links to.
    """
    read = _read_json(data, url) if data.lstrip()[:1] == b"{" else _read_xml(data, url)
    if read is None:
        raise NoFeedError(url, linked_feeds(data, url))
    return read


def linked_feeds(data: bytes, url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page names in its head, five at most."""
    from lxml import html  # noqa: PLC0415  readers load their library when first used
    from lxml.etree import LxmlError  # noqa: PLC0415  the same

    try:
        tree = html.document_fromstring(
            data.decode("utf-8", "replace").encode(), parser=html.HTMLParser(encoding="utf-8")
        )
    except (LxmlError, ValueError):
        return ()
    kinds = ("application/rss+xml", "application/atom+xml", "application/feed+json")
    links = tree.xpath("//link[contains(concat(' ', normalize-space(@rel), ' '), ' alternate ')][@href]")
    found = (_address(url, link.get("href")) for link in links if (link.get("type") or "").lower() in kinds)
    return tuple(dict.fromkeys(link for link in found if link))[:5]


def _read_xml(data: bytes, url: str) -> Feed | None:
    """Return an RSS or Atom feed, or None where there is none.

    feedparser opens what looks like an address or a path: it is only ever given an open stream.
    """
    import feedparser  # noqa: PLC0415  readers load their library when first used

    told = feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not told.get("version"):
        return None
    head = told.feed
    base = _address(url, head.get("link")) or url
    entries = (_entry_of(entry, base) for entry in told.entries[:MOST_ENTRIES])
    return Feed(
        title=_line(head.get("title")),
        page=_address(url, head.get("link")),
        entries=_distinct(entries),
        minutes=_minutes(head),
    )


def _minutes(head: Mapping[str, Any]) -> int | None:
    """Return RSS's own `ttl`, or what its syndication module says (web.resource.org/rss/1.0/modules/syndication)."""
    ttl, times = str(head.get("ttl") or ""), str(head.get("sy_updatefrequency") or "1")
    if ttl.isdecimal() and int(ttl[:9]) > 0:
        return min(int(ttl[:9]), _LONGEST_TTL)
    period = _PERIODS.get(str(head.get("sy_updateperiod") or "").strip().lower())
    return period and max(1, period // max(1, int(times[:4]) if times.isdecimal() else 1))


def _entry_of(entry: Mapping[str, Any], base: str) -> FeedEntry:
    content = max((part.get("value") or "" for part in entry.get("content") or ()), key=len, default="")
    summary = entry.get("summary") or ""
    return _entry(
        guid=entry.get("id"),
        url=_address(base, entry.get("link")),
        title=_line(entry.get("title")),
        author=_line(entry.get("author")),
        published=_moment(entry.get("published_parsed")),
        # Asked for directly, feedparser passes the one for the other and warns of it.
        updated=_moment(entry["updated_parsed"] if "updated_parsed" in entry.keys() else None),  # noqa: SIM118  its own `in`
        text=content if len(content) > len(summary) else summary,
    )


def _read_json(data: bytes, url: str) -> Feed | None:
    """Return a JSON Feed, or None where there is none."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or "jsonfeed.org" not in str(told.get("version")):
        return None
    base = _address(url, told.get("home_page_url")) or url
    items = told.get("items")
    items = items if isinstance(items, list) else []
    entries = (_item(item, base) for item in items[:MOST_ENTRIES] if isinstance(item, dict))
    return Feed(
        title=_line(told.get("title")), page=_address(url, told.get("home_page_url")), entries=_distinct(entries)
    )


def _item(item: Mapping[str, Any], base: str) -> FeedEntry:
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [author.get("name") for author in authors or () if isinstance(author, dict)]
    text = item.get("content_html") or item.get("content_text") or item.get("summary")
    return _entry(
        guid=item.get("id"),
        url=_address(base, item.get("url") or item.get("external_url")),
        title=_line(item.get("title")),
        author=_line(", ".join(name for name in names if isinstance(name, str))),
        published=_stamp(item.get("date_published")),
        updated=_stamp(item.get("date_modified")),
        text=text if isinstance(text, str) else "",
    )


def _entry(
    *,
    guid: object,
    url: str | None,
    title: str | None,
    author: str | None,
    published: datetime | None,
    updated: datetime | None,
    text: str,
) -> FeedEntry:
    text = clean(text[:_LONGEST_TEXT])[0].strip()
    words = sha256(f"{title}\n{text}".encode("utf-8", "replace")).hexdigest()
    known_by = _line(str(guid)) if guid not in (None, "") else None
    return FeedEntry(
        guid=known_by or url or f"words:{words}",
        url=url,
        title=title,
        author=author,
        published=published or updated,
        text=text,
        content=words,
    )


def _distinct(entries: Iterator[FeedEntry]) -> tuple[FeedEntry, ...]:
    """Return the entries, of those with one id the first."""
    found: dict[str, FeedEntry] = {}
    for entry in entries:
        found.setdefault(entry.guid, entry)
    return tuple(found.values())


def _line(words: object) -> str | None:
    """Return words as one line without marks, or None where there are none."""
    if not isinstance(words, str):
        return None
    line = " ".join(clean(unescape(_TAG.sub("", words)))[0].split())
    return line[:_LONGEST_LINE] or None


def _address(base: str, link: object) -> str | None:
    """Return a complete web address, or None for what is none."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        whole = urljoin(base, link.strip())
        parts = urlsplit(whole)
    except ValueError:
        return None
    fits = parts.scheme in {"http", "https"} and parts.hostname and len(whole) <= _LONGEST_URL
    return whole if fits else None


def _moment(parsed: object) -> datetime | None:
    """Return a time as feedparser gives it: in UTC, to the second."""
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None  # type: ignore[arg-type]  # a struct_time
    except (ValueError, OverflowError, OSError):
        return None


def _stamp(written: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and moment.tzinfo else None
