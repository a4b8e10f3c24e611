"""Briefs over many articles."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser import Article, brief, split_sentences
from summariser.errors import SentenceCountError, WordCountError

BRIDGE = Article(
    "The Lindqvist bridge over the Tarn was closed on Monday after inspectors found cracks in two of its cables. "
    "Engineers expect the repairs to take eleven weeks. It carried 9,000 cars a day.",
    title="Bridge closed over cracks",
    published=datetime(2023, 5, 2, 8, tzinfo=UTC),
)
REPOST = Article(
    "The Lindqvist bridge over the Tarn was closed on Monday after inspectors found cracks in two of its cables. "
    "Bus lines 4 and 9 take another route.",
    published=datetime(2023, 5, 1, 20, tzinfo=UTC),
)
FERRIES = Article("The river police put four ferries on the crossing. Ferries run twice an hour meanwhile.")
SCHOOL = Article("Pupils of the Oduya school planted 300 mangroves along the lagoon. Their teacher measured each one.")
NEWS = [BRIDGE, REPOST, FERRIES, SCHOOL]


def texts(made):
    return [quote.text for quote in made.quotes]


sentences = st.sampled_from([sentence.cut(a.text) for a in NEWS for sentence in split_sentences(a.text)])
articles = st.lists(st.lists(sentences | st.text(max_size=40), max_size=5).map(" ".join).map(Article), max_size=5)


@settings(deadline=None)
@given(
    articles=articles,
    topic=st.none() | st.sampled_from(["bridge", "mangroves lagoon", "the", ""]),
    count=st.none() | st.integers(1, 9),
    words=st.none() | st.integers(1, 80),
)
def test_every_quote_is_cut_from_its_article_and_said_once(articles, topic, count, words):
    made = brief(articles, topic=topic, sentences=count, words=words)

    for quote in made.quotes:
        assert quote.text == articles[quote.article].text[quote.start : quote.end]
        assert quote.article not in quote.also
        assert all(0 <= other < len(articles) for other in quote.also)
    assert len(set(texts(made))) == len(made.quotes) <= (count or (5 if words is None else 99))
    assert all(before.end <= after.start for before, after in pairwise(made.quotes) if before.article == after.article)
    assert made.quotes or made.notes


def test_the_articles_take_turns_where_nothing_is_told_twice():
    made = brief(NEWS, sentences=3)

    assert sorted(quote.article for quote in made.quotes) == [0, 2, 3]


def test_a_sentence_that_several_carry_is_quoted_once_and_names_them():
    made = brief(NEWS)

    closed = [quote for quote in made.quotes if "cracks" in quote.text]
    assert [(quote.article, quote.also) for quote in closed] == [(0, (1,))]


def test_what_several_tell_comes_before_what_one_tells():
    strike = "Dockers in Port Amity walked out on Sunday over a new roster."
    articles = [
        Article(f"The opera of Port Amity sold its last curtain. {strike} The curtain was of green velvet."),
        Article("A roster brought the dockers of Port Amity out on Sunday. Cranes stand still. Crews wait at anchor."),
        Article("Bakers in Sund won a prize for rye bread. The judges came from four countries in the north."),
    ]

    made = brief(articles, sentences=1)

    assert "ockers" in made.quotes[0].text


def test_every_article_that_carries_a_claim_is_cited_even_where_another_comes_nearer():
    words = "Divers raised the anchor of the Halcyon off Skerry Point on Friday using two cranes and air bags"
    first = Article(
        f"{words.replace('air bags', 'ropes').replace('Divers', 'Volunteers').replace('two', 'old')} there."
    )
    second, third = Article(f"{words}."), Article(f"{words} again.")

    made = brief([first, second, third], sentences=3)

    cited = [{quote.article, *quote.also} for quote in made.quotes if "Divers" in quote.text]
    assert cited in ([{1, 2}], [])
    assert all(quote.article not in quote.also for quote in made.quotes)


def test_a_longer_sentence_that_holds_the_whole_claim_carries_it_unless_it_denies_it():
    words = "Divers raised the rusty anchor of the Halcyon off Skerry Point"
    longer = Article(f"The port of Amity and its harbour master wrote on Friday in a letter to owners: {words}.")
    denial = Article(
        f"The port of Amity and its harbour master never wrote to owners in any letter that {words.lower()}."
    )

    made = brief([Article(f"{words}."), longer, denial], sentences=3)

    assert [quote.also for quote in made.quotes if quote.text == f"{words}."] == [(1,)]


def test_one_article_gives_what_it_says_most_about():
    article = Article(
        "Bo Lind fixes clocks. The tower clock of Orm stopped in a storm. Snow fell too. Lind climbed the tower of Orm "
        "to start the clock again after the storm."
    )

    made = brief([article], sentences=1)

    assert "clock" in made.quotes[0].text


def test_a_topic_brings_what_stands_beside_it_where_its_own_words_do_not_suffice():
    article = Article(
        "The Oduya school planted mangroves along the lagoon. Mangroves shelter crabs and young fish from storms. "
        "Crabs and fish had become rare after storms. The headmaster collects stamps from Peru and Chad.",
    )

    made = brief([article], topic="mangroves", sentences=3)

    assert [text.split()[0] for text in texts(made)] == ["The", "Mangroves", "Crabs"]


def test_of_a_topic_of_many_words_one_is_enough():
    made = brief(NEWS, topic="bridge traffic: repairs, cables, detours, cost, weight limits", sentences=2)

    assert {quote.article for quote in made.quotes} == {0}


def test_figures_that_differ_are_not_cited_as_the_same():
    later = Article(
        "The Lindqvist bridge over the Tarn was closed on Monday after inspectors found cracks in 7 of its cables."
    )

    made = brief([BRIDGE, later], sentences=1)

    assert made.quotes[0].also == ()


@pytest.mark.parametrize(
    ("other", "also"),
    [
        (
            "Judge Bo Lind closed the weir at Sund on Monday after hearing forty fishermen and a long row of farmers.",
            (),
        ),
        (
            "Judge Ada Obi closed the weir at Sund on Monday after hearing fifty fishermen and a long row of farmers.",
            (),
        ),
        (
            "Ada Obi closed the weir at Sund on Monday after hearing forty fishermen and a long row of farmers.",
            (1,),
        ),
        ("Judge Ada Obi closed the weir at Sund on Monday after hearing forty fishermen and a row of farmers.", (1,)),
    ],
)
def test_who_names_another_or_counts_otherwise_does_not_carry_the_claim(other, also):
    claim = "Judge Ada Obi closed the weir at Sund on Monday after hearing forty fishermen and a long row of farmers."

    made = brief([Article(claim), Article(other)], sentences=2)

    assert made.quotes[0].also == also


def test_background_in_an_article_about_the_topic_is_left_out():
    article = Article(
        "The weir at Sund was closed on Monday, Judge Ada Obi said. Obi had heard forty fishermen in a tent. "
        "The bakery festival in Tarn drew nine thousand people. A kiln in Orm was painted blue.",
        title="Weir closed",
    )

    made = brief([article, SCHOOL], topic="weir", sentences=6)

    assert [text.split()[0] for text in texts(made)] == ["The", "Obi"]
    assert "The bakery" not in " ".join(texts(made))


def test_of_an_article_that_comes_to_the_topic_in_passing_only_that_is_told():
    council = Article(
        "The council of Orm chose Ilse Varga as its treasurer on Monday. Varga has kept the books of the brewery since "
        "2011. The vote was eleven to two. Benches in the park are to be painted green. Varga was asked about the weir "
        "and gave no answer. Varga will hold the office for four years."
    )

    made = brief([council, SCHOOL], topic="weir", sentences=6)

    assert texts(made) == ["Varga was asked about the weir and gave no answer."]


def test_what_most_articles_tell_of_the_topic_is_in_its_shortest_brief():
    articles = [
        Article("The cable to Skerry Isle broke in a storm on Sunday, and the isle fell silent. Gulls went on."),
        Article("Divers look for the ends of the cable. The isle has been silent since the storm broke it on Sunday."),
        Article("A cable is a long thing. Silent days on the isle make the baker of Skerry talk to his bread."),
    ]

    made = brief(articles, topic="cable", sentences=1)

    assert texts(made) == ["The cable to Skerry Isle broke in a storm on Sunday, and the isle fell silent."]


def test_the_oldest_article_comes_first_and_the_undated_last():
    made = brief([SCHOOL, BRIDGE, REPOST], sentences=5)

    assert [quote.article for quote in made.quotes] == [2, 1, 1, 1, 0]


def test_a_date_without_a_zone_is_taken_for_utc():
    text = "The lock at Verra reopened to barges after nine months of repairs."
    naive = Article(text, published=datetime(2023, 5, 1))  # noqa: DTZ001  # that is the case

    made = brief([BRIDGE, naive], sentences=2)

    assert [quote.article for quote in made.quotes] == [1, 0]


def test_a_topic_keeps_to_what_is_written_about_it():
    made = brief(NEWS, topic="mangroves in the lagoon")

    assert texts(made) == [
        "Pupils of the Oduya school planted 300 mangroves along the lagoon.",
        "Their teacher measured each one.",
    ]
    assert made.notes == ("Articles about “mangroves in the lagoon”: 1 of 4.",)


def test_a_title_tells_what_an_article_is_about():
    article = Article("The mayor of Sund will decide on Friday whether the ferry stays.", title="Ferry strike in Sund")

    made = brief([article, SCHOOL], topic="ferry strike")

    assert [quote.article for quote in made.quotes] == [0]


@pytest.mark.parametrize("topic", ["volcano", "the of and", ""])
def test_a_topic_that_nobody_wrote_about_is_told(topic):
    made = brief(NEWS, topic=topic)

    assert made.quotes == ()
    assert made.notes == (
        f"Articles about “{topic}”: 0 of 4.",
        "Try other or fewer words, or the names as the articles spell them.",
    )


def test_a_sentence_that_leans_needs_the_one_before_it():
    article = Article("The old weir at Sund broke. Nobody saw it happen. It had stood since 1880 above the mangroves.")

    made = brief([article], topic="mangroves")

    assert made.quotes == ()
    assert made.notes[-1] == "What they say about it is not understood alone, and stands beside other things."
    assert len(brief([article]).quotes) == 3


def test_half_a_quotation_is_quoted_only_where_nothing_else_is_left():
    torn = "Captain Bo Lind said: “The lock at Verra is shut for good."
    article = Article(f"{torn} We told them so in May,” he said. Barges wait above the lock at Verra.")

    assert texts(brief([article], sentences=1)) == ["Barges wait above the lock at Verra."]
    assert texts(brief([article], sentences=3))[0] == torn


def test_a_number_of_words_bounds_the_brief():
    made = brief(NEWS, words=30)

    assert 0 < sum(len(text.split()) for text in texts(made)) <= 30


def test_words_and_sentences_bound_it_together():
    made = brief(NEWS, words=30, sentences=4)

    assert len(made.quotes) < 4
    assert made.notes == (f"{len(made.quotes)} of the 4 sentences asked for: more don't fit in 30 words.",)


def test_fewer_sentences_than_asked_for_are_told():
    made = brief([SCHOOL], sentences=5)

    assert made.notes == ("2 of the 5 sentences asked for: the articles say no more that is new and stands by itself.",)


def test_fewer_sentences_about_a_topic_are_not_said_to_be_all_that_is_new():
    harbour = Article("The harbour at Orle reopened on Monday. A baker sold 900 loaves in the old town.")

    made = brief([harbour], topic="harbour", sentences=3)

    assert len(made.quotes) == 1
    assert made.notes[-1].endswith("say no more about it that is new and stands by itself.")


@pytest.mark.parametrize(
    ("articles", "words", "note"),
    [
        ([], None, "There is no article to draw on. Add some first."),
        ([Article("...")], None, "These articles hold no whole sentence to quote."),
        ([BRIDGE], 2, "No sentence is as short as that. Ask for more words."),
    ],
)
def test_an_empty_brief_says_why(articles, words, note):
    made = brief(articles, words=words)

    assert made.quotes == ()
    assert made.notes == (note,)


def test_known_spans_decide_what_may_be_quoted():
    spans = [split_sentences(BRIDGE.text)[:1], split_sentences(SCHOOL.text)[:1]]

    made = brief([BRIDGE, SCHOOL], sentences=4, spans=spans)

    assert [quote.start for quote in made.quotes] == [0, 0]


@pytest.mark.parametrize("count", [0, -3])
def test_fewer_than_one_sentence_or_word_is_refused(count):
    with pytest.raises(SentenceCountError):
        brief(NEWS, sentences=count)
    with pytest.raises(WordCountError, match=f"not {count}"):
        brief(NEWS, words=count)
