"""Names that a text prints in capitals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser import resolve_entities
from summariser.entities import group
from summariser.entities.casing import in_print
from summariser.model import Mention, MentionType

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC


@pytest.mark.parametrize(
    ("kind", "printed", "shown"),
    [
        (LOC, "PORT AZIMAR", "Port Azimar"),
        (LOC, "PORT-AU-PRINCE", "Port-au-Prince"),
        (LOC, "DEIR EZ-ZOR", "Deir ez-Zor"),
        (LOC, "ST. JOHN'S", "St. John's"),
        (LOC, "WASHINGTON, D.C.", "Washington, D.C."),
        (LOC, "OSLO", "Oslo"),
        (LOC, "UAE", "UAE"),
        (LOC, "U.S.", "U.S."),
        (LOC, "McMurdo", "McMurdo"),
        (PER, "LIDIA VAN DER FERROW", "Lidia van der Ferrow"),
        (PER, "SALMA AL-KARMI", "Salma al-Karmi"),
        (PER, "JFK", "JFK"),
        (ORG, "HARBOUR BOARD", "HARBOUR BOARD"),
    ],
)
def test_what_is_printed_in_capitals_is_shown_in_ordinary_letters(kind, printed, shown):
    assert in_print(kind, printed) == shown


@given(st.sampled_from(MentionType), st.text(max_size=30))
def test_only_capitals_change(kind, spelling):
    shown = in_print(kind, spelling)

    assert shown == spelling or (spelling.isupper() and shown.casefold() == spelling.casefold())


def test_a_spelling_in_ordinary_letters_goes_before_a_rule():
    names = [(LOC, "PORT AL-AZIMAR", 9), (LOC, "Port Al-Azimar", 1)]

    assert group(names).names == ("Port Al-Azimar",)


def test_a_dateline_is_named_in_ordinary_letters_and_its_span_stays_as_printed():
    text = "PORT AZIMAR - The quay is shut."

    [place] = resolve_entities([(text, [Mention(0, 11, LOC, "PORT AZIMAR")])])

    assert place.name == "Port Azimar"
    assert place.aliases == ("PORT AZIMAR",)
    assert place.mentions == ((0, 0, 11),)
