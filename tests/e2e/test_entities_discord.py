"""`/entity`, `/wording` and the names under a summary as people meet them, over the wire and across a crash."""

import pytest
import pytest_asyncio
from answers import finished, opened, quotes, unescaped
from test_brief_commands import page

pytestmark = pytest.mark.asyncio(loop_scope="module")

ECHO = page(
    "Corvo Echo",
    "Harbour closed after cracks",
    4,
    "Harbour master Tomas Reyl closed the north quay of Ostrava Bay on Monday after cracks were found in its wall.",
    "Ilse Marken, who has fished there for thirty years, said that the wall had been sinking since the winter storms.",
)
WIRE = page(
    "County Wire",
    "Quay reopened a week early",
    9,
    "The outspoken official Tomas Reyl reopened the quay on Thursday, a week before anybody had expected it.",
    "Ilse Marken called it a gamble with the lives of those who work there, and asked for a second inspection.",
)
HUSHED = page(
    "Hushed Letter",
    "What the master wrote",
    7,
    "The port engineer Wilma Ruys wrote to Tomas Reyl in March that the wall would not stand another winter.",
    "Three people have read the letter, and none of them wants to be the one who speaks of it first in public.",
)


async def ask(discord, user, channel, command, **options):
    return await (await discord.slash(user, channel, command, **options)).final_message(when=finished)


async def press(discord, message, label, user):
    return await (await discord.click(message, label, user=user)).final_message(when=finished)


async def look_up(discord, message, choice, user, *, menu=0):
    return await (await discord.choose(message, menu, choice, user=user)).final_message(when=finished)


@pytest_asyncio.fixture(loop_scope="module")
async def reader(discord, bot, guild, news):
    """Somebody who has brought two reports on one man."""
    member = guild.member("Ragna")
    for file in (ECHO, WIRE):
        await ask(discord, member, news, "add", file=file)
    return member


@pytest.fixture
def manager(guild):
    return guild.member("Marta", manager=True)


async def test_who_is_meant_is_shown_with_passages_a_chart_and_the_way_to_others(discord, bot, reader, news):
    refused = len(discord.state.refusals)

    shown = await ask(discord, reader, news, "entity show", name="tomas reyl")
    passage = await look_up(discord, shown, 0, reader)
    other = await look_up(discord, shown, 0, reader, menu=1)

    told = unescaped(shown.text)
    assert "2 mentions in 2 articles · 2 sources" in told
    assert "First seen: 4 May 2023" in told
    assert "Last seen: 9 May 2023" in told
    assert opened(passage) == quotes(shown)[1].replace("**", "")
    assert passage.ephemeral
    [chart] = shown.files
    assert "Corvo Echo: 1" in (chart.description or "")
    assert other.ephemeral
    assert "Ilse Marken" in unescaped(other.text)
    assert discord.state.refusals[refused:] == []


async def test_a_name_under_a_summary_leads_to_who_is_meant_after_a_crash(discord, bot, reader, news):
    summary = await ask(discord, reader, news, "summarise", article="Harbour closed")

    await bot.kill()
    await bot.start(discord)
    shown = await look_up(discord, summary, "Tomas Reyl", reader, menu=1)

    assert shown.ephemeral
    assert "Tomas Reyl" in unescaped(shown.text).splitlines()[0]


async def test_two_names_are_joined_by_those_who_may_and_parted_again(discord, bot, reader, manager, news):
    options = {"name": "Tomas Reyl", "other": "Ilse Marken"}

    refused = await ask(discord, reader, news, "entity merge", **options)
    merged = await ask(discord, manager, news, "entity merge", **options)
    together = await ask(discord, reader, news, "entity show", name="Ilse Marken")
    undone = await press(discord, merged, "Undo", manager)
    apart = await ask(discord, reader, news, "entity show", name="Ilse Marken")

    assert refused.ephemeral
    assert "decided by those who may manage messages here" in unescaped(refused.text)
    assert merged.ephemeral
    assert "4 mentions in 2 articles" in unescaped(together.text)
    assert f"<@{manager.id}>" in together.text
    assert "Taken back" in unescaped(undone.text)
    assert "2 mentions in 2 articles" in unescaped(apart.text)


async def test_each_source_stands_with_its_own_words(discord, bot, reader, news):
    refused = len(discord.state.refusals)

    wording = await ask(discord, reader, news, "wording", entity="Tomas Reyl")

    told = unescaped(wording.text).replace("**", "")
    assert "Beside the name: “outspoken official” 1" in told
    assert "Beside the name: “Harbour master” 1" in told
    assert discord.state.refusals[refused:] == []


async def test_nobody_learns_of_names_in_a_channel_that_they_cannot_read(discord, bot, reader, guild, news):
    ines = guild.member("Ines")
    hidden = guild.channel("drawer", readers=[ines])
    await ask(discord, ines, hidden, "add", file=HUSHED)

    for command, options in (("entity show", {"name": "Tomas Reyl"}), ("wording", {"entity": "Tomas Reyl"})):
        public = await ask(discord, ines, news, command, **options)
        private = await ask(discord, ines, news, command, **options, private=True)
        for answer, known in ((public, False), (private, True)):
            everything = unescaped(answer.text) + repr(answer.components) + repr(answer.files)
            assert (command, "Hushed Letter" in everything) == (command, known)
    offered = await discord.autocomplete(reader, news, "entity show", "name", "ruys")
    assert "Ruys" not in repr(await offered.offered())


async def test_what_cannot_be_done_is_said_with_what_to_try(discord, bot, reader, manager, news):
    unknown = await ask(discord, reader, news, "entity show", name="Tomas Rehl")
    kinds = await ask(discord, manager, news, "entity merge", name="Tomas Reyl", other="Ostrava Bay")
    split = await ask(discord, manager, news, "entity split", name="Tomas Reyl", spelling="Ostrava Bay")

    assert "Did you mean Tomas Reyl" in unescaped(unknown.text).replace("**", "")
    assert "Names of two kinds seldom mean the same" in unescaped(kinds.text)
    assert "cannot be split off" in unescaped(split.text)
