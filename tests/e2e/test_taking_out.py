"""Taking out, against the process: by deleting in Discord, by command, for good; with power cuts in between."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from answers import finished, rows, sample, settle
from loopback import Attachment
from loopback.gateway import Intents

pytestmark = pytest.mark.asyncio(loop_scope="module")

RARE = "wyvernlike"
NOTICE = f"""Old slipway at Gannet Cove to be rebuilt

By Oona Brekke

GANNET COVE - The old slipway at Gannet Cove is to be rebuilt before the winter, the harbour board said on Thursday.

Its {RARE} railings will be kept. Boat owners had asked for the work for six years, and will pay a third of it.
""".encode()
SECOND = b"""Mill race at Sorrel Bridge cleared

By Piet Amundsen

SORREL BRIDGE - The mill race at Sorrel Bridge has been cleared of reeds for the first time in thirty years.

Volunteers worked for two weekends. The millers' society says that the wheel may turn again in spring.
"""
MICROSECONDS = 1_000_000


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("data") / "verbatim.db"


@pytest.fixture(scope="module")
def shared(verbatim, discord, file):
    discord.gateway.allowed |= Intents.MESSAGE_CONTENT
    return verbatim(DATABASE_URL=f"sqlite+aiosqlite:///{file}", MESSAGE_CONTENT_INTENT="true")


@pytest.fixture
def notice():
    return Attachment("notice.txt", NOTICE)


@pytest.fixture
def second():
    return Attachment("second.txt", SECOND)


async def restart(bot, discord):
    await bot.kill()
    await bot.start(discord)


async def brought(discord, user, channel, *files):
    """Post files for the bot; return the message and the receipt."""
    message = discord.say(user, channel, files=files, mention=True)
    (receipt,) = await discord.until(lambda: discord.replies(message), what="a receipt")
    return message, receipt


async def note(discord, channel, *, title="Taken out"):
    def look():
        return [message for message in discord.posted(channel) if title in message.text]

    return (await discord.until(look, what=f"“{title}”"))[-1]


async def press(discord, user, message, label):
    return await (await discord.click(message, label, user=user)).final_message(when=finished)


async def ask(discord, user, channel, command, **options):
    return await (await discord.slash(user, channel, command, **options)).final_message(when=finished)


async def hits(discord, user, channel, word=RARE):
    """Return whether a search finds a word."""
    return "Nothing found" not in (await ask(discord, user, channel, "search", query=word)).text


def write(file, statement, *values):
    with closing(sqlite3.connect(file, timeout=10)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def cells(file):
    """Yield every value in every column of every table."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if not table.startswith("posting"):
                yield from ((table, cell) for row in connection.execute(f"SELECT * FROM {table}") for cell in row)


def naming(file, number):
    """Return the tables in which a number stands, in texts and in JSON too."""
    return {table for table, cell in cells(file) if str(number) in _said(cell)}


def _said(cell):
    return "" if isinstance(cell, bytes) else cell if isinstance(cell, str) else json.dumps(cell)


def of_desk(file, desk_id):
    return {table for table, cell in cells(file) if cell == desk_id}


def stands_in_files(file, word=RARE):
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return any(word[3:].encode() in path.read_bytes() for path in Path(file).parent.glob(f"{Path(file).name}*"))


async def let_days_pass(bot, discord, file, *, days=2):
    """Move what was taken out into the past, and start again: it is erased in the background."""
    earlier = int(timedelta(days=days).total_seconds()) * MICROSECONDS
    await bot.kill()
    write(file, "UPDATE trash SET removed_at = removed_at - ?", earlier)
    write(file, "UPDATE desk SET left_at = left_at - ?", earlier)
    write(file, "UPDATE turn SET free_at = 0")  # nor is it the dead one's turn to tidy any more
    await bot.start(discord)
    # The index too is written anew a piece at a time.
    await settle(
        lambda: not write(file, "SELECT 1 FROM trash WHERE removed_at < strftime('%s') * 1000000 - 86400000000")
    )
    await settle(lambda: not write(file, "SELECT 1 FROM fingerprint WHERE name = 'search:purge'"))


async def test_a_deleted_message_takes_its_articles_and_the_old_note_brings_them_back(
    discord, bot, guild, amina, news, notice, second
):
    message, _ = await brought(discord, amina, news, notice, second)

    discord.delete(message)
    told = await note(discord, news)
    words = told.text
    gone = await hits(discord, amina, news)
    await restart(bot, discord)
    back = await press(discord, amina, told, "Bring back")

    assert "Taken out: 2 articles" in words
    assert told.silent
    assert "slipway" not in words
    assert not gone
    assert "Brought back" in back.text
    assert await hits(discord, amina, news)


async def test_somebody_else_may_not_press_it_and_a_manager_may(discord, bot, guild, amina, news, notice):
    olav, erin = guild.member("Olav"), guild.member("Erin", manager=True)
    message, _ = await brought(discord, amina, news, notice)
    discord.delete(message)
    told = await note(discord, news)

    refused = await press(discord, olav, told, "Bring back")
    back = await press(discord, erin, told, "Bring back")

    assert refused.viewer is olav
    assert "This button is for" in refused.text
    assert "Brought back" in back.text


async def test_after_its_day_nothing_of_it_is_left(discord, bot, guild, amina, news, notice, file):
    message, _ = await brought(discord, amina, news, notice)
    discord.delete(message)
    told = await note(discord, news)

    await let_days_pass(bot, discord, file)
    late = await press(discord, amina, told, "Bring back")

    assert "a day has passed" in late.text
    assert not await hits(discord, amina, news)
    left = of_desk(file, guild.id)
    assert left <= {"desk", "action", "fingerprint"}


async def test_many_messages_deleted_at_once_get_one_note(discord, bot, amina, news, notice, second):
    first, _ = await brought(discord, amina, news, notice)
    other, _ = await brought(discord, amina, news, second)
    idle = discord.say(amina, news, "nothing in it")

    discord.delete_all([first, other, idle])
    told = await note(discord, news)
    words = told.text
    back = await press(discord, amina, told, "Bring back")

    assert "Taken out: 2 articles" in words
    assert "2 articles are here again" in back.text


async def test_a_file_taken_off_a_message_goes_and_one_added_is_offered(discord, bot, amina, news, notice, second):
    message, _ = await brought(discord, amina, news, notice)

    discord.edit(message, content="with a word more")
    discord.edit(message, without=["notice.txt"], added=[second])
    told = await note(discord, news)
    offer = await note(discord, news, title="Shall I read it?")
    await restart(bot, discord)
    read = await press(discord, amina, offer, "Read it")

    assert "Taken out: 1 article" in told.text
    assert "taken off the message" in told.text
    assert offer.answers is message
    assert offer.silent
    assert "Added 1 article" in read.text
    assert not await hits(discord, amina, news)
    assert await hits(discord, amina, news, "reeds")
    assert len(discord.posted(news)) == 3 + 2  # two answers to the searches; the receipt, the note, the offer


async def test_a_receipt_of_ours_that_is_deleted_takes_nothing(discord, bot, amina, news, notice):
    receipt = await ask(discord, amina, news, "add", file=notice)
    cited = await ask(discord, amina, news, "search", query=RARE)

    discord.delete(receipt)
    await brought(discord, amina, news, sample("radio.txt"))  # then what came before has been dealt with
    after = await ask(discord, amina, news, "search", query=RARE)

    link = f"/{news.id}/{receipt.id}"
    assert link in str(cited.components)
    assert link not in str(after.components)
    assert "Nothing found" not in after.text
    assert not [posted for posted in discord.posted(news) if "Taken out" in posted.text]


async def test_a_deleted_direct_message_takes_what_it_brought(discord, bot, amina, notice):
    direct = discord.direct(amina)
    message = discord.say(amina, direct, files=[notice])
    await discord.until(lambda: discord.replies(message), what="a receipt")
    await restart(bot, discord)

    discord.delete(message)
    told = await note(discord, direct)
    words = told.text
    back = await press(discord, amina, told, "Bring back")

    assert "Taken out: 1 article" in words
    assert "Brought back" in back.text


async def test_a_deleted_channel_takes_what_was_brought_there_and_managers_bring_it_back(
    discord, bot, guild, amina, news, notice, file
):
    erin = guild.member("Erin", manager=True)
    gone = guild.channel("gone")
    await brought(discord, amina, gone, notice)

    guild.remove_channel(gone)
    await settle(lambda: write(file, "SELECT 1 FROM trash WHERE desk_id = ?", guild.id))
    out = await hits(discord, erin, news)
    await restart(bot, discord)
    offered = await (await discord.autocomplete(erin, news, "article restore", "article", "slip")).offered(within=15)
    back = await ask(discord, erin, news, "article restore", article=offered[0]["value"])

    assert not out
    assert back.viewer is erin
    assert "Brought back" in back.text
    assert await hits(discord, erin, news)


async def test_what_a_hidden_channel_held_is_offered_to_nobody(discord, bot, guild, amina, news, notice, file):
    erin = guild.member("Erin", manager=True)
    hidden = guild.channel("hidden", readers=[amina])
    await brought(discord, amina, hidden, notice)

    guild.remove_channel(hidden)
    await settle(lambda: write(file, "SELECT 1 FROM trash WHERE desk_id = ?", guild.id))

    assert await (await discord.autocomplete(erin, news, "article restore", "article", "")).offered(within=15) == []
    assert discord.posted(news) == []


async def test_a_deleted_thread_takes_what_was_posted_in_it(discord, bot, guild, amina, news, notice, second, file):
    thread = guild.thread(news, "slipway")
    await brought(discord, amina, thread, notice)
    await brought(discord, amina, news, second)

    guild.remove_thread(thread)
    await settle(lambda: write(file, "SELECT 1 FROM trash WHERE desk_id = ?", guild.id))

    assert not await hits(discord, amina, news)
    assert await hits(discord, amina, news, "reeds")


async def test_removing_and_restoring_by_command_survives_a_restart(discord, bot, amina, news, notice):
    await brought(discord, amina, news, notice)

    removed = await ask(discord, amina, news, "article remove", article="slipway")
    await restart(bot, discord)
    gone = await hits(discord, amina, news)
    back = await press(discord, amina, removed, "Bring back")

    assert removed.viewer is amina
    assert not gone
    assert "Brought back" in back.text
    assert await hits(discord, amina, news)


async def test_forget_me_leaves_no_row_that_names_the_person(discord, bot, guild, news, notice, second, file):
    member, olav = guild.member("Ingrid"), guild.member("Olav", admin=True)
    await brought(discord, member, news, notice)
    message, _ = await brought(discord, member, news, sample("reservoir.txt"))
    await brought(discord, olav, news, second)
    await ask(discord, member, news, "search", query="reeds", private=True)
    discord.delete(message)
    await note(discord, news)

    preview = await ask(discord, member, news, "forget me")
    asked = preview.text
    await restart(bot, discord)
    named = naming(file, member.id)
    gone = await press(discord, member, preview, "Delete for good")
    await settle(lambda: not write(file, "SELECT 1 FROM fingerprint WHERE name = 'search:purge'"))

    assert preview.viewer is member
    assert "1 file, page or text that you brought" in asked
    assert {"upload", "trash", "action"} <= named
    assert gone.viewer is member
    assert "2 uploads and 1 article deleted" in gone.text
    assert naming(file, member.id) == set()
    assert not await hits(discord, olav, news)
    assert await hits(discord, olav, news, "reeds")


async def test_forget_me_in_direct_messages_empties_one_s_own_desk(discord, bot, guild, news, file):
    member = guild.member("Ragna")
    direct = discord.direct(member)
    own = Attachment("own.txt", NOTICE.replace(RARE.encode(), b"basilisklike"))
    message = discord.say(member, direct, files=[own])
    await discord.until(lambda: discord.replies(message), what="a receipt")

    preview = await ask(discord, member, direct, "forget me")
    await press(discord, member, preview, "Delete for good")
    await settle(lambda: not write(file, "SELECT 1 FROM fingerprint WHERE name = 'search:purge'"))

    assert naming(file, member.id) == set()
    assert not stands_in_files(file, "basilisklike")


async def test_a_server_that_takes_the_bot_out_is_forgotten_after_thirty_days_unless_it_returns(
    discord, bot, guild, amina, news, notice, file
):
    await brought(discord, amina, news, notice)

    guild.lose()
    guild.come_back()
    assert await hits(discord, amina, news)
    assert write(file, "SELECT left_at FROM desk WHERE desk_id = ?", guild.id) == [(None,)]
    guild.remove_bot()
    await settle(lambda: write(file, "SELECT left_at FROM desk WHERE desk_id = ?", guild.id) != [(None,)])
    await let_days_pass(bot, discord, file, days=29)
    guild.add_bot()
    await settle(lambda: write(file, "SELECT left_at FROM desk WHERE desk_id = ?", guild.id) == [(None,)])
    assert await hits(discord, amina, news)

    guild.remove_bot()
    await settle(lambda: write(file, "SELECT left_at FROM desk WHERE desk_id = ?", guild.id) != [(None,)])
    await let_days_pass(bot, discord, file, days=31)
    await settle(lambda: not of_desk(file, guild.id))
    assert of_desk(file, guild.id) == set()


async def test_a_server_that_took_the_bot_out_while_it_was_away_is_noted(
    discord, bot, guild, amina, news, notice, file
):
    await brought(discord, amina, news, notice)

    await bot.kill()
    guild.remove_bot()
    await bot.start(discord)

    await settle(lambda: write(file, "SELECT left_at FROM desk WHERE desk_id = ?", guild.id) != [(None,)])


async def test_nothing_of_all_this_is_left_in_the_files(discord, bot, guild, amina, news, file):
    """What the tests above have left is thrown away as a whole: then no letter of it is in the file."""
    await bot.kill()
    write(file, "UPDATE desk SET left_at = 0")
    write(file, "UPDATE turn SET free_at = 0")
    await bot.start(discord)
    await settle(lambda: rows(file)["article"] == 0)
    await settle(lambda: not write(file, "SELECT 1 FROM fingerprint WHERE name = 'search:purge'"))

    assert not stands_in_files(file)
    assert "Traceback" not in bot.said


async def test_without_the_intent_an_edit_that_hides_its_attachments_takes_nothing(
    discord, verbatim, bot, guild, amina, news, notice
):
    await bot.terminate()
    plain = verbatim()
    await plain.start(discord)
    posted = discord.say(amina, news, files=[notice])
    await (await discord.context_menu(amina, posted, "Add to the corpus")).final_message(when=finished)

    discord.edit(posted, content="a word more")
    await brought(discord, amina, news, sample("radio.txt"))

    assert await hits(discord, amina, news)
    await plain.terminate()
