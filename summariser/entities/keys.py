"""What names are looked up by: names that may mean the same share a key."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, product

from summariser.entities.bare import is_bare
from summariser.entities.bodies import body_keys, place_keys
from summariser.entities.people import person_keys
from summariser.entities.spelling import fold, read_person
from summariser.model import MentionType

Identity = tuple[MentionType, tuple[str, ...]]
"""What a name is told by: its type, and its spelling without what may be left out of it."""

# What the keys of whole names begin with; the others are of a part that a person may go by alone.
_WHOLE = "w"
_MOST = 8
_LONGEST = 40


def identity(kind: MentionType, spelling: str) -> Identity:
    """Return what a name is told by."""
    if kind is not MentionType.PER:
        return kind, fold(spelling)
    person = read_person(spelling)
    return kind, (*person.parts, *([f"{person.age}."] if person.age else []))


def name_keys(kind: MentionType, name: str) -> tuple[str, ...]:
    """Return the keys that a name is stored and looked up by, at most 8: two names that may be one share one."""
    return _keys(identity(kind, name))


def near(names: Iterable[Identity]) -> Iterator[tuple[Identity, Identity]]:
    """Yield the pairs of names that are worth a look, in no order: those that share a key.

    Two whole names are a pair where the key is of whole names: not for a surname alone that many bear.
    """
    shelves: defaultdict[str, list[Identity]] = defaultdict(list)
    for name in names:
        for key in _keys(name):
            shelves[key].append(name)
    for key, those in shelves.items():
        if key.startswith(_WHOLE):
            yield from combinations(those, 2)
        else:
            lone = [name for name in those if len(name[1]) == 1]
            yield from combinations(lone, 2)
            yield from product(lone, (name for name in those if len(name[1]) > 1))


@lru_cache(maxsize=1 << 14)
def _keys(name: Identity) -> tuple[str, ...]:
    kind, parts = name
    if is_bare(kind, parts):
        return (f"{_WHOLE}{kind[0]} ={' '.join(parts)}"[:_LONGEST],)
    whole: Iterable[str]
    alone: Iterable[str] = ()
    if kind is MentionType.PER:
        whole, alone = person_keys(parts)
    else:
        whole = body_keys(parts) if kind is MentionType.ORG else place_keys(parts)
    keys = [*(f"{_WHOLE}{kind[0]} {key}" for key in whole), *(f"s{kind[0]} {key}" for key in alone)]
    return tuple(dict.fromkeys(key[:_LONGEST] for key in keys))[:_MOST]
