"""How the recogniser cuts texts into words and sequences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.entities.tokens import cut


def words(text):
    return [list(sequence.words) for sequence in cut(text)]


@given(st.text(alphabet=st.sampled_from("aB .\n-’'sU(é)—9\u0301م")) | st.text())
def test_every_word_stands_where_it_is_said_to(text):
    for sequence in cut(text):
        for word, start in zip(sequence.words, sequence.starts, strict=True):
            assert text[start : start + len(word)] == word


@given(st.text())
def test_nothing_but_blanks_is_lost(text):
    read = "".join(word for sequence in cut(text) for word in sequence.words)

    assert [letter for letter in read if letter.isalnum()] == [letter for letter in text if letter.isalnum()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Delta-backed list", ["the", "Delta", "-backed", "list"]),
        ("a pro-Wambui crowd", ["a", "pro-", "Wambui", "crowd"]),
        ("Ada Lund’s boat", ["Ada", "Lund", "’s", "boat"]),
        ("Kim Ae-ran of Port-au-Prince", ["Kim", "Ae-ran", "of", "Port-au-Prince"]),
        ("al-Rashid and O’Neill", ["al-Rashid", "and", "O’Neill"]),
        ("Mr. J. Odhiambo of the U.S. team", ["Mr.", "J.", "Odhiambo", "of", "the", "U.S.", "team"]),
        ("It cost 1,200.50 (then).", ["It", "cost", "1,200.50", "(", "then", ")", "."]),
    ],
)
def test_names_are_parted_from_what_is_joined_to_them(text, expected):
    assert words(text) == [expected]


def test_a_sequence_ends_with_a_sentence_or_a_line():
    text = "Rain fell. “It stopped.” Dr. Lund left\nHome"

    assert words(text) == [
        ["Rain", "fell", "."],
        ["“", "It", "stopped", ".", "”"],
        ["Dr.", "Lund", "left"],
        ["Home"],
    ]


def test_a_dateline_is_told_by_its_length():
    [sequence] = cut("KISUMU, Kenya (Lakeside Wire) — Rain fell")

    assert sequence.words[: sequence.dated][-2:] == (")", "—")


def test_no_sequence_is_endless():
    assert max(len(sequence.words) for sequence in cut("word " * 2000)) <= 250
