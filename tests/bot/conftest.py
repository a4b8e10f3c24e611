"""The real thing for tests of the application: SQLite in memory, real workers, real use cases."""

from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.services import build
from bot.services.calls import Call, Incoming
from bot.services.compute import Compute
from bot.services.web import Web
from storage import open_storage
from storage.base import LOCAL_DESK, LOCAL_PERSON, Scope
from summariser.limits import Limits

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

FERRY = """Night ferry to Ostrava Bay cancelled after engine fire

By Ilse Marken

HOLM HARBOUR — The night ferry between Holm Harbour and Ostrava Bay was cancelled on Tuesday after a fire broke out in
its engine room, the harbour office said.

None of the 214 passengers was hurt, and all were brought ashore within forty minutes. Crew members put the fire out
with the ship's own foam system before the fire brigade arrived.

The ferry company said it would refund every ticket. “We owe our passengers an explanation,” its director, Tomas Reyl,
told reporters at the quay.

Investigators will examine a fuel pump that was replaced last month. A second ship is expected to take over the route on
Friday, three days later than the company had first promised.
"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def compute():
    async with Compute(workers=2, memory_mib=512, seconds=20) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def web():
    async with Web() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def storage():
    async with open_storage("sqlite+aiosqlite://") as opened:
        yield opened


@pytest.fixture
def services(storage, compute, web):
    return build(storage, compute, web, Limits())


@pytest.fixture
def call():
    """The person at the terminal."""
    return Call(
        scope=Scope(LOCAL_DESK, LOCAL_PERSON, None), channel_id=0, audience_id=LOCAL_PERSON, origin_id=1, now=NOW
    )


@pytest.fixture
def ferry(tmp_path):
    path = tmp_path / "ferry.txt"
    path.write_text(FERRY)
    return Incoming("ferry.txt", path=str(path), attachment_id=11)


@pytest.fixture
def ferry_text():
    return FERRY
