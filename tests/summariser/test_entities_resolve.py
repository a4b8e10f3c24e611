"""Who is meant by the names."""

from hypothesis import given, settings
from hypothesis import strategies as st

from summariser import resolve_entities
from summariser.model import Decision, Entity, Mention, MentionType, Verdict

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC


def document(text, *names):
    """Mark each name at its next place in the text."""
    mentions, at = [], 0
    for kind, surface in names:
        at = text.index(surface, at)
        mentions.append(Mention(at, at + len(surface), kind, surface))
        at += len(surface)
    return text, mentions


def people(*surfaces):
    return document(" met ".join(surfaces), *((PER, surface) for surface in surfaces))


def groups(entities):
    return {entity.name: {entity.name, *entity.aliases} for entity in entities}


names = st.sampled_from(
    ["Yusuf al-Harith", "Yousef al-Harith", "Harith", "Layla Harith", "Al Harith", "LWU", "Oslo", "’s"]
)
mentioned = st.lists(st.tuples(st.sampled_from(list(MentionType)), names), max_size=8)


@settings(deadline=None)
@given(
    documents=st.lists(mentioned, max_size=4),
    decisions=st.lists(
        st.builds(
            Decision, st.sampled_from([Verdict.SAME, Verdict.DIFFERENT]), st.sampled_from(MentionType), names, names
        ),
        max_size=3,
    ),
)
def test_every_mention_belongs_to_one_entity(documents, decisions):
    marked = [document(" ; ".join(surface for _, surface in found), *found) for found in documents]

    entities = resolve_entities(marked, decisions=decisions)

    given_mentions = sorted((index, m.start, m.end) for index, (_, found) in enumerate(marked) for m in found)
    assert sorted(place for entity in entities for place in entity.mentions) == given_mentions
    assert all(entity.name not in entity.candidates and entity.name not in entity.aliases for entity in entities)


def test_case_accents_hyphens_and_articles_do_not_part_a_name():
    entities = resolve_entities([people("Zoë al-Harith"), people("Zoe Al Harith"), people("Zoe Harith")])

    assert len(entities) == 1


def test_a_lone_surname_belongs_to_the_only_full_name_that_ends_in_it():
    (entity,) = resolve_entities([people("Layla Harith", "Harith", "Harith")])

    assert entity.name == "Layla Harith"
    assert entity.aliases == ("Harith",)
    assert len(entity.mentions) == 3


def test_a_surname_that_two_bear_stays_apart_and_names_both_as_candidates():
    entities = resolve_entities([people("Layla Harith", "Omar Harith", "Harith")])

    by_name = {entity.name: entity.candidates for entity in entities}
    assert by_name == {
        "Layla Harith": ("Harith",),
        "Omar Harith": ("Harith",),
        "Harith": ("Layla Harith", "Omar Harith"),
    }


def test_a_lone_surname_in_another_text_is_a_candidate_not_the_same():
    entities = resolve_entities([people("Layla Harith"), people("Harith"), people("Harith")])

    assert [(entity.name, entity.candidates) for entity in entities] == [
        ("Layla Harith", ("Harith",)),
        ("Harith", ("Layla Harith",)),
    ]


def test_a_dropped_middle_name_is_a_candidate_across_texts_and_the_same_within_one():
    apart = resolve_entities([people("Layla Noor Harith"), people("Layla Harith")])
    together = resolve_entities([people("Layla Noor Harith", "Layla Harith")])

    assert {entity.name: entity.candidates for entity in apart} == {
        "Layla Noor Harith": ("Layla Harith",),
        "Layla Harith": ("Layla Noor Harith",),
    }
    assert len(together) == 1


def test_a_title_alone_means_someone_else_in_each_text():
    entities = resolve_entities([people("Mr President"), people("President")])

    assert [entity.candidates for entity in entities] == [(), ()]


def test_others_of_the_family_are_no_candidates():
    entities = resolve_entities([people("Layla Harith", "Omar Harith")])

    assert [entity.candidates for entity in entities] == [(), ()]


def test_an_acronym_in_brackets_is_the_name_before_it():
    text = "The Lakeshore Workers Union (LWU) met. LWU members cheered."

    (entity,) = resolve_entities([document(text, (ORG, "Lakeshore Workers Union"), (ORG, "LWU"), (ORG, "LWU"))])

    assert entity.name == "Lakeshore Workers Union"
    assert entity.aliases == ("LWU",)


def test_the_initials_of_one_body_of_a_text_are_that_body_though_no_bracket_says_so():
    text = "Lakeshore Workers Union, LWU"

    entities = resolve_entities([document(text, (ORG, "Lakeshore Workers Union"), (ORG, "LWU"))])

    assert [entity.name for entity in entities] == ["Lakeshore Workers Union"]


def test_the_initials_of_two_bodies_of_a_text_are_neither():
    text = "Lakeshore Workers Union, Lowland Women United, LWU"

    entities = resolve_entities(
        [document(text, (ORG, "Lakeshore Workers Union"), (ORG, "Lowland Women United"), (ORG, "LWU"))]
    )

    assert len(entities) == 3


def test_an_acronym_in_another_text_is_a_candidate():
    entities = resolve_entities(
        [
            document("Lakeshore Workers Union", (ORG, "Lakeshore Workers Union")),
            document("LWU", (ORG, "LWU")),
        ]
    )

    assert [entity.candidates for entity in entities] == [("LWU",), ("Lakeshore Workers Union",)]


def test_a_place_and_a_person_of_one_name_stay_apart():
    entities = resolve_entities([document("Jordan met Jordan", (LOC, "Jordan"), (PER, "Jordan"))])

    assert [entity.type for entity in entities] == [LOC, PER]


def test_the_name_is_the_fullest_spelling_and_of_those_the_most_frequent():
    entities = resolve_entities([people("Layla Al-Harith", "Layla al-Harith", "Layla al-Harith", "Harith")])

    assert groups(entities) == {"Layla al-Harith": {"Layla al-Harith", "Layla Al-Harith", "Harith"}}


def test_a_known_entity_lends_its_name():
    known = Entity("Layla Harith", PER, ("Leila al-Harith",), ())

    (entity,) = resolve_entities([people("Leila Al-Harith")], known=[known])

    assert entity.name == "Layla Harith"
    assert entity.aliases == ("Leila Al-Harith",)


def test_a_person_s_same_joins_what_the_machine_would_not():
    decisions = [
        Decision(Verdict.SAME, PER, "Harith", "Layla Harith"),
        Decision(Verdict.SAME, PER, "Kestrel", "Harith"),
    ]

    (entity,) = resolve_entities([people("Layla Harith"), people("Harith"), people("Kestrel")], decisions=decisions)

    assert groups([entity]) == {"Layla Harith": {"Layla Harith", "Harith", "Kestrel"}}


def test_a_person_s_different_stops_what_the_machine_would_join():
    decisions = [
        Decision(Verdict.DIFFERENT, PER, "Harith", "Layla Harith"),
        Decision(Verdict.DIFFERENT, ORG, "LWU", "Lakeshore Workers Union"),
    ]
    text = "Layla Harith saw Harith at the Lakeshore Workers Union (LWU)"
    marked = document(text, (PER, "Layla Harith"), (PER, "Harith"), (ORG, "Lakeshore Workers Union"), (ORG, "LWU"))

    entities = resolve_entities([marked], decisions=decisions)

    assert [(entity.name, entity.candidates) for entity in entities] == [
        ("Layla Harith", ()),
        ("Harith", ()),
        ("Lakeshore Workers Union", ()),
        ("LWU", ()),
    ]


def test_a_rejected_name_is_nobody():
    entities = resolve_entities(
        [people("Layla Harith", "Kestrel")], decisions=[Decision(Verdict.REJECT, PER, "Kestrel")]
    )

    assert [entity.name for entity in entities] == ["Layla Harith"]
