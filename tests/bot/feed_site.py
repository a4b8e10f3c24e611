"""A web site with a feed that does what a test says, and a desk that follows it by a clock that the test moves."""

import zlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web as server

from bot.feeds import Pacing, Poller
from bot.scheduler import Clock, Scheduler
from bot.services import build
from bot.services.calls import Call
from bot.services.deliveries import check_in_time
from bot.services.feedposts import FeedPosts
from storage.base import Scope
from summariser.limits import Limits

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
GUILD, OTHER_GUILD = 4_000_000_000_000_001, 4_000_000_000_000_002
NEWS, PRIVATE = 61, 62
ANA = 555_000_000_000_001
PACING = Pacing(look=0.01, apart=0.0, attempt=20.0, drain=0.2)


@dataclass
class Site:
    """A web site with a feed, that does what a test says."""

    url: str = ""
    items: list = field(default_factory=list)
    """(guid, path, title, summary, published)"""
    asked: list = field(default_factory=list)
    """Headers of each request for the feed."""
    fetched: list = field(default_factory=list)
    """Paths of the pages that were asked for."""
    answer: object = None
    """What answers in the place of the feed."""
    pages: dict = field(default_factory=dict)
    ttl: int | None = None
    conditional: bool = True

    def add(self, number, *, guid=None, path=None, words=None, published=None):
        title = f"Quay {number} was closed"
        words = words or f"Quay {number} was closed on Monday after a crane had leaned over it for two days."
        self.items.insert(0, (guid or f"guid-{number}", path or f"/story/{number}", title, words, published))

    def xml(self):
        ttl = f"<ttl>{self.ttl}</ttl>" if self.ttl else ""
        items = "".join(
            f"<item><guid isPermaLink='false'>{guid}</guid><link>{self.url}{path}</link><title>{title}</title>"
            f"<description>{words}</description>{f'<pubDate>{published}</pubDate>' if published else ''}</item>"
            for guid, path, title, words, published in self.items
        )
        head = f"<title>Harbour Post</title><link>{self.url}/</link>{ttl}"
        return f"<rss version='2.0'><channel>{head}{items}</channel></rss>"

    async def feed(self, request):
        self.asked.append(request.headers)
        if self.answer is not None:
            return await self.answer(request)
        body = self.xml()
        tag = f'"{zlib.crc32(body.encode())}"'
        if self.conditional and request.headers.get("If-None-Match") == tag:
            return server.Response(status=304, headers={"ETag": tag})
        return server.Response(text=body, content_type="application/rss+xml", headers={"ETag": tag})

    async def page(self, request):
        self.fetched.append(request.path)
        if request.path in self.pages:
            return await self.pages[request.path](request)
        number = request.path.rpartition("/")[2]
        text = f"<p>Quay {number} was closed on Monday.</p><p>Page {number} says that it opens again on Friday.</p>"
        page = (
            f"<html><head><title>Quay {number} was closed</title></head><body><article>{text}</article></body></html>"
        )
        return server.Response(text=page, content_type="text/html")


def says(**answer):
    """Return what answers so each time."""

    async def say(_):
        return server.Response(**answer)

    return say


@asynccontextmanager
async def serving():
    """Run a site on a port of the loopback interface."""
    made = Site()
    app = server.Application()
    app.router.add_get("/feed", made.feed)
    app.router.add_get("/new", made.feed)
    app.router.add_get("/{path:.*}", made.page)
    runner = server.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listening = server.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    made.url = f"http://127.0.0.1:{listening._server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


@dataclass
class Sink:
    """A place where messages arrive."""

    messages: list = field(default_factory=list)
    told: list = field(default_factory=list)
    untellable: list = field(default_factory=list)

    async def audiences(self, desk_id, place, shared):
        return frozenset({place.number})

    async def send(self, desk_id, place, post):
        check_in_time()
        self.messages.append((place.number, post.reply))
        return len(self.messages)

    async def find(self, desk_id, place, key, since):
        return None

    async def tell(self, desk_id, person_id, post):
        if self.untellable:
            raise self.untellable.pop()
        self.told.append((desk_id, person_id, post.reply))


class Desk:
    """A desk with a poller and a clock that a test moves."""

    def __init__(self, storage, compute, web, site):
        self.storage, self.site, self.sink, self.now = storage, site, Sink(), NOW
        self.services = build(storage, compute, web, Limits())
        self.listener = self.services.feeds.listener
        self.listener._chance = lambda: 0.5
        self.poller = self.make_poller()

    def make_poller(self):
        return Poller(self.storage, self.listener, self.sink, clock=Clock(lambda: self.now), pacing=PACING)

    def call(self, *, desk=GUILD, audience=NEWS, admin=True):
        scope = Scope(desk, ANA, frozenset({NEWS, PRIVATE, audience}))
        return Call(scope, audience, ANA, 77, self.now, private=True, admin=admin, guild_id=desk)

    async def follow(self, *, path="/feed", **options):
        desk, channel = options.pop("desk", GUILD), options.pop("channel", NEWS)
        return await self.services.feeds.add(
            self.call(desk=desk, audience=NEWS if channel else ANA),
            url=f"{self.site.url}{path}",
            channel=channel,
            **options,
        )

    async def poll(self, *, after=timedelta(hours=7)):
        """Let time pass, and do all that is to be done then."""
        self.now += after
        for _ in range(20):
            if not await self.poller.step():
                break
            await self.poller.settle()

    async def post(self):
        clock = Clock(lambda: self.now)
        scheduler = Scheduler(self.storage, self.sink, FeedPosts(self.storage).compose, clock=clock)
        await scheduler.step()
        await scheduler.settle()

    async def titles(self, *, desk=GUILD, audience=NEWS):
        found = await self.storage.newest(Scope(desk, ANA, frozenset({audience})), limit=99)
        return [head.title for head in found]

    async def feeds(self, *, desk=GUILD):
        return await self.storage.feeds(Scope(desk, ANA, frozenset({NEWS, PRIVATE})))


def quays(*numbers):
    return [f"Quay {number} was closed" for number in numbers]
