"""What a desk has decided and used, and what the buttons of its answers do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class KeptActions:
    """What the buttons and the menu of one reply will do."""

    actions_id: int
    owner_id: int
    requests: tuple[dict[str, Any], ...]
    """JSON objects, in the order of the reply's controls; their meaning is the application's."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What a desk's managers have decided; what they have not is as here."""

    watched: frozenset[int] = frozenset()
    """Channels whose uploads are read without being asked; their threads count with them."""
    zone: str = "UTC"
    """The IANA name of the time zone, for days and hours in texts that cannot follow their reader's own."""
    sentences: int = 5
    private: bool = False
    """Answers are the asker's alone unless asked otherwise."""
    adders: str = "everyone"
    """`everyone` or `managers`: who may add."""
    shared: frozenset[int] = frozenset()
    """Channels whose articles the whole desk may draw on."""
    quiet: bool = False
    """Receipts that nobody asked for come as silent messages."""
    person_uploads_a_day: int = 200
    desk_uploads_a_day: int = 2000
    person_mib_a_day: int = 500
    desk_mib_a_day: int = 5000
    desk_articles: int = 200_000
    person_commands_a_minute: int = 30
    keep_days: int = 0
    """After so many days what was brought is taken out by itself; 0: never."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much was brought."""

    uploads: int
    bytes: int


@dataclass(frozen=True, slots=True)
class DeskUsage:
    """How much of its limits a desk, and one person in it, has used."""

    person: Usage
    desk: Usage
    articles: int


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most that may be brought within `window`."""

    window: timedelta
    person: Usage
    desk: Usage
    largest: int
    """No upload has more bytes than this, so that those of few need not be added up."""


class Desks(Protocol):
    """What a desk has decided and used, and what the buttons of its answers do. See `storage.base.Storage`."""

    async def keep_actions(self, desk_id: int, actions: KeptActions) -> None:
        """Remember what a reply's controls do."""

    async def actions(self, desk_id: int, actions_id: int, *, now: datetime) -> KeptActions:
        """Return what a reply's controls do.

        Raises:
            UnknownActionError: expired, or not of this desk.
        """

    async def prune_actions(self, *, now: datetime) -> int:
        """Delete the expired actions of all desks; return how many."""

    async def claim(self, desk_id: int, name: str, *, now: datetime) -> bool:
        """Tell whether nobody has claimed this name in the desk before: what must be said once, such as the hello."""

    async def settings(self, desk_id: int) -> DeskSettings:
        """Return what a desk has set, and the usual where it has not."""

    async def change_settings(
        self, desk_id: int, change: Callable[[DeskSettings], DeskSettings], *, changed_by: int, now: datetime
    ) -> tuple[DeskSettings, DeskSettings]:
        """Change a desk's settings and return them as they were and as they are.

        `change` is called within the transaction, with what holds at that moment: two changes at once both last.
        """

    async def watching(self) -> int:
        """Return how many desks have channels to watch: for whoever runs the program, who has to allow it."""

    async def usage(self, desk_id: int, person_id: int, *, since: datetime) -> DeskUsage:
        """Return what was brought to a desk since then, by one person and by all, and how many articles it holds.

        For limits alone: it counts what the person may not see.
        """

    async def held(self, desk_id: int) -> int:
        """Return how many articles a desk holds, whoever may see them: for limits alone."""

    async def check_room(self, desk_id: int, person_id: int, *, size: int, ceilings: Ceilings, now: datetime) -> None:
        """Look whether a person may bring one upload more, of this many bytes.

        Raises:
            OverLimitError: not now; it says which limit is reached, and when there is room again.
        """
