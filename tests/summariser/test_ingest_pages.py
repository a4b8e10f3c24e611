"""Web pages: the text as people would copy it, what the page states of itself, and a note on all that surrounds it."""

import tomllib
from pathlib import Path

import pytest

from summariser.ingest import prepare, read
from summariser.model import DateKind, NoteKind

PAGES = sorted((Path(__file__).parent / "data" / "reading").glob("*/html/*.html"))
STORY = (
    "The council of Halm met on Monday evening and decided to keep the old bridge. "
    "Repairs will take two years, said the engineer, and cost less than a new one would."
)
SECOND = "Nobody had spoken for the new bridge. The ferry will run until the work is done, at half the fare."


def page(body: str, head: str = "") -> bytes:
    markup = f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{body}</body></html>"
    return markup.encode()


def article(body: str, head: str = ""):
    return read(page(body, head), "page.html").articles[0]


def dropped(body: str):
    notes = read(page(body), "page.html").notes
    return {note.role: note.text for note in notes if note.kind is NoteKind.DROPPED}


@pytest.fixture(params=PAGES, ids=lambda path: path.stem)
def annotated(request):
    expected = tomllib.loads(request.param.with_suffix(".expected.toml").read_text("utf-8"))
    return prepare(request.param.read_bytes(), request.param.name).document, expected


def test_no_paragraph_of_an_article_is_lost_or_broken(annotated):
    document, expected = annotated

    kept = [paragraph for one in document.articles for paragraph in one.text.split("\n\n")]

    assert [words for one in expected["articles"] for words in one["text"] if words not in kept] == []
    assert len(document.articles) == len(expected["articles"])


def test_no_article_gets_a_day_that_is_not_its_own(annotated):
    document, expected = annotated

    for one, told in zip(document.articles, expected["articles"], strict=True):
        if told.get("published") is not False:
            assert one.published in {None, told.get("published")}


def test_what_surrounds_the_article_is_noted_with_its_role():
    body = (
        "<nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"
        f"<main><h1>Old bridge stays</h1><p>{STORY}</p>"
        "<figure><img src='b.jpg'><figcaption>The bridge from the south.</figcaption></figure>"
        f"<p>{SECOND}</p></main>"
        "<div class='comments'><p>I shall miss the ferry, which was always late but never full.</p></div>"
    )

    notes = dropped(body)

    assert notes["navigation"] == "Home News"
    assert notes["caption"] == "The bridge from the south."
    assert notes["comment-form"].startswith("I shall miss the ferry")


def test_paragraphs_and_headings_are_kept_in_their_order():
    body = f"<div><h1>Old bridge stays</h1><p>{STORY}</p><h2>A second vote</h2><p>{SECOND}</p></div>"

    assert article(body).text == f"{STORY}\n\nA second vote\n\n{SECOND}"


def test_an_article_is_no_furniture_whatever_its_element_is_called():
    body = f"<div class='sidebar widget-area'><h1>Old bridge stays</h1><p>{STORY}</p><p>{SECOND}</p></div>"

    assert article(body).text == f"{STORY}\n\n{SECOND}"


def test_the_headline_above_the_text_is_the_title_and_another_one_stated_is_the_republishers():
    head = "<meta property='og:title' content='Scandal: town wastes millions on ruin'>"
    found = article(f"<div><h1>Halm keeps its old bridge</h1><p>{STORY}</p><p>{SECOND}</p></div>", head)

    assert found.title == "Halm keeps its old bridge"
    assert found.republished_title == "Scandal: town wastes millions on ruin"


def test_a_headline_of_the_page_is_cut_out_of_its_windows_title():
    head = "<title>The Halm Herald: Old bridge stays after all</title>"
    found = article(f"<div><h2>Old bridge stays after all</h2><p>{STORY}</p><p>{SECOND}</p></div>", head)

    assert found.title == "Old bridge stays after all"


def test_a_day_that_is_stated_and_another_that_is_printed_are_no_date():
    head = "<meta property='article:published_time' content='2021-01-31T03:00:00Z'>"
    document = read(page(f"<h1>Old bridge stays</h1><p>Published: 14 May 2014</p><p>{STORY}</p>", head), "page.html")

    assert document.articles[0].published is None
    assert any(note.kind is NoteKind.REFUSED and "14 May 2014" in note.text for note in document.notes)


def test_a_printed_day_of_publication_goes_before_a_stated_change_and_an_address():
    heads = (
        "<meta property='article:modified_time' content='2021-01-31T03:00:00Z'>",
        "<link rel='canonical' href='https://halm.example/2014/06/01/bridge'>",
    )
    for head in heads:
        found = article(f"<h1>Old bridge stays</h1><p>Published: 14 May 2014</p><p>{STORY}</p>", head)

        assert (found.published.isoformat()[:10], found.published_kind) == ("2014-05-14", DateKind.PUBLISHED)


def test_data_for_machines_speaks_of_the_pages_own_story_alone():
    stories = ",".join(
        f'{{"@type": "NewsArticle", "headline": "{title}", "datePublished": "{day}", "author": {{"name": "{name}"}}}}'
        for title, day, name in (
            ("Cattle market moves", "2020-01-02", "Ada Roe"),
            ("Old bridge stays", "2021-03-04", "Ben Tor"),
        )
    )
    head = f"<title>Old bridge stays</title><script type='application/ld+json'>[{stories}]</script>"
    found = article(f"<h1>Old bridge stays</h1><p>{STORY}</p><p>{SECOND}</p>", head)

    assert (found.author, found.published.isoformat()[:10]) == ("Ben Tor", "2021-03-04")


def test_broken_data_for_machines_still_gives_its_first_date():
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2021-03-04T05:06:00Z",}</script>'
    )

    assert article(f"<h1>Old bridge stays</h1><p>{STORY}</p>", head).published.isoformat()[:10] == "2021-03-04"


def test_a_page_that_is_hidden_until_its_programs_run_is_read():
    body = f"<div id='root' style='display: none'><h1>Old bridge stays</h1><p>{STORY}</p><p>{SECOND}</p></div>"

    assert article(body).text == f"{STORY}\n\n{SECOND}"


def test_what_a_page_hides_beside_its_article_is_no_part_of_it():
    body = f"<main><p>{STORY}</p><p hidden>Subscribers may read this tomorrow.</p><p>{SECOND}</p></main>"

    assert article(body).text == f"{STORY}\n\n{SECOND}"


def test_a_table_of_figures_keeps_its_rows():
    rows = "<tr><th>Year</th><th>Crossings</th></tr><tr><td>2019</td><td>1,204</td></tr>"
    found = article(f"<main><p>{STORY}</p><table>{rows}</table><p>{SECOND}</p></main>")

    assert found.text.split("\n\n")[1:3] == ["Year | Crossings", "2019 | 1,204"]


def test_the_language_that_a_page_states_is_taken_where_its_words_do_not_tell():
    words = "Kaupunginvaltuusto päätti maanantaina säilyttää vanhan sillan ja korjata sen kahdessa vuodessa. " * 3
    markup = f"<html lang='fi-FI'><body><p>{words}</p></body></html>"

    assert read(markup.encode(), "page.html").articles[0].language == "fi"


def test_a_page_of_many_boxes_is_told_of_in_few_notes():
    boxes = "".join(f"<aside class='box-{number}'><p>Box {number} says little.</p></aside>" for number in range(1000))

    document = read(page(f"<main><p>{STORY}</p></main>{boxes}"), "page.html")

    assert len(document.notes) < 400
    assert any("Box 999 says little." in note.text for note in document.notes)
