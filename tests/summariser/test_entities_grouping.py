"""Which names mean the same, by the names themselves and by what people decided."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.entities import group, name_keys
from summariser.model import Decision, MentionType, Verdict

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC
SAME, DIFFERENT = Verdict.SAME, Verdict.DIFFERENT

PEOPLE = [
    "Muqtada al-Harthi",
    "Moqtada Al Harthi",
    "Muqtada Sadiq al-Harthi",
    "Harthi",
    "Qassem Wahidi",
    "Ghasem Vahidi",
    "Saleh Karimi",
    "Salih Karimi",
    "Salah Karimi",
    "Sgt. Salah Karimi",
    "Kim Min-ji",
    "Kim Minji",
    "President",
]
BODIES = [
    "Lakeshore Workers Union",
    "LWU",
    "Lakeshore Workers’ Union",
    "Dawa Party",
    "Islamic Dawa Party",
    "Parliament",
]
people = st.tuples(st.just(PER), st.sampled_from(PEOPLE), st.integers(1, 9))
bodies = st.tuples(st.just(ORG), st.sampled_from(BODIES), st.integers(1, 9))
names = st.lists(people | bodies, max_size=8, unique_by=lambda name: name[:2])
decisions = st.lists(
    st.builds(
        Decision, st.sampled_from([SAME, DIFFERENT]), st.just(PER), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)
    ),
    max_size=4,
)


def grouped(*spellings, kind=PER, decisions=()):
    """Return the groups as sets of spellings."""
    found = group([(kind, spelling, 1) for spelling in spellings], decisions)
    return {frozenset(spellings[index] for index in members) for members in found.groups}


def evidence(one, other, kind=PER):
    return [candidate.evidence for candidate in group([(kind, one, 1), (kind, other, 1)]).candidates]


def are_one(one, other, kind=PER):
    return len(group([(kind, one, 1), (kind, other, 1)]).groups) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Muqtada al-Harthi", "Moqtada Al Harthi"),
        ("Muqtada al-Harthi", "Moqtada el-Harthi"),
        ("Nizar as-Sabah", "Nizar Sabah"),
        ("Farid Suleimani", "Farid Soleimani"),
        ("Mustafa al-Kadhimi", "Mustafa Khadimi"),
        ("Nabil Fadhil", "Nabeel Fazil"),
        ("Qassem Wahidi", "Ghasem Vahidi"),
        ("Kassim Rauf", "Qasim Raouf"),
        ("Abdel Rahman Shakir", "Abdulrahman Shaker"),
        ("Abdul Ghani Yunus", "Abdulghani Younis"),
        ("Adnan Alhamdi", "Adnan al-Hamdi"),
        ("Çiğdem Yıldırımoğlu", "Cigdem Yildirimoglu"),
        ("Yevgeny Morozenko", "Evgeniy Morozenko"),
        ("Jürgen Brandstätter", "Juergen Brandstaetter"),
        ("Zhao Yong-lin", "Zhao Yonglin"),
        ("José Peña", "Jose Pena"),
        ("President Ada Lund", "Ada Lund"),
        ("Ada Lund’s", "ADA LUND"),
    ],
)
def test_one_name_in_two_spellings_is_one_person(one, other):
    assert are_one(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ali al-Obeidi", "Haider al-Abadi"),
        ("Ali al-Obeidi", "Ali al-Abadi"),
        ("Abdul Ghani al-Asadi", "Hassan Muhammad al-Asadi"),
        ("Abdul Ghani al-Asadi", "Ahmad al-Assadi"),
        ("Mahmoud Barakat", "Muhammad Barakat"),
        ("Saleh Karimi", "Salah Karimi"),
        ("Salman Rikabi", "Suleiman Rikabi"),
        ("Muqtada al-Harthi", "Muhammad Sadiq al-Harthi"),
        ("Zhou Min", "Zhu Min"),
        ("Sergei Ivanov", "Sergei Ivanova"),
        ("Juan Martín", "Juan Martínez"),
        ("Ali Yıldız", "Ali Yıldırım"),
        ("Charles Reed Jr.", "Charles Reed Sr."),
        ("Barry Brown", "Berry Brown"),
    ],
)
def test_two_names_that_look_alike_stay_apart(one, other):
    assert not are_one(one, other)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Hala Noor Rashid", "Hala Rashid", "middle name"),
        ("Rashid", "Hala Rashid", "surname"),
        ("Enrique Peña Solís", "Peña", "surname"),
        ("Xi", "Xi Dongmei", "given name"),
        ("J. Odhiambo", "James Odhiambo", "initial"),
        ("Dongmei Xi", "Xi Dongmei", "order"),
        ("Suleimani", "Soleimani", "sound"),
        ("Tayyip Erdemli", "Recep Tayyip Erdemli", "part"),
    ],
)
def test_what_is_likely_is_a_candidate_with_its_evidence(one, other, why):
    assert evidence(one, other) == evidence(other, one) == [why]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Lakeshore Workers Union", "LWU", "acronym"),
        ("Saraya al-Salam", "Peace Brigades", "translation"),
        ("Hashd al-Shaabi", "Popular Mobilisation Forces", "translation"),
        ("Popular Mobilisation Forces", "Popular Mobilisation Units", "translation"),
        ("Dawa Party", "Islamic Dawa Party", "part"),
    ],
)
def test_what_may_be_one_body_is_a_candidate_with_its_evidence(one, other, why):
    assert evidence(one, other, ORG) == [why]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (ORG, "Lakeshore Mobilisation Forces", "Lakeshore Mobilization Force"),
        (ORG, "Harbour Labour Party", "Harbor Labor Party"),
        (ORG, "Interior Ministry of Halm", "Halm Ministry of the Interior"),
        (ORG, "Saeroon", "Sairoon"),
        (ORG, "Hezbollah", "Hizballah"),
        (ORG, "Northgate Metals Inc.", "Northgate Metals"),
        (ORG, "Inland Rice Growers’ Council", "IRGC"),
        (LOC, "U.S.", "United States"),
        (LOC, "Falluja", "Fallujah"),
        (LOC, "Republic of Albania", "Albania"),
    ],
)
def test_one_body_or_place_in_two_spellings_is_one(kind, one, other):
    assert are_one(one, other, kind)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (LOC, "Granada", "Grenada"),
        (LOC, "Niger", "Nigeria"),
        (LOC, "Mexico", "Mexico City"),
        (LOC, "Halm Islands", "Halm Island"),
        (ORG, "University of York", "York University"),
        (ORG, "ANA", "INA"),
        (ORG, "Hezbollah", "Kataib Hezbollah"),
    ],
)
def test_two_bodies_or_places_that_look_alike_stay_apart(kind, one, other):
    assert not are_one(one, other, kind)


def test_a_lone_surname_does_not_join_two_who_bear_it():
    assert len(grouped("Layla Harith", "Harith", "Omar Harith")) == 3


def test_a_word_for_an_office_or_a_kind_of_body_joins_nothing():
    found = group([(PER, "Mr President", 1), (PER, "President", 1), (ORG, "Parliament", 1), (ORG, "Parliament", 1)])

    assert len(found.groups) == 4
    assert found.candidates == ()


@given(names, decisions, st.randoms())
def test_the_order_of_the_names_changes_nothing(given_names, decided, chance):
    mixed = list(given_names)
    chance.shuffle(mixed)

    one, other = (
        (
            {frozenset(some[index][:2] for index in members) for members in found.groups},
            {(frozenset({found.names[pair.one], found.names[pair.other]}), pair.evidence) for pair in found.candidates},
        )
        for some, found in ((some, group(some, decided)) for some in (given_names, mixed))
    )

    assert one == other


@given(names, people | bodies)
def test_another_name_parts_nothing_that_was_joined(given_names, more):
    before = group(given_names)
    after = group([*given_names, more])

    together = [set(members) for members in after.groups]
    assert all(any(set(members) <= one for one in together) for members in before.groups)


@given(names, decisions)
def test_what_a_person_parts_is_never_in_one_group(given_names, decided):
    found = group(given_names, decided)

    last = {frozenset({word.one, word.other}): word.verdict for word in decided}
    for members in found.groups:
        spellings = {given_names[index][1] for index in members}
        for pair, verdict in last.items():
            one, *other = pair
            if verdict is DIFFERENT and other and not are_one(one, other[0]):
                assert not pair <= spellings


@given(names)
def test_names_that_are_joined_or_may_be_share_a_key(given_names):
    found = group(given_names)

    keys = [{key for index in members for key in name_keys(*given_names[index][:2])} for members in found.groups]
    assert all(keys[pair.one] & keys[pair.other] for pair in found.candidates)
    assert all(len(name_keys(*name[:2])) <= 8 for name in given_names)


def test_a_person_s_different_blocks_a_join_through_a_third_name():
    spellings = ("Saleh Karimi", "Salih Karimi", "Saalih Karimi")

    found = grouped(*spellings, decisions=[Decision(DIFFERENT, PER, "Saleh Karimi", "Saalih Karimi")])

    assert grouped(*spellings) == {frozenset(spellings)}
    assert len(found) == 2
    assert not any({"Saleh Karimi", "Saalih Karimi"} <= members for members in found)


def test_what_a_person_parts_is_no_candidate_either():
    found = group([(PER, "Harith", 1), (PER, "Layla Harith", 1)], [Decision(DIFFERENT, PER, "Layla Harith", "Harith")])

    assert found.candidates == ()


def test_the_later_decision_holds():
    both = [Decision(DIFFERENT, PER, "Kestrel", "Layla Harith"), Decision(SAME, PER, "Layla Harith", "Kestrel")]

    assert len(grouped("Kestrel", "Layla Harith", decisions=both)) == 1
    assert len(grouped("Kestrel", "Layla Harith", decisions=both[::-1])) == 2


def test_a_person_may_join_names_of_two_types():
    found = group([(PER, "Kestrel", 1), (ORG, "Kestrel", 1)], [Decision(SAME, PER, "Kestrel", "Kestrel", ORG)])

    assert found.groups == ((0, 1),)


def test_a_person_s_word_through_a_name_that_is_not_there_still_holds():
    said = [Decision(SAME, PER, "Kestrel", "Falcon"), Decision(SAME, PER, "Falcon", "Layla Harith")]

    assert len(grouped("Kestrel", "Layla Harith", decisions=said)) == 1


def test_a_group_is_called_by_its_most_frequent_full_spelling():
    found = group(
        [(PER, "Yusuf Harith", 2), (PER, "Yousef Harith", 7), (ORG, "LWUX", 9), (ORG, "Lake Wardens’ Union X", 1)]
    )

    assert found.names == ("Yousef Harith", "Lake Wardens’ Union X")


def test_a_person_s_name_for_a_group_is_its_name():
    found = group(
        [(PER, "Yusuf Harith", 2), (PER, "Yousef Harith", 7)],
        [Decision(Verdict.RENAME, PER, "Yousef Al Harith", "The Kestrel")],
    )

    assert found.names == ("The Kestrel",)


def test_a_rejected_name_marks_its_group():
    found = group([(PER, "Yusuf Harith", 2), (PER, "Antigone", 7)], [Decision(Verdict.REJECT, PER, "Antigone")])

    assert found.rejected == (1,)


@pytest.mark.parametrize("name", ["", "’s", "-", "al-", "§", "..", "1", "X" * 5000, "A " * 3000, "\n", "习近平", "Й"])
@pytest.mark.parametrize("kind", list(MentionType))
def test_odd_names_are_names_of_their_own(kind, name):
    found = group([(kind, name, 1), (kind, "Layla Harith", 1)])

    assert len(found.groups) == 2
    assert all(len(key) <= 40 for key in name_keys(kind, name))


def test_telling_who_is_meant_loads_neither_the_model_nor_nltk():
    code = (
        "import sys; from summariser.entities import group, name_keys, within;"
        "sys.exit(any(name in sys.modules for name in ('nltk', 'pycrfsuite', 'numpy', 'summariser.entities.features')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
