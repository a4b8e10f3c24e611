"""What a reader takes out of a file, before anything is made of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from summariser.errors import BrokenFileError, ReadError
from summariser.ingest.dates import Dated
from summariser.model import Note


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself apart from its text."""

    title: str | None = None
    source: str | None = None
    author: str | None = None
    date: Dated | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file. Headings may be marked as in Markdown, `## so`, if `marked` says so."""

    text: str
    marked: bool = False
    facts: Facts = field(default_factory=Facts)
    notes: tuple[Note, ...] = ()


@contextmanager
def parsing(filename: str, kind: str) -> Iterator[None]:
    """Turn whatever a library raises over damaged bytes into `BrokenFileError`; our own errors pass."""
    try:
        yield
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # parsers raise anything over hostile bytes
        raise BrokenFileError(filename, kind) from error
