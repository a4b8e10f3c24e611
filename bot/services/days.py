"""Days as people type them: `2024-03-05`, `5 March 2024`, `March 2024`, `2024`, `yesterday`, `2 weeks ago`, `today`.

Also the moments at which articles appeared: a day, with the hour or without.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from bot.services.errors import DateError, DayError

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "september" else "sept?(?:ember)?" for name in _MONTHS)
_UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}
_WORDS = {"today": 0, "yesterday": 1}

# What numbers alone may mean beside the year: 05/03 is two days in two parts of the world.
_PATTERNS = (
    r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?",
    r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
    r"(?P<one>\d{1,2})[-/](?P<other>\d{1,2})[-/](?P<year>\d{4})",
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+)?(?P<name>{_MONTH})\.?,?\s+(?P<year>\d{{4}})",
    rf"(?P<name>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
)
_COMPILED = tuple(re.compile(pattern, re.ASCII) for pattern in _PATTERNS)
_AGO = re.compile(r"(?:(?:last|past|an?|one)\s+)?(?P<number>\d{1,5})?\s*(?P<unit>d|w|m|y)[a-z]*(?:\s+ago)?", re.ASCII)
_HOUR = re.compile(
    r"(?:[,\s]\s*(?:at\s+)?|T(?=\d))(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.ASCII | re.IGNORECASE,
)
_UNIT_WORDS = re.compile(r"\b(?:days?|weeks?|months?|years?|\d+\s*[dwmy])\b", re.ASCII)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of what was typed: a day, a month, a year."""

    first: date
    last: date


def read_days(option: str, typed: str, *, today: date) -> Days:
    """Return what days are meant; relative ones are counted from `today`.

    Raises:
        DayError: it is no day, or could be two.
    """
    text = " ".join(typed.lower().split())
    try:
        days = _relative(text, today) or _absolute(option, text)
    except (ValueError, OverflowError) as error:
        raise DayError(option, typed, "there is no such day") from error
    if days is None:
        raise DayError(option, typed, "I don't read it as a day")
    return days


def read_moment(typed: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Return when an article appeared, in UTC; `zone` says which day it is today.

    An hour is taken as it is printed, in UTC, unless it names its zone, and a day without one as its beginning in UTC:
    so the day is the same in every list, wherever the desk is.

    Raises:
        DateError: it is no single day, could be two, or is still to come.
    """
    hour = _HOUR.search(typed.strip())
    words = typed.strip()[: hour.start()] if hour else typed
    try:
        days = read_days("date", words, today=now.astimezone(zone).date())
    except DayError as error:
        raise DateError(typed, error.why) from error
    if days.first != days.last:
        raise DateError(typed, "it names no single day")
    try:
        moment = _at(days.first, hour)
    except (ValueError, OverflowError) as error:
        raise DateError(typed, "there is no such hour") from error
    # Somewhere it is tomorrow already.
    if moment > now + timedelta(days=1):
        raise DateError(typed, "that day is still to come")
    return moment


def _at(day: date, hour: re.Match[str] | None) -> datetime:
    if hour is None:
        return datetime.combine(day, time(), UTC)
    number = int(hour["hour"])
    if hour["half"]:
        if not 1 <= number <= 12:
            raise ValueError(number)
        number = number % 12 + 12 * (hour["half"][0].lower() == "p")
    there = datetime.combine(day, time(number, int(hour["minute"]), int(hour["second"] or 0)), _zone(hour))
    return there.astimezone(UTC)


def _zone(hour: re.Match[str]) -> tzinfo:
    named = (hour["zone"] or "").upper()
    if named in ("", "Z", "UTC", "GMT"):
        return UTC
    away = timedelta(hours=int(named[1:3]), minutes=int(named[-2:]))
    return timezone(-away if named[0] == "-" else away)


def _relative(text: str, today: date) -> Days | None:
    if text in _WORDS:
        return _one(today - timedelta(days=_WORDS[text]))
    found = _AGO.fullmatch(text)
    if found is None or not _UNIT_WORDS.search(text):
        return None
    number = int(found["number"] or 1)
    return _one(today - timedelta(days=number * _UNITS[found["unit"]]))


def _absolute(option: str, text: str) -> Days | None:
    for pattern in _COMPILED:
        if found := pattern.fullmatch(text):
            return _days(option, text, found.groupdict())
    return None


def _days(option: str, text: str, parts: Mapping[str, str | None]) -> Days:
    year = int(parts["year"] or 0)
    if parts.get("one"):
        return _one(_of_two(option, text, int(parts["one"] or 0), int(parts["other"] or 0), year))
    name = parts.get("name")
    month = next(place for place, full in enumerate(_MONTHS, 1) if full[:3] == name[:3]) if name else parts.get("month")
    if month is None:
        return Days(date(year, 1, 1), date(year, 12, 31))
    if not parts.get("day"):
        return Days(date(year, int(month), 1), date(year, int(month), monthrange(year, int(month))[1]))
    return _one(date(year, int(month), int(parts["day"] or 0)))


def _of_two(option: str, text: str, one: int, other: int, year: int) -> date:
    """Return the only day that two numbers can mean.

    Raises:
        DayError: they can mean two.
    """
    if one <= 12 and other <= 12 and one != other:
        raise DayError(option, text, f"it could be {year}-{one:02}-{other:02} or {year}-{other:02}-{one:02}")
    return date(year, other, one) if one > 12 or one == other else date(year, one, other)


def _one(day: date) -> Days:
    return Days(day, day)
