"""Digests as they are told: what holds of one, what it did, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from bot.services.calls import Call
from bot.services.deliveries import Place, PlaceKind
from bot.services.errors import DigestContentError, ScheduleTimeError, UnknownRequestError
from bot.services.identity import KINDS
from bot.services.newspaper import Length, Of, What
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Channel,
    Choice,
    Command,
    Inline,
    Line,
    Link,
    Look,
    Menu,
    Moment,
    Person,
    Reply,
    Request,
    Role,
    Tone,
    Words,
    join,
)
from bot.services.schedules import Timing
from bot.services.timings import next_runs, remarks_on, tell_quiet, tell_timing
from bot.services.wording import count, shorten
from storage.base import LOCAL_DESK, Delivery, Schedule
from storage.errors import StorageError

BY_HAND = "somebody paused it"
AT_TERMINAL = "nothing is posted to a terminal by itself"

LONGEST_NAME = 80

# Buttons for more of them would crowd out the list.
_MOST_RESUMED = 5

_REPEATS = {"hourly": "Hourly", "daily": "Daily", "weekdays": "Weekday", "weekly": "Weekly", "monthly": "Monthly"}
_LENGTHS = {Length.SHORT: "short", Length.USUAL: "usual", Length.LONG: "long"}
_WHEN_EMPTY = {True: "it says so", False: "nothing is posted"}
_MISSED = {True: "one digest makes up for all", False: "they are left out"}


@dataclass(frozen=True, slots=True)
class Digest:
    """A schedule as a digest."""

    schedule: Schedule
    timing: Timing | None
    """None where another version wrote it."""
    what: What | None
    """None likewise."""
    place: Place

    @classmethod
    def read(cls, schedule: Schedule) -> Self:
        """Return what a schedule says, as far as this version understands it."""
        return cls(schedule, _timing(schedule), _what(schedule), Place.from_json(schedule.place))

    @property
    def digest_id(self) -> int:
        """Return what storage knows it by."""
        return self.schedule.schedule_id

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.schedule.name

    @property
    def is_direct(self) -> bool:
        """Whether it goes to one person."""
        return self.place.kind is PlaceKind.DIRECT

    def request(self, use_case: str) -> Request:
        """Return what asks something of it."""
        return Request(f"digests.{use_case}", {"digest": str(self.digest_id)})

    def same_as(self, other: "Digest") -> bool:
        """Tell whether the two say the same in the same place at the same times."""
        mine, theirs = self.schedule, other.schedule
        here = {**mine.place, "mention": None} == {**theirs.place, "mention": None}
        return here and mine.timing == theirs.timing and _subject(mine) == _subject(theirs)


def usual_name(timing: Timing, what: What) -> str:
    """Return what a digest is called where nobody says: `Daily digest: harbour`."""
    about = f": {what.words}" if what.words else ""
    return shorten(f"{_REPEATS[timing.repeat.value]} digest{about}", LONGEST_NAME)


def facts(digest: Digest) -> dict[str, Words]:
    """Return what holds of a digest, each under what it is, in the order in which it is told."""
    timing, what, place = digest.timing, digest.what, digest.place
    told: dict[str, Words] = {
        "Name": (digest.name,),
        "Where": where(digest),
        "When": (tell_timing(timing) if timing else _UNREADABLE,),
        "About": (_about(what) if what else _UNREADABLE,),
        "Length": (_LENGTHS[what.length] if what else _UNREADABLE,),
        "Quiet hours": (tell_quiet(timing.quiet) if timing else _UNREADABLE,),
        "Notifies": (Role(place.mention),) if place.mention is not None else ("nobody",),
        "When nothing is new": (_WHEN_EMPTY[what.when_empty] if what else _UNREADABLE,),
        "Runs missed in an outage": (_MISSED[digest.schedule.catches_up],),
    }
    if digest.is_direct:
        del told["Notifies"]
    return told


def listed(digests: Sequence[Digest], call: Call) -> Reply:
    """List digests, each with its next runs or why it is paused."""
    again = Request("digests.list")
    if not digests:
        return Reply("No digests", (Line(("None posts where you can read. ", Command("digest add"), " makes one.")),))
    blocks = tuple(Bullets((_line(digest, call.now),)) for digest in digests)
    held = [digest for digest in digests if digest.schedule.paused and digest.schedule.desk_id != LOCAL_DESK]
    resume = [
        Action(shorten(f"Resume “{digest.name}”", 80), digest.request("resume"))
        for digest in held[:_MOST_RESUMED]
        if may_change(digest, call)
    ]
    choices = tuple(Choice(shorten(digest.name, 100), digest.request("show"), _hint(digest)) for digest in digests)
    menus = (Menu("Show one of them", choices, private=False),)
    return Reply(count(len(digests), "digest"), blocks, tuple(resume), menus, again=again)


def shown(
    digest: Digest, call: Call, *, head: str = "", more: Sequence[Block] = (), undo: Action | None = None
) -> Reply:
    """Show a digest with all that holds of it, and what can be done with it."""
    lines = [(Bold(f"{what}: "), *words) for what, words in facts(digest).items() if what != "Name"]
    blocks: list[Block] = [Bullets((*lines, next_line(digest, call.now)))]
    if digest.timing:
        blocks += [Line((remark,), small=True) for remark in remarks_on(digest.timing, call.now)]
    blocks += [Line(_made(digest.schedule), small=True)] if not head else []
    tone = Tone.DONE if head else Tone.WARNING if digest.schedule.paused else Tone.PLAIN
    again = None if head else digest.request("show")
    actions = (*((undo,) if undo else ()), *_buttons(digest, call))
    return Reply(f"{head}{digest.name}", (*more, *blocks), actions, tone=tone, again=again)


def compared(before: Digest, after: Digest) -> list[Words]:
    """Say what a change made of a digest, line by line."""
    old, new = facts(before), facts(after)
    names = dict.fromkeys((*old, *new))
    return [
        (Bold(f"{name}: "), *old.get(name, ("none",)), " → ", *new.get(name, ("none",)))
        for name in names
        if old.get(name) != new.get(name)
    ]


def told_history(digest: Digest, runs: Sequence[Delivery]) -> Reply:
    """Say what a digest did, the latest first: what was sent, what was left out and why, what failed."""
    head = Line((f"The latest {len(runs)} runs, the newest first" if len(runs) > 1 else "One run so far",), small=True)
    lines = tuple(_run(digest, one) for one in runs)
    blocks: tuple[Block, ...] = (head, Bullets(lines)) if runs else (Line(("It has not run yet.",)),)
    actions = (Action("Show it", digest.request("show")),)
    return Reply(f"History: {digest.name}", blocks, actions, again=digest.request("history"))


def may_change(digest: Digest, call: Call) -> bool:
    """Tell whether the asker may change a digest: what is for one person that person, else who manages the server."""
    if digest.schedule.recipient_id is not None:
        return digest.schedule.recipient_id == call.scope.asker_id
    return call.admin


def keep(schedule: Schedule) -> dict[str, Any]:
    """Return what an Undo needs to make a digest again what it was."""
    return {
        "name": schedule.name,
        "what": schedule.what,
        "timing": schedule.timing,
        "place": schedule.place,
        "audience_id": schedule.audience_id,
        "recipient_id": schedule.recipient_id,
        "catches_up": schedule.catches_up,
        "paused": schedule.paused,
        "covered_until": schedule.covered_until.isoformat(),
    }


def take_back(schedule: Schedule, kept: dict[str, Any]) -> Schedule:
    """Return a schedule as it was kept, but for when it runs next and how far it has told.

    Raises:
        UnknownRequestError: another version kept it.
    """
    names = ("name", "what", "timing", "place", "audience_id", "recipient_id", "catches_up")
    try:
        return replace(schedule, **{name: kept[name] for name in names})
    except KeyError as error:
        raise UnknownRequestError from error


def where(digest: Digest) -> Words:
    """Say where a digest goes."""
    if digest.schedule.desk_id == LOCAL_DESK:
        return ("here, when it is asked for: ", Command("digest preview"), " prints it")
    match digest.place.kind:
        case PlaceKind.CHANNEL:
            return (Channel(digest.place.number),)
        case PlaceKind.FORUM:
            return (Channel(digest.place.number), ", a new post each time")
        case PlaceKind.DIRECT:
            return ("direct messages to ", Person(digest.place.number))


def next_line(digest: Digest, now: datetime) -> Words:
    """Say when a digest runs next, or why it does not."""
    if digest.schedule.paused:
        return (Bold("Paused: "), digest.schedule.paused)
    runs: Words = next_runs(digest.timing, now) if digest.timing else (_UNREADABLE,)
    return (Bold("Next: "), *runs)


_UNREADABLE = "cannot be read any more: set it anew with /digest edit"


def _timing(schedule: Schedule) -> Timing | None:
    try:
        return Timing.from_json(schedule.timing)
    except ScheduleTimeError:
        return None


def _what(schedule: Schedule) -> What | None:
    try:
        return What.from_json(schedule.what)
    except (DigestContentError, StorageError):
        return None


def _subject(schedule: Schedule) -> tuple[Any, ...]:
    """Return what a digest is about, without how it is laid out."""
    words = schedule.what.get("words")
    return schedule.what.get("of"), words.casefold() if words else None, schedule.what.get("type")


def _about(what: What) -> str:
    match what.of:
        case Of.EVERYTHING:
            return "everything new"
        case Of.TOPIC:
            return f"the topic “{what.words}”"
        case Of.ENTITY:
            return f"{what.words} ({KINDS[what.type]})" if what.type else f"{what.words}"
        case Of.SOURCE:
            return f"the source “{what.words}”"


def _line(digest: Digest, now: datetime) -> Words:
    parts: list[Words] = [(Bold(digest.name),)]
    parts += [where(digest)] if digest.schedule.desk_id != LOCAL_DESK else []
    parts += [(tell_timing(digest.timing),)] if digest.timing else []
    parts += [(_about(digest.what),)] if digest.what and digest.what.words else []
    return join([*parts, next_line(digest, now)])


def _hint(digest: Digest) -> str:
    held = f"paused: {digest.schedule.paused}" if digest.schedule.paused else ""
    return " · ".join(filter(None, (tell_timing(digest.timing) if digest.timing else "", held)))


def _made(schedule: Schedule) -> Words:
    who: Words = (
        (Person(schedule.made_by),) if schedule.made_by is not None else ("somebody who asked to be forgotten",)
    )
    told: Words = ("Told up to ", Moment(schedule.covered_until), " · ")
    return (*told, "made by ", *who, ", ", Moment(schedule.made_at, relative=True))


def _buttons(digest: Digest, call: Call) -> list[Action]:
    preview = Action("Preview", digest.request("preview"), private=True)
    history = Action("History", digest.request("history"))
    if not may_change(digest, call):
        return [preview, history]
    if digest.schedule.desk_id == LOCAL_DESK:
        runs = []
    elif digest.schedule.paused:
        runs = [Action("Resume", digest.request("resume"), Look.MAIN)]
    else:
        runs = [Action("Send now", digest.request("now"), private=True), Action("Pause", digest.request("pause"))]
    edit = Action("Edit", digest.request("edit"))
    return [preview, *runs, edit, history, Action("Remove", digest.request("remove"), Look.DANGER)]


_ENDS = {"sent": "sent", "skipped": "left out", "failed": "failed", "open": "on its way"}


def _run(digest: Digest, one: Delivery) -> Words:
    at: Inline = Moment(one.done_at or one.due_at)
    parts: list[Words] = [(at,), (Bold(_ENDS.get(one.state, one.state)),)]
    parts += [(f"for {count(one.slots, 'run')}",)] if one.slots > 1 else []
    url = _address(digest, one)
    parts += [(Link("open it", url),)] if url else []
    parts += [(one.reason,)] if one.reason else []
    parts += [(f"{count(one.tries, 'try', 'tries')} so far",)] if one.state == "open" and one.tries > 1 else []
    return join(parts)


def _address(digest: Digest, one: Delivery) -> str | None:
    """Return where a message stands that was sent; of direct messages Discord gives no address that we know."""
    place = Place.from_json(one.place) if one.place else digest.place
    if one.message_id is None or place.kind is PlaceKind.DIRECT:
        return None
    # A post in a forum has the id of its first message.
    channel = one.message_id if place.kind is PlaceKind.FORUM else place.number
    return f"https://discord.com/channels/{one.desk_id}/{channel}/{one.message_id}"
