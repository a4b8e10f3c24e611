"""One name, one reading: what a text says clearly in one place holds for its other places too."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from summariser.entities.acronyms import Definition, names_bodies
from summariser.entities.features import Small
from summariser.entities.gazetteer import CALENDAR, CITIES, PEOPLES, PLACES, TITLES
from summariser.entities.tagging import Found
from summariser.entities.telling import names_staff, tell
from summariser.entities.tokens import Sequence
from summariser.model import MentionType

# How sure the model must be of a name for its other places to follow it.
_SURE = 0.6
# So sure of a lone word, it is no surname that the text has elsewhere.
_CERTAIN = 0.98
# A reading gives way to another that the text supports so many times more.
_OUTWEIGHED = 2.0
_ARTICLES = ("al-", "al’", "al'", "el-", "ul-", "as-", "ad-", "ar-", "an-", "az-", "at-", "ash-")
_LOOSE_ARTICLES = frozenset({"Al", "El", "al", "el"})
_SUFFIXES = frozenset({"Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV"})
_OPEN = frozenset("([{“‘«\"'")
_SHUT = frozenset([*")]}”’»\"',;:", "'s", "’s"])
_POSSESSIVES = frozenset({"'s", "’s"})
_KNOWN_PLACES = PLACES | CITIES
_LONGEST_KEY = 8
# Letters; what is longer is an address or noise.
_LONGEST_WORD = 60
_BEFORE_DAYS = frozenset({"in", "on", "since", "until", "by", "last", "this", "In", "On", "Since", "Last"})

# How surely each type was read in the same words, by their folded form.
_Votes = dict[str, dict[MentionType, float]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The names of one text while they are brought into line."""

    sequences: list[Sequence]
    small: Small
    found: dict[int, list[Found]]
    """Those of each sequence, few: no pass has to look through all names for each name."""

    def all(self) -> Iterator[Found]:
        """Yield the names of all sequences."""
        return chain.from_iterable(self.found.values())

    def words(self, one: Found) -> tuple[str, ...]:
        """Return the words of a name."""
        return self.sequences[one.sequence].words[one.first : one.last]

    def enter(self, one: Found) -> None:
        """Enter a name in place of those that it overlaps."""
        kept = [other for other in self.found.get(one.sequence, ()) if not _overlap(one, other)]
        self.found[one.sequence] = [*kept, one]


def settle(
    sequences: list[Sequence], small: Small, found: Iterable[Found], defined: Iterable[Definition]
) -> list[Found]:
    """Return a text's names: the model's, brought into line with each other, and those that follow from them."""
    ledger = Ledger(sequences, small, {})
    for one in found:
        trimmed = _trim(one, sequences)
        if trimmed is not None:
            ledger.found.setdefault(one.sequence, []).extend((*_owner(one, trimmed, sequences), trimmed))
    for number, names in ledger.found.items():
        ledger.found[number] = tell(names, sequences[number])
    _name_datelines(ledger)
    _settle_acronyms(ledger, defined)
    _settle_types(ledger)
    _follow(ledger, _readings(ledger))
    named = (one for one in ledger.all() if not names_staff(one, sequences[one.sequence].words))
    return sorted(named, key=lambda one: (one.sequence, one.first))


def _overlap(one: Found, other: Found) -> bool:
    return one.first < other.last and other.first < one.last


def _trim(one: Found, sequences: list[Sequence]) -> Found | None:
    """Take titles, peoples and stray marks off the ends of a name; None where nothing is left that has a capital."""
    words = sequences[one.sequence].words
    first, last = one.first, one.last
    if any(len(word) > _LONGEST_WORD for word in words[first:last]):
        return None
    if last - first == 1 and words[first].istitle() and words[first].casefold() not in CALENDAR:
        return one
    if one.type is not MentionType.PER:
        first = _skip(words, first, last)
    while first < last and (words[first] in _OPEN or words[first] in _SHUT):
        first += 1
    while first < last and (words[last - 1] in _SHUT or words[last - 1] in _OPEN) and not _closes(words, first, last):
        last -= 1
    if one.type is MentionType.PER:
        while last - first > 1 and _is_title(words[first]):
            first += 1
    # A people's name alone makes no body: the Iraqi government, the Kurdish forces.
    telling = [word for word in words[first:last] if word.casefold() not in PEOPLES or one.type is MentionType.PER]
    if not any(letter.isupper() for word in telling for letter in word):
        return None
    return one if (first, last) == (one.first, one.last) else replace(one, first=first, last=last)


def _skip(words: tuple[str, ...], first: int, last: int) -> int:
    """Return where a body's or a place's name begins: after a month, after the place that owns it."""
    if words[first].casefold() in CALENDAR and words[first - 1] in _BEFORE_DAYS:
        return first + 1
    if words[first] == "The" and last - first == 2 and words[last - 1].isupper():
        return first + 1
    owner = next((at for at in range(first + 1, last - 1) if words[at] in _POSSESSIVES), first)
    return owner + 1 if _key(words[first:owner]) in _KNOWN_PLACES else first


def _owner(one: Found, trimmed: Found, sequences: list[Sequence]) -> Iterator[Found]:
    """Yield the place whose possessive was taken off a name: Kenya's Port Authority."""
    last = trimmed.first - 1
    if one.first < last and sequences[one.sequence].words[last] in _POSSESSIVES:
        yield replace(one, last=last, type=MentionType.LOC)


def _closes(words: tuple[str, ...], first: int, last: int) -> bool:
    """Tell whether the last word is a bracket that the name opened: Holdings (Pte)."""
    return words[last - 1] == ")" and "(" in words[first:last]


def _is_title(word: str) -> bool:
    folded = word.casefold().rstrip(".")
    return folded in TITLES or folded in PEOPLES


def _name_datelines(ledger: Ledger) -> None:
    """Read the capitals that open a dateline as a place, where the model saw nothing."""
    for number, sequence in enumerate(ledger.sequences):
        if not sequence.opens or not sequence.dated:
            continue
        last = next((at for at, word in enumerate(sequence.words) if len(word) < 2 or not word.isupper()), 0)
        named = any(one.first == 0 for one in ledger.found.get(number, ()))
        if not named and 0 < last <= min(sequence.dated, 4):
            ledger.enter(Found(number, 0, last, MentionType.LOC, 0.8, "dateline"))


def _settle_acronyms(ledger: Ledger, defined: Iterable[Definition]) -> None:
    """Give a defined acronym the type of what it stands for, and the latter its full length."""
    types: dict[str, MentionType] = {}
    starts = [sequence.starts[0] for sequence in ledger.sequences]
    for one in defined:
        number = bisect_right(starts, one.long.start) - 1
        sequence = ledger.sequences[number]
        first, short = (bisect_left(sequence.starts, span.start) for span in (one.long, one.short))
        last = bisect_left(sequence.starts, one.long.end)
        if short >= len(sequence.words) or sequence.starts[first] != one.long.start or first == last:
            continue
        long = _spell_out(ledger, Found(number, first, last, MentionType.ORG, 0.8, "acronym"))
        if long is not None:
            types[sequence.words[short]] = long.type
    if types:
        _name_acronyms(ledger, types)


def _spell_out(ledger: Ledger, long: Found) -> Found | None:
    """Enter what an acronym stands for; return it as it is now entered, None where it is no body and no place."""
    touched = [one for one in ledger.found.get(long.sequence, ()) if _overlap(one, long)]
    whole = next((one for one in touched if one.first <= long.first and one.last >= long.last), None)
    if whole is not None and whole.type is not MentionType.PER and whole.last > long.last:
        whole = replace(whole, last=long.last)  # it ran on into the bracket
        ledger.enter(whole)
    if whole is not None:
        return whole if whole.type is not MentionType.PER else None
    if not names_bodies(ledger.words(long)) or any(one.type is MentionType.PER for one in touched):
        return None
    first = min([long.first, *(one.first for one in touched)])
    long = replace(long, first=first, last=max([long.last, *(one.last for one in touched)]))
    ledger.enter(long)
    return long


def _name_acronyms(ledger: Ledger, types: dict[str, MentionType]) -> None:
    for number, sequence in enumerate(ledger.sequences):
        for at, word in enumerate(sequence.words):
            if word in types and not any(
                one.first <= at < one.last and one.last - one.first > 1 for one in ledger.found.get(number, ())
            ):
                ledger.enter(Found(number, at, at + 1, types[word], 0.9, "acronym"))


def _key(words: Iterable[str]) -> str:
    return " ".join(words).casefold()


def _bare(word: str) -> str:
    """Return a name without its article: al-Amin and Amin are one."""
    folded = word.casefold()
    article = next((one for one in _ARTICLES if folded.startswith(one)), "")
    return folded[len(article) :]


def _settle_types(ledger: Ledger) -> None:
    """Give the same words the same type throughout, and a surname that of the person who bears it."""
    votes = _votes(ledger)
    bearers = _surnames(ledger)

    def settled(one: Found) -> Found:
        words = ledger.words(one)
        counts = votes[_key(words)]
        best = _heaviest(counts)
        if best is not one.type and counts[best] > _OUTWEIGHED * counts[one.type]:
            return replace(one, type=best, rule="consistency")
        lone = len(words) == 1 and one.type is not MentionType.PER and one.confidence < _CERTAIN
        if lone and _bare(words[0]) in bearers and words[0].casefold() not in _KNOWN_PLACES:
            return replace(one, type=MentionType.PER, rule="surname")
        return one

    for number, found in ledger.found.items():
        ledger.found[number] = [settled(one) for one in found]


def _votes(ledger: Ledger) -> _Votes:
    votes: _Votes = {}
    for one in ledger.all():
        counts = votes.setdefault(_key(ledger.words(one)), {})
        counts[one.type] = counts.get(one.type, 0.0) + one.confidence
    return votes


def _heaviest(counts: dict[MentionType, float]) -> MentionType:
    return max(counts, key=lambda kind: (counts[kind], kind)) if len(counts) > 1 else next(iter(counts))


def _surnames(ledger: Ledger) -> set[str]:
    """Return the last names of the people who are named in full."""
    full = [
        [word for word in ledger.words(one) if word not in _SUFFIXES]
        for one in ledger.all()
        if one.type is MentionType.PER and one.confidence >= _SURE
    ]
    return {_bare(words[-1]) for words in full if len(words) > 1 and len(words[-1]) > 2}


def _readings(ledger: Ledger) -> dict[str, tuple[MentionType, str]]:
    """Return what unread words are to be read as, by their folded form, and by which rule."""
    readings = dict.fromkeys(_surnames(ledger), (MentionType.PER, "surname"))
    votes = _votes(ledger)
    for key, counts in votes.items():
        best = _heaviest(counts)
        if counts[best] >= _SURE and key.count(" ") < _LONGEST_KEY and key not in readings:
            readings[key] = (best, "consistency")
    return {key: reading for key, reading in readings.items() if key not in CALENDAR and key not in PEOPLES}


def _follow(ledger: Ledger, readings: dict[str, tuple[MentionType, str]]) -> None:
    """Enter the names that the model passed over though the text has them elsewhere."""
    longest: dict[str, int] = defaultdict(int)
    for key in readings:
        opening = key.partition(" ")[0]
        longest[opening] = max(longest[opening], key.count(" ") + 1)
    for number, sequence in enumerate(ledger.sequences):
        taken = {at for one in ledger.found.get(number, ()) for at in range(one.first, one.last)}
        for at, word in enumerate(sequence.words):
            if at in taken or not (word[0].isupper() or "-" in word) or word.islower():
                continue
            one = _read(ledger, readings, longest, number, at)
            if one is not None and taken.isdisjoint(range(one.first, one.last)):
                taken.update(range(one.first, one.last))
                ledger.found.setdefault(number, []).append(one)


def _read(
    ledger: Ledger, readings: dict[str, tuple[MentionType, str]], longest: dict[str, int], number: int, at: int
) -> Found | None:
    words = ledger.sequences[number].words
    folded = words[at].casefold()
    for length in range(min(longest.get(folded, 0), len(words) - at), 0, -1):
        reading = readings.get(_key(words[at : at + length]))
        if reading is not None and (length > 1 or _is_name_here(ledger, words, at)):
            return Found(number, at, at + length, reading[0], 0.6, reading[1])
    reading = readings.get(_bare(folded))
    if reading is not None and reading[1] == "surname" and _is_name_here(ledger, words, at):
        return Found(number, at, at + 1, MentionType.PER, 0.6, "surname")
    return None


def _is_name_here(ledger: Ledger, words: tuple[str, ...], at: int) -> bool:
    """Tell whether a word's capital means a name: the text never writes it small, and no other name runs on from it."""
    if words[at].casefold() in ledger.small.low:
        return False
    following = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    joined = before.istitle() and at > 1 and before not in _LOOSE_ARTICLES and before.casefold() not in TITLES
    return not (following.istitle() and following.isalpha()) and not joined
