from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.coverage import MOST_COLUMNS, MOST_SOURCES, NO_SOURCE, cover
from bot.services.wording import plain
from storage.base import ArticleHead

BEGAN = datetime(2024, 3, 1, tzinfo=UTC)


def head(source, day):
    when = None if day is None else BEGAN + timedelta(days=day)
    return ArticleHead(1, "Title", source, when, BEGAN, "")


HEADS = [head("Mirror", 0), head("Mirror", 0), head("Courier", 2), head(None, 2), head("Courier", None)]


def test_articles_are_counted_by_day_and_source_without_gaps():
    found = cover(HEADS)

    assert found.step == "day"
    assert found.columns == (date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3))
    assert found.rows == (("Mirror", (2, 0, 0)), ("Courier", (0, 0, 1)), (NO_SOURCE, (0, 0, 1)))
    assert found.undated == 1


def test_the_same_figures_stand_in_words():
    found = cover(HEADS)

    assert [plain(words) for words in found.figures()] == [
        "1 March 2024: Mirror 2",
        f"3 March 2024: Courier 1, {NO_SOURCE} 1",
    ]
    assert "1 March 2024 to 3 March 2024" in found.alt("articles about eels")
    assert "Mirror: 2; Courier: 1" in found.alt("articles about eels")


def test_without_a_date_there_is_nothing_to_count():
    assert cover([head("Mirror", None)]) is None
    assert cover([]) is None


@pytest.mark.parametrize(("days", "step"), [(31, "day"), (32, "week"), (400, "month"), (4000, "year")])
def test_longer_times_are_counted_in_longer_steps(days, step):
    assert cover([head("Mirror", 0), head("Mirror", days - 1)]).step == step


def test_many_sources_are_one_row_at_the_end():
    found = cover([head(f"Source {number}", number % 5) for number in range(20)])

    assert len(found.rows) == MOST_SOURCES
    assert found.rows[-1][0] == "13 other sources"
    assert found.total == 20


@given(
    heads=st.lists(
        st.builds(head, st.none() | st.sampled_from("ABCDEFGHIJK"), st.none() | st.integers(-40_000, 40_000))
    )
)
def test_every_dated_article_is_counted_once(heads):
    found = cover(heads)

    dated = [one for one in heads if one.published]
    assert (found is None) is not bool(dated)
    if found:
        assert found.total == len(dated)
        assert found.undated == len(heads) - len(dated)
        assert all(len(counts) == len(found.columns) == len(found.ticks) for _, counts in found.rows)
        assert len(found.columns) <= MOST_COLUMNS or found.step == "year"
        assert len(found.alt("x")) <= 900
