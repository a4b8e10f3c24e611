"""The console in a pipe: one command a line, and an exit code that tells whether all of them worked."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from typing import IO, Protocol

from rich.console import Console

from bot.console.session import Session
from bot.render import json, terminal
from bot.services.errors import explain
from bot.services.replies import Form, Reply

log = logging.getLogger(__name__)

BUG = "Something went wrong inside Verbatim, and the log says what. Nothing else was affected."
_LEAVE = frozenset({"quit", "exit", "/quit", "/exit"})


class Printer(Protocol):
    """How a script's answers are printed."""

    def command(self, line: str) -> None:
        """A command begins."""

    def reply(self, line: str, reply: Reply) -> None:
        """It was answered."""

    def error(self, line: str, why: str, form: Form | None = None) -> None:
        """It failed."""


class Plain:
    """For eyes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def command(self, line: str) -> None:
        """Repeat the command, so that the answers below can be told apart."""
        self._console.print(terminal.typed(line))

    def reply(self, line: str, reply: Reply) -> None:  # noqa: ARG002  the protocol's
        """Print the answer with its controls, which the next lines may press."""
        terminal.show(self._console, terminal.paint(reply, terminal.number(reply)))

    def error(self, line: str, why: str, form: Form | None = None) -> None:  # noqa: ARG002  the protocol's
        """Print what happened and what to try."""
        terminal.show(self._console, terminal.trouble(why))


class JSONLines:
    """For scripts: one JSON object a line."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def command(self, line: str) -> None:
        """Print nothing: each object names its command."""

    def reply(self, line: str, reply: Reply) -> None:
        """Print the reply."""
        self._print(json.replied(line, reply))

    def error(self, line: str, why: str, form: Form | None = None) -> None:
        """Print the error."""
        self._print(json.failed(line, why, form=form))

    def _print(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()


async def run_script(session: Session, source: IO[str], printer: Printer) -> int:
    """Do each line of `source`; return 1 if any failed, else 0. Blank lines and `#` comments are skipped."""
    failures = 0
    async for raw in _lines(source):
        line = raw.strip().removeprefix("\ufeff")
        if not line or line.startswith("#"):
            continue
        if line.lower() in _LEAVE:
            break
        printer.command(line)
        failures += not await _do(session, line, printer)
    return int(failures > 0)


async def _do(session: Session, line: str, printer: Printer) -> bool:
    try:
        answer = await session.answer(line)
    except Exception as error:  # noqa: BLE001  the last resort of a line: a bug is logged whole, the next line still runs
        printer.error(line, tell(error))
        return False
    if isinstance(answer, Form):
        printer.error(line, str(session.needs_prompt(line, answer)), answer)
        return False
    printer.reply(line, answer)
    return True


def tell(error: Exception) -> str:
    """Return what to say of an error; one that nobody foresaw goes to the log whole."""
    why = explain(error)
    if why is None:
        log.error("a console command failed", exc_info=error)
    return why or BUG


async def _lines(source: IO[str]) -> AsyncIterator[str]:
    """Yield lines as they come, from a thread that may be left waiting when the program stops."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    def follow() -> None:
        # The loop may be closed by the time a line comes.
        try:
            for line in source:
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, None)
        except RuntimeError:
            return

    threading.Thread(target=follow, name="stdin", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line
