"""What a sentence calls somebody, which sentence shows somebody best, and what leads from one name to others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.kindred import about, keys_of_words, parted, reach, spelled_alike
from summariser.model import Article, Decision, MentionType, Name, Span, Verdict
from summariser.sightings import judge, sightings
from summariser.text import split_sentences
from summariser.wordings import compare_headlines, describe

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC


def beside(sentence, name, kind=PER):
    start = sentence.index(name)
    [found] = describe([(sentence, Span(start, start + len(name)), kind)])
    return [span.cut(sentence) for span in found]


@pytest.mark.parametrize(
    ("sentence", "described"),
    [
        ("Harbour master Ola Rask said the dredger lay there.", ["Harbour master"]),
        ("The captain of the port, Ola Rask, wrote to the authority.", ["captain of the port"]),
        ("Its managing director, Ola Rask, said the company had bought folders.", ["managing director"]),
        ("The firebrand preacher Ola Rask spoke.", ["firebrand preacher"]),
        ("Supporters of Alevi cleric Ola Rask marched.", ["Alevi cleric"]),
        ("Ola Rask, the exiled leader of the Dawn Front, said no.", ["exiled leader of the Dawn Front"]),
        ("The news reached former Norwegian Prime Minister Ola Rask.", ["former Norwegian Prime Minister"]),
        ("The children's teacher, Ola Rask, noticed it.", ["children's teacher"]),
        ("They wrote to Colonel Ola Rask (a retired tribal chief) in May.", ["Colonel", "retired tribal chief"]),
        ("Prime Minister-designate Ola Rask said so.", ["Prime Minister-designate"]),
        ("the commander of Dawn Force Ola Rask and his men", ["commander of Dawn Force"]),
        ("The renegade general Ola Rask fled.", ["renegade general"]),
    ],
)
def test_titles_and_appositions_are_found_as_they_are_written(sentence, described):
    assert beside(sentence, "Ola Rask") == described


@pytest.mark.parametrize(
    "sentence",
    [
        "Police arrested Ola Rask.",
        "Ola Rask, a teacher, and two nurses came.",
        "Ola Rask, spokesman Juho Lind said, was ill.",
        "Ola Rask, who is 74, taught there.",
        "After Ola Rask had spoken, the river rose.",
        "He praised Ola Rask, once known for loyalty.",
        "The tower fell on Monday, Ola Rask said.",
        "Mr Ola Rask came.",
        "Ola Rask",
    ],
)
def test_what_is_said_of_others_or_of_nobody_is_not_taken(sentence):
    assert beside(sentence, "Ola Rask") == []


@pytest.mark.parametrize(
    ("sentence", "name", "kind", "described"),
    [
        ("The Iran-backed militia Dawn Front fired.", "Dawn Front", ORG, ["Iran-backed militia"]),
        ("The Dawn Front militia fired.", "Dawn Front", ORG, ["militia"]),
        ("The Dawn Front militia leader fired.", "Dawn Front", ORG, []),
        ("Dawn Front, an umbrella group of fighters, fired.", "Dawn Front", ORG, ["umbrella group of fighters"]),
        ("Ships left the northern port city of Vell.", "Vell", LOC, ["northern port city"]),
        ("Ships left Vell.", "Vell", LOC, []),
    ],
)
def test_bodies_and_places_are_described_too(sentence, name, kind, described):
    assert beside(sentence, name, kind) == described


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 40), st.sampled_from(MentionType))
def test_what_is_found_stands_in_the_sentence_whatever_it_is(text, start, length, kind):
    name = Span(min(start, len(text)), min(start + length, len(text)))

    [found] = describe([(text, name, kind)])

    assert all(0 <= span.start < span.end <= len(text) for span in found)


def test_headlines_differ_in_words_and_not_in_case_or_a_sites_name():
    pairs = [
        ("Rask accuses the harbour office", "Mad Ola accuses the harbour office"),
        ("Rask accuses the harbour office", "RASK ACCUSES THE HARBOUR OFFICE! | Loud News"),
        ("Rask resigns", ""),
    ]

    changed, same, none = compare_headlines(pairs)

    assert [span.cut(pairs[0][0]) for span in changed[0]] == ["Rask"]
    assert [span.cut(pairs[0][1]) for span in changed[1]] == ["Mad Ola"]
    assert same == ((), ())
    assert [span.cut(pairs[2][0]) for span in none[0]] == ["Rask resigns"]


def sighted(*texts, name="Ola Rask"):
    articles = [Article(text) for text in texts]
    places = [[Span(start, start + len(name)) for start in starts(text, name)] for text in texts]
    return sightings(articles, [split_sentences(text) for text in texts], places, PER)


def starts(text, name):
    place = text.find(name)
    while place >= 0:
        yield place
        place = text.find(name, place + 1)


def test_a_sentence_that_stands_by_itself_and_says_who_it_is_shows_best():
    leaning = "But he told Ola Rask nothing of it, and went home before the others had come."
    plain = "A letter was read out in the hall in which the name of Ola Rask stood twice."
    telling = "The harbour master Ola Rask closed the quay on Monday after a crack was found."
    text = f"{leaning} {plain} {telling}"

    [shown] = sighted(text)

    assert shown.passage.text == telling
    assert [span.cut(shown.passage.text) for span in shown.marked] == ["Ola Rask"]


def test_copies_are_known_by_the_first_of_them_and_who_is_not_named_is_not_shown():
    telling = "The harbour master Ola Rask closed the quay on Monday after a crack was found."

    first, copy = sighted(telling, "Nobody was there on that day at all, and it rained.", telling)

    assert (first.article, first.like, copy.article, copy.like) == (0, 0, 2, 0)


def test_what_leans_or_is_no_sentence_is_worth_less_than_nothing():
    leaning, heading = sighted(
        "It rained on the quay all day. But he told Ola Rask nothing of it.", "Ola Rask\n\nIt rained all day there."
    )

    assert leaning.worth < 0
    assert heading.worth < 0


def test_what_can_be_shown_is_whole_and_about_the_news():
    fit = "The quay was shut on Monday."
    leaning = "But the quay was shut."
    unfit = (
        "He said, “The quay was shut on Monday.",
        "(c) Sea Digest.",
        "OLA RASK SPEAKS",
        "Photo: Ola Rask on the quay.",
        "",
    )

    assert judge([fit, leaning, *unfit]) == (2, 1, 0, 0, 0, 0, 0)


RASK, FOX, VELL = Name(PER, "Ola Rask"), Name(PER, "the Salt Fox"), Name(LOC, "Vell")
SAME = Decision(Verdict.SAME, PER, "Ola Rask", "the Salt Fox")
APART = Decision(Verdict.DIFFERENT, PER, "OLA RASK", "Vell", LOC)


def test_kin_is_reached_by_keys_and_by_what_people_joined():
    found = reach([RASK], [SAME, APART])

    assert found.names == (FOX,)
    assert set(found.keys) & set(keys_of_words("Ola Rask"))
    assert reach([VELL], [SAME]).names == ()


def test_what_parts_two_is_found_whatever_the_case_and_the_order():
    assert parted([VELL], [FOX, RASK], [SAME, APART]) == 1
    assert parted([RASK], [FOX], [SAME, APART]) is None


def test_decisions_are_about_both_names_and_a_new_name_is_nobodys():
    renamed = Decision(Verdict.RENAME, PER, "Ola Rask", "Vell")

    assert about([RASK], [SAME, APART, renamed]) == (0, 1, 2)
    assert about([VELL], [SAME, APART, renamed]) == (1,)
    assert spelled_alike(RASK, [Name(PER, "ola rask"), FOX]) == (True, False)
