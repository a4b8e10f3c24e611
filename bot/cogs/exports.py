"""The command by which the managers of a desk take out what it holds."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer
from bot.cogs.calls import Interaction
from bot.services import Services


class Exports(commands.Cog):
    """Writing out."""

    service_name = "exports"

    def __init__(self, services: Services) -> None:
        self._service = services.exports

    @app_commands.command(
        description="Get what you can read here as a file: articles, names, decisions, schedules, the files themselves",
        extras={
            "help": "A .zip of JSON Lines, for you alone. What stands in channels that you cannot open is not in it. "
            "Whoever runs me can write out everything, and read such a file into another database."
        },
    )
    @app_commands.default_permissions(manage_guild=True)
    async def export(self, interaction: Interaction) -> None:
        """Write out what the asker can read."""
        await answer(interaction, self._service.export, answer_privately=True)
