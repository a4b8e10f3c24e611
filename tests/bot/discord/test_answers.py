"""Commands, buttons, menus and forms, from the click to the answer."""

import asyncio
import json
import logging
from datetime import timedelta

import discord
import pytest
import pytest_asyncio
from simcord.components import walk_components

from bot.cogs import answer as answering
from bot.gateway import Gateway
from bot.services.replies import Line, Reply, Request
from storage.errors import BusyError

pytestmark = pytest.mark.asyncio(loop_scope="session")

TITLE = "Salt works at Lagoa Branca"


def words(message):
    """Return all the text of a message."""
    return "\n".join(part["content"] for part in walk_components(message.components) if part["type"] == 10)


def buttons(message):
    return {part["label"]: part for part in walk_components(message.components) if part["type"] == 2}


def menu(message, number=0):
    return [part for part in walk_components(message.components) if part["type"] == 3][number]


async def choose(member, message, line, number=0):
    """Choose a line of a menu by its place."""
    used = menu(message, number)
    return await member.select(message, [used["options"][line]["value"]], custom_id=used["custom_id"])


def hidden_channel(guild, *members):
    """Return a channel that these members alone can read."""
    closed, opened = discord.PermissionOverwrite(view_channel=False), discord.PermissionOverwrite(view_channel=True)
    return guild.create_text_channel(
        "archive", overwrites={guild.default_role: closed} | dict.fromkeys(members, opened)
    )


@pytest_asyncio.fixture(loop_scope="session")
async def summary(news, guild, amina, bring):
    """A public summary that amina asked for."""
    await bring(guild, news, amina)
    return (await amina.slash(news, "summarise", article="salt works", sentences=3)).response


async def test_an_article_of_the_corpus_becomes_a_cited_summary(summary, news):
    assert not summary.ephemeral
    assert TITLE in words(summary)
    assert all(f"**{number}** " in words(summary) for number in (1, 2, 3))
    assert {"Shorter", "Longer", "Sources"} == set(buttons(summary))


async def test_a_private_summary_is_seen_by_the_asker_alone(news, guild, amina, bring):
    await bring(guild, news, amina)

    result = await amina.slash(news, "summarise", article="salt works", private=True)

    assert result.response.ephemeral
    assert news.history() == []


async def test_every_number_opens_its_passage_privately(summary, tomas):
    result = await choose(tomas, summary, 1)

    assert result.response.ephemeral
    assert "[2] " in words(result.response).replace("\\", "")
    quoted = words(summary).partition("**2** ")[2].split("\n")[0]
    assert f"**{quoted}**" in words(result.response)


async def test_shorter_changes_the_message_in_place(summary, amina, news):
    await amina.click(summary, label="Shorter")

    (message,) = news.history()
    assert message.id == summary.id
    assert "**2**" not in words(summary)
    assert "**1**" in words(summary)


@pytest.mark.trust("member-buttons")
async def test_a_button_of_somebody_else_says_whose_it_is(summary, tomas):
    before = words(summary)

    result = await tomas.click(summary, label="Shorter")

    assert result.response.ephemeral
    assert "for the person who asked" in words(result.response)
    assert words(summary) == before


@pytest.mark.trust("member-buttons")
async def test_what_anyone_may_press_answers_privately(summary, tomas):
    result = await tomas.click(summary, label="Sources")

    assert result.response.ephemeral
    assert "Diário da Costa" in words(result.response)


async def test_controls_work_after_a_restart(env, services, storage, summary, amina, tomas):
    await env.restart_bot(Gateway(services, storage, shard_count=1))

    await amina.click(summary, label="Longer")
    opened = await choose(tomas, summary, 0)

    assert "**6**" in words(summary)
    assert opened.response.ephemeral


async def test_commands_are_sent_again_only_when_their_definition_has_changed(env, services, storage):
    await env.restart_bot(Gateway(services, storage, shard_count=1))
    changed = Gateway(services, storage, shard_count=1)
    changed.tree.allowed_installs = discord.app_commands.AppInstallationType(guild=True)
    await env.restart_bot(changed)

    sent = [request for request in env.http_requests if request.method == "PUT"]

    assert len(sent) == 2
    typed = changed.tree.get_commands(type=discord.AppCommandType.chat_input)
    assert set(changed.answering.commands) == {command.name for command in typed}


async def test_commands_that_discord_refuses_do_not_keep_the_bot_away(env, services, storage, caplog):
    await storage.set_fingerprint(f"commands:{env.bot.application_id}", "old {}", now=env.now())
    env.inject_error("PUT", "/applications/*/commands", status=403, code=50001)

    await env.restart_bot(Gateway(services, storage, shard_count=1))

    assert "the commands could not be sent" in caplog.text
    assert env.bot.is_ready()


async def test_while_another_process_sends_the_commands_it_is_waited_for(env, services, storage):
    name, stored = f"commands:{env.bot.application_id}", storage.set_fingerprint
    known = await storage.fingerprint(name)
    await stored(name, "old {}", now=env.now())
    await storage.take_lease(name, "another process", lease=timedelta(minutes=1))
    before = len([request for request in env.http_requests if request.method == "PUT"])

    async def be_done():
        await asyncio.sleep(0.3)
        await stored(name, known, now=env.now())

    other = asyncio.create_task(be_done())
    bot = Gateway(services, storage, shard_count=1)
    await env.restart_bot(bot)
    await other

    assert len([request for request in env.http_requests if request.method == "PUT"]) == before
    assert bot.answering.commands == json.loads(known.partition(" ")[2])


async def test_what_a_process_was_killed_over_is_sent_by_another(env, services, storage):
    name = f"commands:{env.bot.application_id}"
    await storage.set_fingerprint(name, "old {}", now=env.now())
    await storage.take_lease(name, "killed", lease=timedelta(seconds=0.3))
    before = len([request for request in env.http_requests if request.method == "PUT"])

    await env.restart_bot(Gateway(services, storage, shard_count=1))

    assert len([request for request in env.http_requests if request.method == "PUT"]) == before + 1
    assert await storage.take_lease(name, "next", lease=timedelta(seconds=1))


async def test_without_anything_to_read_a_form_asks_for_the_text(env, news, amina):
    shown = await amina.slash(news, "summarise", sentences=2)

    assert shown.modal["title"] == "Summarise pasted text"
    assert shown.modal["custom_id"].startswith("vf:")


async def test_a_form_that_was_open_during_a_restart_is_answered(env, services, storage, news, amina, monkeypatch):
    asked = []

    async def summarise(call, **options):
        asked.append(options)
        return Reply("Done", (Line(("Summed up.",)),))

    shown = await amina.slash(news, "summarise", sentences=2)
    monkeypatch.setattr(
        type(services.summaries), "summarise", lambda _self, call, **options: summarise(call, **options)
    )
    await env.restart_bot(Gateway(services, storage, shard_count=1))

    result = await amina.submit_modal(shown, {"text": "Pasted words."})

    assert "Summed up." in words(result.response)
    assert asked[0]["text"] == "Pasted words."
    assert asked[0]["sentences"] == 2


async def test_articles_are_offered_while_the_title_is_typed(env, guild, news, amina, bring):
    article = await bring(guild, news, amina)

    [offered] = await amina.autocomplete(news, "summarise", "article", "lagoa")
    chosen = await amina.slash(news, "summarise", article=offered["value"])

    assert TITLE in offered["name"]
    assert str(article) not in offered["value"]
    assert TITLE in words(chosen.response)


@pytest.mark.trust("member-public-answers")
async def test_a_hidden_channel_is_neither_offered_nor_quoted_in_public(env, guild, news, amina, bring):
    hidden = hidden_channel(guild, amina)
    await bring(guild, hidden, amina)

    offered = await amina.autocomplete(news, "summarise", "article", "lagoa")
    in_public = await amina.slash(news, "summarise", article="salt works")
    in_private = await amina.slash(news, "summarise", article="salt works", private=True)

    assert offered == []
    assert "There is no article" in words(in_public.followups[0])
    assert TITLE in words(in_private.response)


@pytest.mark.trust("member-private-answers")
async def test_a_private_answer_does_not_reach_into_channels_that_the_asker_cannot_read(
    guild, news, amina, tomas, bring
):
    hidden = hidden_channel(guild, amina)
    await bring(guild, hidden, amina)

    result = await tomas.slash(news, "summarise", article="salt works", private=True)

    assert "There is no article" in words(result.response)


@pytest.mark.trust("member-own-desk")
async def test_in_a_direct_message_the_desk_is_the_person(env, amina, guild, news, bring):
    await bring(guild, news, amina)

    result = await amina.user.slash("summarise", article="salt works")

    assert "There is no article" in words(result.followups[0])


async def test_an_error_after_a_public_wait_takes_the_message_back_and_is_told_privately(news, amina):
    result = await amina.slash(news, "summarise", article="nothing like it")

    assert news.history() == []
    (told,) = result.followups
    assert told.ephemeral
    assert "There is no article “nothing like it”" in words(told)
    assert "⛔" in words(told)


async def test_an_error_names_commands_so_that_they_can_be_clicked(env, news, amina):
    result = await amina.slash(news, "summarise", article="nothing like it")

    assert f"</add:{env.bot.answering.commands['add']}>" in words(result.followups[0])


@pytest.mark.trust("operator-bugs")
async def test_a_bug_is_told_with_the_number_under_which_it_is_logged(services, news, amina, monkeypatch, caplog):
    monkeypatch.setattr(type(services.corpus), "add", _broken)

    result = await amina.slash(news, "add", url="https://a.example")

    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.error_id in words(result.followups[0])
    assert record.exc_info[0] is ZeroDivisionError
    assert "ZeroDivisionError" not in words(result.followups[0])


async def _broken(*_, **__):
    raise ZeroDivisionError


async def test_a_button_of_another_version_says_so(env, summary, amina, storage):
    (kept,) = [part["custom_id"] for label, part in buttons(summary).items() if label == "Shorter"]
    actions_id = int(kept.split(":")[1])
    await storage.prune_actions(now=env.now() + timedelta(days=999))

    result = await amina.click(summary, label="Shorter")

    assert actions_id
    assert result.response.ephemeral
    assert "This button has expired" in words(result.response)


async def test_a_control_that_nothing_takes_is_answered(env, news, amina, summary):
    message = await env.bot.get_channel(news.id).send(view=_old_button())

    result = await amina.click(message, label="Old")

    assert result.response.ephemeral
    assert "from another version of me" in words(result.response)


def _old_button():
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Old", custom_id="digest:next"))
    view.stop()
    return view


@pytest.mark.parametrize("status", [500, 503])
async def test_an_answer_that_discord_drops_is_sent_again(env, guild, news, amina, bring, status):
    await bring(guild, news, amina)
    env.inject_error("PATCH", "/webhooks/*/messages/@original", status=status, times=2)

    result = await amina.slash(news, "summarise", article="salt works")

    assert TITLE in words(result.response)


async def test_an_acknowledgement_that_discord_drops_is_given_again(env, guild, news, amina, bring):
    await bring(guild, news, amina)
    env.inject_error("POST", "/interactions/*/callback", status=503)

    result = await amina.slash(news, "summarise", article="salt works")

    assert TITLE in words(result.response)


async def test_an_interaction_that_came_too_late_is_given_up_with_a_line_in_the_log(env, news, amina, caplog):
    env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)

    await amina.slash(news, "add", url="https://a.example")

    assert "nobody was left to answer" in caplog.text
    assert news.history() == []


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (404, 10003), (404, 10015), (401, 50027)])
@pytest.mark.trust("discord-gone")
async def test_an_answer_that_nobody_can_receive_is_a_line_in_the_log(
    env, guild, news, amina, bring, caplog, status, code
):
    await bring(guild, news, amina)
    env.inject_error("PATCH", "/webhooks/*/messages/@original", status=status, code=code, times=None)

    await amina.slash(news, "summarise", article="salt works")

    assert "nobody was left to answer" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("code", [50001, 50013])
@pytest.mark.trust("discord-permissions")
async def test_a_missing_permission_is_told_privately_with_whom_to_ask(env, guild, news, amina, bring, caplog, code):
    await bring(guild, news, amina)
    env.inject_error("PATCH", "/webhooks/*/messages/@original", status=403, code=code)

    result = await amina.slash(news, "summarise", article="salt works")

    assert "I may not answer here" in words(result.followups[0])
    assert result.followups[0].ephemeral
    assert "an answer was not allowed" in caplog.text


async def test_a_database_that_is_slow_at_the_click_is_told(env, services, summary, amina, monkeypatch):
    async def slow(*_):
        raise BusyError

    monkeypatch.setattr(type(services.controls), "take", slow)

    result = await amina.click(summary, label="Shorter")

    assert result.response.ephemeral
    assert "busy right now" in words(result.response)


async def test_work_that_takes_longer_than_discord_waits_is_stopped_and_told(services, news, amina, monkeypatch):
    async def endless(*_, **__):
        await asyncio.sleep(3600)

    monkeypatch.setattr(type(services.corpus), "add", endless)
    monkeypatch.setattr(answering, "LONGEST_SECONDS", 0.1)

    result = await amina.slash(news, "add", url="https://a.example")

    assert "This took too long" in words(result.response or result.followups[0])


async def test_while_the_bot_leaves_nothing_new_is_begun(env, news, amina):
    await env.bot.answering.drain(0)

    result = await amina.slash(news, "add", url="https://a.example")

    assert result.response.ephemeral
    assert "being restarted" in words(result.response)


async def test_who_asks_when_there_is_too_much_to_do_is_told_so_at_once(news, guild, amina, bring, monkeypatch):
    await bring(guild, news, amina)
    monkeypatch.setattr(answering, "MOST_AT_ONCE", 0)

    result = await amina.slash(news, "summarise", article="salt works")

    assert result.response.ephemeral
    assert "Too many people are asking" in words(result.response)


async def test_a_file_that_comes_when_there_is_much_to_do_is_taken_in_all_the_same(
    news, guild, amina, bring, monkeypatch
):
    monkeypatch.setattr(answering, "MOST_AT_ONCE", 0)

    await bring(guild, news, amina)

    monkeypatch.undo()
    assert await amina.autocomplete(news, "summarise", "article", "lagoa")


async def test_suggestions_are_the_first_to_be_left_out_when_there_is_much_to_do(
    news, guild, amina, bring, monkeypatch
):
    await bring(guild, news, amina)
    monkeypatch.setattr(answering, "MOST_BESIDE_SUGGESTIONS", 0)

    offered = await amina.autocomplete(news, "summarise", "article", "lagoa")
    answered = await amina.slash(news, "summarise", article="salt works")

    assert offered == []
    assert TITLE in words(answered.response)


@pytest.mark.parametrize(("error", "level"), [(TimeoutError(), "WARNING"), (KeyError("typed"), "ERROR")])
async def test_suggestions_that_came_too_late_are_no_error_in_the_log(env, caplog, error, level):
    logging.getLogger("discord.app_commands.tree").error("Ignoring exception in autocomplete", exc_info=error)

    assert [record.levelname for record in caplog.records] == [level]


async def test_pages_are_turned_in_place_by_the_asker_and_privately_by_others(
    services, news, amina, tomas, monkeypatch
):
    async def long_one(*_, **__):
        lines = tuple(Line((f"Line {number} " + "of a long receipt " * 20,)) for number in range(60))
        return Reply("Long", lines, again=Request("corpus.receipt", {"uploads": [], "failures": []}))

    monkeypatch.setattr(type(services.corpus), "add", long_one)
    monkeypatch.setattr(type(services.corpus), "receipt", long_one)
    shown = (await amina.slash(news, "add", url="https://a.example")).response

    by_another = await tomas.click(shown, label="▶")
    first_page = words(shown)
    await amina.click(shown, label="▶")

    assert by_another.response.ephemeral
    assert "Line 0 " in first_page
    assert "2 of " in " ".join(buttons(shown))
    assert "Line 0 " not in words(shown)
