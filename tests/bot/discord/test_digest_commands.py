"""`/digest` in Discord: what each may choose, forms, roles, forums, threads, and what is missing there."""

import discord
import pytest
from simcord.components import walk_components

from storage.base import Scope

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLOSED = discord.PermissionOverwrite(view_channel=False)
OPEN = discord.PermissionOverwrite(view_channel=True)


def words(message):
    return "\n".join(part["content"] for part in walk_components(message.components) if part["type"] == 10)


def labels(message):
    return [part["label"] for part in walk_components(message.components) if part["type"] == 2]


@pytest.fixture
def ines(env, guild):
    """Somebody who may manage the server."""
    managing = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(env.create_user("ines"), roles=[managing])


async def the_digest(storage, guild):
    (schedule,) = await storage.schedules(Scope(guild.id, 1, None))
    return schedule


async def test_it_is_set_up_here_by_whoever_manages_the_server_and_told_to_that_one_alone(news, guild, ines, storage):
    result = await ines.slash(news, "digest add", every="daily", at="7:30", zone="Europe/Berlin")

    assert result.response.ephemeral
    assert "Digest added: Daily digest" in words(result.response)
    assert f"<#{news.id}>" in words(result.response)
    assert words(result.response).count("<t:") == 3
    assert labels(result.response) == ["Undo", "Preview", "Send now", "Pause", "Edit", "History", "Remove"]
    assert (await the_digest(storage, guild)).audience_id == news.id


async def test_the_form_asks_with_the_desks_zone_and_sets_one_up(news, guild, ines, storage):
    await ines.slash(news, "settings zone", zone="Asia/Tokyo")

    shown = await ines.slash(news, "digest add")
    done = await ines.submit_modal(
        shown, {"every": "weekly", "at": "8", "day": "Friday", "zone": "Asia/Tokyo", "topic": "salt works"}
    )

    assert "every Friday at 08:00, Asia/Tokyo" in words(done.response)
    assert (await the_digest(storage, guild)).what["words"] == "salt works"


async def test_the_edit_button_opens_a_form_with_what_holds(news, guild, ines, storage):
    added = await ines.slash(news, "digest add", every="daily", at="7:30")

    shown = await ines.click(added.response, label="Edit")
    done = await ines.submit_modal(shown, {"every": "daily", "at": "9:15", "day": "", "zone": "UTC", "topic": "-"})

    assert "every day at 07:30, UTC → every day at 09:15, UTC" in words(done.response)
    assert (await the_digest(storage, guild)).timing["at"] == "09:15"


@pytest.mark.trust("digest-admin", "digest-own")
async def test_a_member_has_it_sent_to_oneself_and_not_to_a_channel(news, guild, amina, tomas, storage):
    refused = await amina.slash(news, "digest add", every="daily", channel=news)
    own = await amina.slash(news, "digest add", every="daily", to_me=True)
    seen = await tomas.slash(news, "digest list")

    assert "Manage Server" in words(refused.response)
    assert "direct messages to" in words(own.response)
    assert (await the_digest(storage, guild)).recipient_id == amina.id
    assert "No digests" in words(seen.response)


@pytest.mark.trust("digest-sight")
async def test_who_manages_the_server_and_cannot_read_a_channel_sees_nothing_of_what_is_posted_there(
    env, guild, news, amina, ines, storage
):
    managing = guild.create_role("Owners", permissions=discord.Permissions(manage_guild=True))
    other = guild.add_member(env.create_user("wilma"), roles=[managing])
    hidden = guild.create_text_channel(
        "archive", overwrites={guild.default_role: CLOSED, other: OPEN, env.bot.user: OPEN}
    )

    added = await other.slash(news, "digest add", every="daily", channel=hidden, name="Archive news")
    listed = await ines.slash(news, "digest list")
    offered = await ines.autocomplete(news, "digest show", "digest", "")

    assert "Digest added" in words(added.response)
    assert "Archive" not in words(listed.response)
    assert offered == []


async def test_what_the_bot_lacks_in_a_channel_is_named(env, guild, news, ines):
    deaf = discord.PermissionOverwrite(read_message_history=False, attach_files=False)
    quiet = guild.create_text_channel("quiet", overwrites={env.bot.user: deaf})

    refused = await ines.slash(news, "digest add", every="daily", channel=quiet)

    assert "Read Message History, Attach Files" in words(refused.response)


async def test_a_forum_gets_posts(guild, news, ines, storage):
    forum = guild.create_forum_channel("briefings")

    added = await ines.slash(news, "digest add", every="daily", channel=forum)

    assert "a new post each time" in words(added.response)
    assert (await the_digest(storage, guild)).place["kind"] == "forum"


@pytest.mark.trust("digest-mention")
async def test_a_role_is_chosen_that_can_be_notified_and_everyone_is_none(env, guild, news, ines, storage):
    calm = guild.create_text_channel(
        "calm", overwrites={env.bot.user: discord.PermissionOverwrite(mention_everyone=False)}
    )
    open_to_all = guild.create_role("Readers", mentionable=True)
    closed = guild.create_role("Editors")

    everyone = await ines.slash(news, "digest add", every="daily", mention=guild.default_role)
    unheard = await ines.slash(news, "digest add", every="daily", channel=calm, mention=closed)
    added = await ines.slash(news, "digest add", every="daily", mention=open_to_all)

    assert "@everyone is none" in words(everyone.response)
    assert "and All Roles" in words(unheard.response)
    assert f"<@&{open_to_all.id}>" in words(added.response)
    assert (await the_digest(storage, guild)).place["mention"] == open_to_all.id


async def test_zones_days_and_sources_are_offered_while_they_are_typed(news, guild, amina, bring):
    await bring(guild, news, amina)

    zones = await amina.autocomplete(news, "digest add", "zone", "berlin")
    days = await amina.autocomplete(news, "digest add", "day", "", every="monthly")
    sources = await amina.autocomplete(news, "digest add", "source", "diário")

    assert [choice["value"] for choice in zones] == ["Europe/Berlin"]
    assert [choice["value"] for choice in days][:3] == ["last", "1", "2"]
    assert [choice["value"] for choice in sources] == ["Diário da Costa"]


async def test_in_a_direct_message_it_is_for_oneself(amina, storage):
    added = await amina.user.slash("digest add", every="daily")

    assert "direct messages to" in words(added.response)
    assert "Manage Server" not in words(added.response)


@pytest.mark.trust("digest-preview")
async def test_a_preview_draws_on_what_all_readers_of_the_channel_can_read(guild, news, ines, bring, storage, env):
    hidden = guild.create_text_channel("archive", overwrites={guild.default_role: CLOSED, ines: OPEN})
    await ines.slash(news, "digest add", every="daily", name="Morning")
    await bring(
        guild, hidden, ines, title="Kept in the archive", sentences=("The archive keeps a letter of the mayor.",)
    )

    previewed = await ines.slash(news, "digest preview", digest="Morning")

    assert previewed.response.ephemeral
    assert "Preview: Morning" in words(previewed.response)
    assert "archive" not in words(previewed.response)
