"""Who and what there is: people, guilds, channels, and who may see which."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from typing import Any

from .ids import EPOCH_MS

Payload = dict[str, Any]


class Permission(IntFlag):
    """The permissions that matter to a bot that reads and answers."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    SEND_MESSAGES_IN_THREADS = 1 << 38


MEMBER = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)
NOTHING = Permission(0)
ALL = Permission((1 << 50) - 1)


class Kind(IntEnum):
    """Channel types."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


@dataclass(eq=False, slots=True)
class User:
    """A person, or the bot."""

    id: int
    name: str
    bot: bool = False
    closed: bool = False
    """Takes no direct messages."""

    def payload(self) -> Payload:
        """Return the user object."""
        return {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "."),
            "global_name": self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False, slots=True)
class Overwrite:
    """What a channel allows or denies a role (the guild's own id is everyone) or a member."""

    target: int
    member: bool = False
    allow: Permission = NOTHING
    deny: Permission = NOTHING

    def payload(self) -> Payload:
        """Return the overwrite object."""
        return {
            "id": str(self.target),
            "type": int(self.member),
            "allow": str(int(self.allow)),
            "deny": str(int(self.deny)),
        }


@dataclass(eq=False, slots=True)
class Channel:
    """A text channel, a forum, a thread (a post in a forum too), or somebody's direct messages with the bot."""

    id: int
    name: str
    guild: "Guild | None" = None
    kind: Kind = Kind.TEXT
    parent: "Channel | None" = None
    recipient: User | None = None
    overwrites: list[Overwrite] = field(default_factory=list)
    thread_members: set[int] = field(default_factory=set)
    archived: bool = False
    """A thread that is closed: whoever writes in it opens it again."""
    archived_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    locked: bool = False
    """A thread that only moderators may open again."""
    flags: int = 0
    owner: User | None = None
    """Who started a thread, where that was not the guild's owner."""

    @property
    def is_thread(self) -> bool:
        """Whether it hangs below another channel."""
        return self.parent is not None

    def payload(self) -> Payload:
        """Return the channel object."""
        payload: Payload = {"id": str(self.id), "type": int(self.kind), "last_message_id": None, "flags": self.flags}
        if self.recipient is not None:
            return payload | {"recipients": [self.recipient.payload()]}
        assert self.guild is not None
        payload |= {"name": self.name, "guild_id": str(self.guild.id), "rate_limit_per_user": 0}
        if self.parent is not None:
            return payload | self._thread_payload(self.parent, self.guild)
        return payload | {
            "position": list(self.guild.channels.values()).index(self) if self.id in self.guild.channels else 0,
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "permission_overwrites": [overwrite.payload() for overwrite in self.overwrites],
            "available_tags": [],
        }

    def _thread_payload(self, parent: "Channel", guild: "Guild") -> Payload:
        return {
            "parent_id": str(parent.id),
            "owner_id": str((self.owner or guild.owner).id),
            "message_count": 0,
            "member_count": len(self.thread_members),
            "total_message_sent": 0,
            "thread_metadata": {
                "archived": self.archived,
                "auto_archive_duration": 1440,
                "archive_timestamp": self.archived_at.isoformat(),
                "create_timestamp": datetime.fromtimestamp(((self.id >> 22) + EPOCH_MS) / 1000, UTC).isoformat(),
                "locked": self.locked,
                "invitable": True,
            },
        }

    def permissions(self, user: User) -> Permission:
        """Return what the user may do here, as Discord computes it."""
        if self.guild is None:
            return MEMBER
        if self.kind is Kind.PRIVATE_THREAD and user.id not in self.thread_members:
            manager = self.guild.permissions(user) & Permission.ADMINISTRATOR
            return ALL if manager else NOTHING
        channel = self.parent or self
        return channel._overwritten(self.guild, user)

    def _overwritten(self, guild: "Guild", user: User) -> Permission:
        granted = guild.permissions(user)
        if granted & Permission.ADMINISTRATOR:
            return ALL
        roles = guild.members[user.id].roles if user.id in guild.members else set()
        for applies in (
            lambda overwrite: overwrite.target == guild.id,
            lambda overwrite: not overwrite.member and overwrite.target in roles,
            lambda overwrite: overwrite.member and overwrite.target == user.id,
        ):
            hits = [overwrite for overwrite in self.overwrites if applies(overwrite)]
            for overwrite in hits:
                granted &= ~overwrite.deny
            for overwrite in hits:
                granted |= overwrite.allow
        return granted


@dataclass(eq=False, slots=True)
class Role:
    """A role above @everyone."""

    id: int
    name: str
    permissions: Permission

    def payload(self, position: int) -> Payload:
        """Return the role object."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }


@dataclass(eq=False, slots=True)
class Member:
    """A user in a guild."""

    user: User
    roles: set[int] = field(default_factory=set)

    def payload(self) -> Payload:
        """Return the member object."""
        return {
            "user": self.user.payload(),
            "roles": [str(role) for role in sorted(self.roles)],
            "nick": None,
            "joined_at": "2024-03-01T09:00:00+00:00",
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
            "communication_disabled_until": None,
        }


@dataclass(eq=False, slots=True)
class Guild:
    """A server. Where the bot is not `installed`, people use the app that they installed for themselves."""

    id: int
    name: str
    owner: User
    installed: bool = True
    system_channel: Channel | None = None
    everyone: Permission = MEMBER
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)

    def permissions(self, user: User) -> Permission:
        """Return what the user's roles allow, before any channel has its say."""
        if user is self.owner:
            return ALL
        granted = self.everyone
        member = self.members.get(user.id)
        for role in member.roles if member else ():
            granted |= self.roles[role].permissions
        return granted

    def role_payloads(self) -> list[Payload]:
        """Return the role objects, @everyone first."""
        everyone = Role(self.id, "@everyone", self.everyone)
        return [role.payload(position) for position, role in enumerate([everyone, *self.roles.values()])]

    def payload(self, bot: User) -> Payload:
        """Return the guild as GUILD_CREATE has it for a bot without the members intent."""
        return {
            "id": str(self.id),
            "name": self.name,
            "unavailable": False,
            "owner_id": str(self.owner.id),
            "member_count": len(self.members),
            "large": False,
            "preferred_locale": "en-US",
            "features": [],
            "afk_timeout": 300,
            "system_channel_id": str(self.system_channel.id) if self.system_channel else None,
            "joined_at": "2024-03-01T09:00:00+00:00",
            "roles": self.role_payloads(),
            "members": [self.members[bot.id].payload()] if bot.id in self.members else [],
            "channels": [channel.payload() for channel in self.channels.values()],
            "threads": [thread.payload() for thread in self.threads.values()],
            "emojis": [],
            "stickers": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
