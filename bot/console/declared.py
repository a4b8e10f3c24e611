"""What the cogs declare, as plain data: the console's own and only knowledge of the commands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from discord import AppCommandOptionType, app_commands
from discord.ext import commands as discord_commands
from discord.utils import MISSING

from bot.services.replies import Asked, Form


class Kind(StrEnum):
    """What an option takes."""

    TEXT = "text"
    WHOLE = "a whole number"
    NUMBER = "a number"
    YES_NO = "yes or no"
    FILE = "a file"
    CHANNEL = "the id of a channel"
    DISCORD = "something of Discord's"


_KINDS = {
    AppCommandOptionType.string: Kind.TEXT,
    AppCommandOptionType.integer: Kind.WHOLE,
    AppCommandOptionType.number: Kind.NUMBER,
    AppCommandOptionType.boolean: Kind.YES_NO,
    AppCommandOptionType.attachment: Kind.FILE,
    AppCommandOptionType.channel: Kind.CHANNEL,
}

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command."""

    name: str
    keyword: str
    """What the service method calls it."""
    description: str
    kind: Kind
    required: bool = False
    default: Value | None = None
    choices: tuple[tuple[str, Value], ...] = ()
    """(name shown, value passed)"""
    least: float | None = None
    """The smallest number, or the fewest characters."""
    most: float | None = None
    suggests: bool = False
    """The service offers values while it is typed."""
    asked: bool = False
    """A question of the command's form: an option only here, where a script has no form to fill in."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One slash command."""

    name: str
    """With the names of its groups: `article show`."""
    description: str
    service: str
    method: str
    options: tuple[Option, ...]

    def option(self, name: str) -> Option | None:
        """Return the option of that name, in whatever case it was typed."""
        return next((option for option in self.options if option.name == name.lower()), None)


def read_commands(cogs: Iterable[discord_commands.Cog]) -> tuple[Declared, ...]:
    """Return the commands that these cogs declare, by name."""
    return tuple(sorted((command for cog in cogs for command in _commands(cog)), key=lambda command: command.name))


def with_questions(commands: Sequence[Declared], services: object) -> tuple[Declared, ...]:
    """Return the commands with the questions of their forms as further options."""
    return tuple(replace(command, options=(*command.options, *_questions(command, services))) for command in commands)


def _commands(cog: discord_commands.Cog) -> Iterator[Declared]:
    service: str = getattr(cog, "service_name")  # noqa: B009  discord.py's Cog does not know it; ours all have it
    for command in cog.walk_app_commands():
        if isinstance(command, app_commands.Command):
            options = tuple(map(_option, command.parameters))
            # A group of commands may hold one that another service does.
            named, _, method = str(command.extras.get("use_case", f"{service}.{command.name}")).partition(".")
            yield Declared(command.qualified_name, command.description, named, method, options)


def _option(parameter: app_commands.Parameter) -> Option:
    default: Any = parameter.default
    return Option(
        name=parameter.display_name,
        keyword=parameter.name,
        description=parameter.description,
        kind=_KINDS.get(parameter.type, Kind.DISCORD),
        required=parameter.required,
        default=None if default is MISSING else default,
        choices=tuple((choice.name, choice.value) for choice in parameter.choices),
        least=parameter.min_value,
        most=parameter.max_value,
        suggests=parameter.autocomplete,
    )


def _questions(command: Declared, services: object) -> Iterator[Option]:
    """Return an option for each field of the form that opens when nothing is given."""
    form_of = getattr(getattr(services, command.service), f"{command.method}_form", None)
    form: Form | None = form_of(**{option.keyword: option.default for option in command.options}) if form_of else None
    for asked in form.fields if form else ():
        # Files have options of their own.
        if asked.kind is Asked.TEXT and command.option(asked.name) is None:
            yield Option(asked.name, asked.name, asked.label, Kind.TEXT, asked=True)
