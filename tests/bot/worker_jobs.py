"""What workers are made to do in tests: well-behaved jobs, and all that a hostile file might try."""

import ctypes
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

from summariser.errors import EmptyFileError, SummariserError
from summariser.limits import Limits
from summariser.model import Article, Document, Reading, Span, Summary

_seen: list[object] = []


class HomeGrownError(EmptyFileError):
    """A subclass that the bot's process does not know."""


class Pickled:
    """Runs a command when it is unpickled the ordinary way."""

    def __reduce__(self):
        return os.system, ("true",)


def prepare(data: bytes, filename: str, *, limits: Limits, charset: str | None) -> Reading:
    """Read text as one article of one sentence, unless it says what else to do."""
    if data == b"pid":
        data = str(os.getpid()).encode()
    if data == b"hang":
        hang()
    if data == b"crash":
        os.abort()
    if data == b"empty":
        raise EmptyFileError(filename)
    if data == b"seen":
        data = repr(_seen).encode()
    if data == b"summary":
        return Summary(())
    _seen.append(data)
    text = data.decode()
    where = 5 if data == b"misplaced" else 0
    return Reading(Document(text, (Article(text, start=where),)), ((Span(0, len(text)),),))


def remember(what: object) -> None:
    _seen.append(what)


def echo(*args, **kwargs):
    return [*args, kwargs] if kwargs else list(args)


def pid() -> int:
    return os.getpid()


def hang() -> None:
    while True:
        time.sleep(1)


def spin() -> None:
    while True:
        pass


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def allocate(mib: int) -> int:
    return len(bytearray(mib * 2**20))


def crash() -> None:
    os.abort()


def segfault() -> None:
    ctypes.string_at(0)


def leave() -> None:
    sys.exit("bye")


def vanish() -> None:
    os._exit(0)


def be_ended_by_the_system() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_out_of_processor_time() -> None:
    os.kill(os.getpid(), signal.SIGXCPU)


def large(mib: int) -> str:
    return "x" * (mib * 2**20)


def fail(text: str) -> None:
    raise ValueError(text)


def fail_as_ours(filename: str) -> None:
    raise EmptyFileError(filename)


def fail_as_a_subclass_of_ours(filename: str) -> None:
    raise HomeGrownError(filename)


def fail_as_our_base() -> None:
    raise SummariserError("No.")


def command() -> Pickled:
    return Pickled()


def facts() -> dict[str, object]:
    """Tell what a worker sees of its surroundings."""
    return {
        "environment": dict(os.environ),
        "first_environment": Path("/proc/self/environ").read_bytes() if _may_read("/proc/self/environ") else b"",
        "main": getattr(sys.modules["__main__"], "__file__", None),
        "session": os.getsid(0),
        "threads": threading.active_count(),
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "interrupt": signal.getsignal(signal.SIGINT) == signal.SIG_IGN,
        "terminate": signal.getsignal(signal.SIGTERM) == signal.SIG_IGN,
        "loaded": [name for name in ("aiohttp", "discord", "sqlalchemy", "bot.services") if name in sys.modules],
        "descriptors": _open_descriptors(),
    }


def _may_read(path: str) -> bool:
    try:
        with Path(path).open("rb"):
            return True
    except OSError:
        return False


def _open_descriptors() -> list[int]:
    found = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found


def attempt(what: str, *args) -> str:
    """Try what no reader should; return `done` or the error's name."""
    try:
        _ATTEMPTS[what](*args)
    except (OSError, RuntimeError) as error:
        return type(error).__name__
    return "done"


_ATTEMPTS = {
    "write": lambda path: Path(path).write_text("x"),
    "append": lambda path: os.write(os.open(path, os.O_WRONLY | os.O_APPEND), b"x"),
    "remove": lambda path: Path(path).unlink(),
    "read": lambda path: Path(path).read_bytes(),
    "socket": socket.socket,
    "program": lambda: subprocess.run(["/bin/true"], check=True),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
    "thread": lambda: threading.Thread(target=int).start(),
    "signal": lambda pid: os.kill(pid, 0),
    "import": __import__,
    "many files": lambda: [os.open("/dev/null", os.O_RDONLY) for _ in range(100)],
}


def say(raw: bytes, then: str) -> None:
    """Write to the bot past the program, as a hijacked worker could."""
    for number in _open_descriptors():
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            socket.socket(fileno=number).sendall(raw)
    os._exit(0) if then == "end" else hang()
