"""Sparse vectors over stems, of length one."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import mul

Vector = Mapping[str, float]


def weigh(stems: Sequence[str], rarity: Callable[[str], float]) -> Vector:
    """Return the TF-IDF vector of some stems, scaled to length one; empty where nothing weighs."""
    weights = dict(zip(stems, map(rarity, stems), strict=True))
    if len(weights) < len(stems):
        weights = {stem: weight * stems.count(stem) for stem, weight in weights.items()}
    return unit(weights)


def unit(vector: Vector) -> Vector:
    """Scale a vector to length one; one without length stays empty."""
    length = math.hypot(*vector.values())
    return {stem: weight / length for stem, weight in vector.items()} if length else {}


def dot(one: Vector, other: Vector) -> float:
    """Return the inner product; between vectors of length one it is the cosine."""
    if len(one) > len(other):
        one, other = other, one
    total = 0.0
    for stem, weight in one.items():
        if stem in other:
            total += weight * other[stem]
    return total


class Total(defaultdict[str, float]):
    """A running total of vectors."""

    def __init__(self) -> None:
        super().__init__(float)

    def dot(self, vector: Vector) -> float:
        """Return the inner product with a vector."""
        return math.fsum(map(mul, vector.values(), map(self.__getitem__, vector)))

    def add(self, vector: Vector) -> None:
        """Add a vector."""
        for stem, weight in vector.items():
            self[stem] += weight
