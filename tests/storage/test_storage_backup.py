"""Backups: made beside whoever writes, put back whole or not at all."""

import asyncio
import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from corpus_makers import BUNDLE, HARBOUR, MIRROR, go_back, reading, upload, whole
from postgres_server import PASSWORD
from sqlalchemy.engine import make_url

from storage import open_storage
from storage.archive import new_file
from storage.backup import back_up, restore
from storage.base import Search
from storage.errors import (
    DamagedBackupError,
    FileThereError,
    InUseError,
    NewerDatabaseError,
    NotEmptyError,
    NothingToBackUpError,
    StorageError,
    UnreachableDatabaseError,
    UnwritableFileError,
)
from storage.keeping import copies_beside
from storage.migrate import HEAD, drop_copies
from storage.postgres import copies
from storage.query import parse

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def url(path):
    return f"sqlite+aiosqlite:///{path}"


async def add(url, *files):
    async with open_storage(url) as storage:
        for file in files:
            await storage.add(whole(), upload(file), reading(file))


async def titles(url):
    async with open_storage(url) as storage:
        return {head.title for head in await storage.newest(whole(), limit=99)}


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_url(request, path):
    """A database of each engine that backups are made of."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{path}"
    return request.getfixturevalue("make_server_url")()


class TestRoundTrip:
    @pytest.mark.trust("backup-whole")
    async def test_what_was_backed_up_is_there_again(self, kept_url, tmp_path):
        await add(kept_url, HARBOUR, BUNDLE)
        before = await titles(kept_url)
        await back_up(kept_url, tmp_path / "b.bak")
        await add(kept_url, MIRROR)

        done = await restore(kept_url, tmp_path / "b.bak", replace=True)

        assert await titles(kept_url) == before
        assert done.revision == HEAD
        async with open_storage(kept_url) as storage:
            assert (await storage.search(whole(), Search(parse("plums")))).total == 1
            assert await storage.check() == "ok"

    async def test_a_database_that_is_not_empty_is_left_alone(self, kept_url, tmp_path):
        await add(kept_url, HARBOUR)
        await back_up(kept_url, tmp_path / "b.bak")
        await add(kept_url, MIRROR)
        before = await titles(kept_url)

        with pytest.raises(NotEmptyError, match="--replace"):
            await restore(kept_url, tmp_path / "b.bak")

        assert await titles(kept_url) == before

    async def test_an_empty_one_is_filled_unasked(self, kept_url, tmp_path):
        await add(kept_url, HARBOUR)
        await back_up(kept_url, tmp_path / "b.bak")
        async with open_storage(kept_url) as storage:
            await storage.forget_desk(whole().desk_id)

        await restore(kept_url, tmp_path / "b.bak")

        assert await titles(kept_url) == {"Harbour dues rise"}

    @pytest.mark.trust("backup-alone")
    async def test_while_something_runs_on_it_nothing_is_restored(self, kept_url, tmp_path):
        await add(kept_url, HARBOUR)
        await back_up(kept_url, tmp_path / "b.bak")
        async with open_storage(kept_url) as storage:
            await storage.add(whole(), upload(MIRROR), reading(MIRROR))

            with pytest.raises(InUseError, match="Stop the bot"):
                await restore(kept_url, tmp_path / "b.bak", replace=True)

            assert await storage.count(whole()) == 3

    async def test_a_file_that_is_there_is_left_alone(self, kept_url, tmp_path):
        await add(kept_url, HARBOUR)
        (tmp_path / "b.bak").write_text("mine")

        with pytest.raises(FileThereError):
            await back_up(kept_url, tmp_path / "b.bak")

        assert (tmp_path / "b.bak").read_text() == "mine"

    async def test_it_is_its_owner_s_alone(self, kept_url, tmp_path):
        await add(kept_url, HARBOUR)

        done = await back_up(kept_url, tmp_path / "b.bak")

        assert done.bytes == (tmp_path / "b.bak").stat().st_size > 0
        assert (tmp_path / "b.bak").stat().st_mode & 0o777 == 0o600

    @pytest.mark.trust("backup-damaged")
    @pytest.mark.parametrize("harm", ["cut", "changed", "foreign"])
    async def test_a_damaged_file_is_refused_and_changes_nothing(self, kept_url, tmp_path, harm):
        await add(kept_url, HARBOUR, BUNDLE)
        await back_up(kept_url, tmp_path / "b.bak")
        data = (tmp_path / "b.bak").read_bytes()
        noise = bytes(255 - byte for byte in data[len(data) // 4 :])
        harmed = {"cut": data[: len(data) // 3], "changed": data[: len(data) // 4] + noise, "foreign": b"Dear diary"}
        (tmp_path / "b.bak").write_bytes(harmed[harm])
        before = await titles(kept_url)

        with pytest.raises(DamagedBackupError, match="earlier backup"):
            await restore(kept_url, tmp_path / "b.bak", replace=True)

        assert await titles(kept_url) == before

    async def test_one_that_was_made_under_load_is_whole(self, kept_url, tmp_path):
        async with open_storage(kept_url) as storage:
            stop = asyncio.Event()
            written = 0

            async def write():
                nonlocal written
                while not stop.is_set():
                    await storage.add(whole(), upload(BUNDLE), reading(BUNDLE))
                    written += 1

            writing = [asyncio.create_task(write()) for _ in range(3)]
            while written < 20:  # noqa: ASYNC110  there is no event to wait for
                await asyncio.sleep(0.01)
            await back_up(kept_url, tmp_path / "b.bak")
            stop.set()
            await asyncio.gather(*writing)

        await restore(kept_url, tmp_path / "b.bak", replace=True)

        async with open_storage(kept_url) as storage:
            listed = await storage.listed(whole(), limit=999)
            assert await storage.check() == "ok"
            assert listed.total == 2


class TestFile:
    async def test_the_one_before_is_kept_aside_for_some_days(self, url, path, tmp_path):
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        await add(url, MIRROR)
        os.utime(path, (0, 0))

        done = await restore(url, tmp_path / "b.bak", replace=True)

        assert await titles(f"sqlite+aiosqlite:///{done.aside}") == {"Harbour dues rise", "Reader letters"}
        assert drop_copies(path, datetime.now(UTC) - timedelta(days=7)) == 0
        assert drop_copies(path, datetime.now(UTC) + timedelta(days=7)) == 1

    async def test_nothing_else_is_left_beside_it(self, url, path, tmp_path):
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")

        done = await restore(url, tmp_path / "b.bak", replace=True)

        assert sorted(one.name for one in tmp_path.iterdir()) == sorted(["b.bak", path.name, Path(done.aside).name])

    async def test_it_keeps_a_log_as_before(self, url, path, tmp_path):
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")

        await restore(url, tmp_path / "b.bak", replace=True)

        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    @pytest.mark.parametrize("revision", ["0003", "0008", "0012"])
    async def test_one_of_an_older_schema_is_brought_forward(self, url, path, tmp_path, revision):
        await add(url, HARBOUR)
        older = tmp_path / "older" / "b.bak"
        older.parent.mkdir()
        shutil.copy(path, older)
        go_back(older, revision)

        done = await restore(url, older, replace=True)

        assert done.revision == revision
        assert await titles(url) == {"Harbour dues rise"}
        assert sorted(one.name for one in older.parent.iterdir()) == ["b.bak"]

    async def test_one_of_a_later_version_is_refused(self, url, path, tmp_path):
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        with closing(sqlite3.connect(tmp_path / "b.bak")) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")

        with pytest.raises(NewerDatabaseError, match="Upgrade"):
            await restore(url, tmp_path / "b.bak", replace=True)

        assert await titles(url) == {"Harbour dues rise"}

    async def test_a_damaged_database_can_be_replaced(self, url, path, tmp_path):
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        path.write_bytes(b"\0" * 5000)

        done = await restore(url, tmp_path / "b.bak", replace=True)

        assert await titles(url) == {"Harbour dues rise"}
        assert path.with_name(Path(done.aside).name).read_bytes() == b"\0" * 5000

    async def test_one_that_is_missing_is_made(self, url, path, tmp_path):
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")

        done = await restore(f"sqlite+aiosqlite:///{tmp_path}/new/folder/v.db", tmp_path / "b.bak")

        assert done.aside is None
        assert await titles(f"sqlite+aiosqlite:///{tmp_path}/new/folder/v.db") == {"Harbour dues rise"}

    async def test_the_log_of_one_that_is_missing_is_not_played_into_it(self, url, path, tmp_path):
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        other = tmp_path / "other.db"
        with closing(sqlite3.connect(other)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE stale (word)")
            connection.commit()
            log = other.with_name("other.db-wal").read_bytes()
        target = tmp_path / "v.db"
        target.with_name("v.db-wal").write_bytes(log)

        await restore(f"sqlite+aiosqlite:///{target}", tmp_path / "b.bak")

        assert await titles(f"sqlite+aiosqlite:///{target}") == {"Harbour dues rise"}
        assert [one.read_bytes() for one in copies_beside(target)] == [log]
        assert drop_copies(target, datetime.now(UTC) - timedelta(minutes=1)) == 0
        assert drop_copies(target, datetime.now(UTC) + timedelta(minutes=1)) == 1

    async def test_a_damaged_database_gives_no_backup(self, url, path, tmp_path):
        await add(url, HARBOUR, BUNDLE)
        data = path.read_bytes()
        path.write_bytes(data[:8192] + bytes(255 - byte for byte in data[8192:]))

        with pytest.raises(Exception) as refused:  # noqa: PT011  SQLite finds it while copying, or we afterwards
            await back_up(url, tmp_path / "b.bak")

        assert type(refused.value).__name__ in {"FailedDatabaseError", "DamagedBackupError"}
        assert sorted(one.name for one in tmp_path.iterdir()) == [path.name]

    async def test_where_there_is_nothing_it_says_so(self, tmp_path):
        for url in ("sqlite+aiosqlite://", f"sqlite+aiosqlite:///{tmp_path}/none.db"):
            with pytest.raises(NothingToBackUpError):
                await back_up(url, tmp_path / "b.bak")

        with pytest.raises(UnwritableFileError):
            await restore(f"sqlite+aiosqlite:///{tmp_path}/none.db", tmp_path / "b.bak")

        assert list(tmp_path.iterdir()) == []

    async def test_the_other_engine_s_backup_is_named_as_that(self, url, tmp_path):
        (tmp_path / "b.bak").write_bytes(b"PGDMP and more")

        with pytest.raises(DamagedBackupError, match="PostgreSQL"):
            await restore(url, tmp_path / "b.bak")

    @pytest.mark.trust("backup-killed")
    @pytest.mark.parametrize("command", ["backup", "restore"])
    @pytest.mark.parametrize("moment", range(5))
    async def test_a_kill_at_any_moment_leaves_all_or_nothing(self, url, path, tmp_path, command, moment):
        """It stops itself where files are made, written, or given their names; the kernel would do it no otherwise."""
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        await add(url, MIRROR)
        work = {
            "backup": f"back_up({url!r}, Path({str(tmp_path / 'c.bak')!r}))",
            "restore": f"restore({url!r}, Path({str(tmp_path / 'b.bak')!r}), replace=True)",
        }
        await asyncio.to_thread(_run_and_kill, work[command], moment)

        assert await titles(url) in ({"Harbour dues rise", "Reader letters"}, {"Harbour dues rise"})
        if (tmp_path / "c.bak").exists():
            await restore(f"sqlite+aiosqlite:///{tmp_path}/c.db", tmp_path / "c.bak")
        await restore(url, tmp_path / "b.bak", replace=True)
        assert await titles(url) == {"Harbour dues rise"}
        assert not [one for one in tmp_path.iterdir() if "restoring" in one.name]


def _run_and_kill(work, moment):
    """Run something in a process that kills itself before the so-many-th step that is seen in the folder."""
    code = f"""
import asyncio, os, signal, sys
from pathlib import Path
from storage.backup import back_up, restore
steps = 0
def watch(event, arguments):
    global steps
    if event in ("sqlite3.connect", "os.link", "os.rename", "os.mkdir", "os.rmdir"):
        steps += 1
        if steps > {moment} * 2:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
asyncio.run({work})
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr


class TestServer:
    async def test_the_one_before_is_kept_beside_it(self, make_server_url, server, tmp_path):
        url = make_server_url()
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        await add(url, MIRROR)

        done = await restore(url, tmp_path / "b.bak", replace=True)

        aside = done.aside.split("“")[1].rstrip("”")
        assert await titles(server.url(aside)) == {"Harbour dues rise", "Reader letters"}
        server.run(f'DROP DATABASE "{aside}" WITH (FORCE)')

    async def test_two_restores_within_a_second_keep_both(self, make_server_url, server, tmp_path, monkeypatch):
        url = make_server_url()
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        name_now = copies.name_before
        first = (await restore(url, tmp_path / "b.bak", replace=True)).aside
        taken = iter([first.split("“")[1].rstrip("”")])
        monkeypatch.setattr(copies, "name_before", lambda *asked: next(taken, None) or name_now(*asked))

        second = (await restore(url, tmp_path / "b.bak", replace=True)).aside

        assert first != second
        for aside in (first, second):
            left = aside.split("“")[1].rstrip("”")
            assert await titles(server.url(left)) == {"Harbour dues rise"}
            server.run(f'DROP DATABASE "{left}" WITH (FORCE)')

    async def test_what_was_left_beside_it_goes_after_some_days(self, make_server_url, server, tmp_path):
        url = make_server_url()
        name = make_url(url).database
        old, new = f"{name}_before_20260101t000000", f"{name}_restoring_20260301t000000_0123abcd"
        others = f"{name}_before_lunch", f"x{name}_before_20260101t000000", f"{name}_restoring_0123abcd"
        for one in (old, new, *others):
            server.run(f'CREATE DATABASE "{one}"')

        async with open_storage(url) as storage:
            dropped = await storage.drop_copies(before=datetime(2026, 2, 1, tzinfo=UTC))

        left = server.run("SELECT datname FROM pg_database").split()
        assert dropped == 1
        assert {new, *others} <= set(left)
        assert old not in left
        for one in (new, *others):
            server.run(f'DROP DATABASE "{one}"')

    async def test_one_that_may_not_be_dropped_stays(self, make_server_url, server):
        url = make_server_url()
        old = f"{make_url(url).database}_before_20260101t000000"
        server.run(f'CREATE DATABASE "{old}"')
        async with open_storage(url) as storage, open_storage(server.url(old)) as somebody:
            assert await somebody.check() == "ok"

            assert await storage.drop_copies(before=datetime(2026, 2, 1, tzinfo=UTC)) == 0

        server.run(f'DROP DATABASE "{old}"')

    async def test_a_refused_one_leaves_no_database_behind(self, make_server_url, server, tmp_path):
        url = make_server_url()
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        data = (tmp_path / "b.bak").read_bytes()
        (tmp_path / "b.bak").write_bytes(data[:-2000])

        with pytest.raises(DamagedBackupError):
            await restore(url, tmp_path / "b.bak", replace=True)

        assert server.run("SELECT datname FROM pg_database WHERE datname LIKE '%restoring%'").strip() == ""

    async def test_the_password_is_in_no_argument(self, make_server_url, server, tmp_path, monkeypatch):
        seen = []
        run = subprocess.run

        def watched(arguments, **options):
            seen.append((arguments, options.get("env") or {}))
            return run(arguments, **options)

        monkeypatch.setattr("storage.dumping.subprocess.run", watched)
        url = server.loopback(make_url(make_server_url()).database)
        await add(url, HARBOUR)

        await back_up(url, tmp_path / "b.bak")
        await restore(url, tmp_path / "b.bak", replace=True)

        assert await titles(url) == {"Harbour dues rise"}
        assert len(seen) >= 3
        assert not [arguments for arguments, _ in seen if PASSWORD in str(arguments)]
        assert [known for _, known in seen if known.get("PGPASSWORD") == PASSWORD]

    async def test_a_wrong_password_is_told_without_it(self, server, tmp_path):
        with pytest.raises(StorageError) as refused:
            await back_up(server.loopback("postgres", "s3cret word"), tmp_path / "b.bak")

        assert "s3cret" not in str(refused.value)
        assert "password" in str(refused.value)
        assert list(tmp_path.iterdir()) == []


class TestKilled:
    """What a run that was killed leaves, or a file system that gives a file one name alone asks for."""

    @pytest.fixture
    def one_name(self, monkeypatch):
        def refused(*_):
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refused)

    async def test_what_a_killed_backup_left_goes_with_the_next(self, url, path, tmp_path):
        await add(url, HARBOUR)
        code = (
            "import sys, os, signal; from pathlib import Path; from storage.archive import new_file\n"
            "with new_file(Path(sys.argv[1])) as begun:\n"
            "    begun.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
        )
        command = [sys.executable, "-c", code, str(tmp_path / "old.bak")]
        await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False)
        assert len(list(tmp_path.glob(".old.bak.*-partial"))) == 1

        await back_up(url, tmp_path / "new.bak")

        assert not list(tmp_path.glob(".*-partial"))
        assert not (tmp_path / "old.bak").exists()

    async def test_one_that_is_being_written_is_left_to_whoever_writes_it(self, url, path, tmp_path):
        await add(url, HARBOUR)
        with new_file(tmp_path / "running.bak") as begun:
            begun.write_text("half")
            await back_up(url, tmp_path / "new.bak")
            assert begun.read_text() == "half"
            begun.write_text("whole")

        assert (tmp_path / "running.bak").read_text() == "whole"

    async def test_where_a_file_has_one_name_alone_it_is_made_all_the_same(self, url, path, tmp_path, one_name):
        await add(url, HARBOUR)
        await back_up(url, tmp_path / "b.bak")
        await add(url, MIRROR)

        done = await restore(url, tmp_path / "b.bak", replace=True)

        assert await titles(url) == {"Harbour dues rise"}
        assert await titles(f"sqlite+aiosqlite:///{done.aside}") == {"Harbour dues rise", "Reader letters"}
        with pytest.raises(FileThereError):
            await back_up(url, tmp_path / "b.bak")
        assert not list(tmp_path.glob(".*"))


async def test_another_program_s_database_is_refused(tmp_path, path):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name)")

    with pytest.raises(DamagedBackupError, match="no articles of this program"):
        await restore(f"sqlite+aiosqlite:///{path}", other, replace=True)
    await back_up(f"sqlite+aiosqlite:///{path}", tmp_path / "b.bak")
    with pytest.raises((UnreachableDatabaseError, NotEmptyError)):
        await restore(f"sqlite+aiosqlite:///{other}", tmp_path / "b.bak")
