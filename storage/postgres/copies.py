"""The databases that `restore` leaves beside one: what was there before, and what one that was killed had begun."""

import re
from datetime import UTC, datetime

from sqlalchemy import Connection, text

# Of a name the server keeps so many bytes.
_LONGEST = 63
_TIME = "%Y%m%dt%H%M%S"

_OTHERS = text("SELECT current_database(), datname FROM pg_database WHERE datname <> current_database()")


def name_before(database: str, now: datetime) -> str:
    """Return what a database is called that makes room for another."""
    return _named(database, f"_before_{now.astimezone(UTC):{_TIME}}")


def name_restoring(database: str, now: datetime, mark: str) -> str:
    """Return what a database is called while a backup is restored into it."""
    return _named(database, f"_restoring_{now.astimezone(UTC):{_TIME}}_{mark}")


def find_copies(connection: Connection) -> list[tuple[str, datetime | None]]:
    """Return the databases that were left beside this one, and when each was made, as far as its name says so."""
    found = ((row[1], _made_at(row[0], row[1])) for row in connection.execute(_OTHERS))
    return sorted((name, made) for name, (ours, made) in found if ours)


def _made_at(database: str, name: str) -> tuple[bool, datetime | None]:
    """Tell whether a database is a copy of this one, and when it was made."""
    for kind in (r"_before_(\d{8}t\d{6})", r"_restoring_(\d{8}t\d{6})_[0-9a-f]{8}", r"_restoring_()[0-9a-f]{8}"):
        said = re.fullmatch(f"(.+){kind}", name)
        if said and _named(database, name[said.end(1) :]) == name:
            return True, _time(said[2])
    return False, None


def _time(written: str) -> datetime | None:
    try:
        return datetime.strptime(written, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _named(database: str, ending: str) -> str:
    return database.encode()[: _LONGEST - len(ending)].decode(errors="ignore") + ending
