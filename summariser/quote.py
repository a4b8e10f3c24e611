"""Where words stand: the passage of an article that says them, or comes nearest."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from summariser.model import Article, Finding, Quote, Span
from summariser.text import words

LEAST_SHARE = 0.6
"""With fewer of its words in common a passage is another one."""

MOST_WORDS = 300
"""How many words are looked for at once."""

# How much longer than what is looked for the stretch of an article may be in which it is looked for.
_ROOM = 1.5
_LEAST_ROOM = 12
# Runs of so many words are looked up; a shorter text is looked up word by word.
_RUN = 2


class _Word(NamedTuple):
    said: str
    span: Span


def find(
    asked: str, articles: Sequence[Article], *, spans: Sequence[Sequence[Span]], least: float = LEAST_SHARE
) -> tuple[Finding, ...]:
    """Return for each article the passage that comes nearest to the words, whole sentences, the nearest first.

    Case, kinds of quotation marks, blanks and punctuation do not count. Articles in which fewer than `least` of the
    words stand in this order are left out. `spans` are each article's sentences.
    """
    sought = _words(asked)[:MOST_WORDS]
    found = [
        finding
        for index, article in enumerate(articles)
        if sought and (finding := _find(asked, sought, index, article, spans[index])) and finding.share >= least
    ]
    return tuple(sorted(found, key=lambda finding: (-finding.exact, -finding.share, finding.quote.article)))


def _words(text: str) -> list[_Word]:
    return [_Word(_plain(span.cut(text)), span) for span in words(text)]


def _plain(word: str) -> str:
    """Return a word without case and without the typographer's choices."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")


def _find(
    asked: str, sought: Sequence[_Word], index: int, article: Article, sentences: Sequence[Span]
) -> Finding | None:
    """Return the nearest passage of one article, None where nothing of it stands there."""
    said = _words(article.text)
    stretch = _densest([word.said for word in sought], [word.said for word in said])
    if not stretch:
        return None
    window = said[stretch.start : stretch.end]
    runs = _runs(sought, window)
    core = _without_strays(runs)
    if not core:
        return None
    first, last = core[0][1], core[-1][1] + core[-1][2] - 1
    same = sum(length for _, _, length in core)
    passage = _whole_sentences(Span(window[first].span.start, window[last].span.end), sentences)
    # What stands in the same sentence further away is there, and shall not be called missing.
    near = [run for run in runs if passage.start <= window[run[1]].span.start < passage.end]
    first, last = min(first, near[0][1]), max(last, near[-1][1] + near[-1][2] - 1)
    theirs, ours = _places(near, 1), _places(near, 0)
    # Words asked for beyond the ends of what both have stand against as many words there.
    beside = range(first - near[0][0], last + 1 + len(sought) - near[-1][0] - near[-1][2])
    there = (place for place, word in enumerate(window) if passage.start <= word.span.start < passage.end)
    others = [window[place].span for place in there if place in beside and place not in theirs]
    return Finding(
        Quote(passage.cut(article.text), index, passage.start, passage.end),
        exact=same == len(sought) == last - first + 1,
        share=same / max(len(sought), core[-1][1] + core[-1][2] - core[0][1]),
        differing=_joined(others, article.text, -passage.start),
        missing=_joined([word.span for place, word in enumerate(sought) if place not in ours], asked, 0),
    )


def _densest(sought: Sequence[str], said: Sequence[str]) -> Span | None:
    """Return the stretch of words in which most of what is looked for stands, None where none of it does."""
    run = min(_RUN, len(sought))
    wanted = {tuple(sought[place : place + run]) for place in range(len(sought) - run + 1)}
    hits = [place for place in range(len(said) - run + 1) if tuple(said[place : place + run]) in wanted]
    if not hits:
        return None
    room = len(sought) + max(_LEAST_ROOM, int(len(sought) * (_ROOM - 1)))
    # Of equally dense stretches the one that is shortest: what is looked for stands close together.
    counts = [(bisect_right(hits, hit + room) - place, place) for place, hit in enumerate(hits)]
    best = max(counts, key=lambda count: (count[0], -hits[count[1] + count[0] - 1] + hits[count[1]], -count[1]))
    first, last = hits[best[1]], hits[best[1] + best[0] - 1]
    beside = len(sought)
    return Span(max(0, first - beside), min(len(said), last + run + beside))


_Run = tuple[int, int, int]
"""Where words begin that both have in this order, in what is looked for and in the window; and how many they are."""


def _runs(sought: Sequence[_Word], window: Sequence[_Word]) -> list[_Run]:
    matcher = SequenceMatcher(None, [word.said for word in sought], [word.said for word in window], autojunk=False)
    return [(block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size]


def _without_strays(runs: Sequence[_Run]) -> list[_Run]:
    """Return the runs without those at either end that stand far from the rest."""
    core = list(runs)
    while len(core) > 1 and _is_stray(core[0], core[1]):
        core.pop(0)
    while len(core) > 1 and _is_stray(core[-1], core[-2]):
        core.pop()
    return core


def _places(runs: Sequence[_Run], side: int) -> set[int]:
    return {run[side] + place for run in runs for place in range(run[2])}


def _is_stray(edge: _Run, next_: _Run) -> bool:
    """Tell whether the gap between a run at the edge and the next costs more words than the run is worth."""
    before, after = (edge, next_) if edge[1] < next_[1] else (next_, edge)
    gap = after[1] - before[1] - before[2]
    asked_gap = after[0] - before[0] - before[2]
    return gap - asked_gap > edge[2]


def _whole_sentences(found: Span, sentences: Sequence[Span]) -> Span:
    """Return the passage with the rest of its first and its last sentence."""
    if not sentences:
        return found
    place = bisect_right([span.start for span in sentences], found.start) - 1
    start = sentences[place].start if place >= 0 and found.start < sentences[place].end else found.start
    place = bisect_left([span.end for span in sentences], found.end)
    end = sentences[place].end if place < len(sentences) and sentences[place].start < found.end else found.end
    return Span(min(start, found.start), max(end, found.end))


def _joined(spans: Sequence[Span], text: str, by: int) -> tuple[Span, ...]:
    """Return the spans with neighbours made one, moved by so many characters."""
    joined: list[Span] = []
    for span in spans:
        if joined and not any(map(str.isalnum, text[joined[-1].end : span.start])):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return tuple(span.moved(by) for span in joined)
