"""What memory the bot takes is kept together: heaps, which only a new process can measure, and garbage."""

import gc
import platform
import subprocess
import sys

import pytest

from bot.memory import settle

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries know no such calls")

# Eight threads that hold some memory at once, and malloc's own list of its heaps.
_COUNT = """
import ctypes, sys, threading
from bot.memory import share_heaps
if sys.argv[1] == "shared":
    assert share_heaps()
together, kept = threading.Barrier(9), []
def work():
    together.wait()
    kept.append([b"x" * 2000 for _ in range(200)])
    together.wait()
for _ in range(8):
    threading.Thread(target=work).start()
together.wait(), together.wait()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""

# 40 MB in pieces of which every hundredth stays, so that glibc by itself could give nothing back; then MiB held.
_HOLES = """
import asyncio, os
from bot.memory import giving_back
def held():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
async def main():
    pieces = [bytes(2000) for _ in range(20_000)]
    kept = pieces[::100]
    del pieces
    before = held()
    async with giving_back(every=0.05):
        await asyncio.sleep(0.5)
    print(before - held())
asyncio.run(main())
"""


def _heaps(how: str) -> int:
    told = subprocess.run([sys.executable, "-c", _COUNT, how], capture_output=True, text=True, check=True)
    return told.stdout.count("<heap nr=")


@glibc
def test_threads_share_two_heaps_instead_of_having_one_each() -> None:
    alone, shared = _heaps("alone"), _heaps("shared")

    assert alone > 2
    assert shared == 2


@glibc
def test_what_is_free_goes_back_to_the_system() -> None:
    told = subprocess.run([sys.executable, "-c", _HOLES], capture_output=True, text=True, check=True)

    assert float(told.stdout) > 20


def test_what_the_program_is_made_of_is_no_longer_looked_through_for_garbage() -> None:
    before = gc.get_threshold()

    settle()

    try:
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
