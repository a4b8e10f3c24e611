import re
from itertools import pairwise

import pytest

from bot.console.demo import SAMPLES
from summariser import read

FILES = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".txt", ".md", ".html"))


@pytest.fixture(scope="module")
def documents():
    return {path.name[0]: read(path.read_bytes(), path.name) for path in FILES}


def test_there_are_texts_a_page_and_a_markdown_file():
    assert {path.suffix for path in FILES} == {".txt", ".md", ".html"}
    assert len(FILES) >= 6


def test_the_samples_hold_nine_articles_three_of_them_in_one_file(documents):
    assert {name: len(document.articles) for name, document in documents.items()} == {
        "1": 1,
        "2": 1,
        "3": 3,
        "4": 1,
        "5": 1,
        "6": 1,
        "7": 1,
    }


def test_each_article_has_a_title_and_a_date(documents):
    dates = {
        (article.title, str(article.published.date()) if article.published else None)
        for document in documents.values()
        for article in document.articles
    }

    assert dates == {
        ("Island goes quiet as undersea cable fails", "2024-03-03"),
        ("Owner of dredger says the chart was wrong", "2024-03-05"),
        ("Schoolchildren find the missing buoy", "2024-03-07"),
        ("Tuna auction returns to chalk and slate", "2024-03-08"),
        ("A retired teacher keeps the hospital's orders moving", "2024-03-09"),
        ("What nine days of silence taught us", "2024-03-13"),
        ("Insurer to pay for severed cable, then look for somebody to share the bill", "2024-03-15"),
        ("Inquiry finds three small mistakes behind Tamboro's nine silent days", "2024-04-22"),
    }


def test_boiler_plate_is_left_out(documents):
    texts = "\n".join(document.text for document in documents.values())

    for line in ("Leave a Reply", "Tweet", "cookies", "A+ A-", "ADVERTISEMENT", "Post comment", "Last Modified"):
        assert line not in texts


def test_one_man_is_written_in_many_ways():
    texts = "\n".join(path.read_text() for path in FILES)

    assert set(re.findall(r"Har\w+ Bel ?[KkQq]\w+", texts)) == {
        "Haroun Belkassem",
        "Harun Bel Qasim",
        "Haroun Bel Kassem",
        "Harun Belkacem",
        "Haroon Belqasem",
    }


def test_the_repost_repeats_its_source_under_another_headline(documents):
    original, repost = (documents[name].articles[0] for name in "14")

    assert repost.title == original.title
    assert repost.republished_title == "Smuggler Island Goes Quiet As Undersea Cable Fails!"
    shared = [line for line in original.text.splitlines() if len(line) > 80 and line in repost.text]
    assert len(shared) >= 4


def test_the_files_are_told_apart_by_their_first_figure():
    assert all(one.name[0] < other.name[0] for one, other in pairwise(FILES))
