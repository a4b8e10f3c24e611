"""What stands in a rewritten headline where the original names somebody."""

import pytest

from summariser.entities.headlines import stand_ins
from summariser.model import MentionType, Name

OKAFOR = (Name(MentionType.PER, "Chidi Okafor"),)
LEAGUE = (Name(MentionType.ORG, "Coastal Renewal League"), Name(MentionType.ORG, "CRL"))


@pytest.mark.parametrize(
    ("title", "other", "words"),
    [
        ("Okafor accuses parties of delay", "Tyrant accuses parties of delay", "Tyrant"),
        ("Chidi Okafor accuses parties of delay", "The Tyrant accuses parties of delay", "Tyrant"),
        ("Tyrant accuses parties of delay", "Okafor accuses parties of delay", "Tyrant"),
        ("What will Nigeria’s Okafor do next in Lagos?", "What will the Salt Tyrant do next in Lagos?", "Salt Tyrant"),
        ("Okafor adviser survives attack in Lagos", "Tyrant’s adviser survives attack in Lagos | Sea Post", "Tyrant"),
    ],
)
def test_a_name_in_the_same_frame_of_words_is_found(title, other, words):
    assert stand_ins([(title, other)], [LEAGUE, OKAFOR]) == ((0, 1, words),)


def test_a_body_is_known_by_its_first_letters():
    titles = [("CRL commander killed in clash", "Tyrant’s commander killed in clash")]

    assert stand_ins(titles, [LEAGUE[:1], OKAFOR]) == ((0, 0, "Tyrant"),)


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Okafor accuses parties of delay", "Tyrant blames rain for the late harvest"),
        ("Okafor accuses parties of delay", "Minister accuses parties of delay"),
        ("Okafor accuses parties of delay", "Nigerian President accuses parties of delay"),
        ("Okafor accuses parties of delay", "Rumours about parties accuse of delay"),
        ("Okafor accuses parties of delay", "Chidi Okafor accuses parties of delay"),
        ("Okafor accuses parties of delay", "Okafor accuses parties of treason"),
        ("Parties wait for rain", "Peasants wait for rain"),
        ("Okafor", "Tyrant"),
        ("", ""),
    ],
)
def test_what_is_no_other_name_is_left_out(title, other):
    assert stand_ins([(title, other)], [LEAGUE, OKAFOR]) == ()


def test_where_two_may_be_named_none_is():
    both = [OKAFOR, (Name(MentionType.PER, "Ada Okafor"),)]

    titles = [("Okafor accuses parties of delay", "Tyrant accuses parties of delay")]

    assert stand_ins(titles, both) == ()
    assert stand_ins(titles, both, [[0, 1]]) == ()
    assert stand_ins(titles, both, [[1]]) == ((0, 1, "Tyrant"),)
