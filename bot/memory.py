"""What keeps the memory of a program that runs for months from swelling, and its clean-up from being felt."""

import ctypes
import gc

# Malloc's option, by glibc's malloc.h: heaps that threads share instead of having one each.
_ARENA_MAX = -8
_HEAPS = 2
# Each answer makes some thousands of objects, nearly all of which go without a look: Python's own 700 means many looks.
_YOUNG_OBJECTS = 10_000


def share_heaps() -> bool:
    """Have all threads take memory from two heaps; to be called before there are threads. Return whether it was done.

    By itself glibc gives each of a dozen threads that wait for the database a heap of its own, where what one answer
    leaves free is of no use to the others: the process goes on swelling. Other C libraries know no such option.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(_ARENA_MAX, _HEAPS))


def settle() -> None:
    """Have the program's own modules, tables and statements looked through for garbage no more, once all are loaded.

    They are a hundred thousand objects and more that all stay; each look through them all keeps the event loop and
    every other thread for 0.1 s. For a process that does nothing but this: what is garbage already goes first.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
