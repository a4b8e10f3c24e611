"""How a name is shown that a text prints in capitals: `PORT AZIMAR` in a dateline is Port Azimar."""

import re

from summariser.entities.gazetteer import CITIES, COUNTRY_OF, word_set
from summariser.model import MentionType

# Lower, in the middle of a name; before a hyphen at its beginning too: al-Sadr, Port-au-Prince.
_SMALL = word_set(
    "of the and de del della di da do dos das du la le les der den van von y e sur au aux am en bin bint ibn"
)
_ARTICLES = word_set("al el as ash ad ar an at az es ez esh et en ed er")
_PARTS = re.compile(r"[^\W_]+")
# A shorter word of capitals may be an acronym, if it is no place that everybody knows.
_LONGEST_ACRONYM = 4
_SHORTEST_PLACE = 4


def in_print(kind: MentionType, spelling: str) -> str:
    """Return a name in ordinary letters; a body's as it is, and what may be an acronym."""
    if not spelling.isupper() or kind is MentionType.ORG or (" " not in spelling and not _is_word(kind, spelling)):
        return spelling
    return _PARTS.sub(_set, spelling)


def _is_word(kind: MentionType, spelling: str) -> bool:
    """Tell whether a word of capitals is no acronym."""
    plain = spelling.casefold()
    known = kind is MentionType.LOC and len(plain) >= _SHORTEST_PLACE and (plain in COUNTRY_OF or plain in CITIES)
    return known or "-" in spelling or len(plain) > _LONGEST_ACRONYM


def _set(found: re.Match[str]) -> str:
    """Return a part of a name with a capital or without; what follows an apostrophe at its end is no part."""
    part = found[0].lower()
    text, start, end = found.string, found.start(), found.end()
    dotted = text[end : end + 1] == "." and len(part) == 1
    joined = text[end : end + 1] == "-"
    if dotted:
        return found[0]
    if len(part) == 1 and text[start - 1 : start] in {"'", "’"}:
        return part
    small = part in _SMALL and start > 0 and end < len(text)
    return part if small or (part in _ARTICLES and joined and start > 0) else part.capitalize()
