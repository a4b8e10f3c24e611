"""What people post, from the message to the receipt."""

import asyncio
import logging
import re
from dataclasses import replace

import discord
import pytest
import pytest_asyncio
from simcord.components import walk_components

from bot.gateway import Gateway
from bot.services.errors import DownloadError
from bot.services.web import Fetched, Web
from storage.base import Scope
from storage.errors import AwayError

pytestmark = pytest.mark.asyncio(loop_scope="session")

SILENT = 1 << 12
CLOSED = discord.PermissionOverwrite(view_channel=False)
FERRY_TITLE = "Night ferry to Ostrava Bay cancelled after engine fire"
MILL = """Paper mill at Granvik to close its oldest machine

By Pelle Strand

GRANVIK, 3 February 2026 — The paper mill at Granvik will shut its oldest machine in June, its owner said on Tuesday.

Seventy people run the machine, which was built in 1961 and has been overhauled twice. Most of them have been offered
work at the new line in the same hall.

The town council asked for talks about the harbour railway, which carries little besides the mill's paper.
"""


class Shelf(Web):
    """Attachments come from SimCord's own CDN, and pages from a shelf: nothing of it goes over a network."""

    def __init__(self):
        super().__init__()
        self.env = None
        self.pages = {}

    async def attachment(self, incoming, *, limit):
        data = self.env.backend.cdn.get(incoming.url)
        if data is None:
            raise DownloadError(incoming.filename, "it is gone; upload it again")
        return data

    async def page(self, url, *, limit):
        if url not in self.pages:
            raise DownloadError(url, "it is not there (404); check the address")
        return Fetched(self.pages[url].encode(), url, "text/plain", "page.txt")


@pytest.fixture
def web():
    return Shelf()


@pytest_asyncio.fixture(loop_scope="session")
async def env(env, web):
    web.env = env
    return env


@pytest.fixture
def ferry_file(ferry_text):
    return ("ferry.txt", ferry_text.encode())


@pytest.fixture
def mill_file():
    return ("mill.txt", MILL.encode())


@pytest.fixture
def named(env):
    """What a message says that names the bot."""
    return f"<@{env.bot.user.id}>"


@pytest_asyncio.fixture(loop_scope="session")
async def sees_all(env, services, storage):
    """The bot with the intent that shows it every message."""
    await env.restart_bot(Gateway(services, storage, shard_count=1, message_content=True))


@pytest.fixture
def configure(storage, call):
    async def configure(desk_id, **changed):
        await storage.change_settings(desk_id, lambda kept: replace(kept, **changed), changed_by=1, now=call.now)

    return configure


def words(message):
    drawn = [part if isinstance(part, dict) else part.to_dict() for part in message.components]
    text = "\n".join(part["content"] for part in walk_components(drawn) if part["type"] == 10)
    return re.sub(r"\\([^\w\s])", r"\1", text)


def replies(channel, message):
    return [other for other in channel.history() if other.reference and other.reference.message_id == message.id]


async def everything(storage, desk_id):
    """Return all that a desk holds."""
    return await storage.newest(Scope(desk_id, 1, None))


async def test_a_message_that_names_the_bot_gets_one_receipt_for_all_its_files(
    env, news, amina, named, ferry_file, mill_file
):
    posted = await amina.send(news, f"{named} please keep these", attachments=[ferry_file, mill_file])

    (receipt,) = replies(news, posted)
    assert "Added 2 articles" in words(receipt)
    assert FERRY_TITLE in words(receipt)
    assert receipt.mentions == []


async def test_its_articles_are_cited_by_the_message_itself(env, guild, news, amina, named, ferry_file):
    posted = await amina.send(news, named, attachments=[ferry_file])

    summary = (await amina.slash(news, "summarise", article="night ferry", sentences=1)).response

    assert f"https://discord.com/channels/{guild.id}/{news.id}/{posted.id}" in words(summary)


async def test_links_are_opened_and_cited_by_their_page(env, news, amina, named, web):
    web.pages["https://granvik.example/mill"] = MILL

    posted = await amina.send(news, f"{named} see https://granvik.example/mill, and [that](https://gone.example/x).")
    summary = (await amina.slash(news, "summarise", article="paper mill", sentences=1)).response

    (receipt,) = replies(news, posted)
    assert "Added 1 article" in words(receipt)
    assert "https://gone.example/x" in words(receipt)
    assert "https://granvik.example/mill#:~:text=" in words(summary)


async def test_a_direct_message_goes_to_the_persons_own_desk(env, guild, news, amina, storage, ferry_file):
    dm = amina.user.dm_channel
    attachments = env.backend.store_attachments(dm.id, [ferry_file])

    posted = await amina.user.send_dm(attachments=attachments)

    (receipt,) = replies(dm, posted)
    assert FERRY_TITLE in words(receipt)
    assert len(await everything(storage, -amina.id)) == 1
    assert await everything(storage, guild.id) == ()


@pytest.mark.parametrize("content", ["good morning", "{named} thanks!", "see https://granvik.example/mill"])
async def test_what_brings_nothing_or_names_nobody_is_left_alone(env, news, amina, named, web, content):
    web.pages["https://granvik.example/mill"] = MILL

    await amina.send(news, content.format(named=named))

    assert len(news.history()) == 1


async def test_a_reply_that_names_us_only_by_replying_is_left_alone(env, news, amina, named, ferry_file, mill_file):
    posted = await amina.send(news, named, attachments=[ferry_file])
    (receipt,) = replies(news, posted)

    await amina.send(news, "and this one?", reply_to=receipt, attachments=[mill_file])

    assert len(news.history()) == 3


async def test_webhooks_and_other_bots_are_left_alone(env, guild, news, named, ferry_file):
    feed = guild.create_webhook(news)
    robot = guild.add_member(env.create_user("robot", bot=True))

    await feed.send(named, attachments=[ferry_file])
    await robot.send(news, named, attachments=[ferry_file])

    assert len(news.history()) == 2


async def test_while_the_archive_is_away_who_names_the_bot_is_told_and_who_does_not_is_not(
    env, news, amina, named, ferry_file, services, configure, sees_all, monkeypatch
):
    async def away(*_):
        raise AwayError("nobody answers there")

    await configure(news.guild.id, watched=frozenset({news.id}))
    with monkeypatch.context() as patch:
        patch.setattr(type(services.settings), "of", away)
        asked, again = [await amina.send(news, named, attachments=[ferry_file]) for _ in range(2)]
        watched = await amina.send(news, "look", attachments=[ferry_file])
    later = await amina.send(news, named, attachments=[ferry_file])

    (told,) = [*replies(news, asked), *replies(news, again)][:1]
    assert "cannot be reached" in words(told)
    assert len(replies(news, asked)) == 1
    assert replies(news, watched) == []
    assert "Added 1 article" in words(replies(news, later)[0])


async def test_a_failure_is_one_reply_that_says_what_to_try(env, news, amina, named):
    posted = await amina.send(news, named, attachments=[("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(64))])

    (told,) = replies(news, posted)
    assert "That did not work" in words(told)
    assert "photo.png" in words(told)


async def test_a_bug_is_told_with_its_number(env, services, news, amina, named, ferry_file, monkeypatch, caplog):
    async def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(type(services.corpus), "gather", broken)

    posted = await amina.send(news, named, attachments=[ferry_file])

    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.error_id in words(replies(news, posted)[0])


@pytest.fixture
def hear(env):
    """Let the bot hear a message, as after a resume, and do what it does about it."""

    async def hear(message):
        cog = env.bot.get_cog("Messages")
        await cog.on_message(message)
        async with asyncio.timeout(40):
            while cog._inbox._running:  # noqa: ASYNC110  nothing tells when there is nothing left to do
                await asyncio.sleep(0.01)

    return hear


async def test_the_same_message_twice_is_added_and_answered_once(
    env, hear, guild, news, amina, storage, named, ferry_file
):
    posted = await amina.send(news, named, attachments=[ferry_file])

    await hear(posted)

    assert len(replies(news, posted)) == 1
    assert len(await everything(storage, guild.id)) == 1


async def test_another_process_that_hears_the_same_message_adds_nothing_more(
    env, hear, services, guild, news, amina, storage, named, ferry_file
):
    posted = await amina.send(news, named, attachments=[ferry_file])
    await env.restart_bot(Gateway(services, storage, shard_count=1))

    await hear(posted)

    sent = [entry for entry in env.http_requests if entry.method == "POST" and entry.path.endswith("/messages")]
    assert {entry.json["nonce"] for entry in sent} == {f"vr:{posted.id}"}
    assert all(entry.json["enforce_nonce"] for entry in sent)
    assert len(await everything(storage, guild.id)) == 1


async def test_a_desk_that_wants_quiet_gets_silent_receipts(env, guild, news, amina, configure, named, ferry_file):
    await configure(guild.id, quiet=True)

    posted = await amina.send(news, named, attachments=[ferry_file])

    assert replies(news, posted)[0].flags.value & SILENT


async def test_the_controls_of_a_receipt_work_after_a_restart(env, services, storage, news, amina, named, ferry_file):
    posted = await amina.send(news, named, attachments=[ferry_file])
    (receipt,) = replies(news, posted)
    await env.restart_bot(Gateway(services, storage, shard_count=1))

    await amina.click(receipt, label="Summarise")
    await amina.click(receipt, label="Undo")

    assert "Undone" in words(replies(news, posted)[0])
    assert any("word for word" in words(message) for message in news.history())


async def test_a_receipt_is_undone_by_its_owner_alone(env, news, amina, tomas, named, ferry_file):
    posted = await amina.send(news, named, attachments=[ferry_file])

    result = await tomas.click(replies(news, posted)[0], label="Undo")

    assert "for the person who asked" in words(result.response)


class TestWatched:
    async def test_every_upload_is_read(self, env, sees_all, guild, news, amina, configure, ferry_file):
        await configure(guild.id, watched=frozenset({news.id}))

        posted = await amina.send(news, attachments=[ferry_file])

        assert FERRY_TITLE in words(replies(news, posted)[0])

    async def test_its_threads_count_with_it(self, env, sees_all, guild, news, amina, storage, configure, ferry_file):
        await configure(guild.id, watched=frozenset({news.id}))
        made = await env.bot.get_channel(news.id).create_thread(name="talk", type=discord.ChannelType.public_thread)
        (thread,) = [handle for handle in news.threads if handle.id == made.id]

        posted = await amina.send(thread, attachments=[ferry_file])

        assert FERRY_TITLE in words(replies(thread, posted)[0])
        (head,) = await everything(storage, guild.id)
        (upload,) = await storage.origins(Scope(guild.id, 1, None), head.article_id)
        assert upload.audience_id == news.id

    @pytest.mark.trust("member-threads")
    async def test_a_private_thread_is_an_audience_of_its_own(
        self, env, sees_all, guild, news, amina, storage, configure, ferry_file
    ):
        await configure(guild.id, watched=frozenset({news.id}))
        made = await env.bot.get_channel(news.id).create_thread(name="quiet", type=discord.ChannelType.private_thread)
        await made.add_user(amina)
        (thread,) = [handle for handle in news.threads if handle.id == made.id]

        await amina.send(thread, attachments=[ferry_file])

        (head,) = await everything(storage, guild.id)
        (upload,) = await storage.origins(Scope(guild.id, 1, None), head.article_id)
        assert upload.audience_id == made.id

    async def test_pictures_links_and_other_channels_are_left_alone(
        self, env, sees_all, guild, news, amina, configure, web, ferry_file
    ):
        web.pages["https://granvik.example/mill"] = MILL
        await configure(guild.id, watched=frozenset({news.id}))
        talk = guild.create_text_channel("talk")

        await amina.send(news, attachments=[("cat.png", b"\x89PNG\r\n\x1a\n")])
        await amina.send(news, "https://granvik.example/mill")
        await amina.send(talk, attachments=[ferry_file])

        assert (len(news.history()), len(talk.history())) == (2, 1)

    @pytest.mark.trust("member-only-managers-add")
    async def test_who_may_not_add_is_not_scolded_for_posting(
        self, env, sees_all, guild, news, amina, configure, named, ferry_file
    ):
        await configure(guild.id, watched=frozenset({news.id}), adders="managers")

        unasked = await amina.send(news, attachments=[ferry_file])
        asked = await amina.send(news, named, attachments=[ferry_file])

        assert replies(news, unasked) == []
        assert "those who may manage messages" in words(replies(news, asked)[0])

    async def test_without_the_intent_nothing_is_seen(self, env, guild, news, amina, configure, ferry_file):
        await configure(guild.id, watched=frozenset({news.id}))

        await amina.send(news, attachments=[ferry_file])

        assert len(news.history()) == 1

    async def test_a_burst_is_told_once_and_the_rest_is_passed_over(
        self, env, sees_all, services, guild, news, amina, configure, ferry_file, monkeypatch
    ):
        await configure(guild.id, watched=frozenset({news.id}))
        cog = env.bot.get_cog("Messages")
        monkeypatch.setattr(cog._inbox, "most", 1)
        go = asyncio.Event()
        really = type(services.corpus).gather

        async def slow(*given, **options):
            await go.wait()
            return await really(*given, **options)

        monkeypatch.setattr(type(services.corpus), "gather", slow)
        backend = env.backend
        posted = []
        for number in range(5):
            files = backend.store_attachments(news.id, [(f"{number}.txt", ferry_file[1] + bytes([65 + number]))])
            posted.append(backend.create_message(news.id, amina.id, "", attachments=files))
            await asyncio.sleep(0.05)
        go.set()
        await env.settle()

        told = [words(message) for message in news.history() if message.author.id == env.bot.user.id]
        assert len([text for text in told if "Too much at once" in text]) == 1
        assert len([text for text in told if FERRY_TITLE in text]) == 2


class TestPermissions:
    @pytest.mark.trust("discord-no-writing")
    async def test_where_the_bot_may_not_write_nothing_is_added_and_the_sender_is_told_in_private(
        self, env, guild, amina, storage, named, ferry_file, caplog
    ):
        mute = discord.PermissionOverwrite(send_messages=False)
        quiet = guild.create_text_channel("quiet", overwrites={guild.me: mute})

        await amina.send(quiet, named, attachments=[ferry_file])
        await amina.send(quiet, named, attachments=[ferry_file])

        (told,) = amina.user.dm_channel.history()
        assert "Send Messages" in words(told)
        assert await everything(storage, guild.id) == ()
        assert caplog.text.count("a channel may not be answered in") == 1

    @pytest.mark.trust("discord-closed-messages")
    async def test_closed_direct_messages_are_a_line_in_the_log(self, env, guild, amina, named, ferry_file, caplog):
        caplog.set_level(logging.INFO)
        mute = discord.PermissionOverwrite(send_messages=False)
        quiet = guild.create_text_channel("quiet", overwrites={guild.me: mute})
        env.inject_error("POST", "/channels/*/messages", status=403, code=50007)

        await amina.send(quiet, named, attachments=[ferry_file])

        assert "nobody could be told" in caplog.text

    @pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50013), (403, 50001), (400, 50083), (403, 50007)])
    async def test_a_reply_that_discord_refuses_is_logged_once(
        self, env, news, amina, named, ferry_file, caplog, status, code
    ):
        env.inject_error("POST", f"/channels/{news.id}/messages", status=status, code=code, times=None)

        await amina.send(news, named, attachments=[ferry_file])
        await amina.send(news, named, attachments=[ferry_file])

        assert caplog.text.count("a reply was not taken") == 1
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]

    async def test_typing_that_discord_refuses_keeps_nobody_from_a_receipt(self, env, news, amina, named, ferry_file):
        env.inject_error("POST", "/channels/*/typing", status=403, code=50001, times=None)

        posted = await amina.send(news, named, attachments=[ferry_file])

        assert len(replies(news, posted)) == 1

    async def test_a_reply_that_discord_drops_is_sent_again_under_the_same_nonce(
        self, env, news, amina, named, ferry_file
    ):
        env.inject_error("POST", f"/channels/{news.id}/messages", status=503)

        posted = await amina.send(news, named, attachments=[ferry_file])

        assert len(replies(news, posted)) == 1

    @pytest.mark.trust("member-limits-messages")
    async def test_what_somebody_asks_too_often_is_told_once_a_minute(
        self, env, guild, news, amina, configure, named, ferry_file, mill_file
    ):
        await configure(guild.id, person_commands_a_minute=1)

        for file in (ferry_file, mill_file, mill_file):
            await amina.send(news, named, attachments=[file])

        told = [words(message) for message in news.history() if message.author.id == env.bot.user.id]
        assert len(told) == 2
        assert "which is the limit here" in told[1]


async def test_a_message_that_is_deleted_while_it_is_read_leaves_nothing_behind(
    env, services, guild, news, amina, storage, named, ferry_file, monkeypatch
):
    really = type(services.corpus).gather

    async def overtaken(self, call, **options):
        reply = await really(self, call, **options)
        env.backend.delete_message(news.id, call.origin_id)
        for _ in range(20):
            await asyncio.sleep(0)
        return reply

    monkeypatch.setattr(type(services.corpus), "gather", overtaken)

    await amina.send(news, named, attachments=[ferry_file])
    await env.settle()

    assert news.history() == []
    assert await everything(storage, guild.id) == ()


async def test_those_whose_messages_are_given_back_at_a_shutdown_are_told(
    env, services, news, amina, named, ferry_file, monkeypatch
):
    async def endless(*_, **__):
        await asyncio.sleep(3600)

    monkeypatch.setattr(type(services.corpus), "gather", endless)
    backend = env.backend
    files = backend.store_attachments(news.id, [ferry_file])
    posted = backend.create_message(news.id, amina.id, named, attachments=files)
    await asyncio.sleep(0.1)

    await env.bot.get_cog("Messages").drain(0)

    assert "being restarted" in words(replies(news, posted)[0])


class TestMenus:
    async def test_they_are_offered_wherever_the_app_is(self, env):
        menus = env.bot.tree.get_commands(type=discord.AppCommandType.message)

        definitions = [menu.to_dict(env.bot.tree) for menu in menus]

        assert {definition["name"] for definition in definitions} == {
            "Add to the corpus",
            "Find the source",
            "Summarise",
        }
        assert all(definition["contexts"] == [0, 1, 2] for definition in definitions)
        assert all(definition["integration_types"] == [0, 1] for definition in definitions)

    async def test_a_message_is_added_for_its_channel_and_answered_in_private(
        self, env, guild, news, amina, tomas, storage, ferry_file
    ):
        posted = await amina.send(news, attachments=[ferry_file])

        result = await tomas.context_menu(news, "Add to the corpus", posted)

        assert result.response.ephemeral
        assert "Added 1 article" in words(result.response)
        (head,) = await everything(storage, guild.id)
        (upload,) = await storage.origins(Scope(guild.id, 1, None), head.article_id)
        assert (upload.audience_id, upload.message_id, upload.uploader_id) == (news.id, posted.id, tomas.id)

    async def test_what_was_added_already_is_not_added_again(self, env, guild, news, amina, tomas, storage, ferry_file):
        posted = await amina.send(news, attachments=[ferry_file])
        await amina.context_menu(news, "Add to the corpus", posted)

        again = await tomas.context_menu(news, "Add to the corpus", posted)

        assert "Already here" in words(again.response)
        (head,) = await everything(storage, guild.id)
        assert len(await storage.origins(Scope(guild.id, 1, None), head.article_id)) == 1

    @pytest.mark.trust("member-public-answers")
    async def test_a_hidden_channels_message_stays_hidden(self, env, guild, news, amina, tomas, ferry_file):
        overwrites = {guild.default_role: CLOSED, amina: discord.PermissionOverwrite(view_channel=True)}
        hidden = guild.create_text_channel("archive", overwrites=overwrites)
        posted = await amina.send(hidden, attachments=[ferry_file])

        await amina.context_menu(hidden, "Add to the corpus", posted)
        theirs = await tomas.slash(news, "summarise", article="night ferry", private=True)
        hers = await amina.slash(hidden, "summarise", article="night ferry")

        assert "There is no article" in words(theirs.response)
        assert FERRY_TITLE in words(hers.response)

    async def test_the_text_of_a_message_is_summed_up(self, env, guild, news, amina):
        posted = await amina.send(news, MILL)

        result = await amina.context_menu(news, "Summarise", posted)

        assert result.response.ephemeral
        assert "Paper mill at Granvik" in words(result.response)
        assert f"https://discord.com/channels/{guild.id}/{news.id}/{posted.id}" in words(result.response)

    async def test_the_other_articles_of_a_message_are_offered(self, env, news, amina, ferry_file, mill_file):
        posted = await amina.send(news, attachments=[ferry_file, mill_file])

        result = await amina.context_menu(news, "Summarise", posted)

        menus = [part for part in walk_components(result.response.components) if part["type"] == 3]
        offered = [option["label"] for option in menus[-1]["options"]]
        assert FERRY_TITLE in words(result.response)
        assert offered == ["Paper mill at Granvik to close its oldest machine"]

    async def test_the_link_of_a_feeds_embed_is_opened(self, env, guild, news, amina, web):
        web.pages["https://granvik.example/mill"] = MILL
        embed = discord.Embed(title="Paper mill at Granvik", url="https://granvik.example/mill")
        posted = await guild.create_webhook(news).send(embed=embed)

        result = await amina.context_menu(news, "Add to the corpus", posted)

        assert "Added 1 article" in words(result.response)

    async def test_our_own_words_are_no_source(self, env, news, amina, named, ferry_file):
        posted = await amina.send(news, named, attachments=[ferry_file])

        result = await amina.context_menu(news, "Add to the corpus", replies(news, posted)[0])

        assert "nothing to read in that message" in words(result.response)


class TestForm:
    async def test_add_with_nothing_asks_for_files_and_text(
        self, env, news, amina, storage, guild, ferry_file, mill_file
    ):
        shown = await amina.slash(news, "add")

        result = await amina.submit_modal(shown, {"files": [ferry_file, mill_file]})

        assert not result.response.ephemeral
        assert "Added 2 articles" in words(result.response)
        assert [file.filename for file in result.response.attachments] == ["ferry.txt", "mill.txt"]
        assert len(await everything(storage, guild.id)) == 2

    async def test_links_in_its_text_are_opened_and_an_article_is_taken_as_it_is(self, env, news, amina, web):
        web.pages["https://granvik.example/mill"] = MILL

        linked = await amina.submit_modal(await amina.slash(news, "add"), {"text": "https://granvik.example/mill"})
        pasted = await amina.submit_modal(
            await amina.slash(news, "add"), {"text": f"{MILL}\nhttps://granvik.example/x"}
        )

        assert "https://granvik.example/mill" in words(linked.response)
        assert "pasted text.txt" in words(pasted.response)

    async def test_a_form_sent_in_empty_is_told_so(self, env, news, amina):
        result = await amina.submit_modal(await amina.slash(news, "add"), {})

        assert "There is nothing to read yet" in words(result.followups[0])

    async def test_a_form_that_was_open_during_a_restart_takes_its_files(
        self, env, services, storage, news, amina, ferry_file
    ):
        shown = await amina.slash(news, "add")
        await env.restart_bot(Gateway(services, storage, shard_count=1))

        result = await amina.submit_modal(shown, {"files": ferry_file})

        assert FERRY_TITLE in words(result.response)
