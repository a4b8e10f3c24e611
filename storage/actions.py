"""What buttons will do, and the program's own memory."""

from datetime import datetime

from sqlalchemy import BigInteger, Connection, bindparam, delete, insert, select

from storage.adding import insert_new
from storage.base import KeptActions
from storage.dialects import insert_into
from storage.errors import UnknownActionError
from storage.tables import action, desk, fingerprint

# The program's own memory stands under a desk that no guild, person or terminal has.
_NO_DESK = 0

# Statements of every answer, made once: to make one takes several times as long as to run it.
_KEEP = insert(action)
_KEPT = select(action).where(
    action.c.desk_id == bindparam("desk", type_=BigInteger),
    action.c.actions_id == bindparam("actions", type_=BigInteger),
    action.c.expires_at > bindparam("now", type_=action.c.expires_at.type),
)


def keep_actions(connection: Connection, desk_id: int, actions: KeptActions) -> None:
    """Remember what a reply's controls do; see `Storage.keep_actions`."""
    insert_new(connection, desk, {"desk_id": desk_id})
    row = {
        "desk_id": desk_id,
        "actions_id": actions.actions_id,
        "owner_id": actions.owner_id,
        "expires_at": actions.expires_at,
        "requests": list(actions.requests),
    }
    connection.execute(_KEEP, row)


def find_actions(connection: Connection, desk_id: int, actions_id: int, now: datetime) -> KeptActions:
    """Return what a reply's controls do; see `Storage.actions`."""
    row = connection.execute(_KEPT, {"desk": desk_id, "actions": actions_id, "now": now}).one_or_none()
    if row is None:
        raise UnknownActionError
    return KeptActions(row.actions_id, row.owner_id, tuple(row.requests), row.expires_at)


def prune_actions(connection: Connection, now: datetime) -> int:
    """Delete the expired actions of all desks; see `Storage.prune_actions`."""
    return connection.execute(delete(action).where(action.c.expires_at <= now)).rowcount


def find_fingerprint(connection: Connection, name: str) -> str | None:
    """Return what was last stored under this name; see `Storage.fingerprint`."""
    mine = (fingerprint.c.desk_id == _NO_DESK, fingerprint.c.name == name)
    return connection.execute(select(fingerprint.c.value).where(*mine)).scalar_one_or_none()


def set_fingerprint(connection: Connection, name: str, value: str, now: datetime) -> None:
    """Remember a fingerprint; see `Storage.set_fingerprint`."""
    row = {"desk_id": _NO_DESK, "name": name, "value": value, "updated_at": now}
    statement = insert_into(connection, fingerprint)
    changed = {"value": statement.excluded.value, "updated_at": statement.excluded.updated_at}
    connection.execute(statement.on_conflict_do_update(index_elements=["desk_id", "name"], set_=changed), row)


def claim(connection: Connection, desk_id: int, name: str, now: datetime) -> bool:
    """Tell whether nobody has claimed this name in the desk before; see `Storage.claim`."""
    row = {"desk_id": desk_id, "name": name, "value": "claimed", "updated_at": now}
    return connection.execute(insert_into(connection, fingerprint).on_conflict_do_nothing(), row).rowcount == 1
