"""Names brought into line over a text, apart from the model."""

import pytest

from summariser.entities.acronyms import find_definitions
from summariser.entities.consistency import settle
from summariser.entities.features import survey
from summariser.entities.tagging import Found
from summariser.entities.tokens import cut
from summariser.model import MentionType

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC


def settled(text, *found):
    """Set a model's reading (sequence, first, last, type, confidence) in line; return words, types and rules."""
    sequences = list(cut(text))
    names = settle(sequences, survey(sequences), [Found(*one) for one in found], find_definitions(text))
    return [(" ".join(sequences[one.sequence].words[one.first : one.last]), one.type, one.rule) for one in names]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("met Mayor Ada Lund there", (0, 1, 4, PER, 0.9), "Ada Lund"),
        ("the “ Ada Lund ” affair", (0, 1, 5, PER, 0.9), "Ada Lund"),
        ("since June Pellworm slept", (0, 1, 3, LOC, 0.9), "Pellworm"),
        ("read Lund’s book", (0, 1, 3, PER, 0.9), "Lund"),
    ],
)
def test_what_is_no_part_of_a_name_is_taken_off(text, found, expected):
    assert [words for words, _, _ in settled(text, found)] == [expected]


def test_a_place_and_the_body_it_owns_are_two():
    found = settled("met Kenya’s Port Authority there", (0, 1, 5, ORG, 0.9))

    assert found == [("Kenya", LOC, "model"), ("Port Authority", ORG, "model")]


@pytest.mark.parametrize(
    ("text", "last"), [("the Iraqi government fell", 3), ("the well fell", 2), ("a" * 70 + " X", 1)]
)
def test_what_has_no_name_in_it_is_dropped(text, last):
    assert settled(text, (0, 0, last, ORG, 0.9)) == []


def test_a_weaker_reading_gives_way_to_what_the_text_has_elsewhere():
    text = "in Pellworm again\nto Pellworm again\nof Pellworm again"

    found = settled(text, (0, 1, 2, LOC, 0.99), (1, 1, 2, LOC, 0.9), (2, 1, 2, ORG, 0.6))

    assert [(words, kind) for words, kind, _ in found] == [("Pellworm", LOC)] * 3


def test_a_surname_is_a_person_wherever_the_full_name_stands():
    found = settled("met Ada al-Lund there\nthen Lund left\nal-Lund", (0, 1, 3, PER, 0.9), (1, 1, 2, LOC, 0.7))

    assert found == [("Ada al-Lund", PER, "model"), ("Lund", PER, "surname"), ("al-Lund", PER, "surname")]


def test_a_surname_that_the_text_writes_small_is_no_name_by_itself():
    assert settled("met Ada Forest there\nForest burned\na forest", (0, 1, 3, PER, 0.9)) == [
        ("Ada Forest", PER, "model"),
    ]


def test_a_dateline_in_capitals_is_a_place():
    assert settled("PELLWORM, June 3 — Rain fell") == [("PELLWORM", LOC, "dateline")]


def test_an_acronym_makes_its_long_form_whole():
    found = settled("the Harbour Workers Union (HWU) met\nHWU", (0, 2, 4, ORG, 0.6), (1, 0, 1, LOC, 0.6))

    assert found == [
        ("Harbour Workers Union", ORG, "acronym"),
        ("HWU", ORG, "acronym"),
        ("HWU", ORG, "acronym"),
    ]
