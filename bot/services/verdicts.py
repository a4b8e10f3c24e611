"""What people decided on names: how it is told, who may, and what takes it back."""

from collections.abc import Iterable, Sequence

from bot.services.calls import Call
from bot.services.errors import MayNotDecideError
from bot.services.identity import KINDS, Entity, Identities, Likely, label, read_label
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Choice,
    Heading,
    Line,
    Look,
    Menu,
    Moment,
    Person,
    Reply,
    Request,
    Tone,
    Who,
    Words,
    join,
)
from bot.services.wording import count, shorten
from storage.base import LOCAL_DESK, KeptDecision
from summariser.model import Decision, MentionType, Verdict

_EVIDENCE = {
    "acronym": "one may be short for the other",
    "initial": "one gives a name by its initial",
    "middle name": "one has a name more between the same two",
    "order": "the same names in another order",
    "sound": "they sound alike",
    "headline": "one stands in a rewritten headline where the other stood",
    "translation": "one may translate the other",
    "part": "one is part of the other",
    "surname": "one is the other's surname",
    "given name": "one is the other's given name",
}


def may_decide(call: Call) -> bool:
    """Tell whether the asker may decide who is meant: in the own desk always, in a server with Manage Messages."""
    return call.manager or call.scope.desk_id <= LOCAL_DESK


def check(call: Call) -> None:
    """Let through who may decide.

    Raises:
        MayNotDecideError: the asker may not.
    """
    if not may_decide(call):
        raise MayNotDecideError


def why(evidence: str) -> str:
    """Say in a few words why two names may mean the same."""
    return _EVIDENCE.get(evidence, evidence)


def told(decision: Decision) -> str:
    """Say a decision in one line."""
    one, other = decision.one, decision.other
    match decision.verdict:
        case Verdict.SAME:
            return f"“{one}” and “{other}” are the same{_kinds(decision)}"
        case Verdict.DIFFERENT:
            return f"“{one}” and “{other}” are not the same{_kinds(decision)}"
        case Verdict.RENAME:
            return f"“{one}” is called “{other}”"
        case Verdict.REJECT:
            return f"“{one}” is no {KINDS[decision.type]}'s name"


def _kinds(decision: Decision) -> str:
    other = decision.other_type or decision.type
    return "" if other is decision.type else f", {_a(decision.type)} and {_a(other)}"


def _a(kind: MentionType) -> str:
    return f"{'an' if kind is MentionType.ORG else 'a'} {KINDS[kind]}"


def kinds_of(one: Entity, other: Entity) -> str:
    """Say that two are of different kinds, and what joining them would mean."""
    said = f"“{one.name}” is written of as {_a(one.kind)}, “{other.name}” as {_a(other.kind)}."
    return f"{said} Names of two kinds seldom mean the same; joined, all of it counts as what is mentioned more."


def line_of(kept: KeptDecision) -> Words:
    """Say a decision with who made it, when, and whether it was taken back."""
    back = f" · taken back {_day(kept)}" if kept.withdrawn_at else ""
    return (told(kept.decision), " · ", *by_whom(kept), *((back,) if back else ()))


def by_whom(kept: KeptDecision) -> Words:
    """Say who decided it, and when."""
    who: Words = (Person(kept.made_by),) if kept.made_by is not None else ("somebody who has asked to be forgotten",)
    return ("by ", *who, ", ", Moment(kept.made_at, relative=True))


def _day(kept: KeptDecision) -> str:
    return f"{kept.withdrawn_at:%Y-%m-%d}"


def withdraw(decisions: Sequence[int]) -> Request:
    """Return what takes decisions back."""
    return Request("entities.withdraw", {"decisions": list(decisions)})


def show(entity: Entity) -> Request:
    """Return what shows an entity."""
    return Request("entities.show", {"name": entity.label})


def to_show(entity: Entity, said: str = "Show it") -> Action:
    """Return a button that shows an entity in place."""
    return Action(said, show(entity), who=Who.ANYONE)


def to_choose(prompt: str, entities: Iterable[Entity], request: Request, option: str) -> Menu:
    """Return a menu that asks the same again with one of these entities for an option."""
    choices = tuple(
        Choice(
            shorten(one.name, 100),
            Request(request.name, {**request.options, option: one.label}),
            f"{KINDS[one.kind]} · {count(one.mentions, 'mention')}",
        )
        for one in entities
    )
    return Menu(prompt, choices, private=False)


def pair(one: Entity, other: Entity, *, mark: str = "") -> tuple[Action, Action]:
    """Return the two buttons by which somebody says whether two are the same."""
    both = {"name": one.label, "other": other.label}
    name = shorten(other.name, 50)
    same = f"{mark}The same" if mark else f"The same as “{name}”"
    not_same = f"{mark}Not the same" if mark else f"Not “{name}”"
    return (
        Action(same, Request("entities.merge", both), who=Who.ANYONE, private=True),
        Action(not_same, Request("entities.part", both), who=Who.ANYONE, private=True),
    )


def likely(found: Sequence[Likely]) -> list[Block]:
    """Return the lines on those that may be the same, which nobody has confirmed."""
    lines: list[Words] = [
        (Bold(one.entity.name), f" · {count(one.entity.mentions, 'mention')} · {why(one.evidence)}") for one in found
    ]
    return [Heading(("Perhaps also called so, unconfirmed",)), Bullets(tuple(lines))] if lines else []


def decided(title: str, said: Words, made: Sequence[int], *actions: Action) -> Reply:
    """Return the answer to a decision, with what takes it back."""
    undo = Action("Undo", withdraw(made), who=Who.ANYONE)
    return Reply(title, (Line(said),), actions=(undo, *actions), tone=Tone.DONE)


async def only(
    call: Call,
    identities: Identities,
    typed: str,
    request: Request,
    option: str,
    *,
    rejected_too: bool = False,
) -> Entity | Reply:
    """Return who is meant, or what is to be asked or said first; a menu asks `request` again with another `option`."""
    found = await identities.find(call.scope, typed)
    if not found:
        near = await identities.near(call.scope, typed)
        names = [(one.name.words, one.name.type) for one in near]
        return unknown(typed, names, request, option, await identities.waiting(call.scope))
    if len(found) > 1:
        return several(read_label(typed)[0], found, request, option)
    if found[0].rejected and not rejected_too:
        kept = await identities.about(call.scope, found[0])
        said = next((one for one in kept if one.decision.verdict is Verdict.REJECT), None)
        return rejected(found[0], said)
    return found[0]


def unknown(
    typed: str, near: Sequence[tuple[str, MentionType]], request: Request, option: str, waiting: Words = ()
) -> Reply:
    """Say that nobody in sight is called so, and offer the nearest spellings; `waiting` is said beside it."""
    more = (Line(waiting),) if waiting else ()
    choices = tuple(
        Choice(
            shorten(words, 100),
            Request(request.name, {**request.options, option: label(words, kind)}),
            KINDS[kind],
        )
        for words, kind in near
    )
    said: Words = ("No article here that this answer may draw on names “", shorten(typed, 100), "”. ")
    if not choices:
        return Reply(
            "Nobody called so",
            (Line((*said, "Type part of a name to see who is known.")), *more),
            tone=Tone.WARNING,
        )
    names = join([(Bold(words),) for words, _ in near], ", ")
    return Reply(
        "Nobody called so",
        (Line((*said, "Did you mean ", *names, "?")), *more),
        menus=(Menu("Take one of these", choices, private=False),),
        tone=Tone.WARNING,
    )


def several(typed: str, found: Sequence[Entity], request: Request, option: str) -> Reply:
    """Ask which of those who go by a name is meant."""
    lines = tuple(
        join([(Bold(one.name),), (KINDS[one.kind],), (count(one.mentions, "mention"),)]) for one in found[:25]
    )
    menu = to_choose("Which one?", found[:25], request, option)
    return Reply(
        f"Who is “{shorten(typed, 80)}”?", (Line(("Several go by that name:",)), Bullets(lines)), menus=(menu,)
    )


def rejected(entity: Entity, kept: KeptDecision | None) -> Reply:
    """Say that somebody took a name for none, who, when, and how that is taken back."""
    whose: Words = ("It was rejected ", *by_whom(kept), ". ") if kept else ("It was rejected. ",)
    said = f"“{entity.name}” counts as no {KINDS[entity.kind]}'s name here, so there is nothing to show. "
    request = withdraw([kept.decision_id]) if kept else None
    actions = (Action("Take that back", request, Look.MAIN, Who.ANYONE, private=True),) if request else ()
    return Reply(f"Rejected: {entity.name}", (Line((said, *whose)),), actions=actions, tone=Tone.WARNING)
