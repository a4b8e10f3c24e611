import asyncio
import json
import os
import re
import signal
import socket
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Settings
from bot.health import Health, Sign, ask_health, of_database, of_workers
from bot.metrics.prometheus import Prometheus
from bot.monitor import MonitorError, open_monitor
from bot.services import build
from bot.services.calls import Incoming
from bot.services.compute import Compute
from bot.services.errors import WorkerDiedError
from storage import open_storage
from storage.errors import BusyError, FailedDatabaseError
from summariser.errors import SummariserError
from summariser.limits import Limits

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "operating.md").read_text()


def value(metrics, name, **labels):
    """Return what a scrape would read; 0 where there is no such line."""
    wanted = {f'{label}="{given}"' for label, given in labels.items()}
    for line in metrics.text()[0].decode().splitlines():
        head, _, number = line.rpartition(" ")
        found, _, rest = head.partition("{")
        if found == name and set(filter(None, rest.rstrip("}").split(","))) == wanted:
            return float(number)
    return 0.0


@pytest.fixture
def metrics():
    return Prometheus()


@pytest.fixture
def port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def settings(**given):
    return Settings.model_construct(**given)


async def get(port, path):
    def ask():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    return await asyncio.to_thread(ask)


# What is counted


async def test_a_transaction_is_counted_with_how_it_ended_and_how_long_it_took(metrics):
    async with open_storage("sqlite+aiosqlite://", watch=metrics.transaction) as storage:
        await storage.revision()
        await storage.prune_actions(now=datetime.now(UTC))

    assert value(metrics, "verbatim_database_transactions_total", manner="read", outcome="done") == 1
    assert value(metrics, "verbatim_database_transactions_total", manner="write", outcome="done") == 1
    assert value(metrics, "verbatim_database_seconds_count", manner="read") == 1
    assert value(metrics, "verbatim_database_waiting") == 0


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (BusyError(), "busy"),
        (FailedDatabaseError("disk I/O error"), "failed"),
        (asyncio.CancelledError(), "cancelled"),
        (LookupError(), "done"),
    ],
)
def test_a_transaction_that_raises_is_told_apart(metrics, error, outcome):
    with pytest.raises(type(error)), metrics.transaction("write"):
        raise error

    assert value(metrics, "verbatim_database_transactions_total", manner="write", outcome=outcome) == 1
    assert value(metrics, "verbatim_database_waiting") == 0


async def test_jobs_and_workers_are_counted(metrics):
    async with Compute(workers=1, metrics=metrics) as compute:
        metrics.gauge("workers", lambda: len(compute.pids))
        await compute.read(b"The ferry is back.\n\nIt sails on Monday.", "a.txt", Limits())
        with pytest.raises(SummariserError):
            await compute.read(b"", "b.txt", Limits())
        await compute.ready()

        assert value(metrics, "verbatim_work_total", kind="read", outcome="done") == 1
        assert value(metrics, "verbatim_work_total", kind="read", outcome="refused") == 1
        assert value(metrics, "verbatim_worker_events_total", event="parent started") == 1
        assert value(metrics, "verbatim_worker_events_total", event="started") >= 2
        assert value(metrics, "verbatim_workers") >= 1
        assert (compute.waiting, compute.running) == (0, 0)


async def test_a_worker_that_is_too_slow_is_counted_as_killed(metrics):
    async with Compute(workers=1, seconds=0.01, metrics=metrics) as compute:
        with pytest.raises(WorkerDiedError):
            await compute.read(b"The ferry is back. " * 20_000, "a.txt", Limits())

    assert value(metrics, "verbatim_work_total", kind="read", outcome="killed") == 1
    assert value(metrics, "verbatim_worker_events_total", event="too slow") == 1


async def test_work_that_waits_is_seen(metrics):
    async with Compute(workers=1, metrics=metrics) as compute:
        jobs = [asyncio.ensure_future(compute.read(b"Rain. Wind.", "a.txt", Limits())) for _ in range(3)]
        await asyncio.sleep(0)

        assert (compute.waiting, compute.running) == (2, 1)
        await asyncio.gather(*jobs)


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_brought_is_counted_by_what_it_proved_to_be(metrics, storage, compute, web, call, tmp_path):
    intake = build(storage, compute, web, Limits(), metrics=metrics).intake
    for name, data in (("page.bin", b"Rain fell in Holm.\n\nIt went on.\n"), ("b.txt", b"")):
        (tmp_path / name).write_bytes(data)
    given = [Incoming(name, path=str(tmp_path / name)) for name in ("page.bin", "page.bin", "b.txt")]

    await intake.take(call, given[0])
    await intake.take(call, given[1])
    with pytest.raises(SummariserError):
        await intake.take(call, given[2])

    assert value(metrics, "verbatim_uploads_total", format="txt", outcome="read") == 1
    assert value(metrics, "verbatim_uploads_total", format="known", outcome="known") == 1
    assert value(metrics, "verbatim_uploads_total", format="unknown", outcome="refused") == 1
    assert value(metrics, "verbatim_upload_bytes_total", format="txt") == 32


def test_deliveries_are_counted_with_their_delay(metrics):
    metrics.due("digest")
    metrics.delivery("digest", "put off")
    metrics.delivery("digest", "sent", delay=900, late=True)

    assert value(metrics, "verbatim_deliveries_due_total", kind="digest") == 1
    assert value(metrics, "verbatim_deliveries_total", kind="digest", outcome="sent") == 1
    assert value(metrics, "verbatim_deliveries_late_total", kind="digest") == 1
    assert value(metrics, "verbatim_delivery_delay_seconds_sum", kind="digest") == 900


def test_answers_of_discord_are_counted_by_status_and_whose_limit_it_was(metrics):
    for status, scope in ((204, None), (429, "global"), (429, "of a newer kind"), (503, None), (0, None)):
        metrics.request(status, scope=scope)

    assert value(metrics, "verbatim_discord_requests_total", status="2xx") == 1
    assert value(metrics, "verbatim_discord_requests_total", status="429") == 2
    assert value(metrics, "verbatim_discord_requests_total", status="other") == 1
    assert value(metrics, "verbatim_discord_rate_limits_total", scope="global") == 1
    assert value(metrics, "verbatim_discord_rate_limits_total", scope="other") == 1


# What is never told


@given(st.text())
def test_no_label_takes_what_somebody_wrote(words):
    metrics = Prometheus()

    metrics.command(f"Harbour {words}", f"“{words}”", acked=None, seconds=1)
    metrics.upload(f"{words}.TXT", f"{words}!", size=1)

    assert value(metrics, "verbatim_commands_total", command="other", outcome="other") == 1
    assert value(metrics, "verbatim_uploads_total", format="other", outcome="other") == 1


@pytest.mark.trust("operator-metrics")
def test_a_label_has_a_bounded_number_of_values(metrics):
    for number in range(10_000):
        metrics.command(f"command {number}", "answered", acked=0.1, seconds=1)

    series = metrics.text()[0].decode().count("verbatim_commands_total{")
    assert series == 101
    assert value(metrics, "verbatim_commands_total", command="other", outcome="answered") == 9_900


# What the manual says


def test_the_manual_lists_every_metric_and_no_other(metrics):
    listed = re.findall(r"^\| `((?:verbatim|process)_[a-z_]+)` \|", MANUAL, re.MULTILINE)

    assert sorted(listed) == sorted(metrics.names())


def test_the_alerts_of_the_manual_ask_for_metrics_and_labels_that_there_are(metrics):
    rules = "".join(re.findall(r"```yaml\n(groups:.*?)```", MANUAL, re.DOTALL))
    exposed = metrics.text()[0].decode()
    asked = re.findall(r"(verbatim_[a-z_]+)(?:\{([a-z]+)=~?\"([^\"]+)\")?", rules)

    assert len(asked) >= 8
    for name, label, values in asked:
        assert f"\n# TYPE {re.sub('_(bucket|sum|count)$', '', name)} " in exposed
        for one in values.split("|") if values else ():
            assert re.search(rf'^{name}\{{.*{label}="{one}"', exposed, re.MULTILINE), (name, one)


# The pages


async def test_the_bot_is_alive_at_once_and_ready_when_all_its_parts_are(port):
    async with open_monitor(settings(metrics_port=port)) as monitor:
        alive, starting = await get(port, "/healthz"), await get(port, "/readyz")
        for part in ("database", "discord", "workers"):
            monitor.health.watch(part, _fine)
        ready, scraped = await get(port, "/readyz"), await get(port, "/metrics")

    assert alive == (200, "alive\n")
    assert starting[0] == 503
    assert json.loads(starting[1])["parts"]["database"] == {"ok": False, "told": "It is being started."}
    assert ready[0] == 200
    assert json.loads(ready[1])["ready"] is True
    assert "verbatim_loop_lag_seconds_bucket" in scraped[1]


async def test_a_part_that_hangs_makes_it_unready_and_holds_nothing_up():
    health = Health()
    for part in ("discord", "workers"):
        health.watch(part, _fine)
    health.watch("database", lambda: asyncio.sleep(3600))

    signs = await health.look()

    assert signs["database"] == Sign(False, "It did not answer within a second.")
    assert signs["workers"].ok


@pytest.mark.asyncio(loop_scope="session")
async def test_a_database_is_ready_while_it_answers(storage):
    class Gone:
        async def revision(self):
            raise FailedDatabaseError("disk I/O error")

    assert (await of_database(storage)()).ok
    assert not (await of_database(Gone())()).ok


async def test_workers_that_died_are_told_and_started_anew():
    async with Compute(workers=1) as compute:
        await compute.ready()
        look = of_workers(compute)
        assert (await look()).ok

        nursery = compute.nursery_pid
        os.kill(nursery, signal.SIGKILL)
        while compute.pids:  # noqa: ASYNC110  its end is news that comes by a socket
            await asyncio.sleep(0.01)
        dead = await look()
        await compute.ready()

        assert not dead.ok
        assert (await look()).ok
        assert compute.nursery_pid not in {nursery, None}


async def test_nothing_listens_where_no_port_is_set():
    async with open_monitor(settings(metrics_port=None)) as monitor:
        monitor.metrics.command("add", "answered", acked=0.1, seconds=1)
        with monitor.metrics.transaction("read"):
            pass

    assert "METRICS_PORT is not set" in ask_health(settings(metrics_port=None))[1]


async def test_a_port_that_is_taken_is_named_with_what_to_do(port):
    async with open_monitor(settings(metrics_port=port)):
        with pytest.raises(MonitorError, match=rf"METRICS_PORT={port} cannot be used.*Choose another"):
            async with open_monitor(settings(metrics_port=port)):
                pass


async def test_health_is_a_line_and_a_verdict(port):
    here = settings(metrics_port=port)
    nobody = ask_health(here)
    async with open_monitor(settings(metrics_port=port, metrics_host="0.0.0.0")) as monitor:
        starting = await asyncio.to_thread(ask_health, settings(metrics_port=port, metrics_host="0.0.0.0"))
        for part in ("database", "discord", "workers"):
            monitor.health.watch(part, _fine)
        ready = await asyncio.to_thread(ask_health, here)

    assert nobody[0] is False
    assert "Nothing answers" in nobody[1]
    assert starting == (False, "Not ready. " + " ".join(f"{part}: It is being started." for part in PARTS))
    assert ready == (True, "Ready.")


async def test_something_else_on_the_port_is_not_taken_for_the_bot(port):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n[1, 2]")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        told = await asyncio.to_thread(ask_health, settings(metrics_port=port))

    assert told == (False, "Something else than the bot answers at METRICS_PORT. Choose another port.")


PARTS = ("database", "discord", "workers")


async def _fine():
    return Sign(True, "It is there.")
