"""What is about a topic: its own words, words that stand beside them, and whom or what sentences about it name.

An article about a topic tells of other things too. A sentence of it counts when it holds enough of the topic itself,
or is understood only behind such a sentence ("It had stood since 1880"). Where the article does not come to the topic
in passing, it counts too when it holds several of the words that the most telling sentences share (pseudo-relevance
feedback; Rocchio 1971; Lavrenko and Croft 2001), or names whom a sentence about the topic names in the same article.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from summariser.rank.sentences import content_of
from summariser.rank.task import Sentence

# The share of a topic's weight that an article or a sentence must hold to be about it: more than its commoner half. A
# topic of more than three words lists what may come up: one of them is enough for an article.
_ON_TOPIC = 0.5
_FEW_WORDS = 3
# The words that the most telling sentences share weigh this much beside the topic's own.
_FEEDBACK = 0.5
_FEEDBACK_SENTENCES = 5
_FEEDBACK_STEMS = 10
# Of those words, the share that a sentence without enough of the topic's own must hold to be about it.
_NEAR = 0.15
# What a sentence is worth that only names the same, or leans on what is about the topic.
_NAMING = 0.25
# One sentence about the topic, further down than these, is said in passing: the article tells of other things.
_FIRST_SENTENCES = 3
# Among so many words stands who or what a sentence is about.
_BEGINNING = 10
# A name that one in a hundred reports holds, as those of countries, joins what has nothing in common.
_RARE = math.log(100)
# Of an article that has some of a list, the rest is told where there is room.
_REST = 0.05
# They stand in capitals, and name nobody.
_CALENDAR = frozenset(
    (
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march"),
        *(
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "mr",
            "mrs",
            "ms",
            "dr",
        ),
    )
)

Place = tuple[int, int]
"""An article's index, and a sentence's position in it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What the reader asked about."""

    words: str
    rarity: Callable[[str], float]

    def evidence(self, stems: Iterable[str], language: str) -> float:
        """Return how much of the topic's weight these stems hold, 0 to 1."""
        asked = _asked(self.words, language)
        return _share(asked.intersection(stems), asked, self.rarity)

    def meets(self, stems: Iterable[str], language: str) -> bool:
        """Tell whether what holds these stems is about the topic."""
        return self._is_enough(self.evidence(stems, language), language)

    def draw(self, said: Sequence[tuple[int, Sentence]], languages: Mapping[int, str]) -> Mapping[Place, float]:
        """Return how much each sentence that is about the topic is worth; `said` tells of which article each is."""
        held = [self.evidence(sentence.stems, languages[article]) for article, sentence in said]
        near = self._beside(said, held)
        own = [place for place, share in zip(said, held, strict=True) if self._is_enough(share, languages[place[0]])]
        names: defaultdict[int, set[str]] = defaultdict(set)
        positions: defaultdict[int, list[int]] = defaultdict(list)
        for article, sentence in own:
            names[article].update(sentence.names - _CALENDAR)
            positions[article].append(sentence.position)
        worth: dict[Place, float] = {}
        for (article, sentence), share in zip(said, held, strict=True):
            language, nearness = languages[article], _share(near.intersection(sentence.stems), near, self.rarity)
            telling = not _in_passing(positions[article])
            if self._is_enough(share, language) or (telling and nearness >= _NEAR):
                worth[article, sentence.position] = share + _FEEDBACK * nearness
            elif (article, sentence.leans_on) in worth or (
                telling and self._names_one(sentence, names[article], language)
            ):
                worth[article, sentence.position] = _NAMING + _FEEDBACK * nearness
            elif self._is_list(language):
                worth[article, sentence.position] = _REST
        return worth

    def _is_enough(self, share: float, language: str) -> bool:
        """Tell whether a sentence that holds this share of the topic is about it."""
        return share > 0 if self._is_list(language) else share >= _ON_TOPIC

    def _names_one(self, sentence: Sentence, names: set[str], language: str) -> bool:
        """Tell whether a sentence begins with somebody who is named beside the topic, and not everywhere else too."""
        shared = names.intersection(sentence.names, sentence.words[:_BEGINNING])
        return any(self.rarity(stem) > _RARE for name in shared for stem in content_of(name, language))

    def asks(self, language: str) -> bool:
        """Tell whether the topic says anything but stop words."""
        return bool(_asked(self.words, language))

    def _is_list(self, language: str) -> bool:
        return len(_asked(self.words, language)) > _FEW_WORDS

    def _beside(self, said: Sequence[tuple[int, Sentence]], held: Sequence[float]) -> set[str]:
        """Return the words that the sentences with most of the topic share."""
        telling = nlargest(_FEEDBACK_SENTENCES, range(len(said)), key=held.__getitem__)
        beside = Counter(stem for index in telling if held[index] for stem in dict.fromkeys(said[index][1].stems))
        return set(nlargest(_FEEDBACK_STEMS, beside, key=lambda stem: beside[stem] * self.rarity(stem)))


def _in_passing(positions: Sequence[int]) -> bool:
    """Tell whether an article with sentences about the topic at these positions, in order, is about other things."""
    return len(positions) < 2 and min(positions, default=_FIRST_SENTENCES) >= _FIRST_SENTENCES


def _share(held: Collection[str], asked: Iterable[str], rarity: Callable[[str], float]) -> float:
    if not held:
        return 0.0
    total = math.fsum(map(rarity, asked))
    return math.fsum(map(rarity, held)) / total if total else 0.0


@lru_cache(maxsize=32)
def _asked(words: str, language: str) -> frozenset[str]:
    return frozenset(content_of(words, language))
