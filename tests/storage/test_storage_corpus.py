"""What every engine does with uploads and articles."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from corpus_makers import BUNDLE, DESK, EMPTY, HARBOUR, MIRROR, NOON, detailed, reading, scope, upload, whole

from storage.base import Added, Removed
from storage.errors import MissingExtractionError, UnknownArticleError
from summariser.model import Article, Span


async def test_an_article_comes_back_as_it_was_read(storage):
    read = detailed()

    added = await storage.add(scope(1), upload(HARBOUR), read)

    stored = await storage.article(scope(1), added.article_ids[0])
    assert stored.article == read.articles[0]
    assert (stored.ordinal, stored.siblings) == (0, 1)


async def test_a_citation_of_a_stored_article_cuts_the_stored_words(storage):
    read = detailed()
    added = await storage.add(scope(1), upload(HARBOUR), read)
    stored = await storage.article(scope(1), added.article_ids[0])

    spans = await storage.sentences(scope(1), stored.article_id)

    cited = [span.moved(stored.article.start).cut(read.text) for span in spans]
    assert cited == ["The lamp at Cape Oru is lit.", "A keeper waved."]
    assert stored.text_id == sha256(read.text.encode()).hexdigest()


async def test_each_article_of_a_file_is_cut_at_its_place(storage):
    added = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

    stored = [await storage.article(scope(1), article_id) for article_id in added.article_ids]

    assert [one.article for one in stored] == list(reading(BUNDLE).articles)
    assert [(one.ordinal, one.siblings) for one in stored] == [(0, 2), (1, 2)]
    assert len({one.text_id for one in stored}) == 1


async def test_an_article_without_sentences_has_none(storage):
    read = replace(reading(HARBOUR), sentences=((),))

    added = await storage.add(scope(1), upload(HARBOUR), read)

    assert await storage.sentences(scope(1), added.article_ids[0]) == ()


async def test_an_upload_comes_back_with_what_was_read_in_it(storage):
    brought = upload(HARBOUR, message_id=55, url="https://courier.example/dues", media_type="text/plain")
    read = detailed()
    added = await storage.add(scope(1), brought, read)

    (stored,) = await storage.uploads(scope(1), [added.upload_id])

    for name in (
        "filename",
        "uploader_id",
        "audience_id",
        "channel_id",
        "message_id",
        "url",
        "media_type",
        "created_at",
    ):
        assert getattr(stored, name) == getattr(brought, name)
    assert (stored.size, stored.format, stored.encoding, stored.notes) == (len(brought.data), "html", None, read.notes)
    assert [head.title for head in stored.articles] == ["Lamp lit"]


async def test_uploads_come_in_the_order_asked_for_and_once(storage):
    first = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    second = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

    found = await storage.uploads(scope(1), [second.upload_id, 12345, first.upload_id, second.upload_id])

    assert [one.upload_id for one in found] == [second.upload_id, first.upload_id]


async def test_a_file_without_articles_is_kept_and_listed_nowhere(storage):
    added = await storage.add(scope(1), upload(EMPTY), reading(EMPTY))

    assert added.article_ids == ()
    assert [one.articles for one in await storage.uploads(scope(1), [added.upload_id])] == [()]
    assert await storage.newest(scope(1)) == ()
    assert await storage.count(scope(1)) == 0


async def test_the_same_origin_and_attachment_are_added_once(storage):
    await storage.add(scope(1), upload(MIRROR), reading(MIRROR))
    brought = upload(HARBOUR)
    first = await storage.add(scope(1), brought, reading(HARBOUR))
    await storage.add(scope(1), upload(HARBOUR), None)

    again = await storage.add(scope(1), brought, reading(HARBOUR))

    assert again == replace(first, repeated=True)
    assert again.known == again.article_ids
    assert len(await storage.origins(scope(1), first.article_ids[0])) == 2


async def test_the_same_bytes_share_what_was_read_in_them(storage):
    first = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
    assert await storage.has_extraction(
        DESK, (await storage.uploads(scope(1), [first.upload_id]))[0].blob, parser="verbatim", parser_version=1
    )

    second = await storage.add(scope(1), upload(BUNDLE), None)
    third = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

    assert first.article_ids == second.article_ids == third.article_ids
    assert await storage.count(scope(1)) == 2
    assert (first.known, second.known) == ((), first.article_ids)


async def test_without_an_extraction_bytes_that_nobody_read_are_refused_whole(storage):
    added = await storage.add(scope(1, desk=2), upload(HARBOUR), reading(HARBOUR))
    stored = await storage.uploads(scope(1, desk=2), [added.upload_id])
    assert not await storage.has_extraction(DESK, stored[0].blob, parser="verbatim", parser_version=1)

    with pytest.raises(MissingExtractionError, match="Send the file again"):
        await storage.add(scope(1), upload(HARBOUR), None)

    assert await storage.newest(whole()) == ()


async def test_a_better_parser_replaces_the_articles_in_lists_and_keeps_the_old_for_their_citations(storage):
    old = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
    better = replace(reading(BUNDLE, version=2), articles=reading(BUNDLE).articles[:1], sentences=((Span(0, 5),),))

    new = await storage.add(scope(1), upload(BUNDLE), better)

    assert set(new.article_ids).isdisjoint(old.article_ids)
    assert [head.article_id for head in await storage.newest(scope(1))] == list(new.article_ids)
    assert await storage.count(scope(1)) == 1
    assert (await storage.article(scope(1), old.article_ids[1])).article == reading(BUNDLE).articles[1]
    assert len(await storage.origins(scope(1), old.article_ids[1])) == 2
    assert new.known == new.article_ids


async def test_a_text_is_known_when_another_file_in_sight_holds_it(storage):
    harbour = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

    mirror = await storage.add(scope(1), upload(MIRROR), reading(MIRROR))

    assert harbour.known == ()
    assert mirror.known == mirror.article_ids[:1]


async def test_a_text_out_of_sight_is_not_known(storage):
    await storage.add(scope(7), upload(HARBOUR, audience=7), reading(HARBOUR))

    added = await storage.add(scope(1), upload(HARBOUR), None)
    seeing_both = await storage.add(scope(1, 7), upload(MIRROR), reading(MIRROR))

    assert added.known == ()
    assert seeing_both.known == seeing_both.article_ids[:1]


async def test_an_article_was_added_when_the_scope_could_first_see_it(storage):
    await storage.add(scope(7), upload(HARBOUR, audience=7), reading(HARBOUR))
    bundle = upload(BUNDLE)
    await storage.add(scope(1), bundle, reading(BUNDLE))
    late = upload(HARBOUR)
    added = await storage.add(scope(1), late, None)

    heads = await storage.newest(scope(1))

    assert [head.title for head in heads] == ["Harbour dues rise", "Orchard frost", "Tram returns"]
    assert [head.created_at for head in heads] == [late.created_at, bundle.created_at, bundle.created_at]
    assert (await storage.article(scope(1), added.article_ids[0])).created_at == late.created_at
    assert [head.title for head in await storage.newest(scope(1, 7))][-1] == "Harbour dues rise"


async def test_lists_are_as_long_as_asked_for(storage):
    await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
    await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

    assert len(await storage.newest(scope(1), limit=2)) == 2
    assert len(await storage.suggest(scope(1), "vell", limit=2)) == 2


async def test_an_opening_stands_in_for_a_title(storage):
    text = "Rain fell on the ferry. " * 20
    read = replace(reading(HARBOUR), text=text, articles=(Article(text),), sentences=((),))

    await storage.add(scope(1), upload(HARBOUR), read)

    (head,) = await storage.newest(scope(1))
    assert (head.title, head.source, head.published, head.opening) == (None, None, None, text[:120])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["Harbour dues rise", "Orchard frost", "Tram returns"]),
        ("tram", ["Tram returns"]),
        ("  TRAM  retu ", ["Tram returns"]),
        ("astar", ["Orchard frost"]),
        ("AŠTAR plums", ["Orchard frost"]),
        ("courier", ["Harbour dues rise", "Orchard frost", "Tram returns"]),
        ("port courier dues", ["Harbour dues rise"]),
        ("port plums", []),
        ("%", []),
        ("_", []),
        ("har\0bour", ["Harbour dues rise"]),
        ("tram\ud800", ["Tram returns"]),
        ("tram " * 3000, ["Tram returns"]),
        ("'; DROP TABLE article; --", []),
    ],
)
async def test_suggestions_hold_every_typed_word(storage, typed, found):
    await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
    await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

    heads = await storage.suggest(scope(1), typed)

    assert [head.title for head in heads] == found


async def test_an_anchor_is_given_once_and_only_to_what_has_none(storage):
    bare = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    linked = await storage.add(scope(1), upload(BUNDLE, message_id=5), reading(BUNDLE))

    await storage.anchor(scope(1), [bare.upload_id, linked.upload_id], channel_id=31, message_id=32)
    await storage.anchor(scope(1), [bare.upload_id], channel_id=41, message_id=42)

    found = await storage.uploads(scope(1), [bare.upload_id, linked.upload_id])
    assert [(one.channel_id, one.message_id) for one in found] == [(31, 32), (1, 5)]


async def test_the_last_removal_leaves_nothing_behind(storage):
    first = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
    second = await storage.add(scope(1), upload(BUNDLE), None)
    elsewhere = await storage.add(scope(1, desk=2), upload(BUNDLE), reading(BUNDLE))

    assert await storage.remove_uploads(scope(1), [first.upload_id]) == Removed(1, 0)
    assert await storage.count(scope(1)) == 2
    assert await storage.remove_uploads(scope(1), [second.upload_id, first.upload_id]) == Removed(1, 2)

    assert await rows(storage, DESK) == {"blob": 0, "upload": 0, "extraction": 0, "article": 0, "sentence": 0}
    assert await rows(storage, 2) == {"blob": 1, "upload": 1, "extraction": 1, "article": 2, "sentence": 5}
    assert await storage.origins(scope(1, desk=2), elsewhere.article_ids[0])
    with pytest.raises(UnknownArticleError):
        await storage.article(scope(1), first.article_ids[0])


@pytest.mark.trust("uploader-others-stay")
async def test_a_removal_takes_the_articles_out_of_sight_and_nobody_elses(storage):
    mine = await storage.add(scope(1), upload(HARBOUR, audience=1), reading(HARBOUR))
    await storage.add(scope(7), upload(HARBOUR, audience=7), None)

    removed = await storage.remove_uploads(scope(1), [mine.upload_id])

    assert removed == Removed(1, 1)
    assert await storage.count(scope(1)) == 0
    assert await storage.count(scope(7)) == 1


async def test_what_is_not_there_is_removed_without_a_word(storage):
    assert await storage.remove_uploads(scope(1), []) == Removed(0, 0)
    assert await storage.remove_uploads(scope(1), [4]) == Removed(0, 0)


@pytest.mark.parametrize("question", ["article", "sentences", "origins"])
@pytest.mark.trust("other-server-names")
async def test_an_article_of_another_desk_or_of_none_is_unknown(storage, question):
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    ask = getattr(storage, question)

    with pytest.raises(UnknownArticleError, match="bring it in again with /add"):
        await ask(whole(desk=2), added.article_ids[0])
    with pytest.raises(UnknownArticleError):
        await ask(whole(), 99)


async def test_a_reading_that_breaks_its_promise_is_refused_whole(storage):
    moved = replace(reading(BUNDLE), articles=tuple(replace(one, start=1) for one in reading(BUNDLE).articles))
    beyond = replace(reading(BUNDLE), sentences=((Span(0, 5000),), ()))
    short = replace(reading(BUNDLE), sentences=())

    for broken in (moved, beyond, short):
        with pytest.raises(ValueError, match=r"does not stand|runs over|shorter"):
            await storage.add(scope(1), upload(BUNDLE), broken)

    assert await storage.count(whole()) == 0


async def test_times_come_back_aware_and_exact(storage):
    zone = timezone(timedelta(hours=-7))
    written = datetime(2026, 7, 1, 8, 30, 0, 1, tzinfo=zone)

    added = await storage.add(scope(1), upload(HARBOUR, created_at=written), reading(HARBOUR))

    (stored,) = await storage.uploads(scope(1), [added.upload_id])
    assert stored.created_at == written
    assert stored.created_at.tzinfo is UTC


async def test_a_time_without_a_zone_is_a_bug(storage):
    naive = replace(reading(HARBOUR).articles[0], published=NOON.replace(tzinfo=None))

    with pytest.raises(Exception, match="has no time zone"):
        await storage.add(scope(1), upload(HARBOUR), replace(reading(HARBOUR), articles=(naive,)))

    assert await storage.count(whole()) == 0


async def test_ids_grow_in_the_order_of_adding(storage):
    later = await storage.add(scope(1), upload(HARBOUR, created_at=NOON + timedelta(days=400)), reading(HARBOUR))

    earlier = await storage.add(scope(1), upload(BUNDLE, created_at=NOON - timedelta(days=900)), reading(BUNDLE))

    assert isinstance(earlier, Added)
    assert later.upload_id < earlier.upload_id < 2**63
    assert sorted(earlier.article_ids) == list(earlier.article_ids)


async def test_the_storage_can_check_itself(storage):
    assert await storage.check() == "ok"


async def rows(storage, desk):
    """Count the rows of a desk in each table of the corpus."""

    def count(connection):
        tables = ("blob", "upload", "extraction", "article", "sentence")
        query = "SELECT count(*) FROM {} WHERE desk_id = {}"
        return {name: connection.exec_driver_sql(query.format(name, desk)).scalar_one() for name in tables}

    return await storage._database.read(count)
