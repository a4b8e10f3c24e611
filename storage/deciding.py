"""What people decided on names: written down once, never changed, at most withdrawn.

A decision holds the names as they are spelled, and so outlives whatever is found anew. It goes for good when such a
name stands nowhere in the desk any more.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, exists, insert, or_, select, true, update

from storage.base import KeptDecision, Scope
from storage.derived import counted
from storage.errors import UnknownDecisionError, UnknownNameError
from storage.ids import new_id
from storage.names import visible_names
from storage.tables import decision, name, tally, unnamed
from summariser.model import Decision, MentionType, Name, Verdict

_PAIRS = (Verdict.SAME.value, Verdict.DIFFERENT.value)
_other_type = case((decision.c.other_type.is_(None), decision.c.type), else_=decision.c.other_type)


def names_in(one: Decision) -> tuple[Name, ...]:
    """Return the names that a decision is about; what one is to be called is none of them."""
    first = Name(one.type, one.one)
    if one.verdict.value not in _PAIRS:
        return (first,)
    return first, Name(one.other_type or one.type, one.other)


def decide(connection: Connection, scope: Scope, made: Decision, *, made_by: int, now: datetime) -> int:
    """Keep a decision; see `Storage.decide`."""
    names = names_in(made)
    known = visible_names(connection, scope, names)
    for one in names:
        if one not in known:
            raise UnknownNameError(one.words)
    decision_id = new_id(now)
    row = {
        "desk_id": scope.desk_id,
        "decision_id": decision_id,
        "verdict": made.verdict.value,
        "type": made.type.value,
        "one": made.one,
        "other_type": None if made.other_type is None else made.other_type.value,
        "other": made.other,
        "made_by": made_by,
        "made_at": now,
    }
    connection.execute(insert(decision), row)
    return decision_id


def withdraw_decision(connection: Connection, scope: Scope, decision_id: int, *, now: datetime) -> KeptDecision:
    """Take a decision back; see `Storage.withdraw_decision`."""
    this = and_(decision.c.desk_id == scope.desk_id, decision.c.decision_id == decision_id)
    standing = select(decision).where(this, decision.c.withdrawn_at.is_(None), about_visible(scope))
    if connection.execute(standing).first() is None:
        raise UnknownDecisionError
    connection.execute(update(decision).where(this).values(withdrawn_at=now))
    return _kept(connection.execute(select(decision).where(this)).one())


def decisions(
    connection: Connection, scope: Scope, names: Collection[Name] | None, *, withdrawn: bool, limit: int
) -> tuple[KeptDecision, ...]:
    """Return decisions of which each name is visible; see `Storage.decisions`."""
    which: list[ColumnElement[bool]] = [] if withdrawn else [decision.c.withdrawn_at.is_(None)]
    if names is not None:
        which.append(_about(names))
    statement = select(decision).where(decision.c.desk_id == scope.desk_id, *which, about_visible(scope))
    rows = connection.execute(statement.order_by(decision.c.decision_id.desc()).limit(limit))
    return tuple(map(_kept, rows))


def about_visible(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that the scope sees each name that a decision is about."""
    read = exists(select(true()).where(counted(scope), tally.c.name_id == name.c.name_id))
    one, other = _stands(decision.c.type, decision.c.one, read), _stands(_other_type, decision.c.other, read)
    return and_(one, or_(decision.c.verdict.not_in(_PAIRS), other))


def drop_baseless(connection: Connection, desk_id: int | None = None) -> None:
    """Delete the decisions, in one desk or all, about names that stand nowhere any more.

    Where names are still to be found, theirs may be among them: those desks wait.
    """
    where = [] if desk_id is None else [decision.c.desk_id == desk_id]
    waiting = exists(select(true()).where(unnamed.c.desk_id == decision.c.desk_id))
    one, other = _stands(decision.c.type, decision.c.one), _stands(_other_type, decision.c.other)
    baseless = or_(~one, and_(decision.c.verdict.in_(_PAIRS), ~other))
    connection.execute(delete(decision).where(*where, ~waiting, baseless))


def _stands(type_: ColumnElement[str], words: ColumnElement[str], *further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a name stands in the desk of a decision."""
    this = and_(name.c.desk_id == decision.c.desk_id, name.c.type == type_, name.c.words == words)
    return exists(select(true()).where(this, *further))


def _about(names: Collection[Name]) -> ColumnElement[bool]:
    """Return the condition that a decision is about one of these names."""
    if not names:
        return decision.c.decision_id.is_(None)
    one = [and_(decision.c.one == name.words, decision.c.type == name.type.value) for name in names]
    paired = decision.c.verdict.in_(_PAIRS)
    other = [and_(paired, decision.c.other == name.words, _other_type == name.type.value) for name in names]
    return or_(*one, *other)


def _kept(row: Row[*tuple[Any, ...]]) -> KeptDecision:
    other_type = None if row.other_type is None else MentionType(row.other_type)
    made = Decision(Verdict(row.verdict), MentionType(row.type), row.one, row.other, other_type)
    return KeptDecision(row.decision_id, made, row.made_by, row.made_at, row.withdrawn_at)
