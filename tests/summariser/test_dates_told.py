from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.days import find_dates
from summariser.model import Article, DateKind, Precision

THURSDAY = datetime(2024, 3, 7, tzinfo=UTC)
PRINTED = Article("", published=THURSDAY, published_kind=DateKind.PUBLISHED)
CHANGED = Article("", published=THURSDAY, published_kind=DateKind.MODIFIED)
UNDATED = Article("")


def told(text, article=PRINTED):
    return [(one.span.cut(text), one.day.isoformat(), one.precision.value) for one in find_dates(text, article)]


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("The mill burnt on 3 January 2021.", "3 January 2021", "2021-01-03"),
        ("THE MILL BURNT ON 3 JANUARY 2021.", "3 JANUARY 2021", "2021-01-03"),
        ("The mill burnt on the 3rd of January 2021.", "3rd of January 2021", "2021-01-03"),
        ("On January 3, 2021, the mill burnt.", "January 3, 2021", "2021-01-03"),
        ("On Jan. 3, 2021 the mill burnt.", "Jan. 3, 2021", "2021-01-03"),
        ("Burnt on 2021-01-03, rebuilt since.", "2021-01-03", "2021-01-03"),
        ("Burnt on 28/3/2021, rebuilt since.", "28/3/2021", "2021-03-28"),
        ("Am 3. Januar 2021 brannte die Mühle.", "3. Januar 2021", "2021-01-03"),
        ("Le moulin a brûlé le 3 janvier 2021.", "3 janvier 2021", "2021-01-03"),
        ("El molino ardió el 3 de enero de 2021.", "3 de enero de 2021", "2021-01-03"),
        ("احترقت الطاحونة في ٣ كانون الثاني ٢٠٢١.", "٣ كانون الثاني ٢٠٢١", "2021-01-03"),
        ("They met from 3 to 5 January 2021.", "3 to 5 January 2021", "2021-01-03"),
        ("The letter of 26 January came back.", "26 January", "2024-01-26"),
        ("The warning came 26 January, too late.", "26 January", "2024-01-26"),
        ("The dues rose Feb. 2 for all boats.", "Feb. 2", "2024-02-02"),
        ("Open from 1 January to 3 February 2021.", "3 February 2021", "2021-02-03"),
        ("It froze on December 20 for once.", "December 20", "2023-12-20"),
        ("The pupils found it on Thursday.", "Thursday", "2024-03-07"),
        ("The line broke on Sunday morning.", "Sunday morning", "2024-03-03"),
        ("Sunday night the line broke.", "Sunday night", "2024-03-03"),
        ("The mayor said on Monday that she will go.", "Monday", "2024-03-04"),
        ("They came back yesterday.", "yesterday", "2024-03-06"),
        ("They met three days ago.", "three days ago", "2024-03-04"),
        ("The hearing is tomorrow.", "tomorrow", "2024-03-08"),
        ("أغلقت البلدية الجسر يوم الاثنين بسبب التشققات.", "يوم الاثنين", "2024-03-04"),
        ("اندلع الحريق مساء الأحد في المصنع.", "مساء الأحد", "2024-03-03"),
        ("اندلع الحريق أمس في المصنع.", "أمس", "2024-03-06"),
        ("افتتح السد في 5 أيار/مايو 2022.", "5 أيار/مايو 2022", "2022-05-05"),
        ("Die Brücke wurde am Montagabend gesperrt.", "am Montagabend", "2024-03-04"),
        ("Le conseil a fermé le pont lundi.", "lundi", "2024-03-04"),
        ("El pleno cerró el puente el lunes.", "el lunes", "2024-03-04"),
        ("El martes 5 de marzo cerró el puente.", "5 de marzo", "2024-03-05"),
        ("Belediye pazartesi günü köprüyü kapattı.", "pazartesi günü", "2024-03-04"),
    ],
)
def test_a_day_is_read_in_many_styles(text, words, day):
    assert told(text) == [(words, day, "day")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bridge was closed in March 2023.", ("March 2023", "2023-03-01", "month")),
        ("It rained a lot in January.", ("in January", "2024-01-01", "month")),
        ("The office was shut in 2022.", ("in 2022", "2022-01-01", "year")),
        ("Since 2019 he has been away.", ("Since 2019", "2019-01-01", "year")),
        ("افتتح السد في مارس 2021.", ("مارس 2021", "2021-03-01", "month")),
        ("بدأ العمل في شباط.", ("في شباط", "2024-02-01", "month")),
        ("انهار الجسر عام 1987.", ("عام 1987", "1987-01-01", "year")),
        ("Im Februar begann der Bau.", ("Im Februar", "2024-02-01", "month")),
        ("En marzo de 2021 cerró el puente.", ("marzo de 2021", "2021-03-01", "month")),
        ("Köprü 1987 yılında yapıldı.", ("1987 yılında", "1987-01-01", "year")),
    ],
)
def test_months_and_years_are_told_as_such(text, expected):
    assert told(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Burnt on 03/04/2021, by one reckoning or another.",
        "On 30 February 2021 nothing happened.",
        "It comes on Monday of next week, or will not come.",
        "The ship will sail on Friday.",
        "ستغلق البلدية الجسر يوم الاثنين.",
        "تقام المباراة يوم الجمعة المقبل.",
        "Die Brücke wird am Montag gesperrt.",
        "Le pont fermera lundi.",
        "Le bac passe le lundi.",
        "El domingo es un buen día.",
        "Belediye köprüyü pazartesi günü kapatacak.",
        "“They told Mr Ayer so.”",
        "Every Monday they meet at the well.",
        "The Sunday Times said so.",
        "Black Friday brought them a crowd.",
        "It may 3 times have rained.",
        "May 20 people sit down there?",
        "In 2000 homes the light went out.",
        "The house at 12 March Road stood empty.",
        "“We saw it yesterday,” said the diver.",
        "The 6 January riot was on everybody's lips.",
        "It was built before the March 5 earthquake, people say.",
        "Her April 2 letter was never answered.",
        "In June they want to move.",
        "On 25 August all was quiet.",
        "The friday market is no name of a day here.",
    ],
)
def test_no_date_is_better_than_a_wrong_one(text):
    assert told(text) == []


@pytest.mark.parametrize("article", [CHANGED, UNDATED])
def test_days_are_counted_from_the_day_of_publication_alone(article):
    assert told("They came on Sunday, or yesterday.", article) == []
    assert told("They came on 3 January 2021.", article) == [("3 January 2021", "2021-01-03", "day")]


@given(
    when=st.dates(date(1901, 1, 1), date(2099, 12, 31)), style=st.sampled_from(["%-d %B %Y", "%B %-d, %Y", "%Y-%m-%d"])
)
def test_a_written_day_is_that_day(when, style):
    text = f"It was on {when.strftime(style)} that it began."

    [one] = find_dates(text, PRINTED)

    assert (one.day, one.precision) == (when, Precision.DAY)
    assert one.span.cut(text) == when.strftime(style)


@given(published=st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)), weekday=st.integers(0, 6))  # noqa: DTZ001
def test_a_day_of_the_week_has_just_been(published, weekday):
    article = Article("", published=published.replace(tzinfo=UTC), published_kind=DateKind.PUBLISHED)
    name = (date(2024, 1, 1) + timedelta(days=weekday)).strftime("%A")

    found = find_dates(f"The roof fell in on {name}.", article)

    for one in found:
        assert one.day.weekday() == weekday
        assert timedelta(0) <= published.date() - one.day <= timedelta(days=5)


@given(text=st.text(st.sampled_from("0123456789 ./-,thMarchMayonSundayin“”\n٣"), max_size=80))
def test_whatever_stands_there_dates_lie_in_the_text_and_apart(text):
    end = 0
    for one in find_dates(text, PRINTED):
        assert end <= one.span.start < one.span.end <= len(text)
        end = one.span.end


@pytest.mark.parametrize(
    "text",
    [
        "In February she went to Orle, where the strike had begun in 2019.",
        "The town is to vote this year, as the strikers of 2019 asked who met in 2019.",
    ],
)
def test_a_year_behind_a_time_whose_year_is_not_said_is_not_when_it_was(text):
    assert told(text, UNDATED) == []


def test_a_year_ahead_of_one_that_is_not_said_counts():
    assert told("The strike began in 2019 and ended last year.", UNDATED) == [("in 2019", "2019-01-01", "year")]
