"""Schedules and their deliveries: what is due, who has it, and that each slot is sent once.

A delivery is a row that its slot makes unique. It goes from `open` to `sent`, `skipped` or `failed`, once. While it is
open one process at a time has it, for the length of a lease; before anything is sent for it, that and what is sent are
kept for good, so that whoever takes it up after a crash knows that it may have arrived.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)

from storage.adding import insert_new
from storage.base import Beside, Claimed, Delivery, NewSchedule, Opening, Outcome, Schedule, Scope, Shards
from storage.dialects import insert_into
from storage.errors import TooManySchedulesError, UnknownScheduleError
from storage.ids import new_id
from storage.shards import served
from storage.tables import delivery, delivery_item, desk, schedule
from storage.visibility import visible

OPEN, SENT, SKIPPED, FAILED = "open", "sent", "skipped", "failed"

OVERTAKEN = "the one before was still under way"
PAUSED = "the schedule was paused"
REMOVED = "the schedule was removed"

LONGEST_WAIT = timedelta(hours=1)
"""No delivery is put off for longer."""

# Of a schedule that was removed long enough ago so many rows go in one piece.
_MOST_SWEPT = 2000

# So many keys are looked for in one statement.
_MOST_KEYS = 500

_SCHEDULE = [field.name for field in fields(Schedule)]
_DELIVERY = [field.name for field in fields(Delivery)]

# What `change_schedule` may not touch.
_KEY = frozenset({"desk_id", "schedule_id", "made_by", "made_at"})

# Nobody has it.
_FREE: dict[str, Any] = {"owner": None, "leased_until": None}


def make(
    connection: Connection, scope: Scope, new: NewSchedule, most: int | None = None, check: Beside | None = None
) -> Schedule:
    """Keep a new schedule; see `Storage.make_schedule`."""
    insert_new(connection, desk, {"desk_id": scope.desk_id})
    _check_room(connection, scope.desk_id, new, most)
    row = asdict(new) | {"desk_id": scope.desk_id, "schedule_id": new_id(new.made_at)}
    row |= {"covered_until": new.covered_until or new.made_at, "untold": False, "failures": 0}
    row |= {"next_slot": None, "next_at": None} if new.paused else {}
    made = Schedule(**row)
    _check_beside(connection, made, check)
    connection.execute(insert(schedule), row)
    return made


def listed(connection: Connection, scope: Scope) -> tuple[Schedule, ...]:
    """Return the schedules in sight; see `Storage.schedules`."""
    statement = select(schedule).where(_in_sight(scope)).order_by(schedule.c.name, schedule.c.schedule_id)
    return tuple(map(_schedule, connection.execute(statement).mappings()))


def find(connection: Connection, scope: Scope, schedule_id: int) -> Schedule:
    """Return one schedule in sight; see `Storage.schedule`."""
    this = and_(_in_sight(scope), schedule.c.schedule_id == schedule_id)
    row = connection.execute(select(schedule).where(this)).mappings().one_or_none()
    if row is None:
        raise UnknownScheduleError
    return _schedule(row)


def change(
    connection: Connection,
    scope: Scope,
    schedule_id: int,
    change: Callable[[Schedule], Schedule],
    check: Beside | None = None,
) -> tuple[Schedule, Schedule]:
    """Let `change` make another of a schedule; see `Storage.change_schedule`."""
    before = find(connection, scope, schedule_id)
    after = change(before)
    _check_beside(connection, after, check)
    values = {name: getattr(after, name) for name in _SCHEDULE if name not in _KEY}
    connection.execute(update(schedule).where(_this(scope.desk_id, schedule_id)).values(**values))
    if before.paused is None and after.paused is not None:
        _call_off(connection, scope.desk_id, schedule_id)
    return before, find(connection, Scope(scope.desk_id, scope.asker_id, None), schedule_id)


def remove(connection: Connection, scope: Scope, schedule_id: int, now: datetime) -> Schedule:
    """Let a schedule run no more; see `Storage.remove_schedule`."""
    found = find(connection, scope, schedule_id)
    values: dict[str, Any] = {"removed_at": now, "next_slot": None, "next_at": None, "untold": False}
    connection.execute(update(schedule).where(_this(scope.desk_id, schedule_id)).values(**values))
    _call_off(connection, scope.desk_id, schedule_id, REMOVED)
    return found


def bring_back(
    connection: Connection,
    scope: Scope,
    schedule_id: int,
    change: Callable[[Schedule], Schedule],
    *,
    most: Callable[[int | None], int] | None = None,
    check: Beside | None = None,
) -> Schedule:
    """Let a schedule be there again that was removed; see `Storage.bring_schedule_back`."""
    this = and_(visible(scope, schedule), schedule.c.schedule_id == schedule_id, schedule.c.removed_at.is_not(None))
    row = connection.execute(select(schedule).where(this)).mappings().one_or_none()
    if row is None:
        raise UnknownScheduleError
    back = change(_schedule(row))
    _check_room(connection, scope.desk_id, back, most and most(back.recipient_id))
    _check_beside(connection, back, check)
    values = {name: getattr(back, name) for name in _SCHEDULE if name not in _KEY} | {"removed_at": None}
    connection.execute(update(schedule).where(_this(scope.desk_id, schedule_id)).values(**values))
    return back


def sweep(connection: Connection, before: datetime) -> bool:
    """Delete a piece of what was removed before then; return whether that was all."""
    gone = select(schedule.c.desk_id, schedule.c.schedule_id).where(schedule.c.removed_at < before).limit(1)
    row = connection.execute(gone).first()
    if row is None:
        return True
    for table in (delivery_item, delivery):
        keys = list(table.primary_key)
        of_it = and_(table.c.desk_id == row.desk_id, table.c.schedule_id == row.schedule_id)
        some = select(*keys).where(of_it).limit(_MOST_SWEPT)
        if connection.execute(delete(table).where(tuple_(*keys).in_(some))).rowcount == _MOST_SWEPT:
            return False
    connection.execute(delete(schedule).where(_this(row.desk_id, row.schedule_id)))
    return False


def run(connection: Connection, scope: Scope, schedule_id: int, slot: str, now: datetime) -> bool:
    """Let a schedule run once at once; see `Storage.run_schedule`."""
    find(connection, scope, schedule_id)
    if _is_open(connection, scope.desk_id, schedule_id):
        return False
    return _open(connection, scope.desk_id, schedule_id, now, slot=slot, due_at=now, slots=1, state=OPEN)


def history(connection: Connection, scope: Scope, schedule_id: int, limit: int) -> tuple[Delivery, ...]:
    """Return the runs of a schedule, the latest first; see `Storage.deliveries`."""
    find(connection, scope, schedule_id)
    of_schedule = and_(delivery.c.desk_id == scope.desk_id, delivery.c.schedule_id == schedule_id)
    latest = select(delivery).where(of_schedule).order_by(delivery.c.key.desc()).limit(limit)
    return tuple(map(_delivery, connection.execute(latest).mappings()))


def due(connection: Connection, now: datetime, limit: int, shards: Shards | None = None) -> tuple[Schedule, ...]:
    """Return schedules whose next slot is due; see `Storage.due_schedules`."""
    here = served(schedule.c.desk_id, shards)
    waiting = select(schedule).where(schedule.c.next_at <= now, ~_left(schedule.c.desk_id), here)
    rows = connection.execute(waiting.order_by(schedule.c.next_at).limit(limit)).mappings()
    return tuple(map(_schedule, rows))


def running(connection: Connection, after: tuple[int, int] | None, limit: int) -> tuple[Schedule, ...]:
    """Return a page of the schedules that are not paused; see `Storage.running_schedules`."""
    place = (schedule.c.desk_id, schedule.c.schedule_id)
    behind = true() if after is None else tuple_(*place) > after
    page = select(schedule).where(schedule.c.next_at.is_not(None), behind).order_by(*place).limit(limit)
    return tuple(map(_schedule, connection.execute(page).mappings()))


def move(
    connection: Connection,
    desk_id: int,
    schedule_id: int,
    *,
    expected_at: datetime,
    next_slot: str,
    next_at: datetime,
) -> bool:
    """Set the next slot if it still is the one expected; see `Storage.move_schedule`."""
    same = and_(_this(desk_id, schedule_id), schedule.c.next_at == expected_at)
    return connection.execute(update(schedule).where(same).values(next_slot=next_slot, next_at=next_at)).rowcount == 1


def halt(connection: Connection, desk_id: int, schedule_id: int, reason: str) -> None:
    """Pause a schedule that cannot go on; see `Storage.halt_schedule`."""
    this = and_(_this(desk_id, schedule_id), schedule.c.paused.is_(None), is_there())
    values = {"paused": reason, "untold": True, "next_slot": None, "next_at": None}
    if connection.execute(update(schedule).where(this).values(**values)).rowcount:
        _call_off(connection, desk_id, schedule_id)


def open_all(connection: Connection, openings: Sequence[Opening], now: datetime) -> int:
    """Begin a delivery for each slot that is due; see `Storage.open_deliveries`."""
    return sum(_open_due(connection, opening, now) for opening in openings)


def claim(
    connection: Connection, owner: str, now: datetime, lease: timedelta, limit: int, *, shards: Shards | None = None
) -> tuple[Claimed, ...]:
    """Take open deliveries that nobody has; see `Storage.claim_deliveries`."""
    # A lease that ends later than any can was given before the clock was set back.
    over = or_(delivery.c.leased_until.is_(None), not_(delivery.c.leased_until.between(now, now + lease)))
    key = (delivery.c.desk_id, delivery.c.schedule_id, delivery.c.slot)
    here = served(delivery.c.desk_id, shards)
    free = select(*key).where(delivery.c.state == OPEN, _waited(now), over, ~_left(delivery.c.desk_id), here)
    # SQLite has one writer at a time and leaves the clause out; elsewhere several take different rows at once.
    chosen = free.order_by(delivery.c.due_at).limit(limit).with_for_update(skip_locked=True)
    values = {"owner": owner, "leased_until": now + lease, "tries": delivery.c.tries + 1}
    taken = update(delivery).where(tuple_(*key).in_(chosen)).values(**values).returning(delivery)
    found = [_delivery(row) for row in connection.execute(taken).mappings()]
    return tuple(Claimed(one, _of(connection, one)) for one in sorted(found, key=lambda one: one.due_at))


def begin_try(
    connection: Connection,
    one: Delivery,
    owner: str,
    *,
    place: dict[str, Any],
    payload: dict[str, Any],
    now: datetime,
    lease: timedelta,
) -> bool:
    """Keep what is about to be sent, and renew the lease; see `Storage.begin_try`."""
    values: dict[str, Any] = {"place": place, "payload": payload, "leased_until": now + lease}
    if one.first_tried_at is None:
        values["first_tried_at"] = now
    return connection.execute(update(delivery).where(_owned(one, owner)).values(**values)).rowcount == 1


def put_off(connection: Connection, one: Delivery, owner: str, until: datetime, reason: str) -> bool:
    """Give a delivery back, to be tried again later; see `Storage.put_off`."""
    values = _FREE | {"not_before": until, "reason": reason}
    return connection.execute(update(delivery).where(_owned(one, owner)).values(**values)).rowcount == 1


def give_back(connection: Connection, owner: str, now: datetime) -> int:
    """Give back all that an owner has; see `Storage.give_back`."""
    mine = and_(delivery.c.state == OPEN, delivery.c.owner == owner)
    values = _FREE | {"not_before": now, "tries": delivery.c.tries - 1}
    return connection.execute(update(delivery).where(mine).values(**values)).rowcount


def end(connection: Connection, one: Delivery, owner: str, outcome: Outcome, history: timedelta) -> bool:
    """Write down how a delivery ended; see `Storage.end_delivery`."""
    # It is in the channel: that is true whoever has the delivery by now, and whatever was written down meanwhile.
    mine = and_(_same(one), delivery.c.state != SENT) if outcome.state == SENT else _owned(one, owner)
    values = _FREE | {"state": outcome.state, "reason": outcome.reason, "payload": None}
    values |= {"message_id": outcome.message_id, "done_at": outcome.at}
    if not connection.execute(update(delivery).where(mine).values(**values)).rowcount:
        return False
    _account(connection, one, outcome)
    _note_items(connection, one, outcome)
    _forget(connection, one, outcome.at - history)
    return True


def take_untold(connection: Connection, limit: int, shards: Shards | None = None) -> tuple[Schedule, ...]:
    """Return paused schedules whose makers are still to be told, once; see `Storage.take_untold`."""
    place = (schedule.c.desk_id, schedule.c.schedule_id)
    here = served(schedule.c.desk_id, shards)
    waiting = select(*place).where(schedule.c.untold, ~_left(schedule.c.desk_id), here).limit(limit)
    if connection.execute(waiting).first() is None:
        return ()
    chosen = waiting.with_for_update(skip_locked=True)
    taken = update(schedule).where(tuple_(*place).in_(chosen)).values(untold=False).returning(schedule)
    return tuple(map(_schedule, connection.execute(taken).mappings()))


def leave_untold(connection: Connection, desk_id: int, schedule_id: int) -> None:
    """Note that a maker could not be told yet; see `Storage.leave_untold`."""
    paused = and_(_this(desk_id, schedule_id), schedule.c.paused.is_not(None))
    connection.execute(update(schedule).where(paused).values(untold=True))


def shown_items(
    connection: Connection, desk_id: int, schedule_id: int, kind: str, among: Sequence[str]
) -> frozenset[str]:
    """Return which of these keys a schedule has shown; see `Storage.shown_items`."""
    keys = select(delivery_item.c.key).where(_items_of(desk_id, schedule_id, kind))
    pieces = (among[first : first + _MOST_KEYS] for first in range(0, len(among), _MOST_KEYS))
    return frozenset(
        key for piece in pieces for key in connection.execute(keys.where(delivery_item.c.key.in_(piece))).scalars()
    )


def latest_items(connection: Connection, desk_id: int, schedule_id: int, kind: str, limit: int) -> tuple[str, ...]:
    """Return the keys of what a schedule has shown last; see `Storage.latest_items`."""
    keys = select(delivery_item.c.key).where(_items_of(desk_id, schedule_id, kind))
    latest = keys.order_by(delivery_item.c.shown_at.desc(), delivery_item.c.key.desc()).limit(limit)
    return tuple(connection.execute(latest).scalars())


def is_there() -> ColumnElement[bool]:
    """Return the condition that a schedule was not removed."""
    return schedule.c.removed_at.is_(None)


def posted_to(desk_id: int, person_id: int) -> ColumnElement[bool]:
    """Return the condition that a schedule of a desk posts to a person alone."""
    alone = or_(schedule.c.recipient_id.is_not_distinct_from(person_id), schedule.c.desk_id == -person_id)
    return and_(schedule.c.desk_id == desk_id, alone)


def forget_maker(connection: Connection, desk_id: int, person_id: int) -> None:
    """Delete what was posted to a person alone, take the name off the rest, and drop what is about to be sent.

    What is about to be sent may quote what the person brought: it is composed anew.
    """
    connection.execute(delete(schedule).where(posted_to(desk_id, person_id)))
    made = and_(schedule.c.desk_id == desk_id, schedule.c.made_by == person_id)
    connection.execute(update(schedule).where(made).values(made_by=None))
    unsent = and_(delivery.c.desk_id == desk_id, delivery.c.state == OPEN)
    connection.execute(update(delivery).where(unsent).values(payload=None))


def drop_schedules(connection: Connection, desk_id: int, most: int) -> bool:
    """Delete a piece of what a desk has scheduled; return whether all of it is gone."""
    for table in (delivery_item, delivery):
        keys = list(table.primary_key)
        some = select(*keys).where(table.c.desk_id == desk_id).limit(most)
        if connection.execute(delete(table).where(tuple_(*keys).in_(some))).rowcount == most:
            return False
    connection.execute(delete(schedule).where(schedule.c.desk_id == desk_id))
    return True


def _in_sight(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that a schedule posts where the scope can read, or is the asker's and paused."""
    theirs = and_(schedule.c.made_by == scope.asker_id, schedule.c.paused.is_not(None))
    return and_(is_there(), or_(visible(scope, schedule), and_(schedule.c.desk_id == scope.desk_id, theirs)))


def _check_room(connection: Connection, desk_id: int, new: NewSchedule | Schedule, most: int | None) -> None:
    """Look whether there may be one more of its kind in a desk, or where it is for one person, of that person's.

    Raises:
        TooManySchedulesError: there may not.
    """
    for_whom = schedule.c.recipient_id.is_not_distinct_from(new.recipient_id)
    of_kind = and_(schedule.c.desk_id == desk_id, schedule.c.kind == new.kind, for_whom, is_there())
    held = select(func.count()).select_from(schedule).where(of_kind)
    if most is not None and connection.execute(held).scalar_one() >= most:
        raise TooManySchedulesError(most)


def _check_beside(connection: Connection, one: Schedule, check: Beside | None) -> None:
    """Let `check` raise where a schedule cannot be beside the others of its kind."""
    if check is not None:
        others = and_(schedule.c.desk_id == one.desk_id, schedule.c.kind == one.kind, is_there())
        here = select(schedule).where(others, schedule.c.schedule_id != one.schedule_id)
        check(one, tuple(map(_schedule, connection.execute(here.order_by(schedule.c.schedule_id)).mappings())))


def _open_due(connection: Connection, opening: Opening, now: datetime) -> bool:
    """Begin a delivery, in one with setting the schedule's next slot; return whether it is to be sent."""
    desk_id, schedule_id = opening.desk_id, opening.schedule_id
    moved = move(
        connection,
        desk_id,
        schedule_id,
        expected_at=opening.expected_at,
        next_slot=opening.next_slot,
        next_at=opening.next_at,
    )
    if not moved:
        return False
    reason = opening.skipped or (OVERTAKEN if _is_open(connection, desk_id, schedule_id) else None)
    ended = {"state": SKIPPED, "reason": reason, "done_at": now} if reason else {"state": OPEN}
    about = {"slot": opening.slot, "due_at": opening.due_at, "slots": opening.slots}
    return _open(connection, desk_id, schedule_id, now, **about, **ended) and reason is None


def _open(connection: Connection, desk_id: int, schedule_id: int, now: datetime, **about: object) -> bool:
    """Insert a delivery unless its slot is there; return whether it was new."""
    row = {"desk_id": desk_id, "schedule_id": schedule_id, "key": new_id(now), "not_before": now, "tries": 0}
    once = insert_into(connection, delivery).on_conflict_do_nothing(index_elements=["desk_id", "schedule_id", "slot"])
    return connection.execute(once, row | about).rowcount == 1


def _is_open(connection: Connection, desk_id: int, schedule_id: int) -> bool:
    of_schedule = and_(delivery.c.desk_id == desk_id, delivery.c.schedule_id == schedule_id)
    return connection.execute(select(true()).where(of_schedule, delivery.c.state == OPEN).limit(1)).first() is not None


def _call_off(connection: Connection, desk_id: int, schedule_id: int, reason: str = PAUSED) -> None:
    """Skip what is open of a schedule that was paused or removed; what is on its way may still be noted as sent."""
    unsent = and_(_slot_of(desk_id, schedule_id), delivery.c.state == OPEN)
    values = _FREE | {"state": SKIPPED, "reason": reason, "payload": None, "done_at": delivery.c.not_before}
    connection.execute(update(delivery).where(unsent).values(**values))


def _account(connection: Connection, one: Delivery, outcome: Outcome) -> None:
    """Let the schedule know how its delivery ended."""
    this = _this(one.desk_id, one.schedule_id)
    failed = outcome.state == FAILED
    values: dict[str, Any] = {"failures": schedule.c.failures + 1 if failed else 0}
    if outcome.covered_until is not None:
        values["covered_until"] = outcome.covered_until
    connection.execute(update(schedule).where(this).values(**values))
    if outcome.pauses:
        halt(connection, one.desk_id, one.schedule_id, outcome.reason or "it could not be sent")


def _note_items(connection: Connection, one: Delivery, outcome: Outcome) -> None:
    of_schedule = {"desk_id": one.desk_id, "schedule_id": one.schedule_id, "shown_at": outcome.at}
    rows = [of_schedule | {"kind": kind, "key": key} for kind, key in dict.fromkeys(outcome.items)]
    if rows:
        connection.execute(insert_into(connection, delivery_item).on_conflict_do_nothing(), rows)


def _forget(connection: Connection, one: Delivery, before: datetime) -> None:
    """Delete what a schedule did before then."""
    old = and_(_slot_of(one.desk_id, one.schedule_id), delivery.c.done_at < before)
    connection.execute(delete(delivery).where(old))
    of_schedule = and_(delivery_item.c.desk_id == one.desk_id, delivery_item.c.schedule_id == one.schedule_id)
    connection.execute(delete(delivery_item).where(of_schedule, delivery_item.c.shown_at < before))


def _items_of(desk_id: int, schedule_id: int, kind: str) -> ColumnElement[bool]:
    of_schedule = and_(delivery_item.c.desk_id == desk_id, delivery_item.c.schedule_id == schedule_id)
    return and_(of_schedule, delivery_item.c.kind == kind)


def _of(connection: Connection, one: Delivery) -> Schedule:
    row = connection.execute(select(schedule).where(_this(one.desk_id, one.schedule_id))).mappings().one()
    return _schedule(row)


def _waited(now: datetime) -> ColumnElement[bool]:
    """Return the condition that it need not wait any longer; a wait longer than any was set by another clock."""
    return not_(and_(delivery.c.not_before > now, delivery.c.not_before <= now + LONGEST_WAIT))


def _left(desk_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that the bot is no member of this server any more."""
    return exists(_gone.where(desk.c.desk_id == desk_id))


_gone: Select[bool] = select(true()).where(desk.c.left_at.is_not(None))


def _this(desk_id: int, schedule_id: int) -> ColumnElement[bool]:
    return and_(schedule.c.desk_id == desk_id, schedule.c.schedule_id == schedule_id)


def _slot_of(desk_id: int, schedule_id: int) -> ColumnElement[bool]:
    return and_(delivery.c.desk_id == desk_id, delivery.c.schedule_id == schedule_id)


def _same(one: Delivery) -> ColumnElement[bool]:
    return and_(_slot_of(one.desk_id, one.schedule_id), delivery.c.slot == one.slot)


def _owned(one: Delivery, owner: str) -> ColumnElement[bool]:
    return and_(_same(one), delivery.c.state == OPEN, delivery.c.owner == owner)


def _schedule(row: RowMapping) -> Schedule:
    return Schedule(**{name: row[name] for name in _SCHEDULE})


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{name: row[name] for name in _DELIVERY})
