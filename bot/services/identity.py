"""Who is meant by a name: found at the moment of asking, from the names that the asker can see and nothing else."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.services.compute import Compute
from bot.services.replies import Suggestion, Words
from bot.services.wording import count, shorten
from storage.base import KeptDecision, KnownName, Scope, Storage
from storage.folding import fold
from summariser.model import Grouping, Kindred, MentionType, Name, Verdict

KINDS = {MentionType.PER: "person", MentionType.ORG: "organisation", MentionType.LOC: "place"}
_KIND_OF = {word: kind for kind, word in KINDS.items()}
# As menus and suggestions write it, so that Jordan the place is not Jordan the person.
_LABEL = re.compile(rf"(?P<words>.+?) \((?P<kind>{'|'.join(_KIND_OF)})\)")

LONGEST_NAME = 160

SURE = 0.6
"""How sure it must be that something is a name at all, for it to be offered unasked: below, it is a coin's toss."""

_GROUP = "summariser.entities.grouping:group"

# How often kin of kin is looked for; the second time finds nothing new but for names with very many spellings.
_ROUNDS = 4
# As many names as one look brings: a frequent surname has many bearers.
_MOST_KIN = 500
_MOST_NEAR = 5
MOST_SUGGESTED = 25


@dataclass(frozen=True, slots=True)
class Entity:
    """One person, organisation or place: the visible names that belong together."""

    name: str
    kind: MentionType
    names: tuple[KnownName, ...]
    """The most mentioned first."""
    likely: tuple["Likely", ...] = ()
    rejected: bool = False
    anybodys: bool = False
    """Many are called so, and the articles do not say which of them is meant."""
    decided: tuple[KeptDecision, ...] | None = None
    """All that held, of whomever, when this was found, the latest first; None where that was not kept."""

    @property
    def ids(self) -> tuple[int, ...]:
        """Return what storage knows its names by."""
        return tuple(known.name_id for known in self.names)

    @property
    def head(self) -> Name:
        """Return the name that decisions are about: the most mentioned of those that stand in articles."""
        return self.names[0].name

    @property
    def written(self) -> list[Name]:
        """Return its names as they stand in articles, the most mentioned first."""
        return [known.name for known in self.names]

    @property
    def mentions(self) -> int:
        """Return how often it is meant."""
        return sum(known.mentions for known in self.names)

    @property
    def label(self) -> str:
        """Return what names it in an option, whatever else has the same name: a name that stands in an article."""
        return label(self.head.words, self.kind)


@dataclass(frozen=True, slots=True)
class Likely:
    """Another one that may be the same: unconfirmed."""

    entity: Entity
    evidence: str
    """The resolver's short word for why."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Names with those that may be theirs too, parted into who is meant."""

    entities: tuple[Entity, ...]
    decisions: tuple[KeptDecision, ...]
    """All that hold, the latest first."""

    def of(self, ids: Collection[int]) -> list[Entity]:
        """Return those that one of these names belongs to, the most mentioned first."""
        found = [entity for entity in self.entities if not {*entity.ids}.isdisjoint(ids)]
        return sorted(found, key=lambda entity: (-entity.mentions, entity.name))


class Identities:
    """Finds out who is meant."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute

    async def find(self, scope: Scope, typed: str) -> list[Entity]:
        """Return those that a name may mean, the most mentioned first: usually one, none where nobody is called so."""
        words, kind = read_label(typed)
        seeds = await self._called(scope, words, kind)
        if not seeds:
            return []
        circle = await self.around(scope, seeds)
        found = circle.of([known.name_id for known in seeds])
        exact = [entity for entity in found if _is_called(entity, words)]
        # A label names one alone; a single word may be anybody's surname, also where it is somebody's whole name.
        chosen = exact if exact and (kind or len(words.split()) > 1) else found
        return [entity for entity in chosen if not entity.rejected] or chosen

    async def around(self, scope: Scope, seeds: Sequence[KnownName]) -> Circle:
        """Return these names with all that may mean the same, as far as it is in sight."""
        kept = await self._storage.decisions(scope)
        decisions = [one.decision for one in reversed(kept)]
        names = {known.name_id: known for known in seeds}
        wanted, asked, called = set(names), set[str](), set[Name]()
        grouping = Grouping((), ())
        for _ in range(_ROUNDS):
            kin: Kindred = await self._compute.run(
                "summariser.kindred:reach", [names[one].name for one in sorted(wanted)], decisions
            )
            more = await self._kin(scope, set(kin.keys) - asked, set(kin.names) - called)
            asked |= set(kin.keys)
            called |= set(kin.names)
            fresh = {known.name_id: known for known in more if known.name_id not in names}
            if not fresh and grouping.groups:
                break
            names |= fresh
            listed = list(names.values())
            given = [(known.name.type, known.name.words, known.mentions) for known in listed]
            grouping = await self._compute.run(_GROUP, given, decisions)
            ours = (members for members in grouping.groups if any(listed[one].name_id in wanted for one in members))
            wanted = {listed[one].name_id for members in ours for one in members}
        return Circle(tuple(_entities(list(names.values()), grouping, kept)), kept)

    async def group(
        self, scope: Scope, names: Sequence[tuple[Name, int]], kept: Sequence[KeptDecision] | None = None
    ) -> Grouping:
        """Return which of some names, each with its number, are one, under what people decided: `kept` where known."""
        kept = await self._storage.decisions(scope) if kept is None else kept
        given = [(name.type, name.words, number) for name, number in names]
        grouping: Grouping = await self._compute.run(_GROUP, given, [one.decision for one in reversed(kept)])
        return grouping

    async def about(self, scope: Scope, entity: Entity, *, withdrawn: bool = False) -> tuple[KeptDecision, ...]:
        """Return the decisions on an entity, the latest first; with `withdrawn` those too that were taken back."""
        known = None if withdrawn else entity.decided
        kept = await self._storage.decisions(scope, withdrawn=withdrawn) if known is None else known
        if not kept:
            return ()
        places: tuple[int, ...] = await self._compute.run(
            "summariser.kindred:about", entity.written, [one.decision for one in kept]
        )
        return tuple(kept[place] for place in places)

    async def parted(self, scope: Scope, one: Entity, other: Entity) -> KeptDecision | None:
        """Return the latest decision by which two are not the same, unless it was taken back."""
        kept = await self._storage.decisions(scope)
        place: int | None = await self._compute.run(
            "summariser.kindred:parted", one.written, other.written, [each.decision for each in kept]
        )
        return None if place is None else kept[place]

    async def near(self, scope: Scope, typed: str) -> list[KnownName]:
        """Return names that are spelled nearly as what was typed, or hold a word of it."""
        words, _ = read_label(typed)
        near = [one.known for one in await self._storage.suggest_names(scope, words, limit=_MOST_NEAR)]
        keys = await self._compute.run("summariser.kindred:keys_of_words", words)
        near += await self._storage.names_like(scope, keys, limit=_MOST_NEAR)
        if len(near) < _MOST_NEAR:
            usual = [one.known for one in await self._storage.suggest_names(scope, "", limit=300)]
            spelled = {known.name.words.casefold(): known for known in reversed(usual)}
            close = get_close_matches(words.casefold(), spelled, n=_MOST_NEAR, cutoff=0.6)
            near += [spelled[one] for one in close]
        if not near:
            for word in words.split()[:4]:
                near += [one.known for one in await self._storage.suggest_names(scope, word, limit=2)]
        return list({known.name_id: known for known in near}.values())[:_MOST_NEAR]

    async def waiting(self, scope: Scope) -> Words:
        """Return what is to be said where some visible articles are still to be looked through for names."""
        number = await self._storage.nameless(scope)
        verb = "is" if number == 1 else "are"
        return (f"{count(number, 'article')} {verb} still being read for names.",) if number else ()

    async def suggest(self, scope: Scope, typed: str) -> list[Suggestion]:
        """Offer the names with a spelling that holds what is typed; each stands for whoever is meant by it."""
        offered: list[Suggestion] = []
        words, _ = read_label(typed)
        for one in await self._storage.suggest_names(scope, words, limit=MOST_SUGGESTED):
            name = one.known.name
            also = f"{one.surface} → " if fold(one.surface) != fold(name.words) else ""
            said = f"{also}{name.words} · {KINDS[name.type]} · {count(one.known.mentions, 'mention')}"
            offered.append(Suggestion(shorten(said, 100), label(name.words, name.type)))
        return offered

    async def _called(self, scope: Scope, words: str, kind: MentionType | None) -> list[KnownName]:
        """Return the names that are spelled so, or that a person gave this name."""
        if not words:
            return []
        seeds = await self._storage.names_called(scope, words)
        if not seeds:
            given = [
                one.decision
                for one in await self._storage.decisions(scope)
                if one.decision.verdict is Verdict.RENAME and fold(one.decision.other) == fold(words)
            ]
            seeds = tuple([known for one in given for known in await self._storage.names_called(scope, one.one)])
        fitting = [known for known in seeds if kind in (None, known.name.type)]
        return fitting or list(seeds)

    async def _kin(self, scope: Scope, keys: Collection[str], joined: Collection[Name]) -> list[KnownName]:
        found = list(await self._storage.names_like(scope, sorted(keys), limit=_MOST_KIN)) if keys else []
        for name in sorted(joined):
            called = await self._storage.names_called(scope, name.words)
            found += [known for known in called if known.name.type is name.type]
        return found


def label(words: str, kind: MentionType) -> str:
    """Return a name with its kind, as `read_label` takes it apart."""
    return f"{words} ({KINDS[kind]})"


def read_label(typed: str) -> tuple[str, MentionType | None]:
    """Return the words of a name, and the kind that it is said to be."""
    text = " ".join(typed.split())[: LONGEST_NAME + 20]
    found = _LABEL.fullmatch(text)
    return (found["words"], _KIND_OF[found["kind"]]) if found else (text, None)


def _is_called(entity: Entity, words: str) -> bool:
    spelled = {fold(entity.name), *(fold(known.name.words) for known in entity.names)}
    return fold(words) in spelled


def _entities(names: Sequence[KnownName], grouping: Grouping, kept: tuple[KeptDecision, ...]) -> Iterator[Entity]:
    """Yield who is meant, each with those that may be the same."""
    bare = [
        _entity(name, [names[one] for one in members], place, grouping)
        for place, (name, members) in enumerate(zip(grouping.names, grouping.groups, strict=True))
    ]
    likely: dict[int, list[Likely]] = {}
    for one in grouping.candidates:
        for here, there in ((one.one, one.other), (one.other, one.one)):
            if not (bare[here].rejected or bare[there].rejected):
                likely.setdefault(here, []).append(Likely(bare[there], one.evidence))
    for place, entity in enumerate(bare):
        also = sorted(likely.get(place, ()), key=lambda one: (-one.entity.mentions, one.entity.name))
        yield replace(entity, likely=tuple(also), decided=kept)


def _entity(name: str, members: Sequence[KnownName], place: int, grouping: Grouping) -> Entity:
    ranked = sorted(members, key=lambda known: (-known.mentions, known.name))
    rejected, anybodys = (place in some for some in (grouping.rejected, grouping.anybodys))
    return Entity(name, ranked[0].name.type, tuple(ranked), rejected=rejected, anybodys=anybodys)
