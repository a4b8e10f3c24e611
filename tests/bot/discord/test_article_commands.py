"""`/article` in Discord: who sees an answer, what a form begins with, where a share is told."""

from dataclasses import replace

import discord
import pytest
from simcord.components import walk_components

pytestmark = pytest.mark.asyncio(loop_scope="session")

TITLE = "Salt works at Lagoa Branca reopen after nine years"
CLOSED = discord.PermissionOverwrite(view_channel=False)
OPEN = discord.PermissionOverwrite(view_channel=True)


def words(message):
    return "\n".join(part["content"] for part in walk_components(message.components) if part["type"] == 10)


def labels(message):
    return [part["label"] for part in walk_components(message.components) if part["type"] == 2]


@pytest.fixture
def ines(env, guild):
    """Somebody who may manage messages."""
    role = guild.create_role("Managers", permissions=discord.Permissions(manage_messages=True))
    return guild.add_member(env.create_user("ines"), roles=[role])


@pytest.fixture
def hidden(guild, tomas):
    """A channel that Tomas alone can read."""
    return guild.create_text_channel("sources", overwrites={guild.default_role: CLOSED, tomas: OPEN})


async def test_corrections_are_told_to_the_one_who_made_them_and_looks_to_all(guild, news, amina, bring):
    await bring(guild, news, amina)

    for command, options, alone in (
        ("list", {}, False),
        ("list", {"private": True}, True),
        ("show", {"article": TITLE}, False),
        ("show", {"article": TITLE, "private": True}, True),
        ("edit", {"article": TITLE, "source": "Diário"}, True),
        ("split", {"article": TITLE}, True),
    ):
        result = await amina.slash(news, f"article {command}", **options)
        assert (command, result.response.ephemeral) == (command, alone)


async def test_private_answers_are_the_usual_where_the_server_wants_them_so(guild, news, amina, bring, storage, env):
    await bring(guild, news, amina)
    await storage.change_settings(guild.id, lambda kept: replace(kept, private=True), changed_by=1, now=env.now())

    assert (await amina.slash(news, "article list")).response.ephemeral
    assert not (await amina.slash(news, "article list", private=False)).response.ephemeral


async def test_the_form_begins_with_what_holds_now_and_is_opened_at_once(guild, news, amina, bring):
    await bring(guild, news, amina)

    asked = await amina.slash(news, "article edit", article=TITLE)

    held = {
        part["custom_id"]: part.get("value") for part in walk_components(asked.modal["components"]) if part["type"] == 4
    }
    assert held == {"title": TITLE, "source": "Diário da Costa", "author": None, "date": None, "language": None}


async def test_whoever_may_not_put_it_right_gets_no_form(guild, news, amina, tomas, ines, bring):
    await bring(guild, news, amina)
    shown = (await amina.slash(news, "article show", article=TITLE)).response

    by_command = await tomas.slash(news, "article edit", article=TITLE)
    by_button = await tomas.click(shown, label="Edit")

    for refused in (by_command, by_button):
        assert refused.modal is None
        assert refused.response.ephemeral
        assert "by those who may manage messages here" in words(refused.response)
    assert (await ines.click(shown, label="Edit")).modal


async def test_what_is_shown_offers_everything_to_all_and_decides_at_the_click(guild, news, amina, tomas, bring):
    await bring(guild, news, amina)

    public = (await tomas.slash(news, "article show", article=TITLE)).response
    private = (await tomas.slash(news, "article show", article=TITLE, private=True)).response

    assert {"Edit", "Share", "Remove"} <= set(labels(public))
    assert not {"Edit", "Share", "Remove"} & set(labels(private))


async def test_a_share_is_told_to_all_also_where_the_button_was_in_a_private_answer(
    guild, news, hidden, amina, tomas, bring
):
    await bring(guild, hidden, tomas)
    shown = (await tomas.slash(news, "article show", article=TITLE, private=True)).response

    shared = (await tomas.click(shown, label="Share")).response

    assert not shared.ephemeral
    assert TITLE in words(shared)
    assert [attachment.filename for attachment in shared.attachments] == ["salt.txt"]
    assert TITLE in words((await amina.slash(news, "article list")).response)


async def test_a_command_that_answers_privately_offers_what_its_user_can_read(guild, news, hidden, amina, tomas, bring):
    await bring(guild, hidden, tomas)

    for command in ("edit", "split", "merge", "share"):
        assert await tomas.autocomplete(news, f"article {command}", "article", "salt")
        assert not await amina.autocomplete(news, f"article {command}", "article", "salt")
    assert not await tomas.autocomplete(news, "article show", "article", "salt")
    assert not await tomas.autocomplete(news, "article split", "at", "")
