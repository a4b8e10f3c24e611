"""One history of the schema, that ends where the tables are, and never leaves a database half-way."""

import asyncio
import os
import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from corpus_makers import HARBOUR, reading, scope, upload
from naive_names import HARBOUR as HARBOUR_NAMED
from naive_names import PAIR as PAIR_NAMED
from naive_names import naming
from sqlalchemy import create_engine, inspect

from storage import migrate, open_storage, tables
from storage.errors import BusyError, FullError, MigrationError, NewerDatabaseError, UnreachableDatabaseError
from storage.migrate import HEAD

_ROOT = Path(__file__).parents[2]

# A revision that comes after all that there will be.
NEXT = "0998"


def _open(path):
    return open_storage(f"sqlite+aiosqlite:///{path}")


def _dump(connection):
    """Everything that the file holds; a virtual table's rows are those of the tables that it is made of."""
    schema = _schema(connection)
    tables = [name for (kind, name), sql in schema.items() if kind == "table" and "VIRTUAL" not in sql]
    return schema, {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}


def _is_ours(name, *_):
    """Tell a table of ours from the full-text index, which is FTS5's own business; the desk is in its words."""
    return not (name or "").startswith("posting")


def _schema(connection):
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {(kind, name): " ".join(sql.split()) for kind, name, sql in rows}


def test_the_migrations_end_where_the_tables_are(path):
    engine = create_engine(f"sqlite:///{path}")

    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": _is_ours}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata)
    engine.dispose()

    assert differences == []


async def test_a_database_in_memory_is_created_as_the_migrations_would(path):
    async with open_storage("sqlite+aiosqlite://") as storage:
        created = await storage._database.read(lambda c: _schema(c.connection.driver_connection))

    with closing(sqlite3.connect(path)) as connection:
        assert created == _schema(connection)


def test_the_head_is_the_newest_migration():
    assert ScriptDirectory(str(migrate._SCRIPTS)).get_heads() == [HEAD]


def test_the_desk_comes_first_in_every_key_of_the_tables():
    for table in tables.metadata.tables.values():
        for constraint in table.constraints:
            names = [column.name for column in constraint.columns]
            assert names[:1] == ["desk_id"], (table.name, constraint.name)
        for index in table.indexes:
            assert index.columns.keys()[:1] == ["desk_id"], (table.name, index.name)
        for constraint in table.foreign_key_constraints:
            assert constraint.elements[0].column.name == "desk_id"


def test_the_desk_comes_first_in_every_key_of_the_live_schema(path):
    engine = create_engine(f"sqlite:///{path}")
    found = inspect(engine)

    keys = []
    for table in filter(_is_ours, set(found.get_table_names()) - {"alembic_version"}):
        keys.append(found.get_pk_constraint(table)["constrained_columns"])
        keys += [key["column_names"] for key in found.get_unique_constraints(table) + found.get_indexes(table)]
        keys += [key["constrained_columns"] for key in found.get_foreign_keys(table)]
        keys += [key["referred_columns"] for key in found.get_foreign_keys(table)]
    engine.dispose()

    assert len(keys) > 20
    assert {key[0] for key in keys} == {"desk_id"}


async def test_a_new_file_is_migrated_without_a_copy(tmp_path):
    async with _open(tmp_path / "new.db") as storage:
        assert await storage.revision() == HEAD

    assert [each.name for each in tmp_path.iterdir()] == ["new.db"]


async def test_a_start_with_nothing_to_migrate_leaves_alembic_alone(path):
    script = (
        "import asyncio, sys\n"
        "from storage import open_storage\n"
        "async def main():\n"
        f"    async with open_storage('sqlite+aiosqlite:///{path}') as storage:\n"
        "        return await storage.revision()\n"
        "print(asyncio.run(main()), 'alembic' in sys.modules)\n"
    )

    assert await _run(script) == f"{HEAD} False"


@pytest.fixture
def next_revision(monkeypatch, tmp_path):
    """A history that has one more migration, whose body a test chooses."""

    def write(body):
        scripts = tmp_path / "scripts"
        shutil.copytree(migrate._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        head = f'from alembic import op\nimport sqlalchemy as sa\nrevision = "{NEXT}"\ndown_revision = "{HEAD}"\n'
        (scripts / "versions" / f"{NEXT}_next.py").write_text(f"{head}\n\ndef upgrade():\n{lines}")
        monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
        monkeypatch.setattr(migrate, "HEAD", NEXT)

    return write


async def _fill(path):
    async with _open(path) as storage:
        return await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))


async def test_a_migration_keeps_a_copy_and_every_row(path, next_revision):
    added = await _fill(path)
    next_revision('with op.batch_alter_table("blob") as batch:\n    batch.add_column(sa.Column("kind", sa.Text))')

    async with _open(path) as storage:
        assert await storage.revision() == NEXT
        assert await storage.sentences(scope(1), added.article_ids[0])

    copy = path.with_name(f"verbatim.db.before-{NEXT}.bak")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        assert connection.execute("SELECT count(*) FROM sentence").fetchall() == [(2,)]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('op.create_table("extra", sa.Column("x", sa.Integer))\nraise RuntimeError("no luck")', "no luck"),
        ('op.create_table("extra", sa.Column("x", sa.Integer))\nop.execute("DROP TABLE nowhere")', "nowhere"),
        ('op.execute("DELETE FROM blob")', "would refer to nothing"),
    ],
)
async def test_a_failed_migration_leaves_the_database_as_it_was(path, next_revision, body, why):
    await _fill(path)
    with closing(sqlite3.connect(path)) as connection:
        before = _dump(connection)
    next_revision(body)

    with pytest.raises(MigrationError, match=why) as caught:
        async with _open(path):
            pytest.fail("it opened")

    assert f"before-{NEXT}.bak" in str(caught.value)
    with closing(sqlite3.connect(path)) as connection:
        assert _dump(connection) == before


async def test_old_copies_are_deleted_and_new_ones_kept(tmp_path):
    path = tmp_path / "data[1].db"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for name, age in (("before-0002.bak", 9), ("before-0003.bak.partial", 8), ("before-0004.bak", 6)):
        copy = tmp_path / f"{path.name}.{name}"
        copy.touch()
        os.utime(copy, ((now - timedelta(days=age)).timestamp(),) * 2)
    (tmp_path / "other.db.before-0001.bak").touch()

    async with _open(path) as storage:
        dropped = await storage.drop_copies(before=now - timedelta(days=7))

    assert dropped == 2
    assert {each.name for each in tmp_path.glob("*.bak*")} == {
        f"{path.name}.before-0004.bak",
        "other.db.before-0001.bak",
    }
    async with open_storage("sqlite+aiosqlite://") as storage:
        assert await storage.drop_copies(before=now) == 0


async def test_a_failed_first_migration_tells_of_no_copy(tmp_path, next_revision):
    next_revision('raise RuntimeError("no luck")')

    with pytest.raises(MigrationError, match=r"no luck\. Go on"):
        async with _open(tmp_path / "new.db"):
            pytest.fail("it opened")


async def test_a_full_disk_while_copying_migrates_nothing(path, next_revision, monkeypatch):
    await _fill(path)
    next_revision('op.create_table("extra", sa.Column("x", sa.Integer))')
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    monkeypatch.setattr(migrate, "_vacuum_into", lambda *_: _raise(full))

    with pytest.raises(FullError):
        async with _open(path):
            pytest.fail("it opened")

    monkeypatch.undo()
    async with _open(path) as storage:
        assert await storage.revision() == HEAD


async def test_a_second_copy_replaces_the_first(path, next_revision):
    await _fill(path)
    copy = path.with_name(f"verbatim.db.before-{NEXT}.bak")
    copy.write_text("from a try that failed")
    copy.with_name(copy.name + ".partial").write_text("from a try that was killed")
    next_revision('op.create_table("extra", sa.Column("x", sa.Integer))')

    async with _open(path):
        pass

    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert not copy.with_name(copy.name + ".partial").exists()


async def test_a_newer_database_is_refused_and_left_alone(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")

    with pytest.raises(NewerDatabaseError, match="0999"):
        async with _open(path):
            pytest.fail("it opened")

    assert not list(path.parent.glob("*.bak"))


async def test_the_database_of_another_program_is_refused(tmp_path):
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")

    with pytest.raises(UnreachableDatabaseError, match="another program"):
        async with _open(file):
            pytest.fail("it opened")


async def test_of_several_processes_that_start_at_once_one_migrates(tmp_path):
    file = tmp_path / "data" / "verbatim.db"
    script = (
        "import asyncio\n"
        "from storage import open_storage\n"
        "async def main():\n"
        f"    async with open_storage('sqlite+aiosqlite:///{file}') as storage:\n"
        "        return await storage.revision(), await storage.check()\n"
        "print(*asyncio.run(main()))\n"
    )

    answers = await asyncio.gather(*(_run(script) for _ in range(3)))

    assert answers == [f"{HEAD} ok"] * 3


async def test_a_migration_waits_for_the_lock_of_another(path, next_revision, monkeypatch):
    await _fill(path)
    next_revision('op.create_table("extra", sa.Column("x", sa.Integer))')
    monkeypatch.setattr("storage.engine._MIGRATION_LOCK_SECONDS", 0.05)

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError):
            async with _open(path):
                pytest.fail("it opened")


async def test_one_that_comes_second_finds_nothing_to_do(path):
    assert await migrate.run_migration(path, lambda c: migrate._migrate_file(c, path)) is None
    assert not list(path.parent.glob("*.bak"))


def test_the_migrations_are_part_of_the_package():
    assert op is not None
    assert (migrate._SCRIPTS / "versions").is_dir()
    assert migrate._SCRIPTS.is_relative_to(_ROOT / "storage")


def _raise(error):
    raise error


async def _run(script):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", script, stdout=asyncio.subprocess.PIPE, cwd=_ROOT
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode().strip()


@pytest.fixture
def history_until(monkeypatch, tmp_path):
    """Lets the program believe that an older revision is its newest."""

    def end(head):
        scripts = tmp_path / "older"
        shutil.copytree(migrate._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        for script in (scripts / "versions").glob("[0-9]*.py"):
            if script.name[: len(head)] > head:
                script.unlink()
        monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
        monkeypatch.setattr(migrate, "HEAD", head)

    return end


# As 0011 kept decisions, with nothing of who could read their names.
_DECIDED = (
    (1, "same", "PER", "Ines Marlow", "Inès Marlow", None),
    (2, "different", "PER", "Inès Marlow", "Aštar", "LOC"),
    (3, "rename", "ORG", "Oru Guard", "The Guard", None),
    (4, "reject", "LOC", "Aštar", "", None),
)


async def test_what_was_decided_before_readers_were_kept_holds_for_those_who_can_read_its_names(
    tmp_path, history_until, monkeypatch
):
    older = tmp_path / "older.db"
    history_until("0011")
    async with _open(older) as storage:
        for audience, file in ((1, HARBOUR_NAMED), (2, PAIR_NAMED), (3, HARBOUR_NAMED), (3, PAIR_NAMED)):
            await storage.add(scope(audience), upload(file, audience), naming(file))
    with closing(sqlite3.connect(older)) as connection:
        sql = "INSERT INTO decision (desk_id, decision_id, verdict, type, one, other, other_type, made_by, made_at) "
        connection.executemany(f"{sql} VALUES (1, ?, ?, ?, ?, ?, ?, 900, 0)", _DECIDED)
        connection.commit()
    monkeypatch.undo()

    async with _open(older) as storage:
        held = {
            audiences: {one.decision_id for one in await storage.decisions(scope(*audiences))}
            for audiences in ((1,), (2,), (3,), (1, 2), (4,))
        }
        await storage.add(scope(4), upload(PAIR_NAMED, 4), naming(PAIR_NAMED))
        later = await storage.decisions(scope(4))

    # The first file names Ines Marlow and the guard, the second all of them.
    assert held == {(1,): {3}, (2,): {1, 2, 3, 4}, (3,): {1, 2, 3, 4}, (1, 2): {1, 2, 3, 4}, (4,): set()}
    assert later == ()
    with closing(sqlite3.connect(older)) as connection:
        rows = connection.execute("SELECT decision_id, place, audience_id FROM decision_reader ORDER BY 1, 2, 3")
        assert rows.fetchall() == [
            *((1, 0, 1), (1, 0, 2), (1, 0, 3), (1, 1, 2), (1, 1, 3)),
            *((2, 0, 2), (2, 0, 3), (2, 1, 2), (2, 1, 3)),
            *((3, 0, 1), (3, 0, 2), (3, 0, 3)),
            *((4, 0, 2), (4, 0, 3)),
        ]
