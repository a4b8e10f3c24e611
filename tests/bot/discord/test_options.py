"""What Discord is told of the commands, held against what the use cases take."""

import asyncio
import inspect
import json

import discord
import pytest
from discord import app_commands

from bot import cogs
from bot.gateway import Gateway

# Discord's own limits.
LONGEST_DESCRIPTION = 100
LONGEST_COMMAND = 8000


@pytest.fixture
def built(services):
    return cogs.build(services)


def commands_of(built):
    for cog in built:
        for command in cog.walk_app_commands():
            if isinstance(command, app_commands.Command):
                yield cog, command


def service_of(services, cog, command):
    """Return the service of a command, and what its use case is called there; most are called alike."""
    name, _, method = command.extras.get("use_case", f"{cog.service_name}.{command.name}").partition(".")
    return getattr(services, name), method


def use_case_of(services, cog, command):
    return getattr(*service_of(services, cog, command))


def keywords(use_case):
    parameters = inspect.signature(use_case).parameters.values()
    return {parameter.name: parameter for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}


# Asked for in a form, or by a button, and by no option.
FORM_ONLY = {
    "summarise": {"text"},
    "add": {"files", "text"},
    "list": {"page"},
    "edit": {"shown"},
    "candidates": {"page"},
    "wording": {"page"},
    "catchup": {"page", "begin", "ended", "before"},
}


def test_every_option_is_a_keyword_of_the_use_case_and_the_other_way_round(services, built):
    for cog, command in commands_of(built):
        use_case = use_case_of(services, cog, command)

        options = {parameter.name for parameter in command.parameters}

        assert options == set(keywords(use_case)) - FORM_ONLY.get(command.name, set())


def test_an_option_left_out_means_the_same_in_the_command_and_in_the_use_case(services, built):
    for cog, command in commands_of(built):
        taken = keywords(use_case_of(services, cog, command))

        for parameter in command.parameters:
            if parameter.required:
                assert taken[parameter.name].default is inspect.Parameter.empty, parameter.name
            else:
                assert parameter.default == taken[parameter.name].default, parameter.name


def test_every_option_that_offers_suggestions_has_a_use_case_for_them(services, built):
    for cog, command in commands_of(built):
        service, _ = service_of(services, cog, command)

        for parameter in command.parameters:
            assert parameter.autocomplete == hasattr(service, f"suggest_{parameter.name}"), parameter.name


def test_every_option_says_what_it_is_for_in_the_room_that_discord_gives(built):
    for _, command in commands_of(built):
        assert 1 < len(command.description) <= LONGEST_DESCRIPTION
        for parameter in command.parameters:
            assert 1 < len(parameter.description) <= LONGEST_DESCRIPTION
            assert str(parameter.description) != "…", parameter.name


async def test_every_definition_fits_and_may_be_used_everywhere(services, storage):
    bot = Gateway(services, storage)
    for cog in cogs.build(services):
        await bot.add_cog(cog)

    for command in bot.tree.get_commands():
        definition = command.to_dict(bot.tree)

        assert len(json.dumps(definition, ensure_ascii=False)) < LONGEST_COMMAND
        assert definition["contexts"] == [0, 1, 2]
        assert definition["integration_types"] == [0, 1]


def test_every_command_has_a_word_of_its_own_for_the_help(built):
    declared = [command for cog in built for command in cog.get_app_commands()]

    assert [command.name for command in declared if not command.extras.get("help")] == []


def test_what_is_for_the_whole_server_is_offered_to_those_who_may_manage_it(built):
    guarded = {command.name: command.default_permissions for cog in built for command in cog.get_app_commands()}

    managing = {name for name, permissions in guarded.items() if permissions is not None}

    assert managing == {"settings", "feed", "export"}
    assert all(guarded[name] == discord.Permissions(manage_guild=True) for name in managing)


def test_the_cogs_can_be_read_without_a_bot_or_a_loop(services):
    names = {command.qualified_name for _, command in commands_of(cogs.build(services))}

    assert {"add", "help", "privacy", "settings show", "summarise"} <= names


async def test_the_bot_asks_for_no_privileged_intent_unless_told_to_and_mentions_nobody(services, storage):
    bot = Gateway(services, storage)

    assert bot.intents == discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    assert bot.allowed_mentions.to_dict() == {"parse": []}
    assert Gateway(services, storage, message_content=True).intents.message_content


async def test_it_is_not_ready_where_nothing_is_posted_any_more(services, storage, monkeypatch):
    async def deliver(_):
        pass

    bot = Gateway(services, storage, deliver=deliver)
    monkeypatch.setattr(bot, "is_ready", lambda: True)
    before = await bot._sign()
    await bot.on_ready()
    await asyncio.wait({bot._delivering})

    sign = await bot._sign()

    await bot.leave()
    assert before.ok
    assert (sign.ok, "posted by schedule" in sign.told) == (False, True)


async def test_nothing_begins_to_be_posted_once_the_bot_leaves(services, storage):
    begun = asyncio.Event()

    async def deliver(_):
        begun.set()

    bot = Gateway(services, storage, deliver=deliver)

    await bot.leave()
    await bot.on_ready()  # Discord says so only now

    await asyncio.sleep(0.01)
    assert not begun.is_set()
