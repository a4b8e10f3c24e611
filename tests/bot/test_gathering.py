"""Several things taken in together."""

import asyncio
from dataclasses import replace

import pytest

from bot.services import gathering
from bot.services.calls import Incoming
from bot.services.errors import MayNotAddError, NothingAddedError, NothingGivenError, NothingInMessageError
from bot.services.replies import Asked, Heading, Line, Quoted

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOORING = """Mooring fees at Holm Harbour to rise by a tenth

HOLM HARBOUR — Mooring fees will rise by a tenth in spring, the harbour office said on Monday.

The money pays for two new cranes. Fishing boats under nine metres are exempt until the end of next year.
"""


@pytest.fixture
def mooring(tmp_path):
    path = tmp_path / "mooring.txt"
    path.write_text(MOORING)
    return Incoming("mooring.txt", path=str(path), attachment_id=12)


def gone(name):
    return Incoming(name, path=f"/nowhere/{name}")


def told(reply):
    return "\n".join("".join(map(str, block.words)) for block in reply.blocks if isinstance(block, Line | Heading))


async def test_several_files_make_one_receipt(services, call, ferry, mooring):
    reply = await services.corpus.gather(call, files=[ferry, mooring])

    assert reply.title == "Added 2 articles"


async def test_what_fails_does_not_spoil_the_rest(services, call, ferry):
    reply = await services.corpus.gather(call, files=[gone("lost.txt"), ferry])

    assert reply.title == "Added 1 article"
    assert "Not read" in told(reply)


async def test_nothing_at_all_is_told(services, call):
    with pytest.raises(NothingInMessageError):
        await services.corpus.gather(call)
    with pytest.raises(NothingInMessageError):
        await services.summaries.gather(call)
    with pytest.raises(NothingGivenError):
        await services.corpus.add(call, text="  ")


async def test_when_everything_fails_each_reason_is_given_once(services, call):
    with pytest.raises(NothingAddedError) as caught:
        await services.corpus.gather(call, files=[gone("a.txt"), gone("a.txt"), gone("b.txt")])

    assert str(caught.value).count("a.txt") == 1
    assert "b.txt" in str(caught.value)


async def test_more_than_a_message_may_bring_is_left_and_told(services, call, ferry):
    urls = [f"ftp://granvik.example/{number}" for number in range(7)]

    reply = await services.corpus.gather(call, files=[ferry], urls=urls)

    failures = [item for block in reply.blocks if hasattr(block, "items") for (item, *_) in block.items]
    assert any("Send the rest in another" in str(item) and urls[6] in str(item) for item in failures)
    assert sum("I can't open" in str(item) for item in failures) == gathering.MOST_LINKS


async def test_only_a_few_files_are_held_at_one_time(services, call, ferry, monkeypatch):
    held = most = 0
    really = type(services.intake).prepare

    async def prepare(*given):
        nonlocal held, most
        held += 1
        most = max(most, held)
        try:
            await asyncio.sleep(0)
            return await really(*given)
        finally:
            held -= 1

    monkeypatch.setattr(type(services.intake), "prepare", prepare)

    await services.corpus.gather(call, files=[replace(ferry, attachment_id=number) for number in range(8)])

    assert most == gathering.AT_ONCE


async def test_who_may_not_add_is_told_once_for_all_files(services, call, ferry, mooring, monkeypatch):
    async def refuse(*_):
        raise MayNotAddError

    monkeypatch.setattr(type(services.intake), "prepare", refuse)

    with pytest.raises(MayNotAddError):
        await services.corpus.gather(call, files=[ferry, mooring])


async def test_the_text_of_a_message_is_cited_by_the_message(services, storage, call):
    await services.corpus.gather(call, text=MOORING, message_id=77)

    (head,) = await storage.newest(call.scope)
    (upload,) = await storage.origins(call.scope, head.article_id)
    assert (upload.message_id, upload.filename) == (77, "message.txt")


async def test_the_same_message_again_brings_nothing_new(services, storage, call, ferry):
    again = replace(call, scope=replace(call.scope, asker_id=5))

    first = await services.corpus.gather(call, files=[ferry], message_id=77)
    second = await services.corpus.gather(again, files=[ferry], message_id=77)

    assert (first.title, second.title) == ("Added 1 article", "Already here")
    (head,) = await storage.newest(call.scope)
    assert len(await storage.origins(call.scope, head.article_id)) == 1


async def test_a_message_is_summed_up_by_its_first_article_and_the_others_are_offered(services, call, ferry, mooring):
    reply = await services.summaries.gather(call, files=[ferry, gone("lost.txt"), mooring])

    assert reply.title.startswith("Night ferry")
    assert any(isinstance(block, Quoted) for block in reply.blocks)
    assert "lost.txt" in told(reply)
    assert [choice.label for choice in reply.menus[-1].choices] == ["Mooring fees at Holm Harbour to rise by a tenth"]


async def test_the_form_of_add_asks_for_files_and_text_unless_something_is_given(services, ferry):
    form = services.corpus.add_form(file=None, url=None)

    assert [(field.name, field.kind) for field in form.fields] == [("files", Asked.FILES), ("text", Asked.TEXT)]
    assert services.corpus.add_form(file=ferry) is None
    assert services.corpus.add_form(url="https://a.example") is None


async def test_what_the_form_gives_goes_the_same_way(services, call, ferry, mooring):
    reply = await services.corpus.add(call, files=[ferry], text=MOORING)

    assert reply.title == "Added 2 articles"
