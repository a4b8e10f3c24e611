"""`/article` as people meet it: what was brought is listed, shown, put right, shared, and each taken back."""

import pytest
from answers import finished, opened, quotes, unescaped
from loopback import Attachment

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUNDLE = """Tide mill at Ploumar grinds again

By Aodren Kerbrat

PLOUMAR, 3 May 2019 - The tide mill at Ploumar ground its first flour in forty years on Thursday, its keepers said.

The wheel turns for five hours after each high water. A second pair of stones will be laid before the autumn.

Oyster beds closed after the storm

The prefecture closed the oyster beds of the bay on Friday until the water has been tested twice.

Growers expect to lose a tenth of the year. “We have seen worse,” said Nolwenn Riou, who has forty tables there.
"""
PROPOSED = """Kelp farmers of Skarvoy try a second harvest

Three families on Skarvoy cut their kelp twice this year, the first time that anyone has done so north of the strait.
The boats went out before dawn, and by noon the drying racks along the slip were full. Buyers paid a third more for
the young blades.

Reading room stays open on Sundays

The town library keeps its reading room open on Sundays until Easter, after students handed in a petition with four
hundred names. Volunteers look after the desk, lend out umbrellas and put the papers back, said its head, Wilma Ruys.
"""
TITLE = "Tide mill at Ploumar grinds again"
SECOND = "Oyster beds closed after the storm"


async def ask(discord, user, channel, command, /, **options):
    return await (await discord.slash(user, channel, f"article {command}", **options)).final_message(when=finished)


async def press(discord, message, label, user):
    return await (await discord.click(message, label, user=user)).final_message(when=finished)


async def look_up(discord, message, choice, user, *, menu=0):
    return await (await discord.choose(message, menu, choice, user=user)).final_message(when=finished)


async def bring(discord, user, channel, text=BUNDLE, name="coast.txt"):
    added = await discord.slash(user, channel, "add", file=Attachment(name, text.encode()))
    return await added.final_message(when=finished)


async def crash(bot, discord):
    await bot.kill()
    await bot.start(discord)


def words(message):
    return unescaped(message.text).replace("**", "").replace("\u2060", "")


async def test_the_list_leads_to_each_article_for_the_one_who_chooses_alone(discord, bot, guild, amina, news):
    await bring(discord, amina, news)
    refused = len(discord.state.refusals)

    listed = await ask(discord, amina, news, "list")
    shown = await look_up(discord, listed, 0, amina)

    assert "1 article here" in words(listed)
    assert "coast.txt" in words(listed)
    assert not listed.ephemeral
    assert shown.ephemeral
    assert TITLE in words(shown)
    assert "1. PLOUMAR" in words(shown)
    assert {"Summarise", "Edit", "Split", "Share", "Remove"} <= set(shown.buttons)
    assert discord.state.refusals[refused:] == []


async def test_a_correction_and_its_undo_outlive_crashes(discord, bot, guild, amina, news):
    await bring(discord, amina, news)

    changed = await ask(discord, amina, news, "edit", article=TITLE, title="The mill grinds", date="5.5.2019 14:30")
    told = words(changed)
    await crash(bot, discord)
    shown = await ask(discord, amina, news, "show", article="The mill grinds", private=True)
    await press(discord, changed, "Undo", amina)
    back = await ask(discord, amina, news, "show", article=TITLE, private=True)

    assert changed.ephemeral
    assert f"Title: “{TITLE}” → “The mill grinds”" in told
    assert "Date: 5 May 2019, 14:30 UTC (corrected by you" in words(shown)
    assert "taken back since" in words(back)
    assert "3 May 2019" in words(back)


async def test_the_form_shows_what_holds_now_and_changes_what_is_typed_alone(discord, bot, guild, amina, news):
    await bring(discord, amina, news)
    asked = await discord.slash(amina, news, "article edit", article=TITLE)
    held = {
        field["custom_id"]: field.get("value")
        for part in (await asked.form())["components"]
        for field in [part["component"]]
    }

    await crash(bot, discord)
    sent = await (await discord.submit(asked, {"Source": "Baie Hebdo"})).final_message(when=finished)

    assert held["title"] == TITLE
    assert held["source"] is None
    assert words(sent).splitlines()[1:] == ["- Source: none → “Baie Hebdo”"]


async def test_the_edit_button_of_what_is_shown_opens_the_form(discord, bot, guild, amina, news):
    await bring(discord, amina, news)
    shown = await ask(discord, amina, news, "show", article=TITLE)

    opened_form = await discord.click(shown, "Edit", user=amina)
    sent = await (await discord.submit(opened_form, {"Author": "-"})).final_message(when=finished)

    assert not shown.ephemeral
    assert sent.ephemeral
    assert "Author: “Aodren Kerbrat” → none" in words(sent)


async def test_a_wrong_split_is_put_right_and_citations_still_open(discord, bot, guild, amina, news):
    await bring(discord, amina, news)
    summary = await (await discord.slash(amina, news, "summarise", article=TITLE, sentences=12)).final_message(
        when=finished
    )
    cited = quotes(summary)

    offered = await (await discord.autocomplete(amina, news, "article split", "at", "oyster", article=TITLE)).offered()
    split = await ask(discord, amina, news, "split", article=TITLE, at=offered[0]["value"])
    passages = [await look_up(discord, summary, place, amina) for place in range(len(cited))]
    second = await look_up(discord, split, 1, amina)
    await press(discord, split, "Undo", amina)
    listed = await ask(discord, amina, news, "list")

    assert SECOND in offered[0]["name"]
    assert [opened(passage) for passage in passages] == list(cited.values())
    assert SECOND in words(second).splitlines()[0]
    assert "1 article here" in words(listed)


async def test_what_was_split_can_be_merged_and_that_taken_back(discord, bot, guild, amina, news):
    await bring(discord, amina, news)
    asked = await ask(discord, amina, news, "split", article=TITLE)
    split = await look_up(discord, asked, f"3. {SECOND}", amina)

    merged = await ask(discord, amina, news, "merge", article=TITLE)
    told = words(merged)
    await crash(bot, discord)
    one = await ask(discord, amina, news, "list")
    await press(discord, merged, "Undo", amina)
    two = await ask(discord, amina, news, "list")

    assert "Split in two" in words(split)
    assert f"“{SECOND}”, the next article of the file, is part of it now." in told
    assert "1 article here" in words(one)
    assert "2 articles here" in words(two)


async def test_what_is_shared_is_everyones_with_the_original_until_it_is_taken_back(discord, bot, guild, news):
    olav, amina = guild.member("Olav"), guild.member("Amina")
    hidden = guild.channel("sources", readers=[olav])
    await bring(discord, olav, hidden)
    assert "Nothing here yet" in words(await ask(discord, amina, news, "list"))

    shown = await ask(discord, olav, news, "show", article=TITLE, private=True)
    shared = await press(discord, shown, "Share", olav)
    told = words(shared)
    await crash(bot, discord)
    summary = await (await discord.slash(amina, news, "summarise", article=TITLE)).final_message(when=finished)
    again = await ask(discord, olav, news, "share", article=TITLE)
    await press(discord, shared, "Undo", olav)

    assert not shared.ephemeral
    assert "may now quote “coast.txt”" in told
    assert quotes(summary)
    assert f"/{news.id}/{shared.id}" in summary.text
    assert "It was so already" in words(again)
    assert "No longer shared" in words(shared)
    assert shared.attachments == []
    assert "Nothing here yet" in words(await ask(discord, amina, news, "list"))


async def test_others_may_look_but_neither_put_right_nor_take_back(discord, bot, guild, news):
    olav, amina, ines = guild.member("Olav"), guild.member("Amina"), guild.member("Ines", manager=True)
    await bring(discord, olav, news)
    shown = await ask(discord, olav, news, "show", article=TITLE)
    own = await ask(discord, olav, news, "edit", article=TITLE, source="Baie Hebdo")

    refused = [
        await ask(discord, amina, news, "edit", article=TITLE),
        await ask(discord, amina, news, "edit", article=TITLE, title="Mine"),
        await ask(discord, amina, news, "split", article=TITLE, at="2"),
        await ask(discord, amina, news, "merge", article=TITLE),
        await ask(discord, amina, news, "share", article=TITLE),
        await press(discord, shown, "Edit", amina),
        await press(discord, shown, "Split", amina),
        await press(discord, shown, "Share", amina),
    ]

    assert own.ephemeral
    for message in refused:
        assert "by the person who brought it and by those who may manage messages here" in words(message)
        assert message.ephemeral
    assert "Baie Hebdo" in words(await ask(discord, amina, news, "show", article=TITLE))
    assert "Put right" in words(await ask(discord, ines, news, "edit", article=TITLE, source="-"))


async def test_what_some_can_see_is_offered_listed_and_shown_to_them_alone(discord, bot, guild, news):
    olav, amina = guild.member("Olav"), guild.member("Amina")
    hidden = guild.channel("sources", readers=[olav])
    await bring(discord, olav, hidden)

    for person, known in ((amina, False), (olav, True)):
        listed = await ask(discord, person, news, "list", private=True)
        for command in ("edit", "split", "merge", "share"):
            typed = await discord.autocomplete(person, news, f"article {command}", "article", "mill")
            assert (command, bool(await typed.offered())) == (command, known)
        assert ("1 article here" in words(listed)) is known
    typed = await discord.autocomplete(olav, news, "article show", "article", "mill")
    assert await typed.offered() == []


async def test_in_a_direct_message_there_is_nobody_to_share_with(discord, bot, guild, amina):
    direct = discord.direct(amina)
    await bring(discord, amina, direct)

    shared = await ask(discord, amina, direct, "share", article=TITLE)

    assert "There is nobody to share with" in words(shared)


async def test_a_proposed_split_is_made_by_the_receipts_button_after_a_crash(discord, bot, guild, news):
    bram = guild.member("Bram")
    receipt = await bring(discord, bram, news, text=PROPOSED, name="sheet.txt")
    refused = len(discord.state.refusals)

    await crash(bot, discord)
    split = await press(discord, receipt, "Split at “Reading room stays open on Sundays”", bram)
    said = words(split)
    again = await press(discord, receipt, "Split at “Reading room stays open on Sundays”", bram)
    undone = await press(discord, split, "Undo", bram)

    assert "at “Reading room stays open on Sundays”" in words(receipt)
    assert split.ephemeral
    assert "Split in two: Kelp farmers of Skarvoy try a second harvest" in said
    assert "is not to be split there any more" in words(again)
    assert "Taken back" in words(undone)
    assert discord.state.refusals[refused:] == []


async def test_a_repost_is_told_in_the_receipt_and_found_as_one_story(discord, bot, guild, news):
    bram = guild.member("Bram")
    await bring(discord, bram, news, text=PROPOSED.partition("\n\nReading room")[0], name="kelp.txt")
    headline, _, body = PROPOSED.partition(" Buyers")[0].partition("\n\n")
    echo = f"Skarvoy cuts twice\n\n{body}"

    receipt = await bring(discord, bram, news, text=echo, name="echo.txt")
    found = await (await discord.slash(bram, news, "search", query="Skarvoy")).final_message(when=finished)

    assert f"a repost of “{headline}” (no date printed), 100 % alike" in words(receipt)
    assert "2 articles in 1 story" in words(found)
    assert "and 1 copy of it" in words(found)
