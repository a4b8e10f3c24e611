"""What a desk keeps for some days alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from corpus_makers import BUNDLE, HARBOUR, MIRROR, NOON, reading, upload, whole

from storage import retention
from storage.retention import GRACE

GUILD, OTHER = 4_000_000_000_000, 4_000_000_000_001
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Let ids begin anew: other tests' clocks were ahead; and look at all desks whenever it is asked for."""
    monkeypatch.setattr("storage.ids._last", 0)
    monkeypatch.setattr(retention, "BETWEEN", timedelta())


async def keep(storage, days, *, desk=GUILD, now=NOON):
    await storage.change_settings(desk, lambda kept: replace(kept, keep_days=days), changed_by=7, now=now)


async def add(storage, file, *, days_ago=0, audience=1, desk=GUILD, now=NOON + 100 * DAY):
    brought = upload(file, audience, created_at=now - days_ago * DAY)
    return await storage.add(whole(desk), brought, reading(file))


async def tidy(storage, now):
    """Do what the program does in the background, until there is nothing left to do."""
    while not await storage.expire(now=now):
        pass
    while not await storage.empty_trash(before=now - DAY):
        pass


NOW = NOON + 100 * DAY


@pytest.mark.trust("retention")
async def test_what_is_older_is_taken_out_and_a_day_later_it_is_gone(storage):
    await keep(storage, 30)
    await add(storage, HARBOUR, days_ago=31)
    await add(storage, BUNDLE, days_ago=20)

    await tidy(storage, NOW)

    there = {head.title for head in await storage.newest(whole(GUILD))}
    (removal,) = await storage.in_trash(whole(GUILD))
    await tidy(storage, NOW + timedelta(hours=25))
    assert there == {"Orchard frost", "Tram returns"}
    assert [head.title for head in removal.articles] == ["Harbour dues rise"]
    assert removal.removed_by is None
    assert await storage.in_trash(whole(GUILD)) == ()
    assert await storage.has_extraction(GUILD, "x", parser="verbatim", parser_version=1) is False
    assert await storage.count(whole(GUILD)) == 2


async def test_the_clock_decides_and_nothing_else(storage):
    await keep(storage, 30)
    await add(storage, HARBOUR, days_ago=0)

    counts = []
    for days in (29, 30, 31):
        await tidy(storage, NOW + days * DAY)
        counts.append(await storage.count(whole(GUILD)))

    assert counts == [1, 1, 0]


@pytest.mark.parametrize("days", ["soon", -3, 10**9, 2.5])
async def test_what_is_no_number_of_days_keeps_nobody_else_waiting(storage, days):
    await keep(storage, days, desk=OTHER)
    await keep(storage, 30)
    await add(storage, HARBOUR, days_ago=31)

    await tidy(storage, NOW)

    assert await storage.count(whole(GUILD)) == 0


async def test_without_it_everything_stays(storage):
    await add(storage, HARBOUR, days_ago=99)
    await keep(storage, 5, desk=OTHER)
    await keep(storage, 5)
    await keep(storage, 0, now=NOON + DAY)

    await tidy(storage, NOW)

    assert await storage.count(whole(GUILD)) == 1


async def test_other_desks_are_not_touched(storage):
    await keep(storage, 5)
    await add(storage, HARBOUR, days_ago=50, desk=OTHER)
    await add(storage, HARBOUR, days_ago=50)

    await tidy(storage, NOW)

    assert (await storage.count(whole(GUILD)), await storage.count(whole(OTHER))) == (0, 1)


async def test_nothing_goes_within_an_hour_of_setting_it(storage):
    await add(storage, HARBOUR, days_ago=50)
    await keep(storage, 5, now=NOW)

    await tidy(storage, NOW + GRACE - timedelta(seconds=1))
    early = await storage.count(whole(GUILD))
    await tidy(storage, NOW + GRACE)

    assert (early, await storage.count(whole(GUILD))) == (1, 0)


async def test_what_was_brought_again_counts_from_then(storage):
    await keep(storage, 30)
    await add(storage, HARBOUR, days_ago=50)
    await add(storage, HARBOUR, days_ago=3)

    await tidy(storage, NOW)
    await tidy(storage, NOW + 2 * DAY)

    assert await storage.count(whole(GUILD)) == 1


async def test_it_is_done_in_small_pieces(storage, monkeypatch):
    monkeypatch.setattr("storage.retention._MOST_UPLOADS", 2)
    await keep(storage, 30)
    for _ in range(5):
        await add(storage, MIRROR, days_ago=40)

    left = []
    while not await storage.expire(now=NOW):
        left.append(len((await storage.listed(whole(GUILD), uploader_id=900)).heads))

    assert len(left) == 3
    assert await storage.count(whole(GUILD)) == 0


@pytest.mark.parametrize("settings", [1, 2, 3, 500])
async def test_all_desks_are_looked_at_a_few_at_a_time(storage, monkeypatch, settings):
    monkeypatch.setattr(retention, "_MOST_SETTINGS", settings)
    desks = [GUILD + number for number in range(7)]
    for number, desk in enumerate(desks):
        await keep(storage, 30 if number % 3 else 40, desk=desk)
        await storage.change_settings(desk, lambda kept: replace(kept, zone="Asia/Tokyo"), changed_by=7, now=NOON)
        await add(storage, HARBOUR, days_ago=35, desk=desk)

    calls = 1
    while not await storage.expire(now=NOW):
        calls += 1

    assert [await storage.count(whole(desk)) for desk in desks] == [1, 0, 0, 1, 0, 0, 1]
    assert (calls == 5) if settings == 500 else (calls > 5)


async def test_all_desks_are_looked_at_every_ten_minutes(storage, monkeypatch):
    monkeypatch.setattr(retention, "BETWEEN", timedelta(minutes=10))
    await keep(storage, 30)
    await storage.expire(now=NOW)
    await add(storage, HARBOUR, days_ago=31)

    counts = []
    for minutes in (9, 10):
        await tidy(storage, NOW + timedelta(minutes=minutes))
        counts.append(await storage.count(whole(GUILD)))

    assert counts == [1, 0]


async def test_a_clock_that_was_put_back_keeps_nobody_waiting(storage, monkeypatch):
    monkeypatch.setattr(retention, "BETWEEN", timedelta(minutes=10))
    await keep(storage, 30)
    await storage.expire(now=NOW + DAY)
    await add(storage, HARBOUR, days_ago=31)

    await tidy(storage, NOW)

    assert await storage.count(whole(GUILD)) == 0
