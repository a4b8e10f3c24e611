"""The command that tells what happened when."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer
from bot.cogs.calls import Interaction
from bot.services import Services
from storage.query import LONGEST

_HELP = (
    "Sentences that say when something was, in the order of those days; the words that say it are in bold. “On "
    "Sunday” or “26 January” are counted from the day on which the article appeared; where that leaves a doubt, the"
    " sentence is left out. Below them stands who wrote about it when, as a chart and in figures."
)


class Timelines(commands.Cog):
    """What happened when."""

    service_name = "timelines"

    def __init__(self, services: Services) -> None:
        self._service = services.timelines

    @app_commands.command(
        description="Tell what happened when, in dated sentences, with a chart of who wrote about it when",
        extras={"help": _HELP},
    )
    @app_commands.describe(
        topic="What it is about: one or two words find most",
        since="Articles from this day on: 2024-03-05, 5 March 2024, March 2024, yesterday, 2 weeks ago",
        until="Articles up to this day, itself included: written as for since",
        private="Show the timeline to me alone, or to all (usually to all, or as set here)",
    )
    async def timeline(
        self,
        interaction: Interaction,
        *,
        topic: app_commands.Range[str, 1, LONGEST],
        since: str | None = None,
        until: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Tell what happened when."""
        await answer(
            interaction,
            self._service.timeline,
            answer_privately=private,
            topic=topic,
            since=since,
            until=until,
            private=private,
        )
