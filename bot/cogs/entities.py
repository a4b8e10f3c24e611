"""The commands on who is meant: looked up, and decided by hand."""

from functools import partial
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.services import Services
from bot.services.identity import LONGEST_NAME

Named = app_commands.Range[str, 1, LONGEST_NAME]

_NAME = "A person, organisation or place: type part of any spelling and pick it"
_HELP = (
    "Names are found in every article, and joined where they surely mean the same: spelled otherwise, with a title, "
    "or short. What is only likely waits under candidates. Those with Manage Messages decide: merge, split, rename, "
    "reject. What they say outranks what I found out, outlives a new reading, and can be taken back."
)
_SHOW_HELP = (
    "All spellings with who uses them, when it was seen first and last, who else is mentioned with it, and the "
    "passages that prove it; each number opens its place. What may be the same, but is unconfirmed, is told apart."
)
_MERGE_HELP = (
    "For names that mean the same and were not joined. What somebody said is not the same is not merged before that is "
    "taken back. The answer has Undo."
)
_SPLIT_HELP = (
    "For a name that was joined with others wrongly. It is kept apart from each of them, also by way of a third name."
)
_REJECT_HELP = "For what was taken for a name and is none. Nothing is deleted: decisions takes it back."


class Entities(commands.Cog):
    """Who is meant."""

    service_name = "entities"

    entity = app_commands.Group(
        name="entity",
        description="Who is meant: people, organisations and places under all their spellings",
        extras={"help": _HELP},
    )

    def __init__(self, services: Services) -> None:
        self._service = services.entities

    @entity.command(
        description="Show who is meant: spellings, when it was seen, with whom, and the passages that prove it",
        extras={"help": _SHOW_HELP},
    )
    @app_commands.describe(name=_NAME, private="Show it to me alone, or to all (usually to all, or as set here)")
    async def show(self, interaction: Interaction, *, name: Named, private: bool | None = None) -> None:
        """Show who is meant."""
        await answer(interaction, self._service.show, answer_privately=private, name=name, private=private)

    @entity.command(description="Say that two names mean the same", extras={"help": _MERGE_HELP})
    @app_commands.describe(name=_NAME, other="The other name that means the same")
    async def merge(self, interaction: Interaction, *, name: Named, other: Named) -> None:
        """Join two names."""
        await _answer(interaction, self._service.merge, name=name, other=other)

    @entity.command(description="Part a name from those that it was joined with", extras={"help": _SPLIT_HELP})
    @app_commands.describe(name=_NAME, spelling="The name that is somebody or something else")
    async def split(self, interaction: Interaction, *, name: Named, spelling: Named) -> None:
        """Part a name from others."""
        await _answer(interaction, self._service.split, name=name, spelling=spelling)

    @entity.command(description="Say what somebody or something is to be called")
    @app_commands.describe(name=_NAME, to="What it is to be called")
    async def rename(self, interaction: Interaction, *, name: Named, to: Named) -> None:
        """Give it another name."""
        await _answer(interaction, self._service.rename, name=name, to=to)

    @entity.command(description="Say that something is no name", extras={"help": _REJECT_HELP})
    @app_commands.describe(name=_NAME)
    async def reject(self, interaction: Interaction, *, name: Named) -> None:
        """Reject a name."""
        await _answer(interaction, self._service.reject, name=name)

    @entity.command(description="List pairs of names that may mean the same, with the evidence, to decide on")
    @app_commands.describe(name="Only what may be the same as this one")
    async def candidates(self, interaction: Interaction, *, name: Named | None = None) -> None:
        """List what may be the same."""
        await _answer(interaction, self._service.candidates, name=name)

    @entity.command(description="List what was decided on names, by whom and when; a menu takes it back")
    @app_commands.describe(name="Only what was decided on this one")
    async def decisions(self, interaction: Interaction, *, name: Named | None = None) -> None:
        """List what was decided."""
        await _answer(interaction, self._service.decisions, name=name)

    @show.autocomplete("name")
    async def suggest_shown(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the names that the answer may show."""
        return await suggest(interaction, self._service.suggest_name, typed)

    @merge.autocomplete("name")
    @split.autocomplete("name")
    @rename.autocomplete("name")
    @reject.autocomplete("name")
    @candidates.autocomplete("name")
    @decisions.autocomplete("name")
    async def suggest_name(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer all names that the asker can see: what is decided is told to nobody else."""
        return await suggest(interaction, self._service.suggest_name, typed, answered_privately=True)

    @merge.autocomplete("other")
    async def suggest_other(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer all names that the asker can see."""
        return await suggest(interaction, self._service.suggest_other, typed, answered_privately=True)

    @split.autocomplete("spelling")
    async def suggest_spelling(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the names that the one named before goes by."""
        name: str | None = getattr(interaction.namespace, "name", None)
        offer = partial(self._service.suggest_spelling, name=name)
        return await suggest(interaction, offer, typed, answered_privately=True)


async def _answer(interaction: Interaction, use_case: Any, **options: Any) -> None:  # noqa: ANN401  whatever `answer` takes
    """Answer the one who asks alone, from everything that this person can read."""
    await answer(interaction, use_case, answer_privately=True, **options)
