"""Which hits are the best: BM25 (Robertson and Zaragoza 2009), over what the asker can see alone.

The engines' own rankings count over the whole table: they slow down with other desks' articles and let their words show
in the order. Here nothing counts but the candidates and a sample, both of them in sight (bench/searching.py).
"""

from collections.abc import Mapping, Sequence
from math import log

from storage.query import Term
from storage.spelling import BETWEEN

# As published: how soon more occurrences stop to count, and how much a long text is held against itself.
_K1 = 1.2
_B = 0.75

# A word of the headline says more than one of the text; three is what most fielded rankings settle on.
_TITLE = 3


def rank(candidates: Mapping[int, str], holding: Sequence[int], sample: int, terms: Sequence[Term]) -> list[int]:
    """Return the candidates' ids, the best first and equals in the order in which they are given.

    Candidates are articles as `storage.spelling` writes them; `holding` is how many articles of a sample of so many
    hold each of the terms.
    """
    patterns = [_patterns(term) for term in terms]
    weights = [_rarity(found, sample) for found in holding]
    lengths = {article_id: words.count(" ") + 1 for article_id, words in candidates.items()}
    usual = sum(lengths.values()) / max(len(lengths), 1)
    scores = {
        article_id: _score(words, patterns, weights, lengths[article_id] / usual)
        for article_id, words in candidates.items()
    }
    return sorted(candidates, key=lambda article_id: -scores[article_id])


_Patterns = tuple[str, ...]
"""What a term looks like between the blanks of an article's words."""


def _patterns(term: Term) -> _Patterns:
    return tuple(f" {form}" if term.beginning else f" {form} " for form in term.forms)


def _rarity(found: int, of: int) -> float:
    return log(1 + (of - found + 0.5) / (found + 0.5))


def _score(words: str, patterns: Sequence[_Patterns], weights: Sequence[float], length: float) -> float:
    padded = f" {words} "
    titles = padded[: padded.rfind(BETWEEN) + 1]
    dampened = _K1 * (1 - _B + _B * length)
    score = 0.0
    for weight, term in zip(weights, patterns, strict=True):
        # Of two that share the blank between them one is counted: the difference is lost in the saturation.
        count = sum([padded.count(one) + (_TITLE - 1) * titles.count(one) for one in term])
        score += weight * count * (_K1 + 1) / (count + dampened)
    return score
