"""Local times stay local, over every change of clocks: no day is missed and none comes twice."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.errors import ScheduleTimeError
from bot.services.schedules import (
    LAST_DAY,
    Moved,
    Quiet,
    Repeat,
    Slot,
    Timing,
    check,
    count_slots,
    last_slot,
    next_slot,
    slots,
)

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
BEGINNING, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
NIGHT = Quiet(time(22), time(7))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(timing, after, many):
    """Return the next slots in the zone's own time."""
    zone = ZoneInfo(timing.zone)
    found = islice(slots(timing, utc(after)), many)
    return [f"{slot.at.astimezone(zone):%Y-%m-%d %H:%M %z}" for slot in found]


def days_of(repeat):
    last = {Repeat.WEEKLY: 6, Repeat.MONTHLY: 31}.get(repeat)
    return st.none() if last is None else st.integers(last == 31, last)


times = st.times().map(lambda one: one.replace(second=0, microsecond=0))
quiets = st.none() | st.tuples(times, times).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Quiet(*pair))
timings = st.sampled_from(Repeat).flatmap(
    lambda repeat: st.builds(Timing, st.just(repeat), st.sampled_from(ZONES), times, days_of(repeat), quiets)
)
moments = st.datetimes(BEGINNING.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC))


class TestTheRule:
    def test_a_time_in_a_gap_runs_at_the_first_moment_after_it(self):
        timing = Timing(Repeat.DAILY, "Europe/Berlin", time(2, 30))

        assert local(timing, "2026-03-28T00:00", 3) == [
            "2026-03-28 02:30 +0100",
            "2026-03-29 03:00 +0200",
            "2026-03-30 02:30 +0200",
        ]
        assert next_slot(timing, utc("2026-03-28T12:00")) == Slot(
            "2026-03-29T02:30", utc("2026-03-29T01:00"), Moved.GAP
        )

    def test_a_time_that_comes_twice_runs_the_first_time(self):
        timing = Timing(Repeat.DAILY, "Europe/Berlin", time(2, 30))

        assert local(timing, "2026-10-24T12:00", 2) == ["2026-10-25 02:30 +0200", "2026-10-26 02:30 +0100"]
        assert next_slot(timing, utc("2026-10-24T12:00")).moved is Moved.FOLD

    def test_a_gap_over_midnight_runs_right_after_it_and_takes_no_other_days_place(self):
        timing = Timing(Repeat.DAILY, "America/Nuuk", time(23, 30))

        assert local(timing, "2024-03-30T12:00", 2) == ["2024-03-31 00:00 -0100", "2024-03-31 23:30 -0100"]

    def test_a_day_that_a_zone_left_out_has_no_run_but_a_weeks_run_is_not_lost(self):
        daily = Timing(Repeat.DAILY, "Pacific/Apia", time(9))
        weekly = Timing(Repeat.WEEKLY, "Pacific/Apia", time(9), date(2011, 12, 30).weekday())

        assert local(daily, "2011-12-29T12:00", 2) == ["2011-12-29 09:00 -1000", "2011-12-31 09:00 +1400"]
        assert local(weekly, "2011-12-29T12:00", 2) == ["2011-12-31 00:00 +1400", "2012-01-06 09:00 +1400"]

    def test_hours_are_real_hours_and_half_hours_of_the_clock_are_no_reason_to_run_twice(self):
        berlin = Timing(Repeat.HOURLY, "Europe/Berlin", time(0, 15))
        lord_howe = Timing(Repeat.HOURLY, "Australia/Lord_Howe", time(0, 45))

        assert [line[11:] for line in local(berlin, "2026-10-24T23:30", 4)] == [
            "02:15 +0200",
            "02:15 +0100",
            "03:15 +0100",
            "04:15 +0100",
        ]
        assert [line[11:] for line in local(lord_howe, "2026-04-04T13:00", 4)] == [
            "00:45 +1100",
            "01:45 +1100",
            "02:45 +1030",
            "03:45 +1030",
        ]


class TestDays:
    def test_weekdays_leave_the_weekend_out(self):
        timing = Timing(Repeat.WEEKDAYS, "UTC", time(8))

        found = [slot.at.date().isoformat() for slot in islice(slots(timing, utc("2026-01-08T12:00")), 3)]

        assert found == ["2026-01-09", "2026-01-12", "2026-01-13"]

    def test_a_day_that_a_month_does_not_have_is_its_last(self):
        def found(day):
            return [
                slot.key[:10] for slot in islice(slots(Timing(Repeat.MONTHLY, "UTC", day=day), utc("2028-01-31")), 3)
            ]

        assert found(LAST_DAY) == ["2028-01-31", "2028-02-29", "2028-03-31"]
        assert found(30) == ["2028-02-29", "2028-03-30", "2028-04-30"]


class TestQuietHours:
    def test_a_slot_inside_them_comes_at_their_end(self):
        timing = Timing(Repeat.DAILY, "Africa/Lagos", time(23, 30), quiet=NIGHT)

        assert local(timing, "2026-05-01T12:00", 2) == ["2026-05-02 07:00 +0100", "2026-05-03 07:00 +0100"]

    def test_hours_that_are_moved_together_come_once(self):
        timing = Timing(Repeat.HOURLY, "Africa/Lagos", time(0), quiet=NIGHT)

        assert [line[11:16] for line in local(timing, "2026-05-01T19:30", 4)] == ["21:00", "07:00", "08:00", "09:00"]

    def test_once_over_they_do_not_come_again_where_the_clock_goes_back(self):
        timing = Timing(Repeat.HOURLY, "Europe/Berlin", time(0, 15), quiet=Quiet(time(22), time(2, 30)))

        assert local(timing, "2026-10-25T00:00", 2) == ["2026-10-25 02:30 +0200", "2026-10-25 02:15 +0100"]


@given(timings, moments)
def test_each_slot_is_the_next_one_whenever_it_is_asked_for(timing, after):
    first = next_slot(timing, after)

    between = after + (first.at - after) / 2
    second = next_slot(timing, first.at)

    assert first.at > after
    assert next_slot(timing, between) == first
    assert second.at > first.at
    assert second.key != first.key
    assert last_slot(timing, first.at) == first
    assert count_slots(timing, after, second.at, most=9) == 2


@given(timings)
def test_timings_come_back_from_json_as_they_were(timing):
    assert Timing.from_json(timing.to_json()) == check(timing) == timing


def changes_of(zone):
    """Return the moments at which a zone's clocks change, each with what they showed then."""
    found, step = [], BEGINNING
    while step < END:
        after = step + DAY
        if step.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found.append(step.astimezone(zone))
        step = after
    return found


@pytest.mark.parametrize("first_letter", "AEIOPU")
def test_no_day_is_missed_or_doubled_around_any_change_of_any_zone(first_letter):
    seen = set()
    for name in (name for name in ZONES if name[0] == first_letter):
        zone = ZoneInfo(name)
        for change in changes_of(zone)[-2:]:
            # Many zones change alike.
            alike = change.isoformat(), (change + DAY).isoformat()
            if alike in seen:
                continue
            seen.add(alike)
            for hour, minute in ((0, 0), (0, 30), (1, 30), (2, 0), (2, 30), (23, 30)):
                timing = Timing(Repeat.DAILY, name, time(hour, minute))
                around = [slot.key[:10] for slot in islice(slots(timing, change - 3 * DAY), 7)]
                first = date.fromisoformat(around[0])
                assert around == [(first + number * DAY).isoformat() for number in range(7)], (name, change)


@pytest.mark.parametrize(
    ("timing", "why"),
    [
        (Timing(Repeat.DAILY, "Europe/Atlantis"), "no time zone"),
        (Timing(Repeat.DAILY, "../etc/passwd"), "no time zone"),
        (Timing(Repeat.DAILY, "UTC", time(9, 0, 1)), "hours and minutes"),
        (Timing(Repeat.DAILY, "UTC", day=1), "has no day"),
        (Timing(Repeat.WEEKLY, "UTC"), "day is missing"),
        (Timing(Repeat.WEEKLY, "UTC", day=7), "day is missing"),
        (Timing(Repeat.MONTHLY, "UTC", day=0), "day is missing"),
        (Timing(Repeat.DAILY, "UTC", quiet=Quiet(time(7), time(7))), "nothing would ever be posted"),
    ],
)
def test_what_cannot_be_is_refused(timing, why):
    with pytest.raises(ScheduleTimeError, match=why):
        check(timing)
    with pytest.raises(ScheduleTimeError):
        Timing.from_json(timing.to_json() | {"zone": timing.zone} if timing.at.second == 0 else {"repeat": "daily"})


@pytest.mark.parametrize("value", [{}, {"repeat": "yearly"}, None, {"repeat": "daily", "zone": 5, "at": "x"}])
def test_what_was_kept_by_another_version_is_refused(value):
    with pytest.raises(ScheduleTimeError):
        Timing.from_json(value)
