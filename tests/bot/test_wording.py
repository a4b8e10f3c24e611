from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.replies import Bold, Italic, Quoted, join
from bot.services.wording import address, count, dated, day, dropped, plain, remarks, shorten, text_fragment, title_of
from storage.base import ArticleHead, StoredUpload
from summariser.model import Article, DateKind, Note, NoteKind, Span

WHEN = datetime(2017, 3, 27, 23, 40, tzinfo=UTC)


def upload(**changed):
    told = {
        "upload_id": 1, "blob": "b", "size": 3, "filename": "a.txt", "uploader_id": 5, "audience_id": 7,
        "channel_id": 7, "message_id": None, "url": None, "media_type": None, "created_at": WHEN, "format": "txt",
        "encoding": "utf-8", "notes": (), "articles": (),
    }  # fmt: skip
    return StoredUpload(**{**told, **changed})


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 articles"), (1, "1 article"), (3, "3 articles"), (12000, "12,000 articles")]
)
def test_numbers_agree_with_their_noun(number, said):
    assert count(number, "article") == said


def test_an_irregular_plural_can_be_given():
    assert count(2, "body", "bodies") == "2 bodies"


def test_a_day_is_unmistakable_everywhere():
    assert day(WHEN) == "27 March 2017"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (DateKind.PUBLISHED, "27 March 2017"),
        (DateKind.MODIFIED, "27 March 2017 (last modified)"),
        (DateKind.DATELINE, "27 March 2017 (from the dateline)"),
        (DateKind.INFERRED, "27 March 2017 (inferred)"),
        (DateKind.CORRECTED, "27 March 2017 (corrected by hand)"),
        (None, "27 March 2017"),
    ],
)
def test_a_date_says_how_it_is_known(kind, said):
    assert dated(Article("x", published=WHEN, published_kind=kind)) == said


def test_no_date_is_said_to_be_missing():
    assert dated(Article("x")) == "no date printed"


def test_an_article_without_a_title_goes_by_its_opening():
    head = ArticleHead(1, None, None, None, WHEN, "The  ferry\nwas late.")

    assert title_of(head) == "The ferry was late."
    assert title_of(Article("The ferry was late.")) == "The ferry was late."
    assert title_of(Article("")) == "Untitled"


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_shortened_text_fits_and_begins_the_same(text, most):
    short = shorten(text, most)

    assert len(short) <= most
    assert short == text or text.startswith(short[:-1].rstrip())


def test_dropped_lines_are_counted_by_role():
    drops = [Note(NoteKind.DROPPED, "share-bar"), Note(NoteKind.DROPPED, "caption"), Note(NoteKind.DROPPED, "caption")]

    assert dropped([*drops, Note(NoteKind.GUESSED, "encoding")]) == "2 captions, 1 share bar"


def test_remarks_are_said_once():
    guess = Note(NoteKind.GUESSED, "source", "It stands beside the date.", "The  Courier")
    others = [Note(NoteKind.DROPPED, "caption", "no remark"), Note(NoteKind.SPLIT, "article", "Article 2 begins.")]

    assert remarks([guess, guess, *others]) == ("Guessed source “The Courier”: it stands beside the date.",)


def test_a_remark_without_words_of_the_file_stands_alone():
    assert remarks([Note(NoteKind.REFUSED, "article", "More than 200 articles.")]) == ("More than 200 articles.",)


def test_dropped_lines_without_a_countable_name_get_one():
    assert dropped([Note(NoteKind.DROPPED, "related")] * 2) == "2 related links"


def test_a_message_is_cited_before_a_page():
    origins = [upload(url="https://paper.example/a"), upload(message_id=3, channel_id=2)]

    assert address(9, origins, "some words") == "https://discord.com/channels/9/2/3"


def test_a_direct_message_is_cited_in_its_own_way():
    assert address(-9, [upload(message_id=3, channel_id=2)]) == "https://discord.com/channels/@me/2/3"


def test_a_page_is_cited_at_the_very_words():
    found = address(9, [upload(url="https://paper.example/a")], "It rained, again-and again.")

    assert found == "https://paper.example/a#:~:text=It%20rained%2C%20again%2Dand%20again."


def test_what_came_with_neither_message_nor_page_has_no_address():
    assert address(9, [upload()]) is None


def test_long_passages_are_named_by_their_ends():
    assert text_fragment("u", "one two three four five six seven eight nine") == (
        "#:~:text=one%20two%20three%20four,six%20seven%20eight%20nine"
    )


def test_an_address_with_a_fragment_keeps_it():
    assert text_fragment("https://paper.example/#top", "word") == ":~:text=word"
    assert text_fragment("https://paper.example/", "") == ""


def test_words_are_joined_and_read_without_their_looks():
    joined = join([("a",), (), (Bold("b"), Italic("c"))])

    assert plain(joined) == "a · bc"


def test_a_quote_is_shown_without_the_blanks_of_a_column():
    quoted = Quoted(1, "It was  shut,\t said  Ada \u00a0Roe.", marked=(Span(21, 30),))

    assert quoted.words == ("It was shut, said ", Bold("Ada Roe."))
