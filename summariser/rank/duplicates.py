"""Sentences that say the same in nearly the same words."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

# Wire copy repeats itself nearly word for word; with less in common, two sentences usually differ in a fact.
NEAR_DUPLICATE = 0.7

# 0.7 of ten words are seven, whatever binary fractions say.
_ROUNDING = 1e-9
# A word that more bags hold than this is looked up only together with another such word.
_FEW = 20
# So many of those words, and so many bags for each pair of them: what keeps the time linear. Twelve reach as far as
# bags of 33 words, which is a sentence of about 60; only texts of thousands of sentences fill a pair's shelf.
_TELLING = 12
_SHELF = 5


def group_alike(bags: Sequence[frozenset[str]], *, alike: float = NEAR_DUPLICATE) -> tuple[int, ...]:
    """Return for each bag of words the index of the first one like it: its own where it is the first.

    Two bags are alike when their Jaccard similarity is `alike` or more, which is above one half. Bags so alike must
    share their rarest words, so only those few are looked up (prefix filtering; Chaudhuri, Ganti and Kaushik 2006). The
    time grows with the number of bags: beyond some thousand of them, two that are alike but not equal can be missed
    where their rarest words are common ones.
    """
    counts = Counter(word for bag in bags for word in bag)
    equal: dict[frozenset[str], int] = {}
    shelves: defaultdict[Hashable, list[int]] = defaultdict(list)
    firsts: list[int] = []
    for index, bag in enumerate(bags):
        first = equal.get(bag)
        if first is None:
            keys = list(_keys(bag, counts, alike))
            first = _first_alike(bag, {near for key in keys for near in shelves.get(key, ())}, bags, alike)
            if first is None:
                first = index
                _put(index, keys, shelves)
            equal[bag] = first
        firsts.append(first)
    return tuple(firsts)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard similarity of two bags, 0 to 1; two empty ones are alike."""
    shared = len(one & other)
    together = len(one) + len(other) - shared
    return shared / together if together else 1.0


def _keys(bag: frozenset[str], counts: Counter[str], alike: float) -> Iterator[Hashable]:
    """Yield what a bag is looked up by: rare words by themselves, the rarest of the common ones two by two.

    Bags that are alike share one of the first `spare + 1` of their rarest words, and two of the first `spare + 2`.
    """
    spare = len(bag) - math.ceil(alike * len(bag) - _ROUNDING)
    rarest = sorted(bag, key=lambda word: (counts[word], word))[: spare + 2]
    yield from (word for word in rarest[: spare + 1] if 1 < counts[word] <= _FEW)
    common = [word for word in rarest if counts[word] > _FEW]
    yield from combinations(common[:_TELLING], 2)


def _first_alike(
    bag: frozenset[str], nearby: Iterable[int], bags: Sequence[frozenset[str]], alike: float
) -> int | None:
    return min((near for near in nearby if likeness(bag, bags[near]) >= alike), default=None)


def _put(index: int, keys: Iterable[Hashable], shelves: defaultdict[Hashable, list[int]]) -> None:
    """Put a bag on its shelves, those that are full aside; a rare word's holds all the bags that there are."""
    for key in keys:
        shelf = shelves[key]
        if isinstance(key, str) or len(shelf) < _SHELF:
            shelf.append(index)
