"""What the bot may not do where it is asked, as Discord knows it at this moment."""

import discord

from bot.cogs.calls import Interaction, desk_of, drawn_on_for_all, drawn_on_for_one, read_by
from bot.cogs.posts import lacking
from bot.services.calls import Lacks, Spot, Spots

# Where something can be posted by schedule.
_PLACES = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel | discord.Thread


def lacks(interaction: Interaction) -> Lacks:
    """Return what tells, for a channel of the interaction's guild, which permissions the bot would need and has not."""
    guild = interaction.client.get_guild(interaction.guild_id) if interaction.guild_id else None

    def look(channel_id: int) -> tuple[str, ...] | None:
        if guild is None:
            return ()
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            return None
        if isinstance(channel, discord.ForumChannel | discord.CategoryChannel):
            return _lacking_in_forum(channel)
        attaches = channel.permissions_for(guild.me).attach_files
        return (*lacking(channel), *(() if attaches else ("Attach Files",)))

    return look


def spots(interaction: Interaction, shared: frozenset[int]) -> Spots:
    """Return what tells where something can be posted by schedule, as Discord knows it at this moment."""
    guild = interaction.client.get_guild(desk_of(interaction))

    def look(channel_id: int | None) -> Spot | None:
        if channel_id is None:
            return _with_person(interaction, guild, shared)
        channel = guild.get_channel_or_thread(channel_id) if guild else None
        if guild is None or not isinstance(channel, _PLACES) or not _is_in(interaction, channel):
            return None
        allowed = channel.permissions_for(guild.me)
        roles = {role.id: role for role in guild.roles if not role.is_default()}
        silent = {number for number, role in roles.items() if not (role.mentionable or allowed.mention_everyone)}
        return Spot(
            audience_id=read_by(channel),
            audiences=drawn_on_for_all(channel, shared),
            forum=isinstance(channel, discord.ForumChannel),
            lacks=_lacking_to_post(channel, allowed),
            roles=frozenset(roles),
            silent=frozenset(silent),
        )

    return look


def _with_person(interaction: Interaction, guild: discord.Guild | None, shared: frozenset[int]) -> Spot:
    """Return the asker's direct messages."""
    person = interaction.user
    if guild is None or not isinstance(person, discord.Member):
        return Spot(person.id, frozenset({person.id}))
    return Spot(person.id, drawn_on_for_one(guild, person, shared))


def _is_in(interaction: Interaction, channel: _PLACES) -> bool:
    """Tell whether the asker is among a thread's members, as far as is known: Discord does not tell who they are."""
    if not isinstance(channel, discord.Thread) or not channel.is_private():
        return True
    asker = interaction.user
    manages = isinstance(asker, discord.Member) and channel.permissions_for(asker).manage_threads
    return manages or interaction.channel_id == channel.id


def _lacking_to_post(channel: _PLACES, allowed: discord.Permissions) -> tuple[str, ...]:
    """Return what is missing to post there, with a file, and to find it again."""
    files = () if allowed.attach_files else ("Attach Files",)
    if not isinstance(channel, discord.ForumChannel):
        return (*lacking(channel), *files)
    needed = {
        "View Channel": allowed.view_channel,
        "Create Posts": allowed.send_messages,
        "Read Message History": allowed.read_message_history,
    }
    return (*(name for name, has in needed.items() if not has), *files)


def _lacking_in_forum(channel: discord.ForumChannel | discord.CategoryChannel) -> tuple[str, ...]:
    """Return what is missing where messages stand in threads alone."""
    allowed = channel.permissions_for(channel.guild.me)
    needed = {
        "View Channel": allowed.view_channel,
        "Send Messages in Threads": allowed.send_messages_in_threads,
        "Read Message History": allowed.read_message_history,
        "Attach Files": allowed.attach_files,
    }
    return tuple(name for name, has in needed.items() if not has)
