"""Paragraphs, words, stems and languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser.model import Setting, Span
from summariser.text import LANGUAGES, guess_language, lines, locate, paragraphs, split_words, stem, stop_words, words

TEXT = "A heading\n\nThe first one. The second one.\n\n  The last one.  \n"


def cut(text, spans):
    return [span.cut(text) for span in spans]


def test_a_blank_line_parts_paragraphs():
    assert cut(TEXT, paragraphs(TEXT)) == ["A heading", "The first one. The second one.", "The last one."]


def test_a_typed_line_break_parts_paragraphs_too():
    text = "The first paragraph ends here.\nThe second one begins at once, and is long.\r\nSo is the third."

    assert len(paragraphs(text)) == 3


def test_a_break_in_the_middle_of_a_sentence_parts_nothing():
    text = "The minister said that the road was to be\nclosed for good, and nobody spoke up\nagainst it."

    assert len(paragraphs(text)) == 1


def test_a_column_keeps_its_paragraph_when_a_sentence_ends_with_the_line():
    text = (
        "The minister said that the road was closed.\nNobody in the whole room spoke against him,\n"
        "and they left the house without a sound.\nShort end."
    )

    assert len(paragraphs(text)) == 1


def test_separators_of_lines_and_paragraphs_count_as_such():
    assert len(paragraphs("One is here.\u2028Two is here.\u2029Three is here.")) == 3


def test_lines_are_trimmed_and_never_blank():
    assert cut("a \n\n \t\n b", lines("a \n\n \t\n b")) == ["a", "b"]


def test_a_passage_is_set_in_its_paragraph():
    start = TEXT.index("The second")

    setting = locate(TEXT, Span(start, start + 15))

    assert setting == Setting("The first one. ", "The second one.", "", 2, 3)


def test_a_passage_across_paragraphs_is_set_in_all_of_them():
    setting = locate(TEXT, Span(TEXT.index("second"), TEXT.index("last")))

    assert setting.before.startswith("The first")
    assert setting.after == "last one."
    assert setting.paragraph == 2


def test_a_passage_of_an_empty_text_is_set_in_nothing():
    assert locate("", Span(0, 0)) == Setting("", "", "", 1, 1)


@given(st.text(alphabet=st.sampled_from("aB .\n\r\u2029"), max_size=80), st.data())
@settings(deadline=None)
def test_a_setting_always_holds_the_passage(text, data):
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))

    setting = locate(text, span)

    assert setting.words == span.cut(text)
    assert setting.before + setting.words + setting.after in text
    assert 1 <= setting.paragraph <= setting.paragraphs


@given(st.text(max_size=200))
@settings(deadline=None)
def test_paragraphs_hold_everything_but_white_space(text):
    blocks = paragraphs(text)

    rest = list(text)
    for block in blocks:
        assert block.cut(text) == block.cut(text).strip() != ""
        rest[block.start : block.end] = " " * (block.end - block.start)
    assert not "".join(rest).strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Al-Roe’s $3.5m, e.g. O'Neill!", ["Al-Roe’s", "3.5m", "e.g", "O'Neill"]),
        ("قالَ إنّ", ["قالَ", "إنّ"]),
        ("می‌روند", ["می‌روند"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("東京x", ["東", "京", "x"]),
        ("— … _", []),
    ],
)
def test_words_are_found_in_any_script(text, expected):
    assert cut(text, words(text)) == list(split_words(text)) == expected


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Protests", "protested", "en"),
        ("minister’s", "ministers", "en"),
        ("Häuser", "Häusern", "de"),
        ("élections", "élection", "fr"),
        ("protestas", "protesta", "es"),
        ("İstanbul'da", "İstanbul", "tr"),
        ("kitaplar", "kitapları", "tr"),
        ("الكتاب", "كتاب", "ar"),
        ("کتاب‌ها", "کتاب", "fa"),
    ],
)
def test_forms_of_a_word_share_their_stem(one, other, language):
    assert stem(one, language) == stem(other, language)


def test_a_word_of_an_unknown_language_is_its_own_stem():
    assert stem("Houses", None) == "houses"
    assert stem("x" * 50, "en") == "x" * 50


@given(st.text(max_size=30), st.sampled_from([*LANGUAGES, None]))
@settings(max_examples=300, deadline=None)
def test_every_word_has_a_stem(word, language):
    assert stem(word, language) or not word


def test_each_language_has_stop_words_in_lower_case():
    for language in LANGUAGES:
        assert len(stop_words(language)) > 50
        assert all(word == word.lower() for word in stop_words(language))
    assert stop_words("xx") == stop_words(None) == frozenset()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The road to the village was closed for a week."),
        ("de", "Die Straße in das Dorf war für eine Woche nicht offen."),
        ("fr", "La route du village était fermée pour une semaine."),
        ("es", "El camino hacia el pueblo estaba cerrado por una semana."),
        ("tr", "Köye giden yol bir hafta için kapalı, ama bu çok uzun değil."),
        ("ar", "أغلق الطريق إلى القرية لمدة أسبوع كامل"),
        ("fa", "راه روستا برای یک هفته بسته شد و کسی چیزی نگفت"),
        (None, "Xyz qrs 123"),
        (None, "123 — 456"),
    ],
)
def test_a_language_is_told_by_its_letters_and_small_words(language, text):
    assert guess_language(text) == language
