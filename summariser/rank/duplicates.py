"""Sentences that say the same in nearly the same words."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain, combinations

# Wire copy repeats itself nearly word for word; with less in common, two sentences usually differ in a fact.
NEAR_DUPLICATE = 0.7

# 0.7 of ten words are seven, whatever binary fractions say.
_ROUNDING = 1e-9
# A word that more bags hold than this is looked up only together with another such word, or below a rare one.
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
    shelves = _Shelves(bags)
    equal: dict[frozenset[str], int] = {}
    firsts: list[int] = []
    for index, bag in enumerate(bags):
        first = equal.get(bag)
        if first is None:
            rare, common = shelves.telling(bag, alike)
            near = shelves.near(rare, common)
            first = min((other for other in near if likeness(bag, bags[other]) >= alike), default=index)
            if first == index:
                shelves.put(index, rare, common)
            equal[bag] = first
        firsts.append(first)
    return tuple(firsts)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard similarity of two bags, 0 to 1; two empty ones are alike."""
    shared = len(one & other)
    together = len(one) + len(other) - shared
    return shared / together if together else 1.0


class _Shelves:
    """Bags by the words that tell most: numbered from the rarest on, those of one bag alone left out."""

    def __init__(self, bags: Sequence[frozenset[str]]) -> None:
        counts = Counter(chain.from_iterable(bags))
        several = sorted(word for word, count in counts.items() if count > 1)
        several.sort(key=counts.__getitem__)
        self._numbers = {word: number for number, word in enumerate(several)}
        self._first_common = bisect_right(several, _FEW, key=counts.__getitem__)
        self._by_word: defaultdict[int, list[int]] = defaultdict(list)
        self._by_pair: dict[tuple[int, int], tuple[int, ...]] = {}
        self._common: defaultdict[int, set[int]] = defaultdict(set)

    def telling(self, bag: frozenset[str], alike: float) -> tuple[list[int], list[int]]:
        """Return the rare and the common ones of the rarest words of which a bag like this one must share two.

        That is two of as many as the other may lack, and two more. Where its own words leave no two, none is like it.
        """
        spare = len(bag) - math.ceil(alike * len(bag) - _ROUNDING)
        shared = sorted([self._numbers[word] for word in bag if word in self._numbers])
        room = spare + 2 - (len(bag) - len(shared))
        if room < 2:
            return [], []
        rarest = shared[:room]
        parting = bisect_left(rarest, self._first_common)
        return rarest[:parting], rarest[parting : parting + _TELLING]

    def near(self, rare: Sequence[int], common: Sequence[int]) -> set[int]:
        """Return the bags put here that share two words with this one."""
        once: set[int] = set()
        twice: set[int] = set()
        for word in rare:
            if shelf := self._by_word.get(word):
                twice.update(once.intersection(shelf))
                once.update(shelf)
        for word in common:
            if holding := self._common.get(word):
                twice |= once & holding
        for pair in combinations(common, 2):
            twice.update(self._by_pair.get(pair, ()))
        return twice

    def put(self, index: int, rare: Sequence[int], common: Sequence[int]) -> None:
        """Put a bag on its shelves, those of pairs that are full aside; a rare word's holds all the bags there are."""
        for word in rare:
            self._by_word[word].append(index)
        for word in common:
            self._common[word].add(index)
        for pair in combinations(common, 2):
            shelf = self._by_pair.get(pair, ())
            if len(shelf) < _SHELF:
                self._by_pair[pair] = (*shelf, index)
