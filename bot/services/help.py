"""What can be asked, and what is kept: told from the commands' own declarations, and from what the code does."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.services.calls import Call
from bot.services.controls import KEPT_FOR
from bot.services.errors import UnknownHelpError
from bot.services.gathering import MOST_FILES
from bot.services.removal import COPIES_KEPT_FOR, LEFT_FOR
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Choice,
    Command,
    Heading,
    Inline,
    Line,
    Menu,
    Reply,
    Request,
    Suggestion,
    Who,
    Words,
    join,
)
from bot.services.wording import count
from storage.base import LOCAL_DESK, DeskSettings, Storage
from summariser.limits import Limits

MOST_SUGGESTED = 25


@dataclass(frozen=True, slots=True)
class OptionPage:
    """What an option takes."""

    name: str
    description: str
    takes: str
    """Its choices or its range; empty where it takes anything."""
    required: bool


@dataclass(frozen=True, slots=True)
class CommandPage:
    """What is declared of a command, or of a group of them."""

    name: str
    """With the name of its group: `settings zone`."""
    description: str
    more: str = ""
    """A short paragraph that stands beside the declaration."""
    options: tuple[OptionPage, ...] = ()
    commands: tuple["CommandPage", ...] = ()
    """What a group holds."""


class HelpService:
    """Tells what can be asked, and what is kept."""

    def __init__(self, storage: Storage, limits: Limits) -> None:
        self._storage = storage
        self._limits = limits
        self._pages: tuple[CommandPage, ...] = ()

    def learn(self, pages: Sequence[CommandPage]) -> None:
        """Take the declarations of the commands: whoever declares them says so once, before anyone asks."""
        self._pages = tuple(pages)

    @property
    def pages(self) -> tuple[CommandPage, ...]:
        """All commands, without the groups that some of them are in."""
        return tuple(page for top in self._pages for page in (top.commands or (top,)))

    async def help(self, call: Call, *, command: str | None = None) -> Reply:
        """Say what can be asked, or what one command does and takes.

        Raises:
            UnknownHelpError: there is no such command.
        """
        if not command or not command.strip("/ "):
            return self._overview(await self._storage.settings(call.scope.desk_id))
        return _explain(self._find(command))

    async def suggest_command(self, _: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the commands whose name or description holds what was typed."""
        wanted = typed.strip("/ ").casefold()
        pages = [page for top in self._pages for page in (top, *top.commands)]
        fitting = [page for page in pages if wanted in f"{page.name} {page.description}".casefold()]
        named = sorted(fitting, key=lambda page: not page.name.startswith(wanted))
        return [Suggestion(f"/{page.name} · {page.description}", page.name) for page in named][:MOST_SUGGESTED]

    async def privacy(self, call: Call) -> Reply:
        """Say what is kept, where, for how long, who can read it, and how it is taken out."""
        again = Request("help.privacy")
        blocks: tuple[Block, ...] = (
            Heading(("What is kept",)),
            Bullets(_KEPT),
            Heading(("Who can read it",)),
            Bullets(_READERS if call.scope.desk_id > LOCAL_DESK else _OWN_READERS),
            Heading(("For how long",)),
            Bullets((_stays((await self._storage.settings(call.scope.desk_id)).keep_days), *_LASTS)),
            Heading(("How it is taken out",)),
            Bullets(tuple(words for command, words in _OUT if not command or self._has(command))),
        )
        return Reply("What I keep, and who can read it", blocks, again=again)

    def _overview(self, settings: DeskSettings) -> Reply:
        items = tuple(_summary(page) for page in self._pages)
        blocks: tuple[Block, ...] = (
            Line((_WHAT,)),
            Line((self._limits_up_front(settings),), small=True),
            Bullets(items),
            Line((_OTHER_WAYS,), small=True),
        )
        choices = tuple(Choice(f"/{page.name}", _ask(page.name), page.description) for page in self._pages)
        menu = Menu("Read more about a command", choices, who=Who.ANYONE, private=False)
        return Reply("What I can do", blocks, menus=(menu,) if choices else (), again=_ask(None))

    def _limits_up_front(self, settings: DeskSettings) -> str:
        file = f"{self._limits.bytes / 2**20:g} MiB and {count(self._limits.articles, 'article')} a file"
        day = f"{settings.person_uploads_a_day:,} files and {settings.person_mib_a_day:,} MiB a day each"
        minute = f"{settings.person_commands_a_minute} commands a minute"
        kinds = ".txt, .md, .html, .pdf, .docx, .odt, .rtf, .eml, .mhtml, .epub and .zip"
        parts: list[Words] = [(kinds,), (f"{MOST_FILES} files at once",), (file,), (day,), (minute,)]
        return "".join(str(part) for part in join(parts))

    def _find(self, asked: str) -> CommandPage:
        name = " ".join(asked.strip("/ ").lower().split())
        pages = {page.name: page for top in self._pages for page in (top, *top.commands)}
        if name not in pages:
            raise UnknownHelpError(asked.strip("/ "), get_close_matches(name, pages, n=2))
        return pages[name]

    def _has(self, command: str) -> bool:
        return any(page.name == command for top in self._pages for page in (top, *top.commands))


def _ask(command: str | None) -> Request:
    return Request("help.help", {"command": command} if command else {})


def _summary(page: CommandPage) -> Words:
    """Return a line of the overview: a command, or a group with its commands."""
    if not page.commands:
        return (Command(page.name), f" – {page.description.removesuffix('.')}")
    listed = join([(Command(command.name),) for command in page.commands])
    return (Bold(page.name), f" – {page.description}: ", *listed)


def _explain(page: CommandPage) -> Reply:
    blocks: list[Block] = [Line((page.description.removesuffix(".") + ".",))]
    blocks += [Line((page.more,))] if page.more else []
    if page.options:
        blocks += [Heading(("Options",)), Bullets(tuple(map(_option, page.options)))]
    if page.commands:
        blocks.append(Bullets(tuple((Command(command.name), f" – {command.description}") for command in page.commands)))
    choices = tuple(Choice(f"/{command.name}", _ask(command.name), command.description) for command in page.commands)
    menus = (Menu("Read more about one of them", choices, who=Who.ANYONE, private=False),) if choices else ()
    back = Action("All commands", _ask(None), who=Who.ANYONE)
    return Reply(f"/{page.name}", tuple(blocks), actions=(back,), menus=menus, again=_ask(page.name))


def _option(option: OptionPage) -> Words:
    needed: tuple[Inline, ...] = (" (needed)",) if option.required else ()
    takes = f" – {option.takes}" if option.takes else ""
    return (Bold(f"{option.name}:"), *needed, f" {option.description}{takes}")


_WHAT = (
    "I read articles that people bring, and answer with sentences cut from them word for word. "
    "Each number in an answer opens the place where its sentence stands."
)
_OTHER_WAYS = (
    "In Discord also: mention me with files or links, send them to me directly, or open a message's menu, Apps, "
    "“Add to the corpus”, “Summarise” or “Find the source”."
)

# Each of these sentences is about what the code does: whoever changes that, changes them.
_BROUGHT = (
    "the file, page or text itself, its name and address, who brought it, in which channel, with which message, and "
    "when; and what was read in it: articles, sentences, titles, sources, dates, an index of their words, what "
    "copies are found by, and the names that stand in it."
)
_NOT_KEPT = (
    "other messages, and lists of members. My log names servers, channels, messages and interactions by number, and "
    "holds no text of an article."
)
_KEPT: tuple[Words, ...] = (
    (Bold("What is brought: "), _BROUGHT),
    (Bold("What buttons do: "), "the request behind each button of an answer, and for whom the answer was."),
    (Bold("Corrections: "), "what was put right in an article, who did it, and when."),
    (Bold("Decisions on names: "), "who is meant by a name, as people decided it, who did, and when."),
    (Bold("The trash: "), "what was taken out within the last day, and who did it."),
    (Bold("Digests: "), "what is posted where and when, who set it up, and which articles it told of, for 400 days."),
    (Bold("Watches: "), "what is looked for, for whom, and which articles were told of, for 400 days."),
    (Bold("Looks: "), "up to when you were last told by /catchup what is new."),
    (Bold("Feeds: "), "which are followed and for which channel, who added each, and what their entries are known by."),
    (Bold("Settings: "), "what is set here, who changed it last, and when; and that I have said hello."),
    (Bold("Not kept: "), _NOT_KEPT),
)
_READERS: tuple[Words, ...] = (
    ("An answer that all can see draws on its own channel and on channels that everyone here can read.",),
    ("An answer that only you see draws on what you can read here.",),
    ("What you bring by a command whose answer only you see is yours alone; a message is for its readers.",),
    ("Managers may share a channel: then answers anywhere in this server may quote what is brought in it.",),
    ("Whoever brought a file, or a manager, may share it alone: then answers anywhere here may quote that file.",),
    ("Nothing reaches another server. Nothing goes to a language model; a page is fetched from its own address.",),
    ("Whoever runs me has the database, and can read it.",),
)
_OWN_READERS: tuple[Words, ...] = (
    ("This desk is yours alone: nobody else's answers draw on it.",),
    ("Nothing goes to a language model; a page is fetched from its own address.",),
    ("Whoever runs me has the database, and can read it.",),
)
_LASTS: tuple[Words, ...] = (
    ("What was taken out can be brought back for a day, then it is deleted for good.",),
    (f"When a server takes me out, what it had is deleted after {LEFT_FOR.days} days, unless I come back.",),
    (f"What buttons do is forgotten at the first start after {KEPT_FOR.days} days.",),
    (f"An update keeps a copy of the database as it was for {COPIES_KEPT_FOR.days} days, removed articles included.",),
    ("Backups and exports that whoever runs me has made are theirs to delete.",),
)


def _stays(days: int) -> Words:
    """Say how long what is brought stays in this desk."""
    if not days:
        return ("What is brought stays until somebody takes it out.",)
    return (f"What is brought is taken out by itself {count(days, 'day')} later, unless somebody does so before.",)


_GONE = (
    "Delete the message that brought something, or take a file off it, and it is taken out. Of what is deleted while I "
    "am away Discord tells me nothing: use a command then. Articles whose original a receipt of mine carries stay when "
    "that is deleted."
)
_BACK = "it can be brought back for a day."
_OUT: tuple[tuple[str, Words], ...] = (
    ("", ("Undo on a receipt takes back what it says: the one who brought it may, and those with Manage Messages.",)),
    ("", (_GONE,)),
    ("article remove", (Command("article remove"), " takes out an article or a file; ", _BACK)),
    ("forget me", (Command("forget me"), " deletes for good what you brought here and every record of you.")),
    ("export", (Command("export"), " gives those who manage this what they can read here, as a file.")),
)
