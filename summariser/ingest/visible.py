"""All the text of a page that its readers see: for mails and books, where nothing surrounds it."""

import re
from typing import Any

from summariser.errors import TooLargeError
from summariser.ingest.decoding import decode
from summariser.ingest.pages import read_fragment

_UNSEEN = ("script", "style", "head", "title", "template", "noscript", "nav", "svg", "object", "iframe", "select", "rt")
_MOST_TAGS = 100_000
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)


def visible_text(data: bytes, filename: str, charset: str | None = None) -> str:
    """Return the words of a page in paragraphs, its headings marked as in Markdown; raises what lxml raises.

    Raises:
        TooLargeError: more tags than any chapter has.
    """
    from lxml import html  # noqa: PLC0415  # readers load their library when first used

    text = decode(data, filename, charset).text
    if text.count("<") > _MOST_TAGS:
        raise TooLargeError(filename, what="tags", limit=f"{_MOST_TAGS:,}")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = html.fromstring(text.encode("utf-8", "replace") or b"<p></p>", parser=parser)
    hidden = [node for node in tree.iter() if node.tag in _UNSEEN or _is_hidden(node)]
    for node in hidden:
        if node.getparent() is not None:
            node.drop_tree()
    return read_fragment(html.tostring(tree, encoding="unicode"))


def _is_hidden(node: Any) -> bool:  # noqa: ANN401  # lxml is untyped
    """Tell whether an element is marked as not to be shown: previews for mail programs are."""
    return node.get("hidden") is not None or _HIDDEN.search(node.get("style") or "") is not None
