"""Whose a generic body is: `Supreme Court` of the country that the text sets beside it."""

import re

import pytest

from summariser import resolve_entities
from summariser.entities import within
from summariser.model import Mention, MentionType

MARK = re.compile(r"\[(PER|ORG|LOC) ([^\[\]]+)\]")


def marked(report):
    """Return a report's text and the names that are marked in it."""
    text, mentions, last = "", [], 0
    for found in MARK.finditer(report):
        text += report[last : found.start()]
        mentions.append(Mention(len(text), len(text) + len(found[2]), MentionType(found[1]), found[2]))
        text += found[2]
        last = found.end()
    return text + report[last:], tuple(mentions)


@pytest.mark.parametrize(
    ("report", "name"),
    [
        ("Ghana's [ORG Supreme Court] met, with judges from [LOC Togo] and [LOC Mali].", "Supreme Court (Ghana)"),
        ("The Ghanaian [ORG Ministry of Health] wrote to [LOC Togo].", "Ministry of Health (Ghana)"),
        ("The [ORG Democratic Party] of [LOC Serbia] met in [LOC Zagreb].", "Democratic Party (Serbia)"),
        ("[LOC ACCRA] — The [ORG Supreme Court] met on Monday.", "Supreme Court (Ghana)"),
        ("The [ORG Supreme Court] of [LOC Ghana] met. [LOC Togo] lost. [LOC Togo] pays.", "Supreme Court (Ghana)"),
    ],
)
def test_a_body_of_any_country_gets_the_one_beside_it(report, name):
    text, mentions = marked(report)

    assert name in within(text, mentions)


@pytest.mark.parametrize(
    "report",
    [
        "The [ORG Supreme Court] met. Judges from [LOC Togo] and [LOC Ghana] came.",
        "The [ORG Supreme Court] met on Monday, in the rain.",
        "[LOC ACCRA] — The [ORG Justice Department] told reporters nothing.",
        "[LOC ACCRA] — The [ORG Ashanti Farmers Union] met on Monday.",
        "Ghana's [PER President] met the press.",
    ],
)
def test_a_name_is_left_as_it_is_where_the_text_does_not_tell_or_need_not(report):
    text, mentions = marked(report)

    assert within(text, mentions) == tuple(mention.surface for mention in mentions)


def test_generic_bodies_of_two_countries_stay_apart_and_those_of_one_are_joined():
    reports = [
        "[LOC ACCRA] — The [ORG Supreme Court of Ghana] met. The [ORG Supreme Court] ruled.",
        "[LOC DHAKA] — The [ORG Supreme Court] met on Monday.",
        "Ghana's [ORG Supreme Court] will meet again.",
    ]

    found = resolve_entities([marked(report) for report in reports])

    courts = [{index for index, _, _ in one.mentions} for one in found if one.type is MentionType.ORG]
    assert courts == [{0, 2}, {1}]


@pytest.mark.parametrize("name", ["City Council", "Fire Department", "Town Hall"])
def test_what_a_country_has_many_of_is_not_joined_by_the_country(name):
    found = resolve_entities([marked(f"[LOC ACCRA] — The [ORG {name}] met on {day}.") for day in ("Monday", "Friday")])

    assert [len(one.mentions) for one in found if one.type is MentionType.ORG] == [1, 1]


@pytest.mark.parametrize("name", ["LOC West Bank", "LOC Red Sea", "ORG Security Council"])
def test_what_is_known_all_over_the_world_is_one_though_its_words_are_plain(name):
    [found] = resolve_entities([marked(f"The [{name}] was quiet on {day}.") for day in ("Monday", "Friday")])

    assert len(found.mentions) == 2


@pytest.mark.parametrize(
    "name",
    [
        "Communist Party",
        "Court of Cassation",
        "Ministry of Electricity",
        "Ministry of Migration",
        "Coast Guard",
        "Anti-Corruption Commission",
        "Football Federation",
        "Teachers' Union",
        "Tahrir Square",
    ],
)
def test_what_every_country_may_have_is_not_joined_where_no_country_is_told(name):
    found = resolve_entities([marked(f"The [ORG {name}] met on {day}.") for day in ("Monday", "Friday")])

    assert len(found) == 2
