"""The subcommands for whoever runs the program: backups, exports and imports, forgetting for good."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.config import Settings
from bot.render.terminal import flow, open_console
from bot.services.removal import COPIES_KEPT_FOR
from bot.services.wording import count
from storage.archive import Manifest
from storage.backup import BackedUp, Restored, back_up, restore
from storage.importing import Imported
from storage.keeping import Forgotten, open_keeper

FAILED = 1

_Told = Callable[[int], None]


async def make_backup(settings: Settings, path: str) -> int:
    """Write a backup of the database to a file; return the exit code, as all of these do."""
    console = open_console()
    with _working(console, "Copying"):
        done = await back_up(settings.database_url, _file(path))
    console.print(flow(_backed_up(done)))
    return 0


async def put_back(settings: Settings, path: str, *, replace: bool) -> int:
    """Put a backup in the place of the database."""
    console = open_console()
    with _working(console, "Restoring"):
        done = await restore(settings.database_url, _file(path), replace=replace)
    console.print(flow(_restored(done)))
    return 0


async def write_out(settings: Settings, path: str, *, desk_id: int | None) -> int:
    """Write one desk, or all, to a file that people and other databases can read."""
    console = open_console()
    async with open_keeper(settings.database_url) as keeper:
        with _bar(console, "Writing out") as (begins, told):
            made = await keeper.write_out(_file(path), only=desk_id, begins=begins, told=told)
    console.print(flow(_written_out(path, made)))
    return 0


async def read_in(settings: Settings, path: str) -> int:
    """Read such a file in."""
    console = open_console()
    async with open_keeper(settings.database_url, alone=True) as keeper:
        with _bar(console, "Reading in") as (begins, told):
            done = await keeper.read_in(_file(path), begins=begins, told=told)
    for line in map(_read_in, done):
        console.print(flow(line))
    return 0


async def forget(settings: Settings, what: str, number: int, *, sure: bool) -> int:
    """Delete a person or a desk for good, after asking."""
    console = open_console()
    if what == "user" and number < 0:
        console.print(flow("A person goes by a number without a minus; with one it is the person's own desk."))
        return FAILED
    if not sure and not _agrees(console, _ASKED[what].format(number)):
        console.print(flow("Nothing was deleted."))
        return FAILED
    async with open_keeper(settings.database_url) as keeper:
        with _bar(console, "Forgetting") as (begins, told):
            if what == "user":
                done = await keeper.forget_user(number, begins=begins, told=told)
            else:
                done = await keeper.forget_whole_desk(number)
    for line in _forgotten(what, number, done):
        console.print(flow(line))
    return 0


_ASKED = {
    "user": "All that user {} brought to any desk, and every record of them, goes for good. There is no Undo.",
    "desk": "Desk {} goes for good, with all that anybody brought to it. There is no Undo.",
}


def _agrees(console: Console, told: str) -> bool:
    """Ask; where nobody can answer, that is a no."""
    console.print(flow(told))
    if not sys.stdin.isatty():
        console.print(flow("Nobody is here to confirm that: say --yes."))
        return False
    try:
        return console.input("Type yes to go on: ").strip().casefold() == "yes"
    except EOFError:
        return False


def _file(path: str) -> Path:
    return Path(path).expanduser()


def _size(number: int) -> str:
    return f"{number / 2**20:,.1f} MiB"


def _backed_up(done: BackedUp) -> str:
    return f"Backed up to {done.path}: {_size(done.bytes)}, and it is whole. “verbatim restore” puts it back."


def _restored(done: Restored) -> str:
    told = f"Restored, from schema {done.revision}, and it is whole."
    if done.aside is None:
        return told
    kept = f"It is deleted after {COPIES_KEPT_FOR.days} days"
    if not done.aside.endswith(".bak"):
        kept += ", if the bot's user may drop it"
    return f"{told} What was here before is kept as {done.aside}. {kept}."


def _written_out(path: str, made: Manifest) -> str:
    articles = sum(part.rows for desk in made.desks for part in desk.parts if part.part == "articles")
    files = count(made.originals, "file as received", "files as received")
    return f"Wrote {count(articles, 'article')} of {count(len(made.desks), 'desk')}, with {files}, to {path}."


def _read_in(one: Imported) -> str:
    if one.already:
        since = " It has changed since, and was left as it is." if one.changed else " Nothing is doubled."
        return f"Desk {one.desk_id} had been read in from this file before.{since}"
    told = f"Desk {one.desk_id}: {count(one.articles, 'article')}, {count(one.rows, 'row')}; all of it is here."
    return told if one.complete else f"{told} It is what one person could read; names are found anew when the bot runs."


def _forgotten(what: str, number: int, done: Forgotten) -> Iterator[str]:
    if not done.desks:
        yield f"There was nothing of {what} {number} here."
        return
    where = f" in {count(done.desks, 'desk')}" if what == "user" else ""
    yield f"Forgotten: {what} {number}{where}, {count(done.uploads, 'upload')}. Backups from now on hold none of it."
    if done.on_server:
        yield from _on_server(done)
    elif not done.swept:
        yield "Something reads the database: what is left in its log goes when that ends, or the bot restarts."
    yield "Backups and exports made before still hold it: delete them, or forget again after you restore one."
    for copy in done.copies:
        yield f"So does {copy}."


def _on_server(done: Forgotten) -> Iterator[str]:
    if not done.swept:
        yield (
            "The server could not free all of it: somebody reads an older state, or the bot's user may not. What does "
            "it: VACUUM; REINDEX INDEX CONCURRENTLY ix_posting_words;"
        )
    yield "Free pages of the server hold letters of it until they are used again, and its log (WAL) until that is gone."


@contextmanager
def _bar(console: Console, what: str) -> Iterator[tuple[_Told, _Told]]:
    """Show a progress bar with the time left; give what is told how much there is, and how much more was done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)

        def begins(total: int) -> None:
            progress.update(task, total=total)

        def told(more: int) -> None:
            progress.advance(task, more)

        yield begins, told


@contextmanager
def _working(console: Console, what: str) -> Iterator[None]:
    """Show that something is being done of which nobody knows how long it takes."""
    with console.status(f"{what} …") if console.is_terminal else _nothing():
        yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield
