"""The commands that sum articles up."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer, suggest
from bot.cogs.calls import Interaction, incoming
from bot.services import Services
from bot.services.summaries import USUAL_SENTENCES
from summariser.methods import METHODS, MOST_SENTENCES

# Published algorithms keep their published names.
_NAMES = {
    "verbatim": "Verbatim (the usual one)",
    "lead": "Lead (the first sentences)",
    "lexrank": "LexRank",
    "textrank": "TextRank",
    "lsa": "LSA",
    "luhn": "Luhn",
    "kl": "KL-Sum",
    "sumbasic": "SumBasic",
    "reduction": "Reduction",
}


class Summaries(commands.Cog):
    """Summaries of one article."""

    service_name = "summaries"

    def __init__(self, services: Services) -> None:
        self._service = services.summaries

    @app_commands.command(
        description="Sum up an article in its own sentences. Without options it asks for pasted text.",
        extras={
            "help": "Every sentence stands word for word in the article. The menu under the answer opens each in its "
            "paragraph; Shorter and Longer change the length, Sources says where the article came from."
        },
    )
    @app_commands.describe(
        file="A file with the article: .txt .md .html .pdf .docx .odt .rtf .eml .mhtml .epub, or a .zip",
        url="The address of the article's page, beginning with https://",
        article="An article that is here already: type part of its title and pick it",
        sentences=f"How many sentences, 1 to {MOST_SENTENCES} (usually {USUAL_SENTENCES}, or as set here)",
        method="How the sentences are chosen",
        private="Show the summary to me alone, or to all (usually to all, or as set here)",
    )
    @app_commands.choices(
        method=[app_commands.Choice(name=_NAMES.get(method, method), value=method) for method in METHODS]
    )
    async def summarise(
        self,
        interaction: Interaction,
        *,
        file: discord.Attachment | None = None,
        url: str | None = None,
        article: str | None = None,
        sentences: app_commands.Range[int, 1, MOST_SENTENCES] | None = None,
        method: str = METHODS[0],
        private: bool | None = None,
    ) -> None:
        """Sum up an article in its own sentences."""
        options: dict[str, Any] = {
            "file": incoming(file),
            "url": url,
            "article": article,
            "sentences": sentences,
            "method": method,
            "private": private,
        }
        form = self._service.summarise_form(**options)
        await answer(interaction, self._service.summarise, answer_privately=private, form=form, **options)

    @summarise.autocomplete("article")
    async def suggest_article(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the articles whose title, source or opening holds what was typed."""
        return await suggest(interaction, self._service.suggest_article, typed)
