"""What is posted again and again, and each of its deliveries."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from storage.base.scopes import Scope, Shards


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """Something to be posted again and again; the JSON objects are the application's."""

    audience_id: int
    """Who may read what it posts, as for an upload: who sees that it is there."""
    recipient_id: int | None
    """The one person whom it is for; None where it goes to a channel."""
    made_by: int
    made_at: datetime
    kind: str
    """`digest`, for example."""
    name: str
    what: dict[str, Any]
    timing: dict[str, Any]
    place: dict[str, Any]
    next_slot: str | None
    next_at: datetime | None
    """None for what has no times, such as a watch: then neither has it a slot."""
    catches_up: bool = True
    """After an outage one delivery makes up for what was missed; else it goes on with the next slot."""
    paused: str | None = None
    """Why it does not run yet."""
    covered_until: datetime | None = None
    """Up to when it has told, where it is one that was there before; None for when it is made."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that is posted again and again."""

    desk_id: int
    schedule_id: int
    audience_id: int
    recipient_id: int | None
    made_by: int | None
    """None once that person has asked to be forgotten."""
    made_at: datetime
    kind: str
    name: str
    what: dict[str, Any]
    timing: dict[str, Any]
    place: dict[str, Any]
    catches_up: bool
    next_slot: str | None
    next_at: datetime | None
    """None while it is paused."""
    covered_until: datetime
    """Up to when its deliveries have told; at first, when it was made."""
    paused: str | None
    """Why it does not run."""
    untold: bool
    """Its maker is still to be told that it is paused."""
    failures: int
    """How many deliveries in a row were given up."""


Beside = Callable[[Schedule, Sequence[Schedule]], None]
"""Raises where a schedule cannot be beside the others of its kind in its desk, whoever may see those."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A slot that is due, and the one after it."""

    desk_id: int
    schedule_id: int
    expected_at: datetime
    """The schedule's `next_at` as it was read: if it is another by now, nothing is done."""
    slot: str
    due_at: datetime
    slots: int
    """How many slots the delivery stands for."""
    skipped: str | None
    """Why nothing is to be sent for it."""
    next_slot: str
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One run of a schedule."""

    desk_id: int
    schedule_id: int
    slot: str
    key: int
    """What its message is known by in the history of a channel."""
    due_at: datetime
    slots: int
    state: str
    """`open`, `sent`, `skipped` or `failed`."""
    reason: str | None
    """Why it was skipped or failed, or did not get through so far."""
    tries: int
    """How often it was taken up."""
    first_tried_at: datetime | None
    """From here on it may have been sent."""
    place: dict[str, Any] | None
    """Where it may have been sent to."""
    payload: dict[str, Any] | None
    """What is, or was, about to be sent; None before, once it has arrived, and where somebody asked to be forgotten."""
    message_id: int | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that one process has for itself until its lease ends."""

    delivery: Delivery
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery ended."""

    state: str
    """`sent`, `skipped` or `failed`."""
    at: datetime
    reason: str | None = None
    message_id: int | None = None
    covered_until: datetime | None = None
    """Up to when the schedule has told with it; None leaves that to the next."""
    items: tuple[tuple[str, str], ...] = ()
    """What it has shown: kind and key of each."""
    pauses: bool = False
    """The schedule cannot go on: it is paused with the reason, and its maker is to be told."""


class Schedules(Protocol):
    """What is posted again and again, and each of its deliveries. See `storage.base.Storage`."""

    async def make_schedule(
        self, scope: Scope, new: NewSchedule, *, most: int | None = None, check: Beside | None = None
    ) -> Schedule:
        """Keep a new schedule; it runs from its next slot on.

        `most` is how many there may be of its kind: in the desk, or of what goes to one person, for that person.
        `check` runs in the same transaction, in the database's thread: what it raises leaves nothing.

        Raises:
            TooManySchedulesError: there are so many.
        """

    async def schedules(self, scope: Scope) -> tuple[Schedule, ...]:
        """Return the schedules that post where the scope can read, by their names.

        Those that are paused are there for whoever made them too: their channel may be gone.
        """

    async def schedule(self, scope: Scope, schedule_id: int) -> Schedule:
        """Return one of them.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def change_schedule(
        self,
        scope: Scope,
        schedule_id: int,
        change: Callable[[Schedule], Schedule],
        *,
        check: Beside | None = None,
    ) -> tuple[Schedule, Schedule]:
        """Let `change` make another of a schedule, in one transaction; return it before and after.

        `change` and `check` run in the database's thread. Its desk, id, maker and when it was made stay. A delivery
        that is open is skipped when the schedule is paused.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def remove_schedule(self, scope: Scope, schedule_id: int, *, now: datetime) -> Schedule:
        """Let a schedule run no more, and return it as it was; what is open of it is skipped.

        `empty_trash` deletes it, with its deliveries and what it has shown.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def bring_schedule_back(
        self,
        scope: Scope,
        schedule_id: int,
        change: Callable[[Schedule], Schedule],
        *,
        most: Callable[[int | None], int] | None = None,
        check: Beside | None = None,
    ) -> Schedule:
        """Let a schedule be there again that was removed, with all that it did, as `change` makes it; return it.

        `most` says how many there may be for a recipient, or for channels where that is None.

        Raises:
            UnknownScheduleError: none was removed, or it is deleted or not visible.
            TooManySchedulesError: there are so many, as in `make_schedule`.
        """

    async def run_schedule(self, scope: Scope, schedule_id: int, *, slot: str, now: datetime) -> bool:
        """Let a schedule run once at once; return whether it does.

        It does not where this slot has run, or another delivery of it is open. `slot` names what asks, so that the same
        one tried again does nothing twice.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def deliveries(self, scope: Scope, schedule_id: int, *, limit: int = 25) -> tuple[Delivery, ...]:
        """Return the runs of a schedule, the latest first.

        Raises:
            UnknownScheduleError: it does not exist or is not visible.
        """

    async def due_schedules(
        self, *, now: datetime, limit: int = 200, shards: Shards | None = None
    ) -> tuple[Schedule, ...]:
        """Return schedules of all desks, or those that the shards serve, whose next slot is due, the longest due first.

        Servers that the bot has left wait until it comes back.
        """

    async def running_schedules(self, *, after: tuple[int, int] | None, limit: int = 500) -> tuple[Schedule, ...]:
        """Return a page of the schedules of all desks that are not paused, behind this desk and schedule."""

    async def move_schedule(
        self, desk_id: int, schedule_id: int, *, expected_at: datetime, next_slot: str, next_at: datetime
    ) -> bool:
        """Set the next slot of a schedule, if it still is the one expected; return whether it was."""

    async def halt_schedule(self, desk_id: int, schedule_id: int, *, reason: str) -> None:
        """Pause a schedule that cannot go on; its maker is to be told."""

    async def open_deliveries(self, openings: Sequence[Opening], *, now: datetime) -> int:
        """Begin a delivery for each slot that is due, and set the schedule's next one; return how many are to be sent.

        A slot that was there already is not there twice. While one delivery of a schedule is open, no other is begun:
        the slot is skipped.
        """

    async def claim_deliveries(
        self, owner: str, *, now: datetime, lease: timedelta, limit: int, shards: Shards | None = None
    ) -> tuple[Claimed, ...]:
        """Take open deliveries that nobody has, or whose lease is over, those first that are due longest.

        With `shards`, of the desks that they serve alone.
        """

    async def begin_try(
        self,
        delivery: Delivery,
        owner: str,
        *,
        place: dict[str, Any],
        payload: dict[str, Any],
        now: datetime,
        lease: timedelta,
    ) -> bool:
        """Keep what is about to be sent, for good before it is, and renew the lease.

        Returns False where the delivery is somebody else's by now, or over: then nothing may be sent.
        """

    async def put_off(self, delivery: Delivery, owner: str, *, until: datetime, reason: str) -> bool:
        """Give a delivery back, to be tried again from then on; return whether it was still the owner's."""

    async def give_back(self, owner: str, *, now: datetime) -> int:
        """Give back all that an owner has, as if it had not been taken up; return how many."""

    async def end_delivery(self, delivery: Delivery, owner: str, outcome: Outcome, *, history: timedelta) -> bool:
        """Write down how a delivery ended; what was sent is blanked. Return whether that was news.

        That it was sent counts whoever has it by now; all else only while it is the owner's. What the schedule did
        longer than `history` ago is forgotten with it.
        """

    async def take_untold(self, *, limit: int = 10, shards: Shards | None = None) -> tuple[Schedule, ...]:
        """Return paused schedules whose makers are still to be told; nobody gets them a second time.

        With `shards`, of the desks that they serve alone.
        """

    async def leave_untold(self, desk_id: int, schedule_id: int) -> None:
        """Note that a schedule's maker could not be told yet."""

    async def shown_items(self, desk_id: int, schedule_id: int, kind: str, *, among: Collection[str]) -> frozenset[str]:
        """Return which of these keys a schedule has shown of a kind."""

    async def latest_items(self, desk_id: int, schedule_id: int, kind: str, *, limit: int) -> tuple[str, ...]:
        """Return the keys of what a schedule has shown of a kind, the latest first."""
