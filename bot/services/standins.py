"""What a republisher set in somebody's place in headlines: perhaps another name, which nobody has confirmed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.services.compute import Compute
from bot.services.identity import Entity, Identities, Likely
from bot.services.replies import Block, Bold, Bullets, Heading, Words
from bot.services.wording import count, shorten
from storage.base import Rewritten, Scope, Storage
from storage.folding import fold

_EVIDENCE = "headline"
_MOST = 5


@dataclass(frozen=True, slots=True)
class StandIn:
    """Words that stand in a headline where the other headline of the article names somebody."""

    entity: Entity
    words: str
    rewritten: tuple[Rewritten, ...]
    """The articles with these headlines, the newest first."""

    @property
    def line(self) -> Words:
        """Say what stands where, with the newest headlines that show it."""
        first = self.rewritten[0]
        titles = (first.head.title or "", first.republished_title)
        title, other = (shorten(" ".join(each.split()), 120) for each in titles)
        where = f" · in the place of “{self.entity.name}” in {count(len(self.rewritten), 'rewritten headline')}: "
        return (Bold(self.words), where, f"“{other}” over “{title}”")


async def stand_ins(
    storage: Storage, compute: Compute, scope: Scope, entities: Sequence[Entity]
) -> tuple[StandIn, ...]:
    """Return what stands in their places in the headlines of visible articles, the most frequent first."""
    ids = [one for entity in entities for one in entity.ids]
    found = [one for one in await storage.headlines(scope, ids) if one.head.title] if ids else []
    if not found:
        return ()
    titles = [(one.head.title or "", one.republished_title) for one in found]
    names = [entity.written for entity in entities]
    standing = await storage.names_of(scope, [one.head.article_id for one in found], ids)
    place = {name_id: index for index, entity in enumerate(entities) for name_id in entity.ids}
    below = ({each.name_id for each in standing.get(one.head.article_id, ())} for one in found)
    present = [sorted({place[name_id] for name_id in ids if name_id in place}) for ids in below]
    told: tuple[tuple[int, int, str], ...] = await compute.run(
        "summariser.entities.headlines:stand_ins", titles, names, present
    )
    grouped: dict[tuple[int, str], list[tuple[str, Rewritten]]] = {}
    for index, whose, words in told:
        grouped.setdefault((whose, fold(words)), []).append((words, found[index]))
    made = [
        StandIn(entities[whose], those[0][0], tuple(one for _, one in those)) for (whose, _), those in grouped.items()
    ]
    return tuple(sorted(made, key=lambda one: (-len(one.rewritten), one.words)))


async def join_known(
    identities: Identities, scope: Scope, found: Sequence[StandIn]
) -> tuple[dict[tuple[int, ...], Entity], tuple[StandIn, ...]]:
    """Part what is found into those who are known by these words, by whose place they take, and bare words.

    A known one becomes a candidate of the entity; not where the two are one already, or a person said they are not.
    """
    changed: dict[tuple[int, ...], Entity] = {}
    bare: list[StandIn] = []
    for one in found[:_MOST]:
        entity = changed.get(one.entity.ids, one.entity)
        known = await identities.find(scope, one.words)
        if not known:
            bare.append(one)
        for other in known:
            if not await _is_settled(identities, scope, entity, other):
                entity = replace(entity, likely=(*entity.likely, Likely(other, _EVIDENCE)))
        changed[entity.ids] = entity
    return changed, tuple(bare)


async def _is_settled(identities: Identities, scope: Scope, entity: Entity, other: Entity) -> bool:
    """Tell whether nothing is left to decide on the two."""
    if other.rejected or not {*entity.ids}.isdisjoint(other.ids) or _ids(entity.likely) & {other.ids}:
        return True
    return await identities.parted(scope, entity, other) is not None


def _ids(likely: Collection[Likely]) -> set[tuple[int, ...]]:
    return {one.entity.ids for one in likely}


def lines(found: Sequence[StandIn]) -> list[Block]:
    """Return the lines on words that stand in headlines alone."""
    if not found:
        return []
    return [Heading(("In headlines that were rewritten, unconfirmed",)), Bullets(tuple(one.line for one in found))]
