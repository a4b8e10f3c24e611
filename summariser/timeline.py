"""Timelines: the sentences of many articles that say when something was."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache

from summariser.about import Topic
from summariser.days import Told, find_dates
from summariser.model import Article, Event, Precision, Quote, Span, Timeline
from summariser.rank.duplicates import group_alike
from summariser.rank.frequencies import rarity
from summariser.rank.sentences import bag, language_of, read_again
from summariser.rank.task import Sentence

MOST_EVENTS = 40

# A sentence that leans on the one before is shown with it, if the two are no longer than this.
_LONGEST_PAIR = 420
_LAST = datetime.max.replace(tzinfo=UTC)
_NEVER = Told(Span(0, 0), date.max, Precision.DAY)


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence of an article."""

    article: int
    language: str
    sentence: Sentence
    span: Span | None
    """With the sentence that it leans on; None where it cannot be shown."""
    told: Told | None = None
    """When it was, counted from the beginning of the span; None where it is not about the topic."""
    worth: float = 0.0

    @property
    def pair(self) -> bool:
        """Tell whether it is shown with the sentence before it."""
        return self.span is not None and self.span.start < self.sentence.span.start


_Key = tuple[int, frozenset[str]]
"""What near-duplicates have in common: the first of them, and their figures."""

_Groups = dict[_Key, list[_Said]]

_Chosen = tuple[_Said, frozenset[int]]
"""A sentence that is an event, and all articles that carry it."""


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
    said = list(_read(articles, language, spans))
    # The article that tells it first knows best which Sunday it was.
    said.sort(key=lambda one: (_published(articles[one.article]), one.article, one.sentence.span.start))
    firsts = group_alike([bag(one.sentence) for one in said])
    worth = _worth(Topic(topic, cache(rarity(frequencies))), said, firsts)
    dated = [_date(one, articles[one.article], worth[first]) for one, first in zip(said, firsts, strict=True)]
    groups: defaultdict[_Key, list[_Said]] = defaultdict(list)
    for one, first in zip(dated, firsts, strict=True):
        groups[first, _figures(one.sentence)].append(one)
    chosen = {key: told[0] for key, group in groups.items() if (told := [copy for copy in group if copy.told])}
    kept = dict(sorted(chosen.items(), key=lambda item: -item[1].worth)[:most])
    events = tuple(_event(articles[one.article].text, one, carried) for one, carried in _in_order(kept, groups))
    return Timeline(events, len(chosen) - len(kept))


_EXACTNESS = {Precision.YEAR: 0, Precision.MONTH: 1, Precision.DAY: 2}


def main_date(dates: Sequence[Told]) -> Told | None:
    """Return the date that a sentence is told by: the first of those that are the most exact."""
    return max(dates, key=lambda told: (_EXACTNESS[told.precision], -told.span.start), default=None)


def _read(articles: Sequence[Article], language: str | None, spans: Sequence[Sequence[Span]] | None) -> Iterator[_Said]:
    """Yield all sentences of the articles."""
    for index, article in enumerate(articles):
        known = language_of(article.text, language or article.language)
        sentences = read_again(article.text, language=known, spans=spans[index] if spans else None)
        for place, sentence in enumerate(sentences):
            yield _Said(index, known, sentence, _with_support(article.text, sentences, place))


def _worth(topic: Topic, said: Sequence[_Said], firsts: Sequence[int]) -> Sequence[float]:
    """Return how much each sentence tells of the topic; a topic without content is in everything."""
    alone = [one for index, one in enumerate(said) if firsts[index] == index]
    languages = {one.article: one.language for one in said}
    if not any(topic.asks(language) for language in languages.values()):
        return [1.0] * len(said)
    worth = topic.draw([(one.article, one.sentence) for one in alone], languages)
    return [worth.get((one.article, one.sentence.position), 0.0) for one in said]


def _date(one: _Said, article: Article, worth: float) -> _Said:
    """Return a sentence with the day that it tells of, if it is about the topic."""
    sentence = one.sentence
    if not worth or one.span is None or sentence.asks or sentence.torn:
        return one
    told = main_date(find_dates(sentence.span.cut(article.text), article))
    if told is None:
        return one
    moved = Told(told.span.moved(sentence.span.start - one.span.start), told.day, told.precision)
    return replace(one, told=moved, worth=worth + 1 / (2 + sentence.position) + 0.2 * _EXACTNESS[told.precision])


def _with_support(text: str, sentences: Sequence[Sentence], place: int) -> Span | None:
    """Return where a sentence stands, with the one that it leans on; None where that one leans too, or is far away."""
    sentence = sentences[place]
    if not sentence.leans:
        return sentence.span
    before = sentences[place - 1] if place and sentence.leans_on == place - 1 else None
    if before is None or before.leans or before.torn or before.asks or before.span.end > sentence.span.start:
        return None
    together = Span(before.span.start, sentence.span.end)
    between = text[before.span.end : sentence.span.start]
    fits = together.end - together.start <= _LONGEST_PAIR and not between.strip() and "\n\n" not in between
    return together if fits else None


def _in_order(kept: Mapping[_Key, _Said], groups: _Groups) -> Iterator[_Chosen]:
    """Yield the events by their days, each with the articles that carry it, and no sentence twice.

    What leans on a sentence that is an event too is shown right behind that one: as an event of its own where it comes
    next, else as one event with it, on its day.
    """
    keys = {(copy.article, copy.sentence.position): key for key, group in groups.items() for copy in group}
    order = sorted(kept, key=lambda key: _order(kept[key]))
    shown = {key: (kept[key], _carriers(groups[key])) for key in order}
    for place, key in enumerate(order):
        one, carried = shown[key]
        if not one.pair:
            continue
        before = keys[one.article, one.sentence.position - 1]
        both = carried & _carriers(groups[before])
        lead = shown[before][0] if before in shown else None
        if lead is None or lead.pair:
            shown[key] = one, both
        elif place and order[place - 1] == before and lead.article == one.article:
            shown[key] = _alone(one), carried
        else:
            own = next((copy for copy in groups[before] if copy.article == one.article and copy.told), None)
            if own and lead.span == lead.sentence.span:
                shown[before] = replace(own, span=one.span), both
            del shown[key]
    return iter(shown.values())


def _order(one: _Said) -> tuple[date, int, int, int]:
    told = one.told or _NEVER
    return told.day, _EXACTNESS[told.precision], one.article, one.sentence.span.start


def _carriers(group: Sequence[_Said]) -> frozenset[int]:
    return frozenset(copy.article for copy in group)


def _alone(one: _Said) -> _Said:
    """Return a sentence without the one that it leans on."""
    span, told = one.span, one.told
    if span is None or told is None:
        return one
    moved = told.span.moved(span.start - one.sentence.span.start)
    return replace(one, span=one.sentence.span, told=replace(told, span=moved))


def _figures(sentence: Sentence) -> frozenset[str]:
    return frozenset(word for word in sentence.words if any(map(str.isdigit, word)))


def _event(text: str, one: _Said, carried: frozenset[int]) -> Event:
    told, span = one.told, one.span
    if told is None or span is None:
        raise ValueError("a sentence without a date is no event")
    also = tuple(sorted(carried - {one.article}))
    return Event(told.day, told.precision, Quote(span.cut(text), one.article, span.start, span.end, also), told.span)


def _published(article: Article) -> datetime:
    """Return the article's date to sort by: the undated come last, and a date without a zone is taken for UTC."""
    when = article.published or _LAST
    return when.replace(tzinfo=when.tzinfo or UTC)


def day_of(text: str, article: Article) -> date | None:
    """Return the one day that a passage names, None where it names none, or several."""
    days = {told.day for told in find_dates(text, article) if told.precision is Precision.DAY}
    return days.pop() if len(days) == 1 else None
