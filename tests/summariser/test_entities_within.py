"""Who is meant within one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.entities import name_mentions, within
from summariser.model import Mention, MentionType

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC


def named(text, *surfaces, kind=PER):
    """Return what each name, at its next place in the text, is in full."""
    mentions, at = [], 0
    for surface in surfaces:
        at = text.index(surface, at)
        mentions.append(Mention(at, at + len(surface), kind, surface))
        at += len(surface)
    return list(within(text, mentions))


@pytest.mark.parametrize(
    ("text", "full", "short"),
    [
        ("Layla al-Harith spoke. Al Harith left.", "Layla al-Harith", "Al Harith"),
        ("Harith speaks\nLayla al-Harith spoke.", "Layla al-Harith", "Harith"),
        ("Gabriel Peña Nieto spoke. Peña left.", "Gabriel Peña Nieto", "Peña"),
        ("Gabriel Peña Nieto spoke. Peña Nieto left.", "Gabriel Peña Nieto", "Peña Nieto"),
        ("Xi Dongmei spoke. Xi left.", "Xi Dongmei", "Xi"),
        ("Mustafa Kadhimi spoke. Khadimi left.", "Mustafa Kadhimi", "Khadimi"),
        ("Layla Noor Harith spoke. Layla Harith left.", "Layla Noor Harith", "Layla Harith"),
        ("Sultan bin Rashed spoke. Bin Rashed left.", "Sultan bin Rashed", "Bin Rashed"),
    ],
)
def test_a_short_name_is_the_person_whom_the_text_names_in_full(text, full, short):
    surfaces = sorted((full, short), key=text.index)

    names = named(text, *surfaces)

    assert len(set(names)) == 1
    assert set(names) <= {full, short} - ({short} if " " not in short else set())


def test_a_person_is_given_the_usual_of_several_full_spellings():
    text = "Haidar Jawad Kadim met Haidar Kadim. Haidar Kadim left. Kadim ate."

    names = named(text, "Haidar Jawad Kadim", "Haidar Kadim", "Haidar Kadim", "Kadim")

    assert names == ["Haidar Kadim"] * 4


def test_a_surname_that_two_bear_is_neither_once_both_are_named():
    text = "Layla Harith spoke. Harith left. Omar Harith ate. Harith slept."

    names = named(text, "Layla Harith", "Harith", "Omar Harith", "Harith")

    assert names == ["Layla Harith", "Layla Harith", "Omar Harith", "Harith"]


@pytest.mark.parametrize(
    "aside",
    [
        "His father, Grand Ayatollah Sadiq al-Harith, was killed.",
        "His late brother Sadiq al-Harith was killed.",
        "He followed his father-in-law Sadiq Harith.",
    ],
)
def test_a_surname_is_not_the_relative_who_is_named_beside(aside):
    text = f"Muqtada al-Harith spoke. {aside} Harith left."
    relative = "Sadiq al-Harith" if "al-Harith" in aside else "Sadiq Harith"

    names = named(text, "Muqtada al-Harith", relative, "Harith")

    assert names == ["Muqtada al-Harith", relative, "Muqtada al-Harith"]


def test_a_relative_s_surname_is_not_the_person():
    text = "Muqtada al-Harith spoke. His father Harith was killed. The elder Harith was loved."

    names = named(text, "Muqtada al-Harith", "Harith", "Harith")

    assert names == ["Muqtada al-Harith", "Harith", "Harith"]


def test_a_father_s_name_is_not_the_son():
    text = "Sultan bin Rashed spoke. King Rashed slept."

    assert named(text, "Sultan bin Rashed", "Rashed") == ["Sultan bin Rashed", "Rashed"]


def test_a_text_on_a_relative_alone_names_nobody_by_the_surname():
    assert named("His father, Sadiq al-Harith, was killed. Harith left.", "Sadiq al-Harith", "Harith")[1] == "Harith"


def test_a_title_tells_which_of_two_is_meant():
    text = "Senator Ada Lund met Mr Per Lund. Senator Lund left. Mr Lund stayed."

    names = named(text, "Ada Lund", "Per Lund", "Lund", "Lund")

    assert names == ["Ada Lund", "Per Lund", "Ada Lund", "Per Lund"]


@pytest.mark.parametrize(
    ("text", "long", "short", "full"),
    [
        (
            "The Lakeshore Workers Union (LWU) met. LWU sang.",
            "Lakeshore Workers Union",
            "LWU",
            "Lakeshore Workers Union",
        ),
        ("The Movement for Clean Water (MoCW) met. MoCW sang.", "Movement for Clean Water", "MoCW", None),
        ("The Halm Dawa Party met. Halm Dawa sang.", "Halm Dawa Party", "Halm Dawa", "Halm Dawa Party"),
        ("The Kurdish Lake Party met. The Lake Party sang.", "Kurdish Lake Party", "Lake Party", "Kurdish Lake Party"),
    ],
)
def test_a_shortened_body_is_the_one_that_the_text_names_in_full(text, long, short, full):
    assert named(text, long, short, kind=ORG)[1] == (full or long)


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        ("Kataib Hezbollah fired. Hezbollah did not.", "Kataib Hezbollah", "Hezbollah"),
        ("The Iraqi Red Crescent came. Iraq slept.", "Iraqi Red Crescent", "Iraq"),
    ],
)
def test_another_body_whose_name_stands_in_a_longer_one_is_another(text, long, short):
    assert named(text, long, short, kind=ORG) == [long, short]


def test_a_body_cut_short_is_neither_of_two():
    text = "The Turkish Defence Ministry and the Iraqi Defence Ministry met. The Defence Ministry sang."

    names = named(text, "Turkish Defence Ministry", "Iraqi Defence Ministry", "Defence Ministry", kind=ORG)

    assert names[2] == "Defence Ministry"


def test_a_name_keeps_its_own_spelling_where_the_text_has_no_fuller():
    assert named("President Lund left.", "President Lund") == ["President Lund"]


mentions = st.lists(
    st.builds(
        Mention,
        st.integers(0, 40),
        st.integers(0, 40),
        st.sampled_from(MentionType),
        st.sampled_from(["Layla Harith", "Harith", "LWU", "Lakeshore Workers Union", "Harith Jr.", "", "his"])
        | st.text(),
    ),
    max_size=6,
)


@given(st.text() | st.just("his father, Harith (LWU) of the Lakeshore Workers Union"), mentions)
def test_every_mention_has_a_spelling_of_its_type(text, found):
    names = within(text, found)

    assert len(names) == len(found)
    for mention, name in zip(found, names, strict=True):
        assert name in {other.surface for other in found if other.type is mention.type}


@pytest.mark.parametrize(
    "surfaces",
    [
        [f"Ab{chr(97 + at % 26)}{chr(97 + at // 26 % 26)} Harith" for at in range(3000)],
        ["Harith"] * 3000,
        ["Aa " * 50] * 300,
    ],
    ids=["family", "repeated", "long"],
)
def test_texts_of_many_names_end(surfaces):
    text = ", ".join(surfaces)

    assert len(named(text, *surfaces)) == len(surfaces)


def test_names_are_found_and_told_in_full_at_once():
    text = "BAGHDAD – Finance Minister Haider al-Barwani resigned on Monday. Barwani gave no reason."

    found = name_mentions(text)

    assert [(one.mention.surface, one.name) for one in found if one.mention.type is PER] == [
        ("Haider al-Barwani", "Haider al-Barwani"),
        ("Barwani", "Haider al-Barwani"),
    ]
