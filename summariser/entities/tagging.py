"""The trained model: which tokens of a sequence name whom or what, and how surely."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from summariser.entities.features import Small, describe
from summariser.entities.tokens import Sequence
from summariser.model import MentionType

if TYPE_CHECKING:
    import pycrfsuite

# Below, more names are wrong than right (measured on reports kept from training).
_LEAST = 0.5
_TYPES = {str(kind): kind for kind in MentionType}


@dataclass(frozen=True, slots=True)
class Found:
    """A name, by the tokens from `first` up to `last` of the sequence that stands at `sequence`."""

    sequence: int
    first: int
    last: int
    type: MentionType
    confidence: float
    rule: str = "model"


def tag(sequences: list[Sequence], small: Small) -> Iterator[Found]:
    """Yield the names that the model finds in a text's sequences, in order."""
    tagger = load()
    for number, sequence in enumerate(sequences):
        # Where nothing has a capital there is no name, and most lines of a long table have none.
        if not any(word[0].isupper() or "-" in word for word in sequence.words):
            continue
        tagger.set(describe(sequence, small))
        yield from _join(number, tagger.tag(), tagger)


def _join(number: int, labels: list[str], tagger: "pycrfsuite.Tagger") -> Iterator[Found]:
    """Yield what labels say: a name's only token is S-, of several the first is B-, the last E- and the others I-."""
    first = 0
    for at, label in enumerate(labels):
        if label == "O":
            continue
        if label[0] in "BS" or labels[at - 1][2:] != label[2:]:
            first = at
        following = labels[at + 1] if at + 1 < len(labels) else "O"
        if label[0] in "ES" or following[0] not in "IE" or following[2:] != label[2:]:
            surely = min(tagger.marginal(labels[step], step) for step in range(first, at + 1))
            if surely >= _LEAST:
                yield Found(number, first, at + 1, _TYPES[label[2:]], min(1.0, surely))


@cache
def load() -> "pycrfsuite.Tagger":
    """Return the shipped model, read once in each process."""
    import pycrfsuite  # noqa: PLC0415  # when first used: only workers look for names

    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(_model())
    return tagger


@cache
def _model() -> bytes:
    """Return the model's bytes; the tagger reads in them without holding them, so that they must be kept here."""
    return files("summariser.entities").joinpath("model.crfsuite").read_bytes()
