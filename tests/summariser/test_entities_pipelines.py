"""Names by a spaCy pipeline. spaCy is the user's and not here: a stand-in of its shape shows the conversion."""

from types import SimpleNamespace

import pytest

from summariser.entities import name_mentions, pipelines
from summariser.errors import MissingPipelineError
from summariser.ingest import prepare
from summariser.model import MentionType


def stand_in(*found):
    """Return what calls like a pipeline and finds these (words, label) in any text."""

    def read(text):
        return SimpleNamespace(
            ents=[
                SimpleNamespace(
                    text=words, label_=label, start_char=text.index(words), end_char=text.index(words) + len(words)
                )
                for words, label in found
            ]
        )

    return read


def test_a_pipeline_s_names_become_ours(monkeypatch):
    text = "Ada Lund of the Lakeshore Union left Halm on Monday. Lund ate."
    found = stand_in(("Ada Lund", "PERSON"), ("the Lakeshore Union", "ORG"), ("Halm", "GPE"), ("Monday", "DATE"))
    monkeypatch.setattr(pipelines, "_load", lambda _: found)

    named = name_mentions(text, pipeline="en_small")

    assert [(one.mention.surface, one.mention.type, one.name) for one in named] == [
        ("Ada Lund", MentionType.PER, "Ada Lund"),
        ("Lakeshore Union", MentionType.ORG, "Lakeshore Union"),
        ("Halm", MentionType.LOC, "Halm"),
    ]
    assert all(text[one.mention.start : one.mention.end] == one.mention.surface for one in named)


def test_a_long_text_is_read_in_parts(monkeypatch):
    monkeypatch.setattr(pipelines, "_load", lambda _: stand_in(("Halm", "GPE")))
    monkeypatch.setattr(pipelines, "_LONGEST", 12)
    text = "Halm is far.\nHalm is near and Halm is old.\n"

    found = pipelines.find_by_pipeline("Halm slept.\nHalm woke.\n", "en_small")

    assert [one.start for one in found] == [0, 12]
    assert "".join(part for _, part in pipelines._parts(text)) == text


def test_a_file_is_read_with_the_names_that_the_pipeline_finds(monkeypatch):
    monkeypatch.setattr(pipelines, "_load", lambda _: stand_in(("night boat", "ORG")))
    data = b"Boats are back\n\nThe night boat sails again from Monday, said the woman who runs the terminal.\n"

    reading = prepare(data, "a.txt", pipeline="en_small")

    assert [(one.mention.surface, one.mention.rule) for one in reading.names[0]] == [("night boat", "spacy")]


def test_a_pipeline_that_is_not_installed_is_named_with_the_next_step():
    with pytest.raises(MissingPipelineError, match="“en_small” is not there"):
        name_mentions("Ada Lund left.", pipeline="en_small")
