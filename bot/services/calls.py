"""One call of a use case: who asks, where, when, and what the answer may draw on."""

import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from storage.base import Scope

Progress = Callable[[str], Awaitable[None]]

Lacks = Callable[[int], tuple[str, ...] | None]
"""What the bot may not do in a channel, in Discord's own words; None where there is no such channel."""


async def quiet(_: str) -> None:
    """Tell nobody: the progress of calls that are over in a moment."""


Sight = Callable[[], Scope]
"""Everything that the asker may read."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something can be posted by schedule, as far as the bot knows it at this moment."""

    audience_id: int
    """Who reads it: see `storage.base`."""
    audiences: frozenset[int]
    """What may be drawn on for all who read it."""
    forum: bool = False
    """What is posted makes a new post each time."""
    lacks: tuple[str, ...] = ()
    """What the bot would need there and may not do, in Discord's own words."""
    roles: frozenset[int] = frozenset()
    """The roles of the server but for everyone's."""
    silent: frozenset[int] = frozenset()
    """Those of them that the bot may not notify."""


Spots = Callable[[int | None], Spot | None]
"""What is known of a channel of the server, or with None of the asker's direct messages; None where there is none."""


def lacks_nothing(_: int) -> tuple[str, ...]:
    """Say that nothing is missing: where there are no permissions to miss."""
    return ()


@dataclass(frozen=True, slots=True)
class Call:
    """What every service method takes first."""

    scope: Scope
    channel_id: int
    """Where the answer is shown."""
    audience_id: int
    """Who may read what this call adds: see `storage.base`."""
    origin_id: int
    """The interaction or message that asks; the same one tried again does nothing twice."""
    now: datetime
    private: bool = False
    """Only the asker sees the answer."""
    manager: bool = False
    """The asker may manage other people's messages here."""
    admin: bool = False
    """The asker may manage the server, or the desk is the asker's own."""
    guild_id: int | None = None
    progress: Progress = quiet
    lacks: Lacks = lacks_nothing
    spots: Spots | None = None
    """None where nothing is known of channels: at a terminal."""
    sight: Sight | None = None
    """What the asker may read, where that is more than what the answer may draw on."""

    @property
    def own_scope(self) -> Scope:
        """Return what the asker may read: for what somebody tells to all on purpose, and for nothing else."""
        return self.sight() if self.sight else self.scope


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that a person hands over: fetched only by the service, within its limits."""

    filename: str
    size: int | None = None
    attachment_id: int = 0
    message_id: int | None = None
    """The message that it came with, if any."""
    url: str | None = None
    """Where the front end keeps it for us (Discord's CDN)."""
    path: str | None = None
    """A file of the person at the terminal."""
    media_type: str | None = None


def bare_name(name: str) -> str:
    """Return a file's name alone: no path, and nothing that is not seen or turns the writing direction."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
