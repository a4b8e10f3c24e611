"""The names in a text together with whom they mean there."""

from summariser.entities.backreference import within
from summariser.entities.keys import name_keys
from summariser.entities.pipelines import find_by_pipeline
from summariser.entities.recognise import find_mentions
from summariser.model import Named


def name_mentions(text: str, *, language: str | None = None, pipeline: str | None = None) -> tuple[Named, ...]:
    """Return the names in a text, as `find_mentions` does, each with its full spelling in that text and its keys.

    With a `pipeline`, spaCy's of that name finds them.

    Raises:
        MissingPipelineError: the pipeline is not installed.
    """
    mentions = find_by_pipeline(text, pipeline) if pipeline else find_mentions(text, language=language)
    return tuple(
        Named(mention, name, name_keys(mention.type, name))
        for mention, name in zip(mentions, within(text, mentions), strict=True)
    )
