"""Names found in texts."""

import json
import subprocess
import sys
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser import find_mentions
from summariser.model import MentionType

REPORT = """\
Minister Quits Over Harbour Deal

NAIROBI, Kenya — Kenyan Foreign Minister Njeri Wambui resigned on Tuesday, the Ministry of Transport in Nairobi said.
Wambui's deputy, Tomasz van der Velde, will take over.
The Lakeshore Workers Union (LWU) had called for her to go. Police Chief Ada Lund praised Wambui.
LWU members met near Lake Sorrel and in Kisumu. The fees stay, Mr. Odhiambo said.
American investors left Kenya's capital. Prices rose. Prices had fallen in March.
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


def test_the_same_text_gives_the_same_names():
    assert find_mentions(REPORT) == find_mentions(REPORT)


def test_people_are_found_without_their_titles():
    people = found(REPORT, MentionType.PER)

    assert people == ["Njeri Wambui", "Wambui", "Tomasz van der Velde", "Ada Lund", "Wambui", "Odhiambo"]


def test_bodies_are_found_whole():
    assert found(REPORT, MentionType.ORG) == ["Ministry of Transport", "Lakeshore Workers Union", "LWU", "LWU"]


def test_places_are_found():
    assert found(REPORT, MentionType.LOC) == ["NAIROBI", "Kenya", "Nairobi", "Lake Sorrel", "Kisumu", "Kenya"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Iraqi Prime Minister Karim al-Bayati met Mr Al Bayati’s brother.",
            [("Karim al-Bayati", "PER"), ("Al Bayati", "PER")],
        ),
        ("The Bayatist movement and the Dujail Party split.", [("Bayatist movement", "ORG"), ("Dujail Party", "ORG")]),
        ("KISUMU — Rain fell on Tuesday.", [("KISUMU", "LOC")]),
        ("The IRGC denied it.", [("IRGC", "ORG")]),
        ("The Beirut-based group left.", [("Beirut", "LOC")]),
        ("They flew to Saudi Arabia again.", [("Saudi Arabia", "LOC")]),
        ("They asked the Bank of Estonia first.", [("Bank of Estonia", "ORG")]),
        ("They met Ada Lund, Bo Halvorsen and others.", [("Ada Lund", "PER"), ("Bo Halvorsen", "PER")]),
    ],
)
def test_names_have_their_bounds_and_types(sentence, expected):
    assert [(mention.surface, str(mention.type)) for mention in find_mentions(sentence)] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Rain fell on Monday in March.",
        "He taught English and French to Syrian children.",
        "هطل المطر على المدينة يوم الاثنين.",
        "今天下雨了。",
    ],
)
def test_what_is_no_name_is_left_out(sentence):
    assert found(sentence) == []


@pytest.mark.parametrize("language", ["ar", "fa", "zh"])
def test_languages_without_capitals_give_nothing(language):
    assert find_mentions("Ada Lund", language=language) == ()


def test_a_bare_surname_follows_the_full_name():
    text = "Wambui Leaves For Good\nNjeri Wambui boarded a ferry at dawn.\nNobody saw al-Wambui or Wambui go."

    assert set(found(text, MentionType.PER)) == {"Njeri Wambui", "al-Wambui", "Wambui"}


def test_a_defined_acronym_has_the_type_of_what_it_stands_for():
    text = "The Zorvan Lake Basin Authority (ZLBA) met.\nIn June ZLBA closed.\nZLBA"

    assert [mention.type for mention in find_mentions(text) if mention.surface == "ZLBA"] == [MentionType.ORG] * 3


def test_a_name_does_not_run_over_a_line_break():
    assert found("They met Ilse\nOkafor there.") != ["Ilse\nOkafor"]


@pytest.mark.parametrize(
    "text",
    [
        "A" * 300_000,
        "A-" * 100_000,
        "Aa Bb (AB) " * 2_000,
        "(" * 100_000,
        "Amina " * 5_000,
        "É́" * 50_000,
        "\n" * 300_000,
    ],
    ids=["word", "hyphens", "definitions", "brackets", "names", "marks", "lines"],
)
def test_hostile_texts_end(text):
    mentions = find_mentions(text)

    assert all(text[mention.start : mention.end] == mention.surface for mention in mentions)


def test_the_model_is_the_one_that_its_record_tells_of():
    folder = files("summariser.entities")
    record = json.loads(folder.joinpath("model.json").read_text(encoding="utf-8"))
    model = folder.joinpath("model.crfsuite").read_bytes()

    assert record["model_sha256"] == sha256(model).hexdigest()
    assert (
        record["sha256"]["summariser/entities/clusters.txt"]
        == sha256(folder.joinpath("clusters.txt").read_bytes()).hexdigest()
    )
    assert len(model) < 4 * 2**20


def test_importing_the_package_loads_no_model():
    code = "import sys, summariser, summariser.model; sys.exit('pycrfsuite' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
