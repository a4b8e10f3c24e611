"""Single articles: listed, shown, put right, shared; who may, and how each is taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.services.articles import PAGE
from bot.services.edits import LONGEST_TITLE
from bot.services.errors import (
    AmbiguousArticleError,
    DateError,
    FactTooLongError,
    NobodyToShareError,
    NoNextArticleError,
    NoSuchArticleError,
    NoSuchPlaceError,
    NotYoursError,
    SeveralPlacesError,
    UnknownLanguageError,
)
from bot.services.replies import Bullets, Code, Command, Excerpt, Form, Heading, Line, Moment, Request, Tone
from bot.services.wording import plain
from storage.base import NewExtraction, NewUpload, Scope
from storage.errors import CorrectionError, UnknownArticleError, UnknownCorrectionError, UnknownUploadError
from storage.ids import new_id
from summariser.model import Article, DateKind, DateOrigin, DatePlace, Note, NoteKind, Span
from summariser.text import LANGUAGES, split_sentences

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, OPEN, HIDDEN, ALICE, BOB = 900, 7, 8, 41, 42

LAMP = """The harbour lamp at Vell was lit again on Monday after two years of dark.

Skippers had asked for it in four letters. None of them was answered.

The lamp burns oil, as it did before."""
SEAL = """A grey seal slept on the slip at Oru for nine days.

Children brought it herring, which it did not touch."""
MILL = """The mill at Sorrel Ford reopened on Thursday.

Forty people work there now, said its owner, Ruta Balode."""
TWO = f"""{LAMP}

Seal asleep on the slip

{SEAL}"""


@pytest.fixture
def keep(storage, call):
    """Store a file without reading one: its articles as (text, facts), one below the other; return their ids."""
    numbers = iter(range(1, 1000))

    async def keep(*articles, by=ALICE, audience=OPEN, desk=GUILD, filename="harbour.txt", notes=(), **upload):
        text, kept, spans = "", [], []
        for words, facts in articles:
            text += "\n\n" * bool(text)
            kept.append(Article(words, **{"language": "en", **facts}, start=len(text)))
            spans.append(split_sentences(words))
            text += words
        number = next(numbers)
        at = call.now - timedelta(days=1) + timedelta(minutes=number)
        data = f"{number} {filename} {text}".encode()
        new = NewUpload(data, filename, by, audience, audience, new_id(at), number, at, **upload)
        read = NewExtraction("test", 1, "txt", text, tuple(kept), tuple(spans), notes=tuple(notes))
        return (await storage.add(Scope(desk, by, frozenset({audience})), new, read)).article_ids

    return keep


@pytest.fixture
def alice(call):
    """A member with a private answer."""
    return replace(
        call,
        scope=Scope(GUILD, ALICE, frozenset({OPEN, GUILD, ALICE})),
        channel_id=OPEN,
        audience_id=ALICE,
        guild_id=GUILD,
        private=True,
    )


@pytest.fixture
def bob(alice):
    """Somebody else, who reads the same channels."""
    return replace(alice, scope=Scope(GUILD, BOB, frozenset({OPEN, GUILD, BOB})), audience_id=BOB)


def said(reply):
    """All words of a reply, a line each."""
    lines = [reply.title]
    for block in reply.blocks:
        match block:
            case Line(words) | Heading(words):
                lines.append(plain(words))
            case Bullets(items):
                lines.extend(plain(item) for item in items)
            case Excerpt():
                lines.append(block.text)
    return "\n".join(lines)


def press(services, call, reply, label):
    [request] = [action.request for action in reply.actions if action.label == label]
    return services.perform(call, request)


def labels(reply):
    return [action.label for action in reply.actions]


async def facts_of(storage, call, article_id):
    return (await storage.article(call.scope, article_id)).article


class TestList:
    async def test_shows_the_newest_first_with_source_date_and_how_each_came(self, services, keep, alice):
        march = datetime(2024, 3, 5, tzinfo=UTC)
        await keep((LAMP, {"title": "Lamp lit", "source": "Vell Courier", "published": march}))
        await keep((MILL, {"title": "Mill open"}), filename="page.html", url="https://www.mill.example/news/open/")

        listed = await services.articles.list(alice)

        assert listed.title == "2 articles here"
        assert said(listed).splitlines()[1:] == [
            "newest first",
            "Mill open",
            "no date printed · mill.example/news/open,  · open",
            "Lamp lit",
            "Vell Courier · 5 March 2024 · harbour.txt, ",
        ]
        assert any(isinstance(part, Moment) and part.relative for part in listed.blocks[-1].words)

    async def test_the_menu_shows_each_article_to_the_one_who_chooses_alone(self, services, keep, alice):
        await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Seal asleep"}))

        listed = await services.articles.list(alice)

        assert listed.menus[0].private
        for choice in listed.menus[0].choices:
            assert (await services.perform(alice, choice.request)).title == choice.label

    async def test_pages_are_turned_and_know_where_they_are(self, services, keep, alice):
        for number in range(PAGE + 3):
            await keep((MILL, {"title": f"Mill {number}"}))

        first = await services.articles.list(alice)
        second = await press(services, alice, first, "More")

        assert "page 1 of 2" in said(first)
        assert "page 2 of 2" in said(second)
        assert [choice.label for choice in second.menus[0].choices] == ["Mill 2", "Mill 1", "Mill 0"]
        assert await press(services, alice, second, "Back") == first
        assert await services.articles.list(alice, page=99) == second == await services.perform(alice, second.again)

    async def test_mine_are_what_the_asker_brought(self, services, keep, alice, bob):
        await keep((LAMP, {"title": "Lamp lit"}))
        await keep((MILL, {"title": "Mill open"}), by=BOB)

        assert "Mill open" not in said(await services.articles.list(alice, mine=True))
        assert "1 article that you brought" in said(await services.articles.list(bob, mine=True))

    async def test_an_empty_desk_says_what_to_try(self, services, alice, call):
        private, public = (
            await services.articles.list(alice),
            await services.articles.list(replace(alice, private=False)),
        )

        assert Command("add") in private.blocks[0].words
        assert Code("private:True") in public.blocks[0].words
        assert Code("private:True") not in (await services.articles.list(call)).blocks[0].words

    async def test_nothing_out_of_sight_is_listed_or_counted(self, services, keep, alice):
        await keep((LAMP, {"title": "Lamp lit"}))
        before = await services.articles.list(alice)
        await keep((MILL, {"title": "Mill open"}), audience=HIDDEN)
        await keep((SEAL, {"title": "Seal asleep"}), desk=GUILD + 1)

        assert await services.articles.list(alice) == before


class TestShow:
    async def test_tells_what_is_printed_and_where_the_article_stands(self, services, keep, alice):
        when = datetime(2024, 3, 5, tzinfo=UTC)
        facts = {"title": "Lamp lit", "source": "Vell Courier", "author": "Odile Marr", "published": when}
        printed = {"published_kind": DateKind.DATELINE, "published_words": "5 Mar."}
        await keep((LAMP, facts | printed), (SEAL, {"title": "Seal asleep"}))

        shown = said(await services.articles.show(alice, article="Lamp lit"))

        assert "Source: Vell Courier\nAuthor: Odile Marr" in shown
        assert "Date: 5 March 2024 (from the dateline) · printed as “5 Mar.”" in shown
        assert "Language: English" in shown
        assert f"{len(LAMP)} characters in 3 paragraphs, article 1 of 2 in its file" in shown
        assert "harbour.txt" in shown

    @pytest.mark.parametrize(
        ("words", "place", "told"),
        [
            (
                "April 1, 2021 05:04 PM",
                DatePlace(DateOrigin.LINE, "Updated: April 1, 2021 05:04 PM", Span(9, 31)),
                "printed as “Updated: April 1, 2021 05:04 PM”",
            ),
            (
                "4 May 2020",
                DatePlace(DateOrigin.LINE, "Subject: Lamp\nDate: 4 May 2020", Span(20, 30)),
                "printed as “Date: 4 May 2020”",
            ),
            (
                "4 May 2020",
                DatePlace(DateOrigin.LINE, f"4 May 2020 {'-' * 100}", Span(0, 10)),
                "printed as “4 May 2020”",
            ),
            (
                "2021-04-01",
                DatePlace(DateOrigin.FIELD, "article:published_time"),
                "stated as “2021-04-01” in the field “article:published_time”",
            ),
            (
                "2021/04/01",
                DatePlace(DateOrigin.ADDRESS, "https://vell.example/2021/04/01", Span(21, 31)),
                "read in the address “https://vell.example/2021/04/01”",
            ),
        ],
    )
    async def test_a_date_says_where_it_was_read(self, services, keep, alice, words, place, told):
        facts = {"published": datetime(2021, 4, 1, tzinfo=UTC), "published_kind": DateKind.PUBLISHED}
        await keep((LAMP, {"title": "Lamp lit", "published_words": words, "published_at": place} | facts))

        shown = await services.articles.show(alice, article="Lamp lit")

        assert f"Date: 1 April 2021 · {told}\n" in said(shown)
        assert shown.menus == ()

    async def test_a_date_in_the_text_is_opened_where_it_stands(self, services, keep, alice):
        at = LAMP.index("Monday")
        place = DatePlace(DateOrigin.TEXT, span=Span(at, at + 6))
        facts = {"published": datetime(2024, 3, 5, tzinfo=UTC), "published_kind": DateKind.DATELINE}
        await keep((LAMP, {"title": "Lamp lit", "published_words": "Monday", "published_at": place} | facts))

        shown = await services.articles.show(alice, article="Lamp lit")
        (opens,) = shown.menus[0].choices
        passage = await services.perform(alice, opens.request)

        assert "5 March 2024 (from the dateline) · printed as “Monday” in the text [1]" in said(shown)
        assert opens.label == "[1] Monday"
        assert passage.blocks[1].text == "Monday"

    async def test_a_corrected_date_was_read_nowhere(self, services, keep, alice):
        place = DatePlace(DateOrigin.TEXT, span=Span(0, 3))
        facts = {"published": datetime(2024, 3, 5, tzinfo=UTC), "published_words": "The", "published_at": place}
        await keep((LAMP, {"title": "Lamp lit"} | facts))

        await services.articles.edit(alice, article="Lamp lit", date="2024-03-06")

        shown = await services.articles.show(alice, article="Lamp lit")
        assert "printed as" not in said(shown)
        assert all(choice.request.name != "corpus.passage" for menu in shown.menus for choice in menu.choices)

    async def test_an_hour_is_told_where_one_is_known(self, services, keep, alice):
        await keep((LAMP, {"title": "Lamp lit", "published": datetime(2024, 3, 5, 22, 30, tzinfo=UTC)}))

        assert "Date: 5 March 2024, 22:30 UTC" in said(await services.articles.show(alice, article="Lamp"))

    async def test_the_outline_numbers_paragraphs_and_lets_headlines_stand_out(self, services, keep, alice):
        await keep((TWO, {"title": "Lamp lit"}))

        outline = (await services.articles.show(alice, article="Lamp lit")).blocks[2].items

        assert plain(outline[0]).startswith("1. The harbour lamp at Vell")
        assert [plain(item) for item in outline if len(item) == 1] == ["4. Seal asleep on the slip"]
        assert len(outline) == 6

    async def test_a_long_outline_is_cut_and_says_so(self, services, keep, alice):
        await keep(("\n\n".join(f"Paragraph {n} ends here." for n in range(30)), {"title": "Long"}))

        outline = (await services.articles.show(alice, article="Long")).blocks[2].items

        assert len(outline) == 12
        assert plain(outline[-1]) == "… and 19 paragraphs more"

    async def test_what_reading_left_out_is_told_and_a_button_shows_each_line(self, services, keep, alice):
        notes = (
            Note(NoteKind.DROPPED, "share-bar", text="Share this"),
            Note(NoteKind.GUESSED, "source", "By it.", "V"),
        )
        await keep((LAMP, {"title": "Lamp lit"}), notes=notes)

        shown = await services.articles.show(alice, article="Lamp lit")
        whole = await press(services, alice, shown, "Left out")

        assert "Left out: 1 share bar" in said(shown)
        assert "share bar: Share this" in said(whole)

    async def test_the_others_of_its_file_are_in_a_menu_in_their_order(self, services, keep, alice):
        await keep(*((words, {"title": title}) for words, title in ((LAMP, "Lamp"), (SEAL, "Seal"), (MILL, "Mill"))))

        menu = (await services.articles.show(alice, article="Seal")).menus[0]

        assert [choice.label for choice in menu.choices] == ["1. Lamp", "3. Mill"]

    async def test_what_can_be_done_is_offered_to_those_who_may(self, services, keep, alice, bob):
        await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Seal asleep"}))
        doing = {"Edit", "Split", "Merge with next", "Share", "Remove"}

        for person, offered in ((alice, doing), (bob, set()), (replace(bob, manager=True), doing)):
            shown = await services.articles.show(person, article="Lamp lit")
            assert set(labels(shown)) & doing == offered
        # All see a public answer, and the click decides.
        assert doing <= set(labels(await services.articles.show(replace(bob, private=False), article="Lamp lit")))
        assert "Merge with next" not in labels(await services.articles.show(alice, article="Seal asleep"))

    async def test_a_title_that_fits_nothing_or_several_is_explained(self, services, keep, alice):
        await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Lamp sold"}))

        with pytest.raises(AmbiguousArticleError, match="“Lamp lit”, “Lamp sold”"):
            await services.articles.show(alice, article="lamp")
        with pytest.raises(NoSuchArticleError, match="Did you mean “Lamp"):
            await services.articles.show(alice, article="Lampp lit")

    async def test_an_article_out_of_sight_is_not_there(self, services, keep, alice):
        [hidden] = await keep((LAMP, {"title": "Lamp lit"}), audience=HIDDEN)

        with pytest.raises(UnknownArticleError):
            await services.articles.show(alice, article=str(hidden))
        assert await services.articles.suggest_article(alice, "Lamp") == []


class TestEdit:
    async def test_says_what_was_and_what_is_and_undo_brings_it_back(self, services, storage, keep, alice):
        [article_id] = await keep((LAMP, {"title": "Lamp lit", "source": "Vel Courier"}))
        before = await facts_of(storage, alice, article_id)

        changed = await services.articles.edit(
            alice, article="Lamp lit", title="Lamp lit again", source="Vell Courier", date="5.3.2024 14:30", author="-"
        )

        assert changed.tone is Tone.DONE
        assert said(changed).splitlines() == [
            "Put right: Lamp lit again",
            "Title: “Lamp lit” → “Lamp lit again”",
            "Source: “Vel Courier” → “Vell Courier”",
            "Date: none → 5 March 2024, 14:30 UTC",
        ]
        after = await facts_of(storage, alice, article_id)
        assert (after.title, after.published_kind) == ("Lamp lit again", DateKind.CORRECTED)

        undone = await press(services, alice, changed, "Undo")

        assert undone.title == "Taken back"
        assert await facts_of(storage, alice, article_id) == before
        with pytest.raises(UnknownCorrectionError):
            await press(services, alice, changed, "Undo")

    async def test_without_options_it_asks_with_what_holds_now_filled_in(self, services, keep, alice):
        when = datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
        await keep((LAMP, {"title": "Lamp\nlit", "source": "Vell Courier", "published": when}))

        form = await services.articles.edit(alice, article="Lamp")

        assert isinstance(form, Form)
        assert {field.name: field.value for field in form.fields} == {
            "title": "Lamp lit",
            "source": "Vell Courier",
            "author": "",
            "date": "5 March 2024 14:30 UTC",
            "language": "English",
        }
        assert form == await services.articles.ask_edit(alice, article="Lamp")
        assert "Vell Courier" not in str(form.request)

    async def test_what_the_form_left_alone_is_not_touched_whatever_others_did_meanwhile(
        self, services, storage, keep, alice
    ):
        [article_id] = await keep((LAMP, {"title": "Lamp lit", "source": "Vell Courier", "author": "Odile Marr"}))
        form = await services.articles.edit(alice, article="Lamp")
        await services.articles.edit(alice, article="Lamp", title="Lamp relit")

        answers = {field.name: field.value for field in form.fields} | {"source": "", "language": "french"}
        request = replace(form.request, options=form.request.options | answers)
        changed = await services.perform(alice, request)

        after = await facts_of(storage, alice, article_id)
        assert (after.title, after.source, after.author, after.language) == ("Lamp relit", None, "Odile Marr", "fr")
        assert said(changed).splitlines()[1:] == ["Source: “Vell Courier” → none", "Language: English → French"]

    async def test_a_form_that_was_sent_in_unchanged_changes_nothing(self, services, storage, keep, alice):
        [article_id] = await keep((LAMP, {"title": "Lamp lit"}))
        form = await services.articles.edit(alice, article="Lamp")

        answers = {field.name: field.value for field in form.fields}
        same = await services.perform(alice, replace(form.request, options=form.request.options | answers))

        assert "nothing was changed" in said(same)
        assert await storage.corrections(alice.scope, article_id) == ()

    async def test_what_says_the_same_is_no_correction_but_a_guess_can_be_confirmed(self, services, keep, alice):
        guessed = {"published": datetime(2024, 3, 5, tzinfo=UTC), "published_kind": DateKind.INFERRED}
        await keep((LAMP, {"title": "Lamp lit"} | guessed))

        same = await services.articles.edit(alice, article="Lamp", title=" Lamp  lit ", language="en")
        confirmed = await services.articles.edit(alice, article="Lamp", date="5 March 2024")

        assert "nothing was changed" in said(same)
        assert "Date: 5 March 2024, now said by hand" in said(confirmed)

    async def test_show_tells_who_put_what_right_and_offers_to_take_each_back(
        self, services, storage, keep, alice, bob
    ):
        [article_id] = await keep((LAMP, {"title": "Lamp lit"}))
        await services.articles.edit(alice, article="Lamp", date="5 March 2024")
        await services.articles.edit(replace(bob, manager=True), article="Lamp", source="Vell Courier")

        mine = await services.articles.show(alice, article="Lamp")
        public = await services.articles.show(replace(bob, private=False), article="Lamp")

        assert "Date: 5 March 2024 (corrected by you )" in said(mine)
        assert "Source: “Vell Courier” · by somebody else " in said(mine)
        assert "(corrected by the person who brought it )" in said(public)
        menu = mine.menus[-1]
        assert menu.prompt == "Take a correction back"
        for choice in menu.choices:
            await services.perform(alice, choice.request)
        assert (await facts_of(storage, alice, article_id)).source is None
        assert said(await services.articles.show(alice, article="Lamp")).count("taken back since") == 2

    @pytest.mark.parametrize(
        ("options", "error", "told"),
        [
            ({"date": "03/04/2021"}, DateError, "it could be 2021-03-04 or 2021-04-03"),
            ({"date": "31 April 2021"}, DateError, "there is no such day"),
            ({"date": "March 2021"}, DateError, "names no single day"),
            ({"date": "2999-01-01"}, DateError, "still to come"),
            ({"date": "5 March 2021 25:00"}, DateError, "no such hour"),
            ({"date": "soon"}, DateError, "Write 2024-03-05"),
            ({"language": "Klingon"}, UnknownLanguageError, "Arabic, German, English"),
            ({"title": "x" * (LONGEST_TITLE + 1)}, FactTooLongError, "at most 300"),
        ],
    )
    async def test_what_cannot_be_kept_is_explained_and_changes_nothing(
        self, services, storage, keep, alice, options, error, told
    ):
        [article_id] = await keep((LAMP, {"title": "Lamp lit"}))

        with pytest.raises(error, match=told):
            await services.articles.edit(alice, article="Lamp", source="Vell Courier", **options)

        assert await storage.corrections(alice.scope, article_id) == ()

    async def test_sources_and_languages_are_offered(self, services, keep, alice):
        await keep((LAMP, {"title": "Lamp lit", "source": "Vell Courier"}))

        assert [one.value for one in await services.articles.suggest_source(alice, "cour")] == ["Vell Courier"]
        assert [one.value for one in await services.articles.suggest_language(alice, "ger")] == ["de"]
        offered = await services.articles.suggest_language(alice, "")
        assert {one.value for one in offered} == set(LANGUAGES)


class TestSplitAndMerge:
    async def test_a_headline_at_the_cut_becomes_the_seconds_title(self, services, storage, keep, alice):
        [article_id] = await keep((TWO, {"title": "Lamp lit", "source": "Vell Courier"}))

        split = await services.articles.split(alice, article="Lamp", at="4")

        first, second = [choice.request.options["article"] for choice in split.menus[0].choices]
        assert (await facts_of(storage, alice, int(first))).text == LAMP
        told = await facts_of(storage, alice, int(second))
        assert (told.title, told.text, told.source) == ("Seal asleep on the slip", SEAL, "Vell Courier")
        assert "Lamp lit\nVell Courier · no date printed · 3 paragraphs" in said(split)
        assert labels(split) == ["Undo", "Edit the second"]

        await press(services, alice, split, "Undo")

        assert (await facts_of(storage, alice, article_id)).text == TWO

    async def test_without_a_place_it_offers_the_paragraphs(self, services, keep, alice):
        await keep((TWO, {"title": "Lamp lit"}))

        offered = await services.articles.split(alice, article="Lamp")
        chosen = offered.menus[0].choices[2]
        split = await services.perform(alice, chosen.request)

        assert chosen.label == "4. Seal asleep on the slip"
        assert split.title == "Split in two: Lamp lit"

    async def test_paragraphs_are_offered_while_the_place_is_typed(self, services, keep, alice):
        await keep((TWO, {"title": "Lamp lit"}))

        everything = await services.articles.suggest_at(alice, "", article="Lamp lit")
        by_words = await services.articles.suggest_at(alice, "seal", article="Lamp lit")

        assert [one.value for one in everything] == ["2", "3", "4", "5", "6"]
        assert by_words[0].label == "4 · Seal asleep on the slip"
        assert await services.articles.suggest_at(alice, "") == []
        assert await services.articles.suggest_at(alice, "", article="no such") == []

    @pytest.mark.parametrize(
        ("at", "error"),
        [
            ("1", NoSuchPlaceError),
            ("99", NoSuchPlaceError),
            ("nowhere to be seen", NoSuchPlaceError),
            ("The harbour lamp", NoSuchPlaceError),
            ("of", SeveralPlacesError),
            ("had asked for it", CorrectionError),
        ],
    )
    async def test_a_place_that_will_not_do_is_explained_and_nothing_changes(
        self, services, storage, keep, alice, at, error
    ):
        [article_id] = await keep((LAMP, {"title": "Lamp lit"}))

        with pytest.raises(error):
            await services.articles.split(alice, article="Lamp", at=at)

        assert (await facts_of(storage, alice, article_id)).text == LAMP

    async def test_merging_takes_in_the_next_article_of_the_file(self, services, storage, keep, alice):
        ids = await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Seal asleep"}), (MILL, {"title": "Mill"}))

        merged = await services.articles.merge(alice, article="Lamp lit")

        assert "“Seal asleep”, the next article of the file, is part of it now." in said(merged)
        assert (await facts_of(storage, alice, ids[0])).text == f"{LAMP}\n\n{SEAL}"
        assert "2 articles here" in said(await services.articles.list(alice))

        await press(services, alice, merged, "Undo")

        assert (await facts_of(storage, alice, ids[1])).text == SEAL

    async def test_the_last_of_a_file_has_nothing_to_be_merged_with(self, services, keep, alice):
        await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Seal asleep"}))
        await keep((MILL, {"title": "Mill open"}))

        with pytest.raises(NoNextArticleError, match="last article"):
            await services.articles.merge(alice, article="Seal asleep")
        with pytest.raises(NoNextArticleError, match="only article"):
            await services.articles.merge(alice, article="Mill open")

    async def test_citations_open_the_same_words_after_splits_and_merges(self, services, keep, alice):
        lamp, seal = await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Seal asleep"}))
        oil = "The lamp burns oil, as it did before."
        herring = "Children brought it herring, which it did not touch."
        cited = [
            (article_id, text.index(words), words)
            for article_id, text, words in ((lamp, LAMP, oil), (seal, SEAL, herring))
        ]

        async def opened():
            replies = [
                await services.corpus.passage(alice, article=a, start=s, end=s + len(w), number=1) for a, s, w in cited
            ]
            return [(reply.title, said(reply).splitlines()[-1]) for reply in replies]

        await services.articles.split(alice, article=str(lamp), at="3", title="Oil")
        split = await opened()
        await services.articles.merge(alice, article="Oil")
        merged = await opened()

        assert split == [("[1] Oil", oil), ("[1] Seal asleep", herring)]
        assert merged == [("[1] Oil", oil), ("[1] Oil", herring)]


class TestShare:
    @pytest.fixture
    def public(self, alice):
        """Alice in a channel for all, answered publicly; she can read a hidden one too."""
        own = Scope(GUILD, ALICE, frozenset({OPEN, HIDDEN, GUILD, ALICE}))
        return replace(
            alice,
            scope=Scope(GUILD, ALICE, frozenset({OPEN, GUILD})),
            audience_id=OPEN,
            private=False,
            sight=lambda: own,
        )

    async def test_everyone_may_draw_on_the_file_until_it_is_taken_back(self, services, storage, keep, public, bob):
        await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Seal asleep"}), audience=HIDDEN)
        assert (await services.articles.list(bob)).title == "Nothing here yet"

        shared = await services.articles.share(public, article="Lamp lit")

        assert "Answers anywhere in this server may now quote all 2 articles of “harbour.txt”" in said(shared)
        assert [attached.filename for attached in shared.attachments] == ["harbour.txt"]
        assert shared.attachments[0].data.endswith(SEAL.encode())
        assert (await services.articles.list(bob)).title == "2 articles here"

        await services.corpus.sent(public, shared, channel_id=OPEN, message_id=555)
        summary = await services.summaries.summarise(bob, article="Seal asleep")
        assert summary.blocks[1].url == f"https://discord.com/channels/{GUILD}/{OPEN}/555"

        undone = await press(services, public, shared, "Undo")

        assert undone.title == "No longer shared"
        assert "Lamp" not in said(undone)
        assert (await services.articles.list(bob)).title == "Nothing here yet"
        assert len((await storage.listed(public.own_scope)).heads) == 2
        with pytest.raises(UnknownUploadError):
            await press(services, public, shared, "Undo")

    async def test_sharing_again_changes_nothing(self, services, keep, public):
        await keep((LAMP, {"title": "Lamp lit"}), audience=HIDDEN)
        await services.articles.share(public, article="Lamp lit")

        again = await services.articles.share(replace(public, origin_id=2), article="Lamp lit")

        assert "It was so already" in said(again)
        assert again.attachments == ()

    async def test_what_was_brought_for_everyone_cannot_be_taken_back_as_a_share(self, services, keep, public):
        await keep((LAMP, {"title": "Lamp lit"}), audience=GUILD)

        shared = await services.articles.share(public, article="Lamp lit")

        assert "Undo" not in labels(shared)

    async def test_a_page_is_cited_where_it_is_and_not_attached(self, services, keep, public):
        await keep((LAMP, {"title": "Lamp lit"}), audience=HIDDEN, url="https://vell.example/lamp")

        shared = await services.articles.share(public, article="Lamp lit")

        assert (shared.attachments, shared.anchors) == ((), ())

    async def test_what_is_too_large_to_attach_is_shared_all_the_same(self, services, keep, public, monkeypatch):
        monkeypatch.setattr("bot.services.corpus.MOST_ATTACHED", 10)
        await keep((LAMP, {"title": "Lamp lit"}), audience=HIDDEN)

        assert (await services.articles.share(public, article="Lamp lit")).attachments == ()

    @pytest.mark.parametrize("desk", [1, -ALICE])
    async def test_in_ones_own_desk_there_is_nobody_to_share_with(self, services, keep, alice, desk):
        own = replace(alice, scope=Scope(desk, ALICE, frozenset({ALICE})))
        await keep((LAMP, {"title": "Lamp lit"}), audience=ALICE, desk=desk)

        with pytest.raises(NobodyToShareError):
            await services.articles.share(own, article="Lamp lit")
        assert "Share" not in labels(await services.articles.show(own, article="Lamp lit"))


class TestWhoMay:
    @pytest.mark.parametrize(
        ("name", "options"),
        [
            ("edit", {}),
            ("edit", {"title": "Mine"}),
            ("split", {}),
            ("split", {"at": "2"}),
            ("merge", {}),
            ("share", {}),
        ],
    )
    async def test_only_those_who_brought_it_and_managers_put_it_right(
        self, services, storage, keep, bob, name, options
    ):
        lamp, _ = await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Seal asleep"}))
        request = Request(f"articles.{name}", {"article": str(lamp), **options})

        with pytest.raises(
            NotYoursError, match=r"“Lamp lit” can be .* by the person who brought it and by those who may"
        ):
            await services.perform(bob, request)
        assert await storage.corrections(bob.scope, lamp) == ()
        assert await services.perform(replace(bob, manager=True), request)

    async def test_who_brought_the_same_file_may_too(self, services, storage, alice, bob, ferry):
        for number, person in enumerate((alice, bob)):
            await services.corpus.add(replace(person, audience_id=OPEN, origin_id=100 + number), file=ferry)
        await services.articles.edit(alice, article="Night ferry", source="Holm Post")

        changed = await services.articles.edit(bob, article="Night ferry", source="Holm Harbour Post")

        assert changed.tone is Tone.DONE

    async def test_only_they_take_it_back(self, services, keep, alice, bob):
        await keep((LAMP, {"title": "Lamp lit"}))
        changed = await services.articles.edit(alice, article="Lamp", source="Vell Courier")

        with pytest.raises(NotYoursError):
            await press(services, bob, changed, "Undo")
        await press(services, replace(bob, manager=True), changed, "Undo")

    async def test_only_they_take_a_share_back(self, services, keep, alice, bob):
        await keep((LAMP, {"title": "Lamp lit"}))
        shared = await services.articles.share(alice, article="Lamp")

        with pytest.raises(NotYoursError):
            await press(services, bob, shared, "Undo")

    async def test_a_correction_of_another_file_is_not_reached_through_ones_own(self, services, keep, alice, bob):
        await keep((LAMP, {"title": "Lamp lit"}))
        [mill] = await keep((MILL, {"title": "Mill open"}), by=BOB)
        changed = await services.articles.edit(alice, article="Lamp", source="Vell Courier")
        forged = {"correction": changed.actions[0].request.options["correction"], "article": mill}

        with pytest.raises(UnknownCorrectionError):
            await services.perform(bob, Request("articles.withdraw", forged))

    async def test_a_correction_shows_to_nobody_who_had_the_file_elsewhere(self, services, alice, bob, ferry):
        hidden = replace(alice, scope=Scope(GUILD, ALICE, frozenset({HIDDEN})), audience_id=HIDDEN, origin_id=100)
        await services.corpus.add(hidden, file=ferry)
        await services.corpus.add(replace(bob, audience_id=OPEN, origin_id=101), file=ferry)
        before = await services.articles.show(bob, article="Night ferry")

        await services.articles.edit(hidden, article="Night ferry", title="Secret ferry")

        assert await services.articles.show(bob, article="Night ferry") == before
        assert (await services.articles.show(hidden, article="Secret ferry")).title == "Secret ferry"


async def test_of_an_article_that_was_taken_out_the_others_of_its_file_tell_nothing(services, keep, alice):
    await keep((TWO, {"title": "Lamp lit"}), (MILL, {"title": "Mill open"}))
    await services.articles.split(alice, article="Lamp lit", at="4")
    await services.articles.edit(alice, article="Seal asleep", source="Oru Gazette")
    asked = await services.removal.remove(alice, article="Seal asleep")
    await press(services, alice, asked, "Only this article")

    shown = await services.articles.show(alice, article="Mill open")

    everything = said(shown) + str(shown.menus)
    assert "Seal asleep" not in everything
    assert "Oru Gazette" not in everything
    assert "Taken out of its file" in everything
    later = await services.articles.show(replace(alice, now=alice.now + timedelta(days=2)), article="Mill open")
    assert "Taken out of its file" not in str(later.menus)


async def test_what_was_taken_out_can_be_brought_back_from_there_too(services, keep, alice):
    await keep((LAMP, {"title": "Lamp lit"}), (SEAL, {"title": "Seal asleep"}))
    asked = await services.removal.remove(alice, article="Seal asleep")
    await press(services, alice, asked, "Only this article")
    shown = await services.articles.show(alice, article="Lamp lit")

    back = await services.perform(alice, shown.menus[-1].choices[0].request)

    assert "Seal asleep" in said(back)
    assert (await services.articles.list(alice)).title == "2 articles here"
