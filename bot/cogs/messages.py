"""Articles in messages: by mention, by direct message, in watched channels, and by a command used on a message."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.answer import LONGEST_SECONDS, RESTARTING, TOO_SLOW, Answering, answer, answer_about
from bot.cogs.calls import Interaction
from bot.cogs.exchange import UNSENT
from bot.cogs.inbox import Inbox, Place
from bot.cogs.posts import Material, documents_of, lacking, material_of, posted_call, said_in
from bot.cogs.sending import send, typing
from bot.services import Services
from bot.services.calls import Call
from bot.services.errors import LimitError, MayNotAddError
from bot.services.replies import Line, Reply, Tone
from bot.services.wording import count
from storage.base import DeskSettings
from storage.errors import StorageError

log = logging.getLogger(__name__)

# How many of the latest messages are remembered, so that one that Discord brings twice is read once.
MOST_REMEMBERED = 5000

# How many things are remembered as told in the log, such as channels that may not be written in.
MOST_TOLD = 1000

# For telling those whose messages are given back, within the five seconds of a shutdown.
FAREWELL_SECONDS = 1.0

_KINDS = (discord.MessageType.default, discord.MessageType.reply)


@dataclass(frozen=True, slots=True)
class _Post:
    """A message that brings something."""

    message: discord.Message
    material: Material
    call: Call
    watched: bool
    """Nobody named the bot: it stands in a channel that is watched."""
    quiet: bool

    @property
    def fields(self) -> dict[str, Any]:
        """What the log tells of it."""
        message = self.message
        return {"channel": message.channel.id, "post": message.id, "guild": self.call.guild_id}


class Messages(commands.Cog):
    """Reads what people post, and answers with the receipt as a reply. Discord's alone: the console has no messages."""

    def __init__(self, services: Services, bot: commands.AutoShardedBot, answering: Answering) -> None:
        self._services = services
        self._bot = bot
        self._answering = answering
        self._inbox: Inbox[_Post] = Inbox(self._read)
        self._seen = Latest(MOST_REMEMBERED)
        self._told = Latest(MOST_TOLD)
        self._pending: set[int] = set()
        self._reading: dict[int, asyncio.Event] = {}
        services.removal.remembering(self.forget)
        self._menus = (
            app_commands.ContextMenu(name="Add to the corpus", callback=self.add_message),
            app_commands.ContextMenu(name="Summarise", callback=self.summarise_message),
            app_commands.ContextMenu(name="Find the source", callback=self.find_source),
        )

    async def cog_load(self) -> None:
        """Offer the commands that are used on a message."""
        for menu in self._menus:
            self._bot.tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take them back."""
        for menu in self._menus:
            self._bot.tree.remove_command(menu.name, type=menu.type)

    async def add_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Take in what a message brings."""
        await answer_about(interaction, message, self._services.corpus.gather)

    async def summarise_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Take in what a message brings, and sum it up."""
        await answer_about(interaction, message, self._services.summaries.gather)

    async def find_source(self, interaction: Interaction, message: discord.Message) -> None:
        """Say where what a message quotes stands; the answer is the asker's alone."""
        await answer(interaction, self._services.quotations.find_source, answer_privately=True, text=said_in(message))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Let a message that brings something wait for its turn."""
        if message.author.bot or message.webhook_id or message.type not in _KINDS:
            return
        asked = self._is_for_us(message)
        material = material_of(message) if asked else documents_of(message)
        wanted = material.is_asked_for if asked else bool(material.files)
        if wanted and self._seen.add(message.id):
            await self._take(message, material, asked=asked)

    def give_up(self, message_id: int) -> bool:
        """Stop a message that is gone from being read; tell whether what it brought is taken back without more ado."""
        waited = message_id in self._pending
        self._pending.discard(message_id)
        return waited

    async def settled(self, message_id: int) -> None:
        """Wait until a message is not being read any more."""
        if message_id in self._reading:
            await self._reading[message_id].wait()

    async def is_read(self, message: discord.Message) -> bool:
        """Tell whether files in a message are read: it is for us, or stands in a channel that is watched."""
        settings = await self._services.settings.of(posted_call(message))
        return self._is_for_us(message) or bool(settings.watched & _places(message))

    def forget(self, _: int, person_id: int) -> None:
        """Remember nothing of what a person was told."""
        self._told.drop(lambda thing: isinstance(thing, tuple) and person_id in thing)

    async def drain(self, seconds: float) -> None:
        """Take nothing new, let what is being read end; tell those whose messages are given back."""
        left = await self._inbox.drain(seconds)
        first = {post.message.channel.id: post for post in reversed(left)}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await asyncio.gather(*(self._say(post, RESTARTING) for post in first.values()))

    def _is_for_us(self, message: discord.Message) -> bool:
        """Tell whether a message was sent to us, or names us in so many words: a reply alone does not."""
        me = self._bot.user
        return message.guild is None or (me is not None and me.id in message.raw_mentions)

    async def _take(self, message: discord.Message, material: Material, *, asked: bool) -> None:
        """Let a message wait for its turn, if it is ours to read and there is room."""
        call = posted_call(message)
        try:
            settings = await self._services.settings.of(call)
        except StorageError as error:
            log.warning("a message was passed over", extra={"post": message.id, "error": error})
            if asked:
                await self._send_back(_Post(message, material, call, watched=False, quiet=False), error)
            return
        if not asked and not settings.watched & _places(message):
            return
        post = _Post(message, material, call, watched=not asked, quiet=settings.quiet)
        if asked and not await self._may_ask(post, settings):
            return
        place = self._inbox.put(call.scope.desk_id, post)
        if place is Place.TAKEN:
            self._pending.add(message.id)
            self._reading[message.id] = asyncio.Event()
        elif place is Place.FULL:
            log.warning("too much at once", extra=post.fields)
            await self._say(post, _full(self._inbox.most))

    async def _send_back(self, post: _Post, error: StorageError) -> None:
        """Tell whoever named us that the archive is away, once a minute each: nothing waits until it is back."""
        told = ("away", post.message.author.id, post.call.now.replace(second=0, microsecond=0))
        if not lacking(post.message.channel) and self._told.add(told):
            await self._say(post, self._answering.apologise(error, post.fields))

    async def _may_ask(self, post: _Post, settings: DeskSettings) -> bool:
        """Count a message that names us as a command; tell the first one too many within a minute."""
        try:
            self._services.allowance.spend(post.call, settings)
        except LimitError as error:
            if self._told.add(("limit", post.message.author.id, post.call.now.replace(second=0, microsecond=0))):
                await self._say(post, self._answering.apologise(error, post.fields))
            return False
        return True

    async def _read(self, post: _Post) -> None:
        """Read what a message brings and reply with the receipt, or with what went wrong."""
        try:
            if post.message.id in self._pending:
                await self._answer(post)
        except asyncio.CancelledError:
            await self._say(post, RESTARTING)
            raise
        except Exception as error:
            # Nobody else would see it, and what waits behind must go on.
            log.exception("a message could not be answered", extra={**post.fields, "error": error})
        finally:
            self._pending.discard(post.message.id)
            self._reading.pop(post.message.id).set()

    async def _answer(self, post: _Post) -> None:
        if lacks := lacking(post.message.channel):
            await self._cannot_answer(post, lacks)
            return
        async with typing(post.message.channel):
            reply = await self._gather(post)
        # From here on, whoever deletes the message finds what it brought in the trash.
        if not self.give_up(post.message.id):
            await self._take_back(post, reply)
        elif reply is not None:
            await self._say(post, reply)

    async def _take_back(self, post: _Post, receipt: Reply | None) -> None:
        """Take out what came with a message that was deleted while it was read."""
        uploads = receipt.again.options["uploads"] if receipt and receipt.again else []
        if uploads:
            await self._services.corpus.undo(post.call, uploads=uploads)
            log.info("a message was deleted while it was read", extra=post.fields)

    async def _gather(self, post: _Post) -> Reply | None:
        """Return the receipt, or what went wrong; None where there is nothing to say."""
        try:
            async with asyncio.timeout(LONGEST_SECONDS) as limit:
                return await self._services.corpus.gather(post.call, **post.material.options())
        except MayNotAddError as error:
            # Who posts in a watched channel has asked for nothing.
            return None if post.watched else self._answering.apologise(error, post.fields)
        except Exception as error:  # noqa: BLE001  the last resort: whatever is raised must end in words for the user
            late = isinstance(error, TimeoutError) and limit.expired()
            return TOO_SLOW if late else self._answering.apologise(error, post.fields)

    async def _say(self, post: _Post, reply: Reply) -> None:
        """Reply to a message; what Discord does not take is a line in the log, once for each channel and reason."""
        try:
            await send(post.message, reply, self._answering, self._services, post.call, quiet=post.quiet)
        except UNSENT as error:
            code = error.code if isinstance(error, discord.HTTPException) else 0
            self._log_once(("unsent", post.message.channel.id, code), "a reply was not taken", post, error=error)
        except StorageError as error:
            log.warning("a reply was not sent", extra={**post.fields, "error": error})

    async def _cannot_answer(self, post: _Post, lacks: tuple[str, ...]) -> None:
        """Leave a message unread that could not be answered; tell the one who named us where that can be read."""
        missing = ", ".join(lacks)
        first = self._log_once(
            ("lacks", post.message.channel.id), "a channel may not be answered in", post, lacks=missing
        )
        if not first or post.watched:
            return
        try:
            await post.message.author.send(view=self._answering.lay_out(_may_not(missing)).view())
        except UNSENT as error:
            log.info("nobody could be told", extra={**post.fields, "error": error})

    def _log_once(self, key: Hashable, event: str, post: _Post, **fields: str | Exception) -> bool:
        """Log something that would repeat itself; tell whether it was the first time."""
        first = self._told.add(key)
        if first:
            log.warning(event, extra={**post.fields, **fields})
        return first


class Latest:
    """Remembers the latest of many things."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, None] = OrderedDict()

    def add(self, thing: Hashable) -> bool:
        """Remember something; tell whether it was new."""
        new = thing not in self._known
        self._known[thing] = None
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return new

    def drop(self, which: Callable[[Hashable], bool]) -> None:
        """Forget the things that are meant."""
        for thing in [thing for thing in self._known if which(thing)]:
            del self._known[thing]


def _places(message: discord.Message) -> set[int]:
    """Return the channels that a message counts with: its own, and the one that a thread hangs below."""
    parent = message.channel.parent_id if isinstance(message.channel, discord.Thread) else message.channel.id
    return {message.channel.id, parent}


def _full(waiting: int) -> Reply:
    told = (
        f"{count(waiting, 'message')} of this desk wait to be read already, so that I passed over this one and those "
        "that follow until I am through. Send them again in some minutes."
    )
    return Reply("Too much at once", (Line((told,)),), tone=Tone.WARNING)


def _may_not(missing: str) -> Reply:
    told = f"You named me in a channel where my role lacks: {missing}. I read nothing there."
    advice = "Ask whoever runs the server to grant it, or send the file or link to me here."
    return Reply("I may not answer there", (Line((told,)), Line((advice,))), tone=Tone.ERROR)
