"""What a file is, by its first bytes and not by its name."""

import re
import zipfile
from enum import StrEnum
from io import BytesIO
from itertools import islice

from summariser.errors import BrokenFileError, UnsupportedKindError


class Kind(StrEnum):
    """The kinds that are read; the values are those of `Document.format`."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"


# A PDF's mark may stand behind junk; the format allows it within the first kilobyte.
_PDF_WITHIN = 1024
# Tags that open a page stand at its top, after comments at most.
_HTML_WITHIN = 4096

_MAGIC = (
    (rb"\{\\rtf", "a rich-text (RTF) document"),
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

_ZIPPED = (
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("META-INF/container.xml", "an e-book (EPUB)"),
    ("content.xml", "an OpenDocument file"),
)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body)\b|<(?:article|div|p|h1|section)\b[^>]*>.*</\w+>", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(r"<\?xml|<(?:rss|feed|svg)\b", re.IGNORECASE)
_MAIL = re.compile(r"(?:[A-Z][A-Za-z-]{1,40}: ?[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
# A line of text may begin with a hash or hold asterisks: only several signs make a file Markdown.
_MARKDOWN = (
    re.compile(r"^#{1,6} [^\W_]", re.MULTILINE),
    re.compile(r"\[[^\[\]\n]{1,200}\]\((?=[^()\s]{0,300}?[./#])[^()\s]{1,600}\)"),
    re.compile(r"^\[[^\[\]\n]{1,200}\]: ?https?:\S", re.MULTILINE),
    re.compile(r"^```[^`\n]*$", re.MULTILINE),
    re.compile(r"(?<![\\\w*])\*\*(?=\S)[^*\n]{1,200}(?<=\S)\*\*(?![\w*])"),
    re.compile(r"^[^\n#>\-*\s][^\n]{0,300}(?<![.!?…:;,\n])\n={3,}[ \t]*$", re.MULTILINE),
)
_SURE = 2
"""How many signs of the first two kinds, headings and links, prove it by themselves; of all kinds, two prove it."""


def recognise_bytes(data: bytes, filename: str) -> Kind | None:
    """Return the kind of a file that is no plain text, None where it may be text.

    Raises:
        UnsupportedKindError: a kind that we know and do not read.
        BrokenFileError: a ZIP container that cannot be opened.
    """
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return Kind.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _look_into_zip(data, filename)
    for magic, kind in _MAGICS:
        if magic.match(data):
            raise UnsupportedKindError(filename, kind)
    return None


def recognise_text(text: str, filename: str) -> Kind:
    """Return the kind of a decoded text.

    Raises:
        UnsupportedKindError: a mail, or XML that is no page.
    """
    opening = text[:_HTML_WITHIN].lstrip()
    if opening.startswith("<") and _HTML.search(opening):
        return Kind.HTML
    if _XML.match(opening):
        raise UnsupportedKindError(filename, "an XML file or feed")
    mail = _MAIL.match(opening)
    if mail is not None and re.search(r"^MIME-Version:", mail[0], re.MULTILINE | re.IGNORECASE):
        raise UnsupportedKindError(filename, "an e-mail message or saved web archive")
    named = filename.lower().endswith((".md", ".markdown"))
    return Kind.MD if named or _has_markup(text) else Kind.TXT


def _has_markup(text: str) -> bool:
    """Tell whether a text is written in Markdown: it shows two kinds of marks, or two headings or links."""
    kinds = sum(pattern.search(text) is not None for pattern in _MARKDOWN)
    return kinds >= _SURE or any(len([*islice(pattern.finditer(text), _SURE)]) == _SURE for pattern in _MARKDOWN[:2])


def _look_into_zip(data: bytes, filename: str) -> Kind:
    """Return DOCX, or raise with the name of what the container holds."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as container:
            names = container.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        kind = "Word (.docx)" if filename.lower().endswith(".docx") else "ZIP"
        raise BrokenFileError(filename, kind) from error
    if "word/document.xml" in names:
        return Kind.DOCX
    for mark, kind in _ZIPPED:
        if any(name.startswith(mark) for name in names):
            raise UnsupportedKindError(filename, kind)
    raise UnsupportedKindError(filename, "a ZIP archive")
