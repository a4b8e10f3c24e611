"""The commands that explain the others."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.services import Services


class Help(commands.Cog):
    """What can be asked, and what is kept."""

    service_name = "help"

    def __init__(self, services: Services) -> None:
        self._service = services.help

    @app_commands.command(
        name="help",
        description="Say what I can do, or what one command does and takes",
        extras={"help": "Pick a command from the list under the answer, or name it. Only you see it."},
    )
    @app_commands.describe(command="The command to explain: type part of its name and pick it")
    async def explain(self, interaction: Interaction, *, command: str | None = None) -> None:
        """Explain the commands."""
        await answer(interaction, self._service.help, answer_privately=True, command=command)

    @explain.autocomplete("command")
    async def suggest_command(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the commands whose name or description holds what was typed."""
        return await suggest(interaction, self._service.suggest_command, typed)

    @app_commands.command(
        description="Say what I keep, where, for how long, who can read it, and how it is taken out",
        extras={"help": "Only you see the answer. It is about the desk in which you ask: this server, or your own."},
    )
    async def privacy(self, interaction: Interaction) -> None:
        """Say what is kept."""
        await answer(interaction, self._service.privacy, answer_privately=True)
