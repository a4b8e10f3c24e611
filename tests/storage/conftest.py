"""Every engine keeps the same contract and passes the same tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage import open_storage
from storage.base import Storage

pytest.register_assert_rewrite("naive_corpus")

ENGINES: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite+aiosqlite:///{folder}/verbatim.db",
    "sqlite in memory": lambda _: "sqlite+aiosqlite://",
}


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path, migrated: bytes) -> str:
    """An empty database of each engine, a file already migrated."""
    (tmp_path / "verbatim.db").write_bytes(migrated)
    return ENGINES[request.param](tmp_path)


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

    async def migrate() -> None:
        async with open_storage(f"sqlite+aiosqlite:///{path}"):
            pass

    asyncio.run(migrate())
    return path.read_bytes()
