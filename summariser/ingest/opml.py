"""Lists of feeds as readers exchange them: OPML 2.0 (opml.org)."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from summariser.errors import NoOutlineError
from summariser.ingest.decoding import clean
from summariser.model import Subscription

MOST_SUBSCRIPTIONS = 500

_LONGEST_TITLE = 200
_LONGEST_URL = 2000


def read_opml(data: bytes, filename: str) -> tuple[Subscription, ...]:
    """Return the feeds of a list in its order, each once, whatever folders they stand in; `MOST_SUBSCRIPTIONS` of them.

    Raises:
        NoOutlineError: it is no OPML, or names no feed.
    """
    from lxml import etree  # noqa: PLC0415  readers load their library when first used

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise NoOutlineError(filename) from error
    named = [] if root is None else root.iter("outline")
    found: dict[str, Subscription] = {}
    for outline in named:
        url = (outline.get("xmlUrl") or "").strip()
        if _is_web(url) and len(found) < MOST_SUBSCRIPTIONS:
            found.setdefault(url, Subscription(url, _title(outline.get("title") or outline.get("text"))))
    if not found:
        raise NoOutlineError(filename)
    return tuple(found.values())


def write_opml(subscriptions: Sequence[Subscription], *, title: str) -> bytes:
    """Return a list of feeds that any reader takes."""
    return "\n".join(_lines(subscriptions, title)).encode()


def _lines(subscriptions: Sequence[Subscription], title: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<opml version="2.0">'
    yield f"  <head><title>{_text(title)}</title></head>"
    yield "  <body>"
    for one in subscriptions:
        name = quoteattr(clean(one.title or one.url)[0])
        yield f'    <outline type="rss" text={name} title={name} xmlUrl={quoteattr(one.url)}/>'
    yield "  </body>"
    yield "</opml>\n"


def _text(words: str) -> str:
    return clean(words)[0].replace("&", "&amp;").replace("<", "&lt;")


def _title(words: str | None) -> str | None:
    line = " ".join(clean(words or "")[0].split())
    return line[:_LONGEST_TITLE] or None


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= _LONGEST_URL
