"""The bot's end of the nursery and of its workers: sockets, watched by the event loop, and ends."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bot.worker import FORK, HEADER, KILL, ORDER, Frame, Rules

log = logging.getLogger(__name__)

# The whole environment of the nursery: nothing of the bot's, which may hold the token.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH")
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    # numpy's library would start threads, which do not survive a fork and count as address space.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
_BOOT = (
    "import json, os, sys; sys.path[:] = json.loads(sys.argv[1]); from bot import worker; "
    "worker.main(int(sys.argv[2]), worker.Rules.from_text(sys.argv[3])); os._exit(0)"
)

_START_SECONDS = 30.0  # to load the libraries on a machine that is busy with something else
_END_SECONDS = 0.5
_SMALL = 64 * 2**10  # bytes of a frame that is not a result


class WorkerGoneError(Exception):
    """The worker was dead before it took the job, or could not be started."""


class WorkerEndedError(Exception):
    """The worker ended, or stopped making sense, during the job."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status
        """Its exit status, negative for a signal; None where nobody knows."""


class Answer(NamedTuple):
    """What a worker says of a job."""

    kind: Frame
    payload: bytearray
    last: bool
    """It takes no further job."""


class Worker:
    """One worker process, as seen from the bot."""

    def __init__(self, nursery: "Nursery", connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.ended: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._nursery = nursery
        self._connection = connection

    @property
    def gone(self) -> bool:
        """Whether it is known to have ended."""
        return self.ended.done()

    async def do(self, order: bytes, most: int) -> Answer:
        """Have a job done; the answer has at most `most` bytes.

        Raises:
            WorkerGoneError: it was dead before.
            WorkerEndedError: it ended over the job.
        """
        try:
            with contextlib.suppress(ConnectionError):  # what it said before it died can still be read
                await _send(self._connection, order)
            await _receive(self._connection, 0)  # that it has begun
        except (ConnectionError, ValueError) as error:
            raise WorkerGoneError("no worker process stays alive") from error
        try:
            return await _receive(self._connection, most)
        except ConnectionError as error:
            raise WorkerEndedError(await self._status()) from error
        except ValueError as error:  # out of its mind
            raise WorkerEndedError(None) from error

    async def _status(self) -> int | None:
        """Wait a moment for the news of its end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_SECONDS):
                return await asyncio.shield(self.ended)
        return None

    @property
    def orphaned(self) -> bool:
        """Whether its parent ended, which takes it along."""
        return self._nursery.gone

    def end(self) -> None:
        """Kill it, and hang up."""
        self._nursery.kill(self)
        self._connection.close()


class Nursery:
    """The process that workers are forked from; use `start`."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self.gone = False
        self.pid = process.pid
        self._process = process
        self._control = control
        self._workers: dict[int, Worker] = {}
        self._told = False
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    def start(cls, rules: Rules) -> "Nursery":
        """Start it, and come back before it has loaded anything.

        Raises:
            WorkerGoneError: the system does not let it start.
        """
        ours, theirs = _pair()
        places = json.dumps([str(Path(place).absolute()) for place in sys.path])
        try:
            process = cls._launch(theirs, places, rules)
        except OSError as error:
            ours.close()
            raise WorkerGoneError("no worker process could be started") from error
        finally:
            theirs.close()
        return cls(process, ours)

    @staticmethod
    def _launch(control: socket.socket, places: str, rules: Rules) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, and nothing that a user wrote
            [sys.executable, "-P", "-s", "-c", _BOOT, places, str(control.fileno()), rules.to_text()],
            env=_ENVIRONMENT | {name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[control.fileno()],
            start_new_session=True,  # Ctrl-C is for the bot, which then ends its workers
        )

    async def fork(self, jobs: int) -> Worker:
        """Return a new worker for so many jobs, ready to begin.

        Raises:
            WorkerGoneError: the nursery is gone, or stuck.
        """
        ours, theirs = _pair()
        try:
            with theirs:
                socket.send_fds(self._control, [ORDER.pack(FORK, jobs)], [theirs.fileno()])
            async with asyncio.timeout(_START_SECONDS):
                hello = json.loads((await _receive(ours, _SMALL)).payload)
        except (OSError, TimeoutError) as error:
            ours.close()
            raise WorkerGoneError("no worker process could be started") from error
        except asyncio.CancelledError:
            ours.close()  # the worker ends when it sees this
            raise
        self._tell(hello["problems"], hello["missing"])
        worker = self._workers[hello["pid"]] = Worker(self, ours, hello["pid"])
        if self.gone:
            self._workers.clear()
            worker.ended.set_result(None)
        return worker

    def kill(self, worker: Worker) -> None:
        """Kill a worker. The nursery does it: only a parent can be sure whose number it is."""
        if worker.pid in self._workers:
            with contextlib.suppress(OSError):  # the nursery is gone, and took its workers along
                self._control.send(ORDER.pack(KILL, worker.pid))

    async def close(self) -> None:
        """End it and all its workers, whatever they do."""
        self._listening.cancel()
        await asyncio.wait([self._listening])
        self._note_gone()
        self._control.close()  # on which it kills its workers and ends
        await asyncio.to_thread(self._reap)

    def _reap(self) -> None:
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # on which the kernel kills its workers
            self._process.wait()

    async def _listen(self) -> None:
        """Take note of workers' ends until the nursery's own."""
        loop = asyncio.get_running_loop()
        heard = b""
        with contextlib.suppress(ConnectionError):
            while some := await loop.sock_recv(self._control, 4096):
                *lines, heard = (heard + some).split(b"\n")
                for line in lines:
                    self._note_end(**json.loads(line))
        log.error("the workers' parent process ended", extra={"pid": self.pid})
        self._note_gone()

    def _note_end(self, pid: int, status: int) -> None:
        worker = self._workers.pop(pid, None)
        if worker:
            worker.ended.set_result(status)

    def _note_gone(self) -> None:
        self.gone = True
        for worker in self._workers.values():
            worker.ended.set_result(None)
        self._workers.clear()

    def _tell(self, problems: dict[str, str], missing: list[str]) -> None:
        """Log, once, what its first worker lacks."""
        if self._told:
            return
        self._told = True
        for name, why in problems.items():
            log.warning("not loaded ahead of work", extra={"function_or_module": name, "why": why})
        if missing:
            log.warning("this system confines workers incompletely", extra={"missing": missing})


def _pair() -> tuple[socket.socket, socket.socket]:
    """Return two ends: the bot's, for the event loop, and the other side's."""
    try:
        ours, theirs = socket.socketpair()
    except OSError as error:
        raise WorkerGoneError("no worker process could be started") from error
    ours.setblocking(False)
    return ours, theirs


async def _send(connection: socket.socket, payload: bytes) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, HEADER.pack(Frame.JOB.value, False, len(payload)))
    await loop.sock_sendall(connection, payload)


async def _receive(connection: socket.socket, most: int) -> Answer:
    """Return the next frame.

    Raises:
        ConnectionError: the worker hung up.
        ValueError: no frame of ours, or longer than `most`.
    """
    kind, last, size = HEADER.unpack(await _receive_exactly(connection, HEADER.size))
    if size > most:
        raise ValueError(f"a frame of {size} bytes")
    return Answer(Frame(kind), await _receive_exactly(connection, size), last)


async def _receive_exactly(connection: socket.socket, size: int) -> bytearray:
    loop = asyncio.get_running_loop()
    received = bytearray(size)
    view = memoryview(received)
    while view:
        count = await loop.sock_recv_into(connection, view)
        if not count:
            raise ConnectionResetError("the worker hung up")
        view = view[count:]
        await asyncio.sleep(0)  # a worker that is faster than we are must not keep the loop to itself
    return received
