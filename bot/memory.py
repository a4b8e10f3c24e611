"""What keeps the memory of a program that runs for months from swelling, and its clean-up from being felt."""

import asyncio
import ctypes
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Malloc's option, by glibc's malloc.h: heaps that threads share instead of having one each.
_ARENA_MAX = -8
_HEAPS = 2
# Each answer makes some thousands of objects, nearly all of which go without a look: Python's own 700 means many looks.
_YOUNG_OBJECTS = 10_000
# It takes one or two milliseconds.
_TRIM_SECONDS = 30.0


def share_heaps() -> bool:
    """Have all threads take memory from two heaps; to be called before there are threads. Return whether it was done.

    By itself glibc gives each of a dozen threads that wait for the database a heap of its own, where what one answer
    leaves free is of no use to the others: the process goes on swelling. Other C libraries know no such option.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(_ARENA_MAX, _HEAPS))


@asynccontextmanager
async def giving_back(every: float = _TRIM_SECONDS) -> AsyncIterator[None]:
    """Hand what is free in the heaps to the system every so many seconds while the block runs.

    By itself glibc gives back what lies at a heap's end alone: what an hour with much to do once needed stays, in
    pieces that fit nothing. Other C libraries know no such call.
    """
    task = asyncio.create_task(_give_back(every))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _give_back(every: float) -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    while trim:
        await asyncio.sleep(every)
        await asyncio.to_thread(trim, 0)


def settle() -> None:
    """Have the program's own modules, tables and statements looked through for garbage no more, once all are loaded.

    They are a hundred thousand objects and more that all stay; each look through them all keeps the event loop and
    every other thread for 0.1 s. For a process that does nothing but this: what is garbage already goes first.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
