"""Where sentences begin and end.

Each terminator is judged once, by a bounded stretch of text on either side of it, so that the time taken grows with the
length of the text and with nothing else.
"""

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice

from summariser.model import Span
from summariser.text import abbreviations
from summariser.text.datelines import dateline_end
from summariser.text.languages import guess_language
from summariser.text.layout import paragraphs, trim

# How much is looked at on either side of a terminator, in characters: two long words, or a name and a verb.
_NEAR = 80

_STOP = re.compile(r"[.!?…؟۔。！？।॥](?:(?<=\.)(?:[  ]\.){2,}+|[.!?…؟۔。！？।॥]*+)")
_CLOSING = re.compile(
    r"(?:[  ]?[»”](?!\w))?[\"'”’“»›)\]}」』*_]*+(?:\s?\[(?:\d{1,3}|…|\.\.\.)\]|\s?[:;=]['-]?[)(PD](?!\w)){0,4}+"
)
_ENDED = re.compile(r"[.!?…؟۔。！？।॥][\"'”’“»›)\]}」』*_\s]*+$")
_UNSPACED = re.compile("[\u2e81-\U0010ffff]")
_GAP = re.compile(r"\s*+")
_OPENING = re.compile(r"[\"'“‘„«‹(\[{「『¿¡*_…]{0,4}\s?")
_WORD = re.compile(r"(?:[^\W_]|[’'.-](?=[^\W_]))+")
_WORD_BREAK = re.compile(r"[\s\"“”„«»()\[\]{}—–/*_•⁃▪●◦‣]")
_SPEAKER = re.compile(
    r"(?:(?:[A-Z][\w’'.-]{0,30}|al|bin|de|van|von|the)\s){1,5}"
    r"(?:said|says|asked|asks|told|tells|wrote|writes|added|adds|replied|shouted|wondered|tweeted|continued|demanded)\b"
)
_CITED = re.compile(r"\([^()\n]{1,60}\)[.!?]")
_ITEM = re.compile(
    r"(?:[•⁃▪●◦‣]\s?)?(?<![^\s•⁃▪●◦‣])(\d{1,2}|[a-z])(?:\.\)|[.)])(?=\s[^\W\d_])|(?<!\S)[•⁃▪●◦‣](?=\s?\w)"
)
_RULE = re.compile(r"(?=[*_=~#-])(?<!\S)(?:\*{2,}+|(?:\*[ \t]){2,9}\*|[-_=~]{3,}+|#{3,}+)(?!\S)")
# No rule is without one of these.
_RULED = ("**", "* *", "*\t*", "##", *(one + other for one in "-_=~" for other in "-_=~"))
_BARE_ITEM = re.compile(r"[•⁃▪●◦‣\s]*(?:\d{1,3}|[a-zA-Z])")
_BARE_TIME = re.compile(r"(?:at|by|on|from|until|since|before|after|around)\s\S+(?:\s\S+)?", re.IGNORECASE)
_HOURS = frozenset({"a.m", "p.m", "am", "pm"})


def split_sentences(text: str, *, language: str | None = None) -> tuple[Span, ...]:
    """Return the sentences in the order of the text: `text[s.start : s.end]` is the sentence.

    Headings and list items are segments of their own. Spans never overlap, never cross a paragraph break, have no white
    space at their ends, and begin after a dateline. `language` is an ISO 639-1 code; without it the text is asked.
    """
    numbers_have_stops = (language or guess_language(text)) in {"de", "tr"}
    ruled = any(mark in text for mark in _RULED)
    return tuple(
        sentence
        for paragraph in paragraphs(text)
        for sentence in _split(text, paragraph, numbers_have_stops=numbers_have_stops, ruled=ruled)
    )


def is_sentence(words: str) -> bool:
    """Tell whether a segment can be quoted by itself: it says something, from its beginning to its end."""
    if words[:1].islower() or not _ENDED.search(words[-8:]):
        return False
    return words.count(" ") >= 2 or len([*islice(_UNSPACED.finditer(words), 6)]) == 6


def _split(text: str, paragraph: Span, *, numbers_have_stops: bool, ruled: bool) -> Iterator[Span]:
    """Yield the sentences of one paragraph."""
    start = dateline_end(text, paragraph.start, paragraph.end)
    for end in _cuts(text, Span(start, paragraph.end), numbers_have_stops=numbers_have_stops, ruled=ruled):
        sentence = trim(text, start, end)
        if sentence is not None:
            yield sentence
        start = end


def _cuts(text: str, span: Span, *, numbers_have_stops: bool, ruled: bool) -> Iterator[int]:
    """Yield where one sentence of a paragraph ends, in order; the last cut is the paragraph's end."""
    marks = deque(_marks(text, span, ruled=ruled))
    start = span.start
    for stop in _STOP.finditer(text, span.start, span.end):
        while marks and marks[0] <= stop.start():
            start = marks.popleft()
            yield start
        if _goes_on(text, stop):
            continue
        end = _end(text, stop, start, span.end, numbers_have_stops=numbers_have_stops)
        if end is not None:
            start = end
            yield end
    yield from marks
    yield span.end


def _marks(text: str, span: Span, *, ruled: bool) -> list[int]:
    """Return where the items of a list in running text begin, and where rules such as `***` begin and end."""
    cuts = []
    if ruled:
        cuts = [edge for rule in _RULE.finditer(text, span.start, span.end) for edge in rule.span()]
    if _ITEM.match(text, span.start, span.end):
        cuts += [item.start() for item in _in_sequence(_ITEM.finditer(text, span.start, span.end))]
    return sorted(cuts)


def _in_sequence(items: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Yield the markers that count up from the first; bullets without a number all belong."""
    first = next(items)
    yield first
    expected = _next_marker(first[1])
    for item in items:
        if item[1] == expected:
            yield item
            expected = _next_marker(expected)


def _next_marker(marker: str | None) -> str | None:
    """Return the marker that follows: 2 after 1, b after a, a bullet after a bullet."""
    if marker is None:
        return None
    return str(int(marker) + 1) if marker.isdigit() else chr(ord(marker) + 1)


def _goes_on(text: str, stop: re.Match[str]) -> bool:
    """Tell at a glance what `_end` would find out at length: `e. g` and `x. y` end nothing."""
    at = stop.start()
    if stop.end() - at > 1 or text[at] != "." or text[at + 1 : at + 2] != " " or not text[at + 2 : at + 3].islower():
        return False
    return at < 2 or not text[at - 2].isalnum()  # the letter before the stop stands alone


def _end(text: str, stop: re.Match[str], start: int, limit: int, *, numbers_have_stops: bool) -> int | None:
    """Return where the sentence that this terminator ends is over, None where it goes on."""
    end = stop.end()
    if end + 1 < limit and text[end] == " " and text[end + 1].isalnum():
        # Nearly all sentences end so: nothing closes, and one space follows.
        gap = end + 1
    else:
        end = _skip(_CLOSING, text, end, limit)
        gap = _skip(_GAP, text, end, limit)
    if stop[0][-1] in "。！？":
        return end
    after = text[gap : min(limit, gap + _NEAR)]
    opened = text[max(start, stop.start() - _NEAR) : stop.start()]
    if not after:
        return None
    if gap == end:
        return end if _is_glued(stop[0], opened, after) else None
    closed = text[stop.end() : end]
    return end if _is_over(stop[0], opened, closed, after, numbers_have_stops=numbers_have_stops) else None


def _skip(pattern: re.Pattern[str], text: str, start: int, limit: int) -> int:
    """Return where a pattern that may match nothing ends."""
    found = pattern.match(text, start, limit)
    return found.end() if found else start


def _is_over(mark: str, opened: str, closed: str, after: str, *, numbers_have_stops: bool) -> bool:
    """Judge a terminator by the words before and after it."""
    opening = 0 if after[0].isalnum() else _skip(_OPENING, after, 0, len(after))
    if after[opening : opening + 1].islower():
        return not closed and _is_careless(mark, opened, after)
    if closed and _CITED.match(after):
        return False
    if mark != ".":
        return not (mark[-1] in "!?" and closed and _SPEAKER.match(after))
    return _stop_ends(opened, after, opening, numbers_have_stops=numbers_have_stops)


def _is_careless(mark: str, opened: str, after: str) -> bool:
    """Tell whether a sentence that begins in lower case follows another, as in chat; a name may end in a mark."""
    if mark == "?":
        return True
    last = _last_word(opened)
    if mark != ".":
        return False
    plain = len(last) > 2 and last.isalpha() and last.islower() and last not in abbreviations.ALL
    return plain and (opened.lstrip()[:1].islower() or after.startswith(("i ", "i'", "i’")))


def _stop_ends(opened: str, after: str, opening: int, *, numbers_have_stops: bool) -> bool:
    """Judge a single full stop: it may belong to an abbreviation, an initial or a number."""
    before = _last_word(opened)
    key = before.casefold()
    found = _WORD.match(after, opening)
    word = found[0] if found else ""
    if key.isdigit():
        ordinal = numbers_have_stops and len(key) <= 2
        return not _BARE_ITEM.fullmatch(opened) and (not ordinal or word.casefold() in abbreviations.STARTERS)
    if len(key) == 1 and key.isalpha():
        return not _BARE_ITEM.fullmatch(opened) and _initial_ends(opened, before, word)
    if key in abbreviations.BEFORE_NUMBERS and word[:1].isdigit():
        return False
    if key in abbreviations.WORDS_TOO and before.islower():
        return True
    if key in abbreviations.EITHER or abbreviations.DOTTED.fullmatch(before):
        return key not in abbreviations.INSIDE and _abbreviation_ends(opened, key, after, word)
    return key not in abbreviations.TITLES and key not in abbreviations.INSIDE


def _last_word(opened: str) -> str:
    """Return the word that a stretch of text ends with, empty after a mark or a space."""
    if not opened or opened[-1].isspace():
        return ""
    return _WORD_BREAK.split(opened.rsplit(None, 1)[-1])[-1].lstrip("'‘’")


def _initial_ends(opened: str, before: str, word: str) -> bool:
    """Judge a single letter: an initial of a name, or the end of `plan B`."""
    previous = opened[: -len(before)].split()[-1:] or [""]
    return previous[0].islower() and word.casefold() in abbreviations.STARTERS


def _abbreviation_ends(opened: str, key: str, after: str, word: str) -> bool:
    """Judge an abbreviation that may stand at the end of a sentence as well as within it."""
    if _BARE_TIME.fullmatch(opened.strip()):
        return False
    if key in _HOURS and word.casefold() in abbreviations.TITLES:
        return True
    return word.casefold() in abbreviations.STARTERS or after[0] in '"“«„'


def _is_glued(mark: str, opened: str, after: str) -> bool:
    """Tell whether a space was lost between two sentences: `elections.The vote`."""
    word = after.split(None, 1)[0]
    if mark not in {".", "?", "!"} or not word.isalpha() or not word.istitle():
        return False
    before = opened.rsplit(None, 1)[-1:] or [""]
    return before[0][-2:].islower() and before[0].isalpha() and word.casefold() in abbreviations.STARTERS
