"""What many articles tell, as concepts: a selection is worth the concepts that it covers, each counted once.

Concepts are stems and pairs of neighbouring stems, weighed by how many articles hold them (Gillick and Favre 2009) and
by how rare they are elsewhere. What no second article holds hardly counts.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain, pairwise

from summariser.rank.task import Sentence

# News puts first what matters: a first sentence is worth up to three times as much as a late one, fading like this.
_LEAD = 2.0
_FADING = 0.15
# A word more costs less than the one before it.
_COST = 0.5
# The worth of a concept that one article alone holds, and what is left of it each time the article has been quoted:
# where nothing is told twice, the articles take turns.
_ALONE = 0.05
_HEARD = 0.5
# Questions and scraps say little for their concepts.
_ASKING = 0.5
_SHORT_WORDS = 8
_SHORT = 0.3

_Concept = int
"""The number of a stem, or a higher one for a pair of stems: numbers are counted in less time than words."""


class Coverage:
    """What each sentence would add to those that are taken."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        articles: Sequence[int],
        rarity: Callable[[str], float],
        *,
        weighed: Collection[int] | None = None,
    ) -> None:
        """Weigh the concepts of the sentences, which come from these articles.

        All count for how many hold a concept. Of them those that are `weighed` can be taken; None is all.
        """
        numbers: dict[str, int] = {}
        said = [[numbers.setdefault(stem, len(numbers)) for stem in one.stems] for one in sentences]
        told = [_concepts(stems, len(numbers)) for stems in said]
        counts = _count(told, articles)
        among = range(len(sentences)) if weighed is None else weighed
        # Each once, in the order in which they come up.
        held = {index: list(dict.fromkeys(told[index])) for index in among}
        wanted = set(chain.from_iterable(held.values()))
        rare = {number: rarity(stem) for stem, number in numbers.items() if number in wanted}
        self._weights = {one: _rarity(one, rare, len(numbers)) * counts[one] for one in wanted}
        self._shared = {index: [one for one in mine if counts[one] > 1] for index, mine in held.items()}
        self._alone = {index: [one for one in mine if counts[one] == 1] for index, mine in held.items()}
        self._priors = {index: _prior(sentences[index]) for index in among}
        self._articles = articles
        self._taken: list[set[int]] = []
        self._covered: set[int] = set()
        self._heard: Counter[int] = Counter()
        self._worths = {one: (0, self._worth(self._shared[one]), self._worth(self._alone[one])) for one in among}

    def gain(self, index: int) -> float:
        """Return what a sentence would add; it never rises when others are taken."""
        known, shared, alone = self._worths[index]
        if known < len(self._taken):
            mine = self._shared[index], self._alone[index]
            if not all(news.isdisjoint(part) for news in self._taken[known:] for part in mine):
                shared, alone = map(self._worth, mine)
            self._worths[index] = (len(self._taken), shared, alone)
        heard = _ALONE * _HEARD ** self._heard[self._articles[index]]
        return self._priors[index] * (shared + heard * alone)

    def take(self, index: int) -> None:
        """Count a sentence's concepts as covered, and its article as heard."""
        news = {*self._shared[index], *self._alone[index]}
        self._taken.append(news)
        self._covered |= news
        self._heard[self._articles[index]] += 1

    def _worth(self, concepts: Iterable[int]) -> float:
        weights, covered = self._weights, self._covered
        return sum([weights[concept] for concept in concepts if concept not in covered])


def _concepts(stems: Sequence[int], several: int) -> list[_Concept]:
    """Return a sentence's stems, of which there are several in all, and its pairs of neighbouring stems."""
    return [*stems, *[(one + 1) * several + other for one, other in pairwise(stems)]]


def _count(told: Sequence[Sequence[_Concept]], articles: Sequence[int]) -> Counter[_Concept]:
    """Return how many articles hold each concept; where there is only one, how many of its sentences."""
    places = range(len(articles)) if len(set(articles)) == 1 else articles
    by_place: defaultdict[int, set[_Concept]] = defaultdict(set)
    for concepts, place in zip(told, places, strict=True):
        by_place[place].update(concepts)
    return Counter(chain.from_iterable(by_place.values()))


def _rarity(concept: _Concept, rare: Mapping[int, float], several: int) -> float:
    """Return a stem's inverse document frequency, and the mean of a pair's; there are several stems in all."""
    if concept < several:
        return rare[concept]
    one, other = divmod(concept, several)
    return (rare[one - 1] + rare[other]) / 2


def _prior(sentence: Sentence) -> float:
    """Return what a sentence's place and form make of its concepts' worth, for each word that it costs."""
    place = 1 + _LEAD * math.exp(-_FADING * sentence.position)
    asking = _ASKING if sentence.asks or sentence.prompts else 1.0
    short = _SHORT if len(sentence.words) < _SHORT_WORDS else 1.0
    return place * asking * short / math.pow(len(sentence.words), _COST)
