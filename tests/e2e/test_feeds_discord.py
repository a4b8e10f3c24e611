"""`/feed` as people meet it, over the wire: followed, posted once through a kill, taken along, paused and told."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web as server
from answers import finished
from loopback.messages import Attachment

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = "Quay {} was closed on Monday after a crane had leaned over it for two days, the harbour office said."


@dataclass
class Site:
    """A web site with a feed."""

    url: str = ""
    numbers: list = field(default_factory=list)
    gone: bool = False
    fetched: list = field(default_factory=list)

    async def feed(self, _):
        items = "".join(
            f"<item><guid>{self.url}/{number}</guid><link>{self.url}/{number}</link><title>Quay {number} closed</title>"
            f"<description>{WORDS.format(number)}</description></item>"
            for number in reversed(self.numbers)
        )
        if self.gone:
            return server.Response(status=410)
        text = f"<rss version='2.0'><channel><title>Harbour Post</title>{items}</channel></rss>"
        return server.Response(text=text, content_type="application/rss+xml")

    async def page(self, request):
        self.fetched.append(request.path)
        number = request.path.strip("/")
        text = f"<article><h1>Quay {number} closed</h1><p>{WORDS.format(number)}</p></article>"
        return server.Response(text=f"<html><body>{text}</body></html>", content_type="text/html")


@asynccontextmanager
async def serving():
    site = Site()
    app = server.Application()
    app.router.add_get("/feed", site.feed)
    app.router.add_get("/{path:.*}", site.page)
    runner = server.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listening = server.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    site.url = f"http://127.0.0.1:{listening._server.sockets[0].getsockname()[1]}"
    try:
        yield site
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module")
async def site():
    async with serving() as running:
        yield running


@pytest.fixture(scope="module")
def shared(verbatim):
    return verbatim(FETCH_ALLOW_NETWORKS="127.0.0.0/8")


@pytest.fixture
def ines(guild):
    """Somebody who may manage the server."""
    return guild.member("Ines", admin=True)


async def ask(discord, user, channel, command, /, **options):
    return await (await discord.slash(user, channel, command, **options)).final_message(when=finished)


def make_due(bot):
    """Let what is followed be polled now, and what a dead process had be taken up."""
    with closing(sqlite3.connect(Path(bot._folder) / "data" / "verbatim.db", timeout=10)) as connection, connection:
        connection.execute("UPDATE feed_source SET next_at = 0, leased_until = NULL")
        connection.execute("UPDATE feed_entry SET leased_until = NULL, not_before = 0 WHERE state = 'waiting'")
        connection.execute("UPDATE delivery SET leased_until = NULL WHERE state = 'open'")


def posts(discord, channel, words):
    return [one for one in discord.posted(channel) if words in one.text]


async def fetched(site, path):
    for _ in range(2000):
        if path in site.fetched:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{path} was never fetched")


async def test_a_new_entry_is_posted_once_also_when_the_program_is_killed_on_the_way(discord, bot, site, news, ines):
    site.numbers = [1]
    followed = await ask(discord, ines, news, "feed add", url=f"{site.url}/feed", post=True)
    assert followed.ephemeral
    assert "Following Harbour Post" in followed.text
    assert "Quay 1 closed" in followed.text

    site.numbers.append(2)
    make_due(bot)
    await fetched(site, "/2")
    await bot.kill()
    await bot.start(discord)
    make_due(bot)

    await discord.until(lambda: posts(discord, news, "Quay 2 was closed"), within=40, what="the post")
    make_due(bot)
    listed = await ask(discord, ines, news, "feed list")
    assert len(posts(discord, news, "Quay 2 was closed")) == 1
    assert posts(discord, news, "Quay 1 was closed") == []
    assert "running" in listed.text
    assert "<t:" in listed.text


async def test_feeds_leave_as_opml_and_come_in_again_elsewhere(discord, bot, site, news, ines, guild):
    await ask(discord, ines, news, "feed add", url=f"{site.url}/feed")
    exported = await ask(discord, ines, news, "feed export")
    (file,) = exported.files
    other = guild.channel("wire")

    taken = await ask(discord, ines, other, "feed import", file=Attachment("feeds.opml", file.attachment.data))

    assert "1 feed of 1 followed" in taken.text


async def test_a_feed_that_is_gone_is_paused_and_whoever_added_it_told(discord, bot, site, news, ines):
    await ask(discord, ines, news, "feed add", url=f"{site.url}/feed")

    site.gone = True
    make_due(bot)
    direct = discord.direct(ines)
    await discord.until(lambda: posts(discord, direct, "is paused"), within=40, what="the note")

    shown = await ask(discord, ines, news, "feed show", feed="Harbour")
    assert "paused" in shown.text
    assert "410" in shown.text
