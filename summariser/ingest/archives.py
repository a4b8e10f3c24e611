"""ZIP containers: those that documents are kept in, and archives of files."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from summariser.errors import (
    EmptyFileError,
    EncryptedFileError,
    NothingInsideError,
    ReadError,
    TooLargeError,
    UnsafeFileError,
    UnsupportedKindError,
)
from summariser.ingest.extract import Member, Opened, parsing, shown_name
from summariser.limits import Limits
from summariser.model import Note, NoteKind

OPENING = (b"PK\x03\x04", b"PK\x05\x06")
"""How a container begins; the second is that of an empty one."""

# The most that a container may unpack to, in bytes, and the most times its own size: real ones stay below 30.
_UNPACKED = 64 * 2**20
_RATIO = 200
# What is small swells most: a page of text may be packed twentyfold beside its container's own kilobyte.
_SMALL = 2**20
_ENTRIES = 5000
_CHUNK = 2**16
# An archive of articles; a thousand files are a back-up of something.
_FILES = 500
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Systems leave these behind in archives; nobody has put them there.
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX(?:/|$)|\.(?!\.?/)|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")


@contextmanager
def opened(data: bytes, filename: str, kind: str) -> Iterator[zipfile.ZipFile]:
    """Open a container that keeps a document, once it is known to be harmless.

    Raises:
        TooLargeError: it would unpack to more than any document needs.
        EncryptedFileError: a password stands before its parts.
        BrokenFileError: it is damaged, or what is done with it fails.
    """
    with parsing(filename, kind), zipfile.ZipFile(BytesIO(data)) as container:
        _weigh(container, len(data), filename, _ENTRIES)
        if any(entry.flag_bits & 1 for entry in container.infolist()):
            raise EncryptedFileError(filename)
        yield container


def read_xml(container: zipfile.ZipFile, name: str, filename: str, kind: str) -> bytes:
    """Return a part of a document's container that is XML.

    Raises:
        UnsafeFileError: it defines entities.
        KeyError: there is no such part.
    """
    data = container.read(name)
    # In UTF-16 a definition would hide from a search for its letters.
    if _ENTITIES.search(data[:4096].replace(b"\0", b"")):
        raise UnsafeFileError(filename, kind)
    return data


def stream_xml(container: zipfile.ZipFile, name: str, filename: str, kind: str, target: Any) -> None:  # noqa: ANN401  # as lxml takes it
    """Read a part of a document's container as a stream: a tree of the same would be ten times as large.

    The events go to the methods `start`, `end`, `data` and `close` of `target`.

    Raises:
        UnsafeFileError: it defines entities.
        KeyError: there is no such part.
    """
    from lxml import etree  # noqa: PLC0415  # readers load their library when first used

    markup = read_xml(container, name, filename, kind)
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False)
    # libxml2 refuses more than 10 MB at once.
    for start in range(0, len(markup), _CHUNK):
        parser.feed(markup[start : start + _CHUNK])
    parser.close()


def read_zip(data: bytes, filename: str, limits: Limits) -> Opened:
    """Return the files in an archive, by name; a note tells of each that cannot be had.

    Raises:
        TooLargeError: it holds too many files, or would unpack to too much.
        EncryptedFileError: all in it are locked.
        EmptyFileError: nothing in it.
        BrokenFileError: it is damaged.
    """
    with parsing(filename, "ZIP"), zipfile.ZipFile(BytesIO(data)) as archive:
        _weigh(archive, len(data), filename, _FILES)
        entries = [one for one in archive.infolist() if not one.is_dir() and not _LITTER.search(one.filename)]
        if not entries:
            raise EmptyFileError(filename)
        if all(entry.flag_bits & 1 for entry in entries):
            raise EncryptedFileError(filename)
        members: list[Member] = []
        notes: list[Note] = []
        failed: ReadError | None = None
        for entry in sorted(entries, key=lambda entry: _in_order(entry.filename)):
            try:
                members.append(_unpacked(archive, entry, limits))
            except ReadError as error:
                failed = failed or error
                notes.append(Note(NoteKind.REFUSED, "file", str(error), shown_name(entry.filename)))
    if failed and not members:
        raise NothingInsideError(filename, str(failed))
    return Opened(tuple(members), tuple(notes))


def ending(name: str) -> str:
    """Return the ending of a file's name, in lower case with its dot; empty without one."""
    return PurePosixPath(name).suffix.lower()


def _weigh(container: zipfile.ZipFile, size: int, filename: str, most: int) -> None:
    """Refuse a container that would unpack to too much, by what its directory says: no more is ever unpacked."""
    entries = container.infolist()
    if len(entries) > most:
        raise TooLargeError(filename, what="files inside", limit=f"{most:,}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(_UNPACKED, max(_SMALL, _RATIO * size)):
        raise TooLargeError(
            filename, what="bytes once unpacked", limit=f"{_UNPACKED // 2**20} MiB, {_RATIO} times its size"
        )


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> Member:
    """Return one file of an archive; raises what keeps it from being read."""
    name = shown_name(entry.filename)
    if entry.file_size > limits.bytes:
        raise TooLargeError(name, what="bytes", limit=f"{limits.bytes / 2**20:g} MiB")
    if entry.flag_bits & 1:
        raise EncryptedFileError(name)
    # Others unpack without a bound on what they hold at once.
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnsupportedKindError(name, "compressed in an unusual way")
    with parsing(name, "ZIP"):
        return Member(name, archive.read(entry))


def _in_order(name: str) -> tuple[tuple[int, int | str], ...]:
    """Return a key that puts `page 10` behind `page 9`."""
    pieces = _DIGITS.split(name.casefold())
    return tuple((0, int(piece[:18])) if piece.isdecimal() else (1, piece) for piece in pieces if piece)
