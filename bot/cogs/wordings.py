"""The command that shows how each source names the same one."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.services import Services
from bot.services.identity import LONGEST_NAME

_HELP = (
    "For each source the names that it uses and what stands beside them (“harbour master”, “outspoken chairwoman”), "
    "with how often, and one of its sentences; and headlines that were written anew over the same article. It shows "
    "words and judges nobody. What stands beside a name is read in English alone."
)


class Wordings(commands.Cog):
    """Who calls whom what."""

    service_name = "wordings"

    def __init__(self, services: Services) -> None:
        self._service = services.wordings

    @app_commands.command(
        description="Show how each source names and describes the same person, organisation or place",
        extras={"help": _HELP},
    )
    @app_commands.describe(
        entity="A person, organisation or place: type part of any spelling and pick it",
        private="Show it to me alone, or to all (usually to all, or as set here)",
    )
    async def wording(
        self,
        interaction: Interaction,
        *,
        entity: app_commands.Range[str, 1, LONGEST_NAME],
        private: bool | None = None,
    ) -> None:
        """Show who writes what."""
        await answer(interaction, self._service.wording, answer_privately=private, entity=entity, private=private)

    @wording.autocomplete("entity")
    async def suggest_entity(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the names that the answer may show."""
        return await suggest(interaction, self._service.suggest_entity, typed)
