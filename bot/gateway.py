"""The Discord client: logs in, syncs the commands, hands every interaction to the cogs, and leaves in order."""

import asyncio
import hashlib
import json
import logging
import math
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from os import EX_CONFIG, EX_OK, EX_TEMPFAIL
from typing import Any, Protocol

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import cogs
from bot.cogs.answer import Answering
from bot.cogs.calls import Interaction
from bot.cogs.delivery import DiscordFront, guard
from bot.cogs.exchange import UNSENT
from bot.cogs.messages import Messages
from bot.cogs.removals import Removals
from bot.cogs.welcome import Welcome
from bot.comebacks import Comebacks
from bot.config import Settings
from bot.health import Sign
from bot.metrics import Metrics
from bot.monitor import Monitor
from bot.services import Services
from bot.services.deliveries import Front
from bot.services.wording import count
from bot.turnstile import StartLimits, Turns, Turnstile

log = logging.getLogger(__name__)

# What ends a connection, or a try to make one, without a mistake on this side.
_OUTAGES = (OSError, aiohttp.ClientError, discord.ConnectionClosed, discord.GatewayNotFound, discord.HTTPException)

# Of the five seconds that a shutdown may take: for work in hand to end by itself, and for closing the connections.
DRAIN_SECONDS = 1.5
CLOSE_SECONDS = 1.0

# How long Discord or a proxy may take to say where the gateway is, and how it may be used.
ASK_SECONDS = 10.0

# For sending the commands to Discord, which makes those who want to do the same wait: less than their patience.
SYNC_SECONDS = 50.0
SYNC_LEASE = timedelta(seconds=60)
SYNC_LOOK_SECONDS = 0.5

# Close codes of the gateway that trying again does not mend: the token; intents unknown or not allowed.
_TOKEN_REFUSED = 4004
_TOO_MUCH = 429
_INTENTS_REFUSED = frozenset({4013, 4014})
# There is no such shard; or there are too few for so many servers.
_SHARDS_REFUSED = frozenset({4010, 4011})

_REFUSED = "Discord refuses the token: copy a new one from the Developer Portal (Bot, Reset Token) into DISCORD_TOKEN."
_NO_INTENT = (
    "Discord refuses the message content intent: allow it in the Developer Portal (Bot, Privileged Gateway Intents), "
    "or set MESSAGE_CONTENT_INTENT=false."
)
_NO_SHARD = (
    "Discord refuses the shards: it puts at most 2,500 servers on one. Raise SHARD_COUNT, in every process alike; "
    "`verbatim check` tells how many Discord advises."
)
_AWAY = "Discord cannot be reached"


Deliver = Callable[[Front], Awaitable[None]]
"""Posts what is due by schedule, until it is cancelled."""


class Fingerprints(Turns, Protocol):
    """Where it is remembered which commands Discord has, and who sends them or logs in: the storage, no more of it."""

    async def fingerprint(self, name: str) -> str | None:
        """Return what `set_fingerprint` last stored under this name."""

    async def set_fingerprint(self, name: str, value: str, *, now: datetime) -> None:
        """Remember a fingerprint."""

    async def take_lease(self, name: str, owner: str, *, lease: timedelta) -> bool:
        """Tell whether something is the owner's alone for so long."""

    async def end_lease(self, name: str, owner: str) -> None:
        """Leave to others what was the owner's alone."""


class Gateway(commands.AutoShardedBot):
    """The bot as Discord sees it: commands and controls, and messages that bring something."""

    def __init__(
        self,
        services: Services,
        fingerprints: Fingerprints,
        *,
        message_content: bool = False,
        gateway_url: str | None = None,
        shard_count: int | None = None,
        shard_ids: Sequence[int] | None = None,
        identify_seconds: float = 0.0,
        deliver: Deliver | None = None,
        monitor: Monitor | None = None,
    ) -> None:
        _say_nothing_of_voice()
        logging.getLogger("discord.app_commands.tree").addFilter(_tell_late_suggestions_briefly)
        # Not that of "discord.client", which tells of what goes wrong in handlers of events.
        logging.getLogger("discord.shard").addFilter(_tell_outages_briefly)
        self._monitor = monitor or Monitor()
        super().__init__(
            # Never used, since no message is read as a command; any other prefix makes discord.py warn of the intent.
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=_Tree,
            intents=_intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            shard_count=shard_count,
            http_trace=counted(guard(), self._monitor.metrics),
        )
        # None stands for all.
        self.shard_ids = None if shard_ids is None else list(shard_ids)
        self._be_watched()
        self.answering = Answering(services, self._monitor.metrics)
        self._messages = Messages(services, self, self.answering)
        self._services = services
        self._fingerprints = fingerprints
        self._turnstile = Turnstile(fingerprints, self._start_limits, seconds=identify_seconds)
        self._comebacks = Comebacks(self._approach, self._break_down)
        self._launched = asyncio.Event()
        self._bug: BaseException | None = None
        self._gateway_url = yarl.URL(gateway_url) if gateway_url else None
        self._deliver = deliver
        self._delivering: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        """Take up the commands, and let Discord know where they have changed."""
        for cog in cogs.build(self._services):
            await self.add_cog(cog)
        await self.add_cog(self._messages)
        await self.add_cog(Removals(self._services, self, self.answering, self._messages))
        await self.add_cog(Welcome(self._services, self.answering))
        await self._sync()

    async def on_message(self, message: discord.Message, /) -> None:
        """Read no message as a command."""

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer what is no command: buttons, menus and forms."""
        await self.answering.other(interaction)

    async def on_ready(self) -> None:
        """Say that the bot is there; also after each new session."""
        log.info("ready", extra={"guilds": len(self.guilds), "shards": len(self.shards), "of": self.shard_count})
        # Not before: who may read what is known only now.
        if self._deliver is not None and self._delivering is None:
            front = DiscordFront(self, self._services, self.answering)
            self._delivering = asyncio.ensure_future(self._deliver(front))
            self._delivering.add_done_callback(_stopped)

    async def on_shard_connect(self, _: int) -> None:
        """Count connections."""
        self._monitor.metrics.gateway("connected")

    async def on_shard_disconnect(self, _: int) -> None:
        """Count their ends."""
        self._monitor.metrics.gateway("disconnected")

    async def on_shard_ready(self, _: int) -> None:
        """Count sessions that were begun anew: each cost an IDENTIFY."""
        self._monitor.metrics.gateway("identified")

    async def on_shard_resumed(self, _: int) -> None:
        """Count sessions that went on."""
        self._monitor.metrics.gateway("resumed")

    async def connect(self, *, reconnect: bool = True) -> None:
        """Be connected until all is closed."""
        await super().connect(reconnect=reconnect)
        if self._bug is not None:
            raise self._bug

    async def launch_shards(self) -> None:
        """Connect the shards one by one; from the first on, those that are there are looked after meanwhile."""
        launching = self._comebacks.run(super().launch_shards())
        first = asyncio.ensure_future(self._launched.wait())
        await asyncio.wait({launching, first}, return_when=asyncio.FIRST_COMPLETED)
        first.cancel()
        if launching.done():
            launching.result()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard when its turn is near, by way of the gateway that the settings name."""
        await self._approach(shard_id)
        await super().launch_shard(self._gateway_url or gateway, shard_id, initial=initial)
        if (launched := self.get_shard(shard_id)) is not None:
            self._comebacks.look_after(launched._parent)  # noqa: SLF001  what is public of it cannot be looked after
        self._launched.set()

    async def close(self) -> None:
        """Close the connections, and let none come back."""
        await self._comebacks.stop()
        await super().close()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002  discord.py's
        """Wait for a shard's turn to log in, at a start as after a session that cannot be gone on with."""
        await self._turnstile.enter(self.application_id or 0, shard_id or 0)

    async def leave(self) -> None:
        """Let work in hand end or give it back, then close the connections, within five seconds."""
        # Discord may say only now that all is ready, and nothing may begin any more.
        self._deliver = None
        if self._delivering is not None:
            self._delivering.cancel()
        await asyncio.gather(self.answering.drain(DRAIN_SECONDS), self._messages.drain(DRAIN_SECONDS))
        if self._delivering is not None:
            await asyncio.wait({self._delivering}, timeout=DRAIN_SECONDS)
        await asyncio.wait({asyncio.ensure_future(self.close())}, timeout=CLOSE_SECONDS)

    async def _approach(self, shard_id: int) -> None:
        await self._turnstile.approach(self.application_id or 0, shard_id)

    def _break_down(self, error: BaseException) -> None:
        """End with a bug that keeps shards away: they would never come back."""
        if not self._launched.is_set():
            # Whoever launches the first hears of it.
            return
        self._bug = error
        # It is kept by the library until it is through.
        asyncio.ensure_future(self.close())  # noqa: RUF006

    def _be_watched(self) -> None:
        metrics = self._monitor.metrics
        metrics.gauge("gateway_shards", lambda: len(self.shards))
        metrics.gauge("gateway_shards_connected", lambda: len(self._connected()))
        metrics.gauge("gateway_latency_seconds", lambda: max(map(_latency, self._connected()), default=0.0))
        metrics.gauge("guilds", lambda: len(self.guilds))
        self._monitor.health.watch("discord", self._sign)

    def _connected(self) -> list[discord.ShardInfo]:
        return [shard for shard in self.shards.values() if not shard.is_closed()]

    async def _sign(self) -> Sign:
        """Tell whether commands and messages reach us."""
        there, all_of_them = len(self._connected()), len(self.shards)
        if not self.is_ready():
            return Sign(False, "Not connected yet.")
        if self._delivering is not None and self._delivering.done():
            return Sign(False, "Nothing is posted by schedule any more: start again.")
        return Sign(there == all_of_them, f"{there} of {count(all_of_them, 'shard')} connected.")

    async def _sync(self) -> None:
        """Send the commands to Discord when their definition is not the one that was sent last."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        name, me = f"commands:{self.application_id}", secrets.token_hex(8)
        # Of processes that start together one sends them, and the others wait and learn what they are called there.
        while not await self._is_known(name, digest):
            if await self._fingerprints.take_lease(name, me, lease=SYNC_LEASE):
                try:
                    # Another may have been done between the look and the lease.
                    if not await self._is_known(name, digest):
                        await self._send_commands(name, digest)
                finally:
                    await self._fingerprints.end_lease(name, me)
                return
            await asyncio.sleep(SYNC_LOOK_SECONDS)

    async def _is_known(self, name: str, digest: str) -> bool:
        """Tell whether Discord has these commands; if so, note under which numbers."""
        known, _, ids = (await self._fingerprints.fingerprint(name) or "").partition(" ")
        if known == digest:
            self.answering.commands.update(json.loads(ids))
        return known == digest

    async def _send_commands(self, name: str, digest: str) -> None:
        try:
            async with asyncio.timeout(SYNC_SECONDS):
                synced = await self.tree.sync()
        except (discord.HTTPException, app_commands.CommandSyncFailure, aiohttp.ClientError, TimeoutError) as error:
            _unsynced(error)
            return
        typed = [command for command in synced if command.type is discord.AppCommandType.chat_input]
        self.answering.commands.update({command.name: command.id for command in typed})
        value = f"{digest} {json.dumps(self.answering.commands)}"
        await self._fingerprints.set_fingerprint(name, value, now=discord.utils.utcnow())
        log.info("commands sent to Discord", extra={"commands": len(synced)})

    async def _start_limits(self) -> StartLimits | None:
        """Return how often sessions may be started; None where Discord does not say."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                told = await self.fetch_session_start_limits()
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError, KeyError) as error:
            log.warning("Discord does not say how often shards may log in", extra={"error": error})
            return None
        return StartLimits(told.max_concurrency, told.remaining, told.reset_after / 1000)


async def run_gateway(
    settings: Settings,
    services: Services,
    fingerprints: Fingerprints,
    deliver: Deliver | None = None,
    monitor: Monitor | None = None,
) -> int:
    """Be in Discord until SIGTERM or SIGINT, and post by schedule with `deliver`; return the process's exit code.

    0 after a signal; 78 when a setting has to be changed first (token, intents, shards); 75 when Discord cannot be
    reached. Each but the first says why in one line of the log.
    """
    stop = asyncio.Event()
    try:
        with _signals(stop):
            async with _endpoints(settings):
                return await _serve(settings, services, fingerprints, stop, deliver=deliver, monitor=monitor)
    except (discord.LoginFailure, discord.PrivilegedIntentsRequired, discord.ConnectionClosed) as error:
        return _refused(error)
    except (
        OSError,
        aiohttp.ClientError,
        discord.HTTPException,
        discord.GatewayNotFound,
        json.JSONDecodeError,
    ) as error:
        return _away(error)


class _Tree(app_commands.CommandTree[Gateway]):
    """The commands; what goes wrong before one is reached is answered like everything else."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tell the one who asked."""
        await self.client.answering.failed(interaction, error)


async def _serve(
    settings: Settings,
    services: Services,
    fingerprints: Fingerprints,
    stop: asyncio.Event,
    *,
    deliver: Deliver | None,
    monitor: Monitor | None,
) -> int:
    """Run the bot until it ends or is told to stop.

    Raises:
        discord.LoginFailure: the token is refused; and whatever else keeps the bot from going on.
    """
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token.isascii() or not token.isprintable() or not token:
        raise discord.LoginFailure("no token")
    bot = Gateway(
        services,
        fingerprints,
        message_content=settings.message_content_intent,
        gateway_url=settings.discord_gateway_url,
        shard_count=settings.shards.count if settings.shards else None,
        shard_ids=settings.shards.ids if settings.shards else None,
        identify_seconds=settings.identify_seconds,
        deliver=deliver,
        monitor=monitor,
    )
    running = asyncio.create_task(bot.start(token))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
            raise discord.GatewayNotFound
    finally:
        stopping.cancel()
        await bot.leave()
        running.cancel()
        await asyncio.wait({running})
    return EX_OK


def counted(trace: aiohttp.TraceConfig, metrics: Metrics) -> aiohttp.TraceConfig:
    """Have the answers of Discord's API counted by what traces its requests."""

    async def count_answer(_: aiohttp.ClientSession, __: object, ended: aiohttp.TraceRequestEndParams) -> None:
        status = ended.response.status
        scope = ended.response.headers.get("X-RateLimit-Scope", "unknown") if status == _TOO_MUCH else None
        metrics.request(status, scope=scope)

    async def count_loss(*_: object) -> None:
        metrics.request(0)

    # First, since those that follow may raise.
    trace.on_request_end.insert(0, count_answer)
    trace.on_request_exception.append(count_loss)
    return trace


def _latency(shard: discord.ShardInfo) -> float:
    return shard.latency if math.isfinite(shard.latency) else 0.0


def _stopped(delivering: asyncio.Future[None]) -> None:
    """Let a bug that ends the deliveries be seen: without them the rest goes on."""
    if not delivering.cancelled() and (error := delivering.exception()) is not None:
        log.error("nothing is posted by schedule any more, start again", exc_info=error)


def _unsynced(error: Exception) -> None:
    log.error("the commands could not be sent to Discord, the old ones stay", extra={"error": error})


def _away(error: Exception) -> int:
    why = str(error) or repr(error)
    log.error("%s: %s. Check the network and DISCORD_API_URL, then start again.", _AWAY, why)
    return EX_TEMPFAIL


def _refused(error: Exception) -> int:
    code = error.code if isinstance(error, discord.ConnectionClosed) else None
    if isinstance(error, discord.LoginFailure) or code == _TOKEN_REFUSED:
        log.error(_REFUSED)
    elif isinstance(error, discord.PrivilegedIntentsRequired) or code in _INTENTS_REFUSED:
        log.error(_NO_INTENT)
    elif code in _SHARDS_REFUSED:
        log.error(_NO_SHARD)
    else:
        log.error("%s: its gateway closed the connection with %s. Start again in a minute.", _AWAY, code)
        return EX_TEMPFAIL
    return EX_CONFIG


def _say_nothing_of_voice() -> None:
    """Keep discord.py from warning at each start that voice, which nobody wants here, is not installed."""
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


def _tell_late_suggestions_briefly(record: logging.LogRecord) -> bool:
    """Let discord.py's log say what it has to say, but for suggestions that came too late: that is no error of ours."""
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, UNSENT):
        return True
    log.warning("suggestions came too late", extra={"error": error})
    return False


def _tell_outages_briefly(record: logging.LogRecord) -> bool:
    """Let discord.py's log say what it has to say, but while Discord is away: one line for each try is enough."""
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, _OUTAGES):
        return True
    log.warning("%s", record.getMessage(), extra={"error": error})
    return False


def _intents(*, message_content: bool) -> discord.Intents:
    """Return the least that works: guilds, for channels and who may read them, and messages.

    Of messages that neither name the bot nor are sent to it, Discord tells no content without the intent for it.
    """
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.message_content = message_content
    return intents


@asynccontextmanager
async def _endpoints(settings: Settings) -> AsyncIterator[None]:
    """Talk to the REST proxy that the settings name, and to the gateway that they or the proxy name.

    The address is used as it stands: `http://localhost:8080/api/v10` for one that serves Discord's own paths.
    """
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    base = (settings.discord_api_url or "").rstrip("/")
    gateway = settings.discord_gateway_url or (await _ask_for_gateway(base) if base else None)
    Route.BASE = base or Route.BASE
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway) if gateway else DiscordWebSocket.DEFAULT_GATEWAY
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


async def _ask_for_gateway(base: str) -> str:
    """Return where the proxy says that the gateway is.

    Raises:
        aiohttp.ClientError: it says nothing, or nothing of use.
    """
    limit = aiohttp.ClientTimeout(total=ASK_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=limit, raise_for_status=True) as session,
        session.get(f"{base}/gateway") as response,
    ):
        told: Any = await response.json()
    url = told.get("url") if isinstance(told, dict) else None
    if not isinstance(url, str):
        raise aiohttp.ClientError(f"{base}/gateway does not say where the gateway is")
    return url


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """Set the event on SIGTERM and SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
