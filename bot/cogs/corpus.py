"""The commands that bring articles in."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import answer
from bot.cogs.calls import Interaction, incoming
from bot.services import Services


class Corpus(commands.Cog):
    """What a desk keeps."""

    service_name = "corpus"

    def __init__(self, services: Services) -> None:
        self._service = services.corpus

    @app_commands.command(
        description="Bring articles in: files or a web page. Without options it asks for files, links or text.",
        extras={
            "help": "The receipt says what was read: articles, titles, sources, dates, what was left out or guessed, "
            "and what was here already. Undo takes it all back. One file may hold many articles."
        },
    )
    @app_commands.describe(
        file="One article or many: .txt .md .html .pdf .docx .odt .rtf .eml .mhtml .epub, or a .zip of these",
        file2="Another file",
        file3="Another file",
        file4="Another file",
        file5="Another file",
        url="The address of a page with an article, beginning with https://",
    )
    async def add(
        self,
        interaction: Interaction,
        *,
        file: discord.Attachment | None = None,
        file2: discord.Attachment | None = None,
        file3: discord.Attachment | None = None,
        file4: discord.Attachment | None = None,
        file5: discord.Attachment | None = None,
        url: str | None = None,
    ) -> None:
        """Bring articles in."""
        options: dict[str, Any] = {
            "file": incoming(file),
            "file2": incoming(file2),
            "file3": incoming(file3),
            "file4": incoming(file4),
            "file5": incoming(file5),
            "url": url,
        }
        form = self._service.add_form(**options)
        await answer(interaction, self._service.add, form=form, **options)
