"""Connections: limits on time, cancellation, full disks, locked and damaged files, who may read the file."""

import asyncio
import sqlite3
import stat
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from corpus_makers import BUNDLE, HARBOUR, MIRROR, reading, scope, upload, whole
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

import storage as package
from storage import open_storage
from storage.edge import translate_errors
from storage.engine import READERS, SEARCHERS, run_migration
from storage.errors import (
    BusyError,
    DatabaseUrlError,
    FailedDatabaseError,
    FullError,
    UnreachableDatabaseError,
)
from storage.line import Manner, open_line
from storage.turns import GivenUpError

# Counts to ten thousand million: minutes, unless it is interrupted.
_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT max(i) FROM n"


def _endless(connection):
    return connection.exec_driver_sql(_ENDLESS).scalar()


def _write_then_dawdle(connection):
    connection.exec_driver_sql("INSERT INTO desk (desk_id) VALUES (99)")
    return _endless(connection)


def _desks(connection):
    return connection.exec_driver_sql("SELECT count(*) FROM desk WHERE desk_id = 99").scalar()


async def test_a_statement_over_its_time_limit_is_interrupted_and_undone(storage):
    database = storage._database

    with pytest.raises(BusyError, match="Try again in a minute") as caught:
        await database.write(_write_then_dawdle, seconds=0.05)

    assert isinstance(caught.value.__cause__, DBAPIError | sqlite3.Error | GivenUpError)
    assert await database.read(_desks) == 0


async def test_a_new_connection_whose_first_work_is_interrupted_stays_in_use(path):
    line = await open_line(path, Manner((), "BEGIN", 1))
    await line.set_progress_handler(lambda: 1, 1)  # whatever runs is interrupted at once
    with pytest.raises((OperationalError, sqlite3.OperationalError), match="interrupted"):
        await line.run(_endless)
    await line.set_progress_handler(None, 1)

    found = await line.run(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())

    await line.close()
    assert found == 1


async def test_many_short_statements_over_the_time_limit_are_undone(storage):
    def work(connection):
        connection.exec_driver_sql("INSERT INTO desk (desk_id) VALUES (99)")
        ended.wait(5)

    ended = threading.Event()
    asyncio.get_running_loop().call_later(0.2, ended.set)

    with pytest.raises(BusyError):
        await storage._database.write(work, seconds=0.05)

    assert await storage._database.read(_desks) == 0


async def test_a_cancelled_write_leaves_nothing_and_the_connection_in_use(storage):
    task = asyncio.create_task(storage._database.write(_write_then_dawdle))
    await asyncio.sleep(0.05)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert await storage._database.read(_desks) == 0
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    assert await storage.article(scope(1), added.article_ids[0])


async def test_adds_cancelled_at_any_moment_are_whole_or_absent(storage):
    for hundredth in range(12):
        task = asyncio.create_task(storage.add(scope(1), upload(BUNDLE, data=b"%d" % hundredth), reading(BUNDLE)))
        await asyncio.sleep(hundredth / 1000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    heads = await storage.newest(scope(1), limit=100)
    assert len(heads) == await storage.count(scope(1))
    assert len(heads) % 2 == 0
    assert await storage.check() == "ok"


async def test_one_cancelled_while_waiting_for_its_turn_does_nothing(storage):
    holding = asyncio.create_task(storage._database.write(_endless))
    waiting = asyncio.create_task(storage.add(scope(1), upload(HARBOUR), reading(HARBOUR)))
    await asyncio.sleep(0.05)

    waiting.cancel()
    holding.cancel()

    await asyncio.gather(waiting, holding, return_exceptions=True)
    assert waiting.cancelled()
    assert await storage.count(whole()) == 0


async def test_a_task_cancelled_twice_still_undoes_its_work(storage):
    storage._database.seconds = 0.5  # for so long it is closed gently
    task = asyncio.create_task(storage._database.write(_write_then_dawdle))
    await asyncio.sleep(0.05)

    task.cancel()
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    await storage.close()
    assert storage._database._jobs.running == {}


async def test_a_writer_waits_for_its_turn_no_longer_than_its_limit(storage):
    holding = asyncio.create_task(storage._database.write(_endless))
    await asyncio.sleep(0.02)

    with pytest.raises(BusyError):
        await storage._database.write(_desks, seconds=0.05)

    holding.cancel()
    await asyncio.gather(holding, return_exceptions=True)


async def test_closing_ends_what_runs_and_refuses_what_comes(url):
    async with open_storage(url, seconds=0.1) as storage:
        running = asyncio.create_task(storage._database.read(_endless, seconds=60))
        await asyncio.sleep(0.05)

    with pytest.raises(BusyError):
        await running
    with pytest.raises(RuntimeError, match="closed"):
        await storage.count(whole())
    await storage.close()


async def test_many_write_and_read_at_once(storage):
    files = [(HARBOUR, BUNDLE, MIRROR)[number % 3] for number in range(24)]

    added = await asyncio.gather(*(storage.add(scope(1), upload(file), reading(file)) for file in files))
    counts = await asyncio.gather(*(storage.count(scope(1)) for _ in range(24)))

    assert len({one.upload_id for one in added}) == 24
    assert set(counts) == {5}


async def test_a_point_read_waits_for_no_long_one(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        searches = [asyncio.create_task(storage._database.read(_endless, long=True)) for _ in range(2 * SEARCHERS)]
        await asyncio.sleep(0.05)

        assert await storage._database.read(_desks, seconds=5) == 0

        assert len(storage._database._jobs.running) == SEARCHERS
        for one in searches:
            one.cancel()
        await asyncio.gather(*searches, return_exceptions=True)


async def test_readers_go_on_beside_a_writer_and_open_only_as_needed(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        writing = asyncio.create_task(storage._database.write(_write_then_dawdle))
        await asyncio.sleep(0.05)

        assert await storage._database.read(_desks) == 0
        assert len(storage._database._readers._idle) == 1
        await asyncio.gather(*(storage.count(whole()) for _ in range(3 * READERS)))
        assert len(storage._database._readers._idle) <= READERS

        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


async def test_a_reader_cannot_write(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        with pytest.raises(FailedDatabaseError, match="readonly"):
            await storage._database.read(lambda c: c.exec_driver_sql("INSERT INTO desk (desk_id) VALUES (99)"))


async def test_a_file_locked_by_another_process_is_busy(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}", seconds=0.5) as storage:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

            with pytest.raises(BusyError):
                await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
            other.execute("ROLLBACK")

        assert await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))


@pytest.mark.parametrize("where", ["file", "memory"])
async def test_a_full_disk_changes_nothing(path, where):
    async with open_storage("sqlite+aiosqlite://" if where == "memory" else f"sqlite+aiosqlite:///{path}") as storage:
        await storage._database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1").scalar())

        with pytest.raises(FullError, match="whoever runs this bot"):
            await storage.add(scope(1), upload(HARBOUR, data=b"x" * 500_000), reading(HARBOUR))

        assert await storage.count(whole()) == 0
        assert await storage.check() == "ok"


async def test_a_bug_stays_a_bug(storage):
    with pytest.raises((OperationalError, ProgrammingError), match="nowhere"):
        await storage._database.read(lambda c: c.exec_driver_sql("SELECT * FROM nowhere"))
    with pytest.raises(IntegrityError):
        await storage._database.write(lambda c: c.exec_driver_sql("INSERT INTO blob VALUES (5, 'a', 1, '')"))


def test_a_bug_in_a_statement_of_the_driver_stays_one():
    with pytest.raises(sqlite3.OperationalError, match="syntax"), translate_errors():
        sqlite3.connect(":memory:").execute("SELEKT")


@pytest.mark.trust("thief-file")
async def test_the_file_and_its_folder_are_for_their_owner(tmp_path):
    file = tmp_path / "data" / "verbatim.db"

    async with open_storage(f"sqlite+aiosqlite:///{file}") as storage:
        await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()}

    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert modes == dict.fromkeys(["verbatim.db", "verbatim.db-wal", "verbatim.db-shm"], 0o600)


@pytest.mark.trust("thief-texts")
async def test_what_is_stored_stands_in_the_file_as_it_is(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

    assert b"Nobody recalls" in path.read_bytes()


@pytest.mark.trust("thief-removed")
async def test_what_was_removed_is_not_left_in_the_file(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        added = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
        await storage.remove_uploads(scope(1), [added.upload_id])

    assert b"Nobody recalls" not in path.read_bytes()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_a_closed_file_is_opened_again_as_it_was(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        added = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        assert (await storage.article(scope(1), added.article_ids[0])).article == reading(BUNDLE).articles[0]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://desk:hunter2@db/desk", "postgresql"),
        ("postgresql+asyncpg://desk:hunter2@db", "postgresql"),
        ("sqlite:///data/verbatim.db", "sqlite:///data"),
        ("sqlite+aiosqlite:///a.db?mode=ro", "a.db"),
        ("sqlite+aiosqlite://host/a.db", "host"),
        ("not an address with hunter2", "…"),
        ("postgresql://desk:hunter2@db:port/desk", "postgresql:…"),
        ("postgresql+asyncpg://desk@db?password=hunter2", "postgresql+asyncpg://desk@db"),
    ],
)
async def test_an_unsupported_address_is_told_without_its_password(url, told):
    with pytest.raises(DatabaseUrlError, match=r"Use sqlite.* or postgresql") as caught:
        async with open_storage(url):
            pytest.fail("it opened")

    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_a_colon_memory_address_is_in_memory():
    async with open_storage("sqlite+aiosqlite:///:memory:") as storage:
        assert await storage.count(whole()) == 0


async def test_a_file_that_is_no_database_is_told(tmp_path):
    file = tmp_path / "verbatim.db"
    file.write_bytes(b"Dear diary, " * 500)

    with pytest.raises(UnreachableDatabaseError, match="file is not a database"):
        async with open_storage(f"sqlite+aiosqlite:///{file}"):
            pytest.fail("it opened")

    assert file.read_bytes() == b"Dear diary, " * 500


async def test_a_migration_of_a_file_that_is_no_database_is_told(tmp_path):
    file = tmp_path / "verbatim.db"
    file.write_bytes(b"Dear diary, " * 500)

    with pytest.raises(FailedDatabaseError, match="file is not a database"):
        await run_migration(file, lambda _: pytest.fail("it opened"))


async def test_a_connection_that_was_never_used_can_be_closed():
    line = await open_line(None, Manner((), "BEGIN", 1))

    await line.close()

    with pytest.raises(ValueError, match="closed"):
        await line.run(lambda _: None)


async def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")

    with pytest.raises(UnreachableDatabaseError, match="the folder and its owner"):
        async with open_storage(f"sqlite+aiosqlite:///{tmp_path}/data/verbatim.db"):
            pytest.fail("it opened")


async def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    with pytest.raises(UnreachableDatabaseError, match="unable to open"):
        async with open_storage(f"sqlite+aiosqlite:///{tmp_path}"):
            pytest.fail("it opened")


@pytest.mark.parametrize("torn", [2, 12])
async def test_a_damaged_file_is_told_by_the_check(path, torn):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        for number in range(60):
            await storage.add(scope(1), upload(BUNDLE, data=b"%d" % number), reading(BUNDLE))
    content = bytearray(path.read_bytes())
    content[-torn * 4096 :] = b"\xff" * (torn * 4096)
    path.write_bytes(content)

    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        assert await storage.check() != "ok"


async def test_a_check_that_the_damage_stops_says_so(storage, monkeypatch):
    broken = sqlite3.DatabaseError("database disk image is malformed")
    broken.sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    async def fail(*_, **__):
        with translate_errors():
            raise broken

    monkeypatch.setattr(storage._database, "read", fail)

    assert await storage.check() == "database disk image is malformed"


async def test_the_contract_alone_is_cheap_to_import():
    script = "import sys, storage.base, storage.errors; print('sqlalchemy' in sys.modules, 'asyncio' in sys.modules)"

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    out, _ = await process.communicate()

    assert out.split() == [b"False", b"False"]


def test_the_package_has_no_other_names():
    with pytest.raises(AttributeError, match="no attribute 'open_archive'"):
        _ = package.open_archive
