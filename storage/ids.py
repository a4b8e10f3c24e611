"""Ids made by the application: 64 bits, sortable by time, no round trip to the database."""

import secrets
import threading
from datetime import UTC, datetime

_EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 22
_lock = threading.Lock()
_last = 0


def new_id(now: datetime) -> int:
    """Return a positive 63-bit id that no earlier call in this process gave.

    The upper bits count milliseconds since 2025, the lower 22 are chance, so that two processes that ask in the same
    millisecond get different ids but once in four million times; a primary key catches that once.
    """
    global _last  # noqa: PLW0603  the one counter of the process is the point
    fresh = lowest_id(now) | secrets.randbits(_RANDOM_BITS)
    with _lock:
        _last = max(_last + 1, fresh)
        return _last


def lowest_id(now: datetime) -> int:
    """Return the least that `new_id` gives for this time, so that a stretch of ids stands for a stretch of time."""
    elapsed = max(0, int((now - _EPOCH).total_seconds() * 1000))
    return elapsed << _RANDOM_BITS
