"""Choosing several sentences that are good together."""

from collections import defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from summariser.rank.task import Sentence
from summariser.rank.vectors import Vector, dot

# How much salience counts beside novelty (the lambda of Carbonell and Goldstein 1998).
_SALIENCE = 0.7


def pick(
    sentences: Sequence[Sentence], vectors: Sequence[Vector], scores: Sequence[float], wanted: int
) -> tuple[int, ...]:
    """Return the indices of at most `wanted` sentences by maximal marginal relevance, the best first.

    A sentence that leans on another is chosen only after that one, and never where that one is missing.
    What is picked can only lower the worth of the rest, so only those are looked at again that were ahead before it
    (lazy evaluation; Minoux 1978).
    """
    if wanted >= len(sentences):
        return standing(sentences)
    followers: defaultdict[int | None, list[int]] = defaultdict(list)
    for index, sentence in enumerate(sentences):
        followers[sentence.leans_on].append(index)
    repeated = [0.0] * len(sentences)
    compared = [0] * len(sentences)
    waiting = [(-_SALIENCE * scores[index], index) for index in followers[None]]
    heapify(waiting)
    picked: list[int] = []
    while waiting and len(picked) < wanted:
        _, best = heappop(waiting)
        if compared[best] < len(picked):
            news = (dot(vectors[best], vectors[index]) for index in picked[compared[best] :])
            repeated[best] = max(repeated[best], *news)
            compared[best] = len(picked)
            heappush(waiting, ((1 - _SALIENCE) * repeated[best] - _SALIENCE * scores[best], best))
            continue
        picked.append(best)
        for follower in followers.get(sentences[best].position, ()):
            heappush(waiting, (-_SALIENCE * scores[follower], follower))
    return tuple(picked)


def standing(sentences: Sequence[Sentence]) -> tuple[int, ...]:
    """Return the indices of all sentences that can be shown together: those that lean have theirs before them."""
    shown: set[int] = set()
    kept: list[int] = []
    for index, sentence in enumerate(sentences):
        if not sentence.leans or sentence.leans_on in shown:
            shown.add(sentence.position)
            kept.append(index)
    return tuple(kept)
