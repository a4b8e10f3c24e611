"""Time zones: which there are, what time it is in one, and times said in words where Discord does not say them."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.services.errors import UnknownZoneError
from bot.services.wording import count, day

# The regions whose zones are named after cities; the rest are old names of the same.
_REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)

_OFFSET = re.compile(r"(?:utc|gmt)?_?[+-]_?\d{1,2}(?::?\d{2})?")

# Offered before anything is typed: one for each part of the world.
USUAL = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
)


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names of all time zones; the first call reads some hundred files, so do it off the event loop."""
    return tuple(sorted(available_timezones()))


def find_zone(typed: str) -> str:
    """Return the IANA name of the zone that is meant: its name in any case, or the city alone.

    Raises:
        UnknownZoneError: there is none, or several cities are called so.
    """
    wanted = _fold(typed)
    names = {_fold(name): name for name in zone_names()}
    if wanted in names:
        return names[wanted]
    cities = [name for name in zone_names() if name.startswith(_REGIONS) and _fold(name).endswith(f"/{wanted}")]
    if wanted and len(cities) == 1:
        return cities[0]
    # How far somebody is from UTC changes with the season, and is spelled like no zone that is meant.
    near = cities or ([] if _OFFSET.fullmatch(wanted) else [names[name] for name in get_close_matches(wanted, names)])
    raise UnknownZoneError(typed, near)


def offer_zones(typed: str, most: int) -> Sequence[str]:
    """Return zones whose name holds what was typed, those that begin with it first."""
    wanted = _fold(typed)
    if not wanted:
        return USUAL[:most]
    fitting = [name for name in ("UTC", *zone_names()) if name.startswith((*_REGIONS, "UTC")) and wanted in _fold(name)]
    return sorted(dict.fromkeys(fitting), key=lambda name: not _begins(name, wanted))[:most]


def clock(when: datetime, zone: str) -> str:
    """Say the time of day and the day in a zone: `10:30 on Wednesday, 4 March 2026`."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M} on {local:%A}, {day(local)}"


def span(length: timedelta) -> str:
    """Say how long something takes, in its largest unit, rounded up: `4 seconds`, `3 hours`."""
    seconds = max(1, -(-length // timedelta(seconds=1)))
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return count(-(-seconds // size), unit)
    return count(seconds, "second")


def relative(when: datetime, *, now: datetime) -> str:
    """Say a moment by how far away it is: `in 3 hours`, `4 minutes ago`."""
    return f"in {span(when - now)}" if when > now else f"{span(now - when)} ago"


def _fold(name: str) -> str:
    return "_".join(name.strip().lower().replace("_", " ").split())


def _begins(name: str, wanted: str) -> bool:
    return any(part.startswith(wanted) for part in _fold(name).split("/")) or _fold(name).startswith(wanted)
