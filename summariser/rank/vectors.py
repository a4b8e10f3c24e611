"""Sparse vectors over stems, of length one."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

Vector = Mapping[str, float]


def weigh(stems: Iterable[str], rarity: Callable[[str], float]) -> Vector:
    """Return the TF-IDF vector of some stems, scaled to length one; empty where nothing weighs."""
    return unit({stem: count * rarity(stem) for stem, count in Counter(stems).items()})


def unit(vector: Vector) -> Vector:
    """Scale a vector to length one; one without length stays empty."""
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {stem: weight / length for stem, weight in vector.items()} if length else {}


def dot(one: Vector, other: Vector) -> float:
    """Return the inner product; between vectors of length one it is the cosine."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[stem] for stem, weight in one.items() if stem in other)


def add(total: defaultdict[str, float], vector: Vector) -> None:
    """Add a vector to a running total."""
    for stem, weight in vector.items():
        total[stem] += weight
