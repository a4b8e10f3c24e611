"""The command that finds passages again."""

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.services import Services
from bot.services.search import MOST_PAGES, ORDERS
from storage.query import LONGEST

_HELP = (
    "All words have to stand in an article or its headline; a word also finds its simple plural. "
    '"In quotation marks" finds exactly these words, harb* all that begins so, harbour OR port either, '
    "harbour -dues (or NOT dues) leaves out, brackets group. "
    "In a terminal put a query with quotation marks into single ones: query:'\"port of Vell\" dues'."
)


class Search(commands.Cog):
    """What stands in the articles."""

    service_name = "search"

    def __init__(self, services: Services) -> None:
        self._service = services.search

    @app_commands.command(
        description="Find articles by their words, each with the sentence where they stand", extras={"help": _HELP}
    )
    @app_commands.describe(
        query='Words to find. "In quotes" exactly so, harb* by its beginning, OR, -without, brackets',
        since="From this day on: 2024-03-05, 5 March 2024, March 2024, yesterday, 2 weeks ago",
        until="Up to this day, itself included: written as for since",
        source="Only from this source: type part of its name and pick it",
        order="Which come first: the best (as usual), or the newest",
        page="Which page of the hits",
        private="Show the hits to me alone, or to all (usually to all, or as set here)",
    )
    @app_commands.choices(
        order=[app_commands.Choice(name=f"{order.capitalize()} first", value=order) for order in ORDERS]
    )
    async def search(
        self,
        interaction: Interaction,
        *,
        query: app_commands.Range[str, 1, LONGEST],
        since: str | None = None,
        until: str | None = None,
        source: str | None = None,
        order: str = ORDERS[0],
        page: app_commands.Range[int, 1, MOST_PAGES] = 1,
        private: bool | None = None,
    ) -> None:
        """Find articles by their words."""
        await answer(
            interaction,
            self._service.search,
            answer_privately=private,
            query=query,
            since=since,
            until=until,
            source=source,
            order=order,
            page=page,
            private=private,
        )

    @search.autocomplete("source")
    async def suggest_source(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the sources of the articles that the asker can see."""
        return await suggest(interaction, self._service.suggest_source, typed)
