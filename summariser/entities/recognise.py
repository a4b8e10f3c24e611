"""Names of people, organisations and places: a trained model's reading, brought into line over the whole text."""

from summariser.entities.acronyms import find_definitions
from summariser.entities.consistency import settle
from summariser.entities.features import survey
from summariser.entities.tagging import Found, tag
from summariser.entities.tokens import Sequence, cut
from summariser.model import Mention

# Languages whose scripts have no capitals: without them the model has nothing to hold on to.
_WITHOUT_CAPITALS = frozenset(
    (
        "ar",
        "bn",
        "ckb",
        "fa",
        "gu",
        "he",
        "hi",
        "ja",
        "ka",
        "ko",
        "mr",
        "ne",
        "pa",
        "ps",
        "ta",
        "te",
        "th",
        "ur",
        "yi",
        "zh",
    )
)


def find_mentions(text: str, *, language: str | None = None) -> tuple[Mention, ...]:
    """Return the names in a text, in its order, none overlapping: `text[m.start : m.end] == m.surface`.

    The model has learnt from English news. Other languages with capitals give what looks alike; those without (Arabic,
    Persian, Chinese) give nothing, and German, which writes every noun with one, too much. `rule` tells what found a
    name: the model itself, or a pass over the whole text (acronym, consistency, dateline, surname).
    """
    if language in _WITHOUT_CAPITALS:
        return ()
    sequences = list(cut(text))
    small = survey(sequences)
    found = settle(sequences, small, tag(sequences, small), find_definitions(text))
    return tuple(_mention(text, sequences[one.sequence], one) for one in found)


def _mention(text: str, sequence: Sequence, one: Found) -> Mention:
    start = sequence.starts[one.first]
    end = sequence.starts[one.last - 1] + len(sequence.words[one.last - 1])
    return Mention(start, end, one.type, text[start:end], one.confidence, one.rule)
