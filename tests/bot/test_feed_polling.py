"""Feeds are polled once for all, each entry is read once, and what fails is told: through whatever a server does."""

import asyncio
import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
import pytest_asyncio
from aiohttp import web as server
from feed_site import ANA, GUILD, NEWS, NOW, OTHER_GUILD, Desk, quays, says, serving
from sqlalchemy import func, select

from bot.services.calls import Call
from bot.services.deliveries import UnreachableError
from bot.services.feeds import FIRST, KEPT_FOR
from bot.services.listening import FAILING_FOR, LEASE, MOST_FAILURES, SOONEST, interval_of
from bot.services.web import Web
from storage.base import Scope
from storage.errors import AlreadyFollowedError
from storage.tables import metadata
from summariser.model import DateKind, Feed, FeedEntry

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def site():
    async with serving() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def web():
    async with Web(allow_networks=(ip_network("127.0.0.0/8"),), seconds=1.5) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def desk(storage, compute, web, site):
    return Desk(storage, compute, web, site)


async def test_of_a_feed_that_is_added_the_newest_few_are_read_and_the_rest_is_passed_over(desk, site):
    for number in range(9):
        site.add(number)

    reply = await desk.follow()
    await desk.poll()

    assert sorted(await desk.titles()) == quays(4, 5, 6, 7, 8)
    assert f"the {FIRST} newest are read" in str(reply)


async def test_a_new_entry_is_read_with_the_full_text_of_its_page(desk, site):
    await desk.follow()
    site.add(1)

    await desk.poll()

    (head,) = await desk.storage.newest(Scope(GUILD, ANA, frozenset({NEWS})))
    stored = await desk.storage.article(Scope(GUILD, ANA, frozenset({NEWS})), head.article_id)
    assert "it opens again on Friday" in stored.article.text


async def test_where_the_page_cannot_be_had_the_feeds_own_words_are_read_with_their_facts(desk, site):
    await desk.follow()
    site.pages["/story/1"] = says(status=403)
    site.add(1, published="Mon, 02 Mar 2026 10:00:00 GMT")

    await desk.poll()

    (head,) = await desk.storage.newest(Scope(GUILD, ANA, frozenset({NEWS})))
    assert (head.title, head.source, head.published) == (
        "Quay 1 was closed",
        "Harbour Post",
        datetime(2026, 3, 2, 10, tzinfo=UTC),
    )
    assert head.opening.startswith("Quay 1 was closed on Monday after a crane")


@pytest.mark.trust("member-hidden-traces")
async def test_in_a_server_a_page_that_others_may_bring_too_says_nothing_of_the_feed(desk, site):
    await desk.follow()
    site.add(1, published="Mon, 02 Mar 2026 10:00:00 GMT")

    await desk.poll()

    (head,) = await desk.storage.newest(Scope(GUILD, ANA, frozenset({NEWS})))
    assert head.published is None


async def test_in_ones_own_desk_what_a_page_does_not_state_its_feed_does(desk, site):
    await desk.follow(desk=-ANA, channel=None)
    site.add(1, published="Mon, 02 Mar 2026 10:00:00 GMT")
    site.add(2, published="Mon, 02 Mar 2037 10:00:00 GMT")

    await desk.poll()

    scope = Scope(-ANA, ANA, None)
    found = [(await desk.storage.article(scope, one.article_id)).article for one in await desk.storage.newest(scope)]
    dates = {one.title: (one.published, one.published_kind) for one in found}
    assert dates["Quay 1 was closed"] == (datetime(2026, 3, 2, 10, tzinfo=UTC), DateKind.FEED)
    assert dates["Quay 2 was closed"] == (None, None)


async def test_what_a_page_states_counts_before_what_its_feed_does(desk, site):
    async def dated(_):
        when = '<meta property="article:published_time" content="2026-03-01T08:00:00Z">'
        text = "<p>Quay 1 was closed on Monday.</p><p>Page 1 says that it opens again on Friday.</p>"
        page = f"<html><head><title>Quay 1 was closed</title>{when}</head><body><article>{text}</article></body></html>"
        return server.Response(text=page, content_type="text/html")

    await desk.follow(desk=-ANA, channel=None)
    site.pages["/story/1"] = dated
    site.add(1, published="Mon, 02 Mar 2026 10:00:00 GMT")

    await desk.poll()

    (head,) = await desk.storage.newest(Scope(-ANA, ANA, None))
    assert head.published == datetime(2026, 3, 1, 8, tzinfo=UTC)


async def test_a_page_that_is_down_for_the_moment_is_tried_again_before_the_feeds_words_have_to_do(desk, site):
    await desk.follow()
    site.pages["/story/1"] = says(status=503)
    site.add(1)
    await desk.poll()
    assert await desk.titles() == []

    site.pages.clear()
    await desk.poll(after=timedelta(minutes=6))

    assert (await desk.titles(), len(site.fetched)) == (quays(1), 2)


async def test_nothing_is_asked_for_in_full_that_has_not_changed(desk, site):
    site.add(1)
    await desk.follow()

    await desk.poll()
    await desk.poll()

    assert [headers.get("If-None-Match") is not None for headers in site.asked] == [False, True, True]
    assert await desk.titles() == quays(1)


@pytest.mark.trust("feed-apart")
async def test_one_poll_is_for_all_who_follow_and_each_keeps_what_is_theirs(desk, site):
    await desk.follow()
    await desk.follow(desk=OTHER_GUILD)
    asked = len(site.asked)
    site.add(1)

    await desk.poll()

    assert len(site.asked) == asked + 1
    assert await desk.titles() == await desk.titles(desk=OTHER_GUILD) == quays(1)
    (one,) = await desk.feeds()
    await desk.services.feeds.remove(desk.call(), feed=str(one.feed_id))
    site.add(2)
    await desk.poll()
    assert await desk.titles() == quays(1)
    assert sorted(await desk.titles(desk=OTHER_GUILD)) == quays(1, 2)


@pytest.mark.trust("feed-apart")
async def test_who_follows_what_another_desk_follows_gets_the_newest_too_and_takes_nothing_away(desk, site):
    site.add(1)
    await desk.follow()
    site.add(2)

    await desk.follow(desk=OTHER_GUILD)
    await desk.poll()

    assert sorted(await desk.titles(desk=OTHER_GUILD)) == quays(1, 2)
    assert sorted(await desk.titles()) == quays(1, 2)


@pytest.mark.parametrize("change", ["times", "guids", "addresses", "all but the words", "tracking"])
@pytest.mark.trust("feed-once")
async def test_nothing_comes_again_when_only_its_time_its_id_or_its_address_changes(desk, site, change):
    site.add(1)
    site.add(2)
    await desk.follow(post=True)
    changes = {
        "times": lambda item: (*item[:4], "Mon, 02 Mar 2026 10:00:00 GMT"),
        "guids": lambda item: ("new-" + item[0], *item[1:]),
        "addresses": lambda item: (item[0], "/moved" + item[1], *item[2:]),
        "all but the words": lambda item: ("new-" + item[0], "/moved" + item[1], *item[2:]),
        "tracking": lambda item: ("new-" + item[0], item[1] + "?utm_source=rss", item[2] + "!", *item[3:]),
    }

    site.items = [changes[change](item) for item in site.items]
    await desk.poll()
    await desk.post()

    assert sorted(await desk.titles()) == quays(1, 2)
    assert desk.sink.messages == []


async def test_entries_that_all_have_the_sites_own_address_are_told_apart(desk, site):
    await desk.follow()
    for number in (1, 2, 3):
        site.add(number, path="/", words=f"Quay {number} was closed for {number} hours on Monday, the harbour said.")
    site.pages["/"] = says(status=404)

    await desk.poll()

    assert sorted(await desk.titles()) == quays(1, 2, 3)


async def test_an_entry_without_words_whose_title_comes_back_is_new(desk, site):
    await desk.follow()
    for day in (1, 2):
        site.items.insert(0, (f"g{day}", f"/day/{day}", "Daily news", "", None))

    await desk.poll()

    assert len(site.fetched) == 2
    assert len(await desk.titles()) == 2


@pytest.mark.trust("feed-once")
async def test_a_restart_brings_nothing_again(desk, site):
    site.add(1)
    await desk.follow()
    desk.poller = desk.make_poller()

    site.conditional = False
    await desk.poll()
    await desk.poll()

    assert (await desk.titles(), site.fetched) == (quays(1), ["/story/1"])


async def test_what_was_removed_does_not_come_back_with_the_next_poll(desk, site):
    site.add(1)
    await desk.follow()
    scope = Scope(GUILD, ANA, frozenset({NEWS}))
    (head,) = await desk.storage.newest(scope)
    uploads = [one.upload_id for one in await desk.storage.origins(scope, head.article_id)]
    await desk.storage.trash(scope, uploads, removed_by=ANA, now=NOW)

    site.conditional = False
    await desk.poll()

    assert await desk.titles() == []


async def test_a_feed_that_has_moved_for_good_is_followed_there(desk, site):
    site.add(1)
    await desk.follow()
    plain = site.feed

    async def moved(request):
        if request.path == "/feed":
            return server.Response(status=301, headers={"Location": "/new"})
        site.answer = None
        answer = await plain(request)
        site.answer = moved
        return answer

    site.answer = moved
    site.add(2)
    await desk.poll()

    (one,) = await desk.feeds()
    assert one.url == f"{site.url}/new"
    assert sorted(await desk.titles()) == quays(1, 2)
    await desk.poll()
    assert one.failures == 0


@pytest.mark.trust("feed-told")
async def test_a_feed_that_is_gone_is_paused_at_once_and_its_maker_told_once(desk, site):
    await desk.follow()
    site.answer = says(status=410)
    desk.sink.untellable = [UnreachableError("away")]

    await desk.poll()
    await desk.poll()
    await desk.poll()

    (one,) = await desk.feeds()
    assert "410" in one.paused
    assert [(desk_id, person) for desk_id, person, _ in desk.sink.told] == [(GUILD, ANA)]
    assert "is paused" in str(desk.sink.told[0][2])
    assert len(site.asked) == 2


@pytest.mark.trust("feed-told")
async def test_a_feed_that_fails_says_so_waits_longer_each_time_and_is_paused_after_some_days(desk, site):
    await desk.follow()
    site.answer = says(status=500)
    waits = []

    for _ in range(MOST_FAILURES + 6):
        (one,) = await desk.feeds()
        if one.paused:
            break
        if one.failures:
            waits.append(one.next_at - desk.now)
        await desk.poll(after=max(one.next_at - desk.now, timedelta()))

    assert one.paused
    assert waits == sorted(waits)
    assert desk.now - NOW > FAILING_FOR
    assert len(desk.sink.told) == 1
    shown = str(await desk.services.feeds.list(desk.call()))
    assert "500" in shown
    assert "paused" in shown


async def test_a_failure_is_forgotten_with_the_next_success(desk, site):
    await desk.follow()
    site.answer = says(status=500)
    await desk.poll()
    assert "failed 1 time in a row" in str(await desk.services.feeds.list(desk.call()))

    site.answer = None
    await desk.poll()

    assert "failed" not in str(await desk.services.feeds.list(desk.call()))


async def test_a_server_that_asks_to_be_left_alone_is(desk, site):
    await desk.follow()
    site.answer = says(status=429, headers={"Retry-After": str(30 * 3600)})
    await desk.poll()
    asked = len(site.asked)

    await desk.poll(after=timedelta(hours=29))
    assert len(site.asked) == asked

    await desk.poll(after=timedelta(hours=2))
    assert len(site.asked) == asked + 1


async def test_a_feeds_ttl_is_obeyed(desk, site):
    site.ttl = 600
    await desk.follow()
    asked = len(site.asked)

    await desk.poll(after=timedelta(hours=9))
    assert len(site.asked) == asked

    await desk.poll(after=timedelta(hours=2))
    assert len(site.asked) == asked + 1


async def slow(_):
    await asyncio.sleep(5)
    return server.Response(text="late")


async def endless(request):
    answer = server.StreamResponse(headers={"Content-Type": "application/rss+xml"})
    await answer.prepare(request)
    while True:
        await answer.write(b"<!-- more -->" * 2000)


BOMB = gzip.compress(b"<rss>" + b" " * 40_000_000)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (slow, "longer than 1.5 s"),
        (endless, "over the limit"),
        (says(body=b"\x89PNG", content_type="image/png"), "not a feed"),
        (says(text="<p>hello</p>", content_type="text/html"), "no RSS, Atom or JSON feed"),
        (says(body=BOMB, headers={"Content-Encoding": "gzip", "Content-Type": "text/xml"}), "over the limit"),
        (says(body=b"", content_type="application/rss+xml"), "no RSS, Atom or JSON feed"),
    ],
    ids=["slow", "endless", "picture", "page", "bomb", "empty"],
)
@pytest.mark.trust("feed-walls")
async def test_whatever_a_server_does_the_feed_says_what_is_wrong_and_others_go_on(desk, site, answer, told):
    await desk.follow()
    site.answer = answer

    await desk.poll()

    (one,) = await desk.feeds()
    assert told in one.error
    assert one.paused is None


@pytest.mark.trust("feed-limits")
async def test_what_a_feed_brings_counts_against_the_desks_limits_and_waits_with_the_reason(desk, site):
    await desk.follow()
    limit = lambda kept: replace(kept, desk_uploads_a_day=2)  # noqa: E731
    await desk.storage.change_settings(GUILD, limit, changed_by=ANA, now=NOW)
    for number in range(4):
        site.add(number)

    await desk.poll(after=timedelta(hours=1, minutes=10))
    assert len(await desk.titles()) == 2
    shown = str(await desk.services.feeds.list(desk.call()))
    assert "new entries wait" in shown
    assert "2 files within a day" in shown

    await desk.poll(after=timedelta(hours=25))
    assert len(await desk.titles()) == 4


async def test_new_entries_are_posted_once_one_by_itself_and_many_together(desk, site):
    site.add(0)
    await desk.follow(post=True)
    site.add(1)
    await desk.poll()
    await desk.post()
    await desk.post()
    assert len(desk.sink.messages) == 1

    for number in range(2, 16):
        site.add(number)
    await desk.poll()
    for _ in range(4):
        await desk.post()
        await desk.poll(after=timedelta(minutes=1))

    channels, replies = zip(*desk.sink.messages, strict=True)
    posted = [block.source[0] for reply in replies for block in reply.blocks if hasattr(block, "source")]
    assert set(channels) == {NEWS}
    assert posted == quays(*range(1, 16))
    assert len(replies) == 3


async def test_a_feed_of_a_channel_that_is_gone_is_paused(desk, site):
    await desk.follow()

    await desk.storage.trash_channel(GUILD, NEWS, now=NOW)
    await desk.poll()

    (one,) = await desk.feeds()
    assert one.paused == "the channel is gone"
    assert len(desk.sink.told) == 1


async def test_a_removed_feed_can_be_brought_back_for_a_day_and_brings_nothing_twice(desk, site):
    site.add(1)
    await desk.follow()
    (one,) = await desk.feeds()
    await desk.services.feeds.remove(desk.call(), feed=str(one.feed_id))
    site.add(2)
    await desk.poll()
    assert await desk.titles() == quays(1)

    await desk.services.feeds.bring_back(desk.call(), feed=str(one.feed_id))
    await desk.poll()
    assert sorted(await desk.titles()) == quays(1, 2)

    await desk.services.feeds.remove(desk.call(), feed=str(one.feed_id))
    await desk.poll(after=KEPT_FOR + timedelta(minutes=1))
    assert await rows(desk.storage) == {"feed": 0, "feed_entry": 0, "feed_source": 0}
    assert sorted(await desk.titles()) == quays(1, 2)


async def test_the_same_feed_is_not_followed_twice_for_the_same_readers(desk, site):
    await desk.follow()

    with pytest.raises(AlreadyFollowedError):
        await desk.follow()


async def test_two_pollers_read_each_entry_once(desk, site):
    other = desk.make_poller()
    await desk.follow()
    for number in range(12):
        site.add(number)
    desk.now += timedelta(hours=7)

    for _ in range(8):
        await asyncio.gather(desk.poller.step(), other.step())
        await asyncio.gather(desk.poller.settle(), other.settle())

    assert len(await desk.titles()) == len(site.fetched) == 12


async def test_what_a_poller_left_behind_is_taken_up_when_its_lease_is_over(desk, site):
    await desk.follow()
    site.add(1)
    desk.now += timedelta(hours=7)
    (source,) = await desk.storage.claim_sources("dead", now=desk.now, lease=LEASE, limit=9)
    assert source.url == f"{site.url}/feed"

    await desk.poll(after=timedelta(minutes=1))
    assert await desk.titles() == []

    await desk.poll(after=LEASE)
    assert await desk.titles() == quays(1)


async def test_when_it_stops_it_gives_back_what_it_has(desk, site):
    await desk.follow()
    site.add(1)
    site.answer = slow
    desk.now += timedelta(hours=7)
    running = asyncio.create_task(desk.poller.run())
    await asyncio.sleep(0.3)

    running.cancel()
    await asyncio.wait({running})
    site.answer = None
    await desk.poll(after=timedelta(seconds=1))

    assert await desk.titles() == quays(1)


async def test_a_clock_that_was_ahead_stops_nothing(desk, site):
    await desk.follow()
    desk.now += timedelta(days=4000)
    await desk.poll()
    site.add(1)

    desk.now -= timedelta(days=4000)
    await desk.poll()

    assert await desk.titles() == quays(1)


async def rows(storage):
    def count(connection):
        return {
            name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
            for name in ("feed", "feed_entry", "feed_source")
        }

    return await storage._database.read(count)


async def test_a_desk_that_is_forgotten_leaves_no_row_of_its_feeds(desk, site):
    site.add(1)
    await desk.follow(post=True)

    await desk.storage.forget_desk(GUILD)

    assert await rows(desk.storage) == {"feed": 0, "feed_entry": 0, "feed_source": 0}


async def test_who_is_forgotten_leaves_their_own_desks_feeds_with_no_row_and_no_name_on_those_of_servers(desk, site):
    own = Call(Scope(-ANA, ANA, frozenset({ANA})), 5, ANA, 78, NOW, private=True, admin=True)
    site.add(1)
    await desk.services.feeds.add(own, url=f"{site.url}/feed")
    await desk.follow()

    await desk.storage.forget_person(own.scope, ANA, now=NOW)
    await desk.storage.forget_person(Scope(GUILD, ANA, frozenset({NEWS})), ANA, now=NOW)

    assert await rows(desk.storage) == {"feed": 1, "feed_entry": 1, "feed_source": 1}
    assert (await desk.feeds())[0].made_by is None
    assert await desk.titles(desk=-ANA, audience=ANA) == []
    assert await desk.titles() == quays(1)


def entry(days):
    when = None if days is None else NOW - timedelta(days=days)
    return FeedEntry(str(days), None, None, None, when, "", "")


@pytest.mark.parametrize(
    ("days", "minutes", "expected"),
    [
        ([0, 1, 2, 3], None, timedelta(hours=6)),
        ([0, 0.05, 0.1], None, timedelta(hours=0.6)),
        ([0, 0.001, 0.002], None, SOONEST),
        ([], None, timedelta(hours=1)),
        ([None, 1], None, timedelta(hours=1)),
        ([0, 0.001, 0.002], 45, timedelta(minutes=45)),
        ([0, 1, 2], 10_000, timedelta(days=1)),
    ],
)
async def test_how_often_a_feed_is_polled_follows_its_own_times_within_bounds(days, minutes, expected):
    assert interval_of(Feed(None, None, tuple(map(entry, days)), minutes)) == pytest.approx(
        expected, abs=timedelta(seconds=1)
    )
