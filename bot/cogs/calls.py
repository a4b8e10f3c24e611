"""Who asks, where, and what the answer may draw on: Discord's interactions in the services' terms."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

import discord

from bot.cogs.servers import Servers
from bot.services.calls import Call, Incoming, Progress, Spot, bare_name, quiet
from bot.services.errors import AwayFromServerError
from storage.base import DeskSettings, Scope

Interaction = discord.Interaction[Any]

_ADMINISTRATOR = discord.Permissions(administrator=True).value
_READ = discord.Permissions(view_channel=True, read_message_history=True).value
_CONNECT = discord.Permissions(connect=True).value
_SPOKEN = frozenset({discord.ChannelType.voice, discord.ChannelType.stage_voice})


def desk_of(interaction: Interaction) -> int:
    """Return the tenant: the guild where the app is installed in it, else the person.

    Where somebody uses the app in a guild that has not installed it, everything belongs to that person alone.
    """
    guild_id = interaction.guild_id
    # A guild that the bot is a member of has installed it, whatever the interaction was authorised by.
    if guild_id and (interaction.is_guild_integration() or interaction.client.get_guild(guild_id)):
        return guild_id
    return -interaction.user.id


def audience_of(interaction: Interaction) -> int:
    """Return who may read what is said here: the channel's members, or the one person in a direct message."""
    channel = interaction.channel
    if channel is None:
        return interaction.user.id
    if isinstance(channel, discord.Thread) and not channel.is_private():
        return channel.parent_id
    # A direct message between people is read by the other one too; only the one with the bot is the asker's own.
    between_people = interaction.context.private_channel or isinstance(channel, discord.GroupChannel)
    if interaction.guild_id is None and not between_people:
        return interaction.user.id
    return channel.id


def bare_call(interaction: Interaction, *, private: bool = False) -> Call:
    """Return who asks and where, cheaply; it may draw on nothing."""
    return _call(interaction, frozenset(), private=private, progress=quiet)


def full_call(
    interaction: Interaction, *, private: bool, shared: frozenset[int] = frozenset(), progress: Progress = quiet
) -> Call:
    """Return the call with everything that its answer may draw on, by the permissions known at this moment.

    A private answer draws on the channels that the asker can read, this one, and what was read for the asker alone; a
    public one on this channel and on those that everyone in the guild can read; both on what is for the whole guild,
    and on the channels that its managers have shared.
    """
    call = _call(interaction, _drawn_on(interaction, shared, private=private), private=private, progress=progress)
    if private:
        return call
    return replace(call, sight=lambda: replace(call.scope, audiences=_drawn_on(interaction, shared, private=True)))


async def call_to_server(
    interaction: Interaction,
    desk_id: int,
    servers: Servers,
    settings: Callable[[Call], Awaitable[DeskSettings]],
    *,
    progress: Progress = quiet,
) -> Call:
    """Return the call of somebody who asks something of a server in direct messages, by what they may read just now.

    Raises:
        AwayFromServerError: the asker is no member of it, or the bot is none.
    """
    guild, asker = await servers.find(interaction.client, desk_id), interaction.user
    if guild is None:
        raise AwayFromServerError
    try:
        member = await guild.fetch_member(asker.id)
    except (discord.NotFound, discord.Forbidden) as error:
        raise AwayFromServerError from error
    bare = replace(
        bare_call(interaction, private=True),
        scope=Scope(desk_id, asker.id, frozenset()),
        private=True,
        manager=member.guild_permissions.manage_messages,
        admin=member.guild_permissions.manage_guild,
        guild_id=desk_id,
        progress=progress,
    )
    audiences = drawn_on_for_one(guild, member, (await settings(bare)).shared)
    mine = Spot(asker.id, audiences)
    return replace(
        bare, scope=replace(bare.scope, audiences=audiences), spots=lambda number: mine if number is None else None
    )


def _drawn_on(interaction: Interaction, shared: frozenset[int], *, private: bool) -> frozenset[int]:
    """Return the audiences that an answer may draw on."""
    audiences = {audience_of(interaction)} | ({interaction.user.id} if private else set())
    guild = interaction.client.get_guild(interaction.guild_id) if interaction.guild_id else None
    if guild is not None:
        asker = interaction.user
        reader = asker if private and isinstance(asker, discord.Member) else guild.default_role
        audiences |= readable(guild, reader) | _there(guild, shared)
    return frozenset(audiences)


def is_elsewhere(interaction: Interaction) -> bool:
    """Tell whether somebody uses the app where it is not at home: among people or in a server that has not added it."""
    return desk_of(interaction) < 0 and (interaction.guild_id is not None or not interaction.context.dm_channel)


def readable(guild: discord.Guild, reader: discord.Member | discord.Role) -> set[int]:
    """Return the audiences in a guild that somebody, or a role, belongs to."""
    channels = [channel for channel in guild.channels if channel.type is not discord.ChannelType.category]
    # A guild that is out of sight just now has neither channels nor roles.
    look = _reading(guild, reader) if channels else None
    return {guild.id} | {channel.id for channel in channels if look and look(channel)}


def read_by(channel: discord.abc.GuildChannel | discord.Thread) -> int:
    """Return who reads a channel: of a public thread the readers of its channel, of a private one its members."""
    public = isinstance(channel, discord.Thread) and not channel.is_private()
    return channel.parent_id if public and isinstance(channel, discord.Thread) else channel.id


def drawn_on_for_all(channel: discord.abc.GuildChannel | discord.Thread, shared: frozenset[int]) -> frozenset[int]:
    """Return what may be drawn on for all who read a channel, by the permissions known at this moment."""
    guild = channel.guild
    return frozenset({read_by(channel)} | readable(guild, guild.default_role) | _there(guild, shared))


def drawn_on_for_one(guild: discord.Guild, member: discord.Member, shared: frozenset[int]) -> frozenset[int]:
    """Return what may be drawn on for one person alone, by the permissions known at this moment."""
    return frozenset({member.id} | readable(guild, member) | _there(guild, shared))


def readable_by_all(channel: discord.abc.GuildChannel) -> bool:
    """Tell whether everyone in the guild can read a channel, also one that is no more."""
    return _reading(channel.guild, channel.guild.default_role)(channel)


def _there(guild: discord.Guild, channels: frozenset[int]) -> set[int]:
    """Return those of these channels that the guild still has, where the desk is the guild's."""
    return {channel_id for channel_id in channels if guild.get_channel(channel_id)}


def incoming(attachment: discord.Attachment | None) -> Incoming | None:
    """Return an option's file as the services take it; nothing is fetched yet."""
    return None if attachment is None else attached(attachment)


def attached(attachment: discord.Attachment, *, message_id: int | None = None) -> Incoming:
    """Return a file, of a message if it came with one, as the services take it."""
    return Incoming(
        filename=bare_name(attachment.filename) or "file",
        size=attachment.size,
        attachment_id=attachment.id,
        message_id=message_id,
        url=attachment.url,
        media_type=attachment.content_type,
    )


def handed_over(payload: Mapping[str, Any]) -> Incoming:
    """Return a file of a form, as Discord describes it, as the services take it."""
    return Incoming(
        filename=payload["filename"],
        size=payload["size"],
        attachment_id=int(payload["id"]),
        url=payload["url"],
        media_type=payload.get("content_type"),
    )


def _call(interaction: Interaction, audiences: frozenset[int], *, private: bool, progress: Progress) -> Call:
    return Call(
        scope=Scope(desk_of(interaction), interaction.user.id, audiences),
        channel_id=interaction.channel_id or 0,
        audience_id=interaction.user.id if private else audience_of(interaction),
        origin_id=interaction.id,
        now=discord.utils.utcnow(),
        private=private,
        manager=interaction.permissions.manage_messages,
        admin=interaction.permissions.manage_guild or desk_of(interaction) < 0,
        guild_id=interaction.guild_id,
        progress=progress,
    )


def _reading(guild: discord.Guild, reader: discord.Member | discord.Role) -> Callable[[discord.abc.GuildChannel], bool]:
    """Return what tells whether somebody, or a role, may read what is written in a channel.

    It comes to what the library's `permissions_for` says, in a tenth of its time: that computes all permissions anew
    for each channel, and every answer asks for each channel of the guild.
    """
    everywhere, roles = _held(guild, reader)
    if everywhere & _ADMINISTRATOR:
        return lambda _: True
    # Somebody in time-out may still look and read, but join nothing.
    joins = not (isinstance(reader, discord.Member) and reader.is_timed_out())

    def look(channel: discord.abc.GuildChannel) -> bool:
        # The chat of a voice channel is for those who may join it.
        needed = _READ | _CONNECT if channel.type in _SPOKEN else _READ
        allowed = _overwritten(channel, everywhere, roles, reader.id) & needed == needed
        return allowed and (joins or needed == _READ)

    return look


def _held(guild: discord.Guild, reader: discord.Member | discord.Role) -> tuple[int, frozenset[int]]:
    """Return the permissions that somebody, or a role, has in the guild at large, and the roles that bring them."""
    if reader.id == guild.owner_id:
        return discord.Permissions.all().value, frozenset()
    roles = {guild.default_role, *(reader.roles if isinstance(reader, discord.Member) else (reader,))}
    everywhere = reduce(or_, (role.permissions.value for role in roles))
    return everywhere, frozenset(role.id for role in roles)


def _overwritten(channel: discord.abc.GuildChannel, everywhere: int, roles: frozenset[int], reader_id: int) -> int:
    """Return what a channel makes of permissions: everyone's overwrite counts first, then roles', then one's own."""
    everyone_id = channel.guild.id
    denied = allowed = taken = given = 0
    for overwrite in channel._overwrites:  # noqa: SLF001  the public property builds four objects for each
        if overwrite.id == everyone_id:
            everywhere = everywhere & ~overwrite.deny | overwrite.allow
        elif overwrite.id == reader_id:
            taken, given = overwrite.deny, overwrite.allow
        elif overwrite.id in roles:
            denied |= overwrite.deny
            allowed |= overwrite.allow
    return (everywhere & ~denied | allowed) & ~taken | given
