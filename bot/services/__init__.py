"""Use cases: what each command does, without Discord and without SQL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import signature

from bot.services.allowance import Allowance
from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.controls import ControlService
from bot.services.corpus import CorpusService
from bot.services.errors import UnknownRequestError
from bot.services.help import HelpService
from bot.services.intake import Intake
from bot.services.replies import Form, Reply, Request
from bot.services.search import SearchService
from bot.services.settings import SettingsService
from bot.services.summaries import SummaryService
from bot.services.web import Web
from bot.services.welcome import WelcomeService
from storage.base import DeskSettings, Storage
from summariser.limits import Limits

# What buttons, pages and forms may ask for: nothing else is reachable through a stored request.
_REQUESTS = frozenset(
    {
        "corpus.add",
        "corpus.passage",
        "corpus.receipt",
        "corpus.sources",
        "corpus.undo",
        "help.help",
        "help.privacy",
        "search.search",
        "settings.adding",
        "settings.answers",
        "settings.length",
        "settings.limits",
        "settings.receipts",
        "settings.share",
        "settings.show",
        "settings.unshare",
        "settings.unwatch",
        "settings.watch",
        "settings.zone",
        "summaries.summarise",
    }
)


@dataclass(frozen=True, slots=True)
class Services:
    """All use cases, for the front ends to call."""

    corpus: CorpusService
    summaries: SummaryService
    controls: ControlService
    intake: Intake
    settings: SettingsService
    allowance: Allowance
    help: HelpService
    welcome: WelcomeService
    search: SearchService

    async def enter(self, call: Call) -> DeskSettings:
        """Let a call in and return what its desk has set: the front ends ask this before anything else.

        Raises:
            LimitError: the asker has asked too often for now.
        """
        settings = await self.settings.of(call)
        self.allowance.spend(call, settings)
        return settings

    async def perform(self, call: Call, request: Request) -> Reply | Form:
        """Do what a stored request asks.

        Raises:
            UnknownRequestError: it names no use case of this version.
        """
        if request.name not in _REQUESTS:
            raise UnknownRequestError
        service, _, method = request.name.partition(".")
        use_case: Callable[..., Awaitable[Reply | Form]] = getattr(getattr(self, service), method)
        try:
            signature(use_case).bind(call, **request.options)
        except TypeError as error:
            raise UnknownRequestError from error
        return await use_case(call, **request.options)


def build(storage: Storage, compute: Compute, web: Web, limits: Limits, *, message_content: bool = False) -> Services:
    """Put the use cases together; `message_content` tells whether Discord shows the bot what messages hold."""
    allowance = Allowance(storage, limits)
    intake = Intake(storage, compute, web, limits, allowance)
    return Services(
        corpus=CorpusService(storage, compute, intake),
        summaries=SummaryService(storage, compute, intake),
        controls=ControlService(storage),
        intake=intake,
        settings=SettingsService(storage, message_content=message_content),
        allowance=allowance,
        help=HelpService(storage, limits),
        welcome=WelcomeService(storage, message_content=message_content),
        search=SearchService(storage),
    )
