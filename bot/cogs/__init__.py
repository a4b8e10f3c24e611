"""The slash commands: declared here, done in the services."""

from discord.ext import commands

from bot.cogs.articles import Articles
from bot.cogs.briefs import Briefs
from bot.cogs.corpus import Corpus
from bot.cogs.declarations import describe
from bot.cogs.digests import Digests
from bot.cogs.entities import Entities
from bot.cogs.exports import Exports
from bot.cogs.feeds import Feeds
from bot.cogs.forget import Forget
from bot.cogs.help import Help
from bot.cogs.quotations import Quotations
from bot.cogs.search import Search
from bot.cogs.settings import Settings
from bot.cogs.summaries import Summaries
from bot.cogs.timelines import Timelines
from bot.cogs.watches import Catchup, Watches
from bot.cogs.wordings import Wordings
from bot.services import Services

ALL = (
    Articles,
    Briefs,
    Catchup,
    Corpus,
    Digests,
    Entities,
    Exports,
    Feeds,
    Forget,
    Help,
    Quotations,
    Search,
    Settings,
    Summaries,
    Timelines,
    Watches,
    Wordings,
)


def build(services: Services) -> tuple[commands.Cog, ...]:
    """Return every cog; none of them needs a bot or an event loop to be read."""
    built: tuple[commands.Cog, ...] = tuple(cog(services) for cog in ALL)
    services.help.learn(describe(built))
    return built
