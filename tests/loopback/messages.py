"""Messages as they stand in a channel, and as somebody sees them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from . import checks
from .world import Channel, Payload, User

Signer = Callable[["StoredFile"], str]
"""Gives the address that a file has as of now."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person hands over, and what its download will suffer from."""

    filename: str
    data: bytes
    trouble: str | None = None
    """"late" by two seconds, "drip" (byte by byte), "hang" (headers only), "truncated", "expired" or "missing"."""
    content_type: str | None = "text/plain; charset=utf-8"


@dataclass(eq=False, slots=True)
class StoredFile:
    """A file on the CDN."""

    id: int
    channel_id: int
    attachment: Attachment
    description: str | None = None

    @property
    def path(self) -> str:
        """The path that it is served under."""
        return f"/attachments/{self.channel_id}/{self.id}/{PurePosixPath(self.attachment.filename).name}"

    def payload(self, url: str, *, ephemeral: bool = False) -> Payload:
        """Return the attachment object; `url` is the signed address."""
        payload: Payload = {
            "id": str(self.id),
            "filename": self.attachment.filename,
            "size": len(self.attachment.data),
            "url": url,
            "proxy_url": url,
            "ephemeral": ephemeral,
        }
        if self.attachment.content_type is not None:
            payload["content_type"] = self.attachment.content_type
        if self.description is not None:
            payload["description"] = self.description
        return payload


@dataclass(eq=False, slots=True)
class Message:
    """A message, with everything that it once was."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[Payload] = field(default_factory=list)
    components: list[Payload] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    flags: int = 0
    kind: int = 0
    nonce: str | None = None
    allowed_mentions: Payload | None = None
    mentions: list[User] = field(default_factory=list)
    viewer: User | None = None
    """The one who sees an ephemeral message."""
    interaction: Payload | None = None
    answers: "Message | None" = None
    """The message that it replies to."""
    edited_at: datetime | None = None
    deleted: bool = False
    history: list[str] = field(default_factory=list)
    """The text before each edit, the oldest first."""

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & checks.EPHEMERAL)

    @property
    def silent(self) -> bool:
        """Whether it came without a notification."""
        return bool(self.flags & checks.SILENT)

    @property
    def loading(self) -> bool:
        """Whether it still shows "thinking..."."""
        return bool(self.flags & checks.LOADING)

    @property
    def text(self) -> str:
        """All words of it, a block a line, as they were sent (markup and all)."""
        texts = [part["content"] for part in checks.walk(self.components) if part["type"] == checks.TEXT]
        embedded = [embed.get(key) or "" for embed in self.embeds for key in ("title", "description")]
        return "\n".join(words for words in [self.content, *embedded, *texts] if words)

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons that can be pressed, links left out."""
        return [button.get("label") or "" for button in self._buttons()]

    @property
    def links(self) -> list[str]:
        """Where the link buttons lead."""
        return [part["url"] for part in checks.walk(self.components) if part.get("style") == checks.LINK_BUTTON]

    @property
    def menus(self) -> list[Payload]:
        """The select menus, from top to bottom."""
        return [part for part in checks.walk(self.components) if part["type"] in checks.SELECTS]

    @property
    def attachments(self) -> list[Attachment]:
        """The files that it carries."""
        return [file.attachment for file in self.files]

    def _buttons(self) -> Iterator[Payload]:
        for part in checks.walk(self.components):
            if part["type"] == checks.BUTTON and part["style"] != checks.LINK_BUTTON and not part.get("disabled"):
                yield part

    def button(self, wanted: str) -> Payload:
        """Return the button with this label or custom_id.

        Raises:
            AssertionError: there is none, or more than one.
        """
        hits = [part for part in self._buttons() if wanted in {part.get("label"), part["custom_id"]}]
        assert len(hits) == 1, f"{len(hits)} buttons “{wanted}” among {self.buttons} of:\n{self.text}"
        return hits[0]

    def payload(self, sign: Signer, *, nested: bool = False) -> Payload:
        """Return the message object, with the message that it replies to unless it is `nested` in another."""
        payload: Payload = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": self.kind,
            "author": self.author.payload(),
            "content": self.content,
            "embeds": self.embeds,
            "attachments": [file.payload(sign(file), ephemeral=self.ephemeral) for file in self.files],
            "components": self.components,
            "mentions": [user.payload() for user in self.mentions],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "timestamp": datetime.fromtimestamp((self.id >> 22) / 1000 + 1_420_070_400, UTC).isoformat(),
            "edited_timestamp": self.edited_at and self.edited_at.isoformat(),
            "flags": self.flags,
        }
        if self.nonce is not None:
            payload["nonce"] = self.nonce
        if self.answers is not None:
            answered = {"message_id": str(self.answers.id), "channel_id": str(self.channel.id), "type": 0}
            payload["message_reference"] = answered
            if not nested:
                payload["referenced_message"] = (
                    None if self.answers.deleted else self.answers.payload(sign, nested=True)
                )
        if self.interaction is not None:
            payload |= {"interaction_metadata": self.interaction, "application_id": str(self.author.id)}
        return payload

    def replace(self, body: Payload, files: list[StoredFile]) -> None:
        """Let an edit, checked before, take effect."""
        self.history.append(self.text)
        self.files = files
        self.content = body.get("content") or ""
        self.embeds = body.get("embeds") or []
        self.components = numbered(body.get("components") or [])
        self.flags = body["flags"] & ~checks.LOADING
        self.allowed_mentions = body.get("allowed_mentions", self.allowed_mentions)
        self.edited_at = datetime.now(UTC)


def numbered(components: list[Payload]) -> list[Payload]:
    """Give components the ids that Discord gives those without one."""
    taken = {part["id"] for part in checks.walk(components) if part.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    for part in checks.walk(components):
        if not part.get("id"):
            part["id"] = next(free)
    return components


def merged(message: Message, edit: Payload, files: list[StoredFile]) -> dict[str, Any]:
    """Return what a message would become by an edit: a field that is not named stays."""
    body: dict[str, Any] = {
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
        "flags": message.flags,
    }
    body |= {key: value for key, value in edit.items() if key in {"content", "embeds", "components", "poll"}}
    if "allowed_mentions" in edit:
        body["allowed_mentions"] = edit["allowed_mentions"]
    # Components V2 is for good: the flag can be set by an edit, and never be taken off.
    body["flags"] |= int(edit.get("flags") or 0) & checks.COMPONENTS_V2
    checks.check_message(body, {file.attachment.filename for file in files})
    return body
