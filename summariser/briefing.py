"""Briefs: what many articles say, each sentence once, with every article that carries it.

Sentences are chosen for the concepts that they cover (see `summariser.rank.coverage`), greedily, with lazy evaluation
(Minoux 1978). A topic narrows the choice to articles and sentences about it, and draws it towards those that hold most
of its rarer words and of the words that stand beside them.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from heapq import heapify, heappop, heappush

from summariser.about import Topic
from summariser.errors import SentenceCountError, WordCountError
from summariser.methods import MOST_SENTENCES
from summariser.model import Article, Brief, Quote, Span
from summariser.rank import verbatim
from summariser.rank.coverage import Coverage
from summariser.rank.diversity import standing
from summariser.rank.duplicates import NEAR_DUPLICATE, group_alike, likeness
from summariser.rank.frequencies import rarity
from summariser.rank.sentences import bag, content_of, language_of, read_again
from summariser.rank.task import Sentence, Task

USUAL_SENTENCES = 5
"""The length of a brief for which none was asked."""

# Alike to this degree, two sentences say the same if their figures and negations agree too.
_SAME = 0.8
_ROUNDING = 1e-9
# Less stands in many sentences without being what they say: "The vote was held on Sunday".
_LEAST_STEMS = 5
_NEGATIONS = frozenset({"no", "not", "never", "none", "nor", "neither", "without", "denied", "denies"})
_NUMBERS = frozenset(
    (
        *(
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
        ),
        *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty"),
        *("sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "billion", "half", "dozen"),
    )
)
_TELLING = _NEGATIONS | _NUMBERS
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


@dataclass(frozen=True, slots=True, eq=False)
class _Claim:
    """A sentence of an article, the first that says this; and the other articles that carry it. Like no other."""

    article: int
    sentence: Sentence
    also: tuple[int, ...] = ()


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
    told: int = 0,
) -> Brief:
    """Choose the sentences of many articles that stand for them, the oldest article's first, none twice.

    `sentences` and `words` bound the length (five sentences where neither is given). With a `topic`, only articles that
    write about it are drawn on. `spans` are each article's finished sentences where they are known already. Of the
    articles the first `told` were told of before: nothing that they say is said again. What could not be had stands in
    the notes; a brief can be empty.

    Raises SentenceCountError or WordCountError for fewer than one.
    """
    budget = _budget(sentences, words)
    sources = [_read(article, language, spans[index] if spans else None) for index, article in enumerate(articles)]
    weigh = cache(rarity(frequencies))
    claims = _claims(sources, told)
    worth = dict.fromkeys(claims, 1.0)
    notes: list[str] = []
    if topic is not None:
        asked = Topic(topic, weigh)
        matching = {index for index, source in enumerate(sources) if asked.meets(source.stems(), source.language)}
        claims = [claim for claim in claims if claim.article in matching]
        worth = _worth(asked, claims, sources)
        notes.append(f"Articles about “{topic}”: {len(matching)} of {len(articles)}.")
    if told:
        worth = _news(worth, sources, told)
    drawn_on = {claim.article for claim in worth}
    if len(drawn_on) == 1 and words is None:
        chosen = _choose_of_one(list(worth), sources[min(drawn_on)], weigh, budget, topic)
    else:
        chosen = _choose(claims, worth, weigh, budget, told=told)
    chosen = _cite(chosen, sources)
    if not chosen:
        notes.append(_why_nothing(sources, worth, words))
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
    return _Source(article.title or "", known, read_again(article.text, language=known, spans=spans))


def _worth(topic: Topic, claims: Sequence[_Claim], sources: Sequence[_Source]) -> dict[_Claim, float]:
    """Return the claims that are about the topic, and how much each is worth."""
    said = [(claim.article, claim.sentence) for claim in claims]
    worth = topic.draw(said, dict(enumerate(source.language for source in sources)))
    places = ((claim, worth.get((claim.article, claim.sentence.position))) for claim in claims)
    return {claim: value for claim, value in places if value}


def _news(worth: Mapping[_Claim, float], sources: Sequence[_Source], told: int) -> dict[_Claim, float]:
    """Return the claims that the first articles do not make; another figure is news, other words are not."""
    said = [sentence for source in sources[:told] for sentence in source.sentences]
    holders = _holders(said, {stem for claim in worth if claim.article >= told for stem in bag(claim.sentence)})
    return {
        claim: value
        for claim, value in worth.items()
        if claim.article >= told
        and not any(
            _repeats(claim.sentence, said[near]) for near in _nearby(claim.sentence, holders, alike=NEAR_DUPLICATE)
        )
    }


def _repeats(one: Sentence, other: Sentence) -> bool:
    """Tell whether a sentence says nothing that the other one does not."""
    alike = likeness(bag(one), bag(other)) >= NEAR_DUPLICATE and _telling(one) == _telling(other)
    return alike or _say_the_same(one, other)


def _claims(sources: Sequence[_Source], told: int = 0) -> list[_Claim]:
    """Return what the first articles say, then what the others do, each without what it repeats of its own."""
    said = [_Claim(article, sentence) for article, source in enumerate(sources) for sentence in source.sentences]
    parting = sum(claim.article < told for claim in said)
    return [*_different(said[:parting]), *_different(said[parting:])]


def _different(said: Sequence[_Claim]) -> list[_Claim]:
    """Return the claims without what repeats one before it in nearly the same words."""
    chosen: dict[int, int] = {}
    for index, first in enumerate(group_alike([bag(claim.sentence) for claim in said])):
        # Of copies the first is quoted, unless it is all capitals and another is not.
        if first == index or (said[chosen[first]].sentence.shouts and not said[index].sentence.shouts):
            chosen[first] = index
    return [said[index] for index in sorted(chosen.values())]


def _choose(
    claims: Sequence[_Claim],
    worth: Mapping[_Claim, float],
    rarity: Callable[[str], float],
    budget: _Budget,
    *,
    told: int = 0,
) -> list[_Claim]:
    """Take the claims of some worth that add most to what all tell, and none that leans on a sentence left out.

    What the first articles tell has been told.

    What would cut a quotation open, or is all capitals, comes last. Worth can only fall while others are taken, so that
    only those are looked at again that were ahead before.
    """
    heard = [index for index, claim in enumerate(claims) if claim.article < told]
    news = [index for index, claim in enumerate(claims) if claim in worth]
    sentences, articles = [claim.sentence for claim in claims], [claim.article for claim in claims]
    coverage = Coverage(sentences, articles, rarity, weighed=[*heard, *news])
    for index in heard:
        coverage.take(index)
    followers: defaultdict[tuple[int, int | None], list[int]] = defaultdict(list)
    for index in news:
        followers[articles[index], sentences[index].leans_on].append(index)

    def rank(index: int) -> tuple[bool, float, int]:
        sentence = sentences[index]
        return sentence.torn or sentence.shouts, -coverage.gain(index) * worth[claims[index]], index

    waiting = [rank(index) for index in news if not sentences[index].leans]
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
        for follower in followers.get((claim.article, claim.sentence.position), ()):
            heappush(waiting, rank(follower))
    return chosen


def _choose_of_one(
    claims: Sequence[_Claim], source: _Source, rarity: Callable[[str], float], budget: _Budget, topic: str | None
) -> list[_Claim]:
    """Take the claims that sum up one article, which has no second to be set against."""
    sound = [claim for claim in claims if not (claim.sentence.torn or claim.sentence.shouts)]
    enough = len(standing([claim.sentence for claim in sound])) >= budget.sentences
    claims = sound if enough else claims
    task = Task(
        tuple(claim.sentence for claim in claims),
        int(budget.sentences),
        rarity,
        title=content_of(source.title, source.language),
        query=content_of(topic or "", source.language),
    )
    return [claims[index] for index in verbatim.choose(task).indices]


def _cite(chosen: Sequence[_Claim], sources: Sequence[_Source]) -> list[_Claim]:
    """Return the claims with every other article that carries them."""
    said = [(article, sentence) for article, source in enumerate(sources) for sentence in source.sentences]
    holders = _holders([sentence for _, sentence in said], {stem for claim in chosen for stem in bag(claim.sentence)})
    cited: list[_Claim] = []
    for claim in chosen:
        nearby = _nearby(claim.sentence, holders)
        also = {said[near][0] for near in nearby if _say_the_same(claim.sentence, said[near][1])}
        cited.append(replace(claim, also=tuple(sorted(also - {claim.article}))))
    return cited


def _holders(said: Sequence[Sentence], words: Collection[str]) -> Mapping[str, Sequence[int]]:
    """Return the sentences that hold each of these words."""
    wanted = frozenset(words)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, sentence in enumerate(said):
        for stem in wanted.intersection(sentence.stems or sentence.words):
            holders[stem].append(index)
    return holders


def _nearby(sentence: Sentence, holders: Mapping[str, Sequence[int]], *, alike: float = _SAME) -> set[int]:
    """Return the sentences that may say the same: they share one of a few rarest words (see `group_alike`)."""
    words = sorted(bag(sentence), key=lambda word: (len(holders.get(word, ())), word))
    spare = len(words) - math.ceil(alike * len(words) - _ROUNDING)
    return {near for word in words[: spare + 1] for near in holders.get(word, ())}


def _say_the_same(one: Sentence, other: Sentence) -> bool:
    """Tell whether a citation of one sentence may name the other: alike, or within it, and nothing vital differs."""
    if likeness(bag(one), bag(other)) >= _SAME:
        return _telling(one) == _telling(other) and not _name_others(one, other)
    within = len(one.stems) >= _LEAST_STEMS and f" {' '.join(one.words)} " in f" {' '.join(other.words)} "
    return within and _NEGATIONS.isdisjoint(set(other.words).difference(one.words))


def _name_others(one: Sentence, other: Sentence) -> bool:
    """Tell whether each names somebody whom the other does not, or they begin with two subjects."""
    if one.names.difference(other.words) and other.names.difference(one.words):
        return True
    return not {*one.stems[:1]} <= {*other.stems} and not {*other.stems[:1]} <= {*one.stems}


def _telling(sentence: Sentence) -> frozenset[str]:
    return frozenset(word for word in sentence.words if word in _TELLING or any(map(str.isdigit, word)))


def _why_nothing(sources: Sequence[_Source], worth: Mapping[_Claim, float], words: int | None) -> str:
    if not sources:
        return "There is no article to draw on. Add some first."
    if not any(source.sentences for source in sources):
        return "These articles hold no whole sentence to quote."
    if not worth:
        return "Try other or fewer words, or the names as the articles spell them."
    if words is None:
        return "What they say about it is not understood alone, and stands beside other things."
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
