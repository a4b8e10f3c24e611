"""What the metrics say of what is posted by schedule."""

from datetime import timedelta

import pytest
import pytest_asyncio
from test_scheduler import make, scheduler, sink, time, work  # noqa: F401  fixtures

from bot.metrics.prometheus import Prometheus
from bot.services.deliveries import ForbiddenError, UnreachableError
from storage import open_storage

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def storage():
    async with open_storage("sqlite+aiosqlite://") as opened:
        yield opened


@pytest.fixture
def metrics():
    return Prometheus()


@pytest.fixture
def watched(scheduler, metrics):  # noqa: F811
    one = scheduler()
    one._metrics = metrics
    return one


def counted(metrics):
    """Return what is above nothing of the deliveries."""
    found = {}
    for line in metrics.text()[0].decode().splitlines():
        head, _, value = line.rpartition(" ")
        if head.startswith("verbatim_deliver") and "bucket" not in head and float(value):
            found[head.removeprefix("verbatim_")] = float(value)
    return found


async def test_what_is_put_off_and_then_sent_is_due_once(make, sink, time, watched, metrics):  # noqa: F811
    await make()
    sink.before = [UnreachableError("503")]

    await work(watched)
    time.pass_by(timedelta(minutes=3))
    await work(watched)

    told = counted(metrics)
    assert told['deliveries_due_total{kind="digest"}'] == 1
    assert told['deliveries_total{kind="digest",outcome="put off"}'] == 1
    assert told['deliveries_total{kind="digest",outcome="sent"}'] == 1
    assert 'deliveries_late_total{kind="digest"}' not in told


async def test_what_comes_late_is_counted_as_late(make, time, watched, metrics):  # noqa: F811
    await make()
    time.pass_by(timedelta(hours=2))

    await work(watched)

    told = counted(metrics)
    assert told['deliveries_late_total{kind="digest"}'] == 1
    assert told['delivery_delay_seconds_sum{kind="digest"}'] > 3600


async def test_what_is_given_up_is_counted_as_failed(make, sink, watched, metrics):  # noqa: F811
    await make()
    sink.before = [ForbiddenError("Send Messages")]

    await work(watched)

    assert counted(metrics)['deliveries_total{kind="digest",outcome="failed"}'] == 1
