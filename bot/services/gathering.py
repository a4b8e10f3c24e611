"""What one message, form or command brings, taken in together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from bot.services.calls import Call, Incoming
from bot.services.errors import LimitError, MayNotAddError, explain
from bot.services.intake import Intake, Prepared, Taken
from bot.services.wording import count, shorten

log = logging.getLogger(__name__)

# As many as Discord lets people attach to one message.
MOST_FILES = 10

# Each link is a request to somebody else's server.
MOST_LINKS = 5

# Files are held in memory while they are read.
AT_ONCE = 3

_Job = Callable[[], Awaitable[Prepared]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came in, and what did not."""

    taken: tuple[Taken, ...]
    failures: list[list[str]]
    """[name, reason] of each."""


async def gather(
    intake: Intake,
    call: Call,
    *,
    files: Sequence[Incoming] = (),
    urls: Sequence[str] = (),
    text: str | None = None,
    message_id: int | None = None,
) -> Gathered:
    """Take everything in, a few things at a time; what users can put right becomes a failure of that thing alone.

    A file knows its message itself; `message_id` is that of the links and of the text.
    """
    jobs: list[tuple[str, _Job]] = []
    jobs += [(given.filename, partial(intake.prepare, call, given)) for given in files[:MOST_FILES]]
    jobs += [(url, partial(intake.prepare_page, call, url, message_id=message_id)) for url in urls[:MOST_LINKS]]
    jobs += [("the text", partial(intake.prepare_text, call, text, message_id=message_id))] if text else []
    results = [await _keep(intake, call, name, read) for name, read in await _read_each(call, jobs)]
    taken = tuple(result for result in results if isinstance(result, Taken))
    if not taken:
        _raise_limit(results)
    failures = [
        [name, _why(name, result)]
        for (name, _), result in zip(jobs, results, strict=True)
        if not isinstance(result, Taken)
    ]
    return Gathered(taken, failures + list(_left(files, urls)))


async def _read_each(call: Call, jobs: Sequence[tuple[str, _Job]]) -> list[tuple[str, asyncio.Task[Prepared]]]:
    """Run the jobs side by side within bounds, and tell how far they are; return them when all have ended."""
    finished = 0
    turns = asyncio.Semaphore(AT_ONCE)

    async def follow(job: _Job) -> Prepared:
        nonlocal finished
        try:
            async with turns:
                return await job()
        finally:
            finished += 1
            if len(jobs) > 1:
                await call.progress(f"Reading: {finished} of {len(jobs)} done")

    await call.progress(f"Reading {count(len(jobs), 'file')}" if len(jobs) > 1 else f"Reading {jobs[0][0]}")
    reading = [(name, asyncio.create_task(follow(job))) for name, job in jobs]
    await asyncio.gather(*(task for _, task in reading), return_exceptions=True)
    return reading


async def _keep(intake: Intake, call: Call, name: str, read: asyncio.Task[Prepared]) -> Taken | Exception:
    """Store what was read, one thing after another in the order given; return what went wrong where something did.

    Of two files with the same article it is then always the later one that is said to be here already.

    Raises:
        MayNotAddError: it would be said of each.
    """
    try:
        return await intake.keep(call, read.result())
    except MayNotAddError:
        raise
    except Exception as error:  # a bug with one file must not hide what became of the others
        if explain(error) is None:
            log.exception("taking a file in failed", extra={"kind": PurePath(name).suffix})
        return error


def _why(name: str, error: Exception) -> str:
    """Return what to tell of a thing that did not come in."""
    return explain(error) or f"“{name}” met a mistake of mine, which is in the log now. Try it again on its own."


def _raise_limit(results: Sequence[Taken | Exception]) -> None:
    """Raise what tells of a limit, where nothing came in: it would be said of each, and it knows how long to wait."""
    limit = next((result for result in results if isinstance(result, LimitError)), None)
    if limit is not None:
        raise limit


def _left(files: Sequence[Incoming], urls: Sequence[str]) -> Iterator[list[str]]:
    """Say what is more than one message may bring."""
    if len(files) > MOST_FILES:
        over = count(len(files) - MOST_FILES, "file")
        yield [over, f"I read {MOST_FILES} files of one message at most; {over} more were left. Send them in another."]
    if len(urls) > MOST_LINKS:
        names = ", ".join(shorten(url, 60) for url in urls[MOST_LINKS:])
        yield [names, f"I open {MOST_LINKS} links of one message at most. Send the rest in another: {names}"]
