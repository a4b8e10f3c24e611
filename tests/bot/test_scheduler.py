"""What is due arrives once: through lost answers, refusals, absences, other processes and clocks that jump."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from corpus_makers import BUNDLE, HARBOUR, NOON, reading, scope, upload, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.scheduler import AWAY, NOTHING_NEW, Clock, Pacing, Scheduler, opening_of, pause_after
from bot.services.deliveries import (
    ArchivedError,
    ClosedError,
    Composed,
    ForbiddenError,
    GoneError,
    Period,
    Place,
    PlaceKind,
    RefusedError,
    TooLateError,
    UnreachableError,
    UnsureError,
    check_in_time,
    nonce_of,
    only_while,
    paused,
    resumed,
    told_gap,
)
from bot.services.errors import DigestContentError
from bot.services.packing import pack_reply, unpack_reply
from bot.services.replies import (
    Action,
    Attachment,
    Bold,
    Bullets,
    Channel,
    Code,
    Command,
    Divider,
    Excerpt,
    Heading,
    Italic,
    Line,
    Link,
    Menu,
    Moment,
    Quoted,
    Reply,
    Request,
    Tone,
)
from bot.services.schedules import Quiet, Repeat, Timing
from storage import open_storage
from storage.base import NewSchedule, Schedule
from storage.errors import QueryError
from summariser.model import Span

GUILD, CHANNEL, ANA = 4_000_000_000_000_001, 1, 555_000_000_000_001
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = Timing(Repeat.DAILY, "UTC")

# As fast as a test wants it; what is counted in minutes stays so, since the clock is the test's.
PACING = Pacing(per_second=10_000, poll=0.01, attempt=5.0, drain=0.2, first_pause=timedelta(seconds=30))


@dataclass
class Time:
    """A clock that a test moves."""

    now: datetime = NINE + timedelta(seconds=5)
    ticks: float = 0.0

    def clock(self):
        return Clock(lambda: self.now, lambda: self.ticks)

    def pass_by(self, span):
        self.now += span
        self.ticks += span.total_seconds()


@dataclass
class Sink:
    """A place where messages arrive, that forgets nonces and does what it is told to do wrong."""

    time: Time
    messages: list = field(default_factory=list)
    nonces: dict = field(default_factory=dict)
    before: list = field(default_factory=list)
    """Errors that the next sends end in without effect."""
    after: list = field(default_factory=list)
    """Errors that the next sends end in after taking effect."""
    unreadable: Exception | None = None
    audience: frozenset = frozenset({CHANNEL})
    told: list = field(default_factory=list)
    untellable: list = field(default_factory=list)
    looked: int = 0
    remembers: timedelta = timedelta(minutes=5)

    async def audiences(self, desk_id, place, shared):
        return self.audience | shared

    async def send(self, desk_id, place, post):
        check_in_time()
        if self.before:
            raise self.before.pop(0)
        sent_at, known = self.nonces.get(post.nonce, (None, None))
        if sent_at is None or self.time.ticks - sent_at > self.remembers.total_seconds():
            known = len(self.messages) + 1
            self.messages.append((place.number, post))
            self.nonces[post.nonce] = (self.time.ticks, known)
        if self.after:
            raise self.after.pop(0)
        return known

    async def find(self, desk_id, place, key, since):
        self.looked += 1
        if self.unreadable:
            raise self.unreadable
        hits = [n for n, (number, post) in enumerate(self.messages, 1) if post.key == key and number == place.number]
        return hits[0] if hits else None

    async def tell(self, desk_id, person_id, post):
        if self.untellable:
            raise self.untellable.pop(0)
        self.told.append((person_id, post.reply))


async def compose(scope, schedule, period):
    """Say the period, and when it was composed."""
    words = f"{period.since:%d %H:%M}-{period.until:%d %H:%M} {period.slots}{' late' if period.late else ''}"
    return Composed(Reply(schedule.name, (*told_gap(period), Line((words,)))), period.until)


@pytest_asyncio.fixture
async def storage():
    async with open_storage("sqlite+aiosqlite://") as opened:
        yield opened


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def sink(time):
    return Sink(time)


@pytest.fixture
def make(storage):
    async def make(timing=DAILY, *, at=NINE, slot="2026-03-02T09:00", **changes):
        values = {
            "audience_id": CHANNEL,
            "recipient_id": None,
            "made_by": ANA,
            "made_at": NOON,
            "kind": "digest",
            "name": "Morning",
            "what": {},
            "timing": timing.to_json(),
            "place": Place(PlaceKind.CHANNEL, CHANNEL).to_json(),
            "next_slot": slot,
            "next_at": at,
        }
        return await storage.make_schedule(whole(GUILD), NewSchedule(**values | changes))

    return make


@pytest.fixture
def scheduler(storage, sink, time):
    def start(compose=compose, **pacing):
        return Scheduler(storage, sink, compose, clock=time.clock(), pacing=replace(PACING, **pacing))

    return start


async def work(scheduler):
    """Let one look at what is due be worked off."""
    await scheduler.step()
    await scheduler.settle()


async def history(storage, schedule):
    return [(one.state, one.reason) for one in await storage.deliveries(whole(GUILD), schedule.schedule_id)]


def words(sink):
    return [post.reply.blocks[-1].words[0] for _, post in sink.messages]


class TestArriving:
    async def test_what_is_due_is_sent_once_and_then_at_its_next_slot(self, storage, scheduler, make, sink, time):
        made = await make()
        one = scheduler()

        for _ in range(3):
            await work(one)
        time.pass_by(DAY)
        await work(one)

        assert words(sink) == ["01 12:00-02 09:00 1", "02 09:00-03 09:00 1"]
        assert await history(storage, made) == [("sent", None)] * 2

    async def test_before_its_time_nothing_is_sent(self, scheduler, make, sink, time):
        await make(at=NINE + DAY)

        await work(scheduler())

        assert sink.messages == []

    async def test_of_several_processes_one_sends(self, storage, scheduler, make, sink):
        for number in range(20):
            await make(name=f"{number}")
        several = [scheduler(at_once=3) for _ in range(4)]

        for _ in range(8):
            await asyncio.gather(*map(work, several))

        assert sorted(post.reply.title for _, post in sink.messages) == sorted(f"{number}" for number in range(20))

    async def test_where_nothing_is_new_nothing_is_sent_and_the_time_counts_as_told(
        self, storage, scheduler, make, sink, time
    ):
        made = await make()

        async def nothing(*_):
            return None

        await work(scheduler(nothing))

        assert sink.messages == []
        assert await history(storage, made) == [("skipped", NOTHING_NEW)]
        assert (await storage.schedule(whole(GUILD), made.schedule_id)).covered_until == time.now

    async def test_it_draws_on_what_the_readers_of_the_place_may_read(self, storage, scheduler, make, sink):
        await make()
        asked = []
        sink.audience = frozenset({CHANNEL, 8})
        await storage.change_settings(
            GUILD, lambda kept: replace(kept, shared=frozenset({9})), changed_by=ANA, now=NOON
        )

        async def look(scope, schedule, period):
            asked.append(scope)
            return await compose(scope, schedule, period)

        await work(scheduler(look))

        assert asked == [replace(whole(GUILD), asker_id=ANA, audiences=frozenset({CHANNEL, 8, 9}))]

    def test_nonces_are_short_and_say_channel_and_delivery(self):
        most = 2**63 - 1

        assert len(nonce_of("d", most, most)) == 23
        assert len({nonce_of("d", first, second) for first in range(99) for second in range(99)}) == 99 * 99


class TestLostAnswers:
    @pytest.mark.parametrize("minutes", [1, 2, 10, 60 * 24])
    @pytest.mark.parametrize("forgets", [False, True])
    async def test_what_arrived_although_its_answer_was_lost_is_not_sent_again(
        self, storage, scheduler, make, sink, time, minutes, forgets
    ):
        made = await make()
        sink.after = [UnreachableError("cut")]
        await work(scheduler())

        time.pass_by(timedelta(minutes=minutes))
        if forgets:
            sink.nonces.clear()
        await work(scheduler())

        assert words(sink)[0] == "01 12:00-02 09:00 1"
        assert [post.key for _, post in sink.messages].count(sink.messages[0][1].key) == 1
        assert (await history(storage, made))[-1] == ("sent", None)

    async def test_what_did_not_arrive_is_sent_again_word_for_word(self, storage, scheduler, make, sink, time):
        made = await make()
        sink.before = [UnreachableError("503"), UnreachableError("503")]
        one = scheduler()

        for _ in range(3):
            await work(one)
            time.pass_by(timedelta(minutes=3))

        assert words(sink) == ["01 12:00-02 09:00 1"]
        assert sink.looked == 2
        assert await history(storage, made) == [("sent", None)]

    async def test_a_wait_that_was_asked_for_is_kept(self, scheduler, make, sink, time):
        await make()
        sink.before = [UnreachableError("429", retry_after=600)]
        one = scheduler()
        await work(one)

        time.pass_by(timedelta(minutes=9))
        await work(one)
        early = len(sink.messages)
        time.pass_by(timedelta(minutes=2))
        await work(one)

        assert (early, len(sink.messages)) == (0, 1)

    async def test_without_the_history_the_nonce_has_to_do_while_it_holds(self, storage, scheduler, make, sink, time):
        await make()
        sink.after, sink.unreadable = [UnreachableError("cut")], ForbiddenError()
        one = scheduler()
        await work(one)

        time.pass_by(timedelta(minutes=1))
        await work(one)

        assert len(sink.messages) == 1

    @pytest.mark.parametrize("unreadable", [ForbiddenError(), UnsureError()])
    async def test_what_cannot_be_told_any_more_is_not_sent_twice(
        self, storage, scheduler, make, sink, time, unreadable
    ):
        made = await make()
        sink.after, sink.unreadable = [UnreachableError("cut")], unreadable
        one = scheduler()
        await work(one)

        time.pass_by(timedelta(minutes=30))
        await work(one)

        assert len(sink.messages) == 1
        ((state, reason),) = await history(storage, made)
        assert (state, "may have been sent" in reason) == ("failed", True)
        assert (await storage.schedule(whole(GUILD), made.schedule_id)).paused is None

    async def test_a_try_that_hangs_ends(self, storage, scheduler, make, sink, time, monkeypatch):
        made = await make()

        async def hang(*_):
            await asyncio.Event().wait()

        monkeypatch.setattr(sink, "send", hang)
        await work(scheduler(attempt=0.05))
        monkeypatch.undo()
        time.pass_by(timedelta(minutes=1))
        await work(scheduler())

        assert len(sink.messages) == 1
        assert await history(storage, made) == [("sent", None)]


class TestLeases:
    async def test_who_was_stopped_for_longer_than_the_lease_sends_nothing(
        self, storage, scheduler, make, sink, time, monkeypatch
    ):
        await make()
        stopped, others = scheduler(), scheduler()
        begin = storage.begin_try

        async def stop_right_after(*given, **options):
            """Be stopped between the last look at the lease and the send, while another takes over."""
            monkeypatch.undo()
            kept = await begin(*given, **options)
            time.pass_by(timedelta(minutes=10))
            await work(others)
            sink.nonces.clear()
            return kept

        monkeypatch.setattr(storage, "begin_try", stop_right_after)
        await work(stopped)

        assert len(sink.messages) == 1

    async def test_who_has_lost_the_delivery_while_composing_sends_nothing(self, storage, scheduler, make, sink, time):
        await make()
        others = scheduler()

        async def slow(*given):
            time.pass_by(timedelta(minutes=10))
            await work(others)
            return await compose(*given)

        await work(scheduler(slow))

        assert len(sink.messages) == 1

    async def test_the_history_is_relied_on_for_no_longer_than_a_nonce_holds(
        self, storage, scheduler, make, sink, time, monkeypatch
    ):
        await make()
        on_its_way = []
        send, find = sink.send, sink.find

        async def delay(*given):
            on_its_way.append(given)
            raise UnreachableError("cut")

        async def arrives_right_behind_the_look(*given):
            found = await find(*given)
            while on_its_way:
                await send(*on_its_way.pop())
            time.pass_by(PACING.nonce)
            sink.nonces.clear()
            return found

        one = scheduler()
        monkeypatch.setattr(sink, "send", delay)
        await work(one)
        monkeypatch.undo()
        monkeypatch.setattr(sink, "find", arrives_right_behind_the_look)
        for _ in range(3):
            time.pass_by(timedelta(minutes=5))
            await work(one)

        assert len(sink.messages) == 1

    async def test_a_request_may_leave_only_while_it_is_in_time(self):
        check_in_time()

        with only_while(lambda: False), pytest.raises(TooLateError):
            check_in_time()
        check_in_time()

    async def test_when_the_program_stops_what_waits_is_given_back_at_once(
        self, storage, scheduler, make, sink, monkeypatch
    ):
        made = await make()
        begun = asyncio.Event()

        async def hang(*_):
            begun.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(sink, "audiences", hang)
        running = asyncio.create_task(scheduler().run())
        await asyncio.wait_for(begun.wait(), 5)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        monkeypatch.undo()
        await work(scheduler())

        assert await history(storage, made) == [("sent", None)]


class TestFailing:
    @pytest.mark.parametrize(
        ("error", "why"),
        [
            (GoneError(), "the channel is gone"),
            (ForbiddenError(["Send Messages"]), "Send Messages"),
            (ArchivedError(), "closed and locked"),
            (ClosedError(), "direct messages"),
        ],
    )
    async def test_what_lasts_pauses_the_schedule_and_its_maker_is_told_once(
        self, storage, scheduler, make, sink, time, error, why
    ):
        made = await make()
        sink.before = [error]
        one = scheduler()

        for _ in range(3):
            await work(one)
            time.pass_by(DAY)

        kept = await storage.schedule(whole(GUILD), made.schedule_id)
        assert why in kept.paused
        assert sink.messages == []
        ((person, note),) = sink.told
        assert person == ANA
        assert why in note.blocks[0].words[1]
        assert (await history(storage, made)) == [("failed", str(error))]

    @pytest.mark.parametrize("error", [DigestContentError("no such thing"), QueryError("it is empty", "harbour")])
    async def test_what_cannot_be_composed_any_more_pauses_the_schedule(self, storage, scheduler, make, sink, error):
        async def fail(scope, schedule, period):
            raise error

        made = await make()

        await work(scheduler(fail))

        kept = await storage.schedule(whole(GUILD), made.schedule_id)
        assert "cannot be read any more" in kept.paused
        assert sink.messages == []

    async def test_one_that_cannot_be_told_now_is_told_later(self, scheduler, make, sink):
        await make()
        sink.before, sink.untellable = [GoneError()], [UnreachableError("503")]
        one = scheduler()

        for _ in range(4):
            await work(one)

        assert len(sink.told) == 1

    async def test_what_stays_out_of_reach_is_given_up_and_the_next_slot_covers_it(
        self, storage, scheduler, make, sink, time
    ):
        made = await make()
        one = scheduler(most_tries=3)
        sink.before = [UnreachableError("503")] * 3

        for _ in range(3):
            await work(one)
            time.pass_by(timedelta(minutes=20))
        time.now = NINE + DAY
        await work(one)

        assert [state for state, _ in await history(storage, made)] == ["sent", "failed"]
        assert words(sink) == ["01 12:00-03 09:00 1"]
        assert sink.told == []

    async def test_three_given_up_in_a_row_pause_the_schedule(self, storage, scheduler, make, sink, time):
        made = await make()
        one = scheduler(most_tries=1)
        sink.before = [RefusedError("400, 50035")] * 9

        for _ in range(5):
            await work(one)
            time.pass_by(DAY)

        assert [state for state, _ in await history(storage, made)] == ["failed"] * 3
        assert len(sink.told) == 1

    async def test_one_that_breaks_does_not_keep_the_others(self, storage, scheduler, make, sink):
        await make(name="broken")
        await make(name="whole")

        async def break_one(scope, schedule, period):
            if schedule.name == "broken":
                raise ZeroDivisionError
            return await compose(scope, schedule, period)

        await work(scheduler(break_one))

        assert [post.reply.title for _, post in sink.messages] == ["whole"]

    async def test_times_that_cannot_be_read_any_more_pause_the_schedule(self, storage, scheduler, make, sink):
        made = await make(timing=replace(DAILY, zone="Europe/Atlantis"))
        await make(name="whole")

        await work(scheduler())

        assert "Europe/Atlantis" in (await storage.schedule(whole(GUILD), made.schedule_id)).paused
        assert [post.reply.title for _, post in sink.messages] == ["whole"]

    def test_pauses_grow_up_to_a_bound(self):
        minutes = [pause_after(tries, PACING) / timedelta(minutes=1) for tries in (1, 2, 3, 6, 99)]

        assert minutes == [0.5, 1, 2, 15, 15]


class TestOutages:
    async def test_one_delivery_makes_up_for_all_that_was_missed_and_says_so(
        self, storage, scheduler, make, sink, time
    ):
        made = await make(timing=Timing(Repeat.HOURLY, "UTC"), slot="2026-03-02T09:00Z")
        time.pass_by(10 * HOUR + timedelta(minutes=20))

        one = scheduler()
        for _ in range(3):
            await work(one)

        ((_, post),) = sink.messages
        assert words(sink) == ["01 12:00-02 19:20 11 late"]
        assert "makes up for 11 runs" in post.reply.blocks[0].words[0]
        assert (await storage.schedule(whole(GUILD), made.schedule_id)).next_at == NINE + 11 * HOUR

    async def test_a_schedule_that_does_not_catch_up_waits_for_its_next_slot(
        self, storage, scheduler, make, sink, time
    ):
        made = await make(catches_up=False)
        time.pass_by(2 * DAY + HOUR)
        one = scheduler()
        await work(one)
        before = len(sink.messages)

        time.now = NINE + 3 * DAY
        await work(one)

        assert before == 0
        assert await history(storage, made) == [("sent", None), ("skipped", AWAY)]
        assert words(sink) == ["01 12:00-05 09:00 1"]

    async def test_what_is_out_of_reach_for_hours_is_no_burst_when_it_is_back(
        self, storage, scheduler, make, sink, time
    ):
        await make(timing=Timing(Repeat.HOURLY, "UTC"), slot="2026-03-02T09:00Z")
        sink.before = [UnreachableError("503")] * 12
        one = scheduler()

        while sink.before:
            await work(one)
            time.pass_by(timedelta(minutes=15))
        await work(one)
        await work(one)

        assert len(sink.messages) == 1


class TestClocks:
    async def test_a_clock_that_was_ahead_and_is_put_right_costs_no_day(self, storage, scheduler, make, sink, time):
        made = await make()
        one = scheduler()
        time.now += 300 * DAY
        await work(one)
        ahead = len(sink.messages)

        time.now -= 300 * DAY
        for _ in range(3):
            await work(one)
            time.pass_by(DAY)

        assert ahead == 1
        assert len(sink.messages) == 3
        assert (await storage.schedule(whole(GUILD), made.schedule_id)).next_at == NINE + 3 * DAY

    async def test_what_came_in_before_the_clock_was_put_right_is_not_passed_over(
        self, storage, scheduler, make, sink, time
    ):
        await make()
        one = scheduler()
        time.now += 3 * HOUR
        await work(one)
        time.now += DAY - 6 * HOUR
        time.ticks += (DAY - 6 * HOUR).total_seconds()

        time.now = NINE + DAY
        await work(one)
        ((_, first), (_, second)) = sink.messages

        assert first.reply.blocks[-1].words[0].startswith("01 12:00-")
        assert second.key != first.key

    async def test_a_slot_that_was_sent_early_is_not_sent_again(self, storage, scheduler, make, sink, time):
        await make()
        time.now = NINE - 2 * HOUR
        one = scheduler()
        await work(one)
        time.now = NINE + timedelta(minutes=1)
        await work(one)

        time.now = NINE - HOUR
        for _ in range(8):
            await work(one)
            time.pass_by(HOUR)

        assert len(sink.messages) == 1

    @settings(max_examples=8)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["pass", "set", "lose", "refuse", "stop", "forget"]),
                st.integers(-600, 600),
            ),
            max_size=25,
        )
    )
    async def test_whatever_happens_no_slot_arrives_twice_and_none_is_lost(self, happenings):
        time = Time()
        sink = Sink(time)
        async with open_storage("sqlite+aiosqlite://") as storage:
            first = Timing(Repeat.DAILY, "UTC").to_json()
            place = Place(PlaceKind.CHANNEL, CHANNEL).to_json()
            about = {"audience_id": CHANNEL, "recipient_id": None, "made_by": ANA, "made_at": NOON, "kind": "digest"}
            new = NewSchedule(
                **about, name="x", what={}, timing=first, place=place, next_slot="2026-03-02T09:00", next_at=NINE
            )
            made = await storage.make_schedule(whole(GUILD), new)
            one = Scheduler(storage, sink, compose, clock=time.clock(), pacing=PACING)
            for what, minutes in happenings:
                match what:
                    case "pass":
                        time.pass_by(timedelta(minutes=abs(minutes)))
                    case "set":
                        time.now += timedelta(minutes=minutes)
                    case "lose":
                        sink.after.append(UnreachableError("cut"))
                    case "refuse":
                        sink.before.append(UnreachableError("503"))
                    case "stop":
                        one = Scheduler(storage, sink, compose, clock=time.clock(), pacing=PACING)
                    case "forget":
                        sink.nonces.clear()
                await work(one)
            sink.before.clear()
            sink.after.clear()
            for _ in range(4):
                time.pass_by(timedelta(minutes=61))
                await work(one)
            kept = await storage.deliveries(whole(GUILD), made.schedule_id, limit=999)

        keys = [post.key for _, post in sink.messages]
        assert len(keys) == len(set(keys))
        assert {one.key for one in kept if one.state == "sent"} == set(keys)
        assert not [one for one in kept if one.state == "open" and one.tries > 1]


def newest(storage):
    """Return a composer that names all the articles in sight."""

    async def compose(scope, schedule, period):
        heads = await storage.newest(scope, limit=25)
        lines = tuple(Line((head.title,)) for head in heads)
        ids = tuple(head.article_id for head in heads)
        items = tuple(("article", str(one)) for one in ids)
        return Composed(Reply(schedule.name, lines), period.until, ids, items) if heads else None

    return compose


class TestForgetting:
    async def test_what_quotes_an_article_that_was_removed_is_composed_anew(self, storage, scheduler, make, sink, time):
        kept = await storage.add(scope(CHANNEL, desk=GUILD), upload(BUNDLE, CHANNEL), reading(BUNDLE))
        gone = await storage.add(scope(CHANNEL, desk=GUILD), upload(HARBOUR, CHANNEL), reading(HARBOUR))
        made = await make()
        one = scheduler(newest(storage))
        sink.before = [UnreachableError("503")]
        await work(one)
        await storage.trash(whole(GUILD), [gone.upload_id], removed_by=ANA, now=time.now)

        time.pass_by(timedelta(minutes=5))
        await work(one)

        ((_, post),) = sink.messages
        assert "Tram returns" in repr(post.reply)
        assert "Harbour" not in repr(post.reply)
        shown = await storage.latest_items(GUILD, made.schedule_id, "article", limit=9)
        assert set(shown) == {str(article) for article in kept.article_ids}
        (delivery,) = await storage.deliveries(whole(GUILD), made.schedule_id)
        assert delivery.payload is None

    async def test_what_somebody_brought_who_asked_to_be_forgotten_is_not_sent_and_not_doubled(
        self, storage, scheduler, make, sink, time
    ):
        await storage.add(scope(CHANNEL, desk=GUILD), upload(HARBOUR, CHANNEL, uploader_id=ANA), reading(HARBOUR))
        made = await make()
        one = scheduler(newest(storage))
        sink.before = [UnreachableError("503")]
        await work(one)
        await storage.forget_person(scope(CHANNEL, desk=GUILD), ANA, now=time.now)

        time.pass_by(timedelta(minutes=5))
        await work(one)

        assert sink.messages == []
        assert await history(storage, made) == [("skipped", NOTHING_NEW)]


class TestPausingByHand:
    async def test_one_that_is_resumed_goes_on_with_its_next_slot_and_covers_all(
        self, storage, make, scheduler, sink, time
    ):
        made = await make()
        await storage.change_schedule(whole(GUILD), made.schedule_id, lambda one: paused(one, "asked to"))
        one = scheduler()
        await work(one)
        time.pass_by(3 * DAY)
        await storage.change_schedule(whole(GUILD), made.schedule_id, lambda one: resumed(one, time.now))
        await work(one)
        before = len(sink.messages)
        time.pass_by(DAY)
        await work(one)

        assert before == 0
        assert words(sink) == ["01 12:00-06 09:00 1"]


def test_the_opening_of_a_slot_is_the_last_one_for_all_that_were_missed():
    timing = Timing(Repeat.HOURLY, "Europe/Berlin", quiet=Quiet(NINE.time(), NINE.replace(hour=17).time()))
    about = {"desk_id": 1, "schedule_id": 2, "audience_id": 3, "recipient_id": None, "made_by": 4, "made_at": NOON}
    schedule = Schedule(
        **about,
        kind="digest",
        name="x",
        what={},
        timing=timing.to_json(),
        place={},
        catches_up=True,
        next_slot="first",
        next_at=NINE - 3 * HOUR,
        covered_until=NOON,
        paused=None,
        untold=False,
        failures=0,
    )

    opening = opening_of(schedule, NINE + 9 * HOUR, late=HOUR)

    assert (opening.slot, opening.slots) == ("2026-03-02T18:00Z", 5)
    assert opening.next_at == NINE + 10 * HOUR


def test_a_reply_comes_back_from_json_as_it_was():
    inline = ("a", Bold("b"), Italic("c"), Code("d"), Link("e", "https://e"), Moment(NOON, relative=True))
    reply = Reply(
        "Title",
        (
            Heading((*inline, Command("add"), Channel(7))),
            Bullets((inline, ("x",))),
            Quoted(1, "words", ("source",), None, (Span(0, 2),)),
            Excerpt("a", "b", "c"),
            Divider(),
        ),
        actions=(Action("Go", Request("a.b", {"list": [1, {":": "x"}], "none": None}, 3)),),
        menus=(Menu("Open", ()),),
        attachments=(Attachment("a.png", b"\x00\xff", shown=True),),
        tone=Tone.WARNING,
        again=Request("a.b"),
        anchors=(4, 5),
    )

    assert unpack_reply(pack_reply(reply)) == reply


def test_what_is_told_of_an_absence():
    period = Period(NOON, NINE)

    assert told_gap(period) == []
    assert "late" in repr(told_gap(replace(period, late=True)))
    assert "3 runs" in repr(told_gap(replace(period, slots=3, late=True)))
