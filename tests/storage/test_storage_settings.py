"""What a desk has set, and how much it may take in."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from corpus_makers import DESK, HARBOUR, File, reading, scope, upload
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlalchemy import select, text

from storage import open_storage
from storage.base import Ceilings, DeskSettings, DeskUsage, Usage
from storage.errors import OverLimitError
from storage.settings import change_settings, find_settings
from storage.tables import desk_setting

NOW = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PLENTY = Usage(1000, 2**40)


def ceilings(**changed):
    return replace(Ceilings(DAY, PLENTY, PLENTY, 1000), **changed)


async def change(storage, desk_id=5, **values):
    return await storage.change_settings(desk_id, lambda kept: replace(kept, **values), changed_by=7, now=NOW)


async def test_a_desk_that_has_set_nothing_has_the_usual_settings(storage):
    assert await storage.settings(5) == DeskSettings()


async def test_a_change_tells_what_was_and_what_is(storage):
    before, after = await change(storage, zone="Asia/Tokyo", watched=frozenset({2**62, 3}))

    assert before == DeskSettings()
    assert after == await storage.settings(5) == DeskSettings(zone="Asia/Tokyo", watched=frozenset({3, 2**62}))


@pytest.mark.trust("other-server-settings")
async def test_settings_of_one_desk_are_no_other_desk_s(storage):
    await change(storage, desk_id=5, private=True)

    assert await storage.settings(-5) == DeskSettings()


async def test_settings_outlive_the_process(path):
    url = f"sqlite+aiosqlite:///{path}"
    async with open_storage(url) as first:
        await change(first, adders="managers", quiet=True)

    async with open_storage(url) as second:
        assert await second.settings(5) == DeskSettings(adders="managers", quiet=True)


async def test_two_changes_of_one_set_at_once_both_last(storage):
    async def watch(channel):
        await storage.change_settings(
            5, lambda kept: replace(kept, watched=kept.watched | {channel}), changed_by=7, now=NOW
        )

    await asyncio.gather(*map(watch, range(10)))

    assert (await storage.settings(5)).watched == set(range(10))


async def test_a_change_that_changes_nothing_is_nobody_s(storage):
    await change(storage, zone="UTC")

    rows = await storage._database.read(lambda c: c.execute(select(desk_setting)).all())
    assert rows == []


async def test_who_changed_a_setting_is_kept_for_that_setting_alone(storage):
    await change(storage, zone="Asia/Tokyo")
    await storage.change_settings(5, lambda kept: replace(kept, sentences=3), changed_by=8, now=NOW + DAY)

    rows = await storage._database.read(lambda c: c.execute(select(desk_setting)).all())
    told = {row.name: (row.changed_by, row.changed_at) for row in rows}
    assert told == {"zone": (7, NOW), "sentences": (8, NOW + DAY)}


async def test_a_setting_of_a_later_version_is_left_alone(storage):
    await change(storage, sentences=3)
    await storage._database.write(
        lambda c: c.execute(text("INSERT INTO desk_setting VALUES (5, 'colour', '\"red\"', 7, 0)"))
    )

    assert await storage.settings(5) == DeskSettings(sentences=3)


channels = st.frozensets(st.integers(1, 2**63 - 1), max_size=8)
settings = st.builds(
    DeskSettings,
    watched=channels,
    shared=channels,
    zone=st.text(max_size=20),
    sentences=st.integers(1, 12),
    private=st.booleans(),
    quiet=st.booleans(),
    adders=st.sampled_from(["everyone", "managers"]),
    desk_articles=st.integers(1, 2**40),
)


@trying(max_examples=25)
@given(st.lists(settings, min_size=1, max_size=4))
def test_whatever_is_set_last_is_what_holds(wanted):
    async def run():
        async with open_storage("sqlite+aiosqlite://") as storage:
            for each in wanted:
                await storage._database.write(lambda c, each=each: change_settings(c, 9, lambda _: each, 1, NOW))
            return await storage._database.read(lambda c: find_settings(c, 9))

    assert asyncio.run(run()) == wanted[-1]


async def bring(storage, number, *, at, by=7, size=1000, ceilings=None):
    file = File(f"{number}.txt", ((f"Report {number}", (f"This is report {number}.",)),))
    made = upload(file, data=f"{number} ".encode().ljust(size, b"x"), created_at=at, uploader_id=by)
    return await storage.add(scope(1), made, reading(file), ceilings=ceilings)


async def test_usage_counts_the_window_the_person_and_the_desk(storage):
    await bring(storage, 1, at=NOW - timedelta(hours=30))
    await bring(storage, 2, at=NOW - timedelta(hours=20), size=100)
    await bring(storage, 3, at=NOW - timedelta(hours=1), by=8, size=50)

    usage = await storage.usage(DESK, 7, since=NOW - DAY)

    assert usage == DeskUsage(Usage(1, 100), Usage(2, 150), 3)


async def test_a_reached_limit_says_when_there_is_room_again(storage):
    for number, hours in enumerate((20, 10, 5)):
        await bring(storage, number, at=NOW - timedelta(hours=hours))

    with pytest.raises(OverLimitError) as reached:
        await storage.check_room(DESK, 7, size=1, ceilings=ceilings(person=Usage(2, 2**40)), now=NOW)

    assert (reached.value.limit, reached.value.most) == ("person uploads", 2)
    # Of three within the day two have to leave before a third may come.
    assert reached.value.opens == NOW - timedelta(hours=10) + DAY


async def test_bytes_are_counted_with_those_that_are_to_come(storage):
    await bring(storage, 1, at=NOW - timedelta(hours=20), size=600)
    await bring(storage, 2, at=NOW - timedelta(hours=10), size=300)
    narrow = ceilings(desk=Usage(1000, 1000))

    await storage.check_room(DESK, 7, size=100, ceilings=narrow, now=NOW)
    with pytest.raises(OverLimitError) as reached:
        await storage.check_room(DESK, 7, size=800, ceilings=narrow, now=NOW)
    with pytest.raises(OverLimitError) as hopeless:
        await storage.check_room(DESK, 7, size=1001, ceilings=narrow, now=NOW)

    assert (reached.value.limit, reached.value.opens) == ("desk bytes", NOW - timedelta(hours=10) + DAY)
    assert hopeless.value.opens is None


async def test_room_opens_at_the_very_moment_that_was_told(storage):
    await bring(storage, 1, at=NOW)
    one = ceilings(person=Usage(1, 2**40))

    with pytest.raises(OverLimitError) as reached:
        await storage.check_room(DESK, 7, size=1, ceilings=one, now=NOW + timedelta(hours=1))

    await storage.check_room(DESK, 7, size=1, ceilings=one, now=reached.value.opens)


async def test_bytes_of_few_need_not_be_added_up(storage):
    """So long as they could not be too many, however large."""
    await bring(storage, 1, at=NOW, size=600)
    two = ceilings(desk=Usage(1000, 1000))

    await storage.check_room(DESK, 7, size=1, ceilings=replace(two, largest=999), now=NOW)
    with pytest.raises(OverLimitError):
        await storage.check_room(DESK, 7, size=401, ceilings=two, now=NOW)


async def test_articles_are_counted_whoever_may_see_them(storage):
    await bring(storage, 1, at=NOW)
    await bring(storage, 2, at=NOW, by=8)

    assert await storage.held(DESK) == 2
    assert await storage.held(-DESK) == 0


@pytest.mark.trust("member-limits-race")
async def test_however_many_come_at_once_no_more_get_in_than_may(storage):
    three = ceilings(person=Usage(3, 2**40))

    results = await asyncio.gather(
        *(bring(storage, number, at=NOW, ceilings=three) for number in range(8)), return_exceptions=True
    )

    assert sum(isinstance(result, OverLimitError) for result in results) == 5
    assert (await storage.usage(DESK, 7, since=NOW - DAY)).person.uploads == 3


async def test_the_same_upload_tried_again_is_no_further_one(storage):
    one = ceilings(person=Usage(1, 2**40))
    made = upload(HARBOUR, created_at=NOW, uploader_id=7)
    await storage.add(scope(1), made, reading(HARBOUR), ceilings=one)

    again = await storage.add(scope(1), made, reading(HARBOUR), ceilings=one)

    assert again.repeated
