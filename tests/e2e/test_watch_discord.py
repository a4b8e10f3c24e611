"""Watches with the real client: what is new is told to those who may read it, and `/catchup` to whoever asks."""

import asyncio

import pytest
from answers import finished, opened, quotes, sample, unescaped

pytestmark = pytest.mark.asyncio(loop_scope="module")

# What comes in is gathered for a quarter of a minute before it is told.
SOON = 60


async def ask(discord, user, channel, command, /, **options):
    return await (await discord.slash(user, channel, command, **options)).final_message(when=finished)


def told(discord, channel):
    return [message for message in discord.posted(channel) if "Watch:" in message.text]


async def test_what_is_new_is_told_to_those_who_may_read_it_and_to_nobody_else(discord, bot, guild, news):
    chief, ben = guild.member("Chief", admin=True), guild.member("Ben")
    desk = guild.channel("newsdesk", readers=[chief])
    refused = len(discord.state.refusals)
    made = await ask(discord, chief, news, "watch add", search="lightship", channel=news)
    await ask(discord, chief, news, "watch add", search="lightship OR reservoir")
    await ask(discord, ben, news, "watch add", search="reservoir")

    discord.say(chief, news, files=[sample("radio.txt")], mention=True)
    discord.say(chief, desk, files=[sample("reservoir.txt")], mention=True)
    (alert,) = await discord.until(lambda: told(discord, news), within=SOON, what="the alert in the channel")
    (direct,) = await discord.until(lambda: told(discord, discord.direct(chief)), within=SOON, what="the one to Chief")
    passage = await (await discord.choose(alert, 0, 0, user=ben)).final_message(when=finished)
    listed = await ask(discord, chief, news, "watch list")
    at_home = await (await discord.choose(direct, 0, 1, user=chief)).final_message(when=finished)
    gone = await (await discord.click(direct, "Remove this watch", user=chief)).final_message(when=finished)
    removed = unescaped(gone.text)
    back = await (await discord.click(gone, "Undo", user=chief)).final_message(when=finished)
    kept = await (await discord.click(alert, "Remove this watch", user=ben)).final_message(when=finished)

    assert made.ephemeral
    assert "lightship" in quotes(alert)[1]
    assert alert.allowed_mentions["parse"] == []
    assert opened(passage) == quotes(alert)[1].replace("**", "")
    assert passage.viewer is ben
    assert len(quotes(direct)) == 2
    assert opened(at_home) == quotes(direct)[2].replace("**", "")
    assert "Removed: lightship OR reservoir" in removed
    assert "Watching again: lightship OR reservoir" in unescaped(back.text)
    assert told(discord, discord.direct(ben)) == []
    assert unescaped(listed.text).count("last told") == 2
    assert "Manage Server" in kept.text
    assert len(told(discord, news)) == 1
    assert discord.state.refusals[refused:] == []


async def test_closed_messages_are_told_in_the_list_and_catching_up_begins_where_it_ended(
    discord, bot, guild, news, faults
):
    dora = guild.member("Dora")
    direct = discord.direct(dora)
    faults.next(f"POST /channels/{direct.id}/messages", status=403, code=50007)
    await ask(discord, dora, news, "watch add", search="battery house")
    discord.say(dora, news, files=[sample("radio.txt")], mention=True)

    fresh = await discord.until(
        lambda: discord.recorded(f"POST /channels/{direct.id}/messages"), within=SOON, what="a try"
    )
    await asyncio.sleep(1)
    listed = await ask(discord, dora, news, "watch list")
    first = await ask(discord, dora, news, "catchup")

    assert fresh
    assert "I may not send direct messages" in unescaped(listed.text)
    assert told(discord, direct) == []
    assert first.ephemeral
    assert len(quotes(first)) == 1
    assert "Keep it for later" in str(first.components)
