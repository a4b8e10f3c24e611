from dataclasses import replace

import pytest
from test_briefs import ALICE, BEES, GUILD, HIDDEN, LANDSLIDE, LATER, OPEN, headings, keep, quotes, said

from bot.services.errors import WorkFailedError
from bot.services.replies import Bold
from bot.services.timelines import CHART
from storage.base import Scope
from storage.errors import QueryError

pytestmark = pytest.mark.asyncio(loop_scope="session")

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def shelf(storage, call):
    await keep(storage, call, LANDSLIDE, title="Lorries buried", day=4, source="Corvo Echo")
    await keep(storage, call, LATER, title="More lorries than thought", day=9, source="County Wire")
    await keep(storage, call, BEES, title="Bees on the clock", day=5, source="Lissa Weekly")


async def test_dated_sentences_stand_under_their_days_with_the_date_in_bold(services, shelf, call):
    reply = await services.timelines.timeline(call, topic="landslide")

    [quote] = quotes(reply)
    assert headings(reply)[0] == "3 May 2024"
    assert Bold("3 May") in quote.words
    assert "2 articles about it · 1 dated sentence from 1" in said(reply)


async def test_a_sentence_keeps_its_day_where_the_next_one_leans_on_it(services, storage, call):
    leaning = ("The weir at Corvo was opened on 2 May after the rain.", "It was closed again on 6 May by hand.")
    await keep(storage, call, leaning, title="Weir opened", day=8, source="Corvo Echo")

    reply = await services.timelines.timeline(call, topic="weir")

    assert headings(reply)[:2] == ["2 May 2024", "6 May 2024"]
    assert [quote.text for quote in quotes(reply)] == list(leaning)


async def test_the_chart_comes_with_the_same_figures_in_words(services, shelf, call):
    reply = await services.timelines.timeline(call, topic="landslide")

    [chart] = reply.attachments
    assert (chart.filename, chart.shown) == (CHART, True)
    assert chart.data.startswith(PNG)
    assert "Corvo Echo: 1" in chart.description
    assert "4 May 2024: Corvo Echo 1" in said(reply)
    assert "9 May 2024: County Wire 1" in said(reply)


async def test_names_in_any_script_and_with_signs_can_be_drawn(services, storage, call):
    for day, source in enumerate(("صحيفة الميناء", "朝日", "Wire $5 $6", "Σ" * 200, "A\nB"), start=1):
        await keep(storage, call, (f"A landslide was heard of on {day} May.",), title="Heard", day=day, source=source)

    reply = await services.timelines.timeline(call, topic="landslide")

    assert reply.attachments[0].data.startswith(PNG)


async def test_one_article_is_no_chart(services, shelf, call):
    assert (await services.timelines.timeline(call, topic="bees")).attachments == ()


async def test_without_dates_it_says_so_and_leads_to_the_brief(services, shelf, call):
    reply = await services.timelines.timeline(call, topic="bees")

    assert "No sentence about it says for certain" in said(reply)
    assert quotes(await services.perform(call, reply.actions[0].request))


async def test_a_chart_that_cannot_be_drawn_takes_nothing_else_along(services, compute, shelf, call, monkeypatch):
    run = compute.run

    async def refuse(name, *args, **options):
        if name == "summariser.chart:draw":
            raise WorkFailedError("the brush broke")
        return await run(name, *args, **options)

    monkeypatch.setattr(compute, "run", refuse)
    reply = await services.timelines.timeline(call, topic="landslide")

    assert reply.attachments == ()
    assert quotes(reply)


async def test_a_topic_that_nobody_wrote_about_leads_to_one_that_somebody_did(services, shelf, call):
    reply = await services.timelines.timeline(call, topic="lanslide")

    found = await services.perform(call, reply.actions[0].request)

    assert found.title == "Timeline: landslide"


async def test_what_cannot_be_understood_is_said(services, shelf, call):
    with pytest.raises(QueryError):
        await services.timelines.timeline(call, topic="OR")


async def test_nothing_out_of_sight_shows(services, storage, call):
    inside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN, HIDDEN})))
    outside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN})))
    await keep(storage, inside, LATER, title="More", day=9, source="County Wire", audience=OPEN)
    await keep(storage, inside, LANDSLIDE, title="Lorries", day=4, source="Corvo Echo", audience=HIDDEN)

    full, part = [await services.timelines.timeline(one, topic="landslide") for one in (inside, outside)]

    assert "Corvo Echo" in repr(full.blocks)
    assert full.attachments
    assert "Corvo Echo" not in repr(part)
    assert part.attachments == ()


async def test_without_a_dated_sentence_nothing_is_said_to_be_word_for_word(services, storage, call):
    await keep(storage, call, ("The weir was opened after the rain.",), title="Weir opened", day=8, source="Corvo Echo")

    reply = await services.timelines.timeline(call, topic="weir")

    assert "1 article about it" in said(reply)
    assert "word for word" not in said(reply)
