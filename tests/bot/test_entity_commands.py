"""`/entity` and `/wording`: who is meant, decided by hand, and how each source puts it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from test_briefs import ALICE, GUILD, HIDDEN, OPEN, headings, labels, quotes, said

from bot.services.errors import (
    MayNotDecideError,
    NameToGiveError,
    NotTheirSpellingError,
    SpelledAlikeError,
    WorkFailedError,
)
from bot.services.identity import read_label
from bot.services.profile import CHART, topic_of
from bot.services.replies import Bold, Person, Tone
from storage.base import NewExtraction, NewUpload, Scope, Spelled
from storage.errors import UnknownDecisionError
from storage.ids import new_id
from summariser.entities import name_keys
from summariser.model import Article, DateKind, Mention, MentionType, Named, Span

pytestmark = pytest.mark.asyncio(loop_scope="session")

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC
# What each spelling means, whatever article it stands in.
MEANT = {
    "Inés Marlow": (PER, "Inés Marlow"),
    "Ines Marlow": (PER, "Ines Marlow"),
    "Yusuf Khalidi": (PER, "Yusuf Khalidi"),
    "Khalidi": (PER, "Khalidi"),
    "Nadia Brandt": (PER, "Nadia Brandt"),
    "the Salt Fox": (PER, "the Salt Fox"),
    "Quay Workers' Union": (ORG, "Quay Workers' Union"),
    "Almar": (LOC, "Almar"),
    "Tuesday": (LOC, "Tuesday"),
    "Ministry of Transport": (ORG, "Ministry of Transport"),
}
CLOSED = (
    "Harbour master Yusuf Khalidi closed the north quay of Almar on Monday, after cracks were found in its wall.",
    "He had warned the Quay Workers' Union of it for a year.",
)
REOPENED = (
    "The outspoken official Yusuf Khalidi reopened the quay on Thursday, a week before anybody had expected it.",
    "Nadia Brandt, head of the Quay Workers' Union, called it a gamble with the lives of her people.",
)
THANKED = (
    "Nadia Brandt thanked Inés Marlow of the diving school for three nights under the wall.",
    "Ines Marlow said that the water had been warmer than the welcome.",
)
NICKNAMED = (
    "In the taverns of Almar they speak of the Salt Fox, who shut a harbour with a piece of chalk.",
    "The chalk line is still there.",
)
LONE = ("A street is to be named after Khalidi, the council of the town decided by seven votes to six.",)


async def store(storage, call, sentences, *, source, day, title="On the quay", again=None, audience=1, full=None):
    """Store an article with the names in it; `full` says what a short one stands for here."""
    text = " ".join(sentences)
    ends = [len(" ".join(sentences[: place + 1])) for place in range(len(sentences))]
    spans = tuple(Span(end - len(one), end) for one, end in zip(sentences, ends, strict=True))
    published = datetime(2024, day[0], day[1], tzinfo=UTC) if day else None
    facts = {"published": published, "published_kind": DateKind.PUBLISHED, "language": "en"}
    article = Article(text, title=title, republished_title=again, source=source, **facts)
    upload = NewUpload(f"{title}{text}".encode(), "a.txt", ALICE, audience, audience, new_id(call.now), 0, call.now)
    named = tuple(named_in(text, full or {}))
    extraction = NewExtraction("verbatim", 1, "txt", text, (article,), (spans,), names=(named,))
    await storage.add(call.scope, upload, extraction)


def named_in(text, full):
    for found in re.finditer("|".join(map(re.escape, sorted(MEANT, key=len, reverse=True))), text):
        kind, name = MEANT[found[0]]
        name = full.get(found[0], name)
        mention = Mention(found.start(), found.end(), kind, found[0], 0.9)
        yield Named(mention, name, name_keys(kind, name))


@pytest.fixture
async def quay(storage, call):
    await store(storage, call, CLOSED, source="Harbour Post", day=(3, 4), title="Quay shut")
    await store(
        storage,
        call,
        REOPENED,
        source="County Wire",
        day=(5, 9),
        title="Harbour master Yusuf Khalidi reopens quay",
        again="Chalk tyrant Khalidi reopens quay",
    )
    await store(storage, call, THANKED, source="Harbour Post", day=(5, 12), title="Divers thanked")
    await store(storage, call, NICKNAMED, source="Sea Digest", day=(6, 1), title="Tavern talk")
    await store(storage, call, LONE, source="Sea Digest", day=None, title="Street names")


@pytest.fixture
def member(call):
    """Somebody of a server who manages nothing, and one who manages messages."""
    return replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN, ALICE})), audience_id=OPEN, private=True)


def choices(reply):
    return {choice.label: choice.request for menu in reply.menus for choice in menu.choices}


def action(reply, label):
    return next(one.request for one in reply.actions if one.label == label)


async def press(services, call, reply, label):
    return await services.perform(call, action(reply, label))


async def choose(services, call, reply, label):
    return await services.perform(call, choices(reply)[label])


async def test_an_entity_is_shown_with_its_spellings_and_who_uses_them(services, quay, call):
    reply = await services.entities.show(call, name="ines marlow")

    assert "person · 2 mentions in 1 article · 1 source" in said(reply)
    assert "Ines Marlow 1 · Harbour Post 1" in said(reply)
    assert "Inés Marlow 1 · Harbour Post 1" in said(reply)


async def test_it_is_told_where_many_are_called_so_and_no_article_says_which(services, storage, call):
    for day, said_there in enumerate(
        ("The Ministry of Transport sat.", "On Tuesday the Ministry of Transport spoke."), 1
    ):
        await store(storage, call, (said_there,), source="Wire", day=(4, day), title=f"Day {day}")

    ministry = await services.entities.show(call, name="Ministry of Transport")
    day = await services.entities.show(call, name="Tuesday")

    assert "more than one may be meant" in said(ministry)
    assert "more than one may be meant" not in said(day)


async def test_first_and_last_are_told_with_a_passage_that_opens(services, quay, call):
    reply = await services.entities.show(call, name="Yusuf Khalidi")

    assert headings(reply)[2:4] == ["First seen: 4 March 2024", "Last seen: 9 May 2024"]
    assert [quote.text for quote in quotes(reply)[:2]] == [CLOSED[0], REOPENED[0]]
    assert Bold("Yusuf Khalidi") in quotes(reply)[0].words
    opened = await services.perform(call, reply.menus[0].choices[0].request)
    assert opened.title == "[1] Quay shut"


async def test_a_passage_stands_by_itself_where_there_is_one_that_does(services, storage, call):
    sentences = ("But Nadia Brandt did not.", "Nadia Brandt runs the union of those who work on the quay of Almar.")
    await store(storage, call, sentences, source="Harbour Post", day=(3, 4))

    reply = await services.entities.show(call, name="Nadia Brandt")

    assert quotes(reply)[0].text == sentences[1]


async def test_the_chart_has_its_figures_beside_it_and_words_for_those_who_cannot_see_it(services, quay, call):
    reply = await services.entities.show(call, name="Yusuf Khalidi")

    [chart] = reply.attachments
    assert (chart.filename, chart.shown) == (CHART, True)
    assert chart.data.startswith(b"\x89PNG")
    assert "2 mentions by month and source. County Wire: 1; Harbour Post: 1." in chart.description
    assert "4 March 2024 to 9 May 2024" in chart.description
    assert "March 2024: Harbour Post 1" in said(reply)
    assert "May 2024: County Wire 1" in said(reply)


async def test_a_chart_that_cannot_be_drawn_takes_nothing_else_along(services, compute, quay, call, monkeypatch):
    run = compute.run

    async def refuse(name, *args, **options):
        if name == "summariser.chart:draw":
            raise WorkFailedError("the brush broke")
        return await run(name, *args, **options)

    monkeypatch.setattr(compute, "run", refuse)
    reply = await services.entities.show(call, name="Yusuf Khalidi")

    assert reply.attachments == ()
    assert quotes(reply)


async def test_who_is_in_the_same_articles_can_be_looked_up_from_there(services, quay, call):
    reply = await services.entities.show(call, name="Yusuf Khalidi")

    shown = await choose(services, call, reply, "Nadia Brandt")

    assert {"Nadia Brandt", "Quay Workers' Union", "Almar"} <= choices(reply).keys()
    assert shown.title == "Nadia Brandt"
    # What is quoted already is named by its number.
    assert "Almar · 1 article · [1]" in said(reply)


async def test_a_sentence_that_names_several_in_company_is_quoted_once(services, storage, call):
    sentences = ("Nadia Brandt runs the union.", "She wrote to Yusuf Khalidi and Ines Marlow on Monday about the quay.")
    await store(storage, call, sentences, source="Harbour Post", day=(3, 4))

    reply = await services.entities.show(call, name="Nadia Brandt")

    texts = [quote.text for quote in quotes(reply)]
    assert texts.count(sentences[1]) == 1
    assert f"1 article · [{texts.index(sentences[1]) + 1}]" in said(reply)


async def test_what_may_be_the_same_is_told_apart_with_its_evidence(services, quay, call):
    reply = await services.entities.show(call, name="Yusuf Khalidi")

    assert "Perhaps also called so, unconfirmed" in headings(reply)
    assert "Khalidi · 1 mention · one is the other's surname" in said(reply)
    assert {"The same as “Khalidi”", "Not “Khalidi”"} <= set(labels(reply))


@pytest.mark.trust("moderator-decides-names")
async def test_those_who_may_not_decide_are_offered_no_decision_in_private_and_refused_in_public(
    services, storage, member
):
    for sentences in (CLOSED, LONE):
        await store(storage, member, sentences, source="Harbour Post", day=(3, 4), audience=OPEN)

    private = await services.entities.show(member, name="Yusuf Khalidi")
    public = await services.entities.show(replace(member, private=False), name="Yusuf Khalidi")

    assert "Not “Khalidi”" not in labels(private)
    with pytest.raises(MayNotDecideError):
        await press(services, member, public, "Not “Khalidi”")
    for ask in (
        services.entities.merge(member, name="Khalidi", other="Almar"),
        services.entities.split(member, name="Khalidi", spelling="Khalidi"),
        services.entities.rename(member, name="Khalidi", to="K."),
        services.entities.reject(member, name="Khalidi"),
        services.entities.withdraw(member, decisions=[1]),
    ):
        with pytest.raises(MayNotDecideError):
            await ask
    assert (await press(services, replace(member, manager=True), public, "Not “Khalidi”")).tone is Tone.DONE


async def test_two_that_a_person_joins_are_one_until_that_is_undone(services, quay, call):
    merged = await services.entities.merge(call, name="Yusuf Khalidi", other="the Salt Fox")
    together = await services.entities.show(call, name="the Salt Fox")
    undone = await press(services, call, merged, "Undo")
    apart = await services.entities.show(call, name="the Salt Fox")

    assert "are the same, called “Yusuf Khalidi”: 3 mentions under 2 names" in said(merged)
    assert together.title == "Yusuf Khalidi"
    assert "the Salt Fox 1 · Sea Digest 1" in said(together)
    assert "“Yusuf Khalidi” and “the Salt Fox” are the same · by " in said(together)
    assert undone.title == "Taken back"
    assert apart.title == "the Salt Fox"


async def test_a_decision_outlives_articles_that_come_after_it(services, storage, quay, call):
    await services.entities.merge(call, name="Yusuf Khalidi", other="the Salt Fox")
    later = ("The Salt Fox is gone, but Yusuf Khalidi still signs his letters with the Salt Fox in the corner.",)
    await store(storage, call, later, source="County Wire", day=(7, 1), title="Letters")

    shown = await services.entities.show(call, name="Salt Fox")

    shown = await services.entities.show(call, name="the Salt Fox")
    assert shown.title == "Yusuf Khalidi"
    assert "5 mentions in 4 articles" in said(shown)


@pytest.mark.trust("moderator-not-the-same")
async def test_what_a_person_said_is_not_the_same_is_not_merged(services, quay, call):
    await services.entities.part(call, name="Yusuf Khalidi", other="Khalidi")

    shown = await services.entities.show(call, name="Yusuf Khalidi")
    refused = await services.entities.merge(call, name="Khalidi (person)", other="Yusuf Khalidi")
    back = await press(services, call, refused, "Take that back")
    merged = await services.perform(call, refused.actions[1].request)

    assert "unconfirmed" not in repr(shown.blocks)
    assert refused.tone is Tone.WARNING
    assert "“Yusuf Khalidi” and “Khalidi” are not the same: decided by " in said(refused)
    assert any(isinstance(word, Person) for word in refused.blocks[0].words)
    assert back.tone is Tone.DONE
    assert merged.title == "Khalidi"


@pytest.mark.trust("moderator-not-the-same")
async def test_not_the_same_blocks_a_merge_through_a_third_name(services, quay, call):
    await services.entities.part(call, name="Yusuf Khalidi", other="Nadia Brandt")
    await services.entities.merge(call, name="Yusuf Khalidi", other="the Salt Fox")

    refused = await services.entities.merge(call, name="the Salt Fox", other="Nadia Brandt")

    assert refused.tone is Tone.WARNING
    assert "are not the same" in said(refused)


async def test_two_kinds_are_joined_only_when_that_is_said_twice(services, quay, call):
    warned = await services.entities.merge(call, name="Yusuf Khalidi", other="Almar")

    merged = await press(services, call, warned, "Merge all the same")

    assert warned.tone is Tone.WARNING
    assert "“Yusuf Khalidi” is written of as a person, “Almar” as a place." in said(warned)
    assert merged.title == "The same"
    shown = await services.entities.show(call, name="Almar")
    assert "Yusuf Khalidi 2 · " in said(shown)
    assert "Almar 2 · " in said(shown)


async def test_a_name_that_was_joined_wrongly_is_split_off(services, quay, call):
    await services.entities.merge(call, name="Yusuf Khalidi", other="the Salt Fox")

    split = await services.entities.split(call, name="Yusuf Khalidi", spelling="the Salt Fox")

    assert split.title == "Split off: the Salt Fox"
    assert (await services.entities.show(call, name="the Salt Fox")).title == "the Salt Fox"
    await press(services, call, split, "Undo")
    assert (await services.entities.show(call, name="the Salt Fox")).title == "Yusuf Khalidi"


async def test_what_differs_in_accents_alone_cannot_be_split(services, quay, call):
    offered = await services.entities.suggest_spelling(call, "mar", name="Ines Marlow")

    assert {one.value for one in offered} == {"Ines Marlow", "Inés Marlow"}
    with pytest.raises(SpelledAlikeError, match="one name to me"):
        await services.entities.split(call, name="Ines Marlow", spelling="Inés Marlow")
    assert not await services.entities.suggest_spelling(call, "", name=None)


async def test_what_is_no_spelling_of_it_cannot_be_split_off(services, quay, call):
    with pytest.raises(NotTheirSpellingError, match="has one name alone"):
        await services.entities.split(call, name="Nadia Brandt", spelling="Almar")


async def test_a_new_name_is_shown_and_found(services, quay, call):
    renamed = await services.entities.rename(call, name="Yusuf Khalidi", to="Yousuf al-Khalidi")

    assert renamed.title == "Renamed: Yousuf al-Khalidi"
    shown = await services.entities.show(call, name="yousuf al-khalidi")
    assert shown.title == "Yousuf al-Khalidi"
    assert "Yusuf Khalidi 2 · " in said(shown)
    again = await services.entities.rename(call, name="Yusuf Khalidi", to="Yousuf al-Khalidi")
    assert again.title == "It was so already"


async def test_a_name_that_is_another_ones_is_not_given(services, quay, call):
    refused = await services.entities.rename(call, name="the Salt Fox", to="Yusuf Khalidi")

    assert refused.tone is Tone.WARNING
    assert "is the name of another one here" in said(refused)
    assert (await press(services, call, refused, "Merge them")).title == "The same"


@pytest.mark.parametrize("to", ["…", "12", "a" * 161])
async def test_what_nobody_can_be_called_is_refused(services, quay, call, to):
    with pytest.raises(NameToGiveError):
        await services.entities.rename(call, name="Almar", to=to)


async def test_a_rejected_name_is_shown_to_nobody_and_says_who_rejected_it(services, storage, quay, call):
    await store(storage, call, ("Nadia Brandt came on Tuesday to Almar.",), source="Sea Digest", day=(6, 3))
    await services.entities.reject(call, name="Tuesday")

    asked = await services.entities.show(call, name="Tuesday")
    beside = await services.entities.show(call, name="Nadia Brandt")

    assert asked.tone is Tone.WARNING
    assert "counts as no place's name here" in said(asked)
    assert "It was rejected by " in said(asked)
    assert "Tuesday" not in choices(beside)
    await press(services, call, asked, "Take that back")
    assert (await services.entities.show(call, name="Tuesday")).title == "Tuesday"


async def test_an_unknown_name_offers_the_nearest(services, quay, call):
    reply = await services.entities.show(call, name="Nadja Brant")

    assert reply.tone is Tone.WARNING
    assert (await choose(services, call, reply, "Nadia Brandt")).title == "Nadia Brandt"


async def test_where_nothing_is_stored_an_unknown_name_says_so(services, call):
    reply = await services.entities.show(call, name="Nadia Brandt")

    assert "Type part of a name to see who is known." in said(reply)
    assert (await services.entities.candidates(call)).title == "Nothing to decide"
    assert (await services.entities.decisions(call)).title == "No decisions"


async def test_articles_that_are_still_read_for_names_are_told_to_those_who_see_them(services, storage, quay, call):
    audience = next(iter(call.scope.audiences or {1}))
    upload = NewUpload(b"later", "later.txt", ALICE, audience, audience, new_id(call.now), 0, call.now)
    later = NewExtraction("verbatim", 1, "txt", "Nobody read this.", (Article("Nobody read this."),), ((Span(0, 17),),))
    await storage.add(call.scope, upload, later)
    hidden = replace(call, scope=Scope(call.scope.desk_id, ALICE, frozenset({10**15})))

    shown = await services.entities.show(call, name="Yusuf Khalidi")
    unknown = await services.entities.show(call, name="Qqq Zzz")
    wording = await services.wordings.wording(call, entity="Yusuf Khalidi")
    elsewhere = await services.entities.show(hidden, name="Qqq Zzz")

    for reply in (shown, unknown, wording):
        assert "1 article is still being read for names." in said(reply)
    assert "still being read" not in said(elsewhere)


async def test_a_name_of_several_asks_which(services, storage, quay, call):
    more = ("Yusuf Khalidi spoke first.", "Then Khalidi left the room, and nobody in Almar knew where to.")
    await store(storage, call, more, source="Post", day=(6, 2), full={"Khalidi": "Yusuf Khalidi"})

    asked = await services.entities.show(call, name="Khalidi")

    assert asked.title == "Who is “Khalidi”?"
    assert list(choices(asked)) == ["Yusuf Khalidi", "Khalidi"]
    assert (await choose(services, call, asked, "Khalidi")).title == "Khalidi"
    merged = await services.perform(
        call, choices(await services.entities.merge(call, name="Khalidi", other="Almar"))["Khalidi"]
    )
    assert merged.title == "Two kinds of things"


async def test_pairs_that_may_be_the_same_wait_with_evidence_and_passages(services, quay, call):
    listed = await services.entities.candidates(call)

    assert "one is the other's surname" in said(listed)
    assert {CLOSED[0], LONE[0]} & {quote.text for quote in quotes(listed)}
    await press(services, call, listed, "1: The same")
    assert (await services.entities.candidates(call)).title == "Nothing to decide"
    assert (await services.entities.candidates(call, name="Almar")).title == "Nothing to decide"


async def test_words_that_a_headline_has_in_somebodys_place_are_told_unconfirmed(services, storage, quay, call):
    later = ("Yusuf Khalidi was seen on the ferry, and on the ferry nobody was surprised.",)
    titles = {"title": "Khalidi denies ferry plan again", "again": "Chalk Tyrant denies ferry plan again"}
    await store(storage, call, later, source="Sea Digest", day=(7, 1), **titles)

    shown = await services.entities.show(call, name="Yusuf Khalidi")
    listed = await services.entities.candidates(call, name="Yusuf Khalidi")

    told = (
        "Chalk Tyrant · in the place of “Yusuf Khalidi” in 1 rewritten headline: "
        "“Chalk Tyrant denies ferry plan again” over “Khalidi denies ferry plan again”"
    )
    assert told in said(shown)
    assert told in said(listed)
    assert told in said(await services.entities.candidates(call))


async def test_a_known_name_in_a_rewritten_headline_is_a_candidate_until_somebody_says_no(
    services, storage, quay, call
):
    later = ("Yusuf Khalidi met Nadia Brandt on the ferry, and on the ferry nobody was surprised.",)
    titles = {"title": "Khalidi denies ferry plan again", "again": "Inés Marlow denies ferry plan again"}
    await store(storage, call, later, source="Sea Digest", day=(7, 1), **titles)

    shown = await services.entities.show(call, name="Yusuf Khalidi")
    await services.entities.part(call, name="Yusuf Khalidi", other="Inés Marlow")
    after = await services.entities.show(call, name="Yusuf Khalidi")

    assert "Ines Marlow · 2 mentions · one stands in a rewritten headline where the other stood" in said(shown)
    assert "rewritten headline" not in said(after)


@pytest.mark.trust("moderator-decides-names")
async def test_decisions_are_kept_with_who_and_when_and_taken_back_from_the_list(services, quay, call):
    await services.entities.merge(call, name="Yusuf Khalidi", other="the Salt Fox")
    await services.entities.rename(call, name="Almar", to="Port Almar")

    listed = await services.entities.decisions(call)
    await choose(services, call, listed, "“Almar” is called “Port Almar”")
    after = await services.entities.decisions(call)

    assert "“Almar” is called “Port Almar” · by " in said(listed)
    assert "taken back 2026-03-04" in said(after)
    assert "“Almar” is called “Port Almar”" not in choices(after)
    about = await services.entities.decisions(call, name="the Salt Fox")
    assert "are the same" in said(about)
    assert "Port Almar" not in said(about)
    with pytest.raises(UnknownDecisionError):
        await choose(services, call, listed, "“Almar” is called “Port Almar”")


async def test_passages_come_a_page_at_a_time(services, storage, call):
    for day in range(1, 9):
        await store(storage, call, (f"Nadia Brandt counted {day} ships in Almar.",), source="Post", day=(6, day))

    first = await services.entities.passages(call, name="Nadia Brandt")
    second = await press(services, call, first, "More")

    assert "8 articles, the newest first · page 1 of 2" in said(first)
    assert [quote.text[21:22] for quote in (*quotes(first), *quotes(second))] == list("87654321")
    assert labels(second) == ["Back", "Who that is"]
    assert (await services.entities.passages(call, name="Nadia Brandt", page=9)).title == second.title


async def test_names_are_offered_under_every_spelling(services, quay, call):
    offered = await services.entities.suggest_name(call, "salt")

    assert [(one.label, one.value) for one in offered] == [
        ("the Salt Fox · person · 1 mention", "the Salt Fox (person)")
    ]
    assert not await services.entities.suggest_name(call, "nobody")


async def test_sources_stand_side_by_side_with_their_words(services, quay, call):
    reply = await services.wordings.wording(call, entity="Yusuf Khalidi")

    assert headings(reply)[:2] == ["County Wire", "Harbour Post"]
    assert "Names: Yusuf Khalidi 1" in said(reply)
    assert "Beside the name: “outspoken official” 1" in said(reply)
    assert "Beside the name: “Harbour master” 1" in said(reply)
    assert [quote.text for quote in quotes(reply)] == [REOPENED[0], CLOSED[0]]
    assert Bold("outspoken official") in quotes(reply)[0].words


async def test_rewritten_headlines_stand_beside_the_originals(services, quay, call):
    reply = await services.wordings.wording(call, entity="Yusuf Khalidi")

    assert "Original: Harbour master Yusuf Khalidi reopens quay" in said(reply)
    assert "Printed again as: Chalk tyrant Khalidi reopens quay" in said(reply)
    assert "Bold(text='Chalk tyrant')" in repr(reply.blocks)
    assert "Headlines" not in said(await services.wordings.wording(call, entity="Almar"))


async def test_headlines_that_name_it_come_first(services, storage, quay, call):
    later = ("Yusuf Khalidi was seen on the ferry, and on the ferry nobody was surprised.",)
    titles = {"title": "Ferry full again", "again": "Ferry of fools full again"}
    await store(storage, call, later, source="Sea Digest", day=(7, 1), **titles)

    reply = await services.wordings.wording(call, entity="Yusuf Khalidi")

    told = said(reply)
    assert told.index("Chalk tyrant Khalidi") < told.index("Ferry of fools")


async def test_wording_asks_back_like_the_others(services, quay, call):
    assert (await services.wordings.wording(call, entity="Nobody Inhere")).tone is Tone.WARNING
    reply = await services.wordings.wording(call, entity="Almar")
    assert (await press(services, call, reply, "Who that is")).title == "Almar"
    assert await services.wordings.suggest_entity(call, "almar")


async def test_who_is_named_under_a_summary_and_a_brief_is_a_choice_away(services, quay, call):
    summary = await services.summaries.summarise(call, article="Quay shut", sentences=1)
    brief = await services.briefs.brief(call, topic="quay")

    for reply in (summary, brief):
        [menu] = [menu for menu in reply.menus if menu.prompt == "Who is meant"]
        assert "Yusuf Khalidi" in [choice.label for choice in menu.choices]
        assert menu.private
        assert (await services.perform(call, menu.choices[0].request)).title == menu.choices[0].label


@pytest.mark.trust("member-hidden-traces")
async def test_nothing_out_of_sight_shows(services, storage, call):
    inside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN, HIDDEN})))
    outside = replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN})))
    await store(storage, inside, CLOSED, source="Harbour Post", day=(3, 4), audience=OPEN)
    await store(storage, inside, REOPENED, source="County Wire", day=(5, 9), audience=HIDDEN)
    await store(storage, inside, NICKNAMED, source="Sea Digest", day=(6, 1), audience=HIDDEN)
    manager = replace(inside, manager=True)
    await services.entities.merge(manager, name="Yusuf Khalidi", other="the Salt Fox")
    await services.entities.rename(manager, name="Nadia Brandt", to="Foxy")

    full = [
        await services.entities.show(inside, name="Yusuf Khalidi"),
        await services.wordings.wording(inside, entity="Foxy"),
    ]
    part = [
        await services.entities.show(outside, name="Yusuf Khalidi"),
        await services.wordings.wording(outside, entity="Yusuf Khalidi"),
        await services.entities.decisions(outside),
        await services.entities.candidates(outside),
        await services.entities.suggest_name(outside, ""),
    ]

    assert "Foxy" in repr(full)
    for word in ("Fox", "County Wire", "Brandt", "Sea Digest", "May 2024"):
        assert word in repr(full)
        assert word not in repr(part)


async def test_a_label_says_what_kind_it_is():
    assert read_label("Jordan (place)") == ("Jordan", LOC)
    assert read_label(" Jordan   (river) ") == ("Jordan (river)", None)


async def test_a_topic_is_made_of_the_full_spellings_within_what_a_search_takes():
    spelled = [Spelled(words, 1, ()) for words in ("Khalidi", 'Yusuf "K" Khalidi', "Y. Khalidi", "x y" * 200)]

    assert topic_of(spelled) == '"Yusuf K Khalidi" OR "Y. Khalidi"'
    assert topic_of(spelled[:1]) == '"Khalidi"'
    assert topic_of([]) == ""
