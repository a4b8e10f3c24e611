"""How rare a word is, from counts of the documents that hold it.

A table of document frequencies maps a stem to the number of documents that hold it; under the empty string, which
every document holds, stands the number of documents.
"""

import math
from collections.abc import Callable, Mapping
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

    def weigh(stem: str) -> float:
        return math.log((documents + 1) / (min(table.get(stem, 0), documents) + 0.5))

    return weigh


@cache
def shipped() -> Mapping[str, int]:
    """Return the table that comes with the package: counts over English news, made by `bench/make_frequencies.py`."""
    lines = files("summariser.rank").joinpath("frequencies.txt").read_text(encoding="utf-8").splitlines()
    return {stem: int(count) for count, _, stem in (line.partition(" ") for line in lines if not line.startswith("#"))}
