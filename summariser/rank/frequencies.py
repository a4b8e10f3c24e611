"""How rare a word is, from counts of the documents that hold it.

A table of document frequencies maps a stem to the number of documents that hold it; under the empty string, which
every document holds, stands the number of documents.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files

DOCUMENTS = ""
"""The key under which the number of documents stands."""


def rarity(frequencies: Mapping[str, int] | None = None) -> Callable[[str], float]:
    """Return the function that weighs a stem by its inverse document frequency, from 0 (everywhere) up.

    None means the shipped table. Without the number of documents in a table, its largest count stands in for it.
    """
    table = shipped() if frequencies is None else frequencies
    documents = table.get(DOCUMENTS) or max(table.values(), default=0)
    logarithm = cache(math.log)  # few counts are different

    def weigh(stem: str) -> float:
        return logarithm((documents + 1) / (min(table.get(stem, 0), documents) + 0.5))

    return weigh


@cache
def shipped() -> Mapping[str, int]:
    """Return the table that comes with the package: counts over English news, made by `bench/make_frequencies.py`."""
    return {stem: int(count) for count, stem, _ in _table()}


@cache
def shipped_stems() -> Mapping[str, str]:
    """Return the stems of the words that were counted: nine in ten of a report's, at a hundredth of the time."""
    return {word: stem for _, stem, words in _table() for word in words.split()}


def _table() -> Iterator[tuple[str, str, str]]:
    """Yield the shipped counts, each with its stem and the words of that stem."""
    lines = files("summariser.rank").joinpath("frequencies.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            count, _, rest = line.partition(" ")
            stem, _, words = rest.partition(" ")
            yield count, stem, words
