from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.days import Days, read_days, read_moment
from bot.services.errors import DateError, DayError

TODAY = date(2026, 3, 4)
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(typed):
    return read_days("since", typed, today=TODAY)


@pytest.mark.parametrize(
    "typed",
    [
        "2024-03-05",
        "2024-3-5",
        "2024/03/05",
        "2024.03.05",
        "5.3.2024",
        "05. 03. 2024",
        "5 March 2024",
        "5 mar 2024",
        "5th March, 2024",
        "5. MARCH 2024",
        "March 5, 2024",
        "Mar. 5th 2024",
        "  march   5 2024 ",
    ],
)
def test_a_day_is_read_in_the_ways_that_people_write_it(typed):
    assert read(typed) == Days(date(2024, 3, 5), date(2024, 3, 5))


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2024", Days(date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-02", Days(date(2024, 2, 1), date(2024, 2, 29))),
        ("Sept 2023", Days(date(2023, 9, 1), date(2023, 9, 30))),
        ("13/3/2024", Days(date(2024, 3, 13), date(2024, 3, 13))),
        ("3/13/2024", Days(date(2024, 3, 13), date(2024, 3, 13))),
        ("3/3/2024", Days(date(2024, 3, 3), date(2024, 3, 3))),
        ("today", Days(TODAY, TODAY)),
        ("Yesterday", Days(date(2026, 3, 3), date(2026, 3, 3))),
        ("2 weeks ago", Days(date(2026, 2, 18), date(2026, 2, 18))),
        ("last week", Days(date(2026, 2, 25), date(2026, 2, 25))),
        ("10d", Days(date(2026, 2, 22), date(2026, 2, 22))),
        ("30 days", Days(date(2026, 2, 2), date(2026, 2, 2))),
        ("a year ago", Days(date(2025, 3, 4), date(2025, 3, 4))),
    ],
)
def test_a_month_a_year_and_a_time_ago_are_days_too(typed, days):
    assert read(typed) == days


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("5/3/2024", "it could be 2024-05-03 or 2024-03-05"),
        ("2024-02-30", "there is no such day"),
        ("31 April 2024", "there is no such day"),
        ("99999 years ago", "there is no such day"),
        ("0000-01-01", "there is no such day"),
        ("soon", "I don't read it as a day"),
        ("m", "I don't read it as a day"),
        ("decade", "I don't read it as a day"),
        ("٢٠٢٤", "I don't read it as a day"),
    ],
)
def test_what_is_no_day_or_two_is_answered_with_how_to_write_one(typed, why):
    with pytest.raises(DayError, match=why) as caught:
        read(typed)

    assert "since" in str(caught.value)
    assert "2024-03-05" in str(caught.value)


@given(st.text(max_size=30) | st.dates(min_value=date(1000, 1, 1)).map(str))
def test_whatever_is_typed_is_a_day_or_is_refused(typed):
    try:
        days = read(typed)
    except DayError:
        return

    assert days.first <= days.last


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        ("5.3.2024 14:30", time(14, 30)),
        ("2024-03-05 14:30", time(14, 30)),
        ("2024-03-05T14:30:00Z", time(14, 30)),
        ("2024-03-05 14:30:00+02:00", time(12, 30)),
        ("5 March 2024, 2:30 pm", time(14, 30)),
        ("March 5, 2024 at 12:30 a.m.", time(0, 30)),
        ("5 March 2024 14:30 UTC", time(14, 30)),
        ("5 March 2024", time()),
    ],
)
def test_the_hour_of_an_article_is_taken_as_it_is_printed_unless_it_names_its_zone(typed, hour):
    assert read_moment(typed, now=NOW, zone=BERLIN) == datetime.combine(date(2024, 3, 5), hour, UTC)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("3/4/2024", "it could be"),
        ("March 2024", "names no single day"),
        ("6 March 2026", "still to come"),
        ("5 March 2024 24:00", "no such hour"),
        ("5 March 2024 13:00 pm", "no such hour"),
        ("2024-03-05 14:30 +99:00", "no such hour"),
        ("14:30", "I don't read it"),
        ("", "I don't read it"),
    ],
)
def test_a_moment_that_cannot_be_is_answered_with_examples(typed, why):
    with pytest.raises(DateError, match=f"{why}.*Write 2024-03-05"):
        read_moment(typed, now=NOW, zone=BERLIN)


@given(st.dates(date(1900, 1, 1), TODAY), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y"]))
def test_a_day_without_an_hour_begins_in_utc_wherever_the_desk_is(when, written):
    assert read_moment(when.strftime(written), now=NOW, zone=BERLIN) == datetime.combine(when, time(), UTC)
