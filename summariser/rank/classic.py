"""The published methods as sumy implements them, on our own sentences and words.

sumy keys its ratings by a sentence's text, and asks a tokeniser for its words. It is given numbers for sentences and a
tokeniser that looks their words up: nothing is split a second time, and what comes back is known by its number.
"""

import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import accumulate
from types import MappingProxyType
from typing import Any

from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers.kl import KLSummarizer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.luhn import LuhnSummarizer
from sumy.summarizers.reduction import ReductionSummarizer
from sumy.summarizers.sum_basic import SumBasicSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from summariser.rank import lead
from summariser.rank.task import Choice, Task


class _SteadyLsa(LsaSummarizer):  # type: ignore[misc]  # sumy has no types
    """LSA with its rows in order: sumy takes them from a set, whose order changes the last bits of its ranks."""

    def _create_dictionary(self, document: ObjectDocumentModel) -> dict[str, int]:
        return {word: row for row, word in enumerate(sorted(super()._create_dictionary(document)))}


@dataclass(frozen=True, slots=True)
class Classic:
    """A method of sumy's, and how much it can take."""

    name: str
    """As its authors spell it."""
    summariser: Callable[..., Any]
    most: int
    """Sentences of `_USUAL` words that it ranks in two or three seconds of one core; twice as many take four to eight
    times as long."""


# Words in a sentence of news, and in the longest that a method is shown whole.
_USUAL = 25
_LONGEST = 100

CLASSICS: Mapping[str, Classic] = MappingProxyType(
    {
        "lexrank": Classic("LexRank", LexRankSummarizer, 400),
        "textrank": Classic("TextRank", TextRankSummarizer, 500),
        "lsa": Classic("LSA", _SteadyLsa, 600),
        "luhn": Classic("Luhn", LuhnSummarizer, 1500),
        "kl": Classic("KL-Sum", KLSummarizer, 100),
        "sumbasic": Classic("SumBasic", SumBasicSummarizer, 1200),
        "reduction": Classic("Reduction", ReductionSummarizer, 400),
    }
)


def choose(method: str, task: Task) -> Choice:
    """Choose by one of sumy's methods; the beginning of the text where the method finds nothing.

    A sentence that leans on another is chosen only after that one, as `verbatim` does.

    A text too long for the method is ranked as far as the method can go, and a note says so.
    """
    classic = CLASSICS[method]
    considered = _within_reach(classic, task)
    indices = _ask(classic, task, considered)
    notes: list[str] = []
    if len(considered) < len(task.sentences):
        notes.append(
            f"{classic.name} is slow on long texts, so it looked no further than {len(considered):,} sentences. "
            "The method “verbatim” reads further."
        )
    if not indices:
        notes.append(f"{classic.name} found nothing to go by, so these are the first sentences.")
        indices = lead.choose(task).indices
    return Choice(indices, tuple(notes))


def _within_reach(classic: Classic, task: Task) -> Sequence[tuple[str, ...]]:
    """Return the words of the first sentences, as many as the method can take; of endless ones their beginning."""
    beginnings = [sentence.words[:_LONGEST] for sentence in task.sentences[: classic.most]]
    read = accumulate(len(words) for words in beginnings)
    return [words for words, total in zip(beginnings, read, strict=True) if total <= _USUAL * classic.most]


def _ask(classic: Classic, task: Task, considered: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """Return the indices of the sentences that sumy would choose, none where its arithmetic breaks down."""
    tokenizer = _Tokenizer(considered)
    paragraph = Paragraph([Sentence(str(index), tokenizer) for index in range(len(considered))])
    summariser = classic.summariser(task.stem)
    summariser.stop_words = task.stop_words
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # LSA on few words
        warnings.simplefilter("error", RuntimeWarning)  # numpy's division by the length of an empty vector
        try:
            chosen = summariser(ObjectDocumentModel([paragraph]), partial(take, task))
        except (ArithmeticError, ValueError, RuntimeWarning):
            return ()
    return tuple(int(str(sentence)) for sentence in chosen)


def take(task: Task, ranked: Sequence[Any]) -> Sequence[Any]:
    """Return the best of the sentences that sumy has ranked, none without the one that it leans on.

    sumy hands them over with the best first, and what it calls their order is their number.
    """
    followers: defaultdict[int, list[int]] = defaultdict(list)
    waiting: list[int] = []
    for rank, one in enumerate(ranked):
        support = task.sentences[one.order].leans_on
        if support is None:
            waiting.append(rank)
        else:
            followers[support].append(rank)
    heapify(waiting)
    taken: list[Any] = []
    while waiting and len(taken) < task.wanted:
        best = ranked[heappop(waiting)]
        taken.append(best)
        for follower in followers[task.sentences[best.order].position]:
            heappush(waiting, follower)
    return taken


class _Tokenizer:
    """The part of sumy's tokeniser that the methods use."""

    def __init__(self, words: Sequence[tuple[str, ...]]) -> None:
        self._words = words

    def to_words(self, sentence: str) -> tuple[str, ...]:
        """Return the words of the sentence that goes by this number."""
        return self._words[int(sentence)]
