"""The links in what people write."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urldefrag, urlsplit

# A message holds 4000 characters at most; nobody means more pages than this by it.
MOST_FOUND = 25
_LONGEST = 2000

# With as many characters around its links, a text is an article and no remark on them.
ARTICLE = 400

# Between three backticks, two or one, as Discord draws them.
_CODE = re.compile(r"```.*?```|``[^`]+``|`[^`]+`", re.DOTALL)
_LINK = re.compile(r"https?://[^\s<>\"`\\^{|}\x00-\x20\x7f]+", re.IGNORECASE)

# What ends a sentence or a piece of markup rather than an address.
_TRAILING = ".,;:!?'*_~…»”’"
_PAIRS = {")": "(", "]": "["}

# Discord's own addresses: channels, invitations, and attachments, which come with their message.
_OWN = ("discord.com", "discordapp.com", "discordapp.net", "discord.gg", "discord.media", "dis.gd")
# Its pages for reading are pages like others.
_READABLE = ("support.discord.com", "blog.discord.com", "docs.discord.com")


def find_links(*texts: str, most: int = MOST_FOUND) -> tuple[str, ...]:
    """Return the web addresses in these texts, each once, in the order in which they stand there; at most `most`.

    Code is left out, and so are Discord's own addresses.
    """
    found: dict[str, str] = {}
    for link in _all_links(texts):
        found.setdefault(urldefrag(link).url, link)
        if len(found) >= most:
            break
    return tuple(found.values())


def links_alone(text: str) -> tuple[str, ...]:
    """Return the web addresses of a text that is about them; none where they stand in an article of its own."""
    around = len(_LINK.sub("", text).strip())
    return find_links(text) if around < ARTICLE else ()


def _all_links(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for match in _LINK.finditer(_CODE.sub(" ", text)):
            link = _trim(match[0])
            if _is_page(link):
                yield link


def _trim(link: str) -> str:
    """Return an address without what belongs to the sentence around it."""
    while link:
        last = link[-1]
        opening = _PAIRS.get(last)
        if last not in _TRAILING and (opening is None or link.count(opening) >= link.count(last)):
            return link
        link = link[:-1]
    return link


def _is_page(link: str) -> bool:
    if len(link) > _LONGEST:
        return False
    try:
        host = (urlsplit(link).hostname or "").rstrip(".")
    except ValueError:
        return False
    own = any(host == name or host.endswith(f".{name}") for name in _OWN)
    return bool(host) and (not own or host in _READABLE)
