"""Names found in texts."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser import find_mentions
from summariser.model import MentionType

REPORT = """\
Minister Quits Over Harbour Deal

Kenyan Foreign Minister Njeri Wambui resigned on Tuesday, the Ministry of Transport in Nairobi said. Wambui's deputy,
Tomasz van der Velde, will take over. The Lakeshore Workers Union (LWU) had called for her to go. Police Chief Ada Lund
praised Wambui. LWU members met near Lake Sorrel and in Kisumu; al-Rashid did not come. Harbour fees stay, Mr. Odhiambo
said. American investors left Kenya's capital. Prices rose. Prices had fallen in March.
"""


def found(text, kind=None):
    return [mention.surface for mention in find_mentions(text) if kind in {None, mention.type}]


@settings(deadline=None)
@given(
    text=st.lists(
        st.sampled_from(
            ["Njeri", "Wambui", "al-Rashid", "van", "der", "of", "Bank", "Mr.", "Iraq", "LWU", "said", ".", "(", ")"]
        )
        | st.text(max_size=6),
        max_size=25,
    ).map(" ".join)
)
def test_mentions_are_cut_from_the_text_in_order_without_overlap(text):
    mentions = find_mentions(text)

    assert all(mention.surface == text[mention.start : mention.end] for mention in mentions)
    assert all(mention.surface and 0 < mention.confidence <= 1 and mention.rule for mention in mentions)
    assert all(before.end <= after.start for before, after in pairwise(mentions))


def test_people_are_found_without_their_titles():
    assert found(REPORT, MentionType.PER) == [
        "Njeri Wambui",
        "Wambui",
        "Tomasz van der Velde",
        "Ada Lund",
        "Wambui",
        "al-Rashid",
        "Odhiambo",
    ]


def test_bodies_are_found_whole():
    assert found(REPORT, MentionType.ORG) == ["Ministry of Transport", "Lakeshore Workers Union", "LWU", "LWU"]


def test_places_are_found():
    assert found(REPORT, MentionType.LOC) == ["Nairobi", "Lake Sorrel", "Kisumu", "Kenya"]


@pytest.mark.parametrize(
    ("sentence", "surface", "rule"),
    [
        ("They met President Ilse Okafor there.", "Ilse Okafor", "title"),
        ("They met Ilse Okafor there.", "Ilse Okafor", "capitals"),
        ("They met Ilse Okafor Thursday.", "Ilse Okafor", "capitals"),
        ("They flew to Saudi Arabia again.", "Saudi Arabia", "gazetteer"),
        ("They flew to French Guinea again.", "Guinea", "gazetteer"),
        ("They live in Pellworm now.", "Pellworm", "preposition"),
        ("They crossed Tamarind Square early.", "Tamarind Square", "site"),
        ("They asked the Bank of Estonia first.", "Bank of Estonia", "body"),
        ("They asked the IKRW first.", "IKRW", "acronym"),
    ],
)
def test_each_name_tells_the_rule_that_found_it(sentence, surface, rule):
    assert [(mention.surface, mention.rule) for mention in find_mentions(sentence)] == [(surface, rule)]


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Rain fell on Monday in March.",
        "They asked the Council again.",
        "They asked the President again.",
        "They asked French Police again, and the Party.",
        "They praised Zephyr again.",
        "هطل المطر على المدينة يوم الاثنين.",
    ],
)
def test_what_cannot_be_told_is_left_out(sentence):
    assert [mention for mention in find_mentions(sentence) if mention.type is not MentionType.ORG] == []


def test_a_headline_gives_only_names_known_from_elsewhere():
    text = "Wambui Leaves Kenya For Good\n\nNjeri Wambui boarded a ferry at dawn."

    assert found(text) == ["Wambui", "Kenya", "Njeri Wambui"]


def test_a_name_ends_with_its_possessive():
    assert found("They read Ada Lund’s Bo Halvorsen biography.") == ["Ada Lund", "Bo Halvorsen"]


def test_a_name_does_not_run_over_a_line_break_or_a_comma():
    assert found("They met Ada Lund, Bo Halvorsen and Ilse\nOkafor there.") == ["Ada Lund", "Bo Halvorsen"]
