"""Briefs: what many articles say, each sentence once, with every article that carries it.

Sentences are chosen for the concepts that they cover (see `summariser.rank.coverage`), greedily, with lazy evaluation
(Minoux 1978). A topic narrows the choice to articles and sentences about it, and draws it towards those that hold most
of its rarer words and of the words that stand beside them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from heapq import heapify, heappop, heappush, nlargest

from summariser.errors import SentenceCountError, WordCountError
from summariser.methods import MOST_SENTENCES
from summariser.model import Article, Brief, Quote, Span
from summariser.rank.coverage import Coverage
from summariser.rank.duplicates import group_alike, likeness
from summariser.rank.frequencies import rarity
from summariser.rank.sentences import bag, content_of, language_of, read_sentences
from summariser.rank.task import Sentence

USUAL_SENTENCES = 5
"""The length of a brief for which none was asked."""

# The share of a topic's weight that an article must hold to be about it: more than its commoner half. A topic of more
# than three words lists what may come up, and one of them is enough.
_ON_TOPIC = 0.5
_FEW_WORDS = 3
# Alike to this degree, two sentences say the same if their figures and negations agree too.
_SAME = 0.8
_ROUNDING = 1e-9
# Less stands in many sentences without being what they say: "The vote was held on Sunday".
_LEAST_STEMS = 5
# Pseudo-relevance feedback: the words that the most telling sentences share weigh this much beside the topic's own.
_FEEDBACK = 0.5
_FEEDBACK_SENTENCES = 5
_FEEDBACK_STEMS = 10
# Of those words, the share that a sentence without any of the topic's own must hold to be about it.
_NEAR = 0.05
_NEGATIONS = frozenset({"no", "not", "never", "none", "nor", "neither", "without", "denied", "denies"})
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Source:
    """An article as it is drawn on."""

    title: str
    language: str
    sentences: tuple[Sentence, ...]

    def stems(self) -> set[str]:
        """Return the stems of all that it says, its title included."""
        said = {stem for sentence in self.sentences for stem in sentence.stems}
        return said.union(content_of(self.title, self.language))


@dataclass(frozen=True, slots=True)
class _Claim:
    """A sentence of an article, the first that says this; and the other articles that carry it."""

    article: int
    sentence: Sentence
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Topic:
    """What the reader asked about."""

    words: str
    rarity: Callable[[str], float]

    def evidence(self, stems: Iterable[str], language: str) -> float:
        """Return how much of the topic's weight these stems hold, 0 to 1."""
        asked = _asked(self.words, language)
        return _share(asked.intersection(stems), asked, self.rarity)

    def meets(self, stems: Iterable[str], language: str) -> bool:
        """Tell whether an article that holds these stems is about the topic."""
        words = len(_asked(self.words, language))
        enough = _ON_TOPIC if words <= _FEW_WORDS else 1 / words
        return self.evidence(stems, language) >= enough

    def draw(self, claims: Sequence[_Claim], sources: Sequence[_Source]) -> dict[_Claim, float]:
        """Return the claims that hold some of the topic, or what stands beside it, and how much.

        Beside the topic is what its most telling sentences share (Rocchio 1971; Lavrenko and Croft 2001).
        """
        held = {claim: self.evidence(claim.sentence.stems, sources[claim.article].language) for claim in claims}
        telling = nlargest(_FEEDBACK_SENTENCES, held, key=lambda claim: held[claim])
        beside = Counter(stem for claim in telling if held[claim] for stem in dict.fromkeys(claim.sentence.stems))
        near = set(nlargest(_FEEDBACK_STEMS, beside, key=lambda stem: beside[stem] * self.rarity(stem)))
        worth: dict[_Claim, float] = {}
        for claim, share in held.items():
            nearness = _share(near.intersection(claim.sentence.stems), near, self.rarity)
            if share or nearness >= _NEAR:
                worth[claim] = share + _FEEDBACK * nearness
        return worth


@dataclass(slots=True)
class _Budget:
    """What may still be said."""

    sentences: float
    words: float

    def spend(self, words: int) -> bool:
        """Take a sentence of so many words out of the budget; False where it does not hold it."""
        if self.sentences < 1 or self.words < words:
            return False
        self.sentences -= 1
        self.words -= words
        return True


def brief(
    articles: Sequence[Article],
    *,
    topic: str | None = None,
    sentences: int | None = None,
    words: int | None = None,
    language: str | None = None,
    frequencies: Mapping[str, int] | None = None,
    spans: Sequence[Sequence[Span]] | None = None,
) -> Brief:
    """Choose the sentences of many articles that stand for them, the oldest article's first, none twice.

    `sentences` and `words` bound the length (five sentences where neither is given). With a `topic`, only articles that
    write about it are drawn on. `spans` are each article's finished sentences where they are known already. What could
    not be had stands in the notes; a brief can be empty.

    Raises SentenceCountError or WordCountError for fewer than one.
    """
    budget = _budget(sentences, words)
    sources = [_read(article, language, spans[index] if spans else None) for index, article in enumerate(articles)]
    weigh = cache(rarity(frequencies))
    claims = _claims(sources)
    worth = dict.fromkeys(claims, 1.0)
    notes: list[str] = []
    if topic is not None:
        asked = _Topic(topic, weigh)
        matching = {index for index, source in enumerate(sources) if asked.meets(source.stems(), source.language)}
        worth = asked.draw([claim for claim in claims if claim.article in matching], sources)
        notes.append(f"Articles about “{topic}”: {len(matching)} of {len(articles)}.")
    chosen = _cite(_choose(worth, weigh, budget), sources)
    if not chosen:
        notes.append(_why_nothing(sources, worth))
    elif sentences is not None and len(chosen) < sentences:
        notes.append(f"{len(chosen)} of the {sentences} sentences asked for: {_why_fewer(words, topic)}")
    return _assemble(articles, chosen, notes)


def _budget(sentences: int | None, words: int | None) -> _Budget:
    if sentences is not None and sentences < 1:
        raise SentenceCountError(sentences, MOST_SENTENCES)
    if words is not None and words < 1:
        raise WordCountError(words)
    usual = USUAL_SENTENCES if words is None else float("inf")
    return _Budget(usual if sentences is None else sentences, float("inf") if words is None else words)


def _read(article: Article, language: str | None, spans: Sequence[Span] | None) -> _Source:
    known = language_of(article.text, language or article.language)
    return _Source(article.title or "", known, read_sentences(article.text, language=known, spans=spans))


def _claims(sources: Sequence[_Source]) -> list[_Claim]:
    """Return what the articles say, without what repeats a sentence before it in nearly the same words."""
    said = [_Claim(article, sentence) for article, source in enumerate(sources) for sentence in source.sentences]
    firsts = group_alike([bag(claim.sentence) for claim in said])
    return [claim for index, claim in enumerate(said) if firsts[index] == index]


def _share(held: Iterable[str], asked: Iterable[str], rarity: Callable[[str], float]) -> float:
    total = math.fsum(map(rarity, asked))
    return math.fsum(map(rarity, held)) / total if total else 0.0


@lru_cache(maxsize=32)
def _asked(words: str, language: str) -> frozenset[str]:
    return frozenset(content_of(words, language))


def _choose(worth: Mapping[_Claim, float], rarity: Callable[[str], float], budget: _Budget) -> list[_Claim]:
    """Take the claims that add most, leaving out what would lean on a sentence that is not shown.

    What would cut a quotation open comes last. Worth can only fall while others are taken, so that only those are
    looked at again that were ahead before.
    """
    claims = list(worth)
    coverage = Coverage([claim.sentence for claim in claims], [claim.article for claim in claims], rarity)
    places = {(claim.article, claim.sentence.position): index for index, claim in enumerate(claims)}

    def rank(index: int) -> tuple[bool, float, int]:
        return claims[index].sentence.torn, -coverage.gain(index) * worth[claims[index]], index

    waiting = [rank(index) for index, claim in enumerate(claims) if not claim.sentence.leans]
    heapify(waiting)
    chosen: list[_Claim] = []
    while waiting:
        best = heappop(waiting)
        now = rank(best[-1])
        if waiting and now > waiting[0]:
            heappush(waiting, now)
            continue
        claim = claims[best[-1]]
        if not budget.spend(len(claim.sentence.words)):
            continue
        coverage.take(best[-1])
        chosen.append(claim)
        follower = places.get((claim.article, claim.sentence.position + 1))
        if follower is not None and claims[follower].sentence.leans:
            heappush(waiting, rank(follower))
    return chosen


def _cite(chosen: Sequence[_Claim], sources: Sequence[_Source]) -> list[_Claim]:
    """Return the claims with every other article that carries them."""
    said = [(article, sentence) for article, source in enumerate(sources) for sentence in source.sentences]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, (_, sentence) in enumerate(said):
        for stem in bag(sentence):
            holders[stem].append(index)
    cited: list[_Claim] = []
    for claim in chosen:
        nearby = _nearby(claim.sentence, holders)
        also = {said[near][0] for near in nearby if _say_the_same(claim.sentence, said[near][1])}
        cited.append(replace(claim, also=tuple(sorted(also - {claim.article}))))
    return cited


def _nearby(sentence: Sentence, holders: Mapping[str, Sequence[int]]) -> set[int]:
    """Return the sentences that may say the same: they share one of a few rarest words (see `group_alike`)."""
    words = sorted(bag(sentence), key=lambda word: (len(holders[word]), word))
    spare = len(words) - math.ceil(_SAME * len(words) - _ROUNDING)
    return {near for word in words[: spare + 1] for near in holders[word]}


def _say_the_same(one: Sentence, other: Sentence) -> bool:
    """Tell whether a citation of one sentence may name the other: alike, or within it, and nothing vital differs."""
    if likeness(bag(one), bag(other)) >= _SAME:
        return _telling(one) == _telling(other)
    within = len(one.stems) >= _LEAST_STEMS and f" {' '.join(one.words)} " in f" {' '.join(other.words)} "
    return within and _NEGATIONS.isdisjoint(set(other.words).difference(one.words))


def _telling(sentence: Sentence) -> frozenset[str]:
    return frozenset(word for word in sentence.words if word in _NEGATIONS or any(map(str.isdigit, word)))


def _why_nothing(sources: Sequence[_Source], worth: Mapping[_Claim, float]) -> str:
    if not sources:
        return "There is no article to draw on. Add some first."
    if not any(source.sentences for source in sources):
        return "These articles hold no whole sentence to quote."
    if not worth:
        return "Try other or fewer words, or the names as the articles spell them."
    return "No sentence is as short as that. Ask for more words."


def _why_fewer(words: int | None, topic: str | None) -> str:
    if words is not None:
        return f"more don't fit in {words} words."
    about = "" if topic is None else " about it"
    return f"the articles say no more{about} that is new and stands by itself."


def _assemble(articles: Sequence[Article], claims: Sequence[_Claim], notes: Sequence[str]) -> Brief:
    """Cut the claims out of their articles and put them in the order of the news."""
    quotes = [
        Quote(span.cut(articles[claim.article].text), claim.article, span.start, span.end, claim.also)
        for claim in claims
        for span in [claim.sentence.span]
    ]
    quotes.sort(key=lambda quote: (_published(articles[quote.article]), quote.article, quote.start))
    return Brief(tuple(quotes), tuple(notes))


def _published(article: Article) -> datetime:
    """Return the article's date to sort by: the undated come last, and a date without a zone is taken for UTC."""
    date = article.published or _LAST
    return date.replace(tzinfo=date.tzinfo or UTC)
