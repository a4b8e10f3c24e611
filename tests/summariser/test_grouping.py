from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from summariser.grouping import MOST, group_stories
from summariser.model import Article

FLOOD = "The river Oder rose above the quay at Schwedt on Monday, and sandbags were laid along the harbour wall."
LATER = "At Schwedt the Oder fell on Thursday; soldiers took away the sandbags from the wall of the harbour."
CONCERT = "A brass band from Oaxaca opened the festival of Guelaguetza with waltzes that nobody had heard for years."

WORDS = ["river", "harbour", "wall", "festival", "band", "tariff", "senate", "locust", "orchard", "glacier"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), max_size=14)


def test_reports_of_one_event_are_one_story_and_others_stay_apart():
    articles = [Article(FLOOD), Article(CONCERT), Article(LATER)]

    stories = group_stories(articles)

    assert stories == ((0, 2), (1,))


def test_the_subject_of_all_articles_makes_no_story_of_them():
    letters = [chr(ord("a") + number % 26) + chr(ord("k") + number // 26) for number in range(40)]
    own = [f"drum{one} velk{one} prat{one} moss{one} tind{one}" for one in letters]

    stories = group_stories([Article(f"Zoltan Varga of Kesztheny {words}", language="en") for words in (*own, own[7])])

    assert [story for story in stories if len(story) > 1] == [(7, 40)]


def test_what_is_printed_months_apart_is_not_one_event():
    dates = [datetime(2024, month, 5, tzinfo=UTC) for month in (3, 3, 8)]

    stories = group_stories([Article(FLOOD, published=date) for date in dates])

    assert stories == ((0, 1), (2,))


def test_no_article_makes_no_story():
    assert group_stories([]) == ()


def test_articles_without_a_word_stand_alone():
    assert group_stories([Article(""), Article("..."), Article("")]) == ((0,), (1,), (2,))


def test_what_is_beyond_the_bound_stands_alone():
    stories = group_stories([Article(FLOOD)] * (MOST + 2))

    assert stories == (tuple(range(MOST)), (MOST,), (MOST + 1,))


@given(TEXTS)
def test_every_article_stands_in_exactly_one_story(texts):
    stories = group_stories([Article(text, language="en") for text in texts])

    assert sorted(index for story in stories for index in story) == list(range(len(texts)))
    assert list(stories) == sorted(stories)


@given(TEXTS.filter(lambda texts: len(set(texts)) == len(texts)))
def test_copies_go_together_whatever_else_there_is(texts):
    articles = [Article(text, language="en") for text in texts * 2]

    stories = group_stories(articles)

    home = {index: story for story in stories for index in story}
    assert all(home[index] == home[index + len(texts)] for index in range(len(texts)))
