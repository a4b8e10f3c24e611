"""The sentences that show best who somebody is: whole, standing by themselves, with the name and what it goes with."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from summariser.model import Article, MentionType, Passage, Sighting, Span
from summariser.rank.asides import is_aside
from summariser.rank.duplicates import group_alike
from summariser.rank.openings import leans
from summariser.rank.quotations import read_quotations
from summariser.rank.sentences import bag, language_of, read_sentences
from summariser.rank.task import Sentence
from summariser.text import is_sentence
from summariser.wordings import describe

# What is read in one go; longer sentences are hard to take in, shorter ones tell little.
_LONG, _SHORT = 320, 60
# The name is what the sentence is about where it comes early.
_EARLY = 60
# Worth less than nothing: shown where an article has no better.
_LAST_RESORT = -2.0


def sightings(
    articles: Sequence[Article],
    spans: Sequence[Sequence[Span]],
    places: Sequence[Sequence[Span]],
    kind: MentionType,
) -> tuple[Sighting, ...]:
    """Return the sentence of each article that shows best who is named at these places, the best first.

    `spans` are each article's sentences. An article that names nobody within a sentence has none.
    """
    found: list[tuple[Sighting, frozenset[str]]] = []
    for index, article in enumerate(articles):
        best = max(_of_article(index, article, spans[index], places[index], kind), key=_worth, default=None)
        if best is not None:
            found.append(best)
    firsts = group_alike([words for _, words in found])
    shown = [replace(one, like=found[first][0].article) for (one, _), first in zip(found, firsts, strict=True)]
    return tuple(sorted(shown, key=lambda one: (-one.worth, one.article)))


def judge(sentences: Sequence[str]) -> tuple[int, ...]:
    """Return how well each sentence can be shown by itself.

    2: it stands alone; 1: it leans on others; 0: it is no sentence, a headline, about the page or its makers, or cuts a
    quotation open.
    """
    return tuple(map(_judge, sentences))


def _judge(words: str) -> int:
    if not is_sentence(words) or is_aside(words) or words.isupper():
        return 0
    whole = Span(0, len(words))
    if whole in read_quotations(words, [whole]).torn:
        return 0
    return 1 if leans(words, language_of(words, None)) else 2


def _worth(found: tuple[Sighting, frozenset[str]]) -> tuple[float, int]:
    return found[0].worth, -found[0].passage.start


def _of_article(
    index: int, article: Article, spans: Sequence[Span], places: Sequence[Span], kind: MentionType
) -> Iterator[tuple[Sighting, frozenset[str]]]:
    text = article.text
    read = read_sentences(text, language=language_of(text, article.language), spans=spans or None)
    whole = {sentence.span: sentence for sentence in read}
    longest = max((place.end - place.start for place in places), default=0)
    for span in whole.keys() | set(spans):
        here = [place for place in places if span.start <= place.start and place.end <= span.end]
        if not here:
            continue
        sentence = whole.get(span)
        marked = tuple(place.moved(-span.start) for place in sorted(here))
        passage = Passage(span.cut(text), span.start, span.end)
        worth = _weigh(sentence, passage, marked, longest, kind) if sentence else _LAST_RESORT
        words = bag(sentence) if sentence else frozenset(passage.text.casefold().split())
        yield Sighting(index, passage, marked, worth, index), words


def _weigh(sentence: Sentence, passage: Passage, marked: Sequence[Span], longest: int, kind: MentionType) -> float:
    """Return how well a sentence shows somebody; below 0 it leans on others, or is no statement."""
    length, first = passage.end - passage.start, marked[0]
    worth = 1 / (2 + sentence.position)
    worth -= 2 * (sentence.leans or sentence.torn) + 1.5 * (sentence.asks or sentence.prompts)
    worth += 0.4 * any(span.end - span.start >= 0.8 * longest for span in marked)
    worth += 0.3 * (first.start < _EARLY) + 0.4 * any(map(bool, describe([(passage.text, first, kind)])))
    worth -= 0.4 * (length > _LONG) + 0.3 * (length < _SHORT)
    return worth
