"""A queue that drowns nobody."""

import asyncio

import pytest

from bot.cogs.inbox import Inbox, Place


class Works:
    """Does what it is given when it is let."""

    def __init__(self):
        self.began = []
        self.done = []
        self.go = asyncio.Event()

    async def __call__(self, item):
        self.began.append(item)
        await self.go.wait()
        self.done.append(item)


@pytest.fixture
def works():
    return Works()


async def rest():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_things_of_one_desk_are_done_one_after_another_in_their_order(works):
    inbox = Inbox(works)

    for number in range(3):
        inbox.put("desk", number)
    await rest()
    began = list(works.began)
    works.go.set()
    await rest()

    assert began == [0]
    assert works.done == [0, 1, 2]


async def test_one_desk_does_not_keep_another_waiting(works):
    inbox = Inbox(works)

    inbox.put("a", 1)
    inbox.put("a", 2)
    inbox.put("b", 3)
    await rest()

    assert works.began == [1, 3]


async def test_no_more_desks_are_served_at_once_than_allowed(works):
    inbox = Inbox(works, at_once=2)

    for desk in range(5):
        inbox.put(desk, desk)
    await rest()
    began = list(works.began)
    works.go.set()
    await rest()

    assert began == [0, 1]
    assert sorted(works.done) == [0, 1, 2, 3, 4]


async def test_what_is_too_much_is_told_once_until_there_is_room_again(works):
    inbox = Inbox(works, most=2)
    inbox.put("desk", 0)
    await rest()

    places = [inbox.put("desk", number) for number in (1, 2, 3, 4)]
    works.go.set()
    await rest()
    works.go.clear()
    later = [inbox.put("desk", number) for number in (5, 6, 7)]

    assert places == [Place.TAKEN, Place.TAKEN, Place.FULL, Place.STILL_FULL]
    assert later == [Place.TAKEN, Place.TAKEN, Place.FULL]


async def test_a_shutdown_lets_work_end_and_gives_the_rest_back(works):
    inbox = Inbox(works)
    for number in range(3):
        inbox.put("desk", number)
    await rest()
    works.go.set()

    left = await inbox.drain(1)

    assert left == (1, 2)
    assert works.done == [0]
    assert inbox.put("desk", 9) is Place.STILL_FULL


async def test_work_that_does_not_end_is_cancelled(works):
    inbox = Inbox(works)
    inbox.put("desk", 0)
    await rest()

    await inbox.drain(0)

    assert works.done == []
    assert works.began == [0]
