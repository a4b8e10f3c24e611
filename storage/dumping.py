"""Backups of a database on a server, by PostgreSQL's own programs.

The password goes to them by their environment: what a program is called with, everybody on the machine can read.
"""

import asyncio
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.engine import URL

from storage.archive import new_file
from storage.errors import (
    DamagedBackupError,
    DatabaseUrlError,
    FailedDatabaseError,
    MissingToolError,
    NewerDatabaseError,
    NotEmptyError,
    UnwritableFileError,
)
from storage.migrate import known_revisions, migrate_server, stored_revision
from storage.postgres import admin, copies
from storage.postgres.engine import PostgresDatabase
from storage.tables import desk
from storage.urls import find_server

_CUSTOM = b"PGDMP"
# Where Debian keeps the programs of each version.
_DEBIAN = "/usr/lib/postgresql"
_SECONDS = 3600.0


def dump(url: str, path: Path) -> int:
    """Write a backup to a file; return its bytes. Raises as `storage.backup.back_up` does."""
    server = _server(url)
    with new_file(path) as begun:
        command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={begun}", "--no-password"]
        done = _run(command, server, server.database)
        if done.returncode:
            raise _failed("pg_dump", server, done.stderr)
        if listed := _list(begun):
            raise DamagedBackupError(str(path), listed)
        return begun.stat().st_size


async def restore(url: str, path: Path, *, replace: bool) -> tuple[str, str | None]:
    """Put a backup in the place of the database; return the schema that it had, and what the old one is called now.

    It is restored into a new database, which then takes the name of the old one. Raises as `storage.backup.restore`.
    """
    server = _server(url)
    await asyncio.to_thread(_check_file, path)
    began = datetime.now(UTC)
    fresh = copies.name_restoring(str(server.database), began, secrets.token_hex(4))
    async with admin.administer(server) as administrator:
        there = await administrator.stands()
        if there and not replace:
            await _check_empty(server)
        await administrator.create(fresh)
        try:
            revision = await _fill(server.set(database=fresh), path)
            aside = await _take_place(administrator, str(server.database), fresh, there=there)
        except BaseException:
            await administrator.drop(fresh)
            raise
    return revision, None if aside is None else f"the database “{aside}”"


async def _take_place(administrator: admin.Administrator, database: str, fresh: str, *, there: bool) -> str | None:
    """Give a new database the name of the old one; return what the old one is called now, if there was one."""
    while True:
        aside = copies.name_before(database, datetime.now(UTC)) if there else None
        if await administrator.swap(fresh, aside):
            return aside
        # Two restores within one second: copies are named by the second.
        await asyncio.sleep(1)


async def vacuum(url: str) -> bool:
    """Have the server free what was deleted, the words in its index too; return whether it could.

    What is deleted stays in the server's files until then, in free parts of their pages until those are used again, and
    in its own log for as long as that is kept.
    """
    return await admin.vacuum(_server(url))


async def drop_copies(url: str, names: Sequence[str]) -> int:
    """Drop databases that were left beside this one; return how many. What the user may not drop, or is in use, stays.

    Raises:
        StorageError: the server lets us in no more.
    """
    async with admin.administer(_server(url)) as administrator:
        return sum([await administrator.drop_unused(name) for name in names])


def _server(url: str) -> URL:
    server = find_server(url)
    if server is None or not server.database:
        raise DatabaseUrlError(url.partition(":")[0])
    return server


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            begins = file.read(len(_CUSTOM))
    except OSError as error:
        raise UnwritableFileError(str(path), error.strerror or str(error)) from error
    if begins != _CUSTOM:
        raise DamagedBackupError(str(path), "it is no backup of PostgreSQL, and DATABASE_URL names one")
    if why := _list(path):
        raise DamagedBackupError(str(path), why)


def _list(path: Path) -> str:
    """Return what is wrong with a backup as far as its own list of contents tells, or nothing."""
    done = subprocess.run(  # noqa: S603  our own arguments
        [_tool("pg_restore"), "--list", str(path)], capture_output=True, text=True, check=False, env=_quiet()
    )
    if done.returncode:
        return f"pg_restore says: {_last(done.stderr)}"
    return "" if " alembic_version " in done.stdout else "it holds no articles of this program"


async def _check_empty(server: URL) -> None:
    """Look whether there is nothing in the database.

    Raises:
        NotEmptyError: there is something.
    """
    database = PostgresDatabase(server, seconds=admin.CONNECT_SECONDS)
    try:
        if not await database.read(partial(_is_empty, where=admin.where(server))):
            raise NotEmptyError(admin.where(server))
    finally:
        await database.close()


def _is_empty(connection: Connection, where: str) -> bool:
    if stored_revision(connection, where) is None:
        return True
    return connection.execute(select(desk.c.desk_id).limit(1)).first() is None


async def _fill(fresh: URL, path: Path) -> str:
    """Restore a backup into an empty database and bring it up to date; return the revision that it had."""
    command = ["pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    done = await asyncio.to_thread(_run, [*command, "--no-password", f"--dbname={fresh.database}", str(path)], fresh)
    if done.returncode:
        raise DamagedBackupError(str(path), f"pg_restore says: {_last(done.stderr)}")
    database = PostgresDatabase(fresh, seconds=_SECONDS)
    try:
        revision = str(await database.read(stored_revision))
        if revision not in known_revisions():
            raise NewerDatabaseError(revision)
        await migrate_server(database)
    finally:
        await database.close()
    return revision


def _run(command: Sequence[str], server: URL, *further: str | None) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs on a database."""
    environment = {
        "PGHOST": admin.host_of(server),
        "PGPORT": admin.port_of(server),
        "PGUSER": server.username,
        "PGPASSWORD": server.password,
        "PGSSLMODE": admin.ssl_of(server),
        "PGCONNECT_TIMEOUT": str(int(admin.CONNECT_SECONDS)),
    }
    known = {name: str(value) for name, value in environment.items() if value}
    arguments = [_tool(command[0]), *command[1:], *(each for each in further if each)]
    return subprocess.run(  # noqa: S603  our own arguments
        arguments, capture_output=True, text=True, check=False, env=_quiet() | known, stdin=subprocess.DEVNULL
    )


def _quiet() -> dict[str, str]:
    """Return our environment without what would lead PostgreSQL's programs elsewhere, and in plain English.

    How it is logged in, and who the server must prove to be, holds for them as for the bot.
    """
    kept = ("PGSSL", "PGPASS")
    led = {name: value for name, value in os.environ.items() if not name.startswith("PG") or name.startswith(kept)}
    return led | {"LC_MESSAGES": "C"}


def _tool(name: str) -> str:
    """Return where one of PostgreSQL's programs is, the newest of several.

    Raises:
        MissingToolError: it is nowhere.
    """
    versions = sorted(Path(_DEBIAN).glob(f"*/bin/{name}"), key=lambda one: _number(one.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise MissingToolError(name, "it is not installed")
    return found


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0


def _failed(tool: str, server: URL, said: str) -> Exception:
    """Return the error for what a program said."""
    if "server version mismatch" in said:
        return MissingToolError(tool, "the one installed is older than the server")
    why = _last(said).replace(server.password, "…") if isinstance(server.password, str) else _last(said)
    return FailedDatabaseError(f"{tool}: {why}")


def _last(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return re.sub(r"^pg_\w+: (error: )?", "", lines[-1])[:300].rstrip(".") if lines else "nothing"
