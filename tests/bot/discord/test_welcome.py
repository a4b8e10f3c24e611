"""The hello in a server that has just added the bot."""

import discord
import pytest
from simcord.components import walk_components

from bot.gateway import Gateway

pytestmark = pytest.mark.asyncio(loop_scope="session")

MUTE = discord.PermissionOverwrite(send_messages=False)


def words(message):
    drawn = [part.to_dict() for part in message.components]
    return "\n".join(part["content"] for part in walk_components(drawn) if part["type"] == 10)


async def join(env, guild):
    """Let the bot hear that it was added, as Discord tells it of a guild whose channels are there already."""
    await env.bot.get_cog("Welcome").on_guild_join(env.bot.get_guild(guild.id))


async def test_it_says_hello_once_in_the_first_channel_where_it_may(env, guild):
    closed = guild.create_text_channel("rules", overwrites={guild.me: MUTE})
    open_ = guild.create_text_channel("talk")

    await join(env, guild)
    await join(env, guild)

    assert closed.history() == []
    (hello,) = open_.history()
    assert "Three steps" in words(hello)
    assert "Who can read what" in words(hello)
    assert "lacks" not in words(hello)


async def test_it_is_said_once_over_restarts(env, services, storage, guild, news):
    await join(env, guild)
    await env.restart_bot(Gateway(services, storage, shard_count=1))

    await join(env, guild)

    assert len(news.history()) == 1


async def test_the_channel_for_such_news_comes_first(env, guild, news):
    system = guild.create_text_channel("welcome")
    env.bot.get_guild(guild.id)._system_channel_id = system.id

    await join(env, guild)

    assert (len(system.history()), news.history()) == (1, [])


async def test_it_names_the_permissions_that_it_lacks(env, guild, news):
    least = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
    for role in env.bot.get_guild(guild.id).me.roles:
        env.backend.edit_role(guild.id, role.id, {"permissions": least.value})

    await join(env, guild)

    assert "Send Messages in Threads, Attach Files" in words(news.history()[0])


async def test_where_it_may_write_nowhere_it_says_nothing_and_may_say_it_later(env, guild):
    guild.create_text_channel("rules", overwrites={guild.me: MUTE})

    await join(env, guild)
    talk = guild.create_text_channel("talk")
    await join(env, guild)

    assert len(talk.history()) == 1


async def test_a_hello_that_discord_refuses_is_a_line_in_the_log(env, guild, news, caplog):
    env.inject_error("POST", f"/channels/{news.id}/messages", status=403, code=50013)

    await join(env, guild)

    assert "the hello was not said" in caplog.text


async def test_a_start_is_no_join(env, services, storage, guild, news):
    await env.restart_bot(Gateway(services, storage, shard_count=1))

    assert news.history() == []
