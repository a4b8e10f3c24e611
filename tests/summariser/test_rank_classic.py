"""sumy's methods behind our face: their defects are caught, their limits told."""

import pytest

from summariser import summarise
from summariser.methods import METHODS
from summariser.rank import classic

CLASSIC = [method for method in METHODS if method not in {"verbatim", "lead"}]

MARKET = """\
The spice market of Tavira opened again on Saturday after two years of repairs. Traders carried saffron, pepper and
cloves back to stalls that a fire had destroyed. The council paid for the market roof, and the traders paid for their
stalls. Pepper was cheaper on Saturday than before the fire, traders said. A fire officer will inspect the market every
month. Children sang at the market gate while the mayor cut a ribbon of red silk.
"""


@pytest.mark.parametrize("method", CLASSIC)
def test_a_classic_method_chooses_sentences_of_the_text(method):
    summary = summarise(MARKET, sentences=3, method=method)

    assert len(summary.passages) == 3
    assert all(passage.text == MARKET[passage.start : passage.end] for passage in summary.passages)
    assert summary.notes == ()


@pytest.mark.parametrize("method", CLASSIC)
def test_a_sentence_that_stands_twice_comes_back_once(method):
    summary = summarise(MARKET + MARKET, sentences=12, method=method)

    assert len(summary.passages) == 6
    assert len({passage.text for passage in summary.passages}) == 6


@pytest.mark.parametrize("method", CLASSIC)
@pytest.mark.parametrize(
    "text",
    ["It is what it is.", "This was that. What was this then?", "Rain fell.", "Yes! No! Perhaps? And then?"],
)
def test_a_text_that_gives_a_method_nothing_to_go_by_still_has_a_summary(method, text):
    summary = summarise(text, sentences=1, method=method)

    assert summary.passages


@pytest.mark.parametrize("method", CLASSIC)
@pytest.mark.parametrize(("sentences", "words"), [(2000, 4), (3, 9000)], ids=["many", "endless"])
def test_a_text_too_long_for_a_method_is_read_as_far_as_it_can_go_and_this_is_told(
    method, sentences, words, monkeypatch
):
    small = {name: classic.Classic(one.name, one.summariser, 10) for name, one in classic.CLASSICS.items()}
    monkeypatch.setattr(classic, "CLASSICS", small)
    text = " ".join(" ".join(f"W{at}x{number}y" for number in range(words)) + "." for at in range(sentences))

    summary = summarise(text, sentences=2, method=method)

    assert 1 <= len(summary.passages) <= 2
    assert "is slow on long texts" in summary.notes[0]


@pytest.mark.parametrize("trouble", [ZeroDivisionError, FloatingPointError, ValueError, RuntimeWarning])
def test_arithmetic_that_breaks_down_is_told_and_the_lead_shown(trouble, monkeypatch):
    def broken(stemmer):
        def summarise(document, count):
            raise trouble

        return summarise

    monkeypatch.setattr(classic, "CLASSICS", {"lsa": classic.Classic("LSA", broken, 10)})
    monkeypatch.setattr(broken, "stop_words", frozenset(), raising=False)

    summary = summarise(MARKET, sentences=1, method="lsa")

    assert summary.passages[0].text.startswith("The spice market")
    assert summary.notes == ("LSA found nothing to go by, so these are the first sentences.",)


def test_a_mistake_of_ours_is_not_hidden(monkeypatch):
    def mistaken(stemmer):
        raise TypeError("a bug")

    monkeypatch.setattr(classic, "CLASSICS", {"lsa": classic.Classic("LSA", mistaken, 10)})

    with pytest.raises(TypeError, match="a bug"):
        summarise(MARKET, method="lsa")


LEANING = """\
The spice market of Tavira opened again on Saturday after two years of repairs at the spice market.
He said that the spice market of Tavira was a market for spice traders of the Tavira market.
Children sang at the gate while the mayor cut a ribbon of red silk.
However, the spice market and the market roof of the Tavira market were paid for by spice traders.
Pepper was cheaper than before the fire.
"""


@pytest.mark.parametrize("method", CLASSIC)
@pytest.mark.parametrize("sentences", [1, 2, 3, 4])
def test_a_sentence_that_leans_is_shown_beside_the_one_that_it_leans_on_or_not_at_all(method, sentences):
    texts = [passage.text for passage in summarise(LEANING, sentences=sentences, method=method).passages]

    beginnings = [text.split()[0].strip(",") for text in texts]
    assert len(texts) == sentences
    assert "He" not in beginnings or beginnings[beginnings.index("He") - 1] == "The"
    assert "However" not in beginnings or beginnings[beginnings.index("However") - 1] == "Children"


def test_what_leans_is_chosen_where_its_support_is():
    texts = [passage.text for passage in summarise(LEANING, sentences=2, method="luhn").passages]

    assert [text.split()[0] for text in texts] == ["The", "He"]
