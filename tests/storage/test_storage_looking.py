"""A look at a database changes nothing: not a byte of it, and nothing beside it."""

import sqlite3
import sys
from contextlib import closing

import pytest
from corpus_makers import HARBOUR, reading, scope, upload

from storage import open_storage
from storage.errors import DatabaseUrlError, NewerDatabaseError, UnreachableDatabaseError
from storage.looking import look
from storage.migrate import HEAD


def url_of(path):
    return f"sqlite+aiosqlite:///{path}"


def everything(folder):
    """Return what is there, with the time of the last change to each; the log's index is SQLite's to lock by."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


@pytest.fixture
def old(path):
    """A database of an earlier version."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    return path


@pytest.mark.trust("operator-check")
async def test_what_is_there_is_told_and_left_as_it_is(path):
    before = everything(path.parent)

    found = await look(url_of(path))

    assert (found.revision, found.verdict, found.watching) == (HEAD, "ok", 0)
    assert found.room > 0
    assert everything(path.parent) == before
    assert [item.name for item in path.parent.iterdir()] == [path.name]


async def test_one_that_is_not_there_is_not_made(tmp_path):
    found = await look(url_of(tmp_path / "new" / "verbatim.db"))

    assert found.revision is None
    assert list(tmp_path.iterdir()) == []


async def test_an_old_one_is_not_migrated(old):
    before = everything(old.parent)

    found = await look(url_of(old))

    assert (found.revision, found.verdict) == ("0001", "ok")
    assert everything(old.parent) == before


@pytest.mark.trust("operator-check")
async def test_one_in_use_is_read_with_what_was_written_last(path):
    async with open_storage(url_of(path)) as storage:
        await storage.add(scope(11), upload(HARBOUR, 11), reading(HARBOUR))
        before = everything(path.parent)

        found = await look(url_of(path))

        assert found.verdict == "ok"
        assert everything(path.parent) == before
        assert f"{path}-wal" in before
        assert await storage.count(scope(11)) == 1


async def test_one_in_memory_has_no_file():
    found = await look("sqlite+aiosqlite://")

    assert (found.path, found.revision, found.room) == (None, None, None)


async def test_a_newer_one_is_refused(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerDatabaseError):
        await look(url_of(path))


async def test_one_of_another_program_is_refused(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE pigeon (name TEXT)")

    with pytest.raises(UnreachableDatabaseError, match=f"{path}.*another program"):
        await look(url_of(path))


@pytest.mark.parametrize("where", ["/dev/null/verbatim.db", "/dev/null/deep/verbatim.db"])
async def test_a_place_where_none_can_be_is_told(where):
    with pytest.raises(UnreachableDatabaseError, match="/dev/null is no folder"):
        await look(url_of(where))


@pytest.mark.skipif(sys.platform == "win32", reason="there files have no such modes")
async def test_a_file_that_may_not_be_written_is_told(path, monkeypatch):
    # Whoever runs the tests as root may write everything.
    monkeypatch.setattr("os.access", lambda checked, _: checked != path)

    with pytest.raises(UnreachableDatabaseError, match="may not be written"):
        await look(url_of(path))


async def test_a_damaged_one_is_told_with_what_is_wrong(path):
    data = bytearray(path.read_bytes())
    data[4096:40960] = b"\xff" * 36864
    path.write_bytes(data)

    found = await look(url_of(path))

    assert found.verdict != "ok"
    assert path.read_bytes() == data


async def test_what_is_no_database_is_told(tmp_path):
    path = tmp_path / "letter.db"
    path.write_text("Dear editor, " * 100)

    found = await look(url_of(path))

    assert "not a database" in found.verdict


async def test_another_engine_is_refused():
    with pytest.raises(DatabaseUrlError):
        await look("postgresql://verbatim@localhost/verbatim")
