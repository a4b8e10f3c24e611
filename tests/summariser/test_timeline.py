from datetime import UTC, datetime

from summariser.model import Article, DateKind, Precision
from summariser.timeline import day_of, timeline


def article(text, day=10, **facts):
    published = datetime(2023, 5, day, tzinfo=UTC)
    return Article(text, published=published, published_kind=DateKind.PUBLISHED, language="en", **facts)


DIKE = article(
    "The dike at Ollum gave way on 2 May after a week of rain. Some 300 cows were driven to the church mound. "
    "It had been raised by a metre in 1987. Did anyone warn them on 1 May?",
    title="Dike at Ollum gives way",
)
REPAIR = article(
    "Engineers closed the gap in the dike on Sunday with forty lorries of clay. They had begun on 4 May. "
    "The county will raise it again in 2026.",
    title="Gap in the dike is closed",
)
FAIR = article("The spring fair at Ollum opened on Saturday. A goat won the prize of 3 May.", title="Fair opens")


def days(found):
    return [event.day.isoformat() for event in found.events]


def test_dated_sentences_stand_in_the_order_of_their_days():
    found = timeline([REPAIR, DIKE], topic="dike")

    assert days(found) == ["2023-05-02", "2023-05-07"]
    assert [event.precision for event in found.events] == [Precision.DAY, Precision.DAY]


def test_the_words_that_tell_the_day_are_marked_in_the_quote():
    for event in timeline([REPAIR, DIKE], topic="dike").events:
        source = [REPAIR, DIKE][event.quote.article].text
        assert source[event.quote.start : event.quote.end] == event.quote.text
        assert event.words.cut(event.quote.text) in {"2 May", "Sunday"}


def test_a_sentence_that_leans_on_another_is_shown_with_it():
    opened = article("The lock at Ollum had been shut since the flood. It opened again on 4 May after repairs.")

    [event] = timeline([opened], topic="lock").events

    assert event.quote.text == opened.text
    assert event.words.cut(event.quote.text) == "4 May"


def test_no_sentence_is_shown_twice_alone_and_with_what_leans_on_it():
    found = timeline([REPAIR], topic="dike")

    assert [event.quote.text for event in found.events] == [
        "Engineers closed the gap in the dike on Sunday with forty lorries of clay. They had begun on 4 May."
    ]


def test_what_leans_on_an_event_stands_alone_where_it_comes_right_behind_it():
    weir = article("The weir at Corvo was opened on 2 May after the rain. It was closed again on 6 May by hand.")
    storm = article("A storm blew tiles off the weir house at Corvo on 4 May.")

    after, between = timeline([weir], topic="weir"), timeline([weir, storm], topic="weir")

    assert [event.quote.text for event in after.events] == [
        "The weir at Corvo was opened on 2 May after the rain.",
        "It was closed again on 6 May by hand.",
    ]
    assert [event.words.cut(event.quote.text) for event in after.events] == ["2 May", "6 May"]
    assert [event.quote.text for event in between.events] == [weir.text, storm.text]


def test_a_pair_names_only_the_articles_that_carry_both_of_its_sentences():
    half = article("Engineers closed the gap in the dike on Sunday with forty lorries of clay. It rains.", day=20)

    [event] = timeline([REPAIR, half], topic="dike").events

    assert event.quote.text.endswith("They had begun on 4 May.")
    assert event.quote.also == ()


def test_dated_background_in_an_article_about_the_topic_is_no_event():
    told = article(
        "The dike at Ollum gave way on 2 May. The parish choir of Sund was founded in 1987 by two bakers. "
        "Reeve Hanna Olk of Ollum warned of the dike. Olk wrote to the county on 3 March 2023.",
        title="Dike at Ollum gives way",
    )

    assert days(timeline([told], topic="dike")) == ["2023-03-03", "2023-05-02"]


def test_what_is_about_something_else_is_left_out():
    assert timeline([FAIR], topic="dike").events == ()


def test_questions_are_no_events():
    assert all("warn" not in event.quote.text for event in timeline([DIKE], topic="dike").events)


def test_who_else_carries_a_sentence_is_told_and_the_first_one_says_when_it_was():
    first = "The ferry Sula ran aground on Tuesday off Ollum with ninety people on board."
    copied = [article(f"{first} All were saved.", day=10), article(f"Ollum: {first} Nobody was hurt.", day=20)]

    [event] = timeline(copied, topic="ferry").events

    assert (event.day.isoformat(), event.quote.article, event.quote.also) == ("2023-05-09", 0, (1,))


def test_of_too_many_the_most_telling_are_kept_and_the_rest_is_counted():
    many = article(
        " ".join(f"The dike was seen to on {day} April 2023 by crew number {day + 40}." for day in range(1, 29))
    )

    found = timeline([many], topic="dike", most=5)

    assert len(found.events) == 5
    assert found.left_out > 0


def test_the_day_of_a_passage_is_the_only_one_that_it_names():
    assert day_of("It fell on 2 May.", DIKE).isoformat() == "2023-05-02"
    assert day_of("It fell on 2 May and again on 4 May.", DIKE) is None
    assert day_of("It fell in 1987.", DIKE) is None
