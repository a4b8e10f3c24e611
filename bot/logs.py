"""Logs: one event a line, its values as fields; never an article's text, never the token."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import IO, Literal

# What every record carries; whatever else it has came in through `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

Format = Literal["console", "json"]

# Libraries whose news is none: they name their plugins, or each request, at INFO.
_TALKATIVE = ("alembic", "aiohttp.access", "discord.client")

# discord.py writes whole requests and events at DEBUG: people's words, and the tokens of their interactions.
_INDISCREET = ("discord.http", "discord.gateway", "discord.webhook", "discord.state")


def set_up(level: str, style: Format, *, secret: str | None = None, file: IO[str] | None = None) -> None:
    """Send the log to stderr; `secret` is struck out wherever it turns up, in a library's message too."""
    handler = logging.StreamHandler(file or sys.stderr)
    handler.setFormatter(JSONLines(secret) if style == "json" else Lines(secret))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _INDISCREET:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelName(level)))


class _Formatter(logging.Formatter):
    """Puts events into lines, without the secret."""

    def __init__(self, secret: str | None = None) -> None:
        super().__init__()
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as it is written."""
        line = self.line(record, _fields(record))
        return line.replace(self._secret, "[token]") if self._secret else line

    def line(self, record: logging.LogRecord, values: Mapping[str, object]) -> str:
        """Return the record in the formatter's own way."""
        raise NotImplementedError

    def _trace(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


class Lines(_Formatter):
    """For eyes: the time, the level, the event, and `name=value` for each field; a traceback follows, indented."""

    def line(self, record: logging.LogRecord, values: Mapping[str, object]) -> str:
        """Return one line, and the lines of a traceback if there is one."""
        time = datetime.fromtimestamp(record.created).astimezone()
        told = "".join(f" {name}={_shown(value)}" for name, value in values.items())
        head = f"{time:%H:%M:%S} {record.levelname:<7} {_one_line(record.getMessage())}{told}"
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
            "event": record.getMessage(),
            **values,
        }
        trace = self._trace(record)
        if trace:
            event["traceback"] = trace
        return json.dumps(event, default=str)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _OWN}


def _shown(value: object) -> str:
    text = str(value)
    plain = text.isprintable() and text and not any(mark in text for mark in " \"'=")
    return text if plain else json.dumps(text)


def _one_line(text: str) -> str:
    return text if text.isprintable() else json.dumps(text)[1:-1]
