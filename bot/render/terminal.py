"""Replies in a terminal: plain lines that read well at 40 columns, in a pipe, and without colour."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO
from urllib.parse import quote

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.style import Style
from rich.text import Text

from bot.services.replies import (
    Attachment,
    Block,
    Bold,
    Bullets,
    Channel,
    Code,
    Command,
    Divider,
    Excerpt,
    Form,
    Heading,
    Inline,
    Italic,
    Line,
    Link,
    Menu,
    Moment,
    Person,
    Quoted,
    Reply,
    Request,
    Role,
    Tone,
    Words,
)
from bot.services.zones import relative
from storage.base import LOCAL_PERSON

# Lines longer than this are tiring to read, however wide the window.
MOST_COLUMNS = 88

# Where nobody looks at a window, a paragraph is one line, so that grep finds a sentence.
UNWRAPPED = 1_000_000

# Marks that reorder the text around them: U+061C, U+200E-F, U+202A-E, U+2066-9 (Unicode UAX #9).
_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_SPACES = dict.fromkeys([*range(0x09, 0x0E), 0x85, 0x2028, 0x2029], " ")
# Control pictures show what would have been obeyed; C1 has none of its own.
_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_CONTROLS |= dict.fromkeys(range(0x80, 0xA0), "\ufffd") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_HARMLESS = str.maketrans({**_CONTROLS, **_SPACES, **_BIDI})

_MARKS = {Tone.DONE: ("✓ ", "OK: "), Tone.WARNING: ("! ", "! "), Tone.ERROR: ("✗ ", "Error: ")}
_STYLES: Mapping[type, str] = {Bold: "bold", Italic: "italic", Code: "bold cyan"}
_PASSAGE = "corpus.passage"


def clean(text: str) -> str:
    """Return untrusted text fit to be shown on one line: control characters made visible, bidi marks taken out."""
    return text.translate(_HARMLESS)


def open_console(file: IO[str] | None = None, *, stderr: bool = False) -> Console:
    """Return a console that obeys NO_COLOR, COLUMNS and the window, and never interprets markup."""
    console = Console(file=file, stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=False)
    if not console.is_terminal and not shutil.get_terminal_size((0, 0)).columns:
        console.width = UNWRAPPED
    return console


def show(console: Console, renderable: RenderableType) -> None:
    """Print something, and a blank line below it."""
    console.print(renderable)
    console.print()


@dataclass(frozen=True, slots=True)
class Press:
    """A control under the number that is typed for it."""

    number: int
    label: str
    request: Request
    description: str = ""


@dataclass(frozen=True, slots=True)
class Controls:
    """What can be typed after a reply."""

    presses: tuple[Press, ...] = ()
    """The buttons, then the lines of the menus."""
    menus: tuple[tuple[str, tuple[Press, ...]], ...] = ()
    """The same lines by the prompt of their menu."""
    passages: Mapping[int, Request] = field(default_factory=dict)
    """What `open 2` asks for: the lines that open a quote go by the quote's number."""

    @property
    def buttons(self) -> tuple[Press, ...]:
        """Return the buttons alone."""
        return self.presses[: len(self.presses) - sum(len(lines) for _, lines in self.menus)]


def number(reply: Reply) -> Controls:
    """Give each control of a reply the number to type for it."""
    presses = [Press(place, action.label, action.request) for place, action in enumerate(reply.actions, 1)]
    passages: dict[int, Request] = {}
    menus: list[tuple[str, tuple[Press, ...]]] = []
    for menu in reply.menus:
        if _opens_passages(menu):
            passages |= {choice.request.options["number"]: choice.request for choice in menu.choices}
            continue
        first = len(presses) + 1
        lines = [
            Press(place, line.label, line.request, line.description) for place, line in enumerate(menu.choices, first)
        ]
        menus.append((menu.prompt, tuple(lines)))
        presses += lines
    return Controls(tuple(presses), tuple(menus), passages)


def paint(reply: Reply, controls: Controls | None = None) -> RenderableType:
    """Return a reply as it is printed, with its controls below where they are given."""
    parts: list[RenderableType] = [_Title(reply.title, reply.tone)]
    before: Block | None = None
    for block in reply.blocks:
        parts += [Text()] if _parts_from(before, block) else []
        parts.append(_block(block))
        before = block
    parts += [Text(), *map(_attachment, reply.attachments)] if reply.attachments else []
    parts += [Text(), *_controls(controls)] if controls and (controls.presses or controls.passages) else []
    return Group(*parts)


def typed(line: str) -> RenderableType:
    """Return a line as somebody typed it."""
    return _Flow((Code(line),), mark="> ")


def trouble(why: str) -> RenderableType:
    """Return a sentence about something that went wrong."""
    first, *rest = why.splitlines() or [""]
    return Group(_Title(first, Tone.ERROR, style=""), *(_Flow((line,), mark="  ") for line in rest))


def questions(form: Form) -> RenderableType:
    """Return the head of a form whose questions follow."""
    return _Title(form.title, Tone.PLAIN)


def finding(*, ok: bool, what: str, told: str) -> RenderableType:
    """Return one line of a check-up, which says how it went in a word."""
    lines = told.splitlines() or [""]
    head = _Flow((Bold(f"{what}: "), lines[0]), mark="OK      " if ok else "FAILED  ")
    return Group(head, *(_Flow((line,), mark=" " * 8) for line in lines[1:]))


def bullets(items: Sequence[Words]) -> RenderableType:
    """Return a list."""
    return _block(Bullets(tuple(items)))


def flow(*words: Inline, indent: int = 0) -> RenderableType:
    """Return words as a paragraph."""
    return _Flow(words, mark=" " * indent)


def _opens_passages(menu: Menu) -> bool:
    return all(line.request.name == _PASSAGE and "number" in line.request.options for line in menu.choices)


def _parts_from(before: Block | None, block: Block) -> bool:
    """Tell whether a blank line stands between two blocks."""
    if isinstance(before, Heading):
        return False
    # A small line belongs to what stands above it: the title, the list, the paragraph.
    return not (isinstance(block, Line) and block.small and isinstance(before, Line | Bullets | None))


def _block(block: Block) -> RenderableType:
    match block:
        case Heading(words):
            return _Flow(words, style="bold")
        case Line(words, small):
            return _Flow(words, style="dim" if small else "")
        case Bullets(items):
            return Group(*(_Flow(item, mark="• ", plain_mark="* ") for item in items))
        case Quoted():
            return _quoted(block)
        case Excerpt():
            return _excerpt(block)
        case Divider():
            return _Flow(("─" * 24,), style="dim", plain="-" * 24)


def _quoted(block: Quoted) -> RenderableType:
    mark = f"[{block.number}] "
    below: Words = block.source
    if block.url:
        below = (*below, " · " if below else "", Link(_short(block.url), block.url))
    quoted = _Flow(block.words, mark=mark)
    return Group(quoted, _Flow(below, mark=" " * len(mark), style="dim")) if below else quoted


def _excerpt(block: Excerpt) -> RenderableType:
    """Return a paragraph whose sentence stands out by a bar as well as by its weight."""
    parts: list[RenderableType] = []
    if block.before.strip():
        parts.append(_Flow((block.before.strip(),), mark="  "))
    parts.append(_Flow((block.text,), mark="┃ ", plain_mark="| ", again=True, style="bold"))
    if block.after.strip():
        parts.append(_Flow((block.after.strip(),), mark="  "))
    return Group(*parts)


def _attachment(attachment: Attachment) -> RenderableType:
    said = f" – {attachment.description}" if attachment.description else ""
    size = f" ({max(1, len(attachment.data) // 1024):,} KiB)"
    return _Flow(("Attached: ", Bold(attachment.filename), size, said))


def _controls(controls: Controls) -> Iterator[RenderableType]:
    if controls.passages:
        shown = sorted(controls.passages)
        also = f" … {shown[-1]}" if len(shown) > 1 else ""
        yield _Flow(
            (
                Code(f"open {shown[0]}"),
                f"{also} shows a quote in its paragraph",
            )
        )
    if controls.buttons:
        yield _Row(controls.buttons)
    for prompt, lines in controls.menus:
        yield _Flow((prompt,), style="dim")
        for line in lines:
            said: Words = (f" · {line.description}",) if line.description else ()
            yield _Flow((line.label, *said), mark=f"{line.number:>3} ")


def _short(url: str) -> str:
    """Return an address without its text fragment, which is for browsers."""
    return url.partition("#:~:text=")[0]


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    tone: Tone
    style: str = "bold"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        fancy, ascii_only = _MARKS.get(self.tone, ("", ""))
        yield _Flow((self.text,), mark=fancy, plain_mark=ascii_only, style=self.style)


@dataclass(frozen=True, slots=True)
class _Row:
    """Buttons side by side, none of them broken in two where it fits on a line."""

    presses: Sequence[Press]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, MOST_COLUMNS)
        row: list[Inline] = []
        used = 0
        for press in self.presses:
            button: Words = (Code(str(press.number)), f" {press.label}")
            room = cell_len(f"{press.number} {clean(press.label)}")
            if row and used + 3 + room > width:
                yield _Flow(tuple(row))
                row, used = [], 0
            row += ["   ", *button] if row else button
            used += 3 + room if len(row) > 2 else room
        yield _Flow(tuple(row))


@dataclass(frozen=True, slots=True)
class _Flow:
    """Words in a paragraph behind a mark, the further lines hanging below the first."""

    words: Words
    mark: str = ""
    plain_mark: str | None = None
    """The mark where the terminal knows only ASCII."""
    again: bool = False
    """Put the mark before every line."""
    style: str = ""
    plain: str | None = None
    """What stands for the words where the terminal knows only ASCII."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        mark = self.plain_mark if options.ascii_only and self.plain_mark is not None else self.mark
        words = (self.plain,) if options.ascii_only and self.plain is not None else self.words
        text = Text(style=self.style)
        for word in words:
            text.append_text(_inline(word, linked=console.is_terminal))
        width = options.max_width if options.max_width >= UNWRAPPED else min(options.max_width, MOST_COLUMNS)
        room = max(width - cell_len(mark), 10)
        for place, line in enumerate(text.wrap(console, room, no_wrap=width >= UNWRAPPED)):
            before = mark if self.again or not place else " " * cell_len(mark)
            line.rstrip()
            yield Text.assemble((before, self.style), line)


def _inline(word: Inline, *, linked: bool) -> Text:
    if isinstance(word, Link):
        return _link(word, linked=linked)
    if isinstance(word, Moment):
        return Text(_moment(word))
    if isinstance(word, Channel | Person | Role):
        return Text(_known(word))
    if isinstance(word, Command):
        return Text(f"/{clean(word.name)}", _STYLES[Code])
    if isinstance(word, str):
        return Text(clean(word))
    return Text(clean(word.text), _STYLES[type(word)])


def _known(word: Channel | Person | Role) -> str:
    """Say by its number what has a name in Discord alone."""
    match word:
        case Channel(number):
            return f"channel {number}"
        case Role(number):
            return f"role {number}"
        case Person(number):
            return "you" if number == LOCAL_PERSON else f"member {number}"


def _moment(moment: Moment) -> str:
    """Say a moment by the clock of the machine that the person sits at."""
    if moment.relative:
        return relative(moment.when, now=datetime.now(UTC))
    local = moment.when.astimezone()
    return f"{local.day} {local:%B %Y, %H:%M}"


def _link(link: Link, *, linked: bool) -> Text:
    """Return a link that can be clicked where the terminal knows how, and copied everywhere."""
    # What an address may not hold is percent-encoded, so that none can end the escape sequence it is put into.
    url = quote(link.url, safe="%/:=&?~#+!$,;'@()*[]", errors="replace")
    words = clean(link.text)
    safe = url.startswith(("https://", "http://"))
    text = Text(words, Style(underline=True, link=url) if linked and safe else "")
    shown = _short(url)
    return text if words == shown else text.append(f" ({shown})")
