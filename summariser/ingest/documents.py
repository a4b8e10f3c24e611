"""PDF files."""

import re
from collections import Counter
from collections.abc import Sequence

from summariser.errors import BrokenFileError, EncryptedFileError, ReadError, ScannedFileError, TooLargeError
from summariser.ingest.extract import Extract, parsing
from summariser.limits import Limits
from summariser.model import Note, NoteKind

# PDFium's own number for a missing or wrong password (FPDF_ERR_PASSWORD).
_PASSWORD = 4
# Fewer characters than this on all pages together are page numbers and stamps on scans.
_LEAST_TEXT = 20
# A line that stands on this share of the pages, and on three at least, is a running head.
_RUNNING = 0.5
_PAGE_NUMBER = re.compile(
    r"(?:page\s|seite\s|página\s|sayfa\s)?[-–—(]?\s?\d{1,4}\s?[-–—)]?(?:\s?(?:of|/|von|de|sur)\s?\d{1,4})?$",
    re.IGNORECASE,
)
# PDFium puts these where a word was parted at the end of a line.
_HYPHENS = re.compile("[\ufffe\x02\u00ad]\n?")


def read_pdf(data: bytes, filename: str, limits: Limits) -> Extract:
    """Return the text of a PDF, page by page, without running heads and page numbers.

    Raises:
        EncryptedFileError: it wants a password.
        ScannedFileError: its pages hold no text.
        TooLargeError: more pages or characters than the limits allow.
        BrokenFileError: it is damaged.
    """
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415  # readers load their library when first used

    with parsing(filename, "PDF"):
        try:
            document = PdfDocument(data)
        except PdfiumError as error:
            raise _pdf_error(error.err_code, filename) from error
        with document:
            if len(document) > limits.pages:
                raise TooLargeError(filename, what="pages", limit=f"{limits.pages:,}")
            pages = []
            for number in range(len(document)):
                pages.append(document[number].get_textpage().get_text_bounded().replace("\r\n", "\n"))
                if sum(map(len, pages)) > limits.characters:
                    raise TooLargeError(filename, what="characters", limit=f"{limits.characters:,}")
    if sum(len(page.strip()) for page in pages) < _LEAST_TEXT:
        raise ScannedFileError(filename)
    return _without_running_heads([_HYPHENS.sub("", page).splitlines() for page in pages])


def _pdf_error(code: int | None, filename: str) -> ReadError:
    """Return our error for PDFium's."""
    return EncryptedFileError(filename) if code == _PASSWORD else BrokenFileError(filename, "PDF")


def _without_running_heads(pages: Sequence[Sequence[str]]) -> Extract:
    """Join the pages, without the first and last lines that most of them repeat, and without their numbers."""
    edges = Counter(_key(line) for page in pages for line in {*page[:1], *page[-1:]} if line.strip())
    running = {key for key, times in edges.items() if times >= max(3, _RUNNING * len(pages))}
    notes, lines = [], []
    for page in pages:
        for index, line in enumerate(page):
            outermost, outer = index in {0, len(page) - 1}, index < 2 or index >= len(page) - 2
            number = outer and _PAGE_NUMBER.fullmatch(line.strip())
            if line.strip() and (number or (outermost and _key(line) in running)):
                notes.append(Note(NoteKind.DROPPED, "running-head", text=line.strip()))
            else:
                lines.append(line.rstrip())
    return Extract("\n".join(lines), notes=tuple(notes))


def _key(line: str) -> str:
    """Return what a running head has in common from page to page: all but its numbers."""
    return re.sub(r"\d+", "#", line.strip())
