"""Bringing a database to the schema that this program knows, at start.

Alembic is imported only where there is something to do: it costs a third of a second, and nearly every start finds the
schema as it should be.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from glob import escape
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select

from storage import derived, following, fulltext, tables, watching
from storage.engine import SqliteDatabase, create_file, run_migration
from storage.errors import MigrationError, NewerDatabaseError, UnreachableDatabaseError
from storage.planner import inform_planner
from storage.turns import Database

HEAD = "0014"
"""The newest revision in `migrations/versions`; a test holds the two together."""

# Like a migration, creating the tables takes its time, however little a call may wait.
_CREATE_SECONDS = 60.0
# On a server a migration waits until nobody writes any more, and rewrites what large tables it must.
_MIGRATE_SECONDS = 3600.0

# Alembic's own table, word for word, in a metadata of its own: it belongs to no desk.
_versions = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


async def migrate(database: Database) -> None:
    """Bring the database to `HEAD`, or leave it exactly as it was.

    Raises:
        UnreachableDatabaseError: it cannot be opened, or belongs to another program.
        NewerDatabaseError: a later version of the program wrote it.
        MigrationError: a migration failed.
    """
    if not isinstance(database, SqliteDatabase):
        await migrate_server(database)
    elif database.path is None:
        await database.write(_create, seconds=_CREATE_SECONDS)
    else:
        create_file(database.path)
        if await database.read(stored_revision) != HEAD:
            await run_migration(database.path, partial(_migrate_file, path=database.path))


async def migrate_server(database: Database) -> None:
    """Create or migrate the schema on a server, which keeps no copy: there a failed transaction leaves nothing.

    The work has the database to itself: of two processes that start at once one does it, and the other finds it done.
    """
    find = partial(stored_revision, where=database.where)
    if await database.read(find, seconds=_CREATE_SECONDS) != HEAD:
        await database.write(partial(_create_or_migrate, where=database.where), seconds=_MIGRATE_SECONDS, durably=True)


def _create_or_migrate(connection: Connection, where: str) -> None:
    """Create the newest schema in an empty database, whose history begins there; migrate one that is older.

    Raises:
        NewerDatabaseError: its revision is none of ours.
        MigrationError: a migration failed.
    """
    found = stored_revision(connection, where)
    if found is None:
        _create(connection)
    elif found != HEAD:
        if found not in known_revisions():
            raise NewerDatabaseError(found)
        _upgrade(connection, None)


def stored_revision(connection: Connection, where: str | None = None) -> str | None:
    """Return the revision of the schema, or None for an empty database.

    Raises:
        UnreachableDatabaseError: there are tables, but none of ours.
    """
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if _versions.name not in names:
        where = where or str(connection.engine.url.database)
        raise UnreachableDatabaseError(where, "it holds the tables of another program")
    revision: str = connection.execute(select(_versions.c.version_num)).scalar_one()
    return revision


def _create(connection: Connection) -> None:
    """Create the newest schema at once: a database in memory has no past to come from."""
    tables.metadata.create_all(connection)
    fulltext.create(connection)
    derived.create(connection)
    watching.create(connection)
    following.create(connection)
    _versions.create(connection)
    connection.execute(insert(_versions), {"version_num": HEAD})
    inform_planner(connection)


def _migrate_file(connection: Connection, path: Path) -> None:
    """Copy and migrate under the write lock, so that of two processes that start at once one does and the other waits.

    Raises:
        NewerDatabaseError: its revision is none of ours.
        MigrationError: a migration failed.
    """
    found = stored_revision(connection)
    if found == HEAD:
        return
    if found is not None and found not in known_revisions():
        raise NewerDatabaseError(found)
    copy = None if found is None else _copy(path)
    _upgrade(connection, copy)


def _copy(path: Path) -> Path:
    """Keep a copy of the committed state beside the database; it replaces an older copy only when it is whole."""
    copy = path.with_name(f"{path.name}.before-{HEAD}.bak")
    partial_copy = copy.with_name(copy.name + ".partial")
    partial_copy.unlink(missing_ok=True)
    partial_copy.touch(mode=0o600)
    _vacuum_into(path, partial_copy)
    return partial_copy.replace(copy)


def drop_copies(path: Path, before: datetime) -> int:
    """Delete the copies that were made beside the database before then; return how many."""
    old = [copy for copy in path.parent.glob(f"{escape(path.name)}.before-*.bak*") if _made_at(copy) < before]
    for copy in old:
        copy.unlink(missing_ok=True)
    return len(old)


def _made_at(copy: Path) -> datetime:
    return datetime.fromtimestamp(copy.stat().st_mtime, UTC)


def _vacuum_into(path: Path, copy: Path) -> None:
    """Write a compact copy into an empty file, on a connection that does not hold the write lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))


def known_revisions() -> set[str]:
    """Return the revisions that this program has migrations for."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  costly, and seldom needed

    return {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}


def _upgrade(connection: Connection, copy: Path | None) -> None:
    """Run the migrations inside the connection's transaction.

    Raises:
        MigrationError: whatever went wrong in one, or rows that refer to nothing afterwards.
    """
    from alembic import command  # noqa: PLC0415  costly, and seldom needed
    from alembic.config import Config  # noqa: PLC0415  the same

    kept = None if copy is None else str(copy)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except Exception as error:
        raise MigrationError(str(error), kept) from error
    inform_planner(connection)
    _check_references(connection, kept)


def _check_references(connection: Connection, kept: str | None) -> None:
    """Look for rows that refer to nothing, where the engine did not look itself: SQLite migrates with that off."""
    if connection.dialect.name != "sqlite":
        return
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        raise MigrationError(f"{len(orphans)} rows would refer to nothing", kept)


_SCRIPTS = Path(__file__).parent / "migrations"
