"""Catching up tells what came in since the last look, once it has arrived, and can be put back."""

from datetime import timedelta

import pytest
import pytest_asyncio
from test_watches import ANA, BEN, CLOSED, FERRY, GUILD, NEWS, TRAM, Desk, article, quotes, told

from bot.services.catchup import PAGE, SLACK
from bot.services.errors import DayError
from storage.base import Scope

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

AGAIN = article(
    "Engine fire stops the Ostrava ferry",
    "A fire in the engine room of the night ferry to Ostrava Bay left its passengers waiting at the quay on Tuesday.",
    "The harbour office said the crew had put the fire out before the brigade came, and that tickets are refunded.",
)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(services, storage, compute, call):
    return Desk(services, storage, compute, call.now)


async def look(desk, person=ANA, *, arrives=True, **options):
    """Let a person look; what does not arrive is not noted."""
    call = desk.call(person)
    reply = await desk.services.catchup.catchup(call, **options)
    if arrives and reply.looked:
        await desk.services.catchup.sent(call, reply.looked)
    return reply


async def test_at_first_the_last_seven_days_are_told_and_then_what_is_new(desk):
    await desk.bring(FERRY)
    desk.now += 8 * DAY
    await desk.bring(TRAM)
    desk.now += HOUR
    first = await look(desk)
    desk.now += HOUR
    second = await look(desk)
    desk.now += HOUR
    await desk.bring(FERRY.replace("Ostrava", "Astoria").replace("Tuesday", "Sunday"))
    desk.now += HOUR

    third = await look(desk)

    assert "last 7 days" in told(first)
    assert [text[:5] for text in quotes(first)] == ["Trams"]
    assert second.title == "Nothing new"
    assert len(quotes(third)) == 1


async def test_what_did_not_arrive_is_told_again(desk):
    await desk.bring(TRAM)
    desk.now += HOUR
    lost = await look(desk, arrives=False)
    desk.now += HOUR

    again = await look(desk)

    assert quotes(lost) == quotes(again)


async def test_a_look_can_be_kept_for_later_and_taken_as_seen(desk):
    await desk.bring(TRAM)
    desk.now += HOUR
    shown = await look(desk)
    (keep,) = [action for action in shown.actions if action.label == "Keep it for later"]
    kept = await desk.services.perform(desk.call(), keep.request)
    desk.now += HOUR
    again = await look(desk, arrives=False)
    await desk.services.perform(desk.call(), kept.actions[0].request)

    after = await look(desk)

    assert quotes(again) == quotes(shown)
    assert after.title == "Nothing new"


async def test_keeping_it_does_nothing_once_one_has_looked_again(desk):
    await desk.bring(TRAM)
    desk.now += HOUR
    shown = await look(desk)
    desk.now += HOUR
    await look(desk)

    told_late = await desk.services.perform(desk.call(), shown.actions[-1].request)

    assert told_late.title == "It was not kept"


async def test_what_more_sources_tell_comes_first_each_story_once(desk):
    await desk.bring(FERRY)
    desk.now += HOUR
    await desk.bring(AGAIN)
    desk.now += HOUR
    await desk.bring(TRAM)
    desk.now += HOUR

    shown = await look(desk)

    assert [text[:9] for text in quotes(shown)] == [quotes(shown)[0][:9], "Trams of "]
    assert "2 articles" in told(shown)
    assert "in 2 stories" in told(shown)


async def test_its_pages_stay_the_same_while_more_comes_in(desk):
    for number in range(PAGE + 2):
        await desk.bring(article(f"Tale {number}", TALES[number]))
        desk.now += HOUR
    shown = await look(desk)
    desk.now += HOUR
    await desk.bring(TRAM)
    desk.now += HOUR

    (more,) = [action for action in shown.actions if action.label == "More"]
    turned = await desk.services.perform(desk.call(), more.request)

    assert len(quotes(shown)) == PAGE
    assert len(quotes(turned)) == 2
    assert turned.looked is None
    keep = turned.actions[-1]
    assert (await desk.services.perform(desk.call(), keep.request)).title == "Kept for later"
    assert await desk.storage.looked(desk.call().scope) is None


TALES = (
    "Carpenters in Oldwick mended their chapel roof before autumn gales arrived.",
    "Beekeepers along the Sorrel valley counted hives and found mites everywhere.",
    "Divers mapped a wreck beneath Cape Orlo with sonar buoys.",
    "Choirs rehearsed psalms for midsummer inside Tallin cathedral.",
    "Glassblowers fired kilns on Murrow island despite costly gas.",
    "Foresters planted walnut saplings near Dunmere reservoir.",
    "Astronomers polished mirrors above Pico Verde observatory domes.",
)


@pytest.mark.trust("catchup-own")
async def test_what_one_cannot_read_is_not_told_and_changes_nothing(desk):
    await desk.bring(FERRY, audience=CLOSED)
    desk.now += HOUR

    shown = await look(desk)

    assert shown.title == "Nothing new"


async def test_a_day_can_be_named_and_what_is_none_is_told(desk):
    await desk.bring(FERRY)
    desk.now += 3 * DAY
    await look(desk)
    desk.now += DAY

    shown = await look(desk, since="2 weeks ago")

    assert len(quotes(shown)) == 1
    with pytest.raises(DayError):
        await look(desk, since="the day of the fire")


@pytest.mark.trust("watch-forgotten")
async def test_each_person_has_a_mark_of_their_own_and_it_is_forgotten(desk, storage):
    await desk.bring(TRAM)
    desk.now += HOUR
    await look(desk)
    marks = [await storage.looked(Scope(GUILD, one, frozenset({NEWS}))) for one in (ANA, BEN)]

    await storage.forget_person(desk.call().scope, ANA, now=desk.now)

    assert marks == [desk.now - SLACK, None]
    assert await storage.looked(desk.call().scope) is None


async def test_a_mark_that_moved_meanwhile_stays(storage, desk):
    scope = desk.call().scope
    assert await storage.look(scope, before=None, after=desk.now)

    assert not await storage.look(scope, before=None, after=desk.now + DAY)
    assert await storage.looked(scope) == desk.now
    assert await storage.look(scope, before=desk.now, after=desk.now + DAY)
    assert await storage.looked(scope) == desk.now + DAY


async def test_what_was_still_being_read_when_somebody_looked_is_told_the_next_time(desk):
    await look(desk)
    desk.now -= timedelta(seconds=30)
    await desk.bring(TRAM)
    desk.now += HOUR

    shown = await look(desk)

    assert len(quotes(shown)) == 1
