"""Stories told beside each other: in a few sentences each, and nothing twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser.briefing import brief
from summariser.errors import SentenceCountError
from summariser.model import Article, Telling
from summariser.newspaper import tell
from summariser.text import split_sentences

DAM = (
    "The dam above Kestrel Falls cracked on Friday after nine days of rain. Engineers opened both gates at noon. "
    "Some 300 people were told to leave the lower town."
)
DAM_TOO = (
    "A crack was found on Friday in the dam above Kestrel Falls. The lower town was told to leave. "
    "Mayor Ruta Lind slept in the school of the upper town."
)
DAM_LATER = (
    "The dam above Kestrel Falls cracked on Friday after nine days of rain. The crack in the dam was closed on Monday. "
    "It took 40 tonnes of concrete. People of the lower town may go home."
)
BREAD = (
    "Bakers in Tolmin raised the price of bread by a fifth. They blame the harvest. "
    "Engineers opened both gates at noon."
)
WORDS = ("crane", "lagoon", "violet", "pepper", "saddle", "timber", "walnut", "yonder")


def telling(*texts, sentences=2, told=0):
    articles = tuple(Article(text, language="en") for text in texts)
    return Telling(articles, tuple(tuple(split_sentences(text)) for text in texts), sentences, told)


def words(made):
    return [quote.text for quote in made.quotes]


def test_each_story_has_its_sentences_cut_from_its_own_articles():
    stories = (telling(DAM, DAM_TOO), telling(BREAD, sentences=1))

    dam, bread = tell(stories)

    assert len(dam.quotes) == 2
    assert words(bread) == ["Bakers in Tolmin raised the price of bread by a fifth."]
    for story, made in zip(stories, (dam, bread), strict=True):
        assert all(story.articles[quote.article].text[quote.start : quote.end] == quote.text for quote in made.quotes)


def test_of_a_story_that_was_told_of_only_what_is_new_is_said():
    (made,) = tell([telling(DAM, DAM_LATER, sentences=5, told=1)])

    assert "The dam above Kestrel Falls cracked on Friday after nine days of rain." not in words(made)
    assert "The crack in the dam was closed on Monday." in words(made)
    assert all(quote.article == 1 for quote in made.quotes)


def test_what_leans_on_a_sentence_that_was_told_is_left_out_with_it():
    told = "The bridge at Orrin was closed for trucks on Sunday by the county."
    (made,) = tell(
        [telling(told, f"{told} It will stay so until May. Drivers of trucks now cross at Lamm.", sentences=5, told=1)]
    )

    assert words(made) == ["Drivers of trucks now cross at Lamm."]


def test_a_story_that_only_repeats_what_was_told_says_nothing():
    (made,) = tell([telling(DAM, DAM, told=1)])

    assert made.quotes == ()


def test_another_figure_is_news():
    (made,) = tell([telling(DAM, DAM.replace("300", "700"), sentences=5, told=1)])

    assert words(made) == ["Some 700 people were told to leave the lower town."]


def test_what_one_story_said_no_later_one_says_again():
    _, bread = tell([telling(DAM, sentences=3), telling(BREAD, sentences=3)])

    assert "Engineers opened both gates at noon." not in words(bread)


def test_a_topic_draws_the_sentences_where_the_story_has_any():
    about, besides = tell([telling(DAM, DAM_TOO, sentences=1), telling(BREAD, sentences=1)], topic="Ruta Lind")

    assert words(about) == ["Mayor Ruta Lind slept in the school of the upper town."]
    assert len(besides.quotes) == 1


def test_nothing_to_tell_and_no_sentence_to_say():
    assert tell([]) == ()
    assert tell([telling("")])[0].quotes == ()
    with pytest.raises(SentenceCountError):
        tell([telling(DAM, sentences=0)])


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.lists(st.sampled_from(WORDS), min_size=3, max_size=6), min_size=1, max_size=4),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 3),
)
def test_no_sentence_is_said_twice_and_none_that_was_told(articles, told):
    texts = [" ".join(f"The {' '.join(part)} came by." for part in article) for article in articles]
    told = min(told, len(texts) - 1)
    stories = [telling(*texts, sentences=4, told=told), telling(*texts, sentences=4)]

    first, second = tell(stories)

    said = [*words(first), *words(second)]
    assert len(said) == len(set(said))
    assert all(quote.article >= told for quote in first.quotes)
    assert not {quote.text for quote in first.quotes} & {
        text[span.start : span.end] for text in texts[:told] for span in split_sentences(text)
    }


def test_a_brief_without_what_was_told_is_what_it_was():
    articles = [Article(DAM), Article(DAM_TOO)]

    assert brief(articles, told=0) == brief(articles)
