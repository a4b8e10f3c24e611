"""Spelling made plain, so that what is typed finds what is stored on every engine alike."""

import re
import unicodedata

LONGEST_WORD = 60
"""Characters of a word that count when it is searched for: what runs on is an address or noise."""

# A pasted headline fits; more words than this would only make the statement longer, not the answer better.
_LONGEST = 1000

# Scripts written without blanks: each character counts as a word.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile("[^ ]+")

# What people write one for the other, and Unicode does not take apart. Tatweel only makes a word longer; the half rings
# of transliteration come and go; the letters that serve as an apostrophe part words as it does.
_ALIKE = {
    **dict(zip("øłđðħıŧæœþ", ("o", "l", "d", "d", "h", "i", "t", "ae", "oe", "th"), strict=True)),
    **dict(zip("ٱىیکةھەہۃ", "اييكههههه", strict=True)),
    "\u0640": "",
    "\u02be": "",
    "\u02bf": "",
    "\u02bb": " ",
    "\u02bc": " ",
}

# Vowel signs and viramas of Indic scripts are marks of these classes, and are part of the word; accents are not.
_SPELLED_MARKS = {0, 9}
_SELECTORS = re.compile("[\u034f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


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


def spell(text: str) -> str:
    """Return the words of a text as search compares them, with one blank between two of them.

    A word is a run of letters and digits; in scripts without blanks each character is one. Case, accents, vowel points
    and the variants of Arabic letters do not count.
    """
    found = text.translate(_SPELLING).split()
    if max(map(len, found), default=0) > LONGEST_WORD:
        found = [word[:LONGEST_WORD] for word in found]
    return " ".join(found)


def spell_out(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return each word that `spell` finds, with its start and end in the text."""
    places: list[int] = []
    spelled: list[str] = []
    for place, character in enumerate(text):
        letters = _SPELLING[ord(character)]
        spelled.append(letters)
        places += [place] * len(letters)
    return tuple(
        (found[0][:LONGEST_WORD], places[found.start()], places[found.end() - 1] + 1)
        for found in _WORD.finditer("".join(spelled))
    )


def is_unspaced(word: str) -> bool:
    """Tell whether a spelled word is of a script without blanks."""
    return _UNSPACED.match(word) is not None


class _Spelling(dict[int, str]):
    """What each character becomes, worked out when it is first met.

    Each stands for itself, whatever is beside it, so that a text and its parts are spelled alike.
    """

    def __missing__(self, code: int) -> str:
        # A million codes stand for no character. Whoever sent them all would else have them all remembered.
        if unicodedata.category(chr(code)) in {"Cn", "Co", "Cs"}:
            return " "
        self[code] = spelled = _spell(chr(code))
        return spelled


_SPELLING = _Spelling()


def _spell(character: str) -> str:
    composed = unicodedata.normalize("NFKC", character)
    if _UNSPACED.search(composed):
        return "".join(f" {part} " if _UNSPACED.match(part) and part.isalpha() else " " for part in composed)
    # Taken apart, some characters turn into capitals.
    return "".join(map(_letter, unicodedata.normalize("NFKD", character.casefold()).casefold()))


def _letter(character: str) -> str:
    """Return what a character counts for in a word: nothing where it is a mark, a blank where it ends the word."""
    if character in _ALIKE:
        return _ALIKE[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in {"Cf", "Me"} or _SELECTORS.match(character):
        return ""
    if category == "Mn":
        return character if unicodedata.combining(character) in _SPELLED_MARKS else ""
    return character if category[0] in "LN" or category == "Mc" else " "
