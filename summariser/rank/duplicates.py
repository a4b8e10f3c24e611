"""Sentences that say the same in nearly the same words."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

# Wire copy repeats itself nearly word for word; with less in common, two sentences usually differ in a fact.
NEAR_DUPLICATE = 0.7

# 0.7 of ten words are seven, whatever binary fractions say.
_ROUNDING = 1e-9


def group_alike(bags: Sequence[frozenset[str]], *, alike: float = NEAR_DUPLICATE) -> tuple[int, ...]:
    """Return for each bag of words the index of the first one like it: its own where it is the first.

    Two bags are alike when their Jaccard similarity is `alike` or more. Bags so alike must share one of their rarest
    words, so only those few are looked up (prefix filtering; Chaudhuri, Ganti and Kaushik 2006).
    """
    counts = Counter(word for bag in bags for word in bag)
    shelves: defaultdict[str, list[int]] = defaultdict(list)
    firsts: list[int] = []
    for index, bag in enumerate(bags):
        telling = _rarest(bag, counts, len(bag) - math.ceil(alike * len(bag) - _ROUNDING) + 1)
        first = _first_alike(bag, (near for word in telling for near in shelves[word]), bags, alike)
        if first is None:
            first = index
            for word in telling:
                shelves[word].append(index)
        firsts.append(first)
    return tuple(firsts)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard similarity of two bags, 0 to 1; two empty ones are alike."""
    shared = len(one & other)
    together = len(one) + len(other) - shared
    return shared / together if together else 1.0


def _rarest(bag: frozenset[str], counts: Counter[str], many: int) -> list[str]:
    return sorted(bag, key=lambda word: (counts[word], word))[:many]


def _first_alike(
    bag: frozenset[str], nearby: Iterable[int], bags: Sequence[frozenset[str]], alike: float
) -> int | None:
    return min((near for near in set(nearby) if likeness(bag, bags[near]) >= alike), default=None)
