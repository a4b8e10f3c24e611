"""The loopback Discord itself: a server on 127.0.0.1, and the hands of the people who use the bot."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from .faults import Faults
from .gateway import Gateway
from .interactions import (
    Does,
    Interaction,
    check_offered,
    fill_modal,
    fill_options,
    find_command,
    may_see,
    nest_options,
    payload,
    resolve,
)
from .messages import Attachment, Message
from .rest import PREFIX, Rest
from .state import Recorded, State
from .world import ALL, NOTHING, Channel, Guild, Kind, Member, Overwrite, Payload, Permission, Role, User

MANAGER = Permission.MANAGE_MESSAGES


@dataclass(frozen=True, slots=True)
class GuildHandle:
    """A guild, and what a test does to it."""

    state: State
    guild: Guild

    @property
    def id(self) -> int:
        """The guild's id."""
        return self.guild.id

    def member(self, user: User | str, *, manager: bool = False, admin: bool = False) -> User:
        """Let somebody join; a manager may manage messages, an admin the server."""
        person = self.state.user(user) if isinstance(user, str) else user
        member = self.guild.members.setdefault(person.id, Member(person))
        if manager:
            member.roles.add(self._role("Desk managers", MANAGER).id)
        if admin:
            member.roles.add(self._role("Server managers", Permission.MANAGE_GUILD).id)
        return person

    def channel(
        self, name: str, *, readers: Sequence[User] | None = None, bot: bool = True, kind: Kind = Kind.TEXT
    ) -> Channel:
        """Make a channel: for everyone, or hidden from all but the readers (and from the bot, unless `bot`)."""
        made = Channel(self.state.ids.next(), name, self.guild, kind)
        if readers is not None:
            made.overwrites.append(Overwrite(self.guild.id, deny=Permission.VIEW_CHANNEL))
            allowed = [*readers, *([self.state.bot] if bot else [])]
            made.overwrites += [Overwrite(user.id, member=True, allow=Permission.VIEW_CHANNEL) for user in allowed]
        self.guild.channels[made.id] = self.state.channels[made.id] = made
        self.state.dispatch("CHANNEL_CREATE", made.payload(), self.guild)
        return made

    def thread(self, parent: Channel, name: str, *, members: Sequence[User] | None = None) -> Channel:
        """Make a thread below a channel: public, or private for its members."""
        kind = Kind.PUBLIC_THREAD if members is None else Kind.PRIVATE_THREAD
        people = {self.state.bot.id, *(user.id for user in members or ())}
        made = Channel(self.state.ids.next(), name, self.guild, kind, parent, thread_members=people)
        self.guild.threads[made.id] = self.state.channels[made.id] = made
        self.state.dispatch("THREAD_CREATE", made.payload() | {"newly_created": True}, self.guild)
        return made

    def add_bot(self) -> None:
        """Let the owner add the bot to a guild that had not installed it."""
        self.guild.installed = True
        self.guild.members[self.state.bot.id] = Member(self.state.bot)
        joined = self.guild.payload(self.state.bot)
        # A guild that comes back into sight, as all do at a start, says so here; one that is joined does not.
        del joined["unavailable"]
        self.state.dispatch("GUILD_CREATE", joined, self.guild)

    def remove_bot(self) -> None:
        """Let the owner take the bot out."""
        body = {"id": str(self.guild.id)}
        self.state.dispatch("GUILD_DELETE", body, self.guild)
        self.guild.installed = False
        del self.guild.members[self.state.bot.id]

    def lose(self) -> None:
        """Let Discord lose the guild from sight, as in an outage; `come_back` ends it."""
        self.state.dispatch("GUILD_DELETE", {"id": str(self.guild.id), "unavailable": True}, self.guild)

    def come_back(self) -> None:
        """End an outage."""
        self.state.dispatch("GUILD_CREATE", self.guild.payload(self.state.bot), self.guild)

    def lock(self, thread: Channel) -> None:
        """Archive a thread so that only moderators may open it again."""
        thread.locked = True
        self.archive(thread)

    def archive(self, thread: Channel) -> None:
        """Archive a thread; whoever writes in it opens it again, unless it is locked."""
        thread.archived, thread.archived_at = True, datetime.now(UTC)
        self.state.dispatch("THREAD_UPDATE", thread.payload(), self.guild)

    def forum(self, name: str) -> Channel:
        """Make a forum, for everyone."""
        return self.channel(name, kind=Kind.FORUM)

    def demand_tags(self, forum: Channel) -> None:
        """Let a forum take no post without a tag."""
        forum.flags = 1 << 4
        self.state.dispatch("CHANNEL_UPDATE", forum.payload(), self.guild)

    def posts(self, forum: Channel) -> list[Channel]:
        """Return the posts in a forum."""
        return [thread for thread in self.guild.threads.values() if thread.parent is forum]

    def role(self, name: str, permissions: Permission = NOTHING) -> Role:
        """Make a role, or return the one of this name."""
        return self._role(name, permissions)

    def allow_bot(self, channel: Channel, allowed: Permission) -> None:
        """Give the bot permissions in a channel."""
        channel.overwrites.append(Overwrite(self.state.bot.id, member=True, allow=allowed))
        self.state.dispatch("CHANNEL_UPDATE", channel.payload(), self.guild)

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel."""
        del self.guild.channels[channel.id], self.state.channels[channel.id]
        self.state.dispatch("CHANNEL_DELETE", channel.payload(), self.guild)

    def remove_thread(self, thread: Channel) -> None:
        """Delete a thread."""
        del self.guild.threads[thread.id], self.state.channels[thread.id]
        assert thread.parent is not None
        body = {"id": str(thread.id), "guild_id": str(self.guild.id), "parent_id": str(thread.parent.id)}
        self.state.dispatch("THREAD_DELETE", body | {"type": int(thread.kind)}, self.guild)

    def forbid_bot(self, channel: Channel, denied: Permission) -> None:
        """Take permissions in a channel from the bot."""
        channel.overwrites.append(Overwrite(self.state.bot.id, member=True, deny=denied))
        self.state.dispatch("CHANNEL_UPDATE", channel.payload(), self.guild)

    def _role(self, name: str, permissions: Permission) -> Role:
        for role in self.guild.roles.values():
            if role.name == name:
                return role
        role = Role(self.state.ids.next(), name, permissions)
        self.guild.roles[role.id] = role
        body = {"guild_id": str(self.guild.id), "role": role.payload(len(self.guild.roles))}
        self.state.dispatch("GUILD_ROLE_CREATE", body, self.guild)
        return role


class LoopbackDiscord:
    """A Discord of one bot. As an async context manager it serves; what people do are its methods.

    `state` has everything that it knows, `faults` and `gateway` break things on order.
    """

    def __init__(self, *, port: int = 0, shards: int = 1) -> None:
        self.state = State()
        self.state.gateway.shards = shards
        self.url = ""
        """What DISCORD_API_URL takes."""
        self._port = port
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        rest = Rest(self.state)
        app = web.Application(middlewares=[rest.record], client_max_size=64 * 2**20)
        app.add_routes(rest.routes())
        app.router.add_get("/attachments/{channel}/{file}/{name}", self.state.cdn.serve)
        app.router.add_get("/gateway/", self.state.gateway.serve)
        # Handlers that hang on purpose are cut off at the end rather than waited for.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self._port).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}{PREFIX}"
        self.state.cdn.base = f"http://{host}:{port}"
        self.gateway.url = f"ws://{host}:{port}/gateway/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.gateway.drop(1001)
        await self._stack.aclose()
        if self.state.bugs and error is None:
            raise self.state.bugs[0]

    @property
    def token(self) -> str:
        """The only token that is let in."""
        return self.state.token

    @property
    def faults(self) -> Faults:
        """Where requests are made to fail."""
        return self.state.faults

    @property
    def gateway(self) -> Gateway:
        """Where connections are made to break."""
        return self.state.gateway

    # The world.

    def guild(self, name: str = "Harbour Watch", *, installed: bool = True, shard: int | None = None) -> GuildHandle:
        """Make a guild, served by a given shard if that matters."""
        guild_id = None if shard is None else self.state.ids.on_shard(shard, self.gateway.shards)
        guild = self.state.guild(name, installed=installed, guild_id=guild_id)
        self.state.dispatch("GUILD_CREATE", guild.payload(self.state.bot), guild)
        return GuildHandle(self.state, guild)

    def user(self, name: str) -> User:
        """Make a person who is in no guild yet."""
        return self.state.user(name)

    def direct(self, user: User) -> Channel:
        """Return somebody's direct messages with the bot."""
        return self.state.direct(user)

    def say(
        self,
        user: User,
        channel: Channel,
        content: str = "",
        *,
        files: Sequence[Attachment] = (),
        mention: bool = False,
    ) -> Message:
        """Let a person write a message."""
        stored = [self.state.store(channel, file) for file in files]
        mentions = [self.state.bot] if mention else []
        text = f"<@{self.state.bot.id}> {content}" if mention else content
        message = Message(self.state.ids.next(), channel, user, text, files=stored, mentions=mentions)
        return self.state.add_message(message)

    def redeliver(self, message: Message) -> None:
        """Bring a message once more, as a resume may."""
        self.state.announce(message, "MESSAGE_CREATE")

    def delete(self, message: Message) -> None:
        """Delete a message, as a moderator would."""
        self.state.delete_message(message)

    def delete_all(self, messages: Sequence[Message]) -> None:
        """Delete messages of one channel at one go, as a moderator's tool would."""
        self.state.delete_messages(messages)

    def edit(
        self,
        message: Message,
        *,
        content: str | None = None,
        without: Sequence[str] = (),
        added: Sequence[Attachment] = (),
    ) -> None:
        """Let a person change a message: its text, the files that it drops by name, those that it adds."""
        kept = [file for file in message.files if file.attachment.filename not in without]
        files = [*kept, *(self.state.store(message.channel, file) for file in added)]
        words = message.content if content is None else content
        message.replace({"content": words, "flags": message.flags}, files)
        self.state.announce(message, "MESSAGE_UPDATE")

    def replies(self, message: Message) -> list[Message]:
        """Return the replies to a message that stand."""
        return [other for other in self.state.messages.values() if other.answers is message and not other.deleted]

    def posted(self, channel: Channel) -> list[Message]:
        """Return what the bot has posted in a channel, ephemeral messages left out."""
        mine = [other for other in self.state.messages.values() if other.author is self.state.bot]
        return [other for other in mine if other.channel is channel and not other.deleted and not other.ephemeral]

    def forget_nonces(self) -> None:
        """Let Discord's memory of nonces run out."""
        self.state.nonces.clear()

    # What people do with the bot.

    async def slash(self, user: User, channel: Channel, command: str, /, **options: Any) -> Interaction:
        """Run a slash command (`article show` for a subcommand); files are given as `Attachment`.

        Raises:
            AssertionError: Discord's client would not let this pass, or no bot is connected.
        """
        return self._command(Does.COMMAND, user, channel, command, options)

    async def autocomplete(
        self, user: User, channel: Channel, command: str, focus: str, typed: str, /, **options: Any
    ) -> Interaction:
        """Type into an option of a command."""
        return self._command(Does.AUTOCOMPLETE, user, channel, command, options | {focus: typed}, focus)

    def _command(
        self, does: Does, user: User, channel: Channel, name: str, given: dict[str, Any], focus: str | None = None
    ) -> Interaction:
        registered, declared = find_command(self._commands(channel), name)
        check_offered(registered, channel, user)
        options, files = fill_options(
            declared, given, lambda attachment: self.state.store(channel, attachment), focus=focus
        )
        data: Payload = {"id": registered["id"], "name": registered["name"], "type": 1}
        data["options"] = nest_options(name, options)
        if files and does is Does.COMMAND:
            data["resolved"] = {"attachments": {key: self._shown(file_id=int(key)) for key in files}}
        if named := [value for value in given.values() if isinstance(value, Channel)]:
            data.setdefault("resolved", {})["channels"] = {str(each.id): resolve(each, user) for each in named}
        return self._interact(does, user, channel, data)

    async def context_menu(self, user: User, message: Message, command: str) -> Interaction:
        """Use a message command on a message."""
        registered, _ = find_command(self._commands(message.channel), command, kind=3)
        target = str(message.id)
        data = {
            "id": registered["id"],
            "name": command,
            "type": 3,
            "target_id": target,
            "resolved": {"messages": {target: message.payload(self.state.cdn.sign)}},
        }
        return self._interact(Does.COMMAND, user, message.channel, data)

    async def click(self, message: Message, button: str, *, user: User) -> Interaction:
        """Press the button with this label or custom_id."""
        pressed = message.button(button)
        data = {"custom_id": pressed["custom_id"], "component_type": pressed["type"], "id": pressed["id"]}
        return self._interact(Does.COMPONENT, user, message.channel, data, message)

    async def choose(self, message: Message, menu: int, choice: int | str, *, user: User) -> Interaction:
        """Choose one line of a menu, by its place or by its label."""
        selected = message.menus[menu]
        lines = selected["options"]
        hits = [lines[choice]] if isinstance(choice, int) else [line for line in lines if line["label"] == choice]
        assert len(hits) == 1, f"{len(hits)} lines “{choice}” in {[line['label'] for line in lines]}"
        data = {"custom_id": selected["custom_id"], "component_type": selected["type"], "id": selected["id"]}
        return self._interact(Does.COMPONENT, user, message.channel, data | {"values": [hits[0]["value"]]}, message)

    async def submit(self, opened: Interaction, values: dict[str, str | Sequence[Attachment]]) -> Interaction:
        """Send the form that an interaction opened, with values by label or custom_id."""
        modal = await opened.form()
        parts, files = fill_modal(modal, values, lambda attachment: self.state.store(opened.channel, attachment))
        data: Payload = {"custom_id": modal["custom_id"], "components": parts}
        if files:
            data["resolved"] = {"attachments": {key: self._shown(file_id=int(key)) for key in files}}
        return self._interact(Does.MODAL_SUBMIT, opened.user, opened.channel, data, opened.source)

    def _commands(self, channel: Channel) -> list[Payload]:
        guild = channel.guild.id if channel.guild else 0
        return [*self.state.commands[0], *(self.state.commands.get(guild, []) if guild else [])]

    def _shown(self, file_id: int) -> Payload:
        file = self.state.cdn[file_id]
        return file.payload(self.state.cdn.sign(file), ephemeral=True)

    def _interact(
        self, does: Does, user: User, channel: Channel, data: Payload, source: Message | None = None
    ) -> Interaction:
        _check_reach(user, channel, source)
        guild = channel.guild
        session = self.gateway.holder(guild.id if guild else 0)
        assert session is not None, "no bot holds the shard: the client would say that the application did not respond"
        state = self.state
        interaction = Interaction(
            id=state.ids.next(),
            token=secrets.token_urlsafe(24),
            does=does,
            user=user,
            channel=channel,
            data=data,
            sent_at=asyncio.get_running_loop().time(),
            bulletin=state.bulletin,
            source=source,
        )
        state.interactions[interaction.token] = interaction
        origin = source.payload(state.cdn.sign) if source else None
        session.dispatch("INTERACTION_CREATE", payload(interaction, state.bot, origin))
        return interaction

    # What a test asks.

    async def until(self, look: Callable[[], Any], *, within: float = 20, what: str = "it") -> Any:
        """Return what `look` finds as soon as it finds something; it is asked whenever something happened.

        Raises:
            NotInTimeError: it found nothing.
        """
        return await self.state.bulletin.until(look, within=within, what=lambda: what)

    async def ready(self, *, within: float = 20, identifies: int = 1) -> None:
        """Wait until a bot holds all shards, after so many identifications in all."""
        await self.until(
            lambda: self.gateway.ready and self.gateway.identifies >= identifies, within=within, what="the bot online"
        )

    def recorded(self, name: str) -> list[Recorded]:
        """Return the requests to a route (`METHOD /path` with `*`) so far."""
        return [request for request in self.state.requests if fnmatchcase(request.name, name)]


def _check_reach(user: User, channel: Channel, source: Message | None) -> None:
    if channel.guild is not None:
        assert user.id in channel.guild.members, f"{user.name} is not in {channel.guild.name}"
        granted = channel.permissions(user)
        assert granted == ALL or granted & Permission.VIEW_CHANNEL, f"{user.name} does not see #{channel.name}"
    assert source is None or may_see(user, source), f"{user.name} does not see this message:\n{source.text}"
