"""What holds for all tests."""

import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from storage import open_storage

# How long an example takes is the machine's affair: a busy one must not fail a test.
settings.register_profile("verbatim", deadline=None)
settings.load_profile("verbatim")

# The same holds for a transaction, which takes long where several processes of tests share a core: tests of the limit
# give their own. Those who wait for what does come wait no longer for it.
open_storage.__wrapped__.__kwdefaults__["seconds"] = 60.0

# Files that wait longest for other processes come first, so that others work meanwhile and none is left to the end.
_FIRST = ("e2e", "bot", "storage")


def pytest_collection_modifyitems(items):
    """Bring the slow folders forward; the tests of a file stay together, in their order."""
    here = Path(__file__).parent
    place = {name: number for number, name in enumerate(_FIRST)}
    items.sort(key=lambda item: place.get(item.path.relative_to(here).parts[0], len(_FIRST)))


def _forget_statements():
    for name, module in list(sys.modules.items()):
        if name.startswith("storage"):
            for one in list(vars(module).values()):
                if isinstance(one, type(cache(int))):
                    one.cache_clear()


@pytest.fixture
def make_anew():
    """Have the storage make its statements anew, for tests that change what makes them; none is kept for afterwards."""
    yield _forget_statements
    _forget_statements()
