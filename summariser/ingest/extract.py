"""What a reader takes out of a file, before anything is made of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from summariser.errors import BrokenFileError, ReadError
from summariser.ingest.dates import Dated
from summariser.model import Note

_LONGEST_NAME = 100
_UNSHOWN = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself apart from its text."""

    title: str | None = None
    source: str | None = None
    author: str | None = None
    date: Dated | None = None
    language: str | None = None
    """The language that it says it is in; what its words tell goes before."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file. Headings may be marked as in Markdown, `## so`, if `marked` says so."""

    text: str
    marked: bool = False
    facts: Facts = field(default_factory=Facts)
    notes: tuple[Note, ...] = ()
    name: str = ""
    """What it is called inside its file, where a file holds several texts."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside another one, still to be read."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file that may hold others held, in order."""

    parts: tuple[Extract | Member, ...]
    notes: tuple[Note, ...] = ()


def shown_name(name: str) -> str:
    """Return the name of a file inside another as it may be shown: nothing unseen, no way out of its folder, not long.

    It is only ever shown: nothing is written under it.
    """
    plain = _UNSHOWN.sub("", name.replace("\\", "/"))
    steps = [step for step in plain.split("/") if step.strip() not in {"", ".", ".."}]
    return "/".join(steps)[-_LONGEST_NAME:].strip() or "unnamed"


@contextmanager
def parsing(filename: str, kind: str) -> Iterator[None]:
    """Turn whatever a library raises over damaged bytes into `BrokenFileError`; our own errors pass."""
    try:
        yield
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # parsers raise anything over hostile bytes
        raise BrokenFileError(filename, kind) from error
