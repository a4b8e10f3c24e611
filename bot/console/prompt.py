"""The console at a keyboard: history, completion, progress, and Ctrl-C that stops one command and nothing else."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from rich.console import Console
from rich.text import Text

from bot.console.completing import LineCompleter
from bot.console.script import tell
from bot.console.session import Session
from bot.render import terminal
from bot.services.calls import Progress, quiet
from bot.services.replies import Asked, Code, Form, Reply

Answer = Coroutine[Any, Any, Reply | Form]

_LEAVE = frozenset({"quit", "exit", "/quit", "/exit", "q"})


async def run_prompt(session: Session, console: Console, *, history: Path | None, name: str = "") -> int:
    """Answer what is typed until the person leaves; return 0.

    Args:
        session: what answers.
        console: where answers go.
        history: the file that keeps the lines typed, or None for a sitting that leaves nothing behind.
        name: what stands before the prompt, such as the desk.
    """
    console.print(terminal.flow("Type ", Code("/help"), ", use Tab to complete, and leave with Ctrl-D."))
    prompt: PromptSession[str] = PromptSession(
        history=_history(history),
        completer=LineCompleter(session),
        auto_suggest=AutoSuggestFromHistory(),
        complete_while_typing=False,
    )
    while True:
        try:
            line = (await prompt.prompt_async(f"{name}> ")).strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return 0
        if line.lower() in _LEAVE:
            return 0
        if line:
            await _do(session, console, line)


async def _do(session: Session, console: Console, line: str) -> None:
    try:
        answer = await _watched(console, partial(session.answer, line))
        while isinstance(answer, Form):
            answer = await _watched(console, partial(session.submit, answer, await _ask(console, answer)))
        console.print()
        terminal.show(console, terminal.paint(answer, terminal.number(answer)))
    except (KeyboardInterrupt, EOFError, _StoppedError):
        terminal.show(console, terminal.flow("Stopped."))
    except Exception as error:  # noqa: BLE001  the last resort of a line: a bug is logged whole, the prompt comes back
        terminal.show(console, terminal.trouble(tell(error)))


class _StoppedError(Exception):
    """The person stopped the command that was running."""


async def _watched(console: Console, work: Callable[[Progress], Answer]) -> Reply | Form:
    """Do the work under a line that tells its progress; Ctrl-C stops it."""
    async with _progress(console) as progress:
        return await _interruptible(work(progress))


@contextlib.asynccontextmanager
async def _progress(console: Console) -> AsyncIterator[Progress]:
    if not console.is_terminal:
        yield quiet
        return
    with console.status(Text("Working")) as status:

        async def show(words: str) -> None:
            status.update(Text(terminal.clean(words)))

        yield show


async def _interruptible(work: Answer) -> Reply | Form:
    """Await work that Ctrl-C cancels.

    Raises:
        _StoppedError: it was cancelled so.
    """
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    # Where loops know no signals (Windows), Ctrl-C ends the program instead.
    with contextlib.suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        return await task
    except asyncio.CancelledError as error:
        current = asyncio.current_task()
        if current and current.cancelling():
            raise
        raise _StoppedError from error
    finally:
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)


async def _ask(console: Console, form: Form) -> dict[str, str]:
    """Ask a form's questions one by one."""
    console.print(terminal.questions(form))
    asking: PromptSession[str] = PromptSession(history=InMemoryHistory())
    answers: dict[str, str] = {}
    for field in form.fields:
        if field.kind is Asked.FILES:
            console.print(terminal.flow("Their paths, with quotes around those with spaces."))
        if field.paragraph:
            console.print(terminal.flow("Esc, then Enter, when you are done; Ctrl-C to leave it."))
        answer = ""
        while not answer.strip():
            hint = terminal.clean(field.placeholder)
            answer = await asking.prompt_async(
                f"{terminal.clean(field.label)}: ",
                multiline=field.paragraph,
                placeholder=hint,
                default=terminal.clean(field.value),
            )
            if not field.required:
                break
        answers[field.name] = answer
    return answers


def _history(path: Path | None) -> History:
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)
