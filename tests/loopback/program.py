"""A bot as a process of its own, beside the loopback."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .server import LoopbackDiscord


class Program:
    """One command that can be started, killed and started again, with everything that it says kept in a file.

    What it starts itself is known by descent, and remembered, so that a test can see whether it outlives its parent.
    """

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, *command]
        self._folder = folder
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._log = folder / "program.log"
        self._family: dict[int, str] = {}

    @property
    def said(self) -> str:
        """All that it has written to stdout and stderr, over all starts."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def pid(self) -> int:
        """The id of the process that was started last."""
        assert self._process is not None, "it has never been started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has been started and not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self, discord: LoopbackDiscord | None = None, *, within: float = 30) -> None:
        """Start it; with a Discord, wait until it has come online there.

        Raises:
            AssertionError: it ended, or did not come online in time.
        """
        identifies = discord.gateway.identifies + 1 if discord else 0
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self._folder,
                env=dict(self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if discord is not None:
            await self._online(discord, self._process, identifies, within)

    async def _online(
        self, discord: LoopbackDiscord, process: asyncio.subprocess.Process, identifies: int, within: float
    ) -> None:
        ready = asyncio.create_task(discord.ready(within=within, identifies=identifies))
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if process.returncode is not None:
            ready.cancel()
            raise AssertionError(f"It ended with {process.returncode} before it came online:\n{self.said}")
        try:
            await ready
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said}") from None

    async def ended(self, *, within: float = 120) -> int:
        """Return the exit code.

        Raises:
            TimeoutError: it still runs.
        """
        assert self._process is not None
        async with asyncio.timeout(within):
            return await self._process.wait()

    async def kill(self) -> None:
        """Kill it as a power cut would: its main process, without a word."""
        self._signal(signal.SIGKILL)
        await self.ended()

    async def terminate(self, *, within: float = 60) -> int:
        """Ask it to end, and return its exit code.

        Raises:
            TimeoutError: it is still there.
        """
        self._signal(signal.SIGTERM)
        return await self.ended(within=within)

    def processes(self) -> list[int]:
        """Return the ids of the living processes among itself and its descendants."""
        if self._process is None:
            return []
        table = {int(entry.name): stat for entry in Path("/proc").iterdir() if (stat := _stat(entry)) is not None}
        found = {self.pid} & table.keys()
        while found:
            self._family |= {pid: table[pid].started for pid in found}
            found = {pid for pid, stat in table.items() if stat.parent in found} - found
        # An id may have been given to another process since.
        return [pid for pid, started in self._family.items() if pid in table and table[pid].started == started]

    async def clean_up(self) -> None:
        """Stop all that is left of it."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._process is not None:
            await self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self.processes()
        self._process.send_signal(number)


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    started: str


def _stat(entry: Path) -> _Stat | None:
    """Return what /proc says of a living process; None for everything else."""
    if not entry.name.isdigit():
        return None
    try:
        # The name in brackets may hold anything; behind it come the state (3), the parent (4) ... the start (22).
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return _Stat(int(fields[1]), fields[19]) if fields[0] not in {"Z", "X"} else None
