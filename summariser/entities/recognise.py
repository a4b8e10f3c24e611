"""Names of people, organisations and places, by their capitals and the words around them.

A first version without a trained model: it would rather miss a name than make one up.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from summariser.entities.gazetteer import BODIES, CALENDAR, PARTICLES, PEOPLES, PLACES, SITES, TITLES
from summariser.model import Mention, MentionType, Span
from summariser.text import guess_language, split_sentences, stop_words, words

_POSSESSIVE = re.compile(r"['’]s?$")
_ACRONYM = re.compile(r"(?:[A-Z]\.?){2,6}$")
# A name runs over one blank, or over the stop of an abbreviation before it.
_SAME_NAME = re.compile(r"\.?[^\S\n]")
_PLACED = frozenset({"in", "at", "near", "outside", "across"})
_LINKS = frozenset({"of", "of the", "for", "for the"})


@dataclass(frozen=True, slots=True)
class _Word:
    """A word without its possessive ending."""

    span: Span
    surface: str
    folded: str
    capital: bool
    owns: bool
    """It stood with a possessive ending, after which another name begins."""
    common: bool
    """A stop word or a day; at the start of a sentence, any word that the text also writes in small letters."""


_Run = Sequence[_Word]


def find_mentions(text: str, *, language: str | None = None) -> tuple[Mention, ...]:
    """Return the names in a text, in its order, none overlapping: `text[m.start : m.end] == m.surface`.

    Languages without capitals (Arabic, Persian, Chinese) and those that give one to every noun (German) are beyond this
    version: it finds nothing in the former and too much in the latter.
    """
    idle = stop_words(language or guess_language(text) or "en") | CALENDAR
    small = frozenset(word for span in words(text) if (word := span.cut(text)).islower())
    sentences = [_read(text, span, idle, small) for span in split_sentences(text, language=language)]
    prose = [sentence for sentence in sentences if not _is_headline(sentence)]
    found = [mention for sentence in prose for mention in _name_all(text, sentence)]
    people = {token for mention in found if mention.type is MentionType.PER for token in _last_names(mention)}
    taken = {position for mention in found for position in range(mention.start, mention.end)}
    rest = [word for sentence in sentences for word in sentence if word.capital and word.span.start not in taken]
    found.extend(mention for word in rest if (mention := _known(word, people)) is not None)
    return tuple(sorted(found, key=lambda mention: mention.start))


def _read(text: str, sentence: Span, idle: frozenset[str], small: frozenset[str]) -> list[_Word]:
    read: list[_Word] = []
    for span in words(sentence.cut(text)):
        whole = span.moved(sentence.start)
        surface = _POSSESSIVE.sub("", whole.cut(text))
        known = Span(whole.start, whole.start + len(surface))
        folded = surface.casefold()
        common = folded in idle or (not read and folded in small)
        read.append(_Word(known, surface, folded, _is_capital(surface), known != whole, common))
    return read


def _is_capital(surface: str) -> bool:
    """Tell whether a word is written as a name: Amin, al-Amin, O'Neill; but not pro-Amin."""
    *before, last = surface.split("-")
    return last[:1].isupper() and all(part[:1].isupper() or part in PARTICLES for part in before)


def _is_headline(sentence: _Run) -> bool:
    """Tell whether capitals say nothing because every word has one."""
    telling = [word for word in sentence if not word.common]
    return len(telling) > 2 and all(word.capital for word in telling)


def _name_all(text: str, sentence: _Run) -> Iterator[Mention]:
    for start, end in _runs(text, sentence):
        before = sentence[start - 1].folded if start else ""
        for part in _part(sentence[start:end]):
            mention = _name(text, part, before)
            if mention is not None:
                yield mention


def _runs(text: str, sentence: _Run) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the longest stretches of words that one name may run over."""
    at = 0
    while at < len(sentence):
        start = at
        at += 1
        if sentence[start].capital:
            while (following := _extend(text, sentence, at)) is not None:
                at = following
            yield start, at


def _extend(text: str, sentence: _Run, at: int) -> int | None:
    """Return where a name goes on to that has run up to `at`: over a capital, a particle, or the "of" of a body."""
    body = sentence[at - 1].folded in BODIES
    for length in (1, 2, 3):
        stretch = sentence[at - 1 : at + length]
        if len(stretch) <= length or not all(
            not left.owns and _SAME_NAME.fullmatch(text, left.span.end, right.span.start)
            for left, right in pairwise(stretch)
        ):
            return None
        between = [word.folded for word in stretch[1:-1]]
        fits = all(word in PARTICLES for word in between) or (body and " ".join(between) in _LINKS)
        if stretch[-1].capital:
            return at + length if fits else None
    return None


def _name(text: str, run: _Run, before: str) -> Mention | None:
    """Return what a run of capitals names, None where it can't be told."""
    run = _trim(run)
    if " ".join(word.folded for word in run) in PLACES:
        return _mention(text, run, MentionType.LOC, 0.9, "gazetteer")
    if len(run) > 1 and any(word.folded in BODIES for word in run):
        return _mention(text, run, MentionType.ORG, 0.85, "body")
    if len(run) > 1 and run[-1].folded in SITES:
        return _mention(text, run, MentionType.LOC, 0.8, "site")
    titles = [index for index, word in enumerate(run) if word.folded in TITLES or word.folded in PEOPLES]
    name = run[titles[-1] + 1 :] if titles else run
    if not name or any(word.folded in BODIES for word in run):
        return None
    return _bare(text, name, titled=any(word.folded in TITLES for word in run), placed=before in _PLACED and not titles)


def _bare(text: str, name: _Run, *, titled: bool, placed: bool) -> Mention | None:
    """Return what a name means that tells only by its own look and by what stood before it."""
    only = name[0].surface if len(name) == 1 else ""
    if " ".join(word.folded for word in name) in PLACES:
        return _mention(text, name, MentionType.LOC, 0.9, "gazetteer")
    if _ACRONYM.match(only):
        return _mention(text, name, MentionType.ORG, 0.7, "acronym")
    if titled:
        return _mention(text, name, MentionType.PER, 0.9, "title")
    if placed:
        return _mention(text, name, MentionType.LOC, 0.5, "preposition")
    if not only or only[0].islower():
        return _mention(text, name, MentionType.PER, 0.6, "capitals")
    return None


def _part(run: _Run) -> Iterator[_Run]:
    """Part a body from what follows it without an "of": Coastal Police | Chief Ada Lund."""
    bodies = [index + 1 for index, word in enumerate(run) if word.folded in BODIES]
    cut = bodies[-1] if bodies and bodies[-1] < len(run) and run[bodies[-1]].capital else 0
    yield from (part for part in (run[:cut], run[cut:]) if part)


def _trim(run: _Run) -> _Run:
    """Return the run without the common words and days at its ends."""
    start, end = 0, len(run)
    while start < end and run[start].common:
        start += 1
    while end > start and run[end - 1].common:
        end -= 1
    return run[start:end]


def _known(word: _Word, people: set[str]) -> Mention | None:
    """Return what a single capital names that is known from elsewhere."""
    if word.folded in people:
        return Mention(word.span.start, word.span.end, MentionType.PER, word.surface, 0.7, "back-reference")
    if word.folded in PLACES:
        return Mention(word.span.start, word.span.end, MentionType.LOC, word.surface, 0.8, "gazetteer")
    return None


def _last_names(mention: Mention) -> set[str]:
    last = mention.surface.split()[-1].casefold()
    return {last, last.rpartition("-")[2]} - PLACES - PEOPLES


def _mention(text: str, run: _Run, kind: MentionType, confidence: float, rule: str) -> Mention:
    start, end = run[0].span.start, run[-1].span.end
    return Mention(start, end, kind, text[start:end], confidence, rule)
