"""Who is named in the passages of an answer, to be looked up from there."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.services.compute import Compute
from bot.services.identity import KINDS, SURE, Identities, label
from bot.services.replies import Choice, Menu, Request
from bot.services.wording import shorten
from storage.base import Scope, Storage
from summariser.model import Name, Span

MOST_NAMED = 25


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of an answer."""

    article_id: int
    span: Span


async def who_is_meant(storage: Storage, compute: Compute, scope: Scope, places: Sequence[Place]) -> tuple[Menu, ...]:
    """Return a menu of those who are named in some passages, each once, in their order; none where nobody is."""
    named = await _named(storage, scope, places)
    if not named:
        return ()
    grouping = await Identities(storage, compute).group(scope, [(name, 1) for name in named])
    first = sorted(
        (min(members), name)
        for place, (name, members) in enumerate(zip(grouping.names, grouping.groups, strict=True))
        if place not in grouping.rejected
    )
    choices = tuple(_choice(name, named[place]) for place, name in first[:MOST_NAMED])
    return (Menu("Who is meant", choices),) if choices else ()


async def _named(storage: Storage, scope: Scope, places: Sequence[Place]) -> list[Name]:
    """Return the names that stand in the passages, in their order."""
    if not places:
        return []
    standing = await storage.names_of(scope, list(dict.fromkeys(place.article_id for place in places)))
    names: dict[Name, None] = {}
    for place in places:
        for one in standing.get(place.article_id, ()):
            inside = place.span.start <= one.mention.start and one.mention.end <= place.span.end
            if inside and one.mention.confidence >= SURE:
                names.setdefault(one.name)
    return list(names)


def _choice(name: str, written: Name) -> Choice:
    request = Request("entities.show", {"name": label(written.words, written.type)})
    return Choice(shorten(name, 100), request, KINDS[written.type])
