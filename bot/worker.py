"""The processes that read and rank: a nursery that loads the libraries once, and the workers forked from it.

The nursery is a fresh interpreter with an environment of its own (no token, no open files of the bot), so that nothing
of the bot's memory is in its children. It answers orders of `bot.services.compute` on one socket; each worker talks on
another. `multiprocessing`'s forkserver would hand the bot's environment down and import its main script again in every
worker. This module imports the standard library only, because all that it imports is in every worker.
"""

import contextlib
import gc
import json
import os
import pickle
import resource
import select
import signal
import socket
import struct
import sys
import traceback
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any, NoReturn

from bot import sandbox

ORDER = struct.Struct("!cq")
"""To the nursery: a kind, and a number of jobs or a process id."""
FORK = b"f"
KILL = b"k"

OUT_OF_MEMORY = 3
"""Exit status of a worker that could not even hold its job."""

HEADER = struct.Struct("!c?Q")
"""Of each frame between bot and worker: its kind, whether the worker stops after it, the bytes that follow."""


class Frame(Enum):
    """What a frame says."""

    JOB = b"j"
    HELLO = b"h"
    BEGUN = b"b"
    """The worker was alive when the job came: from here on its death is the job's doing."""
    RESULT = b"r"
    FAILED = b"f"
    NO_MEMORY = b"m"
    TOO_LARGE = b"l"


@dataclass(frozen=True, slots=True)
class Rules:
    """What workers load, may run, and may use up."""

    preload: tuple[str, ...]
    rehearse: tuple[tuple[str, tuple[object, ...]], ...]
    """Small jobs done before the first fork, so that tables and patterns are ready in every worker."""
    allowed: tuple[str, ...]
    """Beginnings of the names of modules whose functions may be run."""
    memory: int
    """Bytes beyond what the libraries take."""
    seconds: float
    """Processor time of one job."""
    result: int
    """Bytes of one result."""
    growth: int
    """Bytes by which a worker may grow before it is replaced."""
    warm: tuple[tuple[str, tuple[object, ...]], ...] = ()
    """Small jobs that each worker does once more while nobody waits for it: the memory that reading writes to is copied
    page by page after a fork, which takes longer than to read a page of news."""

    def to_text(self) -> str:
        """Return one word that `from_text` takes back: for a command line."""
        return b64encode(pickle.dumps(self)).decode()

    @classmethod
    def from_text(cls, text: str) -> "Rules":
        """Take back what `to_text` gave."""
        rules: Rules = pickle.loads(b64decode(text))  # noqa: S301 - the bot wrote it
        return rules


@dataclass(frozen=True, slots=True)
class Setup:
    """What a fork takes along."""

    control: socket.socket
    rules: Rules
    problems: dict[str, str]
    """Modules that could not be loaded, and why."""
    readable: tuple[str, ...]


def main(control: int, rules: Rules) -> None:
    """Load the libraries, then fork workers until the bot is gone."""
    problems = load(rules)
    gc.collect()
    gc.freeze()  # collecting in a worker would copy the pages that all share
    # What a job makes has few cycles: to look for them after every 700 objects took a tenth of a brief's time.
    gc.set_threshold(20_000, 20, 20)
    setup = Setup(socket.socket(fileno=control), rules, problems, sandbox.program_files(rules.preload))
    attend(setup)


def load(rules: Rules) -> dict[str, str]:
    """Import what workers need and rehearse it; return what went wrong, by name."""
    problems: dict[str, str] = {}
    for name in rules.preload:
        with _noting(problems, name):
            import_module(name)
    for name, args in rules.rehearse:
        with _noting(problems, name):
            resolve(name, rules.allowed)(*args)
    return problems


def warm_up(rules: Rules) -> None:
    """Do the jobs that copy the pages of memory which every reading writes to; what they come to is nobody's news."""
    for name, args in rules.warm:
        with contextlib.suppress(Exception):  # the nursery has told of it
            resolve(name, rules.allowed)(*args)


@contextlib.contextmanager
def _noting(problems: dict[str, str], name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - a library may fail in any way; the others are still of use
        problems[name] = f"{type(error).__name__}: {error}"


def attend(setup: Setup) -> None:
    """Fork and kill as ordered, report each end, and take all workers along when the bot's end of the socket closes."""
    workers: set[int] = set()
    bell, ring = socket.socketpair()
    ring.setblocking(False)
    signal.set_wakeup_fd(ring.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # with a handler, the wake-up descriptor is written to
    try:
        while _obey(setup, workers, bell, ring):
            _report(setup.control, workers)
    finally:
        signal.set_wakeup_fd(-1)  # the ends that follow are nobody's news any more, and the bell is about to be closed
        for worker in workers:
            os.kill(worker, signal.SIGKILL)


def _obey(setup: Setup, workers: set[int], bell: socket.socket, ring: socket.socket) -> bool:
    """Carry out the next order, or come back when a worker ended; False when no more will come."""
    ready, _, _ = select.select([setup.control, bell], [], [])
    if bell in ready:
        bell.recv(4096)
    if setup.control not in ready:
        return True
    try:
        order, descriptors, _, _ = socket.recv_fds(setup.control, ORDER.size, 1)
    except ConnectionError:  # the bot hung up on what it was still being told
        return False
    if not order:
        return False
    kind, number = ORDER.unpack(order)
    if kind == FORK:
        workers.add(_fork(setup, socket.socket(fileno=descriptors[0]), number, (bell, ring)))
    elif number in workers:  # only children not yet waited for: their numbers cannot have passed to others
        os.kill(number, signal.SIGKILL)
    return True


def _report(control: socket.socket, workers: set[int]) -> None:
    """Tell the bot which workers ended, and how."""
    while workers:
        worker, status = os.waitpid(-1, os.WNOHANG)
        if not worker:
            return
        workers.discard(worker)
        ended = {"pid": worker, "status": os.waitstatus_to_exitcode(status)}
        with contextlib.suppress(OSError):  # the bot is gone, which the next read tells
            control.sendall(json.dumps(ended).encode() + b"\n")


def _fork(setup: Setup, connection: socket.socket, jobs: int, bells: Sequence[socket.socket]) -> int:
    parent = os.getpid()
    if worker := os.fork():
        connection.close()
        return worker
    try:
        signal.set_wakeup_fd(-1)
        for ours in (setup.control, *bells):
            ours.close()
        _live(setup, connection, jobs, parent)
    finally:
        os._exit(1)  # never back into the nursery's loop


def _live(setup: Setup, connection: socket.socket, jobs: int, parent: int) -> NoReturn:
    """Be a worker: put up the walls, say so, and do jobs."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for stop in (signal.SIGINT, signal.SIGTERM):  # the bot decides when work in hand ends
        signal.signal(stop, signal.SIG_IGN)
    os.dup2(0, 2)  # standard error is the bot's; input and output are /dev/null already
    sys.dont_write_bytecode = True
    sandbox.die_with(parent)
    sandbox.limit(setup.rules.memory, jobs * (setup.rules.seconds + 1))
    missing = sandbox.confine(setup.readable)
    warm_up(setup.rules)
    unloaded = {name: setup.problems.get(name, "it is not loaded") for name in _unloaded(setup.rules)}
    hello = {"pid": os.getpid(), "problems": setup.problems | unloaded, "missing": missing}
    send(connection, Frame.HELLO, json.dumps(hello).encode())
    try:
        serve(connection, setup.rules, jobs)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    os._exit(0)


def _unloaded(rules: Rules) -> list[str]:
    return [name for name in rules.preload if name not in sys.modules]


def serve(connection: socket.socket, rules: Rules, jobs: int) -> None:
    """Do jobs until that many are done, memory has grown too far, or the bot hangs up."""
    enough = _peak() + rules.growth
    for left in reversed(range(jobs)):
        size = _next_size(connection)
        if size is None:
            return
        send(connection, Frame.BEGUN)
        order = _receive_exactly(connection, size)
        if order is None:
            return
        sandbox.limit_next_job(rules.seconds)
        kind, payload = perform(order, rules)
        last = not left or _peak() > enough
        send(connection, kind, payload, last=last)
        if last:
            return


def perform(order: bytearray, rules: Rules) -> tuple[Frame, bytes]:
    """Do one job; return its result or what came of it, ready to be sent."""
    try:
        name, args, kwargs = pickle.loads(order)  # noqa: S301 - the bot wrote it
        payload = pack(resolve(name, rules.allowed)(*args, **kwargs))
    except MemoryError:
        return Frame.NO_MEMORY, b""
    except BaseException as error:  # noqa: BLE001 - SystemExit too: whatever a job raises becomes its answer
        return Frame.FAILED, _describe(error)
    return (Frame.RESULT, payload) if len(payload) <= rules.result else (Frame.TOO_LARGE, b"")


def resolve(name: str, allowed: Sequence[str]) -> Callable[..., Any]:
    """Return the function called `module:function`.

    Raises:
        PermissionError: it is not one of those that may be run.
    """
    module, _, function = name.partition(":")
    if not f"{module}.".startswith(tuple(allowed)) or not function.isidentifier() or function.startswith("_"):
        raise PermissionError(f"{name} may not be run here")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


class _Packer(pickle.Pickler):
    """Writes dataclasses as a class and its values, the only form of object that `bot.services.unpack` takes."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - pickle's own signature
        """Return how to build the value again, NotImplemented for what pickle does well by itself."""
        if isinstance(value, StrEnum) and type(value).__module__ != "summariser.model":
            return str, (value.value,)  # a room's own names are plain words to others
        if not is_dataclass(value) or isinstance(value, type):
            return NotImplemented
        return type(value), tuple([getattr(value, name) for name in _names(type(value))])


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def pack(value: object) -> bytes:
    """Write a result."""
    file = BytesIO()
    _Packer(file, protocol=5).dump(value)
    return file.getvalue()


def _describe(error: BaseException) -> bytes:
    """Tell which error it was and where. The message goes along for our own errors only: others may quote the text."""
    known = next((kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "summariser.errors"), None)
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    description = {
        "error": type(error).__name__[:100],
        "known": known,
        "message": str(error)[:4000] if known else "",
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    return json.dumps(description).encode()


def send(connection: socket.socket, kind: Frame, payload: bytes = b"", *, last: bool = False) -> None:
    """Send one frame."""
    connection.sendall(HEADER.pack(kind.value, last, len(payload)))
    connection.sendall(payload)


def _next_size(connection: socket.socket) -> int | None:
    """Wait for the next job and return its length; None when the bot hung up."""
    header = _receive_exactly(connection, HEADER.size)
    if header is None:
        return None
    _, _, size = HEADER.unpack(header)
    return int(size)


def _receive_exactly(connection: socket.socket, size: int) -> bytearray | None:
    received = bytearray(size)
    view = memoryview(received)
    while view:
        count = connection.recv_into(view)
        if not count:
            return None
        view = view[count:]
    return received


def _peak() -> int:
    """Return the most memory that this process ever held, in bytes (Linux counts KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
