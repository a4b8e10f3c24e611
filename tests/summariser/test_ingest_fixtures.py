"""Pages as they come, beside what they should become: drop a strange one in to make it a test."""

import tomllib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from summariser.ingest import prepare
from summariser.model import NoteKind
from summariser.text import paragraphs, split_sentences

DATA = Path(__file__).parent / "data"
PAGES = sorted(path for path in DATA.iterdir() if path.is_file() and path.suffix != ".toml")
FACTS = ("title", "republished_title", "source", "author", "published_kind", "published_words", "language")


@pytest.fixture(params=PAGES, ids=lambda path: path.name)
def page(request):
    expected = tomllib.loads(request.param.with_suffix(".expected.toml").read_text("utf-8"))
    return prepare(request.param.read_bytes(), request.param.name), expected


def test_a_page_reads_as_its_articles(page):
    reading, expected = page

    assert reading.document.format == expected["format"]
    assert len(reading.document.articles) == expected.get("articles_count", len(expected.get("articles", [])))


def test_an_article_carries_what_is_printed_about_it(page):
    reading, expected = page

    for article, told in zip(reading.document.articles, expected.get("articles", []), strict=False):
        for fact in FACTS:
            assert fact not in told or getattr(article, fact) == told[fact], fact
        if isinstance(told.get("published"), datetime):
            assert article.published == told["published"]
        elif "published" in told:
            assert article.published is None


def test_an_article_offers_its_sentences_and_nothing_else(page):
    reading, expected = page

    for article, spans, told in zip(
        reading.document.articles, reading.sentences, expected.get("articles", []), strict=False
    ):
        quotes = [span.cut(article.text) for span in spans]
        others = [span.cut(article.text) for span in split_sentences(article.text) if span not in spans]
        assert len(quotes) == told.get("sentences", len(quotes))
        assert quotes[0] == told.get("first", quotes[0])
        assert quotes[-1] == told.get("last", quotes[-1])
        assert others == told.get("segments", others)
        assert len(paragraphs(article.text)) == told.get("paragraphs", len(paragraphs(article.text)))


def test_every_dropped_line_is_noted_with_its_role(page):
    reading, expected = page

    roles = Counter(note.role for note in reading.document.notes if note.kind is NoteKind.DROPPED)

    assert dict(roles) == expected.get("dropped", dict(roles))


def test_an_article_stands_in_the_text_of_its_document(page):
    reading, _ = page

    for article, spans in zip(reading.document.articles, reading.sentences, strict=True):
        assert reading.document.text[article.start : article.end] == article.text
        assert all(span.cut(article.text).strip() == span.cut(article.text) != "" for span in spans)
