"""The file of an export: a zip with a list of contents, a file of lines for each table, and the files as received.

    manifest.json               what is in it: counts and sha256 of each part
    articles.jsonl ...          of one desk; of several, each under desks/<id>/
    originals/<sha256>          the bytes, once, whoever brought them

Reading one trusts nothing in it: it is never unpacked to disk, each name has to be on the list, each part and file has
to be what it is said to be, and what would unpack to far more than such a file does is refused before it is unpacked.
"""

import errno
import fcntl
import json
import os
import secrets
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BufferedReader, RawIOBase
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Self, cast

from storage.errors import (
    DamagedArchiveError,
    FileThereError,
    ForeignArchiveError,
    NewerArchiveError,
    TooLargeExportError,
    UnwritableFileError,
)
from storage.parts import BY_NAME, LineError, Part, Row, digest, is_sha256, print_line, read_line

FORMAT, VERSION = "verbatim-export", 1
MANIFEST = "manifest.json"

Told = Callable[[int], None]
"""Is told how much more was done."""

# A line holds a row, the longest the text of one file: ten times the largest upload that can be set.
MOST_LINE = 1024 * 2**20
_MOST_MANIFEST = 64 * 2**20
# Text packs to a tenth, a table of numbers to a thirtieth.
_MOST_RATIO = 200
_LEAST_BOMB = 64 * 2**20
_MOST_ORIGINAL = 256 * 2**20
_CHUNK = 2**20

# What zipfile raises for a file that is not whole.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError)

# No letter of it is anybody's but the owner's.
_PRIVATE = 0o600

# What a file is called while it is written.
_PARTIAL = ".verbatim-partial"

NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""What a file system says that gives a file one name alone, such as FAT."""


@dataclass(frozen=True, slots=True)
class Contents:
    """One file of lines."""

    part: str
    file: str
    rows: int
    bytes: int
    sha256: str
    digest: str
    """The sum of the lines' digests: what a database is compared with, whatever the order of its rows."""


@dataclass(frozen=True, slots=True)
class DeskContents:
    """What is in an export of one desk."""

    desk_id: int
    complete: bool
    """False for what one member can read."""
    parts: tuple[Contents, ...]

    @property
    def rows(self) -> int:
        """How many lines there are."""
        return sum(part.rows for part in self.parts)

    def of(self, part: Part) -> Contents | None:
        """Return the file of a part; an export of somebody's own view has not all."""
        return next((one for one in self.parts if one.part == part.name), None)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The list of contents."""

    archive: str
    """The name by which an import that was stopped is known again."""
    made_at: str
    revision: str
    """The schema of the database that it was made of."""
    desks: tuple[DeskContents, ...]
    originals: int
    format: str = FORMAT
    version: int = VERSION


@dataclass(slots=True)
class Digest:
    """The lines of a part, added up."""

    rows: int = 0
    _sum: int = 0

    def add(self, part: Part, line: Row) -> None:
        """Count a line."""
        self.rows += 1
        self._sum = (self._sum + digest(part, line)) % 2**256

    @property
    def hex(self) -> str:
        """The sum, as 64 digits."""
        return f"{self._sum:064x}"


# Writing.


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give the path of an empty file that takes its name when it is whole, and is gone if it never is.

    Raises:
        FileThereError: there is a file of that name.
        UnwritableFileError: it cannot be made.
    """
    if path.exists():
        raise FileThereError(str(path))
    try:
        _clear(path.parent)
        begun, held = _begin(path)
        try:
            yield begun
            sync(begun)
            _give_name(begun, path)
        finally:
            begun.unlink(missing_ok=True)
            os.close(held)
        sync(path.parent)
    except FileExistsError as error:
        raise FileThereError(str(path)) from error
    except OSError as error:
        raise UnwritableFileError(str(path), error.strerror or str(error)) from error


def _begin(path: Path) -> tuple[Path, int]:
    """Make an empty file that is known to be written for as long as the handle that comes with it is open."""
    while True:
        begun = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PARTIAL}")
        held = os.open(begun, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE)
        with suppress(OSError):  # not every file system has locks: then nothing of it is cleared either
            fcntl.flock(held, fcntl.LOCK_EX)
        # Somebody who cleared up may have come in between.
        if begun.exists():
            return begun, held
        os.close(held)


def _clear(folder: Path) -> None:
    """Delete what runs that were killed have left in a folder, and nothing that is still being written."""
    for left in folder.glob(f".*{_PARTIAL}"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
            finally:
                os.close(handle)


def _give_name(begun: Path, path: Path) -> None:
    """Let a whole file have its name; not by `replace` alone, since a file that came meanwhile is somebody else's."""
    try:
        os.link(begun, path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # The name is taken first, by an empty file of ours.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
        begun.replace(path)


def sync(path: Path) -> None:
    """Have a file, or what a folder holds, outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Writer:
    """Writes an export; `close` writes its list of contents."""

    def __init__(self, file: IO[bytes], *, revision: str, nested: bool, most: int | None = None) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._file = file
        self._most = most
        self._nested = nested
        self._revision = revision
        self._originals: set[str] = set()
        self._desks: list[DeskContents] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of a file that is not to be: a `ZipFile` that nobody closed ends itself when the file may be gone."""
        with suppress(OSError, ValueError):
            self._zip.close()

    def desk(self, desk_id: int, *, complete: bool) -> "DeskWriter":
        """Begin a desk."""
        return DeskWriter(self, f"desks/{desk_id}/" if self._nested else "", desk_id, complete=complete)

    def add_original(self, data: bytes) -> str | None:
        """Write bytes as they were received; return their name, None where there are none any more."""
        if not data:
            return None
        name = sha256(data).hexdigest()
        if name not in self._originals:
            self._originals.add(name)
            self._zip.writestr(self._entry(f"originals/{name}"), data)
            self.check()
        return name

    def add_part(self, part: Part, file: str, lines: IO[bytes], counted: Digest) -> Contents:
        """Write the lines of a part."""
        hashed, size = sha256(), 0
        with self._zip.open(self._entry(file), "w", force_zip64=True) as target:
            while chunk := lines.read(_CHUNK):
                hashed.update(chunk)
                size += len(chunk)
                target.write(chunk)
                self.check()
        return Contents(part.name, file, counted.rows, size, hashed.hexdigest(), counted.hex)

    def end_desk(self, contents: DeskContents) -> None:
        """Put a desk on the list."""
        self._desks.append(contents)

    def close(self) -> Manifest:
        """Write the list of contents and end the file.

        Raises:
            TooLargeExportError: it is larger than it may be.
        """
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        archive = secrets.token_hex(16)
        made = Manifest(archive, made_at, self._revision, tuple(self._desks), len(self._originals))
        self._zip.writestr(self._entry(MANIFEST), json.dumps(asdict(made), indent=1).encode())
        self._zip.close()
        self.check()
        return made

    def check(self) -> None:
        """Look whether it is still small enough."""
        if self._most is not None and self._file.tell() > self._most:
            raise TooLargeExportError

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = _PRIVATE << 16
        return entry


class DeskWriter:
    """Writes the parts of one desk, one after the other."""

    def __init__(self, writer: Writer, folder: str, desk_id: int, *, complete: bool) -> None:
        self._writer = writer
        self._folder = folder
        self._desk_id = desk_id
        self._complete = complete
        self._parts: list[Contents] = []

    def write(self, part: Part, lines: Iterator[tuple[Row, bytes]]) -> None:
        """Write the lines of a part; of bytes as received, those that come with them first."""
        counted = Digest()
        # A zip takes one file after the other, and lines come together with originals.
        with SpooledTemporaryFile(max_size=8 * 2**20) as spool:
            for line, data in lines:
                told = {**line, "original": self._writer.add_original(data)} if part.name == "originals" else line
                counted.add(part, told)
                spool.write(print_line(told))
            spool.seek(0)
            self._parts.append(self._writer.add_part(part, self._folder + part.file, spool, counted))

    def close(self) -> None:
        """End the desk."""
        self._writer.end_desk(DeskContents(self._desk_id, self._complete, tuple(self._parts)))


# Reading.


class Reader:
    """An export, open for reading."""

    def __init__(self, file: zipfile.ZipFile, where: str, manifest: Manifest) -> None:
        self._zip = file
        self._where = where
        self.manifest = manifest

    @property
    def rows(self) -> int:
        """How many lines there are in all."""
        return sum(desk.rows for desk in self.manifest.desks)

    def check(self, told: Told) -> None:
        """Read all of it and look whether it is what its list of contents says.

        Raises:
            DamagedArchiveError: it is not.
        """
        wanted: set[str] = set()
        for desk in self.manifest.desks:
            for contents in desk.parts:
                wanted |= self._check_part(contents, told)
        with self._telling():
            stored = {name.removeprefix("originals/") for name in self._zip.namelist() if name.startswith("originals/")}
        if missing := wanted - stored:
            raise DamagedArchiveError(self._where, f"{len(missing)} of the files as received are missing")
        for name in sorted(stored):
            self.original(name)

    def lines(self, contents: Contents) -> Iterator[tuple[Row, int]]:
        """Yield what each line says, and how many bytes it is.

        Raises:
            DamagedArchiveError: a line cannot be read.
        """
        part = BY_NAME[contents.part]
        with self._telling(contents.file), self._zip.open(contents.file) as packed:
            lines = BufferedReader(cast("RawIOBase", packed), _CHUNK)
            for number, written in enumerate(iter(lambda: lines.readline(MOST_LINE), b""), 1):
                try:
                    yield read_line(part, written), len(written)
                except LineError as error:
                    raise DamagedArchiveError(self._where, f"line {number} of {contents.file}: {error}") from error

    def original(self, name: str) -> bytes:
        """Return bytes as they were received.

        Raises:
            DamagedArchiveError: they are not there, or others.
        """
        with self._telling(name):
            data = self._zip.read(f"originals/{name}")
        if sha256(data).hexdigest() != name:
            raise DamagedArchiveError(self._where, f"the file originals/{name[:12]}… is not what it was")
        return data

    def _check_part(self, contents: Contents, told: Told) -> set[str]:
        """Read a part; return the names of the bytes that it wants."""
        hashed, counted, wanted = sha256(), 0, set()
        with self._telling(contents.file), self._zip.open(contents.file) as packed:
            while chunk := packed.read(_CHUNK):
                hashed.update(chunk)
        if hashed.hexdigest() != contents.sha256:
            raise DamagedArchiveError(self._where, f"{contents.file} is not what it was")
        for line, _ in self.lines(contents):
            counted += 1
            told(1)
            if original := line.get("original"):
                wanted.add(original)
        if counted != contents.rows:
            raise DamagedArchiveError(self._where, f"{contents.file} has {counted:,} lines, not {contents.rows:,}")
        return wanted

    @contextmanager
    def _telling(self, what: str = "it") -> Iterator[None]:
        """Say in one error that something cannot be unpacked."""
        try:
            yield
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            NotImplementedError,
            OSError,
            RuntimeError,
        ) as error:
            raise DamagedArchiveError(self._where, f"{what} cannot be unpacked") from error


@contextmanager
def open_archive(path: Path) -> Iterator[Reader]:
    """Open an export; nothing of it but its list of contents is read yet.

    Raises:
        UnwritableFileError: there is no such file, or it cannot be read.
        ForeignArchiveError: it is something else, or made to do harm.
        NewerArchiveError: a later version of the program wrote it.
        DamagedArchiveError: its list of contents cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnwritableFileError(str(path), error.strerror or str(error)) from error
    with file:
        try:
            packed = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ForeignArchiveError(str(path), "it is no .zip, or only the beginning of one") from error
        with packed:
            _check_names(packed, str(path))
            manifest = _read_manifest(packed, str(path))
            _check_entries(packed, manifest, str(path))
            yield Reader(packed, str(path), manifest)


def _check_names(packed: zipfile.ZipFile, where: str) -> None:
    """Refuse what no export holds: files twice, locked ones, and what would unpack to far too much."""
    entries = packed.infolist()
    if twice := [name for name, number in Counter(entry.filename for entry in entries).items() if number > 1]:
        raise ForeignArchiveError(where, f"it holds “{twice[0][:80]}” twice")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ForeignArchiveError(where, "it is locked with a password")
    unpacked = sum(entry.file_size for entry in entries)
    size = packed.fp.seek(0, os.SEEK_END) if packed.fp else 0
    if unpacked > max(_LEAST_BOMB, _MOST_RATIO * size):
        raise ForeignArchiveError(where, f"it would unpack to {unpacked // 2**20:,} MiB")


def _read_manifest(packed: zipfile.ZipFile, where: str) -> Manifest:
    entry = next((one for one in packed.infolist() if one.filename == MANIFEST), None)
    if entry is None or entry.file_size > _MOST_MANIFEST:
        raise ForeignArchiveError(where, f"it has no {MANIFEST}")
    try:
        said = json.loads(packed.read(entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise DamagedArchiveError(where, f"its {MANIFEST} cannot be unpacked") from error
    except (ValueError, RecursionError) as error:
        raise ForeignArchiveError(where, f"its {MANIFEST} is no JSON") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT or not isinstance(said.get("version"), int):
        raise ForeignArchiveError(where, f"its {MANIFEST} is another program's")
    if said["version"] > VERSION:
        raise NewerArchiveError(where, said["version"])
    try:
        return _to_manifest(said)
    except (KeyError, TypeError, ValueError) as error:
        raise ForeignArchiveError(where, f"its {MANIFEST} does not say what is in it") from error


def _to_manifest(said: dict[str, Any]) -> Manifest:
    """Return the list of contents.

    Raises:
        KeyError, TypeError, ValueError: something is missing in it, or is of another kind.
    """
    desks = tuple(
        DeskContents(_whole(desk["desk_id"]), bool(desk["complete"]), tuple(map(_to_contents, desk["parts"])))
        for desk in said["desks"]
    )
    if len({desk.desk_id for desk in desks}) < len(desks) or not all(desk.desk_id for desk in desks):
        raise ValueError("a desk stands in it twice, or is nobody's")
    return Manifest(
        _hash(said["archive"], 32), str(said["made_at"]), str(said["revision"]), desks, _whole(said["originals"])
    )


def _to_contents(said: dict[str, Any]) -> Contents:
    sizes = _whole(said["rows"]), _whole(said["bytes"])
    if said["part"] not in BY_NAME or min(sizes) < 0:
        raise ValueError("a part that is none")
    return Contents(said["part"], str(said["file"]), *sizes, _hash(said["sha256"]), _hash(said["digest"]))


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise TypeError("no whole number of 64 bits")
    return value


def _hash(value: object, length: int = 64) -> str:
    if not is_sha256(str(value).rjust(64, "0")) or len(str(value)) != length:
        raise ValueError("no hash")
    return str(value)


def _check_entries(packed: zipfile.ZipFile, manifest: Manifest, where: str) -> None:
    """Look whether the files are those on the list, each of the size that it says, and no other."""
    sizes = {entry.filename: entry.file_size for entry in packed.infolist()}
    listed = {part.file: part.bytes for desk in manifest.desks for part in desk.parts}
    parts = [part.file for desk in manifest.desks for part in desk.parts]
    if len(listed) < len(parts) or any(
        [one.part for one in desk.parts] != [name for name in BY_NAME if any(name == one.part for one in desk.parts)]
        for desk in manifest.desks
    ):
        raise ForeignArchiveError(where, "its list of contents names a part twice, or out of order")
    further = sizes.keys() - listed.keys() - {MANIFEST}
    if strange := [name for name in further if not is_sha256(name.removeprefix("originals/")) or "/" not in name]:
        raise ForeignArchiveError(where, f"it holds “{strange[0][:80]}”, which is not on its list")
    if any(sizes[name] > _MOST_ORIGINAL for name in further):
        raise ForeignArchiveError(where, "it holds a file larger than any that is ever received")
    for file, size in listed.items():
        if sizes.get(file) != size:
            raise DamagedArchiveError(where, f"{file} is missing, or not of the size that it was")
    if len(further) != manifest.originals:
        raise DamagedArchiveError(where, "files as received are missing")
