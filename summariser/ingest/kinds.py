"""What a file is, by its first bytes and not by its name."""

import re
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from itertools import islice

from summariser.errors import UnsupportedKindError
from summariser.ingest.archives import OPENING
from summariser.ingest.extract import parsing


class Kind(StrEnum):
    """The kinds that are read; the values are those of `Document.format`."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    EML = "eml"
    MHTML = "mhtml"
    EPUB = "epub"
    ZIP = "zip"


_TEXT = "plain text"
_NAMES = {
    Kind.TXT: _TEXT,
    Kind.MD: _TEXT,
    Kind.HTML: "a web page (HTML)",
    Kind.PDF: "a PDF",
    Kind.DOCX: "a Word file (.docx)",
    Kind.ODT: "an OpenDocument text (.odt)",
    Kind.RTF: "a rich-text file (.rtf)",
    Kind.EML: "an e-mail",
    Kind.MHTML: "a saved web page (MHTML)",
    Kind.EPUB: "an e-book (EPUB)",
    Kind.ZIP: "a ZIP archive",
}
_PROMISED = {
    ".txt": Kind.TXT,
    ".text": Kind.TXT,
    ".md": Kind.MD,
    ".markdown": Kind.MD,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".mht": Kind.MHTML,
} | {f".{kind.value}": kind for kind in Kind}

# A PDF's mark may stand behind junk; the format allows it within the first kilobyte.
_PDF_WITHIN = 1024
_PDF_OBJECT = re.compile(rb"\d{1,10} \d{1,5} obj\b")
# Tags that open a page stand at its top, after comments at most.
_HTML_WITHIN = 4096
# A mail's way through its servers may take many lines at its head.
_HEAD_WITHIN = 64 * 2**10
WORD_TEXT = re.compile(r"word/document\d{0,2}\.xml")
"""Where the text of a Word file stands; programs number it."""
# Where a ZIP container's directory ends: within this many bytes of its own end.
_ZIP_WITHIN = 22 + 2**16
_BLANK = b" \t\r\n\0\xef\xbb\xbf"

_MAGIC = (
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls or .ppt)"),
    (
        rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\x00|MM\x00\*|BM.{4}\x00{4}|.{4}ftyp(?:heic|avif)",
        "a picture",
    ),
    (rb"ID3[\x02-\x04]|OggS|fLaC|RIFF.{4}WAVE|\xff[\xfb\xf3\xf2]", "a sound recording"),
    (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ", "a video"),
    (rb"\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|BZh[1-9]1AY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd", "a compressed archive"),
    (rb"\x7fELF|MZ.{0,62}\x00|\xca\xfe\xba\xbe", "a program"),
    (rb"SQLite format 3\x00", "a database"),
    (rb"%!PS", "a PostScript document"),
)
_MAGICS = tuple((re.compile(pattern, re.DOTALL), kind) for pattern, kind in _MAGIC)

_ODF = "application/vnd.oasis.opendocument."
_ZIPPED = (("xl/workbook.", "an Excel workbook"), ("ppt/presentation.", "a PowerPoint presentation"))
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body)\b|<(?:article|div|p|h1|section)\b[^>]*>.*</\w+>", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(r"<\?xml|<(?:rss|feed|svg)\b", re.IGNORECASE)
_FIELDS = re.compile(rb"\s*(?:From [^\n]*\n)?((?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+)")
_FIELD = re.compile(rb"^([!-9;-~]{1,76}):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
# Programs write the former, and people who paste a mail seldom copy them; without one of the latter it is no mail.
_SENT = frozenset({b"mime-version", b"message-id", b"received", b"return-path", b"content-transfer-encoding"})
_WRITTEN = frozenset({b"from", b"subject", b"date", b"content-type"})
_DELIVERED = frozenset({b"to", b"cc", b"received", b"delivered-to", b"message-id"})
# A line of text may begin with a hash or hold asterisks: only several signs make a file Markdown.
_MARKDOWN = (
    re.compile(r"^#{1,6} [^\W_]", re.MULTILINE),
    re.compile(r"\[[^\[\]\n]{1,200}\]\((?=[^()\s]{0,300}?[./#])[^()\s]{1,600}\)"),
    re.compile(r"^\[[^\[\]\n]{1,200}\]: ?https?:\S", re.MULTILINE),
    re.compile(r"^```[^`\n]*$", re.MULTILINE),
    re.compile(r"(?<![\\\w*])\*\*(?=\S)[^*\n]{1,200}(?<=\S)\*\*(?![\w*])"),
    re.compile(r"^[^\n#>\-*\s][^\n]{0,300}(?<![.!?…:;,\n])\n={3,}[ \t]*$", re.MULTILINE),
)
_MARKS = ("# ", "](", "]:", "```", "**", "\n===")
_SURE = 2
"""How many signs of the first two kinds, headings and links, prove it by themselves; of all kinds, two prove it."""


def recognise_bytes(data: bytes, filename: str) -> Kind | None:
    """Return the kind of a file that is no plain text, None where it may be text.

    Raises:
        UnsupportedKindError: a kind that we know and do not read.
        BrokenFileError: a ZIP container that cannot be opened.
    """
    if _is_pdf(data):
        return Kind.PDF
    if data.startswith(OPENING):
        return _look_into_zip(data, filename)
    for magic, kind in _MAGICS:
        if magic.match(data):
            raise UnsupportedKindError(filename, kind)
    if data[:64].lstrip(_BLANK).startswith(b"{\\rtf"):
        return Kind.RTF
    return _recognise_mail(data)


def recognise_text(text: str, filename: str) -> Kind:
    """Return the kind of a decoded text.

    Raises:
        UnsupportedKindError: XML that is no page.
    """
    opening = text[:_HTML_WITHIN].lstrip()
    if opening.startswith("<") and _HTML.search(opening):
        return Kind.HTML
    if _XML.match(opening):
        raise UnsupportedKindError(filename, "an XML file or feed")
    return Kind.MD if promised(filename) is Kind.MD or _has_markup(text) else Kind.TXT


def promised(filename: str) -> Kind | None:
    """Return the kind that a name promises, None for a name that says nothing."""
    _, dot, ending = filename.lower().rpartition(".")
    return _PROMISED.get(dot + ending)


def doubts(data: bytes, filename: str, kind: Kind) -> tuple[str, ...]:
    """Return a sentence for each sign that others may take a file for something else than `kind`."""
    said = promised(filename)
    wrong = said is not None and _NAMES[said] != _NAMES[kind]
    told = [f"By its content it is {_NAMES[kind]}, whatever its name says, and was read as one."] if wrong else []
    others = ", ".join(sorted({_NAMES[other] for other in _disguises(data) if _NAMES[other] != _NAMES[kind]}))
    if others and kind not in {Kind.TXT, Kind.MD}:
        told.append(f"Some programs may open it as {others}; it was read as {_NAMES[kind]}.")
    return tuple(told)


def _disguises(data: bytes) -> Iterator[Kind]:
    """Yield what else the bytes could be taken for by a program that looks elsewhere than at their beginning."""
    if _is_pdf(data):
        yield Kind.PDF
    if b"PK\x05\x06" in data[-_ZIP_WITHIN:] and not data.startswith(OPENING):
        yield Kind.ZIP
    if re.match(rb"\s*<(?:!doctype\s+html|html)\b", data[:_PDF_WITHIN], re.IGNORECASE):
        yield Kind.HTML


def _is_pdf(data: bytes) -> bool:
    """Tell whether it begins as a PDF does; a text may speak of `%PDF-`, but has no objects."""
    if data[:_PDF_WITHIN].lstrip(_BLANK).startswith(b"%PDF-"):
        return True
    return b"%PDF-" in data[:_PDF_WITHIN] and _PDF_OBJECT.search(data[:_HEAD_WITHIN]) is not None


def _recognise_mail(data: bytes) -> Kind | None:
    """Return e-mail or saved page by the fields that such a file begins with, None without them."""
    found = _FIELDS.match(data[:_HEAD_WITHIN].lstrip(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
    if found is None:
        return None
    fields = {name.lower(): value.lower() for name, value in _FIELD.findall(found[1])}
    if not (fields.keys() & _SENT and fields.keys() & _WRITTEN):
        return None
    saved = fields.get(b"content-type", b"").startswith(b"multipart/related") and not fields.keys() & _DELIVERED
    return Kind.MHTML if saved else Kind.EML


def _has_markup(text: str) -> bool:
    """Tell whether a text is written in Markdown: it shows two kinds of marks, or two headings or links."""
    # A plain text of megabytes is not looked through letter by letter for each.
    likely = [pattern for pattern, mark in zip(_MARKDOWN, _MARKS, strict=True) if mark in text]
    kinds = sum(pattern.search(text) is not None for pattern in likely)
    return kinds >= _SURE or any(
        len([*islice(pattern.finditer(text), _SURE)]) == _SURE for pattern in likely if pattern in _MARKDOWN[:2]
    )


def _look_into_zip(data: bytes, filename: str) -> Kind:
    """Return which of the kinds that are kept in ZIP containers this is; raises as `recognise_bytes` does."""
    with parsing(filename, _claimed(filename)), zipfile.ZipFile(BytesIO(data)) as container:
        names = frozenset(container.namelist())
        mimetype = _mimetype(container) if "mimetype" in names else ""
    if any(WORD_TEXT.fullmatch(name) for name in names):
        return Kind.DOCX
    if "META-INF/container.xml" in names:
        return Kind.EPUB
    if "content.xml" in names and ("META-INF/manifest.xml" in names or mimetype.startswith(_ODF)):
        if mimetype.startswith((f"{_ODF}text", "application/vnd.sun.xml.writer")) or not mimetype:
            return Kind.ODT
        raise UnsupportedKindError(filename, "an OpenDocument spreadsheet, drawing or presentation")
    for mark, kind in _ZIPPED:
        if any(name.startswith(mark) for name in names):
            raise UnsupportedKindError(filename, kind)
    return Kind.ZIP


def _mimetype(container: zipfile.ZipFile) -> str:
    """Return what a container says that it is, nothing where that is locked; a bomb may stand even there."""
    if container.getinfo("mimetype").flag_bits & 1:
        return ""
    with container.open("mimetype") as entry:
        return entry.read(200).decode("ascii", "replace").strip()


def _claimed(filename: str) -> str:
    """Return the name of the kind of container that a file's name promises."""
    names = {Kind.DOCX: "Word (.docx)", Kind.ODT: "OpenDocument (.odt)", Kind.EPUB: "EPUB"}
    return names.get(promised(filename) or Kind.ZIP, "ZIP")
