"""The commands by which people are told of what is new, and find out themselves."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.cogs.options import Spoken
from bot.services import Services
from bot.services.identity import LONGEST_NAME
from bot.services.watches import MOST, MOST_OWN
from storage.query import LONGEST

_HELP = (
    "I tell you, or a channel, when something new names or holds what you look for: once an article, with the "
    "sentence and where it stands; copies of it are not told again, and when many come they are one message. New is "
    "what came in after the watch was made and can be read by whoever is told. To a channel: for those with Manage "
    f"Server. A person may have {MOST_OWN} watches here, all together {MOST:,}."
)
_ADD_HELP = (
    "search is read as in /search: words, a phrase in quotation marks, harb* for all that begins so, OR, a minus. "
    "entity finds a name under all its spellings; of one that nobody has written of yet, I tell you when somebody "
    "does. Without channel I tell you alone, by direct message, what you can read at that moment."
)
_CATCHUP_HELP = (
    "What came in since you last looked and that you can read, story by story: those that most sources tell come "
    "first, each with one sentence that stands word for word in its first article. Only you see it. Up to when you "
    "have looked is remembered for you alone, and moves once the answer has arrived; Keep it for later takes that back."
)


class Watches(commands.Cog):
    """What people want to be told of."""

    service_name = "watches"

    watch = app_commands.Group(
        name="watch", description="Be told when something new names or holds what you look for", extras={"help": _HELP}
    )

    def __init__(self, services: Services) -> None:
        self._service = services.watches

    @watch.command(
        description="Tell me, or a channel, when something new holds or names this", extras={"help": _ADD_HELP}
    )
    @app_commands.describe(
        search='Words that it has to hold, as in /search: night ferry, "night ferry", ferr*, ferry OR boat',
        entity="A person, organisation or place: type part of any spelling and pick it, or write a name in full",
        channel="Tell it there, to all (for those with Manage Server); without it, to me by direct message",
    )
    async def add(
        self,
        interaction: Interaction,
        *,
        search: app_commands.Range[str, 1, LONGEST] | None = None,
        entity: app_commands.Range[str, 1, LONGEST_NAME] | None = None,
        channel: Spoken | None = None,
    ) -> None:
        """Watch for something."""
        await _answer(interaction, self._service.add, search=search, entity=entity, channel=channel)

    @watch.command(name="list", description="List what is watched for, and when each watch last told something")
    async def list_watches(self, interaction: Interaction) -> None:
        """List watches."""
        await _answer(interaction, self._service.list)

    @watch.command(description="Stop watching for something; the answer has Undo")
    @app_commands.describe(watch="Type part of it and pick it")
    async def remove(self, interaction: Interaction, *, watch: str) -> None:
        """Remove a watch."""
        await _answer(interaction, self._service.remove, watch=watch)

    @add.autocomplete("entity")
    async def suggest_entity(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the names that the asker can see."""
        return await suggest(interaction, self._service.suggest_entity, typed, answered_privately=True)

    @remove.autocomplete("watch")
    async def suggest_watch(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the watches that the asker may remove."""
        return await suggest(interaction, self._service.suggest_watch, typed, answered_privately=True)


class Catchup(commands.Cog):
    """What is new."""

    service_name = "catchup"

    def __init__(self, services: Services) -> None:
        self._service = services.catchup

    @app_commands.command(
        description="Show me what is new since I last looked, story by story",
        extras={"help": _CATCHUP_HELP},
    )
    @app_commands.describe(since="From this day on instead: yesterday, 2 weeks ago, 5 March 2024")
    async def catchup(self, interaction: Interaction, *, since: str | None = None) -> None:
        """Show what is new."""
        await _answer(interaction, self._service.catchup, since=since)


async def _answer(interaction: Interaction, use_case: Any, **options: Any) -> None:  # noqa: ANN401  whatever `answer` takes
    """Answer the one who asks alone: what somebody looks for is nobody else's business."""
    await answer(interaction, use_case, answer_privately=True, **options)
