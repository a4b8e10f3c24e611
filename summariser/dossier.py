"""A brief of many articles, in the order of what happened."""

from collections.abc import Mapping, Sequence
from datetime import date

from summariser.briefing import brief
from summariser.model import Article, Brief, Dossier, Quote, Span
from summariser.rank.openings import leans
from summariser.rank.sentences import language_of
from summariser.timeline import day_of


def draw_up(
    articles: Sequence[Article],
    *,
    topic: str | None = None,
    sentences: int | None = None,
    language: str | None = None,
    frequencies: Mapping[str, int] | None = None,
    spans: Sequence[Sequence[Span]] | None = None,
) -> Dossier:
    """Return the brief of these articles by the days that its quotes tell of.

    Raises SentenceCountError for fewer than one sentence.
    """
    made = brief(articles, topic=topic, sentences=sentences, language=language, frequencies=frequencies, spans=spans)
    told = sorted(_dated_runs(made.quotes, articles), key=lambda run: _order(run, articles))
    quotes = tuple(quote for _, run in told for quote in run)
    days = tuple(day for day, run in told for _ in run)
    return Dossier(Brief(quotes, made.notes), days)


_Run = tuple[date | None, list[Quote]]


def _dated_runs(quotes: Sequence[Quote], articles: Sequence[Article]) -> list[_Run]:
    """Return the quotes in runs that stand side by side in their article, each run under the day that it tells of.

    What leans on the sentence before it stays behind it, over a heading too; what names a day of its own and stands by
    itself begins a run.
    """
    runs: list[list[Quote]] = []
    for quote in sorted(quotes, key=lambda quote: (quote.article, quote.start)):
        last = runs[-1][-1] if runs else None
        follows = last and last.article == quote.article and _goes_on(last, quote, articles[quote.article])
        if follows and not _tells_another_day(quote, runs[-1][0], articles[quote.article]):
            runs[-1].append(quote)
        else:
            runs.append([quote])
    return [(_day(run[0], articles[run[0].article]), run) for run in runs]


def _goes_on(last: Quote, quote: Quote, article: Article) -> bool:
    """Tell whether a quote stands right behind another one, or leans on it: none is without what it leans on."""
    return not article.text[last.end : quote.start].strip() or _leans(quote, article)


def _tells_another_day(quote: Quote, first: Quote, article: Article) -> bool:
    """Tell whether a quote may leave its run for a day that it names: it names one, and leans on nothing."""
    own = day_of(quote.text, article)
    return own is not None and own != _day(first, article) and not _leans(quote, article)


def _leans(quote: Quote, article: Article) -> bool:
    return leans(quote.text, language_of(quote.text, article.language))


def _day(quote: Quote, article: Article) -> date | None:
    return day_of(quote.text, article) or (article.published.date() if article.published else None)


def _order(run: _Run, articles: Sequence[Article]) -> tuple[date, str, int, int]:
    """Return what runs are put in order by: the day, the undated last, then the source."""
    day, (first, *_) = run
    return day or date.max, articles[first.article].source or "", first.article, first.start
