"""Daily runs over six years in every IANA zone: days missed and days doubled, ours beside APScheduler and croniter.

    python bench/schedules.py [--small]

Each zone is tried at usual times of day, and at the beginning, in the middle and at the end of each of its gaps and
folds. Zones that behave alike in these years are computed once and counted by their names. A run counts for the local
day that it stands on; where a gap goes over midnight, one right behind the gap counts for the day before. A day that
the zone left out is nobody's.

The two others are no dependencies of Verbatim's: `pip install -e '.[bench]'`. Where they are missing it says so.
"""

import argparse
import time as clock
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo, available_timezones

from bot.services.schedules import Repeat, Timing, slots

FIRST, LAST = date(2021, 1, 1), date(2027, 1, 1)
USUAL = (time(0), time(2, 30), time(9))
NOT_ZONES = {"Factory", "localtime"}
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Change:
    """A moment at which the clocks of a zone change, and what they show then, before and after."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def times(self):
        """The times of day around what is left out or comes twice."""
        ends = sorted((self.at + offset).replace(tzinfo=None) for offset in (self.before, self.after))
        middle = ends[0] + (ends[1] - ends[0]) / 2
        return {each.time().replace(second=0) for each in (ends[0], middle, ends[1] - MINUTE, ends[1])}


def changes_of(zone, first, last):
    found = []
    moment, end = datetime.combine(first, time(), UTC), datetime.combine(last, time(), UTC)
    while moment < end:
        then = moment + DAY
        if offset(zone, moment) != offset(zone, then):
            low, high = moment, then
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (low, middle) if offset(zone, middle) != offset(zone, low) else (middle, high)
            at = high.replace(microsecond=0)
            found.append(Change(at, offset(zone, moment), offset(zone, then)))
        moment = then
    return tuple(found)


def offset(zone, moment):
    return moment.astimezone(zone).utcoffset()


def groups(first, last):
    """Return the zones by what their clocks do in these years."""
    found = defaultdict(list)
    for name in sorted(available_timezones() - NOT_ZONES):
        zone = ZoneInfo(name)
        begin = offset(zone, datetime.combine(first, time(), UTC))
        found[begin, changes_of(zone, first, last)].append(name)
    return found


def ours(name, at, after):
    return (slot.at for slot in slots(Timing(Repeat.DAILY, name, at), after))


def apscheduler(name, at, after):
    trigger = import_module("apscheduler.triggers.cron").CronTrigger(
        hour=at.hour, minute=at.minute, timezone=ZoneInfo(name)
    )
    before, moment = None, after
    while True:
        before = trigger.get_next_fire_time(before, moment)
        moment = before
        yield before.astimezone(UTC)


def croniter(name, at, after):
    runs = import_module("croniter").croniter(f"{at.minute} {at.hour} * * *", after.astimezone(ZoneInfo(name)))
    while True:
        yield runs.get_next(datetime).astimezone(UTC)


CONTESTANTS = {"ours": ours, "APScheduler": apscheduler, "croniter": croniter}


def count(runs, zone, changes, first, last):
    """Return how many days have no run, and how many more than one."""
    # What stands right behind a gap that began the day before is that day's.
    behind = {
        change.at: (change.at + change.before).date()
        for change in changes
        if change.after > change.before and (change.at + change.after).date() > (change.at + change.before).date()
    }
    seen = Counter()
    end = datetime.combine(last + DAY, time(), UTC)
    for run in runs:
        if run > end:
            break
        swallowed = behind.get(run)
        seen[run.astimezone(zone).date() if swallowed is None or seen[swallowed] else swallowed] += 1
    days = [first + number * DAY for number in range((last - first).days)]
    exist = [
        day for day in days if datetime.combine(day, time(12), zone).astimezone(UTC).astimezone(zone).date() == day
    ]
    return sum(not seen[day] for day in exist), sum(max(0, seen[day] - 1) for day in exist)


def available(contestants):
    found = {}
    for name, runs in contestants.items():
        try:
            next(runs("UTC", time(9), datetime.combine(FIRST, time(), UTC)))
        except ModuleNotFoundError:
            print(f"{name} is not installed and left out: pip install -e '.[bench]'")
            continue
        found[name] = runs
    return found


def around(changes):
    """Return the stretches of days around changes: nowhere else anybody errs, and the others are slow."""
    return tuple(((change.at - 10 * DAY).date(), (change.at + 10 * DAY).date()) for change in changes)


def measure(contestants, zones, stretches):
    """Return what came of each contestant, over the stretches of days that a zone's changes ask for."""
    totals = {name: Counter() for name in contestants}
    wrong = defaultdict(set)
    for (_, changes), names in zones.items():
        zone = ZoneInfo(names[0])
        for at in sorted({*USUAL, *(at for change in changes for at in change.times)}):
            for first, last in stretches(changes):
                for name, runs in contestants.items():
                    began = clock.perf_counter()
                    after = datetime.combine(first, time(), UTC) - 2 * DAY
                    missed, doubled = count(runs(names[0], at, after), zone, changes, first, last)
                    total = totals[name]
                    total["seconds"] += clock.perf_counter() - began
                    total["runs"] += (last - first).days
                    total["days"] += (last - first).days * len(names)
                    total["missed"] += missed * len(names)
                    total["doubled"] += doubled * len(names)
                    wrong[name] |= set(names) if missed or doubled else set()
    for name, total in totals.items():
        total["zones wrong"] = len(wrong[name])
    return totals


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="one year, and of zones that never change a few")
    small = parser.parse_args().small
    first, last = (date(2026, 1, 1), date(2027, 1, 1)) if small else (FIRST, LAST)
    zones = groups(first, last)
    if small:
        changing = [key for key in zones if key[1]]
        zones = {key: zones[key] for key in [*changing[:12], *[key for key in zones if not key[1]][:3]]}
    totals = {"ours, every day": measure({"ours": ours}, zones, lambda _: [(first, last)])["ours"]}
    near = measure(available(CONTESTANTS), zones, around)
    totals |= {f"{name}, ten days before and after each change": total for name, total in near.items()}
    named = sum(map(len, zones.values()))
    print(f"{named} zones ({len(zones)} kinds), {first} to {last}")
    print("| | days tried | missed | doubled | zones with either | µs a run |\n| --- | --- | --- | --- | --- | --- |")
    for name, total in totals.items():
        micro = 1e6 * total["seconds"] / total["runs"]
        print(
            f"| {name} | {total['days']:,} | {total['missed']:,} | {total['doubled']:,} | {total['zones wrong']} "
            f"| {micro:.0f} |"
        )
    if any(total["missed"] or total["doubled"] for total in (totals["ours, every day"], near["ours"])):
        raise SystemExit("a day is missed or doubled")


if __name__ == "__main__":
    main()
