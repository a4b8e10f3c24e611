"""What a search finds, in which order, and that nothing out of sight shows in either."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from corpus_makers import BUNDLE, HARBOUR, MIRROR, NOON, File, go_back, reading, scope, upload, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import literal

from storage import open_storage, search
from storage.base import NewExtraction, Search
from storage.query import MOST_TERMS, parse
from storage.search import CANDIDATES
from storage.spelling import respell
from storage.tables import article
from summariser.model import Article


def story(text, title="Untitled", *, name=None):
    return File(name or f"{title} {text[:40]}.txt", ((title, (text,)),))


async def add(storage, file, audience=1, *, desk=1, **facts):
    """Add a file whose articles have these facts; return their ids."""
    read = reading(file)
    articles = tuple(
        Article(one.text, title=facts.get("title", one.title), start=one.start, **_without_title(facts))
        for one in read.articles
    )
    extraction = NewExtraction("verbatim", 1, "txt", read.text, articles, read.sentences)
    added = await storage.add(whole(desk), upload(file, audience), extraction)
    return added.article_ids


def _without_title(facts):
    return {name: value for name, value in facts.items() if name != "title"}


async def find(storage, typed, asking=None, *, first=0, limit=50, **filters):
    found = await storage.search(asking or whole(), Search(parse(typed), **filters), first=first, limit=limit)
    return [head.article_id for head in found.heads]


async def titles(storage, typed, asking=None, **filters):
    found = await storage.search(asking or whole(), Search(parse(typed), **filters), limit=50)
    return [head.title for head in found.heads]


async def test_an_article_is_found_by_words_of_its_text_and_of_its_headline(storage):
    await add(storage, BUNDLE)

    assert await titles(storage, "plums") == ["Orchard frost"]
    assert await titles(storage, "orchard plums") == ["Orchard frost"]
    assert await titles(storage, "aštar ASTAR") == ["Orchard frost"]
    assert await titles(storage, "plums tram") == []


async def test_no_phrase_runs_from_the_headline_into_the_text(storage):
    await add(storage, story("Dues will rise.", "Harbour"))

    assert await titles(storage, '"harbour dues"') == []
    assert await titles(storage, '"dues will"') == ["Harbour"]


async def test_arabic_is_found_with_and_without_points_and_article(storage):
    await add(storage, story("أُغْلِقَ الميناءُ يوم الأحد.", "ميناء"))

    for typed in ("الميناء", "ميناء", "اغلق", '"يوم الاحد"', "مينا*"):
        assert len(await find(storage, typed)) == 1, typed


async def test_characters_are_the_words_of_a_script_without_blanks(storage):
    await add(storage, story("東京ガスは値上げする。", "Tokyo"))

    assert await titles(storage, "東京") == ["Tokyo"]
    assert await titles(storage, "京東") == []


async def test_the_article_that_speaks_of_it_most_is_the_first(storage):
    await add(storage, story("The harbour was named once. " + "Other things were said there. " * 9, "Once"))
    await add(storage, story("Harbour, harbour, harbour and harbour dues.", "Often"))
    await add(storage, story("Nothing else is said here of it.", "The harbour"))

    assert (await titles(storage, "harbour"))[0] == "Often"
    assert (await titles(storage, "harbour"))[-1] == "Once"


async def test_a_rare_word_weighs_more_than_a_common_one(storage):
    for number in range(8):
        await add(storage, story(f"The ferry left again, ferry number {number}, said the ferry office.", f"F{number}"))
    await add(storage, story("One ferry met an iceberg.", "Ice"))

    assert (await titles(storage, "ferry OR iceberg"))[0] == "Ice"


async def test_the_newest_come_first_when_asked_by_the_date_that_they_print(storage):
    for days in (3, 1, 2):
        await add(storage, story("Harbour dues rose.", f"D{days}"), published=NOON - timedelta(days=days))
    await add(storage, story("Harbour dues rose.", "No date"))

    assert await titles(storage, "harbour", newest=True) == ["No date", "D1", "D2", "D3"]


async def test_days_and_sources_limit_what_is_found(storage):
    for day, source in ((1, "Vell Courier"), (2, "Oru Gazette"), (3, "Vell Courier")):
        published = datetime(2024, 3, day, 8, tzinfo=UTC)
        await add(storage, story("Harbour dues rose.", f"D{day}"), published=published, source=source)
    await add(storage, story("Harbour dues rose.", "No date"), source="Vell Courier")

    second = datetime(2024, 3, 2, tzinfo=UTC)

    assert set(await titles(storage, "dues", since=second)) == {"D2", "D3"}
    assert await titles(storage, "dues", until=second) == ["D1"]
    assert await titles(storage, "dues", sources=("Oru Gazette",)) == ["D2"]
    assert await titles(storage, "dues", since=second, sources=("Vell Courier",)) == ["D3"]
    assert await titles(storage, "dues", sources=()) == []
    found = await storage.search(whole(), Search(parse("dues"), since=second))
    assert (found.total, found.undated) == (2, 1)


async def test_pages_together_show_each_hit_once(storage):
    for number in range(7):
        await add(storage, story("Harbour dues rose.", f"T{number}"))

    pages = [await find(storage, "dues", first=first, limit=3) for first in (0, 3, 6, 9)]

    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert len({one for page in pages for one in page}) == 7


async def test_of_more_hits_than_are_ranked_it_is_said_that_there_are_more(storage, monkeypatch):
    monkeypatch.setattr(search, "CANDIDATES", 3)
    for number in range(4):
        await add(storage, story("Harbour dues rose.", f"T{number}"))

    found = await storage.search(whole(), Search(parse("dues")), limit=50)

    assert (found.total, found.more) == (3, True)
    assert {head.title for head in found.heads} == {"T1", "T2", "T3"}
    assert CANDIDATES == 500


async def test_a_removed_article_is_found_no_more(storage):
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    other = await storage.add(scope(1), upload(HARBOUR, 2), None)

    await storage.remove_uploads(scope(1), [added.upload_id])
    assert await find(storage, "skippers", scope(1)) == []
    assert await find(storage, "skippers", scope(2)) == list(added.article_ids)

    await storage.remove_uploads(scope(2), [other.upload_id])
    assert await find(storage, "skippers") == []
    assert await storage.nearby(whole(), "skipper") == ()


async def test_whatever_deletes_an_article_takes_it_out_of_the_index(storage):
    await add(storage, HARBOUR)
    await add(storage, HARBOUR, desk=2)

    await storage._database.write(lambda c: c.exec_driver_sql("DELETE FROM desk WHERE desk_id = 1"))

    assert await find(storage, "skippers") == []
    assert len(await find(storage, "skippers", whole(2))) == 1


@pytest.mark.parametrize("others", [0, 300])
@pytest.mark.trust("thief-removed")
async def test_what_was_removed_is_not_left_in_the_file_either(path, others):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        for number in range(others):
            await add(storage, story(f"Quarrymen of {number} met the mayor about stones.", f"T{number}"))
        added = await storage.add(whole(), upload(HARBOUR), reading(HARBOUR))
        assert _holds(path, "skippers")
        await storage.remove_uploads(whole(), [added.upload_id])
        while not await storage.purge_search():
            pass

    assert not _holds(path, "skippers")
    assert _holds(path, "quarrymen") is bool(others)


def _holds(path, word):
    """Tell whether a word's letters are in a file of the database; FTS5 may share its first ones with another word."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [Path(str(path) + ending) for ending in ("", "-wal") if Path(str(path) + ending).exists()]
    return any(word[3:].encode() in file.read_bytes() for file in files)


async def test_the_index_stays_whole(storage):
    for number in range(30):
        added = await storage.add(
            whole(), upload(story(f"Word{number} stays or goes.")), reading(story(f"W{number} x."))
        )
        if number % 3 == 0:
            await storage.remove_uploads(whole(), [added.upload_id])

    assert await storage.purge_search()
    assert await storage.check() == "ok"


async def test_a_better_reading_takes_the_place_of_an_older_one(storage):
    await storage.add(whole(), upload(HARBOUR), reading(HARBOUR))
    better = await storage.add(whole(), upload(HARBOUR), reading(HARBOUR, version=2))

    assert await find(storage, "skippers") == list(better.article_ids)


async def test_a_corrected_title_is_found_once_it_is_spelled_anew(storage):
    [article_id] = await add(storage, HARBOUR)

    def correct(connection):
        this = (article.c.desk_id == 1, article.c.article_id == article_id)
        connection.execute(article.update().where(*this).values(title="Moorings cost more"))
        respell(connection, 1, [article_id])

    await storage._database.write(correct)

    assert await find(storage, "moorings") == [article_id]
    assert await find(storage, "dues") == []


async def test_desks_do_not_meet_in_the_index(storage):
    await add(storage, HARBOUR, desk=1)
    await add(storage, MIRROR, desk=-1)
    await add(storage, MIRROR, desk=16)

    assert len(await find(storage, "letters", whole(-1))) == 1
    assert await find(storage, "letters", whole(1)) == []
    assert await find(storage, "letter*", whole(1)) == []
    assert await storage.nearby(whole(1), "leters") == ()
    assert await storage.nearby(whole(16), "leters") == ("letters",)


@pytest.mark.trust("other-server-names")
async def test_one_id_in_two_desks_is_two_articles(storage):
    [article_id] = await add(storage, HARBOUR, desk=1)
    [other] = await add(storage, story("Letters came late.", "Post"), desk=2)

    def move(connection):
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("DELETE FROM spelling WHERE desk_id = 2")
        connection.exec_driver_sql("DELETE FROM sentence WHERE desk_id = 2")
        connection.exec_driver_sql("DELETE FROM signature WHERE desk_id = 2")
        connection.exec_driver_sql("DELETE FROM unnamed WHERE desk_id = 2")
        connection.exec_driver_sql(f"UPDATE article SET article_id = {article_id} WHERE desk_id = 2")
        respell(connection, 2, [article_id])

    await storage._database.write(move)

    assert other != article_id
    assert await find(storage, "letters", whole(2)) == [article_id]
    assert await find(storage, "letters", whole(1)) == []
    await storage._database.write(lambda c: c.exec_driver_sql("DELETE FROM desk WHERE desk_id = 2"))
    assert await find(storage, "skippers", whole(1)) == [article_id]


async def test_sources_are_those_in_sight(storage):
    await add(storage, story("A.", "A"), 1, source="Vell Courier")
    await add(storage, story("B.", "B"), 1, source="Café Courier")
    await add(storage, story("C.", "C"), 2, source="Hidden Courier")
    await add(storage, story("D.", "D"), 1, desk=2, source="Far Courier")
    await add(storage, story("E.", "E"), 1)

    assert await storage.sources(scope(1), "") == ("Café Courier", "Vell Courier")
    assert await storage.sources(scope(1), "courier cafe") == ("Café Courier",)
    assert await storage.sources(scope(1), "hidden") == ()
    assert await storage.sources(whole(), "", limit=2) == ("Café Courier", "Hidden Courier")


async def test_words_spelled_alike_are_those_in_sight(storage):
    await add(storage, story("The harbour was full.", "A"), 1)
    await add(storage, story("The harbinger came.", "B"), 2)

    assert await storage.nearby(scope(1), "harbor") == ("harbour",)
    assert "harbinger" not in await storage.nearby(scope(1), "harbinge")
    assert await storage.nearby(scope(2), "harbinge") == ("harbinger",)


_TEXTS = st.lists(st.sampled_from(["harbour dues", "dues rose", "harbour", "the ferry", "the"]), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(
    seen=st.lists(_TEXTS, min_size=1, max_size=6),
    hidden=st.lists(st.tuples(_TEXTS, st.booleans()), max_size=6),
    typed=st.sampled_from(["harbour dues", "harbour OR ferry", "the dues", '"harbour dues"', "harb*", "dues -ferry"]),
    newest=st.booleans(),
)
async def test_what_is_out_of_sight_changes_neither_a_number_nor_the_order(seen, hidden, typed, newest):
    async with open_storage("sqlite+aiosqlite://") as alone, open_storage("sqlite+aiosqlite://") as crowded:
        for number, parts in enumerate(seen):
            for (text, elsewhere), place in zip(hidden, range(number, 99, len(seen)), strict=False):
                file = story(f"{' '.join(text)}.", "Hidden", name=f"h{number}-{place}")
                await add(crowded, file, 2, desk=2 if elsewhere else 1)
            for storage in (alone, crowded):
                await add(storage, story(f"{' '.join(parts)}.", f"T{number}", name=f"t{number}"), published=NOON)

        asked = Search(parse(typed), newest=newest)
        one, other = [await storage.search(scope(1), asked, limit=50) for storage in (alone, crowded)]

    assert [head.title for head in one.heads] == [head.title for head in other.heads]
    assert (one.total, one.more, one.undated) == (other.total, other.more, other.undated)


async def test_a_search_that_forgets_what_is_in_sight_is_found_out(storage, monkeypatch, make_anew):
    await add(storage, HARBOUR, 2)
    assert await find(storage, "skippers", scope(1)) == []

    monkeypatch.setattr(search, "in_sight", lambda *_: literal(True))
    make_anew()

    with pytest.raises(KeyError):
        await find(storage, "skippers", scope(1))


# A language of the test's own: words whose plurals are known, trees of them, and what a tree means for a list of words.
_PLURALS = [{"port", "ports"}, {"ferry", "ferries"}, {"box", "boxes"}]
_VOCABULARY = ["port", "ports", "ferry", "ferries", "box", "boxes", "vell", "portal", "not", "and"]
_WORD = st.sampled_from(_VOCABULARY)
_LEAF = st.one_of(
    st.tuples(st.just("word"), _WORD),
    st.tuples(st.just("phrase"), st.lists(_WORD, min_size=1, max_size=3)),
    st.tuples(st.just("beginning"), st.sampled_from(["por", "port", "ferr", "vell", "boxes"])),
)
_TREE = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.tuples(st.just("all"), st.lists(inner, min_size=1, max_size=3), st.lists(inner, max_size=2)),
        st.tuples(st.just("either"), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)


def _typed(tree):
    match tree:
        case ("word", word):
            return word
        case ("phrase", words):
            return '"' + " ".join(words) + '"'
        case ("beginning", letters):
            return letters + "*"
        case ("either", parts):
            return "(" + " OR ".join(map(_typed, parts)) + ")"
        case ("all", parts, none):
            return "(" + " ".join([*map(_typed, parts), *(f"-{_typed(each)}" for each in none)]) + ")"


def _fits(tree, words):
    match tree:
        case ("word", word):
            return any(other in words for other in next((group for group in _PLURALS if word in group), {word}))
        case ("phrase", wanted):
            return any(words[place : place + len(wanted)] == wanted for place in range(len(words)))
        case ("beginning", letters):
            return any(word.startswith(letters) for word in words)
        case ("either", parts):
            return any(_fits(part, words) for part in parts)
        case ("all", parts, none):
            return all(_fits(part, words) for part in parts) and not any(_fits(each, words) for each in none)


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.lists(_WORD, min_size=1, max_size=8), min_size=1, max_size=8),
    trees=st.lists(_TREE, min_size=1, max_size=6),
)
async def test_a_search_finds_what_a_plain_list_says(texts, trees):
    async with open_storage("sqlite+aiosqlite://") as storage:
        words = {}
        for number, said in enumerate(texts):
            [article_id] = await add(storage, File(f"{number}", (("", (" ".join(said),)),)), title=None)
            words[article_id] = said

        for tree in trees:
            assert set(await find(storage, _typed(tree))) == {one for one, said in words.items() if _fits(tree, said)}


@pytest.mark.parametrize(
    "typed",
    [
        "skippers' OR 1=1 --",
        '"; DROP TABLE article; --',
        "words : skippers",
        "NEAR(skippers monday)",
        "{words} : skippers",
        "skippers^ + 'x'",
        "skippers ' \" x",
        "posting MATCH skippers",
        "skippers\x00 x",
        "0000000000000001skippers",
        "¶ skippers",
    ],
)
@pytest.mark.trust("injection-queries")
async def test_nothing_typed_is_syntax_of_the_engine(storage, typed):
    await add(storage, HARBOUR)
    await add(storage, HARBOUR, desk=2)

    try:
        found = await find(storage, typed, whole(2))
    except ValueError as error:
        raise AssertionError(typed) from error
    except Exception as error:  # noqa: BLE001  whatever else it is, it has to be the one that says what to type
        assert type(error).__name__ == "QueryError"  # noqa: PT017
        return

    assert len(found) <= 1
    assert await storage.count(whole()) == 1


@settings(max_examples=60, deadline=None)
@given(typed=st.text(max_size=40) | st.text(alphabet="ab\"'()*^:+-{},NEAROTD \x00\n", max_size=30))
async def test_whatever_is_understood_can_be_searched(typed):
    async with open_storage("sqlite+aiosqlite://") as storage:
        try:
            query = parse(typed)
        except Exception as error:  # noqa: BLE001  as above
            assert type(error).__name__ == "QueryError"  # noqa: PT017
            return

        assert (await storage.search(whole(), Search(query))).total == 0


async def test_the_longest_query_can_be_searched(storage):
    await add(storage, HARBOUR)
    words = " ".join(f"word{number}" for number in range(MOST_TERMS - 1))

    assert await find(storage, f"({words.replace(' ', ' OR ')}) OR skippers") != []
    assert await find(storage, f"skippers -({words.replace(' ', ' OR ')})") != []


async def test_a_migration_makes_what_is_stored_searchable(path):
    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        await add(storage, BUNDLE)
        await add(storage, HARBOUR, desk=-5)
    go_back(path, "0001")

    async with open_storage(f"sqlite+aiosqlite:///{path}") as storage:
        assert await titles(storage, '"frost took" astar orchard') == ["Orchard frost"]
        assert len(await find(storage, "skippers", whole(-5))) == 1
        await storage._database.write(lambda c: c.exec_driver_sql("DELETE FROM article WHERE desk_id = 1"))
        assert await titles(storage, "frost") == []
