"""The one way into the methods: a text goes in, passages of it come out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module

from summariser.errors import NothingToSummariseError, SentenceCountError, UnknownMethodError
from summariser.methods import METHODS, MOST_SENTENCES
from summariser.model import Passage, Span, Summary
from summariser.rank import lead, verbatim
from summariser.rank.diversity import standing
from summariser.rank.frequencies import rarity
from summariser.rank.sentences import content_of, drop_repeats, language_of, read_sentences
from summariser.rank.task import Choice, Method, Sentence, Task
from summariser.text import guess_language, split_sentences, stem, stop_words

# A shorter text need not tell its language.
_TELLING = 200
# Characters that are read and ranked, in one or two seconds of one core; few novels are as long.
_MOST_READ = 1_000_000
_UNKNOWN_LANGUAGE = "I don't know the language of this text: its small words were not told from the others."


def summarise(
    text: str,
    *,
    title: str | None = None,
    sentences: int = 3,
    method: str = "verbatim",
    query: str | None = None,
    language: str | None = None,
    frequencies: Mapping[str, int] | None = None,
    spans: Sequence[Span] | None = None,
) -> Summary:
    """Choose the sentences of a text that stand for it, in the order of the text, none twice.

    Fewer come back, with a note, where the text has no more that can be quoted by themselves. `query` draws the choice
    towards what the reader asks about (method `verbatim` only); `frequencies` counts the documents that hold each stem
    (see `summariser.rank.frequencies`); `spans` are the text's sentences where they are known already.

    Raises UnknownMethodError, SentenceCountError for fewer than one sentence, NothingToSummariseError for no sentence.
    """
    if method not in METHODS:
        raise UnknownMethodError(method, METHODS)
    if sentences < 1:
        raise SentenceCountError(sentences, MOST_SENTENCES)
    known = language or guess_language(text)
    language = language_of(text, known)
    spans, passed_over = _within_reach(text, language, spans)
    candidates = _sound(drop_repeats(read_sentences(text, language=language, spans=spans)), sentences)
    if not candidates:
        raise NothingToSummariseError
    task = Task(
        candidates,
        sentences,
        rarity(frequencies),
        title=content_of(title or "", language),
        query=content_of(query or "", language),
        stop_words=stop_words(language),
        stem=partial(stem, language=language),
    )
    summary = _cut(text, task, _method(method)(task))
    unknown = () if known or len(text) < _TELLING else (_UNKNOWN_LANGUAGE,)
    return replace(summary, notes=(*passed_over, *summary.notes, *unknown))


def _within_reach(
    text: str, language: str, spans: Sequence[Span] | None
) -> tuple[Sequence[Span] | None, tuple[str, ...]]:
    """Return the sentences of an endless text's beginning, at least one, and a note that no more of it was read."""
    if len(text) <= _MOST_READ:
        return spans, ()
    known = sorted(spans) if spans else split_sentences(text, language=language)
    read = [span for span in known if span.end <= _MOST_READ] or known[:1]
    if len(read) == len(known):
        return known, ()
    return read, (f"The text is very long: these are chosen from its first {len(read):,} of {len(known):,} sentences.",)


def _sound(candidates: tuple[Sentence, ...], wanted: int) -> tuple[Sentence, ...]:
    """Return the sentences that cut no quotation open, where they are enough; else all."""
    sound = tuple(sentence for sentence in candidates if not sentence.torn)
    return sound if len(standing(sound)) >= wanted else candidates


def _method(name: str) -> Method:
    """Return the function of a method; sumy takes most of a second to import, so only when it is asked for."""
    if name == "verbatim":
        return verbatim.choose
    if name == "lead":
        return lead.choose
    return partial(import_module("summariser.rank.classic").choose, name)


def _cut(text: str, task: Task, choice: Choice) -> Summary:
    """Cut the chosen sentences out of the text, and say so where they are fewer than asked for."""
    chosen = [task.sentences[index].span for index in sorted(choice.indices)]
    notes = choice.notes
    if len(chosen) < task.wanted:
        notes = (
            *notes,
            f"{len(chosen)} of the {task.wanted} sentences asked for: the text has no more that stand by themselves.",
        )
    return Summary(tuple(Passage(span.cut(text), span.start, span.end) for span in chosen), notes)
