"""Names in texts, and who is meant by them."""

from summariser.entities.recognise import find_mentions
from summariser.entities.resolve import Decision, Verdict, resolve_entities

__all__ = ["Decision", "Verdict", "find_mentions", "resolve_entities"]
