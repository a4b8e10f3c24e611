"""What is done to whole databases on a server, beside them: while one is renamed nobody may be in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import URL

from storage.errors import BackupRightError, InUseError, MissingDriverError

try:
    import asyncpg

    from storage.postgres.edge import translate_errors
except ModuleNotFoundError as error:
    if error.name != "asyncpg":
        raise
    raise MissingDriverError from error

CONNECT_SECONDS = 10.0

# Whoever reads an older state keeps what is deleted from being freed.
_OLDER = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND xact_start <= $1 AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)"
)
_LOOKS, _LOOK_SECONDS = 40, 0.25
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend' "
    "AND pid <> pg_backend_pid()"
)


class Administrator:
    """Makes, renames and drops databases."""

    def __init__(self, connection: asyncpg.Connection, server: URL) -> None:
        self._connection = connection
        self._server = server
        self._name = str(server.database)

    async def stands(self) -> bool:
        """Tell whether the database is there.

        Raises:
            InUseError: somebody is in it.
        """
        if not await self._connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", self._name):
            return False
        if await self._connection.fetchval(_OTHERS, self._name):
            raise InUseError(where(self._server))
        return True

    async def create(self, name: str) -> None:
        """Make an empty database.

        Raises:
            BackupRightError: the user may not.
        """
        try:
            await self._connection.execute(f"CREATE DATABASE {_quoted(name)} TEMPLATE template0 ENCODING 'UTF8'")
        except asyncpg.InsufficientPrivilegeError as error:
            raise BackupRightError(str(self._server.username)) from error

    async def drop(self, name: str) -> None:
        """Drop a database, whoever is in it."""
        await self._connection.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    async def drop_unused(self, name: str) -> bool:
        """Drop a database that nobody is in; return whether that could be done."""
        try:
            await self._connection.execute(f"DROP DATABASE IF EXISTS {_quoted(name)}")
        except (asyncpg.InsufficientPrivilegeError, asyncpg.ObjectInUseError):
            return False
        return True

    async def swap(self, fresh: str, aside: str | None) -> bool:
        """Let another take the name of the database, and that another name, both at once; return whether that was free.

        Raises:
            InUseError: somebody is in one of them, or made one of the name meanwhile.
            BackupRightError: the user may not.
        """
        try:
            async with self._connection.transaction():
                if aside is not None:
                    await self._connection.execute(f"ALTER DATABASE {_quoted(self._name)} RENAME TO {_quoted(aside)}")
                await self._connection.execute(f"ALTER DATABASE {_quoted(fresh)} RENAME TO {_quoted(self._name)}")
        except asyncpg.DuplicateDatabaseError as error:
            if aside is None:
                raise InUseError(where(self._server)) from error
            return False
        except asyncpg.ObjectInUseError as error:
            raise InUseError(where(self._server)) from error
        except asyncpg.InsufficientPrivilegeError as error:
            raise BackupRightError(str(self._server.username)) from error
        return True


@asynccontextmanager
async def administer(server: URL) -> AsyncIterator[Administrator]:
    """Open a connection to the server beside the database; raises as a database does that cannot be opened."""
    async with _connect(server, "postgres") as connection:
        yield Administrator(connection, server)


async def vacuum(server: URL) -> bool:
    """Have the server free what was deleted, and write its index of words anew; return whether it could.

    An index of that kind keeps a word for good, also where no article holds it any more.
    """
    async with _connect(server, str(server.database)) as connection:
        try:
            free = await _wait_for_older(connection)
            await connection.execute("VACUUM (INDEX_CLEANUP ON)")
            await connection.execute("REINDEX INDEX CONCURRENTLY ix_posting_words")
        except asyncpg.PostgresError:
            return False
    return free


async def _wait_for_older(connection: asyncpg.Connection) -> bool:
    """Wait until all that is under way in the database has ended; return whether it has."""
    now = await connection.fetchval("SELECT now()")
    for _ in range(_LOOKS):
        if not await connection.fetchval(_OLDER, now):
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    return False


def where(server: URL) -> str:
    """Return what messages call a database."""
    return f"“{server.database}” on {host_of(server) or 'localhost'}"


def host_of(server: URL) -> str | None:
    """Return the host of a database, or the folder of its socket."""
    host = server.host or server.query.get("host")
    return host if isinstance(host, str) else None


def port_of(server: URL) -> str | None:
    """Return the port of a database."""
    port = server.port or server.query.get("port")
    return None if port is None else str(port)


def ssl_of(server: URL) -> str | None:
    """Return how far a connection is kept from others' eyes, such as `verify-full`; None: as the driver has it."""
    mode = server.query.get("ssl") or server.query.get("sslmode")
    return mode if isinstance(mode, str) else None


@asynccontextmanager
async def _connect(server: URL, database: str) -> AsyncIterator[asyncpg.Connection]:
    with translate_errors(where(server)):
        connection = await asyncpg.connect(
            host=host_of(server),
            port=port_of(server),
            user=server.username,
            password=server.password,
            database=database,
            ssl=ssl_of(server),
            timeout=CONNECT_SECONDS,
        )
        try:
            yield connection
        finally:
            await connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
