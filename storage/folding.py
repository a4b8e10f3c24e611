"""Spelling made plain, so that what is typed finds what is stored on every engine alike."""

import unicodedata

# A pasted headline fits; more words than this would only make the statement longer, not the answer better.
_LONGEST = 1000


def fold(text: str) -> str:
    """Return the text without case, accents, control characters and repeated blanks.

    Engines disagree about the case of letters beyond ASCII, so both sides of a comparison are folded here.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(_plain(character) for character in decomposed).split())


def words(typed: str) -> tuple[str, ...]:
    """Return the distinct words of what was typed, folded."""
    return tuple(dict.fromkeys(fold(typed[:_LONGEST]).split()))


def _plain(character: str) -> str:
    """Return what stands for a character: nothing for marks and halves of characters, a blank for controls."""
    category = unicodedata.category(character)
    if category in {"Mn", "Cs", "Cf"}:
        return ""
    return " " if category == "Cc" else character
