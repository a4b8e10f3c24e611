"""Watches tell what is new once, to those who may read it, whatever comes in how."""

from datetime import timedelta

import pytest
import pytest_asyncio
from corpus_makers import NOON, File, reading
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.scheduler import Clock, Pacing, Scheduler
from bot.services.alerts import KIND, MOST_SHOWN, Alerts
from bot.services.calls import Call, Spot
from bot.services.deliveries import ClosedError, GoneError, UnreachableError, UnsureError
from bot.services.errors import (
    LacksPermissionsError,
    NobodyToTellError,
    NoSuchWatchError,
    NothingToWatchForError,
    NotWatchAdminError,
    SeveralToWatchForError,
    UnknownChannelError,
)
from bot.services.replies import Bullets, Line, Quoted, Request
from bot.services.sifting import ALERTING, Said, Sieve, holds
from storage import open_storage
from storage.base import NewSchedule, NewUpload, Scope, Search
from storage.errors import QueryError, SameWatchError, TooManyWatchesError
from storage.query import parse
from storage.spelling import spell_article
from summariser.model import Decision, MentionType, Verdict

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, ANA, BEN = 4_000_000_000_000_001, 555_000_000_000_001, 555_000_000_000_002
NEWS, BOARD, CLOSED = 6_000_000_000_000_001, 6_000_000_000_000_002, 6_000_000_000_000_003
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOON = ALERTING.gathering + timedelta(seconds=1)
PACING = Pacing(per_second=10_000, poll=0.01, attempt=10.0, drain=0.2)


def article(title, *sentences, by=""):
    return f"{title}\n\n" + (f"By {by}\n\n" if by else "") + "\n\n".join(sentences) + "\n"


FERRY = article(
    "Night ferry to Ostrava Bay cancelled",
    "The night ferry was cancelled on Tuesday after a fire in its engine room, the harbour office said.",
    "Its director, Tomas Reyl, told reporters at the quay that every ticket would be refunded within a week.",
)
TRAM = article(
    "Line 4 runs again after a year",
    "Trams of line 4 run again through the old town since Monday morning, to the cheers of its riders.",
    "The mayor, Wilma Ruys, rode along to the last stop and praised the crews who had relaid the track.",
)


class Place:
    """Where alerts arrive; it does what a test tells it to do wrong."""

    def __init__(self):
        self.sent, self.audience, self.errors, self.told = [], frozenset({NEWS, ANA, GUILD}), [], []
        self.missing, self.unreadable = None, None

    async def audiences(self, desk_id, place, shared):
        if self.missing:
            raise self.missing
        return self.audience

    async def send(self, desk_id, place, post):
        error, effect = self.errors.pop(0) if self.errors else (None, True)
        if effect and post.key not in [key for key, _, _ in self.sent]:
            self.sent.append((post.key, place, post.reply))
        if error:
            raise error
        return len(self.sent)

    async def find(self, desk_id, place, key, since):
        if self.unreadable:
            raise self.unreadable
        return next((number for number, (kept, _, _) in enumerate(self.sent, 1) if kept == key), None)

    async def tell(self, desk_id, person_id, post):
        self.told.append((person_id, post.reply))


class Desk:
    """A server's desk with a clock that a test moves."""

    def __init__(self, services, storage, compute, now):
        self.services, self.storage, self.now = services, storage, now
        self.place = Place()
        self.ticks = 0.0
        self._origin = 10**6
        self.sieve = Sieve(storage, compute, lambda: self.now)
        clock = Clock(lambda: self.now, lambda: self.ticks)
        self.scheduler = Scheduler(storage, self.place, Alerts(storage, compute).compose, clock=clock, pacing=PACING)

    def call(self, person=ANA, *audiences, admin=False, desk=GUILD):
        seen = frozenset(audiences or (NEWS, GUILD, person))
        self._origin += 1
        spots = {
            NEWS: Spot(NEWS, frozenset({NEWS, GUILD})),
            BOARD: Spot(BOARD, frozenset({NEWS, GUILD, BOARD}), lacks=("Send Messages",)),
            CLOSED: Spot(CLOSED, frozenset({CLOSED, NEWS, GUILD})),
        }
        return Call(
            Scope(desk, person, seen), NEWS, NEWS, self._origin, self.now, private=True, admin=admin, spots=spots.get
        )

    async def bring(self, text, audience=NEWS, person=BEN):
        """Let somebody bring an article for an audience; return what came of it."""
        self._origin += 1
        scope = Scope(GUILD, person, frozenset({audience}))
        call = Call(scope, audience, audience, self._origin, self.now)
        return await self.services.intake.take_text(call, text)

    async def watch(self, person=ANA, admin=False, **what):
        return await self.services.watches.add(self.call(person, admin=admin), **what)

    async def pass_by(self, span=SOON):
        """Let time pass, and everybody do their work."""
        while not await self.sieve.step():
            pass
        self.now += span
        self.ticks += span.total_seconds()
        while not await self.sieve.step():
            pass
        await self.scheduler.step()
        await self.scheduler.settle()

    async def run_for(self, span, step=MINUTE):
        end = self.now + span
        while self.now < end:
            await self.pass_by(step)

    @property
    def alerts(self):
        return [reply for _, _, reply in self.place.sent]

    async def listed(self, person=ANA, *audiences, admin=False):
        return told(await self.services.watches.list(self.call(person, *audiences, admin=admin)))


def told(reply):
    """Return all that a reply says in a line."""
    parts = []
    for block in reply.blocks:
        if isinstance(block, Quoted):
            parts += [block.text, *map(str, block.source)]
        if isinstance(block, Line):
            parts += map(str, block.words)
        if isinstance(block, Bullets):
            parts += [str(word) for item in block.items for word in item]
    return " ".join((reply.title, *parts))


def quotes(reply):
    return [block.text for block in reply.blocks if isinstance(block, Quoted)]


@pytest_asyncio.fixture(loop_scope="session")
async def desk(services, storage, compute, call):
    return Desk(services, storage, compute, call.now)


async def test_something_new_is_told_once_with_its_passage(desk):
    await desk.watch(search='"night ferry"')
    await desk.bring(FERRY)
    await desk.bring(TRAM)

    await desk.run_for(2 * HOUR, 10 * MINUTE)

    (alert,) = desk.alerts
    assert quotes(alert) == [
        "The night ferry was cancelled on Tuesday after a fire in its engine room, the harbour office said."
    ]
    ((_, place, _),) = desk.place.sent
    assert (place.kind, place.number) == ("direct", ANA)


async def test_what_was_there_before_is_not_new(desk):
    await desk.bring(FERRY)
    desk.now += MINUTE
    reply = await desk.watch(search="ferry")
    desk.now += MINUTE
    await desk.bring(FERRY, audience=GUILD)

    await desk.pass_by()

    assert desk.alerts == []
    assert "1 article" in told(reply)


async def test_what_comes_together_is_told_together_and_the_rest_is_counted(desk):
    await desk.watch(search="ferry", channel=NEWS, admin=True)
    for number in range(MOST_SHOWN + 3):
        await desk.bring(article(f"Ferry number {number}", *_sentences(number)))

    await desk.pass_by()

    (alert,) = desk.alerts
    assert len(quotes(alert)) == MOST_SHOWN
    assert "8 new articles" in told(alert)
    assert "And 3 more" in told(alert)
    assert [action.label for action in alert.actions] == ["Show the other 3 too", "Remove this watch"]
    assert alert.actions[0].request == Request("search.search", {"query": "ferry", "order": "newest"})


def _sentences(number):
    words = ("alder", "birch", "cedar", "damson", "elder", "fir", "gorse", "hazel", "ivy", "juniper", "larch", "maple")
    mine = [words[(number * 5 + place * (number + 1)) % len(words)] + str(number) for place in range(14)]
    return (
        f"The ferry {mine[0]} left {mine[1]} for {mine[2]} with {mine[3]} and {mine[4]} aboard.",
        f"At {mine[5]} the {mine[6]} of {mine[7]} met {mine[8]}, {mine[9]} and {mine[10]} over {mine[11]} {mine[12]}.",
    )


async def test_between_two_alerts_of_a_watch_lies_a_while(desk):
    await desk.watch(search="ferry OR tram*")
    await desk.bring(FERRY)
    await desk.pass_by()
    await desk.bring(TRAM)

    await desk.pass_by()
    early = len(desk.alerts)
    await desk.pass_by(ALERTING.floor)

    assert early == 1
    assert len(desk.alerts) == 2


@pytest.mark.trust("watch-once")
async def test_a_copy_is_not_told_again(desk):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    await desk.pass_by(HOUR)

    await desk.bring(FERRY.replace("every ticket", "each ticket").replace("Night", "The night"))
    await desk.bring(FERRY, audience=GUILD)
    await desk.pass_by(HOUR)
    await desk.pass_by(HOUR)

    assert len(desk.alerts) == 1


async def test_copies_that_come_together_are_one(desk):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    await desk.bring(FERRY.replace("every ticket", "each ticket"))

    await desk.pass_by()

    (alert,) = desk.alerts
    assert len(quotes(alert)) == 1
    assert "1 copy of it" in told(alert)


async def test_a_name_is_found_under_its_spellings(desk):
    await desk.bring(FERRY)
    desk.now += MINUTE
    reply = await desk.watch(entity="Tomas Reyl")
    desk.now += MINUTE
    said = "The director of the ferry company, Tomás Reyl, opened an office at the quay on Friday."
    await desk.bring(article("Refunds begin", said))
    await desk.bring(TRAM)

    await desk.pass_by()

    (alert,) = desk.alerts
    assert "“Tomas Reyl” is named" in told(reply)
    assert "Tomás Reyl" in quotes(alert)[0]


async def test_a_watch_follows_what_people_join_with_its_name_later_and_keeps_to_it(desk, storage):
    await desk.bring(FERRY)
    await desk.bring(article("Old office", "The man of the ferries, Anders Vinterby, closed an office on Monday."))
    desk.now += MINUTE
    await desk.watch(entity="Tomas Reyl")
    before = (await storage.running_watches(GUILD))[0].what["keys"]
    same = Decision(Verdict.SAME, MentionType.PER, "Tomas Reyl", "Anders Vinterby")
    await storage.decide(desk.call().scope, same, made_by=ANA, now=desk.now)
    desk.now += MINUTE
    await desk.bring(article("New office", "The man of the ferries, Anders Vinterby, opened an office on Friday."))

    await desk.pass_by()

    (alert,) = desk.alerts
    after = (await storage.running_watches(GUILD))[0].what["keys"]
    assert "Anders Vinterby" in quotes(alert)[0]
    assert {*after} > {*before}


async def test_a_name_that_nobody_has_written_yet_is_told_when_somebody_does(desk):
    reply = await desk.watch(entity="Wilma Ruys")
    await desk.bring(TRAM)

    await desk.pass_by()

    assert "Nobody and nothing of that name" in told(reply)
    assert "Wilma Ruys" in quotes(desk.alerts[0])[0]


@pytest.mark.trust("watch-hidden")
async def test_what_the_person_cannot_read_at_that_moment_is_not_told(desk):
    await desk.watch(search="ferry")
    await desk.bring(FERRY, audience=CLOSED)
    await desk.pass_by()
    hidden = list(desk.alerts)

    await desk.bring(FERRY.replace("Tuesday", "Wednesday"))
    await desk.pass_by(HOUR)

    assert hidden == []
    assert len(desk.alerts) == 1
    assert "Tuesday" not in told(desk.alerts[0])


@pytest.mark.trust("watch-hidden")
async def test_who_lost_the_channel_meanwhile_is_told_nothing_of_it(desk):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    desk.place.errors = [(UnreachableError("away"), False)]
    await desk.pass_by()
    desk.place.audience = frozenset({ANA, GUILD})

    await desk.run_for(HOUR)

    assert desk.alerts == []


async def test_a_channel_is_told_what_its_readers_see(desk):
    await desk.watch(search="ferry", channel=NEWS, admin=True)
    desk.place.audience = frozenset({NEWS, GUILD})
    await desk.bring(FERRY, audience=ANA, person=ANA)
    await desk.pass_by()

    assert desk.alerts == []


@pytest.mark.trust("watch-hidden", "watch-paused")
async def test_who_has_left_the_server_is_told_nothing_and_the_watch_waits(desk):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    desk.place.missing = GoneError("person")

    await desk.pass_by()
    await desk.pass_by()

    assert desk.alerts == []
    assert "paused" in await desk.listed()
    assert "ferry" not in str(desk.place.told)


@pytest.mark.trust("watch-paused")
async def test_closed_direct_messages_pause_it_and_it_goes_on_where_it_stopped(desk):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    desk.place.errors = [(ClosedError(), False)]
    await desk.pass_by()
    before = await desk.services.watches.list(desk.call())
    (choice,) = before.menus[1].choices

    await desk.services.perform(desk.call(), choice.request)
    await desk.run_for(HOUR)

    assert "I may not send direct messages" in told(before)
    assert "paused" not in await desk.listed()
    assert len(desk.alerts) == 1


@pytest.mark.trust("watch-once")
@pytest.mark.parametrize("effect", [True, False])
async def test_an_answer_that_is_lost_makes_no_second_alert(desk, effect):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    desk.place.errors = [(UnreachableError("cut"), effect)]

    await desk.run_for(3 * HOUR, 5 * MINUTE)

    assert len(desk.alerts) == 1


async def test_what_may_have_arrived_is_not_told_again_but_what_came_later_is(desk):
    await desk.watch(search="ferry OR tram*")
    await desk.bring(FERRY)
    desk.place.errors = [(UnreachableError("cut"), True)]
    desk.place.unreadable = UnsureError()
    await desk.run_for(10 * MINUTE)
    desk.place.unreadable = None
    await desk.bring(TRAM)

    await desk.run_for(HOUR, 5 * MINUTE)

    assert [quotes(alert)[0][:9] for alert in desk.alerts] == ["The night", "Trams of "]


async def test_two_that_sift_at_once_find_it_once(desk, storage, compute):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    seen = await storage.arrivals(now=desk.now)
    await desk.pass_by()

    ((watch,), (one,)) = await storage.watches(Scope(GUILD, ANA, None)), seen
    await storage.note_hits(seen, [(GUILD, watch.schedule_id, one.upload_id)], now=desk.now)
    await desk.run_for(HOUR, 10 * MINUTE)

    assert len(desk.alerts) == 1


async def test_what_was_removed_before_the_alert_is_not_told(desk, storage):
    await desk.watch(search="ferry")
    taken = await desk.bring(FERRY)
    await desk.pass_by(timedelta(seconds=1))
    scope = Scope(GUILD, BEN, None)
    await storage.trash(scope, [taken.upload_id], removed_by=BEN, now=desk.now)
    await desk.pass_by()
    silent = list(desk.alerts)
    (removal,) = await storage.in_trash(scope)
    await storage.restore(scope, removal.removal_id)

    await desk.run_for(HOUR, 10 * MINUTE)

    assert silent == []
    assert len(desk.alerts) == 1


@pytest.mark.trust("watch-forgotten")
async def test_a_person_who_asks_to_be_forgotten_has_no_watch_any_more(desk, storage):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    await desk.sieve.step()

    await storage.forget_person(desk.call().scope, ANA, now=desk.now)
    await desk.run_for(HOUR, 10 * MINUTE)

    assert desk.alerts == []
    assert await storage.watches(Scope(GUILD, ANA, None)) == ()


@pytest.mark.trust("watch-own")
async def test_the_list_tells_what_and_where_and_when_it_last_told_something(desk):
    await desk.watch(search="Ferry fire")
    await desk.watch(entity="Wilma Ruys", channel=NEWS, admin=True)
    before = await desk.listed()
    await desk.bring(FERRY)
    await desk.pass_by()

    after = await desk.listed()

    assert before.count("told nothing yet") == 2
    assert after.count("told nothing yet") == 1
    assert "Ferry fire" in after
    assert "Ferry fire" not in await desk.listed(BEN)
    assert "Wilma Ruys" in await desk.listed(BEN)


async def test_the_list_has_pages(desk):
    for number in range(10):
        await desk.watch(search=f"word{number}")
        desk.now += MINUTE

    first = await desk.services.watches.list(desk.call())
    last = await desk.services.watches.list(desk.call(), page=9)

    assert "page 1 of 2" in told(first)
    assert [action.label for action in last.actions] == ["Back"]
    assert "word0" in told(last)


async def test_what_is_removed_tells_nothing_until_it_is_brought_back(desk):
    await desk.watch(search="ferry")
    reply = await desk.services.watches.remove(desk.call(), watch="FERRY")
    await desk.bring(TRAM)
    await desk.pass_by()
    gone = await desk.listed()

    await desk.services.perform(desk.call(), reply.actions[0].request)
    desk.now += MINUTE
    await desk.bring(FERRY)
    await desk.pass_by()

    assert "Nothing is watched for" in gone
    assert len(desk.alerts) == 1


async def test_one_that_was_paused_when_it_was_removed_says_so_when_it_is_back(desk):
    await desk.watch(search="ferry")
    await desk.bring(FERRY)
    desk.place.errors = [(ClosedError(), False)]
    await desk.pass_by()
    removed = await desk.services.watches.remove(desk.call(), watch="FERRY")

    back = await desk.services.perform(desk.call(), removed.actions[0].request)
    before = await desk.listed()
    await desk.services.perform(desk.call(), back.actions[0].request)

    assert "I may not send direct messages" in told(back)
    assert "paused" in before
    assert "paused" not in await desk.listed()


@pytest.mark.trust("watch-admin")
async def test_those_who_may_not_manage_the_server_leave_channels_alone(desk):
    await desk.watch(search="ferry", channel=NEWS, admin=True)

    with pytest.raises(NotWatchAdminError):
        await desk.watch(BEN, search="tram", channel=NEWS)
    with pytest.raises(NotWatchAdminError):
        await desk.services.watches.remove(desk.call(BEN), watch="ferry")
    assert await desk.services.watches.suggest_watch(desk.call(BEN), "") == []


async def test_what_is_offered_to_remove_are_those_one_may(desk):
    await desk.watch(search="ferry")
    await desk.watch(BEN, search="ferry boat")

    offered = await desk.services.watches.suggest_watch(desk.call(), "FERR")

    assert [one.label for one in offered] == ["ferry"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({}, NothingToWatchForError),
        ({"search": "  "}, NothingToWatchForError),
        ({"search": "ferry", "entity": "Reyl"}, SeveralToWatchForError),
        ({"search": '("'}, QueryError),
        ({"search": "-ferry"}, QueryError),
        ({"search": "ferry", "channel": CLOSED}, UnknownChannelError),
        ({"search": "ferry", "channel": 99}, UnknownChannelError),
        ({"search": "ferry", "channel": BOARD}, UnknownChannelError),
    ],
)
async def test_what_cannot_be_watched_for_is_told_at_once(desk, options, error):
    with pytest.raises(error):
        await desk.watch(admin=True, **options)


async def test_a_channel_in_which_i_may_not_post_is_told_with_what_is_missing(desk):
    call = desk.call(ANA, NEWS, BOARD, admin=True)

    with pytest.raises(LacksPermissionsError, match="Send Messages"):
        await desk.services.watches.add(call, search="ferry", channel=BOARD)


async def test_nothing_is_told_to_a_terminal(desk, call):
    with pytest.raises(NobodyToTellError):
        await desk.services.watches.add(call, search="ferry")


async def test_the_same_twice_is_told_and_the_same_of_another_is_none(desk):
    await desk.watch(search='"Night Ferry"')

    with pytest.raises(SameWatchError):
        await desk.watch(search='"night   ferry"')
    await desk.watch(BEN, search='"night ferry"')
    await desk.watch(search='"night ferry"', channel=NEWS, admin=True)
    with pytest.raises(SameWatchError):
        await desk.watch(BEN, search='"night ferry"', channel=NEWS, admin=True)


async def test_there_is_a_most_for_a_person_and_for_a_desk(desk, monkeypatch):
    monkeypatch.setattr("bot.services.watches.MOST_OWN", 2)
    monkeypatch.setattr("bot.services.watches.MOST", 3)
    for words in ("one", "two"):
        await desk.watch(search=words)

    with pytest.raises(TooManyWatchesError, match="You have 2"):
        await desk.watch(search="three")
    await desk.watch(BEN, search="three")
    with pytest.raises(TooManyWatchesError, match="This desk has 3"):
        await desk.watch(BEN, search="four")


async def test_no_watch_fits_and_several_do(desk):
    await desk.watch(search="ferry fire")
    await desk.watch(search="ferry boat")

    with pytest.raises(NoSuchWatchError, match="There is no watch"):
        await desk.services.watches.remove(desk.call(), watch="tram")
    with pytest.raises(NoSuchWatchError, match="Several"):
        await desk.services.watches.remove(desk.call(), watch="ferry")


async def test_who_is_meant_is_asked_where_several_may_be(desk):
    await desk.bring(article("The quay", "Ines Tamm met skippers at the quay on Monday.", "Tamm said that dues rise."))
    await desk.bring(article("The ward", "Olaf Tamm opened a ward on Friday.", "Tamm said that more beds are needed."))

    reply = await desk.watch(entity="Tamm")

    assert {choice.label for choice in reply.menus[0].choices} == {"Ines Tamm", "Olaf Tamm"}
    chosen = reply.menus[0].choices[0].request
    assert "Watching" in told(await desk.services.perform(desk.call(), chosen))


async def test_adding_does_not_depend_on_how_many_watches_there_are(desk, storage):
    """Counted in statements, since a time would be the machine's: 1000 watches cost an upload one row."""
    await desk.watch(search="ferry")
    counted = [await _statements(storage, desk, FERRY)]
    await desk.pass_by(HOUR)
    (one,) = await storage.watches(Scope(GUILD, ANA, None))
    for number in range(1000):
        what = {"about": {"query": f"word{number}"}, "keys": [], "typed": ""}
        new = _again(one, what)
        await storage.make_schedule(Scope(GUILD, ANA, None), new)
    counted.append(await _statements(storage, desk, TRAM))

    assert counted[0] == counted[1]


def _again(one, what):
    return NewSchedule(
        audience_id=ANA,
        recipient_id=ANA,
        made_by=ANA,
        made_at=one.made_at,
        kind=KIND,
        name=one.name,
        what=what,
        timing={},
        place=one.place,
        next_slot=None,
        next_at=None,
    )


async def _statements(storage, desk, text):
    seen = []

    def note(*_):
        seen.append(1)

    line = storage._database._writers._idle[0]
    event.listen(line._sql, "before_cursor_execute", note)
    await desk.bring(text)
    event.remove(line._sql, "before_cursor_execute", note)
    return len(seen)


_QUERIES = st.sampled_from(
    [
        "ferry",
        "ferries",
        '"night ferry"',
        "ferr*",
        "ferry -fire",
        "tram OR ferry",
        "line 4",
        "(tram OR mayor) -quay",
        "Reyl",
    ]
)
_WORDS = st.lists(
    st.sampled_from(
        ["ferry", "ferries", "Night", "night", "fire", "tram", "trams", "quay", "Reyl", "4", "line", "ferret"]
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15)
@given(queries=st.lists(_QUERIES, min_size=4, max_size=9, unique=True), texts=st.lists(_WORDS, min_size=6, max_size=12))
async def test_the_sieve_finds_what_the_search_finds(queries, texts):
    stories = tuple((f"{words[0]} {number}", (" ".join(words),)) for number, words in enumerate(texts))
    file = File("many.txt", stories)
    scope = Scope(GUILD, ANA, frozenset({NEWS}))
    async with open_storage("sqlite+aiosqlite://") as storage:
        upload = NewUpload(file.data, file.name, ANA, NEWS, NEWS, 1, 0, created_at=NOON)
        await storage.add(scope, upload, reading(file))
        found = [await storage.search(scope, Search(parse(query)), limit=99) for query in queries]

    said = {title: Said(spell_article(text, title)) for title, (text,) in stories}
    for query, hits in zip(queries, found, strict=True):
        assert {head.title for head in hits.heads} == {title for title in said if holds(said[title], parse(query))}
