import asyncio
from contextlib import suppress

import pytest

from bot import app
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
