"""Articles by what tells nothing of them, wherever people may see it.

The id of an article holds the moment at which its bytes were first brought to the desk, by whomever: who brings again
what a channel out of sight had before would see it there. So what stands behind a suggestion is the id under a secret
of the database, a Feistel network of four rounds over its two halves (Luby and Rackoff, 1988).
"""

import re
import secrets
from datetime import UTC, datetime
from hashlib import blake2b
from weakref import WeakKeyDictionary

from storage.base import Storage

TICKET = re.compile(r"#[0-9a-f]{16}")

_NAME = "tickets"
_HALF = 32
_MASK = 0xFFFF_FFFF
_ROUNDS = range(4)

_known: WeakKeyDictionary[Storage, bytes] = WeakKeyDictionary()


async def secret_of(storage: Storage) -> bytes:
    """Return the secret of a database, which is made when it is first asked for."""
    if storage not in _known:
        if (kept := await storage.fingerprint(_NAME)) is None:
            await storage.set_fingerprint(_NAME, secrets.token_hex(16), now=datetime.now(UTC))
            # Another process may have made one at the same moment.
            kept = await storage.fingerprint(_NAME) or ""
        _known[storage] = bytes.fromhex(kept)
    return _known[storage]


def ticket_of(article_id: int, secret: bytes) -> str:
    """Return what stands for an article."""
    left, right = article_id >> _HALF, article_id & _MASK
    for step in _ROUNDS:
        left, right = right, left ^ _mixed(right, step, secret)
    return f"#{left << _HALF | right:016x}"


def article_of(ticket: str, secret: bytes) -> int:
    """Return the id of the article that a ticket stands for; of one that nobody was given it is nobody's."""
    number = int(ticket.removeprefix("#"), 16)
    left, right = number >> _HALF, number & _MASK
    for step in reversed(_ROUNDS):
        left, right = right ^ _mixed(left, step, secret), left
    # Ids have 63 bits.
    return (left << _HALF | right) & (2**63 - 1)


def _mixed(half: int, step: int, secret: bytes) -> int:
    told = blake2b(half.to_bytes(4) + bytes([step]), key=secret, digest_size=4)
    return int.from_bytes(told.digest())
