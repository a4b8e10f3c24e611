"""Names in what is stored: counted for each scope, found again after every change, gone with their last mention."""

import runpy
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from corpus_makers import BUNDLE, FOLLOWING, NOON, reading, scope, upload, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_names import ECHO, HARBOUR, KEYS, NAMING, ORG, PAIR, PER, NaiveNames, find, find_all, hangs_together, naming
from sqlalchemy import func, select

from storage import migrate, open_storage, tables
from storage import names as stored_names
from storage.base import Drop, Edit, Merge, Split
from storage.errors import (
    CorrectionError,
    ErasedError,
    UnknownArticleError,
    UnknownCorrectionError,
    UnknownDecisionError,
    UnknownNameError,
    UnknownUploadError,
)
from summariser.model import Decision, MentionType, Name, Verdict

LATER = NOON + timedelta(days=400)
MARLOW, INES, GUARD = Name(PER, "Ines Marlow"), Name(PER, "Inès Marlow"), Name(ORG, "Oru Guard")
SAME = Decision(Verdict.SAME, PER, "Ines Marlow", "Inès Marlow")

_AUDIENCES = (11, 12, 13)
_NUMBERS = st.integers(0, 30)
_SCOPES = st.builds(
    lambda audiences: whole() if audiences is None else scope(*audiences),
    st.none() | st.sets(st.sampled_from(_AUDIENCES), min_size=1),
)
_CORRECTIONS = st.sampled_from(
    (
        Edit({"source": "Tamm Echo", "published": None}),
        Edit({"published": NOON}),
        Edit({"title": "Told anew"}),
        Split(18),
        Merge(),
        Drop(),
    )
)
_STEPS = st.one_of(
    st.tuples(
        st.just("add"), st.sampled_from(NAMING), st.sampled_from(_AUDIENCES), st.sampled_from((1, 1, 2)), st.booleans()
    ),
    st.tuples(st.just("correct"), _SCOPES, _NUMBERS, _CORRECTIONS),
    st.tuples(st.just("withdraw"), _SCOPES, _NUMBERS),
    st.tuples(st.just("trash"), _SCOPES, _NUMBERS),
    st.tuples(st.just("restore"), _SCOPES),
    st.tuples(st.just("remove"), _SCOPES, _NUMBERS),
    st.tuples(st.just("share"), _SCOPES, _NUMBERS, st.sampled_from(_AUDIENCES)),
    st.tuples(st.just("empty")),
    st.tuples(st.just("forget"), st.sampled_from((900, 901))),
)


_CANNOT = (CorrectionError, UnknownArticleError, UnknownCorrectionError, UnknownUploadError, ErasedError)


class _Desk:
    """A desk in which things happen to articles, some of which cannot be done."""

    def __init__(self, storage):
        self.storage = storage
        self.uploads = []
        self.done = []
        self.now = NOON

    async def do(self, name, *values):
        self.now += timedelta(minutes=1)
        try:
            await getattr(self, f"_{name}")(*values)
        except _CANNOT:
            return
        await hangs_together(self.storage)

    async def _add(self, file, audience, version, found):
        brought = upload(file, audience, uploader_id=900 + audience % 2)
        added = await self.storage.add(scope(audience), brought, naming(file, version, found=found))
        self.uploads.append(added.upload_id)

    async def _correct(self, asking, number, correction):
        heads = await self.storage.newest(asking, limit=99)
        if heads:
            chosen = heads[number % len(heads)].article_id
            made = await self.storage.correct(asking, chosen, correction, made_by=900, now=self.now)
            self.done.append(made.correction_id)

    async def _withdraw(self, asking, number):
        if self.done:
            chosen = self.done.pop(number % len(self.done))
            await self.storage.withdraw(asking, chosen, now=self.now)

    async def _trash(self, asking, number):
        if self.uploads:
            chosen = [self.uploads[number % len(self.uploads)]]
            await self.storage.trash(asking, chosen, removed_by=900, now=self.now)

    async def _restore(self, asking):
        for removal in await self.storage.in_trash(asking):
            await self.storage.restore(asking, removal.removal_id)

    async def _remove(self, asking, number):
        if self.uploads:
            await self.storage.remove_uploads(asking, [self.uploads[number % len(self.uploads)]])

    async def _share(self, asking, number, audience):
        heads = await self.storage.newest(asking, limit=99)
        if heads:
            chosen = heads[number % len(heads)].article_id
            await self.storage.share(asking, chosen, audience_id=audience, origin_id=number, now=self.now)

    async def _empty(self):
        while not await self.storage.empty_trash(before=self.now):
            pass

    async def _forget(self, person):
        await self.storage.forget_person(whole(), person, now=self.now)


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(_STEPS, min_size=3, max_size=12), asking=_SCOPES)
@pytest.mark.trust("member-hidden-traces")
async def test_whatever_happens_a_scope_is_told_what_the_articles_in_its_sight_say(steps, asking):
    async with open_storage("sqlite+aiosqlite://") as storage:
        desk = _Desk(storage)

        for step in steps:
            await desk.do(*step)

        await find_all(storage)
        await hangs_together(storage)
        await NaiveNames(storage, asking).compare()
        await NaiveNames(storage, whole()).compare()


@pytest.mark.parametrize("shortcut", ["none", "rare names", "many names", "many rewritten headlines"])
async def test_every_engine_tells_what_a_plain_list_says(storage, monkeypatch, shortcut):
    monkeypatch.setattr(stored_names, "_RARE", 0 if shortcut == "rare names" else stored_names._RARE)
    monkeypatch.setattr(stored_names, "_AT_ONCE", 2 if shortcut == "many names" else stored_names._AT_ONCE)
    monkeypatch.setattr(stored_names, "_FEW", -1 if shortcut == "many rewritten headlines" else stored_names._FEW)
    for number, file in enumerate((*NAMING, *NAMING)):
        audience = _AUDIENCES[number % 2]
        await storage.add(scope(audience), upload(file, audience), naming(file, found=number % 3 != 0))
    await find_all(storage)

    for asking in (scope(11), scope(12), scope(13), scope(11, 12), whole(), whole(2)):
        await NaiveNames(storage, asking).compare()


@given(st.lists(st.dictionaries(st.integers(1, 4), st.integers(1, 7), min_size=1), min_size=1), st.integers(1, 30))
def test_no_article_that_means_names_often_enough_together_falls_short_of_every_share(articles, least):
    levels = Counter((name_id, times) for article in articles for name_id, times in article.items())

    shares = stored_names._shares([(*level, many) for level, many in levels.items()], least)

    for article in articles:
        has_share = any(times >= shares[name_id] for name_id, times in article.items())
        assert has_share or sum(article.values()) < least


async def test_names_that_no_article_means_are_meant_most_in_none(storage):
    await add(storage, PAIR)

    assert await storage.named_most(whole(), [1, 2]) == ()


async def add(storage, file, audience=1, *, version=1, found=True, **changes):
    return await storage.add(scope(audience), upload(file, audience, **changes), naming(file, version, found=found))


async def names(storage, asking):
    return {one.name.words for key in KEYS.values() for one in await storage.names_like(asking, key)}


@pytest.mark.parametrize("slip", ["counted", "in_sight", "first_sight"])
@pytest.mark.trust("member-hidden-traces")
async def test_a_slip_in_a_condition_would_be_noticed(storage, monkeypatch, make_anew, slip):
    for number, (file, audience) in enumerate(((PAIR, 12), (ECHO, 11), (PAIR, 11), (HARBOUR, 12))):
        await add(storage, file, audience, message_id=number)
    right = getattr(stored_names, slip)
    monkeypatch.setattr(stored_names, slip, lambda asking, *values: right(replace(asking, audiences=None), *values))
    make_anew()

    with pytest.raises((AssertionError, KeyError, StopIteration, TypeError)):
        await NaiveNames(storage, scope(11)).compare()


async def test_a_mention_that_does_not_stand_where_it_says_is_refused_whole(storage):
    made = naming(HARBOUR)
    moved = replace(made.names[0][0], mention=replace(made.names[0][0].mention, start=1))

    with pytest.raises(ValueError, match="stands at 1"):
        await storage.add(scope(1), upload(HARBOUR), replace(made, names=((moved,),)))

    assert await storage.count(whole()) == 0


async def test_names_are_found_later_where_the_reading_brought_none(storage):
    await add(storage, HARBOUR, found=False)
    before = await names(storage, scope(1))

    [waiting] = await storage.unnamed()
    await storage.keep_names(waiting, find(waiting.text))

    assert before == set()
    assert await names(storage, scope(1)) == {"Ines Marlow", "Oru Guard", "Vell"}
    assert await storage.unnamed() == ()


async def test_an_article_in_which_nobody_is_named_is_not_asked_for_again(storage):
    await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

    for waiting in await storage.unnamed():
        await storage.keep_names(waiting, ())

    assert await storage.unnamed() == ()
    assert await names(storage, scope(1)) == set()


async def test_names_found_in_a_text_that_is_another_by_now_are_not_kept(storage):
    added = await add(storage, HARBOUR, found=False)
    [waiting] = await storage.unnamed()
    await storage.correct(scope(1), added.article_ids[0], Split(26), made_by=900, now=LATER)

    await storage.keep_names(waiting, find(waiting.text))

    assert await names(storage, scope(1)) == set()
    assert len(await storage.unnamed()) == 2
    await find_all(storage)
    assert await names(storage, scope(1)) == {"Ines Marlow", "Oru Guard", "Vell"}


async def test_names_of_what_is_gone_are_not_kept(storage):
    added = await add(storage, HARBOUR, found=False)
    [waiting] = await storage.unnamed()
    await storage.remove_uploads(scope(1), [added.upload_id])

    await storage.keep_names(waiting, find(waiting.text))

    assert await names(storage, whole()) == set()


async def test_a_name_out_of_sight_leads_nowhere(storage):
    await add(storage, HARBOUR, 1)
    [hidden] = await storage.names_called(scope(1), "oru guard")

    asked = [hidden.name_id]

    assert await storage.names_called(scope(2), "Oru Guard") == ()
    assert await storage.spellings(scope(2), asked) == ()
    assert (await storage.seen(scope(2), asked)).articles == 0
    assert (await storage.named_in(scope(2), asked)).total == 0
    assert await storage.named_with(scope(2), asked) == ()


async def test_a_page_past_the_end_still_tells_how_many_there_are(storage):
    await add(storage, PAIR)
    ids = [one.name_id for one in await storage.names_called(scope(1), "Vell")]

    page = await storage.named_in(scope(1), ids, first=5)

    assert (page.articles, page.total) == ((), 2)


class TestDecisions:
    async def test_a_decision_is_kept_with_who_and_when_and_can_be_withdrawn(self, storage):
        await add(storage, HARBOUR)
        await add(storage, PAIR)

        made = await storage.decide(scope(1), SAME, made_by=900, now=NOON)
        [standing] = await storage.decisions(scope(1), [INES])
        gone = await storage.withdraw_decision(scope(1), made, now=LATER)

        assert (standing.decision_id, standing.decision, standing.made_by, standing.made_at) == (made, SAME, 900, NOON)
        assert gone == replace(standing, withdrawn_at=LATER)
        assert await storage.decisions(scope(1)) == ()
        assert await storage.decisions(scope(1), withdrawn=True) == (gone,)
        with pytest.raises(UnknownDecisionError):
            await storage.withdraw_decision(scope(1), made, now=LATER)

    async def test_only_those_who_see_both_names_learn_of_it(self, storage):
        await add(storage, HARBOUR, 1)
        await add(storage, PAIR, 2)
        made = await storage.decide(scope(1, 2), SAME, made_by=900, now=NOON)

        for asking in (scope(1), scope(3), whole(2)):
            assert await storage.decisions(asking, withdrawn=True) == ()
            with pytest.raises(UnknownDecisionError):
                await storage.withdraw_decision(asking, made, now=LATER)
            with pytest.raises(UnknownNameError):
                await storage.decide(asking, SAME, made_by=900, now=LATER)
        assert len(await storage.decisions(scope(1, 2))) == 1

    async def test_what_a_name_is_to_be_called_need_not_be_written_anywhere(self, storage):
        await add(storage, HARBOUR)
        renamed = Decision(Verdict.RENAME, PER, "Ines Marlow", "Dame Ines")
        rejected = Decision(Verdict.REJECT, ORG, "Oru Guard")

        first = await storage.decide(scope(1), renamed, made_by=900, now=NOON)
        second = await storage.decide(scope(1), rejected, made_by=900, now=LATER)

        assert [one.decision_id for one in await storage.decisions(scope(1))] == [second, first]
        assert [one.decision for one in await storage.decisions(scope(1), [MARLOW])] == [renamed]
        assert await storage.decisions(scope(1), [Name(PER, "Dame Ines"), Name(PER, "Oru Guard")]) == ()
        assert await storage.decisions(scope(1), []) == ()

    async def test_names_of_two_types_can_be_joined(self, storage):
        await add(storage, HARBOUR)
        joined = Decision(Verdict.SAME, ORG, "Oru Guard", "Vell", MentionType.LOC)

        await storage.decide(scope(1), joined, made_by=900, now=NOON)

        assert [one.decision for one in await storage.decisions(scope(1), [Name(MentionType.LOC, "Vell")])] == [joined]

    async def test_it_outlives_that_names_are_found_anew(self, storage):
        await add(storage, HARBOUR)
        added = await add(storage, PAIR)
        await storage.decide(scope(1), SAME, made_by=900, now=NOON)

        corrected = await storage.correct(scope(1), added.article_ids[0], Merge(), made_by=900, now=LATER)
        await storage.empty_trash(before=NOON)
        waiting = await storage.decisions(scope(1))
        await storage.withdraw(scope(1), corrected.correction_id, now=LATER)
        await find_all(storage)
        await storage.empty_trash(before=NOON)

        assert waiting == ()
        assert [one.decision for one in await storage.decisions(scope(1))] == [SAME]

    async def test_it_outlives_the_trash_and_goes_with_the_last_place_of_its_names(self, storage):
        await add(storage, HARBOUR)
        added = await add(storage, PAIR)
        made = await storage.decide(scope(1), SAME, made_by=900, now=NOON)
        removal = await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)
        hidden = await storage.decisions(scope(1), withdrawn=True)

        await storage.restore(scope(1), removal.removal_id)
        back = await storage.decisions(scope(1))
        await storage.remove_uploads(scope(1), [added.upload_id])

        assert hidden == ()
        assert [one.decision_id for one in back] == [made]
        assert await _rows(storage, "decision") == 0

    async def test_whoever_is_forgotten_is_taken_off_it(self, storage):
        await add(storage, HARBOUR, uploader_id=901)
        await storage.decide(scope(1), Decision(Verdict.REJECT, PER, "Ines Marlow"), made_by=900, now=NOON)

        told = await storage.records(scope(1), 900)
        unseen = await storage.records(scope(2), 900)
        await storage.forget_person(scope(1), 900, now=LATER)

        assert (told.decisions, unseen.decisions) == (1, 0)
        [left] = await storage.decisions(scope(1))
        assert left.made_by is None


@pytest.mark.trust("other-server-names")
async def test_what_stands_under_the_same_ids_in_another_desk_is_never_touched(storage):
    for file, audience in ((HARBOUR, 1), (PAIR, 1), (PAIR, 2), (ECHO, 2)):
        added = await add(storage, file, audience)
    await storage.decide(whole(), SAME, made_by=900, now=NOON)
    await storage._database.write(_copy_to_another_desk)
    here, there = await _desk_rows(storage, 1), await _desk_rows(storage, 2)
    desk = _Desk(storage)
    desk.uploads = [added.upload_id]

    await hangs_together(storage)
    assert here == there
    theirs = whole(2)
    for step in (
        ("correct", theirs, 0, Edit({"source": "Tamm Echo", "published": NOON})),
        ("correct", theirs, 2, Merge()),
        ("correct", theirs, 1, Drop()),
        ("share", theirs, 0, 7),
        ("trash", theirs, 0),
        ("restore", theirs),
        ("remove", theirs, 0),
    ):
        before = await _desk_rows(storage, 2)
        await desk.do(*step)
        assert await _desk_rows(storage, 2) != before, step
        assert await _desk_rows(storage, 1) == here, step
    await storage.forget_desk(2)

    assert not any((await _desk_rows(storage, 2)).values())
    assert await _desk_rows(storage, 1) == here
    await hangs_together(storage)
    await NaiveNames(storage, whole()).compare()


def _copy_to_another_desk(connection):
    """Copy the rows of desk 1 to desk 2 under the ids that they have; what follows from them follows by triggers."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for table in tables.metadata.sorted_tables:
        if table.name not in FOLLOWING:
            others = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "desk_id")
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} (desk_id, {others}) SELECT 2, {others} FROM {table.name} WHERE desk_id = 1"
            )


async def _desk_rows(storage, desk):
    """Return what each table holds of a desk."""

    def read(connection):
        return {
            table.name: sorted(
                repr(row[1:]) for row in connection.execute(select(table).where(table.c.desk_id == desk))
            )
            for table in tables.metadata.sorted_tables
        }

    return await storage._database.read(read)


@pytest.mark.parametrize("forget", ["person", "desk"])
async def test_forgetting_leaves_no_row_of_any_name(storage, forget):
    for audience in (1, 2):
        await add(storage, PAIR, audience)
    removed = await add(storage, HARBOUR)
    await add(storage, ECHO, 3, found=False)
    await storage.decide(whole(), SAME, made_by=900, now=NOON)
    await storage.trash(scope(1), [removed.upload_id], removed_by=900, now=NOON)
    before = {table: await _rows(storage, table) for table in _TABLES}

    await (storage.forget_person(whole(), 900, now=LATER) if forget == "person" else storage.forget_desk(1))

    assert all(before.values())
    assert {table: await _rows(storage, table) for table in _TABLES} == dict.fromkeys(_TABLES, 0)


async def test_articles_that_are_there_before_names_are_known_are_named_later(path):
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("DROP TRIGGER upload_seen", "DROP TRIGGER extraction_seen"):
            connection.execute(statement)
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        await add(storage, HARBOUR, found=False)
    script = runpy.run_path(str(Path(migrate.__file__).parent / "migrations/versions/0007_entities.py"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM unnamed")
        for statement in script["FILL"]:
            connection.execute(statement)
        connection.commit()

    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        await hangs_together(storage)
        await find_all(storage)
        assert await names(storage, scope(1)) == {"Ines Marlow", "Oru Guard", "Vell"}


_TABLES = (
    "sight",
    "readers",
    "circle",
    "unnamed",
    "name",
    "name_key",
    "alias",
    "alias_word",
    "mention",
    "tally",
    "monthly",
    "decision",
)


async def _rows(storage, table):
    counted = select(func.count()).select_from(tables.metadata.tables[table])
    return await storage._database.read(lambda c: c.execute(counted).scalar_one())
