"""`verbatim run` as people meet it: a file becomes a cited answer, and goes on working after a crash."""

import pytest
from answers import finished, opened, quotes, sample, settle, unescaped

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ask(discord, user, channel, command, **options):
    interaction = await discord.slash(user, channel, command, **options)
    return await interaction.final_message(when=finished)


async def press(discord, message, label, user):
    return await (await discord.click(message, label, user=user)).final_message(when=finished)


async def look_up(discord, message, choice, user, *, menu=0):
    return await (await discord.choose(message, menu, choice, user=user)).final_message(when=finished)


async def test_each_quote_stands_verbatim_in_the_file_and_opens_its_passage(discord, bot, amina, news):
    file = sample("reservoir.txt")
    text = file.data.decode()
    refused = len(discord.state.refusals)

    answer = await ask(discord, amina, news, "summarise", file=file, sentences=3)
    passages = [await look_up(discord, answer, number, amina) for number in range(3)]

    assert sorted(quotes(answer)) == [1, 2, 3]
    assert all(words in text for words in quotes(answer).values())
    assert [opened(passage) for passage in passages] == list(quotes(answer).values())
    assert all(passage.ephemeral and passage.viewer is amina for passage in passages)
    assert discord.state.refusals[refused:] == []


async def test_a_receipt_names_what_was_read_and_keeps_the_original(discord, bot, amina, news):
    file = sample("radio.txt")

    receipt = await ask(discord, amina, news, "add", file=file)

    assert "Night signal from Tern Island goes quiet" in unescaped(receipt.text)
    assert [kept.data for kept in receipt.attachments] == [file.data]
    assert {"Summarise", "Undo"} <= set(receipt.buttons)


async def test_an_added_article_is_found_by_typing_and_then_summarised(discord, bot, amina, news):
    await ask(discord, amina, news, "add", file=sample("radio.txt"))

    typed = await discord.autocomplete(amina, news, "summarise", "article", "tern")
    choice = (await typed.offered())[0]
    answer = await ask(discord, amina, news, "summarise", article=choice["value"], sentences=2)

    assert "Tern Island" in choice["name"]
    assert len(quotes(answer)) == 2


async def test_pasted_text_is_summarised(discord, bot, amina, news):
    text = sample("radio.txt").data.decode()
    command = await discord.slash(amina, news, "summarise", sentences=2)

    form = await command.form()
    submitted = await discord.submit(command, {form["components"][0]["label"]: text})
    answer = await submitted.final_message(when=finished)

    assert len(quotes(answer)) == 2
    assert all(words in text for words in quotes(answer).values())


async def test_it_works_in_direct_messages(discord, bot, amina):
    answer = await ask(discord, amina, discord.direct(amina), "summarise", file=sample("radio.txt"), sentences=1)

    assert len(quotes(answer)) == 1


async def test_it_works_where_only_the_person_has_installed_it(discord, bot):
    elsewhere = discord.guild("Elsewhere", installed=False)
    channel, ines = elsewhere.channel("talk"), elsewhere.member("Inês")

    answer = await ask(discord, ines, channel, "summarise", file=sample("radio.txt"), sentences=2)
    passage = await look_up(discord, answer, 0, ines)

    assert opened(passage) == quotes(answer)[1]


async def test_buttons_and_menus_survive_a_crash(discord, bot, amina, news):
    answer = await ask(discord, amina, news, "summarise", file=sample("reservoir.txt"), sentences=4)
    before = quotes(answer)

    await bot.kill()
    await bot.start(discord)
    passage = await look_up(discord, answer, 1, amina)
    shorter = await press(discord, answer, "Shorter", amina)

    assert opened(passage) == before[2]
    assert 0 < len(quotes(shorter)) < 4


async def test_a_form_that_was_open_across_a_restart_is_answered(discord, bot, amina, news):
    command = await discord.slash(amina, news, "summarise", sentences=1)
    form = await command.form()

    await bot.kill()
    await bot.start(discord)
    submitted = await discord.submit(command, {form["components"][0]["label"]: sample("radio.txt").data.decode()})

    assert (await submitted.final_message(when=finished)).text


async def test_nothing_is_left_running_after_a_crash(discord, bot, amina, news):
    await ask(discord, amina, news, "summarise", file=sample("radio.txt"))
    assert len(bot.processes()) > 1

    await bot.kill()

    await settle(lambda: not bot.processes())


async def test_undo_takes_an_upload_out_again(discord, bot, amina, news):
    receipt = await ask(discord, amina, news, "add", file=sample("radio.txt"))

    undone = await press(discord, receipt, "Undo", amina)
    typed = await discord.autocomplete(amina, news, "summarise", "article", "tern")

    assert "Undone" in undone.text
    assert await typed.offered() == []


@pytest.mark.trust("member-buttons")
async def test_another_ones_button_is_refused_in_private(discord, bot, guild, amina, news):
    olav = guild.member("Olav")
    answer = await ask(discord, amina, news, "summarise", file=sample("radio.txt"), sentences=3)
    before = answer.text

    refusal = await press(discord, answer, "Shorter", olav)

    assert refusal.ephemeral
    assert refusal.viewer is olav
    assert "the person who asked" in refusal.text
    assert answer.text == before


async def test_anyone_may_open_a_passage(discord, bot, guild, amina, news):
    olav = guild.member("Olav")
    answer = await ask(discord, amina, news, "summarise", file=sample("radio.txt"), sentences=2)

    passage = await look_up(discord, answer, 0, olav)

    assert opened(passage) == quotes(answer)[1]
    assert passage.viewer is olav


@pytest.mark.trust("member-public-answers")
async def test_what_was_added_in_a_hidden_channel_stays_there(discord, bot, guild, amina, news):
    olav = guild.member("Olav")
    hidden = guild.channel("sources", readers=[olav])
    title = "Night signal from Tern Island goes quiet"
    await ask(discord, olav, hidden, "add", file=sample("radio.txt"))

    for person, private, known in (
        (amina, True, False),
        (amina, False, False),
        (olav, False, False),
        (olav, True, True),
    ):
        typed = await discord.autocomplete(person, news, "summarise", "article", "tern", private=private)
        offered = await typed.offered()
        answer = await ask(discord, person, news, "summarise", article=title, private=private)

        # In #news only a private answer may draw on what its reader can see elsewhere.
        assert (person.name, private, bool(offered)) == (person.name, private, known)
        assert (person.name, private, bool(quotes(answer))) == (person.name, private, known)
        assert known or "There is no article" in answer.text


async def test_an_answer_in_the_hidden_channel_draws_on_it(discord, bot, guild, amina, news):
    olav = guild.member("Olav")
    hidden = guild.channel("sources", readers=[olav])
    await ask(discord, olav, hidden, "add", file=sample("radio.txt"))

    answer = await ask(discord, olav, hidden, "summarise", article="Night signal from Tern Island goes quiet")

    assert quotes(answer)


async def test_long_work_says_what_it_is_doing(discord, bot, amina, news):
    receipt = await ask(discord, amina, news, "add", file=sample("radio.txt", trouble="late"))

    assert any(text.startswith("⏳ Reading") for text in receipt.history)
    assert "Tern Island" in receipt.text


async def test_commands_are_sent_to_discord_only_when_they_change(discord, bot):
    await bot.terminate()
    await bot.start(discord)

    assert len(discord.recorded("PUT /applications/*/commands")) == 1


@pytest.mark.trust("operator-logs")
async def test_no_word_of_an_article_reaches_the_log(discord, bot, amina, news):
    await ask(discord, amina, news, "summarise", file=sample("reservoir.txt"))
    await bot.terminate()

    assert "Condori" not in bot.said
    assert discord.token not in bot.said


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.trust("operator-stop")
async def test_sigterm_ends_it_in_peace(discord, bot, amina, news, busy):
    if busy:
        await discord.slash(amina, news, "summarise", file=sample("reservoir.txt"))

    before = bot.said
    code = await bot.terminate(within=5)

    assert code == 0
    assert bot.processes() == []
    assert "Traceback" not in bot.said.removeprefix(before)
