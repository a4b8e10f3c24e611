"""`/entity` and `/wording` in Discord: who sees an answer, who decides, what is offered while a name is typed."""

import discord
import pytest
from simcord.components import walk_components

from summariser.entities import name_keys
from summariser.model import Mention, MentionType, Named

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUNES, VELHO = "Edvaldo Nunes", "Porto Velho da Lagoa"
CLOSED = discord.PermissionOverwrite(view_channel=False)
OPEN = discord.PermissionOverwrite(view_channel=True)


def words(message):
    return "\n".join(part["content"] for part in walk_components(message.components) if part["type"] == 10)


def labels(message):
    return [part["label"] for part in walk_components(message.components) if part["type"] == 2]


@pytest.fixture
def named(storage, bring):
    """Bring an article, and find the names in it."""

    async def named(guild, channel, member):
        await bring(guild, channel, member)
        for one in await storage.unnamed():
            found = [(NUNES, MentionType.PER), (VELHO, MentionType.LOC)]
            await storage.keep_names(one, [mention(one.text, name, kind) for name, kind in found])

    return named


def mention(text, name, kind):
    start = text.index(name)
    return Named(Mention(start, start + len(name), kind, name, 0.9), name, name_keys(kind, name))


@pytest.fixture
def ines(env, guild):
    """Somebody who may manage messages."""
    role = guild.create_role("Managers", permissions=discord.Permissions(manage_messages=True))
    return guild.add_member(env.create_user("ines"), roles=[role])


async def test_looks_are_told_to_all_and_decisions_to_the_one_who_makes_them(guild, news, amina, ines, named):
    await named(guild, news, amina)

    for member, command, options, alone in (
        (amina, "entity show", {"name": NUNES}, False),
        (amina, "entity show", {"name": NUNES, "private": True}, True),
        (amina, "wording", {"entity": NUNES}, False),
        (amina, "entity candidates", {}, True),
        (ines, "entity rename", {"name": NUNES, "to": "E. Nunes"}, True),
        (ines, "entity decisions", {}, True),
        (ines, "entity reject", {"name": VELHO}, True),
    ):
        answered = (await member.slash(news, command, **options)).response
        assert (command, answered.ephemeral) == (command, alone)


async def test_who_decided_is_told_by_the_name_that_discord_knows(guild, news, amina, ines, named):
    await named(guild, news, amina)
    await ines.slash(news, "entity rename", name=NUNES, to="E. Nunes")

    shown = (await amina.slash(news, "entity show", name=NUNES)).response

    assert "E. Nunes" in words(shown)
    assert f"<@{ines.id}>" in words(shown)


async def test_those_who_may_not_decide_are_refused(guild, news, amina, named):
    await named(guild, news, amina)

    refused = (await amina.slash(news, "entity reject", name=NUNES)).response

    assert refused.ephemeral
    assert "is decided by those who may manage messages here" in words(refused)


async def test_names_are_offered_as_far_as_the_answer_may_show_them(env, guild, news, amina, tomas, named):
    hidden = guild.create_text_channel("sources", overwrites={guild.default_role: CLOSED, tomas: OPEN})
    await named(guild, hidden, tomas)

    private = await tomas.autocomplete(news, "entity merge", "name", "nunes")

    assert private
    assert not await tomas.autocomplete(news, "entity show", "name", "nunes")
    assert not await tomas.autocomplete(news, "wording", "entity", "nunes")
    assert not await amina.autocomplete(news, "entity merge", "name", "nunes")


async def test_passages_open_from_the_answer(guild, news, amina, named):
    await named(guild, news, amina)
    shown = (await amina.slash(news, "entity show", name=NUNES)).response

    more = (await amina.click(shown, label="More passages")).response

    assert {"More passages", "Wording", "Timeline"} <= set(labels(shown))
    assert more.ephemeral
    assert "said the foreman" in words(more)
