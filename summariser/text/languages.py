"""What the words of a language are like: its stop words, its stems, and how to know it."""

import re
from collections import Counter, defaultdict
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

# The English stemmer only takes endings off that close like this; all other words, four in ten, are their own stems.
_ENGLISH_ENDING = re.compile(r"(?:['sey]|i|ed|ing|er|or|al|ful|ll|ion|ism|[ea]nt|ic)$")
_SNOWBALL = {"en": "english", "de": "german", "fr": "french", "es": "spanish"}
_LATIN = ("en", "de", "fr", "es", "tr")
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC_LETTER = re.compile(r"[\u0621-\u064a\u066e-\u06d3]")
_PERSIAN_LETTER = re.compile(r"[پچژگکی]")
# Letters of Urdu, Kurdish, Pashto and Uighur that neither Arabic nor Persian has; some run through all their texts.
_OTHER_LETTER = re.compile("[ٹڈڑںےہھێۆەڵڕښېځڅړږۍټډګڼۇۈ]")
# The small words of languages that we do not know and would take for a neighbour that we know: Portuguese, Galician,
# Catalan, Italian, Romanian, Dutch, Afrikaans, Latin, Haitian, Esperanto, Swedish, Danish.
_NEIGHBOURS = """
a o e de que do da em um uma para com não os as no na se por mais dos das como mas foi ao ele ela à seu sua ou ser
quando muito nos nas já está também só pelo pela até isso entre era sem aos ter são é foram sobre ainda há

a o e de que do da en un unha para con non os as no na se por máis dos das como mais foi ao el ela á seu súa ou ser
nos nas xa está tamén só polo pola ata entre era sen aos son é foron sobre aínda nunha cun

el la els les i de que del dels a en un una per amb no es al als va és ha han se com més o però seu seva aquest
aquesta també entre sobre ni quan què hi ja encara són dels pel pels

il lo la i gli le di a da in con su per tra un uno una e è ed che non si del della dello dei delle degli al alla nel
nella sono ha hanno anche più come ma o dal dalla questo questa era sul sulla stato ancora ci lui suo sua

și de la a în cu pe nu să că din este sunt pentru care mai o un al ale lui au fost prin sau dar după fi se ce le între
până când acest această nici încă era

de het een en van in is dat op te met voor niet zijn aan er ook als bij maar om door over uit naar dan nog was wordt
werd heeft hebben deze die zij hij ze wat kan tot al worden onder tegen na wij

die en van in is dat op te met vir nie het aan ook as by maar om deur oor uit na dan nog was word hierdie hy sy hulle

et in est non ad cum ut qui quae quod ex sed per a ab de si atque nec esse sunt eius se enim autem die

ki li yo nan pou pa te ak sou yon nou mwen ou gen men se ki ap tout lè a la fè di kote sa yo avèk

la de kaj en estas ne al por kun ke li ŝi ili oni sed aŭ el ĝi tiu kiu kiel pli sur ankaŭ esti

och att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när år hon

og at det som en på er af for med til den har de ikke om et han men var jeg sig fra vi så kan når år hun ei av seg
"""
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
        if len(_OTHER_LETTER.findall(letters)) > arabic / 30:
            return None
        return "fa" if len(_PERSIAN_LETTER.findall(letters)) > arabic / 20 else "ar"
    shares = Counter[int]()
    index = _small_words()
    for word, times in Counter(words).items():
        for language in index.get(word, ()):
            shares[language] += times
    known = range(len(_LATIN))
    best = max(known, key=lambda language: shares[language])
    if any(times > shares[best] for language, times in shares.items() if language not in known):
        return None
    return _LATIN[best] if shares[best] >= max(2, _SHARE * len(words)) else None


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
    if language == "en" and folded[:1] != "'" and not _ENGLISH_ENDING.search(folded, len(folded) - 3):
        return folded
    return _stemmer(language).stem(folded) or folded


@cache
def _small_words() -> dict[str, tuple[int, ...]]:
    """Return the languages that each small word belongs to: those of `_LATIN`, then those that are only told apart."""
    lists = [*map(stop_words, _LATIN), *(frozenset(words.split()) for words in _NEIGHBOURS.split("\n\n"))]
    index: defaultdict[str, list[int]] = defaultdict(list)
    for number, small in enumerate(lists):
        for word in small:
            index[word].append(number)
    return {word: tuple(numbers) for word, numbers in index.items()}


@cache
def _stemmer(language: str) -> _Stemmer:
    """Load a stemmer that works without data; nltk takes half a second to import, so only when one is needed."""
    from nltk.stem.isri import ISRIStemmer  # noqa: PLC0415  # see above
    from nltk.stem.snowball import SnowballStemmer  # noqa: PLC0415  # see above

    stemmer: _Stemmer = ISRIStemmer() if language == "ar" else SnowballStemmer(_SNOWBALL[language])
    return stemmer
