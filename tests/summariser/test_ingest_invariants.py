"""Whatever comes in: a document that holds together, or an error that says why."""

from itertools import pairwise

import pytest
from file_makers import docx, pdf
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ingest_kinds import STORY

from summariser.errors import ReadError
from summariser.ingest import prepare
from summariser.model import DateOrigin

PIECES = st.sampled_from(
    [
        "A headline about the bridge\n\n",
        "Another headline about the bridge\n\n",
        "By Ada Roe\n\n",
        "May 3, 2020\n\n",
        "03/04/2021\n\n",
        "Updated: May 4, 2020 at 5 pm\n\n",
        "https://herald.example/2020/05/04/weir\n\n",
        "HALM, 3 May 2020 (NW) — The bridge is open. It was an old bridge, and few will miss it at all.\n\n",
        "By Ada Roe | 3 May 2020, 10:20 | 2 min read\n\n",
        "Subject: The bridge\nDate: Mon, 4 May 2020 10:00:00 +0200\n\n",
        "---\ntitle: Bridge\ndate: 2020-05-04\n---\n\n",
        "OSLO (NW) — The bridge is shut. " + "It was an old bridge, and few will miss it at all. " * 4 + "\n\n",
        "Leave a Reply\n\n",
        "RELATED: More of it\n\n",
        "---\n\n",
        "# ",
        "World - Africa - The Herald\n\n",
        "Photo: Ada Roe\n\n",
        "Ada Roe\n\n",
        "Oslo – The Herald\n\n",
        "* one\n* two\n",
        "\u202e",
        "\ud800",
        "\0",
        "سلام دنیا.\n\n",
        "<p>",
        "</p>",
    ]
)
TEXTS = st.lists(PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass"))
SAMPLES = [
    pdf([STORY]),
    docx(("Heading1", "Bridge closed"), ("", STORY)),
    f"<html><body><p>{STORY}</p></body></html>".encode(),
]


@st.composite
def damaged(draw):
    """Return a real file with a few bytes changed, cut off or doubled."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data[at : at + draw(st.integers(0, 6))] = draw(st.binary(max_size=6))
    return bytes(data[: draw(st.integers(len(data) // 2, len(data)))])


def holds_together(data, filename):
    """Read, and check what must hold of anything that was read."""
    try:
        reading = prepare(data, filename)
    except ReadError:
        return
    document = reading.document
    assert document.text.encode()
    assert document.articles
    # What leaves the worker must not drag our readers into the process that receives it.
    assert {type(document.format), *(type(note.role) for note in document.notes)} == {str}
    end = 0
    for article, spans in zip(document.articles, reading.sentences, strict=True):
        assert article.start >= end
        assert document.text[article.start : article.end] == article.text != ""
        assert all(before.end <= after.start for before, after in pairwise(spans))
        assert all(span.cut(article.text).strip() == span.cut(article.text) for span in spans)
        end = article.end
        knows_its_date(article, document)


def knows_its_date(article, document):
    """Check that the words of the date stand where they are said to, and that what holds them was told of."""
    place = article.published_at
    assert (place is None) == (article.published is None)
    if place is not None:
        assert place.words(article.text) == (article.published_words if place.span else None)
        assert place.origin is not DateOrigin.LINE or place.holder in {note.text for note in document.notes}


@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)),
    st.sampled_from(["a.txt", "a.md", "a.html"]),
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data, filename):
    holds_together(data, filename)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_page_is_read_or_refused(data):
    holds_together(data, "page.txt")


@given(damaged())
@settings(max_examples=200, deadline=None)
def test_a_damaged_file_is_read_or_refused(data):
    holds_together(data, "damaged")


@pytest.mark.parametrize(
    "data",
    [
        b"." * 200_000,
        b"a" * 200_000,
        b". " * 100_000,
        b"[...] " * 40_000,
        b"* " * 100_000 + b"a",
        b"[" * 200_000,
        b"<!--" * 50_000,
        b"x <b " * 40_000,
        b"<html><body>" + b"<div>" * 20_000 + STORY.encode(),
        b"Heading\n" * 5_000,
        b"May 3, 2020\n\n" * 5_000,
        b"By Ada Roe\n\n" * 5_000,
        b"Leave a Reply\n\n" * 5_000,
        b"# A\n\nBy Ada Roe\n\nIt is. So it is.\n\n" * 2_000,
    ],
    ids=range(14),
)
def test_endless_repetition_ends(data):
    holds_together(data, "endless.txt")
