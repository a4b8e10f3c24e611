"""What the bot may not do where it is asked, as Discord knows it at this moment."""

import discord

from bot.cogs.calls import Interaction
from bot.cogs.posts import lacking
from bot.services.calls import Lacks


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
