"""What buttons will do, and the program's own memory."""

from datetime import timedelta

import pytest
from corpus_makers import DESK, NOON

from storage.base import KeptActions
from storage.errors import UnknownActionError

_KEPT = KeptActions(
    77, 900, ({"request": {"name": "a.b", "options": {"x": [1, None, "é"]}}}, {}), NOON + timedelta(days=1)
)


async def test_actions_come_back_as_they_were_kept(storage):
    await storage.keep_actions(DESK, _KEPT)

    assert await storage.actions(DESK, 77, now=NOON) == _KEPT


@pytest.mark.trust("other-server-names")
async def test_actions_of_another_desk_are_unknown(storage):
    await storage.keep_actions(DESK, _KEPT)

    with pytest.raises(UnknownActionError, match="expired"):
        await storage.actions(2, 77, now=NOON)


async def test_actions_end_at_their_time(storage):
    await storage.keep_actions(DESK, _KEPT)

    with pytest.raises(UnknownActionError):
        await storage.actions(DESK, 77, now=_KEPT.expires_at)


async def test_pruning_takes_the_expired_actions_of_all_desks(storage):
    await storage.keep_actions(DESK, _KEPT)
    await storage.keep_actions(2, _KEPT)
    lasting = KeptActions(78, 900, (), NOON + timedelta(days=30))
    await storage.keep_actions(2, lasting)

    assert await storage.prune_actions(now=_KEPT.expires_at) == 2
    assert await storage.prune_actions(now=_KEPT.expires_at) == 0
    assert await storage.actions(2, 78, now=_KEPT.expires_at) == lasting


async def test_the_last_fingerprint_counts(storage):
    assert await storage.fingerprint("commands") is None

    await storage.set_fingerprint("commands", "one", now=NOON)
    await storage.set_fingerprint("other", "zero", now=NOON)
    await storage.set_fingerprint("commands", "two", now=NOON)

    assert await storage.fingerprint("commands") == "two"


async def test_a_name_is_claimed_once_in_each_desk(storage):
    claims = [await storage.claim(desk_id, "hello", now=NOON) for desk_id in (DESK, DESK, 2)]

    assert claims == [True, False, True]
    assert await storage.claim(DESK, "farewell", now=NOON)
    assert await storage.fingerprint("hello") is None
