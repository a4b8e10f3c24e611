"""Every statement of SQL, behind one contract.

`open_storage` is loaded when first used, so that the contract alone (`storage.base`, `storage.errors`) stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.database import open_storage as open_storage

__all__ = ["open_storage"]

_HOMES = {"open_storage": "storage.database"}


def __getattr__(name: str) -> object:
    """Import a public name from its home on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
