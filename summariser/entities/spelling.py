"""A name's parts, without what writers leave out or write as they please: case, accents, articles, titles, joints."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from summariser.entities.gazetteer import TITLES, word_set

# Longer names are noise, and no person has more parts than the second.
_LONGEST = 160
_MOST_PARTS = 12

_POSSESSIVE = re.compile(r"['’‘`´]s?$")
_INITIALS = re.compile(r"\b((?:[^\W\d_]\.){2,})")
_SPLIT = re.compile(r"[^\w'’‘`´ʼʻʿʾ-]+|_")
_QUOTES = re.compile(r"['’‘`´ʼʻʿʾ]")
_FUSED = re.compile(r"^(Al|El|AL|EL)(?=[A-Z][a-z]{2})")
_ARTICLE = re.compile(r"^(?:al|el|ul|ad|ar|as|ash|at|an|az|ed|er|es|esh|et|en|ez)-(?=[a-z]{2})")
_ARTICLES = frozenset({"al", "el", "ul", "as", "ash", "ad", "ar", "an", "at", "az", "ez", "es", "er", "ed"})
# What a mark over a letter tells of its sound is kept when the other marks go.
_MARKED = str.maketrans("şŞšŠśŚșȘçÇčČćĆÄäÖöÜüØøÅåĐđ", "§§§§§§§§¢¢¢¢¢¢ääööüüøøååđđ")
_PLAINLY = str.maketrans("§¢äöüøåđ", "scaouoad")
_KEPT = re.compile(r"([§¢äöüøåđ])")
_SONS = {"bin": "bin", "ibn": "bin", "ben": "bin", "bint": "bint", "ould": "bin"}
_ABU = {"abu": "abu", "abou": "abu", "aboo": "abu", "abi": "abu", "umm": "umm", "um": "umm", "oum": "umm"}
_SERVANT = re.compile(r"^abd(?:[aeou]l|u|e)?$")
_SERVANT_OF = re.compile(r"^abd(?:[aeou]l|[aeou]([rnsdtz])(?=\1)|[aeou](?=s?sh))(?!l?ah?$)(?=[a-z]{3})")
# X, Xi and Vi are names.
_NUMBERS = word_set("ii iii iv vii viii ix xii xiii xiv xv xvi")
_AGES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", **{number: number for number in _NUMBERS}}
_COURTESY = word_set(
    "his her excellency majesty highness eminence hon shaikha shaykha the honourable honorable late dato datuk"
    " tan sri u daw"
)
_MEN = word_set("mr sir lord king prince father brother duke baron count sultan emir")
_WOMEN = word_set("mrs ms miss lady madame dame queen princess sister duchess baroness countess mother")
# Titles that are also names: they are titles only before two more parts, or where the writer set them small.
_ALSO_NAMES = word_set(
    "king prince major judge duke baron dean bishop pope rabbi sultan emir elder page hajji haji mufti crown grand "
    "marshal earl justice father mother brother sister state staff supreme field chief coach junior senior singer "
    "retired ex then police poet host sayed sayyed sayyid syed seyed seyyed nurse editor author veteran acting"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name as it is compared."""

    parts: tuple[str, ...]
    """Small letters of the plain alphabet, and `§` for a marked s."""
    age: str = ""
    """`jr`, `sr`, `ii`: it parts a son from his father."""
    titles: frozenset[str] = frozenset()
    woman: bool | None = None
    """None where no title tells."""


@lru_cache(maxsize=1 << 14)
def read_person(surface: str) -> Person:
    """Return a person's name without titles, articles and accents; every name has a part."""
    words = _words(surface)
    titles = _titles(words)
    rest = words[len(titles) :]
    ages = [_AGES[word] for word in rest[1:] if word in _AGES]
    rest = rest[:1] + [word for word in rest[1:] if word not in _AGES]
    parts = tuple(_join(rest))[:_MOST_PARTS] or tuple(words[:1]) or (surface.casefold()[:_LONGEST],)
    said = frozenset(titles)
    woman = True if said & _WOMEN else False if said & _MEN else None
    return Person(parts, ages[0] if ages else "", said, woman)


def fold(surface: str) -> tuple[str, ...]:
    """Return a body's or a place's words in small plain letters, without the articles."""
    words = _words(surface)
    words = [word.translate(_PLAINLY) for word in words]
    kept = tuple(word for word in words if word not in _ARTICLES and word != "the")[:_MOST_PARTS]
    return kept or tuple(words) or (surface.casefold()[:_LONGEST],)


def is_title(word: str) -> bool:
    """Tell whether a word before a name may be a title of its bearer."""
    plain = word.casefold().rstrip(".")
    return plain in TITLES or plain in _COURTESY


def _words(surface: str) -> list[str]:
    """Return a name's words in plain small letters, articles and possessives taken off."""
    text = unicodedata.normalize("NFC", surface[:_LONGEST]).strip()
    text = _POSSESSIVE.sub("", text)
    text = _INITIALS.sub(lambda found: found[1].replace(".", ""), text)
    words = []
    for word in _SPLIT.split(text):
        plain = _plain(_FUSED.sub(r"\1-", word))
        words += [part for part in _ARTICLE.sub("", plain).split("-") if part]
    return words


def _plain(word: str) -> str:
    if word.isascii():
        return _QUOTES.sub("", word).lower()
    marked = _QUOTES.sub("", word).translate(_MARKED)
    parts = (part if _KEPT.match(part) else anyascii(part) for part in _KEPT.split(marked))
    return "".join(parts).lower().replace("'", "")


def _titles(words: list[str]) -> list[str]:
    """Return the titles that a name opens with; a title that is also a name needs two parts after it."""
    count = 0
    while count < len(words) - 1:
        word, left = words[count], len(words) - count - 1
        if word not in TITLES and word not in _COURTESY:
            break
        if word in _ALSO_NAMES and left < 2 and count == 0:
            break
        count += 1
    return words[:count]


def _join(words: list[str]) -> Iterator[str]:
    """Yield a name's parts, `abd` and `abu` joined to what they belong to; loose articles go."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word in _ARTICLES and at < len(words) and (at > 1 or word in {"al", "el"}):
            continue
        if _SERVANT.match(word) and at < len(words):
            at += words[at] in _ARTICLES and at + 1 < len(words)
            yield f"abd{words[at]}"
            at += 1
        elif word in _ABU and at < len(words):
            at += words[at] in _ARTICLES and at + 1 < len(words)
            yield f"{_ABU[word]}{words[at]}"
            at += 1
        else:
            yield _SONS.get(word, "") or _SERVANT_OF.sub("abd", word)
