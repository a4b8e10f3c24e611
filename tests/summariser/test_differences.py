from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.differences import find_differences
from summariser.model import Article


def told(*texts):
    found = find_differences([Article(text, language="en") for text in texts])
    return [{one.in_one.cut(one.one.text), one.in_other.cut(one.other.text)} for one in found]


@pytest.mark.parametrize(
    ("one", "other", "sides"),
    [
        (
            "The avalanche above Trin buried 14 skiers near the upper lift station.",
            "Rescuers said the avalanche buried nine skiers near the upper lift of Trin.",
            {"14", "nine"},
        ),
        (
            "The barge carried 2,400 tonnes of gravel when it struck the lock gate.",
            "The barge struck the lock gate with 3,100 tonnes of gravel in its hold.",
            {"2,400", "3,100"},
        ),
        (
            "Fishermen lost some 400 nets in the storm off the western reef.",
            "The storm off the western reef took 370 nets, not 400, and nine boats in all, the fishermen now say.",
            {"400", "370"},
        ),
        (
            "The council elected Marta Holub as warden of the old salt road last night.",
            "The council elected Jiri Kessen as warden of the old salt road last night.",
            {"Marta Holub", "Jiri Kessen"},
        ),
    ],
)
def test_another_figure_or_name_in_the_same_words_is_a_difference(one, other, sides):
    assert told(one, other) == [sides]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The same number, spelled otherwise.
        (
            "The avalanche above Trin buried 14 skiers near the upper lift station.",
            "The avalanche above Trin buried fourteen skiers near the upper lift station.",
        ),
        # No more than rounded.
        (
            "The quake left about 400 houses of the old town without a roof.",
            "The quake left 412 houses of the old town without a roof.",
        ),
        # Of two places, and of two days.
        (
            "Prices of flour rose by 4 per cent in the markets of Ostby during spring.",
            "Prices of flour rose by 9 per cent in the markets of Lanna during spring.",
        ),
        (
            "On Monday police found 3 stolen bicycles behind the station hall.",
            "On Friday police found 7 stolen bicycles behind the station hall.",
        ),
        # Two numbers of one kind each: which is meant?
        (
            "Of the bequest 500 crowns went to the choir and 900 crowns to the school.",
            "The bequest gave the choir 900 crowns and the school 500 crowns.",
        ),
        # Dates, numbers of things, one name under two spellings.
        (
            "The old bakery on the market square was sold on 3 May 2021 to its baker.",
            "The old bakery on the market square was sold on 9 June 2020 to its baker.",
        ),
        (
            "The judge closed ward number 7 of the county hospital for want of nurses.",
            "The judge closed ward number 9 of the county hospital for want of nurses.",
        ),
        (
            "The captain of the harbour, Harun Belkacem, asked twice for a new buoy.",
            "The captain of the harbour, Haroun Belkassem, asked twice for a new buoy.",
        ),
        # Too little in common.
        ("The farm has 40 cows.", "The dairy bought 60 cows."),
    ],
)
def test_what_need_not_be_a_difference_is_none(one, other):
    assert told(one, other) == []


def test_an_article_does_not_differ_from_itself():
    text = " ".join(f"The avalanche above Trin buried {number} skiers near the upper lift." for number in (14, 19))

    assert told(text) == []


def test_reposts_do_not_repeat_a_difference():
    early = "The avalanche above Trin buried 14 skiers near the upper lift station."
    late = "The avalanche above Trin buried 17 skiers near the upper lift station."

    assert told(early, early, late, early, late) == [{"14", "17"}]


@given(order=st.permutations(range(3)))
def test_the_order_of_the_articles_makes_no_difference(order):
    texts = (
        "The avalanche above Trin buried 14 skiers near the upper lift station.",
        "The avalanche above Trin buried 17 skiers near the upper lift station.",
        "A bear was seen near the school of Trin, where nobody had ever met one before.",
    )

    assert told(*(texts[place] for place in order)) == [{"14", "17"}]


def test_quotes_are_cut_out_of_their_articles():
    articles = [
        Article("Snow fell. The avalanche above Trin buried 14 skiers near the upper lift station."),
        Article("The avalanche above Trin buried 17 skiers near the upper lift station. More snow is due."),
    ]

    for one, other in permutations(articles):
        for found in find_differences([one, other]):
            for quote in (found.one, found.other):
                assert [one, other][quote.article].text[quote.start : quote.end] == quote.text
