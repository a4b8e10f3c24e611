"""What those who run the bot can see of it: metrics and health, on a port of its own where METRICS_PORT is set.

It is up before the database is opened: a migration may take minutes, and whoever waits for the bot should not take it
for dead meanwhile. Nobody is asked for a password, so it listens on the loopback unless told otherwise; nothing that it
tells is anybody's but the operator's.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bot.config import Settings
from bot.health import Health
from bot.metrics import SILENT, Metrics

log = logging.getLogger(__name__)


class MonitorError(Exception):
    """The address for metrics cannot be used."""

    def __init__(self, host: str, port: int, why: str) -> None:
        advice = "Choose another port or METRICS_HOST, or unset METRICS_PORT."
        super().__init__(f"METRICS_PORT={port} cannot be used on {host}: {why}. {advice}")


@dataclass(frozen=True, slots=True)
class Monitor:
    """What is watched over, for the rooms to fill."""

    metrics: Metrics = SILENT
    health: Health = field(default_factory=Health)


@asynccontextmanager
async def open_monitor(settings: Settings) -> AsyncIterator[Monitor]:
    """Serve metrics and health while the block runs, where the settings name a port.

    Raises:
        MonitorError: nothing can listen there.
    """
    host, port = settings.metrics_host, settings.metrics_port
    if port is None:
        yield Monitor()
        return
    # ruff: noqa: PLC0415  nobody else pays for loading them
    from bot.metrics.prometheus import Prometheus
    from bot.monitor_site import serve

    metrics = Prometheus()
    monitor = Monitor(metrics)
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(serve(metrics, monitor.health, host=host, port=port))
        except OSError as error:
            raise MonitorError(host, port, error.strerror or "it is no address of this machine") from error
        log.info("metrics are served", extra={"host": host, "port": port})
        yield monitor
