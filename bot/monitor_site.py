"""The pages of the monitor: /metrics, /healthz and /readyz. Loaded only where METRICS_PORT is set."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.health import Health
from bot.metrics.prometheus import Prometheus

# How often it is seen by how much the event loop is late: what keeps the loop for longer than this is seen for certain.
TICK_SECONDS = 0.02
# Scrapers that hang shall not hold up a stop.
_LEAVE_SECONDS = 0.2


@asynccontextmanager
async def serve(metrics: Prometheus, health: Health, *, host: str, port: int) -> AsyncIterator[None]:
    """Serve the pages while the block runs, and see by how much the event loop is late.

    Raises:
        OSError: nothing can listen there.
    """
    runner = web.AppRunner(_site(metrics, health), access_log=None, shutdown_timeout=_LEAVE_SECONDS)
    await runner.setup()
    ticking = asyncio.create_task(_tick(metrics))
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        ticking.cancel()
        await asyncio.wait({ticking})
        await runner.cleanup()


def _site(metrics: Prometheus, health: Health) -> web.Application:
    async def scrape(_: web.Request) -> web.Response:
        body, media_type = metrics.text()
        return web.Response(body=body, headers={"Content-Type": media_type})

    async def alive(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def ready(_: web.Request) -> web.Response:
        signs = await health.look()
        fine = all(sign.ok for sign in signs.values())
        parts = {name: {"ok": sign.ok, "told": sign.told} for name, sign in signs.items()}
        return web.json_response({"ready": fine, "parts": parts}, status=200 if fine else 503)

    site = web.Application()
    site.add_routes([web.get("/metrics", scrape), web.get("/healthz", alive), web.get("/readyz", ready)])
    return site


async def _tick(metrics: Prometheus) -> None:
    loop = asyncio.get_running_loop()
    while True:
        meant, before = loop.time() + TICK_SECONDS, time.thread_time()
        await asyncio.sleep(TICK_SECONDS)
        metrics.lag(loop.time() - meant, computed=time.thread_time() - before)
