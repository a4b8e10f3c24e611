"""Servers that somebody asks in direct messages, wherever their shard is.

Direct messages come to the process that has shard 0. A server whose shard another process has is asked for there, at
Discord, for who reads what at that moment.
"""

import asyncio
from collections import OrderedDict
from typing import Any

import discord

from storage.base import GUILD_ID_STEP

# People press several buttons one after the other. Who may read what is at most so many seconds old.
KEPT_SECONDS = 5.0

_MOST_KEPT = 50


class Servers:
    """Finds servers."""

    def __init__(self) -> None:
        self._asked: OrderedDict[int, tuple[float, asyncio.Task[discord.Guild]]] = OrderedDict()

    async def find(self, client: discord.AutoShardedClient, guild_id: int) -> discord.Guild | None:
        """Return a server with its roles and channels; None where the bot is no member, or it cannot be seen."""
        here = client.get_guild(guild_id)
        if here is not None or _is_ours(client, guild_id):
            return None if here is None or here.unavailable else here
        try:
            return await asyncio.shield(self._ask(client, guild_id))
        except (discord.NotFound, discord.Forbidden):
            return None

    def _ask(self, client: discord.AutoShardedClient, guild_id: int) -> asyncio.Task[discord.Guild]:
        """Return what fetches a server; who asks again while it does so, or soon after, gets the same."""
        now = asyncio.get_running_loop().time()
        began, task = self._asked.pop(guild_id, (now, None))
        if task is None or now - began >= KEPT_SECONDS or _has_failed(task):
            began, task = now, asyncio.get_running_loop().create_task(_fetch(client, guild_id))
            # Everybody who waited may have gone: nobody is to be told then.
            task.add_done_callback(_has_failed)
        self._asked[guild_id] = began, task
        while len(self._asked) > _MOST_KEPT:
            self._asked.popitem(last=False)
        return task


def _is_ours(client: discord.AutoShardedClient, guild_id: int) -> bool:
    """Tell whether this process has a server's shard, and so would know it."""
    return client.shard_count is None or guild_id // GUILD_ID_STEP % client.shard_count in client.shards


def _has_failed(task: asyncio.Task[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def _fetch(client: discord.AutoShardedClient, guild_id: int) -> discord.Guild:
    """Return a server as Discord describes it.

    Raises:
        discord.HTTPException: the bot is no member of it, or Discord does not answer.
    """
    described = await client.http.get_guild(guild_id, with_counts=False)
    channels = await client.http.get_all_guild_channels(guild_id)
    # What the library makes of it is kept nowhere, and hears of no change.
    return discord.Guild(data={**described, "channels": channels}, state=client._connection)  # noqa: SLF001  as the library's own fetch does
