"""What many articles tell, as concepts: a selection is worth the concepts that it covers, each counted once.

Concepts are stems and pairs of neighbouring stems, weighed by how many articles hold them (Gillick and Favre 2009) and
by how rare they are elsewhere. What no second article holds hardly counts.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
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
        held = [_concepts(sentence.stems) for sentence in sentences]
        shared = _count(held, articles)
        self._weights = {concept: _rarity(concept, rarity) * count for concept, count in shared.items()}
        self._shared = [[concept for concept in concepts if shared[concept] > 1] for concepts in held]
        self._alone = [[concept for concept in concepts if shared[concept] == 1] for concepts in held]
        self._priors = [_prior(sentence) for sentence in sentences]
        self._articles = articles
        self._covered: set[_Concept] = set()
        self._heard: Counter[int] = Counter()

    def gain(self, index: int) -> float:
        """Return what a sentence would add; it never rises when others are taken."""
        alone = _ALONE * _HEARD ** self._heard[self._articles[index]]
        return self._priors[index] * (self._worth(self._shared[index]) + alone * self._worth(self._alone[index]))

    def take(self, index: int) -> None:
        """Count a sentence's concepts as covered, and its article as heard."""
        self._covered.update(self._shared[index], self._alone[index])
        self._heard[self._articles[index]] += 1

    def _worth(self, concepts: Iterable[_Concept]) -> float:
        return sum(self._weights[concept] for concept in concepts if concept not in self._covered)


def _concepts(stems: Sequence[str]) -> tuple[_Concept, ...]:
    """Return the different stems and pairs of stems, in the order in which they come up."""
    return tuple(dict.fromkeys([*stems, *pairwise(stems)]))


def _count(held: Sequence[Iterable[_Concept]], articles: Sequence[int]) -> Counter[_Concept]:
    """Return how many articles hold each concept; where there is only one, how many of its sentences."""
    places = range(len(articles)) if len(set(articles)) == 1 else articles
    by_place: defaultdict[int, set[_Concept]] = defaultdict(set)
    for concepts, place in zip(held, places, strict=True):
        by_place[place].update(concepts)
    return Counter(chain.from_iterable(by_place.values()))


def _rarity(concept: _Concept, rarity: Callable[[str], float]) -> float:
    """Return a stem's inverse document frequency, and the mean of a pair's."""
    return rarity(concept) if isinstance(concept, str) else sum(map(rarity, concept)) / 2


def _prior(sentence: Sentence) -> float:
    """Return what a sentence's place and form make of its concepts' worth, for each word that it costs."""
    place = 1 + _LEAD * math.exp(-_FADING * sentence.position)
    asking = _ASKING if sentence.asks or sentence.prompts else 1.0
    short = _SHORT if len(sentence.words) < _SHORT_WORDS else 1.0
    return place * asking * short / math.pow(len(sentence.words), _COST)
