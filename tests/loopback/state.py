"""Everything that Discord knows, in one place."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .bulletin import Bulletin
from .cdn import Cdn
from .faults import Faults
from .gateway import Gateway, Intents, Session
from .ids import Snowflakes
from .interactions import Interaction
from .messages import Attachment, Message, StoredFile
from .world import Channel, Guild, Kind, Member, Payload, User

TOKEN = "bG9vcGJhY2s.only.for.tests"
# How long Discord remembers a nonce is not promised; "a few minutes" is what it documents.
NONCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request that the bot made."""

    name: str
    """`METHOD /path`, the API's prefix left out."""
    status: int | None
    """None where the connection was cut."""
    at: float


@dataclass(eq=False, slots=True)
class State:
    """What is there, and what has happened."""

    ids: Snowflakes = field(default_factory=Snowflakes)
    bulletin: Bulletin = field(default_factory=Bulletin)
    cdn: Cdn = field(default_factory=Cdn)
    faults: Faults = field(default_factory=Faults)
    token: str = TOKEN
    ack_seconds: float = 3
    """After so long without a first response Discord gives an interaction up."""
    token_seconds: float = 15 * 60
    """For so long an interaction's token edits and follows up."""
    bot: User = field(init=False)
    owner: User = field(init=False)
    gateway: Gateway = field(init=False)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    """By token."""
    commands: dict[int, list[Payload]] = field(default_factory=lambda: {0: []})
    """By guild; 0 has the global ones."""
    nonces: dict[tuple[int, str], tuple[float, Message]] = field(default_factory=dict)
    requests: list[Recorded] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """What the bot asked for and was refused by a rule of Discord's (ordered faults left out)."""
    bugs: list[BaseException] = field(default_factory=list)
    """What broke in the loopback itself."""

    def __post_init__(self) -> None:
        self.bot = self.user("Verbatim", bot=True)
        self.owner = self.user("Owner")
        self.gateway = Gateway(self.token, self.bulletin, self._greet)

    def user(self, name: str, *, bot: bool = False) -> User:
        """Make a person."""
        made = User(self.ids.next(), name, bot)
        self.users[made.id] = made
        return made

    def guild(self, name: str, *, installed: bool = True, guild_id: int | None = None) -> Guild:
        """Make a guild, with the bot in it unless only people have installed the app."""
        guild = Guild(guild_id or self.ids.next(), name, self.owner, installed)
        guild.members[self.owner.id] = Member(self.owner)
        if installed:
            guild.members[self.bot.id] = Member(self.bot)
        self.guilds[guild.id] = guild
        return guild

    def direct(self, user: User) -> Channel:
        """Return somebody's direct messages with the bot."""
        for channel in self.channels.values():
            if channel.kind is Kind.DM and channel.recipient is user:
                return channel
        made = Channel(self.ids.next(), "", kind=Kind.DM, recipient=user)
        self.channels[made.id] = made
        return made

    def store(self, channel: Channel, attachment: Attachment, description: str | None = None) -> StoredFile:
        """Keep a file on the CDN."""
        return self.cdn.store(self.ids.next(), channel.id, attachment, description)

    def add_message(self, message: Message) -> Message:
        """Let a message appear, and tell the bot of it."""
        self.messages[message.id] = message
        if not message.ephemeral:
            self.announce(message, "MESSAGE_CREATE")
        self.bulletin.changed()
        return message

    def delete_message(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        body: Payload = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if message.channel.guild:
            body["guild_id"] = str(message.channel.guild.id)
        self.dispatch("MESSAGE_DELETE", body, message.channel.guild)
        self.bulletin.changed()

    def delete_messages(self, messages: Sequence[Message]) -> None:
        """Take messages of one channel away at one go."""
        for message in messages:
            message.deleted = True
        channel = messages[0].channel
        body: Payload = {"ids": [str(message.id) for message in messages], "channel_id": str(channel.id)}
        if channel.guild:
            body["guild_id"] = str(channel.guild.id)
        self.dispatch("MESSAGE_DELETE_BULK", body, channel.guild)
        self.bulletin.changed()

    def announce(self, message: Message, event: str) -> None:
        """Dispatch a message to the session that wants to hear of it, with no more of it than it may read."""
        guild = message.channel.guild
        session = self.gateway.holder(guild.id if guild else 0)
        wanted = Intents.GUILD_MESSAGES if guild else Intents.DIRECT_MESSAGES
        if session is None or not session.intents & wanted or (guild and not guild.installed):
            return
        body = message.payload(self.cdn.sign)
        open_to_bot = guild is None or message.author is self.bot or self.bot in message.mentions
        if not open_to_bot and not session.intents & Intents.MESSAGE_CONTENT:
            body |= {"content": "", "embeds": [], "attachments": [], "components": []}
        if guild:
            member = guild.members[message.author.id].payload()
            body |= {"guild_id": str(guild.id), "member": {key: member[key] for key in member if key != "user"}}
        session.dispatch(event, body)

    def dispatch(self, event: str, data: Payload, guild: Guild | None) -> None:
        """Send an event to the session that holds the guild's shard, if there is one."""
        session = self.gateway.holder(guild.id if guild else 0)
        if session is not None and (guild is None or guild.installed):
            session.dispatch(event, data)

    def remembered(self, channel: Channel, nonce: str | None) -> Message | None:
        """Return the message that was sent here with this nonce not long ago."""
        sent_at, message = self.nonces.get((channel.id, nonce or ""), (0.0, None))
        return message if time.monotonic() - sent_at < NONCE_SECONDS else None

    def _greet(self, session: Session) -> None:
        mine = [
            guild
            for guild in self.guilds.values()
            if guild.installed and (guild.id >> 22) % session.shards == session.shard
        ]
        ready: dict[str, Any] = {
            "v": 10,
            "user": self.bot.payload() | {"verified": True, "mfa_enabled": False, "flags": 0, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.gateway.url,
            "shard": [session.shard, session.shards],
            "application": {"id": str(self.bot.id), "flags": 0},
            "private_channels": [],
            "relationships": [],
        }
        session.dispatch("READY", ready)
        if session.intents & Intents.GUILDS:
            for guild in mine:
                session.dispatch("GUILD_CREATE", guild.payload(self.bot))
