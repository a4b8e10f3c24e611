"""A database whose transactions somebody watches: how many are under way, how long they take, how they end."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from storage.turns import Database, Work

T = TypeVar("T")

Watch = Callable[[str], AbstractContextManager[None]]
"""Surrounds each transaction, its wait for a connection included; it is told whether it reads or writes."""


class WatchedDatabase:
    """A database that does all that another does, under watch."""

    def __init__(self, database: Database, watch: Watch) -> None:
        self._database = database
        self._watch = watch

    @property
    def path(self) -> Path | None:
        """The file that it is, if it is one."""
        return self._database.path

    @property
    def where(self) -> str:
        """What messages call it."""
        return self._database.where

    async def read(self, work: Work[T], *, seconds: float | None = None, long: bool = False, keyed: bool = False) -> T:
        """Return what `work` reads; raises as the other's does."""
        with self._watch("read"):
            return await self._database.read(work, seconds=seconds, long=long, keyed=keyed)

    async def write(
        self,
        work: Work[T],
        *,
        desk: int | Collection[int] | None = None,
        rows: bool = False,
        seconds: float | None = None,
        durably: bool = False,
    ) -> T:
        """Return what `work` returns; raises as the other's does."""
        with self._watch("write"):
            return await self._database.write(work, desk=desk, rows=rows, seconds=seconds, durably=durably)

    async def close(self) -> None:
        """Close it."""
        await self._database.close()
