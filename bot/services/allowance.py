"""Who may bring how much, and ask how often: people are told how long to wait, and nobody else is kept waiting."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.calls import Call
from bot.services.errors import LimitError, MayNotAddError
from bot.services.wording import count
from bot.services.zones import span
from storage.base import Ceilings, DeskSettings, Storage, Usage
from storage.errors import OverLimitError
from summariser.limits import Limits

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MIB = 2**20

# Buckets are looked through for full ones, which say nothing, when there are more than this.
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class _Bucket:
    """What is left of the commands of one person in one desk."""

    tokens: float
    at: datetime


@dataclass(frozen=True, slots=True)
class _Held:
    """How many articles a desk held when they were last counted."""

    articles: int
    at: datetime


class Allowance:
    """Counts what people bring, from what is stored, and how often they ask, in memory."""

    def __init__(self, storage: Storage, limits: Limits | None = None) -> None:
        self._storage = storage
        self._largest = (limits or Limits()).bytes
        self._buckets: dict[tuple[int, int], _Bucket] = {}
        self._held: dict[int, _Held] = {}

    def spend(self, call: Call, settings: DeskSettings) -> None:
        """Take note of one command; a minute's worth may come at once, and fills up again evenly.

        Raises:
            LimitError: too many; it says when the next is taken.
        """
        if _is_terminal(call):
            return
        most = settings.person_commands_a_minute
        key = (call.scope.desk_id, call.scope.asker_id)
        tokens = self._tokens(key, most, call.now)
        if tokens < 1:
            wait = (1 - tokens) * MINUTE / most
            told = f"You have asked {count(most, 'time')} within a minute, which is the limit here."
            raise LimitError(told, opens=call.now + wait, wait=span(wait))
        self._buckets[key] = _Bucket(tokens - 1, call.now)

    def forget(self, desk_id: int, person_id: int) -> None:
        """Know nothing any more of how often a person asked."""
        self._buckets.pop((desk_id, person_id), None)
        self._held.pop(desk_id, None)

    async def admit(self, call: Call, *, size: int = 0) -> Ceilings | None:
        """Let the asker bring one upload of this many bytes; return what `Storage.add` is to hold it against.

        None stands for no limit: at the terminal.

        Raises:
            MayNotAddError: here only managers bring articles in.
            LimitError: not now; it says when there is room again.
        """
        if _is_terminal(call):
            return None
        desk_id, asker_id = call.scope.desk_id, call.scope.asker_id
        settings = await self._storage.settings(desk_id)
        if settings.adders == "managers" and desk_id > 0 and not (call.manager or call.admin):
            raise MayNotAddError
        if await self._count_held(call) >= settings.desk_articles:
            raise LimitError(_FULL.format(_here(call), count(settings.desk_articles, "article")))
        ceilings = ceilings_of(settings, self._largest)
        try:
            await self._storage.check_room(desk_id, asker_id, size=size, ceilings=ceilings, now=call.now)
        except OverLimitError as error:
            raise limit_reached(error, call) from error
        return ceilings

    async def _count_held(self, call: Call) -> int:
        """Return how many articles the desk holds, or held within the last minute: counting them all takes a while."""
        known = self._held.get(call.scope.desk_id)
        if known is None or not timedelta() <= call.now - known.at < MINUTE:
            if len(self._held) > _MANY:
                self._held.clear()
            known = _Held(await self._storage.held(call.scope.desk_id), call.now)
            self._held[call.scope.desk_id] = known
        return known.articles

    def _tokens(self, key: tuple[int, int], most: int, now: datetime) -> float:
        bucket = self._buckets.get(key)
        if bucket is None:
            self._forget_the_full(now)
            return most
        return min(most, bucket.tokens + max(timedelta(), now - bucket.at) / MINUTE * most)

    def _forget_the_full(self, now: datetime) -> None:
        """Drop the buckets that are full again, as all are after a minute."""
        if len(self._buckets) > _MANY:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket.at < MINUTE}


def ceilings_of(settings: DeskSettings, largest: int) -> Ceilings:
    """Return the limits of a desk as the storage holds uploads of up to `largest` bytes against them."""
    return Ceilings(
        window=DAY,
        person=Usage(settings.person_uploads_a_day, settings.person_mib_a_day * MIB),
        desk=Usage(settings.desk_uploads_a_day, settings.desk_mib_a_day * MIB),
        largest=largest,
    )


def limit_reached(error: OverLimitError, call: Call) -> LimitError:
    """Put into words which limit of what may be brought is reached, and how long to wait."""
    here = _here(call)
    amount = f"{error.most // MIB:,} MiB" if error.limit.endswith("bytes") else count(error.most, "file")
    told = {
        "person uploads": f"You have brought {amount} within a day, which is the limit here.",
        "person bytes": f"With this you would have brought more than {amount} within a day, which is the limit here.",
        "desk uploads": f"{here} has taken in {amount} within a day, its limit.",
        "desk bytes": f"With this {here.lower()} would have taken in more than {amount} within a day, its limit.",
    }[error.limit]
    wait = span(error.opens - call.now) if error.opens else ""
    return LimitError(told, opens=error.opens, wait=wait)


_FULL = "{} holds {}, its limit. Take some out to bring more in."


def _here(call: Call) -> str:
    return "This server" if call.scope.desk_id > 0 else "Your desk"


def _is_terminal(call: Call) -> bool:
    """Tell whether it is the person at the terminal who asks: the machine is theirs."""
    return call.scope.audiences is None
