"""Who is meant within one text: surnames, acronyms and shortened names, by the fuller name that the text has."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from summariser.entities.acronyms import find_definitions
from summariser.entities.bodies import is_cut_short
from summariser.entities.evidence import Evidence
from summariser.entities.keys import identity, near
from summariser.entities.kin import Family
from summariser.entities.owners import qualify
from summariser.entities.people import bears
from summariser.entities.sounds import skeletons
from summariser.entities.spelling import read_person
from summariser.entities.ties import tie
from summariser.model import Mention, MentionType

_Parts = tuple[str, ...]
_NOT_AT_ALL = 4
# A text with more spellings is a list, and its names mean what they say.
_MOST = 400
_ACRONYM = 3
"""How many letters an acronym needs for a text to be taken at its initials alone."""


def within(text: str, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Return for each mention the full spelling of the same one in the text; its own where the text has none.

    Of several full spellings a person is given the usual one, a body or place the fullest. Where two people may be
    meant by a surname, none is taken. A body that any country may have gets the country in brackets, if the text tells.
    """
    names = [mention.surface for mention in mentions]
    for kind in MentionType:
        places = [at for at, mention in enumerate(mentions) if mention.type is kind]
        found = _name_people if kind is MentionType.PER else _name_bodies
        for at, name in zip(places, found(text, [mentions[at] for at in places]), strict=True):
            names[at] = name
    return tuple(qualify(text, mentions, names))


class _Clusters:
    """Spellings of one type in a text, joined to whom they mean."""

    def __init__(self, kind: MentionType, mentions: Iterable[Mention]) -> None:
        self.kind = kind
        self.written: defaultdict[_Parts, Counter[str]] = defaultdict(Counter)
        for mention in mentions:
            self.written[identity(kind, mention.surface)[1]][mention.surface] += 1
        self._members: dict[_Parts, list[_Parts]] = {parts: [parts] for parts in self.written}
        self._head = {parts: parts for parts in self.written}

    def head(self, parts: _Parts) -> _Parts:
        """Return the spelling that stands for all that mean the same."""
        return self._head[parts]

    def members(self, head: _Parts) -> list[_Parts]:
        """Return the spellings that mean the same as this one."""
        return self._members[head]

    def heads(self) -> list[_Parts]:
        """Return one spelling for each whom the text names."""
        return list(self._members)

    def join(self, one: _Parts, other: _Parts) -> None:
        """Let two spellings, and all that is joined with them, mean the same."""
        first, second = self._head[one], self._head[other]
        if first != second:
            moved = self._members.pop(second)
            self._members[first] += moved
            self._head.update(dict.fromkeys(moved, first))

    def join_near(self, means: Callable[[Evidence, _Parts, _Parts], bool]) -> None:
        """Join what is surely one by its spelling; then each with that which it is short for, if there is no other."""
        if len(self.written) > _MOST:
            return
        fuller: defaultdict[_Parts, list[_Parts]] = defaultdict(list)
        for one, other in sorted(
            {(min(a, b), max(a, b)) for (_, a), (_, b) in near((self.kind, p) for p in self.written)}
        ):
            evidence = tie(self.kind, one, other)
            if evidence is Evidence.SAME:
                self.join(one, other)
            elif evidence is not None:
                fuller[one] += [other] if means(evidence, one, other) else []
                fuller[other] += [one] if means(evidence, other, one) else []
        self.join_only(fuller)

    def join_only(self, fuller: Mapping[_Parts, Iterable[_Parts]]) -> None:
        """Join each spelling with that which it is short for, where the text has one such and no other."""
        for short, longer in sorted(fuller.items()):
            heads = {self._head[long] for long in longer} - {self._head[short]}
            if len(heads) == 1:
                self.join(heads.pop(), short)


def _name_people(text: str, mentions: Sequence[Mention]) -> Iterator[str]:
    """Yield each person's usual full name; a lone name's where one person of the text goes by it."""
    clusters = _Clusters(MentionType.PER, mentions)
    clusters.join_near(_is_short_person)
    family = Family(text, mentions, clusters.head)
    bearers = _find_bearers(clusters)
    names = {head: _usual(clusters, head) for head in clusters.heads()}
    for mention in mentions:
        parts = identity(mention.type, mention.surface)[1]
        meant = family.choose(mention, bearers[parts]) if parts in bearers else None
        yield names[meant or clusters.head(parts)]


def _find_bearers(clusters: _Clusters) -> dict[_Parts, list[_Parts]]:
    """Return for each lone name the people whom the text names in full and who most likely go by it."""
    shelves: defaultdict[str, set[_Parts]] = defaultdict(set)
    for parts in clusters.written:
        for part in parts if len(parts) > 1 else ():
            for key in skeletons(part):
                shelves[key].add(clusters.head(parts))
    bearers: dict[_Parts, list[_Parts]] = {}
    for lone in (parts for parts in clusters.written if len(parts) == 1):
        heads = {head for key in skeletons(lone[0]) for head in shelves[key]}
        ways = {head: bears(lone[0], clusters.members(head)) for head in heads}
        bearers[lone] = sorted(head for head in heads if ways[head] == min(ways.values()) < _NOT_AT_ALL)
    return bearers


def _is_short_person(evidence: Evidence, short: _Parts, long: _Parts) -> bool:
    """Tell whether one text means the same person by a first and a last name as by those with others between them."""
    if len(short) == 1:
        return evidence is Evidence.SOUND and short > long
    if evidence is Evidence.MIDDLE_NAME:
        return len(short) == 2 < len(long) and not long[-1].endswith(".")
    return len(short) <= len(long) and evidence in {Evidence.INITIAL, Evidence.PART, Evidence.ORDER}


def _usual(clusters: _Clusters, head: _Parts) -> str:
    """Return the spelling with a first and a last name that is most used, without a title where there is one."""
    written: Counter[str] = Counter()
    for parts in clusters.members(head):
        written.update(clusters.written[parts])
    return min(
        written,
        key=lambda name: (
            len(identity(MentionType.PER, name)[1]) < 2,
            bool(read_person(name).titles),
            name.isupper(),
            -written[name],
            -len(name),
            name,
        ),
    )


def _name_bodies(text: str, mentions: Sequence[Mention]) -> Iterator[str]:
    """Yield each body's or place's fullest name: what an acronym stands for, what was cut short."""
    if not mentions:
        return
    kind = mentions[0].type
    clusters = _Clusters(kind, mentions)
    for short, long in _defined(text, mentions):
        clusters.join(long, short)
    clusters.join_near(_is_short_body)
    if kind is MentionType.ORG:
        clusters.join_only(_find_fuller(clusters))
    names = {head: _fullest(clusters, head) for head in clusters.heads()}
    for mention in mentions:
        yield names[clusters.head(identity(kind, mention.surface)[1])]


def _is_short_body(evidence: Evidence, short: _Parts, _: _Parts) -> bool:
    return evidence is Evidence.ACRONYM and len(short) == 1 and len(short[0]) >= _ACRONYM


def _find_fuller(clusters: _Clusters) -> dict[_Parts, list[_Parts]]:
    """Return for each body's name those that may be the same in full: they begin or end as it does."""
    shelves: defaultdict[str, list[_Parts]] = defaultdict(list)
    for long in clusters.written:
        for word in {long[0], long[-1]}:
            shelves[word].append(long)
    return {
        short: [long for word in {short[0], short[-1]} for long in shelves[word] if is_cut_short(short, long)]
        for short in clusters.written
    }


def _defined(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[_Parts, _Parts]]:
    """Yield the acronyms that the text explains, each with what it stands for, where both are mentions."""
    kind = mentions[0].type
    known = {identity(kind, mention.surface)[1] for mention in mentions}
    for one in find_definitions(text):
        short = identity(kind, one.short.cut(text))[1]
        long = next((each for each in mentions if each.start <= one.long.start and one.long.end <= each.end), None)
        if short in known and long is not None:
            yield short, identity(kind, long.surface)[1]


def _fullest(clusters: _Clusters, head: _Parts) -> str:
    written: Counter[str] = Counter()
    words: dict[str, int] = {}
    for parts in clusters.members(head):
        written.update(clusters.written[parts])
        words.update(dict.fromkeys(clusters.written[parts], len(parts)))
    return min(written, key=lambda name: (-words[name], name.isupper(), -written[name], name))
