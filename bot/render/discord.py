"""A reply as a Discord message (Components V2): a page at a time, within Discord's limits whatever its length."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import discord
from discord import ui

from bot.render.escape import escape, plain, size
from bot.render.markup import Pen, Piece, displays, numbers, paginate, pieces, whole
from bot.services.controls import Control
from bot.services.replies import Action, Asked, Attachment, Choice, Field, Form, Look, Menu, Reply, Tone, Who

# Discord's own limits (Components V2, developer documentation).
MOST_TEXT = 4000
MOST_COMPONENTS = 40
MOST_OPTIONS = 25
MOST_FIELDS = 5
ROW = 5
LONGEST_LABEL = 80
LONGEST_OPTION = 100
LONGEST_PLACEHOLDER = 150
LONGEST_FORM_TITLE = LONGEST_FIELD_LABEL = 45
LONGEST_HINT = 100
LONGEST_DESCRIPTION = 256

# Ours: what a reply may offer beside its text, so that there is always room for text in the 40 components.
MOST_ACTIONS = 10
MOST_MENUS = 4
MOST_FILES = 10
LONGEST_TITLE = 200
LONGEST_FILENAME = 100

# From here on nobody turns pages any more: the whole answer comes along as a file.
PAGES_WITHOUT_FILE = 8
WHOLE = "whole-answer.md"
_REST = "-# The rest is in the attached file."
_NO_FILE = "-# The file could not be attached here."

_COLOURS = {Tone.PLAIN: 0x5B7FA6, Tone.DONE: 0x3BA55D, Tone.WARNING: 0xE0A21E, Tone.ERROR: 0xD9434B}
# Emoji, because a screen reader reads their names.
_SIGNS = {Tone.PLAIN: "", Tone.DONE: "✅ ", Tone.WARNING: "⚠️ ", Tone.ERROR: "⛔ "}
_STYLES = {
    Look.MAIN: discord.ButtonStyle.primary,
    Look.PLAIN: discord.ButtonStyle.secondary,
    Look.DANGER: discord.ButtonStyle.danger,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """One page of a reply, ready to be drawn once its controls are kept."""

    tone: Tone
    title: str
    """Markup."""
    texts: tuple[str, ...]
    """Markup; an empty one is a rule."""
    page: int
    """From 0."""
    pages: int
    actions: tuple[Action, ...]
    menus: tuple[Menu, ...]
    """With the choices of this page alone."""
    turns: tuple[Control, ...]
    """Back, if there is a page before; on, if there is one after."""
    attachments: tuple[Attachment, ...]
    """The files that go with it, under names that Discord leaves as they are."""

    @property
    def controls(self) -> tuple[Control, ...]:
        """Return what the buttons and menus do, to be kept together: each is known by its index."""
        buttons = [
            Control(action.request, action.who, action.private, action.anew, action.openly) for action in self.actions
        ]
        lines = [
            Control(choice.request, menu.who, menu.private, menu.anew) for menu in self.menus for choice in menu.choices
        ]
        return (*buttons, *lines, *self.turns)

    def view(self, controls_id: int | None = None, *, kept: Sequence[str] = (), files: bool = True) -> ui.LayoutView:
        """Draw the page.

        Without `controls_id` there are no buttons and menus. `kept` names files that the message carries already;
        without `files` the attachments are left away, and that is said. The view itself listens to nothing: a press
        goes by its custom_id, so that it works after a restart.
        """
        names = [*kept, *(item.filename for item in self.attachments if files)]
        texts = [*self.texts, *([_NO_FILE] if self.attachments and not files else [])]
        children: list[ui.Item[Any]] = [ui.TextDisplay(self.title)]
        children += [ui.TextDisplay(text) if text else ui.Separator() for text in texts]
        children += [self._file(name) for name in names[:MOST_FILES]]
        children += self._rows(controls_id) if controls_id is not None else ()
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.Container(*children, accent_colour=_COLOURS[self.tone]))
        view.stop()
        return view

    def _file(self, name: str) -> ui.Item[Any]:
        """Draw a file: a picture to look at as one, all else to download."""
        picture = next((item for item in self.attachments if item.shown and item.filename == name), None)
        if picture is None:
            return ui.File(f"attachment://{name}")
        described = plain(picture.description, LONGEST_DESCRIPTION) if picture.description else None
        return ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{name}", description=described))

    def _rows(self, controls_id: int) -> Iterator[ui.ActionRow[Any]]:
        index = len(self.actions)
        for number, menu in enumerate(self.menus):
            yield ui.ActionRow(_select(menu, f"vm:{controls_id}:{number}", first=index))
            index += len(menu.choices)
        buttons = [_button(action, f"vb:{controls_id}:{number}") for number, action in enumerate(self.actions)]
        for start in range(0, len(buttons), ROW):
            yield ui.ActionRow(*buttons[start : start + ROW])
        if self.turns:
            yield ui.ActionRow(*self._turners(controls_id, index))

    def _turners(self, controls_id: int, index: int) -> Iterator[ui.Button[Any]]:
        """Yield ◀, where we are, ▶; what leads nowhere cannot be pressed and has an id of its own."""
        first, last = self.page == 0, self.page + 1 == self.pages
        back = "vp:first" if first else f"vb:{controls_id}:{index}"
        on = "vp:last" if last else f"vb:{controls_id}:{index + len(self.turns) - 1}"
        yield ui.Button(label="◀", custom_id=back, disabled=first)
        yield ui.Button(label=f"{self.page + 1} of {self.pages}", custom_id="vp:here", disabled=True)
        yield ui.Button(label="▶", custom_id=on, disabled=last)


def lay_out(reply: Reply, *, page: int = 0, commands: Mapping[str, int] | None = None, beside: str = "") -> Layout:
    """Lay out one page of a reply; `commands` gives the ids that make commands clickable.

    Room is left for words `beside` it in the same message.

    Of its buttons the first ten are shown, of its menus the first four: no use case may offer more.
    """
    actions, offered = reply.actions[:MOST_ACTIONS], reply.menus[:MOST_MENUS]
    title = _title(reply)
    room = MOST_TEXT - size(title) - size(_REST) - size(_NO_FILE) - size(beside)
    most = _most_texts(reply, actions, offered) - bool(beside)
    texts = paginate(pieces(reply.blocks, Pen(commands or {}), room), room, most)
    # Pages can only be turned by asking again; without that, the rest is in the file.
    pages = max(len(texts), *(_slices(menu, texts) for menu in offered), 1) if reply.again else 1
    page = min(max(page, 0), pages - 1)
    text = texts[page * len(texts) // pages]
    menus = (_on_page(menu, texts, text, page, pages) for menu in offered)
    return Layout(
        tone=reply.tone,
        title=title,
        texts=(*displays(text), *([_REST] if pages < len(texts) else [])),
        page=page,
        pages=pages,
        actions=actions,
        menus=tuple(menu for menu in menus if menu.choices),
        turns=_turns(reply, page, pages),
        attachments=_files(reply, in_file=len(texts) > _pages_without_file(reply)),
    )


def working(text: str) -> ui.LayoutView:
    """Draw what is being done while somebody waits."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(f"⏳ {escape(plain(text, LONGEST_TITLE))}…")))
    view.stop()
    return view


def modal(form: Form, custom_id: str) -> ui.Modal:
    """Draw a form. It listens to nothing itself: what is sent in goes by its custom_id, after a restart too."""
    drawn = ui.Modal(title=plain(form.title, LONGEST_FORM_TITLE), timeout=None, custom_id=custom_id)
    for asked in form.fields[:MOST_FIELDS]:
        component = _file_upload(asked) if asked.kind is Asked.FILES else _text_input(asked)
        drawn.add_item(ui.Label(text=plain(asked.label, LONGEST_FIELD_LABEL), component=component))
    drawn.stop()
    return drawn


def _title(reply: Reply) -> str:
    return f"## {_SIGNS[reply.tone]}{escape(plain(reply.title, LONGEST_TITLE))}"


def _most_texts(reply: Reply, actions: Sequence[Action], menus: Sequence[Menu]) -> int:
    """Return how many text displays there is room for beside everything else on the fullest page."""
    rows = 2 * len(menus) + len(actions) + ceil(len(actions) / ROW)
    files = min(len(reply.attachments) + 1, MOST_FILES)
    container_title_rest = 3
    turners = 4
    return MOST_COMPONENTS - rows - files - container_title_rest - turners


def _opens_quotes(menu: Menu, texts: Sequence[Sequence[Piece]]) -> bool:
    """Tell whether its lines belong to the numbered quotes, so that each page shows those of its own."""
    quoted = [number for text in texts for number in numbers(text)]
    return bool(quoted) and all(choice.request.options.get("number") in quoted for choice in menu.choices)


def _slices(menu: Menu, texts: Sequence[Sequence[Piece]]) -> int:
    return 1 if _opens_quotes(menu, texts) else ceil(len(menu.choices) / MOST_OPTIONS)


def _on_page(menu: Menu, texts: Sequence[Sequence[Piece]], text: Sequence[Piece], page: int, pages: int) -> Menu:
    """Return the menu with the choices of this page: those of its quotes, else the slice that comes with it."""
    if _opens_quotes(menu, texts):
        shown = numbers(text)
        choices = tuple(choice for choice in menu.choices if choice.request.options["number"] in shown)
        return replace(menu, choices=choices[:MOST_OPTIONS])
    slices = _slices(menu, texts)
    if slices <= 1:
        return menu
    first = page * slices // pages * MOST_OPTIONS
    choices = menu.choices[first : first + MOST_OPTIONS]
    place = f" ({first + 1} to {first + len(choices)} of {len(menu.choices)})"
    return replace(menu, prompt=menu.prompt + place, choices=choices)


def _turns(reply: Reply, page: int, pages: int) -> tuple[Control, ...]:
    if reply.again is None:
        return ()
    near = (number for number in (page - 1, page + 1) if 0 <= number < pages)
    return tuple(Control(replace(reply.again, page=number), Who.ANYONE) for number in near)


def _button(action: Action, custom_id: str) -> ui.Button[Any]:
    return ui.Button(label=plain(action.label, LONGEST_LABEL), style=_STYLES[action.look], custom_id=custom_id)


def _select(menu: Menu, custom_id: str, *, first: int) -> ui.Select[Any]:
    options = [_option(choice, str(index)) for index, choice in enumerate(menu.choices, start=first)]
    return ui.Select(placeholder=plain(menu.prompt, LONGEST_PLACEHOLDER), options=options, custom_id=custom_id)


def _option(choice: Choice, value: str) -> discord.SelectOption:
    description = plain(choice.description, LONGEST_OPTION) if choice.description else None
    return discord.SelectOption(label=plain(choice.label, LONGEST_OPTION), value=value, description=description)


def _text_input(asked: Field) -> ui.TextInput[Any]:
    return ui.TextInput(
        custom_id=asked.name,
        style=discord.TextStyle.paragraph if asked.paragraph else discord.TextStyle.short,
        placeholder=plain(asked.placeholder, LONGEST_HINT) if asked.placeholder else None,
        required=asked.required,
        max_length=min(asked.longest, MOST_TEXT),
        default=asked.value[:MOST_TEXT] or None,
    )


def _file_upload(asked: Field) -> ui.FileUpload[Any]:
    return ui.FileUpload(
        custom_id=asked.name,
        required=asked.required,
        min_values=1 if asked.required else 0,
        max_values=min(asked.most, MOST_FILES),
    )


def _pages_without_file(reply: Reply) -> int:
    """Return with how many pages a reply needs no file yet."""
    return PAGES_WITHOUT_FILE if reply.again and not reply.filed else 1


def _files(reply: Reply, *, in_file: bool) -> tuple[Attachment, ...]:
    """Return the attachments, and the whole answer where it is wanted, each under a name of its own."""
    wanted = list(reply.attachments[: MOST_FILES - in_file])
    wanted += [Attachment(reply.filed or WHOLE, whole(reply).encode(), "The whole answer")] if in_file else []
    return tuple(_name_files(wanted))


def _name_files(attachments: Iterable[Attachment]) -> Iterator[Attachment]:
    taken: set[str] = set()
    for attachment in attachments:
        name = filename = _filename(attachment.filename)
        number = 1
        while name.lower() in taken:
            number += 1
            name = f"{number}-{filename}"
        taken.add(name.lower())
        yield replace(attachment, filename=name)


def _filename(name: str) -> str:
    """Return the name in letters that Discord does not change, since the message has to refer to the file by it."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = re.sub(r"[^A-Za-z0-9._-]+", "_", ascii_only).rpartition(".")
    stem, ending = (stem, ending) if dot else (ending, "txt")
    return f"{stem.strip('._-')[:LONGEST_FILENAME] or 'original'}.{ending[:10] or 'txt'}"
