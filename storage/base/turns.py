"""What the processes of one bot agree on."""

from datetime import datetime, timedelta
from typing import Protocol


class Turns(Protocol):
    """What the processes of one bot agree on. See `storage.base.Storage`."""

    async def fingerprint(self, name: str) -> str | None:
        """Return what `set_fingerprint` last stored under this name."""

    async def set_fingerprint(self, name: str, value: str, *, now: datetime) -> None:
        """Remember a fingerprint, such as the one of the commands last sent to Discord."""

    async def take_turn(self, name: str, *, apart: timedelta, within: timedelta) -> timedelta | None:
        """Return how long to wait for one's turn at something that all processes do one by one, so far apart.

        None where it would come later than `within`; nothing is taken then. A turn that is not used goes by.
        """

    async def take_lease(self, name: str, owner: str, *, lease: timedelta) -> bool:
        """Tell whether something is the owner's alone for so long; who has it may ask again, to have it longer."""

    async def end_lease(self, name: str, owner: str) -> None:
        """Leave to others what was the owner's alone."""
