"""The words of a reply as Discord markdown, in pieces that pages can be made of."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.render.escape import address, clean, escape, flatten, size
from bot.services.replies import (
    Block,
    Bold,
    Bullets,
    Channel,
    Code,
    Command,
    Divider,
    Excerpt,
    Heading,
    Inline,
    Italic,
    Line,
    Link,
    Moment,
    Person,
    Quoted,
    Reply,
    Role,
    Words,
)

# A page holds no more quotes than one select menu can open.
MOST_QUOTES = 25

# Where text is cut, if need be: at white space, and within what looks like a word of this many characters.
_LONGEST_WORD = 60

_LEFT_TO_RIGHT = "\u200e"
# The letters of Hebrew, Arabic and their neighbours, at the end of what somebody wrote.
_FROM_RIGHT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff][^A-Za-z]*$")

_SCHEME = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Markup that stays together; none at all is a rule between parts."""

    text: str = ""
    number: int | None = None
    """The quote that it belongs to."""
    joins: bool = False
    """It goes on right under what is before it."""
    heads: bool = False
    """It stays with what comes after it."""


RULE = Piece()


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes words as markdown: for a message, or for a file, which knows nothing of Discord's own marks."""

    commands: Mapping[str, int] = field(default_factory=dict)
    """The ids that make commands clickable, by the command's first word."""
    for_file: bool = False

    def write(self, words: Words) -> str:
        """Return the words as markdown."""
        written = [self._write(item) for item in words]
        # Behind words from right to left “ · 12 May” would be torn: 12 to the left of them, the month to the right.
        turned = ["", *(_LEFT_TO_RIGHT if _FROM_RIGHT.search(text) else "" for text in written)]
        written = [(turn if text.startswith(" · ") else "") + text for turn, text in zip(turned, written, strict=False)]
        # Two marks in a row read as one: bold next to italics needs something of no width between them.
        met = [before.endswith("*") and after.startswith("*") for before, after in pairwise([*written, ""])]
        return "".join(text + "\u2060" * between for text, between in zip(written, met, strict=True))

    def _write(self, item: Inline) -> str:
        match item:
            case str(text):
                return escape(text)
            case Bold(text) | Italic(text):
                return _wrap(text, "**" if isinstance(item, Bold) else "*")
            case Code(text):
                return _code(text)
            case Link(text, url):
                return link(text, url)
            case Moment() | Command() | Channel() | Person() | Role():
                return self._mark(item)

    def _mark(self, item: Moment | Command | Channel | Person | Role) -> str:
        """Return what Discord itself puts into words."""
        if isinstance(item, Channel):
            return f"#{item.channel_id}" if self.for_file else f"<#{item.channel_id}>"
        if isinstance(item, Person):
            return f"member {item.person_id}" if self.for_file else f"<@{item.person_id}>"
        if isinstance(item, Role):
            return f"role {item.role_id}" if self.for_file else f"<@&{item.role_id}>"
        return self._moment(item) if isinstance(item, Moment) else self._command(item.name)

    def _moment(self, moment: Moment) -> str:
        if self.for_file:
            return f"{moment.when:%Y-%m-%d %H:%M %Z}".strip()
        return f"<t:{int(moment.when.timestamp())}:{'R' if moment.relative else 'f'}>"

    def _command(self, name: str) -> str:
        known = self.commands.get(name.partition(" ")[0])
        return f"</{name}:{known}>" if known and not self.for_file else _code(f"/{name}")


def link(text: str, url: str) -> str:
    """Return a masked link, or the words alone where the address cannot be one."""
    target = address(url)
    # Discord masks no address behind words that look like one, and counts brackets in a label, escaped or not.
    label = escape(_SCHEME.sub("", text.strip()).replace("[", "(").replace("]", ")"))
    return f"[{label}]({target})" if target and label else escape(text)


def pieces(blocks: Iterable[Block], pen: Pen, room: int) -> list[Piece]:
    """Return the blocks as pieces of at most `room` UTF-16 units each."""
    written = [piece for block in blocks for piece in _piece_block(block, pen, room)]
    return list(_head(written, room))


def paginate(written: Sequence[Piece], room: int, most: int) -> list[tuple[Piece, ...]]:
    """Return pages of at most `room` UTF-16 units and `most` text displays and rules; at least one page."""
    pages = [_Page(room, most)]
    for piece in written:
        if not pages[-1].takes(piece):
            pages.append(_Page(room, most))
        pages[-1].put(piece)
    return [page for page in map(_Page.trimmed, pages) if page] or [()]


class _Page:
    """A page as it fills."""

    def __init__(self, room: int, most: int) -> None:
        self._pieces: list[Piece] = []
        self._numbers: set[int] = set()
        self._room, self._left = room, most

    def takes(self, piece: Piece) -> bool:
        """Tell whether there is room; an empty page takes anything."""
        quotes = self._numbers | numbers([piece])
        fits = size(piece.text) + piece.joins <= self._room and self._left >= (not piece.joins)
        return not self._pieces or (fits and len(quotes) <= MOST_QUOTES)

    def put(self, piece: Piece) -> None:
        """Add a piece; a rule only below something."""
        if piece == RULE and (not self._pieces or self._pieces[-1] == RULE):
            return
        joins = piece.joins and bool(self._pieces)
        self._room -= size(piece.text) + joins
        self._left -= not joins
        self._pieces.append(piece)
        self._numbers |= numbers([piece])

    def trimmed(self) -> tuple[Piece, ...]:
        """Return the pieces without a rule at the end."""
        return tuple(self._pieces[:-1] if self._pieces and self._pieces[-1] == RULE else self._pieces)


def displays(page: Sequence[Piece]) -> Iterator[str]:
    """Yield the page's texts with what joins them already joined; an empty one is a rule."""
    text: str | None = None
    for piece in page:
        if piece.joins and text:
            text += "\n" + piece.text
            continue
        if text is not None:
            yield text
        text = piece.text
    if text is not None:
        yield text


def numbers(page: Iterable[Piece]) -> frozenset[int]:
    """Return the numbers of the quotes on a page."""
    return frozenset(piece.number for piece in page if piece.number is not None)


def whole(reply: Reply) -> str:
    """Return the whole reply as a markdown file."""
    written = pieces((Heading((reply.title,)), *reply.blocks), Pen(for_file=True), 1 << 30)
    return "\n\n".join(text.replace("-# ", "") or "---" for text in displays(written)) + "\n"


def _piece_block(block: Block, pen: Pen, room: int) -> Iterator[Piece]:
    match block:
        case Heading(words):
            yield from (Piece(f"### {text}", heads=True) for text in _lines(words, pen, room - 4))
        case Line(words, small=True):
            yield from (Piece(f"-# {text}", joins=True) for text in _lines(words, pen, room - 3))
        case Line(words):
            yield from (Piece(text) for text in _parts(_each(words, _paragraphs), pen, room))
        case Bullets(items):
            yield from _piece_bullets(items, pen, room)
        case Quoted():
            yield from _piece_quoted(block, pen, room)
        case Excerpt(before, text, after):
            words = (before, Bold(text), after)
            yield from (
                Piece(f"> {line}", joins=number > 0) for number, line in enumerate(_lines(words, pen, room - 2))
            )
        case Divider():
            yield RULE


def _piece_bullets(items: Iterable[Words], pen: Pen, room: int) -> Iterator[Piece]:
    joins = False
    for item in items:
        for number, line in enumerate(_lines(item, pen, room - 2)):
            yield Piece(("  " if number else "- ") + line, joins=joins)
            joins = True


def _piece_quoted(quoted: Quoted, pen: Pen, room: int) -> Iterator[Piece]:
    label = link(str(quoted.number), quoted.url) if quoted.url else str(quoted.number)
    sentence = [*_lines(quoted.words, pen, room - size(label) - 5)] or [""]
    sentence[0] = f"**{label}** {sentence[0]}"
    source = [f"-# {line}" for line in _lines(quoted.source, pen, room - 3)]
    if source and size(sentence[-1]) + 1 + size(source[0]) <= room:
        sentence[-1] += "\n" + source.pop(0)
    for number, text in enumerate([*sentence, *source]):
        yield Piece(text, number=quoted.number, joins=number > 0)


def _head(written: Sequence[Piece], room: int) -> Iterator[Piece]:
    """Yield the pieces with each heading put before what it heads, as far as the two fit together."""
    head: Piece | None = None
    for piece in written:
        headed = piece
        if head is not None and piece != RULE and size(head.text) + 1 + size(piece.text) <= room:
            headed = replace(piece, text=f"{head.text}\n{piece.text}", joins=False)
        elif head is not None:
            yield head
        head = headed if headed.heads else None
        if head is None:
            yield headed
    if head is not None:
        yield head


def _lines(words: Words, pen: Pen, room: int) -> Iterator[str]:
    """Yield the words as lines of at most `room`, without line breaks inside."""
    return _parts(_each(words, flatten), pen, room)


def _parts(words: Words, pen: Pen, room: int) -> Iterator[str]:
    for part in _cut(words, pen, room):
        if text := pen.write(part).strip():
            yield text


def _cut(words: Words, pen: Pen, room: int) -> Iterator[Words]:
    """Yield the words in parts whose markup takes at most `room`, cut between words where it can be done."""
    if size(pen.write(words)) <= room:
        yield words
        return
    part: list[Inline] = []
    used = 0
    for atom in _atoms(words):
        # Written alone an atom takes no less than as a piece of a longer run.
        cost = size(pen.write((atom,))) + 1
        if part and used + cost > room:
            yield _merge(part)
            part, used = [], 0
        part.append(atom)
        used += cost
    yield _merge(part)


def _atoms(words: Words) -> Iterator[Inline]:
    for item in words:
        if isinstance(item, str | Bold | Italic | Code | Link):
            text = item if isinstance(item, str) else item.text
            yield from (_with(item, part) for part in re.findall(rf"\s*\S{{1,{_LONGEST_WORD}}}|\s+", text))
        else:
            yield item


# What Discord itself puts into words.
_MARKS = Moment | Command | Channel | Person | Role


def _merge(atoms: Iterable[Inline]) -> Words:
    """Put together what was one run before it was cut."""
    merged: list[Inline] = []
    for atom in atoms:
        last = merged[-1] if merged else None
        if last is not None and not isinstance(atom, _MARKS) and _with(last, "") == _with(atom, ""):
            merged[-1] = _with(last, _text(last) + _text(atom))
        else:
            merged.append(atom)
    return tuple(merged)


def _each(words: Words, change: Callable[[str], str]) -> Words:
    return tuple(item if isinstance(item, _MARKS) else _with(item, change(_text(item))) for item in words)


def _text(item: Inline) -> str:
    return item if isinstance(item, str) else getattr(item, "text", "")


def _with(item: Inline, text: str) -> Inline:
    """Return the same kind of run with other words."""
    match item:
        case str():
            return text
        case Bold() | Italic() | Code() | Link():
            return replace(item, text=text)
        case Moment() | Command() | Channel() | Person() | Role():
            return item


def _paragraphs(text: str) -> str:
    return re.sub(r"[^\S\n]*\n\s*", "\n", clean(text))


def _wrap(text: str, mark: str) -> str:
    """Put marks around the words, not around the white space at their ends, where Discord would not take them."""
    core = text.strip()
    if not core:
        return escape(text)
    start = text.index(core)
    return escape(text[:start]) + mark + escape(core) + mark + escape(text[start + len(core) :])


def _code(text: str) -> str:
    """Return text as code, where nothing is live; escaped instead where it holds the mark that ends code."""
    shown = flatten(text).strip()
    return f"`{shown}`" if shown and "`" not in shown else escape(text)
