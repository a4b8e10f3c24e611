"""Every language with stop words and a stemmer is told, split and ranked, by our own method and by the classic ones."""

import tomllib
from pathlib import Path

import pytest

from summariser.ingest import read
from summariser.methods import METHODS
from summariser.rank import summarise
from summariser.text import LANGUAGES, guess_language, stem, stop_words

_FILE = tomllib.loads(Path(__file__).with_name("languages.toml").read_text("utf-8"))
STORIES: dict[str, str] = _FILE["known"]
STRANGERS: dict[str, str] = _FILE["unknown"]
# What a reader asks for, in another form than the text has, and a word of the sentence that answers.
ASKED = {
    "en": ("orchard", "orchards"),
    "de": ("Obstgarten", "Obstgärten"),
    "fr": ("paysan", "paysans"),
    "es": ("huerto", "huertos"),
    "tr": ("bahçelerin", "bahçeleri"),
    "ar": ("مهندس", "المهندسون"),
    "fa": ("باغ", "باغ‌های"),
}


def test_each_language_that_we_claim_has_a_story():
    assert {*STORIES} == {*LANGUAGES} == {*ASKED}


@pytest.mark.parametrize("language", STORIES)
def test_a_story_is_told_by_its_language_when_it_is_read(language):
    document = read(STORIES[language].encode(), "story.txt")

    assert document.articles[0].language == language
    assert document.articles[0].text == STORIES[language]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("language", STORIES)
def test_every_method_ranks_every_language(language, method):
    text = STORIES[language]

    summary = summarise(text, sentences=2, method=method)

    assert len(summary.passages) == 2
    assert all(text[one.start : one.end] == one.text for one in summary.passages)
    assert summary.notes == ()


@pytest.mark.parametrize("language", STORIES)
def test_a_word_in_another_form_finds_its_sentence(language):
    asked, found = ASKED[language]

    summary = summarise(STORIES[language], sentences=1, query=asked)

    assert stem(asked, language) == stem(found, language)
    assert found in summary.passages[0].text


@pytest.mark.parametrize("language", STORIES)
def test_a_third_of_running_text_is_words_that_say_nothing(language):
    words = STORIES[language].casefold().replace(".", "").split()

    assert sum(word in stop_words(language) for word in words) > len(words) / 8


@pytest.mark.parametrize("language", STRANGERS)
def test_a_language_that_is_not_known_is_taken_for_no_other_and_the_summary_says_so(language):
    text = STRANGERS[language]

    summary = summarise(text, sentences=1)

    assert guess_language(text) is None
    assert "don't know the language" in summary.notes[-1]
