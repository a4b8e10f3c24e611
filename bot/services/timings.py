"""When a digest runs, as people type it and as it is told to them."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from bot.services.errors import IntervalTooShortError, RunTimeError
from bot.services.replies import Moment, Words, join
from bot.services.schedules import CLOCK_RULE, LAST_DAY, Moved, Quiet, Repeat, Slot, Timing, slots
from bot.services.wording import day as tell_date

USUAL_TIME = time(9)
RUNS_SHOWN = 3

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# A form and a script may say it in other words than the command offers.
_REPEATS = {
    "every hour": Repeat.HOURLY,
    "each hour": Repeat.HOURLY,
    "every day": Repeat.DAILY,
    "each day": Repeat.DAILY,
    "day": Repeat.DAILY,
    "workdays": Repeat.WEEKDAYS,
    "working days": Repeat.WEEKDAYS,
    "monday to friday": Repeat.WEEKDAYS,
    "every week": Repeat.WEEKLY,
    "week": Repeat.WEEKLY,
    "every month": Repeat.MONTHLY,
    "month": Repeat.MONTHLY,
} | {repeat.value: repeat for repeat in Repeat}

_SHORTER = re.compile(r"\b(?:min(?:ute)?s?|sec(?:ond)?s?|half an hour|\d+\s*[ms])\b")
_TIME = re.compile(r"(?P<hour>\d{1,2})(?:\s*[:.h]?(?P<minute>\d{2})|\s*h)?\s*(?:(?P<half>[ap])\.?m\.?)?")
_MINUTE = re.compile(r"(?:(?:\d{1,2})?[:.])?(?P<minute>\d{1,2})")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_BETWEEN = re.compile(r"\s*(?:-|–|—|\bto\b|\buntil\b|\btill\b)\s*")
_NOTHING = frozenset({"-", "none", "no", "off"})

# Whoever takes one of these wants it so.
_PLAIN = frozenset({"UTC", "GMT", "UCT", "Zulu", "Universal", "Greenwich"})

_YEAR = timedelta(days=366)
_MOST_ODD = 6


def read_repeat(typed: str) -> Repeat:
    """Return how often something is to run.

    Raises:
        IntervalTooShortError: more often than every hour.
        RunTimeError: it cannot be understood.
    """
    words = " ".join(typed.casefold().split())
    if words in _REPEATS:
        return _REPEATS[words]
    if _SHORTER.search(words):
        raise IntervalTooShortError(typed)
    raise RunTimeError("every", typed, "that is no interval I know", "Write hourly, daily, weekdays, weekly or monthly")


def read_time(typed: str, repeat: Repeat) -> time:
    """Return the time of day at which it is to run; of what runs hourly, the minute.

    Raises:
        RunTimeError: there is no such time.
    """
    words = typed.strip().casefold()
    if repeat is Repeat.HOURLY:
        found = _MINUTE.fullmatch(words)
        if found and int(found["minute"]) < 60:
            return time(0, int(found["minute"]))
        raise RunTimeError("at", typed, "that is no minute", "What runs hourly takes the minute: :15")
    return _clock_time("at", words, typed, "Write it like 07:30 or 7:30 pm")


def read_day(typed: str | None, repeat: Repeat) -> int | None:
    """Return the day of the week or of the month; the first where nothing is said.

    Raises:
        RunTimeError: there is no such day, or nothing that has days.
    """
    words = (typed or "").strip().casefold()
    if repeat is Repeat.WEEKLY:
        return _weekday(words, typed or "") if words else 0
    if repeat is Repeat.MONTHLY:
        return _month_day(words, typed or "") if words else 1
    if words:
        raise RunTimeError("day", typed or "", f"what runs {repeat.value} has no day", "Leave day out")
    return None


def read_quiet(typed: str) -> Quiet | None:
    """Return the hours in which nothing is posted; None where somebody takes them off.

    Raises:
        RunTimeError: they cannot be understood.
    """
    words = typed.strip().casefold()
    if words in _NOTHING:
        return None
    ends = [part for part in _BETWEEN.split(words) if part]
    advice = "Write them like 22:00-07:00, or a single - for none"
    if len(ends) != 2:
        raise RunTimeError("quiet", typed, "these are no hours from one time to another", advice)
    start, end = (_clock_time("quiet", part, typed, advice) for part in ends)
    if start == end:
        raise RunTimeError("quiet", typed, "they end when they begin, so that nothing would ever be posted", advice)
    return Quiet(start, end)


def tell_timing(timing: Timing) -> str:
    """Say when it runs: `every Monday at 07:30, Europe/Berlin`."""
    at = f"{timing.at:%H:%M}"
    match timing.repeat:
        case Repeat.HOURLY:
            said = "every hour on the hour" if not timing.at.minute else f"every hour at :{timing.at:%M}"
        case Repeat.DAILY:
            said = f"every day at {at}"
        case Repeat.WEEKDAYS:
            said = f"Monday to Friday at {at}"
        case Repeat.WEEKLY:
            said = f"every {DAYS[timing.day or 0]} at {at}"
        case Repeat.MONTHLY:
            said = f"on {tell_month_day(timing.day or 1)} of each month at {at}"
    return f"{said}, {timing.zone}"


def tell_quiet(quiet: Quiet | None) -> str:
    """Say the quiet hours."""
    return f"{quiet.start:%H:%M} to {quiet.end:%H:%M}" if quiet else "none"


def tell_month_day(number: int) -> str:
    """Say a day of the month: `the 1st`, `the last day`."""
    if number == LAST_DAY:
        return "the last day"
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"the {number}{ending}"


def next_runs(timing: Timing, now: datetime) -> Words:
    """Say the next three runs, each in its reader's own time."""
    return join([(Moment(slot.at),) for slot in islice(slots(timing, now), RUNS_SHOWN)])


def remarks_on(timing: Timing, now: datetime) -> list[str]:
    """Say what is odd about these times within the year to come, and by which rule it is settled."""
    said = [_in_quiet(timing)] if _is_quiet(timing) else []
    if timing.repeat is Repeat.MONTHLY and (timing.day or 1) > 28 and timing.day != LAST_DAY:
        said.append(f"In a month without {tell_month_day(timing.day or 1)}, it runs on the last day.")
    if _is_offset(timing.zone, now):
        said.append(
            f"{timing.zone} is the same time all year. Where you change your clocks, take a city near you instead."
        )
    odd = [_odd(slot, timing) for slot in _odd_slots(timing, now)]
    said += odd[:_MOST_ODD]
    if timing.repeat is not Repeat.HOURLY and _clocks_change(timing.zone, now):
        said.append(CLOCK_RULE)
    return said


def _clock_time(option: str, words: str, typed: str, advice: str) -> time:
    if words in _NAMED:
        return _NAMED[words]
    found = _TIME.fullmatch(words)
    if not found:
        raise RunTimeError(option, typed, "that is no time of day", advice)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise RunTimeError(option, typed, "hours with am and pm go from 1 to 12", advice)
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    if hour > 23 or minute > 59:
        raise RunTimeError(option, typed, "no day has such a time: hours go from 0 to 23, minutes to 59", advice)
    return time(hour, minute)


def _weekday(words: str, typed: str) -> int:
    for number, name in enumerate(DAYS):
        if len(words) > 1 and name.casefold().startswith(words):
            return number
    raise RunTimeError("day", typed, "that is no day of the week", "Write Monday, or another one")


def _month_day(words: str, typed: str) -> int:
    if words in ("last", "last day", "the last", "the last day"):
        return LAST_DAY
    found = re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th|\.)?", words)
    if found and 1 <= int(found[1]) <= LAST_DAY:
        return int(found[1])
    raise RunTimeError("day", typed, "no month has such a day", "Write 1 to 31, or last")


def _is_quiet(timing: Timing) -> bool:
    return timing.repeat is not Repeat.HOURLY and timing.quiet is not None and timing.quiet.holds(timing.at)


def _in_quiet(timing: Timing) -> str:
    end = timing.quiet.end if timing.quiet else timing.at
    return f"{timing.at:%H:%M} lies in the quiet hours: it runs when they are over, at {end:%H:%M}."


def _odd_slots(timing: Timing, now: datetime) -> Sequence[Slot]:
    """Return the runs within a year whose time does not exist on that day, or exists twice."""
    if timing.repeat is Repeat.HOURLY:
        return ()
    # A time that the quiet hours move is another one anyway.
    plain = Timing(timing.repeat, timing.zone, timing.at, timing.day)
    within = takewhile(lambda slot: slot.at <= now + _YEAR, slots(plain, now))
    odd = [slot for slot in within if slot.moved in (Moved.GAP, Moved.FOLD)]
    return [] if _is_quiet(timing) else odd


def _odd(slot: Slot, timing: Timing) -> str:
    local = slot.at.astimezone(ZoneInfo(timing.zone))
    asked = datetime.fromisoformat(slot.key)
    if slot.moved is Moved.GAP:
        return f"On {tell_date(asked)} there is no {timing.at:%H:%M} there: it runs at {local:%H:%M}."
    return f"On {tell_date(asked)} there is {timing.at:%H:%M} twice: it runs the first time."


def _is_offset(zone: str, now: datetime) -> bool:
    """Tell whether a zone is named for a time, and not for a place: EST is not what New York has in summer."""
    return "/" not in zone and zone not in _PLAIN and not _clocks_change(zone, now)


def _clocks_change(zone: str, now: datetime) -> bool:
    """Tell whether the clocks of a zone change within the year to come."""
    months = (now + timedelta(days=30 * number) for number in range(13))
    return len({moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in months}) > 1
