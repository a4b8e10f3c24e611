"""What can be asked, and what is kept."""

from dataclasses import replace

import pytest

from bot import cogs
from bot.services.errors import UnknownHelpError
from bot.services.replies import Bullets, Command, Heading, Line, Request
from storage.base import Scope

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD = 4_000_000_000_000


@pytest.fixture
def helper(services):
    """The help, once it has been told of the commands."""
    cogs.build(services)
    return services.help


@pytest.fixture
def in_guild(call):
    return replace(call, scope=Scope(GUILD, 71, frozenset({5})), guild_id=GUILD)


def words(reply):
    items = [line for block in reply.blocks for line in (block.items if isinstance(block, Bullets) else [block.words])]
    return "\n".join("".join(_plain(part) for part in line) for line in items)


def _plain(part):
    return part if isinstance(part, str) else f"/{part.name}" if isinstance(part, Command) else part.text


def mentioned(reply):
    lines = [line for block in reply.blocks for line in (block.items if isinstance(block, Bullets) else [block.words])]
    return {part.name for line in lines for part in line if isinstance(part, Command)}


async def test_the_overview_names_every_command_so_that_it_can_be_clicked(helper, call):
    overview = await helper.help(call)

    assert mentioned(overview) == {page.name for page in helper.pages}
    assert {"add", "summarise", "help", "privacy", "settings zone"} <= mentioned(overview)


async def test_limits_come_before_the_commands(helper, storage, in_guild):
    await storage.change_settings(
        GUILD, lambda kept: replace(kept, person_uploads_a_day=12), changed_by=1, now=in_guild.now
    )

    overview = await helper.help(in_guild)

    limits, listed = overview.blocks[1], overview.blocks[2]
    assert isinstance(limits, Line)
    assert isinstance(listed, Bullets)
    assert "10 MiB and 200 articles a file" in str(limits.words)
    assert "12 files and 500 MiB a day each" in str(limits.words)


async def test_every_command_has_a_page_with_its_options_and_a_word_of_our_own(helper, call):
    for page in helper.pages:
        told = await helper.help(call, command=page.name)

        assert told.title == f"/{page.name}"
        assert page.description in words(told)
        assert all(f"{option.name}:" in words(told) for option in page.options)


async def test_a_page_tells_what_an_option_takes(helper, call):
    told = words(await helper.help(call, command="/summarise"))

    assert "sentences: How many sentences" in told
    assert "from 1 to 12" in told
    assert "one of verbatim, lead, lexrank" in told
    assert "zone: (needed)" in words(await helper.help(call, command="settings zone"))


async def test_a_group_leads_to_its_commands(helper, services, call):
    group = await helper.help(call, command="Settings")

    assert {"settings show", "settings zone", "settings watch"} <= mentioned(group)
    chosen = await services.perform(call, group.menus[0].choices[0].request)
    assert chosen.title.startswith("/settings ")


async def test_the_menu_leads_to_each_page_and_back(helper, services, call):
    overview = await helper.help(call)

    for choice in overview.menus[0].choices:
        page = await services.perform(call, choice.request)
        assert page.title == choice.label
        assert await services.perform(call, page.actions[0].request) == overview


@pytest.mark.parametrize(("asked", "told"), [("sumarise", "Did you mean /summarise"), ("zzz", "See /help")])
async def test_an_unknown_command_is_told_what_comes_near(helper, call, asked, told):
    with pytest.raises(UnknownHelpError, match=told):
        await helper.help(call, command=asked)


async def test_commands_are_offered_by_name_and_by_what_they_do(helper, call):
    assert (await helper.suggest_command(call, "/set"))[0].value.startswith("settings")
    assert "settings zone" in [item.value for item in await helper.suggest_command(call, "time zone")]
    assert len(await helper.suggest_command(call, "")) <= 25


async def test_privacy_says_what_who_how_long_and_how(helper, in_guild):
    told = await helper.privacy(in_guild)

    heads = [block.words[0] for block in told.blocks if isinstance(block, Heading)]
    assert heads == ["What is kept", "Who can read it", "For how long", "How it is taken out"]
    assert "Managers may share a channel" in words(told)
    assert told.again == Request("help.privacy")


async def test_privacy_of_one_s_own_desk_speaks_of_nobody_else(helper, call):
    told = words(await helper.privacy(replace(call, scope=Scope(-71, 71, frozenset({71})))))

    assert "This desk is yours alone" in told
    assert "Managers" not in told


async def test_privacy_names_a_way_out_only_where_there_is_such_a_command(services, helper, call):
    named = mentioned(await helper.privacy(call))

    assert named <= {page.name for page in helper.pages}
