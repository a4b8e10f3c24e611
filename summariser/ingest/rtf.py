"""Rich text (RTF), as far as its text goes: [MS-RTF 1.9.1].

The library for it, striprtf (0.0.35), writes the targets of links into the sentences that are to be quoted, keeps
deleted and hidden words, knows no headings, and walks character by character; its search for links is quadratic.
"""

import codecs
import re
from dataclasses import dataclass, field, replace

from summariser.errors import TooLargeError
from summariser.ingest.extract import Extract, parsing
from summariser.model import Note, NoteKind

_KIND = "rich-text (RTF)"
_LETTER = re.compile(r"\\u(-?\d{1,6}) ?(?:\?|\\'[0-9a-fA-F]{2})")
_SINGLE = (
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|(?P<hex>(?:\\'[0-9a-fA-F]{2})+)|\\(?P<sign>[^a-zA-Z'])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\'?"
)
_TOKEN = re.compile(_SINGLE, re.DOTALL)
# Texts beyond Latin consist of these: letters by their number, each followed by one for programs that do not know it.
_LETTERS = re.compile(r"(?:\\u-?\d{1,6} ?(?:\?|\\'[0-9a-fA-F]{2})){2,}+")
# Word writes some hundred thousand marks into ten megabytes; each costs two to five microseconds.
_MOST_TOKENS = 1_000_000
_DEEPEST = 10_000

_CHARACTERS = {
    "line": "\n",
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
_SIGNS = {"~": "\u00a0", "_": "\u2011", "{": "{", "}": "}", "\\": "\\"}
_BREAKS = frozenset({"par", "sect", "page", "cell", "nestcell", "row", "nestrow", "column"})
# What stands in groups of its own and is no text of the page.
_DESTINATIONS = """
fonttbl colortbl stylesheet info pict objdata objclass header headerl headerr headerf footer footerl footerr footerf
footnote annotation fldinst xe tc txe rxe listtable listoverridetable revtbl rsidtbl generator themedata filetbl
colorschememapping datastore latentstyles mmathpr xmlnstbl nonshppict shprslt listtext pntext bkmkstart bkmkend
atnid atnauthor atndate atnref template formfield ftnsep ftnsepc aftnsep aftnsepc userprops
"""
_APART = frozenset(_DESTINATIONS.split())
_NOTED = {"footnote": "footnote", "annotation": "comment"}
_ENCODINGS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850", "ansi": "cp1252"}
# The character sets of fonts; 0 and 1 stand for whatever the file is in.
_CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
_SETTINGS = frozenset({"f", "uc", "v", "deleted", "plain", "pard", "s", "outlinelevel"})
_KNOWN = frozenset({*_CHARACTERS, *_BREAKS, *_APART, *_ENCODINGS, *_SETTINGS, "u", "fcharset", "ansicpg"})
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|başlık)\s?([1-6])", re.IGNORECASE)
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class _State:
    """What holds until a group ends."""

    apart: str = ""
    """The outermost group of its own that we are in."""
    hidden: bool = False
    deleted: bool = False
    skip: int = 1
    """How many characters follow a Unicode one for programs that do not know it."""
    font: int = -1
    level: int = 0
    style: int = 0


@dataclass(slots=True)
class _Page:
    """What has been read so far."""

    encoding: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    styles: dict[int, int] = field(default_factory=dict)
    """The rank of the headings that a style makes, 1 to 6."""
    blocks: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    """Bytes that are not decoded yet: a letter may take two of them."""
    name: list[str] = field(default_factory=list)
    """The name of the style that is being defined."""
    lost: dict[str, list[str]] = field(default_factory=dict)
    left: int = 0
    """How many characters are still to be passed over."""
    starred: bool = False


def read_rtf(data: bytes, filename: str) -> Extract:
    """Return the text of a rich-text file, its headings marked, without footnotes, hidden and deleted words.

    Raises:
        TooLargeError: more marks than any document has.
        BrokenFileError: it is damaged.
    """
    text = data.decode("latin-1")
    with parsing(filename, _KIND):
        page, open_groups = _walk(text, filename)
    notes = [Note(NoteKind.DROPPED, role, text=" ".join("".join(words).split())) for role, words in page.lost.items()]
    if open_groups:
        detail = "The file ends in the middle; what there is of it was read."
        notes.append(Note(NoteKind.GUESSED, "truncated", detail))
    body = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), "\n\n".join(page.blocks))
    return Extract(body, marked=True, notes=tuple(note for note in notes if note.text or note.detail))


def _walk(text: str, filename: str) -> tuple[_Page, int]:
    """Read from the first brace to its counterpart; return how many groups are still open at the end."""
    page, state = _Page(), _State()
    stack: list[_State] = []
    at, tokens = max(0, text.find("{")), 0
    while token := _TOKEN.match(text, at):
        if token["word"] == "u" and state.skip == 1 and (letters := _LETTERS.match(text, at)):
            _put(page, state, "".join(chr(int(number) % 0x10000) for number in _LETTER.findall(letters[0])))
            at = letters.end()
            continue
        at = token.end()
        tokens += 1
        if tokens > _MOST_TOKENS or len(stack) > _DEEPEST:
            raise TooLargeError(filename, what="formatting marks", limit=f"{_MOST_TOKENS:,}")
        if token["brace"] == "{":
            _decode(page, state)
            stack.append(state)
            page.left, page.starred = 0, False
        elif token["brace"]:
            _close(page, state)
            state = stack.pop()
            if not stack:
                break
        elif token["word"] == "bin":
            at += max(0, int(token["number"] or 0))
        else:
            state = _step(page, state, token)
    _end_block(page, state)
    return page, len(stack)


def _step(page: _Page, state: _State, token: re.Match[str]) -> _State:
    """Take one token; return what holds after it."""
    if token["word"]:
        return _obey(page, state, token["word"], token["number"])
    if token["sign"] == "*":
        page.starred = True
    elif token["sign"] in {"\n", "\r"}:
        _end_block(page, state)
    elif token["sign"]:
        if not _passed_over(page):
            _put(page, state, _SIGNS.get(token["sign"], ""))
    elif token["hex"]:
        page.pending += bytes.fromhex(token["hex"][4 * page.left :].replace("\\'", ""))
        page.left = max(0, page.left - len(token["hex"]) // 4)
    elif token["text"]:
        words = token["text"][page.left :]
        page.left = max(0, page.left - len(token["text"]))
        page.pending += words.encode("latin-1")
    return state


def _obey(page: _Page, state: _State, word: str, digits: str | None) -> _State:
    """Carry out a control word; return what holds after it."""
    starred, page.starred = page.starred, False
    if word not in _KNOWN and not starred:
        return state
    number = int(digits) if digits else None
    if starred or word in _APART:
        _decode(page, state)
        return replace(state, apart=state.apart or word)
    if word in _CHARACTERS:
        _put(page, state, _CHARACTERS[word])
    elif word in _BREAKS:
        _end_block(page, state)
    elif word == "u":
        _put(page, state, chr((number or 0) % 0x10000))
        page.left = state.skip
    elif word == "fcharset" and state.apart == "fonttbl":
        page.fonts[state.font] = _CHARSETS.get(number or 0, "")
    elif word in _ENCODINGS:
        page.encoding = _ENCODINGS[word]
    elif word == "ansicpg":
        page.encoding = _code_page(number or 0) or page.encoding
    else:
        return _change(page, state, word, number)
    return state


def _change(page: _Page, state: _State, word: str, number: int | None) -> _State:
    """Return what holds after a control word that sets how the text looks."""
    _decode(page, state)
    match word:
        case "f":
            state = replace(state, font=number or 0)
        case "uc":
            state = replace(state, skip=min(16, max(0, number or 0)))
        case "v":
            state = replace(state, hidden=number != 0)
        case "deleted":
            state = replace(state, deleted=number != 0)
        case "plain":
            state = replace(state, hidden=False, deleted=False)
        case "pard":
            state = replace(state, level=0, style=0)
        case "s":
            state = replace(state, style=number or 0)
        case "outlinelevel":
            state = replace(state, level=max(0, min(6, (number or 0) + 1)))
    return state


def _passed_over(page: _Page) -> bool:
    """Tell whether a character stands there only for programs that do not know the one before."""
    if not page.left:
        return False
    page.left -= 1
    return True


def _close(page: _Page, state: _State) -> None:
    """Take note of the end of a group: in the list of styles, of a style."""
    _decode(page, state)
    page.left, page.starred = 0, False
    if state.apart == "stylesheet" and state.style:
        named = _HEADING.search("".join(page.name))
        level = state.level or (int(named[1]) if named else 0)
        if level:
            page.styles[state.style] = level
    page.name.clear()


def _put(page: _Page, state: _State, words: str) -> None:
    """Add characters to the text, or to what is lost of it."""
    _decode(page, state)
    _keep(page, state, words)


def _decode(page: _Page, state: _State) -> None:
    """Add the bytes that wait, in the encoding of their font."""
    if page.pending:
        encoding = page.fonts.get(state.font) or page.encoding
        _keep(page, state, page.pending.decode(encoding, "replace"))
        page.pending.clear()


def _keep(page: _Page, state: _State, words: str) -> None:
    if state.apart == "stylesheet":
        page.name.append(words)
    elif state.apart in _NOTED:
        page.lost.setdefault(_NOTED[state.apart], []).append(words)
    elif state.hidden or state.deleted:
        page.lost.setdefault("hidden-text" if state.hidden else "deleted-text", []).append(words)
    elif not state.apart:
        page.line.append(words)


def _end_block(page: _Page, state: _State) -> None:
    """End a paragraph."""
    _decode(page, state)
    if state.apart:
        _keep(page, state, " ")
        return
    words = "\n".join(line.strip() for line in "".join(page.line).split("\n")).strip()
    page.line.clear()
    level = state.level or page.styles.get(state.style, 0)
    if words:
        page.blocks.append("#" * level + " " + " ".join(words.split()) if level else words)


def _code_page(number: int) -> str | None:
    """Return our name of a Windows code page, None for one that we do not know."""
    name = "utf-8" if number == 65001 else f"cp{number}"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
