"""Many articles read at once, and those of some time: nothing out of sight, bounded, in the order that is asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from corpus_makers import File, reading, scope, upload, whole
from sqlalchemy import literal

from storage import open_storage, texts
from storage.base import NewExtraction
from summariser.model import Article, Span

MAY = datetime(2024, 5, 1, tzinfo=UTC)


def dated(text, day, source):
    """Return what was read in a file with one article."""
    when = MAY + timedelta(days=day - 1) if day else None
    article = Article(text, title=text[:10], source=source, published=when)
    return NewExtraction("verbatim", 1, "txt", text, (article,), ((Span(0, len(text)),),))


async def keep(storage, text, *, day=None, source="Oru Gazette", audience=1):
    added = await storage.add(
        scope(audience), upload(File(text, ()), audience, data=text.encode()), dated(text, day, source)
    )
    return added.article_ids[0]


@pytest.fixture
async def shelf(storage):
    """Five articles, one of them out of sight of audience 1, one without a date."""
    return {
        "first": await keep(storage, "Eels in the lock.", day=1),
        "third": await keep(storage, "Eels are sold.", day=3, source="Vell Courier"),
        "hidden": await keep(storage, "Eels are counted in secret.", day=2, source="Quiet Post", audience=2),
        "second": await keep(storage, "Eels again.", day=2, source="Vell Courier"),
        "undated": await keep(storage, "Eels for ever.", source="Tide Letter"),
    }


def names(shelf, found):
    by_id = {article_id: name for name, article_id in shelf.items()}
    return [by_id[head.article_id] for head in found.heads]


async def test_texts_come_in_the_order_that_is_asked_for_with_their_sentences(storage, shelf):
    found = await storage.texts(scope(1), [shelf["undated"], shelf["first"], 17, shelf["third"]])

    assert [one.stored.article.text for one in found] == ["Eels for ever.", "Eels in the lock.", "Eels are sold."]
    for one in found:
        assert one.stored == await storage.article(scope(1), one.stored.article_id)
        assert one.sentences == await storage.sentences(scope(1), one.stored.article_id)


async def test_texts_stop_at_so_many_characters_but_never_before_the_first(storage, shelf):
    ids = [shelf["first"], shelf["third"], shelf["second"]]

    assert len(await storage.texts(scope(1), ids, characters=32)) == 2
    assert len(await storage.texts(scope(1), ids, characters=1)) == 1


async def test_what_is_out_of_sight_is_in_no_answer(storage, shelf):
    until = MAY + timedelta(days=9)

    for asking, seen in ((scope(1), False), (scope(2), True), (scope(1, 2), True), (whole(), True), (scope(), False)):
        texts_ = await storage.texts(asking, [shelf["hidden"]])
        recent = await storage.recent(asking)
        between = await storage.sources_between(asking, MAY, until)
        origins = await storage.origins_of(asking, [shelf["hidden"]])

        assert bool(texts_) is bool(origins) is seen
        assert ("hidden" in names(shelf, recent)) is seen
        assert recent.total == len(recent.heads)
        assert ("Quiet Post" in between) is seen


async def test_origins_of_many_are_those_of_each(storage, shelf):
    origins = await storage.origins_of(scope(1), [*shelf.values(), 17])

    assert origins.keys() == set(shelf.values()) - {shelf["hidden"]}
    for article_id, places in origins.items():
        one_by_one = await storage.origins(scope(1), article_id)
        assert [(one.channel_id, one.message_id, one.url) for one in places] == [
            (one.channel_id, one.message_id, one.url) for one in one_by_one
        ]


async def test_another_desk_sees_nothing(storage, shelf):
    elsewhere = whole(desk=2)

    assert await storage.texts(elsewhere, list(shelf.values())) == ()
    assert (await storage.recent(elsewhere)).total == 0
    assert await storage.sources_between(elsewhere, MAY, MAY + timedelta(days=9)) == ()


async def test_what_was_added_last_comes_first_and_within_days_what_was_published_last(storage, shelf):
    assert names(shelf, await storage.recent(scope(1))) == ["undated", "second", "third", "first"]
    within = await storage.recent(scope(1), since=MAY)

    assert names(shelf, within) == ["third", "second", "first"]
    assert within.undated == 1


async def test_days_and_sources_limit_what_is_recent(storage, shelf):
    second = MAY + timedelta(days=1)
    found = await storage.recent(scope(1), since=second, until=second + timedelta(days=1))

    assert names(shelf, found) == ["second"]
    assert names(shelf, await storage.recent(scope(1), sources=["Vell Courier"])) == ["second", "third"]
    assert names(shelf, await storage.recent(scope(1), sources=["Vell Courier"], limit=1)) == ["second"]


async def test_sources_of_a_time_are_those_that_published_then(storage, shelf):
    assert await storage.sources_between(scope(1), MAY, MAY + timedelta(days=1)) == ("Oru Gazette",)
    assert await storage.sources_between(scope(1), MAY, MAY + timedelta(days=3)) == ("Oru Gazette", "Vell Courier")


@pytest.mark.parametrize("condition", ["in_sight", "visible"])
async def test_a_read_without_its_condition_is_found_out(storage, shelf, monkeypatch, make_anew, condition):
    monkeypatch.setattr(texts, condition, lambda *_: literal(True))
    make_anew()

    recent = await storage.recent(scope(1), since=MAY)
    between = await storage.sources_between(scope(1), MAY, MAY + timedelta(days=9))
    origins = await storage.origins_of(scope(1), [shelf["hidden"]])

    assert recent.total > 3 or "Quiet Post" in between or origins


async def test_a_superseded_reading_is_not_recent():
    async with open_storage("sqlite+aiosqlite://") as storage:
        file = File("eels.txt", (("Eels", ("Eels in the lock.",)),))
        await storage.add(scope(1), upload(file), reading(file, version=1))
        newer = await storage.add(scope(1), upload(file), reading(file, version=2))

        recent = await storage.recent(scope(1))

        assert [head.article_id for head in recent.heads] == list(newer.article_ids)
