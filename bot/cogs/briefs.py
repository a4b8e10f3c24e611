"""The command that sums many articles up."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.services import Services
from bot.services.briefs import MOST_LENGTH, USUAL_LENGTH
from bot.services.search import ORDERS
from storage.query import LONGEST

_HELP = (
    "Every sentence stands word for word in an article, under the day that it tells of, or else that of its "
    "article; a sentence that several articles carry is quoted once, with all of them. Where two articles give another "
    "figure or name for the same thing, both stand side by side, judged by nobody. Above the answer it says how many "
    "articles match and are quoted; below it, who wrote in that time and said nothing about it. A topic is read as in "
    "/search: one or two words find most."
)


class Briefs(commands.Cog):
    """What many articles say."""

    service_name = "briefs"

    def __init__(self, services: Services) -> None:
        self._service = services.briefs

    @app_commands.command(
        description="Sum up what all sources say about a topic, or the newest articles", extras={"help": _HELP}
    )
    @app_commands.describe(
        topic="What it is about: one or two words find most. Without it, the newest articles",
        since="Articles from this day on: 2024-03-05, 5 March 2024, March 2024, yesterday, 2 weeks ago",
        until="Articles up to this day, itself included: written as for since",
        sources="Only from these sources, with commas between them: type part of a name and pick it",
        sentences=f"How many sentences, 1 to {MOST_LENGTH} (usually {USUAL_LENGTH})",
        order="If more articles match than are read: from the best of them (as usual), or the newest",
        private="Show the brief to me alone, or to all (usually to all, or as set here)",
    )
    @app_commands.choices(order=[app_commands.Choice(name=f"The {order}", value=order) for order in ORDERS])
    async def brief(
        self,
        interaction: Interaction,
        *,
        topic: app_commands.Range[str, 1, LONGEST] | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: str | None = None,
        sentences: app_commands.Range[int, 1, MOST_LENGTH] | None = None,
        order: str = ORDERS[0],
        private: bool | None = None,
    ) -> None:
        """Sum up what many articles say."""
        await answer(
            interaction,
            self._service.brief,
            answer_privately=private,
            topic=topic,
            since=since,
            until=until,
            sources=sources,
            sentences=sentences,
            order=order,
            private=private,
        )

    @brief.autocomplete("sources")
    async def suggest_sources(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the sources of the articles that the asker can see."""
        return await suggest(interaction, self._service.suggest_sources, typed)
