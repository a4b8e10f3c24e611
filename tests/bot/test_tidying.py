import asyncio
from contextlib import suppress

import pytest

from bot import app
from bot.services.compute import Compute
from bot.services.naming import name_some
from storage.base import Scope

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_a_removal_left_in_the_index_is_erased_in_the_background(
    services, storage, call, ferry, monkeypatch
):
    monkeypatch.setattr(app, "TIDY_SECONDS", 0.01)
    receipt = await services.corpus.add(call, file=ferry)
    await storage.remove_uploads(Scope(1, 1, None), receipt.again.options["uploads"])
    await storage._database.write(
        lambda c: c.exec_driver_sql("INSERT OR REPLACE INTO fingerprint VALUES (0, 'search:purge', '', 0)")
    )

    tidying = asyncio.create_task(app.tidy(storage))
    async with asyncio.timeout(10):
        while await storage.fingerprint("search:purge") is not None:  # noqa: ASYNC110  storage tells nobody
            await asyncio.sleep(0.01)
    tidying.cancel()

    with suppress(asyncio.CancelledError):
        await tidying
    assert tidying.cancelled()


async def test_names_that_nobody_has_looked_for_are_found_in_the_background(services, storage, compute, call, ferry):
    await services.corpus.add(call, file=ferry)
    everything = Scope(call.scope.desk_id, 1, None)
    at_once = await storage.suggest_names(everything, "")
    await storage._database.write(
        lambda c: c.exec_driver_sql("INSERT INTO unnamed (desk_id, article_id) SELECT desk_id, article_id FROM article")
    )
    await storage._database.write(lambda c: c.exec_driver_sql("DELETE FROM mention"))
    gone = await storage.suggest_names(everything, "")

    first, second = await name_some(storage, compute), await name_some(storage, compute)

    again = await storage.suggest_names(everything, "")
    assert gone == ()
    assert (first, second) == (False, True)
    assert [one.known.name for one in again] == [one.known.name for one in at_once]
    assert again


async def test_names_are_found_soon_after_an_idle_time(services, storage, compute, call, ferry, monkeypatch):
    resting, rest = asyncio.Event(), app._rest

    async def note_and_rest(*values):
        resting.set()
        await rest(*values)

    monkeypatch.setattr(app, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(app, "_rest", note_and_rest)
    await services.corpus.add(call, file=ferry)
    everything = Scope(call.scope.desk_id, 1, None)
    tidying = asyncio.create_task(app.tidy(storage, compute))
    async with asyncio.timeout(10):
        await resting.wait()

    await storage._database.write(
        lambda c: c.exec_driver_sql("INSERT INTO unnamed (desk_id, article_id) SELECT desk_id, article_id FROM article")
    )

    async with asyncio.timeout(10):
        while await storage.unnamed():  # noqa: ASYNC110  storage tells nobody
            await asyncio.sleep(0.01)
    tidying.cancel()
    with suppress(asyncio.CancelledError):
        await tidying
    assert await storage.suggest_names(everything, "")


async def test_an_article_in_which_no_worker_can_find_names_keeps_no_other_waiting(services, storage, call, ferry):
    await services.corpus.add(call, file=ferry)
    await storage._database.write(
        lambda c: c.exec_driver_sql("INSERT INTO unnamed (desk_id, article_id) SELECT desk_id, article_id FROM article")
    )

    async with Compute(workers=1, seconds=0.001) as hasty:
        await name_some(storage, hasty)

    assert await storage.unnamed() == ()
