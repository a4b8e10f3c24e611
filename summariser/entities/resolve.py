"""Which mentions mean the same person, body or place.

A first version. Names that differ in nothing but case, accents, hyphens and articles are one. Within one text, a lone
surname belongs to the only full name that ends in it, and an acronym to the name behind which it stands in brackets.
What else looks alike becomes a candidate: a wrong merge is worse than a missed one.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from summariser.model import Entity, Mention, MentionType

_Name = tuple[str, ...]
_Called = tuple[MentionType, _Name]
_Hint = tuple[str, ...]

_PARTS = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s?$")
_UNWRITTEN = frozenset({"al", "el", "the", "of", "for", "and"})
_VOWELS = re.compile(r"(?<=.)[aeiouy]+")
_SPELT_ALIKE = str.maketrans("qgzc", "kksk")
_DOUBLED = re.compile(r"(.)\1+")


class Verdict(StrEnum):
    """What a person found out about two names."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on whether two names mean one; it outranks the machine."""

    verdict: Verdict
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class _Key:
    """What a group of mentions has in common."""

    type: MentionType
    name: _Name
    document: int | None = None
    """Where the name alone does not tell who is meant, and the group stays within one document."""


_Groups = Mapping[_Key, Sequence[tuple[int, Mention]]]


def resolve_entities(
    documents: Sequence[tuple[str, Sequence[Mention]]],
    *,
    known: Sequence[Entity] = (),
    decisions: Sequence[Decision] = (),
) -> tuple[Entity, ...]:
    """Return who is meant by the mentions of some texts, in the order in which they first appear.

    Every mention belongs to one entity. An entity that bears the name or an alias of a `known` one goes by its name.
    `candidates` are the names of entities that may be the same.
    """
    denied = {_pair(decision) for decision in decisions if decision.verdict is Verdict.DIFFERENT}
    same = {_pair(decision) for decision in decisions if decision.verdict is Verdict.SAME}
    groups: defaultdict[_Key, list[tuple[int, Mention]]] = defaultdict(list)
    for index, (text, mentions) in enumerate(documents):
        ordered = sorted(mentions, key=lambda mention: (mention.start, mention.end))
        for mention, key in zip(ordered, _attribute(index, text, ordered, denied), strict=True):
            groups[key].append((index, mention))
    joined = _join(groups, same)
    given = {(entity.type, _name(alias)): entity.name for entity in known for alias in (entity.name, *entity.aliases)}
    names = {key: given.get((key.type, key.name)) or _fullest(found) for key, found in joined.items()}
    called = {(key.type, key.name): names[key] for key in joined}
    alike = _alike(called.keys(), denied)
    return tuple(
        _entity(names[key], found, {called[other] for other in alike.get((key.type, key.name), ())})
        for key, found in joined.items()
    )


def _attribute(index: int, text: str, mentions: Sequence[Mention], denied: set[frozenset[_Name]]) -> Iterator[_Key]:
    """Yield for each mention of a text the group that it belongs to."""
    keys = [_Key(mention.type, _name(mention.surface)) for mention in mentions]
    full = {key for key in keys if key.type is MentionType.PER and len(key.name) > 1}
    defined = {
        short: long
        for (before, mention), (long, short) in zip(pairwise(mentions), pairwise(keys), strict=True)
        if _defines(text, before, mention) and frozenset({long.name, short.name}) not in denied
    }
    for key in keys:
        if key.type is not MentionType.PER or key in full:
            yield defined.get(key, key)
            continue
        bearers = [other for other in full if other.name[-1:] == key.name]
        if len(bearers) == 1 and frozenset({bearers[0].name, key.name}) not in denied:
            yield bearers[0]
        else:
            yield _Key(key.type, key.name, index)


def _defines(text: str, long: Mention, short: Mention) -> bool:
    """Tell whether an acronym stands in brackets behind the name that it is short for."""
    bracketed = text[long.end : short.start].strip() == "(" and text[short.end : short.end + 2].strip()[:1] == ")"
    return bracketed and _initials(_name(long.surface)) == "".join(_name(short.surface))


def _join(groups: _Groups, same: set[frozenset[_Name]]) -> _Groups:
    """Join the groups whose names a person called the same; the first to appear gives the type."""
    heads: dict[_Name, _Name] = {}
    for pair in same:
        joined = {heads.get(name, name) for name in pair}
        heads.update({name: min(joined) for name, head in heads.items() if head in joined})
        heads.update(dict.fromkeys(pair | joined, min(joined)))
    types: dict[_Name, MentionType] = {}
    result: defaultdict[_Key, list[tuple[int, Mention]]] = defaultdict(list)
    for key, found in groups.items():
        head = heads.get(key.name)
        result[key if head is None else _Key(types.setdefault(head, key.type), head)].extend(found)
    return result


def _alike(names: AbstractSet[_Called], denied: set[frozenset[_Name]]) -> Mapping[_Called, set[_Called]]:
    """Return for each name those that may mean the same one."""
    shelves: defaultdict[_Hint, set[_Called]] = defaultdict(set)
    for called in names:
        for hint in _gives(*called):
            shelves[hint].add(called)
    alike: defaultdict[_Called, set[_Called]] = defaultdict(set)
    for called in names:
        for hint in _seeks(*called):
            for other in shelves[hint]:
                if frozenset({called[1], other[1]}) not in denied and other != called:
                    alike[called].add(other)
                    alike[other].add(called)
    return alike


def _seeks(kind: MentionType, name: _Name) -> set[_Hint]:
    """Return what another name must give to be a candidate for this one."""
    if kind is MentionType.LOC:
        return set()
    if len(name) > 1:
        return {hint for hint in _gives(kind, name) if hint[0] in {"sound", "ends"}}
    return {("surname", *name)} if kind is MentionType.PER else {("initials", *name), ("sound", *map(_sound, name))}


def _gives(kind: MentionType, name: _Name) -> set[_Hint]:
    """Return what a name can be found by: how it sounds, and what is left of it when it is shortened."""
    sound = ("sound", *map(_sound, name))
    if len(name) < 2:
        return {sound}
    if kind is MentionType.PER:
        return {sound, ("surname", name[-1]), ("ends", name[0], name[-1])}
    return {sound, ("initials", _initials(name))}


def _entity(name: str, found: Sequence[tuple[int, Mention]], candidates: set[str]) -> Entity:
    spellings = Counter(mention.surface for _, mention in found)
    aliases = tuple(spelling for spelling, _ in spellings.most_common() if spelling != name)
    mentions = tuple((document, mention.start, mention.end) for document, mention in found)
    return Entity(name, found[0][1].type, aliases, mentions, tuple(sorted(candidates - {name})))


def _fullest(found: Sequence[tuple[int, Mention]]) -> str:
    """Return the spelling with the most parts, and of those the most frequent."""
    spellings = Counter(mention.surface for _, mention in found)
    return max(spellings, key=lambda spelling: (len(_name(spelling)), spellings[spelling]))


def _pair(decision: Decision) -> frozenset[_Name]:
    return frozenset({_name(decision.one), _name(decision.other)})


def _name(surface: str) -> _Name:
    """Return the parts of a name without case, accents, hyphens and articles."""
    plain = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", surface)).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    parts = _PARTS.findall(letters.replace(".", ""))
    return tuple(part for part in parts if part not in _UNWRITTEN) or tuple(parts) or (letters,)


def _initials(name: _Name) -> str:
    return "".join(part[0] for part in name)


def _sound(part: str) -> str:
    """Return the consonants of a part, as far as romanisations agree on them."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", part).translate(_SPELT_ALIKE))
