"""Summaries of one text: what always holds, and what an editor would expect."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser import split_sentences, summarise
from summariser.errors import NothingToSummariseError, SentenceCountError, SummariserError, UnknownMethodError
from summariser.methods import METHODS
from summariser.model import Span
from summariser.rank.duplicates import NEAR_DUPLICATE, likeness
from summariser.rank.sentences import bag, read_sentences

FERRY = """\
The ferry Halcyon ran aground off Skerry Point on Tuesday night with 214 passengers aboard, the coastguard said.
Nobody was hurt, and all passengers were taken off by lifeboat before dawn. She had left Port Amity two hours earlier in
thick fog. Captain Ines Duarte told reporters that a radar unit had failed shortly before the grounding.

Owners promise answers

The company that runs the ferry, Amity Lines, said it would publish the findings of its own inquiry within a month.
However, the seafarers' union called for an independent investigation into radar failures on the ferry route. Two other
Amity Lines ferries reported radar failures last winter. Do the owners listen to their crews? The port's cafe owner,
Bo Halvorsen, served soup to the passengers through the night.
"""


def words_of(summary):
    return [passage.text for passage in summary.passages]


def sentences_from(seed):
    nouns = ["harbour", "council", "engineer", "festival", "orchard", "railway", "clinic", "museum"]
    verbs = ["praised", "rebuilt", "inspected", "closed", "funded", "measured", "visited", "flooded"]
    return f"The {nouns[seed % 8]} {verbs[seed // 8 % 8]} the {nouns[seed // 64 % 8]} in year {seed}."


news = st.lists(st.integers(0, 511).map(sentences_from), min_size=1, max_size=20).map(" ".join)
anything = st.text(max_size=300) | st.text(st.sampled_from("Ab é.!?\n\"'“” 9ا،؟。他-\u202e\x00"), max_size=200)


@settings(deadline=None)
@given(text=news | anything, sentences=st.integers(1, 8), method=st.sampled_from(["verbatim", "lead"]))
def test_any_text_becomes_passages_cut_from_it_in_order_or_a_plain_refusal(text, sentences, method):
    try:
        summary = summarise(text, sentences=sentences, method=method)
    except SummariserError:
        return

    assert 1 <= len(summary.passages) <= sentences
    assert all(passage.text == text[passage.start : passage.end] for passage in summary.passages)
    assert all(before.end <= after.start for before, after in pairwise(summary.passages))
    assert bool(summary.notes) == (len(summary.passages) < sentences)


@settings(deadline=None, max_examples=50)
@given(text=news, sentences=st.integers(1, 20), method=st.sampled_from(METHODS))
def test_no_method_shows_a_sentence_twice_nor_its_near_duplicate(text, sentences, method):
    shown = {passage.span for passage in summarise(text, sentences=sentences, method=method).passages}

    bags = [bag(sentence) for sentence in read_sentences(text) if sentence.span in shown]
    assert all(likeness(one, other) < NEAR_DUPLICATE for i, one in enumerate(bags) for other in bags[:i])


@settings(deadline=None, max_examples=25)
@given(text=news)
def test_the_same_text_always_gives_the_same_summary(text):
    assert summarise(text) == summarise(text)


def test_a_summary_opens_with_what_the_story_is_about():
    summary = summarise(FERRY, sentences=3)

    assert words_of(summary)[0].startswith("The ferry Halcyon ran aground")
    assert summary.notes == ()


def test_headings_are_no_sentences():
    summary = summarise(FERRY, sentences=50)

    assert "Owners promise answers" not in words_of(summary)


@pytest.mark.parametrize(
    "line", ["Harbour Wakes to Ferry Drama?", "Photo Amity Harbour Trust.", "Skerry Point al-Nour."]
)
def test_a_headline_or_caption_with_a_stop_is_no_sentence(line):
    summary = summarise(f"{line}\n\n{FERRY}", sentences=50)

    assert line not in words_of(summary)


@pytest.mark.parametrize("count", range(1, 9))
def test_a_sentence_that_leans_stands_behind_the_one_it_leans_on(count):
    summary = summarise(FERRY, sentences=count, query="fog union radar investigation")

    shown = words_of(summary)
    for leaning, needed in (("She had left", "Nobody was hurt"), ("However, the", "The company that runs")):
        places = [index for index, words in enumerate(shown) if words.startswith(leaning)]
        assert all(shown[place - 1].startswith(needed) for place in places)


def test_a_sentence_that_leans_on_a_repeat_is_left_out():
    text = (
        "The dam at Brakka held through the flood of April. Engineers watched the spillway day and night. "
        "The dam at Brakka held through the flood of April. It was built in 1931."
    )

    summary = summarise(text, sentences=4)

    assert words_of(summary) == [
        "The dam at Brakka held through the flood of April.",
        "Engineers watched the spillway day and night.",
    ]
    assert summary.notes == ("2 of the 4 sentences asked for: the text has no more that stand by themselves.",)


@pytest.mark.parametrize(("opening", "closing"), ["“”", '""', "«»"])
def test_a_quotation_is_not_cut_open(opening, closing):
    text = (
        "Voters in Marrow Bay go to the polls on Sunday after a month of storms. "
        f"{opening}We lost the pier. Storms took the pier in Marrow Bay, and the polls won't bring it back,{closing} "
        f"said the harbour master. The {opening}pier fund{closing} stands at 40,000 crowns.\n\n"
        f"{opening}We will vote anyway, storms or none.\n\nMarrow Bay has 900 voters."
    )

    summary = summarise(text, sentences=1, query="storms took the pier and the polls")

    assert not [words for words in words_of(summary) if words.startswith("Storms took")]
    assert len(summarise(text, sentences=6).passages) == 6


PIER = (
    "“Storms took the pier in Marrow Bay. The pier fund of Marrow Bay is empty,” said Harbour master Tove Lind. "
    "Voters in Marrow Bay go to the polls over the pier on Sunday. "
    "Lind added: “The time for talk about the pier in Marrow Bay is over, and the winter storms won’t wait.\n\n"
    "The council of Marrow Bay has asked the province to pay for half of the work. "
    "Fishing crews land their catch across the sound meanwhile."
)


@pytest.mark.parametrize("method", METHODS)
def test_no_method_shows_half_a_quotation_while_there_is_enough_else(method):
    shown = words_of(summarise(PIER, sentences=3, method=method))

    assert len(shown) == 3
    assert all(words.count("“") == words.count("”") for words in shown)


def test_half_a_quotation_comes_last_where_there_is_not_enough_else():
    shown = words_of(summarise(PIER, sentences=4))

    assert len(shown) == 4
    assert len([words for words in shown if words.count("“") != words.count("”")]) == 1


@pytest.mark.parametrize(
    ("sentence", "asks", "prompts"),
    [
        ("Q: Tell us what the radar showed.", False, True),
        ("Question: And then what?", True, True),
        ("Did the radar show it?", True, False),
        ("Queues formed at the ferry.", False, False),
    ],
)
def test_who_asks_is_known(sentence, asks, prompts):
    (read,) = read_sentences(sentence, language="en")

    assert (read.asks, read.prompts) == (asks, prompts)


def test_who_wrote_it_gives_way_to_what_happened():
    author = "Tove Lind is a staff writer who covers the pier, the fund, the winter and Marrow Bay."

    assert author not in words_of(summarise(f"{PIER}\n\n{author}", sentences=2))


@pytest.mark.parametrize("clock", ["At 2:45 p.m.", "Updated 14.05 CET.", "Around 9:30 am ET:"])
def test_a_time_of_day_is_no_sentence(clock):
    summary = summarise(f"{clock}\n\n{FERRY}", sentences=50)

    assert clock not in words_of(summary)


def test_a_first_sentence_may_open_with_a_pronoun():
    summary = summarise("He was the last keeper of the Orm lighthouse.", sentences=1)

    assert words_of(summary) == ["He was the last keeper of the Orm lighthouse."]


def test_lead_is_the_first_sentences():
    summary = summarise(FERRY, sentences=2, method="lead")

    assert [words[:11] for words in words_of(summary)] == ["The ferry H", "Nobody was "]


def test_a_query_draws_the_summary_towards_it():
    summary = summarise(FERRY, sentences=1, query="soup in the cafe")

    assert "Bo Halvorsen" in summary.passages[0].text


def test_a_title_draws_the_summary_towards_it():
    text = (
        "The town of Veld met on Friday to settle its budget. Rents on the quay rose again this spring. "
        "The old cinema will reopen as a library for children. Parking stays free on Sundays."
    )

    plain = summarise(text, sentences=1)
    titled = summarise(text, title="Cinema to reopen as children's library", sentences=1)

    assert plain.passages[0].text.startswith("The town of Veld")
    assert titled.passages[0].text.startswith("The old cinema")


def test_the_desk_s_own_frequencies_decide_what_is_rare():
    text = "Growers praised the lemon harvest today. Growers praised the saffron harvest today. Nothing else was known."
    common = {"": 1000, "grower": 900, "prais": 900, "harvest": 900, "today": 900}

    lemon = summarise(text, sentences=1, query="lemon saffron", frequencies={**common, "saffron": 900})
    saffron = summarise(text, sentences=1, query="lemon saffron", frequencies={**common, "lemon": 900})

    assert "lemon" in lemon.passages[0].text
    assert "saffron" in saffron.passages[0].text


def test_known_spans_decide_what_may_be_quoted():
    spans = [span for span in split_sentences(FERRY) if "Halcyon" not in span.cut(FERRY)]

    summary = summarise(FERRY, sentences=50, spans=spans)

    assert not any("Halcyon" in words for words in words_of(summary))
    assert words_of(summary)[0].startswith("Nobody was hurt")


@pytest.mark.parametrize(
    "text",
    [
        "two eggs\nthree lemons\na spoon of sugar",
        "FLOODS CUT OFF THE VALLEY. HELICOPTERS BRING BREAD. SCHOOLS STAY SHUT UNTIL MONDAY.",
        "Haskel: Where were you born?\nOrsolya: In Pécs.",
        "Rain.",
    ],
    ids=["a list", "capitals", "an interview", "one word"],
)
def test_odd_texts_give_what_they_have(text):
    summary = summarise(text, sentences=3)

    assert summary.passages


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("أعلنت وزارة الري في عمّان أن السد الجديد سيفتتح في الربيع. وقال المهندسون إن الأعمال اكتملت.", "أعلنت"),
        ("Der Stadtrat von Elmau hat am Montag den Bau der Brücke beschlossen. Er tagt wieder im Mai.", "Der Stadtrat"),
        ("Le conseil de Varsy a voté lundi la construction du pont. Il se réunira de nouveau en mai.", "Le conseil"),
        ("El pleno de Oruña aprobó el lunes la construcción del puente. Se reunirá de nuevo en mayo.", "El pleno"),
        ("Belediye meclisi pazartesi günü köprünün yapımını onayladı. O yine mayıs ayında toplanacak.", "Belediye"),
        ("市議会は月曜日に新しい橋の建設を承認した。次の会議は五月に開かれる。", "市議会"),
    ],
    ids=["Arabic", "German", "French", "Spanish", "Turkish", "Japanese"],
)
def test_other_languages_are_summarised_too(text, first):
    summary = summarise(text, sentences=1)

    assert summary.passages[0].text.startswith(first)


def test_a_long_text_is_read_to_its_end():
    text = " ".join(sentences_from(seed) for seed in range(512)) + " The meteorite of Tarn fell in a barn of zinc."

    summary = summarise(text, sentences=1, query="meteorite of Tarn")

    assert "meteorite" in summary.passages[0].text


@pytest.mark.parametrize("spans", [None, "known"])
def test_of_an_endless_text_the_beginning_is_ranked_and_this_is_told(spans, monkeypatch):
    monkeypatch.setattr("summariser.rank.summary._MOST_READ", 1000)
    text = " ".join(sentences_from(seed) for seed in range(40)) + " The meteorite of Tarn fell in a barn of zinc."
    known = split_sentences(text, language="en") if spans else None

    summary = summarise(text, sentences=1, query="meteorite", language="en", spans=known)

    assert "meteorite" not in summary.passages[0].text
    assert summary.notes == ("The text is very long: these are chosen from its first 22 of 41 sentences.",)


@pytest.mark.parametrize("sentences", [0, -1, -10_000])
def test_fewer_than_one_sentence_is_refused(sentences):
    with pytest.raises(SentenceCountError, match="1 to 12"):
        summarise(FERRY, sentences=sentences)


def test_more_sentences_than_there_are_give_all_with_a_note():
    summary = summarise(FERRY, sentences=10_000)

    assert len(summary.passages) == 9
    assert summary.notes == ("9 of the 10000 sentences asked for: the text has no more that stand by themselves.",)


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(UnknownMethodError, match=r"no method “magic”.*verbatim, lead, lexrank"):
        summarise(FERRY, method="magic")


@pytest.mark.parametrize("text", ["", " \n\t", "...", "— * —", "\x00"])
def test_a_text_without_words_is_refused(text):
    with pytest.raises(NothingToSummariseError):
        summarise(text)


def test_a_text_of_which_no_finished_sentence_is_known_gives_its_lines():
    text = "Two eggs\nThree lemons\nA spoon of sugar"

    assert summarise(text, spans=[]) == summarise(text)
    assert words_of(summarise(text, spans=[])) == text.split("\n")


def test_spans_may_come_in_any_order():
    spans = split_sentences(FERRY)

    assert summarise(FERRY, spans=spans[::-1]) == summarise(FERRY, spans=spans) == summarise(FERRY)


def test_a_span_of_blanks_is_no_sentence():
    with pytest.raises(NothingToSummariseError):
        summarise("   ", spans=[Span(0, 3)])
