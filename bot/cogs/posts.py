"""What people post: who brings it, what there is in it, and where the answer to it may be said."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.cogs.calls import Interaction, attached, audience_of, is_elsewhere, readable
from bot.render.discord import WHOLE
from bot.services.calls import Call, Incoming
from bot.services.links import find_links
from bot.services.web import is_document, is_media
from storage.base import Scope

PLACES = (
    discord.TextChannel
    | discord.VoiceChannel
    | discord.StageChannel
    | discord.Thread
    | discord.DMChannel
    | discord.GroupChannel
    | discord.PartialMessageable
)
"""Wherever a message can stand."""

_IN_GUILDS = discord.abc.GuildChannel | discord.Thread


@dataclass(frozen=True, slots=True)
class Material:
    """What a message brings."""

    files: tuple[Incoming, ...] = ()
    urls: tuple[str, ...] = ()
    text: str | None = None
    message_id: int | None = None

    @property
    def is_asked_for(self) -> bool:
        """Whether there is a file or a link, so that a mention means them."""
        return bool(self.files or self.urls)

    def options(self) -> dict[str, Any]:
        """Return what the `gather` of a service takes."""
        return {"files": self.files, "urls": self.urls, "text": self.text, "message_id": self.message_id}


def material_of(message: discord.Message) -> Material:
    """Return the files and links of a message, and of what was forwarded with it.

    Pictures count only where there is nothing else, so that somebody is told about them.
    """
    files, urls = _files(message), _links(message)
    documents = tuple(file for file in files if not is_media(file))
    return Material(documents if documents or urls else files, urls, message_id=message.id)


def material_in(message: discord.Message, *, mine: bool) -> Material:
    """Return what there is to read in a message that somebody points at: files and links, or else its text.

    Of our own messages only the files count that people brought.
    """
    if mine:
        files = tuple(file for file in _files(message) if file.filename != WHOLE)
        return Material(files, message_id=message.id)
    found = material_of(message)
    text = "\n\n".join(_texts(message)).strip()
    if not text or found.urls or any(not is_media(file) for file in found.files):
        return found
    return Material(text=text, message_id=message.id)


def said_in(message: discord.Message) -> str:
    """Return what a message says, and what was forwarded with it; of our own answers the words that they show."""
    return "\n\n".join(_texts(message)) or "\n".join(_displayed(message))


def documents_of(message: discord.Message) -> Material:
    """Return the files of a message that are, by their names, of a kind that is read: what a watched channel brings."""
    return Material(tuple(file for file in _files(message) if is_document(file)), message_id=message.id)


def attachments_of(message: discord.Message) -> frozenset[int]:
    """Return the attachments of a message, and of what was forwarded with it."""
    return frozenset(attachment.id for part in _parts(message) for attachment in part.attachments)


def about(call: Call, interaction: Interaction, message: discord.Message) -> Call:
    """Return the call of a command that was used on a message.

    The answer is the asker's alone, but what it adds is for those who can read the message. The message is what asks,
    so that the same one is never added twice, whoever uses the command on it and by whatever way it came in before.
    """
    own = call.scope.desk_id < 0 or message.flags.ephemeral
    audience = interaction.user.id if own else audience_of(interaction)
    return replace(call, audience_id=audience, origin_id=message.id)


def pointed_at(interaction: Interaction, message: discord.Message) -> Material:
    """Return what a message brings that a command was used on.

    The message is the place to cite, unless a link to it would lead nowhere: it is seen by one person alone, or stands
    in a server that a person's own desk knows nothing of.
    """
    me = interaction.client.user
    found = material_in(message, mine=me is not None and message.author.id == me.id)
    if not message.flags.ephemeral and not is_elsewhere(interaction):
        return found
    files = tuple(replace(file, message_id=None) for file in found.files)
    return replace(found, files=files, message_id=None)


def posted_call(message: discord.Message) -> Call:
    """Return the call of somebody who posts, with everything that a public answer there may draw on."""
    author, guild = message.author, message.guild
    audience = _audience(message)
    audiences = {audience} | (readable(guild, guild.default_role) if guild else set())
    allowed = _permissions(message.channel, author) if isinstance(author, discord.Member) else None
    return Call(
        scope=Scope(guild.id if guild else -author.id, author.id, frozenset(audiences)),
        channel_id=message.channel.id,
        audience_id=audience,
        origin_id=message.id,
        now=discord.utils.utcnow(),
        manager=allowed is not None and allowed.manage_messages,
        admin=guild is None or (allowed is not None and allowed.manage_guild),
        guild_id=guild.id if guild else None,
    )


def lacking(channel: PLACES) -> tuple[str, ...]:
    """Return the permissions that a reply in a channel needs and the bot has not, in Discord's own words."""
    allowed = _permissions(channel, channel.guild.me) if isinstance(channel, _IN_GUILDS) else None
    if allowed is None:
        return ()
    speaks = allowed.send_messages_in_threads if isinstance(channel, discord.Thread) else allowed.send_messages
    needed = {
        "View Channel": allowed.view_channel,
        "Send Messages in Threads" if isinstance(channel, discord.Thread) else "Send Messages": speaks,
        "Read Message History": allowed.read_message_history,
    }
    return tuple(name for name, has in needed.items() if not has)


def _parts(message: discord.Message) -> tuple[discord.Message | discord.MessageSnapshot, ...]:
    """Return a message and what was forwarded with it."""
    return (message, *message.message_snapshots)


def _audience(message: discord.Message) -> int:
    """Return who may read a message: the members of its channel, or the person who sent it to us."""
    channel = message.channel
    if message.guild is None:
        return message.author.id
    return channel.parent_id if isinstance(channel, discord.Thread) and not channel.is_private() else channel.id


def _permissions(channel: PLACES, member: discord.Member) -> discord.Permissions | None:
    """Return what a member may do in a channel; None where it cannot be known."""
    if not isinstance(channel, _IN_GUILDS) or (isinstance(channel, discord.Thread) and channel.parent is None):
        return None
    return channel.permissions_for(member)


def _files(message: discord.Message) -> tuple[Incoming, ...]:
    given = (attachment for part in _parts(message) for attachment in part.attachments)
    return tuple(attached(attachment, message_id=message.id) for attachment in given)


def _links(message: discord.Message) -> tuple[str, ...]:
    embedded = (embed.url for part in _parts(message) for embed in part.embeds if embed.url)
    return find_links(*_texts(message), *embedded)


def _texts(message: discord.Message) -> tuple[str, ...]:
    """Return the words of a message, or those of its embeds, which is what bots and feeds post instead."""
    parts = _parts(message)
    written = tuple(part.content for part in parts if part.content)
    embeds = (embed for part in parts for embed in part.embeds)
    told = ("\n\n".join(words for words in (embed.title, embed.description) if words) for embed in embeds)
    return written or tuple(words for words in told if words)


def _displayed(message: discord.Message) -> Iterator[str]:
    """Yield the texts that a message shows in components."""
    for component in message.components:
        for part in component.children if isinstance(component, discord.Container) else (component,):
            if isinstance(part, discord.TextDisplay):
                yield part.content
