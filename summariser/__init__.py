"""Reading, ranking and naming: pure functions over text, the same input always giving the same output.

The public names are loaded when first used, so that importing the data model alone stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from summariser.briefing import brief as brief
    from summariser.entities import find_mentions as find_mentions
    from summariser.entities import resolve_entities as resolve_entities
    from summariser.ingest import read as read
    from summariser.model import Article as Article
    from summariser.rank import summarise as summarise
    from summariser.text import split_sentences as split_sentences

__all__ = ["Article", "brief", "find_mentions", "read", "resolve_entities", "split_sentences", "summarise"]

_HOMES = {
    "Article": "summariser.model",
    "brief": "summariser.briefing",
    "find_mentions": "summariser.entities",
    "read": "summariser.ingest",
    "resolve_entities": "summariser.entities",
    "split_sentences": "summariser.text",
    "summarise": "summariser.rank",
}


def __getattr__(name: str) -> object:
    """Import a public name from its home on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
