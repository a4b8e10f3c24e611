"""The hello in a server that has just added the bot."""

import asyncio
import logging

import discord
from discord.ext import commands

from bot.cogs.answer import Answering
from bot.cogs.exchange import UNSENT, persist
from bot.services import Services
from storage.errors import StorageError

log = logging.getLogger(__name__)

# What the install link asks for; the README names the same.
NEEDED = {
    "View Channels": "view_channel",
    "Send Messages": "send_messages",
    "Send Messages in Threads": "send_messages_in_threads",
    "Attach Files": "attach_files",
    "Read Message History": "read_message_history",
}


class Welcome(commands.Cog):
    """Says hello, once, where it may."""

    def __init__(self, services: Services, answering: Answering) -> None:
        self._service = services.welcome
        self._answering = answering

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say hello. Discord tells servers that come back into sight, as all do at a start, in another event."""
        channel = _writable(guild)
        if channel is None:
            log.info("nowhere to say hello", extra={"guild": guild.id})
            return
        try:
            reply = await self._service.hello(guild.id, lacks=_lacking(guild), now=discord.utils.utcnow())
            if reply is None:
                return
            layout = await asyncio.to_thread(self._answering.lay_out, reply)
            await persist(lambda: channel.send(view=layout.view(), nonce=f"vh:{guild.id}"))
        except (*UNSENT, StorageError) as error:
            log.warning("the hello was not said", extra={"guild": guild.id, "error": error})


def _writable(guild: discord.Guild) -> discord.TextChannel | None:
    """Return where to say hello: the channel for such news if the bot may write there, else the first where it may."""
    system = [guild.system_channel] if guild.system_channel else []
    for channel in (*system, *guild.text_channels):
        allowed = channel.permissions_for(guild.me)
        if allowed.view_channel and allowed.send_messages:
            return channel
    return None


def _lacking(guild: discord.Guild) -> tuple[str, ...]:
    allowed = guild.me.guild_permissions
    return tuple(name for name, permission in NEEDED.items() if not getattr(allowed, permission))
