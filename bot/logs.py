"""Logs: one event a line, its values as fields; never an article's text, never the token.

Of an error its kind, its place and what is known to be harmless are told, and what led to it. Its text is left out
unless its kind never speaks of what is worked on: a ValueError of some library may quote half an article.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import IO, Literal
from urllib.parse import quote

# What every record carries; whatever else it has came in through `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

Format = Literal["console", "json"]

# Libraries whose news is none: they name their plugins, or each request, at INFO.
_TALKATIVE = ("alembic", "aiohttp.access", "discord.client")

# discord.py writes whole requests and events at DEBUG: people's words, and the tokens of their interactions.
# aiosqlite writes each error of a statement, with what the statement was given.
_INDISCREET = ("discord.http", "discord.gateway", "discord.webhook", "discord.state", "aiosqlite")

# asyncio shows, after its first line, what a task was working on.
_FIRST_LINE_ALONE = "asyncio"

# Errors whose text names code, and nothing that anybody has written.
_DISCREET = (AttributeError, ImportError, MemoryError, NameError, RuntimeError, TypeError)

# What errors know of themselves besides: numbers and names out of a table.
_FACTS = ("errno", "status", "code", "retry_after", "sqlite_errorname", "sqlstate")
_FACT = re.compile(r"[A-Za-z0-9_.]{1,40}")

# Whoever has the token of an interaction or a webhook may answer in the bot's place.
_TOKEN_IN_ADDRESS = re.compile(r"(/(?:webhooks|interactions)/[0-9]+/)[^/?\s\"']+")


def set_up(level: str, style: Format, *, secrets: Collection[str] = (), file: IO[str] | None = None) -> None:
    """Send the log to stderr; secrets are struck out wherever they turn up, in a library's message too."""
    handler = logging.StreamHandler(file or sys.stderr)
    handler.setFormatter(JSONLines(secrets) if style == "json" else Lines(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _INDISCREET:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelName(level)))


def tell(error: BaseException) -> str:
    """Return an error in one line: its kind, what is harmless of it, and what it came from."""
    facts = [f"{name}={value}" for name in _FACTS if (value := _fact(getattr(error, name, None)))]
    if isinstance(error, OSError) and error.strerror:
        facts.append(error.strerror)
    elif isinstance(error, _DISCREET) and str(error):
        facts.append(str(error))
    told = type(error).__name__ + (f"({', '.join(facts)})" if facts else "")
    return f"{told} from {tell(error.__cause__)}" if error.__cause__ else told


class _Formatter(logging.Formatter):
    """Puts events into lines, without the secrets."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        super().__init__()
        spelled = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
        # The longest first: one may be a part of another.
        together = "|".join(re.escape(each) for each in sorted(spelled, key=len, reverse=True))
        self._secrets = re.compile(together or r"(?!)")

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as it is written."""
        line = self.line(record, _fields(record))
        return _TOKEN_IN_ADDRESS.sub(r"\1[token]", self._secrets.sub("[secret]", line))

    def line(self, record: logging.LogRecord, values: Mapping[str, object]) -> str:
        """Return the record in the formatter's own way."""
        raise NotImplementedError

    def _trace(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join(_told_whole(error)) if error else ""


class Lines(_Formatter):
    """For eyes: the time, the level, the event, and `name=value` for each field; a traceback follows, indented."""

    def line(self, record: logging.LogRecord, values: Mapping[str, object]) -> str:
        """Return one line, and the lines of a traceback if there is one."""
        time = datetime.fromtimestamp(record.created).astimezone()
        told = "".join(f" {name}={_shown(value)}" for name, value in values.items())
        head = f"{time:%H:%M:%S} {record.levelname:<7} {_one_line(_event(record))}{told}"
        trace = self._trace(record)
        return head + "".join(f"\n    {line}" for line in trace.splitlines())


class JSONLines(_Formatter):
    """For machines: a JSON object a line."""

    def line(self, record: logging.LogRecord, values: Mapping[str, object]) -> str:
        """Return one line."""
        event: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": _event(record),
            **values,
        }
        trace = self._trace(record)
        if trace:
            event["traceback"] = trace
        return json.dumps(event, default=str)


def _event(record: logging.LogRecord) -> str:
    message = record.getMessage()
    return message.partition("\n")[0] if record.name == _FIRST_LINE_ALONE else message


def _fields(record: logging.LogRecord) -> dict[str, object]:
    values = {name: value for name, value in vars(record).items() if name not in _OWN}
    return {name: tell(value) if isinstance(value, BaseException) else value for name, value in values.items()}


def _told_whole(error: BaseException) -> Iterator[str]:
    """Yield the lines of an error's traceback, those before it first, without what they say."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told_whole(before)
        yield "and from that, or while it was handled:"
    yield "Traceback (most recent call last):"
    yield from "".join(traceback.format_tb(error.__traceback__)).splitlines()
    yield tell(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from (f"  | {line}" for line in _told_whole(each))


def _fact(value: object) -> str:
    shown = str(value) if isinstance(value, int | float | str) else ""
    return shown if _FACT.fullmatch(shown) else ""


def _spellings(secret: str) -> tuple[str, ...]:
    """Return how a secret may be written: as it is, in an address, and as JSON or Python quote it."""
    return secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]


def _shown(value: object) -> str:
    text = str(value)
    plain = text.isprintable() and text and not any(mark in text for mark in " \"'=")
    return text if plain else json.dumps(text)


def _one_line(text: str) -> str:
    return text if text.isprintable() else json.dumps(text)[1:-1]
