"""What a whole article can be compared by, to find its copies."""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from heapq import nsmallest

from summariser.model import Signature
from summariser.text.tokens import split_words

# Three words in a row: one changed name breaks three of them, and still few stand in two stories by chance.
_SHINGLE = 3
# A book is known by its beginning, in characters: three times the longest reports.
_SAMPLE = 300_000
# No run crosses the end of a sentence, so that a dropped sentence takes nothing of its neighbours along.
_PIECE = re.compile(r"[.!?…؟۔。！？\n]+")


def sign(text: str) -> Signature:
    """Return an article's signature, in a time that grows with its length up to a bound and with nothing else."""
    runs = {run for piece in _PIECE.split(text[:_SAMPLE].casefold()) for run in _runs(split_words(piece))}
    return Signature(len(runs), tuple(nsmallest(Signature.KEPT, {_hash(run) for run in runs})))


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Yield the runs of words of a piece of text; a shorter piece is one run."""
    for at in range(max(1, len(words) - _SHINGLE + 1) if words else 0):
        yield " ".join(words[at : at + _SHINGLE])


def _hash(run: str) -> int:
    """Return a number that is the same on every machine; it fits a database's signed integers."""
    return int.from_bytes(blake2b(run.encode("utf-8", "replace"), digest_size=8).digest()) >> 1
