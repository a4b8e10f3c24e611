"""What whoever runs the program does to a whole database: writing it out, reading it in, forgetting for good."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path

from storage import exporting
from storage.alone import check_alone
from storage.archive import Manifest, Told, new_file
from storage.base import Scope
from storage.connecting import open_database
from storage.database import SqlStorage, prepare
from storage.errors import UnknownDeskError
from storage.importing import Imported, import_archive
from storage.postgres.copies import find_copies
from storage.urls import find_server

# Writing out a large database is one read, of one state of it.
_EXPORT_SECONDS = 86_400.0

# Nobody waits for what these do, and another may be writing.
_SECONDS = 60.0

# Others may just be reading what was there before: tries, and the seconds between them.
_SWEEPS = 40
_SWEEP_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went for good."""

    desks: int
    """In how many there was anything."""
    uploads: int
    swept: bool
    """Whether nothing of it is left in the files of the database; else it goes as soon as those are read no more."""
    copies: tuple[str, ...]
    """Copies beside the database that were made before, and hold it still."""
    on_server: bool = False
    """Whether a server's files hold letters of it, in pages that are free, until those are used again."""


class Keeper(SqlStorage):
    """A storage with what its operator alone may ask."""

    async def desks(self) -> tuple[int, ...]:
        """Return the desks that there is anything of."""
        return await self._database.read(exporting.desks)

    async def write_out(self, path: Path, *, only: int | None, begins: Told, told: Told) -> Manifest:
        """Write one desk or all to a file, as they were at one moment.

        `begins` is told how many rows there are, `told` each few that are written; both in another thread.

        Raises:
            NothingToExportError: there is no such desk, or none.
            FileThereError: the file is there already.
            UnwritableFileError: it cannot be written.
        """
        with new_file(path) as begun, begun.open("r+b") as file:
            return await self._database.read(
                lambda c: exporting.export_desks(c, file, only, told, begins), seconds=_EXPORT_SECONDS
            )

    async def read_in(self, path: Path, *, begins: Told, told: Told) -> tuple[Imported, ...]:
        """Read an export in; see `storage.importing.import_archive`."""
        return await import_archive(self._database, path, begins=begins, told=told)

    async def forget_user(self, person_id: int, *, begins: Told, told: Told) -> Forgotten:
        """Delete for good what a person brought to any desk, every record of the person, and the person's own desk.

        `begins` is told how many desks there are, `told` each that was looked through.
        """
        there = await self.desks()
        begins(len(there))
        found, uploads = 0, 0
        for desk_id in there:
            if desk_id == -person_id:
                found += 1
                uploads += await self.forget_desk(desk_id)
            elif any(gone := await self._forget_in(desk_id, person_id)):
                found += 1
                uploads += gone[0]
            told(1)
        return await self._swept(found, uploads)

    async def forget_whole_desk(self, desk_id: int) -> Forgotten:
        """Delete for good a desk with everything in it.

        Raises:
            UnknownDeskError: there is no such desk.
        """
        if desk_id not in await self.desks():
            raise UnknownDeskError(desk_id)
        return await self._swept(1, await self.forget_desk(desk_id))

    async def _forget_in(self, desk_id: int, person_id: int) -> tuple[int, ...]:
        """Forget a person in one desk; return how much there was."""
        records = await self.forget_person(Scope(desk_id, person_id, None), person_id, now=datetime.now(UTC))
        return records.uploads + records.trashed, *astuple(records)

    async def _swept(self, desks: int, uploads: int) -> Forgotten:
        """Erase what is left in indexes, logs and free pages."""
        while not await self.purge_search():
            pass
        path = self._database.path
        if path is None:
            return await self._swept_on_server(desks, uploads)
        return Forgotten(desks, uploads, await _empty_log(path), tuple(map(str, copies_beside(path))))

    async def _swept_on_server(self, desks: int, uploads: int) -> Forgotten:
        if self._url is None or find_server(self._url) is None:
            return Forgotten(desks, uploads, swept=True, copies=())
        from storage.dumping import vacuum  # noqa: PLC0415  SQLite's users need no driver

        copies = await self._database.read(find_copies)
        told = tuple(f"the database “{name}”" for name, _ in copies)
        return Forgotten(desks, uploads, await vacuum(self._url), told, on_server=True)


def copies_beside(path: Path) -> list[Path]:
    """Return the copies of a database, and of its log, that migrations and restores left beside it."""
    return sorted(path.parent.glob(f"{escape(path.name)}.before-*.bak*"))


async def _empty_log(path: Path) -> bool:
    """Bring all that is in SQLite's log into its file, and empty the log; return whether nobody was in the way."""
    for _ in range(_SWEEPS):
        if await asyncio.to_thread(_checkpoint, path):
            return True
        await asyncio.sleep(_SWEEP_SECONDS)
    return False


def _checkpoint(path: Path) -> bool:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy


@asynccontextmanager
async def open_keeper(url: str, *, alone: bool = False) -> AsyncIterator[Keeper]:
    """Open a database for its operator, and close it when the block ends; raises as `open_storage` does.

    Raises:
        InUseError: it is to be had `alone`, and somebody else has it open.
    """
    if alone:
        await check_alone(url)
    database = open_database(url, seconds=_SECONDS)
    try:
        await prepare(database)
        yield Keeper(database, url)
    finally:
        await database.close()
