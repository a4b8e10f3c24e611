"""When Discord, its CDN or the line to it breaks: each interaction still ends in an answer or in a clear error."""

import asyncio

import pytest
from answers import finished, quotes, sample

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def summarise(discord, user, channel, file, **options):
    interaction = await discord.slash(user, channel, "summarise", file=file, sentences=2, **options)
    return await interaction.final_message(when=finished, within=40)


async def works_again(discord, user, channel):
    return len(quotes(await summarise(discord, user, channel, sample("reservoir.txt")))) == 2


async def test_an_ack_that_discord_fails_is_tried_again(discord, faults, bot, amina, news):
    faults.next("POST /interactions/*/callback", status=503)

    answer = await summarise(discord, amina, news, sample("radio.txt"))

    assert len(quotes(answer)) == 2


@pytest.mark.parametrize("status", [408, 500, 503, "cut"])
@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.trust("discord-failures")
async def test_an_edit_that_fails_is_made_good(discord, faults, bot, amina, news, status, after_effect):
    fault = faults.next("PATCH /webhooks/*/messages/@original", status=status, after_effect=after_effect)

    interaction = await discord.slash(amina, news, "summarise", file=sample("radio.txt"), sentences=2)
    answer = await interaction.final_message(when=finished)

    assert fault.struck == 1
    assert len(quotes(answer)) == 2
    assert interaction.touched == [answer]


async def test_an_ack_whose_answer_was_lost_does_not_hang(discord, faults, bot, amina, news):
    faults.next("POST /interactions/*/callback", status="cut", after_effect=True)

    answer = await summarise(discord, amina, news, sample("radio.txt"))

    assert not answer.loading
    assert await works_again(discord, amina, news)


@pytest.mark.parametrize("trouble", ["truncated", "expired", "missing"])
async def test_a_download_that_fails_ends_in_an_error(discord, bot, amina, news, trouble):
    answer = await summarise(discord, amina, news, sample("radio.txt", trouble=trouble))

    assert "could not be fetched" in answer.text
    assert answer.viewer is amina
    assert await works_again(discord, amina, news)


async def test_a_dead_download_ends_in_an_error(discord, bot, amina, news):
    troubles = ("hang", "drip")

    # Side by side, because each waits for FETCH_SECONDS to pass.
    answers = await asyncio.gather(
        *(summarise(discord, amina, news, sample("radio.txt", trouble=trouble)) for trouble in troubles)
    )

    assert all("could not be fetched" in answer.text for answer in answers)


async def test_a_failed_file_does_not_spoil_the_others(discord, bot, amina, news):
    files = {"file": sample("radio.txt"), "file2": sample("reservoir.txt", trouble="missing")}

    interaction = await discord.slash(amina, news, "add", **files)
    receipt = await interaction.final_message(when=finished)

    assert "Tern Island" in receipt.text
    assert "could not be fetched" in receipt.text


@pytest.mark.parametrize("breakage", ["drop", "ask_to_reconnect"])
async def test_a_broken_gateway_connection_is_taken_up_again(discord, bot, amina, news, breakage):
    session = discord.gateway.sessions[-1]
    before = session.resumed

    await getattr(discord.gateway, breakage)()
    await discord.until(lambda: session.resumed > before, what="a resume")

    assert await works_again(discord, amina, news)


async def test_a_discord_that_is_away_is_told_of_in_a_line_for_each_try(discord, faults, bot, amina, news):
    identified = discord.gateway.identifies

    faults.next("GET /gateway/", status=503, times=2)
    await discord.gateway.drop()
    await discord.ready(identifies=identified + 1)

    assert bot.said.count("Attempting a reconnect") in {1, 2}  # a try to resume says nothing
    assert "Traceback" not in bot.said
    assert await works_again(discord, amina, news)


async def test_an_invalid_session_is_begun_anew(discord, bot, amina, news):
    identified = discord.gateway.identifies

    await discord.gateway.invalidate()
    await discord.ready(identifies=identified + 1)

    assert await works_again(discord, amina, news)


@pytest.mark.trust("discord-gone")
async def test_a_deleted_answer_harms_nothing(discord, bot, amina, news):
    interaction = await discord.slash(amina, news, "summarise", file=sample("radio.txt"))
    await interaction.acked()
    discord.delete(interaction.original)

    assert await works_again(discord, amina, news)


async def test_an_article_that_is_gone_is_told_of(discord, bot, amina, news):
    answer = await summarise(discord, amina, news, sample("radio.txt"))
    receipt = await (await discord.slash(amina, news, "add", file=sample("radio.txt"))).final_message(when=finished)
    await (await discord.click(receipt, "Undo", user=amina)).final_message(when=finished)

    longer = await (await discord.click(answer, "Longer", user=amina)).final_message(when=finished)

    assert longer.text
    assert not longer.loading
