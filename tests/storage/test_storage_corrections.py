"""What people put right: it shows at once, can be taken back, outlives a new reading, and stays within its sight."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from corpus_makers import BUNDLE, HARBOUR, NOON, File, reading, scope, upload, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_corrections import NaiveFile, Story
from sqlalchemy import text as sql

from storage import open_storage
from storage.base import Drop, Edit, Merge, NewExtraction, Search, Split
from storage.errors import CorrectionError, UnknownArticleError, UnknownCorrectionError
from storage.query import parse
from storage.spelling import spell_article
from summariser.model import Article, DateKind, DateOrigin, DatePlace, Span

LATER = NOON + timedelta(days=1)
WEEKLY = File(
    "weekly.txt",
    (
        ("Ferry stops", ("The ferry to Lunn stopped.", "Ice lay in the strait.", "Kaja Brook waited.")),
        ("Bees return", ("Bees came back to Orrin hill.", "Hives had stood empty.")),
        ("Choir sings", ("The choir of Pell sang.", "Hundreds came.", "“More,” they called.", "It ended late.")),
    ),
)


async def _correct(storage, asking, article_id, correction, **changes):
    return await storage.correct(asking, article_id, correction, **{"made_by": 900, "now": LATER, **changes})


async def _titles(storage, asking):
    heads = (await storage.listed(asking, limit=99)).heads
    return [(await storage.article(asking, head.article_id)).article.title for head in heads]


async def _texts(storage, asking):
    heads = (await storage.listed(asking, limit=99)).heads
    return [(await storage.article(asking, head.article_id)).article.text for head in heads]


async def _quotes(storage, asking, article_id):
    article = (await storage.article(asking, article_id)).article
    return [span.cut(article.text) for span in await storage.sentences(asking, article_id)]


def _orphans(connection):
    """What refers to nothing; PostgreSQL lets nothing be so."""
    return [] if connection.dialect.name != "sqlite" else connection.execute(sql("PRAGMA foreign_key_check")).all()


async def _rows(storage, statement):
    return await storage._database.read(lambda c: [tuple(row) for row in c.execute(sql(statement))])


async def _everything(storage):
    """All that is stored of articles, whatever its sight."""
    return {
        table: await _rows(storage, f"SELECT * FROM {table} ORDER BY desk_id, article_id, {then}")
        for table, then in (("article", "ordinal"), ("sentence", "ordinal"), ("spelling", "words"))
    } | {"extraction": await _rows(storage, "SELECT extraction_id, articles, text FROM extraction ORDER BY 1")}


async def test_an_edit_shows_wherever_the_article_is_shown(storage):
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    day = datetime(2025, 5, 6, 7, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    changes = {
        "title": " Quay\nfees  ",
        "source": "Quay Post",
        "author": "Ada Lunn",
        "published": day,
        "language": "EN",
    }

    done = await _correct(storage, scope(1), added.article_ids[0], Edit(changes))

    assert done.article_ids == added.article_ids
    article = (await storage.article(scope(1), added.article_ids[0])).article
    assert (article.title, article.source, article.author, article.language) == (
        "Quay fees",
        "Quay Post",
        "Ada Lunn",
        "en",
    )
    assert (article.published, article.published_kind, article.published_words) == (day, DateKind.CORRECTED, None)
    assert [head.title for head in await storage.suggest(scope(1), "quay post")] == ["Quay fees"]
    assert await storage.sources(scope(1), "") == ("Quay Post",)
    for query, options, total in (
        ("quay", {}, 1),
        ("rise", {}, 0),
        ("port", {"sources": ("Quay Post",)}, 1),
        ("port", {"sources": ("Vell Courier",)}, 0),
        ("port", {"since": day, "until": day + timedelta(days=1)}, 1),
        ("port", {"until": day}, 0),
    ):
        assert (await storage.search(scope(1), Search(parse(query), **options))).total == total


async def test_an_edit_takes_out_what_is_none_or_blank(storage):
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

    await _correct(
        storage, scope(1), added.article_ids[0], Edit({"title": " \x00 ", "source": None, "published": None})
    )

    article = (await storage.article(scope(1), added.article_ids[0])).article
    assert (article.title, article.source, article.published, article.published_kind) == (None, None, None, None)
    assert await storage.sources(scope(1), "") == ()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "Name what is to be changed"),
        ({"text": "Other words."}, "Name what is to be changed"),
        ({"title": "x" * 501}, "501 characters long"),
        ({"published": datetime(2025, 1, 1)}, "time zone"),  # noqa: DTZ001  what is refused
        ({"published": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))}, "beyond the calendar"),
        ({"published": "yesterday"}, "time zone"),
        ({"language": "english"}, "no language code"),
        ({"source": 4}, "has to be words"),
    ],
)
async def test_an_edit_that_cannot_be_is_refused_whole(storage, changes, why):
    added = await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))
    before = await _everything(storage)

    with pytest.raises(CorrectionError, match=why):
        await _correct(storage, scope(1), added.article_ids[0], Edit(changes))

    assert await _everything(storage) == before
    assert await storage.corrections(scope(1), added.article_ids[0]) == ()


async def test_a_split_makes_two_articles_that_are_found_each_by_its_words(storage):
    added = await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))
    ferry, bees, choir = added.article_ids

    done = await _correct(storage, scope(1), ferry, Split(27, "Waiting"))

    assert done.article_ids[0] == ferry
    waiting = await storage.article(scope(1), done.article_ids[1])
    assert waiting.article.text == "Ice lay in the strait. Kaja Brook waited."
    assert (waiting.article.title, waiting.article.source, waiting.ordinal, waiting.siblings) == (
        "Waiting",
        "Vell Courier",
        1,
        4,
    )
    assert await _quotes(storage, scope(1), waiting.article_id) == ["Ice lay in the strait.", "Kaja Brook waited."]
    assert await _quotes(storage, scope(1), ferry) == ["The ferry to Lunn stopped."]
    heads = (await storage.listed(scope(1))).heads
    assert [head.article_id for head in heads] == [ferry, waiting.article_id, bees, choir]
    found = (await storage.search(scope(1), Search(parse("strait")))).heads
    assert [head.article_id for head in found] == [waiting.article_id]
    assert await storage.count(scope(1)) == 4


async def test_a_split_leaves_out_the_title_that_stands_between(storage):
    text = "First ends.\n\nNEWS FROM PELL\n\nSecond begins."
    read = NewExtraction("verbatim", 1, "txt", text, (Article(text),), ((Span(0, 11), Span(29, 43)),))
    added = await storage.add(scope(1), upload(HARBOUR), read)

    done = await _correct(storage, scope(1), added.article_ids[0], Split(11, "News from Pell", 29))

    assert await _texts(storage, scope(1)) == ["First ends.", "Second begins."]
    assert await _quotes(storage, scope(1), done.article_ids[1]) == ["Second begins."]


@pytest.mark.parametrize(
    ("split", "why"),
    [
        (Split(0), "words on both sides"),
        (Split(67), "words on both sides"),
        (Split(68), "words on both sides"),
        (Split(69), "does not reach"),
        (Split(-3), "does not reach"),
        (Split(30, None, 20), "does not reach"),
        (Split(10), "cut a sentence: “The ferry to Lunn stopped.”"),
        (Split(26, None, 30), "cut a sentence: “Ice lay in the strait.”"),
        (Split(26, "x" * 501), "501 characters long"),
    ],
)
async def test_a_split_that_cannot_be_says_what_to_try(storage, split, why):
    added = await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))
    before = await _everything(storage)

    with pytest.raises(CorrectionError, match=why):
        await _correct(storage, scope(1), added.article_ids[0], split)

    assert await _everything(storage) == before


async def test_a_merge_joins_an_article_and_the_next_with_what_stands_between(storage):
    added = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
    frost, tram = added.article_ids

    done = await _correct(storage, scope(1), frost, Merge())

    assert done.article_ids == (frost,)
    stored = await storage.article(scope(1), frost)
    assert stored.article.text == BUNDLE.text
    assert (stored.article.title, stored.siblings) == ("Orchard frost", 1)
    assert await storage.article(scope(1), tram) == stored
    assert await storage.sentences(scope(1), tram) == await storage.sentences(scope(1), frost)
    assert len(await storage.origins(scope(1), tram)) == 1
    assert await _quotes(storage, scope(1), frost) == [one for _, parts in BUNDLE.stories for one in parts]


async def test_the_last_article_has_none_to_merge_with(storage):
    added = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))

    with pytest.raises(CorrectionError, match="last article"):
        await _correct(storage, scope(1), added.article_ids[1], Merge())


async def test_what_was_taken_out_does_not_come_back_by_a_merge(storage):
    ferry, bees, _ = (await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))).article_ids
    await _correct(storage, scope(1), bees, Drop())

    with pytest.raises(CorrectionError, match="taken out"):
        await _correct(storage, scope(1), ferry, Merge())


async def test_a_dropped_article_is_nowhere_until_it_is_brought_back_under_its_id(storage):
    added = await storage.add(scope(1), upload(BUNDLE), reading(BUNDLE))
    before = await _everything(storage)
    tram = added.article_ids[1]

    done = await _correct(storage, scope(1), tram, Drop())

    assert done.article_ids == ()
    assert await _titles(storage, scope(1)) == ["Orchard frost"]
    assert await storage.count(scope(1)) == 1
    assert (await storage.search(scope(1), Search(parse("riders")))).total == 0
    for asking in (storage.article, storage.sentences, storage.origins, storage.corrections, storage.original):
        with pytest.raises(UnknownArticleError):
            await asking(scope(1), tram)
    with pytest.raises(UnknownArticleError):
        await storage.passage(scope(1), tram, Span(0, 5))
    back = await storage.withdraw(scope(1), done.correction_id, now=LATER)
    assert back.article_ids == (tram,)
    assert await _everything(storage) == before
    with pytest.raises(CorrectionError, match="only article"):
        await _correct(
            storage, scope(1), (await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))).article_ids[0], Drop()
        )


async def test_a_withdrawn_correction_leaves_the_later_ones_standing(storage):
    (ferry, *_) = (await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))).article_ids
    first = await _correct(storage, scope(1), ferry, Split(26, "Ice"))
    second = await _correct(storage, scope(1), first.article_ids[1], Split(22, "Kaja"))
    await _correct(storage, scope(1), ferry, Edit({"title": "Ferry"}))

    done = await storage.withdraw(scope(1), first.correction_id, now=LATER)

    assert done.article_ids == (ferry,)
    assert (await _titles(storage, scope(1)))[:2] == ["Ferry", "Kaja"]
    assert (await _texts(storage, scope(1)))[:2] == [
        "The ferry to Lunn stopped. Ice lay in the strait.",
        "Kaja Brook waited.",
    ]
    assert (await storage.article(scope(1), first.article_ids[1])).article_id == ferry
    kept = await storage.corrections(scope(1), ferry)
    assert [one.withdrawn for one in kept] == [False, False, True]
    assert [one.correction_id for one in kept][1] == second.correction_id
    with pytest.raises(UnknownCorrectionError):
        await storage.withdraw(scope(1), first.correction_id, now=LATER)


async def test_corrections_come_back_as_they_were_made(storage):
    ferry, bees, choir = (await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))).article_ids
    zoned = datetime(2025, 10, 26, 2, 30, 0, 123456, tzinfo=ZoneInfo("Europe/Oslo"), fold=1)
    made = [
        (ferry, Edit({"title": None, "published": zoned, "author": "Ines “T” \N{TRAM}"})),
        (bees, Split(29, None)),
        (bees, Merge()),
        (choir, Drop()),
        (ferry, Edit({"published": None})),
    ]

    for number, (article_id, correction) in enumerate(made):
        await _correct(storage, scope(1), article_id, correction, made_by=number, now=LATER)

    kept = await storage.corrections(scope(1), bees)
    made[0] = (ferry, Edit({**made[0][1].changes, "published": zoned.replace(tzinfo=timezone(timedelta(hours=1)))}))
    assert [(one.article_id, one.correction) for one in reversed(kept)] == made
    assert [one.made_by for one in kept] == [4, 3, 2, 1, 0]
    assert {one.made_at for one in kept} == {LATER}
    assert kept[-1].correction.changes["published"].utcoffset() == timedelta(hours=1)


async def test_a_citation_finds_its_words_after_splits_merges_and_their_undoing(storage):
    ferry, bees, _ = (await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))).article_ids

    async def shown(article_id, span):
        stored, found = await storage.passage(scope(1), article_id, span)
        return stored.article_id, found.cut(stored.article.text)

    kaja = Span(50, 68)
    assert await shown(ferry, kaja) == (ferry, "Kaja Brook waited.")
    split = await _correct(storage, scope(1), ferry, Split(49))
    part = split.article_ids[1]
    assert await shown(ferry, kaja) == (part, "Kaja Brook waited.")
    assert await shown(part, Span(0, 4)) == (part, "Kaja")
    merged = await _correct(storage, scope(1), part, Merge())
    assert await shown(bees, Span(0, 4)) == (part, "Bees")
    await storage.withdraw(scope(1), split.correction_id, now=LATER)
    assert await shown(part, Span(0, 4)) == (ferry, "Kaja")
    assert await shown(bees, Span(0, 4)) == (ferry, "Bees")
    await storage.withdraw(scope(1), merged.correction_id, now=LATER)
    assert await shown(bees, Span(0, 4)) == (bees, "Bees")
    assert await shown(part, Span(0, 4)) == (ferry, "Kaja")
    with pytest.raises(UnknownArticleError):
        await storage.passage(scope(1), 12345, Span(0, 1))
    with pytest.raises(UnknownArticleError):
        await storage.passage(scope(2), ferry, kaja)


async def test_corrections_outlive_a_better_reading(storage):
    ferry, bees, choir = (await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))).article_ids
    await _correct(storage, scope(1), ferry, Edit({"title": "No ferry", "published": NOON}))
    split = await _correct(storage, scope(1), choir, Split(38, "Calls"))
    await _correct(storage, scope(1), split.article_ids[1], Edit({"author": "Ola Pell"}))
    await _correct(storage, scope(1), bees, Drop())
    was = [
        (await storage.article(scope(1), head.article_id)).article for head in (await storage.listed(scope(1))).heads
    ]
    # A mast is in front now, and what was one paragraph are two.
    text = "THE WEEKLY\n\n" + WEEKLY.text.replace(" Ice lay", "\n\nIce lay")
    starts = [text.index(parts[0]) for _, parts in WEEKLY.stories]
    ends = [text.index(parts[-1]) + len(parts[-1]) for _, parts in WEEKLY.stories]
    old = reading(WEEKLY)
    read = replace(
        old,
        parser_version=2,
        text=text,
        articles=tuple(
            replace(one, text=text[start:end], start=start)
            for one, start, end in zip(old.articles, starts, ends, strict=True)
        ),
        sentences=tuple(
            tuple(Span(text.index(part) - start, text.index(part) - start + len(part)) for part in parts)
            for start, (_, parts) in zip(starts, WEEKLY.stories, strict=True)
        ),
    )

    new = await storage.add(scope(1), upload(WEEKLY), read)

    heads = (await storage.listed(scope(1))).heads
    now = [(await storage.article(scope(1), head.article_id)).article for head in heads]
    assert new.article_ids == tuple(head.article_id for head in heads)
    assert [one.title for one in now] == [one.title for one in was] == ["No ferry", "Choir sings", "Calls"]
    assert [one.author for one in now] == [None, None, "Ola Pell"]
    assert [one.published for one in now] == [NOON, None, None]
    assert [one.text.split() for one in now] == [one.text.split() for one in was]
    assert await _quotes(storage, scope(1), new.article_ids[2]) == ["“More,” they called.", "It ended late."]
    assert (await storage.article(scope(1), choir)).article.text == was[1].text
    kept = await storage.corrections(scope(1), new.article_ids[0])
    assert [one.article_id for one in kept][-1] == new.article_ids[0]
    await storage.withdraw(scope(1), kept[0].correction_id, now=LATER)
    assert await storage.count(scope(1)) == 4
    with pytest.raises(CorrectionError, match="earlier reading"):
        await _correct(storage, scope(1), choir, Edit({"title": "Old"}))


async def test_a_correction_that_a_better_reading_has_no_place_for_is_left_out(storage):
    ferry, bees, _ = (await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))).article_ids
    lost = await _correct(storage, scope(1), bees, Edit({"title": "Hives"}))
    merge = await _correct(storage, scope(1), ferry, Merge())
    read = replace(reading(HARBOUR), parser_version=2)

    new = await storage.add(scope(1), upload(WEEKLY), read)

    assert [one.title for one in [(await storage.article(scope(1), new.article_ids[0])).article]] == [
        "Harbour dues rise"
    ]
    kept = await storage.corrections(scope(1), new.article_ids[0])
    assert [(one.correction_id, one.withdrawn) for one in kept] == [
        (merge.correction_id, False),
        (lost.correction_id, False),
    ]
    assert (await storage.withdraw(scope(1), lost.correction_id, now=LATER)).article_ids == ()


_WORDS = st.sampled_from(["Ice", "Harbour watch", None])
_STEP = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, 9), _WORDS),
    st.tuples(st.just("split"), st.integers(0, 9), _WORDS, st.integers(1, 8)),
    st.tuples(st.just("merge"), st.integers(0, 9)),
    st.tuples(st.just("drop"), st.integers(0, 9)),
    st.tuples(st.just("withdraw"), st.integers(0, 9)),
)


class _Desk:
    """A file in a storage, and the same in a plain list, corrected side by side."""

    def __init__(self, storage, ids, article_ids):
        self.storage = storage
        self.numbers = {}
        first = 0
        stories = []
        for article_id, (title, parts) in zip(article_ids, WEEKLY.stories, strict=True):
            stories.append(Story(str(article_id), title, "Vell Courier", first, first + len(parts) - 1))
            first += len(parts)
        self.naive = NaiveFile(stories)
        self.corrections = ids
        self.names = {str(article_id): article_id for article_id in article_ids}

    async def do(self, what, number, *values):
        if what == "withdraw":
            await self._withdraw(number)
            return
        stories = self.naive.now()
        place = number % len(stories)
        story, article_id = stories[place], self.names[stories[place].name]
        following = stories[place + 1] if place + 1 < len(stories) else None
        match what:
            case "edit":
                made, correction = (what, story.name, {"title": values[0]}), Edit({"title": values[0]})
            case "drop":
                made, correction = (what, story.name, None), Drop()
            case "merge":
                made = (what, (story.last, following.first), None) if following else None
                correction = Merge()
            case "split":
                title, cut = values
                made = (what, story.first + cut, title)
                last = PARTS[min(story.first + cut - 1, story.last)]
                text = (await self.storage.article(whole(), article_id)).article.text
                correction = Split(text.index(last) + len(last), title)
        try:
            done = await _correct(self.storage, whole(), article_id, correction)
        except CorrectionError:
            assert self._cannot(what, story, following, stories, *values)
            return
        self.corrections.append(done.correction_id)
        self.naive.made.append(made)
        if what == "split":
            self.names[f"split {len(self.naive.made) - 1}"] = done.article_ids[1]

    def _cannot(self, what, story, following, stories, *values):
        """Tell whether the refusal was right."""
        match what:
            case "drop":
                return len(stories) == 1
            case "merge":
                return following is None or following.first != story.last + 1
            case "split":
                return story.first + values[1] > story.last

    async def _withdraw(self, number):
        if not self.corrections:
            return
        number %= len(self.corrections)
        if self.naive.made[number] is None:
            with pytest.raises(UnknownCorrectionError):
                await self.storage.withdraw(whole(), self.corrections[number], now=LATER)
            return
        await self.storage.withdraw(whole(), self.corrections[number], now=LATER)
        self.naive.made[number] = None

    async def compare(self):
        """Assert that the storage has come to what the list has, and that all that hangs on it agrees."""
        heads = (await self.storage.listed(whole(), limit=99)).heads
        stories = self.naive.now()
        assert [head.article_id for head in heads] == [self.names[story.name] for story in stories]
        end = -1
        for ordinal, (head, story) in enumerate(zip(heads, stories, strict=True)):
            stored = await self.storage.article(whole(), head.article_id)
            article = stored.article
            assert (article.title, article.source) == (story.title, story.source)
            assert (stored.ordinal, stored.siblings) == (ordinal, len(stories))
            assert WEEKLY.text[article.start : article.end] == article.text == article.text.strip()
            assert article.start > end
            end = article.end
            assert await _quotes(self.storage, whole(), head.article_id) == list(PARTS[story.first : story.last + 1])
            for part in PARTS[story.first : story.last + 1]:
                found = await self.storage.search(whole(), Search(parse(f'"{part}"')))
                assert [one.article_id for one in found.heads] == [head.article_id]
        await _hangs_together(self.storage)


PARTS = tuple(part for _, parts in WEEKLY.stories for part in parts)


async def _hangs_together(storage):
    """Assert what must hold of all rows, whatever was done."""
    articles = await _rows(
        storage,
        "SELECT a.article_id, a.extraction_id, a.title, a.republished_title,"
        ' substr(e.text, a.start + 1, a."end" - a.start)'
        " FROM article a JOIN extraction e USING (desk_id, extraction_id) ORDER BY a.article_id",
    )
    spellings = await _rows(storage, "SELECT article_id, words FROM spelling ORDER BY article_id")
    assert spellings == [(row[0], spell_article(row[4], row[2], row[3])) for row in articles]
    for extraction_id, count in await _rows(storage, "SELECT extraction_id, articles FROM extraction"):
        mine = f'SELECT start, "end" FROM article WHERE extraction_id = {extraction_id} ORDER BY ordinal'
        places = await _rows(storage, mine)
        assert len(places) == count
        assert all(one[1] <= other[0] for one, other in pairwise(places))
    lost = "SELECT * FROM sentence WHERE article_id NOT IN (SELECT article_id FROM article)"
    assert await _rows(storage, lost) == []
    assert await storage._database.write(_orphans) == []


@settings(max_examples=25)
@given(steps=st.lists(_STEP, max_size=12))
async def test_any_corrections_come_to_what_a_plain_list_says(steps):
    async with open_storage("sqlite+aiosqlite://") as storage:
        added = await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))
        before = await _everything(storage)
        desk = _Desk(storage, [], added.article_ids)

        for step in steps:
            await desk.do(*step)
        await desk.compare()
        for number in range(len(desk.corrections)):
            if desk.naive.made[number] is not None:
                await desk.do("withdraw", number)

        await desk.compare()
        assert await _everything(storage) == before


@settings(max_examples=15)
@given(steps=st.lists(_STEP, max_size=8))
async def test_any_corrections_are_made_again_on_a_new_reading_of_the_same_text(steps):
    async with open_storage("sqlite+aiosqlite://") as storage:
        added = await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY))
        desk = _Desk(storage, [], added.article_ids)
        for step in steps:
            if step[0] != "withdraw":
                await desk.do(*step)
        before = await _shown(storage, whole())

        new = await storage.add(scope(1), upload(WEEKLY), reading(WEEKLY, version=2))

        assert await _shown(storage, whole()) == before
        assert set(new.article_ids).isdisjoint(added.article_ids)
        await _hangs_together(storage)


async def _shown(storage, asking):
    """What is shown of all articles but their ids."""
    found = []
    for head in (await storage.listed(asking, limit=99)).heads:
        stored = await storage.article(asking, head.article_id)
        found.append((stored.article, await storage.sentences(asking, head.article_id)))
    return found


@pytest.mark.parametrize(("span", "stays"), [(Span(4, 8), True), (Span(40, 44), False)])
async def test_a_date_whose_words_a_split_gives_to_the_second_article_stands_nowhere(storage, span, stays):
    read = reading(HARBOUR)
    article = read.articles[0]
    place = DatePlace(DateOrigin.TEXT, span=span)
    dated = replace(
        article,
        published=NOON,
        published_kind=DateKind.DATELINE,
        published_words=span.cut(read.text),
        published_at=place,
    )
    added = await storage.add(scope(1), upload(HARBOUR), replace(read, articles=(dated,)))

    done = await _correct(storage, scope(1), added.article_ids[0], Split(read.sentences[0][0].end, "More"))

    first, second = [(await storage.article(scope(1), one)).article for one in done.article_ids]
    assert (first.published, first.published_at) == (NOON, place if stays else None)
    assert (second.published, second.published_at) == (None, None)


async def test_a_date_that_does_not_stand_where_it_says_is_not_kept(storage):
    read = reading(HARBOUR)
    wrong = replace(read.articles[0], published_words="4 May", published_at=DatePlace(DateOrigin.TEXT, span=Span(0, 5)))

    with pytest.raises(ValueError, match="does not stand where it says"):
        await storage.add(scope(1), upload(HARBOUR), replace(read, articles=(wrong,)))
