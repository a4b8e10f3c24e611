"""Time zones by name and by city, and times said in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.errors import UnknownZoneError
from bot.services.zones import USUAL, clock, find_zone, offer_zones, relative, span, zone_names

NOW = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Europe/Oslo", "Europe/Oslo"),
        (" europe/oslo ", "Europe/Oslo"),
        ("oslo", "Europe/Oslo"),
        ("New York", "America/New_York"),
        ("sao_paulo", "America/Sao_Paulo"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_goes_by_its_name_or_by_its_city(typed, name):
    assert find_zone(typed) == name


@pytest.mark.parametrize("typed", ["", "  ", "../../etc/passwd", "Europe", "Mars/Base", "a" * 500, "\0"])
def test_what_is_no_zone_is_refused(typed):
    with pytest.raises(UnknownZoneError, match="There is no time zone"):
        find_zone(typed)


def test_a_slip_of_the_pen_is_told_what_was_meant():
    with pytest.raises(UnknownZoneError, match="Did you mean Europe/Zurich"):
        find_zone("europe/zurick")


def test_every_zone_that_is_offered_is_one():
    assert set(USUAL) <= set(zone_names())
    assert all(find_zone(name) == name for name in offer_zones("an", 25))


def test_those_that_begin_with_what_was_typed_come_first():
    assert offer_zones("lond", 25)[0] == "Europe/London"
    assert offer_zones("york", 25)[0] == "America/New_York"
    assert offer_zones("new y", 25) == ["America/New_York"]
    assert len(offer_zones("a", 25)) == 25
    assert offer_zones("", 5) == USUAL[:5]


def test_the_clock_is_that_of_the_zone():
    assert clock(NOW, "Asia/Tokyo") == "08:30 on Thursday, 5 March 2026"


@given(st.integers(0, 2**31), st.sampled_from(USUAL))
def test_the_clock_shows_the_hour_of_the_zone(seconds, zone):
    moment = datetime.fromtimestamp(seconds, UTC)

    assert f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" in clock(moment, zone)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 second"),
        (4, "4 seconds"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (3 * 3600, "3 hours"),
        (86_400, "1 day"),
        (90_000, "2 days"),
    ],
)
def test_a_wait_is_said_in_its_largest_unit_and_never_too_short(seconds, said):
    assert span(timedelta(seconds=seconds)) == said


def test_a_moment_is_ahead_or_past():
    assert relative(NOW + timedelta(hours=2), now=NOW) == "in 2 hours"
    assert relative(NOW - timedelta(minutes=5), now=NOW) == "5 minutes ago"


@pytest.mark.parametrize("typed", ["UTC+2", "gmt -5", "+02:00"])
def test_an_offset_is_no_zone_and_none_is_guessed_for_it(typed):
    with pytest.raises(UnknownZoneError, match="Type a large city near you"):
        find_zone(typed)
