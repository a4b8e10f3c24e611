"""What an export holds: a file of JSON Lines for each table, and what of a desk is built anew instead.

A line is a row without its desk, by the names of its columns, so that no line can reach into another desk: times as
ISO 8601, bytes as hexadecimal digits, everything else as JSON has it. Articles carry their sentences, and their text
for whoever reads the file; a file as it was received lies beside the lines, under the sha256 of its bytes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, LargeBinary, String, Table, Text

from storage import tables
from storage.tables import Moment

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table."""

    name: str
    table: Table
    at_once: int = 500
    """How many rows are held in memory."""
    for_members: bool = False
    """Whether what a member may read of it is given to a member."""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.jsonl"


# In the order in which a database can take them in: what others refer to comes first, what is posted comes last.
PARTS = (
    Part("desk", tables.desk, for_members=True),
    Part("settings", tables.desk_setting, for_members=True),
    Part("said", tables.fingerprint),
    Part("originals", tables.blob, at_once=1, for_members=True),
    Part("corrected", tables.corrected, for_members=True),
    Part("uploads", tables.upload, for_members=True),
    Part("trash", tables.trash),
    Part("extractions", tables.extraction, at_once=4, for_members=True),
    Part("articles", tables.article, at_once=100, for_members=True),
    Part("proposals", tables.proposal),
    Part("uncorrected", tables.uncorrected, at_once=20, for_members=True),
    Part("corrections", tables.correction, for_members=True),
    Part("former", tables.former),
    Part("signatures", tables.signature, at_once=100),
    Part("unnamed", tables.unnamed),
    Part("names", tables.name, for_members=True),
    Part("name-keys", tables.name_key),
    Part("aliases", tables.alias, for_members=True),
    Part("mentions", tables.mention, for_members=True),
    Part("decisions", tables.decision, for_members=True),
    Part("decision-readers", tables.decision_reader, for_members=True),
    Part("looks", tables.last_look),
    Part("buttons", tables.action),
    Part("schedules", tables.schedule, for_members=True),
    Part("deliveries", tables.delivery, for_members=True),
    Part("delivery-items", tables.delivery_item, for_members=True),
    Part("feeds", tables.feed, for_members=True),
    Part("feed-entries", tables.feed_entry, for_members=True),
    Part("arrivals", tables.arrival),
    Part("watch-hits", tables.watch_hit),
)
BY_NAME = {part.name: part for part in PARTS}

REBUILT = {
    "sentence": "stands in the lines of the articles",
    "spelling": "is spelled anew from an article's text and titles",
    "signature_key": "is the beginning of a signature",
    "twin": "is found anew from signatures",
    "alias_word": "is cut anew from an alias",
    "sight": "is kept by triggers",
    "readers": "is kept by triggers",
    "circle": "is kept by triggers",
    "tally": "is counted by triggers",
    "monthly": "is counted by triggers",
    "feed_source": "is made anew from the feeds that are followed: an address that is to be polled at once",
    "follower": "is kept by triggers",
}
"""Tables of a desk that are not written out, each with the reason; a test holds this and `PARTS` against `tables`."""

THE_PROGRAMS_OWN = {"turn": "what processes do one by one, at this moment"}

READ_ANEW = frozenset({"signatures", "unnamed", "names", "name-keys", "aliases", "mentions"})
"""What an import of somebody's own view leaves to be found anew: it may rest on what that person could not read."""

MARK = "import"
"""The name under which a desk remembers that it is being imported; it is not written out."""

TEXT, SENTENCES, ORIGINAL = "text", "sentences", "original"

# In the lines of a table, beside its columns; the first of them are not compared.
ADDED = {"article": (TEXT, SENTENCES), "blob": (ORIGINAL,)}
NOT_COMPARED = {"article": TEXT}
# Columns that stand elsewhere: the desk in the list of contents, bytes in a file of their own; or that are found anew.
LEFT_OUT = {"blob": frozenset({"desk_id", "data"}), "signature": frozenset({"desk_id", "paired"})}
_DESK = frozenset({"desk_id"})

_LEAST, _MOST = -(2**63), 2**63 - 1


class LineError(ValueError):
    """A line is not one of ours; the message says what is wrong with it."""


@cache
def columns(part: Part) -> tuple[Column[Any], ...]:
    """Return the columns that a line holds."""
    apart = LEFT_OUT.get(part.table.name, _DESK)
    return tuple(column for column in part.table.c if column.name not in apart)


def to_line(part: Part, row: Mapping[str, Any], added: Mapping[str, Any]) -> Row:
    """Return a row as a line holds it."""
    return {column.name: _written(row[column.name]) for column in columns(part)} | dict(added)


def print_line(line: Row) -> bytes:
    """Return a line as it stands in a file."""
    return (json.dumps(line, ensure_ascii=False) + "\n").encode()


def digest(part: Part, line: Row) -> int:
    """Return a number for what a line says, whatever the order of its fields; those of a table's lines are added up."""
    apart = NOT_COMPARED.get(part.table.name)
    compared = {name: value for name, value in line.items() if name != apart}
    told = json.dumps(compared, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(sha256(told.encode()).digest())


def read_line(part: Part, written: bytes) -> Row:
    """Return what a line says: its columns as the database has them, and what was added to them.

    Raises:
        LineError: it is not a line of this table.
    """
    try:
        line = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise LineError("it is no JSON") from error
    added = ADDED.get(part.table.name, ())
    known = {column.name for column in columns(part)} | set(added)
    if not isinstance(line, dict) or not line.keys() <= known:
        raise LineError("it holds what this version does not know")
    row = {column.name: _read(column, line.get(column.name)) for column in columns(part)}
    return row | {name: _read_added(name, line.get(name)) for name in added}


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _read(column: Column[Any], value: object) -> object:
    """Return a value as its column has it.

    Raises:
        LineError: it is none for this column.
    """
    if value is None and (column.nullable or isinstance(column.type, JSON)):
        return None
    for type_, take in _TAKERS:
        if isinstance(column.type, type_):
            return take(column, value)
    raise LineError(f"{column.name} is of a kind that this version does not know")


def _take_moment(column: Column[Any], value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise LineError(f"{column.name} is no time")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise LineError(f"{column.name} is no time of ours") from error


def _take_truth(column: Column[Any], value: object) -> bool:
    if not isinstance(value, bool):
        raise LineError(f"{column.name} is neither true nor false")
    return value


def _take_whole(column: Column[Any], value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not _LEAST <= value <= _MOST:
        raise LineError(f"{column.name} is no whole number of 64 bits")
    return value


def _take_small(column: Column[Any], value: object) -> int:
    number = _take_whole(column, value)
    if abs(number) >= 2**31:
        raise LineError(f"{column.name} is out of its range")
    return number


def _take_number(column: Column[Any], value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < float("inf"):
        raise LineError(f"{column.name} is no number")
    return float(value)


def _take_bytes(column: Column[Any], value: object) -> bytes:
    try:
        return bytes.fromhex(value if isinstance(value, str) else "no")
    except ValueError as error:
        raise LineError(f"{column.name} are no hexadecimal digits") from error


def _take_text(column: Column[Any], value: object) -> str:
    most = getattr(column.type, "length", None)
    if not isinstance(value, str) or (most is not None and len(value) > most):
        raise LineError(f"{column.name} is no text, or too long")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise LineError(f"{column.name} holds what is no character") from error
    if "\0" in value:
        raise LineError(f"{column.name} holds a character (NUL) that cannot be kept")
    return value


def _take_any(column: Column[Any], value: object) -> object:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        raise LineError(f"{column.name} holds what is no character, or no number") from error
    return value


# The first that fits; a Text is a String too, and a BigInteger an Integer.
_TAKERS: tuple[tuple[type[Any], Callable[[Column[Any], object], object]], ...] = (
    (Moment, _take_moment),
    (JSON, _take_any),
    (Boolean, _take_truth),
    (BigInteger, _take_whole),
    (Integer, _take_small),
    (Float, _take_number),
    (LargeBinary, _take_bytes),
    (Text, _take_text),
    (String, _take_text),
)


def _read_added(name: str, value: object) -> object:
    """Return what was added to a row.

    Raises:
        LineError: it is not what stands there.
    """
    if name == TEXT and isinstance(value, str):
        return value
    if name == SENTENCES and isinstance(value, list) and all(map(_is_span, value)):
        return [(start, end) for start, end in value]
    if name == ORIGINAL and (value is None or is_sha256(value)):
        return value
    raise LineError(f"{name} is not what should stand there")


def _is_span(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(each, int) and not isinstance(each, bool) for each in value)
        and 0 <= value[0] <= value[1] < 2**31
    )


def is_sha256(value: object) -> bool:
    """Tell whether something is written as a sha256 is."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
