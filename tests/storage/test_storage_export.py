"""Exports: what is written out comes back whole, whatever stops it, and a file that is not whole changes nothing."""

import asyncio
import io
import json
import random
import zipfile
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256

import pytest
from corpus_makers import BUNDLE, HARBOUR, NOON, detailed, reading, upload, whole
from full_desk import EVERYTHING, LATER, everything, fill
from hidden_world import (
    ASKER,
    DESK,
    FILES,
    NEWS,
    PLACES,
    PRIVATE,
    RIVAL,
    Bring,
    Correct,
    Restore,
    Share,
    Trash,
    Withdraw,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from storage import open_storage, parts, tables
from storage.archive import open_archive
from storage.base import Drop, Edit, Scope, Search
from storage.errors import (
    DamagedArchiveError,
    DeskTakenError,
    FileThereError,
    ForeignArchiveError,
    NewerArchiveError,
    NothingToExportError,
    StorageError,
    TooLargeExportError,
    UsedMeanwhileError,
)
from storage.keeping import Keeper, open_keeper
from storage.query import parse

MEMORY = "sqlite+aiosqlite://"


def silent(_):
    pass


async def written(storage, path, only=None):
    await Keeper(storage._database, MEMORY).write_out(path, only=only, begins=silent, told=silent)
    return path


async def taken_in(storage, path):
    return await Keeper(storage._database, MEMORY).read_in(path, begins=silent, told=silent)


@asynccontextmanager
async def filled(*steps):
    async with open_storage(MEMORY) as storage:
        await fill(storage, *steps)
        yield storage


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A full database, made once, with what stands in it and its exports: of all, and of one desk."""
    folder = tmp_path_factory.mktemp("made")

    async def make():
        async with open_storage(f"sqlite+aiosqlite:///{folder}/full.db") as storage:
            await fill(storage)
            await written(storage, folder / "all.zip")
            await written(storage, folder / "rival.zip", only=RIVAL)
            return await everything(storage)

    return folder, asyncio.run(make())


@pytest.fixture
def held(made):
    """What stands in the full database."""
    return made[1]


@pytest.fixture
async def source(made, tmp_path):
    """The full database, for what reads it alone."""
    path = tmp_path / "full.db"
    path.write_bytes((made[0] / "full.db").read_bytes())
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        yield storage


@pytest.fixture
def archive(made, tmp_path):
    """Its export."""
    (tmp_path / "archive").mkdir()
    return _copied(made, "all.zip", tmp_path / "archive")


@pytest.fixture
def rival(made, tmp_path):
    """The export of one of its desks."""
    return _copied(made, "rival.zip", tmp_path)


def _copied(made, name, folder):
    path = folder / name
    path.write_bytes((made[0] / name).read_bytes())
    return path


def test_every_table_is_written_out_or_built_anew():
    written_out = {part.table.name for part in parts.PARTS}

    assert written_out | parts.REBUILT.keys() | parts.THE_PROGRAMS_OWN.keys() == tables.metadata.tables.keys()
    assert not written_out & parts.REBUILT.keys()


class TestWhole:
    def test_what_is_tried_has_something_in_every_table(self, held):
        assert [name for name, rows in held.items() if not rows] == []

    @pytest.mark.trust("export-whole")
    async def test_everything_comes_back_in_every_table_of_every_engine(self, held, archive, storage):
        done = await taken_in(storage, archive)

        assert await everything(storage) == held
        assert [(one.desk_id, one.already, one.complete) for one in done] == [
            (DESK, False, True),
            (RIVAL, False, True),
        ]

    async def test_it_comes_back_from_every_engine(self, archive, held, storage, tmp_path):
        await taken_in(storage, archive)

        path = await written(storage, tmp_path / "all.zip")

        async with open_storage(MEMORY) as other:
            await taken_in(other, path)
            assert await everything(other) == held

    async def test_it_is_found_again_by_its_words(self, archive, storage):
        await taken_in(storage, archive)

        found = await storage.search(EVERYTHING, Search(parse("rare0atown")), limit=9)

        assert found.total

    async def test_one_desk_is_written_out_alone(self, rival, storage):
        (done,) = await taken_in(storage, rival)

        assert done.desk_id == RIVAL
        assert await Keeper(storage._database, MEMORY).desks() == (RIVAL,)
        with zipfile.ZipFile(rival) as packed:
            assert "articles.jsonl" in packed.namelist()

    async def test_lines_can_be_read_without_the_program(self, archive):
        with zipfile.ZipFile(archive) as packed:
            lines = [json.loads(line) for line in packed.read(f"desks/{DESK}/articles.jsonl").splitlines()]
            originals = [name for name in packed.namelist() if name.startswith("originals/")]
            named = {sha256(packed.read(name)).hexdigest() for name in originals}

        first = next(line for line in lines if line["title"].startswith("Rare0atitle"))
        start, end = first["sentences"][0]
        assert first["text"][start:end] == "The harbour of rare0atown was talked about."
        assert named == {name.removeprefix("originals/") for name in originals}

    async def test_details_of_an_article_come_back(self, storage, tmp_path):
        async with open_storage(MEMORY) as source:
            added = await source.add(whole(), upload(HARBOUR), detailed())
            path = await written(source, tmp_path / "one.zip")
            there = await source.article(whole(), added.article_ids[0])

        await taken_in(storage, path)

        assert await storage.article(whole(), added.article_ids[0]) == there

    async def test_a_feed_that_is_followed_is_polled_again(self, archive, storage):
        await taken_in(storage, archive)

        def polled(connection):
            addresses = select(func.count()).select_from(tables.feed_source)
            followed = select(func.count(tables.feed.c.source.distinct())).where(tables.feed.c.removed_at.is_(None))
            return connection.execute(addresses).scalar(), connection.execute(followed).scalar()

        addresses, followed = await storage._database.read(polled)
        assert addresses == followed > 0

    async def test_where_there_is_nothing_it_says_so(self, tmp_path):
        async with open_storage(MEMORY) as empty:
            with pytest.raises(NothingToExportError):
                await written(empty, tmp_path / "none.zip")
            with pytest.raises(NothingToExportError, match="no desk 5"):
                await written(empty, tmp_path / "none.zip", only=5)

        assert list(tmp_path.iterdir()) == []

    async def test_a_file_that_is_there_is_left_alone(self, source, archive):
        before = archive.read_bytes()

        with pytest.raises(FileThereError):
            await written(source, archive)

        assert archive.read_bytes() == before
        assert [one.name for one in archive.parent.iterdir()] == [archive.name]

    def test_it_is_its_owner_s_alone(self, made):
        assert (made[0] / "all.zip").stat().st_mode & 0o777 == 0o600


_NUMBERS = st.integers(0, 11)
_PLACE_NUMBERS = st.integers(0, len(PLACES) - 1)
_ALSO = st.frozensets(_PLACE_NUMBERS, max_size=4)
_BRING = st.builds(Bring, _PLACE_NUMBERS, st.integers(0, len(FILES) - 1))
_STEPS = st.one_of(
    _BRING,
    st.builds(Correct, _NUMBERS, _ALSO, st.sampled_from(["title", "source", "split", "merge", "drop"])),
    st.builds(Withdraw, _NUMBERS),
    st.builds(Share, _NUMBERS, _PLACE_NUMBERS),
    st.builds(Trash, _NUMBERS, _ALSO),
    st.builds(Restore, _NUMBERS),
)
_HISTORIES = st.tuples(st.lists(_BRING, min_size=1, max_size=5), st.lists(_STEPS, max_size=6)).map(
    lambda parts: [Bring(0, 0), *parts[0], *parts[1]]
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=_HISTORIES)
async def test_whatever_happened_in_a_desk_comes_back(steps, tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "all.zip"
    async with filled(steps) as source, open_storage(MEMORY) as target:
        await written(source, path)

        await taken_in(target, path)

        assert await everything(target) == await everything(source)
        again = await written(target, path.with_name("again.zip"))
        assert _digests(again) == _digests(path)


def _digests(path):
    with open_archive(path) as reader:
        return [
            (desk.desk_id, [(part.part, part.rows, part.digest) for part in desk.parts])
            for desk in reader.manifest.desks
        ]


async def stopped(target, path, after):
    """Begin to take an export in, and be switched off after so many transactions."""
    write, left = target._database.write, [after]

    async def stopping(work, **options):
        if not left[0]:
            raise ConnectionError("the machine is off")
        left[0] -= 1
        return await write(work, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target._database, "write", stopping)
        with pytest.raises(ConnectionError):
            await taken_in(target, path)


def renumber_uploads(connection, upload_id):
    """Give the one upload that there is another id."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for table in (tables.upload, tables.sight):
        connection.execute(table.update().values(upload_id=upload_id))


class TestStopped:
    @pytest.mark.trust("import-goes-on")
    @pytest.mark.parametrize("after", [0, 1, 7, 20, 45])
    async def test_a_run_that_was_stopped_is_gone_on_with(self, held, archive, after, monkeypatch):
        monkeypatch.setattr("storage.importing._MOST_ROWS", 30)
        async with open_storage(MEMORY) as target:
            await stopped(target, archive, after)

            await taken_in(target, archive)

            assert await everything(target) == held

    async def test_what_came_in_meanwhile_is_never_taken_out_again(self, archive):
        async with open_storage(MEMORY) as target:
            await stopped(target, archive, 2)
            with open_archive(archive) as reader:
                part = next(part for part in reader.manifest.desks[0].parts if part.part == "uploads")
                known, _ = next(reader.lines(part))
            await target.add(whole(DESK), upload(BUNDLE), reading(BUNDLE))
            await target._database.write(lambda c: renumber_uploads(c, known["upload_id"]))

            with pytest.raises(UsedMeanwhileError, match="Nothing was taken out"):
                await taken_in(target, archive)

            assert await target.count(whole(DESK)) > 0

    async def test_a_second_run_doubles_nothing(self, held, archive, storage):
        await taken_in(storage, archive)

        done = await taken_in(storage, archive)

        assert await everything(storage) == held
        assert all(one.already and not one.changed for one in done)

    async def test_what_changed_since_is_left_as_it_is(self, archive, storage):
        await taken_in(storage, archive)
        await storage.change_settings(DESK, lambda kept: replace(kept, sentences=2), changed_by=1, now=LATER)

        done = await taken_in(storage, archive)

        assert [one.changed for one in done] == [True, False]
        assert (await storage.settings(DESK)).sentences == 2

    async def test_what_was_forgotten_since_can_be_read_in_again(self, held, archive, storage):
        await taken_in(storage, archive)
        await storage.forget_desk(DESK)

        await taken_in(storage, archive)

        assert await everything(storage) == held


class TestTaken:
    @pytest.mark.trust("import-not-over")
    async def test_a_desk_that_holds_something_is_left_alone(self, archive, storage):
        await storage.add(whole(RIVAL), upload(BUNDLE), reading(BUNDLE))
        before = await everything(storage)

        with pytest.raises(DeskTakenError, match=str(RIVAL)):
            await taken_in(storage, archive)

        assert await everything(storage) == before

    async def test_two_files_are_not_mixed(self, rival, archive):
        async with open_storage(MEMORY) as target:
            await stopped(target, rival, 4)

            with pytest.raises(DeskTakenError, match="not finished"):
                await taken_in(target, archive)


def rewritten(path, change, name="changed.zip"):
    """Write an export anew with other entries: `change` takes and returns a dictionary of them."""
    with zipfile.ZipFile(path) as packed:
        entries = {one: packed.read(one) for one in packed.namelist()}
    target = path.with_name(name)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for one, data in change(entries).items():
            packed.writestr(one, data)
    return target


def with_lines(path, part, change):
    """Write an export anew with other lines in a part, and a list of contents that fits them."""

    def changed(entries):
        manifest = json.loads(entries["manifest.json"])
        listed = next(one for desk in manifest["desks"] for one in desk["parts"] if one["part"] == part and one["rows"])
        lines = [json.loads(line) for line in entries[listed["file"]].splitlines()]
        data = b"".join(json.dumps(change(line)).encode() + b"\n" for line in lines)
        listed |= {"bytes": len(data), "sha256": sha256(data).hexdigest()}
        return {**entries, listed["file"]: data, "manifest.json": json.dumps(manifest).encode()}

    return rewritten(path, changed)


def with_manifest(path, **changes):
    def changed(entries):
        return {**entries, "manifest.json": json.dumps(json.loads(entries["manifest.json"]) | changes).encode()}

    return rewritten(path, changed)


def bomb(entries):
    return {**entries, "originals/" + "a" * 64: b"\0" * (300 * 2**20)}


def without_one(entries):
    name = next(name for name in entries if name.startswith("originals/"))
    return {one: data for one, data in entries.items() if one != name}


HOSTILE = {
    "a bomb": lambda path: rewritten(path, bomb),
    "a path that leads out": lambda path: rewritten(path, lambda entries: {**entries, "../../etc/cron.d/x": b"x"}),
    "an absolute path": lambda path: rewritten(path, lambda entries: {**entries, "/etc/passwd": b"x"}),
    "a further file": lambda path: rewritten(path, lambda entries: {**entries, "readme.txt": b"x"}),
    "a file missing": lambda path: rewritten(path, without_one),
    "no list": lambda path: rewritten(path, lambda entries: {k: v for k, v in entries.items() if k != "manifest.json"}),
    "another's list": lambda path: with_manifest(path, format="zip"),
    "a list of nothing": lambda path: with_manifest(path, desks="none"),
    "desks twice": lambda path: with_manifest(
        path, desks=json.loads(zipfile.ZipFile(path).read("manifest.json"))["desks"] * 2
    ),
    "a desk of nobody": lambda path: with_manifest(path, desks=[{"desk_id": 0, "complete": True, "parts": []}]),
    "a list that is a tower": lambda path: rewritten(
        path, lambda entries: {**entries, "manifest.json": b"[" * 100_000}
    ),
    "a line that is a tower": lambda path: rewritten(
        path, lambda entries: {**entries, f"desks/{DESK}/uploads.jsonl": b"[" * 99}
    ),
    "a column that is none": lambda path: with_lines(path, "uploads", lambda line: line | {"desk_id": 5}),
    "a number too large": lambda path: with_lines(path, "uploads", lambda line: line | {"channel_id": 2**63}),
    "a truth for a number": lambda path: with_lines(path, "uploads", lambda line: line | {"channel_id": True}),
    "a time without zone": lambda path: with_lines(path, "uploads", lambda line: line | {"created_at": "2024-01-01"}),
    "half a character": lambda path: with_lines(path, "uploads", lambda line: line | {"filename": "\ud800"}),
    "a character that is kept nowhere": lambda path: with_lines(
        path, "uploads", lambda line: line | {"filename": "a\0b"}
    ),
    "half a character further in": lambda path: with_lines(
        path, "extractions", lambda line: line | {"notes": ["\ud800"]}
    ),
    "a time before all times": lambda path: with_lines(
        path, "uploads", lambda line: line | {"created_at": "0001-01-01T00:00:00+14:00"}
    ),
    "no number": lambda path: with_lines(path, "mentions", lambda line: line | {"confidence": float("nan")}),
    "a text that is another": lambda path: with_lines(path, "extractions", lambda line: line | {"text": "Never said."}),
    "an article elsewhere": lambda path: with_lines(path, "articles", lambda line: line | {"start": 1, "end": 5}),
    "words put in a mouth": lambda path: with_lines(path, "articles", lambda line: line | {"text": "Never said."}),
    "a sentence beyond its article": lambda path: with_lines(
        path, "articles", lambda line: line | {"sentences": [[0, 9999]]}
    ),
    "a row that refers to nothing": lambda path: with_lines(path, "mentions", lambda line: line | {"name_id": 5}),
    "a signature that is none": lambda path: with_lines(path, "signatures", lambda line: line | {"smallest": "00"}),
}


class TestHostile:
    @pytest.mark.trust("import-hostile")
    @pytest.mark.parametrize("harm", HOSTILE.values(), ids=HOSTILE)
    async def test_a_file_that_is_none_of_ours_changes_nothing(self, archive, harm):
        changed = harm(archive)
        async with open_storage(MEMORY) as target:
            await target.add(whole(), upload(BUNDLE), reading(BUNDLE))
            before = await everything(target)

            with pytest.raises((ForeignArchiveError, DamagedArchiveError)):
                await taken_in(target, changed)

            assert await everything(target) == before

    async def test_a_later_version_s_is_refused(self, archive, storage):
        with pytest.raises(NewerArchiveError, match="Upgrade"):
            await taken_in(storage, with_manifest(archive, version=2))

    async def test_an_entry_that_stands_twice_is_refused(self, archive, storage):
        with zipfile.ZipFile(archive, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("manifest.json", "{}")

        with pytest.raises(ForeignArchiveError, match="twice"):
            await taken_in(storage, archive)

    @pytest.mark.trust("import-damaged")
    @pytest.mark.parametrize("seed", range(12))
    async def test_a_byte_that_is_another_is_found_or_harms_nothing(self, held, archive, seed):
        chance = random.Random(seed)
        data = bytearray(archive.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        archive.write_bytes(data)
        expected = held
        async with open_storage(MEMORY) as target:
            empty = await everything(target)
            try:
                await taken_in(target, archive)
            except StorageError:
                expected = empty

            assert await everything(target) == expected

    @pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
    async def test_half_a_file_is_refused(self, archive, storage, share):
        data = archive.read_bytes()
        archive.write_bytes(data[: int(len(data) * share)])

        with pytest.raises(ForeignArchiveError, match=r"no \.zip, or only the beginning"):
            await taken_in(storage, archive)


class TestOwnView:
    async def test_it_can_be_read_in_and_names_are_found_anew(self, source, storage, tmp_path):
        made = await source.export(PRIVATE, most=10**7, originals=True)
        path = tmp_path / "mine.zip"
        path.write_bytes(made.data)

        (done,) = await taken_in(storage, path)

        mine = Scope(DESK, ASKER, None)
        assert not done.complete
        assert await storage.count(mine) == await source.count(PRIVATE) > 0
        assert len(await storage.unnamed(limit=99)) == made.rows["articles"]

    @pytest.mark.trust("export-sight")
    async def test_what_is_out_of_sight_is_not_in_it(self, source):
        made = await source.export(PRIVATE, most=10**7, originals=True)

        with zipfile.ZipFile(io.BytesIO(made.data)) as packed:
            told = b"".join(packed.read(name) for name in packed.namelist()).decode().lower()
        # One file was brought out of sight, and in sight is in the trash alone.
        assert not [half for half in "ab" if f"rare1{half}town" in told or f"rare1{half}title" in told]
        assert all(f"rare{number}atown" in told for number in (0, 2, 3))

    async def test_what_was_taken_out_of_a_file_is_not_in_it(self, storage):
        added = await storage.add(whole(DESK), upload(BUNDLE, NEWS), reading(BUNDLE))
        await _drop(storage, added.article_ids[1])

        made = await storage.export(PRIVATE, most=10**7, originals=True)

        with zipfile.ZipFile(io.BytesIO(made.data)) as packed:
            told = b"".join(packed.read(name) for name in packed.namelist()).decode()
        assert "Frost took the plums" in told
        assert "Tram" not in told
        assert "Riders cheered" not in told

    async def test_what_was_removed_is_not_in_it(self, storage):
        added = await storage.add(whole(DESK), upload(BUNDLE, NEWS), reading(BUNDLE))
        await storage.add(whole(DESK), upload(HARBOUR, NEWS), reading(HARBOUR))
        await storage.trash(whole(DESK), [added.upload_id], removed_by=ASKER, now=LATER)

        made = await storage.export(PRIVATE, most=10**7, originals=True)

        assert made.rows["articles"] == 1
        assert b"bundle" not in made.data

    async def test_one_that_is_too_large_says_whom_to_ask(self, source):
        with pytest.raises(TooLargeExportError, match="verbatim export"):
            await source.export(PRIVATE, most=2000, originals=False)

    async def test_without_the_files_it_is_smaller(self, source):
        large = await source.export(PRIVATE, most=10**7, originals=True)

        small = await source.export(PRIVATE, most=10**7, originals=False)

        assert len(small.data) < len(large.data)
        assert (small.originals, small.whole) == (0, False)
        assert small.rows == large.rows


async def _drop(storage, article_id):
    await storage.correct(whole(DESK), article_id, Drop(), made_by=ASKER, now=NOON)


async def test_the_terminal_s_own_desk_moves_from_one_file_to_another(tmp_path):
    urls = [f"sqlite+aiosqlite:///{tmp_path}/{name}.db" for name in "ab"]
    async with open_keeper(urls[0]) as keeper:
        added = await keeper.add(whole(), upload(HARBOUR), reading(HARBOUR))
        await keeper.correct(whole(), added.article_ids[0], Edit({"title": "Dues"}), made_by=1, now=NOON)
        await keeper.write_out(tmp_path / "x.zip", only=None, begins=silent, told=silent)

    async with open_keeper(urls[1], alone=True) as keeper:
        await keeper.read_in(tmp_path / "x.zip", begins=silent, told=silent)

        assert (await keeper.article(whole(), added.article_ids[0])).article.title == "Dues"
        (kept,) = await keeper.corrections(whole(), added.article_ids[0])
        await keeper.withdraw(whole(), kept.correction_id, now=NOON)
        assert (await keeper.article(whole(), added.article_ids[0])).article.title == "Harbour dues rise"


async def test_progress_is_told_up_to_the_end(source, archive):
    told, totals = [0], []

    def count(more):
        told[0] += more

    async with open_storage(MEMORY) as target:
        await Keeper(target._database, MEMORY).read_in(archive, begins=totals.append, told=count)

    assert totals == [told[0]]


async def test_a_cancelled_export_leaves_nothing(tmp_path):
    async with open_storage(f"sqlite+aiosqlite:///{tmp_path}/a.db") as storage:
        for _ in range(30):
            await storage.add(whole(), upload(BUNDLE), reading(BUNDLE))
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()
        keeper = Keeper(storage._database, MEMORY)
        task = asyncio.create_task(
            keeper.write_out(
                tmp_path / "x.zip",
                only=None,
                begins=lambda _: loop.call_soon_threadsafe(begun.set),
                told=lambda _: asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01), loop).result(),
            )
        )
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert [one.name for one in tmp_path.iterdir()] == ["a.db"]
