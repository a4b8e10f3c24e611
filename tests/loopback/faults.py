"""What can go wrong between a bot and Discord, on order."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from aiohttp import web

from .checks import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Failure = int | Literal["cut", "slow"]


@dataclass(eq=False, slots=True)
class Fault:
    """One order: which requests fail, how, and how often."""

    route: str
    status: Failure
    after_effect: bool
    times: int
    seconds: float
    code: int = 0
    everywhere: bool = False
    struck: int = 0
    """How often it has happened so far."""

    def takes(self, request: str) -> bool:
        """Whether this request (`METHOD /path`) is one of its own, and it has not had its fill."""
        return self.struck < self.times and fnmatchcase(request, self.route)


@dataclass(slots=True)
class Faults:
    """The orders that stand."""

    orders: list[Fault] = field(default_factory=list)

    def next(
        self,
        route: str,
        *,
        status: Failure,
        after_effect: bool = False,
        times: int = 1,
        seconds: float = 0.5,
        code: int = 0,
        everywhere: bool = False,
    ) -> Fault:
        """Let the next requests to a route fail.

        `route` is `METHOD /path` without the API's prefix, with `*` for what may vary; `GET /gateway/` is the gateway's
        handshake. `status` is an answer to give (`code` is Discord's own number for the reason), "cut" to reset the
        connection, or "slow" to wait `seconds` first (which a 429 also asks the client to do; `everywhere`: with all
        its requests). With `after_effect` the request does its work, and only its answer is lost.
        """
        self.orders.append(Fault(route, status, after_effect, times, seconds, code, everywhere))
        return self.orders[-1]

    async def strike(self, request: web.Request, name: str, handler: Handler) -> web.StreamResponse:
        """Let the handler answer, or the fault that is due."""
        fault = next((order for order in self.orders if order.takes(name)), None)
        if fault is None:
            return await handler(request)
        fault.struck += 1
        done = await handler(request) if fault.after_effect else None
        if fault.status == "slow":
            await asyncio.sleep(fault.seconds)
            return done or await handler(request)
        if fault.status == "cut":
            return cut(request)
        return _answer(fault)


def cut(request: web.Request) -> web.Response:
    """Reset the connection under the request: the client sees ECONNRESET rather than an end of the answer."""
    if request.transport is not None:
        # A socket that lingers for no time at all closes with RST.
        connection: socket.socket = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


def _answer(fault: Fault) -> web.Response:
    assert isinstance(fault.status, int)
    if fault.status == 429:
        body = {"message": "You are being rate limited.", "retry_after": fault.seconds, "global": fault.everywhere}
        whose = {"X-RateLimit-Scope": "global", "X-RateLimit-Global": "true"} if fault.everywhere else {}
        # discord.py takes a 429 without Via for a ban by Cloudflare.
        headers = {"Via": "1.1 google", "Retry-After": str(fault.seconds), **whose}
        return Refusal(429, 0, "", body).response(headers)
    return Refusal(fault.status, fault.code, f"{fault.status}: ordered by the test").response()
