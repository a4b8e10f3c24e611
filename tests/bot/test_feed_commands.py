"""What the commands on feeds say and do."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
import pytest_asyncio
from feed_site import ANA, GUILD, NEWS, NOW, PRIVATE, Desk, quays, says, serving

from bot.services.calls import Call, Incoming, Spot
from bot.services.errors import (
    AddressError,
    DownloadError,
    NeedsServerError,
    NoPlaceForFeedError,
    NoSuchFeedError,
    NotFeedAdminError,
    UnknownChannelError,
)
from bot.services.feeds import FIRST, MOST_IMPORTED, MOST_OWN_FEEDS, _where
from bot.services.replies import Bullets, Moment, Request
from bot.services.web import Web
from storage.base import LOCAL_DESK, LOCAL_PERSON, Scope
from storage.errors import AlreadyFollowedError, FeedsFullError, UnknownFeedError
from summariser.errors import NoFeedError, NoOutlineError

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = """<html><head><title>Harbour Post</title><link rel="alternate" type="application/rss+xml" href="/feed">
<link rel="alternate" type="application/atom+xml" href="/new"></head><body>Today</body></html>"""


@pytest_asyncio.fixture(loop_scope="session")
async def site():
    async with serving() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def web():
    async with Web(allow_networks=(ip_network("127.0.0.0/8"),), seconds=5) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def desk(storage, compute, web, site):
    return Desk(storage, compute, web, site)


@pytest.fixture
def feeds(desk):
    return desk.services.feeds


def lines(reply):
    return [
        "".join(part if isinstance(part, str) else str(getattr(part, "text", "")) for part in item)
        for block in reply.blocks
        if isinstance(block, Bullets)
        for item in block.items
    ]


async def test_what_was_read_is_told_and_undone(desk, feeds, site):
    for number in range(7):
        site.add(number)

    reply = await desk.follow()
    undone = await desk.services.perform(desk.call(), reply.actions[0].request)
    again = await desk.services.perform(desk.call(), undone.actions[0].request)

    assert reply.title == "Following Harbour Post"
    assert [line.split(" · ")[0] for line in lines(reply)] == quays(6, 5, 4, 3, 2)
    assert f"Of the 7 entries in it the {FIRST} newest are read" in str(reply)
    assert "The articles that it brought stay" in str(undone)
    assert again.title == "Followed again: Harbour Post"


async def test_a_page_offers_its_feeds_and_a_button_follows_one(desk, feeds, site):
    site.pages["/"] = says(text=PAGE, content_type="text/html")

    offer = await feeds.add(desk.call(), url=f"{site.url}/", channel=NEWS)
    followed = await desk.services.perform(desk.call(), offer.actions[0].request)

    assert [action.request.options["url"] for action in offer.actions] == [f"{site.url}/feed", f"{site.url}/new"]
    assert offer.actions[0].request.options["channel"] == NEWS
    assert followed.title == "Following Harbour Post"
    assert len(await desk.feeds()) == 1


@pytest.mark.trust("feed-walls")
async def test_bad_addresses_are_told_at_once(desk, feeds, site):
    site.pages["/page"] = says(text="<html><body>nothing</body></html>", content_type="text/html")
    site.pages["/gone"] = says(status=404)

    with pytest.raises(NoFeedError, match="is no RSS"):
        await feeds.add(desk.call(), url=f"{site.url}/page", channel=NEWS)
    with pytest.raises(DownloadError, match="404"):
        await feeds.add(desk.call(), url=f"{site.url}/gone", channel=NEWS)
    with pytest.raises(AddressError, match="private network"):
        await feeds.add(desk.call(), url="http://10.0.0.7/feed", channel=NEWS)
    with pytest.raises(AddressError, match="begins with https"):
        await feeds.add(desk.call(), url="harbour post", channel=NEWS)
    assert await desk.feeds() == ()


@pytest.mark.trust("feed-admin")
async def test_only_those_who_may_manage_the_server_touch_its_feeds(desk, feeds, site):
    await desk.follow()
    somebody = desk.call(admin=False)

    for asked in (
        Request("feeds.add", {"url": f"{site.url}/feed"}),
        Request("feeds.list"),
        Request("feeds.show", {"feed": "Harbour"}),
        Request("feeds.pause", {"feed": "Harbour"}),
        Request("feeds.resume", {"feed": "Harbour"}),
        Request("feeds.remove", {"feed": "Harbour"}),
        Request("feeds.bring_back", {"feed": "1"}),
        Request("feeds.export"),
        Request("feeds.take_over", {"file": Incoming("feeds.opml")}),
    ):
        with pytest.raises(NotFeedAdminError):
            await desk.services.perform(somebody, asked)
    assert await feeds.suggest_feed(somebody, "") == []


@pytest.mark.trust("feed-sight")
async def test_nobody_fills_a_channel_that_they_cannot_read_or_posts_where_the_bot_may_not(desk, feeds, site):
    url = f"{site.url}/feed"
    call = desk.call()
    spots = {NEWS: Spot(NEWS, frozenset({NEWS}), lacks=("Send Messages",)), 99: Spot(99, frozenset({99}))}
    placed = replace(call, spots=spots.get)

    with pytest.raises(UnknownChannelError):
        await feeds.add(placed, url=url, channel=99)
    with pytest.raises(UnknownChannelError):
        await feeds.add(placed, url=url, channel=98)
    with pytest.raises(NoPlaceForFeedError, match="Send Messages"):
        await feeds.add(placed, url=url, channel=NEWS, post=True)
    assert (await feeds.add(placed, url=url, channel=NEWS)).title == "Following Harbour Post"


async def test_a_feed_of_a_thread_is_for_the_readers_of_its_channel(desk, feeds, site):
    call = replace(desk.call(), channel_id=700, spots={700: Spot(NEWS, frozenset({NEWS}))}.get)

    await feeds.add(call, url=f"{site.url}/feed", post=True)

    (one,) = await desk.feeds()
    assert (one.channel_id, one.audience_id) == (700, NEWS)


@pytest.mark.trust("feed-sight")
async def test_a_feed_for_a_channel_shows_to_those_alone_who_can_read_it(desk, feeds, site):
    site.add(1)
    await feeds.add(desk.call(), url=f"{site.url}/feed", channel=PRIVATE)
    outsider = replace(desk.call(), scope=Scope(GUILD, ANA + 1, frozenset({NEWS})))
    (one,) = await desk.feeds()

    assert (await feeds.list(outsider)).title == "No feeds yet"
    assert await feeds.suggest_feed(outsider, "") == []
    for ask in (feeds.show, feeds.pause, feeds.resume, feeds.remove):
        with pytest.raises(UnknownFeedError):
            await ask(outsider, feed=str(one.feed_id))
    assert await desk.titles() == []
    assert await desk.titles(audience=PRIVATE) == quays(1)


async def test_the_list_says_how_each_is_doing_and_when_it_is_polled_next(desk, feeds, site):
    await desk.follow()
    site.add(1)
    await desk.poll()

    listed = await feeds.list(desk.call())

    (line,) = lines(listed)
    moments = [part for block in listed.blocks for item in block.items for part in item if isinstance(part, Moment)]
    assert line.startswith("Harbour Post · 127.0.0.1")
    assert "running" in line
    assert [moment.when > desk.now for moment in moments] == [False, True]


async def test_show_tells_of_the_latest_entries_and_what_could_not_be_read(desk, feeds, site):
    await desk.follow()
    site.add(1)
    site.items.insert(0, ("g2", "/story/2", "Harbour closed", "", None))
    site.pages["/story/2"] = says(status=403)
    await desk.poll()

    shown = await feeds.show(desk.call(), feed="harbour post")

    assert any(line.startswith("Quay 1 was closed") for line in lines(shown))
    assert any(line.startswith("Harbour closed · “") and "(403)" in line for line in lines(shown))
    assert [action.label for action in shown.actions] == ["Pause", "Remove"]


async def test_a_paused_feed_is_not_polled_until_it_is_resumed(desk, feeds, site):
    await desk.follow()
    paused = await feeds.pause(desk.call(), feed="Harbour")
    asked = len(site.asked)
    site.add(1)
    await desk.poll()
    assert len(site.asked) == asked
    assert [action.label for action in (await feeds.show(desk.call(), feed="Harbour")).actions] == ["Resume", "Remove"]

    await desk.services.perform(desk.call(), paused.actions[0].request)
    await desk.poll()

    assert await desk.titles() == quays(1)


async def test_a_feed_is_named_by_part_of_its_name_or_address_if_one_alone_fits(desk, feeds, site):
    await desk.follow()
    await desk.follow(path="/new")

    assert [one.value for one in await feeds.suggest_feed(desk.call(), "harb")] == [
        str(one.feed_id) for one in await desk.feeds()
    ]
    assert (await feeds.show(desk.call(), feed="/new")).title == "Harbour Post"
    with pytest.raises(NoSuchFeedError, match="Did you mean"):
        await feeds.show(desk.call(), feed="Harbour")
    with pytest.raises(NoSuchFeedError, match="/feed list"):
        await feeds.show(desk.call(), feed="Mountain")


async def test_feeds_go_out_as_opml_and_come_in_again(desk, feeds, site, tmp_path):
    await desk.follow()
    await desk.follow(path="/new")
    site.pages["/none"] = says(status=404)

    exported = await feeds.export(desk.call())
    data = exported.attachments[0].data.replace(b"</body>", f'<outline xmlUrl="{site.url}/none"/></body>'.encode())
    (tmp_path / "feeds.opml").write_bytes(data)
    file = Incoming("feeds.opml", path=str(tmp_path / "feeds.opml"))
    imported = await feeds.take_over(desk.call(desk=GUILD + 5), file=file, channel=NEWS)

    assert imported.title == "2 feeds of 3 followed"
    assert [": followed" in line for line in lines(imported)] == [True, True, False]
    assert "404" in lines(imported)[2]
    assert [one.url for one in await desk.feeds(desk=GUILD + 5)] == [f"{site.url}/feed", f"{site.url}/new"]


async def test_an_import_takes_so_many_at_once_and_says_what_is_left(desk, feeds, site, tmp_path):
    outlines = "".join(f'<outline xmlUrl="{site.url}/none/{number}"/>' for number in range(MOST_IMPORTED + 3))
    (tmp_path / "many.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    (tmp_path / "no.opml").write_text("<html></html>")

    reply = await feeds.take_over(
        desk.call(), file=Incoming("many.opml", path=str(tmp_path / "many.opml")), channel=NEWS
    )

    assert reply.title == f"0 feeds of {MOST_IMPORTED} followed"
    assert "the last 3 of the list are left" in str(reply)
    with pytest.raises(NoOutlineError):
        await feeds.take_over(desk.call(), file=Incoming("no.opml", path=str(tmp_path / "no.opml")), channel=NEWS)


async def test_a_desk_of_ones_own_follows_feeds_for_its_owner_alone(desk, feeds, site):
    own = Call(Scope(-ANA, ANA, frozenset({ANA})), 5, ANA, 78, NOW, private=True, admin=True)
    site.add(1)

    reply = await feeds.add(own, url=f"{site.url}/feed", post=True)

    assert "For you alone" in "".join(str(part) for part in reply.blocks[0].words)
    assert await desk.titles(desk=-ANA, audience=ANA) == quays(1)
    with pytest.raises(NeedsServerError):
        await feeds.add(own, url=f"{site.url}/new", channel=NEWS)


async def test_a_desk_follows_so_many_feeds(desk, feeds, site):
    own = Call(Scope(-ANA, ANA, frozenset({ANA})), 5, ANA, 78, NOW, private=True, admin=True)
    plain = await feeds.listener.find(f"{site.url}/feed", NOW)
    for number in range(MOST_OWN_FEEDS):
        await feeds._make(own, _where(own, None, post=False), replace(plain, url=f"https://n{number}.example/feed"))

    with pytest.raises(FeedsFullError, match=f"{MOST_OWN_FEEDS} feeds are followed here"):
        await feeds.add(own, url=f"{site.url}/feed")


async def test_the_terminal_follows_feeds_and_reads_their_newest(desk, feeds, site):
    call = Call(Scope(LOCAL_DESK, LOCAL_PERSON, None), 0, LOCAL_PERSON, 1, NOW, admin=True)
    site.add(1)

    reply = await feeds.add(call, url=f"{site.url}/feed")

    assert "verbatim run" in str(reply)
    assert [line.split(" · ")[0] for line in lines(reply)] == quays(1)


async def test_what_is_removed_cannot_be_brought_back_twice_or_beside_another(desk, feeds, site):
    await desk.follow()
    (one,) = await desk.feeds()
    await feeds.remove(desk.call(), feed=str(one.feed_id))
    await desk.follow()

    with pytest.raises(AlreadyFollowedError):
        await feeds.bring_back(desk.call(), feed=str(one.feed_id))
    with pytest.raises(UnknownFeedError):
        await feeds.bring_back(desk.call(), feed="12345")
