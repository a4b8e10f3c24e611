import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.model import Article
from summariser.quote import LEAST_SHARE, find
from summariser.text import split_sentences

MILL = Article(
    "The water mill at Sorn grinds again after eleven years. “We missed the noise more than the flour,” said Ada Frei, "
    "who lives across the weir. The parish paid for the new wheel, and a carpenter of eighty showed how it is hung.\n\n"
    "On Saturday the first sacks were given away."
)
OTHER = Article("A mill is no mill without water. The parish of Sorn has paid for a wheel of oak.")


def look(asked, *articles):
    chosen = articles or (MILL, OTHER)
    return find(asked, chosen, spans=[split_sentences(one.text) for one in chosen])


@pytest.mark.parametrize(
    "asked",
    [
        "We missed the noise more than the flour",
        '"we missed the NOISE, more than the flour"',
        "“We missed   the noise\nmore than the flour”",
    ],
)
def test_case_blanks_and_punctuation_do_not_count(asked):
    first = look(asked)[0]

    assert first.exact
    assert first.share == 1
    assert (first.differing, first.missing) == ((), ())
    assert first.quote.text == "“We missed the noise more than the flour,” said Ada Frei, who lives across the weir."


@pytest.mark.parametrize(
    ("asked", "there", "only_asked"),
    [
        ("The parish paid for the new roof", ["wheel"], ["roof"]),
        ("A water mill at Sorn grinds again", ["The"], ["A"]),
        ("The parish paid for the", [], []),
    ],
)
def test_what_differs_at_an_end_is_marked_there_too(asked, there, only_asked):
    first = look(asked)[0]

    assert [span.cut(first.quote.text) for span in first.differing] == there
    assert [span.cut(asked) for span in first.missing] == only_asked


def test_what_differs_is_marked_on_both_sides():
    asked = "The water mill at Sorn grinds again after twelve long years"

    first = look(asked)[0]

    assert not first.exact
    assert [span.cut(first.quote.text) for span in first.differing] == ["eleven"]
    assert [span.cut(asked) for span in first.missing] == ["twelve long"]


def test_a_passage_may_run_over_several_sentences():
    first = look("said Ada Frei, who lives across the weir. The parish paid for the new wheel")[0]

    assert first.exact
    assert first.quote.text.startswith("“We missed")
    assert first.quote.text.endswith("how it is hung.")


def test_the_article_with_the_very_words_comes_first():
    found = look("The parish paid for the new wheel")

    assert [one.quote.article for one in found][:1] == [0]


@pytest.mark.parametrize("asked", ["", "…", "A quick brown fox jumped over the lazy dogs of Sorn", "zebra"])
def test_what_stands_nowhere_is_not_found(asked):
    assert look(asked) == ()


@given(data=st.data())
def test_every_run_of_words_of_an_article_is_found_word_for_word(data):
    words = MILL.text.split()
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))

    found = look(" ".join(words[start:end]), MILL)

    assert found[0].exact
    for one in found:
        assert MILL.text[one.quote.start : one.quote.end] == one.quote.text


@given(asked=st.lists(st.sampled_from(MILL.text.split()), min_size=1, max_size=30).map(" ".join))
def test_marks_lie_within_what_they_mark(asked):
    for one in look(asked):
        assert one.share >= LEAST_SHARE
        assert all(0 <= span.start < span.end <= len(one.quote.text) for span in one.differing)
        assert all(0 <= span.start < span.end <= len(asked) for span in one.missing)
