"""The slash commands: declared here, done in the services."""

from discord.ext import commands

from bot.cogs.corpus import Corpus
from bot.cogs.declarations import describe
from bot.cogs.help import Help
from bot.cogs.search import Search
from bot.cogs.settings import Settings
from bot.cogs.summaries import Summaries
from bot.services import Services

ALL = (Corpus, Help, Search, Settings, Summaries)


def build(services: Services) -> tuple[commands.Cog, ...]:
    """Return every cog; none of them needs a bot or an event loop to be read."""
    built: tuple[commands.Cog, ...] = tuple(cog(services) for cog in ALL)
    services.help.learn(describe(built))
    return built
