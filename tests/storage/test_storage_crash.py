"""Killed in the middle of adding, the database holds whole uploads and nothing else."""

import asyncio
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from corpus_makers import BUNDLE, scope

from storage import open_storage

_HERE = Path(__file__).parent

# Adds without end, several at a time, and says so after each: what was said must be there afterwards.
_ADDING = """
import asyncio, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from corpus_makers import BUNDLE, reading, scope, upload
from storage import checkpoints, open_storage

checkpoints._ROWS = int(sys.argv[4])

async def keep_adding(storage, worker):
    for number in range(1_000_000):
        brought = upload(BUNDLE, data=f"{worker} {number}".encode())
        print((await storage.add(scope(1), brought, reading(BUNDLE))).upload_id, flush=True)

async def main():
    async with open_storage(sys.argv[3]) as storage, asyncio.TaskGroup() as group:
        for worker in range(4):
            group.create_task(keep_adding(storage, worker))

asyncio.run(main())
"""


# After so many rows the log is brought into the file: hardly ever here, and all the time.
@pytest.mark.parametrize(("lines", "rows"), [(1, 500), (7, 500), (40, 500), (40, 1)])
@pytest.mark.trust("operator-stop")
async def test_each_upload_is_whole_or_absent_after_a_kill(path, lines, rows):
    url = f"sqlite+aiosqlite:///{path}"
    told = str(_HERE), str(_HERE.parents[1]), url, str(rows)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _ADDING, *told, stdout=asyncio.subprocess.PIPE)
    said = [int(await process.stdout.readline()) for _ in range(lines)]

    process.send_signal(signal.SIGKILL)
    rest, _ = await process.communicate()

    assert process.returncode == -signal.SIGKILL
    said += [int(line) for line in rest.splitlines(keepends=True) if line.endswith(b"\n")]
    await _assert_whole(url, path, said)


async def _assert_whole(url, path, said):
    async with open_storage(url) as storage:
        assert await storage.check() == "ok"
        stored = await storage.uploads(scope(1), said)
        assert [one.upload_id for one in stored] == said
        assert await storage.count(scope(1)) % len(BUNDLE.stories) == 0
    with closing(sqlite3.connect(path)) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("upload", "blob", "extraction", "article", "sentence")
        }
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    uploads = counts["upload"]
    assert uploads >= len(said)
    assert counts == {
        "upload": uploads,
        "blob": uploads,
        "extraction": uploads,
        "article": 2 * uploads,
        "sentence": 5 * uploads,
    }
