"""Names in texts, and who is meant by them.

Each function is loaded when first used: telling who is meant needs neither the model nor the tables that finding names
does.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from summariser.entities.backreference import within as within
    from summariser.entities.grouping import group as group
    from summariser.entities.keys import name_keys as name_keys
    from summariser.entities.naming import name_mentions as name_mentions
    from summariser.entities.recognise import find_mentions as find_mentions
    from summariser.entities.resolve import resolve_entities as resolve_entities

__all__ = ["find_mentions", "group", "name_keys", "name_mentions", "resolve_entities", "within"]

_HOMES = {
    "find_mentions": "recognise",
    "group": "grouping",
    "name_keys": "keys",
    "name_mentions": "naming",
    "resolve_entities": "resolve",
    "within": "backreference",
}


def __getattr__(name: str) -> object:
    """Import a function from its home on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
