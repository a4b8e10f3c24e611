"""Interactions: what a person does with the bot, and what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from . import checks
from .bulletin import Bulletin
from .messages import Attachment, Message, StoredFile
from .world import ALL, MEMBER, Channel, Guild, Kind, Payload, User

ATTACHMENT_LIMIT = 10 * 2**20


class Does(IntEnum):
    """Interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class Answer(IntEnum):
    """Types of the first response."""

    MESSAGE = 4
    DEFERRED = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    SUGGESTIONS = 8
    MODAL = 9


ALLOWED = {
    Does.COMMAND: {Answer.MESSAGE, Answer.DEFERRED, Answer.MODAL},
    Does.COMPONENT: {Answer.MESSAGE, Answer.DEFERRED, Answer.DEFERRED_UPDATE, Answer.UPDATE, Answer.MODAL},
    Does.AUTOCOMPLETE: {Answer.SUGGESTIONS},
    Does.MODAL_SUBMIT: {Answer.MESSAGE, Answer.DEFERRED, Answer.DEFERRED_UPDATE, Answer.UPDATE},
}


@dataclass(eq=False, slots=True)
class Interaction:
    """One thing that a person did, and everything that the bot answered to it."""

    id: int
    token: str
    does: Does
    user: User
    channel: Channel
    data: Payload
    sent_at: float
    """By the clock of the event loop."""
    bulletin: Bulletin
    source: Message | None = None
    """The message whose button or menu was used."""
    acked_at: float | None = None
    answered_as: Answer | None = None
    original: Message | None = None
    """What `@original` means."""
    followups: list[Message] = field(default_factory=list)
    touched: list[Message] = field(default_factory=list)
    """The messages that it made or edited, the latest last."""
    modal: Payload | None = None
    suggestions: list[Payload] | None = None
    expired: bool = False

    async def acked(self, *, within: float = 5) -> float:
        """Return after how many seconds the first response came.

        Raises:
            NotInTimeError: none came.
        """
        await self.bulletin.until(lambda: self.acked_at, within=within, what=lambda: f"an ack of {self}")
        assert self.acked_at is not None
        return self.acked_at - self.sent_at

    async def final_message(
        self, *, within: float = 30, when: Callable[[Message], object] = lambda message: True
    ) -> Message:
        """Return the message that stands in the end: the latest made or edited that is not still loading, and fits.

        Raises:
            NotInTimeError: there is none; it tells what is there instead.
        """
        return await self.bulletin.until(
            lambda: self._latest(when), within=within, what=lambda: f"the answer to {self}; {self._standing()}"
        )

    def _latest(self, when: Callable[[Message], object]) -> Message | None:
        standing = [message for message in self.touched if not message.deleted]
        latest = standing[-1] if standing else None
        return latest if latest is not None and not latest.loading and when(latest) else None

    def _standing(self) -> str:
        return "\n".join(
            f"[{'deleted' if message.deleted else 'loading' if message.loading else 'shown'}] {message.text}"
            for message in self.touched
        )

    async def offered(self, *, within: float = 5) -> list[Payload]:
        """Return the choices that were offered while the person typed.

        Raises:
            NotInTimeError: none came in time.
        """
        found = await self.bulletin.until(
            lambda: None if self.suggestions is None else (self.suggestions,), within=within, what=lambda: f"{self}"
        )
        return found[0]

    async def form(self, *, within: float = 5) -> Payload:
        """Return the form that was opened.

        Raises:
            NotInTimeError: none was.
        """
        return await self.bulletin.until(lambda: self.modal, within=within, what=lambda: f"a form for {self}")

    def touch(self, message: Message) -> None:
        """Note that a message was made or edited by it."""
        self.touched = [other for other in self.touched if other is not message] + [message]

    def metadata(self) -> Payload:
        """Return what a message tells of the interaction that made it."""
        return {
            "id": str(self.id),
            "type": int(self.does),
            "user": self.user.payload(),
            "authorizing_integration_owners": owners(self.channel.guild, self.user),
        }

    def __str__(self) -> str:
        what = self.data.get("name") or self.data.get("custom_id")
        return f"{self.does.name.lower()} “{what}” by {self.user.name}"


def owners(guild: Guild | None, user: User) -> Payload:
    """Return who installed the app that is used here: the guild (0), or the person (1)."""
    if guild is None:
        return {"0": "0"}
    return {"0": str(guild.id)} if guild.installed else {"1": str(user.id)}


def payload(interaction: Interaction, bot: User, source: Payload | None) -> Payload:
    """Return the interaction as INTERACTION_CREATE has it."""
    channel, user, guild = interaction.channel, interaction.user, interaction.channel.guild
    permissions = str(int(channel.permissions(user)))
    result: Payload = {
        "id": str(interaction.id),
        "application_id": str(bot.id),
        "type": int(interaction.does),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": channel.payload() | {"permissions": permissions},
        "locale": "en-GB",
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": owners(guild, user),
        "context": 0 if guild else 1,
        "attachment_size_limit": ATTACHMENT_LIMIT,
        "app_permissions": str(int(channel.permissions(bot) if guild and guild.installed else MEMBER)),
    }
    if source is not None:
        result["message"] = source
    if guild is None:
        return result | {"user": user.payload()}
    return result | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": guild.members[user.id].payload() | {"permissions": permissions},
    }


# What an option's value must be, by the option's type; the client would not let another one pass.
OPTION_TYPES: dict[int, type | tuple[type, ...]] = {
    3: str,
    4: int,
    5: bool,
    7: Channel,
    10: (int, float),
    11: Attachment,
}
SUBCOMMANDS = {1, 2}
ATTACHMENT_OPTION = 11


def find_command(commands: Sequence[Payload], name: str, kind: int = 1) -> tuple[Payload, list[Payload]]:
    """Return a registered command, and the options of it or of its subcommand (`article show`)."""
    head, *rest = name.split(" ") if kind == 1 else [name]
    hits = [command for command in commands if command["name"] == head and command.get("type", 1) == kind]
    assert hits, f"/{name} is not registered; these are: {', '.join(command['name'] for command in commands)}"
    options = hits[0].get("options") or []
    for part in rest:
        options = next(option for option in options if option["name"] == part).get("options") or []
    return hits[0], options


def check_offered(command: Payload, channel: Channel, user: User) -> None:
    """Stop somebody to whom the client would not even show the command.

    Raises:
        AssertionError: so it is.
    """
    needed = int(command.get("default_member_permissions") or 0)
    granted = int(channel.permissions(user))
    assert channel.guild is None or granted & needed == needed, f"{user.name} is not offered /{command['name']}"


def resolve(channel: Channel, user: User) -> Payload:
    """Return the partial channel that comes with an option: what it is, and what the person may do there."""
    kept = {key: value for key, value in channel.payload().items() if key in ("id", "name", "type", "parent_id")}
    return kept | {"permissions": str(int(channel.permissions(user)))}


def fill_options(
    declared: Sequence[Payload],
    given: dict[str, Any],
    store: Callable[[Attachment], StoredFile],
    *,
    focus: str | None = None,
) -> tuple[list[Payload], dict[str, StoredFile]]:
    """Return the options as the client would send them, and the files among them by id.

    Raises:
        AssertionError: the client would not have let this pass.
    """
    unknown = given.keys() - {option["name"] for option in declared}
    assert not unknown, f"no such option: {', '.join(unknown)}"
    options: list[Payload] = []
    files: dict[str, StoredFile] = {}
    for option in declared:
        value = given.get(option["name"])
        if value is None:
            assert focus or not option.get("required"), f"{option['name']} is required"
            continue
        if option["name"] != focus:
            _check_option(option, value)
        if option["type"] == ATTACHMENT_OPTION:
            file = store(value)
            value = str(file.id)
            files[value] = file
        elif isinstance(value, Channel):
            value = str(value.id)
        options.append({"name": option["name"], "type": option["type"], "value": value})
        if option["name"] == focus:
            assert option.get("autocomplete"), f"{focus} offers nothing while it is typed"
            options[-1]["focused"] = True
    return options, files


def _check_option(option: Payload, value: object) -> None:
    name = option["name"]
    expected = OPTION_TYPES.get(option["type"], str)
    assert isinstance(value, expected), f"{name} takes {expected}, not {value!r}"
    if option.get("choices"):
        assert value in {choice["value"] for choice in option["choices"]}, f"{name} has no choice {value!r}"
    size = len(value) if isinstance(value, str) else value
    low = option.get("min_value", option.get("min_length"))
    high = option.get("max_value", option.get("max_length"))
    if isinstance(size, int | float) and not isinstance(size, bool):
        assert low is None or size >= low, f"{name} is at least {low}"
        assert high is None or size <= high, f"{name} is at most {high}"


def nest_options(name: str, options: list[Payload]) -> list[Payload]:
    """Put options below their subcommand, as `article show` needs it."""
    for depth, part in enumerate(reversed(name.split(" ")[1:])):
        options = [{"name": part, "type": 1 if depth == 0 else 2, "options": options}]
    return options


def fill_modal(
    modal: Payload, given: dict[str, str | Sequence[Attachment]], store: Callable[[Attachment], StoredFile]
) -> tuple[list[Payload], dict[str, StoredFile]]:
    """Return the parts of a form with what the person put in, by label or custom_id, and the files among it."""
    parts: list[Payload] = []
    files: dict[str, StoredFile] = {}
    used: set[str] = set()
    for part in modal["components"]:
        field_ = part.get("component") or next(iter(part.get("components") or []), None)
        if field_ is None:
            parts.append({"type": part["type"], "id": part.get("id", 1)})
            continue
        names = {field_["custom_id"], part.get("label"), field_.get("label")} & given.keys()
        used |= names
        # What stands in a field to begin with is sent along, unless something else is typed.
        value = given[names.pop()] if names else field_.get("value", "")
        filled = _fill_field(field_, value, store, files)
        inner = {"component": filled} if "component" in part else {"components": [filled]}
        parts.append({"type": part["type"], "id": part.get("id", 1)} | inner)
    assert used == given.keys(), f"the form does not ask for {', '.join(given.keys() - used)}"
    return parts, files


def _fill_field(
    asked: Payload,
    value: str | Sequence[Attachment],
    store: Callable[[Attachment], StoredFile],
    files: dict[str, StoredFile],
) -> Payload:
    filled = {"type": asked["type"], "id": asked.get("id", 1), "custom_id": asked["custom_id"]}
    if asked["type"] == checks.FILE_UPLOAD:
        stored = [store(attachment) for attachment in value if isinstance(attachment, Attachment)]
        most, needed = asked.get("max_values") or 1, asked.get("required", True)
        assert needed <= len(stored) <= most, f"{asked['custom_id']} takes at most {most} files, and {needed=}"
        files |= {str(file.id): file for file in stored}
        return filled | {"values": [str(file.id) for file in stored]}
    assert isinstance(value, str), f"{asked['custom_id']} takes text"
    assert value or not asked.get("required", True), f"{asked['custom_id']} is required"
    assert len(value) <= asked.get("max_length", 4000), f"{asked['custom_id']} is too long"
    return filled | {"value": value} if asked["type"] == checks.TEXT_INPUT else filled | {"values": [value]}


def may_see(user: User, message: Message) -> bool:
    """Whether the message is on this person's screen."""
    if message.deleted:
        return False
    if message.ephemeral:
        return message.viewer is user
    channel = message.channel
    if channel.kind is Kind.DM:
        return channel.recipient is user
    permissions = channel.permissions(user)
    return permissions == ALL or bool(permissions & 1 << 10)
