"""When a digest runs, as people type it and as it is told."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.errors import IntervalTooShortError, RunTimeError
from bot.services.replies import Moment
from bot.services.schedules import CLOCK_RULE, LAST_DAY, Quiet, Repeat, Timing
from bot.services.timings import (
    DAYS,
    next_runs,
    read_day,
    read_quiet,
    read_repeat,
    read_time,
    remarks_on,
    tell_timing,
)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hourly", Repeat.HOURLY),
        ("  Every   Day ", Repeat.DAILY),
        ("monday to friday", Repeat.WEEKDAYS),
        ("week", Repeat.WEEKLY),
        ("MONTHLY", Repeat.MONTHLY),
    ],
)
def test_how_often_is_read_in_several_ways(typed, meant):
    assert read_repeat(typed) is meant


@pytest.mark.parametrize("typed", ["every 5 minutes", "30 min", "10s", "half an hour", "every 15m"])
def test_more_often_than_hourly_is_too_often(typed):
    with pytest.raises(IntervalTooShortError, match="shortest interval is an hour"):
        read_repeat(typed)


def test_an_interval_that_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(RunTimeError, match="Write hourly, daily, weekdays, weekly or monthly"):
        read_repeat("fortnightly")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("07:30", time(7, 30)),
        ("7.30", time(7, 30)),
        ("0730", time(7, 30)),
        ("19h30", time(19, 30)),
        ("7h", time(7)),
        ("7", time(7)),
        ("7pm", time(19)),
        ("7:30 p.m.", time(19, 30)),
        ("12 am", time(0)),
        ("12:05 pm", time(12, 5)),
        ("Noon", time(12)),
        ("midnight", time(0)),
    ],
)
def test_a_time_is_read_as_people_write_it(typed, meant):
    assert read_time(typed, Repeat.DAILY) == meant


@pytest.mark.parametrize("typed", ["24:00", "7:60", "13 pm", "0 am", "soon", "7:5", "", "-1"])
def test_a_time_that_no_day_has_is_refused_with_how_to_write_one(typed):
    with pytest.raises(RunTimeError, match=r"Write it like 07:30 or 7:30 pm\.$"):
        read_time(typed, Repeat.WEEKLY)


@pytest.mark.parametrize(("typed", "minute"), [(":15", 15), ("15", 15), ("00:45", 45), ("9:05", 5)])
def test_of_what_runs_hourly_the_minute_counts(typed, minute):
    assert read_time(typed, Repeat.HOURLY) == time(0, minute)


def test_an_hour_has_no_sixty_first_minute():
    with pytest.raises(RunTimeError, match="takes the minute"):
        read_time("61", Repeat.HOURLY)


@pytest.mark.parametrize(
    ("typed", "repeat", "meant"),
    [
        (None, Repeat.DAILY, None),
        ("", Repeat.HOURLY, None),
        (None, Repeat.WEEKLY, 0),
        ("thu", Repeat.WEEKLY, 3),
        ("SUNDAY", Repeat.WEEKLY, 6),
        (None, Repeat.MONTHLY, 1),
        ("15", Repeat.MONTHLY, 15),
        ("the 22nd", Repeat.MONTHLY, 22),
        ("last day", Repeat.MONTHLY, LAST_DAY),
    ],
)
def test_a_day_is_read_by_how_often_it_runs(typed, repeat, meant):
    assert read_day(typed, repeat) == meant


@pytest.mark.parametrize(
    ("typed", "repeat"),
    [
        ("t", Repeat.WEEKLY),
        ("Funday", Repeat.WEEKLY),
        ("0", Repeat.MONTHLY),
        ("32", Repeat.MONTHLY),
        ("2", Repeat.DAILY),
    ],
)
def test_a_day_that_there_is_not_is_refused(typed, repeat):
    with pytest.raises(RunTimeError, match=f"“{typed}” in day"):
        read_day(typed, repeat)


@pytest.mark.parametrize("typed", ["22:00-07:00", "22 - 7", "10pm to 7am", "22:00 until 7"])
def test_quiet_hours_are_read_in_several_ways(typed):
    assert read_quiet(typed) == Quiet(time(22), time(7))


@pytest.mark.parametrize("typed", ["-", "none", "Off"])
def test_quiet_hours_are_taken_off(typed):
    assert read_quiet(typed) is None


@pytest.mark.parametrize("typed", ["22:00", "22-25", "9-9", "22-7-8", "night"])
def test_quiet_hours_that_cannot_be_are_refused(typed):
    with pytest.raises(RunTimeError, match="Write them like 22:00-07:00"):
        read_quiet(typed)


@given(st.times().map(lambda one: one.replace(second=0, microsecond=0)), st.sampled_from(list(Repeat)), st.data())
def test_what_is_told_of_a_time_and_a_day_is_read_back_as_the_same(at, repeat, data):
    spans = {Repeat.WEEKLY: st.integers(0, 6), Repeat.MONTHLY: st.integers(1, LAST_DAY)}
    day = data.draw(spans.get(repeat, st.none()))
    written = {Repeat.WEEKLY: lambda: DAYS[day], Repeat.MONTHLY: lambda: str(day)}.get(repeat, lambda: None)()

    hourly = repeat is Repeat.HOURLY
    assert read_time(f"{at:%H:%M}", repeat) == (at.replace(hour=0) if hourly else at)
    assert read_day(written, repeat) == day


@pytest.mark.parametrize(
    ("timing", "told"),
    [
        (Timing(Repeat.HOURLY, "UTC", time(0, 0)), "every hour on the hour, UTC"),
        (Timing(Repeat.HOURLY, "UTC", time(0, 5)), "every hour at :05, UTC"),
        (Timing(Repeat.WEEKDAYS, "Asia/Tokyo", time(7, 30)), "Monday to Friday at 07:30, Asia/Tokyo"),
        (Timing(Repeat.WEEKLY, "UTC", time(9), 4), "every Friday at 09:00, UTC"),
        (Timing(Repeat.MONTHLY, "UTC", time(9), 22), "on the 22nd of each month at 09:00, UTC"),
        (Timing(Repeat.MONTHLY, "UTC", time(9), 11), "on the 11th of each month at 09:00, UTC"),
        (Timing(Repeat.MONTHLY, "UTC", time(9), LAST_DAY), "on the last day of each month at 09:00, UTC"),
    ],
)
def test_times_are_told_in_words(timing, told):
    assert tell_timing(timing) == told


def test_the_next_three_runs_are_moments():
    runs = next_runs(Timing(Repeat.DAILY, "Europe/Berlin", time(7, 30)), NOON)

    assert [part.when for part in runs if isinstance(part, Moment)] == [
        datetime(2026, 3, day, 6, 30, tzinfo=UTC) for day in (5, 6, 7)
    ]


def test_days_on_which_its_time_is_missing_or_comes_twice_are_named_with_the_rule():
    told = remarks_on(Timing(Repeat.DAILY, "Europe/Berlin", time(2, 30)), NOON)

    assert told == [
        "On 29 March 2026 there is no 02:30 there: it runs at 03:00.",
        "On 25 October 2026 there is 02:30 twice: it runs the first time.",
        CLOCK_RULE,
    ]


def test_a_weekly_time_is_warned_of_only_where_it_falls_on_such_a_day():
    timing = Timing(Repeat.WEEKLY, "Europe/Berlin", time(2, 30), day=2)

    assert remarks_on(timing, NOON) == [CLOCK_RULE]


def test_a_zone_that_is_an_offset_says_so_where_people_may_mean_a_place():
    told = [remarks_on(Timing(Repeat.DAILY, zone), NOON) for zone in ("EST", "UTC", "Asia/Tokyo")]

    assert "EST is the same time all year" in " ".join(told[0])
    assert told[1:] == [[], []]


def test_where_the_clocks_never_change_no_rule_is_told():
    assert remarks_on(Timing(Repeat.DAILY, "Asia/Tokyo", time(2, 30)), NOON) == []


def test_a_time_in_the_quiet_hours_is_told_to_move():
    timing = Timing(Repeat.DAILY, "UTC", time(6), quiet=Quiet(time(22), time(7)))

    assert remarks_on(timing, NOON) == ["06:00 lies in the quiet hours: it runs when they are over, at 07:00."]


def test_a_day_that_some_months_lack_is_told_of():
    timing = Timing(Repeat.MONTHLY, "UTC", time(6), day=30)

    assert remarks_on(timing, NOON) == ["In a month without the 30th, it runs on the last day."]
