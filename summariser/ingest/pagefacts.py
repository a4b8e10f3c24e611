"""What a page states for machines: title, outlet, author and date, in its head, its data and its address."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from summariser.ingest.dates import Dated, read_address, read_stamp
from summariser.ingest.units import overlap
from summariser.model import DateKind, DateOrigin, DatePlace

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "og:article:published_time",
    "article:published",
    "dcterms.date",
    "dc.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "publication_date",
    "published_time",
    "publishdate",
    "publish-date",
    "pubdate",
    "article.published",
    "datecreated",
    "date",
)
_MODIFIED = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "article.updated",
    "revised",
)
_TITLES = ("og:title", "twitter:title", "headline", "dc.title", "dcterms.title", "parsely-title", "title")
_SITES = ("og:site_name", "publisher", "dc.publisher", "dcterms.publisher", "application-name", "article:publisher")
_AUTHORS = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "byl",
    "articleauthor",
    "article:author_name",
)
# What `@type` calls the text of a page, or part of it.
_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|Review|DiscussionForumPosting|\w*WebPage)$")
_STORY = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|Review|DiscussionForumPosting)$")
_FIELDS = re.compile(r"\"(datePublished|dateModified|headline)\"\s*:\s*\"((?:[^\"\\]|\\.){3,300})\"")
# The outlet that ends the window's title.
_SITE = re.compile(r"\s*[-–—|·•»:]+\s+(\S(?:[^|–—»]{0,58}\S)?)")
_CUT = re.compile(r"\s+[-–—|·•»«:]+\s+|\s*[|»•]\s*|(?<=\w):\s+")
_LONGEST_NAME = 80
_MOST_NODES = 2000
_MOST_DATA = 1_000_000
# The page's own stories share a headline; more than this many others are a list of what it links to.
_BY_BY = re.compile(r"^(?:by|von|par|por)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page says of itself for machines."""

    title: str | None
    window: str | None
    """What its window is called: the title with trimmings."""
    source: str | None
    author: str | None
    date: Dated | None
    language: str | None


def read_stated(tree: Any) -> Stated:  # noqa: ANN401  # lxml is untyped
    """Return what a page states for machines."""
    meta, window, address, times = _gather(tree)
    data = _data(tree)
    stories = [one for one in data if _is_of(one, _STORY)]
    story = _own_story(stories, _first(meta, _TITLES) or window)
    page = story or next((one for one in data if _is_of(one, _ARTICLE)), {})
    fields = {**_stamps(page), **meta} if page else meta
    title = _first(meta, _TITLES[:-1]) or _text(story.get("headline")) or _first(meta, _TITLES[-1:])
    source = _first(meta, _SITES[:1]) or _name(page.get("publisher")) or _first(meta, _SITES[1:])
    author = _names(page.get("author")) or _author(meta)
    return Stated(
        title,
        window,
        None if source and "://" in source else source,
        None if author and source and author.casefold() == source.casefold() else author,
        _date(fields) or _timed(times) or (read_address(address) if address else None),
        _language(tree),
    )


def cut_title(stated: Stated, headings: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the title without the site's name, and the site's name where the window's title ends with it.

    `headings` are those of the page: one of them that stands in the window's title is the title.
    """
    window = stated.window
    title = stated.title
    site = stated.source
    if window and title and window != title and window.startswith(title):
        found = _SITE.fullmatch(window[len(title) :])
        return title, site or (found[1] if found else None)
    if title is None and window:
        parts = [part for part in _CUT.split(window) if part.strip()]
        inside = [heading for heading in headings if len(heading.split()) > 1 and heading in window]
        if inside:
            title = max(inside, key=len)
        elif len(parts) > 1:
            title = max(parts, key=len)
        else:
            title = window
    if title and site:
        title = _without(title, site)
    return title, site


def _without(title: str, site: str) -> str:
    """Return a title without its site's name at its end or its beginning."""
    for found in _CUT.finditer(title):
        if title[found.end() :].strip().casefold() == site.casefold() and found.start():
            return title[: found.start()].strip()
        if title[: found.start()].strip().casefold() == site.casefold():
            return title[found.end() :].strip()
    return title


def _gather(tree: Any) -> tuple[dict[str, str], str | None, str | None, list[str]]:  # noqa: ANN401  # lxml is untyped
    """Return the head's fields by name, the window's title, the canonical address and the stamps of time elements."""
    meta: dict[str, str] = {}
    window = address = None
    times: list[str] = []
    for node in tree.iter("meta", "title", "link", "time", "abbr"):
        tag = node.tag
        if tag == "meta":
            name, content = _meta_name(node), " ".join((node.get("content") or "").split())
            if name and content:
                # Of several authors each has an element of his own.
                many = name in _AUTHORS and len(meta.get(name, content)) < _LONGEST_NAME and "://" not in content
                many = many and name in meta and content not in meta[name]
                meta[name] = f"{meta[name]}, {content}" if many else meta.get(name, content)
        elif tag == "title":
            window = window or " ".join("".join(node.itertext()).split()) or None
        elif tag == "link":
            address = address or (node.get("href") if node.get("rel") == "canonical" else None)
        elif tag == "time" and node.get("datetime"):
            times.append(node.get("datetime"))
            if node.get("itemprop"):
                meta.setdefault(node.get("itemprop").lower(), node.get("datetime"))
        elif "published" in (node.get("class") or "").split() and node.get("title"):
            meta.setdefault("datepublished", node.get("title"))
    return meta, window, address, times


def _meta_name(node: Any) -> str:  # noqa: ANN401  # lxml is untyped
    """Return what a meta element speaks of."""
    return str(node.get("property") or node.get("name") or node.get("itemprop") or "").lower()


def _data(tree: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # lxml is untyped
    """Return the objects in the page's data for machines, the outer ones first."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        written = (script.text or "")[:_MOST_DATA]
        try:
            found += islice(_objects(json.loads(written, strict=False)), _MOST_NODES)
        except (ValueError, RecursionError):
            # Broken by a comma too many: what it says first is the page's own.
            fields = dict(reversed(_FIELDS.findall(written)))
            found += [{"@type": "Article", **fields}] if fields else []
    return found


def _objects(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the objects that stand by themselves in data: in lists and graphs, and what a page is about."""
    if isinstance(value, list) and depth < 4:
        for one in value:
            yield from _objects(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if depth < 4 and name in value:
                yield from _objects(value[name], depth + 1)


def _is_of(one: Mapping[str, Any], types: re.Pattern[str]) -> bool:
    """Tell whether an object is of such a type; one that is of none and dated is the page itself."""
    if "@type" not in one:
        return "datePublished" in one or "headline" in one
    return any(isinstance(name, str) and types.match(name) for name in _as_list(one["@type"]))


def _own_story(stories: Sequence[dict[str, Any]], title: str | None) -> dict[str, Any]:
    """Return the story that the page is about; nothing where several are, and none has its title."""
    if len(stories) < 2:
        return stories[0] if stories else {}
    titled = [one for one in stories if overlap(_text(one.get("headline")) or "", title or "") > 0.5]
    return titled[0] if titled else {}


def _stamps(page: Mapping[str, Any]) -> dict[str, str]:
    """Return the dates of an object by their names."""
    dates = {"datepublished": page.get("datePublished"), "datemodified": page.get("dateModified")}
    return {name: value for name, value in dates.items() if isinstance(value, str)}


def _first(meta: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _text(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _name(value: object) -> str | None:
    """Return the name of a person or an outlet in data."""
    for one in _as_list(value):
        named = _text(one.get("name")) if isinstance(one, dict) else _text(one)
        if named and "://" not in named and len(named) <= _LONGEST_NAME:
            return named
    return None


def _names(value: object) -> str | None:
    """Return the names of the authors in data, None without them."""
    names = [_BY_BY.sub("", name) for one in _as_list(value) for name in [_name(one)] if name]
    return ", ".join(dict.fromkeys(names)) or None


def _author(meta: Mapping[str, str]) -> str | None:
    """Return the first author among the fields who is a name and no address."""
    told = (meta[name] for name in _AUTHORS if name in meta)
    named = (_BY_BY.sub("", name) for name in told if "://" not in name and "@" not in name)
    return next((name for name in named if 1 < len(name) <= 2 * _LONGEST_NAME), None)


def _as_list(value: object) -> list[Any]:
    """Return a list as it is, and anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def _date(fields: Mapping[str, str]) -> Dated | None:
    """Return the date of publication that the fields state, or else of the last change."""
    for names, kind in ((_PUBLISHED, DateKind.PUBLISHED), (_MODIFIED, DateKind.MODIFIED)):
        for name in names:
            place = DatePlace(DateOrigin.FIELD, name)
            date = read_stamp(fields[name], kind, place) if name in fields else None
            if date is not None:
                return date
    return None


def _timed(times: Sequence[str]) -> Dated | None:
    """Return the date of the page's time elements if they name one day; among several none is known to be its own."""
    if len({stamp[:10] for stamp in times}) != 1:
        return None
    return read_stamp(times[0], DateKind.PUBLISHED, DatePlace(DateOrigin.FIELD, "time"))


def _language(tree: Any) -> str | None:  # noqa: ANN401  # lxml is untyped
    """Return the language that the page says it is in."""
    stated = str(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    code = re.match(r"[A-Za-z]{2}(?=$|[-_])", stated.strip())
    return code[0].lower() if code else None
