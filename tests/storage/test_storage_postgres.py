"""What only a server can do to a program: refuse it, cut it off, stop its statements, let others write beside it."""

import asyncio
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from corpus_makers import BUNDLE, HARBOUR, MIRROR, reading, scope, upload, whole
from postgres_server import PASSWORD, give, postgres, start, stop
from sqlalchemy import event
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from storage import migrate, open_storage, tables
from storage.backup import back_up, restore
from storage.connecting import open_database
from storage.errors import (
    AwayError,
    BusyError,
    DatabaseUrlError,
    FailedDatabaseError,
    FullError,
    MigrationError,
    MissingDriverError,
    NewerDatabaseError,
    UncertainError,
    UnreachableDatabaseError,
)
from storage.looking import look
from storage.migrate import HEAD
from storage.postgres import line
from storage.postgres.engine import READERS, WRITERS
from summariser.model import Signature

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def _sleep(connection):
    connection.execute(sql("SELECT pg_sleep(60)"))


def _write_then_sleep(connection):
    connection.execute(sql("INSERT INTO desk (desk_id) VALUES (99)"))
    _sleep(connection)


def _desks(connection):
    return connection.execute(sql("SELECT count(*) FROM desk WHERE desk_id = 99")).scalar()


def _running(connection):
    return connection.execute(
        sql(
            "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() AND query LIKE :q"
        ),
        {"q": "%pg_sleep%"},
    ).scalar()


@pytest.fixture
async def storage(server_url):
    async with open_storage(server_url) as opened:
        yield opened


class TestStopping:
    async def test_the_server_stops_what_a_cancelled_caller_asked_for(self, storage):
        task = asyncio.create_task(storage._database.write(_write_then_sleep))
        await asyncio.sleep(0.2)
        assert await storage._database.read(_running) == 1

        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        assert await storage._database.read(_running) == 0
        assert await storage._database.read(_desks) == 0

    async def test_what_is_over_its_time_limit_is_stopped_and_its_connection_kept(self, storage):
        await storage._database.read(_desks)
        [kept] = storage._database._readers._idle
        before = kept._sql

        with pytest.raises(BusyError):
            await storage._database.read(_sleep, seconds=0.1)

        assert storage._database._readers._idle == [kept]
        assert kept._sql is before

    async def test_connections_are_bounded_and_who_waits_too_long_is_told(self, storage):
        reading_ = [asyncio.create_task(storage._database.read(_sleep)) for _ in range(READERS)]
        await asyncio.sleep(0.2)

        with pytest.raises(BusyError):
            await storage._database.read(_desks, seconds=0.05)

        for task in reading_:
            task.cancel()
        await asyncio.gather(*reading_, return_exceptions=True)
        assert len(storage._database._readers._idle) == READERS

    async def test_a_reader_cannot_write(self, storage):
        with pytest.raises(FailedDatabaseError, match="read-only"):
            await storage._database.read(lambda c: c.execute(sql("INSERT INTO desk (desk_id) VALUES (99)")))

    async def test_a_failed_statement_that_is_passed_over_is_a_bug(self, storage):
        def pass_over(connection):
            try:
                connection.execute(sql("SELECT * FROM nowhere"))
            except Exception:  # noqa: BLE001  the slip that is looked for
                return

        with pytest.raises(RuntimeError, match="passed over"):
            await storage._database.write(pass_over)

    async def test_one_that_is_passed_over_in_reading_shows_in_what_comes_next_and_then_is_over(self, storage):
        def pass_over(connection):
            with suppress(DBAPIError):
                connection.execute(sql("SELECT * FROM nowhere"))

        await storage._database.read(pass_over)

        with pytest.raises(RuntimeError, match="passed over"):
            await storage._database.read(_desks)
        assert await storage._database.read(_desks) == 0

    async def test_a_connection_that_is_cut_after_reading_is_replaced(self, storage):
        me = await storage._database.read(lambda c: c.execute(sql("SELECT pg_backend_pid()")).scalar_one())
        await storage._database.write(lambda c: c.execute(sql("SELECT pg_terminate_backend(:me)"), {"me": me}).all())

        other = await storage._database.read(lambda c: c.execute(sql("SELECT pg_backend_pid()")).scalar_one())

        assert other != me

    async def test_one_that_was_only_read_in_has_ended_when_the_next_begins_and_when_all_is_closed(self, server_url):
        async with open_storage(server_url) as storage:
            begun = [await storage._database.read(lambda c: c.execute(sql("SELECT now()")).scalar()) for _ in range(5)]
            [line] = storage._database._readers._idle

        assert begun == sorted(set(begun))
        assert line._ending is None


class TestWriters:
    async def test_one_writes_to_a_desk_at_a_time_and_others_to_theirs(self, server_url):
        async with open_storage(server_url, seconds=2) as storage, open_storage(server_url, seconds=2) as other:
            holding = asyncio.create_task(storage._database.write(_write_then_sleep, desk=1, seconds=30))
            await asyncio.sleep(0.2)

            with pytest.raises(BusyError):
                await other.add(scope(1), upload(HARBOUR), reading(HARBOUR))
            with pytest.raises(BusyError):
                await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
            assert await other.add(scope(1, desk=2), upload(HARBOUR), reading(HARBOUR))

            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)
            assert storage._database._desks == {}

    async def test_who_waits_for_a_desk_holds_no_connection(self, storage):
        holding = asyncio.create_task(storage._database.write(_sleep, desk=1, seconds=30))
        await asyncio.sleep(0.1)
        waiting = [asyncio.create_task(storage._database.write(_desks, desk=1)) for _ in range(2 * WRITERS)]
        await asyncio.sleep(0.1)

        added = await storage.add(scope(1, desk=2), upload(HARBOUR), reading(HARBOUR))

        assert added.article_ids
        for task in (holding, *waiting):
            task.cancel()
        await asyncio.gather(holding, *waiting, return_exceptions=True)

    async def test_what_is_of_no_desk_has_the_database_to_itself(self, server_url):
        async with open_storage(server_url, seconds=2) as storage, open_storage(server_url) as other:
            holding = asyncio.create_task(other._database.write(_sleep, desk=1, seconds=30))
            await asyncio.sleep(0.2)

            with pytest.raises(BusyError):
                await storage.empty_trash(before=NOW)
            assert await storage.claim_deliveries("one", now=NOW, lease=timedelta(minutes=1), limit=5) == ()

            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)

    async def test_changes_made_at_once_from_two_processes_are_all_kept(self, server_url):
        def more(found):
            return replace(found, watched=found.watched | {len(found.watched) + 1})

        async with open_storage(server_url) as storage, open_storage(server_url) as other:
            both = [storage, other] * 10
            await asyncio.gather(*(one.change_settings(1, more, changed_by=9, now=NOW) for one in both))

            assert (await storage.settings(1)).watched == frozenset(range(1, 21))

    async def test_two_that_lock_each_other_out_are_done_one_after_the_other(self, storage):
        def lock(first, second):
            def work(connection):
                connection.execute(sql(f"UPDATE desk SET left_at = 0 WHERE desk_id = {first}"))
                connection.execute(sql("SELECT pg_sleep(0.2)"))
                connection.execute(sql(f"UPDATE desk SET left_at = 0 WHERE desk_id = {second}"))
                return first

            return storage._database.write(work, rows=True, seconds=10)

        await storage._database.write(lambda c: c.execute(sql("INSERT INTO desk (desk_id) VALUES (1), (2)")))

        assert await asyncio.gather(lock(1, 2), lock(2, 1)) == [1, 2]

    async def test_reads_see_one_state_however_many_statements_they_have(self, storage):
        def read_twice(connection):
            first = _desks(connection)
            connection.execute(sql("SELECT pg_sleep(0.4)"))
            return first, _desks(connection)

        task = asyncio.create_task(storage._database.read(read_twice))
        await asyncio.sleep(0.1)
        await storage._database.write(lambda c: c.execute(sql("INSERT INTO desk (desk_id) VALUES (99)")))

        assert await task == (0, 0)

    async def test_only_what_is_kept_durably_waits_for_the_disk(self, storage):
        def manner(connection):
            return connection.execute(sql("SHOW synchronous_commit")).scalar()

        assert await storage._database.write(manner) == "off"
        assert await storage._database.write(manner, durably=True) == "on"


STOPPED = """
import asyncio, sys, time
from sqlalchemy import text
from storage import open_storage
from storage.errors import AwayError, BusyError

def work(connection):
    connection.execute(text("INSERT INTO desk (desk_id) VALUES (99)"))
    print("in the middle", flush=True)
    time.sleep(2)
    connection.execute(text("SELECT 1"))

async def run():
    async with open_storage(sys.argv[1]) as storage:
        try:
            await storage._database.write(work, desk=1, seconds=1)
        except (AwayError, BusyError) as error:
            print(type(error).__name__, flush=True)

asyncio.run(run())
"""


class TestStopped:
    async def test_a_process_that_hangs_with_a_desk_s_lock_is_cut_off(self, server_url):
        command = [sys.executable, "-c", STOPPED, server_url]
        hung = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
        assert hung.stdout
        assert await hung.stdout.readline() == b"in the middle\n"
        hung.send_signal(signal.SIGSTOP)

        async with open_storage(server_url, seconds=10) as storage:
            assert await storage.add(scope(1, desk=1), upload(HARBOUR), reading(HARBOUR))

            hung.send_signal(signal.SIGCONT)
            assert (await hung.stdout.read()).decode().split() in (["AwayError"], ["BusyError"])
            assert await hung.wait() == 0
            assert await storage._database.read(_desks) == 0

    async def test_every_session_has_limits_on_what_it_waits_for(self, storage):
        def limits(connection):
            names = "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"
            return [connection.execute(sql(f"SHOW {name}")).scalar() for name in names]

        assert await storage._database.write(limits, seconds=5) == ["4500ms", "4500ms", "5s"]
        assert await storage._database.read(limits, seconds=5) == ["4500ms", "4500ms", "5s"]


class TestWays:
    async def test_adding_takes_few_ways_to_the_server_however_long_an_article_is(self, storage):
        asked = []
        event.listen(
            storage._database._engine.sync_engine, "before_cursor_execute", lambda *told: asked.append(told[2])
        )
        counts = []
        for number, file in enumerate((HARBOUR, BUNDLE, MIRROR)):
            asked.clear()
            await storage.add(scope(1), upload(file, created_at=NOW + timedelta(days=number)), reading(file))
            counts.append(len(asked))

        assert counts == [5, 4, 4]

    async def test_texts_are_packed_so_that_they_are_unpacked_quickly(self, storage):
        def packing(connection):
            known = "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
            return connection.execute(sql(known)).scalar(), connection.execute(
                sql("SHOW default_toast_compression")
            ).scalar()

        known, used = await storage._database.write(packing)

        assert used == ("lz4" if known else "pglz")


class TestSeveralDesks:
    async def test_who_writes_to_several_has_each_to_itself_and_leaves_the_others(self, server_url):
        async with open_storage(server_url, seconds=2) as storage, open_storage(server_url, seconds=2) as other:
            holding = asyncio.create_task(other._database.write(_sleep, desk={3, 1}, seconds=30))
            await asyncio.sleep(0.3)

            assert await storage._database.write(_desks, desk={2, 4}) == 0
            for met in ({1}, {3, 2}, 3):
                with pytest.raises(BusyError):
                    await storage._database.write(_desks, desk=met)

            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)
            assert other._database._desks == {}

    async def test_nobody_waits_in_a_circle(self, server_url):
        async with open_storage(server_url) as storage, open_storage(server_url) as other:
            ways = [(one, desks) for one in (storage, other) for desks in ([1, 2, 3], [3, 2, 1], [2, 3])] * 4

            done = await asyncio.gather(*(one._database.write(_desks, desk=desks) for one, desks in ways))

        assert done == [0] * len(ways)


@pytest.fixture(scope="module")
def secret():
    """A server that answers to encrypted connections alone, with a certificate of its own."""
    with postgres(_certify) as server:
        server.run("CREATE DATABASE news")
        yield server


class TestSecrecy:
    @pytest.mark.parametrize("mode", ["ssl=require", "ssl=verify-full"])
    async def test_the_bot_its_backups_and_its_restores_are_encrypted(self, secret, mode, tmp_path, monkeypatch):
        monkeypatch.setenv("PGSSLROOTCERT", str(secret.folder / "server.crt"))
        url = f"{secret.loopback('news')}?{mode}"
        async with open_storage(url) as storage:
            await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
            assert await storage._database.read(_encrypted)

        await back_up(url, tmp_path / "a.bak")
        await restore(url, tmp_path / "a.bak", replace=True)

        async with open_storage(url) as storage:
            assert await storage.count(whole()) == 1

    async def test_one_that_is_not_encrypted_is_refused_in_a_sentence(self, secret, tmp_path):
        url = f"{secret.loopback('news')}?ssl=disable"

        with pytest.raises(UnreachableDatabaseError, match="no encryption"):
            async with open_storage(url):
                pytest.fail("it opened")
        with pytest.raises(FailedDatabaseError, match="no encryption"):
            await back_up(url, tmp_path / "b.bak")

    async def test_a_server_that_is_another_gets_no_password(self, secret, tmp_path, monkeypatch):
        command = _certificate(tmp_path / "other.key", tmp_path / "other.crt")
        await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
        monkeypatch.setenv("PGSSLROOTCERT", str(tmp_path / "other.crt"))
        url = f"{secret.loopback('news')}?ssl=verify-full"

        with pytest.raises(UnreachableDatabaseError, match="certificate"):
            async with open_storage(url):
                pytest.fail("it opened")
        with pytest.raises(FailedDatabaseError, match="certificate"):
            await back_up(url, tmp_path / "b.bak")


def _certify(folder):
    key, certificate = folder / "server.key", folder / "server.crt"
    subprocess.run(_certificate(key, certificate), check=True, capture_output=True)
    key.chmod(0o600)
    hosts = folder / "data" / "pg_hba.conf"
    hosts.write_text("local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
    for one in (key, certificate, hosts):
        give(one)
    return {"ssl": "on", "ssl_key_file": str(key), "ssl_cert_file": str(certificate)}


def _certificate(key, certificate):
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", str(key), "-out", str(certificate)]
    return ["openssl", "req", "-x509", "-nodes", "-days", "2", *named, *made]


def _encrypted(connection):
    return connection.execute(sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).scalar()


class TestAway:
    async def test_a_cut_connection_is_opened_again(self, storage, server):
        await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
        server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'verbatim'")

        assert await storage.count(whole()) == 1
        assert await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

    async def test_a_connection_that_is_being_cut_is_opened_again(self, storage, monkeypatch):
        await storage.count(whole())
        execute, refused = asyncpg.Connection.execute, []

        async def in_farewell(driver, statement, *values, **options):
            if not refused:
                refused.append(statement)
                raise asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress")
            return await execute(driver, statement, *values, **options)

        monkeypatch.setattr(asyncpg.Connection, "execute", in_farewell)

        assert await storage.count(whole()) == 0
        assert refused[0].startswith("BEGIN")

    async def test_one_cut_in_the_middle_of_its_work_has_changed_nothing(self, storage, server):
        task = asyncio.create_task(storage._database.write(_write_then_sleep))
        await asyncio.sleep(0.2)

        server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'verbatim'")

        with pytest.raises(AwayError, match="nothing was changed"):
            await task
        assert await storage._database.read(_desks) == 0

    async def test_one_cut_while_it_is_being_kept_is_told_that_nobody_knows(self, storage, monkeypatch):
        async def cut(*_):
            raise UncertainError from ConnectionResetError()

        monkeypatch.setattr(line.Line, "_commit", cut)

        with pytest.raises(UncertainError, match="Look before"):
            await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

    async def test_a_server_that_is_away_for_a_while_is_told_of_and_used_again_by_itself(self):
        with postgres() as server:
            async with open_storage(server.url("postgres"), seconds=5) as storage:
                await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
                stop(server, signal.SIGQUIT)
                with pytest.raises(AwayError, match="Try again in a minute"):
                    await storage.count(whole())
                with pytest.raises(AwayError):
                    await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

                again = start(server.folder, server.port)
                try:
                    assert await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
                    assert await storage.count(whole()) >= 2
                finally:
                    stop(again)

    async def test_a_full_disk_changes_nothing(self, storage, server):
        def fill(connection):
            connection.execute(sql("INSERT INTO desk (desk_id) VALUES (99)"))
            connection.execute(sql("DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"))

        with pytest.raises(FullError):
            await storage._database.write(fill)

        assert await storage._database.read(_desks) == 0


class TestOpening:
    async def test_a_wrong_password_is_told_and_not_repeated(self, server):
        with pytest.raises(UnreachableDatabaseError, match="password authentication failed") as caught:
            async with open_storage(server.loopback("migrated", "hunter2")):
                pytest.fail("it opened")

        told = "".join(map(str, _chain(caught.value)))
        assert "hunter2" not in told
        assert "its password" in str(caught.value)

    async def test_the_right_password_opens_it(self, server, server_url):
        async with open_storage(server.loopback("shared")) as storage:
            assert await storage.revision() == HEAD
            assert PASSWORD not in storage._database.where

    async def test_a_database_that_is_not_there_is_told(self, server):
        with pytest.raises(UnreachableDatabaseError, match='database "nowhere" does not exist'):
            async with open_storage(server.url("nowhere")):
                pytest.fail("it opened")

    @pytest.mark.parametrize("url", ["127.0.0.1:1/news", "no.such.host.invalid/news"])
    async def test_a_server_that_is_not_there_is_told(self, url):
        with pytest.raises(UnreachableDatabaseError, match=r"Check DATABASE_URL, that the server runs"):
            async with open_storage(f"postgresql+asyncpg://desk:hunter2@{url}"):
                pytest.fail("it opened")

    async def test_an_old_server_is_refused(self, server_url, monkeypatch):
        monkeypatch.setattr(line, "OLDEST", 99)

        with pytest.raises(UnreachableDatabaseError, match=r"PostgreSQL 1\d\.\d+, and 99 is the oldest"):
            async with open_storage(server_url):
                pytest.fail("it opened")

    async def test_a_missing_driver_is_told_with_what_brings_it(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "asyncpg", None)
        for name in [name for name in sys.modules if name.startswith("storage.postgres.")]:
            if name.rpartition(".")[2] in {"engine", "edge", "line"}:
                monkeypatch.delitem(sys.modules, name)

        with pytest.raises(MissingDriverError, match=re.escape("pip install 'verbatim-desk[postgres]'")) as caught:
            open_database("postgresql+asyncpg://localhost/news", seconds=1)

        assert isinstance(caught.value, DatabaseUrlError)

    async def test_the_tables_of_another_program_are_left_alone(self, server):
        server.run("CREATE DATABASE cookery")
        server.run("CREATE TABLE recipes (name text)", database="cookery")

        with pytest.raises(UnreachableDatabaseError, match="another program"):
            async with open_storage(server.url("cookery")):
                pytest.fail("it opened")

        assert server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database="cookery") == "1"

    async def test_a_newer_database_is_refused(self, make_server_url, server):
        url = make_server_url()
        server.run("UPDATE alembic_version SET version_num = '0999'", database=_name(url))

        with pytest.raises(NewerDatabaseError, match="0999"):
            async with open_storage(url):
                pytest.fail("it opened")

    async def test_of_several_that_start_at_once_one_makes_the_tables(self, server):
        server.run("CREATE DATABASE fresh")

        async def open_it():
            async with open_storage(server.url("fresh"), seconds=30) as storage:
                return await storage.revision(), await storage.check()

        assert await asyncio.gather(*(open_it() for _ in range(3))) == [(HEAD, "ok")] * 3

    async def test_a_failed_beginning_leaves_the_database_empty(self, server, monkeypatch):
        def fail(_):
            raise FullError

        server.run("CREATE DATABASE unlucky")
        monkeypatch.setattr(migrate.watching, "create", fail)

        with pytest.raises(FullError):
            async with open_storage(server.url("unlucky")):
                pytest.fail("it opened")

        assert server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database="unlucky") == "0"


class TestMigrating:
    @pytest.fixture
    def next_revision(self, monkeypatch, tmp_path):
        """A history that has one more migration, whose body a test chooses."""

        def write(body):
            scripts = tmp_path / "scripts"
            shutil.copytree(migrate._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
            head = f'from alembic import op\nimport sqlalchemy as sa\nrevision = "0998"\ndown_revision = "{HEAD}"\n'
            (scripts / "versions" / "0998_next.py").write_text(f"{head}\n\ndef upgrade():\n    {body}\n")
            monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
            monkeypatch.setattr(migrate, "HEAD", "0998")

        return write

    async def test_of_several_one_migrates_and_every_row_stays(self, make_server_url, next_revision):
        url = make_server_url()
        async with open_storage(url) as storage:
            added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
        next_revision('op.add_column("blob", sa.Column("kind", sa.Text))')

        async def open_it():
            async with open_storage(url, seconds=30) as storage:
                assert await storage.sentences(scope(1), added.article_ids[0])
                return await storage.revision()

        assert await asyncio.gather(open_it(), open_it()) == ["0998"] * 2

    async def test_a_database_of_0013_learns_which_articles_are_copies(self, make_server_url, server):
        url = make_server_url()
        columns = "SELECT attname FROM pg_attribute WHERE attrelid = 'signature'::regclass AND attnum > 0 ORDER BY 1"
        indexes = "SELECT indexdef FROM pg_indexes WHERE tablename IN ('signature', 'twin') ORDER BY indexname"
        file = replace(reading(HARBOUR), signatures=(Signature(2, (1, 2)),))
        async with open_storage(url) as storage:
            one = await storage.add(scope(1), upload(HARBOUR), file)
        today = server.run(indexes, database=_name(url))
        for statement in (
            "DROP TABLE twin, follower",
            "DROP FUNCTION feed_followed, feed_moved, feed_left CASCADE",
            "ALTER TABLE signature DROP COLUMN paired",
            "UPDATE alembic_version SET version_num = '0013'",
        ):
            server.run(statement, database=_name(url))

        async with open_storage(url) as storage:
            found = await storage.pair_some()
            kept = await storage.sentences(scope(1), one.article_ids[0])

        assert (found, bool(kept)) == (False, True)
        assert server.run(indexes, database=_name(url)) == today
        assert "paired" in server.run(columns, database=_name(url))

    async def test_a_failed_migration_leaves_the_database_as_it_was(self, make_server_url, next_revision, server):
        url = make_server_url()
        next_revision('op.add_column("blob", sa.Column("kind", sa.Text)); raise RuntimeError("no luck")')

        with pytest.raises(MigrationError, match="no luck"):
            async with open_storage(url):
                pytest.fail("it opened")

        kinds = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'blob'::regclass AND attname = 'kind'"
        told = f"SELECT version_num, ({kinds}) FROM alembic_version"
        assert server.run(told, database=_name(url)) == f"{HEAD}|0"


class TestLooking:
    async def test_it_tells_how_a_database_stands(self, server_url):
        found = await look(server_url)

        assert (found.revision, found.verdict, found.path) == (HEAD, "ok", None)
        assert "shared" in found.server

    async def test_an_empty_database_has_no_revision_and_stays_empty(self, server):
        server.run("CREATE DATABASE vacant")

        assert (await look(server.url("vacant"))).revision is None

        assert server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database="vacant") == "0"

    async def test_an_index_that_does_not_hold_is_told(self, make_server_url, server):
        url = make_server_url()
        mark = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_upload_desk_id_message_id'::regclass"
        server.run(mark, database=_name(url))

        assert (await look(url)).verdict == "index ix_upload_desk_id_message_id is not valid"

    async def test_a_server_that_is_not_there_is_told(self):
        with pytest.raises(UnreachableDatabaseError, match="nobody answers there"):
            await look("postgresql+asyncpg://desk:hunter2@127.0.0.1:1/news")


class TestSchema:
    async def test_every_text_is_ordered_by_its_letters_numbers(self, server, server_url):
        told = server.run(
            "SELECT attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_collation o ON o.oid = a.attcollation WHERE c.relkind IN ('r', 'p') "
            "AND c.relnamespace = 'public'::regnamespace AND collname <> 'C' AND relname <> 'alembic_version'",
            database="shared",
        )

        assert told == ""

    async def test_the_desk_comes_first_in_every_key(self, server, server_url):
        told = server.run(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_attribute a "
            "ON a.attrelid = i.indexrelid AND a.attnum = 1 WHERE c.relnamespace = 'public'::regnamespace "
            "AND a.attname <> 'desk_id' AND c.relname <> 'alembic_version_pkc' AND i.indisunique",
            database="shared",
        )

        assert told == ""

    def test_every_partial_index_is_one_on_both_engines(self):
        for table in tables.metadata.tables.values():
            for index in table.indexes:
                options = index.dialect_options
                where = options["sqlite"].get("where"), options["postgresql"].get("where")
                assert str(where[0]) == str(where[1]), index.name


def _name(url):
    return url.partition("@/")[2].partition("?")[0]


def _chain(error):
    while error is not None:
        yield repr(error), str(error)
        error = error.__cause__ or error.__context__
