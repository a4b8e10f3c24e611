"""Acronyms that a text explains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.entities.acronyms import find_definitions


def pairs(text):
    return [(one.short.cut(text), one.long.cut(text)) for one in find_definitions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Lakeshore Workers Union (LWU) met", ("LWU", "Lakeshore Workers Union")),
        ("the Ministry of Roads and Bridges (MRB) said", ("MRB", "Ministry of Roads and Bridges")),
        ("the Lakeshore Workers Union (LWU, or Ittihad al-Shati) met", ("LWU", "Lakeshore Workers Union")),
        ("LWU (Lakeshore Workers Union) met", ("LWU", "Lakeshore Workers Union")),
        ("his Movement for Clean Water (MoCW) won", ("MoCW", "Movement for Clean Water")),
    ],
)
def test_an_acronym_is_set_beside_what_it_stands_for(text, expected):
    assert pairs(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "NAIROBI (AFP) — Rain fell",
        "They met the mayor (Lund) there",
        "He scored twice (ZQX) again",
        "(LWU) stands alone",
        "one line ends: Lakeshore Workers\nUnion (LWU)",
    ],
)
def test_brackets_that_explain_nothing_are_passed_over(text):
    assert pairs(text) == []


@given(st.lists(st.sampled_from(["Aa", "(AB)", "Bb", "(", ")", "\n", "of", "AB (Aa Bb)", ""])).map(" ".join))
def test_definitions_stand_on_one_line_of_the_text(text):
    for one in find_definitions(text):
        assert "\n" not in one.long.cut(text)
        assert 0 < len(one.short.cut(text)) <= 10
