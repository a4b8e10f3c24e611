"""When a schedule runs: arithmetic on local times, without a clock.

A slot is one run that is due: a key that no other run of the schedule has, and the moment. Where the clocks of a zone
change, `CLOCK_RULE` holds. Only `zoneinfo` is needed: a local time is tried in its zone, and what does not come back as
it went in does not exist there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from bot.services.errors import ScheduleTimeError

CLOCK_RULE = (
    "Where the clocks go forward over this time, it runs at the first moment after the gap; where they go back over "
    "it, it runs once, the first time."
)

LAST_DAY = 31
"""Of a month: the last one, however many it has."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)

# Some zones shift by half an hour: their hour with the wanted minute can be this far away.
_MOST_MINUTES_TO_NEXT = 180


class Repeat(StrEnum):
    """How often a schedule runs."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Moved(StrEnum):
    """Why a slot does not stand at the time that was asked for."""

    GAP = "gap"
    """That time does not exist on that day."""
    FOLD = "fold"
    """It exists twice; this is the first."""
    QUIET = "quiet"
    """It lies in the quiet hours; this is their end."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which nothing is posted, by the zone's clocks; they may go over midnight."""

    start: time
    end: time

    def holds(self, moment: time) -> bool:
        """Tell whether a time of day lies in them; their end does not."""
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True, slots=True)
class Timing:
    """When a schedule runs. `make` and `from_json` check it."""

    repeat: Repeat
    zone: str
    """An IANA name."""
    at: time = time(9)
    """Of an hourly schedule the minute alone counts."""
    day: int | None = None
    """Weekly 0 for Monday to 6; monthly 1 to 31, in shorter months their last day (`LAST_DAY`); else None."""
    quiet: Quiet | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` takes back."""
        quiet = self.quiet and [_told(self.quiet.start), _told(self.quiet.end)]
        return {
            "repeat": self.repeat.value,
            "zone": self.zone,
            "at": _told(self.at),
            "day": self.day,
            "quiet": quiet,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Timing":
        """Take back what `to_json` gave.

        Raises:
            ScheduleTimeError: it cannot be, or its zone is no more.
        """
        try:
            quiet = value["quiet"] and Quiet(*map(time.fromisoformat, value["quiet"]))
            made = cls(Repeat(value["repeat"]), value["zone"], time.fromisoformat(value["at"]), value["day"], quiet)
        except (KeyError, TypeError, ValueError) as error:
            raise ScheduleTimeError("what was kept of its times cannot be read") from error
        return check(made)


@dataclass(frozen=True, slots=True)
class Slot:
    """One run that is due."""

    key: str
    """The local time that was asked for; of hourly runs, which come twice where an hour does, the time in UTC."""
    at: datetime
    """In UTC."""
    moved: Moved | None = None


def check(timing: Timing) -> Timing:
    """Return the timing if there can be such a one; the first use of a zone reads its file.

    Raises:
        ScheduleTimeError: there cannot.
    """
    try:
        ZoneInfo(timing.zone)
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise ScheduleTimeError(f"there is no time zone “{timing.zone}”") from error
    if timing.at.tzinfo is not None or timing.at.second or timing.at.microsecond:
        raise ScheduleTimeError("its time must be hours and minutes, such as 07:30")
    first, last = {Repeat.WEEKLY: (0, 6), Repeat.MONTHLY: (1, LAST_DAY)}.get(timing.repeat, (None, None))
    if first is None and timing.day is not None:
        raise ScheduleTimeError(f"what runs {timing.repeat} has no day")
    if first is not None and last is not None and (timing.day is None or not first <= timing.day <= last):
        raise ScheduleTimeError("its day is missing: a day of the week, or 1 to 31 of the month")
    if timing.quiet is not None and timing.quiet.start == timing.quiet.end:
        raise ScheduleTimeError("its quiet hours end when they begin, so that nothing would ever be posted")
    return timing


def next_slot(timing: Timing, after: datetime) -> Slot:
    """Return the first slot after a moment; the same whatever led up to that moment."""
    zone = ZoneInfo(timing.zone)
    if timing.quiet is None:
        return next(slot for slot in _asked(timing, zone, after) if slot.at > after)
    # What lies in the quiet hours is moved by less than a day; several that come to one moment are one, the last.
    best: Slot | None = None
    for asked in _asked(timing, zone, after - _DAY - _HOUR):
        slot = _out_of(timing.quiet, zone, asked)
        if slot.at > after and (best is None or slot.at <= best.at):
            best = slot
        if best is not None and asked.at >= best.at:
            return best
    raise AssertionError("slots have no end")


def slots(timing: Timing, after: datetime) -> Iterator[Slot]:
    """Yield the slots after a moment, without end."""
    if timing.quiet is None:
        yield from (slot for slot in _asked(timing, ZoneInfo(timing.zone), after) if slot.at > after)
    while True:
        slot = next_slot(timing, after)
        yield slot
        after = slot.at


def last_slot(timing: Timing, until: datetime) -> Slot | None:
    """Return the last slot at or before a moment."""
    before = until - {Repeat.HOURLY: 2, Repeat.WEEKLY: 9, Repeat.MONTHLY: 64}.get(timing.repeat, 5) * _DAY
    found = None
    for slot in slots(timing, before):
        if slot.at > until:
            return found
        found = slot
    return found


def count_slots(timing: Timing, after: datetime, until: datetime, *, most: int) -> int:
    """Return how many slots lie after one moment and up to another; of very many, `most`."""
    return sum(1 for _ in islice(_up_to(slots(timing, after), until), most))


def _up_to(endless: Iterator[Slot], until: datetime) -> Iterator[Slot]:
    for slot in endless:
        if slot.at > until:
            return
        yield slot


def _asked(timing: Timing, zone: ZoneInfo, after: datetime) -> Iterator[Slot]:
    """Yield the slots from a moment on, some before it perhaps, without regard to quiet hours."""
    if timing.repeat is Repeat.HOURLY:
        yield from _hours(timing.at.minute, zone, after)
        return
    fits = _FITS[timing.repeat]
    # What lies in a gap over midnight runs on the day after.
    day = after.astimezone(zone).date() - _DAY
    while True:
        if fits(timing, day):
            wanted = datetime.combine(day, timing.at)
            at, moved = _moment(wanted, zone)
            # What runs on every day does not run for one that there is not.
            if moved is not Moved.GAP or timing.day is not None or _exists(day, zone):
                yield Slot(wanted.isoformat(timespec="minutes"), at, moved)
        day += _DAY


def _hours(minute: int, zone: ZoneInfo, after: datetime) -> Iterator[Slot]:
    """Yield the moments after one at which the zone's clocks show this minute, never two within an hour."""
    moment = after.replace(second=0, microsecond=0)
    earlier = _next_minute(minute, zone, moment - 2 * _HOUR)
    while True:
        moment = _next_minute(minute, zone, earlier)
        # Where half an hour comes twice, so does its minute.
        if moment - earlier < _HOUR:
            moment = _next_minute(minute, zone, moment)
        if moment > after:
            yield Slot(f"{moment:%Y-%m-%dT%H:%M}Z", moment)
        earlier = moment


def _next_minute(minute: int, zone: ZoneInfo, after: datetime) -> datetime:
    moment = after.astimezone(UTC) + _MINUTE
    for _ in range(_MOST_MINUTES_TO_NEXT):
        wait = (minute - moment.astimezone(zone).minute) % 60
        if not wait:
            return moment
        # All at once, unless the clocks change on the way.
        same = (moment + wait * _MINUTE).astimezone(zone).utcoffset() == moment.astimezone(zone).utcoffset()
        moment += wait * _MINUTE if same else _MINUTE
    raise ScheduleTimeError(f"the clocks of {zone.key} never show minute {minute}")


_FITS: dict[Repeat, Callable[[Timing, date], bool]] = {
    Repeat.DAILY: lambda _timing, _day: True,
    Repeat.WEEKDAYS: lambda _, day: day.weekday() < 5,
    Repeat.WEEKLY: lambda timing, day: day.weekday() == timing.day,
    Repeat.MONTHLY: lambda timing, day: day.day == min(timing.day or LAST_DAY, _length(day)),
}


def _length(day: date) -> int:
    """Return how many days the month of a day has."""
    return ((day.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY).day


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Tell whether there is such a day: where a zone changes sides of the date line, one is left out."""
    return _moment(datetime.combine(day, time()), zone)[0].astimezone(zone).date() == day


def _moment(wanted: datetime, zone: ZoneInfo) -> tuple[datetime, Moved | None]:
    """Return the moment of a local time by `CLOCK_RULE`, and what is odd about it."""
    first, second = (wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) == wanted:
        return first, Moved.FOLD if first != second else None
    # In a gap the later offset gives a moment before it, the earlier one a moment after it (PEP 495).
    return _change_between(second, first, zone), Moved.GAP


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment with the later offset."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _out_of(quiet: Quiet, zone: ZoneInfo, slot: Slot) -> Slot:
    """Return the slot, at the end of the quiet hours if it lies in them; once they are over they do not come again."""
    local = slot.at.astimezone(zone)
    if not quiet.holds(local.time()):
        return slot
    day = local.date() if local.time() < quiet.end else local.date() + _DAY
    end, _ = _moment(datetime.combine(day, quiet.end), zone)
    return Slot(slot.key, end, Moved.QUIET) if end > slot.at else slot


def _told(moment: time) -> str:
    return moment.isoformat(timespec="minutes")
