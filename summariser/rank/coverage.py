"""What many articles tell, as concepts: a selection is worth the concepts that it covers, each counted once.

Concepts are stems and pairs of neighbouring stems, weighed by how many articles hold them (Gillick and Favre 2009) and
by how rare they are elsewhere. What no second article holds hardly counts.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
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

_Concept = str | tuple[str, str]


class Coverage:
    """What each sentence would add to those that are taken."""

    def __init__(self, sentences: Sequence[Sentence], articles: Sequence[int], rarity: Callable[[str], float]) -> None:
        """Weigh the concepts of the sentences, which come from these articles."""
        numbers: dict[_Concept, int] = {}  # pairs take long to look up: this is done once
        held = [[numbers.setdefault(one, len(numbers)) for one in _concepts(sentence.stems)] for sentence in sentences]
        shared = _count(held, articles)
        self._weights = [_rarity(one, rarity) * shared[number] for one, number in numbers.items()]
        self._shared = [[number for number in concepts if shared[number] > 1] for concepts in held]
        self._alone = [[number for number in concepts if shared[number] == 1] for concepts in held]
        self._priors = [_prior(sentence) for sentence in sentences]
        self._articles = articles
        self._taken: list[set[int]] = []
        self._covered: set[int] = set()
        self._heard: Counter[int] = Counter()
        self._worths = [(0, self._worth(shared), self._worth(alone)) for shared, alone in self._both()]

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

    def _both(self) -> Iterator[tuple[list[int], list[int]]]:
        return zip(self._shared, self._alone, strict=True)

    def _worth(self, concepts: Iterable[int]) -> float:
        return sum([self._weights[concept] for concept in concepts if concept not in self._covered])


def _concepts(stems: Sequence[str]) -> Iterable[_Concept]:
    """Return the different stems and pairs of stems, in the order in which they come up."""
    return dict.fromkeys([*stems, *pairwise(stems)])


def _count(held: Sequence[Iterable[int]], articles: Sequence[int]) -> Counter[int]:
    """Return how many articles hold each concept; where there is only one, how many of its sentences."""
    places = range(len(articles)) if len(set(articles)) == 1 else articles
    by_place: defaultdict[int, set[int]] = defaultdict(set)
    for concepts, place in zip(held, places, strict=True):
        by_place[place].update(concepts)
    return Counter(chain.from_iterable(by_place.values()))


def _rarity(concept: _Concept, rarity: Callable[[str], float]) -> float:
    """Return a stem's inverse document frequency, and the mean of a pair's."""
    return rarity(concept) if isinstance(concept, str) else (rarity(concept[0]) + rarity(concept[1])) / 2


def _prior(sentence: Sentence) -> float:
    """Return what a sentence's place and form make of its concepts' worth, for each word that it costs."""
    place = 1 + _LEAD * math.exp(-_FADING * sentence.position)
    asking = _ASKING if sentence.asks or sentence.prompts else 1.0
    short = _SHORT if len(sentence.words) < _SHORT_WORDS else 1.0
    return place * asking * short / math.pow(len(sentence.words), _COST)
