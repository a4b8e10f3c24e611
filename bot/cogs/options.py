"""The options that several commands take: channels and roles, by their ids."""

from typing import Any

import discord
from discord import app_commands

from bot.cogs.calls import Interaction

_KINDS = discord.ChannelType
_THREADS = (_KINDS.public_thread, _KINDS.private_thread, _KINDS.news_thread)
_SPOKEN = (_KINDS.voice, _KINDS.stage_voice)


class ChannelOption(app_commands.Transformer):
    """A channel of some kinds, by its id."""

    def __init__(self, *kinds: discord.ChannelType) -> None:
        self._kinds = kinds

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return what Discord offers for it: a list of channels."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Return the kinds of channels in that list."""
        return list(self._kinds)

    async def transform(self, _: Interaction, value: Any, /) -> int:  # noqa: ANN401  the library's signature
        """Return the id; whether the asker may name this channel is for the use case to say."""
        return int(value.id)


class RoleOption(app_commands.Transformer):
    """A role of the server, by its id."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return what Discord offers for it: a list of roles."""
        return discord.AppCommandOptionType.role

    async def transform(self, _: Interaction, value: Any, /) -> int:  # noqa: ANN401  the library's signature
        """Return the id; whether it may be notified is for the use case to say."""
        return int(value.id)


Channel = app_commands.Transform[int, ChannelOption(_KINDS.text, _KINDS.news, _KINDS.forum, *_SPOKEN)]
"""Where files can be brought; its threads count with it."""

Place = app_commands.Transform[int, ChannelOption(_KINDS.text, _KINDS.news, _KINDS.forum, *_SPOKEN, *_THREADS)]
"""Where something can be posted by schedule: a channel, thread or forum."""

Spoken = app_commands.Transform[int, ChannelOption(_KINDS.text, _KINDS.news, *_SPOKEN, *_THREADS)]
"""Where something can be told: a channel or thread."""

Role = app_commands.Transform[int, RoleOption]
