"""Settings in Discord: who may change them, and what they change."""

from dataclasses import replace

import discord
import pytest
from simcord.components import walk_components

from bot.services.allowance import Allowance

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLOSED = discord.PermissionOverwrite(view_channel=False)
OPEN = discord.PermissionOverwrite(view_channel=True)


def words(message):
    return "\n".join(part["content"] for part in walk_components(message.components) if part["type"] == 10)


def labels(message):
    return [part["label"] for part in walk_components(message.components) if part["type"] == 2]


@pytest.fixture
def managing(guild):
    """The role of those who may manage the server."""
    return guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))


@pytest.fixture
def ines(env, guild, managing):
    """Somebody who may manage the server."""
    return guild.add_member(env.create_user("ines"), roles=[managing])


@pytest.fixture
def private_by_default(guild, storage, env):
    async def set_it():
        await storage.change_settings(guild.id, lambda kept: replace(kept, private=True), changed_by=1, now=env.now())

    return set_it


async def test_a_change_is_told_to_the_one_who_made_it_with_an_undo(news, guild, ines, storage):
    result = await ines.slash(news, "settings zone", zone="Asia/Tokyo")

    assert result.response.ephemeral
    assert "Time zone: Asia/Tokyo" in words(result.response)
    assert labels(result.response) == ["Undo"]
    assert (await storage.settings(guild.id)).zone == "Asia/Tokyo"

    await ines.click(result.response, label="Undo")

    assert (await storage.settings(guild.id)).zone == "UTC"
    assert "Time zone: UTC" in words(result.response)


async def test_discord_offers_settings_to_those_who_may_manage_the_server(news, amina, ines):
    assert "settings zone" not in amina.available_commands(news)
    assert "settings zone" in ines.available_commands(news)


@pytest.mark.trust("member-no-settings")
async def test_a_member_whom_discord_lets_through_is_refused_all_the_same(env, guild, news, amina, storage):
    # Whoever administers a server may open any command to anybody there.
    guild.set_command_permissions(env.bot.answering.commands["settings"], {amina: True})

    for name, options in (("show", {}), ("zone", {"zone": "Asia/Tokyo"}), ("share", {"channel": news})):
        result = await amina.slash(news, f"settings {name}", **options)
        assert "Manage Server" in words(result.response)

    assert (await storage.settings(guild.id)).zone == "UTC"


@pytest.mark.trust("admin-settings")
async def test_the_undo_of_somebody_who_may_no_longer_is_refused(env, guild, news, ines, managing, storage):
    result = await ines.slash(news, "settings zone", zone="Asia/Tokyo")
    env.backend.edit_member(guild.id, ines.id, {"role_ids": []})

    pressed = await ines.click(result.response, label="Undo")

    assert "Manage Server" in words(pressed.followups[0] if pressed.followups else pressed.response)
    assert (await storage.settings(guild.id)).zone == "Asia/Tokyo"


async def test_zones_are_offered_while_they_are_typed(news, ines):
    offered = await ines.autocomplete(news, "settings zone", "zone", "new y")

    assert [choice["value"] for choice in offered] == ["America/New_York"]
    assert offered[0]["name"].startswith("America/New_York · ")


async def test_in_a_direct_message_the_settings_are_those_of_one_s_own_desk(env, amina, guild, storage):
    changed = await amina.user.slash("settings length", sentences=2)
    refused = await amina.user.slash("settings adding", who="managers")

    assert "Usual length: 2 sentences" in words(changed.response)
    assert (await storage.settings(-amina.id)).sentences == 2
    assert "this desk is yours alone" in words(refused.response)


async def test_a_summary_is_private_where_the_server_has_set_it_so(guild, news, amina, bring, private_by_default):
    await bring(guild, news, amina)
    await private_by_default()

    usual = await amina.slash(news, "summarise", article="salt works")
    asked = await amina.slash(news, "summarise", article="salt works", private=False)

    assert usual.response.ephemeral
    assert not asked.response.ephemeral


async def test_what_is_offered_while_typing_fits_the_answer_that_will_come(
    guild, news, amina, bring, private_by_default
):
    mine = guild.create_text_channel("archive", overwrites={guild.default_role: CLOSED, amina: OPEN})
    await bring(guild, mine, amina)

    before = await amina.autocomplete(news, "summarise", "article", "salt")
    await private_by_default()
    after = await amina.autocomplete(news, "summarise", "article", "salt")
    in_public = await amina.autocomplete(news, "summarise", "article", "salt", private=False)

    assert (len(before), len(after), len(in_public)) == (0, 1, 0)


async def test_a_shared_channel_is_quoted_in_public_until_it_is_no_longer_shared(guild, news, ines, amina, bring):
    mine = guild.create_text_channel("archive", overwrites={guild.default_role: CLOSED, ines: OPEN})
    await bring(guild, mine, ines)

    shared = await ines.slash(news, "settings share", channel=mine)
    quoted = await amina.slash(news, "summarise", article="salt works")
    await ines.click(shared.response, label="Undo")
    unquoted = await amina.slash(news, "summarise", article="salt works")

    assert "Salt works at Lagoa Branca" in words(quoted.response)
    assert "There is no article" in words(unquoted.followups[0])


async def test_a_shared_channel_that_was_deleted_is_quoted_no_more(env, guild, news, ines, amina, bring):
    gone = guild.create_text_channel("gone")
    await bring(guild, gone, ines)
    await ines.slash(news, "settings share", channel=gone)

    await env.bot.get_channel(gone.id).delete()
    result = await amina.slash(news, "summarise", article="salt works")

    assert "There is no article" in words(result.followups[0])


async def test_too_many_commands_are_told_privately_when_to_go_on(news, amina, monkeypatch):
    spend = Allowance.spend

    def strict(self, call, settings):
        spend(self, call, replace(settings, person_commands_a_minute=2))

    monkeypatch.setattr(Allowance, "spend", strict)
    for _ in range(2):
        await amina.slash(news, "help")

    result = await amina.slash(news, "summarise", article="salt works")

    assert result.response.ephemeral
    assert "asked 2 times within a minute" in words(result.response)
    assert "Try again <t:" in words(result.response)
    assert news.history() == []


async def test_a_form_is_counted_when_it_is_opened_and_not_again(services, news, amina, monkeypatch):
    counted = []
    monkeypatch.setattr(Allowance, "spend", lambda _self, call, _settings: counted.append(call.origin_id))

    shown = await amina.slash(news, "summarise", sentences=2)
    await amina.submit_modal(shown, {"text": "The mill at Karsk burnt down on Sunday. Nobody was hurt."})

    assert len(counted) == 1


async def test_missing_permissions_are_shown(env, guild, news, ines):
    cached = env.bot.get_guild(guild.id)
    await cached.get_channel(news.id).set_permissions(cached.me, attach_files=False)

    result = await ines.slash(news, "settings show")

    assert f"In <#{news.id}> I lack Attach Files" in words(result.response)


async def test_help_is_private_and_its_commands_can_be_clicked(env, news, amina):
    result = await amina.slash(news, "help")

    ids = env.bot.answering.commands
    assert result.response.ephemeral
    assert f"</add:{ids['add']}>" in words(result.response)
    assert f"</settings zone:{ids['settings']}>" in words(result.response)
    assert "10 MiB" in words(result.response)


async def test_the_menu_of_the_help_turns_its_page(news, amina):
    shown = (await amina.slash(news, "help")).response
    (used,) = [part for part in walk_components(shown.components) if part["type"] == 3]
    line = next(option for option in used["options"] if option["label"] == "/summarise")

    await amina.select(shown, [line["value"]], custom_id=used["custom_id"])

    assert words(shown).startswith("## \\/summarise")
    assert "from 1 to 12" in words(shown)


async def test_privacy_is_told_privately(news, amina):
    result = await amina.slash(news, "privacy")

    assert result.response.ephemeral
    assert "What is kept" in words(result.response)


async def test_an_error_names_a_command_of_a_group_so_that_it_can_be_clicked(env):
    words_of = env.bot.answering._words

    (before, command, after) = words_of("Look at /settings zone for it.")

    assert (before, command.name, after) == ("Look at ", "settings zone", " for it.")
