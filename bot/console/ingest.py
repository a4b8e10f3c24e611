"""Bulk intake: files and folders into a desk; run again, it goes on where it stopped."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column

from bot.console.errors import NoFileError
from bot.console.parsing import incoming
from bot.console.session import call_at, utc_now
from bot.render import terminal
from bot.services import Services
from bot.services.calls import Incoming
from bot.services.errors import explain
from bot.services.replies import Bold, Bullets, Heading, Line, Reply, Tone
from bot.services.wording import count
from storage.errors import FailedDatabaseError, FullError

# The same number for every run, so that the same file brought again is known as the same.
ORIGIN = 0

# Beyond the highest limit that can be set on an upload: it will be refused by its size, so its bytes need no reading.
_MOST_HASHED = 100 * 2**20

# So many failures are listed; a folder of photographs would scroll the totals away.
_MOST_LISTED = 50


@dataclass(slots=True)
class Tally:
    """What bulk intake did so far."""

    files: int = 0
    articles: int = 0
    known: int = 0
    """Files that an earlier run had brought."""
    failures: list[tuple[str, str]] = field(default_factory=list)
    """(path, reason)"""
    stopped: str = ""
    """Why nothing more was tried, where one file's trouble is every file's."""


async def ingest(
    services: Services, paths: Sequence[str], tally: Tally, *, desk_id: int, console: Console, at_a_time: int = 2
) -> None:
    """Take in files, and the files in folders, under a progress bar; what was done is counted in `tally`.

    Each file is stored whole or not at all, so that this may be cancelled at any time.
    """
    found = list(await asyncio.to_thread(_files, paths))
    waiting = iter(found)
    async with _bar(console, len(found)) as bar, asyncio.TaskGroup() as group:
        for _ in range(min(at_a_time, len(found))):
            group.create_task(_work_off(services, waiting, tally, desk_id=desk_id, bar=bar))


def summary(tally: Tally) -> Reply:
    """Return what bulk intake did as a reply."""
    new = (
        f"Added {count(tally.articles, 'article')} from {count(tally.files, 'file')}" if tally.files else "Nothing new"
    )
    known = f"{count(tally.known, 'file')} {'was' if tally.known == 1 else 'were'} here already"
    failed = f"{count(len(tally.failures), 'file')} could not be read"
    rest = [part for part, number in ((known, tally.known), (failed, len(tally.failures))) if number]
    blocks: list[Line | Heading | Bullets] = [Line(("; ".join(rest) + ".",))] if rest else []
    if tally.failures:
        listed = sorted(tally.failures)[:_MOST_LISTED]
        blocks += [Heading(("Not read",)), Bullets(tuple((Bold(path), f" – {why}") for path, why in listed))]
    if len(tally.failures) > _MOST_LISTED:
        blocks.append(Line((f"… and {len(tally.failures) - _MOST_LISTED:,} more.",)))
    if tally.stopped:
        blocks.append(
            Line((f"Stopped: {tally.stopped} Then run the same command again: it goes on where it stopped.",))
        )
    return Reply(new, tuple(blocks), tone=Tone.WARNING if tally.failures or tally.stopped else Tone.DONE)


def stable_id(name: str, data: bytes) -> int:
    """Return a 63-bit id of these bytes under this name, the same in every run."""
    digest = hashlib.sha256(name.encode(errors="surrogateescape") + b"\0" + hashlib.sha256(data).digest()).digest()
    return int.from_bytes(digest[:8]) >> 1


async def _work_off(services: Services, waiting: Iterator[str], tally: Tally, *, desk_id: int, bar: "_Bar") -> None:
    """Take in one file after another until none is waiting."""
    for path in waiting:
        if tally.stopped:
            return
        bar.name(path)
        try:
            await _take(services, path, tally, desk_id=desk_id)
        except (FullError, FailedDatabaseError) as error:
            tally.stopped = str(error)
            return
        except Exception as error:
            why = explain(error)
            if why is None:
                raise
            tally.failures.append((path, why))
        bar.step()


async def _take(services: Services, path: str, tally: Tally, *, desk_id: int) -> None:
    given = await asyncio.to_thread(_identified, path)
    taken = await services.intake.take(call_at(desk_id, utc_now(), origin_id=ORIGIN), given)
    if taken.repeated:
        tally.known += 1
        return
    tally.files += 1
    tally.articles += len(taken.article_ids)


def _identified(path: str) -> Incoming:
    """Return the file under an id that every run gives it.

    Raises:
        NoFileError: it is not there or cannot be read.
    """
    given = incoming(path, folder=Path())
    if given.size and given.size > _MOST_HASHED:
        return given
    try:
        with Path(path).expanduser().open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise NoFileError(path, f"cannot be read: {error.strerror}") from error
    return replace(given, attachment_id=stable_id(given.filename, digest))


def _files(paths: Sequence[str]) -> Iterator[str]:
    """Yield each file once: those named, and those in folders, in order, without hidden ones."""
    seen: set[str] = set()
    for given in paths:
        path = Path(given).expanduser()
        for file in _within(path) if path.is_dir() else [given]:
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def _within(folder: Path) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield str(Path(here, name))


class _Bar:
    """A progress bar that is not there where nobody sits in front of it."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total)

    def name(self, path: str) -> None:
        """Say which file is being read."""
        self._progress.update(self._task, description=terminal.clean(Path(path).name))

    def step(self) -> None:
        """One file is done."""
        self._progress.advance(self._task)


@asynccontextmanager
async def _bar(console: Console, total: int) -> AsyncIterator[_Bar]:
    name = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis"))
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), name)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield _Bar(progress, total)
