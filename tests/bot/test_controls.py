from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.controls import KEPT_FOR, Control
from bot.services.errors import NotYoursError, UnknownRequestError, explain
from bot.services.replies import Request, Who
from storage.base import Scope
from storage.errors import UnknownActionError

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOURCES = Request("corpus.sources", {"article": 5}, page=2)


def by(call, asker, **changed):
    return replace(call, scope=Scope(call.scope.desk_id, asker, None), **changed)


async def test_a_control_comes_back_as_it_was_kept(services, call):
    control = Control(SOURCES, Who.ANYONE, private=True, anew=False)

    kept = await services.controls.keep(call, [Control(Request("x")), control])

    assert await services.controls.take(call, kept, 1) == control


@pytest.mark.parametrize(
    ("who", "manager", "allowed"),
    [
        (Who.ASKER, False, False),
        (Who.ASKER, True, False),
        (Who.ASKER_OR_MANAGER, False, False),
        (Who.ASKER_OR_MANAGER, True, True),
        (Who.ANYONE, False, True),
    ],
)
@pytest.mark.trust("moderator-no-buttons", "forged-person")
async def test_somebody_elses_control_works_only_for_whom_it_is_meant(services, call, who, manager, allowed):
    kept = await services.controls.keep(by(call, 1), [Control(SOURCES, who)])
    other = by(call, 2, manager=manager)

    if allowed:
        assert (await services.controls.take(other, kept, 0)).request == SOURCES
    else:
        with pytest.raises(NotYoursError, match=r"Run the command yourself|Ask one of them"):
            await services.controls.take(other, kept, 0)


@pytest.mark.parametrize("index", [-1, 1, 99])
@pytest.mark.trust("forged-range")
async def test_a_forged_index_is_refused(services, call, index):
    kept = await services.controls.keep(call, [Control(SOURCES)])

    with pytest.raises(UnknownRequestError):
        await services.controls.take(call, kept, index)


@pytest.mark.trust("forged-desk")
async def test_a_control_of_another_desk_does_not_exist(services, call):
    kept = await services.controls.keep(call, [Control(SOURCES, Who.ANYONE)])

    with pytest.raises(UnknownActionError):
        await services.controls.take(replace(call, scope=Scope(77, 1, None)), kept, 0)


async def test_controls_expire_and_are_pruned(services, storage, call):
    kept = await services.controls.keep(call, [Control(SOURCES)])
    later = call.now + KEPT_FOR + timedelta(seconds=1)

    with pytest.raises(UnknownActionError):
        await services.controls.take(replace(call, now=later), kept, 0)
    assert await storage.prune_actions(now=later) == 1


async def test_a_control_that_another_version_wrote_is_said_to_be_one():
    with pytest.raises(UnknownRequestError):
        Control.from_json({"who": "somebody"})


async def test_bugs_are_not_explained_to_users():
    assert explain(ValueError("inside")) is None
    assert explain(UnknownRequestError()) == str(UnknownRequestError())
