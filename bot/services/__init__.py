"""Use cases: what each command does, without Discord and without SQL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import signature

from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.controls import ControlService
from bot.services.corpus import CorpusService
from bot.services.errors import UnknownRequestError
from bot.services.intake import Intake
from bot.services.replies import Form, Reply, Request
from bot.services.summaries import SummaryService
from bot.services.web import Web
from storage.base import Storage
from summariser.limits import Limits

# What buttons, pages and forms may ask for: nothing else is reachable through a stored request.
_REQUESTS = frozenset(
    {
        "corpus.passage",
        "corpus.receipt",
        "corpus.sources",
        "corpus.undo",
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


def build(storage: Storage, compute: Compute, web: Web, limits: Limits) -> Services:
    """Put the use cases together."""
    intake = Intake(storage, compute, web, limits)
    return Services(
        corpus=CorpusService(storage, compute, intake),
        summaries=SummaryService(storage, compute, intake),
        controls=ControlService(storage),
        intake=intake,
    )
