"""The commands on feeds that are followed."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction, incoming
from bot.cogs.options import Channel
from bot.services import Services
from bot.services.feeds import FIRST, MOST_FEEDS, MOST_IMPORTED

_FEED = "A feed that is followed: type part of its name and pick it"
_CHANNEL = "Whose readers may see what it brings (usually this channel)"
_POST = "Post each new entry there, too (usually they are only stored)"
_HELP = (
    "RSS, Atom and JSON feeds fill what I know: each new entry is read like a page that somebody adds, once, for the "
    "readers of one channel. How often depends on the feed; one that fails says so in the list, and is paused with the "
    f"reason after some days. A server follows {MOST_FEEDS} feeds at most."
)
_ADD_HELP = (
    f"Of what the feed holds already the {FIRST} newest entries are read. Of a page I name the feeds. An entry's page "
    "is fetched; where that cannot be had, what the feed itself gives of it is read."
)
_REMOVE_HELP = "The articles that it brought stay. Undo brings the feed back within a day, and nothing comes twice."


class Feeds(commands.Cog):
    """What is followed."""

    service_name = "feeds"

    feed = app_commands.Group(
        name="feed",
        description="Feeds that fill what I know: RSS, Atom and JSON Feed",
        default_permissions=discord.Permissions(manage_guild=True),
        extras={"help": _HELP},
    )

    def __init__(self, services: Services) -> None:
        self._service = services.feeds

    @feed.command(description="Follow a feed: its new entries are read as they come", extras={"help": _ADD_HELP})
    @app_commands.describe(url="The address of a feed, or of a page that names one", channel=_CHANNEL, post=_POST)
    async def add(
        self, interaction: Interaction, *, url: str, channel: Channel | None = None, post: bool = False
    ) -> None:
        """Follow a feed."""
        await _answer(interaction, self._service.add, url=url, channel=channel, post=post)

    @feed.command(
        name="list", description="Show which feeds are followed, how each is doing, and when it is polled next"
    )
    async def list_feeds(self, interaction: Interaction) -> None:
        """List the feeds."""
        await _answer(interaction, self._service.list)

    @feed.command(description="Show how a feed is doing, and what it brought last")
    @app_commands.describe(feed=_FEED)
    async def show(self, interaction: Interaction, *, feed: str) -> None:
        """Show a feed."""
        await _answer(interaction, self._service.show, feed=feed)

    @feed.command(description="Poll a feed no more until it is resumed")
    @app_commands.describe(feed=_FEED)
    async def pause(self, interaction: Interaction, *, feed: str) -> None:
        """Pause a feed."""
        await _answer(interaction, self._service.pause, feed=feed)

    @feed.command(description="Poll a paused feed again, at once")
    @app_commands.describe(feed=_FEED)
    async def resume(self, interaction: Interaction, *, feed: str) -> None:
        """Resume a feed."""
        await _answer(interaction, self._service.resume, feed=feed)

    @feed.command(description="Follow a feed no more; what it brought stays", extras={"help": _REMOVE_HELP})
    @app_commands.describe(feed=_FEED)
    async def remove(self, interaction: Interaction, *, feed: str) -> None:
        """Remove a feed."""
        await _answer(interaction, self._service.remove, feed=feed)

    @feed.command(description="Take the feeds along: as OPML, which every feed reader takes")
    async def export(self, interaction: Interaction) -> None:
        """Export the feeds."""
        await _answer(interaction, self._service.export)

    @feed.command(
        name="import",
        description=f"Follow the feeds of an OPML file, {MOST_IMPORTED} at once",
        extras={"use_case": "feeds.take_over"},
    )
    @app_commands.describe(
        file="A list of feeds as your reader exports it: .opml or .xml", channel=_CHANNEL, post=_POST
    )
    async def take_over(
        self,
        interaction: Interaction,
        *,
        file: discord.Attachment,
        channel: Channel | None = None,
        post: bool = False,
    ) -> None:
        """Import feeds."""
        await _answer(interaction, self._service.take_over, file=incoming(file), channel=channel, post=post)

    @show.autocomplete("feed")
    @pause.autocomplete("feed")
    @resume.autocomplete("feed")
    @remove.autocomplete("feed")
    async def suggest_feed(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the feeds whose name or address holds what was typed."""
        return await suggest(interaction, self._service.suggest_feed, typed)


async def _answer(interaction: Interaction, use_case: Any, **options: Any) -> None:  # noqa: ANN401  whatever `answer` takes
    """Answer the one who asks alone: a feed may be for a channel that not all here can read."""
    await answer(interaction, use_case, answer_privately=True, **options)
