"""Who is meant by the mentions of many texts: first within each text, then by the names across them."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from summariser.entities.backreference import within
from summariser.entities.bare import is_bare
from summariser.entities.grouping import group
from summariser.entities.keys import identity
from summariser.model import Decision, Entity, Grouping, Mention, MentionType, Verdict

_Called = tuple[MentionType, str, int | None]


def resolve_entities(
    documents: Sequence[tuple[str, Sequence[Mention]]],
    *,
    known: Sequence[Entity] = (),
    decisions: Sequence[Decision] = (),
) -> tuple[Entity, ...]:
    """Return who is meant by the mentions of some texts, in the order in which they first appear.

    Every mention belongs to one entity, but for those of which a person said that they are none. An entity that bears
    the name or an alias of a `known` one goes by its name. `candidates` are the names of entities that may be the same.
    """
    words = (*(word for entity in known for word in _vouch(entity)), *decisions)
    found: defaultdict[_Called, list[tuple[int, Mention]]] = defaultdict(list)
    for index, (text, mentions) in enumerate(documents):
        ordered = sorted(mentions, key=lambda mention: (mention.start, mention.end))
        for mention, full in zip(ordered, within(text, ordered), strict=True):
            name = heed(mention, full, words)
            apart = index if is_bare(*identity(mention.type, name)) else None
            found[mention.type, name, apart].append((index, mention))
    names = [(kind, name, len(those)) for (kind, name, _), those in found.items()]
    grouping = group(names, words)
    mentioned = list(found.values())
    return tuple(
        _entity(grouping, place, [each for index in members for each in mentioned[index]])
        for place, members in enumerate(grouping.groups)
        if place not in grouping.rejected
    )


def heed(mention: Mention, name: str, decisions: Sequence[Decision]) -> str:
    """Return the name that a text gives a mention; its own where a person said that the two are different."""
    pair = {identity(mention.type, mention.surface), identity(mention.type, name)}
    for decision in reversed(decisions if len(pair) > 1 else ()):
        one = identity(decision.type, decision.one)
        if one in pair and {one, identity(decision.other_type or decision.type, decision.other)} == pair:
            return mention.surface if decision.verdict is Verdict.DIFFERENT else name
    return name


def _vouch(entity: Entity) -> list[Decision]:
    """Return a known entity as the decisions that make it one and give it its name."""
    return [
        *(Decision(Verdict.SAME, entity.type, entity.name, alias) for alias in entity.aliases),
        Decision(Verdict.RENAME, entity.type, entity.name, entity.name),
    ]


def _entity(grouping: Grouping, place: int, found: Sequence[tuple[int, Mention]]) -> Entity:
    name = grouping.names[place]
    spellings = Counter(mention.surface for _, mention in found)
    others = {
        other for pair in grouping.candidates for other in (pair.one, pair.other) if place in {pair.one, pair.other}
    }
    return Entity(
        name,
        found[0][1].type,
        tuple(spelling for spelling, _ in spellings.most_common() if spelling != name),
        tuple(sorted((document, mention.start, mention.end) for document, mention in found)),
        tuple(sorted({grouping.names[other] for other in others - {place} - set(grouping.rejected)} - {name})),
    )
