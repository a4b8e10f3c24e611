"""What is said on the way to an answer, and the files that go with it."""

import asyncio

import pytest
import pytest_asyncio
from simcord.components import walk_components

from bot.cogs import exchange
from bot.services.replies import Action, Attachment, Form, Line, Look, Reply, Request, Tone

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECEIPT = Request("corpus.receipt", {"uploads": [], "failures": []})
UNDO = Action("Undo", Request("corpus.undo", {"uploads": []}), Look.DANGER)
TURN = Action("Again", RECEIPT)
FILE = Attachment("salt.txt", b"salt", "The original")


def words(message):
    return "\n".join(part["content"] for part in walk_components(message.components) if part["type"] == 10)


def edits(env):
    """Return the texts that the answer showed one after the other."""
    sent = [request.json for request in env.http_requests if request.method == "PATCH"]
    return [
        "\n".join(part["content"] for part in walk_components(body["components"]) if part["type"] == 10)
        for body in sent
    ]


@pytest_asyncio.fixture(loop_scope="session")
async def use_case(services, monkeypatch):
    """Let a use case of the corpus do something else."""

    def use_case(name, does):
        async def run(_, call, **__):
            return await does(call) if asyncio.iscoroutinefunction(does) else does

        monkeypatch.setattr(type(services.corpus), name, run)

    return use_case


async def test_long_work_tells_how_far_it_is_but_not_more_often_than_discord_allows(env, news, amina, use_case):
    async def slowly(call):
        for number in range(1, 31):
            await call.progress(f"Reading {number} of 30")
            await asyncio.sleep(exchange.PROGRESS_SECONDS / 10)
        return Reply("Read", (Line(("All of it.",)),))

    use_case("add", slowly)

    result = await amina.slash(news, "add", url="https://a.example")

    *news_of_it, answer = edits(env)
    assert 2 <= len(news_of_it) <= 4
    assert all(text.startswith("⏳ Reading ") for text in news_of_it)
    assert answer == words(result.response) == "## Read\nAll of it."


async def test_quick_work_says_nothing_before_its_answer(env, news, amina, use_case):
    async def quickly(call):
        await call.progress("Reading")
        return Reply("Read", (Line(("All of it.",)),))

    use_case("add", quickly)

    await amina.slash(news, "add", url="https://a.example")
    await env.advance_time(10)

    assert edits(env) == ["## Read\nAll of it."]


async def test_progress_that_cannot_be_shown_does_not_keep_the_answer_back(env, news, amina, use_case):
    async def slowly(call):
        await call.progress("Reading")
        await asyncio.sleep(0.5)
        return Reply("Read", (Line(("All of it.",)),))

    use_case("add", slowly)
    env.inject_error("PATCH", "/webhooks/*/messages/@original", status=400, code=50035)

    result = await amina.slash(news, "add", url="https://a.example")

    assert "All of it." in words(result.response)


async def test_a_file_goes_with_the_answer_and_the_message_becomes_the_place_to_cite(
    services, news, amina, use_case, monkeypatch
):
    kept = []

    async def sent(_, call, reply, *, channel_id, message_id):
        kept.append((reply.anchors, channel_id, message_id))

    monkeypatch.setattr(type(services.corpus), "sent", sent)
    use_case("add", Reply("Read", (), attachments=(FILE,), anchors=(7,)))

    result = await amina.slash(news, "add", url="https://a.example")

    (attachment,) = result.response.attachments
    assert (attachment.filename, attachment.description) == ("salt.txt", "The original")
    assert kept == [((7,), news.id, result.response.id)]


@pytest.mark.parametrize(("status", "code"), [(413, 40005), (403, 50013)])
async def test_an_answer_whose_file_is_refused_goes_without_it(env, news, amina, use_case, status, code):
    env.inject_error("PATCH", "/webhooks/*/messages/@original", status=status, code=code)
    use_case("add", Reply("Read", (Line(("All of it.",)),), attachments=(FILE,)))

    result = await amina.slash(news, "add", url="https://a.example")

    assert "All of it." in words(result.response)
    assert "could not be attached" in words(result.response)
    assert result.response.attachments == []


async def test_a_file_that_discord_would_not_take_is_not_sent(news, amina, use_case):
    huge = Attachment("huge.txt", b"x" * (30 * 2**20))
    use_case("add", Reply("Read", (Line(("All of it.",)),), attachments=(huge,)))

    result = await amina.slash(news, "add", url="https://a.example")

    assert "All of it." in words(result.response)
    assert result.response.attachments == []


async def test_an_answer_in_place_leaves_the_files_where_they_are_if_it_says_so(news, amina, use_case):
    use_case("add", Reply("Read", (), actions=(TURN,), attachments=(FILE,)))
    use_case("receipt", Reply("Read again", (), actions=(UNDO,), keeps_files=True))
    use_case("undo", Reply("Undone", (), tone=Tone.DONE))
    shown = (await amina.slash(news, "add", url="https://a.example")).response

    await amina.click(shown, label="Again")
    still_there = [attachment.filename for attachment in shown.attachments]
    await amina.click(shown, label="Undo")

    assert still_there == ["salt.txt"]
    assert "Undone" in words(shown)
    assert shown.attachments == []


async def test_an_answer_anew_leaves_the_message_as_it_is(news, amina, use_case):
    anew = Action("Anew", RECEIPT, anew=True)
    use_case("add", Reply("Read", (), actions=(anew,)))
    use_case("receipt", Reply("Another", ()))
    shown = (await amina.slash(news, "add", url="https://a.example")).response

    result = await amina.click(shown, label="Anew")

    assert words(shown) == "## Read"
    assert words(result.response) == "## Another"
    assert not result.response.ephemeral


async def test_an_error_after_a_click_leaves_the_message_as_it_is(news, amina, use_case):
    use_case("add", Reply("Read", (), actions=(UNDO,)))
    shown = (await amina.slash(news, "add", url="https://a.example")).response

    result = await amina.click(shown, label="Undo")

    assert words(shown) == "## Read"
    assert "That upload is not here" in words(result.followups[0])
    assert result.followups[0].ephemeral


async def test_a_form_that_would_be_asked_for_too_late_is_an_error_with_the_next_step(news, amina, use_case):
    use_case("add", Form("Paste", (), RECEIPT))

    result = await amina.slash(news, "add", url="https://a.example")

    assert "There is nothing to read yet" in words(result.followups[0])


async def test_work_that_is_cut_short_by_a_restart_is_given_back(env, news, amina, use_case):
    async def leave(_):
        leaving.append(asyncio.create_task(env.bot.answering.drain(0.1)))
        await asyncio.sleep(3600)

    leaving = []
    use_case("add", leave)

    result = await amina.slash(news, "add", url="https://a.example")

    assert leaving[0].done()
    assert "being restarted" in words(result.followups[0])
    assert news.history() == []


async def test_work_in_hand_ends_before_the_bot_leaves(env, news, amina, use_case):
    async def finish(_):
        leaving.append(asyncio.create_task(env.bot.answering.drain(5)))
        await asyncio.sleep(0.1)
        return Reply("Read", (Line(("All of it.",)),))

    leaving = []
    use_case("add", finish)

    result = await amina.slash(news, "add", url="https://a.example")

    assert "All of it." in words(result.response)
