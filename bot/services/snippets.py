"""The sentence of an article that shows best why it was found, and the words in it that were looked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.folding import spell, spell_out
from storage.query import Term
from summariser.model import Span

# Of a longer sentence the part around the first hit is shown, cut between words.
LONGEST = 360

# How much of what stands before the first hit is kept of a long sentence.
_BEFORE = 90


@dataclass(frozen=True, slots=True)
class Snippet:
    """A sentence, or its part, as it is shown."""

    sentence: Span
    """Where the whole sentence stands in the article's text."""
    text: str
    """Cut out of the article, with an ellipsis where the sentence goes on."""
    marked: tuple[Span, ...]
    """The hits, within `text`."""


def choose(text: str, sentences: Sequence[Span], terms: Sequence[Term]) -> Snippet | None:
    """Return the first of the sentences that hold most of the terms, or the first of all where none holds any.

    None comes back for an article without sentences.
    """
    patterns = [term.patterns for term in terms]
    best = max(sentences, key=lambda span: _worth(span.cut(text), patterns), default=None)
    if best is None:
        return None
    return _shorten(best, best.cut(text), mark(best.cut(text), terms))


def mark(text: str, terms: Sequence[Term]) -> tuple[Span, ...]:
    """Return where the terms stand in a text, in its order; what overlaps is one."""
    spelled = spell_out(text)
    found = sorted(span for term in terms for span in _hits(spelled, term))
    merged: list[Span] = []
    for span in found:
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def _worth(sentence: str, patterns: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """Return how many of the terms a sentence holds, and how often."""
    padded = f" {spell(sentence)} "
    counts = [sum(map(padded.count, forms)) for forms in patterns]
    return sum(map(bool, counts)), sum(counts)


def _hits(spelled: Sequence[tuple[str, int, int]], term: Term) -> Iterator[Span]:
    words = [word for word, _, _ in spelled]
    for form in term.forms:
        *first, last = form.split()
        length = len(first) + 1
        for place in range(len(words) - len(first)):
            ending = words[place + len(first)]
            fits = ending.startswith(last) if term.beginning else ending == last
            if fits and words[place : place + len(first)] == first:
                yield Span(spelled[place][1], spelled[place + length - 1][2])


def _shorten(sentence: Span, text: str, marked: Sequence[Span]) -> Snippet:
    """Cut what is too long to show, and bring the marks along."""
    if len(text) <= LONGEST:
        return Snippet(sentence, text, tuple(marked))
    start = max(0, marked[0].start - _BEFORE) if marked else 0
    start = text.find(" ", start, start + _BEFORE) + 1 if start else 0
    end = text.rfind(" ", start, start + LONGEST)
    end = len(text) if start + LONGEST >= len(text) else end if end > start else start + LONGEST
    before, after = "… " if start else "", " …" if end < len(text) else ""
    kept = (
        Span(max(span.start, start), min(span.end, end)) for span in marked if span.end > start and span.start < end
    )
    return Snippet(sentence, before + text[start:end] + after, tuple(span.moved(len(before) - start) for span in kept))
