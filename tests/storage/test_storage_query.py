"""What may be typed into a search, and what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import folding
from storage.errors import QueryError
from storage.folding import spell, spell_out
from storage.query import DEEPEST, LONGEST, MOST_TERMS, All, Either, Term, describe, forms, looser, parse, sought


def word(text):
    return Term((text,))


def phrase(*words):
    return Term(words, exact=True)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Harbour", word("harbour")),
        ("harbour dues", All((word("harbour"), word("dues")))),
        ("harbour AND dues", All((word("harbour"), word("dues")))),
        ("harbour and dues", All((word("harbour"), word("and"), word("dues")))),
        ('"Port of Vell"', phrase("port", "of", "vell")),
        ("“Port of Vell”", phrase("port", "of", "vell")),
        ("«Port» „Vell“", All((phrase("port"), phrase("vell")))),
        ("harb*", Term(("harb",), beginning=True)),
        ("**harbour** dues", All((word("harbour"), word("dues")))),
        ("**x**", word("x")),
        ("harbour OR port", Either((word("harbour"), word("port")))),
        ("a OR b c", Either((word("a"), All((word("b"), word("c")))))),
        ("(a OR b) c", All((Either((word("a"), word("b"))), word("c")))),
        ("harbour -dues", All((word("harbour"),), (word("dues"),))),
        ("harbour NOT dues", All((word("harbour"),), (word("dues"),))),
        ("harbour AND NOT dues", All((word("harbour"),), (word("dues"),))),
        ("-dues harbour", All((word("harbour"),), (word("dues"),))),
        ('harbour -"port dues"', All((word("harbour"),), (phrase("port", "dues"),))),
        ("harbour -(a OR b)", All((word("harbour"),), (Either((word("a"), word("b"))),))),
        ("a (b (c))", All((word("a"), word("b"), word("c")))),
        ("((a))", word("a")),
        ("a a", word("a")),
        ("al-Amin", phrase("al", "amin")),
        ("harbour - dues", All((word("harbour"), word("dues")))),
        ("rock & roll", All((word("rock"), word("roll")))),
        ("L’École", phrase("l", "ecole")),
        ("東京", phrase("東", "京")),
        ("東京*", phrase("東", "京")),
        ("al-ami*", Term(("al", "ami"), beginning=True)),
    ],
)
def test_what_is_typed_means(typed, meant):
    assert parse(typed) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "no word"),
        ("!!! ... ?", "no word"),
        ('""', "no word"),
        ('"harbour', "quotation mark is not closed"),
        ("(harbour", "bracket is not closed"),
        ("harbour)", "bracket is closed"),
        ("(", "bracket is not closed"),
        ("()", "nothing between two brackets"),
        ("AND harbour", "“AND” needs"),
        ("harbour AND", "“AND” needs"),
        ("harbour OR", "“OR” needs"),
        ("OR", "“OR” needs"),
        ("harbour OR OR port", "“OR” needs"),
        ("harbour NOT", "“NOT” or a minus needs"),
        ("NOT NOT harbour", "“NOT” or a minus needs"),
        ("-harbour", "say also what to look for"),
        ("port OR -harbour", "say also what to look for"),
        ("*", "no word"),
        ("*bour", "star goes at the end"),
        ("**harbour", "star goes at the end"),
        ("h*r", "star goes at the end"),
        ("ha*", "at least 3 letters"),
        ("a " * (MOST_TERMS + 1), f"more than {MOST_TERMS} words"),
        ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), f"more than {DEEPEST} deep"),
        ("x" * (LONGEST + 1), f"longer than {LONGEST}"),
    ],
)
def test_what_means_nothing_is_answered_with_the_reason_and_an_example_that_works(typed, why):
    with pytest.raises(QueryError, match=why) as caught:
        parse(typed)

    assert f"For example: {caught.value.example}" in str(caught.value)
    parse(caught.value.example)


@given(st.text(max_size=60) | st.text(alphabet='ab "()*-ANDORT', max_size=40))
def test_whatever_is_typed_is_understood_or_refused_and_says_the_same_when_said_again(typed):
    try:
        query = parse(typed)
    except QueryError:
        return

    assert parse(describe(query)) == query
    assert sought(query)


@given(st.text(max_size=80))
def test_a_term_holds_letters_and_digits_alone(typed):
    try:
        terms = sought(parse(typed))
    except QueryError:
        return

    for term in terms:
        for character in "".join(term.words):
            assert character.isalnum() or ord(character) > 127


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_text_and_its_parts_are_spelled_alike(one, other):
    assert [found for found, _, _ in spell_out(one)] == spell(one).split()
    assert spell(f"{one} {other}").split() == spell(one).split() + spell(other).split()
    assert spell(spell(one)) == spell(one)


@given(st.text(max_size=80))
def test_each_spelled_word_stands_where_it_says(text):
    for found, start, end in spell_out(text):
        assert found in spell(text[start:end]).split()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("École", "ecole"),
        ("E\u0301cole", "école"),
        ("STRASSE", "Straße"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Ærø", "aero"),
        ("مَدْرَسَة", "مدرسه"),
        ("إلى", "الي"),
        ("أحمد", "احمد"),
        ("کتاب", "كتاب"),
        ("محـــمد", "محمد"),
        ("٣٤", "34"),
        ("ﬁsh", "fish"),
        ("har\u00adbour", "harbour"),
        ("カス", "ｶｽ"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
    ],
)
def test_ways_to_write_a_word_count_as_one(one, other):
    assert spell(one) == spell(other) != ""


def test_vowels_that_are_part_of_the_word_still_count():
    assert spell("कल") != spell("कुल")


def test_a_word_finds_its_plural_and_its_singular():
    assert set(forms("ferries")) >= {"ferry", "ferries"}
    assert set(forms("ferry")) >= {"ferry", "ferries"}
    assert set(forms("churches")) >= {"church"}
    assert "الميناء" in forms("ميناء")
    assert "ميناء" in forms("بالميناء")


def test_a_word_that_only_looks_like_a_plural_finds_nothing_else():
    assert forms("news") == ("news",)
    assert forms("as") == ("as",)
    assert "clas" not in forms("class")


def test_looser_queries_drop_one_part_or_the_order():
    assert looser(parse("a b -c")) == (parse("a b"), parse("b -c"), parse("a -c"))
    assert looser(parse('"a b"')) == (parse("a b"),)
    assert looser(parse("a")) == ()
    assert looser(parse("a OR b")) == ()


def test_what_is_no_character_parts_words_and_is_not_remembered():
    nothing = "\U000f0000", "\u0378", "\ud800", "\U0010ffff"

    assert [spell(f"a{one}b") for one in nothing] == ["a b"] * 4
    assert not folding._SPELLING.keys() & set(map(ord, nothing))
