"""Copies of one article, found by what is stored of each; and places where another article may begin."""

from dataclasses import replace
from datetime import timedelta

import pytest
from corpus_makers import NOON, File, go_back, reading, scope, upload, whole

from storage import open_storage, pairing
from storage.base import Edit, Merge, Search, Split
from storage.query import parse
from summariser.model import Proposal
from summariser.text import sign

pytestmark = pytest.mark.asyncio(loop_scope="session")

LATER = NOON + timedelta(days=1)

SENTENCES = (
    "The weir at Brekka gave way before dawn on Sunday.",
    "Water stood knee-deep in the lower mill by seven.",
    "Nobody was hurt, said the miller's daughter, Solveig Aas.",
    "Two carts of oats were lost to the river.",
    "The parish will decide in June whether to build it anew.",
    "Its stones had been laid in the year of the great hail.",
)
OTHER = ("Lemons are dear in Porto Sella.", "A late wind took the blossom.", "Growers ask for lower dues.")


def weir(name, sentences=SENTENCES, **facts):
    return File(name, ((facts.get("title", "The weir breaks"), tuple(sentences)),))


def signed(file, source="Brekka Post", **changes):
    made = reading(file)
    articles = tuple(replace(article, source=source) for article in made.articles)
    return replace(made, articles=articles, signatures=tuple(sign(one.text) for one in articles), **changes)


async def add(storage, file, audience=1, *, desk=1, source="Brekka Post", **changes):
    added = await storage.add(
        scope(audience, desk=desk), upload(file, audience), signed(file, source=source, **changes)
    )
    return added.article_ids


async def near(storage, seen, article):
    found = await storage.alike(seen, [article])
    return [one.head.article_id for one in found.get(article, ())]


async def test_a_copy_with_sentences_left_out_is_of_the_same_story(storage):
    [first] = await add(storage, weir("one.txt"))
    [copy] = await add(storage, weir("two.txt", SENTENCES[:4]), source="Fjord Echo")
    await add(storage, weir("lemons.txt", OTHER, title="Lemons"))

    found = await storage.alike(scope(1), [first, copy])

    assert [(one.head.article_id, one.head.source) for one in found[first]] == [(copy, "Fjord Echo")]
    assert [one.head.article_id for one in found[copy]] == [first]
    assert found[copy][0].share == found[first][0].share == 1.0


async def test_only_what_is_in_sight_is_told_of(storage):
    [mine] = await add(storage, weir("one.txt"), 1)
    [theirs] = await add(storage, weir("two.txt", SENTENCES[:5]), 2)
    await add(storage, weir("three.txt", SENTENCES[1:]), 1, desk=2)

    assert await storage.alike(scope(1), [mine, theirs]) == {}
    assert await near(storage, scope(1, 2), mine) == [theirs]
    assert await near(storage, whole(), mine) == [theirs]


async def test_removed_copies_are_told_of_no_more(storage):
    [first] = await add(storage, weir("one.txt"))
    [copy] = await add(storage, weir("two.txt", SENTENCES[:4]))
    [origin] = await storage.origins(scope(1), copy)

    removal = await storage.trash(scope(1), [origin.upload_id], removed_by=900, now=LATER)
    gone = await near(storage, scope(1), first)
    await storage.restore(scope(1), removal.removal_id)
    back = await near(storage, scope(1), first)
    await storage.remove_uploads(scope(1), [origin.upload_id])
    rows = await storage._database.read(
        lambda c: c.exec_driver_sql("SELECT count(DISTINCT article_id) FROM signature_key").scalar_one()
    )

    assert (gone, back) == ([], [copy])
    assert rows == 1


async def test_an_article_cut_in_two_is_compared_again_once_it_is_signed(storage):
    [first] = await add(storage, weir("one.txt"))
    [copy] = await add(storage, weir("two.txt", (*SENTENCES, *OTHER)))
    cut = len(" ".join(SENTENCES))

    done = await storage.correct(scope(1), copy, Split(cut, "Lemons"), made_by=900, now=LATER)
    before = await near(storage, scope(1), first)
    waiting = await storage.unsigned()
    for one in waiting:
        await storage.sign(one, sign(one.text))

    assert before == []
    assert {one.article_id for one in waiting} == set(done.article_ids)
    assert await near(storage, scope(1), first) == [copy]
    assert await storage.unsigned() == ()


async def test_what_is_put_right_about_an_article_leaves_its_signature(storage):
    [first] = await add(storage, weir("one.txt"))
    [copy] = await add(storage, weir("two.txt", SENTENCES[:4]))

    await storage.correct(scope(1), copy, Edit({"title": "Anew"}), made_by=900, now=LATER)

    assert await near(storage, scope(1), first) == [copy]
    assert await storage.unsigned() == ()


async def test_a_copy_for_some_readers_takes_its_signatures_and_proposals_along(storage):
    file = weir("one.txt", (*SENTENCES, *OTHER))
    at = len(" ".join(SENTENCES))
    offered = (Proposal(0, at, at + 1),)
    await add(storage, file, 1, proposals=offered)
    await add(storage, file, 2, proposals=offered)
    [other] = await add(storage, weir("two.txt"), 1)
    [plain] = (await storage.alike(scope(1), [other]))[other]

    done = await storage.correct(scope(1), plain.head.article_id, Edit({"title": "Mine"}), made_by=900, now=LATER)

    assert await near(storage, scope(1), other) == list(done.article_ids)
    assert await storage.proposals(scope(1), done.article_ids) == {done.article_ids[0]: (Split(at, None, at + 1),)}
    assert await storage.proposals(scope(2), [plain.head.article_id]) != {}


async def test_a_signature_of_a_text_that_is_another_by_now_is_not_kept(storage):
    file = weir("one.txt", (*SENTENCES, *OTHER))
    await storage.add(scope(1), upload(file), reading(file))
    [one] = await storage.unsigned()

    cut = Split(len(" ".join(SENTENCES)))
    await storage.correct(scope(1), one.article_id, cut, made_by=900, now=LATER)
    await storage.sign(one, sign(one.text))

    assert len(await storage.unsigned()) == 2


async def test_a_search_shows_a_story_once_and_counts_both(storage):
    [first] = await add(storage, weir("one.txt"))
    [copy] = await add(storage, weir("two.txt", SENTENCES[:4]), source="Fjord Echo")
    [hidden] = await add(storage, weir("three.txt", SENTENCES[1:]), 2, source="Inland Mail")
    [lemons] = await add(storage, weir("lemons.txt", (*OTHER, "The weir at Brekka is far."), title="Lemons"))
    asked = Search(parse("weir"), newest=True, by_story=True)

    found = await storage.search(scope(1), asked)
    second = await storage.search(scope(1), asked, first=1, limit=1)
    apart = await storage.search(scope(1), replace(asked, by_story=False))
    everything = await storage.search(scope(1, 2), asked)

    assert [head.article_id for head in found.heads] == [lemons, copy]
    assert [[one.article_id for one in story] for story in found.also] == [[], [first]]
    assert (found.total, found.stories) == (3, 2)
    assert [head.article_id for head in second.heads] == [copy]
    assert (apart.total, apart.stories, len(apart.heads)) == (3, 3, 3)
    assert [[one.article_id for one in story] for story in everything.also] == [[], [copy, first]]
    assert everything.heads[1].article_id == hidden


async def test_a_proposal_goes_with_its_split_and_comes_back_with_its_undo(storage):
    file = File("two.txt", (("Both", (*SENTENCES[:2], "Lemons are dear", *OTHER)),))
    text = file.text
    at, body = text.index(" Lemons are dear "), text.index("Lemons are dear in")
    made = signed(file, proposals=(Proposal(0, at, body),))
    [article] = (await storage.add(scope(1), upload(file), made)).article_ids

    offered = await storage.proposals(scope(1), [article])
    [split] = offered[article]
    done = await storage.correct(scope(1), article, split, made_by=900, now=LATER)
    after = await storage.proposals(scope(1), done.article_ids)
    second = await storage.article(scope(1), done.article_ids[1])
    await storage.withdraw(scope(1), done.correction_id, now=LATER)

    assert split == Split(at, "Lemons are dear", body)
    assert after == {}
    assert (second.article.title, second.article.text) == ("Lemons are dear", " ".join(OTHER))
    assert await storage.proposals(scope(1), [article]) == offered
    assert await storage.proposals(scope(2), [article]) == {}


async def test_proposals_stay_where_they_are_when_articles_are_joined_or_cut_elsewhere(storage):
    file = File("two.txt", (("First", SENTENCES), ("Second", OTHER)))
    one, two = (len(" ".join(parts)) for parts in (SENTENCES[:2], OTHER[:1]))
    made = signed(file, proposals=(Proposal(0, one, one + 1), Proposal(1, two, two + 1)))
    first, second = (await storage.add(scope(1), upload(file), made)).article_ids

    await storage.correct(scope(1), first, Merge(), made_by=900, now=LATER)
    joined = (await storage.proposals(scope(1), [first]))[first]
    cut = len(" ".join(SENTENCES[:4]))
    done = await storage.correct(scope(1), first, Split(cut), made_by=900, now=LATER)
    apart = await storage.proposals(scope(1), done.article_ids)

    begun = len(" ".join(SENTENCES)) + 2
    assert joined == (Split(one, None, one + 1), Split(begun + two, None, begun + two + 1))
    assert {article: len(splits) for article, splits in apart.items()} == dict.fromkeys(done.article_ids, 1)
    assert second not in apart


async def test_articles_of_an_older_database_wait_to_be_signed(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'verbatim.db'}"
    async with open_storage(url) as storage:
        [article] = await add(storage, weir("one.txt"))
    go_back(tmp_path / "verbatim.db", "0005")

    async with open_storage(url) as storage:
        [one] = await storage.unsigned()
        await storage.sign(one, sign(one.text))
        [copy] = await add(storage, weir("two.txt", SENTENCES[:4]))

        assert one.article_id == article
        assert one.text == " ".join(SENTENCES)
        assert await near(storage, scope(1), copy) == [article]
        assert await storage.unsigned() == ()


async def test_stories_are_the_same_before_copies_are_paired_while_some_are_and_afterwards(storage):
    ids = [one for number in range(4) for one in await add(storage, weir(f"{number}.txt", SENTENCES[: 6 - number % 3]))]
    ids += await add(storage, weir("long.txt", (*SENTENCES, *OTHER)))
    asked = Search(parse("weir"), newest=True, by_story=True)

    def told(found):
        return [[one.article_id for one in (head, *also)] for head, also in zip(found.heads, found.also, strict=True)]

    before = told(await storage.search(scope(1), asked))
    first = await storage.pair_some(limit=2)
    meanwhile = told(await storage.search(scope(1), asked))
    while not await storage.pair_some():
        pass
    after = told(await storage.search(scope(1), asked))

    assert first is False
    assert before == meanwhile == after
    assert len(before) < len(ids)
    assert await _count_waiting(storage) == 0


async def test_what_is_not_paired_is_compared_however_much_of_it_waits(storage, monkeypatch):
    for number in range(3):
        await add(storage, weir(f"{number}.txt"))
    asked = Search(parse("weir"), by_story=True)

    few = await storage.search(scope(1), asked)
    monkeypatch.setattr(pairing, "_FEW", 2)
    many = await storage.search(scope(1), asked)

    assert await _count_waiting(storage) == 3
    assert (few.stories, few.total) == (1, 3)
    assert many == few


async def test_a_pair_goes_with_either_article_and_with_its_text(storage):
    [first] = await add(storage, weir("one.txt"))
    [copy] = await add(storage, weir("two.txt"), source="Fjord Echo")
    [cut] = await add(storage, weir("three.txt", (*SENTENCES, *OTHER)))
    await _pair_all(storage)
    paired = await _pairs(storage)

    await storage.correct(scope(1), cut, Split(len(" ".join(SENTENCES)), "Lemons"), made_by=900, now=LATER)
    parted = await _pairs(storage)
    await _sign_all(storage)
    await _pair_all(storage)
    anew = await _pairs(storage)
    [origin] = await storage.origins(scope(1), first)
    await storage.remove_uploads(scope(1), [origin.upload_id])

    assert paired == {(copy, first), (cut, first), (cut, copy)}
    assert parted == {(copy, first)}
    assert anew == paired
    assert await _pairs(storage) == {(cut, copy)}


async def test_a_copy_made_for_some_readers_is_paired_for_itself(storage):
    file = weir("one.txt")
    await add(storage, file, 1)
    await add(storage, file, 2)
    [other] = await add(storage, weir("two.txt"), 1)
    await _pair_all(storage)
    [plain] = (await storage.alike(scope(1), [other]))[other]

    done = await storage.correct(scope(1), plain.head.article_id, Edit({"title": "Mine"}), made_by=900, now=LATER)
    found = await storage.search(scope(1), Search(parse("weir"), by_story=True))

    assert await _count_waiting(storage) == 1
    assert found.stories == 1
    assert {one.article_id for one in (*found.heads, *found.also[0])} == {other, *done.article_ids}


@pytest.mark.parametrize("limit", ["_MOST_COMPARED", "_MOST_COPIES"])
async def test_of_too_many_copies_no_pairs_are_kept_and_they_are_one_story_all_the_same(storage, monkeypatch, limit):
    monkeypatch.setattr(pairing, limit, 2)
    for number in range(5):
        await add(storage, weir(f"{number}.txt", (*SENTENCES, f"Mill number {number} stands.")))
    await _pair_all(storage)

    found = await storage.search(scope(1), Search(parse("weir"), by_story=True))

    assert await _pairs(storage) == set()
    assert (found.stories, found.total) == (1, 5)


async def test_copies_out_of_sight_do_not_join_what_is_in_sight(storage):
    end = (*OTHER, SENTENCES[5])
    [first] = await add(storage, weir("one.txt", SENTENCES, title="Brekka"), 1)
    [between] = await add(storage, weir("two.txt", (*SENTENCES, *OTHER), title="Brekka"), 2)
    [last] = await add(storage, weir("three.txt", end, title="Brekka"), 1)
    await _pair_all(storage)

    found = await storage.search(scope(1), Search(parse("Brekka"), by_story=True))

    assert {(between, first), (last, between)} <= await _pairs(storage)
    assert sorted(head.article_id for head in found.heads) == [first, last]


async def _sign_all(storage):
    for one in await storage.unsigned():
        await storage.sign(one, sign(one.text))


async def _pair_all(storage):
    while not await storage.pair_some():
        pass


async def _pairs(storage):
    rows = await storage._database.read(lambda c: c.exec_driver_sql("SELECT article_id, other_id FROM twin").all())
    return {tuple(row) for row in rows}


async def _count_waiting(storage):
    return await storage._database.read(
        lambda c: c.exec_driver_sql("SELECT count(*) FROM signature WHERE paired = 0").scalar_one()
    )
