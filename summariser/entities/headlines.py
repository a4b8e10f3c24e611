"""Names that whoever printed an article again set in the place of others: `Tyrant accuses` over `Okafor accuses`."""

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher

from summariser.entities.bodies import initials
from summariser.entities.gazetteer import PEOPLES, PLACES, TITLES
from summariser.entities.keys import identity
from summariser.model import MentionType, Name

_WORD = re.compile(r"\w+(?:[-.]\w+)*|['’]s?(?!\w)")
# The name of a site behind a headline is not part of it.
_SITE = re.compile(r"\s[|–—-]\s[^|–—]{2,40}$")
_ARTICLES = frozenset({"the", "a", "an"})
_POSSESSIVES = frozenset({"'", "’", "'s", "’s"})
_LONGEST = 6
# So much of the shorter headline must stand in the other: two headlines of one story share a word or two by chance.
_FRAME = 0.5
_FEWEST = 3

_Words = list[str]


def stand_ins(
    titles: Sequence[tuple[str, str]], names: Sequence[Sequence[Name]], present: Sequence[Collection[int]] | None = None
) -> tuple[tuple[int, int, str], ...]:
    """Return what stands in one of two headlines where the other names somebody, all words around it being the same.

    Each is the index of the headlines, the index of whose `names` it stands for, and the words. `present` tells for
    each pair of headlines who of them is named in the article below; without it, all may be. Where two may be meant,
    none is. Words that are but a title, a people or a place are left out: they describe, and name nobody.
    """
    called = [{identity(name.type, name.words) for name in each} for each in names]
    found = []
    for index, (title, other) in enumerate(titles):
        for one, two in _exchanged(_cut(title), _cut(other)):
            for named, instead in ((one, two), (two, one)):
                those = range(len(called)) if present is None else present[index]
                meant = [place for place in those if _names(named, called[place])]
                words = _trim(instead)
                if len(meant) == 1 and _may_name(words) and not _names(words, called[meant[0]]):
                    found.append((index, meant[0], " ".join(words)))
    return tuple(dict.fromkeys(found))


def _cut(title: str) -> _Words:
    return _WORD.findall(_SITE.sub("", title))


def _exchanged(one: _Words, other: _Words) -> Iterator[tuple[_Words, _Words]]:
    """Yield the stretches that differ in two headlines which are one otherwise."""
    here, there = ([_plain(word) for word in words] for words in (one, other))
    steps = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
    shared = sum(end - start for step, start, end, _, _ in steps if step == "equal")
    if shared < max(_FEWEST, _FRAME * min(len(one), len(other))):
        return
    for step, start, end, begin, stop in steps:
        if step == "replace" and max(end - start, stop - begin) <= _LONGEST:
            yield one[start:end], other[begin:stop]


def _plain(word: str) -> str:
    return word.casefold().replace("’", "'")


def _trim(words: _Words) -> _Words:
    """Return words without the article before them and the possessive behind them."""
    first = 1 if words and words[0].casefold() in _ARTICLES else 0
    last = len(words) - 1 if words and words[-1].casefold() in _POSSESSIVES else len(words)
    return words[first:last]


def _names(words: _Words, called: set[tuple[MentionType, tuple[str, ...]]]) -> bool:
    """Tell whether words are one of these names: whole, a person by the last of it, a body by its first letters."""
    words = _trim(words)
    while len(words) > 1 and (words[0] in _POSSESSIVES or _describes(words[0])):
        words = words[1:]
    for kind in MentionType:
        _, parts = identity(kind, " ".join(words))
        for known in (known for type_, known in called if type_ is kind):
            lone = known[-1:] if kind is MentionType.PER else ()
            short = tuple((each,) for each in initials(known)) if kind is not MentionType.PER else ()
            if parts and parts in {known, lone, *short}:
                return True
    return False


def _describes(word: str) -> bool:
    plain = word.casefold()
    return plain in TITLES or plain in PEOPLES or plain in PLACES


def _may_name(words: _Words) -> bool:
    if not words or not words[0][:1].isupper() or any(word in _POSSESSIVES for word in words):
        return False
    return all(word[:1].isupper() for word in words) and not all(map(_describes, words))
