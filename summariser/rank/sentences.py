"""A text as the ranking methods see it: its whole sentences, each with its words."""

import re
from collections.abc import Iterable, Sequence

from summariser.model import Span
from summariser.rank.duplicates import group_alike
from summariser.rank.openings import leans
from summariser.rank.task import Sentence
from summariser.text import guess_language, is_sentence, split_sentences, stem, stop_words, words

# A text too short to tell is mostly names and numbers, which English rules treat well enough.
_DEFAULT_LANGUAGE = "en"

# A straight mark opens where it stands before a word and not behind one.
_QUOTE = re.compile(r"(?P<opening>[“„«]|(?<![^\s(\[—–-])\"(?=\S))|[”»\"]")
_ASKS = re.compile(r"[?؟？][\"'”’»)\]]*$")


def read_sentences(
    text: str, *, language: str | None = None, spans: Sequence[Span] | None = None
) -> tuple[Sentence, ...]:
    """Return the sentences that can be quoted by themselves, in the order of the text.

    Headings, by-lines and fragments are none; where nothing else stands (lists, verse, capitals), they are taken.
    `spans` are the text's sentences where they are known already.
    """
    language = language_of(text, language)
    segments = split_sentences(text, language=language) if spans is None else sorted(spans)
    spoken = [(span, said) for span in segments if (said := _say(span.cut(text)))]
    ended = [(span, said) for span, said in spoken if is_sentence(span.cut(text))]
    whole = [(span, said) for span, said in ended if not _is_headline(said, language)]
    quoted = _begin_in_quotation(text, segments)
    read: list[Sentence] = []
    for span, said in whole or ended or spoken:
        points_back = span in quoted or leans(span.cut(text), language)
        read.append(_read(text, span, said, language, position=len(read), leaning=points_back and bool(read)))
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
    return _stems(map(_fold, _say(text)), language)


def _stems(folded: Iterable[str], language: str) -> tuple[str, ...]:
    """Stem the words that carry content, each part of a compound by itself, so that al-Amin and Amin share one."""
    idle = stop_words(language)
    return tuple(
        stem(part, language) for word in folded if word not in idle for part in word.split("-") if part not in idle
    )


def language_of(text: str, language: str | None) -> str:
    """Return the language to read a text in: the one that is named, or the likeliest."""
    return language or guess_language(text) or _DEFAULT_LANGUAGE


def _say(text: str) -> tuple[str, ...]:
    return tuple(span.cut(text) for span in words(text))


def _fold(word: str) -> str:
    return word.casefold().replace("’", "'")


def _is_headline(said: Sequence[str], language: str) -> bool:
    """Tell whether each word that carries content has a capital: a headline or caption, whatever mark it ends with."""
    idle = stop_words(language)
    telling = [word for word in said if _fold(word) not in idle and not word.isdigit()]
    return len(telling) > 1 and all(word.rpartition("-")[2][:1].isupper() for word in telling)


def _begin_in_quotation(text: str, segments: Sequence[Span]) -> set[Span]:
    """Return the segments at whose beginning a quotation is open: who speaks stands before. A paragraph closes it."""
    found: set[Span] = set()
    opened = False
    end = 0
    for span in segments:
        opened = opened and "\n" not in text[end : span.start]
        if opened:
            found.add(span)
        for mark in _QUOTE.finditer(text, span.start, span.end):
            opened = mark.lastgroup == "opening"
        end = span.end
    return found


def _read(text: str, span: Span, said: tuple[str, ...], language: str, *, position: int, leaning: bool) -> Sentence:
    sentence = span.cut(text)
    folded = tuple(_fold(word) for word in said)
    return Sentence(
        span,
        position,
        words=folded,
        stems=_stems(folded, language),
        leans=leaning,
        asks=_ASKS.search(sentence[-8:]) is not None,
    )
