"""Posting by schedule in Discord: where `bot.scheduler` sends what is due, and how it finds it again."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace

import aiohttp
import discord
from discord.ext import commands

from bot.cogs.answer import Answering
from bot.cogs.calls import drawn_on_for_all, drawn_on_for_one
from bot.cogs.exchange import UNSENT, file_of
from bot.cogs.posts import lacking
from bot.render.discord import Layout
from bot.services import Services
from bot.services.calls import Call
from bot.services.deliveries import (
    ArchivedError,
    ClosedError,
    DeliveryError,
    ForbiddenError,
    GoneError,
    Place,
    PlaceKind,
    Post,
    RefusedError,
    TagError,
    UnreachableError,
    UnsureError,
    check_in_time,
)
from storage.base import LOCAL_DESK, Scope

# Seconds that one thing asked of Discord may take, the waits for its rate limits among them.
SECONDS = 40.0

# Of it, for one rate limit; what asks for more is put off.
LONGEST_WAIT = 10.0

TOO_MUCH = 429
# What a proxy answers for Discord where that takes too long: the message may be there nevertheless.
TOO_LONG = 408

MOST_LOOKED_THROUGH = 1000
MOST_POSTS_LOOKED_THROUGH = 100

_UNKNOWN = frozenset({10003, 10004, 10013})
_NO_ACCESS = frozenset({50001, 50013})
_CLOSED = 50007
_ARCHIVED = frozenset({50083, 160005})

_KEYS = re.compile(r"v[bm]:([0-9]{1,19}):[0-9]{1,4}")

# Where something can be posted in a channel; a forum takes it as a new post.
_Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.DMChannel
_Found = _Channel | discord.ForumChannel


class DiscordFront:
    """`bot.services.deliveries.Front` on the client that is logged in."""

    def __init__(self, bot: commands.AutoShardedBot, services: Services, answering: Answering) -> None:
        self._bot = bot
        self._services = services
        self._answering = answering

    async def audiences(self, desk_id: int, place: Place, shared: frozenset[int]) -> frozenset[int]:
        """Return what an answer to all who read the place may draw on, by the permissions known at this moment."""
        async with _asking():
            channel = await self._place(desk_id, place)
            if isinstance(channel, discord.DMChannel):
                return await self._of_person(desk_id, place.number, shared)
            return drawn_on_for_all(channel, shared)

    async def send(self, desk_id: int, place: Place, post: Post) -> int:
        """Post a message and return its id."""
        async with _asking():
            channel = await self._place(desk_id, place)
            _check_permissions(channel)
            if isinstance(channel, discord.Thread):
                await _open_again(channel)
            notified = "" if place.mention is None else f"<@&{place.mention}>"
            layout = await asyncio.to_thread(self._answering.lay_out, post.reply, beside=notified)
            await self._keep(desk_id, channel.id, place, post, layout)
            return await _send(channel, place, post, layout, notified)

    async def find(self, desk_id: int, place: Place, key: int, since: datetime) -> int | None:
        """Return the message of this key that was posted since then."""
        async with _asking():
            channel = await self._place(desk_id, place)
            if isinstance(channel, discord.ForumChannel):
                return await self._find_post(channel, key, since)
            looked = 0
            # The newest first: the clock by which `since` was noted may have been wrong, the history's order is not.
            async for message in channel.history(limit=MOST_LOOKED_THROUGH, oldest_first=False):
                if message.created_at < since:
                    return None
                if self._carries(message, key):
                    return message.id
                looked += 1
            if looked < MOST_LOOKED_THROUGH:
                return None
            raise UnsureError

    async def tell(self, desk_id: int, person_id: int | None, post: Post) -> None:
        """Tell a person something about a desk, or where that cannot be, say it in the server.

        Then it is said in the moderators' channel for news, the server's own, or the first where the bot may write.
        """
        if person_id is not None:
            try:
                await self.send(desk_id, Place(PlaceKind.DIRECT, person_id), post)
            except (ClosedError, GoneError, ForbiddenError):
                pass
            else:
                return
        guild = self._bot.get_guild(desk_id)
        if guild is None or post.aside is None:
            raise ClosedError
        for channel in (guild.public_updates_channel, guild.system_channel, *guild.text_channels):
            if channel is not None and not lacking(channel):
                await self.send(desk_id, Place(PlaceKind.CHANNEL, channel.id), replace(post, reply=post.aside))
                return
        raise ForbiddenError

    async def _place(self, desk_id: int, place: Place) -> _Found:
        """Return where something is posted.

        Raises:
            GoneError: it is no more.
            UnreachableError: the server is out of sight.
        """
        if place.kind is PlaceKind.DIRECT:
            return await self._bot.create_dm(discord.Object(place.number))
        guild = self._bot.get_guild(desk_id)
        if guild is None or guild.unavailable or not guild.channels:
            raise UnreachableError("the server is out of sight")
        channel = guild.get_channel_or_thread(place.number) or await self._bot.fetch_channel(place.number)
        if not isinstance(channel, _Found) or getattr(channel.guild, "id", None) != desk_id:
            raise GoneError
        return channel

    async def _of_person(self, desk_id: int, person_id: int, shared: frozenset[int]) -> frozenset[int]:
        """Return what a private answer to a person may draw on."""
        if desk_id < 0:
            return frozenset({person_id})
        guild = self._bot.get_guild(desk_id)
        if guild is None or guild.unavailable:
            raise UnreachableError("the server is out of sight")
        try:
            member = await guild.fetch_member(person_id)
        except discord.NotFound as error:
            raise GoneError("person") from error
        return drawn_on_for_one(guild, member, shared)

    async def _keep(self, desk_id: int, channel_id: int, place: Place, post: Post, layout: Layout) -> None:
        """Let the controls do what they are for, under the key, once for all tries.

        What is pressed in direct messages is of that person's own desk: there they ask the server's.
        """
        controls = layout.controls
        if place.kind is PlaceKind.DIRECT and desk_id > LOCAL_DESK:
            controls = tuple(replace(control, desk_id=desk_id) for control in controls)
            desk_id = -place.number
        call = Call(
            scope=Scope(desk_id, post.owner_id, frozenset()),
            channel_id=channel_id,
            audience_id=channel_id,
            origin_id=post.key,
            now=post.now,
        )
        await self._services.controls.keep_as(call, post.key, controls)

    def _carries(self, message: discord.Message, key: int) -> bool:
        """Tell whether a message is ours and has a control of this key."""
        mine = self._bot.user is not None and message.author.id == self._bot.user.id
        return mine and key in _keys(message)

    async def _find_post(self, forum: discord.ForumChannel, key: int, since: datetime) -> int | None:
        """Return the first message of the post in a forum that carries the key."""
        async for thread in _posts_since(forum, since):
            if self._bot.user is None or thread.owner_id != self._bot.user.id:
                continue
            try:
                message = await thread.fetch_message(thread.id)
            except discord.NotFound:
                continue
            if self._carries(message, key):
                return message.id
        return None


@dataclass(slots=True)
class _Asked:
    """What a delivery asks of Discord, and how far that has come."""

    once: bool = False
    """From here on one request may leave: what it asks for has no nonce, and would be there twice."""
    left: bool = False


_asked: ContextVar[_Asked | None] = ContextVar("asked", default=None)


def guard() -> aiohttp.TraceConfig:
    """Return what watches over the requests of a delivery, whatever the library does: for the client's `http_trace`.

    They leave only while the delivery is ours, and once where a second one would do harm; one that is to wait for long
    is given up. The requests of all others pass.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_let_leave)
    trace.on_request_chunk_sent.append(_look_once_more)
    trace.on_request_end.append(_look_at_answer)
    return trace


async def _let_leave(_: aiohttp.ClientSession, __: SimpleNamespace, ___: object) -> None:
    """Run before each request, those too that discord.py makes by itself after a 502 and its kin."""
    asked = _asked.get()
    if asked is None or not asked.once:
        return
    if asked.left:
        raise UnreachableError("its answer was lost")
    asked.left = True


async def _look_at_answer(_: aiohttp.ClientSession, __: SimpleNamespace, ended: aiohttp.TraceRequestEndParams) -> None:
    """Run after each answer: what was limited has had no effect, and longer waits are the scheduler's."""
    asked = _asked.get()
    if asked is None or ended.response.status != TOO_MUCH:
        return
    asked.left = False
    seconds = _seconds(ended.response.headers)
    if seconds is not None and seconds > LONGEST_WAIT:
        raise UnreachableError("too much at once", retry_after=seconds)


async def _look_once_more(_: aiohttp.ClientSession, __: SimpleNamespace, ___: object) -> None:
    """Run before each piece of a request's body is written, whatever the library calls it."""
    check_in_time()


async def _send(channel: _Found, place: Place, post: Post, layout: Layout, notified: str) -> int:
    files = _takes(channel, layout)
    view = layout.view(post.key, files=files)
    mentions = discord.AllowedMentions.none()
    if place.mention is not None:
        # The only words outside the frame, so that it is plain what they are there for.
        view.add_item(discord.ui.TextDisplay(notified))
        roles = [discord.Object(place.mention)]
        mentions = discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)
    if not layout.controls:
        view.add_item(_mark(post.key))
    attached = [file_of(item) for item in layout.attachments] if files else []
    if isinstance(channel, discord.ForumChannel):
        if asked := _asked.get():
            asked.once = True
        name = post.reply.title[:100]
        made = await channel.create_thread(name=name, view=view, files=attached, allowed_mentions=mentions)
        return made.message.id
    sent = await channel.send(view=view, files=attached, allowed_mentions=mentions, nonce=post.nonce)
    return sent.id


def _takes(channel: _Found, layout: Layout) -> bool:
    """Tell whether the channel takes the attachments: where it does not, the words alone have to do."""
    limit = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES
    if not isinstance(channel, discord.DMChannel):
        if not channel.permissions_for(channel.guild.me).attach_files:
            return False
        limit = channel.guild.filesize_limit
    return all(len(item.data) <= limit for item in layout.attachments)


async def _open_again(thread: discord.Thread) -> None:
    """Open a thread that is closed; what is written in it does that, unless it is locked.

    Raises:
        ArchivedError: only moderators may, and the bot is none.
    """
    if not thread.locked:
        return
    if not thread.permissions_for(thread.guild.me).manage_threads:
        raise ArchivedError
    if thread.archived:
        await thread.edit(archived=False)


def _mark(key: int) -> discord.ui.ActionRow[discord.ui.LayoutView]:
    """Return what a message without controls is found again by: a button that cannot be pressed."""
    button = discord.ui.Button[discord.ui.LayoutView](label="By schedule", custom_id=f"vb:{key}:0", disabled=True)
    return discord.ui.ActionRow(button)


def _keys(message: discord.Message) -> Iterator[int]:
    """Yield the keys of a message's controls."""
    waiting = list(message.components)
    while waiting:
        part = waiting.pop()
        waiting += getattr(part, "children", ())
        if fits := _KEYS.fullmatch(str(getattr(part, "custom_id", ""))):
            yield int(fits[1])


async def _posts_since(forum: discord.ForumChannel, since: datetime) -> AsyncIterator[discord.Thread]:
    """Yield the posts of a forum that were made since then: those that are open, then those that are archived.

    Raises:
        UnsureError: there are too many.
    """
    looked = 0
    for thread in await forum.guild.active_threads():
        if thread.parent_id == forum.id and (thread.created_at is None or thread.created_at >= since):
            looked += 1
            yield thread
    async for thread in forum.archived_threads(limit=MOST_POSTS_LOOKED_THROUGH):
        # They come by when they were archived, which is after they were made.
        if thread.archive_timestamp < since:
            return
        looked += 1
        if looked > MOST_POSTS_LOOKED_THROUGH:
            raise UnsureError
        yield thread


def _check_permissions(channel: _Found) -> None:
    """Look whether the bot may post there, as far as is known without asking.

    Raises:
        ForbiddenError, TagError: it may not.
    """
    if isinstance(channel, discord.DMChannel):
        return
    if isinstance(channel, discord.ForumChannel):
        allowed = channel.permissions_for(channel.guild.me)
        missing = tuple(
            name
            for name, has in {
                "View Channel": allowed.view_channel,
                "Create Posts": allowed.send_messages,
                "Read Message History": allowed.read_message_history,
            }.items()
            if not has
        )
        if not missing and channel.flags.require_tag:
            raise TagError
    else:
        missing = tuple(lacking(channel))
    if missing:
        raise ForbiddenError(missing)


@asynccontextmanager
async def _asking() -> AsyncIterator[None]:
    """Bound what is asked of Discord, and raise what went wrong in the scheduler's terms."""
    token = _asked.set(_Asked())
    try:
        async with asyncio.timeout(SECONDS):
            yield
    except DeliveryError:
        raise
    except discord.HTTPException as error:
        raise _ours(error) from error
    except discord.RateLimited as error:
        raise UnreachableError("too much at once", retry_after=error.retry_after) from error
    except TimeoutError as error:
        raise UnreachableError("it did not answer in time") from error
    except (*UNSENT, discord.InvalidData) as error:
        raise UnreachableError("the connection broke") from error
    finally:
        _asked.reset(token)


def _ours(error: discord.HTTPException) -> DeliveryError:
    if error.code == _CLOSED:
        return ClosedError()
    if error.code in _ARCHIVED:
        return ArchivedError()
    if error.code in _NO_ACCESS:
        return ForbiddenError()
    if error.code in _UNKNOWN:
        return GoneError()
    if error.status in {TOO_LONG, TOO_MUCH} or error.status >= 500:
        return UnreachableError(f"it answered {error.status}", retry_after=_seconds(error.response.headers))
    return RefusedError(f"{error.status}, {error.code}")


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Return for how long an answer asks to wait; None where it does not say."""
    try:
        return float(headers.get("Retry-After", ""))
    except ValueError:
        return None
