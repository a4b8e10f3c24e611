"""`/digest`: made, shown, changed, held, tried, sent, removed and brought back; and what is refused with what to do."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from test_scheduler import PACING, Sink, Time, work

from bot.scheduler import Scheduler
from bot.services.calls import Incoming, Spot
from bot.services.deliveries import Composed, GoneError, Place, PlaceKind
from bot.services.digests import MOST_FOR_DESK, MOST_FOR_PERSON
from bot.services.errors import (
    AmbiguousDigestError,
    DigestAlikeError,
    DigestPausedError,
    DigestSubjectsError,
    IntervalTooShortError,
    LacksPermissionsError,
    NeedsDiscordError,
    NeedsServerError,
    NobodyToNotifyError,
    NobodyToPostToError,
    NoSuchSourceError,
    NotDigestAdminError,
    RunTimeError,
    UnknownChannelError,
    UnknownDigestError,
    UnknownRoleError,
    UnknownZoneError,
)
from bot.services.replies import Bullets, Channel, Command, Form, Line, Link, Moment, Person, Reply, Role, Tone
from storage.base import Scope
from storage.errors import QueryError, TooManySchedulesError, UnknownScheduleError

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD, AMINA, BRAM = 4_000_000_000_001, 71, 72
NEWS, FORUM, THREAD, SECRET, MUTED = 501, 502, 503, 504, 505
READERS, EDITORS = 801, 802

SPOTS = {
    NEWS: Spot(NEWS, frozenset({NEWS, GUILD}), roles=frozenset({READERS, EDITORS}), silent=frozenset({EDITORS})),
    FORUM: Spot(FORUM, frozenset({FORUM, GUILD}), forum=True),
    THREAD: Spot(NEWS, frozenset({NEWS, GUILD})),
    SECRET: Spot(SECRET, frozenset({SECRET, GUILD})),
    MUTED: Spot(MUTED, frozenset({MUTED}), lacks=("Send Messages", "Read Message History")),
}


def spots_of(person, spots=SPOTS):
    return lambda number: Spot(person, frozenset({person, GUILD, NEWS})) if number is None else spots.get(number)


@pytest.fixture
def admin(call):
    """Amina, who may manage a server, in its channel #news; the secret channel she cannot read."""
    scope = Scope(GUILD, AMINA, frozenset({GUILD, NEWS, FORUM, MUTED, AMINA}))
    about = {"channel_id": NEWS, "audience_id": AMINA, "guild_id": GUILD, "private": True, "admin": True}
    return replace(call, scope=scope, spots=spots_of(AMINA), lacks=lambda one: () if one in SPOTS else None, **about)


@pytest.fixture
def member(admin):
    """Bram, who manages nothing."""
    scope = Scope(GUILD, BRAM, frozenset({GUILD, NEWS, FORUM, BRAM}))
    return replace(admin, scope=scope, audience_id=BRAM, admin=False, spots=spots_of(BRAM))


@pytest.fixture
def time(admin):
    return Time(now=admin.now)


@pytest.fixture
def sink(time):
    return Sink(time, audience=SPOTS[NEWS].audiences)


@pytest.fixture
def scheduler(storage, services, sink, time):
    def start(compose=services.newspaper.deliver):
        return Scheduler(storage, sink, compose, clock=time.clock(), pacing=PACING)

    return start


@pytest.fixture
def bring(services, tmp_path, ferry_text):
    """Add a report on the ferry, or another text, for the readers of a channel."""

    async def bring(call, text=ferry_text, *, number=1, channel=NEWS):
        path = tmp_path / f"{number}.txt"
        path.write_text(text, encoding="utf-8")
        brought = {"now": call.now + timedelta(minutes=1), "origin_id": number, "private": False}
        there = replace(call, audience_id=channel, channel_id=channel, **brought)
        await services.corpus.add(there, file=Incoming(path.name, path.stat().st_size, number, path=path))

    return bring


def said(reply):
    """Return what a reply says, line by line, without looks."""
    lines = [reply.title]
    for block in reply.blocks:
        match block:
            case Line(words):
                lines.append(words)
            case Bullets(items):
                lines += items
            case _:
                pass
    return "\n".join("".join(map(_plain, line)) for line in lines)


def _plain(part):
    match part:
        case str():
            return part
        case Command(name):
            return f"/{name}"
        case Channel(number) | Person(number) | Role(number):
            return f"#{number}"
        case Moment(when):
            return f"{when:%Y-%m-%dT%H:%M}"
    return part.text


def labels(reply):
    return [action.label for action in reply.actions]


async def press(services, call, reply, label):
    (request,) = (action.request for action in reply.actions if action.label == label)
    return await services.perform(call, request)


async def only_schedule(storage, call):
    (schedule,) = await storage.schedules(call.scope)
    return schedule


class TestAdding:
    async def test_it_says_all_that_holds_and_the_next_three_runs(self, services, storage, admin):
        reply = await services.digests.add(
            admin, every="weekdays", at="7:30", zone="berlin", topic="harbour", quiet="22-6", mention=READERS
        )

        assert reply.title == "Digest added: Weekday digest: harbour"
        assert reply.tone is Tone.DONE
        for line in (
            f"Where: #{NEWS}",
            "When: Monday to Friday at 07:30, Europe/Berlin",
            "About: the topic “harbour”",
            "Quiet hours: 22:00 to 06:00",
            f"Notifies: #{READERS}",
            "When nothing is new: nothing is posted",
            "Next: 2026-03-05T06:30 · 2026-03-06T06:30 · 2026-03-09T06:30",
            "Where the clocks go forward",
        ):
            assert line in said(reply)
        schedule = await only_schedule(storage, admin)
        assert schedule.place == Place(PlaceKind.CHANNEL, NEWS, READERS).to_json()
        assert (schedule.audience_id, schedule.recipient_id, schedule.made_by) == (NEWS, None, AMINA)
        assert schedule.next_at == datetime(2026, 3, 5, 6, 30, tzinfo=UTC)

    async def test_the_desks_zone_is_taken_where_none_is_named(self, services, admin):
        await services.settings.zone(admin, zone="tokyo")

        reply = await services.digests.add(admin, every="daily", at="9")

        assert "every day at 09:00, Asia/Tokyo" in said(reply)

    async def test_a_forum_gets_a_new_post_each_time(self, services, storage, admin):
        reply = await services.digests.add(admin, every="daily", channel=FORUM)

        assert f"Where: #{FORUM}, a new post each time" in said(reply)
        assert (await only_schedule(storage, admin)).place["kind"] == "forum"

    async def test_a_public_thread_is_for_the_readers_of_its_channel(self, services, storage, admin):
        await services.digests.add(admin, every="daily", channel=THREAD)

        schedule = await only_schedule(storage, admin)
        assert (schedule.place["number"], schedule.audience_id) == (THREAD, NEWS)

    @pytest.mark.trust("digest-own")
    async def test_anybody_gets_one_for_oneself_that_nobody_else_sees(self, services, admin, member):
        reply = await services.digests.add(member, every="daily", to_me=True)

        assert f"Where: direct messages to #{BRAM}" in said(reply)
        assert "Notifies" not in said(reply)
        assert (await services.digests.list(admin)).title == "No digests"
        assert "Daily digest" in said(await services.digests.list(member))

    async def test_without_a_place_a_member_gets_it_alone_and_is_told_why(self, services, storage, member):
        reply = await services.digests.add(member, every="daily")

        assert "It goes to you alone: posting to a channel is for those with Manage Server." in said(reply)
        assert (await only_schedule(storage, member)).recipient_id == BRAM

    @pytest.mark.trust("digest-admin")
    async def test_a_channel_is_for_those_who_manage_the_server(self, services, member):
        with pytest.raises(NotDigestAdminError, match="to_me"):
            await services.digests.add(member, every="daily", channel=NEWS)

    @pytest.mark.trust("digest-sight")
    @pytest.mark.parametrize("channel", [SECRET, 999])
    async def test_a_channel_that_the_asker_cannot_read_is_none(self, services, admin, channel):
        with pytest.raises(UnknownChannelError):
            await services.digests.add(admin, every="daily", channel=channel)

    async def test_what_the_bot_lacks_there_is_told_at_once(self, services, admin):
        with pytest.raises(LacksPermissionsError, match="Send Messages, Read Message History"):
            await services.digests.add(admin, every="daily", channel=MUTED)

    async def test_a_role_that_it_could_not_notify_is_told_at_once(self, services, admin):
        with pytest.raises(LacksPermissionsError, match="Mention @everyone, @here, and All Roles"):
            await services.digests.add(admin, every="daily", mention=EDITORS)

    @pytest.mark.trust("digest-mention")
    @pytest.mark.parametrize("role", [GUILD, 12345])
    async def test_everyone_is_no_role_to_notify(self, services, admin, role):
        with pytest.raises(UnknownRoleError):
            await services.digests.add(admin, every="daily", mention=role)

    async def test_what_goes_to_one_person_notifies_no_role(self, services, admin):
        with pytest.raises(NobodyToNotifyError):
            await services.digests.add(admin, every="daily", to_me=True, mention=READERS)

    @pytest.mark.parametrize(
        ("options", "error", "advice"),
        [
            ({"every": "every 10 minutes"}, IntervalTooShortError, "Write hourly"),
            ({"every": "yearly"}, RunTimeError, "Write hourly"),
            ({"every": "daily", "at": "25:00"}, RunTimeError, "Write it like 07:30"),
            ({"every": "daily", "day": "Monday"}, RunTimeError, "Leave day out"),
            ({"every": "monthly", "day": "32"}, RunTimeError, "Write 1 to 31"),
            ({"every": "daily", "zone": "Europe/Berlinn"}, UnknownZoneError, "Did you mean Europe/Berlin"),
            ({"every": "daily", "quiet": "9-9"}, RunTimeError, "22:00-07:00"),
            ({"every": "daily", "topic": '("'}, QueryError, "For example"),
            ({"every": "daily", "source": "Nobody's Post"}, NoSuchSourceError, "Leave the source out"),
            ({"every": "daily", "topic": "quay", "source": "Post"}, DigestSubjectsError, "leave the others out"),
        ],
    )
    async def test_what_cannot_be_is_refused_with_what_to_do(self, services, storage, admin, options, error, advice):
        with pytest.raises(error, match=advice):
            await services.digests.add(admin, **options)

        assert await storage.schedules(admin.scope) == ()

    async def test_two_alike_are_one_too_many(self, services, admin):
        await services.digests.add(admin, every="daily", at="9", topic="Harbour", name="Quay news")

        with pytest.raises(DigestAlikeError, match="Quay news"):
            await services.digests.add(admin, every="daily", at="09:00", topic="harbour", mention=READERS)
        assert (await services.digests.add(admin, every="daily", at="9:01", topic="harbour")).tone is Tone.DONE

    async def test_a_desk_and_a_person_have_so_many_and_no_more(self, services, admin, member):
        for number in range(MOST_FOR_DESK):
            await services.digests.add(admin, every="daily", at=f"{number // 60}:{number % 60:02}")
        for number in range(MOST_FOR_PERSON):
            await services.digests.add(member, every="hourly", at=f":{number:02}", to_me=True)

        with pytest.raises(TooManySchedulesError, match=str(MOST_FOR_DESK)):
            await services.digests.add(admin, every="weekly")
        with pytest.raises(TooManySchedulesError, match=str(MOST_FOR_PERSON)):
            await services.digests.add(member, every="weekly", to_me=True)
        assert (await services.digests.add(admin, every="weekly", to_me=True)).tone is Tone.DONE

    async def test_an_unknown_name_is_asked_about_and_makes_nothing(self, services, storage, admin, bring):
        await bring(admin)

        reply = await services.digests.add(admin, every="daily", at="7", entity="Tomas Rayl")

        assert "Did you mean" in said(reply)
        assert await storage.schedules(admin.scope) == ()
        chosen = await services.perform(admin, reply.menus[0].choices[0].request)
        assert "About: Tomas Reyl (person)" in said(chosen)
        assert "every day at 07:00" in said(chosen)

    async def test_without_how_often_a_form_asks_with_what_is_usual_filled_in(self, services, admin):
        await services.settings.zone(admin, zone="tokyo")

        form = await services.digests.add(admin, mention=READERS)

        assert isinstance(form, Form)
        values = {field.name: field.value for field in form.fields}
        assert values == {"every": "daily", "at": "09:00", "day": "", "zone": "Asia/Tokyo", "topic": ""}
        sent = {**form.request.options, **values, "every": "weekly", "day": "fri"}
        assert "every Friday at 09:00, Asia/Tokyo" in said(await services.digests.add(admin, **sent))

    async def test_undo_takes_it_back(self, services, storage, admin):
        reply = await services.digests.add(admin, every="daily")

        await press(services, admin, reply, "Undo")

        assert await storage.schedules(admin.scope) == ()


class TestSeeing:
    @pytest.fixture
    async def made(self, services, admin, member):
        await services.digests.add(admin, every="daily", at="7:30", name="Morning")
        await services.digests.add(admin, every="weekly", day="sunday", channel=FORUM, name="Week")

    async def test_all_is_listed_with_the_next_three_runs(self, services, member, made):
        reply = await services.digests.list(member)

        assert reply.title == "2 digests"
        assert f"Morning · #{NEWS} · every day at 07:30, UTC · Next: 2026-03-05T07:30 · 2026-03-06T07:30" in said(reply)
        assert [choice.label for choice in reply.menus[0].choices] == ["Morning", "Week"]

    @pytest.mark.trust("digest-sight")
    async def test_who_cannot_read_where_it_goes_does_not_see_it(self, services, storage, admin, made):
        morning = next(one for one in await storage.schedules(admin.scope) if one.name == "Morning")
        blind = replace(admin, scope=Scope(GUILD, 99, frozenset({GUILD, FORUM, 99})))
        asked = str(morning.schedule_id)

        assert "Morning" not in said(await services.digests.list(blind))
        assert [one.label for one in await services.digests.suggest_digest(blind, "")] == [
            "Week · every Sunday at 09:00, UTC"
        ]
        for use_case in ("show", "preview", "history", "pause", "resume", "now", "remove"):
            with pytest.raises(UnknownScheduleError):
                await getattr(services.digests, use_case)(blind, digest=asked)

    async def test_a_member_sees_and_does_not_change(self, services, member, made):
        shown = await services.digests.show(member, digest="morn")

        assert labels(shown) == ["Preview", "History"]
        for use_case in ("pause", "resume", "now", "remove"):
            with pytest.raises(NotDigestAdminError):
                await getattr(services.digests, use_case)(member, digest="Morning")
        with pytest.raises(NotDigestAdminError):
            await services.digests.edit(member, digest="Morning", at="8")

    async def test_a_name_that_none_has_gets_the_nearest(self, services, admin, made):
        with pytest.raises(UnknownDigestError, match="Did you mean “Morning”"):
            await services.digests.show(admin, digest="Mornign")

    async def test_a_name_that_several_have_asks_for_one(self, services, admin, made):
        await services.digests.add(admin, every="monthly", name="Morning")

        with pytest.raises(AmbiguousDigestError, match="every day at 07:30"):
            await services.digests.show(admin, digest="Morning")

    async def test_what_is_typed_finds_it(self, services, admin, made):
        (offered,) = await services.digests.suggest_digest(admin, "wee")

        assert offered.label == "Week · every Sunday at 09:00, UTC"
        assert (await services.digests.show(admin, digest=offered.value)).title == "Week"

    @pytest.mark.parametrize(
        ("every", "typed", "first"), [("weekly", "", "Monday"), ("monthly", "3", "3"), (None, "fr", "Friday")]
    )
    async def test_days_are_offered_that_fit(self, services, admin, every, typed, first):
        offered = await services.digests.suggest_day(admin, typed, every=every)

        assert offered[0].value == first

    async def test_zones_are_offered_with_the_time_there(self, services, admin):
        (berlin,) = await services.digests.suggest_zone(admin, "berlin")

        assert berlin.label == "Europe/Berlin · 10:30 on Wednesday, 4 March 2026"

    async def test_what_another_version_wrote_is_listed_and_can_be_set_anew(self, services, storage, admin, made):
        kept = next(one for one in await storage.schedules(admin.scope) if one.name == "Week")
        await storage.change_schedule(
            admin.scope, kept.schedule_id, lambda one: replace(one, timing={}, what={"of": "?"})
        )

        assert "cannot be read any more" in said(await services.digests.show(admin, digest="Week"))
        changed = await services.digests.edit(admin, digest="Week", every="daily", at="9", topic="-")
        assert "About: cannot be read any more: set it anew with /digest edit → everything new" in said(changed)


class TestChanging:
    @pytest.fixture
    async def morning(self, services, admin):
        await services.digests.add(admin, every="daily", at="7:30", zone="Europe/Berlin", topic="harbour")

    async def test_it_says_what_was_and_what_is_and_undo_puts_it_back(self, services, storage, admin, morning):
        before = await only_schedule(storage, admin)

        reply = await services.digests.edit(admin, digest="daily", at="8", length="long", mention=READERS, quiet="22-6")

        assert "When: every day at 07:30, Europe/Berlin → every day at 08:00, Europe/Berlin" in said(reply)
        assert "Length: usual → long" in said(reply)
        assert f"Notifies: nobody → #{READERS}" in said(reply)
        assert "Quiet hours: none → 22:00 to 06:00" in said(reply)
        assert (await only_schedule(storage, admin)).next_at == datetime(2026, 3, 5, 7, tzinfo=UTC)
        await press(services, admin, reply, "Undo")
        assert await only_schedule(storage, admin) == before

    async def test_a_name_that_nobody_chose_goes_with_what_it_is_of(self, services, admin, morning):
        reply = await services.digests.edit(admin, digest="daily", topic="-", every="weekly")

        assert "Name: Daily digest: harbour → Weekly digest" in said(reply)
        assert "About: the topic “harbour” → everything new" in said(reply)
        assert "every Monday at 07:30" in said(reply)

    async def test_what_is_the_same_changes_nothing(self, services, admin, morning):
        reply = await services.digests.edit(admin, digest="daily", at="7.30", topic="harbour")

        assert "It was so already" in said(reply)
        assert reply.actions == ()

    async def test_without_options_a_form_shows_what_holds(self, services, admin, morning):
        form = await services.digests.edit(admin, digest="daily")

        values = {field.name: field.value for field in form.fields}
        assert values == {"every": "daily", "at": "07:30", "day": "", "zone": "Europe/Berlin", "topic": "harbour"}
        reply = await services.digests.edit(admin, **form.request.options, **(values | {"at": "6:15"}))
        assert "every day at 06:15" in said(reply)

    async def test_a_form_left_as_it_was_changes_nothing(self, services, storage, admin):
        await services.digests.add(admin, every="monthly", day="last")
        form = await services.digests.edit(admin, digest="monthly")

        values = {field.name: field.value for field in form.fields}
        reply = await services.digests.edit(admin, **form.request.options, **values)

        assert "It was so already" in said(reply)

    async def test_a_day_that_is_left_in_the_form_goes_with_what_had_days(self, services, admin):
        await services.digests.add(admin, every="weekly", day="friday")

        reply = await services.digests.edit(admin, digest="weekly", every="daily", day="Friday")

        assert "every Friday at 09:00, UTC → every day at 09:00, UTC" in said(reply)

    async def test_to_what_there_is_already_it_is_not_changed(self, services, admin, morning):
        await services.digests.add(admin, every="daily", at="8", zone="Europe/Berlin", topic="harbour", name="Second")

        with pytest.raises(DigestAlikeError, match="Daily digest: harbour"):
            await services.digests.edit(admin, digest="Second", at="7:30")

    async def test_the_role_is_taken_off(self, services, admin):
        await services.digests.add(admin, every="daily", mention=READERS)

        reply = await services.digests.edit(admin, digest="daily", nobody=True)

        assert f"Notifies: #{READERS} → nobody" in said(reply)

    async def test_a_new_place_takes_the_role_along_and_is_checked(self, services, storage, admin):
        await services.digests.add(admin, every="daily", mention=READERS)

        with pytest.raises(UnknownRoleError):
            await services.digests.edit(admin, digest="daily", channel=FORUM)
        with pytest.raises(UnknownChannelError):
            await services.digests.edit(admin, digest="daily", channel=SECRET)
        await services.digests.edit(admin, digest="daily", channel=FORUM, nobody=True)
        assert (await only_schedule(storage, admin)).audience_id == FORUM


class TestHolding:
    @pytest.fixture
    async def daily(self, services, admin):
        await services.digests.add(admin, every="daily", at="7:30", name="Morning")

    async def test_a_held_one_says_why_and_resumes_by_a_button(self, services, storage, admin, daily):
        held = await services.digests.pause(admin, digest="Morning")
        listed = await services.digests.list(admin)

        assert "Paused: somebody paused it" in said(held)
        assert (await only_schedule(storage, admin)).next_at is None
        assert "Paused: somebody paused it" in said(listed)
        again = await press(services, admin, listed, "Resume “Morning”")
        assert "It goes on where it stopped: the next one tells of all since 2026-03-04T09:30." in said(again)
        assert (await only_schedule(storage, admin)).next_at == datetime(2026, 3, 5, 7, 30, tzinfo=UTC)

    async def test_what_does_not_run_is_not_sent_at_once(self, services, admin, daily):
        await services.digests.pause(admin, digest="Morning")

        with pytest.raises(DigestPausedError, match="Resume it first"):
            await services.digests.now(admin, digest="Morning")

    async def test_where_it_still_cannot_write_it_is_not_resumed(self, services, admin, daily):
        await services.digests.pause(admin, digest="Morning")
        lacking = {NEWS: replace(SPOTS[NEWS], lacks=("Attach Files",))}

        with pytest.raises(LacksPermissionsError, match="Attach Files"):
            await services.digests.resume(replace(admin, spots=spots_of(AMINA, lacking)), digest="Morning")

    async def test_whose_channel_is_gone_its_maker_gives_it_another(
        self, services, storage, admin, daily, scheduler, sink
    ):
        async def gone(*_):
            raise GoneError

        sink.send = gone
        await storage.run_schedule(
            admin.scope, (await only_schedule(storage, admin)).schedule_id, slot="x", now=admin.now
        )
        one = scheduler(something)
        await work(one)
        await work(one)
        left = {number: spot for number, spot in SPOTS.items() if number != NEWS}
        after = replace(
            admin,
            scope=replace(admin.scope, audiences=admin.scope.audiences - {NEWS}),
            spots=spots_of(AMINA, left),
            lacks=lambda one: () if one in left else None,
        )

        listed = await services.digests.list(after)
        moved = await services.digests.edit(after, digest="Morning", channel=FORUM)

        assert [person for person, _ in sink.told] == [AMINA]
        assert "Paused: the channel is gone" in said(listed)
        assert f"Where: #{NEWS} → #{FORUM}, a new post each time" in said(moved)
        assert (await only_schedule(storage, after)).paused is None

    @pytest.mark.trust("digest-sight")
    async def test_who_lost_sight_of_a_channel_does_not_see_what_they_had_posted_there(self, services, admin, daily):
        await services.digests.pause(admin, digest="Morning")
        blind = replace(admin, scope=replace(admin.scope, audiences=frozenset({GUILD, AMINA})))

        assert (await services.digests.list(blind)).title == "No digests"


async def something(scope, schedule, period):
    return Composed(Reply(schedule.name, (Line(("News.",)),)), period.until)


class TestSending:
    async def test_it_is_sent_at_once_by_the_same_engine_and_once(self, services, admin, scheduler, sink, bring, time):
        await services.digests.add(admin, every="daily", name="Morning")
        await bring(admin)
        time.pass_by(timedelta(minutes=5))
        asked = replace(admin, now=time.now, origin_id=77)

        first = await services.digests.now(asked, digest="Morning")
        again = await services.digests.now(asked, digest="Morning")
        await work(scheduler())
        third = await services.digests.now(asked, digest="Morning")
        await work(scheduler())

        assert first.title == "Sending: Morning"
        assert "under way already" in said(again)
        assert "under way already" in said(third)
        assert [post.reply.title for _, post in sink.messages] == ["Morning"]

    async def test_the_history_says_what_was_sent_left_out_and_why(
        self, services, storage, admin, scheduler, sink, bring, time
    ):
        await services.digests.add(admin, every="hourly", name="Morning")
        await bring(admin)
        for _ in range(3):
            time.pass_by(timedelta(hours=1))
            await work(scheduler(something if time.now.hour == 11 else nothing))
        sink.before.append(GoneError())
        time.pass_by(timedelta(hours=3))
        await work(scheduler(something))

        reply = await services.digests.history(admin, digest="Morning")

        failed, skipped, sent, first = said(reply).splitlines()[2:]
        assert "failed · for 3 runs · the channel is gone" in failed
        assert "left out · nothing new" in skipped
        assert "sent · open it" in sent
        assert "left out" in first
        links = [part.url for item in reply.blocks[1].items for part in item if isinstance(part, Link)]
        assert links == [f"https://discord.com/channels/{GUILD}/{NEWS}/1"]

    @pytest.mark.trust("digest-preview")
    async def test_a_preview_is_what_is_then_sent(self, services, admin, scheduler, sink, bring, time, ferry_text):
        await services.digests.add(admin, every="daily", name="Morning")
        await bring(admin, number=1)
        await bring(admin, ferry_text.replace("Night", "Slow").replace("214", "215"), number=2)
        await bring(
            admin, "Secret quay sold\n\nThe secret quay was sold to Tomas Reyl on Monday.", number=3, channel=AMINA
        )
        time.pass_by(timedelta(minutes=30))
        asked = replace(admin, now=time.now)

        previewed = await services.digests.preview(asked, digest="Morning")
        await services.digests.now(asked, digest="Morning")
        await work(scheduler())

        ((_, post),) = sink.messages
        assert previewed.title == f"Preview: {post.reply.title}"
        assert replace(previewed, title=post.reply.title) == post.reply
        assert "ferry" in repr(post.reply)
        assert "secret" not in repr(post.reply).casefold()

    async def test_where_nothing_is_new_the_preview_says_so(self, services, admin):
        await services.digests.add(admin, every="daily", name="Morning")

        reply = await services.digests.preview(admin, digest="Morning")

        assert reply.title == "Preview: Morning"
        assert "nothing would be posted" in said(reply)

    async def test_without_a_digest_the_preview_is_of_the_last_week(self, services, admin, bring):
        await bring(admin)

        reply = await services.digests.preview(replace(admin, now=admin.now + timedelta(hours=1)))

        assert reply.title == "Preview: Digest"
        assert "ferry" in repr(reply)


async def nothing(*_):
    return None


class TestRemoving:
    async def test_a_removed_one_comes_back_as_it_was_with_its_history(self, services, storage, admin):
        await services.digests.add(admin, every="daily", at="7:30", topic="quay", mention=READERS, missed="skip")
        before = await only_schedule(storage, admin)
        await storage.run_schedule(admin.scope, before.schedule_id, slot="now", now=admin.now)
        later = replace(admin, now=admin.now + timedelta(hours=2))

        removed = await services.digests.remove(later, digest="daily")
        assert await storage.schedules(admin.scope) == ()
        back = await press(services, later, removed, "Undo")

        after = await only_schedule(storage, admin)
        assert "It goes on where it stopped" in said(back)
        assert after == before
        (run,) = await storage.deliveries(admin.scope, after.schedule_id)
        assert (run.state, run.reason) == ("skipped", "the schedule was removed")

    async def test_a_held_one_comes_back_held(self, services, storage, admin):
        await services.digests.add(admin, every="daily")
        await services.digests.pause(admin, digest="daily")

        await press(services, admin, await services.digests.remove(admin, digest="daily"), "Undo")

        after = await only_schedule(storage, admin)
        assert (after.paused, after.next_at) == ("somebody paused it", None)

    async def test_it_does_not_come_back_twice(self, services, storage, admin):
        await services.digests.add(admin, every="daily")
        removed = await services.digests.remove(admin, digest="daily")

        await press(services, admin, removed, "Undo")
        with pytest.raises(UnknownScheduleError):
            await press(services, admin, removed, "Undo")

    async def test_it_does_not_come_back_beside_another_that_is_the_same(self, services, storage, admin):
        await services.digests.add(admin, every="daily")
        removed = await services.digests.remove(admin, digest="daily")
        await services.digests.add(admin, every="daily")

        with pytest.raises(DigestAlikeError):
            await press(services, admin, removed, "Undo")

    async def test_after_a_day_it_is_gone_for_good(self, services, storage, admin):
        await services.digests.add(admin, every="daily")
        removed = await services.digests.remove(admin, digest="daily")

        while not await storage.empty_trash(before=admin.now + timedelta(seconds=1)):
            pass

        with pytest.raises(UnknownScheduleError):
            await press(services, admin, removed, "Undo")

    async def test_of_two_that_are_made_at_once_and_are_the_same_one_is_refused(self, services, storage, admin):
        made = await asyncio.gather(
            *(services.digests.add(admin, every="daily") for _ in range(3)), return_exceptions=True
        )

        assert sorted(isinstance(one, DigestAlikeError) for one in made) == [False, True, True]
        assert await only_schedule(storage, admin)

    async def test_it_comes_back_only_where_the_asker_may_have_one(self, services, admin, member):
        await services.digests.add(admin, every="daily")
        removed = await services.digests.remove(admin, digest="daily")
        blind = replace(admin, scope=replace(admin.scope, audiences=frozenset({GUILD, AMINA})))

        with pytest.raises(NotDigestAdminError):
            await press(services, member, removed, "Undo")
        with pytest.raises(UnknownScheduleError):
            await press(services, blind, removed, "Undo")

    async def test_nothing_but_a_digest_comes_back_as_one(self, services, admin):
        watch = await services.watches.add(admin, search="ferry")
        await services.watches.remove(admin, watch="ferry")

        for asked in (watch.actions[0].request.options["watch"], "morning"):
            with pytest.raises(UnknownScheduleError):
                await services.digests.bring_back(admin, digest=asked)


class TestElsewhere:
    async def test_in_ones_own_desk_it_goes_to_oneself(self, services, storage, admin):
        own = replace(admin, scope=Scope(-AMINA, AMINA, frozenset({AMINA})), guild_id=None)

        await services.digests.add(own, every="daily")

        assert (await only_schedule(storage, own)).recipient_id == AMINA
        with pytest.raises(NeedsServerError):
            await services.digests.add(own, every="daily", channel=NEWS)

    async def test_at_a_terminal_it_is_kept_and_printed_when_asked_for(self, services, storage, call, bring):
        at_terminal = replace(call, admin=True)

        added = await services.digests.add(at_terminal, every="daily", name="Mine")
        await bring(at_terminal, channel=1)

        assert "Where: here, when it is asked for: /digest preview prints it" in said(added)
        assert (await only_schedule(storage, at_terminal)).next_at is None
        assert "ferry" in repr(
            await services.digests.preview(replace(at_terminal, now=call.now + timedelta(hours=1)), digest="Mine")
        )
        for use_case in ("resume", "now"):
            with pytest.raises(NobodyToPostToError):
                await getattr(services.digests, use_case)(at_terminal, digest="Mine")

    async def test_at_the_terminal_of_a_servers_desk_no_channel_can_be_chosen(self, services, call):
        at_terminal = replace(call, scope=Scope(GUILD, 1, None), admin=True)

        with pytest.raises(NeedsDiscordError):
            await services.digests.add(at_terminal, every="daily", channel=NEWS)
