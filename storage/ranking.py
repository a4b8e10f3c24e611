"""Which hits are the best: BM25 (Robertson and Zaragoza 2009), over what the asker can see alone.

The engines' own rankings count over the whole table: they slow down with other desks' articles and let their words show
in the order. Here nothing counts but the candidates and a sample, both of them in sight (bench/searching.py).
"""

from collections.abc import Mapping, Sequence
from math import log

from storage.spelling import BETWEEN

# As published: how soon more occurrences stop to count, and how much a long text is held against itself.
_K1 = 1.2
_B = 0.75

# A word of the headline says more than one of the text; three is what most fielded rankings settle on.
_TITLE = 3


def rank(
    candidates: Mapping[int, str], holding: Sequence[int], sample: int, terms: Sequence[Sequence[str]]
) -> list[int]:
    """Return the candidates' ids, the best first and equals in the order in which they are given.

    Candidates are articles as `storage.spelling` writes them, with a blank before and behind; terms are given by the
    patterns that are counted for each (`Term.patterns`). `holding` is how many articles of a sample of so many hold
    each of the terms.
    """
    said = list(candidates.values())
    titles = [words[: words.rfind(BETWEEN) + 1] for words in said]
    lengths = [words.count(" ") - 1 for words in said]
    usual = sum(lengths) / max(len(lengths), 1)
    dampened = [_K1 * (1 - _B + _B * (length / usual)) for length in lengths]
    scores = [0.0] * len(said)
    # Term by term: hundreds of articles are counted through in one loop, without a call for each.
    for patterns, found in zip(terms, holding, strict=True):
        weight = _rarity(found, sample)
        scores = [
            score + weight * count * (_K1 + 1) / (count + damp)
            for score, count, damp in zip(scores, _counts(patterns, said, titles), dampened, strict=True)
        ]
    score_of = dict(zip(candidates, scores, strict=True))
    return sorted(candidates, key=lambda article_id: -score_of[article_id])


def _rarity(found: int, of: int) -> float:
    return log(1 + (of - found + 0.5) / (found + 0.5))


def _counts(patterns: Sequence[str], said: Sequence[str], titles: Sequence[str]) -> list[int]:
    """Return how often each article holds a term, the title's for more."""
    counts = [0] * len(said)
    for pattern in patterns:
        # Of two that share the blank between them one is counted: the difference is lost in the saturation.
        counts = [
            count + words.count(pattern) + (_TITLE - 1) * title.count(pattern)
            for count, words, title in zip(counts, said, titles, strict=True)
        ]
    return counts
