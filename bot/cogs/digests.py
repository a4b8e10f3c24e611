"""The commands by which something is posted by schedule."""

from functools import partial
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.cogs.options import Place, Role
from bot.services import Services
from bot.services.identity import LONGEST_NAME as LONGEST_ENTITY
from bot.services.rota import LONGEST_NAME
from bot.services.wishes import LENGTHS

_HELP = (
    "A digest is posted by schedule: what is new, as stories with quotes, then who rose, then single articles. Those "
    "with Manage Server set one up for a channel, thread or forum; anybody does for direct messages to themselves. It "
    "draws on what all its readers can read. Each is posted once, whatever breaks; one that cannot be posted any more "
    "is paused, and whoever made it is told."
)
_ADD_HELP = (
    "Without every: a form opens. Where the clocks go forward over its time it runs right after, where they go back it "
    "runs once; the answer says on which days. I need View Channel, Send Messages, Attach Files and Read Message "
    "History there: by the history I see whether a digest has arrived before I send it again."
)
_EDIT_HELP = (
    "Without options it opens a form. The answer says what was and what is, with Undo. A single - in topic, entity or "
    "source makes it of everything, in quiet it takes the quiet hours off."
)
_REMOVE_HELP = "For a day Undo brings it back as it was, with its history."
_PREVIEW_HELP = (
    "It is what would be posted now, and only you see it. Without a digest: everything new of the last week."
)

_DIGEST = "Its name; what fits is offered as you type"
_EVERY = "How often it runs; left out, a form opens"
_ABOUT: dict[str, str | app_commands.locale_str] = {
    "at": "At what time: 07:30; of what runs hourly the minute: :15",
    "day": "Weekly: Monday; monthly: 1 to 31 or last",
    "zone": "The time zone: type a large city near you (usually the one set here)",
    "channel": "The channel, thread or forum; a forum gets a new post each time",
    "to_me": "Send it to me alone, as a direct message",
    "topic": "Only what is about this, as in /search",
    "entity": "Only what names this person, organisation or place",
    "source": "Only what this source published",
    "length": "How much stands in the message; the attached file has all",
    "when_empty": "Say so when nothing is new, too (usually nothing is posted)",
    "quiet": "Hours in which nothing is posted: 22:00-07:00",
    "mention": "The one role that is notified (usually nobody)",
    "missed": "What to do about runs missed in an outage",
    "name": "What it is called",
}

_REPEATS = [
    app_commands.Choice(name="hourly", value="hourly"),
    app_commands.Choice(name="daily", value="daily"),
    app_commands.Choice(name="weekdays: Monday to Friday", value="weekdays"),
    app_commands.Choice(name="weekly", value="weekly"),
    app_commands.Choice(name="monthly", value="monthly"),
]
_LENGTHS = [app_commands.Choice(name=length, value=length) for length in LENGTHS]
_MISSED = [
    app_commands.Choice(name="one digest makes up for all", value="once"),
    app_commands.Choice(name="leave them out", value="skip"),
]

Time = app_commands.Range[str, 1, 20]
Topic = app_commands.Range[str, 1, 200]
Entity = app_commands.Range[str, 1, LONGEST_ENTITY]
Name = app_commands.Range[str, 1, LONGEST_NAME]


class Digests(commands.Cog):
    """What is posted by schedule."""

    service_name = "digests"

    digest = app_commands.Group(
        name="digest", description="What is new, posted by schedule in your own time zone", extras={"help": _HELP}
    )

    def __init__(self, services: Services) -> None:
        self._service = services.digests

    @digest.command(
        description="Post what is new by schedule, here, elsewhere or to me alone", extras={"help": _ADD_HELP}
    )
    @app_commands.describe(every=_EVERY, **_ABOUT)
    @app_commands.choices(every=_REPEATS, length=_LENGTHS, missed=_MISSED)
    async def add(
        self,
        interaction: Interaction,
        *,
        every: str | None = None,
        at: Time | None = None,
        day: Time | None = None,
        zone: str | None = None,
        channel: Place | None = None,
        to_me: bool | None = None,
        topic: Topic | None = None,
        entity: Entity | None = None,
        source: str | None = None,
        length: str | None = None,
        when_empty: bool | None = None,
        quiet: Time | None = None,
        mention: Role | None = None,
        missed: str | None = None,
        name: Name | None = None,
    ) -> None:
        """Make a digest."""
        await _answer(interaction, self._service.add, ask_first=self._service.ask_add, **_given(locals()))

    @digest.command(name="list", description="List the digests with their next three runs, or why they are paused")
    async def list_(self, interaction: Interaction) -> None:
        """List the digests."""
        await _answer(interaction, self._service.list)

    @digest.command(description="Show all that holds of a digest, with what can be done with it")
    @app_commands.describe(digest=_DIGEST)
    async def show(self, interaction: Interaction, *, digest: str) -> None:
        """Show a digest."""
        await _answer(interaction, self._service.show, digest=digest)

    @digest.command(description="Change a digest; without options it opens a form", extras={"help": _EDIT_HELP})
    @app_commands.describe(digest=_DIGEST, every="How often it runs", nobody="Notify nobody any more", **_ABOUT)
    @app_commands.choices(every=_REPEATS, length=_LENGTHS, missed=_MISSED)
    async def edit(
        self,
        interaction: Interaction,
        *,
        digest: str,
        every: str | None = None,
        at: Time | None = None,
        day: Time | None = None,
        zone: str | None = None,
        channel: Place | None = None,
        to_me: bool | None = None,
        topic: Topic | None = None,
        entity: Entity | None = None,
        source: str | None = None,
        length: str | None = None,
        when_empty: bool | None = None,
        quiet: Time | None = None,
        mention: Role | None = None,
        nobody: bool | None = None,
        missed: str | None = None,
        name: Name | None = None,
    ) -> None:
        """Change a digest."""
        await _answer(interaction, self._service.edit, ask_first=self._service.ask_edit, **_given(locals()))

    @digest.command(description="Hold a digest; the next one after that tells of what came in meanwhile")
    @app_commands.describe(digest=_DIGEST)
    async def pause(self, interaction: Interaction, *, digest: str) -> None:
        """Hold a digest."""
        await _answer(interaction, self._service.pause, digest=digest)

    @digest.command(description="Let a digest run again; it goes on where it stopped")
    @app_commands.describe(digest=_DIGEST)
    async def resume(self, interaction: Interaction, *, digest: str) -> None:
        """Let a digest run again."""
        await _answer(interaction, self._service.resume, digest=digest)

    @digest.command(description="Show me alone what a digest would say now", extras={"help": _PREVIEW_HELP})
    @app_commands.describe(digest=_DIGEST)
    async def preview(self, interaction: Interaction, *, digest: str | None = None) -> None:
        """Show what would be posted."""
        await _answer(interaction, self._service.preview, digest=digest)

    @digest.command(description="Send a digest at once, beside its times")
    @app_commands.describe(digest=_DIGEST)
    async def now(self, interaction: Interaction, *, digest: str) -> None:
        """Send a digest at once."""
        await _answer(interaction, self._service.now, digest=digest)

    @digest.command(description="Remove a digest; Undo brings it back", extras={"help": _REMOVE_HELP})
    @app_commands.describe(digest=_DIGEST)
    async def remove(self, interaction: Interaction, *, digest: str) -> None:
        """Remove a digest."""
        await _answer(interaction, self._service.remove, digest=digest)

    @digest.command(description="Show what a digest did: sent, left out and why, failed and why")
    @app_commands.describe(digest=_DIGEST)
    async def history(self, interaction: Interaction, *, digest: str) -> None:
        """Show what a digest did."""
        await _answer(interaction, self._service.history, digest=digest)

    @show.autocomplete("digest")
    @edit.autocomplete("digest")
    @pause.autocomplete("digest")
    @resume.autocomplete("digest")
    @preview.autocomplete("digest")
    @now.autocomplete("digest")
    @remove.autocomplete("digest")
    @history.autocomplete("digest")
    async def suggest_digest(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the digests that the asker can see."""
        return await suggest(interaction, self._service.suggest_digest, typed, answered_privately=True)

    @add.autocomplete("zone")
    @edit.autocomplete("zone")
    async def suggest_zone(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer time zones whose name holds what was typed."""
        return await suggest(interaction, self._service.suggest_zone, typed, answered_privately=True)

    @add.autocomplete("day")
    @edit.autocomplete("day")
    async def suggest_day(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the days that fit how often it is to run."""
        every: str | None = getattr(interaction.namespace, "every", None)
        offer = partial(self._service.suggest_day, every=every)
        return await suggest(interaction, offer, typed, answered_privately=True)

    @add.autocomplete("entity")
    @edit.autocomplete("entity")
    async def suggest_entity(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the names that the asker can see."""
        return await suggest(interaction, self._service.suggest_entity, typed, answered_privately=True)

    @add.autocomplete("source")
    @edit.autocomplete("source")
    async def suggest_source(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the sources of the articles that the asker can see."""
        return await suggest(interaction, self._service.suggest_source, typed, answered_privately=True)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a command, out of all that it was called with."""
    return {name: value for name, value in options.items() if name not in {"self", "interaction"}}


async def _answer(interaction: Interaction, use_case: Any, **options: Any) -> None:  # noqa: ANN401  whatever `answer` takes
    """Answer the one who asks alone: what is posted where is told to those who can read there."""
    await answer(interaction, use_case, answer_privately=True, **options)
