"""Names by a spaCy pipeline that the user has installed. spaCy is loaded only when a pipeline is asked for."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from summariser.errors import MissingPipelineError
from summariser.model import Mention, MentionType

# What the pipelines of OntoNotes and of WikiNER call them; dates, works, events and the like are no names here.
_TYPES = {
    "PERSON": MentionType.PER,
    "PER": MentionType.PER,
    "ORG": MentionType.ORG,
    "GPE": MentionType.LOC,
    "LOC": MentionType.LOC,
    "FAC": MentionType.LOC,
}
# spaCy refuses a million characters and more, and takes memory by their number.
_LONGEST = 100_000


def find_by_pipeline(text: str, pipeline: str) -> tuple[Mention, ...]:
    """Return the names that a spaCy pipeline finds, as `find_mentions` does; `rule` is `spacy`.

    Raises:
        MissingPipelineError: spaCy or the pipeline is not installed.
    """
    read = _load(pipeline)
    return tuple(mention for start, part in _parts(text) for mention in _convert(read(part), start))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text in parts that a pipeline takes, each with its start: whole lines, where they are no longer."""
    start = 0
    while start < len(text):
        end = min(start + _LONGEST, len(text))
        if end < len(text):
            end = text.rfind("\n", start, end) + 1 or end
        yield start, text[start:end]
        start = end


@cache
def _load(pipeline: str) -> Any:  # noqa: ANN401  # spaCy's own type, which is not installed with us
    try:
        return import_module("spacy").load(pipeline)
    except (ImportError, OSError) as error:  # spacy.load raises OSError for a name it does not know
        raise MissingPipelineError(pipeline) from error


def _convert(document: Any, start: int) -> Iterator[Mention]:  # noqa: ANN401  # as above
    """Yield a document's names; a pipeline says `the United Nations`, and the article is no part of a name."""
    for found in document.ents:
        kind = _TYPES.get(found.label_)
        if kind is None:
            continue
        skipped = 4 if found.text[:4].casefold() == "the " else 0
        surface = found.text[skipped:]
        if surface.strip():
            yield Mention(start + found.start_char + skipped, start + found.end_char, kind, surface, rule="spacy")
