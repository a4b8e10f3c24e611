"""SQLite's log goes into its file beside whoever writes, a piece at a time."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
from corpus_makers import HARBOUR, reading, scope, upload, whole

from storage import checkpoints, open_storage
from storage.errors import FullError

# Minutes, unless it is interrupted.
_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT max(i) FROM n"


@pytest.fixture
def often(monkeypatch):
    """A checkpoint is due after each row."""
    monkeypatch.setattr(checkpoints, "_ROWS", 1)


async def _done(storage):
    """Wait until the checkpoint under way is done."""
    await asyncio.wait_for(asyncio.shield(storage._database._checkpoints._running), 10)


def _in_the_file_alone(path, folder):
    """Return how many uploads there are without the log."""
    alone = folder / "alone.db"
    alone.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(alone)) as connection:
        return connection.execute("SELECT count(*) FROM upload").fetchone()[0]


async def test_what_was_written_comes_into_the_file_while_it_is_open(path, tmp_path, often):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
        await _done(storage)

        assert _in_the_file_alone(path, tmp_path) == 1


async def test_little_waits_in_the_log_and_is_there_all_the_same(path, tmp_path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

        assert storage._database._checkpoints._running is None
        assert await storage.count(whole()) == 1
    assert _in_the_file_alone(path, tmp_path) == 1


async def test_one_is_under_way_at_a_time_and_writers_wait_for_none(path, often, monkeypatch):
    hold, begun = asyncio.Event(), []

    async def _hold(line):
        begun.append(line)
        await hold.wait()

    monkeypatch.setattr("storage.line.Line.checkpoint", _hold)
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        for number in range(5):
            await storage.add(scope(1), upload(HARBOUR, number + 1), reading(HARBOUR))
        assert len(begun) == 1
        hold.set()
        await _done(storage)

        await storage.add(scope(1), upload(HARBOUR, 9), reading(HARBOUR))
        await _done(storage)
        assert len(begun) == 2


async def test_one_that_fails_keeps_nobody_from_writing(path, often, monkeypatch):
    async def _fail(line):
        raise FullError

    monkeypatch.setattr("storage.line.Line.checkpoint", _fail)
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        for number in range(3):
            await storage.add(scope(1), upload(HARBOUR, number + 1), reading(HARBOUR))
            await _done(storage)

        assert await storage.count(whole()) == 1


async def test_what_is_read_meanwhile_stays_as_it_was(path, often):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN")
            assert other.execute("SELECT count(*) FROM upload").fetchone() == (0,)

            for number in range(3):
                await storage.add(scope(1), upload(HARBOUR, number + 1), reading(HARBOUR))
                await _done(storage)

            assert other.execute("SELECT count(*) FROM upload").fetchone() == (0,)
            other.execute("COMMIT")
            assert other.execute("SELECT count(*) FROM upload").fetchone() == (3,)


async def test_closing_stops_the_one_under_way(path, tmp_path, often, monkeypatch):
    async def _go_on(line):
        await line.execute_fetchall(_ENDLESS)

    monkeypatch.setattr("storage.line.Line.checkpoint", _go_on)
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
        storage._database.seconds = 0.05  # what is under way may take so long yet

    assert _in_the_file_alone(path, tmp_path) == 1


async def test_in_memory_there_is_no_log(often):
    async with open_storage("sqlite+aiosqlite://") as storage:
        await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

        assert storage._database._checkpoints._running is None
