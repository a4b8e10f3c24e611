"""The Discord client: logs in, syncs the commands, hands every interaction to the cogs, and leaves in order."""

import asyncio
import hashlib
import json
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
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
from bot.cogs.messages import Messages
from bot.cogs.removals import Removals
from bot.cogs.welcome import Welcome
from bot.config import Settings
from bot.services import Services
from bot.services.deliveries import Front

log = logging.getLogger(__name__)

# Of the five seconds that a shutdown may take: for work in hand to end by itself, and for closing the connections.
DRAIN_SECONDS = 1.5
CLOSE_SECONDS = 1.0

# How long a proxy may take to say where the gateway is.
ASK_SECONDS = 10.0

# Close codes of the gateway that trying again does not mend: the token; intents unknown or not allowed.
_TOKEN_REFUSED = 4004
_INTENTS_REFUSED = frozenset({4013, 4014})

_REFUSED = "Discord refuses the token: copy a new one from the Developer Portal (Bot, Reset Token) into DISCORD_TOKEN."
_NO_INTENT = (
    "Discord refuses the message content intent: allow it in the Developer Portal (Bot, Privileged Gateway Intents), "
    "or set MESSAGE_CONTENT_INTENT=false."
)
_AWAY = "Discord cannot be reached"


Deliver = Callable[[Front], Awaitable[None]]
"""Posts what is due by schedule, until it is cancelled."""


class Fingerprints(Protocol):
    """Where it is remembered which commands Discord has: the storage, of which this needs no more."""

    async def fingerprint(self, name: str) -> str | None:
        """Return what `set_fingerprint` last stored under this name."""

    async def set_fingerprint(self, name: str, value: str, *, now: datetime) -> None:
        """Remember a fingerprint."""


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
        deliver: Deliver | None = None,
    ) -> None:
        _say_nothing_of_voice()
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
            http_trace=guard(),
        )
        self.answering = Answering(services)
        self._messages = Messages(services, self, self.answering)
        self._services = services
        self._fingerprints = fingerprints
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
        log.info("ready", extra={"guilds": len(self.guilds), "shards": self.shard_count})
        # Not before: who may read what is known only now.
        if self._deliver is not None and self._delivering is None:
            front = DiscordFront(self, self._services, self.answering)
            self._delivering = asyncio.ensure_future(self._deliver(front))
            self._delivering.add_done_callback(_stopped)

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard, by way of the gateway that the settings name."""
        await super().launch_shard(self._gateway_url or gateway, shard_id, initial=initial)

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

    async def _sync(self) -> None:
        """Send the commands to Discord when their definition is not the one that was sent last."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        name = f"commands:{self.application_id}"
        known, _, ids = (await self._fingerprints.fingerprint(name) or "").partition(" ")
        if known == digest:
            self.answering.commands.update(json.loads(ids))
            return
        try:
            synced = await self.tree.sync()
        except (discord.HTTPException, app_commands.CommandSyncFailure, aiohttp.ClientError) as error:
            _unsynced(error)
            return
        typed = [command for command in synced if command.type is discord.AppCommandType.chat_input]
        self.answering.commands.update({command.name: command.id for command in typed})
        value = f"{digest} {json.dumps(self.answering.commands)}"
        await self._fingerprints.set_fingerprint(name, value, now=discord.utils.utcnow())
        log.info("commands sent to Discord", extra={"commands": len(synced)})


async def run_gateway(
    settings: Settings, services: Services, fingerprints: Fingerprints, deliver: Deliver | None = None
) -> int:
    """Be in Discord until SIGTERM or SIGINT, and post by schedule with `deliver`; return the process's exit code.

    0 after a signal; 78 when a setting has to be changed first (token, intents); 75 when Discord cannot be reached.
    Each but the first says why in one line of the log.
    """
    stop = asyncio.Event()
    try:
        with _signals(stop):
            async with _endpoints(settings):
                return await _serve(settings, services, fingerprints, stop, deliver)
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
    settings: Settings, services: Services, fingerprints: Fingerprints, stop: asyncio.Event, deliver: Deliver | None
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
        deliver=deliver,
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


def _stopped(delivering: asyncio.Future[None]) -> None:
    """Let a bug that ends the deliveries be seen: without them the rest goes on."""
    if not delivering.cancelled() and (error := delivering.exception()) is not None:
        log.error("nothing is posted by schedule any more, start again", exc_info=error)


def _unsynced(error: Exception) -> None:
    log.error("the commands could not be sent to Discord, the old ones stay", extra={"error": repr(error)})


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
    else:
        log.error("%s: its gateway closed the connection with %s. Start again in a minute.", _AWAY, code)
        return EX_TEMPFAIL
    return EX_CONFIG


def _say_nothing_of_voice() -> None:
    """Keep discord.py from warning at each start that voice, which nobody wants here, is not installed."""
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


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
