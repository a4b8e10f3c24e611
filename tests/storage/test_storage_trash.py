"""What is removed is out of sight at once, comes back for a day, and is gone for good after it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from corpus_makers import BUNDLE, EMPTY, HARBOUR, MIRROR, NOON, reading, scope, upload, whole
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from storage import open_storage, tables, trash
from storage.base import Ceilings, Drop, Edit, Search, Split, Usage
from storage.corrections import Piece
from storage.erasing import blank
from storage.errors import ErasedError, OverLimitError, UnknownArticleError, UnknownUploadError
from storage.query import parse
from summariser.model import DateOrigin, DatePlace, Decision, Mention, MentionType, Named, Note, NoteKind, Span, Verdict

LATER = NOON + timedelta(days=3)
OVER = LATER + timedelta(hours=1)
DAY = timedelta(days=1)


async def add(storage, file, audience=1, *, desk=1, share=False, **changes):
    asking = replace(scope(audience), desk_id=desk)
    return await storage.add(asking, upload(file, audience, **changes), None if share else reading(file))


async def posted(storage, file, message, audience=1, *, attachment=7, person=900, share=False):
    told = {"message_id": message, "origin_id": message, "attachment_id": attachment, "uploader_id": person}
    return await add(storage, file, audience, share=share, **told)


async def empty(storage, before=OVER):
    calls = 1
    while not await storage.empty_trash(before=before):
        calls += 1
    while not await storage.purge_search():
        pass
    return calls


async def counted(storage):
    """Return how many rows each table has."""

    def count(connection):
        known = tables.metadata.sorted_tables
        return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in known}

    return await storage._database.read(count)


async def hits(storage, typed, asking=None):
    found = await storage.search(asking or whole(), Search(parse(typed)))
    return found.total


class TestSight:
    async def test_what_is_in_the_trash_shows_nowhere(self, storage):
        added = await add(storage, HARBOUR)

        removed = await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)

        assert (removed.uploads, removed.articles) == (1, 1)
        assert await storage.count(whole()) == 0
        assert await storage.newest(whole()) == ()
        assert await storage.suggest(whole(), "") == ()
        assert await storage.sources(whole(), "") == ()
        assert await storage.nearby(whole(), "skipper") == ()
        assert (await storage.listed(whole())).total == 0
        assert await hits(storage, "skippers") == 0
        assert await storage.uploads(whole(), [added.upload_id]) == ()
        for ask in (storage.article, storage.sentences, storage.origins, storage.original, storage.corrections):
            with pytest.raises(UnknownArticleError):
                await ask(whole(), added.article_ids[0])

    async def test_what_others_brought_too_stays_and_is_not_counted_as_gone(self, storage):
        mine = await add(storage, HARBOUR)
        await add(storage, HARBOUR, share=True, uploader_id=901)

        removed = await storage.trash(scope(1), [mine.upload_id], removed_by=900, now=LATER)

        assert (removed.uploads, removed.articles) == (1, 0)
        assert await hits(storage, "skippers") == 1

    async def test_that_somebody_out_of_sight_has_it_too_shows_in_no_number(self, storage):
        mine = await add(storage, HARBOUR)
        await add(storage, HARBOUR, 2, share=True)

        removed = await storage.trash(scope(1), [mine.upload_id], removed_by=900, now=LATER)
        back = await storage.restore(scope(1), removed.removal_id)

        assert (removed.articles, back.articles) == (1, 1)

    async def test_only_what_is_in_sight_is_removed_listed_and_brought_back(self, storage):
        hidden = await add(storage, HARBOUR, 2)
        with pytest.raises(UnknownUploadError):
            await storage.trash(scope(1), [hidden.upload_id], removed_by=900, now=LATER)

        removed = await storage.trash(scope(2), [hidden.upload_id], removed_by=900, now=LATER)

        assert await storage.in_trash(scope(1)) == ()
        assert await storage.in_trash(scope(2, desk=2)) == ()
        with pytest.raises(UnknownUploadError):
            await storage.restore(scope(1), removed.removal_id)
        assert [one.removal_id for one in await storage.in_trash(scope(2))] == [removed.removal_id]

    async def test_the_list_of_removals_names_their_articles_and_who_brought_them(self, storage):
        first = await add(storage, HARBOUR, uploader_id=5)
        second = await add(storage, BUNDLE, uploader_id=6)
        await storage.trash(scope(1), [first.upload_id], removed_by=5, now=LATER)
        await storage.trash(scope(1), [second.upload_id], removed_by=None, now=LATER + timedelta(minutes=1))

        bundle, harbour = await storage.in_trash(scope(1))

        assert [head.title for head in bundle.articles] == ["Orchard frost", "Tram returns"]
        assert (bundle.removed_by, bundle.uploader_ids) == (None, {6})
        assert (harbour.removed_by, harbour.removed_at, harbour.upload_ids) == (5, LATER, (first.upload_id,))
        assert await storage.in_trash(scope(1), limit=1) == (bundle,)
        assert await storage.in_trash(scope(1), removals=[harbour.removal_id]) == (harbour,)


def _every_audience(scope, source=trash.upload):
    return source.c.desk_id == scope.desk_id


def _every_desk(scope, source=trash.upload):
    return source.c.audience_id.in_(scope.audiences)


@pytest.mark.parametrize("mutant", [_every_audience, _every_desk])
async def test_a_trash_that_forgets_its_scope_is_found_out(storage, monkeypatch, mutant):
    hidden = await add(storage, HARBOUR, 2)
    other = await add(storage, BUNDLE, 1, desk=2)
    await storage.trash(scope(2), [hidden.upload_id], removed_by=900, now=LATER)
    await storage.trash(scope(1, desk=2), [other.upload_id], removed_by=900, now=LATER)
    assert await storage.in_trash(scope(1)) == ()

    monkeypatch.setattr(trash, "visible", mutant)

    assert await storage.in_trash(scope(1)) != ()


class TestBack:
    async def test_what_comes_back_is_as_it_was(self, storage):
        added = await add(storage, BUNDLE, url="https://vell.example/tram", media_type="text/plain", message_id=77)
        before = await storage.uploads(whole(), [added.upload_id]), await storage.newest(whole())
        removed = await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)

        back = await storage.restore(scope(1), removed.removal_id)

        assert (back.uploads, back.articles) == (1, 2)
        assert (await storage.uploads(whole(), [added.upload_id]), await storage.newest(whole())) == before
        assert await hits(storage, "riders") == 1
        with pytest.raises(UnknownUploadError):
            await storage.restore(scope(1), removed.removal_id)

    async def test_what_was_removed_together_comes_back_together(self, storage):
        first, second = await add(storage, HARBOUR), await add(storage, BUNDLE)
        removed = await storage.trash(scope(1), [first.upload_id, second.upload_id], removed_by=900, now=LATER)

        back = await storage.restore(scope(1), removed.removal_id)

        assert (back.uploads, back.articles) == (2, 3)

    async def test_the_same_attachment_again_is_added_anew_and_the_old_one_forgotten(self, storage):
        first = await posted(storage, HARBOUR, 700000)
        removed = await storage.trash(scope(1), [first.upload_id], removed_by=900, now=LATER)

        second = await posted(storage, HARBOUR, 700000)

        assert not second.repeated
        assert second.upload_id != first.upload_id
        with pytest.raises(UnknownUploadError):
            await storage.restore(scope(1), removed.removal_id)
        assert await storage.count(whole()) == 1

    async def test_bringing_back_what_came_again_in_another_form_keeps_the_new_one(self, storage):
        first = await posted(storage, HARBOUR, 700000)
        removed = await storage.trash(scope(1), [first.upload_id], removed_by=900, now=LATER)
        # A page that has changed since has other bytes under the same number.
        await posted(storage, BUNDLE, 700000)

        await storage.restore(scope(1), removed.removal_id)

        assert {head.title for head in await storage.newest(whole())} == {"Orchard frost", "Tram returns"}
        assert (await counted(storage))["blob"] == 1

    async def test_another_upload_of_the_same_bytes_does_not_touch_the_trash(self, storage):
        first = await add(storage, HARBOUR)
        removed = await storage.trash(scope(1), [first.upload_id], removed_by=900, now=LATER)

        await add(storage, HARBOUR, share=True)
        back = await storage.restore(scope(1), removed.removal_id)

        assert (back.uploads, back.articles) == (1, 0)
        assert await storage.count(whole()) == 1

    async def test_undoing_an_upload_spares_what_is_in_the_trash(self, storage):
        first, second = await add(storage, HARBOUR), await add(storage, HARBOUR, share=True)
        removed = await storage.trash(scope(1), [first.upload_id], removed_by=900, now=LATER)

        await storage.remove_uploads(scope(1), [second.upload_id])
        await storage.restore(scope(1), removed.removal_id)

        assert await storage.count(whole()) == 1


class TestShares:
    async def test_what_was_shared_goes_and_comes_with_the_upload(self, storage):
        added = await add(storage, HARBOUR)
        shared = await storage.share(scope(1), added.article_ids[0], audience_id=5, origin_id=99, now=LATER)

        removed = await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)
        gone = await storage.count(scope(5))
        await storage.restore(scope(1), removed.removal_id)

        assert removed.uploads == 1
        assert gone == 0
        assert await storage.count(scope(5)) == 1
        assert await storage.uploads(whole(), [shared.upload_id])

    async def test_what_was_shared_does_not_come_back_alone(self, storage):
        added = await add(storage, HARBOUR)
        shared = await storage.share(scope(1), added.article_ids[0], audience_id=5, origin_id=99, now=LATER)
        share_alone = await storage.trash(scope(5), [shared.upload_id], removed_by=900, now=LATER)
        await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)

        with pytest.raises(UnknownUploadError):
            await storage.restore(scope(5), share_alone.removal_id)

    async def test_undoing_an_upload_for_good_takes_what_was_shared_from_it(self, storage):
        added = await add(storage, HARBOUR)
        await storage.share(scope(1), added.article_ids[0], audience_id=5, origin_id=99, now=LATER)

        removed = await storage.remove_uploads(scope(1), [added.upload_id])

        assert removed.uploads == 1
        assert await storage.count(whole()) == 0
        assert (await counted(storage))["blob"] == 0


class TestMessages:
    async def test_a_deleted_message_takes_what_it_brought(self, storage):
        await posted(storage, HARBOUR, 700000, person=5)
        await posted(storage, BUNDLE, 700000, attachment=-3, person=6)
        await posted(storage, MIRROR, 701000)

        removed, people = await storage.trash_message(1, 700000, kept=None, now=LATER)

        assert (removed.uploads, removed.articles) == (2, 3)
        assert people == {5, 6}
        assert {head.title for head in await storage.newest(whole())} == {"Harbour dues rise", "Reader letters"}

    async def test_what_came_with_a_message_that_is_gone_is_cited_as_none_when_it_is_back(self, storage):
        added = await posted(storage, HARBOUR, 700000)
        removed, _ = await storage.trash_message(1, 700000, kept=None, now=LATER)

        await storage.restore(scope(1), removed.removal_id)

        (stored,) = await storage.uploads(scope(1), [added.upload_id])
        assert stored.message_id is None

    async def test_a_message_that_brought_nothing_changes_nothing(self, storage):
        await posted(storage, HARBOUR, 700000)

        assert await storage.trash_message(1, 701000, kept=None, now=LATER) is None
        assert await storage.trash_message(2, 700000, kept=None, now=LATER) is None
        assert await storage.count(whole()) == 1

    async def test_a_receipt_that_is_deleted_is_no_place_to_cite_any_more_and_takes_nothing(self, storage):
        added = await add(storage, HARBOUR)
        await storage.anchor(scope(1), [added.upload_id], channel_id=1, message_id=700000)

        assert await storage.trash_message(1, 700000, kept=None, now=LATER) is None

        (stored,) = await storage.uploads(whole(), [added.upload_id])
        assert stored.message_id is None

    async def test_an_edit_takes_the_attachments_that_it_left_out_and_no_link_and_no_text(self, storage):
        await posted(storage, HARBOUR, 700000, attachment=7)
        await posted(storage, BUNDLE, 700000, attachment=8)
        await posted(storage, MIRROR, 700000, attachment=-9)

        kept = await storage.trash_message(1, 700000, kept={7, 8, 55}, now=LATER)
        removed, _ = await storage.trash_message(1, 700000, kept={7}, now=LATER)

        assert kept is None
        assert removed.uploads == 1
        assert await storage.attachments_of(1, 700000) == {7, -9}

    async def test_a_channel_takes_what_was_brought_for_its_readers(self, storage):
        await posted(storage, HARBOUR, 700000, audience=5)
        await posted(storage, BUNDLE, 701000, audience=6)
        mine = await add(storage, MIRROR, 41, channel_id=5, uploader_id=41)

        removed = await storage.trash_channel(1, 5, now=LATER)
        nothing = await storage.trash_channel(1, 5, now=LATER)

        assert (removed.uploads, nothing) == (1, None)
        assert await storage.count(scope(6)) == 2
        assert await storage.uploads(scope(41), [mine.upload_id])
        assert len(await storage.in_trash(scope(5))) == 1

    async def test_a_large_channel_goes_in_pieces_and_comes_back_as_one(self, storage, monkeypatch):
        monkeypatch.setattr(trash, "MOST_TRASHED", 2)
        for number, file in enumerate((HARBOUR, BUNDLE, MIRROR, HARBOUR, EMPTY)):
            await posted(storage, file, 700000 + number, audience=5)
        articles = await storage.count(scope(5))

        removed = await storage.trash_channel(1, 5, now=LATER)

        assert (removed.uploads, removed.articles) == (5, articles)
        assert await storage.count(whole()) == 0
        assert [one.removal_id for one in await storage.in_trash(whole())] == [removed.removal_id]
        await storage.restore(whole(), removed.removal_id)
        assert await storage.count(scope(5)) == articles

    async def test_what_everyone_could_read_comes_back_for_the_whole_guild(self, storage):
        await posted(storage, HARBOUR, 700000, audience=5)

        removed = await storage.trash_channel(1, 5, now=LATER, readers=1000)

        assert await storage.in_trash(scope(5)) == ()
        await storage.restore(scope(1000), removed.removal_id)
        assert await storage.count(scope(1000)) == 1

    async def test_a_public_thread_takes_what_was_posted_in_it_alone(self, storage):
        told = {"message_id": 700000, "origin_id": 700000, "channel_id": 55}
        inside = await add(storage, HARBOUR, 5, **told)
        receipt = await add(storage, MIRROR, 5, channel_id=55, message_id=702000)
        outside = await posted(storage, BUNDLE, 701000, audience=5)

        removed = await storage.trash_channel(1, 55, now=LATER)

        assert removed.uploads == 1
        assert await storage.uploads(scope(5), [inside.upload_id]) == ()
        stored = await storage.uploads(scope(5), [receipt.upload_id, outside.upload_id])
        assert [one.message_id for one in stored] == [None, 701000]


class TestForGood:
    async def test_after_its_day_it_is_gone_from_every_table(self, storage):
        nothing = await counted(storage)
        added = await add(storage, BUNDLE)
        await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)

        await empty(storage)

        left = await counted(storage)
        assert left == {**nothing, "desk": 1}
        assert await hits(storage, "riders") == 0

    async def test_before_its_day_is_over_nothing_goes(self, storage):
        added = await add(storage, BUNDLE)
        removed = await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)

        await empty(storage, before=LATER)

        assert (await storage.restore(scope(1), removed.removal_id)).articles == 2

    async def test_what_somebody_else_brought_stays(self, storage):
        added = await add(storage, BUNDLE)
        await add(storage, BUNDLE, 2, share=True)
        await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)

        await empty(storage)

        assert await storage.count(scope(2)) == 2
        assert await hits(storage, "riders", scope(2)) == 1
        assert (await counted(storage))["trash"] == 0

    async def test_much_goes_a_piece_at_a_time_and_half_of_it_does_not_come_back(self, storage, monkeypatch):
        monkeypatch.setattr(trash, "MOST_CHARACTERS", 60)
        added = await add(storage, BUNDLE)
        removed = await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)

        done = await storage.empty_trash(before=OVER)

        assert not done
        with pytest.raises(UnknownUploadError):
            await storage.restore(scope(1), removed.removal_id)
        assert await storage.in_trash(scope(1)) == ()
        assert await empty(storage) > 1
        assert (await counted(storage))["article"] == 0

    async def test_who_brings_it_again_while_half_of_it_is_gone_gets_all_of_it(self, storage, monkeypatch):
        monkeypatch.setattr(trash, "MOST_CHARACTERS", 60)
        added = await add(storage, BUNDLE)
        await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)
        await storage.empty_trash(before=OVER)

        known = await storage.has_extraction(1, (await _digests(storage))[0], parser="verbatim", parser_version=1)
        again = await add(storage, BUNDLE)
        await empty(storage)

        assert not known
        assert len(again.article_ids) == 2
        assert [head.title for head in await storage.newest(whole())] == ["Orchard frost", "Tram returns"]
        assert await hits(storage, "riders") == 1

    @pytest.mark.parametrize("others", [0, 60])
    async def test_no_byte_of_it_is_left_in_the_files(self, path, others):
        async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
            for number in range(others):
                await add(storage, replace(MIRROR, name=f"{number}.html"))
            added = await add(storage, HARBOUR)
            assert holds(path, "Skippers were told")
            await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)
            await storage.uploads(whole(), [added.upload_id])
            await add(storage, EMPTY)
            await empty(storage)

        assert holds(path, "harbour.txt") is False
        assert holds(path, "Skippers were told") is bool(others)
        assert others or not holds(path, "skippers")


async def test_limits_count_what_can_still_be_brought_back(storage):
    ceilings = Ceilings(DAY, Usage(1, 10_000), Usage(5, 10_000), 10_000)
    added = await add(storage, HARBOUR)
    usage = await storage.usage(1, 900, since=NOON - DAY)
    await storage.trash(scope(1), [added.upload_id], removed_by=900, now=LATER)

    after = await storage.usage(1, 900, since=NOON - DAY)
    assert (after.person, after.desk, after.articles) == (usage.person, usage.desk, 0)
    with pytest.raises(OverLimitError):
        await storage.check_room(1, 900, size=1, ceilings=ceilings, now=NOON + timedelta(minutes=1))


class TestDropped:
    """Articles taken out of a file of several."""

    async def test_they_are_listed_and_come_back(self, storage):
        added = await add(storage, BUNDLE, uploader_id=5)
        done = await storage.correct(scope(1), added.article_ids[0], Drop(), made_by=5, now=LATER)

        (dropped,) = await storage.dropped(scope(1))

        assert dropped.article.title == "Orchard frost"
        assert dropped.article.opening.startswith("Frost took the plums")
        assert (dropped.correction_id, dropped.made_by, dropped.uploader_ids) == (done.correction_id, 5, {5})
        assert await storage.dropped(scope(2)) == ()
        await storage.withdraw(scope(1), done.correction_id, now=LATER)
        assert await storage.dropped(scope(1)) == ()

    async def test_one_is_named_as_it_was_put_right_before(self, storage):
        added = await add(storage, BUNDLE)
        done = await storage.correct(scope(1), added.article_ids[0], Edit({"title": "Plums"}), made_by=5, now=LATER)
        await storage.correct(scope(1), done.article_ids[0], Drop(), made_by=5, now=LATER)

        (dropped,) = await storage.dropped(scope(1))

        assert dropped.article.title == "Plums"

    async def test_after_their_day_their_words_are_gone_and_all_else_stands_where_it_stood(self, path):
        async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
            added = await add(storage, BUNDLE)
            done = await storage.correct(scope(1), added.article_ids[0], Drop(), made_by=5, now=LATER)
            kept = await storage.article(scope(1), added.article_ids[1])
            (listed,) = await storage.uploads(scope(1), [added.upload_id])

            await empty(storage)

            after = await storage.article(scope(1), added.article_ids[1])
            assert after.article == kept.article
            assert after.text_id != kept.text_id
            (stored,) = await storage.uploads(scope(1), [added.upload_id])
            assert stored.size == listed.size
            assert await storage.dropped(scope(1)) == ()
            assert await hits(storage, "plums") == 0
            with pytest.raises(ErasedError):
                await storage.original(scope(1), added.article_ids[1])
            with pytest.raises(Exception, match="taken back already"):
                await storage.withdraw(scope(1), done.correction_id, now=OVER)

        for words in ("plums", "Orchard frost", "Nobody recalls", "recalls"):
            assert not holds(path, words), words
        assert holds(path, "Riders cheered")

    async def test_their_names_and_the_words_of_their_dates_go_with_them(self, path):
        async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
            added = await storage.add(scope(1), upload(BUNDLE), _named())
            for words in ("Quince Marrow", "Rowan Thistle"):
                named = Decision(Verdict.RENAME, MentionType.PER, words, f"{words} Esq")
                await storage.decide(scope(1), named, made_by=5, now=NOON)
            for words in ("Quince Marrow", "Marrow Esq", "marrow", "Candlemas", "/quillfeast/"):
                assert holds(path, words), words
            await storage.correct(scope(1), added.article_ids[0], Drop(), made_by=5, now=LATER)

            await empty(storage)

            assert [one.decision.one for one in await storage.decisions(scope(1))] == ["Rowan Thistle"]
            found = await storage._database.read(lambda c: c.execute(select(tables.name.c.words)).scalars().all())
            assert found == ["Rowan Thistle"]

        for words in ("Quince Marrow", "Marrow Esq", "marrow", "Candlemas", "/quillfeast/"):
            assert not holds(path, words), words
        for words in ("Rowan Thistle", "Thistle Esq", "thistle", "Michaelmas", "/goosefair/"):
            assert holds(path, words), words

    async def test_notes_on_reading_them_keep_none_of_their_words(self, path):
        line = "By Ines Tamm, 3 March"
        notes = (
            Note(NoteKind.SPLIT, "article", "Article 1 begins.", "Orchard frost"),
            Note(NoteKind.SPLIT, "article", "Article 2 begins.", "Tram returns"),
            Note(NoteKind.DROPPED, "byline", text="By the orchardman"),
            Note(NoteKind.DROPPED, "byline", text=line),
            Note(NoteKind.PROPOSED, "split", "Another article may begin at “Such a May”.", "Such a May"),
            Note(NoteKind.GUESSED, "encoding", "Read as UTF-8.", "utf-8"),
        )
        first, second = reading(BUNDLE).articles
        place = DatePlace(DateOrigin.LINE, line, Span(14, 21))
        dated = replace(second, published=NOON, published_words="3 March", published_at=place)
        async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
            made = replace(reading(BUNDLE), articles=(first, dated), notes=notes)
            added = await storage.add(scope(1), upload(BUNDLE), made)
            await storage.correct(scope(1), added.article_ids[0], Drop(), made_by=5, now=LATER)

            await empty(storage)

            (stored,) = await storage.uploads(scope(1), [added.upload_id])
            without = [replace(note, text="") for note in notes]
            silent = replace(without[4], detail="")
            assert stored.notes == (without[0], notes[1], without[2], notes[3], silent, notes[5])

        for words in ("Orchard frost", "By the orchardman", "Such a May"):
            assert not holds(path, words), words

    async def test_what_was_put_right_in_the_others_stays_so(self, storage):
        added = await add(storage, BUNDLE)
        edited = await storage.correct(scope(1), added.article_ids[1], Edit({"title": "Line 4"}), made_by=5, now=LATER)
        await storage.correct(scope(1), added.article_ids[0], Drop(), made_by=5, now=LATER)

        await empty(storage)
        await storage.correct(scope(1), edited.article_ids[0], Edit({"source": "Depot"}), made_by=5, now=OVER)

        stored = await storage.article(scope(1), edited.article_ids[0])
        assert (stored.article.title, stored.article.source) == ("Line 4", "Depot")
        kept = await storage.corrections(scope(1), edited.article_ids[0])
        assert [one.final for one in kept] == [False, True]

    async def test_a_title_that_somebody_gave_to_what_is_gone_goes_with_it(self, storage):
        added = await add(storage, BUNDLE)
        at = (await storage.sentences(scope(1), added.article_ids[0]))[0].end
        split = Split(at, title="Zwetschgen")
        done = await storage.correct(scope(1), added.article_ids[0], split, made_by=5, now=LATER)
        await storage.correct(scope(1), done.article_ids[1], Drop(), made_by=5, now=LATER)

        await empty(storage)

        assert "Zwetschgen" not in str(await storage._database.read(_everything))

    async def test_a_file_that_is_no_longer_whole_is_shared_with_nobody(self, storage):
        added = await add(storage, BUNDLE)
        await storage.correct(scope(1), added.article_ids[0], Drop(), made_by=5, now=LATER)
        await empty(storage)

        with pytest.raises(ErasedError):
            await storage.share(scope(1), added.article_ids[1], audience_id=9, origin_id=77, now=OVER)

        assert len(await storage.origins(scope(1, 9), added.article_ids[1])) == 1

    async def test_the_day_of_the_last_one_counts_for_all_of_its_file(self, storage):
        three = replace(BUNDLE, stories=(*BUNDLE.stories, *MIRROR.stories[1:]))
        added = await add(storage, three)
        await storage.correct(scope(1), added.article_ids[0], Drop(), made_by=5, now=LATER)
        late = await storage.correct(scope(1), added.article_ids[2], Drop(), made_by=5, now=OVER + timedelta(hours=1))

        await empty(storage)

        assert late.correction_id in {one.correction_id for one in await storage.dropped(scope(1))}
        await empty(storage, before=OVER + DAY)
        assert await storage.dropped(scope(1)) == ()


@given(st.text(alphabet="ab \n", min_size=8, max_size=40), st.data())
def test_blanking_moves_nothing_and_touches_no_other_article(text_, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text_)), min_size=4, max_size=6, unique=True)))
    pieces = [Piece(number, start, end, ()) for number, (start, end) in enumerate(pairwise(cuts))]
    gone = data.draw(st.sets(st.sampled_from(pieces), min_size=1))

    after = blank(text_, [piece for piece in pieces if piece not in gone], list(gone))

    assert len(after) == len(text_)
    assert all(after[piece.start : piece.end].strip() == "" for piece in gone)
    kept = [piece for piece in pieces if piece not in gone]
    assert all(after[piece.start : piece.end] == text_[piece.start : piece.end] for piece in kept)


def _named():
    """Return the bundle with a name, a date and where it was read, for each of its articles."""
    made, told = reading(BUNDLE), zip(("Frost", "Line 4"), ("Quince Marrow", "Rowan Thistle"), strict=True)
    dates = (
        ("Candlemas", "https://vell.example/quillfeast/Candlemas"),
        ("Michaelmas", "https://vell.example/goosefair/Michaelmas"),
    )
    articles = tuple(
        replace(
            one,
            published=NOON,
            published_words=words,
            published_at=DatePlace(DateOrigin.ADDRESS, holder, Span(len(holder) - len(words), len(holder))),
        )
        for one, (words, holder) in zip(made.articles, dates, strict=True)
    )
    names = tuple(
        (Named(Mention(0, len(surface), MentionType.PER, surface), words, (f"per {words.split()[1].lower()}",)),)
        for surface, words in told
    )
    return replace(made, articles=articles, names=names)


def _everything(connection):
    return [list(connection.execute(select(table))) for table in tables.metadata.sorted_tables]


async def _digests(storage):
    return await storage._database.read(lambda c: list(c.execute(select(tables.blob.c.sha256)).scalars()))


def holds(path, words):
    """Tell whether the letters are in a file of the database; FTS5 may share a word's first ones with another.

    Four are looked for at least: fewer stand in the names of tables too.
    """
    assert len(words) > 4
    letters = words[min(3, len(words) - 4) :].encode()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [Path(str(path) + ending) for ending in ("", "-wal") if Path(str(path) + ending).exists()]
    return any(letters in file.read_bytes() for file in files)
