"""Schedules and deliveries: a slot is there once, one process has it at a time, and what was forgotten is gone."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from corpus_makers import HARBOUR, NOON, reading, scope, upload, whole
from sqlalchemy import select

from storage import forgetting, scheduling, tables
from storage.base import NewSchedule, Opening, Outcome, Scope
from storage.errors import TooManySchedulesError, UnknownScheduleError

GUILD, OTHER, ANA, BEN = 4_000_000_000_000, 4_000_000_000_001, 555_000_000_000_001, 555_000_000_000_002
LEASE, DAY, YEAR = timedelta(minutes=2), timedelta(days=1), timedelta(days=400)
ME, YOU = "me", "you"


def new(audience=1, **changes):
    values = {
        "audience_id": audience,
        "recipient_id": None,
        "made_by": ANA,
        "made_at": NOON,
        "kind": "digest",
        "name": "Morning",
        "what": {"topic": None},
        "timing": {"repeat": "daily"},
        "place": {"kind": "channel", "number": audience},
        "next_slot": "2026-03-02T09:00",
        "next_at": NOON + DAY,
    }
    return NewSchedule(**values | changes)


async def make(storage, audience=1, *, desk=GUILD, **changes):
    return await storage.make_schedule(scope(audience, desk=desk), new(audience, **changes))


def opening(schedule, slot="2026-03-02T09:00", **changes):
    values = {"due_at": schedule.next_at, "slots": 1, "skipped": None, "next_slot": f"{slot}+1"}
    values |= {"next_at": schedule.next_at + DAY, "expected_at": schedule.next_at, "slot": slot}
    return Opening(schedule.desk_id, schedule.schedule_id, **values | changes)


async def begin(storage, schedule, now=NOON + DAY):
    """Open a schedule's delivery and claim it."""
    await storage.open_deliveries([opening(schedule)], now=now)
    (claimed,) = await storage.claim_deliveries(ME, now=now, lease=LEASE, limit=1)
    return claimed.delivery


def trying(storage, one, owner=ME, now=NOON + DAY, **changes):
    values = {"place": {"number": 1}, "payload": {"words": "Skippers were told"}}
    return storage.begin_try(one, owner, **values | changes, now=now, lease=LEASE)


async def states(storage, schedule):
    return [one.state for one in await storage.deliveries(whole(schedule.desk_id), schedule.schedule_id)]


class TestSchedules:
    async def test_they_are_seen_by_those_who_can_read_where_they_post(self, storage):
        first = await make(storage, 1, name="B")
        await make(storage, 2, name="A")
        await make(storage, 1, desk=OTHER)

        assert await storage.schedules(scope(1, desk=GUILD)) == (first,)
        assert [one.name for one in await storage.schedules(scope(1, 2, desk=GUILD))] == ["A", "B"]
        assert await storage.schedule(scope(1, desk=GUILD), first.schedule_id) == first

    @pytest.mark.parametrize("ask", ["schedule", "deliveries"])
    async def test_what_is_out_of_sight_is_unknown(self, storage, ask):
        hidden = await make(storage, 2)

        for asking in (scope(1, desk=GUILD), scope(2, desk=OTHER)):
            with pytest.raises(UnknownScheduleError):
                await getattr(storage, ask)(asking, hidden.schedule_id)
        with pytest.raises(UnknownScheduleError):
            await storage.remove_schedule(scope(1, desk=GUILD), hidden.schedule_id, now=NOON)
        with pytest.raises(UnknownScheduleError):
            await storage.change_schedule(scope(1, desk=GUILD), hidden.schedule_id, lambda one: one)
        with pytest.raises(UnknownScheduleError):
            await storage.run_schedule(scope(1, desk=GUILD), hidden.schedule_id, slot="now", now=NOON)

    async def test_a_change_is_made_of_what_is_there_and_keeps_whose_it_is(self, storage):
        made = await make(storage)

        before, after = await storage.change_schedule(
            scope(1, desk=GUILD), made.schedule_id, lambda one: replace(one, name="Evening", made_by=BEN, desk_id=OTHER)
        )

        assert before == made
        assert after == replace(made, name="Evening")
        assert await storage.schedule(scope(1, desk=GUILD), made.schedule_id) == after

    async def test_there_are_so_many_of_a_kind_and_for_a_person_and_no_more(self, storage):
        for number in range(2):
            await make(storage, name=f"{number}")
        await make(storage, kind="watch")
        await make(storage, 5, recipient_id=BEN)

        with pytest.raises(TooManySchedulesError, match="2"):
            await storage.make_schedule(scope(1, desk=GUILD), new(), most=2)
        with pytest.raises(TooManySchedulesError, match="1"):
            await storage.make_schedule(scope(5, desk=GUILD), new(5, recipient_id=BEN), most=1)
        assert await storage.make_schedule(scope(1, desk=GUILD), new(), most=3)
        assert await storage.make_schedule(scope(6, desk=GUILD), new(6, recipient_id=ANA), most=1)
        assert await storage.make_schedule(scope(1, desk=OTHER), new(), most=1)

    async def test_one_may_begin_held_and_where_another_stopped(self, storage):
        made = await make(storage, paused="at rest", covered_until=NOON - DAY)

        assert (made.paused, made.next_slot, made.next_at, made.covered_until) == ("at rest", None, None, NOON - DAY)
        assert await storage.schedule(scope(1, desk=GUILD), made.schedule_id) == made
        assert await storage.due_schedules(now=NOON + YEAR) == ()

    async def test_a_held_one_is_seen_by_whoever_made_it_where_nobody_else_can(self, storage):
        made = await make(storage, 2)
        ana, ben = (Scope(GUILD, who, frozenset({1})) for who in (ANA, BEN))
        assert await storage.schedules(ana) == ()

        await storage.halt_schedule(GUILD, made.schedule_id, reason="the channel is gone")

        assert [one.schedule_id for one in await storage.schedules(ana)] == [made.schedule_id]
        assert await storage.schedules(ben) == ()
        assert await storage.schedules(replace(ana, desk_id=OTHER)) == ()
        moved, _ = await storage.change_schedule(ana, made.schedule_id, lambda one: replace(one, audience_id=1))
        assert moved.audience_id == 2
        assert [one.audience_id for one in await storage.schedules(ben)] == [1]

    async def test_pausing_calls_off_what_is_open(self, storage):
        made = await make(storage)
        await begin(storage, made)

        await storage.change_schedule(
            whole(GUILD), made.schedule_id, lambda one: replace(one, paused="asked to", next_at=None, next_slot=None)
        )

        (called_off,) = await storage.deliveries(whole(GUILD), made.schedule_id)
        assert (called_off.state, called_off.reason) == ("skipped", scheduling.PAUSED)
        assert await storage.due_schedules(now=NOON + YEAR) == ()

    async def test_a_removed_one_is_not_there_until_it_is_brought_back(self, storage):
        made = await make(storage)
        one = await begin(storage, made)

        await storage.remove_schedule(whole(GUILD), made.schedule_id, now=NOON)
        gone = [await storage.schedules(whole(GUILD)), await storage.due_schedules(now=NOON + YEAR)]
        gone += [await storage.running_schedules(after=None), await storage.take_untold()]
        (called_off,) = await storage._database.read(
            lambda c: c.execute(select(tables.delivery.c.reason)).scalars().all()
        )
        with pytest.raises(UnknownScheduleError):
            await storage.bring_schedule_back(scope(2, desk=GUILD), made.schedule_id, lambda kept: kept)
        back = await storage.bring_schedule_back(
            whole(GUILD), made.schedule_id, lambda kept: replace(kept, name="Back")
        )

        assert gone == [()] * 4
        assert called_off == scheduling.REMOVED
        assert (await storage.schedules(whole(GUILD)), back.name) == ((back,), "Back")
        assert not await trying(storage, one)
        with pytest.raises(UnknownScheduleError):
            await storage.bring_schedule_back(whole(GUILD), made.schedule_id, lambda kept: kept)

    async def test_a_removed_one_makes_room_and_comes_back_only_where_there_is_some(self, storage):
        made = await make(storage)
        await storage.remove_schedule(whole(GUILD), made.schedule_id, now=NOON)
        await storage.make_schedule(whole(GUILD), new(), most=1)

        with pytest.raises(TooManySchedulesError):
            await storage.bring_schedule_back(whole(GUILD), made.schedule_id, lambda kept: kept, most=lambda _: 1)

    async def test_what_was_on_its_way_when_it_was_removed_is_noted_as_sent_and_pauses_nothing(self, storage):
        made = await make(storage)
        one = await begin(storage, made)
        await storage.remove_schedule(whole(GUILD), made.schedule_id, now=NOON)

        assert await storage.end_delivery(one, ME, Outcome("sent", NOON, message_id=7), history=YEAR)
        await storage.halt_schedule(GUILD, made.schedule_id, reason="the channel is gone")

        assert await storage.take_untold() == ()

    async def test_a_check_that_raises_leaves_nothing(self, storage):
        made = await make(storage)
        seen = []

        def refuse(one, others):
            seen.append((one.name, [other.name for other in others]))
            raise LookupError

        with pytest.raises(LookupError):
            await storage.make_schedule(whole(GUILD), new(name="Second"), check=refuse)
        with pytest.raises(LookupError):
            await storage.change_schedule(
                whole(GUILD), made.schedule_id, lambda kept: replace(kept, name="Third"), check=refuse
            )

        assert seen == [("Second", ["Morning"]), ("Third", [])]
        assert await storage.schedules(whole(GUILD)) == (made,)

    async def test_what_is_shown_is_looked_up_by_its_keys_however_much_there_is(self, storage):
        made = await make(storage)
        one = await begin(storage, made)
        items = tuple(("article", f"{number}") for number in range(1200))
        await storage.end_delivery(one, ME, Outcome("sent", NOON, items=items), history=YEAR)

        found = await storage.shown_items(GUILD, made.schedule_id, "article", among=[f"{n}" for n in range(600, 2000)])

        assert found == {f"{number}" for number in range(600, 1200)}
        assert len(await storage.latest_items(GUILD, made.schedule_id, "article", limit=100)) == 100

    async def test_removing_one_leaves_nothing_of_it_in_the_end(self, storage):
        made = await make(storage)
        one = await begin(storage, made)
        await storage.end_delivery(one, ME, Outcome("sent", NOON, items=(("article", "7"),)), history=YEAR)

        removed = await storage.remove_schedule(whole(GUILD), made.schedule_id, now=NOON)
        while not await storage.empty_trash(before=NOON + DAY):
            pass

        assert removed.name == "Morning"
        assert await rows(storage) == {"schedule": 0, "delivery": 0, "delivery_item": 0}


async def rows(storage):
    def read(connection):
        found = (tables.schedule, tables.delivery, tables.delivery_item)
        return {table.name: len(connection.execute(select(table)).all()) for table in found}

    return await storage._database.read(read)


class TestDue:
    async def test_those_that_wait_longest_come_first_and_the_rest_later(self, storage):
        for minutes in (3, 1, 2, 60):
            await make(storage, name=str(minutes), next_at=NOON + timedelta(minutes=minutes))

        due = await storage.due_schedules(now=NOON + timedelta(minutes=3), limit=2)

        assert [one.name for one in due] == ["1", "2"]
        assert len(await storage.due_schedules(now=NOON + timedelta(minutes=3))) == 3

    async def test_servers_that_the_bot_has_left_wait(self, storage):
        made = await make(storage)
        await storage.open_deliveries([opening(made)], now=NOON)
        await make(storage)
        await storage.leave(GUILD, now=NOON)

        assert await storage.due_schedules(now=NOON + 9 * DAY) == ()
        assert await storage.claim_deliveries(ME, now=NOON + 9 * DAY, lease=LEASE, limit=9) == ()
        await storage.come_back([GUILD])
        assert len(await storage.due_schedules(now=NOON + 9 * DAY)) == 2
        assert len(await storage.claim_deliveries(ME, now=NOON + 9 * DAY, lease=LEASE, limit=9)) == 1

    async def test_pages_of_what_runs_hold_each_once(self, storage):
        for desk in (GUILD, OTHER, -ANA):
            for _ in range(3):
                await make(storage, desk=desk)
        halted = await make(storage)
        await storage.halt_schedule(GUILD, halted.schedule_id, reason="gone")

        found, after = [], None
        while page := await storage.running_schedules(after=after, limit=2):
            found += [(one.desk_id, one.schedule_id) for one in page]
            after = found[-1]

        assert len(found) == len(set(found)) == 9

    async def test_a_slot_is_moved_only_from_where_it_was_read(self, storage):
        made = await make(storage)
        move = {"next_slot": "x", "next_at": NOON}

        assert not await storage.move_schedule(GUILD, made.schedule_id, expected_at=NOON, **move)
        assert await storage.move_schedule(GUILD, made.schedule_id, expected_at=made.next_at, **move)
        assert (await storage.schedule(whole(GUILD), made.schedule_id)).next_at == NOON


class TestOpening:
    async def test_of_many_that_open_a_slot_at_once_one_does(self, storage):
        made = await make(storage)

        opened = await asyncio.gather(*(storage.open_deliveries([opening(made)], now=NOON) for _ in range(8)))

        assert sorted(opened) == [0] * 7 + [1]
        assert await states(storage, made) == ["open"]
        assert (await storage.schedule(whole(GUILD), made.schedule_id)).next_at == made.next_at + DAY

    async def test_a_slot_that_was_there_is_not_there_again(self, storage):
        made = await make(storage)
        one = await begin(storage, made)
        await storage.end_delivery(one, ME, Outcome("sent", NOON, message_id=5), history=YEAR)
        await storage.move_schedule(
            GUILD, made.schedule_id, expected_at=made.next_at + DAY, next_slot=one.slot, next_at=made.next_at
        )

        opened = await storage.open_deliveries([opening(made)], now=NOON)

        assert opened == 0
        assert await states(storage, made) == ["sent"]

    async def test_while_one_is_open_the_next_is_skipped(self, storage):
        made = await make(storage)
        await begin(storage, made)
        after = await storage.schedule(whole(GUILD), made.schedule_id)

        opened = await storage.open_deliveries([opening(after, slot="later")], now=NOON + 2 * DAY)

        assert opened == 0
        assert sorted(await states(storage, made)) == ["open", "skipped"]

    async def test_what_is_asked_for_at_once_runs_once_and_not_beside_another(self, storage):
        made = await make(storage)
        run = {"slot": "now:77", "now": NOON}

        assert await storage.run_schedule(whole(GUILD), made.schedule_id, **run)
        assert not await storage.run_schedule(whole(GUILD), made.schedule_id, slot="now:78", now=NOON)
        (claimed,) = await storage.claim_deliveries(ME, now=NOON, lease=LEASE, limit=1)
        await storage.end_delivery(claimed.delivery, ME, Outcome("sent", NOON), history=YEAR)
        assert not await storage.run_schedule(whole(GUILD), made.schedule_id, **run)


class TestClaiming:
    async def test_each_goes_to_one_of_many(self, storage):
        for number in range(20):
            made = await make(storage, name=str(number))
            await storage.open_deliveries([opening(made)], now=NOON)

        taken = await asyncio.gather(
            *(storage.claim_deliveries(f"{one}", now=NOON + DAY, lease=LEASE, limit=4) for one in range(8))
        )

        keys = [each.delivery.key for claimed in taken for each in claimed]
        assert len(keys) == len(set(keys)) == 20

    @pytest.mark.parametrize(
        ("later", "whose"),
        [
            (LEASE / 2, "mine"),
            (LEASE, "mine"),
            (LEASE * 1.01, "anybody's"),
            # The lease cannot be so long: the clock was set back.
            (-DAY, "anybody's"),
        ],
    )
    async def test_a_lease_holds_for_its_length(self, storage, later, whose):
        made = await make(storage)
        await begin(storage, made)

        taken = await storage.claim_deliveries(YOU, now=NOON + DAY + later, lease=LEASE, limit=1)

        assert len(taken) == (whose != "mine")

    async def test_what_was_put_off_waits(self, storage):
        made = await make(storage)
        one = await begin(storage, made)
        now = NOON + DAY

        assert await storage.put_off(one, ME, until=now + timedelta(minutes=30), reason="503")
        assert await storage.claim_deliveries(ME, now=now + timedelta(minutes=29), lease=LEASE, limit=1) == ()
        (again,) = await storage.claim_deliveries(ME, now=now + timedelta(minutes=31), lease=LEASE, limit=1)
        assert (again.delivery.tries, again.delivery.reason) == (2, "503")

    async def test_what_was_put_off_does_not_wait_for_a_clock_that_was_wrong(self, storage):
        made = await make(storage)
        one = await begin(storage, made)
        await storage.put_off(one, ME, until=NOON + 9 * DAY, reason="503")

        assert len(await storage.claim_deliveries(ME, now=NOON + DAY, lease=LEASE, limit=1)) == 1

    async def test_what_is_given_back_counts_no_try(self, storage):
        made = await make(storage)
        await begin(storage, made)

        assert await storage.give_back(ME, now=NOON + DAY) == 1
        (again,) = await storage.claim_deliveries(YOU, now=NOON + DAY, lease=LEASE, limit=1)
        assert again.delivery.tries == 1


class TestTrying:
    async def test_what_is_about_to_be_sent_is_kept_with_the_time_of_the_first_try(self, storage):
        made = await make(storage)
        one = await begin(storage, made)

        assert await trying(storage, one)
        assert await storage.claim_deliveries(YOU, now=NOON + DAY + LEASE, lease=LEASE, limit=1) == ()
        later = NOON + DAY + 2 * LEASE
        (taken,) = await storage.claim_deliveries(YOU, now=later, lease=LEASE, limit=1)
        assert await trying(storage, taken.delivery, YOU, later, payload={"words": "others"})

        (kept,) = await storage.deliveries(whole(GUILD), made.schedule_id)
        assert (kept.first_tried_at, kept.payload, kept.place) == (NOON + DAY, {"words": "others"}, {"number": 1})

    async def test_who_has_lost_it_may_not_send(self, storage):
        made = await make(storage)
        one = await begin(storage, made)
        await storage.claim_deliveries(YOU, now=NOON + DAY + 2 * LEASE, lease=LEASE, limit=1)

        assert not await trying(storage, one)
        assert not await storage.put_off(one, ME, until=NOON, reason="late")
        assert not await storage.end_delivery(one, ME, Outcome("skipped", NOON, "nothing new"), history=YEAR)
        assert await states(storage, made) == ["open"]

    async def test_that_it_has_arrived_counts_whoever_has_it_and_is_noted_once(self, storage):
        made = await make(storage)
        one = await begin(storage, made)
        await storage.claim_deliveries(YOU, now=NOON + DAY + 2 * LEASE, lease=LEASE, limit=1)
        sent = Outcome("sent", NOON + DAY, message_id=7, covered_until=NOON + DAY, items=(("article", "3"),))

        assert await storage.end_delivery(one, ME, sent, history=YEAR)
        assert not await storage.end_delivery(one, YOU, replace(sent, message_id=8), history=YEAR)

        (done,) = await storage.deliveries(whole(GUILD), made.schedule_id)
        assert (done.state, done.message_id, done.payload) == ("sent", 7, None)
        assert (await storage.schedule(whole(GUILD), made.schedule_id)).covered_until == NOON + DAY
        assert await storage.shown_items(GUILD, made.schedule_id, "article", among="0123") == {"3"}
        assert await storage.shown_items(GUILD, made.schedule_id, "story", among="0123") == frozenset()

    async def test_failures_are_counted_until_something_arrives(self, storage):
        made = await make(storage)
        for number, state in enumerate(["failed", "failed", "sent", "failed"]):
            await storage.run_schedule(whole(GUILD), made.schedule_id, slot=f"{number}", now=NOON)
            (claimed,) = await storage.claim_deliveries(ME, now=NOON, lease=LEASE, limit=1)
            await storage.end_delivery(claimed.delivery, ME, Outcome(state, NOON, "why"), history=YEAR)
            made = await storage.schedule(whole(GUILD), made.schedule_id)
            assert made.failures == [1, 2, 0, 1][number]

    async def test_what_lasts_pauses_the_schedule_and_is_to_be_told_once(self, storage):
        made = await make(storage)
        one = await begin(storage, made)

        await storage.end_delivery(one, ME, Outcome("failed", NOON, "the channel is gone", pauses=True), history=YEAR)

        (told,) = await storage.take_untold()
        assert (told.schedule_id, told.paused, told.next_at) == (made.schedule_id, "the channel is gone", None)
        assert await storage.take_untold() == ()
        await storage.leave_untold(GUILD, made.schedule_id)
        assert len(await storage.take_untold()) == 1

    async def test_what_was_long_ago_is_forgotten(self, storage):
        made = await make(storage)
        for number in range(3):
            now = NOON + number * DAY
            await storage.run_schedule(whole(GUILD), made.schedule_id, slot=f"{number}", now=now)
            (claimed,) = await storage.claim_deliveries(ME, now=now, lease=LEASE, limit=1)
            sent = Outcome("sent", now, items=(("article", f"{number}"),))
            await storage.end_delivery(claimed.delivery, ME, sent, history=DAY * 1.5)

        assert [one.slot for one in await storage.deliveries(whole(GUILD), made.schedule_id)] == ["2", "1"]
        assert await storage.shown_items(GUILD, made.schedule_id, "article", among="0123") == {"1", "2"}


class TestForgetting:
    async def test_a_person_is_named_nowhere_and_nothing_is_about_to_quote_them(self, storage):
        await storage.add(scope(1, desk=GUILD), upload(HARBOUR, 1, uploader_id=ANA), reading(HARBOUR))
        mine = await make(storage, ANA, recipient_id=ANA, name="For Ana")
        ours = await make(storage, made_by=ANA)
        theirs = await make(storage, made_by=BEN, name="By Ben")
        for made in (mine, ours, theirs):
            await trying(storage, await begin(storage, made))

        await storage.forget_person(scope(1, ANA, desk=GUILD), ANA, now=NOON)

        left = await storage.schedules(whole(GUILD))
        assert [(one.name, one.made_by) for one in left] == [("By Ben", BEN), ("Morning", None)]
        assert str(ANA) not in await everything(storage)
        assert "Skippers" not in await everything(storage)
        # It may have been sent: whoever takes it up looks for it first.
        (one,) = await storage.deliveries(whole(GUILD), ours.schedule_id)
        assert one.first_tried_at == NOON + DAY

    async def test_it_is_told_how_many_go_and_how_many_stay_of_those_in_sight(self, storage):
        await make(storage, ANA, recipient_id=ANA, name="Mine")
        await make(storage, 1)
        await make(storage, 2, name="Out of sight")
        await make(storage, 1, made_by=BEN, name="By Ben")

        told = await storage.records(scope(1, ANA, desk=GUILD), ANA)
        gone = await storage.forget_person(scope(1, ANA, desk=GUILD), ANA, now=NOON)

        assert (told.schedules, told.scheduled) == (1, 1)
        assert gone == told
        assert (await storage.records(scope(1, ANA, desk=GUILD), ANA)).schedules == 0

    async def test_of_a_desk_of_ones_own_nothing_is_left(self, storage):
        made = await make(storage, ANA, desk=-ANA)
        await begin(storage, made)

        await storage.forget_person(scope(ANA, desk=-ANA), ANA, now=NOON)

        assert await rows(storage) == {"schedule": 0, "delivery": 0, "delivery_item": 0}

    async def test_a_server_that_left_is_forgotten_a_piece_at_a_time(self, storage, monkeypatch):
        monkeypatch.setattr(forgetting, "_MOST_DELIVERIES", 2)
        other = await make(storage, desk=OTHER)
        made = await make(storage)
        for number in range(5):
            await storage.run_schedule(whole(GUILD), made.schedule_id, slot=f"{number}", now=NOON)
            (claimed,) = await storage.claim_deliveries(ME, now=NOON, lease=LEASE, limit=1)
            sent = Outcome("sent", NOON, items=(("article", f"{number}"),))
            await storage.end_delivery(claimed.delivery, ME, sent, history=YEAR)
        await storage.leave(GUILD, now=NOON)

        calls = 1
        while not await storage.drop_left(before=NOON + DAY):
            calls += 1

        assert calls > 5
        assert await rows(storage) == {"schedule": 1, "delivery": 0, "delivery_item": 0}
        assert await storage.schedules(whole(OTHER)) == (other,)


async def everything(storage):
    def read(connection):
        found = (tables.schedule, tables.delivery, tables.delivery_item)
        return [tuple(row) for table in found for row in connection.execute(select(table)).all()]

    return json.dumps(await storage._database.read(read), default=str)
