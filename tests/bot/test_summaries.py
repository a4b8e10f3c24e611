from dataclasses import replace

import pytest

from bot.services.calls import Incoming
from bot.services.errors import AmbiguousArticleError, NoSuchArticleError
from bot.services.replies import Excerpt, Form, Quoted
from storage.base import Scope
from storage.errors import UnknownArticleError
from summariser.errors import SentenceCountError, UnknownMethodError
from summariser.methods import METHODS

pytestmark = pytest.mark.asyncio(loop_scope="session")


def quotes(reply):
    return [block for block in reply.blocks if isinstance(block, Quoted)]


def labels(reply):
    return [action.label for action in reply.actions]


async def test_every_sentence_of_a_summary_stands_in_the_file(services, call, ferry, ferry_text):
    reply = await services.summaries.summarise(call, file=ferry, sentences=3)

    assert len(quotes(reply)) == 3
    assert all(quote.text in ferry_text for quote in quotes(reply))
    assert [quote.number for quote in quotes(reply)] == [1, 2, 3]


async def test_every_number_opens_its_passage(services, call, ferry):
    reply = await services.summaries.summarise(call, file=ferry, sentences=3)

    for quote, choice in zip(quotes(reply), reply.menus[0].choices, strict=True):
        opened = await services.perform(call, choice.request)
        excerpt = next(block for block in opened.blocks if isinstance(block, Excerpt))
        assert excerpt.text == quote.text


@pytest.mark.parametrize("method", METHODS)
async def test_every_method_answers(services, call, ferry, method):
    reply = await services.summaries.summarise(call, file=ferry, sentences=2, method=method)

    assert 1 <= len(quotes(reply)) <= 2


async def test_longer_and_shorter_change_the_number_of_sentences(services, call, ferry):
    reply = await services.summaries.summarise(call, file=ferry, sentences=3)

    longer = await services.perform(call, reply.actions[labels(reply).index("Longer")].request)
    shorter = await services.perform(call, reply.actions[labels(reply).index("Shorter")].request)

    assert len(quotes(longer)) > 3
    assert len(quotes(shorter)) == 1


async def test_a_single_sentence_cannot_be_shortened_nor_a_whole_text_lengthened(services, call, ferry):
    one = await services.summaries.summarise(call, file=ferry, sentences=1)
    whole = await services.summaries.summarise(call, article="night ferry", sentences=12)

    assert labels(one) == ["Longer", "Sources"]
    assert "Longer" not in labels(whole)


async def test_pasted_text_is_summed_up_and_kept(services, storage, call):
    text = (
        "The bakers of Lund Street closed on Friday. Their rent had doubled within a year. They hope to open elsewhere."
    )

    reply = await services.summaries.summarise(call, text=text, sentences=2)

    assert all(quote.text in text for quote in quotes(reply))
    assert await storage.count(call.scope) == 1


async def test_without_anything_to_sum_up_a_form_asks_for_the_text(services, call):
    form = services.summaries.summarise_form(sentences=4, method="lead", private=True)

    assert isinstance(form, Form)
    assert form.request.options == {"sentences": 4, "method": "lead", "private": True}
    assert isinstance(await services.summaries.summarise(call), Form)


async def test_an_article_is_found_by_words_of_its_title_or_by_its_id(services, call, ferry):
    first = await services.summaries.summarise(call, file=ferry)
    [suggestion] = await services.summaries.suggest_article(call, "ferry eng")

    by_words = await services.summaries.summarise(call, article="night FERRY")
    by_id = await services.summaries.summarise(call, article=suggestion.value)

    assert by_words.title == by_id.title == first.title
    assert suggestion.label.startswith("Night ferry to Ostrava Bay")


async def test_an_unknown_title_is_answered_with_the_nearest(services, call, ferry):
    await services.corpus.add(call, file=ferry)

    with pytest.raises(NoSuchArticleError, match="Did you mean “Night ferry"):
        await services.summaries.summarise(call, article="Night fairy to Ostrava Bay cancelled")


async def test_with_an_empty_corpus_an_unknown_title_leads_to_add(services, call):
    with pytest.raises(NoSuchArticleError, match="/add"):
        await services.summaries.summarise(call, article="anything")


@pytest.mark.parametrize("asked", ["99999999999999999999", "9223372036854775808", "٣٣٣٣٣٣٣٣٣٣٣٣٣٣", "-1", "0"])
async def test_a_number_that_is_no_id_is_an_unknown_article(services, call, asked):
    with pytest.raises(NoSuchArticleError):
        await services.summaries.summarise(call, article=asked)


async def test_several_fitting_titles_are_listed(services, call, tmp_path):
    for number, name in enumerate(("north", "south")):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"Harvest begins in the {name}\n\nFarmers of the {name} began to cut their barley on Monday.\n")
        await services.corpus.add(replace(call, origin_id=number), file=Incoming(path.name, path=str(path)))

    with pytest.raises(AmbiguousArticleError, match=r"north.*south|south.*north"):
        await services.summaries.summarise(call, article="harvest begins")


async def test_an_article_of_another_desk_does_not_exist(services, call, ferry):
    reply = await services.summaries.summarise(call, file=ferry)
    elsewhere = replace(call, scope=Scope(77, 1, None))

    with pytest.raises(UnknownArticleError):
        await services.perform(elsewhere, reply.again)
    assert await services.summaries.suggest_article(elsewhere, "") == []


@pytest.mark.parametrize("sentences", [0, -1, 13])
async def test_a_number_of_sentences_out_of_range_is_refused(services, call, ferry, sentences):
    with pytest.raises(SentenceCountError, match="1 to 12"):
        await services.summaries.summarise(call, file=ferry, sentences=sentences)


async def test_an_unknown_method_is_answered_with_those_that_exist(services, call, ferry):
    with pytest.raises(UnknownMethodError, match="lexrank"):
        await services.summaries.summarise(call, file=ferry, method="magic")


async def test_the_other_articles_of_a_file_are_offered(services, storage, call, tmp_path):
    story = "{0} council voted on Monday to close its baths. Swimmers protested in front of the hall of {0}."
    places = ("Tarn", "Moss", "Vey")
    parts = [
        f"# Baths of {place} to close\n\nBy Ana Prell\n\n{story.format(place)} {story.format(place)}"
        for place in places
    ]
    path = tmp_path / "bundle.md"
    path.write_text("\n\n---\n\n".join(parts))

    reply = await services.summaries.summarise(call, file=Incoming("bundle.md", path=str(path)))

    other = reply.menus[-1]
    assert await storage.count(call.scope) == 3
    assert len(other.choices) == 2
    second = await services.perform(call, other.choices[0].request)
    assert second.title != reply.title


async def test_a_list_is_quoted_by_its_lines(services, call):
    text = "What to bring to the Holm regatta\n\n- A windproof jacket\n- Two ropes of ten m\n- A whistle\n- A torch"

    reply = await services.summaries.summarise(call, text=text, sentences=2)

    assert all(quote.text in text for quote in quotes(reply))
    assert "of 0" not in str(reply.blocks[0])
