"""OpenDocument texts."""

from summariser.errors import EncryptedFileError
from summariser.ingest.archives import opened, stream_xml
from summariser.ingest.extract import Extract
from summariser.model import Note, NoteKind

_KIND = "OpenDocument (.odt)"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_BLOCKS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
# What readers of the printed page do not see as its text, with the role that it is noted with.
_UNSEEN = {
    f"{_TEXT}note": "footnote",
    f"{_OFFICE}annotation": "comment",
    f"{_TEXT}tracked-changes": "deleted-text",
    f"{_TEXT}ruby-text": "",
    f"{_TEXT}index-title-template": "",
    f"{_SVG}title": "",
    f"{_SVG}desc": "",
    f"{_OFFICE}forms": "",
    f"{_DRAW}object": "",
}
# Nobody copies more, and a file may ask for billions.
_MOST_SPACES = 8


def read_odt(data: bytes, filename: str) -> Extract:
    """Return the text of an OpenDocument file, its headings marked, without footnotes, comments and deleted text.

    Raises:
        TooLargeError: it unpacks to more than any document needs.
        EncryptedFileError: it wants a password.
        UnsafeFileError: it defines entities.
        BrokenFileError: it is damaged.
    """
    with opened(data, filename, _KIND) as container:
        if "META-INF/manifest.xml" in container.namelist() and b"encryption-data" in container.read(
            "META-INF/manifest.xml"
        ):
            raise EncryptedFileError(filename)
        taker = _Taker()
        stream_xml(container, "content.xml", filename, _KIND, taker)
    notes = tuple(Note(NoteKind.DROPPED, role, text=" ".join(words.split())) for role, words in taker.unseen)
    return Extract("\n\n".join(taker.blocks), marked=True, notes=notes)


class _Taker:
    """Gathers paragraphs from the events of a parser, which calls its methods by these names."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.unseen: list[tuple[str, str]] = []
        self._line: list[str] = []
        self._level = 0
        self._within = 0
        """How many paragraphs are open: a text box stands inside another's."""
        self._skipped = 0
        """How deep we are in something that is not shown; 0 outside of it."""
        self._role = ""
        self._lost: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of the beginning of an element."""
        if self._skipped or tag in _UNSEEN:
            self._skipped += 1
            self._role = _UNSEEN[tag] if self._skipped == 1 else self._role
            return
        if tag in _BLOCKS:
            self._flush()
            self._within += 1
            self._level = _level(attributes) if tag == f"{_TEXT}h" else 0
        elif tag == f"{_TEXT}s":
            self._line.append(" " * min(_MOST_SPACES, _number(attributes.get(f"{_TEXT}c", "1"))))
        elif tag == f"{_TEXT}tab":
            self._line.append("\t")
        elif tag == f"{_TEXT}line-break":
            self._line.append("\n")

    def end(self, tag: str) -> None:
        """Take note of the end of an element."""
        if self._skipped:
            self._skipped -= 1
            self._lose(" ")
            if not self._skipped and self._role and "".join(self._lost).strip():
                self.unseen.append((self._role, "".join(self._lost)))
                self._lost.clear()
        elif tag in _BLOCKS:
            self._flush()
            self._within -= 1

    def data(self, words: str) -> None:
        """Take characters; those between paragraphs are the file's layout."""
        if self._skipped:
            self._lose(words)
        elif self._within:
            self._line.append(words.replace("\n", " "))

    def close(self) -> None:
        """End, as a parser asks for."""
        self._flush()

    def _lose(self, words: str) -> None:
        if self._role:
            self._lost.append(words)

    def _flush(self) -> None:
        words = "\n".join(line.strip() for line in "".join(self._line).split("\n")).strip()
        self._line.clear()
        if words:
            self.blocks.append("#" * self._level + " " + " ".join(words.split()) if self._level else words)


def _level(attributes: dict[str, str]) -> int:
    """Return the rank of a heading, 1 to 6."""
    return max(1, min(6, _number(attributes.get(f"{_TEXT}outline-level", "1"))))


def _number(value: str) -> int:
    """Return a number of the file, 1 for nonsense."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 1
