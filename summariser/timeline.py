"""Timelines: the sentences of many articles that say when something was."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from summariser.days import Told, find_dates
from summariser.model import Article, Event, Precision, Quote, Span, Timeline
from summariser.rank.duplicates import group_alike
from summariser.rank.frequencies import rarity
from summariser.rank.sentences import bag, content_of, language_of, read_sentences
from summariser.rank.task import Sentence

MOST_EVENTS = 40

# The share of a topic's weight that a sentence, or the head of its article, must hold to be about it.
_ON_TOPIC = 0.5
_HEAD = 2
"""Sentences that tell with the title what an article is about."""
# A sentence that leans on the one before is shown with it, if the two are no longer than this.
_LONGEST_PAIR = 420
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence about the topic."""

    article: int
    sentence: Sentence
    span: Span | None
    """With the sentence that it leans on; None where it cannot be shown."""
    told: Told | None
    """When it was, counted from the beginning of the span."""
    worth: float


def timeline(
    articles: Sequence[Article],
    *,
    topic: str,
    most: int = MOST_EVENTS,
    language: str | None = None,
    frequencies: Mapping[str, int] | None = None,
    spans: Sequence[Sequence[Span]] | None = None,
) -> Timeline:
    """Return the sentences about a topic that say when something was, the earliest first, none twice.

    Of more than `most` the most telling are kept. `spans` are each article's finished sentences where they are known.
    """
    rare = rarity(frequencies)
    said: list[_Said] = []
    for index, article in enumerate(articles):
        known = language_of(article.text, language or article.language)
        said += _of_article(index, article, _Topic(topic, known, rare), spans[index] if spans else None)
    # The article that tells it first knows best which Sunday it was.
    said.sort(key=lambda one: (_published(articles[one.article]), one.article, one.sentence.span.start))
    chosen = _once(said)
    kept = sorted(chosen, key=lambda pair: -pair[0].worth)[:most]
    events = [_event(articles[one.article].text, one, also) for one, also in kept]
    events.sort(key=lambda event: (event.day, _EXACTNESS[event.precision], event.quote.article, event.quote.start))
    return Timeline(tuple(events), len(chosen) - len(kept))


_EXACTNESS = {Precision.YEAR: 0, Precision.MONTH: 1, Precision.DAY: 2}


@dataclass(frozen=True, slots=True)
class _Topic:
    words: str
    language: str
    rarity: Callable[[str], float]

    def evidence(self, stems: set[str]) -> float:
        """Return how much of the topic's weight these stems hold, 0 to 1; a topic without content is in everything."""
        asked = set(content_of(self.words, self.language))
        total = sum(map(self.rarity, asked))
        return sum(map(self.rarity, asked & stems)) / total if total else 1.0


def main_date(dates: Sequence[Told]) -> Told | None:
    """Return the date that a sentence is told by: the first of those that are the most exact."""
    return max(dates, key=lambda told: (_EXACTNESS[told.precision], -told.span.start), default=None)


def _of_article(index: int, article: Article, topic: _Topic, spans: Sequence[Span] | None) -> Iterator[_Said]:
    """Yield the sentences of an article that are about the topic."""
    sentences = read_sentences(article.text, language=topic.language, spans=spans)
    head = {stem for sentence in sentences[:_HEAD] for stem in sentence.stems}
    told_by_head = topic.evidence(head.union(content_of(article.title or "", topic.language)))
    for place, sentence in enumerate(sentences):
        evidence = topic.evidence(set(sentence.stems))
        if sentence.asks or sentence.torn or max(evidence, told_by_head) < _ON_TOPIC:
            continue
        told = main_date(find_dates(sentence.span.cut(article.text), article))
        span = _with_support(article.text, sentences, place)
        if told and span:
            told = Told(told.span.moved(sentence.span.start - span.start), told.day, told.precision)
        exact = 0.2 * _EXACTNESS[told.precision] if told else 0
        yield _Said(index, sentence, span, told, evidence + told_by_head / 2 + 1 / (2 + place) + exact)


def _with_support(text: str, sentences: Sequence[Sentence], place: int) -> Span | None:
    """Return where a sentence stands, with the one that it leans on; None where that one leans too, or is far away."""
    sentence = sentences[place]
    if not sentence.leans:
        return sentence.span
    before = sentences[place - 1] if place else None
    if before is None or before.leans or before.torn or before.asks or before.span.end > sentence.span.start:
        return None
    together = Span(before.span.start, sentence.span.end)
    between = text[before.span.end : sentence.span.start]
    fits = together.end - together.start <= _LONGEST_PAIR and not between.strip() and "\n\n" not in between
    return together if fits else None


def _once(said: Sequence[_Said]) -> list[tuple[_Said, tuple[int, ...]]]:
    """Return the dated sentences without their near-duplicates, each with the other articles that carry it."""
    groups: dict[tuple[int, frozenset[str]], list[_Said]] = {}
    for one, first in zip(said, group_alike([bag(one.sentence) for one in said]), strict=True):
        groups.setdefault((first, _figures(one.sentence)), []).append(one)
    chosen: list[tuple[_Said, tuple[int, ...]]] = []
    for group in groups.values():
        shown = next((one for one in group if one.told and one.span), None)
        if shown:
            chosen.append((shown, tuple(sorted({one.article for one in group} - {shown.article}))))
    return chosen


def _figures(sentence: Sentence) -> frozenset[str]:
    return frozenset(word for word in sentence.words if any(map(str.isdigit, word)))


def _event(text: str, one: _Said, also: tuple[int, ...]) -> Event:
    told, span = one.told, one.span
    if told is None or span is None:
        raise ValueError("a sentence without a date is no event")
    return Event(told.day, told.precision, Quote(span.cut(text), one.article, span.start, span.end, also), told.span)


def _published(article: Article) -> datetime:
    """Return the article's date to sort by: the undated come last, and a date without a zone is taken for UTC."""
    when = article.published or _LAST
    return when.replace(tzinfo=when.tzinfo or UTC)


def day_of(text: str, article: Article) -> date | None:
    """Return the one day that a passage names, None where it names none, or several."""
    days = {told.day for told in find_dates(text, article) if told.precision is Precision.DAY}
    return days.pop() if len(days) == 1 else None
