"""From bytes to articles."""

from summariser.ingest.reading import prepare, read
from summariser.limits import Limits

__all__ = ["Limits", "prepare", "read"]
