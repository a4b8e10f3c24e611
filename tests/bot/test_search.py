from dataclasses import replace

import pytest

from bot.services.calls import Incoming
from bot.services.errors import DayError, DaysOrderError, NoSuchSourceError, UnknownOrderError
from bot.services.replies import Bold, Bullets, Code, Excerpt, Line, Quoted, Request
from bot.services.search import PAGE
from bot.services.wording import plain
from storage.base import NewExtraction, NewUpload, Scope
from storage.errors import QueryError
from storage.ids import new_id
from summariser.model import Article, DateKind, Span

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, OPEN, HIDDEN, ALICE = 900, 7, 8, 41


async def keep(storage, call, *sentences, title, audience=1, desk=None, **facts):
    """Store an article without reading a file."""
    text, spans = " ".join(sentences), []
    for sentence in sentences:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(sentence)))
    article = Article(text, title=title, **facts)
    number = new_id(call.now)
    upload = NewUpload(text.encode(), "a.txt", 41, audience, audience, number, 0, call.now)
    extraction = NewExtraction("verbatim", 1, "txt", text, (article,), (tuple(spans),))
    await storage.add(replace(call.scope, desk_id=desk or call.scope.desk_id), upload, extraction)


@pytest.fixture
async def shelf(storage, call):
    """Three articles of two sources."""
    march = call.now.replace(year=2024, month=3, day=5)
    printed = {"published": march, "published_kind": DateKind.PUBLISHED}
    await keep(
        storage,
        call,
        "It rained over Vell.",
        "The harbour dues will rise in May.",
        title="Skippers fear for their trade",
        source="Vell Courier",
        **printed,
    )
    await keep(storage, call, "A harbour seal slept on the slip.", title="Seal asleep", source="Oru Gazette", **printed)
    await keep(storage, call, "Nobody pays dues on a lake.", title="Lakes are free")


def quotes(reply):
    return [block for block in reply.blocks if isinstance(block, Quoted)]


def said(reply):
    lines = [block for block in reply.blocks if isinstance(block, Line)]
    bullets = [item for block in reply.blocks if isinstance(block, Bullets) for item in block.items]
    return "\n".join([reply.title, *(plain(line.words) for line in lines), *map(plain, bullets)])


def labels(reply):
    return [action.label for action in reply.actions]


async def test_each_hit_shows_the_sentence_with_the_words_marked_and_where_it_is_from(services, shelf, call):
    reply = await services.search.search(call, query="harbour dues")

    [quote] = quotes(reply)
    assert quote.text == "The harbour dues will rise in May."
    assert quote.words == ("The ", Bold("harbour"), " ", Bold("dues"), " will rise in May.")
    assert plain(quote.source) == "Skippers fear for their trade · Vell Courier · 5 March 2024"
    assert "1 article · best first" in said(reply)


async def test_every_hit_opens_its_passage_by_its_number(services, shelf, call):
    reply = await services.search.search(call, query="harbour OR dues")

    for quote, choice in zip(quotes(reply), reply.menus[0].choices, strict=True):
        opened = await services.perform(call, choice.request)
        assert choice.request.options["number"] == quote.number
        assert next(block.text for block in opened.blocks if isinstance(block, Excerpt)) == quote.text


async def test_every_hit_can_be_summed_up(services, shelf, call):
    reply = await services.search.search(call, query="harbour seal")

    summary = await services.perform(call, reply.menus[1].choices[0].request)

    assert summary.title == "Seal asleep"
    assert reply.menus[1].anew


async def test_filters_are_said_and_what_has_no_date_is_counted(services, shelf, call):
    reply = await services.search.search(call, query="dues", since="2024", until="5 March 2024")

    assert len(quotes(reply)) == 1
    assert "since 1 January 2024 · until 5 March 2024" in said(reply)
    assert "1 article without a printed date would fit too" in said(reply)


async def test_the_last_day_counts_with_until(services, shelf, call):
    assert quotes(await services.search.search(call, query="harbour", until="2024-03-05"))
    assert not quotes(await services.search.search(call, query="harbour", until="2024-03-04"))


async def test_relative_days_are_those_of_the_desks_zone(services, storage, call):
    late = replace(call, now=call.now.replace(hour=23, minute=30))
    await keep(storage, call, "Harbour news.", title="Printed", published=call.now.replace(hour=0, minute=0))

    def east(kept):
        return replace(kept, zone="Pacific/Auckland")

    assert quotes(await services.search.search(late, query="harbour", since="today"))
    await storage.change_settings(call.scope.desk_id, east, changed_by=1, now=call.now)
    assert not quotes(await services.search.search(late, query="harbour", since="today"))
    assert quotes(await services.search.search(late, query="harbour", since="yesterday"))


async def test_a_source_is_found_by_part_of_its_name_and_offered_while_it_is_typed(services, shelf, call):
    reply = await services.search.search(call, query="harbour", source="gazette")

    assert [plain(quote.source).split(" · ")[1] for quote in quotes(reply)] == ["Oru Gazette"]
    assert [one.value for one in await services.search.suggest_source(call, "cour")] == ["Vell Courier"]


async def test_hits_are_numbered_through_their_pages(services, storage, call):
    for number in range(PAGE + 2):
        await keep(storage, call, f"Harbour number {number}.", title=f"T{number}")

    first = await services.search.search(call, query="harbour")
    second = await services.perform(call, first.actions[labels(first).index("More")].request)
    beyond = await services.search.search(call, query="harbour", page=50)

    assert [quote.number for quote in quotes(first)] == list(range(1, PAGE + 1))
    assert [quote.number for quote in quotes(second)] == [PAGE + 1, PAGE + 2]
    assert "page 2 of 2" in said(second)
    assert (await services.perform(call, second.again)) == second == beyond
    assert (await services.perform(call, second.actions[labels(second).index("Back")].request)) == first
    assert "Back" not in labels(first)
    assert "More" not in labels(second)


async def test_the_order_can_be_changed_by_a_button(services, shelf, call):
    best = await services.search.search(call, query="harbour OR dues")

    newest = await services.perform(call, best.actions[labels(best).index("Newest first")].request)

    assert quotes(newest)[0].source[0] == Bold("Lakes are free")
    assert "newest first" in said(newest)
    assert labels(newest) == ["Best first"]


async def test_nothing_found_offers_what_finds_something(services, shelf, call):
    fewer = await services.search.search(call, query="seal dues harbour")
    misspelled = await services.search.search(call, query="harbor dues")
    filtered = await services.search.search(call, query="dues", source="gazette")

    assert fewer.title == "Nothing found"
    assert set(labels(fewer)) == {"dues harbour", "seal harbour"}
    assert labels(misspelled)[0] == "harbour dues"
    assert labels(filtered)[0] == "Without the filters"
    for reply in (fewer, misspelled, filtered):
        assert quotes(await services.perform(call, reply.actions[0].request))


async def test_with_an_empty_corpus_the_answer_leads_to_add(services, call):
    reply = await services.search.search(call, query="anything")

    assert "/add" in said(reply) or any("add" in getattr(part, "name", "") for part in reply.blocks[-1].words)
    assert reply.actions == ()


async def test_words_that_cannot_be_read_are_refused_with_the_reason(services, shelf, call):
    for options, error in (
        ({"query": "harbour AND"}, QueryError),
        ({"query": "dues", "since": "soon"}, DayError),
        ({"query": "dues", "since": "2025", "until": "2024"}, DaysOrderError),
        ({"query": "dues", "source": "Times"}, NoSuchSourceError),
        ({"query": "dues", "order": "worst"}, UnknownOrderError),
    ):
        with pytest.raises(error):
            await services.search.search(call, **options)


async def test_a_misspelled_source_is_answered_with_the_nearest(services, shelf, call):
    with pytest.raises(NoSuchSourceError, match="Did you mean “Oru Gazette”"):
        await services.search.search(call, query="dues", source="Oru Gazete")


@pytest.mark.parametrize("query", ["secret", "secrets", "harbour secret", "sekret", "harbour", "secr*", "secret -lamp"])
async def test_nothing_of_a_hidden_channel_or_another_desk_shows(services, storage, call, query):
    here = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN})), channel_id=OPEN, guild_id=GUILD)
    await keep(storage, here, "The harbour lamp is lit.", title="Lamp", audience=OPEN, source="Vell Courier")
    before = await services.search.search(here, query=query)
    for desk in (GUILD, GUILD + 1):
        audience = HIDDEN if desk == GUILD else OPEN
        words = "The secret harbour of sekrets."
        await keep(storage, here, words, title="Secret", audience=audience, desk=desk, source="Secret Courier")

    assert await services.search.search(here, query=query) == before
    assert [one.value for one in await services.search.suggest_source(here, "")] == ["Vell Courier"]
    with pytest.raises(NoSuchSourceError) as caught:
        await services.search.search(here, query=query, source="Secret")
    assert "Secret Courier" not in str(caught.value)


async def test_a_file_that_was_added_is_found_until_it_is_taken_back(services, call, ferry, ferry_text):
    receipt = await services.corpus.add(call, file=ferry)

    found = await services.search.search(call, query='"fuel pump" OR passengers')
    await services.perform(call, receipt.actions[labels(receipt).index("Undo")].request)
    gone = await services.search.search(call, query='"fuel pump" OR passengers')

    assert all(" ".join(quote.text.split()) in " ".join(ferry_text.split()) for quote in quotes(found))
    assert quotes(found)
    assert not quotes(gone)


async def test_a_request_from_a_button_that_was_forged_is_harmless(services, shelf, call):
    forged = Request("search.search", {"query": '" OR 1=1; --', "page": -5})

    with pytest.raises(QueryError):
        await services.perform(call, forged)


async def test_markup_in_a_query_is_shown_as_it_was_typed(services, shelf, call):
    reply = await services.search.search(call, query="__nothing__ @everyone <#5>")

    assert Code("__nothing__ @everyone <#5>") in reply.blocks[0].words


async def test_a_file_with_many_articles_gives_each_by_itself(services, call, tmp_path):
    story = "{0} council voted on Monday to close its baths. Swimmers protested in front of the hall of {0}."
    places = ("Tarn", "Moss", "Vey")
    parts = [f"# Baths of {place} to close\n\nBy Ana Prell\n\n{story.format(place)}" for place in places]
    path = tmp_path / "bundle.md"
    path.write_text("\n\n---\n\n".join(parts))
    await services.corpus.add(call, file=Incoming("bundle.md", path=str(path)))

    reply = await services.search.search(call, query="swimmers moss")

    assert [quote.text for quote in quotes(reply)] == ["Swimmers protested in front of the hall of Moss."]
