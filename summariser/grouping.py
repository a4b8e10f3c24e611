"""Stories: which articles tell of the same event, copies or not.

Articles are compared by the cosine of their TF-IDF vectors and joined by average linkage (Sokal and Michener 1958),
which asks of a new member to be like the story as a whole: one common place or name does not chain two events together.
A word tells the less, the more of the articles hold it: where all are about one country, its name parts no stories.
And an article that is about as like to many others as to this one tells of their subject, not of one event with them:
what it has in common with its further neighbours is taken off (much as Conneau et al. 2018 scale similarities).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import cache
from heapq import heapify, heappop, heappush

from summariser.model import Article
from summariser.rank.frequencies import rarity
from summariser.rank.sentences import content_of, language_of
from summariser.rank.vectors import Vector, unit

MOST = 400
"""So many articles are compared each with each; those behind them are stories of their own."""

# Chosen on half of three sets (bench/README.md): below it two floods become one story, above it a story falls apart
# when its second week has words of its own.
_SAME_EVENT = 0.14
# Reports say at the top what happened; a feature's tail drifts away. In characters: some 1000 words.
_READ = 6000

# How rare a word is elsewhere counts as much as so many articles here: of few articles nobody can tell (chosen with the
# threshold).
_ELSEWHERE = 100
# An article's neighbours from the fifth to the fourteenth nearest: few events have so many reports at hand. Where there
# are not so many articles, the rest are taken to be as like as two reports at random.
_FURTHER = slice(4, 14)
_AT_RANDOM = 0.03
# How much of what two articles have in common with those, beyond what is usual, is taken off; at most so much that the
# reports of a large event stay together (all three chosen on the same halves as the threshold).
_TAKEN_OFF = 1.7
_USUAL = 0.05
_MOST_TAKEN_OFF = 0.12
# What is printed further apart is another event, or looks back on this one.
_APART = timedelta(days=60)

_Likeness = list[dict[int, float]]
"""Of each article, or of the story that it is the first of: with whom it has how much in common, both ways."""
_Stories = dict[int, tuple[int, ...]]
"""The members of each story by its first."""


def group_stories(articles: Sequence[Article]) -> tuple[tuple[int, ...], ...]:
    """Return the articles story by story: each story's indexes in their order, the stories by their first.

    Every index stands in exactly one story. The time is bounded: see `MOST`.
    """
    stories: _Stories = {index: (index,) for index in range(len(articles))}
    likeness = _beyond_subject(_similarities(_vectors(articles[:MOST])))
    _part_distant(likeness, [article.published.date() if article.published else None for article in articles[:MOST]])
    queue = [
        (-total, one, other)
        for one, alike in enumerate(likeness)
        for other, total in alike.items()
        if one < other and total >= _SAME_EVENT
    ]
    heapify(queue)
    while queue:
        best, one, other = heappop(queue)
        if one in stories and other in stories and -best == _average(likeness, stories, one, other):
            stories[one] += stories.pop(other)
            _join(likeness, one, other)
            for third in likeness[one]:
                average = _average(likeness, stories, one, third)
                if average >= _SAME_EVENT:
                    heappush(queue, (-average, min(one, third), max(one, third)))
    return tuple(sorted(tuple(sorted(story)) for story in stories.values()))


def _vectors(articles: Sequence[Article]) -> list[Vector]:
    """Return what each article is about; a word said again adds less each time."""
    counted = [_count(article) for article in articles]
    holders = Counter(stem for counts in counted for stem in counts)
    elsewhere = rarity()

    @cache
    def weigh(stem: str) -> float:
        expected = _ELSEWHERE * math.exp(-elsewhere(stem))
        return math.log((len(articles) + _ELSEWHERE) / (holders[stem] + expected))

    return [unit({stem: (1 + math.log(count)) * weigh(stem) for stem, count in counts.items()}) for counts in counted]


def _count(article: Article) -> Counter[str]:
    """Return the stems of what an article says at its top, each with its number."""
    text = article.text[:_READ]
    return Counter(content_of(f"{article.title or ''}\n{text}", language_of(text, article.language)))


def _similarities(vectors: Sequence[Vector]) -> _Likeness:
    """Return the cosine of every two vectors that share a stem."""
    earlier: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    likeness: _Likeness = [{} for _ in vectors]
    for index, vector in enumerate(vectors):
        alike = [0.0] * index
        for stem, weight in vector.items():
            holders = earlier[stem]
            for other, others in holders:
                alike[other] += weight * others
            holders.append((index, weight))
        for other, total in enumerate(alike):
            if total:
                likeness[index][other] = likeness[other][index] = total
    return likeness


def _beyond_subject(likeness: _Likeness) -> _Likeness:
    """Return the similarities less what comes of a subject that both articles share with many."""
    common = [_further(alike.values()) for alike in likeness]
    return [
        {
            other: total - min(_MOST_TAKEN_OFF, _TAKEN_OFF * max(0.0, (common[one] + common[other]) / 2 - _USUAL))
            for other, total in alike.items()
        }
        for one, alike in enumerate(likeness)
    ]


def _part_distant(likeness: _Likeness, days: Sequence[date | None]) -> None:
    """Take away what articles have in common whose printed days are too far from each other for one event."""
    for alike, day in zip(likeness, days, strict=True):
        if day is not None:
            for other in [other for other in alike if (then := days[other]) is not None and abs(then - day) > _APART]:
                del alike[other]


def _further(alike: Collection[float]) -> float:
    """Return how like an article is to its further neighbours, on average."""
    places = _FURTHER.stop - _FURTHER.start
    further = sorted(alike, reverse=True)[_FURTHER]
    return (math.fsum(further) + (places - len(further)) * _AT_RANDOM) / places


def _join(likeness: _Likeness, one: int, other: int) -> None:
    """Add what `other` had in common with each third story to what `one` has."""
    gone, likeness[other] = likeness[other], {}
    for third, total in gone.items():
        del likeness[third][other]
        if third != one:
            likeness[one][third] = likeness[third][one] = likeness[one].get(third, 0.0) + total


def _average(likeness: _Likeness, stories: _Stories, one: int, other: int) -> float:
    """Return the average similarity between the members of two stories."""
    return likeness[one].get(other, 0.0) / (len(stories[one]) * len(stories[other]))
