"""Wakes for what is due, and sees to it that each delivery arrives once, whatever dies on the way.

A slot that is due becomes a row that it makes unique, in one transaction with the schedule's next slot. Any process may
claim the row, for the length of a lease. What is to be sent, and that it may have been from now on, is kept before it
is; the send carries a nonce that is the same at every try, by which Discord takes a second message for the first for
some minutes. Before every try but the first the channel's history is looked through for the delivery's key, since the
clocks cannot be trusted to say how long ago the first was. A request leaves only while the lease holds, and so soon
after that look that a nonce covers what was on its way.

No clock is read here but the one that is passed in.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.metrics import SILENT, Metrics
from bot.services.deliveries import (
    Composed,
    Composer,
    ContentError,
    DeliveryError,
    ForbiddenError,
    Front,
    Period,
    Place,
    Post,
    TooLateError,
    UnreachableError,
    UnsureError,
    aside_of,
    nonce_of,
    only_while,
)
from bot.services.errors import DigestContentError, ScheduleTimeError, UnknownRequestError
from bot.services.replies import Bold, Line, Reply, Tone
from bot.services.rounds import owner_name, repeat, wind_up
from bot.services.schedules import Timing, count_slots, last_slot, next_slot
from storage.base import Claimed, Delivery, Opening, Outcome, Schedule, Scope, Shards, Storage
from storage.errors import QueryError, StorageError

log = logging.getLogger(__name__)

AWAY = "I was away at its time"
NOTHING_NEW = "nothing new"

SETBACK = 2.0
"""Seconds by which the clock has to fall behind for it to have been set back."""

# When the clock was ahead, nobody knows any more up to when was told: what came in so long ago is looked at again, and
# what was shown is not shown again. The longest time between two slots.
_FAR_BACK = timedelta(days=32)

# Of so many slots that were missed one more or less makes no difference.
_MOST_MISSED = 1000


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, for those who must not look themselves."""

    now: Callable[[], datetime] = _now
    """The time of day, in UTC; it may be set back and forth under us."""
    ticks: Callable[[], float] = time.monotonic
    """Seconds that only ever go forward, at their own pace, also while the process is stopped."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast, how often, how long."""

    at_once: int = 8
    """Deliveries under way at the same time."""
    per_second: float = 20.0
    """Requests of this process: Discord allows 50 for all that the bot does, and some deliveries need two."""
    poll: float = 1.0
    """Seconds between looks at what is due."""
    batch: int = 50
    """Schedules whose deliveries begin in one piece: nobody who asks something has to wait long behind them."""
    lease: timedelta = timedelta(seconds=120)
    attempt: float = 100.0
    """Seconds that one attempt may take in all: less than the lease."""
    margin: float = 15.0
    """Seconds before the end of the lease from which on nothing is sent any more."""
    nonce: timedelta = timedelta(minutes=2)
    """For how long a nonce is sure to hold: less than half of what Discord is known to remember it for."""
    back: timedelta = timedelta(days=1)
    """How much further back than the first try the history is looked through: the clock may have been wrong."""
    first_pause: timedelta = timedelta(seconds=10)
    """After the first try; each further pause is twice as long, up to `longest_pause`."""
    longest_pause: timedelta = timedelta(minutes=15)
    most_tries: int = 28
    """Then it is given up: after more than five hours."""
    most_failures: int = 3
    """Deliveries given up in a row; then the schedule is paused."""
    late: timedelta = timedelta(minutes=10)
    """A delivery that comes so much later than its slot makes up for an absence."""
    history: timedelta = timedelta(days=400)
    """How long it is remembered what a schedule did and showed."""
    drain: float = 1.0
    """Seconds that what is under way gets to end by itself when the program stops."""


class Scheduler:
    """Delivers what is due, until it is cancelled. Several may run on one database, in any number of processes.

    With `shards` it leaves alone what other shards serve: only there is known who may read what. Nobody takes it up in
    their place; when they come back, it is made up for as after any absence.
    """

    def __init__(
        self,
        storage: Storage,
        front: Front,
        compose: Composer,
        *,
        clock: Clock | None = None,
        pacing: Pacing | None = None,
        metrics: Metrics = SILENT,
        shards: Shards | None = None,
    ) -> None:
        self._metrics = metrics
        self._shards = shards
        self._storage = storage
        self._front = front
        self._compose = compose
        self._clock = clock or Clock()
        self._pacing = pacing or Pacing()
        self._turns = _Turns(self._pacing.per_second)
        self._owner = owner_name()
        self._running: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._seen: tuple[datetime, float] | None = None

    async def run(self) -> None:
        """Deliver until cancelled; then what is under way gets a moment to end, and the rest is given back."""
        try:
            await repeat(self.step, self._wait, failed="what is due could not be looked up, trying again")
        finally:
            await wind_up(self._running, seconds=self._pacing.drain)
            await self._give_back()

    async def step(self) -> int:
        """Do once what is to be done now; return how many deliveries were begun."""
        if self._clock_went_back():
            await self.realign()
        self._seen = self._clock.now(), self._clock.ticks()
        await self._open_due()
        begun = await self._claim()
        await self._tell_makers()
        return begun

    async def settle(self) -> None:
        """Wait until all that was begun has ended."""
        while self._running:
            await asyncio.wait(self._running)

    async def realign(self) -> int:
        """Bring schedules back that wait for a slot later than their next: the clock was ahead. Return how many."""
        moved, after = 0, None
        while page := await self._storage.running_schedules(after=after):
            for schedule in page:
                moved += await self._realign(schedule)
            after = (page[-1].desk_id, page[-1].schedule_id)
        return moved

    async def _realign(self, schedule: Schedule) -> bool:
        try:
            slot = next_slot(Timing.from_json(schedule.timing), self._clock.now())
        except ScheduleTimeError:
            return False
        if schedule.next_at is None or schedule.next_at <= slot.at:
            return False
        return await self._storage.move_schedule(
            schedule.desk_id, schedule.schedule_id, expected_at=schedule.next_at, next_slot=slot.key, next_at=slot.at
        )

    def _clock_went_back(self) -> bool:
        """Tell whether the clock was set back since the last look; at first it may have been."""
        if self._seen is None:
            return True
        then, ticks = self._seen
        return (self._clock.now() - then).total_seconds() < self._clock.ticks() - ticks - SETBACK

    async def _open_due(self) -> None:
        """Begin a delivery for each slot that is due."""
        while True:
            now = self._clock.now()
            due = await self._storage.due_schedules(now=now, limit=self._pacing.batch, shards=self._shards)
            openings = [opening for opening in [await self._opening(one, now) for one in due] if opening]
            if openings:
                await self._storage.open_deliveries(openings, now=now)
            self._count_skipped(due, openings)
            if len(due) < self._pacing.batch:
                return

    def _count_skipped(self, due: Sequence[Schedule], openings: Sequence[Opening]) -> None:
        kinds = {(schedule.desk_id, schedule.schedule_id): schedule.kind for schedule in due}
        for one in openings:
            if one.skipped:
                self._metrics.delivery(kinds[one.desk_id, one.schedule_id], "skipped")

    async def _opening(self, schedule: Schedule, now: datetime) -> Opening | None:
        try:
            return opening_of(schedule, now, late=self._pacing.late)
        except ScheduleTimeError as error:
            await self._storage.halt_schedule(schedule.desk_id, schedule.schedule_id, reason=error.why)
            return None

    async def _claim(self) -> int:
        room = self._pacing.at_once - len(self._running)
        # Several at a time: to choose among ten thousand that are open takes 20 ms, however few are taken.
        if room < max(1, self._pacing.at_once // 2):
            return 0
        claimed = await self._storage.claim_deliveries(
            self._owner, now=self._clock.now(), lease=self._pacing.lease, limit=room, shards=self._shards
        )
        for one in claimed:
            if one.delivery.tries == 1:
                self._metrics.due(one.schedule.kind)
            task = asyncio.create_task(self._deliver(one))
            self._running.add(task)
            task.add_done_callback(self._leave)
        return len(claimed)

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if len(self._running) <= self._pacing.at_once // 2:
            self._ended.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery was left to its lease", exc_info=error)

    async def _wait(self) -> None:
        """Wait for the next look: at once when there may be more to claim and room for it."""
        self._ended.clear()
        if self._running:
            try:
                await asyncio.wait_for(self._ended.wait(), self._pacing.poll)
            except TimeoutError:
                return
        else:
            await asyncio.sleep(self._pacing.poll)

    async def _give_back(self) -> None:
        try:
            await self._storage.give_back(self._owner, now=self._clock.now())
        except StorageError as error:
            log.warning("deliveries are left to their leases", extra={"error": error})

    async def _deliver(self, claimed: Claimed) -> None:
        """Deliver one, or write down why not."""
        one = claimed.delivery
        try:
            async with asyncio.timeout(self._pacing.attempt):
                await self._attempt(claimed)
        except DeliveryError as error:
            await self._failed(one, claimed.schedule, error)
        except (TimeoutError, TooLateError):
            await self._failed(one, claimed.schedule, UnreachableError("it took too long"))
        except StorageError as error:
            log.warning("a delivery is tried again", extra={**_fields(one), "error": error})
            await self._failed(one, claimed.schedule, DeliveryError("the archive was busy"))
        except Exception:  # whatever is raised, the next one must be delivered
            log.exception("a delivery failed", extra=_fields(one))
            await self._failed(one, claimed.schedule, DeliveryError("something broke on my side"))

    async def _attempt(self, claimed: Claimed) -> None:
        one, schedule = claimed.delivery, claimed.schedule
        place = Place.from_json(one.place or schedule.place)
        looked = self._clock.ticks()
        if one.first_tried_at is not None and (found := await self._find(one, place, one.first_tried_at)):
            await self._sent(claimed, found, _kept(one))
            return
        composed = await self._prepare(one, schedule, place)
        if composed is None:
            end = Outcome("skipped", self._clock.now(), NOTHING_NEW, covered_until=self._clock.now())
            await self._end(one, end)
            self._metrics.delivery(schedule.kind, "skipped")
            return
        await self._turns.come()
        # The ticks first: however long the process is stopped in between, they end before the lease does.
        latest = self._latest(looked if one.first_tried_at is not None else self._clock.ticks())
        now, lease = self._clock.now(), self._pacing.lease
        packed = composed.to_json()
        if not await self._storage.begin_try(
            one, self._owner, place=place.to_json(), payload=packed, now=now, lease=lease
        ):
            log.info("a delivery is somebody else's by now", extra=_fields(one))
            return
        post = Post(composed.reply, one.key, nonce_of("d", place.number, one.key), schedule.made_by or 0, now)
        with only_while(lambda: self._clock.ticks() < latest):
            message_id = await self._front.send(one.desk_id, place, post)
        await self._sent(claimed, message_id, composed)

    def _latest(self, looked: float) -> float:
        """Return until when what was looked at then may be relied on: neither the lease nor a nonce may be over.

        Where the clock was set ahead, others take a delivery up while it is on its way. What they send, or what was on
        its way when the history was looked through, is known by its nonce for as long as this and longer.
        """
        lease = self._pacing.lease.total_seconds() - self._pacing.margin
        return looked + min(lease, self._pacing.nonce.total_seconds())

    async def _find(self, one: Delivery, place: Place, first_tried_at: datetime) -> int | None:
        """Return the message that an earlier try sent.

        Raises:
            UnsureError: it may be there and cannot be looked for, and Discord may not know the nonce any more.
        """
        await self._turns.come()
        now = self._clock.now()
        try:
            return await self._front.find(one.desk_id, place, one.key, min(first_tried_at, now) - self._pacing.back)
        except ForbiddenError as error:
            if timedelta() <= now - first_tried_at < self._pacing.nonce:
                return None
            raise UnsureError from error

    async def _prepare(self, one: Delivery, schedule: Schedule, place: Place) -> Composed | None:
        """Return what is to be sent: what was kept, if all that it quotes is still in sight, else composed now."""
        settings = await self._storage.settings(one.desk_id)
        audiences = await self._front.audiences(one.desk_id, place, settings.shared)
        scope = Scope(one.desk_id, schedule.made_by or 0, audiences)
        kept = _kept(one)
        if kept is not None:
            seen = await self._storage.origins_of(scope, kept.articles)
            if seen.keys() >= set(kept.articles):
                return kept
        now = self._clock.now()
        late = now - one.due_at > self._pacing.late
        since = schedule.covered_until
        since = since if since <= now else min(max(schedule.made_at, now - _FAR_BACK), now)
        period = Period(since, now, one.slots, late=late)
        try:
            return await self._compose(scope, schedule, period)
        except (DigestContentError, QueryError) as error:
            raise ContentError from error

    async def _sent(self, claimed: Claimed, message_id: int, composed: Composed | None) -> None:
        """Write down that it has arrived. What it held is unknown where somebody asked to be forgotten meanwhile."""
        one = claimed.delivery
        covered = composed.until if composed else one.first_tried_at
        items = composed.items if composed else ()
        outcome = Outcome("sent", self._clock.now(), message_id=message_id, covered_until=covered, items=items)
        await self._end(one, outcome)
        delay = self._clock.now() - one.due_at
        late = delay > self._pacing.late
        self._metrics.delivery(claimed.schedule.kind, "sent", delay=delay.total_seconds(), late=late)
        log.info("delivered", extra={**_fields(one), "tries": one.tries})

    async def _failed(self, one: Delivery, schedule: Schedule, error: DeliveryError) -> None:
        """Put a delivery off, or give it up; a schedule that cannot go on is paused."""
        reason, pacing = str(error), self._pacing
        unsure = isinstance(error, UnsureError)
        given_up = error.lasting or unsure or one.tries >= pacing.most_tries
        self._metrics.delivery(schedule.kind, "failed" if given_up else "put off")
        log.warning("not delivered", extra={**_fields(one), "tries": one.tries, "why": reason, "given_up": given_up})
        try:
            if given_up:
                pauses = error.lasting or schedule.failures + 1 >= pacing.most_failures
                await self._end(one, Outcome("failed", self._clock.now(), reason, pauses=pauses))
                return
            asked = error.retry_after if isinstance(error, UnreachableError) else None
            until = self._clock.now() + max(
                pause_after(one.tries, pacing), timedelta(seconds=min(asked or 0.0, 3600.0))
            )
            await self._storage.put_off(one, self._owner, until=until, reason=reason)
        except StorageError as busy:
            log.warning("a delivery is left to its lease", extra={**_fields(one), "error": busy})

    async def _end(self, one: Delivery, outcome: Outcome) -> None:
        await self._storage.end_delivery(one, self._owner, outcome, history=self._pacing.history)

    async def _tell_makers(self) -> None:
        """Tell those whose schedules had to be paused."""
        for schedule in await self._storage.take_untold(shards=self._shards):
            now = self._clock.now()
            key = schedule.schedule_id
            aside = aside_of(f"{schedule.kind} list") if schedule.recipient_id is None else None
            post = Post(paused_note(schedule), key, nonce_of("p", key), 0, now, aside)
            try:
                async with asyncio.timeout(self._pacing.attempt):
                    await self._front.tell(schedule.desk_id, schedule.made_by, post)
            except (UnreachableError, TimeoutError) as error:
                log.warning("a maker could not be told yet", extra={"desk": schedule.desk_id, "error": error})
                await self._storage.leave_untold(schedule.desk_id, schedule.schedule_id)
                return
            except DeliveryError as error:
                log.warning("a maker cannot be told", extra={"desk": schedule.desk_id, "error": error})


def opening_of(schedule: Schedule, now: datetime, *, late: timedelta) -> Opening:
    """Return the delivery that a schedule is due for: the last slot, for all that were missed.

    Raises:
        ScheduleTimeError: its times cannot be read any more.
    """
    timing = Timing.from_json(schedule.timing)
    due_at = schedule.next_at or now
    key, slots = schedule.next_slot or "", 1
    last = last_slot(timing, now)
    if last is not None and last.at > due_at:
        slots += count_slots(timing, due_at, last.at, most=_MOST_MISSED)
        key, due_at = last.key, last.at
    following = next_slot(timing, now)
    away = not schedule.catches_up and now - due_at > late
    return Opening(
        desk_id=schedule.desk_id,
        schedule_id=schedule.schedule_id,
        expected_at=schedule.next_at or now,
        slot=key,
        due_at=due_at,
        slots=slots,
        skipped=AWAY if away else None,
        next_slot=following.key,
        next_at=following.at,
    )


def pause_after(tries: int, pacing: Pacing) -> timedelta:
    """Return how long to wait after so many tries."""
    return min(pacing.first_pause * (1 << min(max(tries - 1, 0), 16)), pacing.longest_pause)


def paused_note(schedule: Schedule) -> Reply:
    """Say that a schedule had to be paused."""
    blocks = (
        Line((Bold(schedule.name), f" is paused: {schedule.paused}.")),
        Line(
            ("Put that right, then resume it or give it another place. Nothing is lost: it goes on where it stopped.",)
        ),
    )
    return Reply("A schedule is paused", blocks, tone=Tone.WARNING)


class _Turns:
    """Spreads what is asked of Discord evenly over time."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second
        self._next = 0.0

    async def come(self) -> None:
        """Wait for one's turn."""
        loop = asyncio.get_running_loop()
        mine = max(self._next, loop.time())
        self._next = mine + self._gap
        await asyncio.sleep(mine - loop.time())


def _kept(one: Delivery) -> Composed | None:
    """Return what an earlier try was about to send, if that is known and of this version."""
    try:
        return Composed.from_json(one.payload) if one.payload else None
    except (KeyError, TypeError, ValueError, UnknownRequestError):
        return None


def _fields(one: Delivery) -> dict[str, object]:
    return {"desk": one.desk_id, "schedule": one.schedule_id, "slot": one.slot}
