"""Takes results back from workers, trusting them with nothing.

A file may have taken over the worker that read it, so what comes back is only ever built from the values of
`summariser.model`, dates and plain data, each field is held against its declared type, and a reading against its text.
"""

import dataclasses
import pickle
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from functools import cache
from io import BytesIO
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from summariser import model
from summariser.model import Reading

_DATES = {kind.__name__: kind for kind in (date, datetime, time, timedelta, timezone)}


class UnexpectedResultError(Exception):
    """A worker answered with something that no worker of ours answers with."""


def unpack(data: bytes | bytearray) -> object:
    """Return the value that `bot.worker.pack` wrote.

    Raises:
        UnexpectedResultError: it holds anything but values of the model, dates and plain data.
    """
    try:
        value = _Unpacker(BytesIO(data)).load()
    except UnexpectedResultError:
        raise
    except Exception as error:  # damaged or hostile bytes fail in as many ways as there are instructions
        raise UnexpectedResultError(type(error).__name__) from error
    _examine(value)
    return value


def unpack_reading(data: bytes | bytearray) -> Reading:
    """Return the reading that `bot.worker.pack` wrote, its offsets checked; raises as `unpack` does."""
    reading = unpack(data)
    if not isinstance(reading, Reading) or not _is_consistent(reading):
        raise UnexpectedResultError("not a reading whose offsets fit its text")
    return reading


def _is_consistent(reading: Reading) -> bool:
    document = reading.document
    return (
        len(reading.sentences) == len(document.articles)
        and all(
            article.start >= 0
            and document.text.startswith(article.text, article.start)
            and (article.published_at is None or article.published_at.holds(article.published_words, article.text))
            and all(0 <= span.start <= span.end <= len(article.text) for span in spans)
            for article, spans in zip(document.articles, reading.sentences, strict=True)
        )
        and _names_stand(reading)
    )


def _names_stand(reading: Reading) -> bool:
    """Tell whether each mention stands where it says."""
    articles = reading.document.articles
    return len(reading.names) in {0, len(articles)} and all(
        0 <= one.mention.start < one.mention.end <= len(article.text)
        and article.text[one.mention.start : one.mention.end] == one.mention.surface
        for article, named in zip(articles, reading.names, strict=False)
        for one in named or ()
    )


class _Unpacker(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> "_Builder":
        """Return a way to build values of a permitted class, never the class: instructions could change that."""
        kind: type[Any] | None = _DATES.get(name) if module == "datetime" else None
        if (module, name) == ("builtins", "str"):
            kind = str
        if module == model.__name__:
            found = getattr(model, name, None)
            kind = found if isinstance(found, type) and found.__module__ == module else None
        if kind is None:
            raise UnexpectedResultError(f"{module}.{name}"[:200])
        return _Builder(kind)


class _Builder:
    """Builds values of one class; holds nothing that a pickle's instructions could set."""

    __slots__ = ("_kind",)
    _kind: type[Any]

    def __init__(self, kind: type[Any]) -> None:
        object.__setattr__(self, "_kind", kind)

    def __setattr__(self, name: str, _: object) -> None:
        raise UnexpectedResultError(f"sets {name}"[:200])

    def __call__(self, *values: object) -> object:
        kind = self._kind
        if not dataclasses.is_dataclass(kind):
            return kind(*values)
        names = [field.name for field in dataclasses.fields(kind)]
        return kind(**dict(zip(names, values, strict=True)))


def _examine(value: object) -> None:
    """Hold every field of every value of the model against its type, once all instructions are done.

    Not while they are built: a later instruction may set the fields of what an earlier one has built.

    Raises:
        UnexpectedResultError: a field is of another type than the model declares.
    """
    waiting = [value]
    seen: set[int] = set()  # a hostile list may hold itself
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, list | tuple | set | frozenset):
            waiting += one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif dataclasses.is_dataclass(one):
            waiting += _fields(one)


def _fields(one: Any) -> list[object]:  # noqa: ANN401 - any value of the model
    """Return the values of the fields, each of the type that its class declares."""
    values: list[object] = []
    for name, fits in _checks(type(one).__name__):
        values.append(getattr(one, name, _MISSING))
        if not fits(values[-1]):
            raise UnexpectedResultError(f"{type(one).__qualname__}.{name} is no {type(values[-1]).__name__}")
    return values


_MISSING = object()


_Check = Callable[[object], bool]


@cache
def _checks(name: str) -> tuple[tuple[str, _Check], ...]:
    """Return the fields of a class of the model, each with a test of its value."""
    kind = getattr(model, name)
    hints = get_type_hints(kind)
    return tuple((field.name, _check(hints[field.name])) for field in dataclasses.fields(kind))


@cache
def _check(hint: Any) -> _Check:  # noqa: ANN401 - an annotation may be anything
    """Return a test of whether a value is of the type of an annotation."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _any([_check(one) for one in inner])
    if origin is tuple and inner[1:] == (...,):
        return _every(_check(inner[0]))
    if origin is tuple:
        return _each([_check(one) for one in inner])
    if hint is None or hint is NoneType:
        return lambda value: value is None
    if not isinstance(hint, type):
        raise TypeError(f"the model holds {hint}, which cannot be checked")
    if hint is str or issubclass(hint, Enum):
        return lambda value: type(value) is hint
    return lambda value: isinstance(value, hint)


def _any(checks: Sequence[_Check]) -> _Check:
    return lambda value: any(check(value) for check in checks)


def _every(check: _Check) -> _Check:
    return lambda value: isinstance(value, tuple) and all(map(check, value))


def _each(checks: Sequence[_Check]) -> _Check:
    return lambda value: (
        isinstance(value, tuple)
        and len(value) == len(checks)
        and all(check(one) for check, one in zip(checks, value, strict=True))
    )
