"""The REST API v10, as far as discord.py and a bot that reads and answers use it."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, web

from . import checks
from .checks import Refusal, invalid, json_response
from .interactions import ALLOWED, Answer, Does, Interaction
from .messages import Attachment, Message, StoredFile, merged, numbered
from .state import Recorded, State
from .world import NOTHING, Channel, Guild, Kind, Payload, Permission, User

PREFIX = "/api/v10"
Files = dict[str, Attachment]
"""Uploaded files by the number that the payload knows them by."""

MOST_FOLLOWUPS = 5
"""Where only the person has installed the app."""

REFUSALS = {
    "Unknown Channel": (404, 10003),
    "Unknown Guild": (404, 10004),
    "Unknown Member": (404, 10007),
    "Unknown Message": (404, 10008),
    "Unknown User": (404, 10013),
    "Unknown Webhook": (404, 10015),
    "Unknown interaction": (404, 10062),
    "Interaction has already been acknowledged.": (400, 40060),
    "Missing Access": (403, 50001),
    "Missing Permissions": (403, 50013),
    "Cannot send messages to this user": (403, 50007),
    "Thread is archived": (400, 50083),
    "Cannot execute action on this channel type": (400, 50024),
    "This interaction has reached the maximum number of follow up messages": (400, 40094),
    "Cannot edit a message authored by another user": (403, 50005),
    "Invalid Webhook Token": (401, 50027),
    "401: Unauthorized": (401, 0),
    "404: Not Found": (404, 0),
}
"""Status and code of what Discord says."""


class Rest:
    """The handlers of all routes."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, below the API's prefix."""
        messages, hook = "/channels/{channel}/messages", "/webhooks/{application}/{token}"
        application = "/applications/{application:\\d+}"
        table: list[tuple[str, str, Callable[[web.Request], Awaitable[web.Response]]]] = [
            ("GET", "/gateway", self._gateway),
            ("GET", "/gateway/bot", self._gateway_bot),
            ("GET", "/users/@me", self._me),
            ("GET", "/users/{user}", self._user),
            ("POST", "/users/@me/channels", self._direct),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("GET", f"{application}/commands", self._commands),
            ("PUT", f"{application}/commands", self._put_commands),
            ("GET", f"{application}/guilds/{{guild}}/commands", self._commands),
            ("PUT", f"{application}/guilds/{{guild}}/commands", self._put_commands),
            ("POST", "/interactions/{interaction}/{token}/callback", self._callback),
            ("POST", hook, self._follow_up),
            ("GET", f"{hook}/messages/{{message}}", self._hook_message),
            ("PATCH", f"{hook}/messages/{{message}}", self._edit_hook_message),
            ("DELETE", f"{hook}/messages/{{message}}", self._delete_hook_message),
            ("GET", "/channels/{channel}", self._channel),
            ("PATCH", "/channels/{channel}", self._change_thread),
            ("POST", "/channels/{channel}/threads", self._start_post),
            ("GET", "/channels/{channel}/threads/archived/public", self._archived_threads),
            ("POST", "/channels/{channel}/typing", self._typing),
            ("GET", messages, self._messages),
            ("POST", messages, self._send),
            ("GET", f"{messages}/{{message}}", self._message),
            ("PATCH", f"{messages}/{{message}}", self._edit),
            ("DELETE", f"{messages}/{{message}}", self._delete),
            ("GET", "/guilds/{guild}", self._guild),
            ("GET", "/guilds/{guild}/channels", self._guild_channels),
            ("GET", "/guilds/{guild}/roles", self._guild_roles),
            ("GET", "/guilds/{guild}/threads/active", self._active_threads),
            ("GET", "/guilds/{guild}/members/{user}", self._member),
            ("POST", "/attachments/refresh-urls", self._refresh),
        ]
        return [web.route(method, PREFIX + path, handler) for method, path, handler in table]

    @web.middleware
    async def record(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Check the token, let the ordered faults strike, write down what was asked and what came of it."""
        name = f"{request.method} {request.path.removeprefix(PREFIX)}"
        if not request.path.startswith(PREFIX):
            # Files have troubles of their own; the gateway's handshake is `GET /gateway/`.
            return await self._state.faults.strike(request, name, handler)
        try:
            response = await self._state.faults.strike(request, name, self._guarded(handler))
        except asyncio.CancelledError:
            raise
        except Exception as bug:
            self._state.bugs.append(bug)
            raise
        cut = request.transport is None or request.transport.is_closing()
        self._state.requests.append(Recorded(name, None if cut else response.status, time.monotonic()))
        self._state.bulletin.changed()
        return response

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                self._check_token(request)
                response = await handler(request)
            except web.HTTPException:
                response = self._refused(request, refusal("404: Not Found"))
            except Refusal as refused:
                response = self._refused(request, refused)
            # So much is left that the client never waits; a test that wants 429 orders one.
            response.headers.update(
                {
                    "X-RateLimit-Limit": "50",
                    "X-RateLimit-Remaining": "49",
                    "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
                    "X-RateLimit-Reset-After": "1.000",
                    "X-RateLimit-Bucket": _bucket(request),
                }
            )
            return response

        return guarded

    def _refused(self, request: web.Request, refusal: Refusal) -> web.Response:
        self._state.refusals.append(f"{request.method} {request.path.removeprefix(PREFIX)}: {refusal}")
        return refusal.response()

    def _check_token(self, request: web.Request) -> None:
        head = request.path.removeprefix(PREFIX).split("/")[1]
        by_its_own_token = head in {"webhooks", "interactions"} or request.path.endswith("/gateway")
        if not by_its_own_token and request.headers.get("Authorization") != f"Bot {self._state.token}":
            raise refusal("401: Unauthorized")

    # What the bot asks when it starts.

    async def _gateway(self, _: web.Request) -> web.Response:
        return json_response({"url": self._state.gateway.url})

    async def _gateway_bot(self, _: web.Request) -> web.Response:
        gateway = self._state.gateway
        limits = {"total": 1000, "remaining": gateway.session_starts, "reset_after": 86_400_000}
        limits["max_concurrency"] = gateway.concurrency
        return json_response({"url": gateway.url, "shards": gateway.shards, "session_start_limit": limits})

    async def _me(self, _: web.Request) -> web.Response:
        return json_response(self._state.bot.payload() | {"verified": True, "mfa_enabled": False, "flags": 0})

    async def _application(self, _: web.Request) -> web.Response:
        bot = self._state.bot
        return json_response(
            {
                "id": str(bot.id),
                "name": bot.name,
                "description": "",
                "icon": None,
                "summary": "",
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "0" * 64,
                "flags": 0,
                "owner": self._state.owner.payload(),
                "bot": bot.payload(),
            }
        )

    async def _commands(self, request: web.Request) -> web.Response:
        return json_response(self._state.commands.get(int(request.match_info.get("guild", 0)), []))

    async def _put_commands(self, request: web.Request) -> web.Response:
        commands = await request.json()
        checks.check_commands(commands)
        guild = int(request.match_info.get("guild", 0))
        known = {(command["name"], command["type"]): command for command in self._state.commands.get(guild, [])}
        application = str(self._state.bot.id)
        registered: list[Payload] = []
        for command in commands:
            kind = command.setdefault("type", 1)
            same = known.get((command["name"], kind))
            own = {
                "id": same["id"] if same else str(self._state.ids.next()),
                "application_id": application,
                "version": str(self._state.ids.next()),
                "description": command.get("description", ""),
            }
            registered.append(command | own)
        self._state.commands[guild] = registered
        return json_response(registered)

    # Interactions.

    async def _callback(self, request: web.Request) -> web.Response:
        interaction = self._state.interactions.get(request.match_info["token"])
        body, files = await _read(request)
        if interaction is None or str(interaction.id) != request.match_info["interaction"] or interaction.expired:
            raise refusal("Unknown interaction")
        if interaction.acked_at is not None:
            raise refusal("Interaction has already been acknowledged.")
        now = asyncio.get_running_loop().time()
        if now - interaction.sent_at > self._state.ack_seconds:
            raise refusal("Unknown interaction")
        if body["type"] not in ALLOWED[interaction.does]:
            raise invalid("type", "BASE_TYPE_CHOICES", f"Not for a {interaction.does.name.lower()} interaction.")
        self._respond(interaction, Answer(body["type"]), body.get("data") or {}, files)
        interaction.acked_at = now
        self._state.bulletin.changed()
        if request.query.get("with_response") in {"1", "true"}:
            return json_response(self._callback_body(interaction))
        return web.Response(status=204)

    def _respond(self, interaction: Interaction, answer: Answer, data: Payload, files: Files) -> None:
        if answer is Answer.SUGGESTIONS:
            checks.check_suggestions(data)
            interaction.suggestions = data.get("choices") or []
        elif answer is Answer.MODAL:
            checks.check_modal(data)
            interaction.modal = data | {"components": numbered(data["components"])}
        elif answer in {Answer.MESSAGE, Answer.DEFERRED}:
            loading = checks.LOADING if answer is Answer.DEFERRED else 0
            interaction.original = self._make(interaction, data, files, flags=loading)
        else:
            interaction.original = interaction.source
            if interaction.source is None:
                raise invalid("type", "BASE_TYPE_CHOICES", "There is no message to update.")
            if answer is Answer.UPDATE:
                self._change(interaction.source, data, files)
                interaction.touch(interaction.source)
        interaction.answered_as = answer

    def _callback_body(self, interaction: Interaction) -> Payload:
        assert interaction.answered_as is not None
        about: Payload = {"id": str(interaction.id), "type": int(interaction.does)}
        body: Payload = {"interaction": about}
        if interaction.original is not None:
            about["response_message_id"] = str(interaction.original.id)
            about["response_message_loading"] = interaction.original.loading
            about["response_message_ephemeral"] = interaction.original.ephemeral
        if interaction.answered_as in {Answer.MESSAGE, Answer.UPDATE} and interaction.original is not None:
            message = interaction.original.payload(self._state.cdn.sign)
            body["resource"] = {"type": int(interaction.answered_as), "message": message}
        return body

    def _make(self, interaction: Interaction, data: Payload, files: Files, *, flags: int) -> Message:
        """Make a message that answers an interaction."""
        flags |= int(data.get("flags") or 0) & (checks.EPHEMERAL | checks.COMPONENTS_V2)
        stored = self._stored(interaction.channel, data, files, [])
        if not flags & checks.LOADING:
            checks.check_message(data, {file.attachment.filename for file in stored})
        message = Message(
            id=self._state.ids.next(),
            channel=interaction.channel,
            author=self._state.bot,
            content=data.get("content") or "",
            embeds=data.get("embeds") or [],
            components=numbered(data.get("components") or []),
            files=stored,
            flags=flags,
            kind=20 if interaction.does is Does.COMMAND else 0,
            allowed_mentions=data.get("allowed_mentions"),
            viewer=interaction.user if flags & checks.EPHEMERAL else None,
            interaction=interaction.metadata(),
        )
        interaction.touch(message)
        return self._state.add_message(message)

    def _change(self, message: Message, data: Payload, files: Files) -> None:
        stored = self._stored(message.channel, data, files, message.files)
        message.replace(merged(message, data, stored), stored)
        if not message.ephemeral:
            self._state.announce(message, "MESSAGE_UPDATE")
        self._state.bulletin.changed()

    def _stored(self, channel: Channel, data: Payload, files: Files, before: list[StoredFile]) -> list[StoredFile]:
        """Return the files that a message has by what its payload says of them.

        Raises:
            Refusal: it names a file that is neither uploaded with it nor part of the message.
        """
        if data.get("attachments") is None:
            return [*before, *(self._state.store(channel, attachment) for attachment in files.values())]
        kept, stored = {str(file.id): file for file in before}, []
        for number, named in enumerate(data["attachments"]):
            key = str(named["id"])
            if key in files:
                stored.append(self._state.store(channel, files[key], named.get("description")))
            elif key in kept:
                stored.append(kept[key])
            else:
                raise invalid(f"attachments.{number}.id", "MESSAGE_ATTACHMENT_NOT_FOUND", "Attachment not found")
        return stored

    def _by_token(self, request: web.Request) -> Interaction:
        interaction = self._state.interactions.get(request.match_info["token"])
        if interaction is None or request.match_info["application"] != str(self._state.bot.id):
            raise refusal("Unknown Webhook")
        if asyncio.get_running_loop().time() - interaction.sent_at > self._state.token_seconds:
            raise refusal("Invalid Webhook Token")
        if interaction.acked_at is None:
            raise refusal("Unknown Webhook")
        if interaction.channel.id not in self._state.channels:
            raise refusal("Unknown Channel")
        return interaction

    def _hooked(self, request: web.Request) -> tuple[Interaction, Message]:
        interaction = self._by_token(request)
        wanted = request.match_info["message"]
        own = [*interaction.followups, *([interaction.original] if interaction.original else [])]
        if wanted == "@original":
            hits = [interaction.original] if interaction.original else []
        else:
            hits = [message for message in own if str(message.id) == wanted]
        if not hits or hits[0].deleted:
            raise refusal("Unknown Message")
        return interaction, hits[0]

    async def _follow_up(self, request: web.Request) -> web.Response:
        body, files = await _read(request)
        interaction = self._by_token(request)
        original = interaction.original
        if original is not None and original.loading and not original.deleted:
            # As Discord does: the first follow-up fills the deferred message, whatever its own ephemeral flag says.
            self._change(original, body, files)
            interaction.touch(original)
            return json_response(original.payload(self._state.cdn.sign))
        guild = interaction.channel.guild
        if guild is not None and not guild.installed and len(interaction.followups) >= MOST_FOLLOWUPS:
            raise refusal("This interaction has reached the maximum number of follow up messages")
        message = self._make(interaction, body, files, flags=0)
        interaction.followups.append(message)
        self._state.bulletin.changed()
        return json_response(message.payload(self._state.cdn.sign))

    async def _hook_message(self, request: web.Request) -> web.Response:
        return json_response(self._hooked(request)[1].payload(self._state.cdn.sign))

    async def _edit_hook_message(self, request: web.Request) -> web.Response:
        body, files = await _read(request)
        interaction, message = self._hooked(request)
        self._change(message, body, files)
        interaction.touch(message)
        self._state.bulletin.changed()
        return json_response(message.payload(self._state.cdn.sign))

    async def _delete_hook_message(self, request: web.Request) -> web.Response:
        self._state.delete_message(self._hooked(request)[1])
        return web.Response(status=204)

    # Channels and messages.

    def _open(self, request: web.Request, needed: Permission = Permission.VIEW_CHANNEL) -> Channel:
        channel = self._state.channels.get(int(request.match_info["channel"]))
        if channel is None:
            raise refusal("Unknown Channel")
        if channel.guild is not None:
            granted = channel.permissions(self._state.bot) if channel.guild.installed else NOTHING
            if not granted & Permission.VIEW_CHANNEL:
                raise refusal("Missing Access")
            if needed & ~granted:
                raise refusal("Missing Permissions")
        return channel

    async def _channel(self, request: web.Request) -> web.Response:
        return json_response(self._open(request).payload())

    async def _typing(self, request: web.Request) -> web.Response:
        self._open(request)
        return web.Response(status=204)

    async def _messages(self, request: web.Request) -> web.Response:
        channel = self._open(request, Permission.READ_MESSAGE_HISTORY)
        query = request.query
        low, high = int(query.get("after", 0)), int(query.get("before", 2**63))
        found = [
            message.payload(self._state.cdn.sign)
            for message in self._state.messages.values()
            if message.channel is channel and not message.deleted and not message.ephemeral and low < message.id < high
        ]
        limit = int(query.get("limit", 50))
        # From the newest back, also where `after` asks for the oldest ones past it.
        chosen = found[:limit] if "after" in query else found[-limit:]
        return json_response(list(reversed(chosen)))

    def _existing(self, request: web.Request, channel: Channel) -> Message:
        message = self._state.messages.get(int(request.match_info["message"]))
        if message is None or message.channel is not channel or message.deleted or message.ephemeral:
            raise refusal("Unknown Message")
        return message

    async def _message(self, request: web.Request) -> web.Response:
        channel = self._open(request, Permission.READ_MESSAGE_HISTORY)
        return json_response(self._existing(request, channel).payload(self._state.cdn.sign))

    async def _send(self, request: web.Request) -> web.Response:
        body, files = await _read(request)
        channel = self._open(request)
        self._check_may_send(request, channel, body)
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        checks.check_length("nonce", nonce, 1, 25)
        known = self._state.remembered(channel, nonce) if body.get("enforce_nonce") else None
        if known is not None:
            return json_response(known.payload(self._state.cdn.sign))
        message = self._new(channel, body, files, nonce)
        if channel.archived:
            self._set_archived(channel, archived=False)
        if nonce is not None:
            self._state.nonces[channel.id, nonce] = (time.monotonic(), message)
        return json_response(self._state.add_message(message).payload(self._state.cdn.sign))

    def _new(self, channel: Channel, body: Payload, files: Files, nonce: str | None) -> Message:
        stored = self._stored(channel, body, files, [])
        checks.check_message(body, {file.attachment.filename for file in stored})
        answered = self._answered(channel, body.get("message_reference"))
        return Message(
            id=self._state.ids.next(),
            channel=channel,
            author=self._state.bot,
            content=body.get("content") or "",
            embeds=body.get("embeds") or [],
            components=numbered(body.get("components") or []),
            files=stored,
            kind=0 if answered is None else 19,
            flags=int(body.get("flags") or 0) & (checks.COMPONENTS_V2 | checks.SILENT),
            nonce=nonce,
            answers=answered,
            allowed_mentions=body.get("allowed_mentions"),
        )

    def _check_may_send(self, request: web.Request, channel: Channel, body: Payload) -> None:
        if channel.kind is Kind.FORUM:
            raise refusal("Cannot execute action on this channel type")
        if channel.recipient is not None and channel.recipient.closed:
            raise refusal("Cannot send messages to this user")
        if channel.is_thread and channel.locked and (channel.archived or not self._moderates(channel)):
            raise refusal("Thread is archived")
        speak = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        self._open(request, speak | (Permission.READ_MESSAGE_HISTORY if body.get("message_reference") else NOTHING))

    def _answered(self, channel: Channel, reference: Payload | None) -> Message | None:
        """Return the message that a new one replies to."""
        if reference is None:
            return None
        message = self._state.messages.get(int(reference["message_id"]))
        if message is not None and message.channel is channel and not message.deleted:
            return message
        if reference.get("fail_if_not_exists", True):
            raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None

    async def _edit(self, request: web.Request) -> web.Response:
        body, files = await _read(request)
        message = self._existing(request, self._open(request))
        if message.author is not self._state.bot:
            raise refusal("Cannot edit a message authored by another user")
        self._change(message, body, files)
        return json_response(message.payload(self._state.cdn.sign))

    async def _delete(self, request: web.Request) -> web.Response:
        channel = self._open(request)
        message = self._existing(request, channel)
        if message.author is not self._state.bot:
            self._open(request, Permission.MANAGE_MESSAGES)
        self._state.delete_message(message)
        return web.Response(status=204)

    async def _direct(self, request: web.Request) -> web.Response:
        user = self._person(int((await request.json())["recipient_id"]))
        return json_response(self._state.direct(user).payload())

    # Threads, and posts in forums.

    async def _start_post(self, request: web.Request) -> web.Response:
        """Start a post in a forum. Unlike a message it takes no nonce: each request makes another."""
        forum = self._open(request, Permission.SEND_MESSAGES)
        body, files = await _read(request)
        if forum.kind is not Kind.FORUM or forum.guild is None:
            raise refusal("Cannot execute action on this channel type")
        checks.check_length("name", body.get("name"), 1, 100)
        post = Channel(self._state.ids.next(), body["name"], forum.guild, Kind.PUBLIC_THREAD, forum)
        post.owner = self._state.bot
        message = self._new(post, body.get("message") or {}, files, None)
        message.id = post.id
        forum.guild.threads[post.id] = self._state.channels[post.id] = post
        self._state.dispatch("THREAD_CREATE", post.payload() | {"newly_created": True}, forum.guild)
        self._state.add_message(message)
        return json_response(post.payload() | {"message": message.payload(self._state.cdn.sign)}, status=201)

    async def _active_threads(self, request: web.Request) -> web.Response:
        guild = self._joined(request)
        open_ones = [thread for thread in guild.threads.values() if not thread.archived]
        seen = [thread for thread in open_ones if thread.permissions(self._state.bot) & Permission.VIEW_CHANNEL]
        return json_response({"threads": [thread.payload() for thread in seen], "members": []})

    async def _archived_threads(self, request: web.Request) -> web.Response:
        parent = self._open(request, Permission.READ_MESSAGE_HISTORY)
        assert parent.guild is not None
        before = request.query.get("before")
        closed = [
            thread
            for thread in parent.guild.threads.values()
            if thread.parent is parent
            and thread.archived
            and (before is None or thread.archived_at < datetime.fromisoformat(before))
        ]
        closed.sort(key=lambda thread: thread.archived_at, reverse=True)
        page = closed[: int(request.query.get("limit", 50))]
        body = {"threads": [thread.payload() for thread in page], "members": [], "has_more": len(page) < len(closed)}
        return json_response(body)

    async def _change_thread(self, request: web.Request) -> web.Response:
        """Archive a thread, or open it again."""
        body = await request.json()
        thread = self._open(request, Permission.SEND_MESSAGES_IN_THREADS)
        if not thread.is_thread or (thread.locked and not self._moderates(thread)):
            raise refusal("Missing Permissions")
        self._set_archived(thread, archived=body["archived"])
        return json_response(thread.payload())

    def _set_archived(self, thread: Channel, *, archived: bool) -> None:
        thread.archived, thread.archived_at = archived, datetime.now(UTC)
        self._state.dispatch("THREAD_UPDATE", thread.payload(), thread.guild)

    def _moderates(self, thread: Channel) -> bool:
        return bool(thread.permissions(self._state.bot) & Permission.MANAGE_THREADS)

    # Guilds and people.

    def _person(self, user_id: int) -> User:
        if user_id not in self._state.users:
            raise refusal("Unknown User")
        return self._state.users[user_id]

    def _joined(self, request: web.Request) -> Guild:
        guild = self._state.guilds.get(int(request.match_info["guild"]))
        if guild is None or not guild.installed:
            raise refusal("Unknown Guild")
        return guild

    async def _user(self, request: web.Request) -> web.Response:
        return json_response(self._person(int(request.match_info["user"])).payload())

    async def _guild(self, request: web.Request) -> web.Response:
        return json_response(self._joined(request).payload(self._state.bot))

    async def _guild_channels(self, request: web.Request) -> web.Response:
        return json_response([channel.payload() for channel in self._joined(request).channels.values()])

    async def _guild_roles(self, request: web.Request) -> web.Response:
        return json_response(self._joined(request).role_payloads())

    async def _member(self, request: web.Request) -> web.Response:
        member = self._joined(request).members.get(int(request.match_info["user"]))
        if member is None:
            raise refusal("Unknown Member")
        return json_response(member.payload())

    async def _refresh(self, request: web.Request) -> web.Response:
        urls = (await request.json())["attachment_urls"]
        refreshed = [{"original": url, "refreshed": self._state.cdn.refresh(url)} for url in urls]
        return json_response({"refreshed_urls": refreshed})


def refusal(message: str) -> Refusal:
    """Return one of the known refusals by its words."""
    status, code = REFUSALS[message]
    return Refusal(status, code, message)


async def _read(request: web.Request) -> tuple[Payload, Files]:
    """Return the payload of a request and the files that came with it."""
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else {}), {}
    return await _parts(await request.multipart())


async def _parts(reader: MultipartReader) -> tuple[Payload, Files]:
    body: dict[str, Any] = {}
    files: Files = {}
    async for part in reader:
        assert isinstance(part, BodyPartReader)
        name = part.name or ""
        if name == "payload_json":
            body = json.loads(await part.text())
        else:
            number = name.removeprefix("files[").removesuffix("]")
            files[number] = Attachment(part.filename or "unknown", bytes(await part.read()), content_type=None)
    return body, files


def _bucket(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return f"{abs(hash((request.method, resource.canonical if resource else ''))):032x}"[:32]
