"""A text as the ranking methods see it: its whole sentences, each with its words."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from summariser.model import Span
from summariser.rank.asides import is_aside
from summariser.rank.duplicates import group_alike
from summariser.rank.frequencies import shipped_stems
from summariser.rank.openings import event_of, leans
from summariser.rank.quotations import read_quotations
from summariser.rank.task import Sentence
from summariser.text import guess_language, is_sentence, split_sentences, split_words, stem, stop_words

# A text too short to tell is mostly names and numbers, which English rules treat well enough.
_DEFAULT_LANGUAGE = "en"

_ASKS = re.compile(r"[?؟？][\"'”’»)\]]*$")
_ASKED = re.compile(r"(?:Q|Question|Frage|Pregunta|Soru|سؤال|س)\s?[:.]\s")
# Words kept between texts, about 300 bytes each: those of some ten thousand reports.
_MOST_WORDS = 50_000
# Characters of texts kept with what was read in them, which takes five times as many bytes: some 300 reports.
_MOST_CHARACTERS = 1_000_000
# Longer runs of letters are addresses or noise, and are forgotten at once.
_LONGEST_WORD = 40
# In a text with more capitals than that they are how it is written, and no headlines.
_SHOUTED = 0.8
# A time of day above an entry of a live blog: "At 2:45 p.m."
_CLOCK = re.compile(r"(?:[^\W\d_]+ )?\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?[.:]?", re.IGNORECASE)


def read_sentences(
    text: str, *, language: str | None = None, spans: Sequence[Span] | None = None
) -> tuple[Sentence, ...]:
    """Return the sentences that can be quoted by themselves, in the order of the text.

    Headings and fragments are none; where nothing else stands (lists, verse, capitals), they are taken. What is about
    the page or its makers never is. `spans` are the text's finished sentences where they are known already; where there
    are none, its lines are read.
    """
    language = language_of(text, language)
    segments = sorted(spans) if spans else split_sentences(text, language=language)
    lexicon = _lexicon(language)
    spoken = [line for span in segments if (line := _line(text, span, lexicon)).said and not is_aside(line.words)]
    ended = [line for line in spoken if _is_finished(line.words)]
    shouted = sum(line.words.isupper() for line in ended) > _SHOUTED * len(ended)
    whole = ended if shouted else [line for line in ended if not _is_headline(line.said)]
    quotations = read_quotations(text, segments)
    read: list[Sentence] = []
    looked: dict[str, int] = {}
    for line in whole or ended or spoken:
        leaning = bool(read) and (line.span in quotations.within or leans(line.words, language))
        noun = event_of(line.words, language) if read and not leaning else None
        read.append(
            _read(
                line,
                len(read),
                leaning=leaning or noun is not None,
                torn=line.span in quotations.torn,
                support=_first_with(noun, read, looked) if noun else None,
            )
        )
    return tuple(read)


def read_again(text: str, *, language: str | None = None, spans: Sequence[Span] | None = None) -> tuple[Sentence, ...]:
    """Return what `read_sentences` does, at once where the text was read lately.

    One answer about many articles reads each of them several times, and so does the next one about the same topic.
    """
    return _kept.read(text, language_of(text, language), tuple(spans) if spans else None)


def drop_repeats(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Return the sentences without those that repeat an earlier one in nearly the same words."""
    firsts = group_alike([bag(sentence) for sentence in sentences])
    return tuple(sentence for index, sentence in enumerate(sentences) if firsts[index] == index)


def bag(sentence: Sentence) -> frozenset[str]:
    """Return what two sentences are compared by: their content, or their words where these carry none."""
    return frozenset(sentence.stems or sentence.words)


def content_of(text: str, language: str) -> tuple[str, ...]:
    """Return the stems of the words of a text that carry content, as often as they occur."""
    lexicon = _lexicon(language)
    return tuple(stem for word in split_words(text) for stem in lexicon[word].stems)


def parts_of(word: str, language: str) -> tuple[str, ...]:
    """Return the parts of a word between hyphens that carry content, in lower case."""
    return _parts(_fold(word), stop_words(language))


def language_of(text: str, language: str | None) -> str:
    """Return the language to read a text in: the one that is named, or the likeliest."""
    return language or guess_language(text) or _DEFAULT_LANGUAGE


def _fold(word: str) -> str:
    return word.casefold().replace("’", "'")


def _parts(folded: str, idle: frozenset[str]) -> tuple[str, ...]:
    if folded in idle:
        return ()
    return tuple(part for part in folded.split("-") if part not in idle) if "-" in folded else (folded,)


class _Kept:
    """The texts that were read last, as many as hold a million characters together."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], tuple[tuple[Span, ...] | None, tuple[Sentence, ...]]] = {}
        self._characters = 0

    def read(self, text: str, language: str, spans: tuple[Span, ...] | None) -> tuple[Sentence, ...]:
        key = (text, language)
        known = self._read.pop(key, None)
        self._characters -= len(text) if known else 0
        # To compare spans takes less time than to hash them, and none where they are the same.
        found = known[1] if known and known[0] == spans else read_sentences(text, language=language, spans=spans)
        self._characters += len(text)
        self._read[key] = spans, found  # behind all others: what nobody asks for comes to the front, and goes first
        while self._characters > _MOST_CHARACTERS:
            oldest = next(iter(self._read))
            del self._read[oldest]
            self._characters -= len(oldest[0])
        return found


_kept = _Kept()


class _Word(NamedTuple):
    """A word as it is compared; a tuple, which is made in half the time, as a text brings hundreds of new ones."""

    folded: str
    stems: tuple[str, ...]
    """Those of its parts, so that al-Amin and Amin share one; none of the parts that carry no content."""
    tells: bool
    """It carries content, and is no number."""
    capital: bool
    """It begins with a capital, behind its last hyphen."""


class _Lexicon(dict[str, _Word]):
    """The words of a language, each looked up once; a full one is begun anew."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._idle = stop_words(language)
        self._stems = shipped_stems() if language == "en" else {}

    def __missing__(self, word: str) -> _Word:
        folded = _fold(word)
        stems = tuple(map(self._stem, _parts(folded, self._idle)))
        tells = folded not in self._idle and not word[0].isdigit()
        known = _Word(folded, stems, tells, word[word.rfind("-") + 1 :][:1].isupper())
        if len(self) >= _MOST_WORDS:
            self.clear()
        if len(word) <= _LONGEST_WORD:
            self[word] = known
        return known

    def _stem(self, part: str) -> str:
        return self._stems.get(part) or (part if len(part) > _LONGEST_WORD else stem(part, self._language))


_lexicon = lru_cache(maxsize=8)(_Lexicon)
_FOLDED = attrgetter("folded")
_STEMS = attrgetter("stems")


class _Line(NamedTuple):
    """A segment of the text, and the words that it holds."""

    span: Span
    words: str
    said: list[_Word]


def _line(text: str, span: Span, lexicon: _Lexicon) -> _Line:
    words = span.cut(text)
    return _Line(span, words, list(map(lexicon.__getitem__, split_words(words))))


def _is_finished(sentence: str) -> bool:
    return is_sentence(sentence) and not _CLOCK.fullmatch(sentence)


def _is_headline(said: Sequence[_Word]) -> bool:
    """Tell whether each word that carries content has a capital: a headline or caption, whatever mark it ends with."""
    telling = 0
    for word in said:
        if word.tells:
            if not word.capital:
                return False
            telling += 1
    return telling > 1


def _first_with(noun: str, read: Sequence[Sentence], looked: dict[str, int]) -> int | None:
    """Return the position of the sentence that brings up what a noun points back at, None where none does.

    `looked` keeps how many sentences do not bring up each noun, so that none is looked at twice for it.
    """
    # “Earthquake” brings up “the quake” too.
    endings = (noun, f"{noun}s")
    rest = range(looked.get(noun, 0), len(read))
    first = next((place for place in rest if any(word.endswith(endings) for word in read[place].words)), len(read))
    looked[noun] = first
    return read[first].position if first < len(read) else None


def _read(line: _Line, position: int, *, leaning: bool, torn: bool, support: int | None) -> Sentence:
    words = line.words
    return Sentence(
        line.span,
        position,
        words=tuple(map(_FOLDED, line.said)),
        stems=tuple(chain.from_iterable(map(_STEMS, line.said))),
        leans=leaning,
        asks=_ASKS.search(words[-8:]) is not None,
        prompts=_ASKED.match(words) is not None,
        torn=torn,
        names=frozenset([word.folded for word in line.said[1:] if word.capital and word.tells]),
        shouts=words.isupper(),
        support=support,
    )
