"""Replies for scripts: the same values as JSON objects, each block and inline value under the name of its kind."""

import base64
import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum

from bot.services.replies import Form, Reply, Request

JSONValue = None | bool | int | float | str | list["JSONValue"] | dict[str, "JSONValue"]


def replied(line: str, reply: Reply) -> str:
    """Return one line of JSON for a command that was answered."""
    return _line({"ok": True, "command": line, "reply": plain(reply)})


def failed(line: str, why: str, *, form: Form | None = None) -> str:
    """Return one line of JSON for a command that was not; `form` is what it would have had to ask."""
    asked: dict[str, JSONValue] = {"form": plain(form)} if form else {}
    return _line({"ok": False, "command": line, "error": why, **asked})


def plain(value: object) -> JSONValue:
    """Return a reply, or a part of one, as JSON values.

    Raises:
        TypeError: something in it has no JSON form.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Request):
        return _request(value)
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__.lower(), **told}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _request(request: Request) -> dict[str, JSONValue]:
    """Return what `Request.from_json` takes back."""
    return request.to_json()


def _line(value: dict[str, JSONValue]) -> str:
    # Escaped to ASCII: exact for a program, harmless for a terminal, whatever the texts hold.
    return json.dumps(value, ensure_ascii=True, allow_nan=False)
