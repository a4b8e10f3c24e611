"""What the words of a name tell, apart from the model."""

import pytest

from summariser.entities.tagging import Found
from summariser.entities.telling import names_staff, tell
from summariser.entities.tokens import cut
from summariser.model import MentionType

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC


def told(text, *found):
    """Return a model's reading (first, last, type) as its words put it right."""
    [sequence] = cut(text)
    names = tell([Found(0, *one, 0.7) for one in found], sequence)
    return [(" ".join(sequence.words[one.first : one.last]), one.type) for one in names]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("met in South Korea again", (2, 4, ORG), ("South Korea", LOC)),
        ("met in Jordan again", (2, 3, PER), ("Jordan", PER)),
        ("of Banque du Nord there", (1, 4, PER), ("Banque du Nord", ORG)),
        ("on Avenida Pinheiral there", (1, 3, PER), ("Avenida Pinheiral", LOC)),
        ("met Secretary of State Rex Morrow", (3, 6, ORG), ("Rex Morrow", PER)),
        ("the 60,000-strong Esk Guards there", (1, 4, ORG), ("Esk Guards", ORG)),
        ("on Al Jazeera there", (1, 3, PER), ("Al Jazeera", ORG)),
        ("in Marsh Province there", (1, 3, ORG), ("Marsh Province", LOC)),
        ("the Police Island Force there", (1, 4, ORG), ("Police Island Force", ORG)),
        ("in Lagos State there", (1, 3, ORG), ("Lagos State", LOC)),
        ("the Islamic State there", (1, 3, ORG), ("Islamic State", ORG)),
        ("told Harbour Master Ferrow there", (1, 4, PER), ("Ferrow", PER)),
        ("the Great Hall of the People there", (1, 3, LOC), ("Great Hall of the People", LOC)),
        ("the Supreme Court of three there", (1, 3, ORG), ("Supreme Court", ORG)),
    ],
)
def test_a_names_own_words_tell_its_kind_and_bounds(text, found, expected):
    assert told(text, found) == [expected]


def test_an_office_alone_is_nobodys_name_and_a_surname_is_one():
    assert told("the Maronite Patriarch spoke", (1, 3, PER)) == []
    assert told("the Iraqi PM spoke", (1, 3, ORG)) == []
    assert told("told Grace Leader so", (1, 3, PER)) == [("Grace Leader", PER)]


def test_a_body_that_was_cut_at_an_and_is_whole_again():
    found = told("the Economic and Ports Crimes Commission met", (1, 2, ORG), (3, 6, ORG))

    assert found == [("Economic and Ports Crimes Commission", ORG)]


def test_who_is_named_in_full_with_a_person_is_one_too():
    assert told("By Iona Reyk and Sale Morrow", (1, 3, PER)) == [("Iona Reyk", PER), ("Sale Morrow", PER)]


@pytest.mark.parametrize("other", ["Harbour Board staff", "French Guards", "he slept", "Tuesday Night"])
def test_what_is_no_person_is_none_beside_one(other):
    assert told(f"told Iona Reyk and {other}", (1, 3, PER)) == [("Iona Reyk", PER)]


def test_its_first_half_may_tell_how_far_it_reaches():
    found = told("the National Economic and Ports Crimes Commission met", (1, 3, ORG), (4, 7, ORG))

    assert found == [("National Economic and Ports Crimes Commission", ORG)]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("that Esk and the Ports Commission met", (1, 2, ORG), (4, 6, ORG)),
        ("that Esk Health and Ports Commission met", (1, 3, ORG), (4, 6, ORG)),
        ("that Health Ministry and Ports Commission met", (1, 3, ORG), (4, 6, ORG)),
    ],
)
def test_two_bodies_with_an_and_between_them_stay_two(text, first, second):
    found = told(text, first, second)

    assert len(found) == 2
    assert found[1] == ("Ports Commission", ORG)


def test_the_capital_of_america_ends_with_its_district():
    found = told("flew to Washington, D.C. White House staff", (2, 3, LOC), (4, 7, ORG))

    assert found == [("Washington , D.C.", LOC), ("White House", ORG)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("the Harbour master slept", True), ("the Harbour slept", False), ("the Knesset members slept", False)],
)
def test_the_first_half_of_an_office_is_no_name(text, expected):
    [sequence] = cut(text)

    assert names_staff(Found(0, 1, 2, ORG, 0.9), sequence.words) is expected
