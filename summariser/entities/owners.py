"""Whose a body without a name of its own is: the country that a text sets beside `Ministry of Health`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from summariser.entities.bare import is_bare
from summariser.entities.gazetteer import COUNTRY_OF, PEOPLE_OF
from summariser.entities.keys import identity
from summariser.model import Mention, MentionType

# Bodies that one country's news calls so without ever saying whose: with none beside them they say nothing.
_SELF_EVIDENT = frozenset({"department", "congress", "senate"})
# Of these a country has many, and its name would join those of two towns.
_LOCAL = frozenset(
    {"city", "town", "municipal", "district", "county", "village", "local", "fire", "provincial", "hall"}
)
_REACH = 40
_FEWEST = 2
# A country that is named so often, and so many times as often as the next, is what a text is about.
_OFTEN, _OUTWEIGHS = 3, 2
_ALONE = frozenset({"parliament"})


def qualify(text: str, mentions: Sequence[Mention], names: Sequence[str]) -> Iterator[str]:
    """Yield the names, those that could be any country's with the country in brackets: `Supreme Court (Ghana)`.

    The country stands beside one of the text's mentions of the body (`Ghana's`, `of Ghana`, `the Ghanaian`); or else it
    is the one that the text is about. Where it is about none, or about several, the name is left as it is.
    """
    bodies = [identity(mention.type, name) for mention, name in zip(mentions, names, strict=True)]
    open_ones = [at for at, body in enumerate(bodies) if _is_anybodys(body)]
    beside = {at: _beside(text, mentions[at]) for at in open_ones}
    scene = _scene(text, mentions) if open_ones else ""
    for at, name in enumerate(names):
        told = {beside[each] for each in open_ones if bodies[each] == bodies[at] and beside[each]}
        if at not in beside:
            yield name
            continue
        general = scene if _SELF_EVIDENT.isdisjoint(bodies[at][1]) else ""
        owner = beside[at] or (general if not told else told.pop() if len(told) == 1 else "")
        yield f"{name} ({owner})" if owner else name


def _is_anybodys(body: tuple[MentionType, tuple[str, ...]]) -> bool:
    kind, parts = body
    named = kind is MentionType.ORG and (len(parts) >= _FEWEST or not _ALONE.isdisjoint(parts))
    return named and _LOCAL.isdisjoint(parts) and is_bare(kind, parts)


def _beside(text: str, mention: Mention) -> str:
    """Return the country right before or behind a mention; empty where there is none."""
    before, behind = _patterns()
    found = before.search(text[max(mention.start - _REACH, 0) : mention.start])
    found = found or behind.match(text[mention.end : mention.end + _REACH])
    return _country(found["country"]) if found else ""


def _scene(text: str, mentions: Sequence[Mention]) -> str:
    """Return the country that a text is about, by its name, people or capital; empty where it is about several."""
    places = (mention.surface for mention in mentions if mention.type is not MentionType.PER)
    told = Counter(_country(found[0]) for surface in places for found in _places().finditer(surface))
    told.update(_country(found[0]) for found in _peoples().finditer(text))
    told.pop("", None)
    (country, most), (_, next_most) = (*told.most_common(2), ("", 0), ("", 0))[:2]
    return country if not next_most or (most >= _OFTEN and most >= _OUTWEIGHS * next_most) else ""


def _country(word: str) -> str:
    plain = " ".join(word.casefold().split()).removeprefix("the ").rstrip(".")
    return COUNTRY_OF.get(plain) or PEOPLE_OF.get(plain) or PEOPLE_OF.get(plain.removesuffix("s"), "")


@cache
def _places() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_spelled(COUNTRY_OF))})\b", re.IGNORECASE)


@cache
def _peoples() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_spelled(PEOPLE_OF))})s?\b")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    countries, peoples = ("|".join(_spelled(table)) for table in (COUNTRY_OF, PEOPLE_OF))
    before = rf"\b(?P<country>(?:{countries})(?=['’])|(?:{peoples})(?= ))(?:['’]s?)? $"
    behind = rf" (?:of|in) (?:the )?(?P<country>{countries})\b"
    return re.compile(before), re.compile(behind)


def _spelled(table: dict[str, str]) -> Iterator[str]:
    """Yield the words of a table as texts write them, the longest first."""
    for word in sorted(table, key=len, reverse=True):
        yield re.escape(
            " ".join(part.capitalize() if part not in {"of", "the", "and"} else part for part in word.split())
        )
