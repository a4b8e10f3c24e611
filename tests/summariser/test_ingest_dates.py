"""Dates as they are printed; no date is better than a wrong one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.ingest.dates import read_address, read_date_line, read_dateline_date, read_stamp, stated_in
from summariser.model import DateKind, DateOrigin, DatePlace, Span

PUBLISHED, MODIFIED = DateKind.PUBLISHED, DateKind.MODIFIED


@pytest.mark.parametrize(
    ("line", "when", "kind", "words", "rest"),
    [
        ("Monday، 27 March 2017 11:40 PM", (2017, 3, 27, 23, 40), PUBLISHED, "27 March 2017 11:40 PM", ""),
        ("Updated: April 1, 2021 05:04 PM", (2021, 4, 1, 17, 4), MODIFIED, "April 1, 2021 05:04 PM", ""),
        ("Last Modified: 2 Dec. 2019", (2019, 12, 2), MODIFIED, "2 Dec. 2019", ""),
        ("March 12, 2021 at 12:46 pm", (2021, 3, 12, 12, 46), PUBLISHED, "March 12, 2021 at 12:46 pm", ""),
        ("12:05 am, Sept 3rd, 2020", (2020, 9, 3, 0, 5), PUBLISHED, "12:05 am, Sept 3rd, 2020", ""),
        ("03/28/2021", (2021, 3, 28), PUBLISHED, "03/28/2021", ""),
        ("28/03/2021", (2021, 3, 28), PUBLISHED, "28/03/2021", ""),
        ("4-4-2021", (2021, 4, 4), PUBLISHED, "4-4-2021", ""),
        ("19.04.2021", (2021, 4, 19), PUBLISHED, "19.04.2021", ""),
        ("03.04.2021 um 14:30 Uhr", (2021, 4, 3, 14, 30), PUBLISHED, "03.04.2021 um 14:30", ""),
        ("Posted on 2020-02-29T10:11:12Z", (2020, 2, 29, 10, 11), PUBLISHED, "2020-02-29T10:11:12Z", ""),
        ("2020-02-29 10:11 +02:00", (2020, 2, 29, 8, 11), PUBLISHED, "2020-02-29 10:11 +02:00", ""),
        ("2020-02-29 10:11 -0530", (2020, 2, 29, 15, 41), PUBLISHED, "2020-02-29 10:11 -0530", ""),
        ("2 mai 2019 à 18h05", (2019, 5, 2, 18, 5), PUBLISHED, "2 mai 2019 à 18h05", ""),
        ("3 de enero de 2018", (2018, 1, 3), PUBLISHED, "3 de enero de 2018", ""),
        ("14 Ağustos 2016 Pazar", (2016, 8, 14), PUBLISHED, "14 Ağustos 2016", ""),
        ("آخر تحديث: ٢٦ كانون الثاني ٢٠٢٣", (2023, 1, 26), MODIFIED, "٢٦ كانون الثاني ٢٠٢٣", ""),
        ("Published: 2 May 2021 | Updated: 3 May 2021", (2021, 5, 2), PUBLISHED, "2 May 2021", ""),
        ("Updated 3 May 2021, published 2 May 2021", (2021, 5, 2), PUBLISHED, "2 May 2021", ""),
        ("The Daily StarMay 3, 2020", (2020, 5, 3), PUBLISHED, "May 3, 2020", "The Daily Star"),
        ("Last updated at 16:20 EAT on 13 June 2024", (2024, 6, 13, 16, 20), MODIFIED, "16:20 EAT on 13 June 2024", ""),
        (
            "The Halm Post, 3 May 2020 16:20, 18:05",
            (2020, 5, 3, 16, 20),
            PUBLISHED,
            "3 May 2020 16:20",
            "The Halm Post",
        ),
        ("16 May, 2020 04:00 AM4 mins to read", (2020, 5, 16, 4), PUBLISHED, "16 May, 2020 04:00 AM", ""),
        ("May, 3 2020", (2020, 5, 3), PUBLISHED, "May, 3 2020", ""),
        (
            "By Ada Roe | The Herald | Updated: 4 May 2020 | Published: 3 May 2020",
            (2020, 5, 3),
            PUBLISHED,
            "3 May 2020",
            "By Ada Roe | The Herald",
        ),
        ("Wednesday, 05/06/2013", (2013, 6, 5), PUBLISHED, "05/06/2013", ""),
        ("Monday, 05/06/2013", (2013, 5, 6), PUBLISHED, "05/06/2013", ""),
        ("19.04.21", (2021, 4, 19), PUBLISHED, "19.04.21", ""),
        ("22-Mar-2021", (2021, 3, 22), PUBLISHED, "22-Mar-2021", ""),
        ("2021年3月22日", (2021, 3, 22), PUBLISHED, "2021年3月22日", ""),
        ("12 آذار/مارس 2021", (2021, 3, 12), PUBLISHED, "12 آذار/مارس 2021", ""),
        ("الثلاثاء 4 محرم 1441 هـ - 3 سبتمبر 2019 م", (2019, 9, 3), PUBLISHED, "3 سبتمبر 2019", ""),
        ("08 Şubat 2020 Cumartesi 11:27", (2020, 2, 8, 11, 27), PUBLISHED, "08 Şubat 2020 Cumartesi 11:27", ""),
        ("Montag, 22. März 2021, 18.30 Uhr", (2021, 3, 22, 18, 30), PUBLISHED, "22. März 2021, 18.30", ""),
        ("Last modified on Wed 25 Jul 2018 17.04 BST", (2018, 7, 25, 17, 4), MODIFIED, "25 Jul 2018 17.04 BST", ""),
        (
            "Updated 1:05 PM ET, Wed January 6, 2021",
            (2021, 1, 6, 13, 5),
            MODIFIED,
            "1:05 PM ET, Wed January 6, 2021",
            "",
        ),
        (
            "Nov 21, 2023 4:48 PM UTC Updated 3 hours ago",
            (2023, 11, 21, 16, 48),
            PUBLISHED,
            "Nov 21, 2023 4:48 PM UTC",
            "",
        ),
        (
            "Miércoles, 21 de noviembre de 2018 12:04 hs",
            (2018, 11, 21, 12, 4),
            PUBLISHED,
            "21 de noviembre de 2018 12:04",
            "",
        ),
        ("Mis en ligne le 22 août 2023 à 17 h 40", (2023, 8, 22, 17, 40), PUBLISHED, "22 août 2023 à 17 h 40", ""),
        (
            "Giriş: 12.03.2021 - 14:05 Güncelleme: 12.03.2021 - 16:40",
            (2021, 3, 12, 14, 5),
            PUBLISHED,
            "12.03.2021 - 14:05",
            "",
        ),
        ("By Ada Roe on May 3, 2020, 25:00", (2020, 5, 3), PUBLISHED, "May 3, 2020, 25:00", "By Ada Roe"),
    ],
)
def test_a_printed_date_is_read_with_its_kind_and_words(line, when, kind, words, rest):
    found = read_date_line(line)

    assert found.date.when == datetime(*when, tzinfo=UTC)
    assert (found.date.kind, found.date.words, found.rest) == (kind, words, rest)


@pytest.mark.parametrize(
    "line", ["03/04/2021", "Friday, 03/04/2021", "31/02/2021", "30 February 2020", "May 3, 1620", "2020-13-01"]
)
def test_a_date_that_is_uncertain_or_impossible_is_no_date(line):
    assert read_date_line(line).date.when is None


@pytest.mark.parametrize(
    "line",
    ["No year on May 3", "12345 May 2020x", "It was so in 2020.", "x" * 200 + " 2 May 2020", "2 May 2020\nand more"],
)
def test_a_line_without_a_full_date_is_no_date_line(line):
    assert read_date_line(line) is None


def test_a_dateline_may_hold_a_date():
    assert read_dateline_date("OSLO, 12 March 2020 (NW) — ").when == datetime(2020, 3, 12, tzinfo=UTC)
    assert read_dateline_date("OSLO, 12 March (NW) — ") is None


@pytest.mark.parametrize(
    ("stamp", "kept"),
    [
        ("2021-10-05T00:30:00+02:00", "2021-10-05T12:00:00+00:00"),
        ("2021-10-04T23:30:00-05:00", "2021-10-04T12:00:00+00:00"),
        ("2021-10-05T08:30:00+02:00", "2021-10-05T08:30:00+02:00"),
        ("2021-10-05T00:30:00Z", "2021-10-05T00:30:00+00:00"),
    ],
)
def test_the_day_that_is_printed_is_the_day_in_utc(stamp, kept):
    when = read_stamp(stamp, PUBLISHED).when

    assert when.isoformat() == kept
    assert when.astimezone(UTC).date().isoformat() == stamp[:10]


def test_a_stamp_is_a_date_or_nothing():
    assert read_stamp(" 2021-03-04T05:06:07.123+02:00 ", PUBLISHED).when == datetime(2021, 3, 4, 3, 6, tzinfo=UTC)
    assert read_stamp("yesterday", PUBLISHED) is None
    assert read_stamp("03/04/2021", PUBLISHED) is None
    assert read_stamp("2021-03-04" + " " * 5 + "x" * 500, PUBLISHED) is None


@given(
    st.text(alphabet=" \t|,;:()Aaé٣3«»", max_size=12),
    st.sampled_from(
        [
            "3 May 2020 16:20",
            "Updated: April 1, 2021 05:04 PM",
            "12:05 am, Sept 3rd, 2020",
            "٢٦ كانون الثاني ٢٠٢٣",
            "2 hours ago Nov 21, 2023 4:48 PM UTC",
            "(03/28/2021)",
        ]
    ),
    st.text(alphabet=" \t|,;:()Bbé٣3«»", max_size=12),
)
def test_a_dates_words_stand_where_they_are_said_to(before, printed, after):
    line = f"{before}{printed}{after}"

    dates = [found for found in (read_date_line(line), read_dateline_date(line)) if found]
    for date in (getattr(found, "date", found) for found in dates):
        assert date.place.words(line) == date.words != ""


def test_the_day_in_an_address_stands_in_it():
    date = read_address("https://herald.example/2021/3/04/the-weir?page=2")

    assert (date.when, date.words) == (datetime(2021, 3, 4, tzinfo=UTC), "2021/3/04")
    assert date.place == DatePlace(DateOrigin.ADDRESS, "https://herald.example/2021/3/04", Span(23, 32))
    assert read_address("https://herald.example/2021/13/04/weir") is None


def test_a_field_is_found_in_the_lines_that_hold_it():
    head = "slug: 2021-03-04\ndate: '2021-03-04'"

    assert stated_in(head, "date", "2021-03-04").span == Span(24, 34)
    assert stated_in(head, "date", "2021-03-05") == DatePlace(DateOrigin.FIELD, "date")
