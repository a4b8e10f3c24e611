"""No text holds a NUL: PostgreSQL cannot keep one, and so neither engine is given any.

The readers take them out of files, with a note; what is typed, or stands in an export, is refused in a sentence.
"""

from collections.abc import Mapping

from sqlalchemy import Engine, event

from storage.errors import NulError

NUL = "\0"


def refuse_nul(engine: Engine) -> None:
    """Have an engine refuse what is given to it with a NUL in it, before its database is asked.

    Statements then raise:
        NulError: there is one.
    """
    event.listen(engine, "before_cursor_execute", _look)


def _look(*told: object) -> None:
    _connection, _cursor, _statement, parameters, *_ = told
    if _holds(parameters):
        raise NulError


def _holds(value: object) -> bool:
    if isinstance(value, str):
        return NUL in value
    if isinstance(value, list | tuple):
        return any(map(_holds, value))
    return isinstance(value, Mapping) and any(map(_holds, value.values()))
