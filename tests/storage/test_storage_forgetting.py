"""Forgetting for good: a person, a desk, the desks of servers that the bot has left."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from corpus_makers import BUNDLE, HARBOUR, MIRROR, NOON, reading, scope, upload, whole
from sqlalchemy import select

from storage import forgetting, open_storage, tables
from storage.base import Edit, KeptActions, Records, Search
from storage.errors import UnknownActionError, UnknownUploadError
from storage.query import parse

GUILD, ANA, BEN = 4_000_000_000_000, 555_000_000_000_001, 555_000_000_000_002
LATER = NOON + timedelta(days=3)
MONTH = timedelta(days=30)


def here(*audiences):
    return scope(*audiences, desk=GUILD)


async def add(storage, file, person, audience=1, *, desk=GUILD, share=False, **changes):
    asking = scope(audience, desk=desk)
    brought = upload(file, audience, uploader_id=person, **changes)
    return await storage.add(asking, brought, None if share else reading(file))


async def settle(storage, desk, person):
    await storage.change_settings(desk, lambda kept: replace(kept, sentences=9), changed_by=person, now=NOON)


async def keep(storage, owner, actions_id, *requests, desk=GUILD):
    kept = KeptActions(actions_id, owner, requests or ({"name": "x"},), LATER + MONTH)
    await storage.keep_actions(desk, kept)


async def cells(storage):
    """Return every value in every column of every table, with where it stands."""

    def read(connection):
        return [
            (f"{table.name}.{name}", value)
            for table in tables.metadata.sorted_tables
            for row in connection.execute(select(table)).mappings()
            for name, value in row.items()
        ]

    return await storage._database.read(read)


async def naming(storage, person):
    """Return where a person is named, in JSON and in texts too."""
    found = set()
    for place, value in await cells(storage):
        said = json.dumps(value) if isinstance(value, dict | list) else value
        if said == person or (isinstance(said, str) and str(person) in said):
            found.add(place)
    return found


async def everything_of(storage, person):
    """Let a person do all that leaves a record."""
    mine = await add(storage, HARBOUR, person)
    await add(storage, BUNDLE, person, audience=person)
    theirs = await add(storage, MIRROR, BEN)
    trashed = await add(storage, MIRROR, person, share=True)
    await storage.trash(here(1), [trashed.upload_id], removed_by=person, now=LATER)
    others = await add(storage, BUNDLE, BEN, audience=2)
    await storage.trash(here(2), [others.upload_id], removed_by=person, now=LATER)
    await storage.correct(here(1), theirs.article_ids[0], Edit({"title": "Dues"}), made_by=person, now=LATER)
    await storage.share(here(1), mine.article_ids[0], audience_id=7, origin_id=1234, now=LATER)
    await settle(storage, GUILD, person)
    await keep(storage, person, 1)
    await keep(storage, BEN, 2, {"name": "removal.read_added", "options": {"files": [{"author": person}]}})
    await keep(storage, BEN, 3)


class TestPerson:
    async def test_no_row_of_any_table_names_the_person_afterwards(self, storage):
        await everything_of(storage, ANA)
        before = await naming(storage, ANA)

        await storage.forget_person(here(1, 2, ANA), ANA, now=LATER)

        assert before == {
            "upload.uploader_id",
            "upload.audience_id",
            "upload.channel_id",
            "sight.audience_id",
            "readers.circle",
            "circle.audience_id",
            "circle.circle",
            "trash.uploader_id",
            "trash.removed_by",
            "correction.made_by",
            "action.owner_id",
            "action.requests",
            "desk_setting.changed_by",
        }
        assert await naming(storage, ANA) == set()

    async def test_what_others_brought_and_what_is_set_stays(self, storage):
        await everything_of(storage, ANA)

        await storage.forget_person(here(1, 2, ANA), ANA, now=LATER)

        assert {head.title for head in await storage.newest(whole(GUILD))} == {"Dues", "Reader letters"}
        assert (await storage.settings(GUILD)).sentences == 9
        assert (await storage.actions(GUILD, 3, now=LATER)).owner_id == BEN
        for gone in (1, 2):
            with pytest.raises(UnknownActionError):
                await storage.actions(GUILD, gone, now=LATER)
        (removal,) = await storage.in_trash(here(2))
        assert removal.removed_by is None
        assert (await storage.restore(here(2), removal.removal_id)).articles == 2

    async def test_it_tells_how_much_there_is_and_then_how_much_went(self, storage):
        await everything_of(storage, ANA)
        asking = here(1, 2, ANA)

        told = await storage.records(asking, ANA)
        gone = await storage.forget_person(asking, ANA, now=LATER)

        assert told == gone
        # The harbour, its share, and the bundle; the mirror is in the trash.
        expected = Records(uploads=3, articles=3, shared=0, trashed=1, corrections=1, answers=2, settings=1)
        assert told == expected
        assert await storage.records(asking, ANA) == Records(0, 0, 0, 0, 0, 0, 0)

    async def test_others_uploads_of_the_same_file_stay_and_count_only_in_sight(self, storage):
        await add(storage, HARBOUR, ANA)
        await add(storage, HARBOUR, BEN, audience=2, share=True)

        unseen = await storage.records(here(1, ANA), ANA)
        seen = await storage.forget_person(here(1, 2, ANA), ANA, now=LATER)

        assert (unseen.articles, unseen.shared) == (1, 0)
        assert (seen.articles, seen.shared) == (0, 1)
        assert await storage.count(here(1)) == 0
        assert await storage.count(here(2)) == 1

    async def test_other_desks_know_the_person_as_before(self, storage):
        await add(storage, HARBOUR, ANA)
        await add(storage, HARBOUR, ANA, desk=2)
        await keep(storage, ANA, 1, desk=2)

        await storage.forget_person(here(1), ANA, now=LATER)

        assert await storage.count(scope(1, desk=2)) == 1
        assert (await storage.actions(2, 1, now=LATER)).owner_id == ANA

    async def test_what_is_in_the_trash_does_not_come_back(self, storage):
        added = await add(storage, HARBOUR, ANA)
        removed = await storage.trash(here(1), [added.upload_id], removed_by=None, now=LATER)

        await storage.forget_person(here(1), ANA, now=LATER)

        with pytest.raises(UnknownUploadError):
            await storage.restore(here(1), removed.removal_id)

    async def test_what_a_stop_in_between_leaves_is_out_of_sight_and_goes_later(self, storage):
        await add(storage, HARBOUR, ANA)
        await storage._database.write(lambda c: forgetting.let_go(c, here(1), ANA, LATER))

        assert await storage.count(whole(GUILD)) == 0
        assert await storage.in_trash(whole(GUILD)) == ()
        assert await storage.empty_trash(before=NOON)
        assert await naming(storage, ANA) == set()

    async def test_no_byte_is_left_in_the_files(self, path):
        async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
            await add(storage, HARBOUR, ANA)
            await add(storage, BUNDLE, BEN)
            await keep(storage, ANA, 1, {"name": "search.search", "options": {"query": "quayside tariff"}})
            await storage.forget_person(here(1), ANA, now=LATER)
            while not await storage.purge_search():
                pass

        assert _holds(path, "Riders cheered")
        for words in ("Skippers were told", "harbour.txt", "quayside tariff"):
            assert not _holds(path, words), words


class TestDesk:
    async def test_nothing_of_it_is_left_and_others_stay(self, storage, monkeypatch):
        monkeypatch.setattr(forgetting, "MOST_CHARACTERS", 60)
        await everything_of(storage, ANA)
        await storage.claim(GUILD, "hello", now=NOON)
        await add(storage, HARBOUR, ANA, desk=2)

        uploads = await storage.forget_desk(GUILD)

        assert uploads == 4
        assert {value for place, value in await cells(storage) if place.endswith(".desk_id")} <= {0, 2}
        assert await storage.count(whole(2)) == 1
        assert await _found(storage, "skippers", 2) == 1
        assert await _found(storage, "skippers", GUILD) == 0

    async def test_one_that_is_not_there_is_no_trouble(self, storage):
        assert await storage.forget_desk(77) == 0


class TestServersThatLeft:
    async def test_after_thirty_days_all_of_it_is_gone_and_a_return_begins_anew(self, storage):
        await everything_of(storage, ANA)
        await storage.claim(GUILD, "hello", now=NOON)
        await storage.leave(GUILD, now=NOON)

        while not await storage.drop_left(before=NOON + MONTH):
            pass

        assert {value for place, value in await cells(storage) if place.endswith(".desk_id")} <= {0}
        assert await _found(storage, "skippers", GUILD) == 0
        assert await storage.claim(GUILD, "hello", now=LATER)

    async def test_before_that_nothing_goes(self, storage):
        await add(storage, HARBOUR, ANA)
        await storage.leave(GUILD, now=NOON)

        assert await storage.drop_left(before=NOON)
        assert await storage.count(whole(GUILD)) == 1

    async def test_a_return_stops_it(self, storage):
        await add(storage, HARBOUR, ANA)
        await storage.leave(GUILD, now=NOON)

        back = await storage.come_back({GUILD, 5})

        assert back == 1
        assert await storage.come_back([GUILD]) == 0
        assert await storage.drop_left(before=NOON + MONTH)
        assert await storage.count(whole(GUILD)) == 1

    async def test_the_day_of_leaving_is_not_put_off_by_hearing_of_it_again(self, storage):
        await add(storage, HARBOUR, ANA)
        await storage.leave(GUILD, now=NOON)
        await storage.leave(GUILD, now=LATER)

        while not await storage.drop_left(before=NOON + timedelta(minutes=1)):
            pass

        assert await storage.count(whole(GUILD)) == 0

    async def test_the_bot_knows_which_servers_it_is_in(self, storage):
        await add(storage, HARBOUR, ANA)
        await add(storage, HARBOUR, ANA, desk=1)
        await add(storage, HARBOUR, ANA, desk=-ANA)
        await storage.claim(GUILD + 1, "hello", now=NOON)
        await storage.claim(GUILD + 2, "hello", now=NOON)
        await storage.leave(GUILD + 2, now=NOON)

        assert await storage.members_of() == (GUILD, GUILD + 1)

    async def test_much_goes_a_piece_at_a_time(self, storage, monkeypatch):
        monkeypatch.setattr(forgetting, "_MOST_BLOBS", 1)
        monkeypatch.setattr(forgetting, "_MOST_ACTIONS", 2)
        for file in (HARBOUR, BUNDLE, MIRROR):
            await add(storage, file, ANA)
        for number in range(5):
            await keep(storage, ANA, number)
        await storage.leave(GUILD, now=NOON)

        calls = 1
        while not await storage.drop_left(before=LATER):
            calls += 1

        assert calls >= 6
        assert {value for place, value in await cells(storage) if place.endswith(".desk_id")} <= {0}

    async def test_no_byte_is_left_in_the_files(self, path):
        async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
            await add(storage, HARBOUR, ANA)
            await add(storage, BUNDLE, ANA, desk=2)
            await storage.leave(GUILD, now=NOON)
            while not await storage.drop_left(before=LATER):
                pass
            while not await storage.purge_search():
                pass

        assert _holds(path, "Riders cheered")
        assert not _holds(path, "Skippers were told")
        assert not _holds(path, "skippers")


async def _found(storage, typed, desk):
    found = await storage.search(whole(desk), Search(parse(typed)))
    return found.total


def _holds(path, words):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [Path(str(path) + ending) for ending in ("", "-wal") if Path(str(path) + ending).exists()]
    return any(words[3:].encode() in file.read_bytes() for file in files)
