from hypothesis import given
from hypothesis import strategies as st

from bot.services.snippets import LONGEST, choose, mark
from storage.query import parse, sought
from summariser.model import Span


def marked(text, typed):
    return [span.cut(text) for span in mark(text, sought(parse(typed)))]


def sentences_of(*parts):
    text, spans = " ".join(parts), []
    for part in parts:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(part)))
    return text, spans


def test_the_words_that_were_looked_for_are_marked_as_they_stand():
    text = "The École's ferries met at the Port of Vell; no ferry left port."

    assert marked(text, "ecole") == ["École"]
    assert marked(text, "ferry") == ["ferries", "ferry"]
    assert marked(text, '"port of vell"') == ["Port of Vell"]
    assert marked(text, "ferr*") == ["ferries", "ferry"]
    assert marked(text, "port -ferry") == ["Port", "port"]
    assert marked(text, '"port of" OR "of vell"') == ["Port of Vell"]
    assert marked(text, "harbour") == []


def test_the_sentence_that_holds_most_of_the_words_is_shown():
    text, spans = sentences_of("The harbour is old.", "Dues rose.", "The harbour dues rose twice.", "The dues.")

    snippet = choose(text, spans, sought(parse("harbour dues")))

    assert snippet.text == "The harbour dues rose twice."
    assert [span.cut(snippet.text) for span in snippet.marked] == ["harbour", "dues"]
    assert snippet.sentence == spans[2]


def test_where_only_the_headline_holds_the_words_the_first_sentence_is_shown():
    text, spans = sentences_of("It rained.", "It stopped.")

    assert choose(text, spans, sought(parse("weather"))).text == "It rained."
    assert choose(text, [], sought(parse("weather"))) is None


def test_of_a_long_sentence_the_part_around_the_first_hit_is_shown():
    words = " ".join(f"word{number}" for number in range(200))
    text = f"{words} harbour {words}."

    snippet = choose(text, [Span(0, len(text))], sought(parse("harbour")))

    assert snippet.text.startswith("… ")
    assert snippet.text.endswith(" …")
    assert snippet.text.strip("… ") in text
    assert [span.cut(snippet.text) for span in snippet.marked] == ["harbour"]


@given(st.lists(st.text(min_size=1, max_size=500), min_size=1, max_size=4), st.sampled_from(["a", "a b", "abc*", "0"]))
def test_a_snippet_is_cut_out_of_its_sentence(parts, typed):
    text, spans = sentences_of(*parts)

    snippet = choose(text, spans, sought(parse(typed)))

    assert snippet.text.removeprefix("… ").removesuffix(" …") in snippet.sentence.cut(text) or "…" in text
    assert len(snippet.text) <= LONGEST + 4
    assert all(0 <= span.start < span.end <= len(snippet.text) for span in snippet.marked)
