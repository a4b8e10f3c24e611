"""Briefs: what many articles say, each sentence once, with every article that carries it.

A first version: the articles take turns, each giving its first sentence that has not been said. A topic narrows the
choice to what shares its rarer words.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

from summariser.errors import SentenceCountError, WordCountError
from summariser.methods import MOST_SENTENCES
from summariser.model import Article, Brief, Quote, Span
from summariser.rank.duplicates import group_alike, likeness
from summariser.rank.frequencies import rarity
from summariser.rank.sentences import bag, content_of, language_of, read_sentences
from summariser.rank.task import Sentence

USUAL_SENTENCES = 5
"""The length of a brief for which none was asked."""

# The share of a topic's weight that an article must hold to be about it: more than its commoner half.
_ON_TOPIC = 0.5
# Alike to this degree, two sentences say the same if their figures and negations agree too.
_SAME = 0.8
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
    """A sentence of an article, and the other articles that carry it."""

    article: int
    sentence: Sentence
    also: tuple[int, ...] = ()


_Queue = list[_Claim | None]


@dataclass(frozen=True, slots=True)
class _Topic:
    """What the reader asked about."""

    words: str
    rarity: Callable[[str], float]

    def evidence(self, stems: Iterable[str], language: str) -> float:
        """Return how much of the topic's weight these stems hold, 0 to 1."""
        asked = set(content_of(self.words, language))
        total = sum(map(self.rarity, asked))
        return sum(map(self.rarity, asked.intersection(stems))) / total if total else 0.0


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
    queues = _queues(sources)
    notes: list[str] = []
    if topic is not None:
        asked = _Topic(topic, rarity(frequencies))
        matching = _on_topic(sources, asked)
        queues = [_narrow(queues[index], asked, sources[index].language) for index in matching]
        notes.append(f"Articles about “{topic}”: {len(matching)} of {len(articles)}.")
    chosen = _choose(queues, budget)
    if not chosen:
        notes.append(_why_nothing(sources, queues))
    elif sentences is not None and len(chosen) < sentences:
        notes.append(f"{len(chosen)} of the {sentences} sentences asked for: {_why_fewer(words)}")
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


def _queues(sources: Sequence[_Source]) -> list[_Queue]:
    """Return each article's claims, with the articles that make them too; None where one before it made the claim."""
    claims = [(article, sentence) for article, source in enumerate(sources) for sentence in source.sentences]
    firsts = group_alike([bag(sentence) for _, sentence in claims])
    carriers: defaultdict[int, set[int]] = defaultdict(set)
    for (article, sentence), first in zip(claims, firsts, strict=True):
        if article != claims[first][0] and _say_the_same(claims[first][1], sentence):
            carriers[first].add(article)
    queues: list[_Queue] = [[] for _ in sources]
    for index, (article, sentence) in enumerate(claims):
        new = firsts[index] == index
        queues[article].append(_Claim(article, sentence, tuple(sorted(carriers[index]))) if new else None)
    return queues


def _say_the_same(one: Sentence, other: Sentence) -> bool:
    """Tell whether a citation of one sentence may name the other: alike, with the same figures and negations."""
    return likeness(bag(one), bag(other)) >= _SAME and _telling(one) == _telling(other)


def _telling(sentence: Sentence) -> frozenset[str]:
    return frozenset(word for word in sentence.words if word in _NEGATIONS or any(map(str.isdigit, word)))


def _on_topic(articles: Sequence[_Source], topic: _Topic) -> list[int]:
    """Return the indices of the articles that write about the topic, the most telling first."""
    shares = [topic.evidence(source.stems(), source.language) for source in articles]
    matching = [index for index, share in enumerate(shares) if share >= _ON_TOPIC]
    return sorted(matching, key=lambda index: -shares[index])


def _narrow(queue: _Queue, topic: _Topic, language: str) -> _Queue:
    """Return the claims that hold some of the topic, the most telling first."""
    weighed = [(topic.evidence(claim.sentence.stems, language), claim) for claim in queue if claim]
    weighed.sort(key=lambda pair: -pair[0])
    return [claim for weight, claim in weighed if weight]


def _choose(queues: Sequence[_Queue], budget: _Budget) -> list[_Claim]:
    """Take claims from the queues in turn, leaving out what would lean on a sentence that is not shown.

    What would cut a quotation open comes last.
    """
    shown: set[tuple[int, int]] = set()
    chosen: list[_Claim] = []
    for claim in sorted(_in_turn(queues), key=lambda claim: claim.sentence.torn):
        sentence = claim.sentence
        stands = not sentence.leans or (claim.article, sentence.position - 1) in shown
        if stands and budget.spend(len(sentence.words)):
            shown.add((claim.article, sentence.position))
            chosen.append(claim)
    return chosen


def _in_turn(queues: Sequence[_Queue]) -> Iterator[_Claim]:
    for turn in zip_longest(*queues):
        yield from (claim for claim in turn if claim is not None)


def _why_nothing(sources: Sequence[_Source], queues: Sequence[_Queue]) -> str:
    if not sources:
        return "There is no article to draw on. Add some first."
    if not any(source.sentences for source in sources):
        return "These articles hold no whole sentence to quote."
    if not any(queues):
        return "Try other or fewer words, or the names as the articles spell them."
    return "No sentence is as short as that. Ask for more words."


def _why_fewer(words: int | None) -> str:
    return "the articles say no more that is new." if words is None else f"more don't fit in {words} words."


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
