"""What is looked out for, and what came of it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from storage.base.schedules import NewSchedule, Schedule
from storage.base.scopes import Scope


@dataclass(frozen=True, slots=True)
class Arrival:
    """An upload that is still to be held against the watches of its desk."""

    desk_id: int
    upload_id: int
    at: datetime
    words: tuple[str, ...]
    """Of each of its articles, as `storage.folding.spell` writes them."""
    names: frozenset[str]
    """What the names in them are looked up by (`summariser.entities.name_keys`)."""


Hit = tuple[int, int, int]
"""What may be for a watch: the desk, the watch and the upload."""


@dataclass(frozen=True, slots=True)
class Alerting:
    """When a watch tells what it has found."""

    gathering: timedelta
    """So long it waits for more."""
    floor: timedelta
    """The least time between two alerts."""
    after_failure: timedelta
    """The least time after one that was given up."""
    unsure: str
    """The reason of one that may have arrived: what it held is not told again."""


class Watches(Protocol):
    """What is looked out for, and what came of it. See `storage.base.Storage`."""

    async def make_watch(self, scope: Scope, new: NewSchedule, *, most_own: int, most: int) -> Schedule:
        """Keep a new schedule of the kind `watch`, which has no times: what comes in makes it due.

        Two are the same that post in one place and whose `what` has the same `about`; of what goes to one person, that
        person's alone are compared.

        Raises:
            TooManyWatchesError: there are as many watches of its maker, or of the desk, as there may be.
            SameWatchError: it is there already.
        """

    async def watches(self, scope: Scope) -> tuple[Schedule, ...]:
        """Return the watches that tell what they find where the scope can read, the latest first."""

    async def last_alerts(self, scope: Scope, schedule_ids: Collection[int]) -> dict[int, datetime]:
        """Return for each of these visible schedules that ever posted when it last did."""

    async def arrivals(self, *, now: datetime, limit: int = 20) -> tuple[Arrival, ...]:
        """Return uploads of all desks that are still to be held against watches, for the application's own use.

        Those in which names or copies are still to be found wait for that, for some minutes at most.
        """

    async def running_watches(self, desk_id: int) -> tuple[Schedule, ...]:
        """Return the watches of a desk that are not paused, for the application's own use."""

    async def bring_watch_back(
        self, scope: Scope, schedule_id: int, change: Callable[[Schedule], Schedule], *, most_own: int, most: int
    ) -> Schedule:
        """Let a watch be there again that was removed, with what it has told, as `change` makes it; return it.

        What came in meanwhile it does not tell.

        Raises:
            UnknownScheduleError: none was removed, or it is deleted or not visible.
            TooManyWatchesError, SameWatchError: as in `make_watch`.
        """

    async def note_hits(self, done: Sequence[Arrival], hits: Sequence[Hit], *, now: datetime) -> None:
        """Keep for which watches, by schedule and upload, uploads may be, and that these have been looked at.

        Where another process has done so already, nothing happens.
        """

    async def open_alerts(self, alerting: Alerting, *, now: datetime) -> int:
        """Begin a delivery for each watch that has something to tell and none under way; return how many.

        Bounded: 20 a call; there may be more as long as it is not 0.
        """

    async def watch_hits(self, desk_id: int, schedule_id: int) -> tuple[int, ...]:
        """Return the uploads that may be for a watch and that it has not told of, the earliest first."""

    async def drop_watch_hits(self, desk_id: int, schedule_id: int, upload_ids: Collection[int]) -> None:
        """Let go of uploads that turned out not to be for a watch."""

    async def looked(self, scope: Scope) -> datetime | None:
        """Return up to when the asker was told what is new in the desk; None for somebody who never was."""

    async def look(self, scope: Scope, *, before: datetime | None, after: datetime | None) -> bool:
        """Note up to when the asker was told what is new, if it still is as `before`; return whether it was."""
