"""What one message, form or command brings, taken in together."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot.services.calls import Call, Incoming
from bot.services.errors import LimitError, MayNotAddError, explain
from bot.services.intake import Intake, Taken
from bot.services.wording import count, shorten

# As many as Discord lets people attach to one message.
MOST_FILES = 10

# Each link is a request to somebody else's server.
MOST_LINKS = 5

# Files are held in memory while they are read.
AT_ONCE = 3


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
    jobs: list[tuple[str, Callable[[], Awaitable[Taken]]]] = []
    jobs += [(given.filename, partial(intake.take, call, given)) for given in files[:MOST_FILES]]
    jobs += [(url, partial(intake.take_page, call, url, message_id=message_id)) for url in urls[:MOST_LINKS]]
    jobs += [("the text", partial(intake.take_text, call, text, message_id=message_id))] if text else []
    results = await _run([job for _, job in jobs], [name for name, _ in jobs], call)
    taken: list[Taken] = []
    failures: list[list[str]] = []
    if not any(isinstance(result, Taken) for result in results):
        _raise_limit(results)
    for (name, _), result in zip(jobs, results, strict=True):
        if isinstance(result, Taken):
            taken.append(result)
        elif isinstance(result, MayNotAddError):
            raise result  # it would be said of each
        elif (why := explain(result)) is not None:
            failures.append([name, why])
        else:
            raise result
    return Gathered(tuple(taken), failures + list(_left(files, urls)))


async def _run(
    jobs: Sequence[Callable[[], Awaitable[Taken]]], names: Sequence[str], call: Call
) -> list[Taken | BaseException]:
    """Run the jobs side by side within bounds, and tell how far they are."""
    finished = 0
    turns = asyncio.Semaphore(AT_ONCE)

    async def follow(job: Callable[[], Awaitable[Taken]]) -> Taken:
        nonlocal finished
        try:
            async with turns:
                return await job()
        finally:
            finished += 1
            if len(jobs) > 1:
                await call.progress(f"Reading: {finished} of {len(jobs)} done")

    await call.progress(f"Reading {count(len(jobs), 'file')}" if len(jobs) > 1 else f"Reading {''.join(names)}")
    return await asyncio.gather(*map(follow, jobs), return_exceptions=True)


def _raise_limit(results: Sequence[Taken | BaseException]) -> None:
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
