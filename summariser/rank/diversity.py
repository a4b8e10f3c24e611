"""Choosing several sentences that are good together."""

from collections import defaultdict
from collections.abc import Sequence

from summariser.rank.task import Sentence
from summariser.rank.vectors import Vector

# How much salience counts beside novelty (the lambda of Carbonell and Goldstein 1998).
_SALIENCE = 0.75


def pick(
    sentences: Sequence[Sentence], vectors: Sequence[Vector], scores: Sequence[float], wanted: int
) -> tuple[int, ...]:
    """Return the indices of at most `wanted` sentences by maximal marginal relevance, the best first.

    A sentence that leans on the one before it is chosen only after that one, and never where that one is missing.
    """
    if wanted >= len(sentences):
        return standing(sentences)
    shelves = _shelve(vectors)
    leaning = {sentence.position - 1: index for index, sentence in enumerate(sentences) if sentence.leans}
    free = {index for index, sentence in enumerate(sentences) if not sentence.leans}
    repeated = [0.0] * len(sentences)
    picked: list[int] = []
    while free and len(picked) < wanted:
        best = max(free, key=lambda index: (_SALIENCE * scores[index] - (1 - _SALIENCE) * repeated[index], -index))
        picked.append(best)
        free.remove(best)
        for index, similarity in _similar(vectors[best], vectors, shelves).items():
            repeated[index] = max(repeated[index], similarity)
        follower = leaning.get(sentences[best].position)
        if follower is not None:
            free.add(follower)
    return tuple(picked)


def standing(sentences: Sequence[Sentence]) -> tuple[int, ...]:
    """Return the indices of all sentences that can be shown together: those that lean have theirs before them."""
    shown: set[int] = set()
    kept: list[int] = []
    for index, sentence in enumerate(sentences):
        if not sentence.leans or sentence.position - 1 in shown:
            shown.add(sentence.position)
            kept.append(index)
    return tuple(kept)


def _shelve(vectors: Sequence[Vector]) -> dict[str, list[int]]:
    """Return for each stem the vectors that hold it."""
    shelves: defaultdict[str, list[int]] = defaultdict(list)
    for index, vector in enumerate(vectors):
        for stem in vector:
            shelves[stem].append(index)
    return dict(shelves)


def _similar(vector: Vector, vectors: Sequence[Vector], shelves: dict[str, list[int]]) -> dict[int, float]:
    """Return the cosine of a vector with each one that shares a stem with it."""
    cosines: defaultdict[int, float] = defaultdict(float)
    for stem, weight in vector.items():
        for index in shelves[stem]:
            cosines[index] += weight * vectors[index][stem]
    return cosines
