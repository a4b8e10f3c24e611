"""Sentences, words and paragraphs, with offsets kept throughout; stop words and stems of the languages we know."""

from summariser.text.datelines import dateline_end
from summariser.text.languages import LANGUAGES, guess_language, stem, stop_words
from summariser.text.layout import lines, locate, paragraphs
from summariser.text.sentences import is_sentence, split_sentences
from summariser.text.signatures import sign
from summariser.text.tokens import Words, split_words, words

__all__ = [
    "LANGUAGES",
    "Words",
    "dateline_end",
    "guess_language",
    "is_sentence",
    "lines",
    "locate",
    "paragraphs",
    "sign",
    "split_sentences",
    "split_words",
    "stem",
    "stop_words",
    "words",
]
