"""What is taken out, by whom, what is said of it, and how it comes back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.calls import Incoming
from bot.services.errors import (
    AmbiguousArticleError,
    NotBroughtError,
    NothingToBringBackError,
    NotYoursError,
    UnknownRequestError,
)
from bot.services.removal import PREVIEW_FOR
from bot.services.replies import Bullets, Command, Heading, Line, Request, Who
from bot.services.wording import plain
from storage.base import DeskSettings, Scope
from storage.errors import UnknownArticleError

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, CHANNEL, HIDDEN, ALICE, BOB = 5_000_000_000_000, 7, 8, 41_000_000_000_000, 42_000_000_000_000
TITLE = "Night ferry to Ostrava Bay cancelled after engine fire"
TWO = """Storks return to Lower Maren

By Femke Aldous

LOWER MAREN - Two pairs of storks have come back to the chimneys of Lower Maren, the parish said on Monday.

They had not been seen there for eleven years. The nests will be watched by pupils of the village school.

----------------------------------------

Well at Dry Ford runs again

By Tomas Ibe

DRY FORD - The well at Dry Ford runs again after the council had it dug four metres deeper, its clerk said on Tuesday.

Households had fetched their water from a lorry since autumn. The work cost less than had been set aside for it.
"""


def in_channel(call, *, asker=ALICE, channel=CHANNEL, origin=100, **changed):
    scope = Scope(GUILD, asker, frozenset({channel, asker}))
    told = {"scope": scope, "channel_id": channel, "audience_id": channel, "origin_id": origin, "guild_id": GUILD}
    return replace(call, **{**told, **changed})


def said(reply):
    lines = [reply.title]
    for block in reply.blocks:
        match block:
            case Line(words) | Heading(words):
                lines.append(_plain(words))
            case Bullets(items):
                lines.extend(_plain(item) for item in items)
    return "\n".join(lines)


def _plain(words):
    return "".join(f"/{part.name}" if isinstance(part, Command) else plain((part,)) for part in words)


def button(reply, label):
    return next(action.request for action in reply.actions if action.label == label)


@pytest.fixture
def two(tmp_path):
    path = tmp_path / "two.txt"
    path.write_text(TWO)
    return Incoming("two.txt", path=str(path), attachment_id=12)


@pytest.fixture
def alice(call):
    return in_channel(call)


@pytest.fixture
def bob(call):
    return in_channel(call, asker=BOB, origin=200)


async def posted(services, call, file, message=9_000):
    """Let a message bring a file."""
    await services.corpus.gather(replace(call, origin_id=message), files=[replace(file, message_id=message)])


class TestRemove:
    async def test_an_article_that_is_alone_in_its_file_goes_and_comes_back(self, services, storage, alice, ferry):
        await services.corpus.add(alice, file=ferry)

        removed = await services.removal.remove(alice, article="night ferry")
        gone = await storage.count(alice.scope)
        back = await services.perform(alice, button(removed, "Bring back"))

        assert removed.title == f"Removed: {TITLE}"
        assert "for a day" in said(removed)
        assert gone == 0
        assert back.title == "Brought back"
        assert "1 article is here again" in said(back)
        assert await storage.count(alice.scope) == 1

    async def test_bringing_back_can_be_undone(self, services, storage, alice, ferry):
        await services.corpus.add(alice, file=ferry)
        removed = await services.removal.remove(alice, article="night ferry")
        back = await services.perform(alice, button(removed, "Bring back"))

        again = await services.perform(alice, button(back, "Undo"))

        assert "1 upload with 1 article" in said(again)
        assert await storage.count(alice.scope) == 0
        assert button(again, "Bring back")

    async def test_somebody_else_may_not_and_a_manager_may(self, services, storage, alice, bob, ferry):
        await services.corpus.add(alice, file=ferry)

        with pytest.raises(NotBroughtError):
            await services.removal.remove(bob, article="night ferry")
        await services.removal.remove(replace(bob, manager=True), article="night ferry")

        assert await storage.count(alice.scope) == 0

    async def test_what_a_manager_took_out_only_managers_bring_back(self, services, alice, bob, ferry):
        await services.corpus.add(alice, file=ferry)
        manager = replace(bob, manager=True)
        removed = await services.removal.remove(manager, article="night ferry")

        with pytest.raises(NotYoursError):
            await services.perform(alice, button(removed, "Bring back"))
        assert await services.removal.suggest_removed(alice, "") == []
        assert (await services.perform(manager, button(removed, "Bring back"))).title == "Brought back"

    async def test_what_others_brought_too_stays_and_it_is_said(self, services, storage, alice, bob, ferry):
        await services.corpus.add(alice, file=ferry)
        await services.corpus.add(bob, file=ferry)

        removed = await services.removal.remove(alice, article="night ferry")
        back = await services.perform(alice, button(removed, "Bring back"))

        assert "still here, because others brought it too" in said(removed)
        assert "was here all the time" in said(back)
        assert await storage.count(alice.scope) == 1

    async def test_that_it_is_in_a_hidden_channel_too_is_not_said(self, services, alice, call, ferry):
        await services.corpus.add(alice, file=ferry)
        await services.corpus.add(in_channel(call, asker=BOB, channel=HIDDEN, origin=300), file=ferry)

        removed = await services.removal.remove(alice, article="night ferry")

        assert "others" not in said(removed)
        assert "1 upload with 1 article" in said(removed)

    async def test_what_is_out_of_sight_is_unknown(self, services, storage, alice, call, ferry):
        hidden = in_channel(call, asker=BOB, channel=HIDDEN, origin=300)
        await services.corpus.add(hidden, file=ferry)
        [head] = await storage.newest(hidden.scope)

        for ask in (services.removal.remove_file, services.removal.remove_article):
            with pytest.raises(UnknownArticleError):
                await ask(replace(alice, manager=True), article=head.article_id)

    async def test_of_a_file_of_several_it_asks_which(self, services, storage, alice, two):
        await services.corpus.add(alice, file=two)

        asked = await services.removal.remove(alice, article="storks")

        assert "one of 2 articles" in said(asked)
        assert [action.label for action in asked.actions] == ["Only this article", "The whole file"]
        assert await storage.count(alice.scope) == 2

    async def test_one_of_several_goes_and_comes_back(self, services, storage, alice, two):
        await services.corpus.add(alice, file=two)
        asked = await services.removal.remove(alice, article="storks")

        removed = await services.perform(alice, button(asked, "Only this article"))
        [left] = await storage.newest(alice.scope)
        back = await services.perform(alice, button(removed, "Undo"))

        assert removed.title == "Removed: Storks return to Lower Maren"
        assert "The other article of its file stays" in said(removed)
        assert left.title == "Well at Dry Ford runs again"
        assert back.title == "Brought back"
        assert await storage.count(alice.scope) == 2
        assert (await services.perform(alice, button(back, "Undo"))).title == removed.title

    async def test_the_whole_file_goes(self, services, storage, alice, two):
        await services.corpus.add(alice, file=two)
        asked = await services.removal.remove(alice, article="storks")

        removed = await services.perform(alice, button(asked, "The whole file"))

        assert removed.title == "Removed: two.txt"
        assert "1 upload with 2 articles" in said(removed)
        assert await storage.count(alice.scope) == 0


class TestRestore:
    async def test_it_is_found_by_what_the_list_offers(self, services, storage, alice, ferry, two):
        await services.corpus.add(alice, file=ferry)
        await services.corpus.add(replace(alice, origin_id=101), file=two)
        await services.removal.remove(alice, article="night ferry")
        [head] = [head for head in await storage.newest(alice.scope) if "Storks" in head.title]
        later = replace(alice, now=alice.now + timedelta(minutes=1))
        await services.removal.remove_article(later, article=head.article_id)

        offered = await services.removal.suggest_removed(alice, "")
        typed = await services.removal.suggest_removed(alice, "night ferry")
        for one in offered:
            await services.removal.restore(alice, removed=one.value)

        assert [one.label for one in offered] == ["Storks return to Lower Maren", TITLE]
        assert typed == offered[1:]
        assert await storage.count(alice.scope) == 3

    async def test_a_file_of_several_is_named_by_its_first(self, services, storage, alice, two):
        await services.corpus.add(alice, file=two)
        [head, _] = await storage.newest(alice.scope)
        await services.removal.remove_file(alice, article=head.article_id)

        [offered] = await services.removal.suggest_removed(alice, "dry ford")

        assert offered.label == "Storks return to Lower Maren (and 1 more)"

    async def test_words_of_a_title_do(self, services, storage, alice, ferry):
        await services.corpus.add(alice, file=ferry)
        await services.removal.remove(alice, article="night ferry")

        await services.removal.restore(alice, removed="ENGINE fire")

        assert await storage.count(alice.scope) == 1

    async def test_without_words_all_that_may_be_brought_back_is_listed(self, services, storage, alice, bob, ferry):
        await services.corpus.add(alice, file=ferry)
        await services.removal.remove(alice, article="night ferry")

        asked = await services.removal.restore(alice)
        [choice] = asked.menus[0].choices
        await services.perform(alice, choice.request)

        assert choice.label == TITLE
        assert await storage.count(alice.scope) == 1
        with pytest.raises(NothingToBringBackError):
            await services.removal.restore(bob)

    async def test_what_fits_nothing_or_several_is_told(self, services, alice, ferry, two):
        await services.corpus.add(alice, file=ferry)
        await services.corpus.add(replace(alice, origin_id=101), file=two)
        await services.removal.remove(alice, article="night ferry")
        asked = await services.removal.remove(alice, article="storks")
        await services.perform(alice, button(asked, "The whole file"))

        for typed in ("whale", "removal:12", "correction:12", "removal:99999999999999999999"):
            with pytest.raises(NothingToBringBackError):
                await services.removal.restore(alice, removed=typed)
        with pytest.raises(AmbiguousArticleError):
            await services.removal.restore(alice, removed="r")

    async def test_nobody_is_offered_what_others_took_out(self, services, alice, bob, ferry):
        await services.corpus.add(alice, file=ferry)
        await services.removal.remove(alice, article="night ferry")

        assert await services.removal.suggest_removed(bob, "") == []
        assert len(await services.removal.suggest_removed(replace(bob, manager=True), "")) == 1

    async def test_when_its_day_is_over_it_is_told(self, services, storage, alice, ferry):
        await services.corpus.add(alice, file=ferry)
        removed = await services.removal.remove(alice, article="night ferry")
        await storage.empty_trash(before=alice.now + timedelta(days=2))

        with pytest.raises(NothingToBringBackError, match="a day has passed"):
            await services.perform(alice, button(removed, "Bring back"))


class TestMessages:
    async def test_a_note_tells_how_much_and_no_title(self, services, storage, alice, two):
        await posted(services, alice, two)

        note = await services.removal.message_gone(GUILD, [9_000], now=alice.now)

        assert note.reply.title == "Taken out: 2 articles"
        assert "message that brought them was deleted" in said(note.reply)
        assert "Storks" not in said(note.reply)
        assert note.owner_id == ALICE
        assert note.reply.actions[0].who is Who.ASKER_OR_MANAGER
        assert await storage.count(alice.scope) == 0

    async def test_its_button_brings_it_back(self, services, storage, alice, bob, two):
        await posted(services, alice, two)
        note = await services.removal.message_gone(GUILD, [9_000], now=alice.now)
        request = button(note.reply, "Bring back")

        with pytest.raises(NotYoursError):
            await services.perform(bob, request)
        await services.perform(alice, request)

        assert await storage.count(alice.scope) == 2

    async def test_many_messages_at_once_get_one_note(self, services, storage, alice, bob, ferry, two):
        await posted(services, alice, two, 9_000)
        await posted(services, bob, ferry, 9_001)

        note = await services.removal.message_gone(GUILD, [9_000, 9_001, 9_002], now=alice.now)

        assert note.reply.title == "Taken out: 3 articles"
        assert "messages that brought them were deleted" in said(note.reply)
        assert note.reply.actions[0].who is Who.ANYONE
        back = await services.perform(bob, button(note.reply, "Bring back"))
        assert "1 article is here again" in said(back)
        assert await storage.count(alice.scope) == 1

    async def test_what_brought_nothing_is_nothing_to_speak_of(self, services, alice):
        assert await services.removal.message_gone(GUILD, [9_000], now=alice.now) is None

    async def test_what_others_brought_too_is_said_to_be_here(self, services, alice, bob, ferry):
        await posted(services, alice, ferry, 9_000)
        await posted(services, bob, ferry, 9_001)

        note = await services.removal.message_gone(GUILD, [9_000], now=alice.now)

        assert note.reply.title == "Taken out: 1 file"
        assert "still here" in said(note.reply)

    async def test_what_was_added_is_read_for_whoever_presses(self, services, storage, alice, bob, ferry):
        file = replace(ferry, message_id=9_000, size=10, url="https://cdn.invalid/ferry.txt")
        offer = services.removal.offer(9_000, [file])

        request = Request.from_json(button(offer, "Read it").to_json())

        assert request.options["files"] == [
            {
                "filename": "ferry.txt",
                "size": 10,
                "attachment_id": 11,
                "url": "https://cdn.invalid/ferry.txt",
                "media_type": None,
            }
        ]
        assert "“ferry.txt” was added to this message" in said(offer)

    @pytest.mark.parametrize(
        "file",
        [
            "x",
            {},
            {"filename": "x", "size": "3", "attachment_id": 1, "url": "https://x"},
            {"filename": "x", "size": 3, "attachment_id": 1, "url": None, "path": "/etc/passwd"},
        ],
    )
    async def test_a_request_of_another_version_reads_nothing(self, services, alice, file):
        with pytest.raises(UnknownRequestError):
            await services.removal.read_added(alice, message=9_000, files=[file])


class TestForgetMe:
    async def test_the_preview_says_what_goes_and_what_stays_and_deletes_nothing(
        self, services, storage, alice, bob, ferry, two
    ):
        await services.corpus.add(alice, file=ferry)
        await services.corpus.add(replace(alice, origin_id=101), file=two)
        await services.corpus.add(bob, file=ferry)

        preview = await services.removal.forget_me(alice)

        assert "2 files, pages and texts that you brought, with 2 articles that nobody else brought." in said(preview)
        assert "1 article that others brought too" in said(preview)
        assert "Your own desk is another one: use /forget me in a direct message" in said(preview)
        assert [action.label for action in preview.actions] == ["Delete for good", "Keep everything"]
        assert await storage.count(alice.scope) == 3
        kept = await services.perform(alice, button(preview, "Keep everything"))
        assert kept.title == "Nothing was deleted"

    async def test_where_nothing_is_the_askers_no_zeros_are_counted(self, services, alice, bob, ferry):
        await services.corpus.add(bob, file=ferry)

        preview = await services.removal.forget_me(alice)

        assert preview.title == "Nothing of yours"
        assert "There is nothing here that you brought, and no record of you." in said(preview)
        assert preview.actions == ()

    async def test_pressing_deletes_for_good_and_forgets_what_is_remembered(
        self, services, storage, alice, bob, ferry, two
    ):
        heard = []
        services.removal.remembering(lambda desk, person: heard.append((desk, person)))
        await services.enter(alice)
        await services.corpus.add(alice, file=ferry)
        await services.corpus.add(bob, file=two)
        preview = await services.removal.forget_me(alice)

        gone = await services.perform(alice, button(preview, "Delete for good"))

        assert "1 upload and 1 article deleted." in said(gone)
        assert gone.actions == ()
        assert heard == [(GUILD, ALICE)]
        assert (GUILD, ALICE) not in services.allowance._buckets
        assert await storage.count(alice.scope) == 2
        assert await storage.fingerprint("search:purge") is None

    async def test_a_preview_that_may_be_out_of_date_is_shown_again(self, services, storage, alice, ferry, two):
        await services.corpus.add(alice, file=two)
        preview = await services.removal.forget_me(alice)
        await services.corpus.add(replace(alice, origin_id=101), file=ferry)
        later = replace(alice, now=alice.now + PREVIEW_FOR + timedelta(seconds=1))

        again = await services.perform(later, button(preview, "Delete for good"))

        assert "2 files, pages and texts that you brought" in said(again)
        assert await storage.count(alice.scope) == 3

    async def test_one_s_own_desk_goes_with_everything_in_it(self, services, storage, call, ferry):
        own = replace(call, scope=Scope(-ALICE, ALICE, frozenset({ALICE})), audience_id=ALICE, admin=True)
        await services.corpus.add(own, file=ferry)
        await services.settings.length(own, sentences=9)
        preview = await services.removal.forget_me(own)

        await services.perform(own, button(preview, "Delete for good"))

        assert "Everything else here" in said(preview)
        assert "In a server, use /forget me there" in said(preview)
        assert await storage.count(own.scope) == 0
        assert await storage.settings(-ALICE) == DeskSettings()

    async def test_the_terminal_s_desk_goes_too(self, services, storage, call, ferry):
        await services.corpus.add(call, file=ferry)
        preview = await services.removal.forget_me(call)

        await services.perform(call, button(preview, "Delete for good"))

        assert "desk of this terminal" in said(preview)
        assert await storage.count(call.scope) == 0


class TestServers:
    async def test_those_that_took_it_out_are_noted_and_those_that_are_there(self, services, storage, alice, ferry):
        await services.corpus.add(alice, file=ferry)

        gone = await services.removal.compare({1, 2}, mine=lambda _: True, now=alice.now)
        again = await services.removal.compare({1, 2}, mine=lambda _: True, now=alice.now)

        assert (gone, again) == (1, 0)
        assert await storage.members_of() == ()
        await services.removal.compare({GUILD}, mine=lambda _: True, now=alice.now)
        assert await storage.members_of() == (GUILD,)

    async def test_those_of_another_process_are_not_its_business(self, services, storage, alice, ferry):
        await services.corpus.add(alice, file=ferry)

        assert await services.removal.compare({1}, mine=lambda _: False, now=alice.now) == 0
        assert await storage.members_of() == (GUILD,)
