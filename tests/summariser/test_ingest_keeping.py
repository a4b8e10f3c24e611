"""An article's own words stay, whatever they look like; what goes is noted with its words."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser.errors import ReadError
from summariser.ingest import read
from summariser.model import NoteKind

STORY = (
    "The ferry to Ost did not sail on Tuesday because its crew had not been paid since March, the harbour office said. "
    "Nobody could say when it would sail again."
)
MORE = "Islanders rowed over for bread. The baker gave them a discount of a tenth."


def only(text):
    """Read a text that holds one article."""
    document = read(text.encode(), "story.txt")
    assert len(document.articles) == 1
    return document.articles[0], document


def dropped(document):
    return {note.text: note.role for note in document.notes if note.kind is NoteKind.DROPPED}


@pytest.mark.parametrize(
    ("label", "role"), [("7 Comments", "comment-form"), ("Comment", "site-header"), ("Kommentar", "site-header")]
)
def test_a_label_above_the_text_costs_that_line_alone(label, role):
    article, document = only(f"{label}\n\nFerry stays in port\n\n{STORY}\n\n{MORE}")

    assert (article.title, article.text) == ("Ferry stays in port", f"{STORY}\n\n{MORE}")
    assert dropped(document) == {label: role}


def test_a_comment_count_below_the_headline_costs_that_line_alone():
    article, document = only(f"Ferry stays in port\n\nBy Ada Roe\n\n7 Comments\n\n{STORY}")

    assert article.text == STORY
    assert dropped(document) == {"By Ada Roe": "byline", "7 Comments": "comment-form"}


@pytest.mark.parametrize("subhead", ["Reply", "Home", "Comment"])
def test_a_bare_word_within_the_text_is_a_subhead(subhead):
    article, _ = only(f"Ferry stays in port\n\n{STORY}\n\n{subhead}\n\n{MORE}")

    assert article.text == f"{STORY}\n\n{subhead}\n\n{MORE}"


def test_a_form_that_text_follows_is_no_end():
    article, document = only(f"Ferry stays in port\n\n{STORY}\n\nJoin the conversation\n\n{MORE}")

    assert article.text == f"{STORY}\n\n{MORE}"
    assert dropped(document) == {"Join the conversation": "comment-form"}


@pytest.mark.parametrize(
    "readers", ["Tom says:\n\nI rowed too. It was fun.", "I rowed too. Fun.\n\nReply\n\nSo did I.\n\nReply"]
)
def test_what_readers_say_below_the_text_goes(readers):
    article, document = only(f"Ferry stays in port\n\n{STORY}\n\n2 Comments\n\n{readers}\n\nLeave a Reply")

    assert article.text == STORY
    assert set(dropped(document).values()) == {"comment-form"}


def test_a_list_below_the_number_of_its_comments_stays():
    items = "\n\n".join(f"{number}. A thing to row with" for number in range(1, 8))

    article, _ = only(f"Seven oars\n\n3 Comments\n\n{items}")

    assert article.text.endswith(items)


@pytest.mark.parametrize(
    "end",
    [
        "The last ferryman will be honoured in the chapel on Sunday at ten",
        "Votes by island:\n\nOst: 212 for, 98 against\n\nVest: 45 for, 46 against",
        "A child wrote this for the crew:\n\nThe ferry sleeps, the gulls complain\n\nWe row to school in wind and rain",
        "The boats came back at 4:10 p.m. with a catch of 90 kilos. – Ostpost.example",
        "Tom Vik",
    ],
)
def test_the_last_lines_of_a_text_stay(end):
    article, document = only(f"Ferry stays in port\n\n{STORY}\n\n{end}")

    assert article.text == f"{STORY}\n\n{end}"
    assert dropped(document) == {}


def test_links_below_the_line_that_announces_them_go_and_a_sentence_behind_them_stays():
    article, document = only(f"Ferry stays in port\n\n{STORY}\n\nRecommended\n\nTen oars to own\n\nand so they row")

    assert article.text == f"{STORY}\n\nand so they row"
    assert dropped(document) == {"Recommended": "related", "Ten oars to own": "related"}


def test_the_authors_name_below_the_text_is_no_link():
    _, document = only(f"Ferry stays in port\n\nBy Ada Roe\n\n{STORY}\n\nAda Roe")

    assert dropped(document) == {"By Ada Roe": "byline", "Ada Roe": "name-line"}


def test_a_lead_that_ends_with_its_outlet_is_no_caption():
    lead = "The ferry to Ost stays in port. – Ostpost.example"

    assert only(f"Ferry stays in port\n\n{lead}\n\n{STORY}")[0].text == f"{lead}\n\n{STORY}"


def test_the_end_of_a_longer_headline_is_no_second_line():
    article, _ = only(f"Mayor opens new ferry pier\n\nferry pier\n\n{STORY}")

    assert article.title == "Mayor opens new ferry pier"


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Reuters - Ada Roe", None),
        ("Ost - Ada Roe", None),
        ("Ost – The Island Herald", "The Island Herald"),
        ("القاهرة - «النهر»", "«النهر»"),
        ("Last updated at 16:20 EAT on 13 June 2024", None),
        ("Ada Roe, 13 June 2024", None),
        ("Island Herald, 13 June 2024", "Island Herald"),
    ],
)
def test_a_source_is_neither_a_person_nor_a_time(line, source):
    assert only(f"Ferry stays in port\n\n{line}\n\n{STORY}")[0].source == source


def test_a_release_is_titled_by_its_headline():
    contact = "Contact: Ada Roe, Head of Press"
    head = f"FOR IMMEDIATE RELEASE\n\n{contact}\n\nOSTLINE BUYS A SECOND FERRY"
    text = f"{head}\n\nOST, Skerries — May 9, 2022 — {STORY}\n\n# # #"

    article, document = only(text)

    assert article.title == "OSTLINE BUYS A SECOND FERRY"
    assert article.published.isoformat() == "2022-05-09T00:00:00+00:00"
    assert dropped(document) == {"FOR IMMEDIATE RELEASE": "release-label", "# # #": "end-mark"}
    assert contact in article.text


def test_a_headline_in_the_middle_of_the_page_is_a_headline():
    text = f"          Ferry to the island of Ost stays in port\n                 by Ada Roe\n\n{STORY}"

    article, _ = only(text)

    assert (article.title, article.author) == ("Ferry to the island of Ost stays in port", "Ada Roe")


def test_times_of_a_live_report_are_no_names():
    assert only(f"Ferry stays in port\n\n16:12\n\n{STORY}")[0].text == f"16:12\n\n{STORY}"


LINES = st.one_of(
    st.sampled_from(
        [
            *("Comment", "3 Comments", "Leave a Reply", "Reply", "Ada Roe says:", "Home", "Most read", "RELATED: Oars"),
            *("By Ada Roe", "May 3, 2020", "Ada Roe, May 3, 2020", "Ost – The Herald", "News - Local - The Herald"),
            *("Photo: Ada Roe", "The pier at noon. Getty Images", "© 2020 The Herald", "Sign up for our newsletter"),
            *(
                "Ferry stays in port",
                "Ferry stays in old port",
                "* * *",
                "-30-",
                "From: Ada",
                "Subject: Ferry",
                "# Ferry",
            ),
            *(STORY, MORE, "Tom Vik", "12 oars", "The last boat left at dawn", "Temps de lecture : 2 min."),
        ]
    ),
    st.lists(
        st.sampled_from(["the", "ferry", "Ost", "rowed", "by", "Ada", "photo", "comments", "said", "more", *":–|.?"]),
        min_size=1,
    ).map(" ".join),
)


@given(st.lists(LINES, min_size=1, max_size=12), st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=300, deadline=None)
def test_every_word_of_a_plain_text_is_in_the_text_or_in_a_note(lines, between):
    text = between.join(lines)
    try:
        document = read(text.encode(), "story.txt")
    except ReadError:
        return

    kept = "\n".join([document.text, *(note.text for note in document.notes)])

    assert document.format != "txt" or set(re.findall(r"\w+", text)) <= set(re.findall(r"\w+", kept))


def test_a_heading_that_calls_somebody_is_a_title():
    document = read(f"# @everyone [click](https://x.example/y)\n\n{STORY}\n\n{MORE} It was **good**.".encode(), "a.md")

    assert document.articles[0].title == "@everyone click"
    assert document.articles[0].text.startswith(STORY)
