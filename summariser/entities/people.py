"""What two names of people have to do with each other."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from summariser.entities.customs import FAMILY_FIRST, custom_of, is_common
from summariser.entities.evidence import Evidence
from summariser.entities.gazetteer import GIVEN
from summariser.entities.sounds import Custom, same_word, skeletons

_Parts = tuple[str, ...]
_ARTICLE_AND_NAME = 5
# What follows is the father's name: Mohammed bin Salman is bin Salman, and Salman his father.
_SON = frozenset({"bin", "bint"})


def tie_people(one: _Parts, other: _Parts) -> Evidence | None:
    """Return what ties two names of people; each part of a name must be verified for them to be one."""
    (one, age), (other, other_age) = _part_age(one), _part_age(other)
    if age and other_age and age != other_age:
        return None
    evidence = _tie(one, other)
    # A son with his father's name: as likely as not the son is meant.
    return Evidence.MIDDLE_NAME if evidence is Evidence.SAME and age != other_age else evidence


def person_keys(parts: _Parts) -> tuple[list[str], list[str]]:
    """Return the keys of a whole name, and those of the parts that a person may go by alone."""
    parts, _ = _part_age(parts)
    if len(parts) == 1:
        return [], list(skeletons(parts[0]))
    whole = [f"{opening} {last}" for opening in _openings(parts[0]) for last in skeletons(parts[-1])]
    whole.append(skeletons("".join(parts))[0])
    if parts[0] in FAMILY_FIRST or parts[-1] in FAMILY_FIRST:
        whole += [f"{opening} {first}" for opening in _openings(parts[1]) for first in skeletons(parts[0])]
        whole += [f"{opening} {last}" for opening in _openings(parts[-1]) for last in skeletons(parts[0])]
    elif len(parts) > 2:
        whole.append(f"{_openings(parts[-2])[0]} {skeletons(parts[-1])[0]}")
        whole.append(f"{_openings(parts[0])[0]} {skeletons(parts[-2])[0]}")
    if _unjoin(parts[-1]):
        whole += [f"{_openings(parts[0])[0]} {key}" for key in skeletons(_unjoin(parts[-1]))[:1]]
    alone = [parts[-1]] + ([parts[-2]] if len(parts) > 2 else []) + ([] if _is_everyones(parts[0]) else [parts[0]])
    return list(dict.fromkeys(whole)), list(dict.fromkeys(key for part in alone for key in skeletons(part)))


def align(one: _Parts, other: _Parts, custom: Custom) -> bool:
    """Tell whether two names have the same parts in the same order, however they are joined."""
    if not one or not other:
        return not one and not other
    if _same_part(one[0], other[0], custom) and align(one[1:], other[1:], custom):
        return True
    return any(
        len(longer) > 1
        and same_word(longer[0] + longer[1], shorter[0], custom)
        and align(longer[2:], shorter[1:], custom)
        for longer, shorter in ((one, other), (other, one))
    )


def _same_part(one: str, other: str, custom: Custom) -> bool:
    """Tell whether two parts are one, an article joined to the one of them or not: Alhamdi and al-Hamdi."""
    if same_word(one, other, custom):
        return True
    return custom is Custom.EASTERN and (_unjoin(one) == other or one == _unjoin(other))


def _unjoin(part: str) -> str:
    return part[2:] if len(part) > _ARTICLE_AND_NAME and part.startswith(("al", "el")) else ""


def is_shortened(short: _Parts, long: _Parts, custom: Custom) -> bool:
    """Tell whether a name is another without some of the parts between its first and its last."""
    if not 2 <= len(short) < len(long) or not same_word(short[-1], long[-1], custom):
        return False
    if not same_word(short[0], long[0], custom):
        return False
    rest: Iterator[str] = iter(long[1:-1])
    return all(any(_may_be(part, inner, custom) for inner in rest) for part in short[1:-1])


def bears(part: str, names: Sequence[_Parts]) -> int:
    """Return how a person whose full names these are may go by the part.

    0: as a family name, written alike; 1: by ear; 2: as the first of two family names; 3: as a given name, or a family
    name that stands first; 4: not at all.
    """
    full = [parts for parts, _ in map(_part_age, names) if len(parts) > 1]
    ways = (
        any(part == parts[-1] for parts in full if parts[-2] not in _SON),
        any(heard_alike(part, parts[-1]) for parts in full if parts[-2] not in _SON),
        any(heard_alike(part, parts[-2]) for parts in full if len(parts) > 2),
        any(heard_alike(part, parts[0]) for parts in full),
    )
    return ways.index(True) if True in ways else len(ways)


def _part_age(parts: _Parts) -> tuple[_Parts, str]:
    return (parts[:-1], parts[-1]) if len(parts) > 1 and parts[-1].endswith(".") else (parts, "")


def _tie(one: _Parts, other: _Parts) -> Evidence | None:
    short, long = sorted((one, other), key=lambda parts: (len(parts), parts))
    if len(short) == 1:
        return _tie_lone(short[0], long)
    if not _have_parts_in_common(one, other):
        return None
    custom = custom_of(one) if custom_of(one) is custom_of(other) else Custom.PLAIN
    if align(one, other, custom):
        return Evidence.SAME
    ways: tuple[tuple[Evidence, Callable[[], bool]], ...] = (
        (Evidence.INITIAL, lambda: _differ_by_initials(one, other, custom)),
        (Evidence.MIDDLE_NAME, lambda: is_shortened(short, long, custom)),
        (Evidence.ORDER, lambda: any(align(short, turned, custom) for turned in _turn(long))),
        (Evidence.PART, lambda: _ends(short, long, custom)),
        (Evidence.SOUND, lambda: _sound_alike(one, other)),
    )
    return next((evidence for evidence, holds in ways if holds()), None)


def _differ_by_initials(one: _Parts, other: _Parts, custom: Custom) -> bool:
    return len(one) == len(other) and all(_may_be(*pair, custom) for pair in zip(one, other, strict=True))


def _turn(parts: _Parts) -> tuple[_Parts, _Parts]:
    """Return a name with its first part last, and with its last part first."""
    return (*parts[1:], parts[0]), (parts[-1], *parts[:-1])


def _have_parts_in_common(one: _Parts, other: _Parts) -> bool:
    """Tell, at little cost, whether two names can be tied: most that share a key cannot."""
    (first, whole, initials), (second, other_whole, other_initials) = _outline(one), _outline(other)
    shared = len(first & second)
    return shared > 1 or whole == other_whole or (shared > 0 and (initials or other_initials))


@lru_cache(maxsize=1 << 14)
def _outline(parts: _Parts) -> tuple[frozenset[str], str, bool]:
    """Return the skeletons of a name's parts, that of all together, and whether one in common is enough."""
    joined = [name for name in map(_unjoin, parts) if name]
    apart = frozenset(key for part in (*parts, *joined) for key in skeletons(part))
    is_loose = bool(joined) or len(apart) < len(parts) or any(len(part) == 1 for part in parts)
    return apart, skeletons("".join(parts))[0], is_loose


def _tie_lone(part: str, other: _Parts) -> Evidence | None:
    """Return what ties a lone name to another: by ear, for little else is at hand."""
    if len(other) == 1:
        return Evidence.SOUND if heard_alike(part, other[0]) else None
    if any(heard_alike(part, surname) for surname in (other[-1], *other[1:-1][-1:])):
        return Evidence.SURNAME
    return Evidence.GIVEN_NAME if heard_alike(part, other[0]) and not _is_everyones(part) else None


def _ends(short: _Parts, long: _Parts, custom: Custom) -> bool:
    """Tell whether two parts or more of a longer name make up the shorter: its beginning or its end."""
    return len(short) < len(long) and any(
        all(same_word(*pair, custom) for pair in zip(short, stretch, strict=True))
        for stretch in (long[: len(short)], long[-len(short) :])
    )


def _sound_alike(one: _Parts, other: _Parts) -> bool:
    """Tell whether two names of as many parts differ by ear in one vowel or so: likely a slip, or another custom."""
    if len(one) != len(other):
        return False
    pairs = list(zip(one, other, strict=True))
    return sum(not heard_alike(*pair) for pair in pairs) <= 1 and all(
        not set(skeletons(here)).isdisjoint(skeletons(there)) and abs(len(here) - len(there)) < 3
        for here, there in pairs
    )


def heard_alike(one: str, other: str) -> bool:
    """Tell whether two words are one by any custom."""
    return any(same_word(one, other, custom) for custom in Custom)


def _may_be(one: str, other: str, custom: Custom) -> bool:
    """Tell whether two parts are one, or the one the initial of the other."""
    return same_word(one, other, custom) or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _is_everyones(part: str) -> bool:
    return part in GIVEN or is_common(part)


def _openings(part: str) -> Sequence[str]:
    return tuple(dict.fromkeys(key[:1] for key in skeletons(part[:2])))
