"""Use cases: what each command does, without Discord and without SQL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import signature

from bot.metrics import SILENT, Metrics
from bot.services.allowance import Allowance
from bot.services.articles import ArticleService
from bot.services.briefs import BriefService
from bot.services.calls import Call
from bot.services.catchup import CatchupService
from bot.services.compute import Compute
from bot.services.controls import ControlService
from bot.services.corpus import CorpusService
from bot.services.digests import DigestService
from bot.services.entities import EntityService
from bot.services.errors import UnknownRequestError
from bot.services.exports import ExportService
from bot.services.feeds import FeedService
from bot.services.help import HelpService
from bot.services.intake import Intake
from bot.services.newspaper import Newspaper
from bot.services.quotations import QuotationService
from bot.services.removal import RemovalService
from bot.services.replies import Form, Reply, Request
from bot.services.search import SearchService
from bot.services.settings import SettingsService
from bot.services.summaries import SummaryService
from bot.services.timelines import TimelineService
from bot.services.watches import WatchService
from bot.services.web import Web
from bot.services.welcome import WelcomeService
from bot.services.wordings import WordingService
from storage.base import DeskSettings, Storage
from summariser.limits import Limits

# What buttons, pages and forms may ask for: nothing else is reachable through a stored request.
_REQUESTS = frozenset(
    {
        "articles.edit",
        "articles.list",
        "articles.merge",
        "articles.share",
        "articles.show",
        "articles.split",
        "articles.split_off",
        "articles.unshare",
        "articles.withdraw",
        "briefs.brief",
        "briefs.sources",
        "catchup.catchup",
        "catchup.keep",
        "catchup.seen",
        "corpus.add",
        "corpus.passage",
        "corpus.receipt",
        "corpus.sources",
        "corpus.undo",
        "digests.add",
        "digests.bring_back",
        "digests.edit",
        "digests.history",
        "digests.list",
        "digests.now",
        "digests.pause",
        "digests.preview",
        "digests.put_back",
        "digests.remove",
        "digests.resume",
        "digests.show",
        "entities.candidates",
        "entities.decisions",
        "entities.merge",
        "entities.merge_kinds",
        "entities.part",
        "entities.passages",
        "entities.reject",
        "entities.rename",
        "entities.show",
        "entities.split",
        "entities.withdraw",
        "exports.export",
        "feeds.add",
        "feeds.bring_back",
        "feeds.export",
        "feeds.list",
        "feeds.pause",
        "feeds.remove",
        "feeds.resume",
        "feeds.show",
        "feeds.take_over",
        "help.help",
        "help.privacy",
        "newspaper.show",
        "quotations.find_source",
        "quotations.quote",
        "removal.bring_back",
        "removal.bring_back_article",
        "removal.forget_for_good",
        "removal.forget_me",
        "removal.keep_everything",
        "removal.read_added",
        "removal.remove",
        "removal.remove_article",
        "removal.remove_file",
        "removal.remove_uploads",
        "removal.restore",
        "search.search",
        "settings.adding",
        "settings.answers",
        "settings.length",
        "settings.limits",
        "settings.receipts",
        "settings.retention",
        "settings.share",
        "settings.show",
        "settings.unshare",
        "settings.unwatch",
        "settings.watch",
        "settings.zone",
        "summaries.summarise",
        "timelines.timeline",
        "watches.add",
        "watches.bring_back",
        "watches.list",
        "watches.remove",
        "watches.resume",
        "wordings.wording",
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
    articles: ArticleService
    removal: RemovalService
    briefs: BriefService
    timelines: TimelineService
    quotations: QuotationService
    entities: EntityService
    wordings: WordingService
    watches: WatchService
    catchup: CatchupService
    digests: DigestService
    newspaper: Newspaper
    feeds: FeedService
    exports: ExportService

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


def build(
    storage: Storage,
    compute: Compute,
    web: Web,
    limits: Limits,
    *,
    message_content: bool = False,
    metrics: Metrics = SILENT,
) -> Services:
    """Put the use cases together; `message_content` tells whether Discord shows the bot what messages hold."""
    allowance = Allowance(storage, limits)
    intake = Intake(storage, compute, web, limits, allowance, metrics=metrics)
    corpus = CorpusService(storage, compute, intake)
    return Services(
        corpus=corpus,
        summaries=SummaryService(storage, compute, intake),
        controls=ControlService(storage),
        intake=intake,
        settings=SettingsService(storage, message_content=message_content),
        allowance=allowance,
        help=HelpService(storage, limits),
        welcome=WelcomeService(storage, message_content=message_content),
        search=SearchService(storage),
        articles=ArticleService(storage, compute),
        removal=RemovalService(storage, corpus, allowance),
        briefs=BriefService(storage, compute),
        timelines=TimelineService(storage, compute),
        quotations=QuotationService(storage, compute),
        entities=EntityService(storage, compute),
        wordings=WordingService(storage, compute),
        watches=WatchService(storage, compute),
        catchup=CatchupService(storage, compute),
        digests=DigestService(storage, compute),
        newspaper=Newspaper(storage, compute),
        feeds=FeedService(storage, compute, web, intake),
        exports=ExportService(storage),
    )
