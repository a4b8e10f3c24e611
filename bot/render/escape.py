"""Untrusted text made harmless for Discord: the same visible words, and nothing in them that Discord would act on.

Discord's own rule carries it: a backslash before any punctuation shows that character as it is, also where it would
begin a mention, a masked link, an emoji, a timestamp or an address.
"""

import re
from urllib.parse import quote

# Line and paragraph separators of every kind (Unicode newline guidelines, UAX #13).
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# What is there and not seen: controls, soft hyphen, zero width, bidi marks and overrides (UAX #9), fillers, tags,
# format controls of single scripts.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
# Joiners shape words in Persian and the Indic scripts, and bind emoji; anywhere else they only hide.
_JOINED = "\u00a1-\u200b\u200e-\U0010ffff"
_HIDING = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_SURROGATES = re.compile("[\ud800-\udfff]")

# Live wherever they stand; or at the start of a line (lists), or of the text (it may go on from a run before it); or
# before a slash, where a colon makes an address. The last character of a match is the one to be escaped.
_LIVE = re.compile(r"[\\*_~`|\[\]<>#@]|\A[-+.:/]|^[^\S\n]*[-+]|^[^\S\n]*\d+\.(?=\s|\Z)|:(?=/|\Z)", re.MULTILINE)

# Characters that end or bend the target of a masked link.
_UNLINKABLE = re.compile(r"[\s()<>\"\\`\x00-\x20\x7f]")
_ADDRESS = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)

# Twelve quotes with a link each have to fit one message of 4000 characters; the longest text fragments have about 300.
LONGEST_ADDRESS = 800


def clean(text: str) -> str:
    """Return what a reader sees of it: one kind of newline, no controls, no bidi marks, nothing of zero width."""
    if text.isascii() and text.isprintable():
        return text
    text = _SURROGATES.sub("\ufffd", _NEWLINES.sub("\n", text).replace("\t", " "))
    return _HIDING.sub("", _UNSEEN.sub("", text))


def flatten(text: str) -> str:
    """Return what a reader sees of it, in one line; white space at its ends is kept as one space."""
    return re.sub(r"\s+", " ", clean(text))


def escape(text: str) -> str:
    """Return Discord markdown that shows `text`, cleaned, letter for letter, wherever in a message it is put."""
    return _LIVE.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", clean(text))


def plain(text: str, most: int) -> str:
    """Return one line of at most `most` UTF-16 units for places without markdown: labels, options, placeholders."""
    line = flatten(text).strip()
    if size(line) <= most:
        return line or "…"
    kept = line[: most - 1]
    while size(kept) > most - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def address(url: str) -> str | None:
    """Return the address fit for a masked link, or None when it is no web address or too long for one."""
    url = clean(url).strip()
    if not _ADDRESS.match(url):
        return None
    safe = _UNLINKABLE.sub(lambda found: quote(found[0], safe=""), url)
    return safe if size(safe) <= LONGEST_ADDRESS else None


def size(text: str) -> int:
    """Return the length in UTF-16 units: the larger of the two ways in which Discord's parts count."""
    return len(text) + sum(letter > "\uffff" for letter in text) if not text.isascii() else len(text)
