"""What goes away in Discord: messages, their attachments, channels, servers; and what comes back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import discord
from discord.ext import commands

from bot.cogs.answer import Answering
from bot.cogs.calls import readable_by_all
from bot.cogs.exchange import UNSENT
from bot.cogs.messages import MOST_REMEMBERED, Latest, Messages
from bot.cogs.posts import PLACES, attachments_of, documents_of, lacking, posted_call
from bot.cogs.sending import post, send
from bot.services import Services
from bot.services.calls import Call, Incoming
from bot.services.removal import Note
from storage.base import Scope
from storage.errors import StorageError

log = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds between tries: a deletion is told once, and would never be heard of again.
PAUSES = (1.0, 5.0, 25.0, 125.0)


class Removals(commands.Cog):
    """Takes out what is gone in Discord. Discord's alone: at the terminal nothing goes away by itself."""

    def __init__(
        self, services: Services, bot: commands.AutoShardedBot, answering: Answering, messages: Messages
    ) -> None:
        self._services = services
        self._service = services.removal
        self._bot = bot
        self._answering = answering
        self._messages = messages
        self._offered = Latest(MOST_REMEMBERED)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Take out what a deleted message brought."""
        await self._gone(deleted.guild_id, deleted.channel_id, [deleted.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        """Take out what deleted messages brought, all in one."""
        await self._gone(deleted.guild_id, deleted.channel_id, sorted(deleted.message_ids))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, edited: discord.RawMessageUpdateEvent) -> None:
        """Take out what an edit took off a message, and offer to read what it added."""
        message = edited.message
        if "attachments" not in edited.data or not self._is_open(message):
            return
        await self._messages.settled(message.id)
        desk_id = message.guild.id if message.guild else -message.author.id
        kept, fields = attachments_of(message), {"post": message.id, "channel": message.channel.id}
        known = await _insist(lambda: self._service.brought_with(desk_id, message.id), fields) or frozenset()
        if any(number > 0 and number not in kept for number in known):
            note = await _insist(
                lambda: self._service.attachments_gone(desk_id, message.id, kept=kept, now=discord.utils.utcnow()),
                fields,
            )
            await self._say(desk_id, message.channel, note)
        # Discord numbers by time: what is younger than its message was added by an edit.
        added = tuple(file for file in documents_of(message).files if file.attachment_id > message.id)
        fresh = tuple(file for file in added if file.attachment_id not in known)
        if fresh and not message.author.bot and not message.webhook_id:
            await self._offer(message, fresh, brought=bool(known))

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Take out what was brought for the readers of a channel."""
        await self._closed(channel.guild, channel.id, all_read=readable_by_all(channel))

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """Take out what was posted in a thread; of a private one, what was brought for its members."""
        guild = self._bot.get_guild(deleted.guild_id)
        if guild is not None:
            await self._closed(guild, deleted.thread_id, all_read=False)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note that a server took the bot out; one that is merely out of reach is told in another event."""
        fields = {"guild": guild.id}
        await _insist(lambda: self._service.left(guild.id, now=discord.utils.utcnow()), fields)
        log.info("a server took the bot out", extra=fields)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note that the bot is there, be it again."""
        await _insist(lambda: self._service.member_of([guild.id]), {"guild": guild.id})

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Note which servers took the bot out while it was away, and which are there again."""
        # Those that are out of reach just now are among them.
        there = {guild.id for guild in self._bot.guilds}
        gone = await _insist(
            lambda: self._service.compare(there, mine=self._is_mine, now=discord.utils.utcnow()), {"guilds": len(there)}
        )
        if gone:
            log.info("servers took the bot out while it was away", extra={"guilds": gone})

    def _is_mine(self, guild_id: int) -> bool:
        """Tell whether one of this process's shards serves a guild."""
        return (guild_id >> 22) % (self._bot.shard_count or 1) in self._bot.shards

    def _is_open(self, message: discord.Message) -> bool:
        """Tell whether somebody may have taken a file off a message, and Discord shows what the message holds.

        Else its attachments seem to be none. The bot's own, which it edits all day, are edited by nobody else.
        """
        me = self._bot.user
        if me is None or message.author.id == me.id:
            return False
        if message.guild is None:
            return not message.author.bot
        return me in message.mentions or self._bot.intents.message_content

    async def _gone(self, guild_id: int | None, channel_id: int, message_ids: Sequence[int]) -> None:
        # What is being read when its message goes, is taken back by whoever reads it.
        ids = [message_id for message_id in message_ids if not self._messages.give_up(message_id)]
        channel = self._bot.get_guild(guild_id) if guild_id else None
        place = channel.get_channel_or_thread(channel_id) if channel else await self._direct(channel_id, ids)
        desk_id = guild_id or (-place.recipient.id if isinstance(place, discord.DMChannel) and place.recipient else 0)
        if not ids or not desk_id:
            return
        fields = {"guild": guild_id, "channel": channel_id, "posts": len(ids)}
        note = await _insist(lambda: self._service.message_gone(desk_id, ids, now=discord.utils.utcnow()), fields)
        await self._say(desk_id, place, note)

    async def _direct(self, channel_id: int, message_ids: Sequence[int]) -> discord.DMChannel | None:
        """Return somebody's direct messages with us: a deletion there does not say whose they are."""
        if not message_ids:
            return None
        try:
            channel = await self._bot.fetch_channel(channel_id)
        except (*UNSENT, discord.InvalidData) as error:
            log.warning("it is unknown whose message was deleted", extra={"channel": channel_id, "error": error})
            return None
        return channel if isinstance(channel, discord.DMChannel) else None

    async def _closed(self, guild: discord.Guild, channel_id: int, *, all_read: bool) -> None:
        readers, fields = guild.id if all_read else None, {"guild": guild.id, "channel": channel_id}
        gone = await _insist(
            lambda: self._service.channel_gone(guild.id, channel_id, readers=readers, now=discord.utils.utcnow()),
            fields,
        )
        if gone:
            log.info("a channel went, and what was brought there", extra={**fields, "uploads": gone})

    async def _offer(self, message: discord.Message, files: Sequence[Incoming], *, brought: bool) -> None:
        """Offer to read what was added, once."""
        try:
            if not brought and not await self._messages.is_read(message):
                return
            new = [file for file in files if self._offered.add(file.attachment_id)]
            if not new or lacking(message.channel):
                return
            reply, call = self._service.offer(message.id, new), posted_call(message)
            nonce = f"vo:{new[0].attachment_id}"
            await send(message, reply, self._answering, self._services, call, quiet=True, nonce=nonce)
        except (*UNSENT, StorageError) as error:
            log.warning("an offer was not taken", extra={"post": message.id, "error": error})

    async def _say(self, desk_id: int, channel: object, note: Note | None) -> None:
        """Say that something was taken out, where the bot may write; what cannot be said is a line in the log."""
        if note is None or not isinstance(channel, PLACES) or lacking(channel):
            return
        call = Call(
            scope=Scope(desk_id, note.owner_id, frozenset()),
            channel_id=channel.id,
            audience_id=channel.id,
            origin_id=channel.id,
            now=discord.utils.utcnow(),
        )
        try:
            await post(channel, note.reply, self._answering, self._services, call)
        except (*UNSENT, StorageError) as error:
            log.warning("a note was not taken", extra={"channel": channel.id, "error": error})


async def _insist(work: Callable[[], Awaitable[T]], fields: dict[str, Any]) -> T | None:
    """Return what storage says, however long it is busy; None where it stays so."""
    for pause in (*PAUSES, None):
        try:
            return await work()
        except StorageError as error:
            log.warning("something that went could not be noted", extra={**fields, "error": error})
            if pause is not None:
                await asyncio.sleep(pause)
    log.error("something went in Discord and stays here", extra=fields)
    return None
