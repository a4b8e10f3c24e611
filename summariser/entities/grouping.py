"""Which names mean the same: what the names themselves show for sure, under what people have decided.

Names are joined where two of them are surely one, and whatever is joined with one is joined with the other. So the
result depends neither on the order of the names nor on how often they are written, and another name can join groups but
never part them: that only a person's decision does.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from summariser.entities.bare import is_bare
from summariser.entities.casing import in_print
from summariser.entities.evidence import Evidence
from summariser.entities.keys import Identity, identity, near
from summariser.entities.ties import tie
from summariser.model import Candidate, Decision, Grouping, MentionType, Verdict

_Node = Identity
_Pair = frozenset[_Node]


def group(names: Sequence[tuple[MentionType, str, int]], decisions: Sequence[Decision] = ()) -> Grouping:
    """Return who is meant by names, each given by its type, its spelling and how often it is written.

    Only the names themselves and the decisions count; how often decides no more than what a group is called.
    """
    word = _Word.of(decisions)
    nodes = [_node(kind, spelling, index, word) for index, (kind, spelling, _) in enumerate(names)]
    sure, likely = _tie_all({node for index, node in enumerate(nodes) if node[1][-1] != _mark(index)})
    union = _Union(word.different)
    for one, other in (*word.same, *sure):
        union.join(one, other)
    places: dict[_Node, int] = {}
    groups: list[list[int]] = []
    for index, node in enumerate(nodes):
        place = places.setdefault(union.head(node), len(groups))
        if place == len(groups):
            groups.append([])
        groups[place].append(index)
    called: dict[_Node, str] = {}
    for node, name in word.called.items():
        called.setdefault(union.head(node), name)
    rejected = {union.head(node) for node in word.rejected}
    return Grouping(
        tuple(map(tuple, groups)),
        tuple(called.get(head) or _call([names[index] for index in groups[place]]) for head, place in places.items()),
        tuple(_candidates(likely, union, places)),
        tuple(place for head, place in places.items() if head in rejected),
        tuple(place for place, those in enumerate(groups) if all(_is_anybodys(names[one], word) for one in those)),
    )


def _node(kind: MentionType, spelling: str, index: int, word: "_Word") -> _Node:
    """Return what a name is told by; a bare one by its place too, for it means someone else each time it is given."""
    node = identity(kind, spelling)
    return (kind, (*node[1], _mark(index))) if is_bare(*node) and node not in word.named else node


def _is_anybodys(name: tuple[MentionType, str, int], word: "_Word") -> bool:
    node = identity(*name[:2])
    return is_bare(*node) and node not in word.named


def _mark(index: int) -> str:
    return f"\n{index}"


@dataclass(frozen=True, slots=True)
class _Word:
    """What people have decided, the newest first."""

    same: list[tuple[_Node, _Node]]
    different: set[_Pair]
    called: dict[_Node, str]
    rejected: set[_Node]
    named: set[_Node]
    """All that a decision is about."""

    @classmethod
    def of(cls, decisions: Sequence[Decision]) -> "_Word":
        """Sort decisions by what they say; of two about the same pair or name the later holds."""
        pairs: dict[_Pair, Decision] = {}
        called: dict[_Node, str] = {}
        rejected: dict[_Node, None] = {}
        for decision in reversed(decisions):
            one = identity(decision.type, decision.one)
            if decision.verdict is Verdict.RENAME:
                called.setdefault(one, decision.other)
            elif decision.verdict is Verdict.REJECT:
                rejected.setdefault(one)
            else:
                other = identity(decision.other_type or decision.type, decision.other)
                pairs.setdefault(frozenset({one, other}), decision)
        same = [tuple(sorted(pair)) for pair, last in pairs.items() if last.verdict is Verdict.SAME and len(pair) > 1]
        different = {pair for pair, last in pairs.items() if last.verdict is Verdict.DIFFERENT and len(pair) > 1}
        named = {*called, *rejected, *(node for pair in pairs for node in pair)}
        return cls([(one, other) for one, other in same], different, called, set(rejected), named)


class _Union:
    """Sets of nodes that grow by joining, but for those that a person keeps apart."""

    def __init__(self, different: Iterable[_Pair]) -> None:
        self._above: dict[_Node, _Node] = {}
        self._apart: defaultdict[_Node, set[_Node]] = defaultdict(set)
        for one, other in different:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def head(self, node: _Node) -> _Node:
        """Return the node that stands for all that are joined with this one."""
        while (above := self._above.get(node, node)) != node:
            self._above[node] = self._above.get(above, above)
            node = above
        return node

    def are_apart(self, one: _Node, other: _Node) -> bool:
        """Tell whether a person keeps apart what is joined with the one from what is joined with the other."""
        return self.head(other) in self._apart[self.head(one)]

    def join(self, one: _Node, other: _Node) -> None:
        """Join two nodes and all that is joined with them, unless a person keeps them apart."""
        first, second = sorted((self.head(one), self.head(other)))
        if first == second or second in self._apart[first]:
            return
        self._above[second] = first
        for foe in self._apart.pop(second, ()):
            self._apart[foe].discard(second)
            self._apart[foe].add(first)
            self._apart[first].add(foe)


def _tie_all(nodes: Iterable[_Node]) -> tuple[list[tuple[_Node, _Node]], dict[tuple[_Node, _Node], Evidence]]:
    """Return which names are surely one, the nearest first, and which may be with the evidence."""
    sure: dict[tuple[_Node, _Node], int] = {}
    likely: dict[tuple[_Node, _Node], Evidence] = {}
    for one, other in {(min(pair), max(pair)) for pair in near(nodes)}:
        evidence = tie(one[0], one[1], other[1])
        if evidence is Evidence.SAME:
            sure[one, other] = len(set(one[1]) ^ set(other[1]))
        elif evidence is not None:
            likely[one, other] = evidence
    return sorted(sure, key=lambda pair: (sure[pair], pair)), likely


def _candidates(
    likely: Mapping[tuple[_Node, _Node], Evidence], union: _Union, places: Mapping[_Node, int]
) -> Iterator[Candidate]:
    found: dict[tuple[int, int], Evidence] = {}
    for (one, other), evidence in likely.items():
        first, second = sorted((places[union.head(one)], places[union.head(other)]))
        if first != second and not union.are_apart(one, other):
            found[first, second] = min(found.get((first, second), evidence), evidence, key=lambda each: each.rank)
    yield from (Candidate(one, other, str(found[one, other])) for one, other in sorted(found))


def _call(members: Sequence[tuple[MentionType, str, int]]) -> str:
    """Return the most frequent of a group's full spellings, in ordinary letters where all are in capitals."""
    written: Counter[str] = Counter()
    for _, spelling, count in members:
        written[spelling] += count
    kind = members[0][0]
    # In capitals it counts as the same in ordinary letters, and those go before.
    usual = min(written, key=lambda one: (not _is_full(kind, one), in_print(kind, one) != one, -written[one], one))
    return in_print(kind, usual)


def _is_full(kind: MentionType, spelling: str) -> bool:
    """Tell whether a spelling names in full: a person by two parts, a body or place by more than its acronym."""
    if kind is MentionType.PER:
        return len(identity(kind, spelling)[1]) > 1
    return not spelling.isupper()
