from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_briefs import ALICE, BEES, GUILD, HIDDEN, LANDSLIDE, LATER, OPEN, headings, keep, labels, quotes, said

from bot.services.errors import NoWordsError, QuotationLengthError
from bot.services.quotations import quoted_in
from bot.services.replies import Bold, Excerpt
from storage.base import Scope

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
async def shelf(storage, call):
    await keep(storage, call, LANDSLIDE, title="Buried alive?", day=8, source="The Loudspeaker")
    await keep(storage, call, LANDSLIDE, title="Lorries buried", day=4, source="Corvo Echo")
    await keep(storage, call, LANDSLIDE, title="Undated", day=None, source="Old Cuttings")
    await keep(storage, call, BEES, title="Bees settle on the clock", day=5, source="Lissa Weekly")


async def test_every_article_that_carries_it_is_named_the_earliest_first(services, shelf, call):
    reply = await services.quotations.quote(call, text="“buried 14 lorries on the PASS road”")

    [quote] = quotes(reply)
    assert quote.text == LANDSLIDE[0]
    assert "It stands word for word in 3 articles." in said(reply)
    told = said(reply)
    assert "Corvo Echo" in str(quote.source)
    assert told.index("The Loudspeaker") < told.index("Old Cuttings")


async def test_every_number_opens_the_passage_in_its_article(services, shelf, call):
    reply = await services.quotations.quote(call, text="buried 14 lorries on the pass road")

    assert [choice.request.options["number"] for choice in reply.menus[0].choices] == [1, 2, 3]
    for choice in reply.menus[0].choices:
        opened = await services.perform(call, choice.request)
        assert [block.text for block in opened.blocks if isinstance(block, Excerpt)] == [LANDSLIDE[0]]


async def test_what_differs_from_the_nearest_passage_is_in_bold_and_in_words(services, shelf, call):
    reply = await services.quotations.quote(call, text="A landslide buried 40 lorries on the road above Corvo")

    assert "Not word for word." in said(reply)
    assert Bold("14") in quotes(reply)[0].words
    assert "Only there: “14”, “pass” · Only asked for: “40”" in said(reply)


async def test_what_stands_nowhere_is_said_clearly_with_a_next_step(services, shelf, call):
    reply = await services.quotations.quote(call, text="The mayor swims through the flooded lorries every Tuesday")

    assert "It stands nowhere in the 4 articles" in said(reply)
    assert labels(reply) == ["Search for its words"]
    assert not quotes(reply)


async def test_a_headline_is_found_as_one(services, shelf, call):
    reply = await services.quotations.quote(call, text="Bees settle on the clock")

    assert "As a headline" in headings(reply)
    assert "Bees settle on the clock · Lissa Weekly" in said(reply)


@pytest.mark.parametrize("text", ["…", "“”", "😀", " "])
async def test_nothing_to_look_for_is_said(services, shelf, call, text):
    with pytest.raises(NoWordsError):
        await services.quotations.quote(call, text=text)


async def test_too_many_words_are_refused_with_what_to_do(services, shelf, call):
    with pytest.raises(QuotationLengthError, match="Give the sentence that matters"):
        await services.quotations.quote(call, text="word " * 260)


async def test_an_empty_desk_says_so_and_how_it_is_filled(services, call):
    reply = await services.quotations.quote(call, text="anything at all")

    assert "There is no article here yet" in said(reply)
    assert "No passage comes near" not in said(reply)


async def test_more_carriers_than_are_named_are_told_in_the_order_of_their_numbers(services, storage, call):
    for day in range(1, 15):
        await keep(
            storage, call, (f"On walk {day % 7} they sang old songs.",), title=f"Walk {day}", day=day, source="Echo"
        )

    told = said(await services.quotations.quote(call, text="they sang old songs"))

    assert "It stands word for word in 14 articles." in told
    assert "12 articles of these are named here." in told
    assert told.index("[11]") < told.index("[12]")


async def test_what_a_message_quotes_is_looked_for(services, shelf, call):
    text = f"Is this true? > no\n> {LANDSLIDE[1]}\nand “settled on the clock of the town hall”, really?"

    reply = await services.quotations.find_source(call, text=text)

    assert [quote.text for quote in quotes(reply)] == [LANDSLIDE[1], BEES[0]]
    assert len(headings(reply)) == 2


async def test_nothing_out_of_sight_shows(services, storage, call):
    inside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN, HIDDEN})))
    outside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN})))
    await keep(storage, inside, BEES, title="Bees", day=5, source="Lissa Weekly", audience=OPEN)
    await keep(storage, inside, LATER, title="More", day=9, source="County Wire", audience=HIDDEN)

    for text in (LATER[0], "The landslide buried 70 lorries on the road above Corvo", "More"):
        full, part = [await services.quotations.quote(one, text=text) for one in (inside, outside)]

        assert "County Wire" in repr(full)
        assert "County Wire" not in repr(part)
        assert not part.actions
        assert "in the 1 article " in said(part)


async def test_a_public_answer_says_that_a_private_one_may_know_more(services, storage, call):
    outside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN})))

    public = await services.quotations.quote(outside, text="anything at all")
    private = await services.quotations.quote(replace(outside, private=True), text="anything at all")

    assert "may draw on more" in said(public)
    assert "may draw on more" not in said(private)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He said “the gate was open all night” twice.", ["the gate was open all night"]),
        ("> the gate was\n> open all night\nSure?", ["the gate was open all night"]),
        ("«Das Tor war die ganze Nacht offen»", ["Das Tor war die ganze Nacht offen"]),
        ('"The gate" was open, they say', ['"The gate" was open, they say']),
        ("The gate was open all night https://example.org/gate?x=1 <@12345>", ["The gate was open all night"]),
        ("https://example.org", []),
        ("", []),
    ],
)
async def test_what_is_quoted_is_told_from_what_is_said_around_it(text, found):
    assert quoted_in(text) == found


@given(text=st.text(max_size=300))
async def test_any_message_is_taken_apart(text):
    assert all(part.strip() for part in quoted_in(text))
