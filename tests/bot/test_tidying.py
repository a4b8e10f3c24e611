import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app
from bot.services.compute import Compute
from bot.services.naming import name_anew, name_everything, name_some
from storage.base import Scope
from summariser.limits import NAMES_VERSION

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
    async with asyncio.timeout(40):
        while await storage.fingerprint("search:purge") is not None:  # noqa: ASYNC110  storage tells nobody
            await asyncio.sleep(0.01)
    tidying.cancel()

    with suppress(asyncio.CancelledError):
        await tidying
    assert tidying.cancelled()


async def test_of_several_processes_one_tidies_and_when_it_dies_another(storage, monkeypatch):
    monkeypatch.setattr(app, "_LOOK_SECONDS", 0.01)
    await storage.take_lease("tidying", "another process", lease=timedelta(seconds=1))
    await storage._database.write(
        lambda c: c.exec_driver_sql("INSERT OR REPLACE INTO fingerprint VALUES (0, 'search:purge', '', 0)")
    )

    tidying = asyncio.create_task(app.tidy(storage))
    await asyncio.sleep(0.3)
    meanwhile = await storage.fingerprint("search:purge")
    async with asyncio.timeout(40):
        while await storage.fingerprint("search:purge") is not None:  # noqa: ASYNC110  storage tells nobody
            await asyncio.sleep(0.01)
    tidying.cancel()
    with suppress(asyncio.CancelledError):
        await tidying

    assert meanwhile is not None
    assert await storage.take_lease("tidying", "the next", lease=timedelta())


async def test_what_comes_while_it_rests_is_taken_up_without_going_through_everything_again(
    services, storage, compute, call, ferry, monkeypatch
):
    rounds = []
    monkeypatch.setattr(app, "_LOOK_SECONDS", 0.01)
    empty_trash = storage.empty_trash

    async def counted(**how):
        rounds.append(1)
        return await empty_trash(**how)

    monkeypatch.setattr(storage, "empty_trash", counted)
    tidying = asyncio.create_task(app.tidy(storage, compute))
    async with asyncio.timeout(20):
        while not rounds:  # noqa: ASYNC110  storage tells nobody
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        before = len(rounds)
        await services.corpus.add(call, file=ferry)
        await storage._database.write(
            lambda c: c.exec_driver_sql(
                "INSERT OR IGNORE INTO unnamed (desk_id, article_id) SELECT desk_id, article_id FROM article"
            )
        )
        while await storage.unnamed():  # noqa: ASYNC110  the same
            await asyncio.sleep(0.01)
    tidying.cancel()
    with suppress(asyncio.CancelledError):
        await tidying

    assert len(rounds) == before


async def test_a_bug_in_one_step_does_not_end_it(storage, monkeypatch, caplog):
    asked = asyncio.Semaphore(0)

    async def broken(**_):
        asked.release()
        raise PermissionError("a copy that cannot be deleted")

    monkeypatch.setattr(storage, "drop_copies", broken)
    monkeypatch.setattr(app, "TIDY_SECONDS", 0.01)

    tidying = asyncio.create_task(app.tidy(storage))
    async with asyncio.timeout(40):
        await asked.acquire()
        await asked.acquire()
    tidying.cancel()
    with suppress(asyncio.CancelledError):
        await tidying

    assert "could not be erased" in caplog.text


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


async def test_names_that_another_version_found_are_found_anew_from_where_it_stopped(
    services, storage, compute, call, ferry, monkeypatch
):
    for number in range(3):
        await services.corpus.add(call, file=_longer(ferry, number))
    everything = Scope(call.scope.desk_id, 1, None)
    at_once = await storage.suggest_names(everything, "")
    await storage.set_fingerprint("names", "0", now=call.now)
    await storage._database.write(lambda c: c.exec_driver_sql("UPDATE mention SET confidence = 0.1"))
    every = storage.articles_after
    monkeypatch.setattr(storage, "articles_after", lambda desk, article: every(desk, article, limit=1))

    counts = [await name_anew(storage, compute)]
    begun = await storage.fingerprint("names")
    while counts[-1]:
        counts.append(await name_anew(storage, compute))

    articles = await storage.count(everything)
    sure = "SELECT min(confidence) FROM mention"
    assert counts == [1] * articles + [0]
    assert begun.startswith(f"{NAMES_VERSION} ")
    assert await storage.fingerprint("names") == str(NAMES_VERSION)
    assert await storage.suggest_names(everything, "") == tuple(
        replace(one, known=replace(one.known, name_id=new.known.name_id))
        for one, new in zip(at_once, await storage.suggest_names(everything, ""), strict=True)
    )
    assert await storage._database.read(lambda c: c.exec_driver_sql(sure).scalar_one()) > 0.1


async def test_names_that_are_found_again_as_they_were_are_not_written_anew(services, storage, compute, call, ferry):
    await services.corpus.add(call, file=ferry)
    everything = Scope(call.scope.desk_id, 1, None)
    before = await storage.suggest_names(everything, "")

    done = [count async for count in name_everything(storage, compute)]

    assert done[-1] == await storage.count(everything)
    assert await storage.suggest_names(everything, "") == before


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
    async with asyncio.timeout(40):
        await resting.wait()

    await storage._database.write(
        lambda c: c.exec_driver_sql("INSERT INTO unnamed (desk_id, article_id) SELECT desk_id, article_id FROM article")
    )

    async with asyncio.timeout(40):
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


async def test_where_no_worker_can_find_names_anew_an_article_keeps_those_that_it_has(
    services, storage, call, ferry, compute
):
    await services.corpus.add(call, file=ferry)
    await name_some(storage, compute)
    before = await storage._database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM mention").scalar())

    async with Compute(workers=1, seconds=0.001) as hasty:
        while await name_anew(storage, hasty):
            pass

    after = await storage._database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM mention").scalar())
    assert before == after > 0


def _longer(file, number):
    """Return the file with something more in it."""
    path = Path(file.path)
    path.write_text(path.read_text() + "\n\nMore of it." * number)
    return replace(file, attachment_id=number)
