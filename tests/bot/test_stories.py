"""Copies of one article told as one story, and splits that reading proposes, made at the press of a button."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.calls import Incoming
from bot.services.errors import NotBroughtError, NotProposedError
from bot.services.replies import Bullets, Line, Quoted, Request
from bot.services.stories import MOST_PROPOSED, also_in, sign_some, to_split, told_proposals
from bot.services.wording import plain
from storage.base import ArticleHead, Scope, Split
from storage.errors import UnknownArticleError

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, OPEN, HIDDEN, ALICE, BOB = 900, 7, 8, 41, 42

KELP = (
    "Three families on Skarvoy cut their kelp twice this year, the first time that anyone has done so north of the "
    "strait. The boats went out before dawn, and by noon the drying racks along the slip were full. Buyers from the "
    "mainland paid a third more for the young blades."
)
LIBRARY = (
    "The town library keeps its reading room open on Sundays until Easter, after students handed in a petition with "
    "four hundred names. Volunteers look after the desk, lend out umbrellas and put the papers back, said its head, "
    "Wilma Ruys."
)
FIRST, SECOND = "Kelp farmers of Skarvoy try a second harvest", "Reading room stays open on Sundays"
BOTH = f"{FIRST}\n\n{KELP}\n\n{SECOND}\n\n{LIBRARY}\n"
ECHO = f"Skarvoy kelp cut twice\n\n{KELP.rpartition(' Buyers')[0]}\n"


@pytest.fixture
def alice(call):
    return replace(call, scope=Scope(GUILD, ALICE, frozenset({OPEN, GUILD})), channel_id=OPEN, audience_id=OPEN)


@pytest.fixture
def bring(services, tmp_path):
    """Add a text as a file; return the receipt."""
    numbers = iter(range(1, 1000))

    async def bring(call, text, name="sheet.txt"):
        number = next(numbers)
        path = tmp_path / f"{number}-{name}"
        path.write_text(text, encoding="utf-8")
        there = replace(call, origin_id=number, now=call.now + timedelta(minutes=number))
        return await services.corpus.add(there, file=Incoming(path.name, path.stat().st_size, number, path=path))

    return bring


def said(reply):
    """The reply's words, line by line."""
    lines = [reply.title]
    for block in reply.blocks:
        match block:
            case Line(words):
                lines.append(plain(words))
            case Bullets(items):
                lines += [f"- {plain(item)}" for item in items]
            case Quoted(number, text, about):
                lines += [f"[{number}] {text}", plain(about)]
    return "\n".join(lines)


def labels(reply):
    return [action.label for action in reply.actions]


async def press(services, call, reply, label):
    action = next(action for action in reply.actions if action.label == label)
    return await services.perform(call, action.request)


async def test_a_receipt_proposes_a_split_and_its_button_makes_it(services, bring, alice):
    receipt = await bring(alice, BOTH)

    split = await press(services, alice, receipt, f"Split at “{SECOND}”")
    again = await services.perform(alice, receipt.again)

    assert f"Another article may begin in “{FIRST}” at “{SECOND}”." in said(receipt)
    assert said(receipt).count("Another article") == 1
    assert split.title == f"Split in two: {FIRST}"
    assert labels(split) == ["Undo", "Edit the second"]
    assert SECOND in said(split)
    assert "Another article" not in said(again)
    assert labels(again) == ["Undo"]


async def test_a_split_that_was_made_is_not_made_again_until_it_is_taken_back(services, bring, alice):
    receipt = await bring(alice, BOTH)
    split = await press(services, alice, receipt, f"Split at “{SECOND}”")

    with pytest.raises(NotProposedError) as told:
        await press(services, alice, receipt, f"Split at “{SECOND}”")
    await press(services, alice, split, "Undo")
    once_more = await press(services, alice, receipt, f"Split at “{SECOND}”")

    assert "/article show" in str(told.value)
    assert once_more.title == split.title


async def test_others_than_who_brought_it_may_not_press_unless_they_manage(services, bring, alice):
    receipt = await bring(alice, BOTH)
    bob = replace(alice, scope=replace(alice.scope, asker_id=BOB))

    with pytest.raises(NotBroughtError):
        await press(services, bob, receipt, f"Split at “{SECOND}”")

    assert (await press(services, replace(bob, manager=True), receipt, f"Split at “{SECOND}”")).title


async def test_what_is_shown_of_an_article_proposes_its_splits_too(services, bring, alice):
    receipt = await bring(alice, BOTH)
    article = receipt.actions[0].request.options["article"]

    shown = await services.articles.show(alice, article=article)
    await press(services, alice, shown, f"Split at “{SECOND}”")
    after = await services.articles.show(alice, article=article)

    assert f"at “{SECOND}”" in said(shown)
    assert "Another article may" not in said(after)


async def test_more_places_than_fit_are_counted_and_found_with_the_article(call):
    head = ArticleHead(1, FIRST, None, None, call.now, "Opening")
    places = {1: tuple(Split(at, f"Heading {at}", at + 12) for at in range(10, 60, 10))}

    lines = [plain(block.words) for block in told_proposals([head], places)]

    assert len(list(to_split(places))) == MOST_PROPOSED
    assert len(lines) == MOST_PROPOSED + 1
    assert lines[-1] == "and in 2 places more: /article show offers them"


async def test_a_receipt_tells_of_which_article_one_is_a_repost(services, bring, alice):
    first = await bring(alice, f"{FIRST}\n\n{KELP}\n")

    again = await bring(alice, ECHO)
    same = await bring(alice, f"{FIRST}\n\n{KELP}\n\n")

    assert "repost" not in said(first)
    assert f"a repost of “{FIRST}” (no date printed), 100 % alike" in said(again)
    assert "already here" in said(same)
    assert "repost" not in said(same)
    assert "repost" not in said(await services.perform(alice, first.again))
    assert said(await services.perform(alice, again.again)) == said(again)


async def test_a_repost_of_what_is_out_of_sight_is_none(services, bring, alice):
    hidden = replace(alice, scope=replace(alice.scope, audiences=frozenset({HIDDEN})), audience_id=HIDDEN)
    await bring(hidden, f"{FIRST}\n\n{KELP}\n")

    receipt = await bring(alice, ECHO)

    assert "repost" not in said(receipt)


async def test_the_other_articles_of_a_story_are_shown_with_it(services, bring, alice):
    await bring(alice, f"{FIRST}\n\n{KELP}\n")
    await bring(alice, ECHO)

    shown = await services.articles.show(alice, article=FIRST)
    [menu] = [menu for menu in shown.menus if menu.prompt == "Another article of the same story"]
    opened = await services.perform(alice, menu.choices[0].request)

    assert "- Skarvoy kelp cut twice · no date printed · 100 % alike" in said(shown)
    assert opened.title == "Skarvoy kelp cut twice"


async def test_a_search_counts_articles_and_stories(services, bring, alice):
    await bring(alice, f"{FIRST}\n\n{KELP}\n")
    await bring(alice, ECHO)
    await bring(alice, f"{SECOND}\n\n{LIBRARY} Nobody in it eats kelp.\n")

    found = await services.search.search(alice, query="kelp")
    [menu] = [menu for menu in found.menus if menu.prompt == "Show another article of these stories"]
    alone = await services.search.search(alice, query="students")

    assert "3 articles in 2 stories" in said(found)
    assert "and 1 copy of it" in said(found)
    assert [block.number for block in found.blocks if isinstance(block, Quoted)] == [1, 2]
    assert len(menu.choices) == 1
    assert menu.choices[0].request.name == "articles.show"
    assert "1 article · best first" in said(alone)
    assert len(alone.menus) == 2


async def test_sources_that_carry_a_story_are_named_once(call):
    def head(source):
        return ArticleHead(1, "Title", source, None, call.now, "Opening")

    assert also_in(head("A"), [head("B"), head("B"), head("A"), head(None)]) == "also in: B"
    assert also_in(head("A"), [head(name) for name in "BCDEF"]) == "also in: B, C, D and 2 more"
    assert also_in(head("A"), [head("A")]) == "and 1 copy of it"
    assert also_in(head("A"), []) == ""


async def test_what_a_split_has_made_is_signed_in_the_background(services, storage, compute, bring, alice):
    receipt = await bring(alice, BOTH)
    await press(services, alice, receipt, f"Split at “{SECOND}”")

    first_time = await sign_some(storage, compute)
    again = await sign_some(storage, compute)
    echo = await bring(alice, ECHO)

    assert (first_time, again) == (False, True)
    assert f"a repost of “{FIRST}”" in said(echo)


@pytest.mark.parametrize(
    ("start", "error"), [(0, NotProposedError), (5, NotProposedError), (10**6, UnknownArticleError)]
)
async def test_a_place_that_was_never_proposed_is_refused(services, bring, alice, start, error):
    receipt = await bring(alice, BOTH)
    article = int(receipt.actions[0].request.options["article"])

    with pytest.raises(error):
        await services.perform(alice, Request("articles.split_off", {"article": article, "start": start}))
