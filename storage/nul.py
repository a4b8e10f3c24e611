"""No text holds a NUL: PostgreSQL cannot keep one, and so neither engine is given any.

The readers take them out of files, with a note; what is typed, or stands in an export, is refused in a sentence.
"""

from sqlalchemy import Engine, event

from storage.errors import NulError

NUL = "\0"

_SEVERAL = (list, tuple)
_MORE = (*_SEVERAL, dict)


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
    """Tell whether a text in it has one. All that is written passes here: what is no text costs a look at its type."""
    if isinstance(value, str):
        return NUL in value
    if isinstance(value, dict):
        return _holds(tuple(value.values()))
    if not isinstance(value, _SEVERAL):
        return False
    return any(NUL in one if isinstance(one, str) else isinstance(one, _MORE) and _holds(one) for one in value)
