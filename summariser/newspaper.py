"""Many stories told beside each other: a short brief of each, and nothing said twice."""

from collections.abc import Sequence
from dataclasses import replace

from summariser.briefing import brief
from summariser.model import Article, Brief, Quote, Span, Telling


def tell(stories: Sequence[Telling], *, topic: str | None = None) -> tuple[Brief, ...]:
    """Return a brief of each story, none of which says what one before it says, or what was told of the story before.

    With a `topic` the sentences are about it where a story has any. A brief is empty where a story holds nothing new.
    Raises SentenceCountError for fewer than one sentence.
    """
    briefs: list[Brief] = []
    said: list[Article] = []
    for story in stories:
        made = _brief(story, said, topic)
        said += [_as_article(quote, story) for quote in made.quotes]
        briefs.append(made)
    return tuple(briefs)


def _brief(story: Telling, said: Sequence[Article], topic: str | None) -> Brief:
    articles = [*said, *story.articles]
    spans = [*((Span(0, len(one.text)),) for one in said), *story.spans]
    told = len(said) + story.told
    made = brief(articles, topic=topic, sentences=story.sentences, spans=spans, told=told)
    if topic is not None and not made.quotes:
        made = brief(articles, sentences=story.sentences, spans=spans, told=told)
    return Brief(tuple(_of_story(quote, len(said)) for quote in made.quotes), made.notes)


def _of_story(quote: Quote, said: int) -> Quote:
    """Return a quote with its articles counted within its story."""
    return replace(quote, article=quote.article - said, also=tuple(one - said for one in quote.also))


def _as_article(quote: Quote, story: Telling) -> Article:
    return Article(quote.text, language=story.articles[quote.article].language)
