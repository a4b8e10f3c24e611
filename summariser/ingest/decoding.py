"""Bytes to characters, and characters that may stand in a stored text."""

import codecs
import re
from dataclasses import dataclass

from summariser.errors import BinaryFileError
from summariser.ingest.alphabets import latin_encoding
from summariser.model import Note, NoteKind

# What is looked at to tell an encoding, in bytes: enough for statistics, little for time.
_SAMPLE = 65_536
# Text has hardly any control characters; a file with more of them than this is a program's, not a person's.
_MOST_CONTROLS = 0.01
# In UTF-16 without a mark, Latin text has a NUL in every second byte.
_HALF_NULS = 0.35
# Above this share of bytes beyond ASCII the text is not in a Latin script.
_NOT_LATIN = 0.3

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.:-]{2,40})",
    re.IGNORECASE,
)
_SPOKEN = re.compile(rb"<html[^>]{0,300}?\slang\s?=\s?[\"']?([a-z]{2})\b", re.IGNORECASE)
# As browsers read them.
_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
_PLAIN = "".join(map(chr, range(0x20, 0x7F)))
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_COMMON_ARABIC = re.compile(r"[اليمنورتب]")
_UNSEEN = {
    "bidi-control": re.compile("[\u202a-\u202e\u2066-\u2069]+"),
    "invisible-mark": re.compile("[\u00ad\u200b\u2060\ufeff\ufff9-\ufffb\ufffe\uffff]+"),
    "nul": re.compile("\0+"),
    "control-character": re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+"),
}
_UNSEEN_DETAIL = {
    "bidi-control": "Marks that reverse the reading direction were taken out, so that a quote reads as it is stored.",
    "invisible-mark": "Marks that cannot be seen were taken out.",
    "nul": "NUL characters were taken out.",
    "control-character": "Control characters were taken out.",
}
_SURROGATES = re.compile("[\ud800-\udfff]")
_NEWLINES = re.compile("\r\n?|\x85|\u2028")
_PAGE_BREAKS = re.compile("[\x0b\x0c\u2029]")
# Everything that is changed at all: most texts have nothing of it, and are looked through once instead of ten times.
_UNCLEAN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, and how they were come by."""

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()


def decode(data: bytes, filename: str, charset: str | None = None) -> Decoded:
    """Return the text of a file: by its mark, as UTF-8, as UTF-16 by its NULs, as it declares, or by a noted guess.

    What the server said, `charset`, goes before what the file declares. Letters beyond ASCII that are whole UTF-8 are
    UTF-8 whatever was said: in other encodings next to no bytes happen to be.

    Raises:
        BinaryFileError: the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, filename)
    wide = _wide_encoding(data[:_SAMPLE])
    if wide is not None:
        return _strictly(data, wide, filename)
    if _is_binary(data[:_SAMPLE]):
        raise BinaryFileError(filename)
    said = _known(charset), _declared_encoding(data)
    for encoding in filter(None, (*said, "utf-8") if data.isascii() else ("utf-8", *said)):
        text = _try(data, encoding)
        if text is not None:
            return Decoded(text, encoding)
    return _mend(data) or _guess(data, filename)


def clean(text: str) -> tuple[str, tuple[Note, ...]]:
    """Return the text with plain line ends and nothing in it that cannot be seen or stored, and a note on each loss."""
    if _UNCLEAN.search(text) is None:
        return text, ()
    text = _PAGE_BREAKS.sub("\n\n", _NEWLINES.sub("\n", text))
    notes = []
    for role, pattern in _UNSEEN.items():
        text, times = pattern.subn("", text)
        if times:
            notes.append(Note(NoteKind.DROPPED, role, _UNSEEN_DETAIL[role]))
    text, times = _SURROGATES.subn("\ufffd", text)
    if times:
        notes.append(Note(NoteKind.GUESSED, "surrogate", "Half characters were replaced by “\ufffd”."))
    return text, tuple(notes)


def _strictly(data: bytes, encoding: str, filename: str) -> Decoded:
    """Decode, or refuse the file as no text."""
    text = _try(data, encoding)
    if text is None or len(_SURROGATES.findall(text)) > max(1, _MOST_CONTROLS * len(text)):
        raise BinaryFileError(filename)
    return Decoded(text.removeprefix("\ufeff"), encoding)


def _try(data: bytes, encoding: str) -> str | None:
    """Decode strictly, but for halves of characters, which `clean` replaces; None where the bytes do not fit."""
    try:
        return data.decode(encoding, "surrogatepass")
    except (UnicodeDecodeError, LookupError):
        return None


def _wide_encoding(sample: bytes) -> str | None:
    """Tell UTF-16 without a mark by where its NULs stand."""
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if half and odd > _HALF_NULS * half and even < odd / 10:
        return "utf-16-le"
    if half and even > _HALF_NULS * half and odd < even / 10:
        return "utf-16-be"
    return None


def _is_binary(sample: bytes) -> bool:
    """Tell a program's bytes from text by their control characters; some NULs are forgiven, many are not."""
    controls = len(_CONTROLS.findall(sample))
    return controls > max(1, _MOST_CONTROLS * len(sample)) or sample.count(0) > len(sample) / 10


def _declared_encoding(data: bytes) -> str | None:
    """Return the text encoding that a page says it is in, None without one."""
    found = _DECLARED.search(data[:2048])
    if found is None:
        return None
    return _known((found[1] or found[2]).decode("ascii", "replace"))


def _known(name: str | None) -> str | None:
    """Return our name of a text encoding, None where it is unknown; who says Latin-1 means Windows' superset of it."""
    try:
        known = codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return None
    # Not all codecs make text of bytes: "rot13" and "zip" are codecs too.
    if known is None or not getattr(known, "_is_text_encoding", False):
        return None
    # Nor are pages written in those that read plain letters as something else, such as EBCDIC and UTF-7: whoever names
    # one of them could make other words of the same bytes.
    if _try(_PLAIN.encode(), known.name) != _PLAIN:
        return None
    return _SUPERSETS.get(known.name, known.name)


def _mend(data: bytes) -> Decoded | None:
    """Decode UTF-8 in which some bytes are damaged; None where it has more of them than of whole letters beyond ASCII.

    In other encodings, next to no bytes happen to make such letters.
    """
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if len(text) - len(text.encode("ascii", "ignore")) <= 2 * damaged:
        return None
    return Decoded(text, "utf-8", (Note(NoteKind.GUESSED, "damage", "Damaged letters were replaced by “\ufffd”."),))


def _guess(data: bytes, filename: str) -> Decoded:
    """Decode with what fits best, and say that it was a guess."""
    sample = data[:_SAMPLE]
    beyond = sum(byte > 0x7F for byte in sample) / len(sample)
    encoding = _arabic_encoding(sample) if beyond > _NOT_LATIN / 2 else None
    if encoding is None and beyond > _NOT_LATIN:
        encoding = _ask_statistics(sample)
    name = encoding or latin_encoding(sample, _language(data))
    text = _try(data, name)
    if text is None:
        raise BinaryFileError(filename)
    detail = "The file does not say how its letters are written."
    return Decoded(text, name, (Note(NoteKind.GUESSED, "encoding", detail, name),))


def _language(data: bytes) -> str:
    """Return the language that a page says it is in, empty without one."""
    found = _SPOKEN.search(data[:2048])
    return found[1].decode("ascii").lower() if found else ""


def _arabic_encoding(sample: bytes) -> str | None:
    """Return the Arabic code page that makes the commonest letters of most bytes, None where none makes Arabic."""
    best, most = None, 0.0
    for encoding in ("cp1256", "iso-8859-6"):
        text = sample.decode(encoding, "replace")
        strange = [letter for letter in text if letter > "\x7f"]
        if len(_ARABIC.findall(text)) < 0.85 * len(strange):
            continue
        common = len(_COMMON_ARABIC.findall(text)) / len(strange)
        if common > max(most, 0.4):
            best, most = encoding, common
    return best


def _ask_statistics(sample: bytes) -> str | None:
    """Return what the statistics of many languages say, the last resort: on short texts they err."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  # costs 60 ms, and is seldom needed

    best = from_bytes(sample).best()
    return best.encoding if best is not None else None
