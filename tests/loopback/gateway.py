"""The gateway: sessions over websockets, which can be resumed, and made to break."""

import asyncio
import json
import secrets
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from itertools import pairwise
from typing import Any

from aiohttp import WSMsgType, web

from .bulletin import Bulletin
from .world import Payload

HEARTBEAT_MS = 41_250
# So many events of a session are kept for a resume: those of the last minute even where much goes on.
KEPT = 5000


class Op(IntEnum):
    """The gateway's opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """Codes with which Discord closes a connection."""

    UNKNOWN_ERROR = 4000
    AUTHENTICATION_FAILED = 4004
    INVALID_SHARD = 4010
    DISALLOWED_INTENTS = 4014


class Intents(IntFlag):
    """What a session wants to hear of."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intents.GUILD_MEMBERS | Intents.PRESENCES | Intents.MESSAGE_CONTENT


class _Connection:
    """One websocket, with the compression that the client asked for."""

    def __init__(self, socket: web.WebSocketResponse, compression: str | None) -> None:
        self.socket = socket
        self._compressor = zlib.compressobj() if compression == "zlib-stream" else None

    async def send(self, payload: Payload) -> None:
        """Send a payload; a connection that is gone takes it without a word."""
        text = json.dumps(payload)
        try:
            if self._compressor is None:
                await self.socket.send_str(text)
            else:
                data = self._compressor.compress(text.encode()) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
                await self.socket.send_bytes(data)
        except ConnectionError:
            return


@dataclass(eq=False, slots=True)
class Session:
    """What a shard holds: it outlives its connection, and what is missed in between is sent after a resume."""

    id: str
    shard: int
    shards: int
    intents: Intents
    connection: _Connection | None
    sent: "deque[Payload]" = field(default_factory=lambda: deque(maxlen=KEPT))
    last: int = 0
    """The sequence number of the last event."""
    alive: bool = True
    resumed: int = 0
    queue: "asyncio.Queue[Payload]" = field(default_factory=asyncio.Queue)

    @property
    def connected(self) -> bool:
        """Whether somebody listens at this moment."""
        return self.alive and self.connection is not None and not self.connection.socket.closed

    def dispatch(self, event: str, data: Payload) -> None:
        """Send an event, or keep it for the resume."""
        self.last += 1
        payload = {"op": Op.DISPATCH, "t": event, "s": self.last, "d": data}
        self.sent.append(payload)
        if self.connected:
            self.queue.put_nowait(payload)


class Gateway:
    """All sessions of the one bot."""

    def __init__(self, token: str, bulletin: Bulletin, greet: Callable[[Session], None]) -> None:
        self.url = ""
        self.shards = 1
        """How many `/gateway/bot` recommends."""
        self.allowed = Intents(0)
        """The privileged intents that the application has."""
        self.sessions: list[Session] = []
        self.identifies = 0
        self.concurrency = 1
        """How many shards may identify at once, each of another remainder when its number is divided by this."""
        self.identify_seconds = 0.0
        """For so long after one, another IDENTIFY of the same remainder is refused; Discord wants five."""
        self.identify_log: list[tuple[float, int]] = []
        """When which shard sent an IDENTIFY, refused or not, by the clock of the event loop."""
        self.too_close: list[int] = []
        """The shards that were refused because they came too early."""
        self.session_starts = 1000
        """How many sessions may still be started today."""
        self._token = token
        self._bulletin = bulletin
        self._greet = greet

    def gaps(self) -> list[float]:
        """Return the seconds between one IDENTIFY and the next of its bucket."""
        buckets: dict[int, list[float]] = {}
        for at, shard in self.identify_log:
            buckets.setdefault(shard % self.concurrency, []).append(at)
        return [later - earlier for times in buckets.values() for earlier, later in pairwise(times)]

    def holder(self, guild_id: int) -> Session | None:
        """Return the newest session of the shard that serves a guild (0: direct messages)."""
        for session in reversed(self.sessions):
            if session.alive and session.shard == (guild_id >> 22) % session.shards:
                return session
        return None

    @property
    def ready(self) -> bool:
        """Whether each shard of the newest bot is connected."""
        living = [session for session in self.sessions if session.connected]
        return bool(living) and {session.shard for session in living} >= set(range(living[-1].shards))

    async def drop(self, code: int = Close.UNKNOWN_ERROR, *, shard: int | None = None) -> None:
        """Close every connection, or those of one shard; the sessions can be resumed."""
        for session in self._connected(shard):
            assert session.connection is not None
            await session.connection.socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Send op 7."""
        await self._tell({"op": Op.RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool = False, shard: int | None = None) -> None:
        """Send op 9, to all or to one shard; unless it says `resumable` the sessions are over."""
        living = self._connected(shard)
        await self._tell({"op": Op.INVALID_SESSION, "d": resumable}, shard)
        for session in living:
            session.alive = resumable

    async def _tell(self, payload: Payload, shard: int | None = None) -> None:
        for session in self._connected(shard):
            assert session.connection is not None
            await session.connection.send(payload | {"s": None, "t": None})

    def _connected(self, shard: int | None) -> list[Session]:
        """Return the sessions that somebody listens to, of one shard or of all."""
        return [one for one in self.sessions if one.connected and shard in {None, one.shard}]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a websocket until it is closed."""
        compression = request.query.get("compress")
        if compression not in {None, "zlib-stream"}:
            # zstd-stream is asked for by clients with the zstandard library, which Verbatim does not install.
            return web.Response(status=501, text=f"This loopback speaks zlib-stream, not {compression}.")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = _Connection(socket, compression)
        await connection.send({"op": Op.HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}, "s": None, "t": None})
        async with asyncio.TaskGroup() as tasks:
            try:
                await self._listen(connection, tasks)
            finally:
                self._bulletin.changed()
        return socket

    async def _listen(self, connection: _Connection, tasks: asyncio.TaskGroup) -> None:
        sender: asyncio.Task[None] | None = None
        async for frame in connection.socket:
            if frame.type is not WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            if message["op"] == Op.HEARTBEAT:
                await connection.send({"op": Op.HEARTBEAT_ACK, "d": None, "s": None, "t": None})
            elif message["op"] in {Op.IDENTIFY, Op.RESUME} and sender is None:
                session = await self._admit(connection, message["op"], message["d"])
                if session is not None:
                    sender = tasks.create_task(_send(session, connection))
                    self._bulletin.changed()
        if sender is not None:
            sender.cancel()

    async def _admit(self, connection: _Connection, op: int, data: dict[str, Any]) -> Session | None:
        if data["token"].removeprefix("Bot ") != self._token:
            await connection.socket.close(code=Close.AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return None
        if op == Op.RESUME:
            return await self._resume(connection, data)
        return await self._identify(connection, data)

    async def _resume(self, connection: _Connection, data: dict[str, Any]) -> Session | None:
        known = [session for session in self.sessions if session.id == data["session_id"] and session.alive]
        if not known:
            await connection.send({"op": Op.INVALID_SESSION, "d": False, "s": None, "t": None})
            return None
        session = known[0]
        session.connection, session.queue = connection, asyncio.Queue()
        session.resumed += 1
        for missed in [event for event in session.sent if event["s"] > (data["seq"] or 0)]:
            session.queue.put_nowait(missed)
        session.dispatch("RESUMED", {})
        return session

    async def _identify(self, connection: _Connection, data: dict[str, Any]) -> Session | None:
        shard, shards = data.get("shard", (0, 1))
        intents = Intents(data["intents"])
        if not 0 <= shard < shards:
            await connection.socket.close(code=Close.INVALID_SHARD, message=b"Invalid shard.")
            return None
        if intents & PRIVILEGED & ~self.allowed:
            await connection.socket.close(code=Close.DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
            return None
        if self._comes_too_early(shard):
            await connection.send({"op": Op.INVALID_SESSION, "d": False, "s": None, "t": None})
            return None
        session = Session(secrets.token_hex(16), shard, shards, intents, connection)
        self.identifies += 1
        self.session_starts -= 1
        self.sessions.append(session)
        self._greet(session)
        return session

    def _comes_too_early(self, shard: int) -> bool:
        """Take note of an IDENTIFY, and tell whether its bucket is still closed by the one before."""
        now, bucket = asyncio.get_running_loop().time(), shard % self.concurrency
        before = [at for at, other in self.identify_log if other % self.concurrency == bucket]
        self.identify_log.append((now, shard))
        if not before or now - before[-1] >= self.identify_seconds:
            return False
        self.too_close.append(shard)
        return True


async def _send(session: Session, connection: _Connection) -> None:
    queue = session.queue
    while True:
        await connection.send(await queue.get())
