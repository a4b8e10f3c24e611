"""Where an article is to be split: by the number of a paragraph, or by the words that begin the second."""

import re
from collections.abc import Sequence

from bot.services.errors import NoSuchPlaceError, SeveralPlacesError
from bot.services.wording import shorten
from storage.base import Split
from summariser.model import Span

# A headline is a line; what runs on is a paragraph whose full stop was forgotten.
LONGEST_HEADLINE = 150

_SENTENCE_END = re.compile(r"[.!?…؟۔。！？।:;,،][\"'”’»)\]]{0,3}$")
_LETTER = re.compile(r"[^\W\d_]")


def is_headline(words: str) -> bool:
    """Tell whether a paragraph looks like the headline of what follows: short, and no sentence."""
    words = words.strip()
    return len(words) <= LONGEST_HEADLINE and bool(_LETTER.search(words)) and not _SENTENCE_END.search(words)


def first_words(paragraph: str, most: int) -> str:
    """Return how a paragraph begins, on one line."""
    return shorten(" ".join(paragraph[: 2 * most + 40].split()), most)


def find_split(text: str, paragraphs: Sequence[Span], typed: str, *, about: str, title: str | None) -> Split:
    """Return the split that begins the second article where `typed` says.

    A headline there becomes the title of the second, and its text begins below it; a title that is given goes before.

    Raises:
        NoSuchPlaceError: there is no such paragraph, and no such words.
        SeveralPlacesError: the words stand there more than once.
    """
    start = _start(text, paragraphs, typed, about)
    at = len(text[:start].rstrip())
    below = next((span for span in paragraphs if span.start > start), None)
    here = next((span for span in paragraphs if span.start == start), None)
    if here is None or below is None or not is_headline(here.cut(text)):
        return Split(at, title)
    headline = " ".join(here.cut(text).split())
    if title is not None and title.casefold() != headline.casefold():
        return Split(at, title)
    return Split(at, title or headline, below.start)


def _start(text: str, paragraphs: Sequence[Span], typed: str, about: str) -> int:
    """Return where the second article begins, its headline included."""
    wanted = " ".join(typed.split()).rstrip("…").rstrip()
    if wanted.isdecimal() and 2 <= int(wanted) <= len(paragraphs):
        return paragraphs[int(wanted) - 1].start
    places = _find(text, wanted) if wanted else []
    # An article begins with a paragraph: the same words within another one are no choice.
    beginnings = [place for place in places if any(span.start == place for span in paragraphs)]
    found = beginnings or places
    if not found:
        raise NoSuchPlaceError(typed, about, len(paragraphs))
    if len(found) > 1:
        raise SeveralPlacesError(wanted, len(found))
    return found[0]


def _find(text: str, wanted: str) -> list[int]:
    """Return where these words stand, whatever white space is between them, but for the very beginning."""
    words = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, wanted.split())), re.IGNORECASE)
    return [found.start() for found in words.finditer(text) if text[: found.start()].strip()]
