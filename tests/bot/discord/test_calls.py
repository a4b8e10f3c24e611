"""Who asks, where, and what the answer may draw on."""

import discord
import pytest
import pytest_asyncio

from bot.services.replies import Line, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLOSED = discord.PermissionOverwrite(view_channel=False)
OPEN = discord.PermissionOverwrite(view_channel=True)


@pytest_asyncio.fixture(loop_scope="session")
async def asked(services, monkeypatch):
    """The calls that /summarise led to."""
    calls = []

    async def summarise(_, call, **__):
        calls.append(call)
        return Reply("Heard", (Line(("Yes.",)),))

    monkeypatch.setattr(type(services.summaries), "summarise", summarise)
    return calls


async def test_a_public_answer_draws_on_this_channel_and_on_those_that_everyone_can_read(guild, news, amina, asked):
    hidden = guild.create_text_channel("archive", overwrites={guild.default_role: CLOSED, amina: OPEN})
    unread = guild.create_text_channel(
        "now", overwrites={guild.default_role: discord.PermissionOverwrite(read_message_history=False)}
    )
    here = guild.create_text_channel("desk", overwrites={guild.default_role: CLOSED, amina: OPEN})

    await amina.slash(here, "summarise", article="x")

    (call,) = asked
    assert {here.id, news.id} <= call.scope.audiences
    assert not {hidden.id, unread.id, amina.id} & call.scope.audiences
    assert (call.scope.desk_id, call.audience_id, call.channel_id) == (guild.id, here.id, here.id)


async def test_a_private_answer_draws_on_what_the_asker_can_read_and_adds_for_the_asker_alone(
    guild, news, amina, tomas, asked
):
    mine = guild.create_text_channel("archive", overwrites={guild.default_role: CLOSED, amina: OPEN})
    theirs = guild.create_text_channel("other", overwrites={guild.default_role: CLOSED, tomas: OPEN})

    await amina.slash(news, "summarise", article="x", private=True)

    (call,) = asked
    assert {news.id, mine.id, amina.id} <= call.scope.audiences
    assert theirs.id not in call.scope.audiences
    assert call.private
    assert call.audience_id == amina.id


async def test_the_chat_of_a_voice_channel_is_for_those_who_may_join(env, guild, news, amina, asked):
    cached = env.bot.get_guild(guild.id)
    closed = discord.PermissionOverwrite(connect=False)
    stage = await cached.create_voice_channel("studio", overwrites={cached.default_role: closed})
    lounge = guild.create_voice_channel("lounge")

    await amina.slash(news, "summarise", article="x")

    assert lounge.id in asked[0].scope.audiences
    assert stage.id not in asked[0].scope.audiences


@pytest.mark.trust("member-threads")
async def test_a_public_thread_counts_as_its_channel_and_a_private_one_as_itself(env, guild, news, amina, asked):
    channel = env.bot.get_channel(news.id)
    public = await channel.create_thread(name="talk", type=discord.ChannelType.public_thread)
    private = await channel.create_thread(name="quiet", type=discord.ChannelType.private_thread)
    await private.add_user(amina)
    handles = {handle.id: handle for handle in news.threads}

    await amina.slash(handles[public.id], "summarise", article="x")
    await amina.slash(handles[private.id], "summarise", article="x")

    assert [call.audience_id for call in asked] == [news.id, private.id]
    assert [call.channel_id for call in asked] == [public.id, private.id]


@pytest.mark.trust("member-own-desk")
async def test_in_a_direct_message_the_desk_and_the_audience_are_the_person(guild, amina, asked):
    await amina.user.slash("summarise", article="x")

    (call,) = asked
    assert call.scope.desk_id == -amina.id
    assert call.scope.audiences == {amina.id}
    assert call.audience_id == amina.id
    assert not call.manager


async def test_whoever_may_manage_messages_here_is_a_manager(env, guild, news, amina, asked):
    keepers = guild.create_role("Keepers", permissions=discord.Permissions(manage_messages=True))
    keeper = guild.add_member(env.create_user("ines"), roles=[keepers])

    await amina.slash(news, "summarise", article="x")
    await keeper.slash(news, "summarise", article="x")

    assert [call.manager for call in asked] == [False, True]
