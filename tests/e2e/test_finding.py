"""`/search` as people meet it: what was dropped into a channel is found again, by those who may see it."""

import pytest
from answers import BOLD, finished, opened, quotes, sample, unescaped
from loopback import Attachment

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ask(discord, user, channel, command, **options):
    interaction = await discord.slash(user, channel, command, **options)
    return await interaction.final_message(when=finished)


async def press(discord, message, label, user):
    return await (await discord.click(message, label, user=user)).final_message(when=finished)


async def look_up(discord, message, choice, user, *, menu=0):
    return await (await discord.choose(message, menu, choice, user=user)).final_message(when=finished)


KITES = b"""<html><head><title>Kites over Lund pier</title><meta property="og:site_name" content="Lund Pier Post">
<meta property="article:published_time" content="2022-06-01T08:00:00Z"></head>
<body><article><h1>Kites over Lund pier</h1>
<p>Forty kites were flown from the pier at Lund on Sunday, and two of them were lost to the wind over the estuary.</p>
<p>The kite club of the town will look for them at low water, its secretary told the crowd from the bandstand.</p>
</article></body></html>"""


def plain(words):
    return words.replace("**", "")


async def test_a_passage_is_found_marked_and_opened_by_its_number(discord, bot, amina, news):
    file = sample("reservoir.txt")
    refused = len(discord.state.refusals)
    await ask(discord, amina, news, "add", file=file)

    found = await ask(discord, amina, news, "search", query='"treatment plant" OR leaflet', since="2019", until="2019")
    passage = await look_up(discord, found, 0, amina)

    words = plain(quotes(found)[1])
    assert words in file.data.decode()
    assert {unescaped(bold) for bold in BOLD.findall(found.text)} & {"treatment plant", "leaflet"}
    assert opened(passage) == words
    assert passage.ephemeral
    assert "since 1 January 2019" in unescaped(found.text)
    assert discord.state.refusals[refused:] == []


async def test_a_hit_is_summed_up_in_a_message_of_its_own(discord, bot, amina, news):
    await ask(discord, amina, news, "add", file=sample("radio.txt"))
    found = await ask(discord, amina, news, "search", query="lightship")
    before = found.text

    summary = await look_up(discord, found, 0, amina, menu=1)

    assert "Tern Island" in unescaped(summary.text)
    assert summary is not found
    assert found.text == before


async def test_buttons_of_a_search_survive_a_crash(discord, bot, amina, news):
    await ask(discord, amina, news, "add", file=sample("radio.txt"))
    await ask(discord, amina, news, "add", file=sample("reservoir.txt"))
    found = await ask(discord, amina, news, "search", query="station OR reservoir")

    await bot.kill()
    await bot.start(discord)
    newest = await press(discord, found, "Newest first", amina)

    assert "newest first" in newest.text
    assert len(quotes(newest)) == 2


async def test_sources_are_offered_and_what_cannot_be_read_is_explained(discord, bot, amina, news):
    await ask(discord, amina, news, "add", file=Attachment("kites.html", KITES))

    typed = await discord.autocomplete(amina, news, "search", "source", "pier")
    broken = await ask(discord, amina, news, "search", query="harbour AND")
    nothing = await ask(discord, amina, news, "search", query="estuarry", source="Lund Pier Post")
    title = nothing.text.splitlines()[0]
    respelled = await press(discord, nothing, "estuary", amina)

    assert [choice["value"] for choice in await typed.offered()] == ["Lund Pier Post"]
    assert "“AND” needs something on both sides" in unescaped(broken.text)
    assert broken.ephemeral
    assert "Nothing found" in title
    assert quotes(respelled)


async def test_what_was_added_in_a_hidden_channel_is_found_by_its_readers_alone(discord, bot, guild, amina, news):
    olav = guild.member("Olav")
    hidden = guild.channel("sources", readers=[olav])
    await ask(discord, olav, hidden, "add", file=sample("radio.txt"))

    for person, channel, private, known in (
        (amina, news, True, False),
        (olav, news, False, False),
        (olav, news, True, True),
        (olav, hidden, False, True),
    ):
        answer = await ask(discord, person, channel, "search", query="lightship", private=private)
        typed = await ask(discord, person, channel, "search", query="lightshp", private=private)

        assert (person.name, private, bool(quotes(answer))) == (person.name, private, known)
        assert ("lightship" in typed.buttons) is known


async def test_what_is_taken_back_is_found_no_more(discord, bot, amina, news):
    receipt = await ask(discord, amina, news, "add", file=sample("radio.txt"))
    assert quotes(await ask(discord, amina, news, "search", query="lightship"))

    await press(discord, receipt, "Undo", amina)

    assert not quotes(await ask(discord, amina, news, "search", query="lightship"))
