"""Where two articles say the same with another figure or name: shown side by side, judged by nobody.

Few and right is better than many: a difference is told only where the words around it are the same, and where the two
sentences do not each name a person, a place or a day that the other does not.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import combinations

from summariser.days import Told, find_dates
from summariser.model import Article, Difference, Quote, Span
from summariser.rank.sentences import content_of, language_of, read_again
from summariser.rank.task import Sentence
from summariser.text import Words, words

MOST_DIFFERENCES = 4

# So many words that carry content must be the same, and so much of the shorter sentence.
_SHARED_WORDS = 4
_SHARED = 0.5
# Years, hours and money are told of anything.
_SHARED_IF_COMMON = 0.75
_COMMON = ("year", "month", "week", "day", "hour", "minute", "second", "time")
_MARKS = frozenset("%$€£¥")
# “370, not 400” says itself what it is set against.
_SHARED_IF_DENIED = 0.3
# For a name everything else must be the same, and there must be enough of it.
_SHARED_FOR_NAMES = 0.8
_LEAST_WORDS = 7
# Spelled so alike, two names may be one.
_ONE_NAME = 0.6
# “About 400” is no denial of 370.
_ROUGHLY = 0.1
# More than these are counted of one thing by a list or a table, which says nothing of one event.
_MOST_OF_A_UNIT = 60

_UP_TO_TWENTY = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_TENS_FROM_TWENTY = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = {word: number for number, word in enumerate(_UP_TO_TWENTY)}
_TENS = {word: 10 * number for number, word in enumerate(_TENS_FROM_TWENTY, start=2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "m": 10**6, "bn": 10**9}
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_AROUND = "“”‘’\"'«».,;:!?()[]"
_YEAR = re.compile(r"(?:18|19|20)\d{2}")
_DIGIT = re.compile(r"\d")
_NUMBERS = {*_UNITS, *_TENS, *(f"{tens}-{unit}" for tens in _TENS for unit in _UNITS)}
_HEDGE = re.compile(
    r"(?:\b(?:about|around|some|nearly|almost|roughly|approximately|more than|over|at least|up to|fewer than|less than"
    r"|under|as many as|as much as|close to|an estimated)\s+[$€£¥]?)$"
)
_NAMED = re.compile(r"(?:\b(?:number|No|no|route|article|page|chapter|point|aged|age)\.?\s+)$", re.IGNORECASE)
# As many characters before a number hold what it says of it.
_BEFORE = 40
_MARK_BEFORE = re.compile(r"[$€£¥]$")
_MARK_AFTER = re.compile(r"\s?(?:%|per cent\b|percent\b)")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A sentence with what it counts."""

    article: int
    sentence: Sentence
    text: str
    stems: frozenset[str] = frozenset()
    """What it says beside its numbers; nothing where it holds none."""


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number in a sentence, and of what it is."""

    claim: _Claim
    span: Span
    value: float
    unit: str
    hedged: bool


def find_differences(
    articles: Sequence[Article], *, spans: Sequence[Sequence[Span]] | None = None, language: str | None = None
) -> tuple[Difference, ...]:
    """Return where two articles differ in a figure or a name, the surest first, each difference once."""
    claims: list[_Claim] = []
    for index, article in enumerate(articles):
        known = language_of(article.text, language or article.language)
        sentences = read_again(article.text, language=known, spans=spans[index] if spans else None)
        claims += [_claim(index, article, sentence) for sentence in sentences]
    found = [*_in_figures(articles, claims), *_in_names(claims)]
    found.sort(key=lambda pair: -pair[0])
    return tuple(_different_ones(found))[:MOST_DIFFERENCES]


_Found = tuple[float, Difference]


def _different_ones(found: Sequence[_Found]) -> Iterator[Difference]:
    """Yield each difference once, however many articles repeat its two sides."""
    told: set[frozenset[str]] = set()
    for _, one in found:
        sides = frozenset((one.in_one.cut(one.one.text).casefold(), one.in_other.cut(one.other.text).casefold()))
        if sides not in told:
            told.add(sides)
            yield one


def _claim(index: int, article: Article, sentence: Sentence) -> _Claim:
    text = sentence.span.cut(article.text)
    # Most sentences hold no number, and nothing is asked of what they say.
    if _NUMBERS.isdisjoint(sentence.words) and not _DIGIT.search(text):
        return _Claim(index, sentence, text)
    return _Claim(index, sentence, text, frozenset([stem for stem in sentence.stems if not _is_number(stem)]))


@lru_cache(maxsize=50_000)
def _is_number(stem: str) -> bool:
    return stem in _UNITS or stem in _TENS or any(map(str.isdigit, stem))


def _names(text: str) -> frozenset[str]:
    """Return the words of a sentence with capitals, but for the first; and its years."""
    said = [word.strip(_AROUND) for word in text.split()[1:] if not word.islower()]
    return frozenset([word for word in said if word[:1].isupper() or (len(word) == 4 and _YEAR.fullmatch(word))])


def _in_figures(articles: Sequence[Article], claims: Sequence[_Claim]) -> Iterator[_Found]:
    """Yield pairs of sentences that give different numbers of the same thing."""
    by_unit: defaultdict[str, list[_Figure]] = defaultdict(list)
    for claim in claims:
        for figure in _figures(claim):
            by_unit[figure.unit].append(figure)
    dates = _Dates(articles)
    shared = (alike for alike in by_unit.values() if alike[0].claim.article != alike[-1].claim.article)
    told = [(alike, found) for each in shared if (found := list(_disagreeing(alike := _single(each, dates), dates)))]
    # In the order in which their units first come up.
    told.sort(key=lambda pair: _place(next(one for one in pair[0] if not dates.hold(one))))
    for _, found in told:
        yield from found


def _disagreeing(alike: Sequence[_Figure], dates: "_Dates") -> Iterator[_Found]:
    """Yield the pairs of numbers of one unit that cannot both be right."""
    for one, other in combinations(alike, 2):
        if one.claim.article == other.claim.article:
            continue
        sure = _disagree(one, other)
        if sure and not dates.hold(one) and not dates.hold(other):
            yield sure, _difference(one.claim, other.claim, one.span, other.span)


class _Dates:
    """The dates of sentences, which take longer to find than anything else here: only of those that are asked for."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles
        self._known: dict[tuple[int, int], tuple[Told, ...]] = {}

    def hold(self, figure: _Figure) -> bool:
        """Tell whether a number is part of a date."""
        claim = figure.claim
        key = claim.article, claim.sentence.position
        dates = self._known.get(key)
        if dates is None:
            dates = self._known[key] = find_dates(claim.text, self._articles[claim.article])
        return any(figure.span.start < told.span.end and told.span.start < figure.span.end for told in dates)


def _single(alike: Sequence[_Figure], dates: _Dates) -> list[_Figure]:
    """Return the numbers of one unit without those of a sentence that holds several, dates aside; not too many.

    Of two numbers of one kind, nobody knows which the other article means.
    """
    several = Counter((figure.claim.article, figure.claim.sentence.position) for figure in alike)
    if len(alike) > _MOST_OF_A_UNIT or len(several) < len(alike):
        alike = [figure for figure in alike if not dates.hold(figure)]
        several = Counter((figure.claim.article, figure.claim.sentence.position) for figure in alike)
    single = [one for one in alike if several[one.claim.article, one.claim.sentence.position] == 1]
    return single[:_MOST_OF_A_UNIT]


def _place(figure: _Figure) -> tuple[int, int, int]:
    return figure.claim.article, figure.claim.sentence.position, figure.span.start


def _disagree(one: _Figure, other: _Figure) -> float:
    """Return how sure it is that two numbers are of the same and cannot both be right, 0 where it is not."""
    if one.value == other.value or len(one.claim.stems & other.claim.stems) < _SHARED_WORDS:
        return 0.0
    if _denies(one, other) or _denies(other, one):
        return _alike(one.claim, other.claim, least=_SHARED_IF_DENIED)
    near = abs(one.value - other.value) <= _ROUGHLY * max(one.value, other.value)
    if near and (one.hedged or other.hedged):
        return 0.0
    return _alike(one.claim, other.claim, least=_SHARED_IF_COMMON if one.unit in _common_units() else _SHARED)


@cache
def _common_units() -> frozenset[str]:
    return _MARKS.union(stem for unit in _COMMON for stem in content_of(unit, "en"))


def _alike(one: _Claim, other: _Claim, *, least: float) -> float:
    """Return how much two sentences have in common, 0 where they may well be about two things."""
    shared = len(one.stems & other.stems)
    share = shared / max(1, min(len(one.stems), len(other.stems)))
    if share < least:
        return 0.0
    mine, theirs = _names(one.text), _names(other.text)
    return 0.0 if mine - theirs and theirs - mine else share


def _denies(one: _Figure, other: _Figure) -> bool:
    """Tell whether a sentence says that it is not the other's figure."""
    figure = other.span.cut(other.claim.text)
    if f"not {figure}" not in one.claim.text:
        return False
    return re.search(rf"\bnot {re.escape(figure)}(?!\w)", one.claim.text) is not None


def _figures(claim: _Claim) -> Iterator[_Figure]:
    """Yield the numbers that count something, dates among them: no numbers in a row of names."""
    if not claim.stems:
        return
    text = claim.text
    places = [place for place, word in enumerate(claim.sentence.words) if word in _NUMBERS or word[0].isdigit()]
    if not places:
        return
    said = Words(text)
    read = 0
    for place in places:
        if place < read:
            continue
        value, used = _value(text, said, place)
        if value is None:
            continue
        read = place + used
        span = Span(said[place].start, said[read - 1].end)
        before = max(0, span.start - _BEFORE), span.start
        unit = _unit(text, span, said.some(read, read + 4), claim)
        if unit and not _NAMED.search(text, *before):
            yield _Figure(claim, span, value, unit, _HEDGE.search(text, *before) is not None)


def _value(text: str, said: Words, place: int) -> tuple[float | None, int]:
    """Return the number that begins with a word, and of how many words it is."""
    word = said[place].cut(text).lower()
    value: float | None = None
    if word[0].isdigit() and _FIGURE.fullmatch(word):
        value = float(word.replace(",", ""))
    elif word in _UNITS or word in _TENS:
        value = float(_UNITS.get(word, _TENS.get(word, 0)))
    elif "-" in word:
        tens, _, unit = word.partition("-")
        value = float(_TENS[tens] + _UNITS[unit]) if tens in _TENS and unit in _UNITS else None
    if value is None:
        return None, 0
    used = 1
    while place + used < len(said) and (scale := _SCALES.get(said[place + used].cut(text).lower())):
        value *= scale
        used += 1
    return value, used


def _unit(text: str, span: Span, following: Sequence[Span], claim: _Claim) -> str:
    """Return what is counted: a mark of money or of a share, else the first word behind that carries content."""
    if _MARK_AFTER.match(text, span.end):
        return "%"
    money = _MARK_BEFORE.search(text, max(0, span.start - 1), span.start)
    if money:
        return money[0]
    for after in following:
        stems = content_of(after.cut(text), "en")
        if text[span.end : after.start].strip(" \n\u00a0,-") and not stems:
            return ""
        if stems:
            return stems[-1] if stems[-1] in claim.stems else ""
    return ""


def _in_names(claims: Sequence[_Claim]) -> Iterator[_Found]:
    """Yield pairs of sentences that are the same but for one name."""
    for one, other in _nearly_the_same(claims):
        found = _other_name(one.text, other.text)
        if found:
            yield 1.0, _difference(one, other, *found)


def _nearly_the_same(claims: Sequence[_Claim]) -> Iterator[tuple[_Claim, _Claim]]:
    """Yield the pairs of different articles that share most of their words without a capital."""
    by_words: defaultdict[frozenset[str], list[_Claim]] = defaultdict(list)
    for claim in claims:
        if len(claim.sentence.words) >= _LEAST_WORDS:
            by_words[frozenset(claim.sentence.words).difference(map(str.casefold, _names(claim.text)))].append(claim)
    for same in by_words.values():
        for one, other in combinations(same[:_MOST_OF_A_UNIT], 2):
            if one.article != other.article and one.text != other.text:
                yield one, other


def _other_name(one: str, other: str) -> tuple[Span, Span] | None:
    """Return the one stretch in which two sentences differ, where both have a name there."""
    mine, theirs = words(one), words(other)
    left, right = [span.cut(one).casefold() for span in mine], [span.cut(other).casefold() for span in theirs]
    changes = [code for code in SequenceMatcher(None, left, right, autojunk=False).get_opcodes() if code[0] != "equal"]
    if len(changes) != 1 or changes[0][0] != "replace":
        return None
    _, start, end, from_, to = changes[0]
    spans = Span(mine[start].start, mine[end - 1].end), Span(theirs[from_].start, theirs[to - 1].end)
    names = spans[0].cut(one), spans[1].cut(other)
    same = len(left) - (end - start)
    if same < _SHARED_FOR_NAMES * len(left) or not all(_is_name(name) for name in names):
        return None
    together = {word.casefold() for word in names[0].split()} & {word.casefold() for word in names[1].split()}
    alike = SequenceMatcher(None, names[0].casefold(), names[1].casefold(), autojunk=False).ratio()
    return None if together or alike >= _ONE_NAME else spans


_NO_NAMES = frozenset(
    (
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
        *("November", "December", "The", "A", "An", "He", "She", "It", "They"),
    )
)


def _is_name(words_: str) -> bool:
    return all(word[:1].isupper() and word not in _NO_NAMES for word in words_.split())


def _difference(one: _Claim, other: _Claim, in_one: Span, in_other: Span) -> Difference:
    return Difference(_quote(one), _quote(other), in_one, in_other)


def _quote(claim: _Claim) -> Quote:
    return Quote(claim.text, claim.article, claim.sentence.span.start, claim.sentence.span.end)
