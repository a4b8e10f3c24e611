"""From bytes to the texts that a file holds: its own, or those of the files inside it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from summariser.errors import (
    EmptyFileError,
    NestedArchiveError,
    NothingInsideError,
    ReadError,
    TooLargeError,
    UnsupportedKindError,
)
from summariser.ingest.archives import ending, read_zip
from summariser.ingest.captions import read_captions
from summariser.ingest.decoding import clean, decode
from summariser.ingest.documents import read_pdf
from summariser.ingest.docx import read_docx
from summariser.ingest.epub import read_epub
from summariser.ingest.extract import Extract, Member, Opened
from summariser.ingest.hyphens import join_parted
from summariser.ingest.kinds import Kind, doubts, recognise_bytes, recognise_text
from summariser.ingest.mail import read_mail
from summariser.ingest.markdown import read_markdown
from summariser.ingest.messages import read_message, read_saved_page
from summariser.ingest.odt import read_odt
from summariser.ingest.pages import read_html
from summariser.ingest.rtf import read_rtf
from summariser.limits import READABLE, Limits
from summariser.model import Note, NoteKind

# Each line is looked at by itself, at up to 0.1 ms; a novel has ten thousand.
_MOST_LINES = 100_000
# A message may be attached to a message; deeper ones are a game.
_DEEPEST = 2
_BLANK = b" \t\r\n\0\xef\xbb\xbf"
_READERS: dict[Kind, Callable[[bytes, str], Extract]] = {
    Kind.DOCX: read_docx,
    Kind.ODT: read_odt,
    Kind.RTF: read_rtf,
    Kind.MHTML: read_saved_page,
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file proved to be, and the texts in it: cleaned, none of them empty, at least one."""

    kind: Kind
    parts: tuple[Extract, ...]
    notes: tuple[Note, ...] = ()
    encoding: str | None = None


def open_file(data: bytes, filename: str, limits: Limits, charset: str | None = None) -> Contents:
    """Return the texts of a file. `charset` is what its server said of its letters.

    Raises:
        ReadError: it cannot be read; which kind of it says why.
    """
    return _open(data, filename, limits, charset, depth=0)


def _open(data: bytes, filename: str, limits: Limits, charset: str | None, *, depth: int) -> Contents:
    """Open a file, the `depth`th inside another."""
    if len(data) > limits.bytes:
        raise TooLargeError(filename, what="bytes", limit=f"{limits.bytes / 2**20:g} MiB")
    if not data.strip(_BLANK):
        raise EmptyFileError(filename)
    kind = recognise_bytes(data, filename)
    if kind is None:
        return _open_text(data, filename, limits, charset)
    held = _read(kind, data, filename, limits, depth)
    parts, notes = _gather(held, filename, limits, depth)
    return Contents(kind, parts, (*_doubted(data, filename, kind), *held.notes, *notes))


def _read(kind: Kind, data: bytes, filename: str, limits: Limits, depth: int) -> Opened:
    """Have a file that is no plain text read by the reader of its kind."""
    if (depth and kind is Kind.ZIP) or depth > _DEEPEST:
        raise NestedArchiveError(filename)
    match kind:
        case Kind.ZIP:
            return read_zip(data, filename, limits)
        case Kind.EML:
            return read_message(data, filename)
        case Kind.EPUB:
            return read_epub(data, filename)
        case Kind.PDF:
            return Opened((read_pdf(data, filename, limits),))
        case _:
            return Opened((_READERS[kind](data, filename),))


def _open_text(data: bytes, filename: str, limits: Limits, charset: str | None) -> Contents:
    """Open a file of characters: plain, in Markdown, or a page."""
    decoded = decode(data, filename, charset)
    _check_length([decoded.text], filename, limits)
    kind = recognise_text(decoded.text, filename)
    if kind is Kind.HTML:
        extract = read_html(decoded.text, filename)
    else:
        text, cleaning = clean(decoded.text)
        read = read_captions(text) or (read_markdown(text) if kind is Kind.MD else read_mail(text))
        joined, parted = join_parted(read.text)
        extract = replace(read, text=joined, notes=(*cleaning, *read.notes, *parted))
    parts, _ = _gather(Opened((extract,)), filename, limits, depth=0)
    return Contents(kind, parts, (*decoded.notes, *_doubted(data, filename, kind)), decoded.encoding)


def _doubted(data: bytes, filename: str, kind: Kind) -> Iterator[Note]:
    """Yield a note for each sign that others may take the file for something else."""
    return (Note(NoteKind.GUESSED, "kind", doubt) for doubt in doubts(data, filename, kind))


def _gather(held: Opened, filename: str, limits: Limits, depth: int) -> tuple[tuple[Extract, ...], tuple[Note, ...]]:
    """Return the texts in what a file held, with a note on each that cannot be read; files are opened in their turn.

    Raises:
        ReadError: none of them can be read; that of the only one where there is but one.
        TooLargeError: together they are too long.
    """
    parts: list[Extract] = []
    notes: list[Note] = []
    failed: list[ReadError] = []
    for part in held.parts:
        try:
            parts += _texts(part, filename, limits, depth, notes)
        except ReadError as error:
            if isinstance(part, Extract) and not part.name:
                raise
            failed.append(error)
            notes.append(Note(NoteKind.REFUSED, "file", str(error), part.name))
        _check_length([one.text for one in parts], filename, limits)
    if not parts:
        raise NothingInsideError(filename, str(failed[0])) if failed else EmptyFileError(filename)
    return tuple(parts), tuple(notes)


def _texts(part: Extract | Member, filename: str, limits: Limits, depth: int, notes: list[Note]) -> list[Extract]:
    """Return the cleaned texts of one part; what else is said of it goes to `notes`."""
    if isinstance(part, Extract):
        text, cleaning = clean(part.text)
        if not text.strip():
            raise EmptyFileError(part.name or filename)
        return [replace(part, text=text, notes=(*cleaning, *part.notes))]
    contents = _open(part.data, part.name, limits, None, depth=depth + 1)
    if contents.kind in {Kind.TXT, Kind.MD} and ending(part.name) not in {"", *READABLE}:
        raise UnsupportedKindError(part.name, f"a {ending(part.name)} file")
    notes += contents.notes
    return [replace(one, name=f"{part.name}: {one.name}" if one.name else part.name) for one in contents.parts]


def _check_length(texts: Sequence[str], filename: str, limits: Limits) -> None:
    """Refuse texts of more characters than the limits allow, or of more lines than anybody writes."""
    if sum(map(len, texts)) > limits.characters:
        raise TooLargeError(filename, what="characters", limit=f"{limits.characters:,}")
    if sum(text.count("\n") for text in texts) > _MOST_LINES:
        raise TooLargeError(filename, what="lines", limit=f"{_MOST_LINES:,}")
