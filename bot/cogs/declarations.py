"""What the cogs declare, as the pages of the help."""

from collections.abc import Iterable, Iterator

from discord import AppCommandOptionType, app_commands
from discord.ext import commands

from bot.services.help import CommandPage, OptionPage

_TAKES = {AppCommandOptionType.boolean: "yes or no", AppCommandOptionType.attachment: "a file"}


def describe(cogs: Iterable[commands.Cog]) -> tuple[CommandPage, ...]:
    """Return a page for each command and each group, by name."""
    declared = (command for cog in cogs for command in cog.get_app_commands())
    return tuple(sorted(map(_page, declared), key=lambda page: page.name))


def _page(command: app_commands.Command[commands.Cog, ..., object] | app_commands.Group) -> CommandPage:
    more = str(command.extras.get("help", ""))
    if isinstance(command, app_commands.Group):
        inner = tuple(sorted(_commands(command), key=lambda page: page.name))
        return CommandPage(command.qualified_name, command.description, more, commands=inner)
    options = tuple(map(_option, command.parameters))
    return CommandPage(command.qualified_name, command.description, more, options)


def _commands(group: app_commands.Group) -> Iterator[CommandPage]:
    """Yield the commands of a group and of the groups in it."""
    for command in group.walk_commands():
        if isinstance(command, app_commands.Command):
            yield _page(command)


def _option(parameter: app_commands.Parameter) -> OptionPage:
    return OptionPage(parameter.display_name, str(parameter.description), _takes(parameter), parameter.required)


def _takes(parameter: app_commands.Parameter) -> str:
    if parameter.choices:
        return "one of " + ", ".join(str(choice.value) for choice in parameter.choices)
    low, high = parameter.min_value, parameter.max_value
    if low is not None and high is not None and parameter.type is not AppCommandOptionType.string:
        return f"from {low:,} to {high:,}"
    return _TAKES.get(parameter.type, "")
