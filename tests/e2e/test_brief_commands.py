"""`/brief`, `/timeline`, `/quote` and “Find the source” as people meet them, over the wire and across a crash."""

import pytest
import pytest_asyncio
from answers import finished, opened, quotes, unescaped
from loopback import Attachment

pytestmark = pytest.mark.asyncio(loop_scope="module")


def page(site, title, day, *paragraphs):
    """Return an article as a file to upload."""
    told = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = (
        f'<title>{title}</title><meta property="og:site_name" content="{site}">'
        f'<meta property="article:published_time" content="2023-05-{day:02}T06:00:00Z">'
    )
    html = f"<html><head>{head}</head><body><article><h1>{title}</h1>{told}</article></body></html>"
    return Attachment(f"{site.lower().replace(' ', '-')}.html", html.encode())


ECHO = page(
    "Corvo Echo",
    "Lorries buried on the pass road",
    4,
    "A landslide buried 14 lorries on the pass road above Corvo during the night of 3 May, the road office said.",
    "Nobody was hurt, because the drivers slept in the inn below the bend when the slope came down.",
)
WIRE = page(
    "County Wire",
    "More lorries than thought under the slope",
    9,
    "The landslide buried 17 lorries on the pass road above Corvo, the road office of the county now says.",
    "Clearing the bend will take until the end of June, and the inn has been told to keep its guests.",
)
HUSHED = page(
    "Hushed Letter",
    "What the road office knew",
    7,
    "The landslide above Corvo had been foretold on 2 April in a letter that the road office put into a drawer.",
    "Three people have read the letter, and none of them wants to be the one who speaks of it first.",
)


async def ask(discord, user, channel, command, **options):
    interaction = await discord.slash(user, channel, command, **options)
    return await interaction.final_message(when=finished)


async def press(discord, message, label, user):
    return await (await discord.click(message, label, user=user)).final_message(when=finished)


async def look_up(discord, message, choice, user, *, menu=0):
    return await (await discord.choose(message, menu, choice, user=user)).final_message(when=finished)


@pytest_asyncio.fixture(loop_scope="module")
async def two_reports(discord, bot, guild, news):
    reader = guild.member("Ragna")
    for file in (ECHO, WIRE):
        await ask(discord, reader, news, "add", file=file)
    return reader


async def test_a_brief_cites_its_sources_and_shows_where_they_differ(discord, bot, two_reports, news):
    refused = len(discord.state.refusals)

    brief = await ask(discord, two_reports, news, "brief", topic="landslide")
    passage = await look_up(discord, brief, 0, two_reports)

    told = unescaped(brief.text)
    assert "2 articles about it" in told
    assert "Corvo Echo" in told
    assert "County Wire" in told
    assert "Sources differ" in told
    assert opened(passage) == quotes(brief)[1].replace("**", "")
    assert passage.ephemeral
    assert discord.state.refusals[refused:] == []


async def test_a_timeline_shows_its_chart_with_words_for_those_who_cannot_see_it(discord, bot, two_reports, news):
    refused = len(discord.state.refusals)

    timeline = await ask(discord, two_reports, news, "timeline", topic="landslide")

    [chart] = timeline.files
    assert chart.attachment.filename == "coverage.png"
    assert "Corvo Echo: 1" in (chart.description or "")
    assert "3 May 2023" in unescaped(timeline.text)
    assert "4 May 2023: Corvo Echo 1" in unescaped(timeline.text).replace("**", "")
    assert discord.state.refusals[refused:] == []


async def test_buttons_of_a_brief_survive_a_crash(discord, bot, two_reports, news):
    brief = await ask(discord, two_reports, news, "brief", topic="landslide", sentences=1)

    await bot.kill()
    await bot.start(discord)
    longer = await press(discord, brief, "Longer", two_reports)

    assert len(quotes(longer)) > 1


async def test_words_are_found_with_who_had_them_first(discord, bot, two_reports, news):
    found = await ask(discord, two_reports, news, "quote", text="“the drivers slept in the INN below the bend”")
    altered = await ask(discord, two_reports, news, "quote", text="The landslide buried 70 lorries on the pass road")
    nowhere = await ask(discord, two_reports, news, "quote", text="No mule has ever crossed the frozen lake by itself")

    assert "It stands word for word in 1 article" in unescaped(found.text)
    assert "Only asked for: “70”" in unescaped(altered.text)
    assert "It stands nowhere" in unescaped(nowhere.text)


async def test_the_source_of_a_message_is_found_for_the_one_who_asks_alone(discord, bot, two_reports, guild, news):
    olav = guild.member("Olav")
    posted = discord.say(olav, news, "Seen this? “Nobody was hurt, because the drivers slept in the inn”")

    found = await (await discord.context_menu(two_reports, posted, "Find the source")).final_message(when=finished)

    assert found.ephemeral
    assert "It stands word for word in 1 article" in unescaped(found.text)
    assert "Corvo Echo" in unescaped(found.text)


async def test_what_was_brought_to_a_hidden_channel_is_in_no_answer_for_all(discord, bot, two_reports, guild, news):
    ines = guild.member("Ines")
    hidden = guild.channel("drawer", readers=[ines])
    await ask(discord, ines, hidden, "add", file=HUSHED)

    asked = (
        ("brief", {"topic": "landslide"}),
        ("timeline", {"topic": "landslide"}),
        ("quote", {"text": "the landslide above Corvo had been foretold on 2 April in a letter"}),
    )
    for command, options in asked:
        public = await ask(discord, ines, news, command, **options)
        private = await ask(discord, ines, news, command, **options, private=True)
        for answer, known in ((public, False), (private, True)):
            everything = unescaped(answer.text) + repr(answer.components) + repr(answer.files)
            assert (command, "Hushed Letter" in everything) == (command, known)
    assert "Hushed" not in repr(await (await discord.autocomplete(ines, news, "brief", "sources", "hush")).offered())


async def test_what_cannot_be_done_is_said_to_the_asker_alone(discord, bot, guild, news):
    pelle = guild.member("Pelle")

    for command, options, told in (
        ("brief", {"since": "2024-02-02", "until": "2024-01-01"}, "Swap the two"),
        ("timeline", {"topic": "landslide AND"}, "needs something on both sides"),
        ("quote", {"text": "…"}, "There is no word in it"),
    ):
        refused = await ask(discord, pelle, news, command, **options)
        assert refused.ephemeral
        assert told in unescaped(refused.text)
