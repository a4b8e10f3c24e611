"""Whether two romanised words may be one: their consonants and vowels, as far as romanisations agree on them.

A word is cut into sounds, each the set of what its letters may stand for: `q` may be k or g, `dh` may be d or z. Two
words are one where each sound of the one can be the same as that of the other. How much is let pass depends on where a
name comes from: what is one name in Arabic is two in English.
"""

import re
from enum import Enum
from functools import lru_cache

_Sound = frozenset[str]


class Custom(Enum):
    """How names are written in our letters where a name comes from."""

    PLAIN = "plain"
    """Letter by letter, but for doubled ones, accents and umlauts."""
    SLAVIC = "slavic"
    EASTERN = "eastern"
    """Arabic, Persian, Kurdish, Turkish: short vowels are written by ear."""


def _sounds(table: str) -> dict[str, _Sound]:
    return {letters: frozenset(sounds.split("|")) for letters, sounds in (row.split("=") for row in table.split())}


# `x` is the sound in Bach, `tsh` that in church; `¢` and `§` are a c and an s with a mark in the original.
_CONSONANTS = {
    Custom.PLAIN: _sounds("đ=d ph=f §=s|sh sh=sh ¢=c|s|ch c=c ch=ch ks=ks x=ks ck=ck"),
    Custom.SLAVIC: _sounds(
        "ph=f §=s|sh sh=sh sch=sh|shtsh shch=shtsh tch=tsh tsch=tsh ch=tsh|x ¢=tsh|ts|k zh=zh j=zh kh=x|h|k"
        " x=ks ks=ks c=k|ts|tsh ts=ts tz=ts w=v ck=k g=g|h đ=d|dj dj=dj"
    ),
    Custom.EASTERN: _sounds(
        "q=k|g kh=x|k|h gh=g|q dh=d|z|dh th=t|s|dh sh=sh ch=tsh|sh tch=tsh zh=zh|j dj=j j=j §=s|sh ¢=tsh|j|k|s"
        " c=k|j|s|tsh ph=f w=v ck=k x=ks ks=ks"
    ),
}
_VOWELS: dict[Custom, dict[str, _Sound]] = {
    Custom.PLAIN: {},
    Custom.SLAVIC: _sounds("io=io|e|o ie=e iu=iu|u ia=ia|a ei=ei|e"),
    Custom.EASTERN: _sounds(
        "aa=a ee=i ii=i ie=i oo=u uu=u ou=u|o o=o|u u=u|o e=e|i ei=ai ae=ai aei=ai aee=ai aii=ai eu=eu|u aou=au oe=oe|o"
        " ue=ue|u"
    ),
}
_UNITS = {
    custom: re.compile("|".join((*sorted(table, key=lambda unit: (-len(unit), unit)), ".")))
    for custom, table in _CONSONANTS.items()
}
_RUNS = re.compile(r"[aeiouäöüøå]+|[^aeiouäöüøå]+")
_MARKED = re.compile(r"[äöüøå]")
_WITHOUT_MARKS = str.maketrans("äöüøåđ", "aouoad")
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_DOUBLED = re.compile(r"([^aeiou])\1+")
_ALLAH = re.compile(r"[aou]llah?$")
# Not Saleh and Salah: their h is heard.
_SILENT_H = re.compile(r"(?:(?<=[aeiou][^aeiou][aeiou][^aeiou])|(?<=[^aeiou][^aeiou]))[ae]h$")
_GAP: _Sound = frozenset({""})
_E = _VOWELS[Custom.EASTERN]["e"]
_RULES: dict[Custom, tuple[tuple[re.Pattern[str], str], ...]] = {
    Custom.PLAIN: (),
    Custom.EASTERN: (
        (re.compile(r"[ie]y(?=[aeou])|iy"), "i"),
        (re.compile(r"(?<=[aeou])y(?![aeiou])|(?<=[^aeiou])y"), "i"),
        (re.compile(r"(?<=[aeo])w(?![aeiou])"), "u"),
        (re.compile(r"ou(?=[aei])"), "u"),
    ),
    Custom.SLAVIC: (
        (re.compile(r"^ye"), "e"),
        (re.compile(r"(?:iy|yy|ii|ij|yj|yi|y)$"), "i"),
        (re.compile(r"iy(?=[aeou])"), "i"),
        (re.compile(r"y"), "i"),
        (re.compile(r"(?<=[eo])f$"), "v"),
        (re.compile(r"(?<=nd)er$"), "r"),
        (re.compile(r"(?<=[aeo])w(?![aeiou])"), "u"),
    ),
}
_NOT_HEARD = re.compile(r"(?<=[aeo])w(?![aeiou])|[aeiouy]|(?<=[kgdtscz])h|h$")
_CLASSES = str.maketrans("kqghtdszj§vwfpb", "kkkkttttttfffpb")


def same_word(one: str, other: str, custom: Custom) -> bool:
    """Tell whether two words of names are one, by the customs of where the names come from."""
    if one == other:
        return True
    first, second = _cut(one, custom), _cut(other, custom)
    if len(first) != len(second):
        return False
    return all(
        not here.isdisjoint(there) or (custom is Custom.EASTERN and _by_ear(first, second, at))
        for at, (here, there) in enumerate(zip(first, second, strict=True))
    )


@lru_cache(maxsize=1 << 14)
def skeletons(word: str) -> tuple[str, ...]:
    """Return what two words have in common if by any custom they are one: their consonants, roughly.

    Of two readings of a c both, so that two words that are one share one at least.
    """
    word = word.translate(_WITHOUT_MARKS)
    heard = _NOT_HEARD.sub("", word.replace("x", "ks").replace("ph", "f"))
    if word.startswith(("a", "e", "i", "o", "u", "y")):
        heard = f"a{heard}"
    return tuple(
        dict.fromkeys(
            _DOUBLED.sub(r"\1", heard.replace("c", sound).replace("¢", sound).translate(_CLASSES)) for sound in "kt"
        )
    )


def _by_ear(one: tuple[_Sound, ...], other: tuple[_Sound, ...], at: int) -> bool:
    """Tell whether two vowels inside words are one short vowel: in Ahmad and Ahmed, Mahdi and Mehdi, Yusuf and Yousef.

    Salah and Saleh, Hamad and Hamed are two names: after an open syllable with an a the last vowel tells.
    """
    if at % 2 or at in {0, len(one) - 1} or sum(sound != _GAP for sound in one[::2]) < 2:
        return False
    here, there = one[at] | other[at], one[at - 2] & other[at - 2]
    closes = at == len(one) - 3
    if "u" in here:
        return closes and "u" in there and "i" in here
    if one[at] == _E or other[at] == _E:
        short = closes and "a" in there and at == 4 - 2 * (one[0] != _GAP)
        return "a" in here and not short
    return False


@lru_cache(maxsize=1 << 14)
def _cut(word: str, custom: Custom) -> tuple[_Sound, ...]:
    """Return a word's sounds: vowels at even places, the consonants between them at odd ones."""
    if custom is Custom.EASTERN:
        word = _SILENT_H.sub("a", _ALLAH.sub("ulla", word))
    word = _DOUBLED.sub(r"\1", word)
    for pattern, letters in _RULES[custom]:
        word = pattern.sub(letters, word)
    sounds: list[_Sound] = []
    for run in _RUNS.findall(word):
        if run[0] in "aeiouäöüøå":
            sounds.append(_vowel(run, custom))
            continue
        for unit in _UNITS[custom].findall(run):
            if len(sounds) % 2 == 0:
                sounds.append(_GAP)
            sounds.append(_CONSONANTS[custom].get(unit, frozenset({unit})))
    if len(sounds) % 2 == 0:
        sounds.append(_GAP)
    return tuple(sounds)


def _vowel(run: str, custom: Custom) -> _Sound:
    """Return the sounds that a run of vowels may stand for; an umlaut is left out or spelt out."""
    table = _VOWELS[custom]
    if not _MARKED.search(run):
        return table.get(run, frozenset({run}))
    ways = {run.translate(_WITHOUT_MARKS), run.translate(_SPELT_OUT)}
    return frozenset(sound for way in ways for sound in table.get(way, {way}) | {way})
