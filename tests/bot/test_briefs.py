from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.services.briefs import MOST_LENGTH
from bot.services.errors import BriefLengthError, DaysOrderError, NoSuchSourceError
from bot.services.replies import Bold, Bullets, Excerpt, Heading, Line, Quoted
from bot.services.wording import plain
from storage.base import NewExtraction, NewUpload, Scope
from storage.errors import QueryError
from storage.ids import new_id
from summariser.model import Article, DateKind, Span

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, OPEN, HIDDEN, ALICE = 900, 7, 8, 41

LANDSLIDE = (
    "A landslide buried 14 lorries on the pass road above Corvo during the night of 3 May.",
    "Nobody was hurt, because the drivers slept in the inn below the bend.",
)
LATER = (
    "The landslide buried 17 lorries on the pass road above Corvo, the county now says.",
    "Clearing the bend will take until the end of June.",
)
BEES = ("A swarm of bees settled on the clock of the town hall in Lissa.", "It was five past two for an hour.")


async def keep(storage, call, sentences, *, title, day, source, audience=1):
    """Store an article without reading a file."""
    text = " ".join(sentences)
    ends = [len(" ".join(sentences[: place + 1])) for place in range(len(sentences))]
    spans = tuple(Span(end - len(one), end) for one, end in zip(sentences, ends, strict=True))
    published = datetime(2024, 5, day, tzinfo=UTC) if day else None
    facts = {"published": published, "published_kind": DateKind.PUBLISHED, "language": "en"}
    article = Article(text, title=title, source=source, **facts)
    number = new_id(call.now)
    upload = NewUpload(f"{title}{text}".encode(), "a.txt", ALICE, audience, audience, number, 0, call.now)
    await storage.add(call.scope, upload, NewExtraction("verbatim", 1, "txt", text, (article,), (spans,)))


@pytest.fixture
async def shelf(storage, call):
    """Two reports of one landslide, a repost of the first, and something else in between."""
    await keep(storage, call, LANDSLIDE, title="Lorries buried", day=4, source="Corvo Echo")
    await keep(storage, call, LANDSLIDE, title="Buried alive?", day=5, source="The Loudspeaker")
    await keep(storage, call, BEES, title="Bees on the clock", day=5, source="Lissa Weekly")
    await keep(storage, call, LATER, title="More lorries than thought", day=9, source="County Wire")


def quotes(reply):
    return [block for block in reply.blocks if isinstance(block, Quoted)]


def headings(reply):
    return [plain(block.words) for block in reply.blocks if isinstance(block, Heading)]


def said(reply):
    lines = [plain(block.words) for block in reply.blocks if isinstance(block, Line)]
    bullets = [plain(item) for block in reply.blocks if isinstance(block, Bullets) for item in block.items]
    return "\n".join([reply.title, *lines, *bullets])


def labels(reply):
    return [action.label for action in reply.actions]


async def test_a_brief_quotes_every_source_of_a_sentence_once_under_its_day(services, shelf, call):
    reply = await services.briefs.brief(call, topic="landslide")

    first = quotes(reply)[0]
    assert first.text == LANDSLIDE[0]
    assert plain(first.source).startswith("Corvo Echo")
    assert "also: The Loudspeaker" in plain(first.source)
    assert [quote.text for quote in quotes(reply)].count(LANDSLIDE[0]) == 2  # once more where the sources differ
    assert headings(reply)[0] == "3 May 2024"


async def test_coverage_is_told_with_who_said_nothing_about_it(services, shelf, call):
    reply = await services.briefs.brief(call, topic="landslide")

    assert "3 articles about it · 3 quoted · 3 sources · 4 May 2024 to 9 May 2024" in said(reply)
    assert "In this time, nothing about it from: Lissa Weekly." in said(reply)


async def test_two_figures_for_one_thing_stand_side_by_side(services, shelf, call):
    reply = await services.briefs.brief(call, topic="landslide")

    place = [isinstance(block, Heading) and plain(block.words) == "Sources differ" for block in reply.blocks].index(
        True
    )
    told, one, other = reply.blocks[place + 1 : place + 4]
    assert told == Line((Bold("14"), " or ", Bold("17")))
    assert Bold("14") in one.words
    assert Bold("17") in other.words


async def test_every_number_opens_its_passage(services, shelf, call):
    reply = await services.briefs.brief(call, topic="landslide")

    by_number = {quote.number: quote.text for quote in quotes(reply)}
    opened = {choice.request.options["number"]: choice.request for choice in reply.menus[0].choices}
    assert opened.keys() == by_number.keys()
    for number, request in opened.items():
        passage = await services.perform(call, request)
        assert [block.text for block in passage.blocks if isinstance(block, Excerpt)] == [by_number[number]]


async def test_without_a_topic_the_newest_articles_are_summed_up(services, shelf, call):
    reply = await services.briefs.brief(call)

    assert reply.title == "Brief: the newest articles"
    assert any("bees" in quote.text for quote in quotes(reply))
    assert "4 articles" in said(reply)


async def test_days_and_sources_limit_a_brief(services, shelf, call):
    late = await services.briefs.brief(call, topic="landslide", since="2024-05-06")
    named = await services.briefs.brief(call, sources="echo, weekly", until="2024-05-31")

    assert {plain(quote.source).partition(" ·")[0] for quote in quotes(late)} == {"County Wire"}
    assert "2 articles" in said(named)


@pytest.mark.parametrize("sentences", [0, 13, 10_000, -1])
async def test_a_length_that_no_brief_has_is_refused(services, shelf, call, sentences):
    with pytest.raises(BriefLengthError, match="1 to 12 sentences"):
        await services.briefs.brief(call, sentences=sentences)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"topic": "("}, QueryError),
        ({"since": "2024-06-01", "until": "2024-05-01"}, DaysOrderError),
        ({"sources": "Moon Courier"}, NoSuchSourceError),
    ],
)
async def test_what_cannot_be_understood_is_said(services, shelf, call, options, error):
    with pytest.raises(error):
        await services.briefs.brief(call, **options)


async def test_a_topic_that_nobody_wrote_about_leads_to_one_that_somebody_did(services, shelf, call):
    reply = await services.briefs.brief(call, topic="landslyde bees")

    assert not quotes(reply)
    assert reply.actions
    found = await services.perform(call, reply.actions[0].request)
    assert quotes(found)


async def test_words_that_only_ask_are_not_looked_for(services, shelf, call):
    asked = await services.briefs.brief(call, topic="What happened to the lorries?")

    assert quotes(asked)


async def test_an_empty_desk_says_how_to_begin(services, call):
    reply = await services.briefs.brief(call, topic="landslide")

    assert "There is no article here yet" in said(reply)


async def test_a_time_without_articles_leads_out_of_itself(services, shelf, call):
    reply = await services.briefs.brief(call, since="2025-01-01")

    assert labels(reply) == ["Without the filters"]
    assert quotes(await services.perform(call, reply.actions[0].request))


async def test_buttons_change_the_length_and_list_what_is_drawn_on(services, shelf, call):
    short = await services.briefs.brief(call, sentences=2)
    longer = next(action for action in short.actions if action.label == "Longer")
    sources = next(action for action in short.actions if action.label == "Sources")

    assert len(quotes(await services.perform(call, longer.request))) > len(quotes(short))
    listed = await services.perform(call, sources.request)
    assert "Buried alive? · The Loudspeaker · 5 May 2024" in said(listed)
    assert sources.private


async def test_a_brief_leads_to_the_timeline_of_its_topic(services, shelf, call):
    reply = await services.briefs.brief(call, topic="landslide", sentences=MOST_LENGTH)

    timeline = next(action for action in reply.actions if action.label == "Timeline")
    assert (await services.perform(call, timeline.request)).title == "Timeline: landslide"


async def test_nothing_out_of_sight_shows(services, storage, call):
    inside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN, HIDDEN})))
    outside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN})))
    await keep(storage, inside, LANDSLIDE, title="Lorries buried", day=4, source="Corvo Echo", audience=OPEN)
    await keep(storage, inside, LATER, title="More", day=9, source="County Wire", audience=HIDDEN)
    await keep(storage, inside, BEES, title="Bees", day=5, source="Secret Weekly", audience=HIDDEN)

    for asked in ({"topic": "landslide"}, {}):
        full, part = [await services.briefs.brief(one, **asked) for one in (inside, outside)]

        assert "County Wire" in repr(full)
        for hidden in ("County Wire", "17", "Secret Weekly", "Sources differ"):
            assert hidden not in repr(part.blocks)
        assert "1 article" in said(part)
    assert [one.value for one in await services.briefs.suggest_sources(outside, "w")] == []


async def test_a_source_is_offered_for_the_last_of_several(services, shelf, call):
    offered = await services.briefs.suggest_sources(call, "Corvo Echo, week")

    assert [one.value for one in offered] == ["Corvo Echo, Lissa Weekly"]


async def test_so_many_characters_are_read_and_what_is_left_out_is_told(services, shelf, call, monkeypatch):
    monkeypatch.setattr("bot.services.topics._MOST_CHARACTERS", 300)

    reply = await services.briefs.brief(call, topic="landslide")

    assert "3 articles about it, drawn from the best 2" in said(reply)
    assert "It is very long" not in said(reply)


async def test_of_one_endless_article_the_beginning_is_read_and_this_is_told(services, storage, call, monkeypatch):
    monkeypatch.setattr("bot.services.topics._MOST_CHARACTERS", 100)
    await keep(storage, call, LANDSLIDE, title="Lorries buried", day=4, source="Corvo Echo")

    reply = await services.briefs.brief(call, topic="landslide")
    dated = await services.timelines.timeline(call, topic="landslide")

    assert [one.text for one in quotes(reply)] == [LANDSLIDE[0]]
    assert "It is very long" in said(reply)
    assert "It is very long" in said(dated)
