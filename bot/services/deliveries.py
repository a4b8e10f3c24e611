"""What is posted by schedule: where to, what it holds, and what can go wrong on the way.

`bot.scheduler` delivers. What it needs is said here, so that a front end and a composer need not know it: a `Front`
posts and finds again, a `Composer` makes what is posted.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.services.packing import pack_reply, unpack_reply
from bot.services.replies import Block, Command, Line, Reply, Tone
from bot.services.schedules import Timing, next_slot
from bot.services.wording import count
from storage.base import Schedule, Scope


class PlaceKind(StrEnum):
    """What kind of place something is posted in."""

    CHANNEL = "channel"
    """A channel or a thread."""
    FORUM = "forum"
    """A forum: a new post each time."""
    DIRECT = "direct"
    """Direct messages to one person."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is posted."""

    kind: PlaceKind
    number: int
    """The id of the channel, thread or forum, or of the person."""
    mention: int | None = None
    """The one role that is notified; None for nobody."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` takes back."""
        return {"kind": self.kind.value, "number": self.number, "mention": self.mention}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Place":
        """Take back what `to_json` gave."""
        return cls(PlaceKind(value["kind"]), value["number"], value.get("mention"))


@dataclass(frozen=True, slots=True)
class Period:
    """What a delivery tells of."""

    since: datetime
    """Up to then the deliveries before have told."""
    until: datetime
    slots: int = 1
    """How many runs it stands for: more than one after an outage."""
    late: bool = False
    """It comes noticeably after its time."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What is to be posted, and what it rests on."""

    reply: Reply
    until: datetime
    """The end of the period that it tells of."""
    articles: tuple[int, ...] = ()
    """All whose words stand in it: if one goes out of sight before it is sent, it is composed anew."""
    items: tuple[tuple[str, str], ...] = ()
    """Kind and key of all that the schedule need not show again."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` takes back."""
        about = {"until": self.until.isoformat(), "articles": self.articles, "items": self.items}
        return {"reply": pack_reply(self.reply), **about}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Composed":
        """Take back what `to_json` gave.

        Raises:
            UnknownRequestError: another version wrote it.
        """
        items = tuple((kind, key) for kind, key in value["items"])
        until = datetime.fromisoformat(value["until"])
        return cls(unpack_reply(value["reply"]), until, tuple(value["articles"]), items)


Composer = Callable[[Scope, Schedule, Period], Awaitable[Composed | None]]
"""Makes what is to be posted of a schedule, from what the scope can see; None where nothing is to be said."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message that is to be there once."""

    reply: Reply
    key: int
    """Its controls are kept under this id, and so carry it in their names: `Front.find` knows the message by it."""
    nonce: str
    """At most 25 characters; for some minutes a second message with it is the first."""
    owner_id: int
    """Whose its buttons are, where they are anybody's."""
    now: datetime
    aside: Reply | None = None
    """What is said in its place where more people read it than it is for; None where nothing is."""


class Front(Protocol):
    """Where messages go. Every method raises `DeliveryError`s, and nothing else on purpose."""

    async def audiences(self, desk_id: int, place: Place, shared: frozenset[int]) -> frozenset[int]:
        """Return what an answer to all who read a place may draw on; `shared` are channels that the desk shares."""

    async def send(self, desk_id: int, place: Place, post: Post) -> int:
        """Post a message and return its id.

        Raises:
            UnreachableError: it may be there nevertheless.
        """

    async def find(self, desk_id: int, place: Place, key: int, since: datetime) -> int | None:
        """Return the message of this key that was posted since then, or None where there is none for certain.

        Raises:
            UnsureError: too much has been posted since to tell.
        """

    async def tell(self, desk_id: int, person_id: int | None, post: Post) -> None:
        """Tell a person something about a desk, or where that cannot be, say the post's `aside` in the server.

        Raises:
            DeliveryError: neither could be.
        """


class DeliveryError(Exception):
    """Something could not be posted. `str` says why, to end a sentence with."""

    lasting = False
    """Trying again does not mend it: the schedule is paused."""


class GoneError(DeliveryError):
    """The place is no more."""

    lasting = True

    def __init__(self, what: str = "channel") -> None:
        super().__init__(f"the {what} is gone")


class ForbiddenError(DeliveryError):
    """The bot may not do there what it has to."""

    lasting = True

    def __init__(self, lacking: Sequence[str] = ()) -> None:
        missing = ", ".join(lacking) or "View Channel, Send Messages or Read Message History"
        super().__init__(f"my role lacks a permission in the channel: {missing}")


class ArchivedError(DeliveryError):
    """The thread is closed, and only moderators may open it again."""

    lasting = True

    def __init__(self) -> None:
        super().__init__("the thread is closed and locked")


class TagError(DeliveryError):
    """A forum wants a tag on each post, and which one is for people to say."""

    lasting = True

    def __init__(self) -> None:
        super().__init__("the forum demands a tag on each post, which I cannot choose")


class ClosedError(DeliveryError):
    """The person takes no direct messages from the bot."""

    lasting = True

    def __init__(self) -> None:
        super().__init__("I may not send direct messages to this person")


class ContentError(DeliveryError):
    """What it is to be of cannot be read any more, such as a topic that this version understands otherwise."""

    lasting = True

    def __init__(self) -> None:
        super().__init__("what it is to be of cannot be read any more: change it")


class RefusedError(DeliveryError):
    """Discord does not take it: nothing that waiting mends, and nothing that anybody but us has done wrong."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Discord does not take it ({why})")


class UnreachableError(DeliveryError):
    """It did not get through, or its answer did not; later it may."""

    def __init__(self, why: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        """Seconds that were asked for."""
        super().__init__(f"Discord could not be reached ({why})")


class UnsureError(DeliveryError):
    """Whether it was sent before cannot be told any more, and it shall not be sent twice."""

    def __init__(self) -> None:
        super().__init__("it may have been sent before, and the channel's history does not tell any more")


class TooLateError(Exception):
    """A request was about to leave when its delivery was somebody else's already."""


_still_ours: ContextVar[Callable[[], bool] | None] = ContextVar("still_ours", default=None)


@contextmanager
def only_while(still_ours: Callable[[], bool]) -> Iterator[None]:
    """Let requests leave in this block only while this is so: see `check_in_time`."""
    token = _still_ours.set(still_ours)
    try:
        yield
    finally:
        _still_ours.reset(token)


def check_in_time() -> None:
    """Look once more, as the first byte of a request leaves: a process may have been stopped since it last looked.

    Raises:
        TooLateError: the delivery may be somebody else's by now.
    """
    still_ours = _still_ours.get()
    if still_ours is not None and not still_ours():
        raise TooLateError


def nonce_of(prefix: str, *numbers: int) -> str:
    """Return a nonce that is the same at every try: at most 25 characters for one letter and two ids."""
    return prefix + "".join(map(_short, numbers))


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _short(number: int) -> str:
    """Return an id in 11 characters."""
    digits = ""
    for _ in range(11):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def told_gap(period: Period) -> list[Block]:
    """Say in the first line that a delivery makes up for what was missed; nothing where none was."""
    if period.slots > 1:
        return [Line((f"This makes up for {count(period.slots, 'run')} that I missed, and covers all that time.",))]
    return [Line(("This comes late: I was away at its time.",))] if period.late else []


def aside_of(command: str) -> Reply:
    """Say to everybody that something is paused: not what, since it may be for a channel that not all of them read."""
    told = (
        "Something that is posted here by schedule is paused, and the one who made it could not be told. ",
        Command(command),
        " shows what and why, of the channels that you can read.",
    )
    return Reply("A schedule is paused", (Line(told),), tone=Tone.WARNING)


def paused(schedule: Schedule, reason: str) -> Schedule:
    """Return a schedule as it is when somebody pauses it: for `Storage.change_schedule`."""
    return replace(schedule, paused=reason, untold=False, next_slot=None, next_at=None)


def resumed(schedule: Schedule, now: datetime) -> Schedule:
    """Return a schedule as it runs again, from its next slot on; also after its times were changed.

    Raises:
        ScheduleTimeError: its times cannot be.
    """
    slot = next_slot(Timing.from_json(schedule.timing), now)
    return replace(schedule, paused=None, untold=False, failures=0, next_slot=slot.key, next_at=slot.at)


# An article that came in while the delivery before was composed shall not be passed over.
OVERLAP = timedelta(hours=1)
