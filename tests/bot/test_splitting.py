"""Where an article is split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.splitting import find_split, is_headline
from summariser.model import Span
from summariser.text import paragraphs


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Seal asleep on the slip", True),
        ("It rained.", False),
        ("“It rained,”", False),
        ("* * *", False),
        ("word " * 40, False),
        ("الميناء مفتوح", True),
        ("هل فتح الميناء؟", False),
    ],
)
def test_a_headline_is_short_and_no_sentence(words, expected):
    assert is_headline(words) is expected


@given(
    st.lists(
        st.sampled_from(["It rained.", "Seal asleep", "Who knows?", "The mill opened, and nobody came."]), min_size=2
    )
)
def test_wherever_an_article_is_split_no_word_is_lost_but_a_headline_that_became_the_title(parts):
    text = "\n\n".join(parts)
    spans = paragraphs(text)
    for number in range(2, len(spans) + 1):
        cut = find_split(text, spans, str(number), about="It", title=None)
        first, second = text[: cut.at], text[cut.body if cut.body is not None else cut.at :].lstrip()
        assert first == text[: spans[number - 1].start].rstrip()
        assert f"{first} {cut.title or ''} {second}".split() == text.split()


def test_a_title_that_is_given_leaves_the_headline_in_the_text():
    text = "It rained.\n\nSeal asleep\n\nIt slept."

    cut = find_split(text, paragraphs(text), "2", about="It", title="Seal")

    assert (cut.title, cut.body) == ("Seal", None)
    assert find_split(text, paragraphs(text), "2", about="It", title="SEAL ASLEEP").body == text.index("It slept")
    assert Span(0, cut.at).cut(text) == "It rained."
