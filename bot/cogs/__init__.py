"""The slash commands: declared here, done in the services."""

from discord.ext import commands

from bot.cogs.corpus import Corpus
from bot.cogs.summaries import Summaries
from bot.services import Services

ALL = (Corpus, Summaries)


def build(services: Services) -> tuple[commands.Cog, ...]:
    """Return every cog; none of them needs a bot or an event loop to be read."""
    return tuple(cog(services) for cog in ALL)
