"""Word files (WordprocessingML, ECMA-376), read as a stream of marks.

Nothing is built of a document but its paragraphs, so that a book takes no more memory than its words.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any
from zipfile import ZipFile

from summariser.errors import TooLargeError
from summariser.ingest.archives import opened, read_xml, stream_xml
from summariser.ingest.extract import Extract
from summariser.ingest.kinds import WORD_TEXT
from summariser.model import Note, NoteKind

_KIND = "Word (.docx)"
# Each costs two microseconds; a book of a thousand pages has a million.
_MOST_MARKS = 4_000_000
# The parts beside the text, by the end of their relation's type, and the role of what they hold.
_ASIDE = {"footnotes": "footnote", "endnotes": "footnote", "comments": "comment"}
# Word's own names are English in every language; `Überschrift 1` is what Word shows for `heading 1`.
_HEADING = re.compile(r"heading ?([1-6])|(sub)?title", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off", "none"})

# Transitional, and strict.
_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
)
# What readers of the printed page do not see as its text, with the role that it is noted with; the others say nothing.
_UNSEEN = {
    "del": "deleted-text",
    "moveFrom": "",
    "rt": "",
    "pPrChange": "",
    "rPrChange": "",
    "Fallback": "",
}
# Marks that end a line, and letters that are marks; a hyphen where a word may be parted is none.
_LETTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
# Signs of the fonts Symbol and Wingdings, which stand at these places of their own [ECMA-376, 17.3.3.30].
_SIGNS = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0E0: "→", 0xF0DF: "←", 0xF02D: "-", 0xF0B0: "°"}
_TAKEN = frozenset({"t", "delText"})
_NAMES = (
    *("p", "r", "pPr", "pStyle", "outlineLvl", "rStyle", "vanish", "fldChar", "sym", "tc", "txbxContent"),
    *("AlternateContent", *_UNSEEN, *_LETTERS, *_TAKEN),
)
_KNOWN = {f"{{{space}}}{name}": name for space in _SPACES for name in _NAMES}


def read_docx(data: bytes, filename: str) -> Extract:
    """Return the text of a Word file, its headings marked; what is not printed as text is noted.

    That is deleted and hidden text, footnotes and comments. Text that was inserted stays, and so do the words that a
    field shows; text boxes stand below the paragraph that they belong to.

    Raises:
        TooLargeError: it unpacks to more than any document needs.
        EncryptedFileError: its parts are locked.
        UnsafeFileError: it defines entities.
        BrokenFileError: it is damaged.
    """
    with opened(data, filename, _KIND) as container:
        main = next(filter(WORD_TEXT.fullmatch, container.namelist()))
        parts = _related(container, main, filename)
        styles = _read_styles(container, parts["styles"], filename) if "styles" in parts else Styles()
        body = _take(container, main, filename, styles)
        unseen = list(body.unseen)
        for kind, role in _ASIDE.items():
            if kind in parts:
                aside = _take(container, parts[kind], filename, styles)
                unseen += ((role, block.lstrip("# ")) for block in aside.blocks)
    notes = tuple(Note(NoteKind.DROPPED, role, text=" ".join(words.split())) for role, words in unseen)
    return Extract("\n\n".join(body.blocks), marked=True, notes=notes)


@dataclass(slots=True)
class Styles:
    """What the names of styles say: which are headings, and which hide their words."""

    levels: dict[str, int] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def level(self, style: str) -> int:
        """Return the rank of a paragraph of this style, 0 for one that is no heading."""
        return self.levels[style] if style in self.levels else _heading(style)


@dataclass(slots=True)
class _Paragraph:
    """A paragraph while it is read."""

    line: list[str]
    level: int = 0
    hidden: bool = False
    joined: bool = False
    """Its end was deleted: the next one goes on where it stops."""
    boxes: list[str] = field(default_factory=list)
    """The text boxes that hang on it."""


class _Taker:
    """Gathers paragraphs from the events of a parser, which calls its methods by these names."""

    def __init__(self, styles: Styles) -> None:
        self.blocks: list[str] = []
        self.unseen: list[tuple[str, str]] = []
        self._styles = styles
        self._open: list[_Paragraph] = []
        self._runs: list[bool] = []
        """Whether the runs that are open are hidden; a text box stands inside another's."""
        self._fields: list[bool] = []
        """Whether the fields that are open are past their instruction."""
        self._choices: list[int] = []
        """How much was taken before each set of alternatives."""
        self._taken = 0
        self._skipped = 0
        self._role = ""
        self._lost: dict[str, list[str]] = {}
        self._carried: list[str] = []
        self._in_text = self._in_properties = False
        starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            "p": self._open_paragraph,
            "r": lambda _: self._runs.append(bool(self._open and self._open[-1].hidden)),
            "pPr": lambda _: self._set_properties(True),
            "pStyle": self._take_style,
            "outlineLvl": self._take_rank,
            "rStyle": lambda attributes: self._hide(_value(attributes) in self._styles.hidden),
            "vanish": lambda attributes: self._hide(_value(attributes, "1") not in _OFF),
            "fldChar": self._take_field,
            "sym": self._take_sign,
            "AlternateContent": lambda _: self._choices.append(self._taken),
        }
        self._starts = starts
        self._ends: dict[str, Callable[[], None]] = {
            "p": self._close_paragraph,
            "r": self._close_run,
            "pPr": lambda: self._set_properties(False),
            "tc": self._flush_carried,
            "txbxContent": self._flush_carried,
            "AlternateContent": self._close_choices,
        }

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take note of the beginning of an element."""
        name = _KNOWN.get(tag)
        if name in _TAKEN:
            self._in_text = True
        if self._skipped:
            self._skipped += 1
        elif name is None:
            return
        elif name in _UNSEEN and self._hides(name):
            self._skipped, self._role = 1, _UNSEEN[name]
        elif name in _LETTERS:
            # Among a paragraph's properties stand the places of its tabs.
            self._take("" if self._in_properties else _LETTERS[name])
        elif name in self._starts:
            self._starts[name](attributes)

    def end(self, tag: str) -> None:
        """Take note of the end of an element."""
        self._in_text = False
        if self._skipped:
            self._skipped -= 1
            return
        finish = self._ends.get(_KNOWN.get(tag, ""))
        if finish is not None:
            finish()

    def data(self, words: str) -> None:
        """Take characters; those outside of text are the file's layout, or instructions."""
        if self._in_text:
            self._take(words.replace("\n", " "))

    def close(self) -> None:
        """End, as a parser asks for."""
        self._flush_carried()
        self._flush_lost()

    def _hides(self, name: str) -> bool:
        """Tell whether an element hides what is in it; in a paragraph's properties it speaks of the paragraph's end."""
        if self._in_properties and name in {"del", "moveFrom"}:
            self._open[-1].joined = True
            return False
        # The fallback repeats a choice, unless that is a picture alone.
        return name != "Fallback" or (bool(self._choices) and self._taken > self._choices[-1])

    def _take(self, words: str) -> None:
        if self._skipped:
            self._lose(self._role, words)
        elif self._runs and self._runs[-1]:
            self._lose("hidden-text", words)
        elif not all(self._fields):
            self._lose("field-code", words)
        elif self._open:
            self._taken += len(words)
            self._open[-1].line.append(words)

    def _lose(self, role: str, words: str) -> None:
        if role:
            self._lost.setdefault(role, []).append(words)

    def _open_paragraph(self, _: Mapping[str, str]) -> None:
        self._open.append(_Paragraph(self._carried))
        self._carried = []

    def _close_paragraph(self) -> None:
        paragraph = self._open.pop()
        if paragraph.joined:
            self._carried = paragraph.line
        else:
            self._keep(_block(paragraph))
        for box in paragraph.boxes:
            self._keep(box)
        self._flush_lost()

    def _close_run(self) -> None:
        self._runs.pop()

    def _close_choices(self) -> None:
        self._choices.pop()

    def _keep(self, block: str) -> None:
        """Put a paragraph behind the others, or with those of its text box on the paragraph that holds it."""
        if block:
            (self._open[-1].boxes if self._open else self.blocks).append(block)

    def _flush_carried(self) -> None:
        self._keep(_block(_Paragraph(self._carried)))
        self._carried = []

    def _flush_lost(self) -> None:
        self.unseen += ((role, "".join(words)) for role, words in self._lost.items() if "".join(words).strip())
        self._lost = {}

    def _set_properties(self, inside: bool) -> None:
        self._in_properties = inside and bool(self._open)

    def _take_style(self, attributes: Mapping[str, str]) -> None:
        if self._in_properties:
            style = _value(attributes)
            self._open[-1].level = self._styles.level(style)
            self._open[-1].hidden = style in self._styles.hidden

    def _take_rank(self, attributes: Mapping[str, str]) -> None:
        if self._in_properties:
            self._open[-1].level = _rank(_value(attributes))

    def _hide(self, hidden: bool) -> None:
        if self._runs and not self._in_properties:
            self._runs[-1] = hidden

    def _take_field(self, attributes: Mapping[str, str]) -> None:
        match _value(attributes, name="fldCharType"):
            case "begin":
                self._fields.append(False)
            case "separate" if self._fields:
                self._fields[-1] = True
            case "end" if self._fields:
                self._fields.pop()

    def _take_sign(self, attributes: Mapping[str, str]) -> None:
        try:
            number = int(_value(attributes, name="char"), 16)
        except ValueError:
            return
        own = 0xF000 <= number <= 0xF0FF or not 32 < number < 0xD800
        self._take(_SIGNS.get(number, "") if own else chr(number))


def _take(container: ZipFile, part: str, filename: str, styles: Styles) -> _Taker:
    """Return what a part of the document holds.

    Raises:
        TooLargeError: more marks than any book has.
        KeyError: there is no such part.
    """
    if read_xml(container, part, filename, _KIND).count(b"<") > _MOST_MARKS:
        raise TooLargeError(filename, what="formatting marks", limit=f"{_MOST_MARKS:,}")
    taker = _Taker(styles)
    stream_xml(container, part, filename, _KIND, taker)
    return taker


def _related(container: ZipFile, part: str, filename: str) -> dict[str, str]:
    """Return where the parts beside a part stand, by the last word of their relation's type."""
    names = set(container.namelist())
    listed = join(dirname(part), "_rels", f"{part.rpartition('/')[2]}.rels")
    if listed not in names:
        return {}
    found = {}
    for relation in _parse(read_xml(container, listed, filename, _KIND)).iter("{*}Relationship"):
        place = normpath(join("/", dirname(part), relation.get("Target", ""))).lstrip("/")
        # What stands outside of the file is left alone.
        if place in names and relation.get("TargetMode") != "External":
            found[relation.get("Type", "").rpartition("/")[2]] = place
    return found


def _read_styles(container: ZipFile, part: str, filename: str) -> Styles:
    """Return what the styles say of paragraphs and runs; what one does not say the one that it is based on does."""
    told: dict[str, dict[str, str]] = {}
    for style in _parse(read_xml(container, part, filename, _KIND)).iter("{*}style"):
        said = {_local(node.tag): _value(node.attrib, "1") for node in style.iter() if isinstance(node.tag, str)}
        told[_value(style.attrib, name="styleId")] = said
    styles = Styles()
    for name in told:
        line = [told[one] for one in _ancestry(name, told)]
        styles.levels[name] = next((rank for rank in map(_own_rank, line) if rank is not None), 0)
        if next((said["vanish"] for said in line if "vanish" in said), "0") not in _OFF:
            styles.hidden.add(name)
    return styles


def _ancestry(name: str, told: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield a style and those that it is based on, each once: a file may go in circles."""
    seen: set[str] = set()
    while name in told and name not in seen:
        yield name
        seen.add(name)
        name = told[name].get("basedOn", "")


def _own_rank(said: Mapping[str, str]) -> int | None:
    """Return the rank that a style gives to its paragraphs, None where it does not say."""
    if _HEADING.fullmatch(said.get("name", "")):
        return _heading(said["name"])
    return _rank(said["outlineLvl"]) if "outlineLvl" in said else None


def _heading(name: str) -> int:
    """Return the rank of a heading by the name of its style, 0 for other styles."""
    found = _HEADING.fullmatch(name)
    if found is None or found[2]:
        return 0
    return int(found[1] or 1)


def _rank(outline: str) -> int:
    """Return the rank of a paragraph at this level of the outline, which is counted from 0."""
    return int(outline) + 1 if outline in {"0", "1", "2", "3", "4", "5"} else 0


def _block(paragraph: _Paragraph) -> str:
    """Return the words of a paragraph, marked if it is a heading."""
    words = "\n".join(line.strip() for line in "".join(paragraph.line).split("\n")).strip()
    return "#" * paragraph.level + " " + " ".join(words.split()) if paragraph.level and words else words


def _value(attributes: Mapping[str, str], default: str = "", *, name: str = "val") -> str:
    """Return what an attribute says, whichever namespace it is written in."""
    return next((value for key, value in attributes.items() if _local(key) == name), default)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _parse(markup: bytes) -> Any:  # noqa: ANN401  # lxml is untyped
    from lxml import etree  # noqa: PLC0415  # readers load their library when first used

    return etree.fromstring(markup, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
