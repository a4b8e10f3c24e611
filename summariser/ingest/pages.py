"""HTML, and the HTML that a Word file turns into."""

import json
import re
from collections.abc import Iterator
from typing import Any

from summariser.errors import NoArticleError, TooLargeError
from summariser.ingest.dates import Dated, read_stamp
from summariser.ingest.extract import Extract, Facts, parsing
from summariser.model import DateKind, Note, NoteKind

# The longest pages of news sites have some ten thousand tags; each costs the extraction 50 us.
_MOST_TAGS = 100_000

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
)
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified")
_JSON_DATE = re.compile(r"\"(datePublished|dateModified)\"\s*:\s*\"([^\"]{8,40})\"")
_JSON_AUTHOR = re.compile(r"\"author\"\s*:\s*")
_SITE = re.compile(r"\s*[-–—|·»]\s+(\S(?:[^|–—»]{0,58}\S)?)")
_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)")
_HEADS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BLOCK_TAGS = "p div head list item li ul ol cell td th tr row table quote blockquote pre code dt dd"
_BLOCKS = frozenset(_BLOCK_TAGS.split()) | set(_HEADS)
_BREAKS = frozenset({"lb", "br"})
_SPACES = re.compile(r"[ \t\r\n\f]+")


def read_html(text: str, filename: str) -> Extract:
    """Return the article of a page with what the page's head says of it.

    Raises:
        TooLargeError: more tags than any article has.
        NoArticleError: no running text.
        BrokenFileError: the parser gave up.
    """
    from lxml import html  # noqa: PLC0415  # readers load their library when first used
    from trafilatura import bare_extraction, extract_metadata  # noqa: PLC0415  # the same

    if text.count("<") > _MOST_TAGS:
        raise TooLargeError(filename, what="tags", limit=f"{_MOST_TAGS:,}")
    with parsing(filename, "HTML"):
        tree = html.fromstring(
            text.encode(), parser=html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        )
        found = bare_extraction(tree, fast=True, include_comments=False, include_tables=True)
        body = getattr(found, "body", None)
        blocks = list(_blocks(body)) if body is not None else []
        if not blocks:
            raise NoArticleError(filename)
        known = extract_metadata(
            tree, date_config={"extensive_search": False, "max_date": "2100-01-01"}, extensive=False
        )
        facts = Facts(
            known.title or None,
            known.sitename or _titles_site(tree, known.title),
            known.author or _data_author(tree),
            _page_date(tree),
        )
    note = Note(NoteKind.DROPPED, "page-furniture", "Menus and whatever else surrounds the article were left out.")
    return Extract("\n\n".join(blocks), marked=True, facts=facts, notes=(note,))


def read_fragment(markup: str) -> str:
    """Return the text of plain markup, its headings marked as in Markdown."""
    from lxml import html  # noqa: PLC0415  # readers load their library when first used

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return "\n\n".join(_blocks(html.fromstring(f"<div>{markup}</div>".encode(), parser=parser)))


def _blocks(tree: Any) -> Iterator[str]:  # noqa: ANN401  # lxml is untyped
    """Yield a tree's paragraphs in order; a block inside another stands by itself."""
    from lxml import etree  # noqa: PLC0415  # loaded by our callers

    line: list[str] = []
    level = 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        if node.tag in _BLOCKS:
            yield from _flush(line, level)
            level = _level(node) if event == "start" else 0
        if event == "start":
            line.append(_SPACES.sub(" ", node.text or ""))
        else:
            line.append("\n" if node.tag in _BREAKS else "")
            line.append(_SPACES.sub(" ", node.tail or ""))
    yield from _flush(line, level)


def _level(node: Any) -> int:  # noqa: ANN401  # lxml is untyped
    """Return the rank of a heading, 0 for other blocks."""
    return _HEADS.get(node.get("rend", "h2") if node.tag == "head" else node.tag, 0)


def _flush(line: list[str], level: int) -> Iterator[str]:
    """Yield what was gathered, if it is more than space, and begin anew."""
    words = "\n".join(part.strip() for part in "".join(line).split("\n")).strip()
    line.clear()
    if words:
        yield "#" * level + " " + " ".join(words.split()) if level else words


def _titles_site(tree: Any, title: str | None) -> str | None:  # noqa: ANN401  # lxml is untyped
    """Return the outlet that the window's title ends with, behind the article's own title."""
    for node in tree.iter("title"):
        words = " ".join((node.text or "").split())
        rest = words.removeprefix(" ".join((title or "").split()))
        found = _SITE.fullmatch(rest) if title and rest != words else None
        return found[1] if found else None
    return None


def _data_author(tree: Any) -> str | None:  # noqa: ANN401  # lxml is untyped
    """Return the authors that the page's first data for machines names, None without them."""
    for script in tree.iter("script"):
        found = _JSON_AUTHOR.search(script.text or "") if script.get("type") == "application/ld+json" else None
        try:
            stated = json.JSONDecoder().raw_decode(script.text, found.end())[0] if found else None
        except ValueError:
            stated = None
        names = [one.get("name") if isinstance(one, dict) else one for one in _as_list(stated)]
        told = [name.strip() for name in names if isinstance(name, str) and name.strip() and "://" not in name]
        if told:
            return ", ".join(told)
    return None


def _as_list(value: object) -> list[object]:
    """Return a list as it is, and anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def _page_date(tree: Any) -> Dated | None:  # noqa: ANN401  # lxml is untyped
    """Return the date that the page states for machines: in its head, its data, its time elements or its address."""
    stated = {_meta_name(node): node.get("content") for node in tree.iter("meta") if node.get("content")}
    for script in tree.iter("script"):
        # The first of several is the page's own; the others belong to what it recommends.
        data = (script.text or "") if script.get("type") == "application/ld+json" else ""
        for name, value in _JSON_DATE.findall(data):
            stated.setdefault(name.lower(), value)
    for names, kind in ((_PUBLISHED, DateKind.PUBLISHED), (_MODIFIED, DateKind.MODIFIED)):
        for name in names:
            date = read_stamp(stated[name], kind) if name in stated else None
            if date is not None:
                return date
    return _timed_date(tree) or _address_date(tree)


def _meta_name(node: Any) -> str:  # noqa: ANN401  # lxml is untyped
    """Return what a meta element speaks of."""
    return str(node.get("property") or node.get("name") or node.get("itemprop") or "").lower()


def _timed_date(tree: Any) -> Dated | None:  # noqa: ANN401  # lxml is untyped
    """Return the date of the page's only time element; among several none is known to be the article's."""
    stamps = {node.get("datetime", "")[:10] for node in tree.iter("time") if node.get("datetime")}
    if len(stamps) != 1:
        return None
    return read_stamp(
        next(node.get("datetime") for node in tree.iter("time") if node.get("datetime")), DateKind.PUBLISHED
    )


def _address_date(tree: Any) -> Dated | None:  # noqa: ANN401  # lxml is untyped
    """Return the date in the page's canonical address."""
    for node in tree.iter("link"):
        found = _URL_DATE.search(node.get("href", "")) if node.get("rel") == "canonical" else None
        if found is not None:
            return read_stamp("-".join(found.groups()), DateKind.INFERRED)
    return None
