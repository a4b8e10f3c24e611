"""The edge of storage: a driver's errors become ours, bugs stay bugs."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from storage.errors import BusyError, FailedDatabaseError, FullError, StorageError
from storage.turns import GivenUpError

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL}
_FAILED = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise ours where the engine gave up, chained to its own; let wrong statements and broken constraints pass.

    Raises:
        BusyError: locked by somebody else, or stopped at its time limit.
        FullError: no space is left.
        FailedDatabaseError: the file or its disk failed.
    """
    try:
        yield
    except GivenUpError as error:
        raise BusyError from error
    except DBAPIError as error:
        ours = _ours(error.orig)
        if ours is None:
            raise
        raise ours from error
    except sqlite3.Error as error:
        ours = _ours(error)
        if ours is None:
            raise
        raise ours from error


def _ours(error: BaseException | None) -> StorageError | None:
    """Return what to raise instead, or None for a bug."""
    # The low byte is the error, the rest its details (https://www.sqlite.org/rescode.html).
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in BUSY:
        return BusyError()
    if code == sqlite3.SQLITE_FULL:
        return FullError()
    return FailedDatabaseError(str(error)) if code in _FAILED else None
