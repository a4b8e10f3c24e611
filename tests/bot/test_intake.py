"""What is known of a file on its way in reaches its reader."""

from ipaddress import ip_network

import pytest
from aiohttp import web as server
from aiohttp.test_utils import TestServer

from bot.services import build
from bot.services.web import Web
from storage.base import Scope
from storage.errors import MissingExtractionError
from summariser.limits import Limits

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Nothing in these bytes says that an old Macintosh wrote them, and without being told they are no text at all.
BRIDGE = """New footbridge for Saint-Élois

SAINT-ÉLOIS — The new footbridge was opened on Wednesday, the mayor's office said. The old one had been shut for years.

It cost fourteen million. “We have waited long enough,” said the mayor, Zoé Lefèvre, who crossed it first.
"""


async def take(storage, compute, call, content_type):
    """Take in the page of a server that names its encoding, or does not; return the article's text."""

    async def page(_):
        return server.Response(body=BRIDGE.encode("mac-roman"), headers={"Content-Type": content_type})

    app = server.Application()
    app.router.add_get("/bridge.txt", page)
    networks = (ip_network("127.0.0.0/8"),)
    async with TestServer(app, host="127.0.0.1") as site, Web(allow_networks=networks) as web:
        services = build(storage, compute, web, Limits())
        taken = await services.intake.take_page(call, str(site.make_url("/bridge.txt")))
    stored = await storage.article(Scope(call.scope.desk_id, call.scope.asker_id, None), taken.article_ids[0])
    return stored.article.text


async def test_a_page_is_read_in_the_encoding_that_its_server_named(storage, compute, call):
    text = await take(storage, compute, call, "text/plain; charset=macintosh")

    assert "said the mayor, Zoé Lefèvre" in text


async def test_so_it_is_where_another_copy_went_just_now(storage, compute, call, monkeypatch):
    add = type(storage).add
    asked = []

    async def vanish_once(self, scope, upload, extraction, *, ceilings=None):
        asked.append(extraction)
        if len(asked) == 1:
            raise MissingExtractionError
        return await add(self, scope, upload, extraction, ceilings=ceilings)

    monkeypatch.setattr(type(storage), "add", vanish_once)

    text = await take(storage, compute, call, "text/plain; charset=macintosh")

    assert "Zoé Lefèvre" in text
    assert len(asked) == 2
