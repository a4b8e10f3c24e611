"""The command that finds where words stand."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer
from bot.cogs.calls import Interaction
from bot.services import Services
from bot.services.quotations import LONGEST

_HELP = (
    "Finds the articles that carry these very words, the earliest first. Capitals, accents, kinds of quotation "
    "marks and punctuation do not count. Where nobody has them word for word, it shows the passage that comes "
    "nearest, with what differs in bold. In Discord also on any message: Apps, “Find the source”, for what the "
    "message quotes."
)


class Quotations(commands.Cog):
    """Where words stand."""

    service_name = "quotations"

    def __init__(self, services: Services) -> None:
        self._service = services.quotations

    @app_commands.command(
        description="Find where these words stand, who printed them first, and what they should have been",
        extras={"help": _HELP},
    )
    @app_commands.describe(
        text="The words of a quotation: a sentence, or a part of one",
        private="Show the answer to me alone, or to all (usually to all, or as set here)",
    )
    async def quote(
        self,
        interaction: Interaction,
        *,
        text: app_commands.Range[str, 1, LONGEST],
        private: bool | None = None,
    ) -> None:
        """Find where words stand."""
        await answer(interaction, self._service.quote, answer_privately=private, text=text, private=private)
