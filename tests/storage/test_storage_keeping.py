"""What whoever runs the program forgets for good: nothing is left in the files, nor in copies made of them."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from corpus_makers import File, reading, upload
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from storage import open_storage, tables
from storage.backup import back_up, restore
from storage.base import KeptActions, Scope, Search
from storage.errors import InUseError, UnknownDeskError
from storage.keeping import open_keeper
from storage.query import parse

GUILD, OTHER = 4_000_000_000_000, 4_000_000_000_001
ANA, BEN = 555_000_000_000_001, 555_000_000_000_002
NOW = datetime(2026, 3, 4, tzinfo=UTC)


def file_of(word):
    told = (f"The {word} of Vell was seen.", "Nobody knows more.")
    return File(f"{word}.txt", ((f"About {word}", told),))


MINE, PRIVATE, THEIRS = file_of("quillwort"), file_of("xylophage"), file_of("harbourseal")


def silent(_):
    pass


@pytest.fixture
def url(path):
    return f"sqlite+aiosqlite:///{path}"


@asynccontextmanager
async def keeper_of(url):
    async with open_keeper(url) as keeper:
        yield keeper


async def fill(url):
    """Let a person bring things to two servers and to the own desk, and another person to one of them."""
    async with open_storage(url) as storage:
        for desk, file, person in ((GUILD, MINE, ANA), (OTHER, MINE, ANA), (-ANA, PRIVATE, ANA), (GUILD, THEIRS, BEN)):
            await storage.add(Scope(desk, person, None), upload(file, desk, uploader_id=person), reading(file))
        kept = KeptActions(1, ANA, ({"name": "x", "options": {}},), NOW + timedelta(days=30))
        await storage.keep_actions(OTHER, kept)
        # A button under what that server sent to one person.
        elsewhere = {"name": "y", "options": {"said": "harbourmaster"}, "who": None, "desk": OTHER}
        await storage.keep_actions(-BEN, replace(kept, actions_id=2, owner_id=BEN, requests=(elsewhere,)))


async def found(url, word):
    async with open_storage(url) as storage:
        return [
            (await storage.search(Scope(desk, ANA, None), Search(parse(word)))).total for desk in (GUILD, OTHER, -ANA)
        ]


async def named(url, *said):
    """Return where one of these stands in a table."""

    def read(connection):
        return {
            f"{table.name}.{name}"
            for table in tables.metadata.sorted_tables
            for row in connection.execute(select(table)).mappings()
            for name, value in row.items()
            if value in said or any(str(one) in json.dumps(value, default=str) for one in said)
        }

    async with open_storage(url) as storage:
        return await storage._database.read(read)


def holding(folder: Path, word: str):
    """Return the files of a folder that hold a word, also with its desk's mark before it, as the index has it."""
    return {one.name for one in folder.iterdir() if word.encode() in one.read_bytes()}


@pytest.mark.trust("forget-everywhere")
async def test_a_person_is_forgotten_in_every_desk_and_in_backups_made_afterwards(url, tmp_path):
    await fill(url)

    async with keeper_of(url) as keeper:
        done = await keeper.forget_user(ANA, begins=silent, told=silent)

    await back_up(url, tmp_path / "after.bak")
    assert (done.desks, done.uploads, done.swept) == (3, 3, True)
    assert await named(url, ANA, -ANA, "quillwort", "xylophage") == set()
    assert await found(url, "quillwort") == [0, 0, 0]
    assert await found(url, "harbourseal") == [1, 0, 0]
    for word in ("quillwort", "xylophage"):
        assert holding(tmp_path, word) == set()
    assert holding(tmp_path, "harbourseal") == {"after.bak", "verbatim.db"}


async def test_while_the_bot_runs_its_log_holds_nothing_either(url, tmp_path):
    await fill(url)
    async with open_storage(url) as running:
        await running.search(Scope(GUILD, ANA, None), Search(parse("quillwort")))

        async with keeper_of(url) as keeper:
            done = await keeper.forget_user(ANA, begins=silent, told=silent)

        assert done.swept
        assert {one.name for one in tmp_path.iterdir()} >= {"verbatim.db", "verbatim.db-wal"}
        assert holding(tmp_path, "quillwort") == set()


async def test_on_a_server_nothing_is_left_for_its_readers_and_copies_are_named(make_server_url, server, tmp_path):
    url = make_server_url()
    name = make_url(url).database
    await fill(url)
    await back_up(url, tmp_path / "before.bak")
    restored = await restore(url, tmp_path / "before.bak", replace=True)

    async with keeper_of(url) as keeper:
        done = await keeper.forget_user(ANA, begins=silent, told=silent)

    assert (done.desks, done.uploads, done.swept, done.on_server) == (3, 3, True, True)
    assert done.copies == (restored.aside,)
    assert await named(url, ANA, -ANA, "quillwort", "xylophage") == set()
    assert "quillwort" not in indexed_words(server, name)
    assert "harbourseal" in indexed_words(server, name)
    server.run(f'DROP DATABASE "{restored.aside.split("“")[1].rstrip("”")}"')


async def test_what_a_reader_keeps_from_being_freed_is_told(make_server_url, monkeypatch):
    monkeypatch.setattr("storage.postgres.admin._LOOKS", 2)
    url = make_server_url()
    await fill(url)
    async with open_storage(url) as running:
        reading_ = asyncio.create_task(
            running._database.read(lambda c: c.execute(text("SELECT pg_sleep(30)")), seconds=40)
        )
        await asyncio.sleep(0.3)

        async with keeper_of(url) as keeper:
            done = await keeper.forget_whole_desk(OTHER)

        assert not done.swept
        reading_.cancel()
        await asyncio.gather(reading_, return_exceptions=True)


def indexed_words(server, database):
    """The letters in the pages of the index of words."""
    server.run("CREATE EXTENSION IF NOT EXISTS pageinspect", "CHECKPOINT", database=database)
    size = int(server.run("SELECT pg_relation_size('ix_posting_words') / 8192", database=database))
    page = "SELECT encode(get_raw_page('ix_posting_words', {}), 'escape')"
    return "".join(server.run(page.format(number), database=database) for number in range(size))


@pytest.mark.trust("forget-desk")
async def test_a_desk_is_forgotten_with_everything_in_it(url, tmp_path):
    await fill(url)

    async with keeper_of(url) as keeper:
        done = await keeper.forget_whole_desk(OTHER)

    assert (done.desks, done.uploads) == (1, 1)
    assert await named(url, OTHER) == set()
    assert await found(url, "quillwort") == [1, 0, 0]


async def test_a_desk_that_is_not_there_is_named(url):
    async with keeper_of(url) as keeper:
        with pytest.raises(UnknownDeskError, match=str(OTHER)):
            await keeper.forget_whole_desk(OTHER)


async def test_copies_made_before_are_named(url, path, tmp_path):
    await fill(url)
    await back_up(url, tmp_path / "before.bak")
    done = await restore(url, tmp_path / "before.bak", replace=True)

    async with keeper_of(url) as keeper:
        forgotten = await keeper.forget_user(ANA, begins=silent, told=silent)

    assert forgotten.copies == (done.aside,)
    assert holding(tmp_path, "quillwort") == {"before.bak", Path(done.aside).name}


async def test_on_a_server_nothing_is_left_in_tables_or_backups(make_server_url, server, tmp_path):
    url = make_server_url()
    await fill(url)

    async with keeper_of(url) as keeper:
        done = await keeper.forget_user(ANA, begins=silent, told=silent)

    assert done.swept
    assert await named(url, ANA, -ANA, "quillwort", "xylophage") == set()
    assert await found(url, "quillwort") == [0, 0, 0]
    assert await found(url, "harbourseal") == [1, 0, 0]


async def test_forgetting_twice_finds_nothing(url):
    await fill(url)

    async with keeper_of(url) as keeper:
        await keeper.forget_user(ANA, begins=silent, told=silent)
        done = await keeper.forget_user(ANA, begins=silent, told=silent)

    assert (done.desks, done.uploads) == (0, 0)


@pytest.fixture(params=["url", "server_url"])
def either_url(request):
    """A database of each engine."""
    return request.getfixturevalue(request.param)


async def test_what_must_have_the_database_to_itself_is_refused_while_a_bot_has_it(either_url):
    async with open_storage(either_url):
        with pytest.raises(InUseError, match="Stop the bot"):
            async with open_keeper(either_url, alone=True):
                pytest.fail("it opened")

    async with open_keeper(either_url, alone=True) as keeper:
        assert keeper is not None
