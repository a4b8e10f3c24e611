"""What a permission opens, and what it does not."""

import discord
import pytest
from simcord.components import walk_components

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLOSED, OPEN = discord.PermissionOverwrite(view_channel=False), discord.PermissionOverwrite(view_channel=True)


def words(message):
    return "\n".join(part["content"] for part in walk_components(message.components) if part["type"] == 10)


@pytest.fixture
def someone(env, guild):
    """Make a member who may do these things all over the server."""

    def someone(name, **permissions):
        role = guild.create_role(name, permissions=discord.Permissions(**permissions))
        return guild.add_member(env.create_user(name), roles=[role])

    return someone


@pytest.mark.trust("moderator-sees-no-more")
@pytest.mark.parametrize("permission", ["manage_messages", "manage_guild", "manage_channels", "manage_threads"])
async def test_a_permission_to_manage_opens_no_hidden_channel(guild, news, amina, bring, someone, permission):
    hidden = guild.create_text_channel("archive", overwrites={guild.default_role: CLOSED, amina: OPEN})
    article = await bring(guild, hidden, amina)
    keeper = someone("ines", **{permission: True})

    by_title = await keeper.slash(news, "summarise", article="salt works", private=True)
    by_id = await keeper.slash(news, "summarise", article=str(article), private=True)
    offered = await keeper.autocomplete(news, "summarise", "article", "salt")

    assert "There is no article" in words(by_title.response)
    assert "That article is not here" in words(by_id.response)
    assert offered == []


@pytest.mark.trust("moderator-undo")
async def test_who_manages_messages_in_one_channel_is_a_manager_there_alone(env, guild, news, amina, bring, services):
    keeper = guild.add_member(env.create_user("ines"))
    asked = []
    there = guild.create_text_channel("desk", overwrites={keeper: discord.PermissionOverwrite(manage_messages=True)})
    perform = type(services).enter

    async def note(self, call):
        asked.append(call.manager)
        return await perform(self, call)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(services), "enter", note)
        await keeper.slash(there, "help")
        await keeper.slash(news, "help")

    assert asked == [True, False]
