"""Each way in as people use it, against the process: from the message to an article that outlives a restart."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from answers import finished, quotes, sample, settle, unescaped
from loopback import Attachment, Permission
from loopback.gateway import Intents

from storage import open_storage

pytestmark = pytest.mark.asyncio(loop_scope="module")

TITLE = "Night signal from Tern Island goes quiet"
TYPED = "tern"
PAGE = b"""Old lighthouse on Corvo Point gets a new lamp

CORVO POINT - The lighthouse on Corvo Point has a new lamp, the coast service said on Friday.

It is seen from nineteen miles away, four more than before. The old lamp goes to the museum in the village, which had
asked for it two years ago.
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('data')}/verbatim.db"


@pytest.fixture(scope="module")
def shared(verbatim, discord, database):
    """A bot that is shown every message, and that may fetch the pages of this machine."""
    discord.gateway.allowed |= Intents.MESSAGE_CONTENT
    return verbatim(DATABASE_URL=database, MESSAGE_CONTENT_INTENT="true", FETCH_ALLOW_NETWORKS="127.0.0.0/8")


@pytest.fixture
def configure(database):
    async def configure(desk_id, **changed):
        async with open_storage(database) as storage:
            await storage.change_settings(
                desk_id, lambda kept: replace(kept, **changed), changed_by=1, now=datetime.now(UTC)
            )

    return configure


async def restart(bot, discord):
    await bot.kill()
    await bot.start(discord)


async def reply(discord, message, *, number=1, within=20):
    """Return the reply to a message as soon as it has one."""
    return (await discord.until(lambda: discord.replies(message)[number - 1 :], within=within, what="a reply"))[0]


async def works_through(discord, user, channel):
    """Wait until the bot has read what came before: it reads one message of a server after another."""
    return await reply(discord, discord.say(user, channel, files=[Attachment("last.txt", PAGE)], mention=True))


async def ask(discord, user, channel, command, **options):
    return await (await discord.slash(user, channel, command, **options)).final_message(when=finished)


async def offered(discord, user, channel, typed=TYPED, *, least=0):
    """Return what is offered while a title is typed; on a busy machine the first suggestions may come too late."""
    for _ in range(5):
        found = await (await discord.autocomplete(user, channel, "summarise", "article", typed)).offered()
        if len(found) >= least:
            break
    return found


def page(discord, data=PAGE):
    """Return the address of a page that this machine serves."""
    channel = discord.direct(discord.state.owner)
    return discord.state.cdn.sign(discord.state.store(channel, Attachment("lamp.txt", data)))


@pytest.mark.trust("injection-mentions")
async def test_a_message_that_names_the_bot_is_answered_once_and_cited_after_a_restart(
    discord, bot, guild, amina, news
):
    posted = discord.say(amina, news, "keep these", files=[sample("radio.txt"), sample("reservoir.txt")], mention=True)

    receipt = await reply(discord, posted)
    await restart(bot, discord)
    (choice,) = await offered(discord, amina, news, least=1)
    answer = await ask(discord, amina, news, "summarise", article=choice["value"], sentences=2)

    assert "Added 2 articles" in receipt.text
    assert receipt.allowed_mentions["parse"] == []
    assert receipt.allowed_mentions["replied_user"] is False
    assert discord.posted(news) == [receipt, answer]
    assert f"https://discord.com/channels/{guild.id}/{news.id}/{posted.id}" in answer.text


async def test_its_controls_work_after_a_restart(discord, bot, amina, news):
    receipt = await reply(discord, discord.say(amina, news, files=[sample("radio.txt")], mention=True))

    await restart(bot, discord)
    summary = await (await discord.click(receipt, "Summarise", user=amina)).final_message(when=finished)
    undone = await (await discord.click(receipt, "Undo", user=amina)).final_message(when=finished)

    assert quotes(summary)
    assert "Undone" in undone.text
    assert await offered(discord, amina, news) == []


async def test_links_are_opened_and_code_and_discords_own_are_not(discord, bot, amina, news):
    before = len(discord.state.cdn.fetched)
    content = f"see {page(discord)} `https://127.0.0.1/no` https://discord.com/channels/1/2/3"

    receipt = await reply(discord, discord.say(amina, news, content, mention=True))

    assert "Old lighthouse on Corvo Point gets a new lamp" in unescaped(receipt.text)
    assert "Not read" not in receipt.text
    assert discord.state.cdn.fetched[before:] == ["lamp.txt"]


async def test_a_direct_message_goes_to_the_persons_own_desk(discord, bot, amina, news):
    direct = discord.direct(amina)

    receipt = await reply(discord, discord.say(amina, direct, files=[sample("radio.txt")]))
    await restart(bot, discord)

    assert TITLE in unescaped(receipt.text)
    assert len(await offered(discord, amina, direct, least=1)) == 1
    assert await offered(discord, amina, news) == []


async def test_a_form_that_was_open_across_a_restart_takes_files_and_a_link(discord, bot, amina, news):
    opened = await discord.slash(amina, news, "add")
    await opened.form()

    await restart(bot, discord)
    sent = await discord.submit(opened, {"files": [sample("radio.txt")], "text": page(discord)})
    receipt = await sent.final_message(when=finished)

    assert "Added 2 articles" in receipt.text
    assert not receipt.ephemeral
    assert [file.filename for file in receipt.attachments] == ["radio.txt"]


async def test_a_command_on_a_message_adds_it_for_its_channel_and_answers_in_private(discord, bot, guild, amina, news):
    olav = guild.member("Olav")
    posted = discord.say(amina, news, files=[sample("radio.txt")])

    added = await (await discord.context_menu(olav, posted, "Add to the corpus")).final_message(when=finished)
    await restart(bot, discord)
    again = await (await discord.context_menu(amina, posted, "Add to the corpus")).final_message(when=finished)
    answer = await ask(discord, amina, news, "summarise", article=TITLE, sentences=1)

    assert "Added 1 article" in added.text
    assert added.viewer is olav
    assert "Already here" in again.text
    assert discord.posted(news) == [answer]
    assert f"https://discord.com/channels/{guild.id}/{news.id}/{posted.id}" in answer.text


async def test_a_command_sums_the_text_of_a_message_up(discord, bot, amina, news):
    posted = discord.say(amina, news, PAGE.decode())

    interaction = await discord.context_menu(amina, posted, "Summarise")
    answer = await interaction.final_message(when=finished)

    assert quotes(answer)
    assert all(words in PAGE.decode().replace("\n", " ") for words in map(_one_line, quotes(answer).values()))
    assert answer.viewer is amina


def _one_line(words):
    return words.replace("\n", " ")


async def test_every_upload_in_a_watched_channel_and_its_threads_is_read(discord, bot, guild, amina, news, configure):
    thread = guild.thread(news, "sources")
    await configure(guild.id, watched=frozenset({news.id}), quiet=True)

    first = await reply(discord, discord.say(amina, news, files=[sample("radio.txt")]))
    await restart(bot, discord)
    second = await reply(discord, discord.say(amina, thread, files=[sample("reservoir.txt")]))

    assert TITLE in unescaped(first.text)
    assert first.silent
    assert second.channel is thread
    assert len(await offered(discord, amina, news, "", least=2)) == 2


async def test_elsewhere_and_for_pictures_and_talk_it_keeps_silent(discord, bot, guild, amina, news, configure):
    talk = guild.channel("talk")
    await configure(guild.id, watched=frozenset({news.id}))

    discord.say(amina, talk, files=[sample("radio.txt")])
    discord.say(amina, news, "good morning")
    discord.say(amina, news, page(discord))
    discord.say(amina, news, files=[Attachment("cat.png", b"\x89PNG\r\n\x1a\n", content_type="image/png")])
    last = await works_through(discord, amina, news)

    assert discord.posted(talk) == []
    assert discord.posted(news) == [last]


@pytest.mark.parametrize("again", ["at once", "after a resume", "to another process"])
async def test_a_message_that_comes_twice_is_added_and_answered_once(discord, bot, guild, amina, news, again):
    posted = discord.say(amina, news, files=[sample("radio.txt")], mention=True)
    receipt = await reply(discord, posted)

    if again == "after a resume":
        session = discord.gateway.sessions[-1]
        before = session.resumed
        await discord.gateway.drop()
        await discord.until(lambda: session.resumed > before, what="a resume")
    elif again == "to another process":
        await restart(bot, discord)
    discord.redeliver(posted)
    last = await works_through(discord, amina, news)
    removed = await (await discord.click(receipt, "Undo", user=amina)).final_message(when=finished)

    assert discord.replies(posted) == [receipt]
    assert discord.posted(news) == [receipt, last]
    assert "1 upload taken back" in removed.text


@pytest.mark.trust("discord-failures")
async def test_a_reply_whose_answer_was_lost_is_not_sent_twice(discord, faults, bot, amina, news):
    faults.next(f"POST /channels/{news.id}/messages", status="cut", after_effect=True)

    posted = discord.say(amina, news, files=[sample("radio.txt")], mention=True)
    await reply(discord, posted)
    await works_through(discord, amina, news)

    assert len(discord.replies(posted)) == 1


async def test_a_burst_is_bounded_and_told_once(discord, bot, guild, amina, news, configure):
    await configure(guild.id, watched=frozenset({news.id}))
    files = [Attachment(f"{number}.txt", f"Notice {number}\n\n".encode() + PAGE, trouble="late") for number in range(1)]
    files += [Attachment(f"{number}.txt", f"Notice {number}\n\n".encode() + PAGE) for number in range(1, 40)]

    posted = [discord.say(amina, news, files=[file]) for file in files]
    last = await discord.until(lambda: len(discord.posted(news)) >= 22 and discord.posted(news), what="22 replies")

    assert len([message for message in last if "Too much at once" in message.text]) == 1
    assert len([message for message in last if "Added" in message.text or "Already" in message.text]) == 21
    assert all(len(discord.replies(message)) <= 1 for message in posted)


async def test_a_failure_is_one_reply(discord, bot, amina, news):
    posted = discord.say(amina, news, files=[sample("radio.txt", trouble="missing")], mention=True)

    told = await reply(discord, posted)

    assert "could not be fetched" in told.text
    assert discord.posted(news) == [told]


async def test_a_message_that_is_deleted_while_it_is_read_leaves_nothing(discord, bot, amina, news):
    posted = discord.say(amina, news, files=[sample("radio.txt", trouble="late")], mention=True)
    await discord.until(lambda: discord.recorded(f"POST /channels/{news.id}/typing"), what="typing")

    discord.delete(posted)
    await works_through(discord, amina, news)

    assert await offered(discord, amina, news) == []


@pytest.mark.trust("discord-no-writing")
async def test_where_it_may_not_write_it_reads_nothing_and_says_so_in_private(discord, bot, guild, amina, news):
    quiet = guild.channel("quiet")
    guild.forbid_bot(quiet, Permission.SEND_MESSAGES)
    direct = discord.direct(amina)

    for _ in range(2):
        discord.say(amina, quiet, files=[sample("radio.txt")], mention=True)
    await works_through(discord, amina, news)
    await discord.until(lambda: discord.posted(direct), what="the word in private")

    (told,) = discord.posted(direct)
    assert "Send Messages" in told.text
    assert await offered(discord, amina, quiet) == []


@pytest.mark.trust("discord-closed-messages", "discord-archived-thread", "discord-gone")
async def test_locked_threads_deleted_channels_and_closed_messages_end_nothing(discord, bot, guild, amina, news):
    before = bot.said
    thread, gone, direct = guild.thread(news, "old"), guild.channel("gone"), discord.direct(amina)
    late = sample("radio.txt", trouble="late")

    discord.say(amina, direct, files=[late])
    amina.closed = True
    discord.say(amina, thread, files=[late], mention=True)
    guild.lock(thread)
    discord.say(amina, gone, files=[late], mention=True)
    await discord.until(lambda: discord.recorded(f"POST /channels/{thread.id}/typing"), what="typing")
    guild.remove_channel(gone)
    last = await works_through(discord, amina, news)
    amina.closed = False

    assert discord.posted(news) == [last]
    assert bot.running
    assert "Traceback" not in bot.said.removeprefix(before)


class TestElsewhere:
    """Where only the person has installed the app."""

    @pytest.fixture
    def ines(self, elsewhere):
        return elsewhere.member("Inês")

    @pytest.fixture
    def elsewhere(self, discord):
        return discord.guild("Elsewhere", installed=False)

    @pytest.fixture
    def talk(self, elsewhere):
        return elsewhere.channel("talk")

    @pytest.mark.trust("member-own-desk")
    async def test_what_is_added_is_private_and_the_persons_own_in_one_message(self, discord, bot, ines, talk):
        opened = await discord.slash(ines, talk, "add")
        sent = await discord.submit(opened, {"files": [sample("radio.txt")]})
        receipt = await sent.final_message(when=finished)
        await restart(bot, discord)
        answer = await ask(discord, ines, discord.direct(ines), "summarise", article=TITLE, sentences=2)

        assert receipt.viewer is ines
        assert sent.touched == [receipt]
        assert sent.followups == []
        assert len(quotes(answer)) == 2

    async def test_commands_on_messages_work(self, discord, bot, elsewhere, ines, talk):
        olav = elsewhere.member("Olav")
        posted = discord.say(olav, talk, files=[sample("radio.txt")])

        added = await (await discord.context_menu(ines, posted, "Add to the corpus")).final_message(when=finished)
        answer = await (await discord.context_menu(ines, posted, "Summarise")).final_message(when=finished)
        passage = await (await discord.choose(answer, 0, 0, user=ines)).final_message(when=finished)

        assert "Added 1 article" in added.text
        assert quotes(answer)
        assert answer.viewer is ines
        assert passage.viewer is ines
        assert len(await offered(discord, ines, talk, least=1)) == 1
        # A link to a message in a server that the desk knows nothing of would lead nowhere.
        assert "discord.com/channels" not in answer.text + passage.text

    async def test_an_error_is_private_and_the_only_message(self, discord, bot, ines, talk):
        interaction = await discord.slash(ines, talk, "summarise", article="nothing like it")
        told = await interaction.final_message(when=finished)

        assert told.viewer is ines
        assert [message for message in interaction.touched if not message.deleted] == [told]

    async def test_what_needs_a_server_says_why_it_is_not_there(self, discord, bot, elsewhere, talk):
        told = await ask(discord, elsewhere.guild.owner, talk, "settings show")

        assert "belong to a server" in told.text
        assert "this desk is yours alone" in told.text


class TestHello:
    @pytest_asyncio.fixture(loop_scope="module")
    async def bot(self, bot, discord):
        """The bot, past its start: what it is told of until then it takes for servers that come back into sight."""
        before = len(bot.said)
        await restart(bot, discord)
        await settle(lambda: " ready" in bot.said[before:])
        return bot

    async def test_it_is_said_once_when_the_bot_is_added(self, discord, bot):
        guild = discord.guild("Tide Tables", installed=False)
        rules, talk = guild.channel("rules"), guild.channel("talk")
        guild.forbid_bot(rules, Permission.SEND_MESSAGES)

        guild.add_bot()
        (hello,) = await discord.until(lambda: discord.posted(talk), what="the hello")
        guild.add_bot()
        await restart(bot, discord)
        olav = guild.member("Olav")
        last = await works_through(discord, olav, talk)

        assert "Three steps" in hello.text
        assert discord.posted(talk) == [hello, last]
        assert discord.posted(rules) == []

    async def test_where_it_may_write_nowhere_it_says_nothing(self, discord, bot):
        guild = discord.guild("Tide Tables", installed=False)
        rules = guild.channel("rules")
        guild.forbid_bot(rules, Permission.SEND_MESSAGES)

        before = bot.said
        guild.add_bot()
        await settle(lambda: "nowhere to say hello" in bot.said.removeprefix(before))

        assert discord.posted(rules) == []


@pytest.mark.trust("operator-stop")
async def test_sigterm_tells_those_whose_messages_are_given_back(discord, bot, amina, news):
    before = bot.said
    posted = discord.say(amina, news, files=[sample("radio.txt", trouble="hang")], mention=True)
    await discord.until(lambda: discord.recorded(f"POST /channels/{news.id}/typing"), what="typing")

    code = await bot.terminate(within=5)

    assert code == 0
    assert "being restarted" in discord.replies(posted)[0].text
    assert "Traceback" not in bot.said.removeprefix(before)


@pytest.mark.trust("operator-logs")
async def test_no_word_of_a_message_reaches_the_log(discord, bot, amina, news):
    await reply(discord, discord.say(amina, news, "osprey", files=[sample("radio.txt")], mention=True))
    await bot.terminate()

    assert "Tern Island" not in bot.said
    assert "osprey" not in bot.said
