"""What a whole article can be compared by, to find its copies."""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from heapq import nsmallest

from summariser.model import Signature
from summariser.text.tokens import split_words

# Three words in a row: one changed name breaks three of them, and still few stand in two stories by chance.
_SHINGLE = 3
# A book is known by its beginning, in characters: three times the longest reports.
_SAMPLE = 300_000
# So many are sorted sooner than the smallest of them are picked.
_FEW = 4000
# No run crosses the end of a sentence, so that a dropped sentence takes nothing of its neighbours along.
_PIECE = re.compile(r"[.!?…؟۔。！？\n]+")


def sign(text: str) -> Signature:
    """Return an article's signature, in a time that grows with its length up to a bound and with nothing else."""
    runs = set[str]()
    for piece in _PIECE.split(text[:_SAMPLE].casefold()):
        runs.update(_runs(split_words(piece)))
    # Two digests may differ in nothing but the bit that is cut off: one more for each is plenty.
    digests = map(_digest, runs)
    smallest = sorted(digests)[: 2 * Signature.KEPT] if len(runs) < _FEW else nsmallest(2 * Signature.KEPT, digests)
    return Signature(len(runs), tuple(sorted(set(map(_number, smallest)))[: Signature.KEPT]))


def _runs(words: Sequence[str]) -> Iterable[str]:
    """Return the runs of words of a piece of text; a shorter piece is one run."""
    if 0 < len(words) < _SHINGLE:
        return (" ".join(words),)
    return map(" ".join, zip(*(words[at:] for at in range(_SHINGLE)), strict=False))


def _digest(run: str) -> bytes:
    """Return eight bytes that are the same on every machine."""
    return blake2b(run.encode("utf-8", "replace"), digest_size=8).digest()


def _number(digest: bytes) -> int:
    """Return a number in the order of the digests; it fits a database's signed integers."""
    return int.from_bytes(digest) >> 1
