"""What the words of a language are like: its stop words, its stems, and how to know it."""

import re
from functools import cache, lru_cache
from typing import Protocol

from summariser.text.stopwords import STOP_WORDS

# Longer runs are addresses or noise, and some stemmers take quadratic time over them.
_LONGEST_WORD = 40
# Enough to tell a language by: what follows rarely changes the verdict.
_SAMPLE = 2000
# The smallest share of words that must be stop words of a language before we name it.
_SHARE = 0.12
# Turkish piles up suffixes; its first five letters serve retrieval as well as a stemmer (Can et al. 2008).
_TURKISH_STEM = 5

_SNOWBALL = {"en": "english", "de": "german", "fr": "french", "es": "spanish"}
_LATIN = ("en", "de", "fr", "es", "tr")
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC_LETTER = re.compile(r"[\u0621-\u064a\u066e-\u06d3]")
_PERSIAN_LETTER = re.compile(r"[پچژگکی]")
_PERSIAN_SUFFIX = re.compile(r"\u200c?(?:هایی|های|ها|ترین|تر|ان|ات)$")

LANGUAGES: tuple[str, ...] = ("en", "ar", "de", "fr", "es", "tr", "fa")
"""ISO 639-1 codes of the languages with stop words and a stemmer."""


class _Stemmer(Protocol):
    def stem(self, word: str) -> str: ...


def guess_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language that a text is written in, None where it does not tell."""
    words = [word.casefold() for word in _WORD.findall(text[:_SAMPLE])]
    if not words:
        return None
    letters = "".join(words)
    arabic = len(_ARABIC_LETTER.findall(letters))
    if arabic > len(letters) / 2:
        return "fa" if len(_PERSIAN_LETTER.findall(letters)) > arabic / 20 else "ar"
    shares = {language: sum(map(stop_words(language).__contains__, words)) for language in _LATIN}
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] >= max(2, _SHARE * len(words)) else None


def stop_words(language: str | None) -> frozenset[str]:
    """Return the words, in lower case, that say nothing of a text's subject; none for a language we don't know."""
    return STOP_WORDS.get(language or "", frozenset())


@lru_cache(maxsize=50_000)
def stem(word: str, language: str | None) -> str:
    """Return what the forms of a word have in common, in lower case; for an unknown language the word itself."""
    folded = word.casefold().replace("’", "'")
    if len(folded) > _LONGEST_WORD or language not in LANGUAGES:
        return folded
    if language == "tr":
        return folded.partition("'")[0][:_TURKISH_STEM] or folded
    if language == "fa":
        return _PERSIAN_SUFFIX.sub("", folded) or folded
    return _stemmer(language).stem(folded) or folded


@cache
def _stemmer(language: str) -> _Stemmer:
    """Load a stemmer that works without data; nltk takes half a second to import, so only when one is needed."""
    from nltk.stem.isri import ISRIStemmer  # noqa: PLC0415  # see above
    from nltk.stem.snowball import SnowballStemmer  # noqa: PLC0415  # see above

    stemmer: _Stemmer = ISRIStemmer() if language == "ar" else SnowballStemmer(_SNOWBALL[language])
    return stemmer
