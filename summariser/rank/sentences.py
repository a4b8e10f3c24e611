"""A text as the ranking methods see it: its whole sentences, each with its words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from summariser.model import Span
from summariser.rank.duplicates import group_alike
from summariser.rank.openings import leans
from summariser.rank.quotations import read_quotations
from summariser.rank.task import Sentence
from summariser.text import guess_language, is_sentence, split_sentences, split_words, stem, stop_words

# A text too short to tell is mostly names and numbers, which English rules treat well enough.
_DEFAULT_LANGUAGE = "en"

_ASKS = re.compile(r"[?؟？][\"'”’»)\]]*$")
_ASKED = re.compile(r"(?:Q|Question)\s?[:.]\s")
# A time of day above an entry of a live blog: "At 2:45 p.m."
_CLOCK = re.compile(r"(?:[^\W\d_]+ )?\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?[.:]?", re.IGNORECASE)
# Who wrote it, not what happened: English by-lines told as sentences.
_ASIDE = re.compile(
    r"(?:[A-Z][\w.’'-]* ){1,3}is an? (?:[\w’'-]+ ){0,3}"
    r"(?:writer|reporter|correspondent|columnist|editor|journalist|contributor|producer|photographer)\b"
    r"|.{0,200}\b(?:contributed|contributed reporting) to this (?:report|story|article)\b"
    r"|(?:Follow|Contact|Email|E-mail) (?:him|her|them|us|the (?:author|writer|reporter))\b"
)


def read_sentences(
    text: str, *, language: str | None = None, spans: Sequence[Span] | None = None
) -> tuple[Sentence, ...]:
    """Return the sentences that can be quoted by themselves, in the order of the text.

    Headings, by-lines and fragments are none; where nothing else stands (lists, verse, capitals), they are taken.
    `spans` are the text's finished sentences where they are known already; where there are none, its lines are read.
    """
    language = language_of(text, language)
    segments = sorted(spans) if spans else split_sentences(text, language=language)
    spoken = [(span, said) for span in segments if (said := split_words(span.cut(text)))]
    ended = [(span, said) for span, said in spoken if _is_finished(span.cut(text))]
    lexicon = _Lexicon(language)
    whole = [(span, said) for span, said in ended if not _is_headline(said, lexicon)]
    quotations = read_quotations(text, segments)
    read: list[Sentence] = []
    for span, said in whole or ended or spoken:
        sentence = span.cut(text)
        leaning = bool(read) and (span in quotations.within or leans(sentence, language))
        known = [lexicon[word] for word in said]
        torn = span in quotations.torn
        read.append(_read(sentence, span, known, position=len(read), leaning=leaning, torn=torn))
    return tuple(read)


def drop_repeats(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Return the sentences without those that repeat an earlier one in nearly the same words."""
    firsts = group_alike([bag(sentence) for sentence in sentences])
    return tuple(sentence for index, sentence in enumerate(sentences) if firsts[index] == index)


def bag(sentence: Sentence) -> frozenset[str]:
    """Return what two sentences are compared by: their content, or their words where these carry none."""
    return frozenset(sentence.stems or sentence.words)


def content_of(text: str, language: str) -> tuple[str, ...]:
    """Return the stems of the words of a text that carry content, as often as they occur."""
    lexicon = _Lexicon(language)
    return tuple(stem for word in split_words(text) for stem in lexicon[word].stems)


def language_of(text: str, language: str | None) -> str:
    """Return the language to read a text in: the one that is named, or the likeliest."""
    return language or guess_language(text) or _DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it is compared."""

    folded: str
    stems: tuple[str, ...]
    """Those of its parts, so that al-Amin and Amin share one; none of the parts that carry no content."""
    idle: bool


class _Lexicon(dict[str, _Word]):
    """The words of one text, each looked up once: a long text has a hundred times as many as it has different ones."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._idle = stop_words(language)

    def __missing__(self, word: str) -> _Word:
        folded = word.casefold().replace("’", "'")
        idle = folded in self._idle
        parts = () if idle else folded.split("-")
        stems = tuple(stem(part, self._language) for part in parts if part not in self._idle)
        self[word] = _Word(folded, stems, idle)
        return self[word]


def _is_finished(sentence: str) -> bool:
    return is_sentence(sentence) and not _CLOCK.fullmatch(sentence)


def _is_headline(said: Sequence[str], lexicon: _Lexicon) -> bool:
    """Tell whether each word that carries content has a capital: a headline or caption, whatever mark it ends with."""
    telling = 0
    for word in said:
        if lexicon[word].idle or word.isdigit():
            continue
        if not word.rpartition("-")[2][:1].isupper():
            return False
        telling += 1
    return telling > 1


def _read(sentence: str, span: Span, said: Sequence[_Word], *, position: int, leaning: bool, torn: bool) -> Sentence:
    return Sentence(
        span,
        position,
        words=tuple(word.folded for word in said),
        stems=tuple(stem for word in said for stem in word.stems),
        leans=leaning,
        asks=_ASKS.search(sentence[-8:]) is not None or _ASKED.match(sentence) is not None,
        torn=torn,
        aside=_ASIDE.match(sentence) is not None,
    )
