"""What to ask of a corpus to know who is meant by a name: the keys of its kin, and what people joined with it."""

from collections.abc import Sequence

from summariser.entities.keys import identity, name_keys
from summariser.model import Decision, Kindred, MentionType, Name, Verdict


def reach(names: Sequence[Name], decisions: Sequence[Decision] = ()) -> Kindred:
    """Return the keys of names that may mean the same as one of these, and the names that a person joined with one."""
    keys = sorted({key for name in names for key in name_keys(name.type, name.words)})
    here = {identity(name.type, name.words) for name in names}
    joined: dict[Name, None] = {}
    for decision in decisions:
        if decision.verdict is not Verdict.SAME:
            continue
        one, other = Name(decision.type, decision.one), Name(decision.other_type or decision.type, decision.other)
        sides = {side: identity(side.type, side.words) in here for side in (one, other)}
        joined |= {side: None for side, is_here in sides.items() if not is_here and any(sides.values())}
    return Kindred(tuple(keys), tuple(joined))


def keys_of_words(words: str) -> tuple[str, ...]:
    """Return what names like these words are looked up by, whatever they name."""
    return tuple(sorted({key for kind in MentionType for key in name_keys(kind, words)}))


def keys_joined(decisions: Sequence[Decision]) -> tuple[frozenset[str], ...]:
    """Return for each of these decisions, all of which say that two mean the same, what both are looked up by."""
    return tuple(
        frozenset(
            (*name_keys(one.type, one.one), *name_keys(one.other_type or one.type, one.other)),
        )
        for one in decisions
    )


def spelled_alike(name: Name, others: Sequence[Name]) -> tuple[bool, ...]:
    """Tell of each of the others whether it differs in case, accents, articles or titles alone: nobody parts these."""
    return tuple(identity(name.type, name.words) == identity(other.type, other.words) for other in others)


def parted(one: Sequence[Name], other: Sequence[Name], decisions: Sequence[Decision]) -> int | None:
    """Return which of the decisions, the latest first, says that these two are not the same; None where none does."""
    first, second = ({identity(name.type, name.words) for name in side} for side in (one, other))
    for index, decision in enumerate(decisions):
        if decision.verdict is not Verdict.DIFFERENT:
            continue
        ends = (
            identity(decision.type, decision.one),
            identity(decision.other_type or decision.type, decision.other),
        )
        if (ends[0] in first and ends[1] in second) or (ends[0] in second and ends[1] in first):
            return index
    return None


def about(names: Sequence[Name], decisions: Sequence[Decision]) -> tuple[int, ...]:
    """Return which of the decisions concern one of the names."""
    here = {identity(name.type, name.words) for name in names}
    return tuple(
        index
        for index, decision in enumerate(decisions)
        if identity(decision.type, decision.one) in here
        or (
            decision.verdict in {Verdict.SAME, Verdict.DIFFERENT}
            and identity(decision.other_type or decision.type, decision.other) in here
        )
    )
