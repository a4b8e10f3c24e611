"""Every engine keeps the same contract and passes the same tests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from postgres_server import Server, postgres
from sqlalchemy import Connection, Table, event

from storage import open_storage, tables
from storage.base import Storage

pytest.register_assert_rewrite("naive_corpus")

# What a test takes that knows both engines; `tmp_path` for SQLite, a database of its own on the server for PostgreSQL.
ENGINES = ("sqlite", "sqlite in memory", "postgresql", "postgresql in parts")

# What grows with the articles of a desk: a distributed database would have it in many places, and so have the tests.
# PostgreSQL refuses that unless the desk is in every primary key, unique constraint and foreign key.
BIG = frozenset(
    {
        "blob",
        "upload",
        "extraction",
        "article",
        "spelling",
        "sentence",
        "proposal",
        "signature",
        "signature_key",
        "twin",
        "corrected",
        "uncorrected",
        "correction",
        "former",
        "trash",
        "sight",
        "readers",
        "circle",
        "unnamed",
        "name",
        "name_key",
        "alias",
        "alias_word",
        "mention",
        "tally",
        "monthly",
        "decision",
        "decision_reader",
        "action",
        "delivery",
        "delivery_item",
        "feed_entry",
        "arrival",
        "watch_hit",
    }
)
_PARTS = 4

_numbers = count()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of each engine, already migrated."""
    if request.param == "postgresql":
        return request.getfixturevalue("server_url")
    if request.param == "postgresql in parts":
        return request.getfixturevalue("parts_url")
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{request.getfixturevalue('path')}"
    return "sqlite+aiosqlite://"


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    async with open_storage(url) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path, migrated: bytes) -> Path:
    """A migrated database file, for what only files have."""
    file = tmp_path / "verbatim.db"
    file.write_bytes(migrated)
    return file


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of an empty database at the newest revision, migrated once for all tests."""
    path = tmp_path_factory.mktemp("migrated") / "verbatim.db"
    _migrate(f"sqlite+aiosqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
def server_url(server: Server) -> str:
    """A migrated, empty database on the server. To empty one takes a third of the time that it takes to copy one."""
    server.empty("shared")
    return server.url("shared")


@pytest.fixture
def parts_url(server: Server) -> str:
    """The same, its big tables in parts by desk."""
    server.empty("parts")
    return server.url("parts")


@pytest.fixture
def make_server_url(server: Server) -> Iterator[Callable[[], str]]:
    """Makes migrated databases on the server; they are dropped after the test."""
    made: list[str] = []

    def make() -> str:
        made.append(f"test_{next(_numbers)}")
        server.run(f"CREATE DATABASE {made[-1]} TEMPLATE migrated STRATEGY FILE_COPY")
        return server.url(made[-1])

    yield make
    for name in made:
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL of this test process, with a migrated database that others are copied from."""
    with postgres() as server:
        server.run("CREATE DATABASE migrated")
        _migrate(server.url("migrated"))
        server.run("CREATE DATABASE shared TEMPLATE migrated", "CREATE DATABASE parts")
        with _in_parts():
            _migrate(server.url("parts"))
        yield server


@contextmanager
def _in_parts() -> Iterator[None]:
    """Have the big tables created in parts."""

    def add_parts(table: Table, connection: Connection, **_: object) -> None:
        for number in range(_PARTS):
            part = f"FOR VALUES WITH (MODULUS {_PARTS}, REMAINDER {number})"
            connection.exec_driver_sql(f'CREATE TABLE "{table.name}_{number}" PARTITION OF "{table.name}" {part}')

    big = [tables.metadata.tables[name] for name in BIG]
    for table in big:
        table.dialect_options["postgresql"]["partition_by"] = "HASH (desk_id)"
        event.listen(table, "after_create", add_parts)
    try:
        yield
    finally:
        for table in big:
            table.dialect_options["postgresql"]["partition_by"] = None
            event.remove(table, "after_create", add_parts)


def _migrate(url: str) -> None:
    async def migrate() -> None:
        async with open_storage(url):
            pass

    asyncio.run(migrate())
