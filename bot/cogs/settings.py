"""The commands by which the managers of a desk decide how it works."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.cogs.options import Channel
from bot.services import Services
from bot.services.settings import (
    MOST_ARTICLES,
    MOST_COMMANDS,
    MOST_DAYS,
    MOST_PERSON_FILES,
    MOST_PERSON_MIB,
    MOST_SERVER_FILES,
    MOST_SERVER_MIB,
)
from summariser.methods import MOST_SENTENCES


class Settings(commands.Cog):
    """How a desk works."""

    service_name = "settings"

    settings = app_commands.Group(
        name="settings",
        description="How I work in this server, for those who may manage it",
        default_permissions=discord.Permissions(manage_guild=True),
        extras={
            "help": "Each change says what is different now, and Undo takes it back. In your own desk (direct messages,"
            " and places where I am no member) you set what is yours: time zone, length, answers, receipts, retention."
        },
    )

    def __init__(self, services: Services) -> None:
        self._service = services.settings

    @settings.command(description="Show what is set, and what is missing for it to work")
    async def show(self, interaction: Interaction) -> None:
        """Show what is set."""
        await _answer(interaction, self._service.show)

    @settings.command(description="Read every file that is posted in a channel, unasked")
    @app_commands.describe(channel="The channel; its threads count with it")
    async def watch(self, interaction: Interaction, *, channel: Channel) -> None:
        """Watch a channel."""
        await _answer(interaction, self._service.watch, channel=channel)

    @settings.command(description="Stop reading what is posted in a channel, unless I am asked")
    @app_commands.describe(channel="A channel that is watched now")
    async def unwatch(self, interaction: Interaction, *, channel: Channel) -> None:
        """Watch a channel no longer."""
        await _answer(interaction, self._service.unwatch, channel=channel)

    @settings.command(description="Let answers anywhere in this server quote what is brought in a channel")
    @app_commands.describe(channel="The channel; also people who cannot open it will read quotes from it")
    async def share(self, interaction: Interaction, *, channel: Channel) -> None:
        """Share a channel."""
        await _answer(interaction, self._service.share, channel=channel)

    @settings.command(description="Quote what is brought in a channel only to those who can read it")
    @app_commands.describe(channel="A channel that is shared now")
    async def unshare(self, interaction: Interaction, *, channel: Channel) -> None:
        """Share a channel no longer."""
        await _answer(interaction, self._service.unshare, channel=channel)

    @settings.command(description="Set the time zone of days and hours that cannot follow their reader's own")
    @app_commands.describe(zone="Type a large city near you and pick it")
    async def zone(self, interaction: Interaction, *, zone: str) -> None:
        """Set the time zone."""
        await _answer(interaction, self._service.zone, zone=zone)

    @zone.autocomplete("zone")
    async def suggest_zone(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer time zones whose name holds what was typed."""
        return await suggest(interaction, self._service.suggest_zone, typed)

    @settings.command(description="Set how long a summary is where nobody says")
    @app_commands.describe(sentences=f"How many sentences, 1 to {MOST_SENTENCES}")
    async def length(self, interaction: Interaction, *, sentences: app_commands.Range[int, 1, MOST_SENTENCES]) -> None:
        """Set the usual length."""
        await _answer(interaction, self._service.length, sentences=sentences)

    @settings.command(description="Show answers to everyone or to the asker alone where nobody says")
    @app_commands.describe(shown="Who sees an answer")
    @app_commands.choices(
        shown=[
            app_commands.Choice(name="Public: everyone in the channel", value="public"),
            app_commands.Choice(name="Private: the one who asks", value="private"),
        ]
    )
    async def answers(self, interaction: Interaction, *, shown: str) -> None:
        """Set who sees answers."""
        await _answer(interaction, self._service.answers, shown=shown)

    @settings.command(description="Say who may bring articles in")
    @app_commands.describe(who="Everyone, or those with Manage Messages or Manage Server")
    @app_commands.choices(
        who=[
            app_commands.Choice(name="Everyone", value="everyone"),
            app_commands.Choice(name="Managers: Manage Messages or Manage Server", value="managers"),
        ]
    )
    async def adding(self, interaction: Interaction, *, who: str) -> None:
        """Set who may add."""
        await _answer(interaction, self._service.adding, who=who)

    @settings.command(description="Send receipts that nobody asked for with or without a notification")
    @app_commands.describe(quiet="True: as silent messages")
    async def receipts(self, interaction: Interaction, *, quiet: bool) -> None:
        """Set how receipts come."""
        await _answer(interaction, self._service.receipts, quiet=quiet)

    @settings.command(description="Take out by itself what was brought so many days ago")
    @app_commands.describe(days=f"How many days articles are kept, up to {MOST_DAYS}; 0: until somebody takes them out")
    async def retention(self, interaction: Interaction, *, days: app_commands.Range[int, 0, MOST_DAYS]) -> None:
        """Set how long articles are kept."""
        await _answer(interaction, self._service.retention, days=days)

    @settings.command(description="Change limits; without options, show them and how much is used")
    @app_commands.describe(
        person_files="The most files that one person may bring within a day",
        server_files="The most files that all together may bring within a day",
        person_mib="The most MiB that one person may bring within a day",
        server_mib="The most MiB that all together may bring within a day",
        articles="The most articles that are kept",
        commands="The most commands and buttons that one person may use within a minute",
    )
    async def limits(
        self,
        interaction: Interaction,
        *,
        person_files: app_commands.Range[int, 1, MOST_PERSON_FILES] | None = None,
        server_files: app_commands.Range[int, 1, MOST_SERVER_FILES] | None = None,
        person_mib: app_commands.Range[int, 1, MOST_PERSON_MIB] | None = None,
        server_mib: app_commands.Range[int, 1, MOST_SERVER_MIB] | None = None,
        articles: app_commands.Range[int, 1, MOST_ARTICLES] | None = None,
        commands: app_commands.Range[int, 1, MOST_COMMANDS] | None = None,
    ) -> None:
        """Set limits."""
        await _answer(
            interaction,
            self._service.limits,
            person_files=person_files,
            server_files=server_files,
            person_mib=person_mib,
            server_mib=server_mib,
            articles=articles,
            commands=commands,
        )


async def _answer(interaction: Interaction, use_case: Any, **options: Any) -> None:  # noqa: ANN401  whatever `answer` takes
    """Answer the one who asks alone: how a server is set up is nobody else's business."""
    await answer(interaction, use_case, answer_privately=True, **options)
