"""The edge towards PostgreSQL: a driver's errors become ours, bugs stay bugs.

Codes and their classes: https://www.postgresql.org/docs/15/errcodes-appendix.html
"""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError

from storage.errors import (
    AwayError,
    BusyError,
    FailedDatabaseError,
    FullError,
    StorageError,
    UnreachableDatabaseError,
)
from storage.turns import GivenUpError

# Stopped at a time limit, or behind somebody's lock.
_BUSY = {"57014", "55P03"}
# Two met: one of them was sent back and may come again. A statement prepared before a migration is prepared anew.
_MET = {"40001", "40P01", "0A000"}
_FULL = {"53100"}
# Too many connections, shutting down or starting up; and whatever is wrong with the connection itself.
_AWAY = {"53300", "57P01", "57P02", "57P03", "57P05", "25P03"}
_AWAY_CLASS = "08"
# What the address, or what its user may do, is wrong about.
_REFUSED = {"28000", "28P01", "3D000", "42501", "3F000"}
# Out of memory or of another resource, the system's errors, damage, and a server that only reads.
_FAILED_CLASSES = {"53", "54", "58", "F0", "XX"}
_FAILED = {"25006"}


class MetError(BusyError):
    """Another transaction was in the way; done again from the start, the work may well pass."""


@contextmanager
def translate_errors(where: str = "") -> Iterator[None]:
    """Raise ours where the engine gave up, chained to its own; let wrong statements and broken constraints pass.

    Raises:
        BusyError: locked by somebody else, or stopped at its time limit.
        AwayError: the server does not answer.
        FullError: no space is left.
        FailedDatabaseError: the server or its disk failed.
        UnreachableDatabaseError: the server lets nobody in with this address.
    """
    try:
        yield
    except GivenUpError as error:
        raise BusyError from error
    except (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        ours = _ours(error, where)
        if ours is None:
            raise
        raise ours from error


def is_cut(error: BaseException) -> bool:
    """Tell whether an error says that the connection is gone."""
    return isinstance(_ours(error, ""), AwayError)


def _ours(error: BaseException, where: str) -> StorageError | None:
    """Return what to raise instead, or None for a bug."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(driver, "sqlstate", None) or ""
    if isinstance(driver, OSError) or code in _AWAY or code.startswith(_AWAY_CLASS) or _is_closed(driver):
        return AwayError(_why_away(driver))
    if code in _MET:
        return MetError()
    if code in _BUSY:
        return BusyError()
    if code in _FULL:
        return FullError()
    if code in _REFUSED:
        return UnreachableDatabaseError(where, _first_line(driver), "the user, its password and its rights")
    return FailedDatabaseError(_first_line(driver)) if code in _FAILED or code[:2] in _FAILED_CLASSES else None


def _why_away(driver: BaseException | None) -> str:
    if isinstance(driver, TimeoutError):
        return "no answer comes"
    return "nobody answers there" if isinstance(driver, ConnectionError) else _first_line(driver)


def _is_closed(driver: BaseException | None) -> bool:
    """Tell whether the driver found its connection closed: it says so by a class of its own, without a code."""
    cause = driver.__cause__ if driver is not None else None
    closed = isinstance(driver, asyncpg.InterfaceError) or isinstance(cause, asyncpg.InterfaceError)
    return closed and "closed" in str(driver)


def _first_line(driver: BaseException | None) -> str:
    """Return what the server says, without the details, which may quote a row."""
    return str(driver).partition("\n")[0].partition(": ")[2] if ">: " in str(driver) else str(driver).partition("\n")[0]
