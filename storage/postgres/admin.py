"""What is done to whole databases on a server, beside them: while one is renamed nobody may be in it."""

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

    async def swap(self, fresh: str, aside: str | None) -> None:
        """Let another take the name of the database, and that another name, both at once.

        Raises:
            InUseError: somebody is in one of them.
            BackupRightError: the user may not.
        """
        try:
            async with self._connection.transaction():
                if aside is not None:
                    await self._connection.execute(f"ALTER DATABASE {_quoted(self._name)} RENAME TO {_quoted(aside)}")
                await self._connection.execute(f"ALTER DATABASE {_quoted(fresh)} RENAME TO {_quoted(self._name)}")
        except asyncpg.ObjectInUseError as error:
            raise InUseError(where(self._server)) from error
        except asyncpg.InsufficientPrivilegeError as error:
            raise BackupRightError(str(self._server.username)) from error


@asynccontextmanager
async def administer(server: URL) -> AsyncIterator[Administrator]:
    """Open a connection to the server beside the database; raises as a database does that cannot be opened."""
    async with _connect(server, "postgres") as connection:
        yield Administrator(connection, server)


async def vacuum(server: URL) -> bool:
    """Have the server free what was deleted; return whether it could."""
    async with _connect(server, str(server.database)) as connection:
        try:
            await connection.execute("VACUUM")
        except asyncpg.PostgresError:
            return False
    return True


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
