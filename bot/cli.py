"""The `verbatim` command. What a subcommand needs is imported inside it, so that `--help` answers at once."""

# ruff: noqa: PLC0415  importing late is the point here

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError
    from rich.console import Console

    from bot.config import Settings
    from bot.console.script import Printer
    from bot.console.session import Session
    from storage.base import Shards

# After sysexits.h: a script can tell what to do about each.
FAILED = 1
MISCONFIGURED = 78  # and 75, where the network is away, comes from bot.gateway
# What a shell reports for a program that Ctrl-C ended.
INTERRUPTED = 130

_NOTHING_TO_RUN = """\
DISCORD_TOKEN is not set, so there is no bot to run.
Get a token at https://discord.com/developers/applications: your application, Bot, Reset Token.
Put it into the file .env in this folder as DISCORD_TOKEN=..., then start again (see .env.example).
"""


class _ConfigurationError(Exception):
    """The settings cannot be used; the message says why, a line for each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_a_letter(stream)
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.do
    try:
        return command(options)
    except _ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return MISCONFIGURED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our pipe has gone; Python would complain once more while it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verbatim", description="The news desk inside Discord that only quotes.", allow_abbrev=False
    )
    parser.add_argument("--version", action=_Version, help="print the version and leave")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    demo = _command(commands, "demo", _demo, "show what it does, on samples or your files; nothing is kept")
    demo.add_argument("paths", metavar="PATH", nargs="*", help="a file to read instead of the samples")

    console = _command(commands, "console", _console, "the slash commands at a prompt, or from a pipe, one a line")
    looks = console.add_mutually_exclusive_group()
    looks.add_argument("--json", action="store_true", help="one JSON object for each command")
    looks.add_argument("--messages", action="store_true", help="the messages that Discord would be sent, as JSON")
    _add_desk(console)

    run = _command(commands, "run", _run, "connect to Discord")
    some = "run only these shards, such as 0-3/16 or 0,2,5/16 (default: SHARD_IDS and SHARD_COUNT, else all)"
    run.add_argument("--shards", type=_shards, metavar="IDS/COUNT", help=some)

    ingest = _command(commands, "ingest", _ingest, "take in files and folders; run it again to go on where it stopped")
    ingest.add_argument("paths", metavar="PATH", nargs="+", help="a file, or a folder with files")
    _add_desk(ingest)

    _command(commands, "check", _check, "tell what works and what is missing")
    _command(commands, "migrate", _migrate, "bring the database to this version")
    _command(commands, "names", _names, "find anew who is named in all articles, after a change of what finds names")
    _add_keeping(commands)
    _command(commands, "health", _health, "ask the bot that runs here whether it is ready; exit 0 if so, else 1")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    do: Callable[[argparse.Namespace], int],
    about: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=f"verbatim {name}: {about}.", allow_abbrev=False)
    parser.set_defaults(do=do)
    return parser


def _add_desk(parser: argparse.ArgumentParser) -> None:
    # storage.base.LOCAL_DESK, not imported for the sake of --help.
    about = "whose articles: a server's id, or a person's with a minus (default: the terminal's own)"
    parser.add_argument("--desk", type=_desk_id, default=1, metavar="ID", help=about)


def _add_keeping(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands for whoever answers for the data."""
    backup = _command(commands, "backup", _backup, "copy the database to a file, while the bot runs")
    backup.add_argument("path", metavar="FILE", help="the file to make")

    restore = _command(commands, "restore", _restore, "put a backup in the place of the database; the bot must not run")
    restore.add_argument("path", metavar="FILE", help="a file that “verbatim backup” made")
    restore.add_argument("--replace", action="store_true", help="also where there is something: that is kept aside")

    export = _command(commands, "export", _export, "write desks to a .zip of readable lines, with the files")
    export.add_argument("path", metavar="FILE", help="the .zip to make")
    export.add_argument("--desk", type=_desk_id, metavar="ID", help="one desk alone (default: all)")

    into = "read such a .zip in, each desk where there is none yet; the bot must not run"
    taken = _command(commands, "import", _import, into)
    taken.add_argument("path", metavar="FILE", help="the .zip")

    forget = _command(commands, "forget", _forget, "delete a person or a desk for good, after asking")
    forget.add_argument("what", choices=("user", "desk"), help="whether ID is a person's or a desk's")
    forget.add_argument("number", type=_desk_id, metavar="ID", help="as Discord has it; a person's desk with a minus")
    forget.add_argument("--yes", action="store_true", help="do not ask")


def _desk_id(typed: str) -> int:
    desk_id = int(typed) if re.fullmatch(r"-?[0-9]{1,19}", typed) else 0
    if not desk_id or abs(desk_id) >= 2**63:
        raise argparse.ArgumentTypeError("a desk goes by the id of a server, or of a person with a minus before it")
    return desk_id


def _shards(typed: str) -> "Shards":
    from bot.shards import parse_shards

    try:
        return parse_shards(typed)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


class _Version(argparse.Action):
    """Looks the version up only when asked."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002  argparse's name
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"verbatim {version('verbatim-desk')}\n")
        parser.exit()


def _demo(options: argparse.Namespace) -> int:
    from bot.config import Settings

    # Nothing of the operator's is used: no token, no database, no wrong line in a `.env`.
    settings = Settings.model_construct(database_url="sqlite+aiosqlite://")
    _log(settings, quiet=True)
    return _with_database(lambda: _show_demo(settings, options.paths))


async def _show_demo(settings: "Settings", paths: Sequence[str]) -> int:
    from bot.app import open_app

    async with open_app(settings) as app:
        # While the workers start, so that the two seconds become one.
        from bot.console.demo import show_files, show_samples
        from bot.render.terminal import open_console

        console = open_console()
        if paths:
            return await show_files(app.services, paths, console)
        return await show_samples(app.services, console)


def _console(options: argparse.Namespace) -> int:
    settings = _settings()
    _log(settings, quiet=True)
    return _with_database(lambda: _talk(settings, options))


async def _talk(settings: "Settings", options: argparse.Namespace) -> int:
    from bot.app import open_app, tidying

    async with open_app(settings) as app, tidying(app.storage, app.compute):
        from bot.console.prompt import run_prompt
        from bot.console.script import run_script
        from bot.console.session import Session
        from bot.render.terminal import open_console

        session = Session(app.services, desk_id=options.desk)
        console = open_console()
        if sys.stdin.isatty() and console.is_terminal and not (options.json or options.messages):
            name = f"desk {options.desk} " if options.desk != 1 else ""
            return await run_prompt(session, console, history=_history(settings), name=name)
        _never_fail_on_a_letter(sys.stdin)
        return await run_script(session, sys.stdin, _printer(options, session, console))


def _printer(options: argparse.Namespace, session: "Session", console: "Console") -> "Printer":
    from bot.console.messages import MessageLines
    from bot.console.script import JSONLines, Plain

    if options.json:
        return JSONLines(sys.stdout)
    return (
        MessageLines(sys.stdout, [command.name for command in session.commands]) if options.messages else Plain(console)
    )


def _run(options: argparse.Namespace) -> int:
    from bot.memory import share_heaps

    settings = _settings()
    if options.shards:
        settings = settings.model_copy(update={"shard_ids": options.shards.ids, "shard_count": options.shards.count})
    if settings.discord_token is None:
        sys.stderr.write(_NOTHING_TO_RUN)
        return MISCONFIGURED
    _log(settings)
    share_heaps()
    return _with_database(lambda: _go_online(settings))


async def _go_online(settings: "Settings") -> int:
    from bot.app import deliver, open_app, tidying
    from bot.gateway import run_gateway
    from bot.memory import giving_back, settle
    from bot.monitor import open_monitor

    async with open_monitor(settings) as monitor, open_app(settings, monitor) as app:
        # Expired buttons go at each start; there are too few between two starts to matter.
        await app.storage.prune_actions(now=datetime.now(UTC))
        settle()
        async with tidying(app.storage, app.compute), giving_back():
            return await run_gateway(settings, app.services, app.storage, partial(deliver, app), monitor)


def _ingest(options: argparse.Namespace) -> int:
    settings = _settings()
    _log(settings, quiet=True)
    return _with_database(lambda: _take_in(settings, options.paths, desk_id=options.desk))


async def _take_in(settings: "Settings", paths: Sequence[str], *, desk_id: int) -> int:
    from bot.app import open_app
    from bot.console.ingest import Tally, ingest, summary
    from bot.render.terminal import flow, open_console, paint

    console = open_console()
    tally = Tally()
    try:
        async with open_app(settings) as app:
            await ingest(app.services, paths, tally, desk_id=desk_id, console=console, at_a_time=settings.workers)
    except asyncio.CancelledError:
        console.print(paint(summary(tally)))
        console.print(flow("Stopped. Run the same command again: it skips what is here and reads the rest."))
        raise
    console.print(paint(summary(tally)))
    return FAILED if tally.failures or tally.stopped else 0


def _check(_: argparse.Namespace) -> int:
    try:
        settings = _settings()
    except _ConfigurationError as error:
        _tell(ok=False, what="Settings", told=str(error))
        return FAILED
    _log(settings, quiet=True)
    return _with_database(lambda: _try_everything(settings))


async def _try_everything(settings: "Settings") -> int:
    from bot.check import check

    failed = False
    async for finding in check(settings):
        _tell(ok=finding.ok, what=finding.what, told=finding.told)
        failed |= not finding.ok
    return FAILED if failed else 0


def _tell(*, ok: bool, what: str, told: str) -> None:
    from bot.render.terminal import finding, open_console

    open_console().print(finding(ok=ok, what=what, told=told))


def _health(_: argparse.Namespace) -> int:
    from bot.health import ask_health

    try:
        ready, told = ask_health(_settings())
    except _ConfigurationError as error:
        ready, told = False, " ".join(str(error).splitlines())
    sys.stdout.write(f"{told}\n")
    return 0 if ready else FAILED


def _migrate(_: argparse.Namespace) -> int:
    settings = _settings()
    _log(settings, quiet=True)
    return _with_database(lambda: _bring_up_to_date(settings))


async def _bring_up_to_date(settings: "Settings") -> int:
    from storage import open_storage

    async with open_storage(settings.database_url) as storage:
        sys.stdout.write(f"The database is at revision {await storage.revision()}.\n")
    return 0


def _names(_: argparse.Namespace) -> int:
    settings = _settings()
    _log(settings, quiet=True)
    return _with_database(lambda: _name_everything(settings))


async def _name_everything(settings: "Settings") -> int:
    from bot.app import open_app
    from bot.render.terminal import open_console
    from bot.services.naming import name_everything

    done = 0
    async with open_app(settings) as app:
        with open_console().status("Finding names") as status:
            async for done in name_everything(app.storage, app.compute):
                status.update(f"Finding names: {done:,} articles")
    articles = "1 article" if done == 1 else f"{done:,} articles"
    sys.stdout.write(f"Names were found anew in {articles}. Decisions on names that stand there hold as before.\n")
    return 0


def _backup(options: argparse.Namespace) -> int:
    from bot.keeping import make_backup

    return _keep(lambda settings: make_backup(settings, options.path))


def _restore(options: argparse.Namespace) -> int:
    from bot.keeping import put_back

    return _keep(lambda settings: put_back(settings, options.path, replace=options.replace))


def _export(options: argparse.Namespace) -> int:
    from bot.keeping import write_out

    return _keep(lambda settings: write_out(settings, options.path, desk_id=options.desk))


def _import(options: argparse.Namespace) -> int:
    from bot.keeping import read_in

    return _keep(lambda settings: read_in(settings, options.path))


def _forget(options: argparse.Namespace) -> int:
    from bot.keeping import forget

    return _keep(lambda settings: forget(settings, options.what, options.number, sure=options.yes))


def _keep(work: "Callable[[Settings], Coroutine[Any, Any, int]]") -> int:
    """Do what the operator asks of the database."""
    settings = _settings()
    _log(settings, quiet=True)
    return _with_database(lambda: work(settings))


def _with_database(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run work that opens the database; where that fails, say why and return the exit code for it."""
    from bot.monitor import MonitorError
    from storage.errors import DatabaseUrlError, StorageError
    from summariser.errors import MissingPipelineError

    try:
        return asyncio.run(work())
    except (DatabaseUrlError, MissingPipelineError, MonitorError) as error:
        raise _ConfigurationError(str(error)) from error
    except StorageError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED


def _settings() -> "Settings":
    """Read the settings.

    Raises:
        _ConfigurationError: one of them is wrong, or `.env` cannot be read.
    """
    from pydantic import ValidationError

    from bot.config import Settings

    try:
        return Settings()
    except ValidationError as error:
        raise _ConfigurationError(_wrong_settings(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise _ConfigurationError(f".env cannot be read: {why}. Correct the file or take it away.") from error


def _wrong_settings(error: "ValidationError") -> str:
    """Return a line for each wrong setting: its name and what it takes, without its value, which may be a secret."""
    wrong = {str(one["loc"][0]).upper(): one["msg"] for one in error.errors(include_input=False, include_url=False)}
    lines = (f"{name} is not valid: {message[:1].lower()}{message[1:]}." for name, message in wrong.items())
    return "\n".join(f"{line} See .env.example." for line in lines)


def _log(settings: "Settings", *, quiet: bool = False) -> None:
    """Set the log up; where a person sits in front of it, only what matters is told."""
    from bot.logs import set_up

    level = "WARNING" if quiet and settings.log_level == "INFO" else settings.log_level
    set_up(level, settings.log_format, secrets=settings.secrets)


def _history(settings: "Settings") -> Path | None:
    """Return where the lines typed are kept: beside the database, or nowhere if that is not a file."""
    engine, _, path = settings.database_url.partition(":///")
    path = path.partition("?")[0] if engine.startswith("sqlite") else ""
    return Path(path).parent / "console-history" if path else None


def _never_fail_on_a_letter(stream: object) -> None:
    """Let a terminal that knows only ASCII show a question mark instead of ending the program."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")
