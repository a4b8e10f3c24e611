"""What people decided on names: written down once, never changed, at most withdrawn.

A decision holds the names as they are spelled, and so outlives whatever is found anew. It goes for good when such a
name stands nowhere in the desk any more. It holds for those who could read its names when it was made: a name that
comes into somebody's sight later does not bring to light what had been decided on it out of their sight.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from storage.base import KeptDecision, Scope
from storage.derived import counted
from storage.errors import UnknownDecisionError, UnknownNameError
from storage.ids import new_id
from storage.names import visible_names
from storage.tables import (
    article,
    circle,
    decision,
    decision_reader,
    extraction,
    mention,
    name,
    tally,
    trash,
    unnamed,
    upload,
)
from storage.visibility import Anybody, anybody, asking, visible
from summariser.model import Decision, MentionType, Name, Verdict

_LIMIT = bindparam("limit", type_=Integer)

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
    for place, one in enumerate(names):
        _keep_readers(connection, scope.desk_id, decision_id, place, known[one])
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
    statement = _made(anybody(scope), withdrawn=withdrawn)
    if names is not None:
        statement = statement.where(_about(names))
    return tuple(map(_kept, connection.execute(statement, asking(scope, limit=limit))))


@cache
def _made(who: Anybody, *, withdrawn: bool) -> Select[*tuple[Any, ...]]:
    """Return the statement for the decisions of which each name is visible, the latest first."""
    which = [] if withdrawn else [decision.c.withdrawn_at.is_(None)]
    these = select(decision).where(decision.c.desk_id == who.desk_id, *which, about_visible(who))
    return these.order_by(decision.c.decision_id.desc()).limit(_LIMIT)


def about_visible(scope: Scope | Anybody) -> ColumnElement[bool]:
    """Return the condition that the scope sees each name that a decision is about, and saw it when that was made."""
    read = exists(select(true()).where(counted(scope), tally.c.name_id == name.c.name_id))
    one, other = _stands(decision.c.type, decision.c.one, read), _stands(_other_type, decision.c.other, read)
    return and_(one, _was_read(scope, 0), or_(decision.c.verdict.not_in(_PAIRS), and_(other, _was_read(scope, 1))))


def drop_baseless(connection: Connection, desk_id: int | None = None) -> None:
    """Delete the decisions, in one desk or all, about names that stand nowhere any more.

    Where names are still to be found, theirs may be among them: those desks wait. For readers who have nothing left
    that holds a name a decision holds no more either: that the name stands elsewhere must not keep it for them.
    """
    _drop_readers(connection, desk_id)
    where = [] if desk_id is None else [decision.c.desk_id == desk_id]
    waiting = exists(select(true()).where(unnamed.c.desk_id == decision.c.desk_id))
    one, other = _stands(decision.c.type, decision.c.one), _stands(_other_type, decision.c.other)
    baseless = or_(~one, and_(decision.c.verdict.in_(_PAIRS), ~other))
    connection.execute(delete(decision).where(*where, ~waiting, baseless))


def forget_reader(connection: Connection, desk_id: int, person_id: int) -> None:
    """Forget what somebody could read alone when it was decided on."""
    these = and_(decision_reader.c.desk_id == desk_id, decision_reader.c.audience_id == person_id)
    connection.execute(delete(decision_reader).where(these))


def _keep_readers(connection: Connection, desk_id: int, decision_id: int, place: int, name_id: int) -> None:
    """Note who can read one of a decision's names now."""
    these = and_(tally.c.desk_id == desk_id, tally.c.name_id == name_id)
    drawn = and_(circle.c.desk_id == tally.c.desk_id, circle.c.circle == tally.c.circle)
    columns = literal(desk_id), literal(decision_id), literal(place), circle.c.audience_id
    readers = select(*columns).select_from(tally.join(circle, drawn)).where(these).distinct()
    kept = insert(decision_reader).from_select(["desk_id", "decision_id", "place", "audience_id"], readers)
    connection.execute(kept)


def _drop_readers(connection: Connection, desk_id: int | None) -> None:
    """Forget the readers of names that nothing of theirs holds any more, in their sight or in the trash."""
    where = [] if desk_id is None else [decision_reader.c.desk_id == desk_id]
    first = decision_reader.c.place == 0
    this = and_(
        decision.c.desk_id == decision_reader.c.desk_id, decision.c.decision_id == decision_reader.c.decision_id
    )
    spelled = and_(
        name.c.desk_id == decision.c.desk_id,
        name.c.type == case((first, decision.c.type), else_=_other_type),
        name.c.words == case((first, decision.c.one), else_=decision.c.other),
    )
    meant = and_(mention.c.desk_id == name.c.desk_id, mention.c.name_id == name.c.name_id)
    read = and_(extraction.c.desk_id == mention.c.desk_id, extraction.c.extraction_id == mention.c.extraction_id)
    held = exists(
        select(true())
        .select_from(decision.join(name, spelled).join(mention, meant).join(extraction, read))
        .where(this, _brought_for_reader())
        .correlate(decision_reader)
    )
    connection.execute(delete(decision_reader).where(*where, ~held, ~_awaited_by_reader()))


def _awaited_by_reader() -> ColumnElement[bool]:
    """Return the condition that names are still to be found in something that a reader can read.

    One subquery within the other, so that SQLite begins with what waits, and not with all articles.
    """
    read = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
    theirs = exists(select(true()).select_from(extraction).where(read, _brought_for_reader()))
    printed = and_(article.c.desk_id == unnamed.c.desk_id, article.c.article_id == unnamed.c.article_id)
    waiting = exists(select(true()).select_from(article).where(printed, theirs.correlate(article, decision_reader)))
    in_desk = unnamed.c.desk_id == decision_reader.c.desk_id
    found = select(true()).select_from(unnamed).where(in_desk, waiting.correlate(unnamed, decision_reader))
    return exists(found).correlate(decision_reader)


def _brought_for_reader() -> ColumnElement[bool]:
    """Return the condition that what was read came, or is in the trash, for those who are noted as readers."""

    def came(source: Table) -> ColumnElement[bool]:
        same = and_(source.c.desk_id == extraction.c.desk_id, source.c.blob == extraction.c.blob)
        theirs = source.c.audience_id == decision_reader.c.audience_id
        return exists(select(true()).select_from(source).where(same, theirs).correlate(extraction, decision_reader))

    return or_(came(upload), came(trash))


def _was_read(scope: Scope | Anybody, place: int) -> ColumnElement[bool]:
    """Return the condition that the scope could read one of a decision's names when it was made."""
    if scope.audiences is None:
        return true()
    this = and_(decision_reader.c.decision_id == decision.c.decision_id, decision_reader.c.place == place)
    return exists(select(true()).where(visible(scope, decision_reader), this))


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
