"""What a desk has set: a row for each setting that somebody has touched."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, select

from storage.adding import insert_new
from storage.base import DeskSettings
from storage.dialects import insert_into
from storage.tables import desk, desk_setting

_NAMES = frozenset(field.name for field in fields(DeskSettings))
_SETS = frozenset({"watched", "shared"})

# Asked before every answer, and made once: to make a statement takes several times as long as to run it.
_OF_DESK = select(desk_setting.c.name, desk_setting.c.value).where(
    desk_setting.c.desk_id == bindparam("desk", type_=BigInteger)
)
_UNTOUCHED = DeskSettings()


def find_settings(connection: Connection, desk_id: int) -> DeskSettings:
    """Return what a desk has set; see `Storage.settings`."""
    rows = connection.execute(_OF_DESK, {"desk": desk_id}).all()
    return replace(_UNTOUCHED, **_from_json({row.name: row.value for row in rows})) if rows else _UNTOUCHED


def change_settings(
    connection: Connection,
    desk_id: int,
    change: Callable[[DeskSettings], DeskSettings],
    changed_by: int,
    now: datetime,
) -> tuple[DeskSettings, DeskSettings]:
    """Change a desk's settings; see `Storage.change_settings`."""
    before = find_settings(connection, desk_id)
    after = change(before)
    was = asdict(before)
    changed = {name: value for name, value in asdict(after).items() if value != was[name]}
    if changed:
        insert_new(connection, desk, {"desk_id": desk_id})
    for name, value in changed.items():
        row = {"desk_id": desk_id, "name": name, "value": _to_json(value), "changed_by": changed_by, "changed_at": now}
        _put(connection, row)
    return before, after


def count_watching(connection: Connection) -> int:
    """Return how many desks have channels to watch; see `Storage.watching`."""
    watched = connection.execute(select(desk_setting.c.value).where(desk_setting.c.name == "watched")).scalars()
    return sum(1 for channels in watched if channels)


def _put(connection: Connection, row: dict[str, Any]) -> None:
    statement = insert_into(connection, desk_setting)
    changed = {name: statement.excluded[name] for name in ("value", "changed_by", "changed_at")}
    connection.execute(statement.on_conflict_do_update(index_elements=["desk_id", "name"], set_=changed), row)


def _from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as `DeskSettings` has them; those that only a later version knows are left alone."""
    known = {name: value for name, value in values.items() if name in _NAMES}
    return {name: frozenset(value) if name in _SETS else value for name, value in known.items()}


def _to_json(value: Any) -> Any:  # noqa: ANN401  a setting of any kind
    return sorted(value) if isinstance(value, frozenset) else value
