"""Who sees what was put right, and what was shared: those for whom it was brought, and nobody by accident."""

from dataclasses import replace
from datetime import timedelta

import pytest
from corpus_makers import BUNDLE, HARBOUR, MIRROR, NOON, detailed, reading, scope, upload, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import copies, open_storage
from storage.base import Drop, Edit, Merge, Search, Split
from storage.errors import CorrectionError, UnknownArticleError, UnknownCorrectionError
from storage.query import parse
from summariser.model import Span

LATER = NOON + timedelta(days=1)
QUAY = Edit({"title": "Quay fees", "source": "Quay Post"})


async def _correct(storage, asking, article_id, correction):
    return await storage.correct(asking, article_id, correction, made_by=900, now=LATER)


async def _share(storage, asking, article_id, audience, *, origin=70):
    return await storage.share(asking, article_id, audience_id=audience, origin_id=origin, now=LATER)


async def _title(storage, asking, article_id):
    return (await storage.article(asking, article_id)).article.title


async def _view(storage, asking):
    """All that a scope is shown."""
    heads = (await storage.listed(asking, limit=99)).heads
    ids = [head.article_id for head in heads]
    words = ("quay", "ice", "tram", "the")
    return {
        "heads": heads,
        "count": await storage.count(asking),
        "sources": await storage.sources(asking, ""),
        "articles": [await storage.article(asking, one) for one in ids],
        "sentences": [await storage.sentences(asking, one) for one in ids],
        "original": [await storage.original(asking, one) for one in ids],
        "passage": [await storage.passage(asking, one, Span(0, 4)) for one in ids],
        "corrections": [await storage.corrections(asking, one) for one in ids],
        "suggest": {word: await storage.suggest(asking, word) for word in words},
        "search": {word: await storage.search(asking, Search(parse(word)), limit=99) for word in words},
        "nearby": {word: await storage.nearby(asking, word) for word in ("quax", "trams")},
    }


@pytest.mark.parametrize("hidden", [scope(2), scope(1, desk=2)])
async def test_a_correction_does_not_show_where_the_same_bytes_were_brought_out_of_sight(storage, hidden):
    (there,) = (await storage.add(hidden, upload(HARBOUR, *hidden.audiences), reading(HARBOUR))).article_ids
    (here,) = (await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))).article_ids
    before = await _view(storage, hidden)

    done = await _correct(storage, scope(1), here, QUAY)

    assert await _view(storage, hidden) == before
    assert await _title(storage, hidden, there) == "Harbour dues rise"
    assert await _title(storage, scope(1), done.article_ids[0]) == "Quay fees"
    with pytest.raises(UnknownCorrectionError):
        await storage.withdraw(hidden, done.correction_id, now=LATER)


async def test_a_copy_that_asks_nobody_whether_others_brought_the_bytes_is_found_out(storage, monkeypatch):
    await storage.add(scope(2), upload(HARBOUR, 2), reading(HARBOUR))
    (here,) = (await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))).article_ids
    before = await _view(storage, scope(2))
    monkeypatch.setattr(copies, "_audiences", lambda *_: set())

    await _correct(storage, scope(1), here, QUAY)

    assert await _view(storage, scope(2)) != before


async def test_citations_made_before_a_copy_was_needed_still_open(storage):
    await storage.add(scope(2), upload(BUNDLE, 2), reading(BUNDLE))
    frost, tram = (await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))).article_ids

    done = await _correct(storage, scope(1), tram, Edit({"title": "Line 4"}))

    assert done.article_ids != (tram,)
    assert await _title(storage, scope(1), tram) == "Line 4"
    assert await _title(storage, scope(1), frost) == "Orchard frost"
    stored, span = await storage.passage(scope(1), tram, Span(21, 27))
    assert (stored.article_id, span.cut(stored.article.text)) == (done.article_ids[0], "It had")
    again = await _correct(storage, scope(1), tram, Edit({"source": "Tram Post"}))
    assert again.article_ids == done.article_ids
    assert await _title(storage, scope(2), tram) == "Tram returns"
    with pytest.raises(UnknownArticleError):
        await storage.article(scope(2), done.article_ids[0])


async def test_two_circles_put_the_same_article_right_each_in_its_way(storage):
    (one,) = (await storage.add(scope(1), upload(HARBOUR, 1), reading(HARBOUR))).article_ids
    await storage.add(scope(2), upload(HARBOUR, 2), None)
    both = await _correct(storage, scope(1, 2), one, Edit({"source": "Both"}))

    first = await _correct(storage, scope(1), one, Edit({"title": "First"}))
    second = await _correct(storage, scope(2), one, Edit({"title": "Second"}))

    assert [await _title(storage, scope(number), one) for number in (1, 2)] == ["First", "Second"]
    assert [await storage.sources(scope(number), "") for number in (1, 2)] == [("Both",), ("Both",)]
    await storage.withdraw(scope(1), both.correction_id, now=LATER)
    assert [await storage.sources(scope(number), "") for number in (1, 2)] == [("Vell Courier",), ("Both",)]
    assert [len(await storage.corrections(scope(number), one)) for number in (1, 2)] == [2, 2]
    for asking, theirs in ((scope(1), second), (scope(2), first)):
        with pytest.raises(UnknownCorrectionError):
            await storage.withdraw(asking, theirs.correction_id, now=LATER)


async def test_a_correction_that_became_two_is_taken_back_in_both_by_who_sees_both(storage):
    (one,) = (await storage.add(scope(1), upload(HARBOUR, 1), reading(HARBOUR))).article_ids
    await storage.add(scope(2), upload(HARBOUR, 2), None)
    both = await _correct(storage, whole(), one, Edit({"source": "Both"}))
    await _correct(storage, scope(1), one, Edit({"title": "First"}))

    await storage.withdraw(whole(), both.correction_id, now=LATER)

    assert [await storage.sources(scope(number), "") for number in (1, 2)] == [("Vell Courier",), ("Vell Courier",)]


async def test_the_same_bytes_brought_later_show_what_their_readers_already_see(storage):
    (one,) = (await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))).article_ids
    await _correct(storage, scope(1), one, QUAY)

    others = await storage.add(scope(2), upload(HARBOUR, 2), reading(HARBOUR))
    same = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

    assert await _title(storage, scope(2), others.article_ids[0]) == "Harbour dues rise"
    assert others.known == ()
    assert same.article_ids == same.known == (one,)
    assert await _title(storage, scope(1), one) == "Quay fees"
    assert await storage.count(scope(1)) == 1
    stored = (await storage.uploads(scope(1), [same.upload_id]))[0]
    assert stored.blob == (await storage.uploads(scope(2), [others.upload_id]))[0].blob


async def test_bytes_are_read_anew_until_every_copy_of_them_was(storage):
    (one,) = (await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))).article_ids
    blob = (await storage.origins(scope(1), one))[0].blob
    await _correct(storage, scope(1), one, QUAY)
    found = [await storage.has_extraction(1, blob, parser="verbatim", parser_version=1)]

    await storage.add(scope(2), upload(HARBOUR, 2), reading(HARBOUR))
    found.append(await storage.has_extraction(1, blob, parser="verbatim", parser_version=1))
    await storage.add(scope(2), upload(HARBOUR, 2), reading(HARBOUR, version=2))
    found.append(await storage.has_extraction(1, blob, parser="verbatim", parser_version=2))
    await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR, version=2))
    found.append(await storage.has_extraction(1, blob, parser="verbatim", parser_version=2))

    assert found == [False, True, False, True]
    assert (await storage.newest(scope(1)))[0].title == "Quay fees"


async def test_what_is_removed_leaves_the_copy_of_others_whole(storage):
    hidden = await storage.add(scope(2), upload(HARBOUR, 2), reading(HARBOUR))
    here = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    await _correct(storage, scope(1), here.article_ids[0], QUAY)
    before = await _view(storage, scope(2))

    await storage.remove_uploads(scope(1), [here.upload_id])

    assert await _view(storage, scope(2)) == before
    assert await storage.count(scope(1)) == 0
    await storage.remove_uploads(scope(2), [hidden.upload_id])
    kept = await storage._database.read(
        lambda c: [
            c.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("blob", "article", "sentence", "spelling", "corrected", "correction", "uncorrected", "former")
        ]
    )
    assert kept == [0] * 8


async def test_the_original_comes_back_as_it_was_received(storage):
    await storage.add(scope(2), upload(HARBOUR, 2, filename="secret.txt"), reading(HARBOUR))
    added = await storage.add(scope(1), upload(HARBOUR, filename="open.txt"), reading(HARBOUR))
    await storage.add(scope(1), upload(HARBOUR, filename="late.txt"), reading(HARBOUR))

    before = await storage.original(scope(1), added.article_ids[0])
    await _correct(storage, scope(1), added.article_ids[0], QUAY)
    after = await storage.original(scope(1), added.article_ids[0])

    for stored, data in (before, after):
        assert (stored.upload_id, stored.filename, data) == (added.upload_id, "open.txt", HARBOUR.data)
    with pytest.raises(UnknownArticleError):
        await storage.original(scope(3), added.article_ids[0])


async def test_what_is_shared_is_seen_by_its_new_readers_until_it_is_removed(storage):
    brought = upload(BUNDLE, url="https://courier.example/frost", message_id=44, channel_id=5, uploader_id=33)
    added = await storage.add(scope(1), brought, reading(BUNDLE))

    shared = await _share(storage, scope(1), added.article_ids[1], 8)

    assert (shared.article_ids, shared.known, shared.repeated) == (added.article_ids, added.article_ids, False)
    assert await storage.count(scope(8)) == 2
    (stored,) = await storage.uploads(scope(8), [shared.upload_id])
    assert (stored.uploader_id, stored.url, stored.filename) == (33, "https://courier.example/frost", "bundle.txt")
    assert (stored.channel_id, stored.message_id, stored.created_at) == (8, None, LATER)
    await storage.anchor(scope(8), [shared.upload_id], channel_id=8, message_id=99)
    assert (await storage.origins(scope(8), added.article_ids[0]))[0].message_id == 99
    removed = await storage.remove_uploads(scope(1), [added.upload_id])
    assert removed.uploads == 1
    assert await storage.count(whole()) == 0


async def test_sharing_twice_with_the_same_readers_does_nothing(storage):
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    first = await _share(storage, scope(1), added.article_ids[0], 8)

    again = await _share(storage, scope(1), added.article_ids[0], 8, origin=71)
    theirs = await _share(storage, scope(1), added.article_ids[0], 1)
    other = await _share(storage, scope(1), added.article_ids[0], 9)

    assert again == replace(first, repeated=True)
    assert (theirs.upload_id, theirs.repeated) == (added.upload_id, True)
    assert (other.repeated, len(await storage.origins(whole(), added.article_ids[0]))) == (False, 3)
    with pytest.raises(UnknownArticleError):
        await _share(storage, scope(4), added.article_ids[0], 4)


async def test_what_is_put_right_after_sharing_changes_for_those_in_sight_alone(storage):
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    await _share(storage, scope(1), added.article_ids[0], 8)
    before = await _view(storage, scope(8))

    await _correct(storage, scope(1), added.article_ids[0], QUAY)

    assert await _view(storage, scope(8)) == before
    assert (await storage.newest(scope(1)))[0].title == "Quay fees"
    await storage.remove_uploads(scope(1), [added.upload_id])
    assert await storage.count(whole()) == 0
    left = await storage._database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM blob").scalar())
    assert left == 0


async def test_what_was_shared_does_not_count_as_brought_by_its_uploader_today(storage):
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    await _share(storage, scope(1), added.article_ids[0], 8)

    usage = await storage.usage(1, 900, since=NOON - timedelta(days=9))

    assert (usage.person.uploads, usage.desk.uploads, usage.person.bytes) == (1, 1, len(HARBOUR.data))


async def test_a_page_of_what_a_person_brought_holds_nothing_else(storage):
    mine = await storage.add(scope(1), upload(BUNDLE, uploader_id=5), reading(BUNDLE))
    await storage.add(scope(1), upload(MIRROR, uploader_id=6), reading(MIRROR))
    await storage.add(scope(2), upload(HARBOUR, 2, uploader_id=5), reading(HARBOUR))
    late = await storage.add(scope(1), upload(MIRROR, uploader_id=5), None)

    page = await storage.listed(scope(1), first=0, limit=3, uploader_id=5)
    rest = await storage.listed(scope(1), first=3, limit=3, uploader_id=5)

    ids = [head.article_id for head in (*page.heads, *rest.heads)]
    assert ids == [*late.article_ids, *mine.article_ids]
    assert (page.total, rest.total, len(page.heads)) == (4, 4, 3)
    assert (await storage.listed(scope(1), uploader_id=7)).heads == ()
    assert (await storage.listed(scope(1), first=99)).total == 4


async def test_everything_read_stays_through_corrections_of_a_detailed_article(storage):
    await storage.add(scope(2), upload(HARBOUR, 2), detailed())
    (one,) = (await storage.add(scope(1), upload(HARBOUR), detailed())).article_ids
    was = (await storage.article(scope(1), one)).article

    done = await _correct(storage, scope(1), one, Edit({"title": "Lamp out"}))
    edited = (await storage.article(scope(1), one)).article
    await storage.withdraw(scope(1), done.correction_id, now=LATER)

    assert edited == replace(was, title="Lamp out")
    assert (await storage.article(scope(1), one)).article == was
    assert (await storage.search(scope(1), Search(parse("believe")))).total == 1


_SCOPES = st.builds(
    lambda audiences, desk: scope(*audiences, desk=desk),
    st.sets(st.sampled_from((1, 2, 3)), min_size=1),
    st.sampled_from((1, 1, 2)),
)
_CORRECTIONS = st.sampled_from(
    (QUAY, Edit({"title": "Ice"}), Edit({"published": NOON}), Split(36, "Late"), Split(23), Merge(), Drop())
)
_STEPS = st.one_of(
    st.tuples(st.just("add"), _SCOPES, st.sampled_from((BUNDLE, MIRROR)), st.integers(1, 3), st.integers(1, 2)),
    st.tuples(st.just("correct"), _SCOPES, st.integers(0, 9), _CORRECTIONS),
    st.tuples(st.just("correct"), _SCOPES, st.integers(0, 9), _CORRECTIONS),
    st.tuples(st.just("withdraw"), _SCOPES, st.integers(0, 9)),
    st.tuples(st.just("share"), _SCOPES, st.integers(0, 9), st.integers(1, 3)),
)


async def _do(storage, asking, what, *values):
    """Do one thing; return whose sight it may change."""
    if what == "add":
        file, audience, version = values
        await storage.add(asking, upload(file, audience), reading(file, version))
        # Another reading is one for all who see the file as it is; the bundle's first one is there from the beginning.
        return {audience} if (file, version) == (BUNDLE, 1) else {1, 2, 3}
    heads = (await storage.listed(asking, limit=99)).heads
    if not heads:
        return set()
    number, *rest = values
    article_id = heads[number % len(heads)].article_id
    if what == "share":
        await _share(storage, asking, article_id, rest[0])
        return {rest[0]}
    try:
        if what == "correct":
            await _correct(storage, asking, article_id, rest[0])
        else:
            made = [one for one in await storage.corrections(asking, article_id) if not one.withdrawn]
            for one in made[:1]:
                await storage.withdraw(asking, one.correction_id, now=LATER)
    except CorrectionError:
        return set()
    return asking.audiences


@settings(max_examples=6)
@given(steps=st.lists(_STEPS, min_size=4, max_size=8))
async def test_nothing_done_in_one_sight_shows_in_another(steps):
    every = [scope(1), scope(2), scope(3), scope(1, desk=2)]
    async with open_storage("sqlite+aiosqlite://") as storage:
        for audience in (1, 2):
            await storage.add(scope(audience), upload(BUNDLE, audience), reading(BUNDLE))
        views = {one: await _view(storage, one) for one in every}

        for what, asking, *values in steps:
            changed = await _do(storage, asking, what, *values)

            for one in every:
                view = await _view(storage, one)
                if one.desk_id != asking.desk_id or not one.audiences & changed:
                    assert view == views[one]
                views[one] = view
