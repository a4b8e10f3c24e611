"""Our own method: what is central to the text and near its beginning, said once, standing on its own feet.

Centroid similarity (Radev et al. 2004), centrality towards what follows (Zheng and Lapata 2019), position, title and
form make a sentence's salience; maximal marginal relevance (Carbonell and Goldstein 1998) keeps the choice diverse.
Nothing in it was trained.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from statistics import fmean

from summariser.rank.diversity import pick
from summariser.rank.task import Choice, Sentence, Task
from summariser.rank.vectors import Total, Vector, dot, weigh

# Shares in the salience; each feature runs from 0 to 1 within the text.
_CENTROID = 1.0
_FORWARD = 0.8
_POSITION = 1.2
_TITLE = 0.5
_QUERY = 3.0  # as much as centroid, centrality and position together

# Each sentence further on weighs this much less, as a power of e.
_FADING = 0.25

# The reader's time: a sentence twice as long as the text's usual one has to say that much more. Not where there is a
# query: the more of it a sentence answers, the better.
_LENGTH = 0.5

_LONG_WORDS = 45
_SHORT_WORDS = 8
_TOO_LONG = 0.5
_TOO_SHORT = 0.4
_ASKING = 0.3
# More than all features together: only where nothing else is left.
_LAST = 10.0


def choose(task: Task) -> Choice:
    """Choose the most salient sentences that do not repeat each other."""
    weight = cache(task.rarity)
    vectors = [weigh(sentence.stems, weight) for sentence in task.sentences]
    return Choice(pick(task.sentences, vectors, _rate(task, vectors), task.wanted))


def _rate(task: Task, vectors: Sequence[Vector]) -> list[float]:
    """Return the salience of each sentence, at most 1, which is the scale of the similarities it is set against."""
    forward, centroid = _centralities(vectors)
    features = [
        (_CENTROID, centroid),
        (_FORWARD, forward),
        (_POSITION, [math.exp(-_FADING * index) for index in range(len(vectors))]),
        (_TITLE, _similarity(vectors, weigh(task.title, task.rarity))),
        (_QUERY, _evidence(task)),
        (0.0 if task.query else -_LENGTH, _lengths(task.sentences)),
        (-1.0, [_faults(sentence) for sentence in task.sentences]),
    ]
    salience = [0.0] * len(vectors)
    for share, values in features:
        salience = [so_far + share * value for so_far, value in zip(salience, values, strict=True)]
    return _scale(salience)


def _centralities(vectors: Sequence[Vector]) -> tuple[list[float], list[float]]:
    """Return how much of what follows is about each sentence, and how near it is to the text as a whole.

    The sum of the similarities to all later sentences is the similarity to the sum of them, which takes linear time.
    """
    total = Total()
    forward: list[float] = []
    for vector in reversed(vectors):
        forward.append(total.dot(vector))
        total.add(vector)
    return _scale(reversed(forward)), _scale(map(total.dot, vectors))


def _similarity(vectors: Sequence[Vector], words: Vector) -> list[float]:
    """Return how near each sentence is to a title."""
    return _scale(dot(vector, words) for vector in vectors)


def _evidence(task: Task) -> list[float]:
    """Return how much of a query each sentence holds, however much else it tells: who asks wants all of it."""
    asked = set(task.query)
    return _scale(math.fsum(map(task.rarity, asked.intersection(sentence.stems))) for sentence in task.sentences)


def _lengths(sentences: Sequence[Sentence]) -> list[float]:
    """Return how long each sentence is beside the text's usual one."""
    usual = fmean(len(sentence.words) for sentence in sentences)
    return [len(sentence.words) / usual for sentence in sentences]


def _faults(sentence: Sentence) -> float:
    """Return what the form of a sentence takes away from it."""
    words = len(sentence.words)
    return (
        _TOO_LONG * (words > _LONG_WORDS)
        + _TOO_SHORT * (words < _SHORT_WORDS)
        + _ASKING * sentence.asks
        + _LAST * (sentence.torn or sentence.prompts)
    )


def _scale(values: Iterable[float]) -> list[float]:
    """Scale values so that the greatest is 1; where none is above 0 they stay as they are."""
    listed = list(values)
    greatest = max(listed)
    return [value / greatest for value in listed] if greatest > 0 else listed
