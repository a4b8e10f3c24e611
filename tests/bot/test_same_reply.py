"""The console and Discord are two doors to one house: the same command gets the same reply through either.

Each reply is caught where the front end receives it, on its way from the real use case.
"""

import inspect
from dataclasses import replace
from functools import wraps
from ipaddress import ip_network

import discord
import pytest
import pytest_asyncio
import simcord.backend.cdn
from aiohttp import web as server
from aiohttp.test_utils import TestServer
from simcord.components import walk_components
from simcord.env import Env

from bot import cogs
from bot.cogs import exchange
from bot.console.declared import read_commands
from bot.console.parsing import quoted
from bot.console.session import Session
from bot.gateway import Gateway
from bot.render.json import plain
from bot.services import build
from bot.services.errors import UserError, explain
from bot.services.replies import Form, Reply, Suggestion
from bot.services.tickets import TICKET
from bot.services.web import Web
from storage import open_storage
from storage.errors import StorageError
from summariser.errors import SummariserError
from summariser.limits import Limits

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORCHARD = """Late frost takes half the pear blossom at Kvelden

By Marit Osmundsen

KVELDEN — Growers at Kvelden counted their losses on Friday after two nights of frost in the middle of the blossom.

About half of the pears are gone, said the growers' union, while most of the apples had not opened yet and were spared.

“We burnt straw between the rows until four in the morning,” said Ragnhild Tveit, who has grown pears there for thirty
years. “It saved the lower slope, and nothing else.”

The county will send two assessors next week. Claims have to be handed in before the end of May.
"""
MARKET = """Second bridge for the river market at Tanjong Rimba

By Hasnah Idris

TANJONG RIMBA — The town council voted on Thursday for a second footbridge to the river market, four years after the
first one had to be closed on feast days for overcrowding.

The bridge will cost 2.1 million and is to open before the monsoon. Stallholders had asked for it in three petitions.
"""
BUNDLE = f"""{ORCHARD}

----------------------------------------

{MARKET}"""
PROPOSED = """Kelp farmers of Skarvoy try a second harvest

Three families on Skarvoy cut their kelp twice this year, the first time that anyone has done so north of the strait.
The boats went out before dawn, and by noon the drying racks along the slip were full. Buyers paid a third more for
the young blades.

Reading room stays open on Sundays

The town library keeps its reading room open on Sundays until Easter, after students handed in a petition with four
hundred names. Volunteers look after the desk, lend out umbrellas and put the papers back, said its head, Wilma Ruys.
"""
PAGE = "<html><head><title>Market</title></head><body><article>{}</article></body></html>".format(
    "".join(f"<p>{paragraph}</p>" for paragraph in MARKET.split("\n\n"))
)
FILES = {
    "orchard.txt": ORCHARD.encode(),
    "market.md": MARKET.encode(),
    "bundle.txt": BUNDLE.encode(),
    "page.html": PAGE.encode(),
    "proposed.txt": PROPOSED.encode(),
    "echo.txt": ORCHARD.replace("Growers at Kvelden", "Growers").replace("About half", "Half").encode(),
    "empty.txt": b"",
    "notes.txt": b"\x89PNG\r\n\x1a\n",
}
PAGE_PATH = "/2024/market.html"

# What is asked of each command; the tests below see to it that no command and no option is missing.
CASES = {
    "add": (
        {},
        {"file": "orchard.txt"},
        {"file": "ferry.txt"},
        {"file": "empty.txt"},
        {"file": "orchard.txt", "file2": "echo.txt"},
        {
            "file": "orchard.txt",
            "file2": "market.md",
            "file3": "bundle.txt",
            "file4": "notes.txt",
            "file5": "page.html",
        },
        {"url": PAGE_PATH},
        {"url": "/no/such/page.html"},
    ),
    "summarise": (
        {"sentences": 2},
        {"file": "orchard.txt", "sentences": 2, "method": "lead"},
        {"file": "bundle.txt", "private": True},
        {"url": PAGE_PATH, "sentences": 12},
        {"article": "night ferry", "sentences": 3},
        {"article": "nothing like it"},
        {"article": "4611686018427387904"},
    ),
    "search": (
        {"query": "ferry", "private": False},
        {"query": '"engine room" -frost', "source": "nobody", "order": "newest"},
        {"query": "passengers", "since": "2020-01-01", "until": "2020-12-31", "page": 1},
        {"query": '("'},
    ),
    "article list": ({}, {"mine": True, "private": False}),
    "article show": ({"article": "night ferry", "private": False}, {"article": "nothing like it"}),
    "article edit": (
        {"article": "night ferry"},
        {
            "article": "night ferry",
            "title": "Ferry cancelled",
            "source": "Holm Post",
            "author": "-",
            "date": "5 March 2024",
            "language": "de",
        },
        {"article": "night ferry", "date": "3/4/2024"},
    ),
    "article split": (
        {"article": "night ferry"},
        {"article": "night ferry", "at": "3", "title": "Refunds"},
        {"article": "night ferry", "at": "nowhere"},
    ),
    "article merge": ({"article": "night ferry"},),
    "article remove": ({"article": "night ferry"}, {"article": "nothing like it"}),
    "article restore": ({"article": "night ferry"}, {"article": "removal:1"}, {}),
    "brief": (
        {"topic": "ferry", "sentences": 2, "private": False},
        {"sources": "nobody", "order": "newest"},
        {"topic": "no such thing", "since": "2020-01-01", "until": "2020-12-31"},
        {"sentences": 3},
    ),
    "timeline": (
        {"topic": "ferry", "private": False},
        {"topic": "ferry", "since": "2020-01-01", "until": "2020-12-31"},
        {"topic": "NOT"},
    ),
    "quote": (
        {"text": "brought ashore within forty minutes", "private": False},
        # Where everyone can see the answer, it says that a private one may know more; at the terminal none does.
        {"text": "all were brought ashore within fifty minutes", "private": True},
        {"text": "nobody ever wrote such a thing here", "private": True},
        {"text": "…"},
    ),
    "entity show": ({"name": "Tomas Reyl", "private": False}, {"name": "Tomas Rayl"}, {"name": "Nobody Inhere"}),
    "entity merge": (
        {"name": "Tomas Reyl", "other": "Holm Harbour"},
        {"name": "Tomas Reyl", "other": "Reyl"},
    ),
    "entity split": ({"name": "Tomas Reyl", "spelling": "Holm"}, {"name": "Tomas Reyl", "spelling": "Reyl"}),
    "entity rename": ({"name": "Tomas Reyl", "to": "Thomas Reyl"}, {"name": "Tomas Reyl", "to": "…"}),
    "entity reject": ({"name": "Tomas Reyl"},),
    "entity candidates": ({}, {"name": "Tomas Reyl"}),
    "entity decisions": ({}, {"name": "Tomas Reyl"}),
    "wording": ({"entity": "Tomas Reyl", "private": False}, {"entity": "Nobody Inhere"}),
    "digest list": ({},),
    "digest preview": ({}, {"digest": "Nothing like it"}),
    **dict.fromkeys(
        (f"digest {command}" for command in ("show", "pause", "resume", "now", "remove", "history")),
        ({"digest": "Nothing like it"}, {"digest": "4611686018427387904"}),
    ),
    "catchup": ({}, {"since": "yesterday"}, {"since": "the day of the fire"}),
    "help": ({"command": "add"},),
}
# What only a server has: settings that the terminal's desk has none of, people to share with and to keep things from,
# what others brought, where a digest is posted, whose eyes a feed is for (test_feed_commands), and whom a
# watch is to tell (test_watches).
IN_A_SERVER = (
    *("digest add", "digest edit", "export", "feed ", "settings ", "watch ", "article share", "forget me", "privacy"),
)
ALL_CASES = [(command, options) for command, cases in CASES.items() for options in cases]


class Recorder:
    """Stands before a service, asks it everything, and keeps what it answers."""

    def __init__(self, service, heard):
        self._service = service
        self._heard = heard

    def __getattr__(self, name):
        asked = getattr(self._service, name)
        if not callable(asked):
            return asked
        return self._waiting(asked) if inspect.iscoroutinefunction(asked) else self._asking(asked)

    def _waiting(self, asked):
        @wraps(asked)
        async def ask(*args, **options):
            try:
                return self._hear(await asked(*args, **options))
            except (UserError, StorageError, SummariserError) as error:
                self._heard.append(explain(error))
                raise

        return ask

    def _asking(self, asked):
        return wraps(asked)(lambda *args, **options: self._hear(asked(*args, **options)))

    def _hear(self, answer):
        if isinstance(answer, Reply | Form):
            self._heard.append(answer)
        if isinstance(answer, list) and all(isinstance(line, Suggestion) for line in answer):
            self._heard.append(answer)
        return answer


class Terminal:
    """Somebody at the console."""

    def __init__(self, services, heard, *, folder, clock):
        self._session = Session(services, folder=folder, clock=clock)
        self.heard = heard

    async def run(self, command, options):
        line = [f"{name}:{quoted(_typed(value))}" for name, value in options.items()]
        return await self._answer(" ".join([f"/{command}", *line]))

    async def press(self, _, label):
        (number,) = (press.number for press in self._session.controls.presses if press.label.startswith(label))
        return await self._answer(str(number))

    async def open(self, _, number):
        return await self._answer(f"open {number}")

    async def fill_in(self, form, answers):
        return await self._session.submit(form, answers)

    async def type(self, command, option, typed):
        declared = next(one for one in self._session.commands if one.name == command)
        await self._session.suggest(declared, declared.option(option).keyword, typed)

    async def _answer(self, line):
        try:
            return await self._session.answer(line)
        except (UserError, StorageError, SummariserError) as error:
            return explain(error)


class Chat:
    """Somebody in a channel of a Discord server."""

    def __init__(self, env, heard):
        guild = env.create_guild("Harbour Watch")
        self._channel = guild.create_text_channel("news")
        # Who sits at the terminal manages everything there.
        managers = guild.create_role("Managers", permissions=discord.Permissions(manage_messages=True))
        self._member = guild.add_member(env.create_user("amina"), roles=[managers])
        self.heard = heard

    async def run(self, command, options):
        given = {name: (value, FILES[value]) if value in FILES else value for name, value in options.items()}
        shown = await self._member.slash(self._channel, command, **given)
        return shown if shown.modal else shown.response

    async def press(self, message, label):
        button = self._part(message, label)
        if button["type"] == 2:
            return (await self._member.click(message, label=label)).response
        value = next(line["value"] for line in button["options"] if label in line["label"])
        return (await self._member.select(message, [value], custom_id=button["custom_id"])).response

    async def open(self, message, number):
        return await self.press(message, f"[{number}]")

    async def fill_in(self, form, answers):
        return (await self._member.submit_modal(form, answers)).response

    async def type(self, command, option, typed):
        await self._member.autocomplete(self._channel, command, option, typed)

    def _part(self, message, label):
        """Return the button of that label, or the menu with such a line."""
        return next(
            part
            for part in walk_components(message.components)
            if part.get("label") == label or any(label in line["label"] for line in part.get("options", ()))
        )


def _typed(value):
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


@pytest_asyncio.fixture(loop_scope="session")
async def site():
    """Serve a page, and the files that SimCord keeps as Discord's CDN would."""
    stores = []

    async def page(_):
        return server.Response(text=PAGE, content_type="text/html")

    async def file(request):
        return server.Response(body=stores[0].get(f"{simcord.backend.cdn.CDN_BASE}{request.path}"))

    app = server.Application()
    app.router.add_get(PAGE_PATH, page)
    app.router.add_get("/attachments/{channel}/{id}/{name}", file)
    async with TestServer(app, host="127.0.0.1") as running:
        running.stores = stores
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def make_services(compute):
    """Make use cases over an empty database, and the list of what they answer."""
    async with (
        Web(allow_networks=(ip_network("127.0.0.0/8"),), attachment_hosts=None) as web,
        open_storage("sqlite+aiosqlite://") as one,
        open_storage("sqlite+aiosqlite://") as other,
    ):
        empty = [one, other]

        def make():
            storage, heard = empty.pop(), []
            services = build(storage, compute, web, Limits())
            recorded = {cog.service_name: Recorder(getattr(services, cog.service_name), heard) for cog in cogs.ALL}
            return replace(services, **recorded), storage, heard

        yield make


@pytest_asyncio.fixture(loop_scope="session")
async def both(make_services, site, ferry_text, tmp_path, monkeypatch):
    """The two front ends, one article in each."""
    monkeypatch.setattr(exchange, "PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(simcord.backend.cdn, "CDN_BASE", str(site.make_url("")).rstrip("/"))
    monkeypatch.setitem(FILES, "ferry.txt", ferry_text.encode())
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    services, storage, heard = make_services()
    env = Env(Gateway(services, storage, shard_count=1), shard_count=1, settle_timeout=20)
    site.stores.append(env.backend.cdn)
    await env.start()
    chat = Chat(env, heard)
    services, _, heard = make_services()
    terminal = Terminal(services, heard, folder=tmp_path, clock=env.now)
    # It has looked at the form already, for the questions that a script may answer as options.
    heard.clear()
    for front_end in (chat, terminal):
        await front_end.run("add", {"file": "ferry.txt"})
    yield chat, terminal
    await env.shutdown()
    env.raise_errors()


@pytest.fixture
def given(site):
    """Make the options of a case, their paths on the site as addresses."""
    return lambda options: {
        name: str(site.make_url(value)) if name == "url" else value for name, value in options.items()
    }


def told(heard):
    """Return what was answered without what has to differ: ids, the originals, links to Discord's messages."""
    return _without_places([plain(answer) for answer in heard], {})


def _without_places(value, ids):
    if isinstance(value, dict):
        left_out = {"anchors", "attachments"} if value.get("kind") == "reply" else set()
        if str(value.get("url")).startswith("https://discord.com/channels/"):
            value = value | {"url": None}
        if value.get("kind") == "moment":
            # One front end is asked after the other.
            value = value | {"when": None}
        if value.get("kind") == "person":
            value = value | {"person_id": None}
        if value.get("kind") == "reply":
            value = value | {"actions": [action for action in value["actions"] if action["label"] != "Share"]}
        return {key: _without_places(part, ids) for key, part in value.items() if key not in left_out}
    if isinstance(value, list):
        kept = [_without_places(part, ids) for part in value if not _is_place(part)]
        return kept[:-1] if kept[-1:] == [" · "] else kept
    is_id = not isinstance(value, bool) and isinstance(value, int | str) and str(value).isdigit()
    if (is_id and len(str(value)) > 12) or (isinstance(value, str) and TICKET.fullmatch(value)):
        return ids.setdefault(str(value), f"id {len(ids) + 1}")
    return value


def _is_place(part):
    """Tell a link to a message of Discord's, or a line of nothing else."""
    if not isinstance(part, dict):
        return False
    words = part.get("words")
    if part.get("kind") == "line" and words and all(map(_is_place, words)):
        return True
    return part.get("kind") == "link" and part["url"].startswith("https://discord.com/channels/")


async def test_every_command_and_each_of_its_options_has_a_case(services):
    declared = {
        command.name: {option.name for option in command.options}
        for command in read_commands(cogs.build(services))
        if not command.name.startswith(IN_A_SERVER)
    }

    assert {command: set().union(*cases) for command, cases in CASES.items()} == declared


@pytest.mark.parametrize(("command", "options"), ALL_CASES)
async def test_the_same_command_gets_the_same_reply(both, given, command, options):
    chat, terminal = both

    for front_end in both:
        await front_end.run(command, given(options))

    assert len(chat.heard) == 2
    assert told(chat.heard) == told(terminal.heard)


@pytest.mark.parametrize(
    ("command", "options", "labels"),
    [
        ("add", {"file": "ferry.txt"}, ["Summarise", "Longer", "Shorter"]),
        ("add", {"file": "orchard.txt"}, ["Undo"]),
        ("add", {"file": "proposed.txt"}, ["Split at “Reading room stays open on Sundays”", "Undo"]),
        ("add", {"file": "bundle.txt"}, ["Second bridge for the river market at Tanjong Rimba"]),
        ("summarise", {"article": "night ferry"}, ["Sources"]),
        ("brief", {"topic": "ferry", "sentences": 2}, ["Longer"]),
        ("brief", {"topic": "ferry"}, ["Timeline"]),
        ("timeline", {"topic": "ferry"}, ["Brief"]),
        ("article remove", {"article": "night ferry"}, ["Bring back", "Undo"]),
        ("entity show", {"name": "Tomas Reyl"}, ["More passages", "Who that is", "Wording"]),
        ("entity merge", {"name": "Tomas Reyl", "other": "Holm Harbour"}, ["Merge all the same", "Undo"]),
        ("entity reject", {"name": "Tomas Reyl"}, ["Undo", "Show it"]),
        ("summarise", {"file": "bundle.txt"}, ["Second bridge for the river market at Tanjong Rimba"]),
    ],
)
async def test_the_same_control_gets_the_same_reply(both, given, command, options, labels):
    chat, terminal = both

    for front_end in both:
        shown = await front_end.run(command, given(options))
        for label in labels:
            shown = await front_end.press(shown, label)

    assert len(chat.heard) == 2 + len(labels)
    assert told(chat.heard) == told(terminal.heard)


@pytest.mark.parametrize("options", [{"file": "orchard.txt"}, {"url": PAGE_PATH}])
async def test_every_number_opens_the_same_passage(both, given, options):
    chat, terminal = both

    for front_end in both:
        shown = await front_end.run("summarise", given(options | {"sentences": 2}))
        for number in (1, 2):
            await front_end.open(shown, number)

    assert len(chat.heard) == 4
    assert told(chat.heard) == told(terminal.heard)


async def test_a_form_asks_the_same_and_gets_the_same_reply(both):
    chat, terminal = both

    for front_end in both:
        form = await front_end.run("summarise", {"sentences": 2, "method": "luhn"})
        await front_end.fill_in(form, {"text": MARKET})

    assert isinstance(chat.heard[1], Form)
    assert isinstance(chat.heard[2], Reply)
    assert told(chat.heard) == told(terminal.heard)


async def test_a_form_that_is_filled_in_already_asks_the_same_and_gets_the_same_reply(both):
    chat, terminal = both

    for front_end in both:
        form = await front_end.run("article edit", {"article": "night ferry"})
        held = {field.name: field.value for field in front_end.heard[-1].fields}
        await front_end.fill_in(form, held | {"source": "Holm Post"})

    assert held["title"].startswith("Night ferry")
    assert "Holm Post" in str(told(chat.heard)[-1])
    assert told(chat.heard) == told(terminal.heard)


@pytest.mark.parametrize(
    ("command", "options", "labels"),
    [
        ("article edit", {"article": "late frost", "title": "Frost"}, ["Undo", "Show it"]),
        ("article split", {"article": "late frost"}, ["4. ", "Undo"]),
        ("article merge", {"article": "late frost"}, ["Undo"]),
        ("article show", {"article": "late frost"}, ["Left out"]),
        ("article show", {"article": "late frost"}, ["Merge with next"]),
        ("article show", {"article": "late frost"}, ["2. Second bridge"]),
        ("article list", {}, ["Second bridge"]),
    ],
)
async def test_the_same_is_put_right_and_taken_back(both, command, options, labels):
    chat, terminal = both

    for front_end in both:
        await front_end.run("add", {"file": "bundle.txt"})
        shown = await front_end.run(command, options)
        for label in labels:
            shown = await front_end.press(shown, label)

    assert len(chat.heard) == 3 + len(labels)
    assert told(chat.heard) == told(terminal.heard)


async def test_the_same_is_offered_while_an_option_is_typed(both, services):
    chat, terminal = both
    offering = [
        (command.name, option.name)
        for command in read_commands(cogs.build(services))
        for option in command.options
        if option.suggests and not command.name.startswith(IN_A_SERVER)
    ]

    for front_end in both:
        for command, option in offering:
            await front_end.type(command, option, "ferry")

    assert offering
    assert len(chat.heard) == 1 + len(offering)
    assert told(chat.heard) == told(terminal.heard)
