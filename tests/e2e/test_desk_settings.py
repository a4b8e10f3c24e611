"""Settings through the process: changed, kept over a restart, undone; and what they change for everyone."""

import pytest
from answers import finished, quotes, sample

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def ines(guild):
    """Somebody who may manage the server."""
    return guild.member("Ines", admin=True)


async def ask(discord, user, channel, command, /, **options):
    interaction = await discord.slash(user, channel, command, **options)
    return await interaction.final_message(when=finished)


@pytest.mark.trust("admin-settings")
async def test_a_setting_outlives_the_process_and_so_does_its_undo(discord, bot, news, amina, ines):
    await ask(discord, ines, news, "settings length", sentences=2)
    changed = await ask(discord, ines, news, "settings zone", zone="Asia/Tokyo")

    await bot.terminate()
    await bot.start(discord)
    shown = await ask(discord, ines, news, "settings show")
    summary = await ask(discord, amina, news, "summarise", file=sample("radio.txt"))
    undone = await discord.click(changed, "Undo", user=ines)

    assert changed.ephemeral
    assert "Asia/Tokyo, where it is" in shown.text
    assert len(quotes(summary)) == 2
    await undone.final_message(when=lambda message: "It was Asia/Tokyo" in message.text)


@pytest.mark.trust("member-no-settings")
async def test_who_may_not_manage_the_server_is_not_even_offered_its_settings(discord, bot, news, amina):
    with pytest.raises(AssertionError, match="is not offered"):
        await discord.slash(amina, news, "settings show")


async def test_answers_are_private_where_the_server_wants_them_so(discord, bot, news, amina, ines):
    await ask(discord, ines, news, "settings answers", shown="private")

    usual = await ask(discord, amina, news, "summarise", file=sample("radio.txt"))
    asked = await ask(discord, amina, news, "summarise", file=sample("radio.txt"), private=False)

    assert usual.ephemeral
    assert not asked.ephemeral


async def test_a_hidden_channel_is_quoted_elsewhere_while_it_is_shared(discord, bot, guild, news, amina, ines):
    hidden = guild.channel("sources", readers=[ines])
    await ask(discord, ines, hidden, "add", file=sample("radio.txt"))

    before = await ask(discord, amina, news, "summarise", article="Tern Island")
    shared = await ask(discord, ines, news, "settings share", channel=hidden)
    during = await ask(discord, amina, news, "summarise", article="Tern Island")
    await (await discord.click(shared, "Undo", user=ines)).final_message(when=lambda told: "Not shared" in told.text)
    after = await ask(discord, amina, news, "summarise", article="Tern Island")

    assert quotes(during)
    assert ["There is no article" in told.text for told in (before, after)] == [True, True]


@pytest.mark.trust("member-limits-uploads")
async def test_a_limit_says_when_there_is_room_again(discord, bot, news, amina, ines):
    await ask(discord, ines, news, "settings limits", person_files=1)
    await ask(discord, amina, news, "add", file=sample("radio.txt"))

    refused = await ask(discord, amina, news, "add", file=sample("reservoir.txt"))
    of_another = await ask(discord, ines, news, "add", file=sample("reservoir.txt"))

    assert refused.ephemeral
    assert "brought 1 file within a day" in refused.text
    assert "Try again <t:" in refused.text
    assert "Added" in of_another.text


@pytest.mark.trust("member-only-managers-add")
async def test_who_may_not_add_is_told_where_they_can(discord, bot, guild, news, amina, ines):
    await ask(discord, ines, news, "settings adding", who="managers")

    refused = await ask(discord, amina, news, "add", file=sample("radio.txt"))
    in_direct = await ask(discord, amina, discord.direct(amina), "add", file=sample("radio.txt"))

    assert "in a direct message: that desk is your own" in refused.text
    assert "Added" in in_direct.text


@pytest.mark.trust("member-limits-commands")
async def test_too_many_commands_wait_and_nobody_sees_it(discord, bot, news, amina, ines):
    await ask(discord, ines, news, "settings limits", commands=2)
    for _ in range(2):
        await ask(discord, amina, news, "help")

    refused = await ask(discord, amina, news, "summarise", file=sample("radio.txt"))

    assert refused.ephemeral
    assert "asked 2 times within a minute" in refused.text


async def test_help_and_privacy_are_told_to_the_one_who_asks(discord, bot, news, amina):
    overview = await ask(discord, amina, news, "help")
    page = await (await discord.choose(overview, 0, "/summarise", user=amina)).final_message()
    privacy = await ask(discord, amina, news, "privacy")

    registered = {command["name"]: command["id"] for command in discord.state.commands[0]}
    assert f"</add:{registered['add']}>" in page.history[-1]
    assert "from 1 to 12" in page.text
    assert "Who can read it" in privacy.text
    assert overview.ephemeral
    assert privacy.ephemeral
