"""Replies as JSON and back: what is about to be posted is kept before it is, and posted as it was kept."""

import base64
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.services import replies
from bot.services.errors import UnknownRequestError
from bot.services.replies import Reply
from summariser.model import Span

_PARTS: dict[str, type[Any]] = {
    part.__name__: part
    for part in (*vars(replies).values(), Span)
    if isinstance(part, type) and (is_dataclass(part) or issubclass(part, Enum))
}

# Each value that JSON does not have goes under this name, which no field has.
_KIND = ":"


def pack_reply(reply: Reply) -> dict[str, Any]:
    """Return the JSON object that `unpack_reply` takes back."""
    packed: dict[str, Any] = _pack(reply)
    return packed


def unpack_reply(value: dict[str, Any]) -> Reply:
    """Take back what `pack_reply` gave.

    Raises:
        UnknownRequestError: another version wrote it.
    """
    try:
        reply = _unpack(value)
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownRequestError from error
    if not isinstance(reply, Reply):
        raise UnknownRequestError
    return reply


def _pack(value: object) -> Any:  # noqa: ANN401  whatever JSON has
    if isinstance(value, Enum):
        return {_KIND: type(value).__name__, "value": value.value}
    if is_dataclass(value):
        return {_KIND: type(value).__name__} | {one.name: _pack(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, datetime):
        return {_KIND: "moment", "value": value.isoformat()}
    if isinstance(value, bytes):
        return {_KIND: "bytes", "value": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        # A request's options: JSON already.
        return {_KIND: "json", "value": value}
    return [_pack(one) for one in value] if isinstance(value, list | tuple) else value


_PLAIN: dict[str, Callable[[Any], object]] = {
    "moment": datetime.fromisoformat,
    "bytes": base64.b64decode,
    "json": dict,
}


def _unpack(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(_unpack, value))
    if not isinstance(value, dict):
        return value
    kind = value[_KIND]
    if kind in _PLAIN:
        return _PLAIN[kind](value["value"])
    part = _PARTS[kind]
    if issubclass(part, Enum):
        return part(value["value"])
    return part(**{name: _unpack(one) for name, one in value.items() if name != _KIND})
