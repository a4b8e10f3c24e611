"""Going online, and the ways in which that does not happen; `tests/e2e` does the same with a process."""

import logging
import socket
from types import SimpleNamespace

import discord
import pytest
import yarl
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.config import Settings
from bot.gateway import Gateway, _endpoints, _refused, run_gateway

pytestmark = pytest.mark.asyncio(loop_scope="session")


def settings(**changed):
    return Settings(_env_file=None, **changed)


def errors(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.fixture
def closed_port():
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def serving(answer):
    """Serve this JSON as the answer to everything."""

    async def say(_):
        return web.json_response(answer)

    application = web.Application()
    application.router.add_get("/{path:.*}", say)
    server = TestServer(application)
    await server.start_server()
    return server


@pytest.mark.parametrize("token", [None, "", "a token\nin two lines", "ключ"])
async def test_a_token_that_cannot_be_one_is_refused_in_one_line(services, storage, caplog, token):
    code = await run_gateway(settings(discord_token=token), services, storage)

    assert code == 78
    (line,) = errors(caplog)
    assert "DISCORD_TOKEN" in line


@pytest.mark.parametrize(
    ("code", "exits", "advice"), [(4010, 78, "SHARD_COUNT"), (4011, 78, "SHARD_COUNT"), (4000, 75, "")]
)
async def test_shards_that_discord_refuses_are_a_setting_to_change(caplog, code, exits, advice):
    closed = discord.ConnectionClosed(SimpleNamespace(close_code=code), shard_id=0)

    assert _refused(closed) == exits
    (line,) = errors(caplog)
    assert advice in line


async def test_a_proxy_that_is_away_is_told_in_one_line(services, storage, caplog, closed_port):
    url = f"http://127.0.0.1:{closed_port}/api/v10"

    code = await run_gateway(settings(discord_token="a.b.c", discord_api_url=url), services, storage)

    assert code == 75
    (line,) = errors(caplog)
    assert "DISCORD_API_URL" in line


@pytest.mark.parametrize("answer", [{"url": None}, ["nothing"], {}])
async def test_a_proxy_that_does_not_know_the_gateway_is_told_in_one_line(services, storage, caplog, answer):
    server = await serving(answer)

    code = await run_gateway(
        settings(discord_token="a.b.c", discord_api_url=str(server.make_url("/api"))), services, storage
    )
    await server.close()

    assert code == 75
    assert len(errors(caplog)) == 1


async def test_everything_goes_by_the_proxy_and_by_the_gateway_that_it_names():
    server = await serving({"url": "ws://127.0.0.1:1/gate"})
    url = str(server.make_url("/api/v10/"))
    usual = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY

    async with _endpoints(settings(discord_api_url=url)):
        used = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    await server.close()

    assert used == (url.rstrip("/"), yarl.URL("ws://127.0.0.1:1/gate"))
    assert usual == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_a_gateway_that_the_settings_name_is_asked_of_nobody(closed_port):
    named = settings(discord_api_url=f"http://127.0.0.1:{closed_port}", discord_gateway_url="wss://gate.example")

    async with _endpoints(named):
        assert yarl.URL("wss://gate.example") == DiscordWebSocket.DEFAULT_GATEWAY


@pytest.mark.parametrize("mistake", [OSError("no space left"), ConnectionError("cut")])
async def test_what_goes_wrong_in_a_handler_is_no_outage_and_keeps_its_traceback(services, storage, caplog, mistake):
    bot = Gateway(services, storage, shard_count=1)

    try:
        raise mistake
    except OSError:
        await bot.on_error("message")

    (record,) = (record for record in caplog.records if record.name == "discord.client")
    assert record.levelno == logging.ERROR
    assert record.exc_info[1] is mistake
