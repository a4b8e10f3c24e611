"""The commands about single articles: what is stored, put right, shared."""

from functools import partial
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction
from bot.services import Services
from bot.services.edits import LONGEST_NAME, LONGEST_TITLE

_ARTICLE = "Part of its title; what fits is offered as you type"
_HELP = (
    "list and show are for everyone. Those who brought an article, and those with Manage Messages, put it right: edit "
    "changes what is printed about it, split and merge where it begins and ends. The file itself is kept as it was "
    "received, every correction stays on record under show, can be taken back, and outlives a new reading of the file."
)
_EDIT_HELP = (
    "Without options it opens a form with what is known now. A single - takes something out. A date is written like "
    "2024-03-05, 5 March 2024 or 5.3.2024 14:30; an hour is taken as UTC unless it says otherwise: 14:30 +02:00."
)
_SPLIT_HELP = (
    "Where two articles were read as one. Without at: it shows the paragraphs to choose from. A headline at the cut "
    "becomes the title of the second article."
)
_SHARE_HELP = (
    "For what came in through a channel that only some can read. Use it where everyone can read: its answer, with the "
    "file as it was brought, is what citations link to."
)
_REMOVE_HELP = (
    "Those who brought it may, and those with Manage Messages. Of a file with several articles it asks whether this "
    "one or all of them are meant. What others brought too stays theirs. After a day it is gone for good."
)
_RESTORE_HELP = "The list shows what you may bring back. After a day nothing does."


class Articles(commands.Cog):
    """Single articles."""

    service_name = "articles"

    article = app_commands.Group(
        name="article",
        description="What is stored: list it, show it, put it right, share it, take it out",
        extras={"help": _HELP},
    )

    def __init__(self, services: Services) -> None:
        self._service = services.articles
        self._removal = services.removal

    @article.command(name="list", description="List the articles, the newest first")
    @app_commands.describe(
        mine="Only those that I brought",
        private="Show the list to me alone, or to all (usually to all, or as set here)",
    )
    async def list_(self, interaction: Interaction, *, mine: bool = False, private: bool | None = None) -> None:
        """List the articles."""
        await answer(interaction, self._service.list, answer_privately=private, mine=mine, private=private)

    @article.command(description="Show an article: its facts, its outline, where it came from, what was put right")
    @app_commands.describe(article=_ARTICLE, private="Show it to me alone, or to all (usually to all, or as set here)")
    async def show(self, interaction: Interaction, *, article: str, private: bool | None = None) -> None:
        """Show an article."""
        await answer(interaction, self._service.show, answer_privately=private, article=article, private=private)

    @article.command(
        description="Put right what is printed about an article; without options it opens a form",
        extras={"help": _EDIT_HELP},
    )
    @app_commands.describe(
        article=_ARTICLE,
        title="Its title; a single - takes it out",
        source="Who published it; a single - takes it out",
        author="Who wrote it; a single - takes it out",
        date="When it appeared: 2024-03-05, 5 March 2024, 5.3.2024 14:30; a single - takes it out",
        language="The language that it is written in",
    )
    async def edit(
        self,
        interaction: Interaction,
        *,
        article: str,
        title: app_commands.Range[str, 1, LONGEST_TITLE] | None = None,
        source: app_commands.Range[str, 1, LONGEST_NAME] | None = None,
        author: app_commands.Range[str, 1, LONGEST_NAME] | None = None,
        date: str | None = None,
        language: str | None = None,
    ) -> None:
        """Put right what is printed about an article."""
        options = {"article": article, "title": title, "source": source, "author": author, "date": date}
        options["language"] = language
        await _answer(interaction, self._service.edit, ask_first=self._service.ask_edit, **options)

    @article.command(description="Make two articles of one that was read as one", extras={"help": _SPLIT_HELP})
    @app_commands.describe(
        article=_ARTICLE,
        at="The paragraph with which the second begins: its number, or its first words",
        title="The second's title, where the headline there is not to be taken",
    )
    async def split(
        self,
        interaction: Interaction,
        *,
        article: str,
        at: str | None = None,
        title: app_commands.Range[str, 1, LONGEST_TITLE] | None = None,
    ) -> None:
        """Make two articles of one."""
        await _answer(interaction, self._service.split, article=article, at=at, title=title)

    @article.command(description="Make one article of this one and the next one of its file")
    @app_commands.describe(article=_ARTICLE)
    async def merge(self, interaction: Interaction, *, article: str) -> None:
        """Merge an article with the next one."""
        await _answer(interaction, self._service.merge, article=article)

    @article.command(
        description="Let everyone in this server draw on the file of an article", extras={"help": _SHARE_HELP}
    )
    @app_commands.describe(article=_ARTICLE)
    async def share(self, interaction: Interaction, *, article: str) -> None:
        """Share the file of an article, and say so to all."""
        await answer(interaction, self._service.share, answer_privately=False, article=article)

    @article.command(
        description="Take out an article, or the file that it came in; it can be brought back for a day",
        extras={"use_case": "removal.remove", "help": _REMOVE_HELP},
    )
    @app_commands.describe(article=_ARTICLE)
    async def remove(self, interaction: Interaction, *, article: str) -> None:
        """Take out an article."""
        await _answer(interaction, self._removal.remove, article=article)

    @article.command(
        description="Bring back what was taken out within the last day",
        extras={"use_case": "removal.restore", "help": _RESTORE_HELP},
    )
    @app_commands.rename(removed="article")
    @app_commands.describe(removed=_ARTICLE)
    async def restore(self, interaction: Interaction, *, removed: str | None = None) -> None:
        """Bring back what was taken out; without it, list what can be."""
        await _answer(interaction, self._removal.restore, removed=removed)

    @restore.autocomplete("removed")
    async def suggest_removed(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer what the asker may bring back."""
        return await suggest(interaction, self._removal.suggest_removed, typed, answered_privately=True)

    @show.autocomplete("article")
    async def suggest_shown(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the articles that the answer may show."""
        return await suggest(interaction, self._service.suggest_article, typed)

    @edit.autocomplete("article")
    @split.autocomplete("article")
    @merge.autocomplete("article")
    @share.autocomplete("article")
    @remove.autocomplete("article")
    async def suggest_article(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer all articles that the asker can see: what is put right is told to nobody else."""
        return await suggest(interaction, self._service.suggest_article, typed, answered_privately=True)

    @edit.autocomplete("source")
    async def suggest_source(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the sources of other articles."""
        return await suggest(interaction, self._service.suggest_source, typed, answered_privately=True)

    @edit.autocomplete("language")
    async def suggest_language(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the languages that are known."""
        return await suggest(interaction, self._service.suggest_language, typed, answered_privately=True)

    @split.autocomplete("at")
    async def suggest_at(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the paragraphs of the article that was named before."""
        article: str | None = getattr(interaction.namespace, "article", None)
        offer = partial(self._service.suggest_at, article=article)
        return await suggest(interaction, offer, typed, answered_privately=True)


async def _answer(interaction: Interaction, use_case: Any, **options: Any) -> None:  # noqa: ANN401  whatever `answer` takes
    """Answer the one who asks alone, from everything that this person can read."""
    await answer(interaction, use_case, answer_privately=True, **options)
